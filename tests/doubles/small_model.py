"""Examples, a tokenizer and a tiny random model in Qwen3-VL's architecture, for tests of training and inference."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.policy.explorer import MOTIVES
from agents.policy.prompt import RECENT
from agents.training.samples import SAMPLE, sample_of
from pmd_gym.actions import ACTIONS
from pmd_gym.ram import decode
from pmd_gym.views import Moment, brief
from tests.doubles import scene


def records(count: int, seed: int = 0) -> NDArray[np.void]:
    """Examples on one floor with the leader on different tiles; the right answer follows from what is beside him."""
    random = np.random.default_rng(seed)
    made = np.zeros(count, SAMPLE)
    for row in range(count):
        ram = scene.scene()
        dungeon = scene.dungeon_of(ram)
        place = (int(random.integers(5, 13)), int(random.integers(5, 11)))
        dungeon["entities"][0]["pos"] = place
        dungeon["monsters"][0]["hp"] = random.integers(1, 23)
        moment = Moment(decode(ram), steps=(True,) * 8)
        chart, route = moment.chart()
        assert chart is not None
        made[row] = sample_of(chart, route, moment.steps, brief(moment.states) + "\nlast none")
        made[row]["mask"] = random.random(len(ACTIONS)) < 0.5
        made[row]["action"] = 1 + place[0] % 8
        made[row]["mask"][made[row]["action"]] = 1
        made[row]["motive"] = MOTIVES.index("explore")
        made[row]["recent"] = [-1] * RECENT
    return made


@cache
def folder(parent: Path, size: str = "s") -> Path:
    """A random model of one of the training's sizes as `from_pretrained` loads it, written once under `parent`."""
    import torch

    from agents.training import checkpoint
    from agents.training.checkpoint import Progress
    from agents.training.export import export
    from agents.training.model import SIZES, build_model
    from agents.training.tokenizer import train_tokenizer

    tokenizer = train_tokenizer(record["text"].decode() for record in records(40))
    model = build_model(SIZES[size], tokenizer, seed=1)
    checkpoint.save(parent / "training", model, torch.optim.AdamW(model.parameters()), tokenizer, Progress(size, 1))
    return export(parent / "training", parent / "small")
