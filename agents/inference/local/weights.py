"""Finds and loads a model: a folder or a name of the hub's cache, whole or quantised. Never downloads anything.

Names are looked up as the hub's own tools do (`HF_HUB_CACHE`, `HF_HOME`), but quotation marks, `~` and spaces around
the path, as .env files leave them, are understood. Only safetensors are read: nothing in a model's folder is executed.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
from safetensors import SafetensorError
from transformers import AutoTokenizer, BitsAndBytesConfig, Qwen2VLImageProcessor, Qwen3VLForConditionalGeneration

from agents.inference.local.pictures import PictureFormat
from pmd_gym.errors import ConfigError

Quantization = Literal["nf4", "int8"]
FAMILY, IMAGE_TOKEN = "qwen3_vl", "<|image_pad|>"
KINDS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
NF4_BLOCK = 64
KEPT_WHOLE = ["model.visual", "lm_head"]
"""Parts that are not quantised on the fly: small ones whose rounding shows in the answers."""

_Model: Any = Qwen3VLForConditionalGeneration
_BitsAndBytes: Any = BitsAndBytesConfig


@dataclass(frozen=True, slots=True)
class Wish:
    """How to load a model; "auto" is what suits the device.

    `dtype`: float32 on a CPU, where bfloat16 is slower, and bfloat16 on a GPU. `attention`: Flash Attention on a GPU
    where its package is installed, else PyTorch's own. `quantization` of the text part while loading; None leaves the
    weights as they were saved, quantised or not.
    """

    device: str = "auto"
    dtype: str = "auto"
    attention: str = "auto"
    quantization: Quantization | None = None

    def where(self) -> str:
        """The device's name."""
        return ("cuda" if torch.cuda.is_available() else "cpu") if self.device == "auto" else self.device

    def kind(self) -> torch.dtype:
        """The type of weights that are not quantised, and of sums."""
        auto = "float32" if self.where() == "cpu" else "bfloat16"
        if self.dtype not in ("auto", *KINDS):
            raise ConfigError(f"dtype must be auto or one of {', '.join(KINDS)}, got {self.dtype!r}; correct it")
        return KINDS[auto if self.dtype == "auto" else self.dtype]

    def attend(self) -> str:
        """The attention's name in transformers."""
        if self.attention != "auto":
            return self.attention
        flash = self.where() != "cpu" and self.kind() != torch.float32 and find_spec("flash_attn") is not None
        return "flash_attention_2" if flash else "sdpa"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model with its tokenizer and the way it cuts pictures."""

    model: Any
    tokenizer: Any
    pictures: PictureFormat


def load(name: str | Path, wish: Wish = Wish()) -> Loaded:
    """Load a model; ConfigError in one line, with the command that helps, where that is not possible."""
    folder = find(name, os.environ)
    config = _config(folder)
    saved = config.get("quantization_config")
    _check_quantization(folder, config, wish.quantization)
    try:
        tokenizer = _tokenizer(folder, config["image_token_id"])
        return Loaded(_model(folder, saved, wish), tokenizer, _pictures(folder))
    except (OSError, ValueError, KeyError, ImportError, SafetensorError) as error:
        raise ConfigError(
            f"model {str(name)!r} in {folder} cannot be loaded ({_first_line(error)});"
            " expected a whole Qwen3-VL model in safetensors: get it anew or name another"
        ) from error


def find(name: str | Path, environ: Mapping[str, str]) -> Path:
    """The folder of a model that is given as a folder or by its name on the hub; ConfigError if it is not here."""
    folder = Path(name).expanduser()
    if (folder / "config.json").is_file():
        return folder
    cache = hub_cache(environ)
    try:
        snapshot = Path(snapshot_download(str(name), cache_dir=cache, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise ConfigError(_missing(name, folder, cache)) from error
    if not (snapshot / "config.json").is_file():
        raise ConfigError(_missing(name, folder, cache))
    return snapshot


def hub_cache(environ: Mapping[str, str]) -> Path:
    """Where the hub's tools keep models."""
    if given := _path(environ.get("HF_HUB_CACHE", "")):
        return given
    home = _path(environ.get("HF_HOME", ""))
    return (home or Path(environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "huggingface") / "hub"


def _path(value: str) -> Path | None:
    """A path from the environment without what a shell would have taken off; None where there is none."""
    bare = value.strip().strip("\"'").strip()
    return Path(os.path.expandvars(bare)).expanduser() if bare else None


def _missing(name: str | Path, folder: Path, cache: Path) -> str:
    if folder.is_dir():
        return f"{folder} holds no config.json, so it is no model; expected a folder that save_pretrained wrote"
    if isinstance(name, Path) or str(name).count("/") != 1 or str(name).startswith((".", "/", "~")):
        return (
            f"there is no model in {folder}; expected a folder, or a name on the hub such as Qwen/Qwen3-VL-2B-Instruct"
        )
    command = shlex.join(["hf", "download", str(name), "--cache-dir", str(cache)])
    return f"model {name!r} is neither a folder nor in the hub's cache; get it with: {command}"


def _config(folder: Path) -> dict[str, Any]:
    """The model's description; of another family transformers would build a model of Qwen3-VL's standard size."""
    try:
        config: Any = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        family = config["model_type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{folder}/config.json does not describe a model ({_first_line(error)}); get it anew"
        ) from error
    if family != FAMILY:
        raise ConfigError(f"the model in {folder} is of the family {family!r}, expected {FAMILY!r}; name another one")
    return dict(config)


def _check_quantization(folder: Path, config: dict[str, Any], wanted: Quantization | None) -> None:
    saved = config.get("quantization_config")
    if wanted not in (None, "nf4", "int8"):
        raise ConfigError(f"quantization must be nf4, int8 or None, got {wanted!r}; correct it")
    if saved and wanted:
        raise ConfigError(f"the model in {folder} is quantised already; leave quantization={wanted!r} out")
    if wanted == "nf4" and (width := config["text_config"]["hidden_size"]) % NF4_BLOCK:
        raise ConfigError(f"nf4 takes blocks of {NF4_BLOCK} weights, the model's width is {width}; load it whole")
    method = (saved or {}).get("quant_method") or ("bitsandbytes" if wanted else "")
    if method == "bitsandbytes" and find_spec("bitsandbytes") is None:
        raise ConfigError("a quantised model needs bitsandbytes; get it with: pip install -e '.[quantized]'")


def _tokenizer(folder: Path, image_token: int) -> Any:
    """The model's tokenizer; where its files are missing, transformers makes one that knows nothing."""
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, padding_side="left", local_files_only=True)
    if tokenizer.convert_ids_to_tokens(image_token) != IMAGE_TOKEN or not tokenizer.chat_template:
        raise ValueError("its tokenizer is missing, or not Qwen3-VL's")
    return tokenizer


