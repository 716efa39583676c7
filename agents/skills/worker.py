"""The process in which skills of strangers run: it locks itself up, then takes orders from a pipe and answers.

Started by `workers`; nothing else imports it. It gets code, arguments and observations as messages, and has nothing
else to look at.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from agents.policy.scene import scenes_of
from agents.skills.program import Part, Program, check, where
from agents.skills.sandbox import IN, OUT, Limits, lock_up
from agents.skills.sight import Actions, GiveUp, View
from agents.skills.tools import PRELOADED
from agents.skills.wire import MAX_ORDER, MAX_WORDS, Order, Reply, line_of, order_of, unpacked

CHUNK = 65536


class Desk:
    """What a worker has been given: one skill, and the runs of it that are under way."""

    def __init__(self) -> None:
        self._program: Program | None = None
        self._file = ""
        self._runs: dict[int, tuple[View, Actions]] = {}

    def answer(self, order: Order) -> Reply:
        """Carry out an order; whatever the skill's code does in it that Python can catch becomes a reply."""
        self._file = order.parts[-1].file if order.parts else self._file
        try:
            return self._carried_out(order)
        except StopIteration:
            return Reply(order.number, ended="done")
        except GiveUp as error:
            return Reply(order.number, ended="gave_up", why=_words(error))
        except BaseException as error:  # strangers' code may raise anything, SystemExit too; it must not end the loop
            return Reply(order.number, ended="failed", why=_why(error, self._file))

    def _carried_out(self, order: Order) -> Reply:
        if order.do == "step":
            return Reply(order.number, action=self._step(order.run, order.sight))
        if order.do == "check":
            check(order.parts[0])
        elif order.do == "load":
            self._program = Program(order.parts)
        elif order.do == "begin":
            self._begin(order.run, order.arguments)
        else:
            self._runs.pop(order.run)[1].close()
        return Reply(order.number, ended="done")

    def _begin(self, run: int, arguments: Mapping[str, Any]) -> None:
        assert self._program is not None, "a skill is loaded before it is used"
        view = View()
        self._runs[run] = view, self._program.begin(view, arguments)

    def _step(self, run: int, sight: str) -> int:
        view, actions = self._runs[run]
        planes, status, mask = unpacked(sight)
        view.look(next(scenes_of({"planes": planes[None], "status": status[None]})), mask)
        action = next(actions)
        number = int(action)
        if number != action or not 0 <= number < len(mask):
            raise ValueError(f"yielded {action!r:.40}; expected an action, 0 to {len(mask) - 1}")
        view.acted(number)
        return number


def _why(error: BaseException, file: str) -> str:
    try:
        told = str(error)[:MAX_WORDS] if type(error).__name__ == "SkillError" else where(error, file)
        return _words(told)
    except BaseException as worse:  # an error of theirs whose text is an error
        return f"{file}:1: {type(error).__name__}, and {type(worse).__name__} when asked what it says"


def _words(told: object) -> str:
    return str(told)[:MAX_WORDS].encode("utf-8", "replace").decode()


def orders() -> Iterator[Order]:
    """Orders as they come, until the pipe is closed."""
    rest = b""
    while data := os.read(IN, CHUNK):
        rest += data
        while b"\n" in rest:
            line, _, rest = rest.partition(b"\n")
            yield order_of(line)
        if len(rest) > MAX_ORDER:
            return


def send(reply: Reply) -> None:
    """Write a reply, all of it."""
    line = line_of(reply)
    while line:
        line = line[os.write(OUT, line) :]


class Nowhere:
    """A standard output for skills that print: there is nobody to read it."""

    def write(self, text: str) -> int:
        """Taken, and forgotten."""
        return len(text)

    def flush(self) -> None:
        """Nothing to do."""


def main(memory_bytes: int, cpu_s: int) -> None:
    """Load what skills may import, lock up, say so, serve."""
    for name in PRELOADED:
        importlib.import_module(name)
    os.environ.clear()
    sys.stdin, sys.stdout, sys.stderr = None, Nowhere(), Nowhere()
    desk = Desk()
    _rehearse(desk)
    guarantees = lock_up(Limits(memory_bytes=memory_bytes, cpu_s=cpu_s))
    send(Reply(0, ended="done", why=", ".join(guarantees)))
    for order in orders():
        send(desk.answer(order))


def _rehearse(desk: Desk) -> None:
    """Fail once while files can still be read, so that what Python loads for its messages is loaded."""
    from agents.skills.manifest import Manifest

    manifest = Manifest("rehearsal", "1.0.0", "fails", "rehearsal.py:run", ("walk",), {}, {})
    for code in ("def run(:", "raise ValueError('é')", "import no_such_module"):
        desk.answer(Order(0, "check", parts=[Part("core/rehearsal/rehearsal.py", code, manifest)]))
