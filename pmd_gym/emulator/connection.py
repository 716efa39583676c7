"""One WebSocket connection of a client whose requests and replies strictly alternate.

The protocol is the `websockets` library's, its sans-I/O part; this file only moves bytes. The library's own asyncio
client costs a quarter of a round trip more, for streaming and flow control in both directions, which strict
alternation does not need. Raises the library's exceptions; `client.py` says what they mean.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping

from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, ConnectionClosedError
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

MAX_UNREAD = 64
"""Messages that may arrive before someone reads them; replies of cancelled calls are a few, more is a flood."""


class Connection(asyncio.Protocol):
    """An open connection; made by `await Connection.dial(address, ...)`."""

    def __init__(self, protocol: ClientProtocol, headers: Mapping[str, str]) -> None:
        loop = asyncio.get_running_loop()
        self._protocol = protocol
        self._headers = headers
        self._transport: asyncio.Transport | None = None
        self._opened: asyncio.Future[None] = loop.create_future()
        self._closed: asyncio.Future[None] = loop.create_future()
        self._reader: asyncio.Future[None] | None = None
        self._unread: deque[bytes | str] = deque()
        self._fragments: list[bytes] = []
        self._is_text = False

    @classmethod
    async def dial(cls, address: str, *, headers: Mapping[str, str], max_size: int) -> Connection:
        """Open a connection. Raises InvalidURI, OSError, or the library's InvalidHandshake and its kin.

        Cancelling it, by a timeout for example, leaves nothing open.
        """
        uri = parse_uri(address)
        connection = cls(ClientProtocol(uri, max_size=max_size), headers)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: connection, uri.host, uri.port, ssl=True if uri.secure else None)
        try:
            await connection._opened
        except BaseException:
            connection.abort()
            raise
        return connection

    def send(self, data: bytes) -> None:
        """Send one binary message; raises ConnectionClosed if the connection is lost."""
        if self._protocol.state is not State.OPEN or self._closed.done():
            raise self._why_closed()
        self._protocol.send_binary(data)
        self._flush()

    async def receive(self) -> bytes | str:
        """The next message; raises ConnectionClosed. Cancelling is safe: the message goes to the next call."""
        while not self._unread:
            if self._protocol.state is not State.OPEN or self._closed.done():
                raise self._why_closed()
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self._unread.popleft()

    async def close(self) -> None:
        """Say goodbye and wait until the other side has hung up; cancel it by a timeout, then `abort`."""
        if self._protocol.state is State.OPEN and not self._closed.done():
            self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
            self._flush()
        await asyncio.shield(self._closed)

    def abort(self) -> None:
        """Cut the connection at once; idempotent."""
        if self._transport is not None and not self._closed.done():
            self._transport.abort()

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the handshake."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        request = self._protocol.connect()
        request.headers.update(self._headers)
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the protocol, and whole messages to the reader."""
        self._protocol.receive_data(data)
        self._take_events()

    def eof_received(self) -> None:
        """The other side sends no more; the transport closes by itself."""
        self._protocol.receive_eof()
        self._take_events()

    def connection_lost(self, error: Exception | None) -> None:
        """Everything that waits gets to know."""
        with contextlib.suppress(EOFError):  # older versions of the library mind being told twice
            self._protocol.receive_eof()
        self._closed.set_result(None)
        self._fail_opening(error)
        self._wake()

    def _take_events(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take_frame(event)
            elif self._protocol.handshake_exc is None and not self._opened.done():
                self._opened.set_result(None)
        if self._protocol.handshake_exc is not None:
            self._fail_opening(None)
        self._flush()

    def _take_frame(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._is_text = frame.opcode is Opcode.TEXT
        elif frame.opcode is not Opcode.CONT:
            return  # the protocol answers pings and goodbyes
        if frame.fin and not self._fragments:
            self._deliver(bytes(frame.data))
            return
        self._fragments.append(bytes(frame.data))
        if frame.fin:
            whole = b"".join(self._fragments)
            self._fragments.clear()
            self._deliver(whole)

    def _deliver(self, data: bytes) -> None:
        self._unread.append(data.decode(errors="replace") if self._is_text else data)
        if len(self._unread) > MAX_UNREAD:
            self.abort()
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _fail_opening(self, error: Exception | None) -> None:
        if not self._opened.done():
            reason = self._protocol.handshake_exc or error or ConnectionResetError("hung up during the handshake")
            self._opened.set_exception(reason)

    def _flush(self) -> None:
        transport = self._transport
        assert transport is not None
        for data in self._protocol.data_to_send():
            if data:
                transport.write(data)
            elif transport.can_write_eof() and not transport.is_closing():
                with contextlib.suppress(OSError):
                    transport.write_eof()

    def _why_closed(self) -> ConnectionClosed:
        if self._protocol.state is not State.CLOSED:
            protocol = self._protocol
            return ConnectionClosedError(protocol.close_rcvd, protocol.close_sent, protocol.close_rcvd_then_sent)
        return self._protocol.close_exc
