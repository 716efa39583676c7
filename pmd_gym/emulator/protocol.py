"""The conversation of one client and one server, without I/O: who may say what when, and what the mirror holds.

Bytes of whole messages in, bytes out; no event loop, no clock. `ServerProtocol` outlives connections, because a client
that lost its connection comes back under the same session and repeats the request it had no answer to: a repeated
`advance` is not run again. `ClientProtocol` keeps the EWRAM mirror. A reply carries changed pages only if the client
acknowledged the previous reply; otherwise (connect, reset, load, a cancelled call, a lost connection) the whole image.
"""

from __future__ import annotations

import os
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pmd_gym.emulator import messages, pages
from pmd_gym.emulator.interface import Button, Condition, EmulatorInfo, Frame, Press
from pmd_gym.emulator.messages import Code
from pmd_gym.errors import (
    BusyError,
    ConfigError,
    EmulatorError,
    PmdGymError,
    ProtocolError,
    RefusedError,
    SavestateError,
    UnsupportedRule,
)
from pmd_gym.ram import layout

_ERRORS: dict[Code, type[PmdGymError]] = {
    Code.MALFORMED: ProtocolError,
    Code.OUT_OF_ORDER: ProtocolError,
    Code.OVERSIZED: ProtocolError,
    Code.VERSION: RefusedError,
    Code.BUSY: BusyError,
    Code.SAVESTATE: SavestateError,
    Code.ARGUMENT: ConfigError,
    Code.UNSUPPORTED: UnsupportedRule,
    Code.INTERNAL: EmulatorError,
}

_NO_PAGES = np.empty(0, np.uint16)

Work: TypeAlias = messages.Advance | messages.Read | messages.Save | messages.Load
"""A request that concerns the emulator."""


