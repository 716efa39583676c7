"""TensorBoard files: what was told is read back from the event file itself."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from agents.telemetry.measures import EpisodeEnded, Figure, Remark
from agents.telemetry.pipeline import Pipeline
from agents.telemetry.tensorboard_backend import TensorBoardBackend


def scalars(folder: Path) -> Iterator[tuple[str, int, float]]:
    """(name, step, value) of each point; a record is length (uint64), CRC, data, CRC."""
    from tensorboardX.proto.event_pb2 import Event

    (path,) = folder.glob("events.*")
    content, at = path.read_bytes(), 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        event = Event.FromString(content[at + 12 : at + 12 + length])
        at += length + 16
        yield from ((value.tag, event.step, value.simple_value) for value in event.summary.value)


def test_what_was_told_is_in_the_file(tmp_path: Path) -> None:
    with Pipeline([TensorBoardBackend(tmp_path)]) as pipeline:
        for step in range(5):
            pipeline.record(Figure(name="loop/reward", value=step / 2, step=step))
        pipeline.record(EpisodeEnded(episode=4, seed=1, outcome="fainted", floor=2, steps=9, hp=0, reward=0.5))
        pipeline.record(Remark(text="something fell back"))
    found = list(scalars(tmp_path))
    assert [point for point in found if point[0] == "loop/reward"] == [
        ("loop/reward", step, step / 2) for step in range(5)
    ]  # fmt: skip
    assert ("episode/cleared", 4, 0.0) in found
    assert ("episode/floor", 4, 2.0) in found
    assert any(name.startswith("remark") for name, _, _ in found)
    assert pipeline.reports[0].last_error == ""