def _model(folder: Path, saved: Any, wish: Wish) -> Any:
    place = {"device_map": {"": wish.where()}} if saved or wish.quantization else {}
    model = _Model.from_pretrained(
        folder, dtype=wish.kind(), attn_implementation=wish.attend(), use_safetensors=True, local_files_only=True,
        quantization_config=_quantization(wish), **place,
    )  # fmt: skip
    if saved and wish.where() == "cpu":
        _sum_in(model, wish.kind())
    return (model if place else model.to(wish.where())).eval()


def _quantization(wish: Wish) -> Any:
    if wish.quantization == "nf4":
        return _BitsAndBytes(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=wish.kind(), llm_int8_skip_modules=KEPT_WHOLE,
        )  # fmt: skip
    return _BitsAndBytes(load_in_8bit=True, llm_int8_skip_modules=KEPT_WHOLE) if wish.quantization else None


def _sum_in(model: Any, kind: torch.dtype) -> None:
    """Saved 4-bit models say that sums are made in bfloat16, which a CPU does slowly."""
    for module in model.modules():
        if hasattr(module, "compute_dtype"):
            module.compute_dtype = kind


def _pictures(folder: Path) -> PictureFormat:
    saved: Any = Qwen2VLImageProcessor.from_pretrained(folder)
    return PictureFormat(saved.patch_size, saved.merge_size, tuple(saved.image_mean), tuple(saved.image_std))


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
