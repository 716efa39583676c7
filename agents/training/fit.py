"""Fits the small model to examples: next-token loss on the answers alone, AdamW, warm-up, then a constant rate.

A run can be stopped at any time and goes on from its last checkpoint; the rate falls to nothing in a final phase of
its own (`cooldown`), so the length of a training need not be known when it begins.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy

from agents.policy.answer import ANSWERS
from agents.policy.prompt import ACT
from agents.training import checkpoint
from agents.training.checkpoint import Progress
from agents.training.encode import IGNORED, chat, encode, model_inputs, padded, patches, pictures
from agents.training.model import SIZES, build_model
from agents.training.samples import batches, load_shard, shards
from agents.training.tokenizer import token_id, train_tokenizer

Report: TypeAlias = Callable[[dict[str, float]], None]
WARM_UP = 200
TOKENIZER_TEXTS = 20_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How to fit. `minutes`: wall time of this call; `cooldown`: let the rate fall to 0 over that time."""

    size: str = "s"
    seed: int = 0
    batch: int = 64
    rate: float = 2e-3
    minutes: float = 60.0
    cooldown: bool = False
    threads: int = 2
    save_every_s: float = 120.0
    report_every: int = 50


def fit(data: Path, folder: Path, settings: Settings, report: Report, stop: Callable[[], bool] = lambda: False) -> None:
    """Train from the checkpoint in `folder`, or from nothing, until the time is up or `stop()`; then save."""
    torch.set_num_threads(settings.threads)
    model, optimizer, tokenizer, progress = _begin(data, folder, settings)
    random = np.random.default_rng([progress.seed, progress.steps])
    began = saved = time.monotonic()
    losses: list[float] = []
    for epoch, records in _endless(data, settings.batch, progress):
        share = (time.monotonic() - began) / (settings.minutes * 60)
        if share >= 1 or stop():
            break
        _set_rate(optimizer, settings, progress.steps, share)
        losses.append(train_step(model, optimizer, encode(records, tokenizer, random)))
        samples = progress.samples + len(records)
        progress = replace(progress, steps=progress.steps + 1, samples=samples, epochs=epoch)
        if progress.steps % settings.report_every == 0:
            accuracy = float((choose(model, tokenizer, records) == records["action"]).mean())
            report({
                "seconds": time.monotonic() - began, "steps": progress.steps, "samples": samples,
                "loss": float(np.mean(losses)), "accuracy": accuracy,
            })  # fmt: skip
            losses.clear()
        if time.monotonic() - saved > settings.save_every_s:
            checkpoint.save(folder, model, optimizer, tokenizer, progress)
            saved = time.monotonic()
    checkpoint.save(folder, model, optimizer, tokenizer, progress)


def train_step(model: Any, optimizer: torch.optim.Optimizer, batch: dict[str, torch.Tensor]) -> float:
    """One step; returns the loss before it."""
    model.train()
    loss = loss_of(model, batch)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def loss_of(model: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Mean cross-entropy of the answers' tokens; products in bf16, and words scored at the end of the rows only."""
    labels = batch["labels"]
    tail = int((labels != IGNORED).sum(dim=1).max()) + 1
    inputs = {name: value for name, value in batch.items() if name != "labels"}
    with torch.autocast(labels.device.type, torch.bfloat16):
        logits = model(**inputs, logits_to_keep=tail, use_cache=False).logits
    return cross_entropy(logits[:, :-1].flatten(0, 1).float(), labels[:, 1 - tail :].flatten(), ignore_index=IGNORED)


@torch.inference_mode()
def choose(model: Any, tokenizer: Tokenizer, records: NDArray[np.void], route: bool = True) -> NDArray[np.int64]:
    """The most likely legal action for each record, asked at once, by products in bf16: (n,)."""
    model.eval()
    texts = [chat(record["text"].decode(errors="replace"), ACT) for record in records]
    rows = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    inputs = model_inputs(*padded(rows, tokenizer), tokenizer)
    with torch.autocast("cpu", torch.bfloat16):
        out = model(**inputs, pixel_values=patches(pictures(records, route)), logits_to_keep=1, use_cache=False)
    logits = out.logits[:, -1].float()
    answers = logits[:, [token_id(tokenizer, word) for word in ANSWERS]]
    answers[torch.from_numpy(records["mask"] == 0)] = -torch.inf
    chosen: NDArray[np.int64] = answers.argmax(dim=-1).numpy()
    return chosen


def _begin(data: Path, folder: Path, settings: Settings) -> tuple[Any, torch.optim.Optimizer, Tokenizer, Progress]:
    going_on = (folder / checkpoint.STATE).is_file()
    if going_on:
        tokenizer, progress = checkpoint.read(folder)
    else:
        tokenizer, progress = train_tokenizer(_texts(data)), Progress(settings.size, settings.seed)
    model = build_model(SIZES[progress.size], tokenizer, progress.seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.rate, weight_decay=0.01, fused=True)
    if going_on:
        checkpoint.restore(folder, model, optimizer)
    return model, optimizer, tokenizer, progress


def _texts(data: Path) -> Iterator[str]:
    """Prompts for the tokenizer, from all shards alike."""
    paths = shards(data)
    for path in paths:
        records = load_shard(path)
        step = max(1, len(records) * len(paths) // TOKENIZER_TEXTS)
        yield from (chat(record["text"].decode(errors="replace"), ACT) for record in records[::step])


def _endless(data: Path, size: int, progress: Progress) -> Iterator[tuple[int, NDArray[np.void]]]:
    """Passes over the shards that are there when a pass begins, so that examples may be added meanwhile."""
    epoch = progress.epochs
    while True:
        for records in batches(shards(data), size, seed=progress.seed * 1000 + epoch):
            yield epoch, records
        epoch += 1


def _set_rate(optimizer: torch.optim.Optimizer, settings: Settings, step: int, share: float) -> None:
    factor = (1 - share) if settings.cooldown else min(1.0, (step + 1) / WARM_UP)
    for group in optimizer.param_groups:
        group["lr"] = settings.rate * factor
