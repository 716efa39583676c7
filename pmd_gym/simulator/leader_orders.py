"""What a command makes of the leader: a turn of its head, a talk, or the action of its turn.

Orders about items are in `item_orders`; `action` carries the action out. Source: src/dungeon_main.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.backends.interface import CommandKind
from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.item_orders import order_item
from pmd_gym.simulator.monsters import belly_of, is_asleep, is_charging, is_dazed, is_rooted, runs_away
from pmd_gym.simulator.movement import (
    bears,
    can_pass,
    can_step,
    can_strike,
    face,
    mobility_class,
    neighbour,
    resting_class,
)
from pmd_gym.simulator.recovery import end_freeze, end_sleep
from pmd_gym.simulator.shop import KEEPER, can_talk, talk

WAIT, STEP, ATTACK, FACE = int(CommandKind.WAIT), int(CommandKind.STEP), int(CommandKind.ATTACK), int(CommandKind.FACE)
MOVE, STAIRS = int(CommandKind.MOVE), int(CommandKind.STAIRS)
USE_ITEM, THROW_ITEM = int(CommandKind.USE_ITEM), int(CommandKind.THROW_ITEM)


@kernel
def order(game: Any, rules: Any, leader: int, kind: int, argument: int) -> bool:
    """Write the leader's action for a command; False when it costs no turn."""
    monster = game.world.monsters[leader]
    if kind == FACE:
        face(game, leader, argument)
        return False
    if kind == STEP:
        return order_step(game, rules, leader, argument)
    if kind == ATTACK and not runs_away(game, leader):
        if can_talk(game, leader) and speak(game, rules, leader):
            return False
        monster.action = ids.REGULAR_ATTACK
        return True
    if kind == MOVE and not runs_away(game, leader):
        monster.action, monster.action_param1 = ids.USE_MOVE_PLAYER, argument
        return True
    if kind == USE_ITEM or kind == THROW_ITEM:
        return order_item(game, rules, leader, argument, kind == THROW_ITEM)
    here = game.world.entities[leader].pos
    if kind == STAIRS and game.world.tiles[here.y, here.x].terrain & ids.STAIRS == 0:
        return False
    if kind == WAIT and belly_of(monster) == 0:
        return False
    monster.action = ids.TAKE_STAIRS if kind == STAIRS else ids.PASS
    return True


@kernel
def speak(game: Any, rules: Any, leader: int) -> bool:
    """Talk to the team mate or shopkeeper in front instead of attacking; False when there is none.

    A petrified mate and one that sleeps for good come round; both turn to each other unless the other cannot speak
    (src/dungeon_action_handler.c, HandleTalkFieldAction).
    """
    direction = game.world.monsters[leader].direction
    other = neighbour(game, leader, direction)
    if other < 0 or not can_strike(game, rules, leader, direction):
        return False
    mate = game.world.monsters[other]
    if mate.is_enemy and mate.shopkeeper != KEEPER:
        return False
    if mate.freeze_status == ids.PETRIFIED:
        end_freeze(game, other)
    if mate.sleep_status == ids.SLEEP and mate.sleep_turns == ids.FOREVER:
        end_sleep(game, rules, other)
    if not can_talk(game, other) or is_dazed(mate, True):
        return True
    mate.direction = (direction + 4) & 7
    game.world.entities[other].sprite_direction = mate.direction
    if mate.shopkeeper == KEEPER:
        talk(game, rules)
    return True


@kernel
def order_step(game: Any, rules: Any, leader: int, direction: int) -> bool:
    """A step or a swap; against a wall the leader only turns, and rooted to its tile it passes."""
    monster = game.world.monsters[leader]
    face(game, leader, direction)
    if order_swap(game, rules, leader, direction):
        return True
    if not can_step(game, rules, leader, direction):
        return False
    monster.action, monster.action_param0 = (ids.PASS, 0) if is_rooted(monster) else (ids.WALK, 1)
    return True


@kernel
def order_swap(game: Any, rules: Any, leader: int, direction: int) -> bool:
    """Change places with the team mate or shopkeeper in front, if nothing holds either of them (src/dungeon_main.c)."""
    other = neighbour(game, leader, direction)
    if other < 0 or (game.world.monsters[other].is_enemy and game.world.monsters[other].shopkeeper != KEEPER):
        return False
    monster, mate = game.world.monsters[leader], game.world.monsters[other]
    if is_rooted(monster) or is_rooted(mate) or monster.freeze_status == ids.FROZEN or mate.freeze_status == ids.FROZEN:
        return False
    if monster.cringe_status == ids.CONFUSED or mate.cringe_status == ids.CONFUSED:
        return False
    if is_asleep(monster) or is_asleep(mate) or is_charging(mate):
        return False
    here = game.world.entities[leader].pos
    if not can_pass(game, leader, direction, mobility_class(game, rules, leader, direction)):
        return False
    ground = game.world.tiles[here.y, here.x].terrain & ids.GROUND_MASK
    if not bears(ground, resting_class(game, rules, other)):
        return False
    monster.action, monster.action_param0 = ids.WALK, 1
    monster.flags |= ids.SWAPPING
    mate.action, mate.action_param0 = ids.WALK, 0
    mate.direction = (direction + 4) & 7
    mate.flags |= ids.SWAPPING
    there = game.world.entities[other].pos
    mate.target_tile.x, mate.target_tile.y = there.x, there.y
    return True
