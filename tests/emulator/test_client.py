"""The client under failure: dropped lines, silent and rubbish servers, time-outs, servers started anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from pmd_gym.emulator import messages
from pmd_gym.emulator.client import Timeouts, WebSocketEmulator
from pmd_gym.emulator.interface import Button, Condition, Press
from pmd_gym.emulator.peek import standing
from pmd_gym.emulator.simulated import SimulatedEmulator
from pmd_gym.errors import (
    BusyError,
    ClosedError,
    ConfigError,
    EmulatorTimeout,
    GameLostError,
    ProtocolError,
    UnreachableError,
)
from pmd_gym.ram import layout
from tests.doubles.emulators import Relay, mute_server, open_floor_emulator, saying_server, served

QUICK = Timeouts().scaled(0.02)
ATTACK = Press(Button.A, until=Condition.COMMAND, hold=4, settle=8)


def through_a_relay(body: Callable[[WebSocketEmulator, Relay, SimulatedEmulator], Awaitable[None]]) -> None:
    """Run `body` with a client behind a line that can be cut, and the console at its end."""

    async def run() -> None:
        console = open_floor_emulator()
        async with served(console) as address, Relay(address) as relay:
            emulator = await WebSocketEmulator.open(relay.address)
            await emulator.advance(Press(frames=0))
            await body(emulator, relay, console)
            await emulator.close()

    asyncio.run(run())


def test_a_lost_connection_is_made_again_and_the_mirror_is_whole() -> None:
    async def body(emulator: WebSocketEmulator, relay: Relay, console: SimulatedEmulator) -> None:
        relay.cut()
        console.ram[100:200] = 7
        frame = await emulator.advance(ATTACK)
        assert relay.connections == 2
        assert np.array_equal(frame.ram, console.ram)

    through_a_relay(body)


@pytest.mark.parametrize("flag", ["cut_next_reply", "cut_next_request"])
def test_a_request_whose_line_was_cut_is_carried_out_once(flag: str) -> None:
    async def body(emulator: WebSocketEmulator, relay: Relay, console: SimulatedEmulator) -> None:
        for expected in (999, 998, 997):
            setattr(relay, flag, True)
            frame = await emulator.advance(ATTACK)
            assert standing(frame.ram.data).turns_left == expected
            assert np.array_equal(frame.ram, console.ram)
        assert relay.connections == 4

    through_a_relay(body)


def test_a_line_that_is_cut_again_and_again_gives_up() -> None:
    async def body(emulator: WebSocketEmulator, relay: Relay, console: SimulatedEmulator) -> None:
        async def keep_cutting() -> None:
            while True:
                relay.cut_next_reply = True
                await asyncio.sleep(0)

        cutter = asyncio.ensure_future(keep_cutting())
        with pytest.raises(UnreachableError):
            await emulator.advance(ATTACK)
        cutter.cancel()
        relay.cut_next_reply = False
        assert np.array_equal((await emulator.advance(Press(frames=0))).ram, console.ram)

    async def run() -> None:
        console = open_floor_emulator()
        async with served(console) as address, Relay(address) as relay:
            emulator = await WebSocketEmulator.open(relay.address, timeouts=QUICK)
            await body(emulator, relay, console)
            await emulator.close()

    asyncio.run(run())


def test_nobody_there_is_said_at_once() -> None:
    async def run() -> None:
        async with served() as address:
            pass
        with pytest.raises(UnreachableError, match="is its server running"):
            await WebSocketEmulator.open(address)

    asyncio.run(run())


def test_a_server_that_went_away_is_tried_for_a_while() -> None:
    async def run() -> None:
        async with served() as address:
            emulator = await WebSocketEmulator.open(address, timeouts=QUICK)
        with pytest.raises(UnreachableError, match="does not answer since 0.2 s"):
            await emulator.advance(ATTACK)
        await emulator.close()

    asyncio.run(run())


def test_a_server_started_anew_lost_the_game_and_the_client_says_so_once() -> None:
    async def run() -> None:
        async with served() as address, Relay(address) as relay, served() as other:
            emulator = await WebSocketEmulator.open(relay.address)
            await emulator.advance(ATTACK)
            await emulator.advance(ATTACK)
            relay.lead_to(other)
            with pytest.raises(GameLostError, match="started anew"):
                await emulator.advance(ATTACK)
            frame = await emulator.advance(Press(frames=0))
            assert standing(frame.ram.data).turns_left == 1000
            await emulator.close()

    asyncio.run(run())


@pytest.mark.parametrize("answers", [0, 2])
def test_a_server_that_hangs_is_a_timeout(answers: int) -> None:
    async def run() -> None:
        async with mute_server(answers) as address:
            emulator = await WebSocketEmulator.open(address, timeouts=QUICK)
            for _ in range(answers):
                await emulator.advance(Press(frames=0))
            with pytest.raises(EmulatorTimeout, match="no reply"):
                await emulator.advance(Press(frames=0))
            await emulator.close()

    asyncio.run(run())


def test_a_server_that_does_not_greet_is_a_timeout() -> None:
    async def run() -> None:
        listener = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        host, port = listener.sockets[0].getsockname()
        with pytest.raises((EmulatorTimeout, UnreachableError)):
            await WebSocketEmulator.open(f"ws://{host}:{port}", timeouts=QUICK)
        listener.close()

    asyncio.run(run())


WELCOME = messages.encode(messages.Welcome(messages.VERSION, 0, "double", "T", "CODE", 240, 160, False, False))
BLANK = bytes(layout.EWRAM_SIZE)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"\xc1",
        "text",
        messages.encode(messages.Bytes(1, b"")),
        messages.encode(messages.State(1, 0, 0, True, b"", b"short", b"")),  # type: ignore[arg-type]
        messages.encode(messages.State(1, 0, 0, False, b"\xff\xff", bytes(256), b"")),  # type: ignore[arg-type]
        messages.encode(messages.State(9, 0, 0, True, b"", BLANK, b"")),  # type: ignore[arg-type]
        bytes(messages.MAX_MESSAGE + 1),
    ],
    ids=["empty", "garbage", "text", "wrong kind", "torn", "no such page", "out of order", "oversized"],
)
def test_a_rubbish_reply_is_a_typed_error(reply: bytes | str) -> None:
    async def run() -> None:
        async with saying_server(lambda data: WELCOME if b"hello" in data[:8] else reply) as address:
            emulator = await WebSocketEmulator.open(address, timeouts=QUICK)
            with pytest.raises(ProtocolError):
                await emulator.advance(Press(frames=0))
            await emulator.close()

    asyncio.run(run())


@pytest.mark.parametrize("greeting", [b"", "text", messages.encode(messages.Bytes(0, b""))])
def test_a_server_of_something_else_is_a_typed_error(greeting: bytes | str) -> None:
    async def run() -> None:
        async with saying_server(lambda _: greeting) as address:
            with pytest.raises(ProtocolError):
                await WebSocketEmulator.open(address, timeouts=QUICK)

    asyncio.run(run())


@pytest.mark.parametrize("address", ["127.0.0.1:80", "http://127.0.0.1", "ws://"])
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(ConfigError, match="ws://HOST:PORT"):
        asyncio.run(WebSocketEmulator.open(address))


def test_a_picture_comes_with_the_frame_in_one_request() -> None:
    async def body(emulator: WebSocketEmulator, relay: Relay, console: SimulatedEmulator) -> None:
        seen, drawn = (np.zeros((160, 240, 3), np.uint8) for _ in range(2))
        frame = await emulator.advance_and_see(ATTACK, seen)
        assert await console.screen(drawn) == frame.number
        assert drawn.any() and np.array_equal(seen, drawn)

    through_a_relay(body)


def test_the_mirror_can_be_an_array_of_the_caller() -> None:
    async def run() -> None:
        images = np.zeros((2, layout.EWRAM_SIZE), np.uint8)
        console = open_floor_emulator()
        async with served(console) as address:
            emulator = await WebSocketEmulator.open(address, ram=images[1])
            await emulator.advance(ATTACK)
            await emulator.close()
        assert np.array_equal(images[1], console.ram) and not images[0].any()

    asyncio.run(run())


def test_a_client_that_never_connected_says_so() -> None:
    with pytest.raises(ClosedError, match="never connected"):
        _ = WebSocketEmulator("ws://127.0.0.1:9").info


def test_pauses_grow_and_end() -> None:
    pauses = list(Timeouts(reconnect_s=3.0, first_pause_s=0.1, longest_pause_s=1.0).pauses())
    assert pauses == sorted(pauses[:-1]) + pauses[-1:]
    assert sum(pauses) == pytest.approx(3.0)


def test_a_foreign_session_may_not_take_over() -> None:
    async def body(emulator: WebSocketEmulator, relay: Relay, console: SimulatedEmulator) -> None:
        with pytest.raises(BusyError):
            await WebSocketEmulator.open(relay.address)
        await emulator.advance(ATTACK)
        assert relay.connections == 2

    through_a_relay(body)