class RejectedError(Exception):
    """A message that must not reach the emulator; `reply` is the typed error to send, `fatal` to hang up afterwards."""

    def __init__(self, code: Code, message: str, sequence: int = 0, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.reply = messages.encode(messages.Failure(sequence, code, message[:2000]))
        self.fatal = fatal


class ServerProtocol:
    """The server's side. One `Work` at a time: `receive`, let the emulator do it, then the matching `reply_*`."""

    def __init__(self, info: EmulatorInfo) -> None:
        self._info = info
        self._session = b""
        self._sequence = 0  # of the last request that was accepted
        self._may_repeat = False
        self._sent = pages.SentImage()
        self._sent_sequence = -1  # the reply that brought the client to `_sent`

    @property
    def session(self) -> bytes:
        """Who plays, or played last: 16 bytes, empty before the first client."""
        return self._session

    def greet(self, data: bytes | str) -> messages.Hello:
        """The first message of a connection; changes nothing yet. Raises a fatal `RejectedError` for anything else."""
        try:
            request = _decode_request(data)
        except RejectedError as rejected:
            rejected.fatal = True
            raise
        if not isinstance(request, messages.Hello):
            raise RejectedError(Code.OUT_OF_ORDER, "the first message must be a hello", request.sequence, fatal=True)
        if request.version != messages.VERSION:
            text = f"this server speaks protocol {messages.VERSION}, the client {request.version}; update the older one"
            raise RejectedError(Code.VERSION, text, fatal=True)
        return request

    def welcome(self, hello: messages.Hello) -> bytes:
        """Accept a greeted client; a new session counts from 0, a known one may repeat its last request."""
        if hello.session != self._session:
            self._session, self._sequence = hello.session, 0
        self._may_repeat, self._sent_sequence = self._sequence > 0, -1
        info = self._info
        return messages.encode(messages.Welcome(
            messages.VERSION, self._sequence, info.core, info.title, info.code, info.width, info.height,
            info.savestate_is_ram, info.unverified, info.frame_exact))  # fmt: skip

    def receive(self, data: bytes | str) -> Work:
        """The next request of the accepted client; raises `RejectedError` for anything else."""
        request = _decode_request(data)
        if isinstance(request, messages.Hello):
            raise RejectedError(Code.OUT_OF_ORDER, "hello came twice on one connection")
        if request.sequence == self._sequence and self._may_repeat:
            if isinstance(request, messages.Advance):
                request.frames = 0  # it was run before the connection broke; only its result is wanted
        elif request.sequence != self._sequence + 1:
            text = f"expected sequence {self._sequence + 1}, got {request.sequence}"
            raise RejectedError(Code.OUT_OF_ORDER, text, request.sequence)
        self._sequence, self._may_repeat = request.sequence, False
        return request

    def reply_state(
        self, request: messages.Advance | messages.Load, frame: Frame, picture: bytes = b"", picture_frame: int = -1
    ) -> bytes:
        """Where the console stands after an `Advance` or a `Load`."""
        in_sync = isinstance(request, messages.Advance) and request.acknowledged == self._sent_sequence
        self._sent_sequence = request.sequence
        numbers, changed = _NO_PAGES, frame.ram
        if in_sync:
            numbers, changed = self._sent.changed(frame.ram)
        else:
            self._sent.replace(frame.ram)
        return messages.encode(messages.State(
            request.sequence, frame.number, int(frame.met), not in_sync, numbers.data, changed.data,
            memoryview(picture), picture_frame))  # fmt: skip

    def reply_bytes(self, request: messages.Read | messages.Save, data: bytes) -> bytes:
        """The answer to a `Read` or a `Save`."""
        return messages.encode(messages.Bytes(request.sequence, data))

    def reply_error(self, request: Work, error: Exception) -> bytes:
        """The emulator could not do it."""
        code = next((code for code, kind in _ERRORS.items() if type(error) is kind), Code.INTERNAL)
        self._sent_sequence = -1
        return messages.encode(messages.Failure(request.sequence, code, f"{error}"[:2000]))


def _decode_request(data: bytes | str) -> messages.Request:
    if isinstance(data, str):
        raise RejectedError(Code.MALFORMED, "expected a binary message, got text")
    if len(data) > messages.MAX_MESSAGE:
        raise RejectedError(Code.OVERSIZED, f"a message has at most {messages.MAX_MESSAGE} bytes, got {len(data)}")
    try:
        return messages.decode_request(data)
    except ProtocolError as error:
        raise RejectedError(Code.MALFORMED, str(error)) from error


class ClientProtocol:
    """The client's side: numbers requests, checks replies, keeps `ram`."""

    def __init__(self, ram: NDArray[np.uint8] | None = None, session: bytes = b"") -> None:
        """`ram`: a contiguous array of 262,144 bytes to mirror EWRAM in; a fresh one if None."""
        self.ram = np.zeros(layout.EWRAM_SIZE, np.uint8) if ram is None else ram
        self.info: EmulatorInfo | None = None
        self._session = session or os.urandom(16)
        self._sequence = 0
        self._acknowledged = 0

    def hello(self) -> bytes:
        """The first message of every connection."""
        return messages.encode(messages.Hello(messages.VERSION, self._session))

    @property
    def sequence(self) -> int:
        """Number of the last request made."""
        return self._sequence

    def welcome(self, data: bytes | str, *, pending: bool = False) -> bool:
        """The server's first reply. True when the server still knows this session and its game (or it is a new one).

        `pending`: the last request has had no reply and will be sent again as it is. False means that the server was
        started anew: its game is another one, and the next request counts from the start. Raises what a refusal
        means: BusyError, RefusedError, ProtocolError.
        """
        reply = self._decode(data)
        if not isinstance(reply, messages.Welcome):
            raise ProtocolError(f"expected a welcome, got {type(reply).__name__}; is this a server of pmd_gym?")
        self.info = EmulatorInfo(
            reply.core, reply.title, reply.code, reply.width, reply.height, reply.savestate_is_ram, reply.unverified,
            reply.frame_exact)  # fmt: skip
        self._acknowledged = 0
        known = self._sequence - reply.sequence in ((0, 1) if pending else (0,))
        if not known:
            known, self._sequence = reply.sequence > 0, reply.sequence
        return known

    def advance(self, press: Press, *, picture: bool = False) -> bytes:
        """Ask for frames."""
        return messages.encode(messages.Advance(
            self._next(), self._acknowledged, press.buttons, press.frames, press.until, press.hold, press.settle,
            picture))  # fmt: skip

    def read(self, address: int, size: int) -> bytes:
        """Ask for bytes."""
        return messages.encode(messages.Read(self._next(), address, size))

    def save(self) -> bytes:
        """Ask for the savestate."""
        return messages.encode(messages.Save(self._next()))

    def load(self, savestate: bytes) -> bytes:
        """Ask to load a savestate."""
        return messages.encode(messages.Load(self._next(), savestate))

    def receive(self, data: bytes | str) -> messages.State | messages.Bytes | None:
        """The reply to the last request, the mirror brought up to date; None for the reply of a cancelled one.

        Raises the typed error of a `Failure`, and ProtocolError for anything that is no proper reply.
        """
        reply = self._decode(data, self._sequence)
        if reply is None:
            return None
        if isinstance(reply, messages.Welcome | messages.Failure) or reply.sequence != self._sequence:
            raise ProtocolError(f"expected the reply to request {self._sequence}, got {type(reply).__name__}")
        if isinstance(reply, messages.State):
            self._mirror(reply)
        return reply

    def frame(self, state: messages.State) -> Frame:
        """What a state means to the caller of the emulator."""
        return Frame(state.frame, Condition(state.met), self.ram)

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence

    def _decode(self, data: bytes | str, expected: int | None = None) -> messages.Reply | None:
        if isinstance(data, str):
            raise ProtocolError("expected a binary message, got text; is this a server of pmd_gym?")
        reply = messages.decode_reply(data)
        if expected is not None and 0 < reply.sequence < expected:
            return None
        if isinstance(reply, messages.Failure):
            raise _ERRORS[reply.code](reply.message)
        return reply

    def _mirror(self, state: messages.State) -> None:
        try:
            if state.whole:
                self._replace(state)
            else:
                numbers = np.frombuffer(state.numbers, np.uint16)
                pages.apply(self.ram, numbers, np.frombuffer(state.pages, np.uint8))
        except ValueError as error:
            self._acknowledged = 0
            raise ProtocolError(f"the reply to request {state.sequence} does not fit EWRAM: {error}") from error
        self._acknowledged = state.sequence

    def _replace(self, state: messages.State) -> None:
        if len(state.pages) != layout.EWRAM_SIZE:
            raise ValueError(f"a whole image is {layout.EWRAM_SIZE} bytes, got {len(state.pages)}")
        self.ram[:] = np.frombuffer(state.pages, np.uint8)


def press_of(request: messages.Advance) -> Press:
    """What the emulator is asked to do."""
    return Press(Button(request.buttons), request.frames, Condition(request.until), request.hold, request.settle)
