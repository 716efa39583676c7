"""Qwen3-VL in its true sizes with random weights: what a model needs in memory and time, without the model.

Answers mean nothing; speed and memory are those of the real one. Weights are drawn once and laid over all tensors
again and again, because billions of random numbers take longer than what is to be measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

from agents.inference.local.weights import KEPT_WHOLE, Quantization
from pmd_gym.errors import ConfigError

DRAWN = 1_000_003
"""Random numbers that are repeated; prime, so that no two rows of a matrix are equal."""
SPREAD = 0.02
QUANTISED: dict[Quantization, float] = {"nf4": 0.5 + 1 / 64, "int8": 1.0}
"""Bytes of a weight, with its share of what its block needs."""

_Model: Any = Qwen3VLForConditionalGeneration


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Of a model's text and vision part; `deep` are the vision layers whose results enter the text part early."""

    width: int
    inner: int
    layers: int
    heads: int
    key_heads: int
    head: int
    tied: bool
    vision_width: int
    vision_inner: int
    vision_layers: int
    vision_heads: int
    deep: tuple[int, ...]
    words: int = 151936
    picture_places: int = 2304
    longest: int = 262144
    sections: tuple[int, int, int] = (24, 20, 20)
    theta: float = 5e6


SIZES = {
    "small": Dimensions(96, 288, 3, 3, 3, 32, True, 96, 288, 2, 3, (0,), 1536, 256, 4096, (6, 5, 5), 1e4),
    "2B": Dimensions(2048, 6144, 28, 16, 8, 128, True, 1024, 4096, 24, 16, (5, 11, 17)),
    "4B": Dimensions(2560, 9728, 36, 32, 8, 128, True, 1024, 4096, 24, 16, (5, 11, 17)),
    "8B": Dimensions(4096, 12288, 36, 32, 8, 128, False, 1152, 4304, 27, 16, (8, 16, 24)),
}
"""As in the published models' config.json; `small` is the project's own."""


def config_of(size: str) -> Any:
    """The configuration of a size; ConfigError for one that there is not."""
    if size not in SIZES:
        raise ConfigError(f"size must be one of {', '.join(SIZES)}, got {size!r}; correct it")
    given = SIZES[size]
    special = given.words - 281 if given.words > 10_000 else given.words - 8
    return Qwen3VLConfig(
        text_config={
            "vocab_size": given.words, "hidden_size": given.width, "intermediate_size": given.inner,
            "num_hidden_layers": given.layers, "num_attention_heads": given.heads,
            "num_key_value_heads": given.key_heads, "head_dim": given.head, "hidden_act": "silu",
            "rms_norm_eps": 1e-6, "attention_bias": False, "max_position_embeddings": given.longest,
            "tie_word_embeddings": given.tied,
            "rope_parameters": {
                "rope_type": "default", "rope_theta": given.theta, "mrope_section": list(given.sections),
                "mrope_interleaved": True,
            },
        },
        vision_config={
            "depth": given.vision_layers, "hidden_size": given.vision_width,
            "intermediate_size": given.vision_inner, "num_heads": given.vision_heads, "in_channels": 3,
            "patch_size": 16, "spatial_merge_size": 2, "temporal_patch_size": 2, "out_hidden_size": given.width,
            "num_position_embeddings": given.picture_places, "deepstack_visual_indexes": list(given.deep),
            "hidden_act": "gelu_pytorch_tanh",
        },
        image_token_id=special, video_token_id=special + 1, vision_start_token_id=special - 3,
        vision_end_token_id=special - 2, tie_word_embeddings=given.tied,
    )  # fmt: skip


def graph(size: str) -> Any:
    """The model without memory for its weights."""
    with torch.device("meta"):
        return _Model(config_of(size))


def bytes_of(size: str, dtype: torch.dtype, quantization: Quantization | None = None) -> int:
    """What the weights will take, without what is needed to make them."""
    total, model = 0, graph(size)
    shared = {id(model.lm_head.weight)} if SIZES[size].tied else set()
    for name, module in model.named_modules():
        each = QUANTISED[quantization] if quantization and _is_quantised(name, module) else dtype.itemsize
        for parameter in module.parameters(recurse=False):
            total += 0 if id(parameter) in shared and name == "lm_head" else int(parameter.numel() * each)
    return total


def build(size: str, dtype: torch.dtype, device: str, quantization: Quantization | None = None) -> Any:
    """The model in evaluation mode; layers are quantised one after another as they are made."""
    model = graph(size).to(dtype)
    drawn = torch.randn(DRAWN, generator=torch.Generator().manual_seed(0)).mul_(SPREAD).to(device, dtype)
    for name, module in list(model.named_modules()):
        if quantization and _is_quantised(name, module):
            _replace(model, name, _quantised(module, drawn, quantization))
        else:
            _fill(module, drawn)
    model.tie_weights()
    return model.eval()


def _is_quantised(name: str, module: Any) -> bool:
    return isinstance(module, torch.nn.Linear) and not name.startswith(tuple(KEPT_WHOLE))


def _fill(module: Any, drawn: torch.Tensor) -> None:
    """Give a module's own tensors memory and values: norms stay near one, angles are as the model's own."""
    for name, parameter in list(module.named_parameters(recurse=False)):
        norm = parameter.ndim == 1 and name == "weight"
        values = _laid(parameter.shape, drawn) + (1 if norm else 0)
        setattr(module, name, torch.nn.Parameter(values, requires_grad=False))
    if hasattr(module, "inv_freq"):
        angles = type(module)(module.config)
        for name in ("inv_freq", "original_inv_freq"):
            setattr(module, name, torch.nn.Buffer(getattr(angles, name).to(drawn.device), persistent=False))


def _laid(shape: torch.Size, drawn: torch.Tensor) -> torch.Tensor:
    made = torch.empty(shape, dtype=drawn.dtype, device=drawn.device)
    flat = made.view(-1)
    whole = flat.numel() // DRAWN
    flat[: whole * DRAWN].view(whole, DRAWN).copy_(drawn)
    flat[whole * DRAWN :].copy_(drawn[: flat.numel() - whole * DRAWN])
    return made


def _quantised(module: Any, drawn: torch.Tensor, quantization: Quantization) -> Any:
    """A layer of bitsandbytes with the shape of `module`."""
    from bitsandbytes import nn

    layers: Any = nn
    weight = _laid(module.weight.shape, drawn)
    rows, columns = weight.shape
    if quantization == "nf4":
        made = layers.Linear4bit(columns, rows, bias=False, compute_dtype=drawn.dtype, quant_type="nf4", device="meta")
        made.weight = layers.Params4bit(weight, requires_grad=False, quant_type="nf4", compress_statistics=True)
    else:
        made = layers.Linear8bitLt(columns, rows, bias=False, has_fp16_weights=False, device="meta")
        made.weight = layers.Int8Params(weight, requires_grad=False, has_fp16_weights=False)
    return made.to(drawn.device)


def _replace(model: Any, name: str, module: Any) -> None:
    parent, _, own = name.rpartition(".")
    setattr(model.get_submodule(parent), own, module)
