"""Whether the AI uses or throws the item it holds: first on itself, then at friends, then at foes (mechanics 12.4).

A decision writes the monster's action and draws as the game does; carrying it out is `item_use` and `throwing`. Only
what a monster holds is thought of, because the leader is never left to the AI. Sources: src/dungeon_ai_items.c,
src/dungeon_ai_item_weight.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import ALLY, FOE, has_free_path, is_in_line, treatment
from pmd_gym.simulator.bag import IN_HAND
from pmd_gym.simulator.monsters import (
    active_count,
    active_slot,
    cannot_use_items,
    has_bad_status,
    has_skill,
    is_asleep,
    sees_invisible,
)
from pmd_gym.simulator.movement import neighbour
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import can_see, direction_to, distance

AI_ITEM, OTHER = int(Draw.AI_ITEM), int(Draw.OTHER)
RANGE = 10
ON_SELF, ON_FRIEND, ON_FOE = 0, 1, 2
"""For whom the weight of an item is asked."""
VITAMIN_LIMIT, LEVEL_LIMIT, FASTEST, HUNGRY, WEAK = 249, 99, 4, 10, 20
EMPTY_MOVE, USED_MOVE, MOST_ELIXIR = 30, 6, 99


@kernel
def decide_item(game: Any, rules: Any, slot: int) -> None:
    """Write the use or the throw of the held item as the monster's action; nothing when it keeps the item."""
    monster = game.world.monsters[slot]
    if cannot_use_items(game, slot) or not has_skill(monster, ids.ITEM_MASTER):
        return
    held = monster.held_item
    if held.flags & ids.ITEM_EXISTS == 0 or held.flags & (ids.ITEM_IN_SHOP | ids.ITEM_STICKY):
        return
    kind = rules.items[held.id]
    if kind.ai_self and uses_on_itself(game, rules, slot, held.id):
        write_action(game, slot, ids.USE_ORB if kind.category == ids.ORBS else ids.EAT_AI)
        return
    for whom in (ON_FRIEND, ON_FOE):
        meant = kind.ai_ally if whom == ON_FRIEND else kind.ai_enemy
        if not meant:
            continue
        if kind.category == ids.THROWN_ARC:
            if choose_arc(game, rules, slot, held.id):
                return
        elif choose_line(game, rules, slot, held.id, whom):
            return


@kernel
def write_action(game: Any, slot: int, action: int) -> None:
    """Write an action with the held item."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    monster.action, monster.action_param0, monster.action_param1 = action, IN_HAND, 0
    monster.action_param0_pos.x, monster.action_param0_pos.y = here.x, here.y


@kernel
def uses_on_itself(game: Any, rules: Any, slot: int, item_id: int) -> bool:
    """Draw whether a monster uses its item on itself; no draw for a weight of 0 and for the team's orbs."""
    weight = weigh(game, rules, slot, item_id, ON_SELF)
    if weight == 0 or (rules.items[item_id].category == ids.ORBS and not game.world.monsters[slot].is_enemy):
        return False
    return roll(game, 100, AI_ITEM) < weight


@kernel
def choose_arc(game: Any, rules: Any, slot: int, item_id: int) -> bool:
    """Choose one of the foes in reach for a throw in an arc; each must come up in a draw of its own."""
    here, count = game.world.entities[slot].pos, 0
    for index in range(active_count(game)):
        other = active_slot(game, index)
        if other < 0 or other == slot or not can_see(game, slot, other):
            continue
        there = game.world.entities[other].pos
        if treatment(game, slot, other, False, True) != FOE or distance(here.x, here.y, there.x, there.y) > RANGE:
            continue
        if roll(game, 100, AI_ITEM) < weigh(game, rules, other, item_id, ON_FOE):
            game.options_x[count], game.options_y[count] = there.x, there.y
            count += 1
    if count == 0:
        return False
    chosen = roll(game, count, AI_ITEM)
    monster = game.world.monsters[slot]
    write_action(game, slot, ids.THROW_ITEM_AI)
    monster.throw_target.x, monster.throw_target.y = game.options_x[chosen], game.options_y[chosen]
    monster.direction = direction_to(here.x, here.y, monster.throw_target.x, monster.throw_target.y)
    return True


