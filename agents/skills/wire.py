"""What goes over the pipes between this process and a worker: JSON, one message a line, never a pickle.

A reply comes from a process that runs code of strangers: it is short, it is checked against `Reply` before anything
looks at it, and words in it lose their control characters before they reach a log or a terminal.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from agents.skills.program import Part
from pmd_gym.errors import SkillError

MAX_REPLY = 8 * 1024
"""Bytes of a reply."""
MAX_ORDER = 4 * 1024 * 1024
"""Bytes of an order: the code of a skill and of all that it requires is the longest."""
MAX_WORDS = 400
PLANES, STATUS, MASK = (23, 32, 56), 128, 63
_PLANES_BYTES = int(np.prod(PLANES))
_BYTES = _PLANES_BYTES + 4 * STATUS + MASK


class Order(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """To the worker. `do`: `check` one part, `load` a skill with its parts, `begin` or `end` a run, or `step` it."""

    number: int
    do: str
    run: int = 0
    parts: Sequence[Part] = ()
    arguments: Mapping[str, Any] = {}
    sight: str = ""


class Reply(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """From the worker, to the order of this number.

    `action` of a step; or `ended`, one of `done`, `gave_up`, `failed`, with `why`. A worker that is ready says so with
    number 0 and the guarantees it found in `why`.
    """

    number: int
    action: int | None = None
    ended: str = ""
    why: str = ""


_ENCODER = msgspec.json.Encoder()
_ORDERS = msgspec.json.Decoder(Order)
_REPLIES = msgspec.json.Decoder(Reply)


def line_of(message: Order | Reply) -> bytes:
    """The message as one line."""
    return _ENCODER.encode(message) + b"\n"


def order_of(line: bytes) -> Order:
    """The order in a line."""
    return _ORDERS.decode(line)


def reply_of(line: bytes) -> Reply:
    """The reply in a line; SkillError for anything else."""
    try:
        reply = _REPLIES.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SkillError(f"its worker answered with something else than a reply: {error}") from error
    reply.why = harmless(reply.why)
    return reply


def harmless(words: str) -> str:
    """The words on one line, without control characters and other signs that a terminal would act on, and not long."""
    return "".join(sign if sign.isprintable() else " " for sign in words[:MAX_WORDS])


def packed(planes: NDArray[np.uint8], status: NDArray[np.float32], mask: NDArray[np.int8]) -> str:
    """One observation `map` of one game and its mask as text: planes (23, 32, 56), status (128,), mask (63,)."""
    data = planes.tobytes() + status.astype("<f4").tobytes() + mask.tobytes()
    return base64.b64encode(zlib.compress(data, 1)).decode()


def unpacked(text: str) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int8]]:
    """The same, back."""
    data = zlib.decompress(base64.b64decode(text), bufsize=_BYTES)
    planes = np.frombuffer(data, np.uint8, _PLANES_BYTES).reshape(PLANES)
    status = np.frombuffer(data, "<f4", STATUS, _PLANES_BYTES)
    return planes, status.astype(np.float32), np.frombuffer(data, np.int8, MASK, _PLANES_BYTES + 4 * STATUS)
