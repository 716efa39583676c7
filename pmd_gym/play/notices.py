"""What happened between two moments, told from their difference: for games whose RAM holds no messages.

`Narrator` keeps the lines a person reads. As soon as the game speaks for itself, through its message log, nothing is
derived any more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from pmd_gym.play.scene import Member, Scene

KEPT = 200
"""Lines that a narrator remembers."""
_HEALED = 3
"""HP gained in one turn that are worth a line; less is natural regeneration."""


class Narrator:
    """The lines to show, oldest first."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._game_speaks = False

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything said, oldest first."""
        return tuple(self._lines)

    def begin(self, scene: Scene) -> None:
        """A new game: what its log holds already, or else where it is."""
        self._game_speaks = bool(scene.log)
        self._lines.extend(scene.log or (f"{scene.title}.",))

    def follow(self, before: Scene, after: Scene) -> None:
        """Tell what came of one action."""
        fresh = added(before.log, after.log)
        self._game_speaks = self._game_speaks or bool(fresh)
        self._lines.extend(fresh if self._game_speaks else notices(before, after))

    def say(self, line: str) -> None:
        """A line of our own; one that stands last already is not repeated."""
        if not self._lines or self._lines[-1] != line:
            self._lines.append(line)


def added(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Lines of a scrolling log that were not there before: what follows the longest overlap of old end, new start."""
    for overlap in range(min(len(before), len(after)), 0, -1):
        if before[-overlap:] == after[:overlap]:
            return after[overlap:]
    return after


def notices(before: Scene, after: Scene) -> list[str]:
    """Short lines about what changed."""
    if not after.dungeon:
        return []
    if (before.dungeon, before.floor) != (after.dungeon, after.floor):
        return [f"{after.title}."]
    return [*_about_enemies(before, after), *_about_team(before, after), *_about_belongings(before, after)]


def _about_team(before: Scene, after: Scene) -> Iterator[str]:
    now = {member.slot: member for member in after.members}
    known = {member.slot for member in before.members}
    for member in before.members:
        yield from _about_member(member, now[member.slot]) if member.slot in now else [f"{member.name} fainted."]
    yield from (f"{member.name} joined the team." for slot, member in now.items() if slot not in known)


def _about_member(before: Member, after: Member) -> Iterator[str]:
    change = after.hp - before.hp
    if change < 0:
        yield f"{after.name} took {-change} damage."
    elif change >= _HEALED and after.level == before.level:
        yield f"{after.name} recovered {change} HP."
    if after.is_leader and after.exp > before.exp:
        yield f"{after.name} gained {after.exp - before.exp} experience."
    if after.level > before.level:
        yield f"{after.name} grew to level {after.level}."
    yield from (f"{after.name}: {status}." for status in after.statuses if status not in before.statuses)


def _about_enemies(before: Scene, after: Scene) -> Iterator[str]:
    known = {enemy.spawn_id: enemy for enemy in before.enemies}
    for enemy in after.enemies:
        earlier = known.pop(enemy.spawn_id, None)
        if earlier is None:
            yield f"{enemy.name} comes into sight."
        elif enemy.hp < earlier.hp:
            yield f"{enemy.name} took {earlier.hp - enemy.hp} damage."


def _about_belongings(before: Scene, after: Scene) -> Iterator[str]:
    if after.money != before.money:
        verb = "Found" if after.money > before.money else "Lost"
        yield f"{verb} {abs(after.money - before.money)} P."
    held = [(item.name, item.count) for item in before.bag]
    for item in after.bag:
        if (item.name, item.count) in held:
            held.remove((item.name, item.count))
        elif len(after.bag) >= len(before.bag):
            yield f"Picked up {item.label}."
