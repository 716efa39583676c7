"""Where a training stands, on disk: model and optimizer as safetensors, the rest as JSON. Written whole or not at all.

No pickle: `torch.save` is not used, so a checkpoint from elsewhere can do no harm.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from pmd_gym.errors import ConfigError

TOKENIZER, MODEL, OPTIMIZER, STATE = "tokenizer.json", "model.safetensors", "optimizer.safetensors", "state.json"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a training has come: steps of the optimizer, examples seen, passes over the data."""

    size: str
    seed: int
    steps: int = 0
    samples: int = 0
    epochs: int = 0


def save(folder: Path, model: Any, optimizer: torch.optim.Optimizer, tokenizer: Tokenizer, progress: Progress) -> None:
    """Replace the checkpoint in `folder`; what was there stays until the new one is complete."""
    unfinished, previous = folder.with_name(f".{folder.name}.part"), folder.with_name(f".{folder.name}.old")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    save_file(parameters(model), unfinished / MODEL)
    save_file(_moments(model, optimizer), unfinished / OPTIMIZER)
    tokenizer.save(str(unfinished / TOKENIZER))
    (unfinished / STATE).write_text(json.dumps(asdict(progress)))
    shutil.rmtree(previous, ignore_errors=True)
    if folder.exists():
        folder.rename(previous)
    unfinished.rename(folder)
    shutil.rmtree(previous, ignore_errors=True)


def read(folder: Path) -> tuple[Tokenizer, Progress]:
    """Tokenizer and progress of a checkpoint; ConfigError where there is none."""
    if not (folder / STATE).is_file():
        raise ConfigError(f"{folder}: no checkpoint there; train one first with `train_vlm.py fit`")
    return Tokenizer.from_file(str(folder / TOKENIZER)), Progress(**json.loads((folder / STATE).read_text()))


def restore(folder: Path, model: Any, optimizer: torch.optim.Optimizer | None) -> None:
    """Put the saved numbers into a model, and its optimizer's moments if there is one to continue."""
    model.load_state_dict(load_file(folder / MODEL), strict=False)  # the tied output layer is not stored twice
    if optimizer is None:
        return
    saved = load_file(folder / OPTIMIZER)
    for name, parameter in model.named_parameters():
        if f"{name}/exp_avg" in saved:
            optimizer.state[parameter] = {key: saved[f"{name}/{key}"] for key in ("step", "exp_avg", "exp_avg_sq")}


def parameters(model: Any) -> dict[str, torch.Tensor]:
    """Every parameter once, by name."""
    return {name: parameter.detach().contiguous() for name, parameter in model.named_parameters()}


def _moments(model: Any, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    return {
        f"{name}/{key}": value.detach().contiguous()
        for name, parameter in model.named_parameters()
        for key, value in optimizer.state.get(parameter, {}).items()
    }
