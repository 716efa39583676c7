"""An emulator at the other end of a WebSocket: the `Emulator` seam over `protocol.ClientProtocol`.

Every wait has a timeout. A lost connection is transient: the client comes back with growing pauses, repeats the request
it had no answer to (the server does not run it twice) and gets the whole image. What is fatal is raised: nobody there
(UnreachableError), no answer in time (EmulatorTimeout), another client (BusyError), a wrong token or version
(RefusedError), bytes that are no message (ProtocolError), or a server that was started anew and lost the game
(`GameLostError`). After any of these the client may be used again; it then starts with a new connection.

Cancelling a call is safe: its reply, if it still comes, is thrown away, and the next reply holds the whole image.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from pmd_gym.emulator import messages
from pmd_gym.emulator.conditions import check_press
from pmd_gym.emulator.connection import Connection
from pmd_gym.emulator.interface import EmulatorInfo, Frame, Press
from pmd_gym.emulator.protocol import ClientProtocol
from pmd_gym.errors import (
    ClosedError,
    ConfigError,
    EmulatorTimeout,
    GameLostError,
    PmdGymError,
    ProtocolError,
    RefusedError,
    SavestateError,
    UnreachableError,
)

TOKEN_VARIABLE = "PMD_GYM_TOKEN"
"""Environment variable that holds the token of servers that want one."""

_TOO_BIG = 1009
_REFUSING = frozenset((401, 403))
_BACK_OFF_FACTOR = 2.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Every wait, in seconds; `scaled` multiplies all of them."""

    connect_s: float = 10.0
    reply_s: float = 30.0
    reconnect_s: float = 10.0  # how long a lost connection is tried again, in all
    first_pause_s: float = 0.05
    longest_pause_s: float = 1.0
    start_s: float = 1800.0  # a server process until its address line; the first one ever compiles the simulator
    stop_s: float = 5.0
    picture_s: float = 5.0  # a picture that a thread takes, until the emulator is asked by the caller instead

    def scaled(self, factor: float) -> Timeouts:
        """The same with every wait times `factor`."""
        return replace(self, **{name: getattr(self, name) * factor for name in self.__slots__})

    def pauses(self) -> Iterator[float]:
        """Seconds to wait before each further attempt, growing, `reconnect_s` in all."""
        pause, left = self.first_pause_s, self.reconnect_s
        while left > 0:
            yield min(pause, left)
            left -= pause
            pause = min(pause * _BACK_OFF_FACTOR, self.longest_pause_s)


