"""The server's door and its manners: who gets in, and what a bad message does: a typed error, nothing to the game."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from pmd_gym.emulator import messages, server
from pmd_gym.emulator.client import WebSocketEmulator
from pmd_gym.emulator.interface import Button, Press
from pmd_gym.emulator.messages import Code
from pmd_gym.errors import BusyError, ConfigError, EmulatorError, RefusedError
from tests.doubles.emulators import open_floor_emulator, served

HELLO = messages.encode(messages.Hello(messages.VERSION, b"0123456789abcdef"))
COMMAND = (sys.executable, "-m", "tests.doubles.emulators")


def with_server(body: Callable[[str], Awaitable[None]], **options: Any) -> None:
    async def run() -> None:
        async with served(**options) as address:
            await body(address)

    asyncio.run(run())


async def answer(connection: ClientConnection, message: bytes | str) -> messages.Reply:
    await connection.send(message)
    data = await connection.recv()
    assert isinstance(data, bytes)
    return messages.decode_reply(data)


async def failure(connection: ClientConnection, message: bytes | str) -> Code:
    reply = await answer(connection, message)
    assert isinstance(reply, messages.Failure)
    return reply.code


BAD_MESSAGES = [
    (b"", Code.MALFORMED),
    (b"\xc1\xc1", Code.MALFORMED),
    (b"\x91" * 5000, Code.MALFORMED),
    ("text", Code.MALFORMED),
    (HELLO, Code.OUT_OF_ORDER),
    (messages.encode(messages.Save(0)), Code.OUT_OF_ORDER),
    (messages.encode(messages.Save(2)), Code.OUT_OF_ORDER),
    (messages.encode(messages.Advance(7, 0, 1, 600, 0, 0, 0, False)), Code.OUT_OF_ORDER),
    (messages.encode(messages.Load(1, bytes(messages.MAX_MESSAGE))), Code.OVERSIZED),
]


@pytest.mark.parametrize(("message", "code"), BAD_MESSAGES)
def test_a_bad_message_gets_a_typed_error_and_does_not_touch_the_game(message: bytes | str, code: Code) -> None:
    emulator = open_floor_emulator()
    before = emulator.ram.copy()

    async def body(address: str) -> None:
        async with connect(address, compression=None) as connection:
            assert isinstance(await answer(connection, HELLO), messages.Welcome)
            assert await failure(connection, message) is code
            assert np.array_equal(emulator.ram, before)
            assert isinstance(await answer(connection, messages.encode(messages.Save(1))), messages.Bytes)

    with_server(body, emulator=emulator)


def test_a_message_far_over_the_limit_ends_the_connection_but_not_the_server() -> None:
    async def body(address: str) -> None:
        connection = await connect(address, compression=None)
        await answer(connection, HELLO)
        with pytest.raises(ConnectionClosed) as error:
            await answer(connection, bytes(8 * messages.MAX_MESSAGE))
        assert error.value.rcvd is None or error.value.rcvd.code == 1009
        emulator = await WebSocketEmulator.open(address)
        await emulator.advance(Press(frames=1))
        await emulator.close()

    with_server(body)


def test_a_client_that_sends_nothing_but_rubbish_is_hung_up_on() -> None:
    async def body(address: str) -> None:
        async with connect(address, compression=None) as connection:
            await answer(connection, HELLO)
            with pytest.raises(ConnectionClosed):
                for _ in range(server.MAX_REJECTED + 1):
                    await failure(connection, b"rubbish")

    with_server(body)


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (messages.encode(messages.Save(1)), Code.OUT_OF_ORDER),
        (messages.encode(messages.Hello(99, bytes(16))), Code.VERSION),
        (b"\x00", Code.MALFORMED),
    ],
)
def test_without_a_proper_hello_there_is_no_game(first: bytes, code: Code) -> None:
    async def body(address: str) -> None:
        async with connect(address, compression=None) as connection:
            assert await failure(connection, first) is code
            with pytest.raises(ConnectionClosed):
                await connection.recv()

    with_server(body)


def test_a_second_client_is_refused_until_the_first_one_leaves() -> None:
    async def body(address: str) -> None:
        first = await WebSocketEmulator.open(address)
        await first.advance(Press(frames=1))
        with pytest.raises(BusyError, match="another client"):
            await WebSocketEmulator.open(address)
        assert (await first.advance(Press(frames=1))).number == 2
        await first.close()
        second = await WebSocketEmulator.open(address)
        assert (await second.advance(Press(frames=1))).number == 3
        await second.close()

    with_server(body)


@pytest.mark.parametrize("token", ["", "wrong", "s3cre", "s3crets", "S3CRET"])
def test_a_wrong_token_is_refused(token: str) -> None:
    async def body(address: str) -> None:
        with pytest.raises(RefusedError, match="token"):
            await WebSocketEmulator.open(address, token=token)

    with_server(body, token="s3cret")


def test_the_right_token_is_let_in() -> None:
    async def body(address: str) -> None:
        emulator = await WebSocketEmulator.open(address, token="s3cret")
        await emulator.advance(Press(frames=1))
        await emulator.close()

    with_server(body, token="s3cret")


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1", "null"])
def test_browsers_are_refused(origin: str) -> None:
    async def body(address: str) -> None:
        with pytest.raises(InvalidStatus) as error:
            await connect(address, origin=origin)  # type: ignore[arg-type]
        assert error.value.response.status_code == 403

    with_server(body)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_an_open_door_needs_a_token(host: str) -> None:
    with pytest.raises(ConfigError, match="token"):
        asyncio.run(server.open_server(open_floor_emulator(), host))


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("x", False)],
)
def test_loopback_is_known(host: str, loopback: bool) -> None:
    assert server.is_loopback(host) is loopback


def test_a_taken_port_is_an_error_that_says_so() -> None:
    async def body(address: str) -> None:
        port = int(address.rsplit(":", 1)[1])
        with pytest.raises(EmulatorError, match=f"127.0.0.1:{port}.*--port"):
            await server.open_server(open_floor_emulator(), port=port)

    with_server(body)


def test_an_emulator_that_breaks_is_a_typed_error_and_the_server_lives() -> None:
    emulator = open_floor_emulator()

    async def body(address: str) -> None:
        client = await WebSocketEmulator.open(address)
        emulator._games.step = None  # type: ignore[method-assign, assignment]
        with pytest.raises(EmulatorError, match="not callable"):
            await client.advance(Press(Button.A, frames=5))
        assert len(await client.save_state()) == 262144
        await client.close()

    with_server(body, emulator=emulator)


# The process


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*COMMAND, *arguments], text=True, **(pipes | options))


def test_the_process_prints_its_address_and_leaves_on_a_signal() -> None:
    with start("--dungeon", "Thunderwave Cave", "--floor", "2") as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert line["address"].startswith("ws://127.0.0.1:") and line["pid"] == process.pid
        assert (line["core"], line["dungeon"]) == ("simulated", "Thunderwave Cave")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_the_process_leaves_when_its_parent_does() -> None:
    with start("--exit-with-parent") as process:
        assert process.stdout is not None and process.stdin is not None
        process.stdout.readline()
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "token"),
        (["--dungeon", "Tiny Wods"], "Tiny Woods"),
        (["--floor", "99"], "floors 1..3"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_code_2(arguments: list[str], words: str) -> None:
    with start(*arguments) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert out == "" and words in err and err.count("\n") == 1
