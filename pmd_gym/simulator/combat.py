"""Damage and what it sets off: absorbing abilities, revival, fainting, counters, Rage, Destiny Bond (mechanics 6, 9).

`strike` is a blow of the formula or of a move, `deal` damage of a fixed amount, `residual_damage` damage that nobody
deals. Source: src/dungeon_damage.c, src/dungeon_misc.c (HandleFaint).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pmd_gym.simulator as rooms
from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.boss import note_fall
from pmd_gym.simulator.conditions import clear_statuses, forget_seeder, is_wrapping, release_wrap, tied_to
from pmd_gym.simulator.experience import collect, share
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.heal import heal
from pmd_gym.simulator.items import drop
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    MAX_TEAM,
    address_of,
    has_ability,
    has_skill,
    has_type,
    holds,
    is_alive,
    is_asleep,
    is_helpless,
    leader_of,
    list_active,
)
from pmd_gym.simulator.movement import aim_ahead, appear_at, can_strike, leave_tile, neighbour
from pmd_gym.simulator.recovery import end_conceal, end_curse
from pmd_gym.simulator.recruit import free_entry, is_befriended, stand_up, write_entry
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import can_see, direction_to, is_on_screen
from pmd_gym.simulator.stages import raise_attack

if TYPE_CHECKING:
    pass

USED_LATE = """
import pmd_gym.simulator.displace
"""
"""Vital Throw uses a room above this one, found when a kernel is compiled; `compiled` counts the line as an import."""

CONTACT = int(Draw.CONTACT)
NOBODY = -1
CONTACT_CHANCE = 12
MAX_BIDE = 999
NIGHTMARE_DAMAGE = 8
SET_DAMAGE = 35
KNOCKOUT = 9999
COUNTERED, COUNTERED_LITTLE, ROUGHENED = 4, 1, 2
"""Quarters of the damage that Counter and Mirror Coat, Mini Counter and Rough Skin give back; they add up."""

# Bits of a monster's ability_flags: what a contact ability will do to the attacker once its move is over.
TRAPPED_ARENA, TRAPPED_SHADOW, TRAPPED_MAGNET, STATIC, SPORE_PARALYSIS = 0x1, 0x2, 0x4, 0x8, 0x10
POISON_POINT, SPORE_POISON, SPORE_SLEEP, FLAME_BODY, CUTE_CHARM, STENCH = 0x20, 0x40, 0x80, 0x100, 0x200, 0x400

ORDINARY, BURNT, SQUEEZED, POISONED, WRAPPED, GIVEN_BACK, CURSED, NIGHTMARE, SEEDED = 0, 1, 2, 3, 5, 6, 7, 8, 9
SPIKED, SUNG_AWAY, BOUND, SLUDGED, HUNGER, CHESTNUTS, FELL, WEATHERED, MISSED, RECOIL = (
    10, 11, 12, 13, 14, 15, 17, 18, 19, 20
)  # fmt: skip
"""What kind of damage it is (constants/residual_damage.h); the rules tell only hunger apart, messages all."""


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
        monster.held_item.flags, monster.held_item.quantity, monster.held_item.id = 0, 0, 0
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


@kernel
def revives(game: Any, rules: Any, slot: int) -> bool:
    """Use up what brings a fallen monster back: Reviver Orb, the leader's Possess Orb, Reviver Seed; True if it did."""
    monster = game.world.monsters[slot]
    if holds(monster, ids.REVIVER_ORB) and monster.held_item.flags & ids.ITEM_IN_SHOP == 0:
        monster.held_item.flags, monster.held_item.quantity, monster.held_item.id = 0, 0, 0
        restore(game, rules, slot)
        return True
    if monster.is_leader and holds(monster, ids.POSSESS_ORB):
        mate = mate_beside(game, slot)
        if mate >= 0:
            possess(game, rules, slot, mate)
            return True
    if has_skill(monster, ids.ITEM_MASTER) and eats_seed(game, slot):
        restore(game, rules, slot)
        return True
    return False


@kernel
def mate_beside(game: Any, slot: int) -> int:
    """The first team mate on a neighbouring tile that the monster sees, -1 for none."""
    here = game.world.entities[slot].pos
    for mate in range(MAX_TEAM):
        there = game.world.entities[mate].pos
        near = abs(there.x - here.x) <= 1 and abs(there.y - here.y) <= 1
        if mate != slot and is_alive(game, mate) and near and can_see(game, slot, mate):
            return mate
    return -1


