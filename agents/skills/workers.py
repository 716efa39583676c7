"""Worker processes from the outside: started bare, asked with a deadline, stopped for good when anything is amiss.

Skills that did not come with this project run there. A worker that hangs, dies, says too much or answers out of turn
is killed, and every use of its skill that was under way has failed. One worker serves one version of one skill.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from agents.skills.ending import Ending
from agents.skills.loader import Library, Skill
from agents.skills.program import Part
from agents.skills.sandbox import SECCOMP, Limits
from agents.skills.sighting import Sighting
from agents.skills.sources import Source
from agents.skills.wire import MAX_REPLY, Order, Reply, line_of, reply_of
from pmd_gym.errors import SkillError

MAX_WORKERS = 8
BUSY_S = 60.0
"""Seconds of work after which a worker takes no new use, so that it never comes near its limit of processor time."""
_HOUSE = Path(__file__).resolve().parent.parent.parent
_START = (
    "import sys, json, os; sys.path[:] = json.loads(sys.argv[1]); os.environ['OPENBLAS_NUM_THREADS'] = '1'; "
    "from agents.skills.worker import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)


class Worker:
    """One process and its two pipes; use from one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        """Starts it, without waiting until it is ready: the first `ask` does. SkillError where no process starts."""
        self._limits = limits
        self._number = 0
        self._unread = b""
        self.runs = 0
        """Uses under way."""
        self.busy_s = 0.0
        """Seconds it has been waited for."""
        self.guarantees = ""
        """What it promises, known when it is ready."""
        paths = [str(_HOUSE), *sys.path]
        command = [sys.executable, "-I", "-S", "-B", "-c", _START, json.dumps(paths)]
        self._process = subprocess.Popen(
            [*command, str(limits.memory_bytes), str(limits.cpu_s)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd="/", env={}, close_fds=True, start_new_session=True, bufsize=0,
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders, self._replies = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._orders, False)
        os.set_blocking(self._replies, False)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None and not self._process.stdin.closed  # type: ignore[union-attr]

    def wait_until_ready(self) -> None:
        """Return when it is locked up; SkillError if it does not come to that."""
        if not self.guarantees:
            self.guarantees = self._exchange(b"", 0, self._limits.start_s).why or "none"

    def ask(self, do: str, within_s: float, **order: Any) -> Reply:
        """Its reply to an order; SkillError, with the worker stopped, if there is none in time or not a proper one."""
        self.wait_until_ready()
        self._number += 1
        began = time.monotonic()
        try:
            return self._exchange(line_of(Order(self._number, do, **order)), self._number, within_s)
        finally:
            self.busy_s += time.monotonic() - began

    def close(self) -> None:
        """Stop it at once; idempotent."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def _exchange(self, line: bytes, number: int, within_s: float) -> Reply:
        if self._process.stdout is None or self._process.stdout.closed:
            raise SkillError("its worker was stopped")
        try:
            reply = reply_of(self._transfer(line, time.monotonic() + within_s))
            if reply.number != number:
                raise SkillError(f"its worker answered order {reply.number}, asked was {number}")
            return reply
        except (SkillError, OSError) as error:
            self.close()
            raise SkillError(str(error) or type(error).__name__) from error
        except BaseException:  # interrupted in the middle: what comes next would be the reply to this order
            self.close()
            raise

    def _transfer(self, line: bytes, deadline: float) -> bytes:
        """Write the line and read one, whatever the other side does."""
        poll = select.poll()
        poll.register(self._replies, select.POLLIN)
        while b"\n" not in self._unread:
            poll.register(self._orders, select.POLLOUT) if line else None
            left_s = deadline - time.monotonic()
            ready = dict(poll.poll(1000 * left_s)) if left_s > 0 else {}
            if not ready:
                raise SkillError("it did not answer in time, and its worker was stopped")
            if line and self._orders in ready:
                line = line[os.write(self._orders, line) :]
                if not line:
                    poll.unregister(self._orders)
            if self._replies in ready:
                self._read()
        reply, _, self._unread = self._unread.partition(b"\n")
        return reply

    def _read(self) -> None:
        data = os.read(self._replies, MAX_REPLY)
        if not data:
            code = self._process.wait(self._limits.step_s)
            raise SkillError(f"its worker died ({'signal' if code < 0 else 'exit code'} {abs(code)})")
        self._unread += data
        if len(self._unread) > MAX_REPLY:
            raise SkillError(f"its worker answered more than {MAX_REPLY} bytes")


class ForeignRun:
    """One use of a skill in a worker."""

    def __init__(self, skill: Skill, worker: Worker, number: int, limits: Limits) -> None:
        self.skill = skill
        self._worker = worker
        self._number = number
        self._limits = limits
        self._over = False
        worker.runs += 1

    def step(self, sighting: Sighting) -> int | Ending:
        """Its next action, or how it ended."""
        try:
            reply = self._worker.ask("step", self._limits.step_s, run=self._number, sight=sighting.packed)
        except SkillError as error:
            return Ending("failed", f"{self.skill.source.file}: {error}")
        if reply.action is not None:
            return reply.action
        return Ending(reply.ended if reply.ended in ("done", "gave_up") else "failed", reply.why)

    def close(self) -> None:
        """The use is over; idempotent."""
        if self._over:
            return
        self._over = True
        self._worker.runs -= 1
        if self._worker.is_alive:
            try:
                self._worker.ask("end", self._limits.step_s, run=self._number)
            except SkillError:
                return  # it hung or died at its end; the next use gets another worker


class Workers:
    """All workers of this process: one that checks code, and one for each skill in use."""

    def __init__(self, limits: Limits | None = None, *, allow_weak: bool = False) -> None:
        """`allow_weak`: also where the platform cannot keep a worker from files and network."""
        self._limits = limits or Limits()
        self._allow_weak = allow_weak
        self._checker: Worker | None = None
        self._checking = Lock()
        self._serving: dict[str, Worker] = {}
        self._begun = 0

    @property
    def guarantees(self) -> str:
        """What workers promise here, in words; empty before the first one."""
        return self._checker.guarantees if self._checker is not None else ""

    @property
    def digests(self) -> frozenset[str]:
        """Versions of skills that have a worker."""
        return frozenset(self._serving)

    def check(self, source: Source) -> None:
        """Load the code of a skill once, in a worker; SkillError with file and line. Safe in any thread."""
        with self._checking:
            if self._checker is None or not self._checker.is_alive:
                self._checker = self._start()
            parts = [Part(source.file, source.code, source.manifest)]
            _demand_done(_asked(self._checker, source.file, "check", self._limits.load_s, parts=parts))

    def begin(self, skill: Skill, arguments: Mapping[str, Any]) -> ForeignRun:
        """One use of a skill with checked arguments; SkillError if it cannot begin."""
        worker = self._worker_of(skill)
        self._begun += 1
        run = {"run": self._begun, "arguments": arguments}
        _demand_done(_asked(worker, skill.source.file, "begin", self._limits.load_s, **run))
        return ForeignRun(skill, worker, self._begun, self._limits)

    def retire(self, library: Library) -> None:
        """Stop the workers of versions that nobody can use or is using any more."""
        current = {skill.digest for skill in library.skills.values()}
        self._stop_where(lambda digest, worker: digest not in current and not worker.runs)

    def close(self) -> None:
        """Stop them all; idempotent."""
        self._stop_where(lambda digest, worker: True)
        with self._checking:
            if self._checker is not None:
                self._checker.close()
                self._checker = None

    def _worker_of(self, skill: Skill) -> Worker:
        self._stop_where(lambda _, worker: not worker.runs and (not worker.is_alive or worker.busy_s > BUSY_S))
        worker = self._serving.get(skill.digest)
        if worker is None or not worker.is_alive:
            self._make_room()
            worker = self._start()
            _demand_done(_asked(worker, skill.source.file, "load", self._limits.load_s, parts=skill.parts()))
            self._serving[skill.digest] = worker
        return worker

    def _make_room(self) -> None:
        if len(self._serving) >= MAX_WORKERS:
            self._stop_where(lambda _, worker: not worker.runs)
        if len(self._serving) >= MAX_WORKERS:
            raise SkillError(f"{MAX_WORKERS} skills run in workers already; wait until one has ended")

    def _stop_where(self, over: Callable[[str, Worker], bool]) -> None:
        for digest in [digest for digest, worker in self._serving.items() if over(digest, worker)]:
            self._serving.pop(digest).close()

    def _start(self) -> Worker:
        if not hasattr(select, "poll"):
            raise SkillError("skills that did not come with this project need workers, which this platform has not")
        worker = Worker(self._limits)
        worker.wait_until_ready()
        if SECCOMP not in worker.guarantees and not self._allow_weak:
            worker.close()
            raise SkillError(
                f"this platform cannot keep a skill from files and network (it guarantees: {worker.guarantees}); "
                "install the extra [skills] on Linux, or allow weak workers for skills that you have read"
            )
        return worker


def _asked(worker: Worker, file: str, do: str, within_s: float, **order: Any) -> Reply:
    try:
        return worker.ask(do, within_s, **order)
    except SkillError as error:
        raise SkillError(f"{file}:1: {error}") from error


def _demand_done(reply: Reply) -> None:
    if reply.ended != "done":
        raise SkillError(reply.why or "its worker could not load it")
