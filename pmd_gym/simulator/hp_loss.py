"""Taking HP off a monster: what stops the damage, what is said of it, and the fall at 0 HP.

What answers a blow is in `combat`. Source: src/dungeon_damage.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import is_wrapping, release_wrap
from pmd_gym.simulator.experience import collect, share
from pmd_gym.simulator.fainting import faint
from pmd_gym.simulator.heal import heal
from pmd_gym.simulator.items import clear_item, drop
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import has_ability, holds, is_asleep
from pmd_gym.simulator.movement import aim_ahead, can_strike, neighbour
from pmd_gym.simulator.recovery import end_conceal
from pmd_gym.simulator.recruit import free_entry, is_befriended, stand_up, write_entry
from pmd_gym.simulator.revival import revives
from pmd_gym.simulator.sight import can_see, direction_to, is_on_screen

MAX_BIDE = 999
SET_DAMAGE = 35
KNOCKOUT = 9999
ORDINARY, BURNT, SQUEEZED, POISONED, WRAPPED, GIVEN_BACK, CURSED, NIGHTMARE, SEEDED = 0, 1, 2, 3, 5, 6, 7, 8, 9
SPIKED, SUNG_AWAY, BOUND, SLUDGED, HUNGER, CHESTNUTS, FELL, WEATHERED, MISSED, RECOIL = (
    10, 11, 12, 13, 14, 15, 17, 18, 19, 20
)  # fmt: skip
"""What kind of damage it is (constants/residual_damage.h); the rules tell only hunger apart, messages all."""


@kernel
def lose_hp(
    game: Any,
    rules: Any,
    attacker: int,
    target: int,
    hit: Any,
    spares: bool,
    gives_exp: bool,
    reason: int,
    residual: int,
) -> bool:
    """Take a hit's damage off the target; True when it fainted. `hit.damage` becomes 0 when nothing was taken.

    `spares` leaves one HP (False Swipe); `reason` is the exit reason should the leader faint; `attacker` may be NOBODY.
    """
    monster = game.world.monsters[target]
    rouse(game, target)
    provoke(game, attacker, target)
    if attacker >= 0 and game.world.monsters[attacker].aim_status == ids.SET_DAMAGE and not hit.absorbed:
        hit.damage = SET_DAMAGE
    if takes_nothing(game, rules, attacker, target, hit, reason):
        say(game, Message.UNHURT, target, 0, 0)
        hit.damage = 0
        return False
    monster.bide_damage = MAX_BIDE if hit.damage == KNOCKOUT else min(monster.bide_damage + hit.damage, MAX_BIDE)
    if residual != HUNGER or monster.hp <= 1:
        flinch(game, rules, attacker, target)
    before = monster.hp
    left = max(before - hit.damage, 0)
    if left == 0 and (spares or monster.shield_status == ids.ENDURING):
        left = 1
    monster.hp = left
    report(game, target, hit, before, residual)
    if left == 0:
        return fall(game, rules, attacker, target, gives_exp, reason)
    if holds(monster, ids.JOY_RIBBON) and before > left and hit.damage != KNOCKOUT:
        collect(game, target, before - left)
    return False


@kernel
def rouse(game: Any, slot: int) -> None:
    """End the petrification or the endless sleep of a monster that is targeted."""
    monster = game.world.monsters[slot]
    if monster.freeze_status == ids.PETRIFIED:
        monster.freeze_status = 0
    if monster.sleep_status == ids.SLEEP and monster.sleep_turns == ids.FOREVER:
        monster.sleep_status = 0


@kernel
def report(game: Any, slot: int, hit: Any, before: int, residual: int) -> None:
    """Say what a hit took from a monster that had `before` HP."""
    points = before if hit.damage == KNOCKOUT else hit.damage
    if residual != ORDINARY:
        say(game, Message.SUFFERED, slot, residual, points)
    elif hit.critical:
        say(game, Message.TOOK_CRITICAL, slot, 0, points)
    elif hit.code == ids.SUPER_EFFECTIVE:
        say(game, Message.TOOK_MUCH, slot, 0, points)
    elif hit.code != ids.NEUTRAL:
        say(game, Message.TOOK_LITTLE, slot, 0, points)
    else:
        say(game, Message.TOOK_DAMAGE, slot, 0, points)


@kernel
def provoke(game: Any, attacker: int, target: int) -> None:
    """A shopkeeper that is hurt turns against the attacker's side."""
    monster = game.world.monsters[target]
    if monster.shopkeeper != 0 and attacker >= 0:
        monster.shopkeeper = 2 if game.world.monsters[attacker].is_enemy else 3


