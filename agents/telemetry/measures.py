"""What can be told about a run while it goes, as typed records that a program can read back.

Each class is one kind of line. Adding a field with a default keeps old files readable; anything else raises `SCHEMA`.
Not the run's own log (`events`): these may be dropped when a disk or a server cannot keep up.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import msgspec

from pmd_gym.errors import ConfigError

SCHEMA = 1
ALL = -1
"""`env_id` of what belongs to all games at once."""


class Measure(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", gc=False):
    """`at_s`: seconds since the epoch when it was told."""

    at_s: float = msgspec.field(default_factory=time.time)


class Opened(Measure, frozen=True, kw_only=True, tag="opened"):
    """The first line of a file: the schema of the others, and what run this is."""

    schema: int = SCHEMA
    run: str = ""


class Span(Measure, frozen=True, kw_only=True, tag="span", gc=False):
    """One stage took its time: `began_s` by `time.perf_counter`, `seconds` long, for `rows` games at once."""

    stage: str
    began_s: float
    seconds: float
    env_id: int = ALL
    step: int = 0
    rows: int = 1


class Figure(Measure, frozen=True, kw_only=True, tag="figure", gc=False):
    """A number with a name, at a step of the run."""

    name: str
    value: float
    step: int = 0


class Decision(Measure, frozen=True, kw_only=True, tag="decision", gc=False):
    """What a model answered in one game, and what it cost. `probability` of the action among the legal ones, 0..1;
    `seconds` from asking to answer; `cost` in the currency of the given prices."""

    env_id: int
    episode: int
    step: int
    action: int
    answer: str = ""
    probability: float = 1.0
    model: str = ""
    reason: str = ""
    prompt_hash: str = ""
    tokens_read: int = 0
    tokens_written: int = 0
    seconds: float = 0.0
    cost: float = 0.0


class Recall(Measure, frozen=True, kw_only=True, tag="recall", gc=False):
    """A memory that was brought back: which, how near (1 is equal), how many steps old."""

    env_id: int
    step: int
    memory: int
    score: float
    age: int


class SkillEnded(Measure, frozen=True, kw_only=True, tag="skill_ended", gc=False):
    """A skill had its turn: `outcome` in words, steps taken, reward gathered."""

    env_id: int
    step: int
    skill: str
    outcome: str
    steps: int = 0
    reward: float = 0.0


class EpisodeEnded(Measure, frozen=True, kw_only=True, tag="episode_ended", gc=False):
    """An episode is over; the fields are those of `Episode`."""

    episode: int
    seed: int
    outcome: str
    floor: int
    steps: int
    hp: int
    reward: float
    cause: str = ""
    turns: int = 0


class Attached(Measure, frozen=True, kw_only=True, tag="attached", gc=False):
    """A file that belongs to the run and stays where it is; `what` says how a dashboard should show it."""

    name: str
    path: str
    what: Literal["picture", "film", "artifact"]
    caption: str = ""
    step: int = 0


class Remark(Measure, frozen=True, kw_only=True, tag="remark", gc=False):
    """A sentence for people: something fell back, was retried, or went wrong."""

    text: str


class Dropped(Measure, frozen=True, kw_only=True, tag="dropped", gc=False):
    """`count` records did not reach a backend since the last such line."""

    backend: str
    count: int


AnyMeasure: TypeAlias = (
    Opened | Span | Figure | Decision | Recall | SkillEnded | EpisodeEnded | Attached | Remark | Dropped
)  # fmt: skip
_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[AnyMeasure] = msgspec.json.Decoder(AnyMeasure)


def to_lines(measures: Iterable[Measure]) -> bytes:
    """JSON lines, each with its line feed."""
    return _ENCODER.encode_lines(list(measures))


def from_line(line: bytes) -> AnyMeasure:
    """One line back; ConfigError for a line of another schema or no JSON."""
    try:
        return _DECODER.decode(line)
    except msgspec.MsgspecError as error:
        raise ConfigError(f"not a telemetry line of schema {SCHEMA} ({error}): {line[:80]!r}") from error


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a line."""
    return msgspec.json.schema(AnyMeasure)
