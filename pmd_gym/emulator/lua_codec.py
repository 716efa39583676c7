"""The text protocol of mGBA-http's Lua script (0.6 to 0.10), without I/O: requests to bytes, bytes to checked replies.

A request is `command,argument,...<|END|>`; each is answered, in order, by `value<|END|>`. Replies carry no number and
the script may cut one short without a word, its end missing, so that two replies run into each other. Hence every
reply is checked against the one shape it can have, and every exchange begins with a `fence` whose reply has another
length each time: a reply that is lost, cut or doubled shows at once, and never passes for another. What to do then is
`lua_link`'s business. Knows nothing of the game.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pmd_gym.errors import ConfigError, EmulatorError, ProtocolError, RefusedError
from pmd_gym.ram import layout

END = b"<|END|>"
DONE = b"<|SUCCESS|>"
FAILED = b"<|ERROR|>"
_OF_OLD_SCRIPTS = b"<|ACK|>"

Value: TypeAlias = int | bytes | str | None

LONGEST_REPLY = 3 * layout.EWRAM_SIZE
"""A range of the whole of EWRAM, three letters a byte; nothing that is asked for is longer."""
_FENCE_SIZES = range(101, 162)
"""Bytes of a fence: longer than what is asked for again and again, shorter than an image."""
_NUMBER = re.compile(rb"-?[0-9]{1,12}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2},)*[0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Request:
    """One command as it is written, and the reading of its reply, which raises ValueError for a wrong shape."""

    text: str
    read: Callable[[bytes], Value]


def number(command: str, *arguments: int) -> Request:
    """A command that is answered by one integer."""
    return Request(_join(command, *arguments), _integer)


def text(command: str) -> Request:
    """A command that is answered by a few letters, such as the game's title."""
    return Request(command, _letters)


def order(command: str, *arguments: int | str) -> Request:
    """A command that does something; whether it worked has to be seen elsewhere, scripts report failures as success."""
    return Request(_join(command, *arguments), _nothing)


def memory(address: int, size: int) -> Request:
    """`size` bytes of the console's memory."""

    def read(reply: bytes) -> bytes:
        if len(reply) != 3 * size - 1 or not _HEX.fullmatch(reply):
            raise ValueError(f"{size} bytes in hexadecimal")
        return bytes.fromhex(reply.replace(b",", b"").decode())

    return Request(_join("core.readRange", address, size), read)


def fence(exchange: int) -> Request:
    """What opens exchange number `exchange`: its reply has another length than those of its neighbours."""
    return memory(layout.EWRAM_BASE, _FENCE_SIZES[exchange % len(_FENCE_SIZES)])


def break_water() -> Request:
    """What goes before the fence after a fault: if the end of a reply was lost, this one's reply drowns with it."""
    return number("core.currentFrame")


def encode(requests: Sequence[Request]) -> bytes:
    """All requests in one piece: the script answers them within one frame."""
    return b"".join(request.text.encode() + END for request in requests)


class ReplyReader:
    """Takes the bytes that arrive, gives the values that `requests` asked for; for one exchange.

    `resync`: replies of earlier exchanges may come first; they are passed over until the first request, a fence,
    has its reply.
    """

    def __init__(self, requests: Sequence[Request], *, resync: bool = False) -> None:
        self._waiting = list(reversed(requests))
        self._resync = resync
        self._buffer = bytearray()
        self._searched = 0
        self._passed_over = 0

    @property
    def complete(self) -> bool:
        """True when every request has its reply."""
        return not self._waiting

    def feed(self, data: bytes) -> Iterator[Value]:
        """The values that became whole.

        Raises EmulatorError where the script reports an error, RefusedError for a script that is too old,
        ProtocolError for whatever cannot be the reply that is due; the exchange is void then.
        """
        self._buffer += data
        while (end := self._buffer.find(END, self._searched)) >= 0:
            reply = bytes(self._buffer[:end])
            del self._buffer[: end + len(END)]
            self._searched = 0
            if not self._resync:
                yield self._take(reply)
            elif self._is_fence(reply):
                self._resync = False
                yield self._take(reply)
        self._searched = max(0, len(self._buffer) - len(END))
        self._check_rest()

    def _is_fence(self, reply: bytes) -> bool:
        self._passed_over += len(reply)
        try:
            self._waiting[-1].read(reply)
        except ValueError:
            return False
        return True

    def _take(self, reply: bytes) -> Value:
        if not self._waiting:
            raise ProtocolError(f"the script sent a reply that nobody asked for: {_shown(reply)}")
        request = self._waiting.pop()
        if reply == FAILED:
            raise EmulatorError(f"the script reports an error for {request.text}; is a game running in mGBA?")
        try:
            return request.read(reply)
        except ValueError as error:
            raise ProtocolError(
                f"expected {error} for {request.text}, got {len(reply)} letters, {_shown(reply)}; the reply was cut"
            ) from None

    def _check_rest(self) -> None:
        if self._buffer.startswith(_OF_OLD_SCRIPTS):
            raise RefusedError("this script is older than mGBA-http 0.6, its replies have no end; load a newer one")
        if len(self._buffer) + self._passed_over > 2 * LONGEST_REPLY or (self.complete and self._buffer):
            raise ProtocolError(f"the script sent {len(self._buffer)} letters that nobody asked for")


def _join(command: str, *arguments: int | str) -> str:
    return ",".join([command, *(str(_plain(argument)) for argument in arguments)])


def _plain(argument: int | str) -> int | str:
    """An argument must not look like the protocol around it."""
    if isinstance(argument, str) and (not argument.isprintable() or any(sign in argument for sign in ",[]|")):
        raise ConfigError(f"the script's protocol has no way to write {argument!r}; use a folder with a plain name")
    return argument


def _integer(reply: bytes) -> int:
    if not _NUMBER.fullmatch(reply):
        raise ValueError("a number")
    return int(reply)


def _letters(reply: bytes) -> str:
    if len(reply) > 64 or not reply.isascii() or not reply.decode("ascii", "replace").isprintable():
        raise ValueError("a few letters")
    return reply.decode()


def _nothing(reply: bytes) -> None:
    if reply not in (DONE, b"true", b"false"):
        raise ValueError("an acknowledgement")


def _shown(reply: bytes) -> str:
    return repr(reply[:40].decode("ascii", "replace"))
