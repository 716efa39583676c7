"""What skills of strangers cannot do, tried one by one in a worker that is locked up as it is at play.

Linux alone can promise all of it; a Linux on which the promises fail is a failure here, not a reason to skip.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.skills.ending import Ending
from agents.skills.loader import Library, Skill, SkillLoader
from agents.skills.manifest import Parameter
from agents.skills.sandbox import Limits
from agents.skills.sighting import Sighting
from agents.skills.workers import ForeignRun, Workers
from pmd_gym.errors import SkillError
from tests.doubles.skills import WAITS, observation_of, source, write_skill
from tests.doubles.toy_floor import ToyFloor

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what workers promise, they promise on Linux")

PATIENT = Limits(start_s=120.0, load_s=60.0, step_s=60.0)
HASTY = replace(PATIENT, load_s=0.3, step_s=0.3)
"""For those that never come back."""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(PATIENT)
    yield made
    made.close()


@pytest.fixture
def hasty() -> Iterator[Workers]:
    made = Workers(HASTY)
    yield made
    made.close()


def refusal(workers: Workers, code: str) -> str:
    """What becomes of code when it is loaded in a worker; empty if it does what it wants."""
    try:
        workers.check(source(code + "\ndef run(sight):\n    yield 0\n"))
    except SkillError as error:
        return str(error)
    return ""


def skill(code: str, name: str = "hop", **keys: Any) -> Skill:
    return Skill(source(code, name, **keys), {}, f"digest of {code}")


def sighting() -> Sighting:
    floor = ToyFloor("####\n#@.#\n####", seen=True)
    observation = observation_of(floor)
    return Sighting(observation["planes"][0], observation["status"][0], floor.mask())


def test_the_guarantees_of_this_platform(workers: Workers) -> None:
    assert refusal(workers, "") == ""
    assert "limits" in workers.guarantees
    assert "seccomp" in workers.guarantees


DENIED = "Operation not permitted"
EVILS = {
    "open a file": ("open('/etc/passwd')", DENIED),
    "write a file": ("open('/tmp/skill', 'w')", DENIED),
    "list a folder": ("import os; os.listdir('/')", DENIED),
    "remove a file": ("import os; os.unlink('/tmp/skill')", DENIED),
    "change a mode": ("import os; os.chmod('/tmp', 0)", DENIED),
    "look whether a file exists": ("import os; os.stat('/etc/passwd')", DENIED),
    "open a socket": ("import socket; socket.socket()", DENIED),
    "open a pair of sockets": ("import socket; socket.socketpair()", DENIED),
    "make a pipe": ("import os; os.pipe()", DENIED),
    "fork": ("import os; os.fork()", DENIED),
    "exec": ("import os; os.execv('/bin/sh', ['sh', '-c', 'true'])", DENIED),
    "spawn": ("import subprocess; subprocess.run(['true'])", DENIED),
    "start a thread": ("import threading; threading.Thread(target=print).start()", "can't start new thread"),
    "read the memory of its parent": (f"open('/proc/{os.getpid()}/mem', 'rb')", DENIED),
    "read the environment of its parent": (f"open('/proc/{os.getpid()}/environ', 'rb')", DENIED),
    "signal its parent": (f"import os; os.kill({os.getpid()}, 15)", DENIED),
    "raise its own limits": ("import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))", "not allowed"),
    "duplicate a descriptor": ("import os; os.dup(0)", DENIED),
    "read another descriptor": ("import os; os.read(3, 1)", DENIED),
    "write to another descriptor": ("import os; os.write(2, b'x')", DENIED),
    "sleep": ("import time; time.sleep(60)", DENIED),
    "map memory that can be run": ("import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)", DENIED),
    "import what is not loaded": ("import sqlite3", "No module named 'sqlite3'"),
    "call the kernel by number": (
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\nif libc.syscall(57) >= 0: pass\n"
        "else: raise OSError(ctypes.get_errno(), 'refused')", "refused",
    ),
    "allocate ten gigabytes": ("x = bytearray(10 ** 10)", "MemoryError"),
    "call itself without end": ("def f(): f()\nf()", "RecursionError"),
    "leave": ("raise SystemExit(0)", "SystemExit"),
    "raise what has no text": (
        "class E(BaseException):\n    def __str__(self): raise ValueError\nraise E()", "ValueError when asked what it",
    ),
}  # fmt: skip


@pytest.mark.parametrize("evil", EVILS)
def test_what_it_cannot_do(workers: Workers, evil: str) -> None:
    code, why = EVILS[evil]
    told = refusal(workers, code)
    assert told.startswith("custom/hop/hop.py:")
    assert why in told
    assert refusal(workers, "") == "", "the worker goes on"


def test_it_is_given_no_environment_and_no_arguments_of_ours(workers: Workers) -> None:
    assert refusal(workers, "import os; assert not os.environ, dict(os.environ)") == ""
    assert refusal(workers, "import os; assert os.getenv('PATH') is None") == ""


def test_what_it_may_import(workers: Workers) -> None:
    assert refusal(workers, "import math, heapq, numpy; from agents.skills.tools import STEP, GiveUp, lore") == ""


def test_printing_goes_nowhere(workers: Workers) -> None:
    assert refusal(workers, "print('{\"number\": 1}' * 9)") == ""


def test_what_it_says_cannot_reach_the_terminal(workers: Workers) -> None:
    told = refusal(workers, r"raise ValueError('\x1b]0;title\x07' + '\u202e' + 'x' * 10_000)")
    assert told.isprintable()
    assert len(told) < 600


DEATHS = {
    "loop for ever": ("while True: pass", "did not answer in time"),
    "die": ("import os; os._exit(3)", "its worker died (exit code 3)"),
    "crash": ("import ctypes; ctypes.string_at(0)", "its worker died (signal 11)"),
    "flood": ("import os\nwhile True: os.write(1, b'x' * 4096)", "its worker answered more than 8192 bytes"),
    "talk out of turn": ('import os; os.write(1, b\'{"number": 77, "action": 0}\\n\')', "answered order 77"),
    "talk nonsense": ("import os; os.write(1, b'[1, 2\\n')", "something else than a reply"),
    "eat the orders": ("import os; os.read(0, 9999)", "did not answer in time"),
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_worker_that_misbehaves_is_replaced(hasty: Workers, death: str) -> None:
    code, why = DEATHS[death]
    assert why in refusal(hasty, code)
    if death in ("loop for ever", "die"):
        assert refusal(hasty, "") == "", "the next one is as good as new"


@pytest.fixture
def begun(workers: Workers) -> Iterator[list[ForeignRun]]:
    runs: list[ForeignRun] = []
    yield runs
    for run in runs:
        run.close()


def test_a_skill_at_play_in_a_worker(workers: Workers, begun: list[ForeignRun]) -> None:
    code = (
        "from agents.skills.tools import GiveUp, WAIT\n"
        "def run(sight, times=2):\n"
        "    for _ in range(times):\n"
        "        yield WAIT if sight.scene.stairs is None else None\n"
        "    if times == 3:\n        raise GiveUp('tired')\n"
        "    if times == 4:\n        yield 'jump'\n"
    )
    played = {}
    for times in (2, 3, 4):
        run = workers.begin(skill(code, parameters={"times": Parameter("int")}), {"times": times})
        begun.append(run)
        played[times] = [run.step(sighting()) for _ in range(times + 1)]
    assert played[2] == [0, 0, Ending("done")]
    assert played[3] == [0, 0, 0, Ending("gave_up", "tired")]
    last = played[4][-1]
    assert isinstance(last, Ending)
    assert last.kind == "failed"
    assert "custom/hop/hop.py" in last.why


def test_a_skill_of_strangers_calls_a_core_skill(workers: Workers, tmp_path: Path, begun: list[ForeignRun]) -> None:
    code = "def run(sight):\n    yield from sight.call('go_to', x=2, y=1)\n"
    write_skill(tmp_path, "hop", code, requires={"go_to": ">=1"})
    core = Path(__file__).resolve().parents[3] / "agents" / "skills" / "core"
    loader = SkillLoader({"core": core, "custom": tmp_path}, workers.check)
    loader.refresh()
    assert not loader.library.problems
    run = workers.begin(loader.library.skills["hop"], {})
    begun.append(run)
    assert run.step(sighting()) == 3


def test_runs_of_two_games_do_not_meet(workers: Workers, begun: list[ForeignRun]) -> None:
    code = "n = []\ndef run(sight):\n    while True:\n        n.append(1)\n        yield len(n)\n"
    one, two = (workers.begin(skill(code), {}) for _ in range(2))
    begun += [one, two]
    assert [one.step(sighting()), one.step(sighting()), two.step(sighting())] == [1, 2, 1]


def test_a_hang_at_play_ends_the_use_and_nothing_else(hasty: Workers) -> None:
    hangs = hasty.begin(skill("def run(sight):\n    yield 0\n    while True: pass\n"), {})
    waits = hasty.begin(skill(WAITS, "hip"), {})
    patient = replace(HASTY, step_s=60.0)
    hangs._limits = waits._limits = patient
    assert [hangs.step(sighting()), waits.step(sighting())] == [0, 0]
    hangs._limits = HASTY
    ending = hangs.step(sighting())
    assert isinstance(ending, Ending)
    assert (ending.kind, "did not answer in time" in ending.why) == ("failed", True)
    assert hangs.step(sighting()) == Ending("failed", "custom/hop/hop.py: its worker was stopped")
    assert waits.step(sighting()) == 0
    hangs.close()
    waits.close()


def test_versions_that_nobody_uses_lose_their_worker(workers: Workers) -> None:
    old = skill(WAITS + "# old\n")
    run = workers.begin(old, {})
    workers.retire(Library({}))
    assert run.step(sighting()) == 0, "a run under way keeps its worker"
    run.close()
    workers.retire(Library({}))
    assert old.digest not in workers.digests


def test_a_platform_without_walls_is_refused_unless_one_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.skills.workers.SECCOMP", "a wall that no platform has")
    weak = Workers(PATIENT, allow_weak=True)
    strict = Workers(PATIENT)
    try:
        assert refusal(weak, "") == ""
        assert "this platform cannot keep a skill from files and network" in refusal(strict, "")
    finally:
        weak.close()
        strict.close()