@kernel
def choose_line(game: Any, rules: Any, slot: int, item_id: int, whom: int) -> bool:
    """Choose a direction for a straight throw: one candidate a direction, then a draw for each in turn."""
    count = list_lines(game, rules, slot, item_id, whom)
    for index in range(count):
        if roll(game, 100, AI_ITEM) < game.choice_weight[index]:
            write_action(game, slot, ids.THROW_ITEM_AI)
            game.world.monsters[slot].direction = game.choice_direction[index]
            return True
    return False


@kernel
def list_lines(game: Any, rules: Any, slot: int, item_id: int, whom: int) -> int:
    """Fill `choice_direction` and `choice_weight` with the monsters on free lines; returns how many."""
    for direction in range(8):
        game.choice_taken[direction] = 0
    here, count = game.world.entities[slot].pos, 0
    reach = layout.MAP_WIDTH if game.world.monsters[slot].throw_status else RANGE
    for index in range(active_count(game)):
        other = active_slot(game, index)
        if other < 0 or other == slot:
            continue
        wanted = ALLY if whom == ON_FRIEND else FOE
        if treatment(game, slot, other, False, whom == ON_FOE) != wanted or not can_see(game, slot, other):
            continue
        there = game.world.entities[other].pos
        direction = direction_to(here.x, here.y, there.x, there.y)
        if not is_in_line(here, there, reach) or game.choice_taken[direction]:
            continue
        if has_free_path(game, slot, other, direction, RANGE):
            game.choice_taken[direction] = 1
            game.choice_direction[count] = direction
            game.choice_weight[count] = weigh(game, rules, other, item_id, whom)
            count += 1
    return count


@kernel
def is_beside_foe(game: Any, slot: int) -> bool:
    """True when an enemy of this monster stands next to it."""
    for direction in range(8):
        other = neighbour(game, slot, direction)
        if other >= 0 and treatment(game, slot, other, False, True) == FOE:
            return True
    return False


@kernel
def pressed(game: Any, slot: int, beside_foe: int, alone: int) -> int:
    """One of two weights, by whether a foe stands next to the monster."""
    return beside_foe if is_beside_foe(game, slot) else alone


@kernel
def weigh(game: Any, rules: Any, target: int, item_id: int, whom: int) -> int:
    """Chance in percent that an item is used on a monster (src/dungeon_ai_item_weight.c)."""
    monster, other = game.world.monsters[target], whom != ON_SELF
    if item_id <= ids.GEO_PEBBLE:
        return 70 if other else 0
    if item_id == ids.ROLLCALL_ORB:
        return 0 if other else 20
    if item_id == ids.DIET_RIBBON or item_id == ids.WHIFF_SPECS or item_id == ids.NO_AIM_SCOPE:
        return 50 if other and (item_id != ids.DIET_RIBBON or is_fed(monster, 1)) else 0
    if item_id == ids.PATSY_BAND:
        return 40
    if item_id == ids.GRIMY_FOOD:
        return 30
    if item_id == ids.APPLE or item_id == ids.BIG_APPLE or item_id == ids.HUGE_APPLE:
        return 0 if is_fed(monster, HUNGRY) else 100
    if ids.PROTEIN <= item_id <= ids.ZINC:
        return weigh_vitamin(monster, item_id)
    if item_id == ids.MAX_ELIXIR:
        return weigh_elixir(rules, monster)
    weight = weigh_remedy(game, target, item_id, other)
    return weight if weight >= 0 else weigh_seed(game, target, item_id, whom)


@kernel
def is_fed(monster: Any, points: int) -> bool:
    """True when the belly, rounded up, holds at least so many points."""
    return monster.belly.whole + (1 if monster.belly.thousandths else 0) >= points