@kernel
def takes_nothing(game: Any, rules: Any, attacker: int, target: int, hit: Any, reason: int) -> bool:
    """True when the damage is none, or Sturdy, ice or an absorbing ability stops it; absorbed damage heals."""
    monster = game.world.monsters[target]
    if has_ability(monster, ids.STURDY) and hit.damage == KNOCKOUT and reason != ids.FELL_TO_PERISH_SONG:
        return True
    if monster.freeze_status == ids.FROZEN:
        return True
    if is_asleep(monster) and monster.sleep_turns == ids.FOREVER:
        monster.sleep_status, monster.sleep_turns = 0, 0
    absorbs_volts = hit.type == ids.ELECTRIC and has_ability(monster, ids.VOLT_ABSORB)
    if absorbs_volts or (hit.type == ids.WATER and has_ability(monster, ids.WATER_ABSORB)):
        heal(game, rules, attacker, target, hit.damage, 0)
        return True
    return hit.damage == 0


@kernel
def flinch(game: Any, rules: Any, attacker: int, target: int) -> None:
    """Let a victim on the screen look ahead; the leader turns to the attacker if the option says so."""
    world = game.world
    if attacker < 0 or not is_on_screen(game, target):
        return
    monster, here, there = world.monsters[target], world.entities[target].pos, world.entities[attacker].pos
    if here.x == there.x and here.y == there.y:
        return
    blind = monster.sight_status == ids.BLINKER or monster.sight_status == ids.CROSS_EYED
    turns = monster.is_leader and game.options_data.damage_turn and not blind and can_see(game, target, attacker)
    if turns and not is_crowded(game, rules, target):
        monster.direction = direction_to(here.x, here.y, there.x, there.y)
    aim_ahead(game, target)
    world.entities[target].sprite_direction = monster.direction


@kernel
def is_crowded(game: Any, rules: Any, slot: int) -> bool:
    """True when a monster faces somebody and two or more foes stand around it (src/dungeon_misc.c, sub_806A458)."""
    monster = game.world.monsters[slot]
    if not can_strike(game, rules, slot, monster.direction) or neighbour(game, slot, monster.direction) < 0:
        return False
    foes = 0
    for direction in range(8):
        other = neighbour(game, slot, direction)
        foes += other >= 0 and game.world.monsters[other].is_enemy != monster.is_enemy
    return foes > 1


@kernel
def fall(game: Any, rules: Any, attacker: int, target: int, gives_exp: bool, reason: int) -> bool:
    """What happens at 0 HP: revival, or experience for the team and the faint; True when it fainted."""
    monster = game.world.monsters[target]
    if monster.conceal_status == ids.TRANSFORMED:
        end_conceal(game, target)
    if is_wrapping(monster):
        release_wrap(game, target)
    if revives(game, rules, target):
        return False
    say(game, Message.FAINTED, target, 0, 0)
    if not monster.is_leader and monster.held_item.flags & ids.ITEM_EXISTS:
        here = game.world.entities[target].pos
        drop(game, rules, here.x, here.y, monster.held_item, True)
        clear_item(monster.held_item)
    if attacker >= 0:
        source = game.world.monsters[attacker]
        if monster.grudge:
            source.grudge_hit = 1
        if gives_exp and not source.is_enemy and monster.is_enemy:
            share(game, rules, target)
            if source.is_leader and is_befriended(game, rules, attacker, target):
                enlist_recruit(game, rules, target)
                return True
    faint(game, target, reason)
    return True


@kernel
def enlist_recruit(game: Any, rules: Any, target: int) -> None:
    """The felled foe leaves its side and stands up again as a member of the team."""
    x, y = game.world.entities[target].pos.x, game.world.entities[target].pos.y
    index = free_entry(game)
    write_entry(game, rules, index, game.world.monsters[target])
    say(game, Message.RECRUITED, target, 0, 0)
    faint(game, target, ids.BEFRIENDED)
    stand_up(game, rules, index, x, y)