class WebSocketEmulator:
    """One remote console; made by `await WebSocketEmulator.open(address)`."""

    def __init__(
        self, address: str, *, token: str = "", timeouts: Timeouts | None = None, ram: NDArray[np.uint8] | None = None
    ) -> None:
        """`ram`: where to mirror EWRAM, a contiguous (262144,) uint8 array; its own if None. Opens nothing yet."""
        self.address = address
        self._token = token
        self._timeouts = timeouts or Timeouts()
        self._protocol = ClientProtocol(ram)
        self._connection: Connection | None = None
        self._closed = False

    @classmethod
    async def open(
        cls, address: str, *, token: str = "", timeouts: Timeouts | None = None, ram: NDArray[np.uint8] | None = None
    ) -> WebSocketEmulator:
        """Connect once, without trying again; raises what stands in the module's docstring."""
        emulator = cls(address, token=token, timeouts=timeouts, ram=ram)
        await emulator._connect(pending=False)
        return emulator

    @property
    def info(self) -> EmulatorInfo:
        """What plays there, as the server said in its welcome."""
        if self._protocol.info is None:
            raise ClosedError(f"the emulator at {self.address} was never connected; use WebSocketEmulator.open")
        return self._protocol.info

    async def advance(self, press: Press) -> Frame:
        """One round trip: press, run, and the changed pages come back."""
        check_press(press)
        self._check_open()
        return self._protocol.frame(await self._state(lambda: self._protocol.advance(press)))

    async def advance_and_see(self, press: Press, out: NDArray[np.uint8]) -> Frame:
        """`advance` and `screen` in one round trip."""
        return self._protocol.frame(await self._state_with_picture(press, out))

    async def screen(self, out: NDArray[np.uint8]) -> int:
        """Write the screen to `out`, (160, 240, 3) uint8 RGB; returns its frame number."""
        return (await self._state_with_picture(Press(frames=0), out)).picture_frame

    async def read(self, address: int, size: int) -> bytes:
        """`size` bytes (1..65536) at a bus address."""
        if not 1 <= size <= messages.MAX_READ or not 0 <= address < 1 << 32:
            raise ConfigError(f"read 1..{messages.MAX_READ} bytes at a 32 bit address, got {size} at {address:#x}")
        self._check_open()
        return await self._bytes(lambda: self._protocol.read(address, size))

    async def save_state(self) -> bytes:
        """Savestate of the console, in the core's own format."""
        self._check_open()
        return await self._bytes(self._protocol.save)

    async def load_state(self, savestate: bytes) -> Frame:
        """Load what `save_state` gave; SavestateError for anything else, and the game is untouched."""
        if len(savestate) > messages.MAX_MESSAGE - 64:
            raise SavestateError(f"a savestate has at most {messages.MAX_MESSAGE - 64} bytes, got {len(savestate)}")
        self._check_open()
        return self._protocol.frame(await self._state(lambda: self._protocol.load(savestate)))

    async def close(self) -> None:
        """Hang up; idempotent. The server keeps its game."""
        self._closed = True
        connection, self._connection = self._connection, None
        if connection is not None:
            await _hang_up(connection, self._timeouts.stop_s)

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError(f"the emulator at {self.address} was closed")

    async def _state_with_picture(self, press: Press, out: NDArray[np.uint8]) -> messages.State:
        check_press(press)
        self._check_open()
        state = await self._state(lambda: self._protocol.advance(press, picture=True))
        _copy_picture(state, out)
        return state

    async def _state(self, request: Callable[[], bytes]) -> messages.State:
        reply = await self._round_trip(request)
        if not isinstance(reply, messages.State):
            raise ProtocolError(f"expected the console's state, got {type(reply).__name__}")
        return reply

    async def _bytes(self, request: Callable[[], bytes]) -> bytes:
        reply = await self._round_trip(request)
        if not isinstance(reply, messages.Bytes):
            raise ProtocolError(f"expected bytes, got {type(reply).__name__}")
        return reply.data

    async def _round_trip(self, make_request: Callable[[], bytes]) -> messages.State | messages.Bytes:
        if self._connection is None:
            await self._come_back(pending=False)
        request = make_request()
        try:
            return await self._exchange(request)
        except PmdGymError:
            raise
        except (ConnectionClosed, OSError) as error:
            await self._drop()
            _raise_if_too_big(error)
        await self._come_back(pending=True)
        try:
            return await self._exchange(request)
        except PmdGymError:
            raise
        except (ConnectionClosed, OSError) as error:
            await self._drop()
            _raise_if_too_big(error)
            text = f"the connection to {self.address} was lost twice during one request: {error}"
            raise UnreachableError(text) from error

    async def _exchange(self, request: bytes) -> messages.State | messages.Bytes:
        connection = self._connection
        assert connection is not None
        try:
            async with asyncio.timeout(self._timeouts.reply_s):
                connection.send(request)
                reply = self._protocol.receive(await connection.receive())
                while reply is None:
                    reply = self._protocol.receive(await connection.receive())
                return reply
        except TimeoutError as error:
            await self._drop()
            waited = f"{self._timeouts.reply_s:g} s"
            raise EmulatorTimeout(f"no reply from {self.address} within {waited}; is the emulator stuck?") from error
        except ProtocolError:
            await self._drop()
            raise

    async def _come_back(self, *, pending: bool) -> None:
        """Connect again, with pauses; UnreachableError when the time is up."""
        failure: Exception | None = None
        for pause in (0.0, *self._timeouts.pauses()):
            await asyncio.sleep(pause)
            try:
                await self._connect(pending=pending)
                return
            except GameLostError:
                raise
            except UnreachableError as error:
                failure = error
        waited = f"{self._timeouts.reconnect_s:g} s"
        raise UnreachableError(f"{self.address} does not answer since {waited}: {failure}") from failure

    async def _connect(self, *, pending: bool) -> None:
        await self._drop()
        connection = await self._dial()
        try:
            known = await self._greet(connection, pending)
        except BaseException:
            await _hang_up(connection, 0)
            raise
        self._connection = connection
        if not known:
            await self._drop()
            raise GameLostError(f"the server at {self.address} was started anew; its game is another one now")

    async def _greet(self, connection: Connection, pending: bool) -> bool:
        try:
            async with asyncio.timeout(self._timeouts.connect_s):
                connection.send(self._protocol.hello())
                return self._protocol.welcome(await connection.receive(), pending=pending)
        except PmdGymError as error:
            raise type(error)(f"{self.address}: {error}") from error
        except TimeoutError as error:
            raise EmulatorTimeout(f"{self.address} did not greet within {self._timeouts.connect_s:g} s") from error
        except (ConnectionClosed, OSError) as error:
            raise UnreachableError(f"{self.address} hung up during the greeting: {error}") from error

    async def _dial(self) -> Connection:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            async with asyncio.timeout(self._timeouts.connect_s):
                return await Connection.dial(self.address, headers=headers, max_size=messages.MAX_MESSAGE)
        except InvalidStatus as error:
            status = error.response.status_code
            if status in _REFUSING:
                raise RefusedError(f"{self.address} refused: wrong or missing token (HTTP {status})") from error
            raise UnreachableError(f"{self.address} answered HTTP {status}, not WebSocket") from error
        except InvalidURI as error:
            raise ConfigError(f"{self.address!r} is no WebSocket address; use ws://HOST:PORT") from error
        except (OSError, InvalidHandshake, TimeoutError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            text = f"no emulator answers at {self.address}: {reason}; is its server running?"
            raise UnreachableError(text) from error

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await _hang_up(connection, 0)


async def _hang_up(connection: Connection, timeout_s: float) -> None:
    """Close politely within `timeout_s`, else cut the connection."""
    try:
        async with asyncio.timeout(timeout_s):
            await connection.close()
    except TimeoutError:
        connection.abort()


def _raise_if_too_big(error: Exception) -> None:
    """A connection closed over the length of a message stays closed over it: trying again makes no sense."""
    closed = error.rcvd or error.sent if isinstance(error, ConnectionClosed) else None
    if closed is not None and closed.code == _TOO_BIG:
        text = f"a message was longer than the limit of {messages.MAX_MESSAGE} bytes: {closed.reason}"
        raise ProtocolError(text) from error


def _copy_picture(state: messages.State, out: NDArray[np.uint8]) -> None:
    if len(state.picture) != out.size:
        raise ProtocolError(f"expected a picture of {out.size} bytes, got {len(state.picture)}")
    out[:] = np.frombuffer(state.picture, np.uint8).reshape(out.shape)
