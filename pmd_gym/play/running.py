"""When a dash ends: a run in one direction goes on until something is worth a look, as with B held on the console."""

from __future__ import annotations

from collections.abc import Callable

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind
from pmd_gym.play.scene import STRAIGHT, Scene

LONGEST = 56
"""Steps of the longest run: the width of the map."""


def dash(scene: Scene, direction: int, act: Callable[[int], Scene]) -> int:
    """Step in `direction` with `act` (action to the scene after it) as long as it is sensible; steps taken."""
    action = ACTIONS.of(CommandKind.STEP, direction)
    for steps in range(LONGEST):
        if not scene.allows(CommandKind.STEP, direction):
            return steps
        before, scene = scene, act(action)
        if not goes_on(before, scene):
            return steps + 1
    return LONGEST


def goes_on(before: Scene, after: Scene) -> bool:
    """True when nothing happened between two steps of a run that should end it."""
    return after.leader is not None and not (
        after.place == before.place
        or (after.dungeon, after.floor) != (before.dungeon, before.floor)
        or after.on_stairs
        or after.room != before.room
        or after.log != before.log
        or len(after.bag) != len(before.bag)
        or after.money != before.money
        or _is_hurt(before, after)
        or {enemy.spawn_id for enemy in after.enemies} - {enemy.spawn_id for enemy in before.enemies}
        or _crossing(before, after)
    )


def _is_hurt(before: Scene, after: Scene) -> bool:
    now = {member.slot: member for member in after.members}
    return any(
        member.slot not in now or now[member.slot].hp < member.hp or now[member.slot].statuses != member.statuses
        for member in before.members
    )


def _crossing(before: Scene, after: Scene) -> bool:
    """True where a corridor opens to more sides than before."""
    in_corridor = before.room == after.room and after.tiles and not _is_room(after)
    return bool(in_corridor) and _ways(after) > max(2, _ways(before))


def _is_room(scene: Scene) -> bool:
    from pmd_gym.ram import layout

    return scene.room != layout.CORRIDOR


def _ways(scene: Scene) -> int:
    return sum(direction in STRAIGHT for direction in scene.ways)
