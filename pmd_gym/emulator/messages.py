"""The wire's vocabulary: typed, versioned, length-checked messages and their bytes.

One WebSocket message is one MessagePack array whose first entry names its kind; fields are positional. A request has a
sequence number, its reply the same one. Sans I/O: bytes in, structs out. What the messages mean over time
is `protocol.py`; this file only says which bytes are a message.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from pmd_gym.emulator.conditions import MAX_FRAMES
from pmd_gym.emulator.pages import PAGES
from pmd_gym.errors import ProtocolError
from pmd_gym.ram import layout

VERSION = 2
"""Raised by any change of a message; a server refuses clients of another version."""

MAX_MESSAGE = 1 << 20
"""Bytes of the largest message: a savestate of a real core (430,144) fits, a flood does not."""
MAX_READ = 65_536
PICTURE_SIZE = layout.SCREEN_WIDTH * layout.SCREEN_HEIGHT * 3

_Sequence = Annotated[int, Meta(ge=0, lt=1 << 53)]
_Frames = Annotated[int, Meta(ge=0, le=MAX_FRAMES)]
_Text = Annotated[str, Meta(max_length=200)]


class Code(IntEnum):
    """Why a request failed."""

    MALFORMED = 1  # not a message, or a field out of range
    OUT_OF_ORDER = 2  # a sequence number that is not the next one, or no hello first
    VERSION = 3  # the other side speaks another version
    BUSY = 4  # another client plays this game
    SAVESTATE = 5  # the savestate does not load; the game is untouched
    ARGUMENT = 6  # an argument that the emulator refuses
    UNSUPPORTED = 7  # the simulator does not play that rule yet
    OVERSIZED = 8  # the message is longer than MAX_MESSAGE
    INTERNAL = 9  # the emulator failed; its game may be lost


class Hello(Struct, tag="hello", array_like=True, forbid_unknown_fields=True):
    """First message of a connection. `session` is the client's own: the same one after a lost connection."""

    version: int
    session: Annotated[bytes, Meta(min_length=16, max_length=16)]


class Advance(Struct, tag="advance", array_like=True, forbid_unknown_fields=True):
    """`interface.Press`, the last reply that arrived (`acknowledged`), and whether the picture is wanted."""

    sequence: _Sequence
    acknowledged: _Sequence
    buttons: Annotated[int, Meta(ge=0, lt=1 << 10)]
    frames: _Frames
    until: Annotated[int, Meta(ge=0, lt=1 << 5)]
    hold: _Frames
    settle: _Frames
    picture: bool


class Read(Struct, tag="read", array_like=True, forbid_unknown_fields=True):
    """Bytes at a bus address in EWRAM or IWRAM."""

    sequence: _Sequence
    address: Annotated[int, Meta(ge=0, lt=1 << 32)]
    size: Annotated[int, Meta(ge=1, le=MAX_READ)]


class Save(Struct, tag="save", array_like=True, forbid_unknown_fields=True):
    """The savestate, please."""

    sequence: _Sequence


class Load(Struct, tag="load", array_like=True, forbid_unknown_fields=True):
    """Put the console into this savestate; the reply is a `State` with the whole image."""

    sequence: _Sequence
    savestate: bytes


class Welcome(Struct, tag="welcome", array_like=True, forbid_unknown_fields=True):
    """Answer to `Hello`: what plays here. `sequence` is the last request of this session that was carried out."""

    version: int
    sequence: _Sequence
    core: _Text
    title: _Text
    code: _Text
    width: Annotated[int, Meta(ge=1, le=1024)]
    height: Annotated[int, Meta(ge=1, le=1024)]
    savestate_is_ram: bool
    unverified: bool
    frame_exact: bool = True


class State(Struct, tag="state", array_like=True, forbid_unknown_fields=True):
    """Where the console stands: frame counter, conditions, and what changed in EWRAM.

    `whole`: `pages` is the whole image and `numbers` is empty. Otherwise `numbers` are page numbers (uint16, little
    endian, ascending) and `pages` their bytes, one after another, that changed since the acknowledged reply.
    `picture` is RGB, rows from the top, or empty; `picture_frame` is the frame it shows, -1 if the core cannot tell.
    """

    sequence: _Sequence
    frame: Annotated[int, Meta(ge=0)]
    met: Annotated[int, Meta(ge=0, lt=1 << 5)]
    whole: bool
    numbers: Annotated[memoryview, Meta(max_length=2 * PAGES)]
    pages: Annotated[memoryview, Meta(max_length=layout.EWRAM_SIZE)]
    picture: Annotated[memoryview, Meta(max_length=PICTURE_SIZE)]
    picture_frame: Annotated[int, Meta(ge=-1)] = -1


class Bytes(Struct, tag="bytes", array_like=True, forbid_unknown_fields=True):
    """Answer to `Read` and `Save`."""

    sequence: _Sequence
    data: bytes


class Failure(Struct, tag="failure", array_like=True, forbid_unknown_fields=True):
    """Any request may fail; the game stands as before, except for `Code.INTERNAL`."""

    sequence: _Sequence
    code: Code
    message: Annotated[str, Meta(max_length=2000)]


Request = Hello | Advance | Read | Save | Load
Reply = Welcome | State | Bytes | Failure

_encoder = msgspec.msgpack.Encoder()
_request_decoder = msgspec.msgpack.Decoder(Request)
_reply_decoder = msgspec.msgpack.Decoder(Reply)


def encode(message: Request | Reply) -> bytes:
    """The bytes of one message."""
    return _encoder.encode(message)


def decode_request(data: bytes) -> Request:
    """One request; ProtocolError for anything else."""
    try:
        request: Request = _request_decoder.decode(data)
        return request
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ProtocolError(f"not a request of protocol {VERSION}: {error}") from error


def decode_reply(data: bytes) -> Reply:
    """One reply; the binary fields of a `State` are views of `data`. ProtocolError for anything else."""
    try:
        reply: Reply = _reply_decoder.decode(data)
        return reply
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ProtocolError(f"not a reply of protocol {VERSION}: {error}") from error
