"""Server processes come, are started anew when they die, and never outlive this process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable

import pytest

from pmd_gym.emulator.client import Timeouts, WebSocketEmulator
from pmd_gym.emulator.fleet import MAX_RESTARTS, STEADY_S, Fleet
from pmd_gym.emulator.footprint import resident_mib
from pmd_gym.emulator.interface import Press
from pmd_gym.errors import EmulatorTimeout, UnreachableError

COMMAND = (sys.executable, "-m", "tests.doubles.emulators")
BROKEN = (sys.executable, "-c", "import sys; print('no such core', file=sys.stderr); sys.exit(2)")
SILENT = (sys.executable, "-c", "import sys; sys.stdin.read()")
RUBBISH = (sys.executable, "-c", "print('hello'); import sys; sys.stdin.read()")
QUICK = (
    sys.executable, "-S", "-c",
    "print('{\"address\": \"ws://127.0.0.1:9\"}', flush=True); import sys; sys.stdin.read()",
)  # fmt: skip
"""A server that is up at once, and serves nothing."""
ONE_LIFE = (
    sys.executable, "-c",
    "import os, sys; os.path.exists(sys.argv[-1]) and sys.exit(3); open(sys.argv[-1], 'w');"
    "print('{\"address\": \"ws://127.0.0.1:9\"}', flush=True); sys.stdin.read()",
)  # fmt: skip
"""A server that starts once, and never again."""


def with_fleet(fleet: Fleet, body: Callable[[Fleet, list[str]], Awaitable[None]]) -> None:
    async def run() -> None:
        try:
            await body(fleet, await fleet.start())
        finally:
            await fleet.close()

    asyncio.run(run())


async def frame_number(address: str) -> int:
    emulator = await WebSocketEmulator.open(address)
    number = (await emulator.advance(Press(frames=1))).number
    await emulator.close()
    return number


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"


def test_every_server_has_its_own_address_and_game() -> None:
    async def body(fleet: Fleet, addresses: list[str]) -> None:
        assert len(set(addresses)) == 3
        assert [await frame_number(address) for address in addresses] == [1, 1, 1]
        assert await frame_number(addresses[0]) == 2

    with_fleet(Fleet(3, command=COMMAND, one_first=True), body)


def test_a_killed_server_is_started_anew() -> None:
    async def body(fleet: Fleet, addresses: list[str]) -> None:
        dead = fleet.pid(0)
        os.kill(dead, signal.SIGKILL)
        address = await fleet.revive(0, fleet.address(0))
        assert fleet.pid(0) != dead and fleet.restarts(0) >= 1
        assert await frame_number(address) == 1
        assert await frame_number(addresses[1]) == 1

    with_fleet(Fleet(2, command=COMMAND), body)


def test_a_server_that_was_replaced_already_is_left_alone() -> None:
    async def body(fleet: Fleet, addresses: list[str]) -> None:
        fresh = await fleet.revive(0, addresses[0])
        pid = fleet.pid(0)
        assert await fleet.revive(0, addresses[0]) == fresh != addresses[0]
        assert (fleet.pid(0), fleet.restarts(0)) == (pid, 1)

    with_fleet(Fleet(1, command=COMMAND), body)


def test_a_server_that_dies_unnoticed_is_started_by_the_watch() -> None:
    async def body(fleet: Fleet, addresses: list[str]) -> None:
        dead = fleet.pid(0)
        os.kill(dead, signal.SIGKILL)
        async with asyncio.timeout(60):
            while fleet.restarts(0) == 0:
                await asyncio.sleep(0.01)
        assert await frame_number(await fleet.ready(0)) == 1
        assert fleet.pid(0) != dead and fleet.restarts(0) == 1

    with_fleet(Fleet(1, command=COMMAND), body)


def test_a_server_that_hangs_is_killed_and_started_anew() -> None:
    async def body(fleet: Fleet, addresses: list[str]) -> None:
        stuck = fleet.pid(0)
        os.kill(stuck, signal.SIGSTOP)
        assert await frame_number(await fleet.revive(0, fleet.address(0))) == 1
        assert not is_running(stuck)

    with_fleet(Fleet(1, command=COMMAND), body)


def test_closing_ends_every_process_and_closing_twice_is_fine() -> None:
    pids: list[int] = []

    async def body(fleet: Fleet, addresses: list[str]) -> None:
        pids.extend(fleet.pid(index) for index in range(2))
        await fleet.close()
        await fleet.close()

    with_fleet(Fleet(2, command=COMMAND), body)
    assert len(pids) == 2 and not any(is_running(pid) for pid in pids)


def start_error(fleet: Fleet, kind: type[Exception]) -> str:
    with pytest.raises(kind) as error:
        with_fleet(fleet, lambda fleet, addresses: asyncio.sleep(0))
    return str(error.value)


def test_a_server_that_does_not_start_says_why() -> None:
    text = start_error(Fleet(2, command=BROKEN), UnreachableError)
    assert "exit code 2" in text and "no such core" in text


def test_a_server_that_says_rubbish_is_an_error() -> None:
    assert "did not start" in start_error(Fleet(1, command=RUBBISH), UnreachableError)


def test_a_server_that_says_nothing_is_a_timeout() -> None:
    assert "0.3 s" in start_error(Fleet(1, command=SILENT, timeouts=Timeouts(start_s=0.3)), EmulatorTimeout)


def test_a_server_that_dies_every_time_is_given_up(tmp_path: os.PathLike[str]) -> None:
    async def body(fleet: Fleet, addresses: list[str]) -> None:
        for _ in range(MAX_RESTARTS):
            with pytest.raises(UnreachableError, match="did not start"):
                await fleet.revive(0, fleet.address(0))
        with pytest.raises(UnreachableError, match="again"):
            await fleet.revive(0, fleet.address(0))
        with pytest.raises(UnreachableError, match="does not run"):
            fleet.pid(0)

    with_fleet(Fleet(1, [str(tmp_path / "lived")], command=ONE_LIFE), body)  # type: ignore[operator]


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_server_that_ran_long_may_be_started_anew_as_often_as_at_first() -> None:
    clock = Clock()

    async def body(fleet: Fleet, addresses: list[str]) -> None:
        for _ in range(MAX_RESTARTS):
            await fleet.revive(0, fleet.address(0))
        clock.now += STEADY_S
        await fleet.revive(0, fleet.address(0))
        assert fleet.restarts(0) == MAX_RESTARTS + 1
        for _ in range(MAX_RESTARTS - 1):
            await fleet.revive(0, fleet.address(0))
        with pytest.raises(UnreachableError, match="again"):
            await fleet.revive(0, fleet.address(0))

    with_fleet(Fleet(1, command=QUICK, clock=clock), body)


def test_a_server_over_its_memory_limit_is_known_and_renewed_which_is_no_failure() -> None:
    async def body(fleet: Fleet, addresses: list[str]) -> None:
        assert fleet.outgrown(0)
        for _ in range(MAX_RESTARTS + 1):
            before = fleet.pid(0)
            await fleet.renew(0)
            assert fleet.pid(0) != before and not is_running(before)

    with_fleet(Fleet(1, command=QUICK, memory_limit_mib=1), body)


def test_a_server_within_its_memory_limit_is_left_alone() -> None:
    async def body(fleet: Fleet, addresses: list[str]) -> None:
        assert 1 < resident_mib(fleet.pid(0)) < 1000
        assert not fleet.outgrown(0)

    with_fleet(Fleet(1, command=QUICK), body)
    assert resident_mib(2**22 + 1) == 0.0, "there is no such process"


PARENT = """
import asyncio, json, sys
from pmd_gym.emulator.fleet import Fleet

async def main():
    fleet = Fleet(2, command=(sys.executable, "-m", "tests.doubles.emulators"))
    await fleet.start()
    print(json.dumps([fleet.pid(0), fleet.pid(1)]), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_a_killed_parent_leaves_no_orphan() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = json.loads(parent.stdout.readline())
        assert all(is_running(pid) for pid in children)
        parent.kill()
        parent.wait()

    async def all_gone() -> None:
        async with asyncio.timeout(60):
            while any(is_running(pid) for pid in children):
                await asyncio.sleep(0.02)

    asyncio.run(all_gone())
    assert not any(is_running(pid) for pid in children)
