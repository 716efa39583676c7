"""Reads a run that W&B wrote offline: the blocks of LevelDB's log format with one protobuf record in each.

Layout: 7 bytes of header (":W&B", 0xBEE1, version), then blocks of 32 KiB; a record is CRC-32 (masked), length
(uint16), kind (1 whole, 2 first, 3 middle, 4 last), data. Source: LevelDB's log format; the header as found in files of
wandb 0.31.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADER, BLOCK, RECORD = 7, 32 * 1024, 7
WHOLE, LAST = 1, 4


@dataclass
class WrittenRun:
    """What was found: history rows, configuration, names of files and artifacts, the run's identity."""

    history: list[dict[str, Any]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    artifacts: list[str] = field(default_factory=list)
    metrics: dict[str, str] = field(default_factory=dict)
    run_id: str = ""
    group: str = ""
    job_type: str = ""
    sweep: str = ""
    commit: str = ""
    finished: bool = False


def read_run(folder: Path) -> WrittenRun:
    """The only offline run below `folder`; W&B's own process is ended first, which writes what it still holds."""
    import wandb

    wandb.teardown()
    (path,) = folder.rglob("run-*.wandb")
    return read_file(path)


def read_file(path: Path) -> WrittenRun:
    """Everything in one file."""
    from wandb.proto import wandb_internal_pb2

    made = WrittenRun()
    for data in _records(path.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        _take(made, record)
    return made


def _records(content: bytes) -> Iterator[bytes]:
    assert content[:4] == b":W&B", content[:8]
    at, parts = HEADER, b""
    while at + RECORD <= len(content):
        left = BLOCK - at % BLOCK
        if left < RECORD:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", content, at)
        if not kind:
            return
        parts += content[at + RECORD : at + RECORD + length]
        at += RECORD + length
        if kind in (WHOLE, LAST):
            yield parts
            parts = b""


def _take(made: WrittenRun, record: Any) -> None:
    kind = record.WhichOneof("record_type")
    if kind == "history":
        made.history.append({_key(item): json.loads(item.value_json) for item in record.history.item})
    elif kind == "run":
        run = record.run
        made.run_id, made.group, made.job_type, made.sweep = run.run_id, run.run_group, run.job_type, run.sweep_id
        made.commit = run.git.commit
        made.config |= {_key(item): json.loads(item.value_json) for item in run.config.update}
    elif kind == "metric":
        made.metrics[record.metric.name or record.metric.glob_name] = record.metric.step_metric
    elif kind == "artifact":
        made.artifacts.append(record.artifact.name)
    elif kind == "exit":
        made.finished = True


def _key(item: Any) -> str:
    return item.key or ".".join(item.nested_key)
