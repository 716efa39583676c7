"""Turns a training's checkpoint into a folder that `from_pretrained` loads: bf16 weights, tokenizer, processor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerFast

from agents.training import checkpoint
from agents.training.model import MERGE, PATCH, SIZES, TEMPORAL, build_model
from agents.training.tokenizer import TEMPLATE

_TokenizerFast: Any = PreTrainedTokenizerFast
_HALF = [0.5, 0.5, 0.5]


def export(source: Path, target: Path) -> Path:
    """Write the model in `source` to `target`; ConfigError where there is no checkpoint."""
    tokenizer, progress = checkpoint.read(source)
    model = build_model(SIZES[progress.size], tokenizer, progress.seed)
    checkpoint.restore(source, model, None)
    target.mkdir(parents=True, exist_ok=True)
    model.to(torch.bfloat16).save_pretrained(target, safe_serialization=True)
    wrapped = _TokenizerFast(
        tokenizer_object=tokenizer, padding_side="left", pad_token="<|endoftext|>", eos_token="<|im_end|>",
        extra_special_tokens={
            "image_token": "<|image_pad|>", "video_token": "<|video_pad|>", "vision_bos_token": "<|vision_start|>",
            "vision_eos_token": "<|vision_end|>",
        },
    )  # fmt: skip
    wrapped.chat_template = TEMPLATE
    wrapped.save_pretrained(target)
    (target / "preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": "Qwen2VLImageProcessor", "patch_size": PATCH, "merge_size": MERGE,
        "temporal_patch_size": TEMPORAL, "image_mean": _HALF, "image_std": _HALF,
        "size": {"shortest_edge": 1024, "longest_edge": 4194304}, "do_convert_rgb": True,
    }, indent=2) + "\n")  # fmt: skip
    return target