@kernel
def weigh_vitamin(monster: Any, item_id: int) -> int:
    """Vitamins are taken until the stat is nearly at its limit."""
    if item_id == ids.PROTEIN:
        stat = monster.attack
    elif item_id == ids.CALCIUM:
        stat = monster.sp_attack
    else:
        stat = monster.defense if item_id == ids.IRON else monster.sp_defense
    return 0 if stat > VITAMIN_LIMIT else 100


@kernel
def weigh_elixir(rules: Any, monster: Any) -> int:
    """The more PP are missing, the likelier."""
    weight = 0
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS:
            weight += EMPTY_MOVE * (move.pp == 0) + USED_MOVE * (move.pp != rules.moves[move.id].pp)
    return min(weight, MOST_ELIXIR)


@kernel
def weigh_remedy(game: Any, target: int, item_id: int, other: bool) -> int:
    """Weight of what heals or strengthens, -1 for other items."""
    monster = game.world.monsters[target]
    if item_id == ids.ORAN_BERRY or item_id == ids.SITRUS_BERRY:
        if monster.hp >= monster.max_hp or monster.hp > monster.max_hp // 4:
            return 0
        return 50 if other else pressed(game, target, 100, 50)
    if item_id == ids.HEAL_SEED:
        return 80 if has_bad_status(monster) else 0
    if item_id == ids.LIFE_SEED:
        return 0 if other else pressed(game, target, 10, 100)
    if item_id == ids.CHERI_BERRY:
        return pressed(game, target, 80, 30) if monster.burn_status == ids.PARALYSIS else 0
    if item_id == ids.PECHA_BERRY:
        poisoned = monster.burn_status == ids.POISONED or monster.burn_status == ids.BADLY_POISONED
        return pressed(game, target, 100, 50) if poisoned else 0
    if item_id == ids.RAWST_BERRY:
        return 50 if monster.burn_status == ids.BURN else 0
    if item_id == ids.CHESTO_BERRY:
        return 0 if monster.sleep_status == ids.SLEEPLESS else 5
    if item_id == ids.JOY_SEED:
        return 80 if monster.level < LEVEL_LIMIT else 0
    if item_id == ids.GINSENG:
        return 80
    if item_id == ids.EYEDROP_SEED:
        return 0 if sees_invisible(monster) else pressed(game, target, 80, 5)
    if item_id == ids.QUICK_SEED:
        return pressed(game, target, 80, 5) if monster.speed_stage < FASTEST else 0
    return -1


@kernel
def weigh_seed(game: Any, target: int, item_id: int, whom: int) -> int:
    """Weight of the seeds that harm; the Warp Seed also saves a friend."""
    monster = game.world.monsters[target]
    if item_id == ids.WARP_SEED and whom == ON_FOE:
        return pressed(game, target, 40, 5)
    if item_id == ids.WARP_SEED:
        if monster.hp >= monster.max_hp or monster.hp >= WEAK:
            return 0
        return 50 if whom == ON_FRIEND else pressed(game, target, 100, 50)
    if item_id == ids.HUNGER_SEED:
        return 50 if is_fed(monster, 1) else 0
    if item_id == ids.DOOM_SEED:
        return 80 if monster.level > 1 else 0
    if item_id == ids.BLAST_SEED:
        return pressed(game, target, 80, 30)
    if item_id == ids.TOTTER_SEED:
        return 0 if monster.cringe_status == ids.CONFUSED else pressed(game, target, 80, 15)
    if item_id == ids.ALLURE_SEED and monster.sight_status != ids.CROSS_EYED:
        return pressed(game, target, 80, 5)
    if item_id == ids.BLINKER_SEED and monster.sight_status != ids.BLINKER:
        return pressed(game, target, 80, 5)
    if item_id == ids.SLEEP_SEED and not is_asleep(monster):
        return pressed(game, target, 80, 5)
    if item_id == ids.STUN_SEED and monster.freeze_status != ids.PETRIFIED:
        return pressed(game, target, 80, 5)
    return 0
