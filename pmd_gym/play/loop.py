"""The loops of play: keys of a window into a session, or a recording into a session and onto a window."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pmd_gym.errors import PmdGymError
from pmd_gym.play.interface import KeyEvent, View, Window
from pmd_gym.play.keyboard import Command, Do, Keyboard
from pmd_gym.play.menus import PLAYING, Act, Again, Dash, Intent, Leave, Menu, Page, Refuse, react
from pmd_gym.play.recording import Recording, Step
from pmd_gym.play.running import dash
from pmd_gym.play.session import Session, end_line

IDLE_S = 0.25
"""Longest wait for a key: how late a window notices that its size changed."""


class Player:
    """Feeds a session with the keys of a window."""

    def __init__(self, session: Session, window: Window, status: str = "") -> None:
        self._session = session
        self._window = window
        self._status = status
        self._keyboard = Keyboard()
        self.menu = PLAYING

    def play(self) -> None:
        """Until the person leaves. The session must have begun."""
        self.show()
        while True:
            commands = list(distinct(self._keyboard, self._window.read(IDLE_S)))
            if not all(self.obey(command) for command in commands):
                return
            if commands:
                self.show()

    def obey(self, command: Command) -> bool:
        """Carry out one command; False to leave."""
        self.menu, intent = react(self.menu, command, self._session.scene)
        if isinstance(intent, Leave):
            return False
        self._carry_out(intent)
        if self._session.ended and self.menu.page is not Page.OVER:
            self.menu = Menu(Page.OVER, note=end_line(self._session.ended))
        return True

    def show(self) -> None:
        """Draw the present moment."""
        self._window.show(view_of(self._session, self._window.wants_pixels, self.menu, self._status))

    def _carry_out(self, intent: Intent) -> None:
        session, was_on_stairs = self._session, self._session.scene.on_stairs
        if isinstance(intent, Refuse):
            session.narrator.say(intent.why)
        elif isinstance(intent, Again):
            session.again()
        elif isinstance(intent, Act):
            session.act(intent.action)
        elif isinstance(intent, Dash):
            dash(session.scene, intent.direction, session.act)
        if isinstance(intent, Act | Dash) and session.scene.on_stairs and not was_on_stairs:
            self.menu = Menu(Page.STAIRS)


def view_of(session: Session, with_pixels: bool, menu: Menu = PLAYING, status: str = "") -> View:
    """The present moment of a session, with the console's screen or without."""
    return View(session.scene, menu, session.narrator.lines, status, session.pixels() if with_pixels else None)


def distinct(keyboard: Keyboard, events: list[KeyEvent]) -> Iterator[Command]:
    """Commands of events, where a direction that a held key asked for several times at once counts once."""
    previous = None
    for event in events:
        command = keyboard.command(event)
        repeats = command == previous and command is not None and command.do in (Do.GO, Do.RUN)
        if command is not None and not repeats:
            yield command
        previous = command if event.down else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a replay found: steps that were equal, and where it parted from the recording, if it did."""

    steps: int
    diverged_at: int | None = None
    """Number of the first step (1 is the first, 0 the start) whose RAM differs; None if all are equal."""
    why: str = ""


def follow(session: Session, recording: Recording) -> Iterator[Verdict]:
    """Replay a recording step by step into a session that has not begun; ends at the first difference."""
    session.begin(recording.seed)
    verdict = _compared(session, 0, recording.ram)
    yield verdict
    for entry in recording.entries:
        if verdict.diverged_at is not None:
            return
        number = verdict.steps + isinstance(entry, Step)
        verdict = _repeated(session, entry, number)
        yield verdict


def _repeated(session: Session, entry: object, number: int) -> Verdict:
    """Do again what an entry says; an action that fails now parts from the recording too."""
    try:
        if isinstance(entry, Step):
            if session.ended:
                return Verdict(number - 1, number, f"the game has ended here ({session.ended})")
            session.act(entry.action)
        else:
            session.again()
    except PmdGymError as error:
        return Verdict(number - 1, number, str(error))
    return _compared(session, number, getattr(entry, "ram", ""))


def _compared(session: Session, number: int, expected: str) -> Verdict:
    received = session.ram_hash()
    if received == expected:
        return Verdict(number)
    return Verdict(max(number - 1, 0), number, f"RAM hash {received}, recorded {expected}")


def verify(session: Session, recording: Recording) -> Verdict:
    """Replay everything without showing it."""
    return deque(follow(session, recording), maxlen=1).pop()


class Spectator:
    """Shows a recording: Space pauses, a right arrow steps while paused, other arrows change the speed, Q leaves."""

    def __init__(
        self, session: Session, window: Window, recording: Recording, speed: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """`speed`: steps a second."""
        self._session, self._window, self._recording = session, window, recording
        self._clock = clock
        self.speed = speed
        self.paused = False
        self._single = False
        self._keyboard = Keyboard()

    def watch(self) -> Verdict:
        """To the end of the recording, or until the person leaves; what was found so far."""
        verdict = Verdict(0)
        for verdict in follow(self._session, self._recording):
            self._show(verdict)
            if verdict.diverged_at is not None or not self._wait(verdict):
                break
        else:
            self._linger(verdict)
            return verdict
        if verdict.diverged_at is not None:
            self._linger(verdict)
        return verdict

    def _wait(self, verdict: Verdict) -> bool:
        """Until the next step is due; False to leave."""
        due = self._clock() + 1 / self.speed
        self._single = False
        while self.paused or self._clock() < due:
            left = IDLE_S if self.paused else max(due - self._clock(), 0.0)
            for command in distinct(self._keyboard, self._window.read(min(left, IDLE_S))):
                if not self._obey(command):
                    return False
            if self._single:
                return True
            self._show(verdict)
        return True

    def _obey(self, command: Command) -> bool:
        if command.do in (Do.QUIT, Do.CLOSE, Do.CANCEL):
            return False
        if command.do is Do.CONFIRM:
            self.paused = not self.paused
        elif command.do is Do.GO:
            self._steer(command.number)
        return True

    def _steer(self, direction: int) -> None:
        """Up and down change the speed, right steps."""
        if direction in (0, 4):
            self.speed = min(max(self.speed * (2 if direction == 4 else 0.5), 0.25), 256.0)
        elif direction == 2:
            self.paused = self._single = True

    def _linger(self, verdict: Verdict) -> None:
        """The last picture stays until a key is pressed."""
        self._show(verdict, "the end; any key leaves")
        while not any(event.down for event in self._window.read(IDLE_S)):
            pass

    def _show(self, verdict: Verdict, note: str = "") -> None:
        pace = "paused" if self.paused else f"{self.speed:g} steps/s"
        status = f"REPLAY {verdict.steps}/{self._recording.steps}  {note or pace}"
        if verdict.diverged_at is not None:
            status = f"DIVERGES AT STEP {verdict.diverged_at}"
        self._window.show(view_of(self._session, self._window.wants_pixels, PLAYING, status))
