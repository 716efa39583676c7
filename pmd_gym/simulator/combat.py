"""A blow and what follows: losing HP, contact abilities, fainting, the end of a run (mechanics sections 6 and 9)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.experience import share
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    address_of,
    has_ability,
    has_type,
    is_alive,
    is_helpless,
    leader_of,
    list_active,
)
from pmd_gym.simulator.movement import aim_ahead, can_strike, leave_tile, neighbour
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import can_see, direction_to, is_on_screen

CONTACT = int(Draw.CONTACT)
NOBODY = -1
CONTACT_CHANCE = 12
MAX_BIDE = 999
SET_DAMAGE = 35
KNOCKOUT = 9999

# Bits of a monster's ability_flags: what a contact ability will do to the attacker once its move is over.
TRAPPED_ARENA, TRAPPED_SHADOW, TRAPPED_MAGNET, STATIC, SPORE_PARALYSIS = 0x1, 0x2, 0x4, 0x8, 0x10
POISON_POINT, SPORE_POISON, SPORE_SLEEP, FLAME_BODY, CUTE_CHARM, STENCH = 0x20, 0x40, 0x80, 0x100, 0x200, 0x400

HUNGER, ORDINARY = 1, 0
"""Kinds of residual damage that the rules tell apart."""


@kernel
def floor_over(game: Any) -> bool:
    """True when nothing more happens on this floor; notes why in `turn_result` (src/dungeon_engine.c, IsFloorOver)."""
    world = game.world
    if world.exit_requested:
        return True
    if leader_of(game) < 0:
        world.turn_result = 1
        return True
    if world.floor_result != 0:
        world.turn_result = 2
        return True
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
    if attacker >= 0 and game.world.monsters[attacker].aim_status == ids.SET_DAMAGE and not hit.absorbed:
        hit.damage = SET_DAMAGE
    if (has_ability(monster, ids.STURDY) and hit.damage == KNOCKOUT) or monster.freeze_status == ids.FROZEN:
        hit.damage = 0
    if hit.damage == 0:
        return False
    monster.bide_damage = min(monster.bide_damage + hit.damage, MAX_BIDE)
    if residual != HUNGER or monster.hp <= 1:
        flinch(game, rules, attacker, target)
    left = max(monster.hp - hit.damage, 0)
    if left == 0 and (spares or monster.shield_status == ids.ENDURING):
        left = 1
    monster.hp = left
    if left != 0:
        return False
    fall(game, rules, attacker, target, gives_exp, reason)
    return True


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
def fall(game: Any, rules: Any, attacker: int, target: int, gives_exp: bool, reason: int) -> None:
    """What happens at 0 HP: experience for the team, then the faint."""
    monsters = game.world.monsters
    if attacker >= 0 and gives_exp and not monsters[attacker].is_enemy and monsters[target].is_enemy:
        share(game, rules, target)
    faint(game, target, reason)


@kernel
def faint(game: Any, slot: int, reason: int) -> None:
    """Take a monster out of the run (src/dungeon_misc.c, HandleFaint).

    A partner that the story cannot spare stays in the lists at 0 HP and sets `forced_loss`; the leader ends the run.
    """
    world = game.world
    monster, entity = world.monsters[slot], world.entities[slot]
    leave_tile(game, slot)
    for other in range(MAX_MONSTERS):
        if is_alive(game, other) and world.monsters[other].ai_target == address_of(slot):
            world.monsters[other].ai_target = 0
    entity.visible = 0
    if monster.joined_at_dungeon == ids.JOINED_PARTNER and not world.can_change_leader:
        world.forced_loss = 1
        monster.hp = 0
        return
    if monster.is_leader:
        note_exit(game, slot, reason)
    entity.kind = 0
    game.leader_entity = address_of(leader_of(game)) if leader_of(game) >= 0 else 0
    list_active(game)


@kernel
def note_exit(game: Any, slot: int, reason: int) -> None:
    """Write down how the run ended (src/dungeon_exit.c, SetUpDungeonExitData)."""
    world, monster = game.world, game.world.monsters[slot]
    world.exit_reason = reason
    world.exit_location.id, world.exit_location.floor = world.dungeon_id, world.floor
    world.exit_exp, world.exit_level = monster.exp, monster.level


@kernel
def lose_if_forced(game: Any) -> None:
    """End the run when somebody was lost whom the story cannot spare (src/run_dungeon.c, TryForcedLoss)."""
    if floor_over(game) or not game.world.forced_loss:
        return
    faint(game, leader_of(game), ids.LOST_PARTNER)


@kernel
def residual_damage(game: Any, rules: Any, target: int, damage: int, residual: int, reason: int) -> bool:
    """Damage without an attacker: hunger, burns, weather; True when the target fainted."""
    hit = game.hit
    hit.damage, hit.type, hit.code, hit.critical, hit.absorbed = damage, ids.NO_TYPE, ids.NEUTRAL, 0, 0
    rouse(game, target)
    return lose_hp(game, rules, NOBODY, target, hit, False, False, reason, residual)


@kernel
def strike(game: Any, rules: Any, attacker: int, target: int, hit: Any, spares: bool, reason: int) -> None:
    """A blow of one monster on another, with what it sets off (src/dungeon_damage.c, HandleDealingDamage)."""
    if lose_hp(game, rules, attacker, target, hit, spares, True, reason, ORDINARY) or hit.damage == 0:
        return
    if not is_alive(game, attacker) or not is_alive(game, target) or attacker == target:
        return
    victim = game.world.monsters[target]
    if is_helpless(victim) or victim.charge_status != 0:
        return
    here, there = game.world.entities[attacker].pos, game.world.entities[target].pos
    if abs(here.x - there.x) <= 1 and abs(here.y - there.y) <= 1:
        hit_back(game, rules, attacker, target, hit)
        if is_alive(game, attacker) and is_alive(game, target):
            touch(game, rules, attacker, target, rules.is_physical[hit.type] == 1)


@kernel
def hit_back(game: Any, rules: Any, attacker: int, target: int, hit: Any) -> None:
    """Return a share of the damage for Rough Skin (counters of moves come with the moves)."""
    if not has_ability(game.world.monsters[target], ids.ROUGH_SKIN):
        return
    back = game.hit_back
    back.damage, back.type, back.code = hit.damage * 2 // 4, hit.type, ids.NEUTRAL
    back.critical, back.absorbed = 0, 0
    reason = ids.BOUNCED_DAMAGE
    lose_hp(game, rules, target, attacker, back, False, True, reason, ORDINARY)


@kernel
def touch(game: Any, rules: Any, attacker: int, target: int, physical: bool) -> None:
    """Roll the contact abilities of the target; their effects wait in the attacker's `ability_flags`."""
    victim, source = game.world.monsters[target], game.world.monsters[attacker]
    if (
        has_ability(victim, ids.ARENA_TRAP)
        and not has_type(source, ids.FLYING)
        and not has_ability(source, ids.LEVITATE)
    ):
        flag_on_contact(game, source, TRAPPED_ARENA)
    if has_ability(victim, ids.SHADOW_TAG):
        flag_on_contact(game, source, TRAPPED_SHADOW)
    if has_ability(victim, ids.MAGNET_PULL) and has_type(source, ids.STEEL):
        flag_on_contact(game, source, TRAPPED_MAGNET)
    if has_ability(victim, ids.STATIC) and physical:
        flag_on_contact(game, source, STATIC)
    if has_ability(victim, ids.POISON_POINT):
        flag_on_contact(game, source, POISON_POINT)
    if has_ability(victim, ids.EFFECT_SPORE) and physical and roll(game, 100, CONTACT) < CONTACT_CHANCE:
        spore = roll(game, 3, CONTACT)
        source.ability_flags |= SPORE_POISON if spore == 0 else SPORE_PARALYSIS if spore == 1 else SPORE_SLEEP
    if has_ability(victim, ids.FLAME_BODY):
        flag_on_contact(game, source, FLAME_BODY)
    if has_ability(victim, ids.CUTE_CHARM) and physical:
        flag_on_contact(game, source, CUTE_CHARM)
    if has_ability(victim, ids.STENCH):
        flag_on_contact(game, source, STENCH)


@kernel
def flag_on_contact(game: Any, source: Any, flag: int) -> None:
    """Set a flag with the chance of contact abilities; always one draw."""
    if roll(game, 100, CONTACT) < CONTACT_CHANCE:
        source.ability_flags |= flag