@kernel
def possess(game: Any, rules: Any, slot: int, mate: int) -> None:
    """The team mate faints instead and the leader takes its place."""
    monster, there = game.world.monsters[slot], game.world.entities[mate].pos
    x, y = there.x, there.y
    faint(game, mate, ids.POSSESSED)
    appear_at(game, slot, x, y)
    monster.held_item.flags, monster.held_item.quantity, monster.held_item.id = 0, 0, 0
    restore(game, rules, slot)


@kernel
def eats_seed(game: Any, slot: int) -> bool:
    """Turn a Reviver Seed into a Plain Seed: the held one, else, for team members, the first usable one of the bag."""
    monster = game.world.monsters[slot]
    if holds(monster, ids.REVIVER_SEED):
        make_plain(monster.held_item)
        return True
    if not monster.is_enemy:
        for index in range(layout.BAG_SLOTS):
            item = game.inventory_data.bag[index]
            usable = item.flags & ids.ITEM_EXISTS != 0 and item.flags & ids.ITEM_STICKY == 0
            if usable and item.id == ids.REVIVER_SEED:
                make_plain(item)
                return True
    return False


@kernel
def make_plain(item: Any) -> None:
    """The item becomes a fresh Plain Seed."""
    item.flags, item.quantity, item.id = ids.ITEM_EXISTS, 0, ids.PLAIN_SEED


@kernel
def restore(game: Any, rules: Any, slot: int) -> None:
    """Bring a fallen monster back with all HP, belly and PP and without any status."""
    world, monster = game.world, game.world.monsters[slot]
    monster.hp, monster.took_damage = monster.max_hp, 0
    monster.belly.whole, monster.belly.thousandths = monster.max_belly.whole, monster.max_belly.thousandths
    if monster.is_leader:
        world.hunger_alert, world.items_identified = 0, 0
    say(game, Message.REVIVED, slot, 0, 0)
    end_curse(game, slot)
    forget_seeder(game, slot)
    clear_statuses(rules, monster)
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS:
            move.flags2 = (move.flags2 & ~(ids.MOVE2_USED | ids.MOVE2_PRESSURE)) | ids.MOVE2_RESTORED
            move.pp = rules.moves[move.id].pp


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
    if monster.curse_status == ids.DECOY:
        world.decoy_active = 0
    if is_wrapping(monster):
        release_wrap(game, slot)
    forget_seeder(game, slot)
    entity.visible = 0
    if monster.joined_at_dungeon == ids.JOINED_PARTNER and not world.can_change_leader:
        world.forced_loss = 1
        monster.hp = 0
        return
    if monster.is_leader:
        note_exit(game, slot, reason)
    elif reason != ids.DELETED and not world.forced_loss and leader_of(game) >= 0:
        note_fall(game, slot)
    if not monster.is_enemy:
        game.roster_data.team[monster.team_index].flags = 0
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
    hit = game.hit_back  # the caller may still want `hit`
    hit.damage, hit.type, hit.code, hit.critical, hit.absorbed = damage, ids.NO_TYPE, ids.NEUTRAL, 0, 0
    rouse(game, target)
    return lose_hp(game, rules, NOBODY, target, hit, False, False, reason, residual)


@kernel
def deal(
    game: Any, rules: Any, attacker: int, target: int, damage: int, kind: int, gives_exp: bool, reason: int,
    contact: bool, residual: int,
) -> int:  # fmt: skip
    """Fixed damage by a monster (src/dungeon_damage.c, sub_806F370); returns what was taken, 0 for nothing.

    `kind` is the type that Wonder Guard asks about, NO_TYPE for none; `contact` lets counters and abilities answer.
    """
    prepare(game, rules, target, damage, kind)
    hurt(game, rules, attacker, target, game.hit, False, gives_exp, reason, contact, residual)
    return game.hit.damage


@kernel
def deal_from_afar(
    game: Any, rules: Any, attacker: int, target: int, damage: int, kind: int, gives_exp: bool, reason: int
) -> int:
    """`deal` for falls, collisions and explosions, which nothing answers but Rage."""
    prepare(game, rules, target, damage, kind)
    fainted = lose_hp(game, rules, attacker, target, game.hit, False, gives_exp, reason, ORDINARY)
    if not fainted and game.hit.damage != 0 and is_alive(game, attacker):
        enrage(game, rules, attacker, target)
    return game.hit.damage


