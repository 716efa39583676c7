"""Moves whose damage or healing does not come from the formula, and moves paid with HP or belly.

Sources: src/move_orb_actions_1.c to _4.c. How damage is taken is in `combat`, what a blow by the formula does in
`blows`.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.blows import blow, earn, fixed_blow, reason_of, type_of
from pmd_gym.simulator.combat import deal
from pmd_gym.simulator.effect_kinds import FACTOR_ONE
from pmd_gym.simulator.explosion import LARGE, SMALL, explode
from pmd_gym.simulator.heal import heal, hunger
from pmd_gym.simulator.hp_loss import ORDINARY
from pmd_gym.simulator.inflict import give
from pmd_gym.simulator.monsters import belly_of, has_ability, has_type
from pmd_gym.simulator.recovery import end_burn, end_shield
from pmd_gym.simulator.rng import Draw, roll, roll_range
from pmd_gym.simulator.special_kinds import Special
from pmd_gym.simulator.stages import raise_stage, scale_stat
from pmd_gym.simulator.stats import ATTACK, SP_ATTACK

OTHER = int(Draw.OTHER)
FIXED_DAMAGE, LEVEL_DAMAGE, SUPER_FANG = int(Special.FIXED_DAMAGE), int(Special.LEVEL_DAMAGE), int(Special.SUPER_FANG)
ENDEAVOR, RETURN, FRUSTRATION, ECHO = (
    int(Special.ENDEAVOR), int(Special.RETURN), int(Special.FRUSTRATION), int(Special.ECHO),
)  # fmt: skip
ONE_HIT, FISSURE, ONE_SHOT, PSYWAVE = (
    int(Special.ONE_HIT), int(Special.FISSURE), int(Special.ONE_SHOT), int(Special.PSYWAVE),
)  # fmt: skip
MAGNITUDE, PRESENT, VACUUM_CUT = int(Special.MAGNITUDE), int(Special.PRESENT), int(Special.VACUUM_CUT)
BIDE_RELEASE, TWO_EDGE, PAIN_SPLIT = int(Special.BIDE_RELEASE), int(Special.TWO_EDGE), int(Special.PAIN_SPLIT)
BELLY_DRUM, FAMISH, MEMENTO = int(Special.BELLY_DRUM), int(Special.FAMISH), int(Special.MEMENTO)
SWALLOW, SPIT_UP, BRICK_BREAK = int(Special.SWALLOW), int(Special.SPIT_UP), int(Special.BRICK_BREAK)
SMELLINGSALT, WILL_O_WISP, EXPLODE = int(Special.SMELLINGSALT), int(Special.WILL_O_WISP), int(Special.EXPLODE)

SONICBOOM, HORN_DRILL, SELFDESTRUCT = 152, 177, 123
SONICBOOM_DAMAGE, DRAGON_RAGE_DAMAGE, VACUUM_CUT_DAMAGE = 55, 65, 35
KNOCKOUT = 9999
PSYWAVE_LOW, PSYWAVE_HIGH, PSYWAVE_MOST = 128, 384, 199
MAGNITUDE_DAMAGE = (5, 10, 15, 25, 30, 35, 40)
PRESENT_ODDS, PRESENT_DAMAGE = (10, 30, 60), (120, 80, 40)
IQ_STEPS = (50, 100, 200, 300, 400, 500, 600, 700, 800, 1000)
RETURN_DAMAGE = (5, 10, 15, 20, 25, 30, 35, 40, 45, 45)
FRUSTRATION_DAMAGE = (45, 40, 35, 30, 25, 20, 15, 10, 5, 5)
SWALLOW_HEALS = (0, 20, 40, 80)
FAMISH_BELLY = 10
MOST_STAGES = 99
QUARTER = 64
MOST_STORED = 999
FELL_TO_BIDE = 511
"""Exit reason of a leader felled by the release of Bide (src/constants/dungeon_exit.h)."""


@kernel
def apply_fixed(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int, item_id: int) -> bool:
    """Carry out an effect of this file; True when it had any."""
    if kind == PSYWAVE or kind == MAGNITUDE or kind == VACUUM_CUT:
        return fixed_blow(game, rules, slot, target, move, typed_amount(game, slot, target, kind), item_id) != 0
    if kind == PRESENT:
        return give_present(game, rules, slot, target, move, item_id)
    if kind == ONE_HIT or kind == FISSURE or kind == ONE_SHOT:
        return knock_out(game, rules, slot, target, move, kind, item_id)
    if kind == TWO_EDGE:
        return cut_both(game, rules, slot, target, move, item_id)
    if kind < TWO_EDGE:
        reason = FELL_TO_BIDE if kind == BIDE_RELEASE else reason_of(rules, move.id, item_id)
        amount = fixed_amount(game, rules, slot, target, move, kind)
        if kind == SUPER_FANG and amount == 0:
            return False
        return (
            deal(game, rules, slot, target, amount, rules.moves[move.id].type, kind != ENDEAVOR, reason, True, ORDINARY)
            != 0
        )
    return apply_price(game, rules, slot, target, move, kind, item_id)


@kernel
def fixed_amount(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int) -> int:
    """Damage of moves that only Wonder Guard can change."""
    mine, theirs = game.world.monsters[slot], game.world.monsters[target]
    if kind == LEVEL_DAMAGE:
        return mine.level
    if kind == SUPER_FANG:
        return theirs.hp // 2
    if kind == ENDEAVOR:
        return max(theirs.hp - mine.hp, 0)
    if kind == RETURN:
        return by_iq(mine.iq, RETURN_DAMAGE, KNOCKOUT)
    if kind == FRUSTRATION:
        return KNOCKOUT if mine.iq < 0 else by_iq(mine.iq, FRUSTRATION_DAMAGE, 1)
    if kind == ECHO:
        return rules.species[theirs.apparent_species].size
    if kind == BIDE_RELEASE:
        return min(mine.bide_damage * 2, MOST_STORED)
    return SONICBOOM_DAMAGE if move.id == SONICBOOM else DRAGON_RAGE_DAMAGE


@kernel
def by_iq(iq: int, damage: Any, beyond: int) -> int:
    """Damage by the first step that the IQ does not reach; `beyond` from 1,000 on, which the game never sees."""
    for index in range(len(IQ_STEPS)):
        if iq < IQ_STEPS[index]:
            return damage[index]
    return beyond


@kernel
def typed_amount(game: Any, slot: int, target: int, kind: int) -> int:
    """Damage of moves whose type still counts."""
    if kind == PSYWAVE:
        drawn = roll_range(game, PSYWAVE_LOW, PSYWAVE_HIGH, OTHER)
        return min(drawn * game.world.monsters[slot].level // 256, PSYWAVE_MOST)
    if kind == MAGNITUDE:
        amount = MAGNITUDE_DAMAGE[game.magnitude]
        return amount * 2 if game.world.monsters[target].charge_status == ids.DIGGING else amount
    return VACUUM_CUT_DAMAGE


@kernel
def give_present(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """One draw: great damage, healing, fair damage, or little."""
    drawn = roll(game, 100, OTHER)
    if PRESENT_ODDS[0] <= drawn < PRESENT_ODDS[1]:
        heal(game, rules, slot, target, game.world.monsters[target].max_hp // 4, 0)
        return True
    amount = PRESENT_DAMAGE[0] if drawn < PRESENT_ODDS[0] else PRESENT_DAMAGE[1 if drawn < PRESENT_ODDS[2] else 2]
    return fixed_blow(game, rules, slot, target, move, amount, item_id) != 0


@kernel
def knock_out(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int, item_id: int) -> bool:
    """9,999 damage, unless the target's types do not feel the move's; the One-Shot Orb looks at no type."""
    reach = rules.moves[move.id].type
    if kind != ONE_SHOT and not feels(rules, game.world.monsters[target], reach):
        return False
    if kind == FISSURE and has_ability(game.world.monsters[target], ids.LEVITATE):
        return False
    returns = move.id != HORN_DRILL
    return (
        deal(game, rules, slot, target, KNOCKOUT, reach, True, reason_of(rules, move.id, item_id), returns, ORDINARY)
        != 0
    )


@kernel
def feels(rules: Any, monster: Any, kind: int) -> bool:
    """False when a type does nothing to the monster (src/dungeon_damage.c, sub_806F4A4)."""
    if has_type(monster, ids.GHOST) and not monster.exposed and (kind == ids.NORMAL_TYPE or kind == ids.FIGHTING):
        return False
    chart = rules.type_chart
    return chart[kind, monster.type1] != ids.IMMUNE and chart[kind, monster.type2] != ids.IMMUNE


@kernel
def cut_both(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """The target keeps one HP, the user loses half of its own."""
    reason = reason_of(rules, move.id, item_id)
    amount = max(game.world.monsters[target].hp - 1, 0)
    first = deal(game, rules, slot, target, amount, ids.NO_TYPE, False, reason, False, ORDINARY) != 0
    half = game.world.monsters[slot].hp // 2
    return deal(game, rules, slot, slot, half, ids.NO_TYPE, False, reason, False, ORDINARY) != 0 or first


@kernel
def apply_price(game: Any, rules: Any, slot: int, target: int, move: Any, kind: int, item_id: int) -> bool:
    """The effects that are no plain number of damage."""
    mine, theirs = game.world.monsters[slot], game.world.monsters[target]
    if kind == PAIN_SPLIT:
        half = (mine.hp + theirs.hp) // 2
        mine.hp, theirs.hp = min(half, mine.max_hp), min(half, theirs.max_hp)
        earn(game, slot)
    elif kind == BELLY_DRUM:
        return drum(game, rules, slot, target)
    elif kind == FAMISH:
        hunger(game, rules, slot, target, FAMISH_BELLY, 0)
    elif kind == MEMENTO:
        mine.hp = 1
        scale_stat(game, target, ATTACK, QUARTER)
        scale_stat(game, target, SP_ATTACK, QUARTER)
        mine.warps_after_move = 1
    elif kind == SWALLOW:
        if theirs.stockpile:
            heal(game, rules, slot, target, SWALLOW_HEALS[theirs.stockpile], 0)
            theirs.stockpile = 0
    elif kind == SPIT_UP:
        if mine.stockpile:
            strike_with(game, rules, slot, target, move, mine.stockpile, item_id)
            mine.stockpile = 0
    elif kind == BRICK_BREAK:
        return shatter(game, rules, slot, target, move, item_id)
    elif kind == SMELLINGSALT:
        return shake(game, rules, slot, target, move, item_id)
    elif kind == WILL_O_WISP:
        haunt(game, rules, slot, target)
    elif kind == EXPLODE:
        radius = SMALL if move.id == SELFDESTRUCT else LARGE
        reason = reason_of(rules, move.id, item_id)
        explode(game, rules, slot, target, radius, rules.moves[move.id].type, reason)
    return True


@kernel
def drum(game: Any, rules: Any, slot: int, target: int) -> bool:
    """Belly Drum costs the belly but one point."""
    mine = game.world.monsters[slot]
    if belly_of(mine) <= 1:
        return False
    raise_stage(game, target, ATTACK, MOST_STAGES)
    mine.belly.whole, mine.belly.thousandths = 1, 0
    return True


@kernel
def strike_with(game: Any, rules: Any, slot: int, target: int, move: Any, factor: int, item_id: int) -> int:
    """A blow with the move's own type and a whole factor; returns the damage."""
    kind = type_of(rules, game.world.monsters[slot], move.id)
    return blow(game, rules, slot, target, move, kind, factor * FACTOR_ONE, item_id)


@kernel
def shatter(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """Brick Break: Reflect and Light Screen end before the blow."""
    shield = game.world.monsters[target].shield_status
    broken = shield == ids.REFLECT or shield == ids.LIGHT_SCREEN
    if broken:
        end_shield(game, target)
    return strike_with(game, rules, slot, target, move, 1, item_id) != 0 or broken


@kernel
def shake(game: Any, rules: Any, slot: int, target: int, move: Any, item_id: int) -> bool:
    """SmellingSalt: double damage to a paralysed target, which is cured even by a miss."""
    paralysed = game.world.monsters[target].burn_status == ids.PARALYSIS
    landed = strike_with(game, rules, slot, target, move, 2 if paralysed else 1, item_id) != 0
    if paralysed:
        end_burn(game, target)
    return landed


@kernel
def haunt(game: Any, rules: Any, slot: int, target: int) -> None:
    """Will-O-Wisp burns; Flash Fire takes the fire in instead."""
    monster = game.world.monsters[target]
    if has_ability(monster, ids.FLASH_FIRE):
        monster.flash_fire_pending = 1
    else:
        give(game, rules, slot, target, kinds.BURN, 0)