@kernel
def prepare(game: Any, rules: Any, target: int, damage: int, kind: int) -> None:
    """Write fixed damage of a type into `game.hit`; Wonder Guard takes all but the super effective."""
    hit, victim = game.hit, game.world.monsters[target]
    hit.damage, hit.type, hit.code, hit.critical, hit.absorbed = damage, kind, ids.NEUTRAL, 0, 0
    if kind != ids.NO_TYPE and has_ability(victim, ids.WONDER_GUARD):
        first, second = rules.type_chart[kind, victim.type1], rules.type_chart[kind, victim.type2]
        if rules.combined_code[first, second] != ids.SUPER_EFFECTIVE:
            hit.damage = 0


@kernel
def enrage(game: Any, rules: Any, attacker: int, target: int) -> None:
    """Rage grows with every hit."""
    if game.world.monsters[target].charge_status == ids.ENRAGED:
        raise_attack(game, rules, attacker, target, False, 1)


@kernel
def strike(game: Any, rules: Any, attacker: int, target: int, hit: Any, spares: bool, reason: int) -> None:
    """A blow of one monster on another, with what it sets off (src/dungeon_damage.c, HandleDealingDamage)."""
    hurt(game, rules, attacker, target, hit, spares, True, reason, True, ORDINARY)


@kernel
def hurt(
    game: Any, rules: Any, attacker: int, target: int, hit: Any, spares: bool, gives_exp: bool, reason: int,
    contact: bool, residual: int,
) -> None:  # fmt: skip
    """Damage with all that answers it: Rage, counters, contact abilities, Destiny Bond."""
    if lose_hp(game, rules, attacker, target, hit, spares, gives_exp, reason, residual) or hit.damage == 0:
        return
    if not is_alive(game, attacker) or not is_alive(game, target):
        return
    victim, damage = game.world.monsters[target], hit.damage
    answers = contact and not is_helpless(victim) and victim.charge_status == 0
    physical = rules.is_physical[hit.type] == 1
    if answers and physical and victim.shield_status == ids.VITAL_THROW and are_near(game, attacker, target):
        rooms.displace.hurl(game, rules, target, attacker)
    enrage(game, rules, attacker, target)
    if not is_alive(game, attacker) or not is_alive(game, target):
        return
    if answers and are_near(game, attacker, target):
        hit_back(game, rules, attacker, target, hit, physical, gives_exp, reason)
        if is_alive(game, attacker) and is_alive(game, target):
            touch(game, rules, attacker, target, physical)
    if answers and is_alive(game, attacker) and is_alive(game, target):
        share_fate(game, rules, target, damage)


@kernel
def are_near(game: Any, slot: int, other: int) -> bool:
    """True for two monsters on neighbouring tiles."""
    here, there = game.world.entities[slot].pos, game.world.entities[other].pos
    return slot != other and abs(here.x - there.x) <= 1 and abs(here.y - there.y) <= 1


@kernel
def hit_back(
    game: Any, rules: Any, attacker: int, target: int, hit: Any, physical: bool, gives_exp: bool, reason: int
) -> None:
    """Return a share of the damage: Counter and Mirror Coat all of it, Rough Skin half, Mini Counter a quarter."""
    victim = game.world.monsters[target]
    shield = victim.shield_status
    quarters = ROUGHENED * has_ability(victim, ids.ROUGH_SKIN)
    if (shield == ids.COUNTER and physical) or (shield == ids.MIRROR_COAT and not physical):
        quarters += COUNTERED
    elif shield == ids.MINI_COUNTER and physical:
        quarters += COUNTERED_LITTLE
    if quarters == 0:
        return
    back = game.hit_back
    back.damage, back.type, back.code = hit.damage * quarters // 4, hit.type, ids.NEUTRAL
    back.critical, back.absorbed = 0, 0
    lose_hp(game, rules, target, attacker, back, False, gives_exp, reason, GIVEN_BACK)


@kernel
def share_fate(game: Any, rules: Any, slot: int, damage: int) -> None:
    """Destiny Bond: the other side takes the same damage; the bond ends when it is gone."""
    monster = game.world.monsters[slot]
    if monster.leech_status != ids.DESTINY_BOND:
        return
    other = tied_to(game, slot)
    if other < 0:
        monster.leech_status = 0
    else:
        residual_damage(game, rules, other, damage, BOUND, ids.FELL_TO_DESTINY_BOND)


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
