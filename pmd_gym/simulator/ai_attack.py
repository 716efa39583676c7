"""Whether and how the AI attacks: the draw among its moves, then the draw among the targets (mechanics 12.2).

Source: src/dungeon_ai_attack.c. A decision writes the monster's action, facing and the chosen move slot.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_weights import heaviest, keep_heaviest, own_type, spends_link, weigh_foe
from pmd_gym.simulator.charges import charged_slot
from pmd_gym.simulator.monsters import (
    active_count,
    active_slot,
    cannot_attack,
    follows_tactic,
    has_bad_status,
    has_skill,
    has_type,
    is_asleep,
    is_bystander,
    monster_at,
    runs_away,
    sees_invisible,
)
from pmd_gym.simulator.move_checks import is_vain_on, is_vain_on_self
from pmd_gym.simulator.movement import aim_ahead, can_strike, neighbour
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.sight import can_see, direction_to, distance
from pmd_gym.simulator.usability import is_ready

AI_CHOICE, AI_TARGET, SIDE_EFFECT = int(Draw.AI_CHOICE), int(Draw.AI_TARGET), int(Draw.SIDE_EFFECT)
OTHER = int(Draw.OTHER)
REGULAR = layout.MOVE_SLOTS
PICKERS_REGULAR = 2
"""Weight of the regular attack for a Weak-Type Picker."""
BLIND_WEIGHT = 99
"""Weight of the only target of a blind monster, whatever is ahead of it."""
REGULAR_WEIGHTS = (100, 20, 30, 40, 50)
"""Weight of the regular attack by the number of moves that the AI may use (src/dungeon_config.c)."""
CONFUSED_RESTRAINT = 70
LINE = 10
ALLY, FOE, IGNORED = 0, 1, 2
"""How one monster treats another."""

# Range codes of moves (moves.json `range`) and who is meant (`target`)
FRONT, CONE, AROUND, ROOM, TWO_AHEAD, AHEAD, FLOOR, SELF, FRONT_CORNERS = 0, 1, 2, 3, 4, 5, 6, 7, 8
AT_FOES, AT_PARTY, AT_ALL, AT_SELF, AT_FOES_CHARGED, AT_OTHERS, AT_MATES = 0, 1, 2, 3, 4, 5, 6

# Conditions under which the AI uses a move (moves.json `ai_condition`)
RANDOMLY, LOW_HP, BAD_STATUS, ASLEEP, LOW_HP_OR_STATUS, UNEXPOSED_GHOST = 1, 2, 3, 4, 5, 6

TEAMS_DECOY, WILDS_DECOY = 1, 2
"""Values of `decoy_side`: whose decoy a monster sees; the other side is drawn to it."""


@kernel
def side_of(monster: Any) -> bool:
    """True for the side of the wild monsters; a provoked shopkeeper fights on the side it chose."""
    if monster.shopkeeper != 0:
        return monster.shopkeeper == 3
    return monster.is_enemy == 1


@kernel
def treatment(game: Any, slot: int, other: int, sees_all: bool, spares_petrified: bool) -> int:
    """ALLY, FOE or IGNORED (src/dungeon_logic.c, GetTreatmentBetweenMonsters)."""
    if slot == other:
        return ALLY
    monster, target = game.world.monsters[slot], game.world.monsters[other]
    if is_bystander(monster) or is_bystander(target):
        return IGNORED
    if spares_petrified and not monster.is_enemy and target.freeze_status == ids.PETRIFIED:
        return IGNORED
    if not sees_all and target.conceal_status == ids.INVISIBLE and not sees_invisible(monster):
        return IGNORED
    drawn = monster.decoy_side == (TEAMS_DECOY if side_of(monster) else WILDS_DECOY)
    if target.curse_status == ids.DECOY:
        return FOE if drawn else IGNORED
    if drawn:
        return IGNORED
    return ALLY if side_of(monster) == side_of(target) else FOE


@kernel
def may_start(rules: Any, monster: Any, index: int, counts_pp: bool) -> bool:
    """True when the AI may begin with this slot: not the tail of a link, and some move of the chain usable."""
    move = monster.moves[index]
    if (
        move.flags & ids.MOVE_EXISTS == 0
        or move.flags & (ids.MOVE_LINKED | ids.MOVE_DISABLED)
        or move.flags2 & ids.MOVE2_SEALED
    ):
        return False
    for slot in range(index, layout.MOVE_SLOTS):
        if slot > index and monster.moves[slot].flags & ids.MOVE_LINKED == 0:
            break
        if monster.moves[slot].flags & ids.MOVE_EXISTS and is_ready(rules, monster, monster.moves[slot], counts_pp):
            return True
    return False


@kernel
def decide_attack(game: Any, rules: Any, slot: int) -> None:
    """Choose an attack and write it as the monster's action; the action stays NOTHING when it does not attack."""
    monster = game.world.monsters[slot]
    if cannot_attack(game, slot, False) or runs_away(game, slot) or follows_tactic(monster, ids.KEEP_DISTANCE):
        return
    if monster.cringe_status == ids.CONFUSED and roll(game, 100, AI_CHOICE) < CONFUSED_RESTRAINT:
        return
    charged = charged_slot(rules, monster)
    if charged >= 0:
        monster.action, monster.action_param0 = ids.USE_MOVE_AI, charged
        aim_ahead(game, slot)
        return
    total, enabled, left = 0, 0, 0
    counts_pp = has_skill(monster, ids.PP_CHECKER)
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS:
            enabled += move.flags & ids.MOVE_FOR_AI != 0
            left += move.pp
    if left == 0:
        struggle(game, rules, slot)
        return
    weigh_attacks(game, rules, slot, enabled, counts_pp)
    for index in range(REGULAR + 1):
        total += game.attack_weight[index]
    if total > 0:
        draw_attack(game, rules, slot, total)


@kernel
def weigh_attacks(game: Any, rules: Any, slot: int, enabled: int, counts_pp: bool) -> None:
    """Fill `attack_weight`: the moves and, last, the regular attack; a Weak-Type Picker keeps only the best ones."""
    monster = game.world.monsters[slot]
    picks = has_skill(monster, ids.WEAK_TYPE_PICKER)
    for index in range(layout.MOVE_SLOTS):
        game.attack_weight[index] = move_weight(game, rules, slot, index, counts_pp)
    game.attack_weight[REGULAR] = 0
    if not has_skill(monster, ids.EXCLUSIVE_MOVE_USER) and monster.charge_status != ids.CHARGING:
        game.attack_weight[REGULAR] = PICKERS_REGULAR if picks else REGULAR_WEIGHTS[enabled]
    if picks:
        keep_heaviest(game.attack_weight, REGULAR + 1)


@kernel
def move_weight(game: Any, rules: Any, slot: int, index: int, counts_pp: bool) -> int:
    """Weight of a move in the draw, 0 when it cannot be used; while charged, Electric moves come first.

    A Weak-Type Picker looks for the targets of every move, with a draw for each that has some.
    """
    monster = game.world.monsters[slot]
    move = monster.moves[index]
    if move.flags & ids.MOVE_FOR_AI == 0 or not may_start(rules, monster, index, counts_pp):
        return 0
    if counts_pp and spends_link(monster, index):
        return 0
    if monster.charge_status == ids.CHARGING:
        if move.id == ids.CHARGE:
            return 0
        return rules.moves[move.id].ai_weight if own_type(rules, monster, move.id) == ids.ELECTRIC else 1
    if has_skill(monster, ids.WEAK_TYPE_PICKER):
        return find_targets(game, rules, slot, move.id)
    return rules.moves[move.id].ai_weight


@kernel
def draw_attack(game: Any, rules: Any, slot: int, total: int) -> None:
    """Draw among moves and regular attack; the first whose running weight reaches the number is taken."""
    monster = game.world.monsters[slot]
    drawn = roll(game, total, AI_CHOICE)
    direction = -1 if has_skill(monster, ids.EXCLUSIVE_MOVE_USER) else regular_target(game, rules, slot)
    running = 0
    for index in range(layout.MOVE_SLOTS):
        running += game.attack_weight[index]
        if game.attack_weight[index] == 0 or running < drawn:
            continue
        if find_targets(game, rules, slot, monster.moves[index].id):
            use_slot(game, slot, index)
            return
        break
    if direction >= 0:
        monster.action, monster.direction = ids.REGULAR_ATTACK, direction
        aim_ahead(game, slot)


@kernel
def use_slot(game: Any, slot: int, index: int) -> None:
    """Write the use of a move slot, from the head of its link, in the direction that `find_targets` drew."""
    monster = game.world.monsters[slot]
    while index > 0 and monster.moves[index].flags & ids.MOVE_LINKED:
        index -= 1
    monster.action, monster.action_param0, monster.direction = ids.USE_MOVE_AI, index, game.choice_direction[0]
    aim_ahead(game, slot)


@kernel
def struggle(game: Any, rules: Any, slot: int) -> None:
    """Write Struggle when there is anybody to hit; used when all PP are spent."""
    if find_targets(game, rules, slot, ids.STRUGGLE):
        monster = game.world.monsters[slot]
        monster.action, monster.direction = ids.STRUGGLE_ACTION, game.choice_direction[0]
        aim_ahead(game, slot)


@kernel
def regular_target(game: Any, rules: Any, slot: int) -> int:
    """Direction of the first adjacent foe, turning on from the current facing; -1 for none.

    Monsters that compare foes draw among the best instead.
    """
    monster = game.world.monsters[slot]
    turns = 1 if monster.sight_status == ids.BLINKER else 8
    compares = has_skill(monster, ids.EXP_GO_GETTER) or has_skill(monster, ids.EFFICIENCY_EXPERT)
    count = 0
    for turn in range(turns):
        direction = (monster.direction + turn) & 7
        other = neighbour(game, slot, direction)
        if other < 0 or not can_strike(game, rules, slot, direction):
            continue
        if has_skill(monster, ids.STATUS_CHECKER) and game.world.monsters[other].freeze_status == ids.FROZEN:
            continue
        if treatment(game, slot, other, False, True) != FOE:
            continue
        if not compares:
            return direction
        game.choice_direction[count] = direction
        game.choice_weight[count] = weigh_foe(game, rules, slot, other, ids.NO_TYPE)
        count += 1
    return draw_heaviest(game, count) if count else -1


@kernel
def draw_heaviest(game: Any, count: int) -> int:
    """Draw among the listed targets that weigh most, by their weight; returns the direction."""
    total = keep_heaviest(game.choice_weight, count)
    drawn, chosen = roll(game, total, AI_TARGET), 0
    for index in range(count):
        drawn -= game.choice_weight[index]
        if drawn < 0:
            chosen = index
            break
    return game.choice_direction[chosen]


@kernel
def find_targets(game: Any, rules: Any, slot: int, move_id: int) -> int:
    """Look for targets in a move's AI range and draw one; its direction goes to `choice_direction[0]`.

    Returns the weight of the best target, 0 when there is none.
    """
    monster, move = game.world.monsters[slot], rules.moves[move_id]
    for direction in range(8):
        game.choice_taken[direction] = 0
    if monster.cringe_status == ids.TAUNTED and not move.ignores_taunt:
        return 0
    if has_skill(monster, ids.STATUS_CHECKER) and is_vain_on_self(game, rules, slot, move_id):
        return 0
    reach = move.ai_range
    if reach == FRONT or reach == CONE or reach == AROUND:
        count = look_around(game, rules, slot, move_id, reach)
    elif reach == TWO_AHEAD:
        count = look_two_ahead(game, rules, slot, move_id)
    elif reach == AHEAD or reach == FRONT_CORNERS:
        count = look_along_lines(game, rules, slot, move_id, LINE if reach == AHEAD else 1)
    elif reach == ROOM or reach == FLOOR:
        count = look_at_all(game, rules, slot, move_id, reach == ROOM)
    else:
        count = consider(game, rules, slot, slot, move_id, 0)
    if count == 0:
        return 0
    best = heaviest(game.choice_weight, count)
    game.choice_direction[0] = draw_heaviest(game, count)
    return best


@kernel
def consider(game: Any, rules: Any, slot: int, other: int, move_id: int, count: int) -> int:
    """Add a monster to the list of targets, one for each direction; returns the new count."""
    monster, reach = game.world.monsters[slot], rules.moves[move_id].ai_range
    here, there = game.world.entities[slot].pos, game.world.entities[other].pos
    direction = monster.direction
    if slot != other and reach != ROOM and reach != FLOOR and reach != SELF:
        direction = direction_to(here.x, here.y, there.x, there.y)
    if game.choice_taken[direction] or not is_eligible(game, rules, slot, other, move_id):
        return count
    return add_target(game, rules, slot, other, move_id, direction, count)


@kernel
def add_target(game: Any, rules: Any, slot: int, other: int, move_id: int, direction: int, count: int) -> int:
    """Write a target with its weight at the end of the list; returns the new count."""
    game.choice_taken[direction] = 1
    game.choice_direction[count] = direction
    weighs = rules.moves[move_id].ai_target == AT_FOES
    kind = own_type(rules, game.world.monsters[slot], move_id)
    game.choice_weight[count] = weigh_foe(game, rules, slot, other, kind) if weighs else 1
    return count + 1


@kernel
def look_around(game: Any, rules: Any, slot: int, move_id: int, reach: int) -> int:
    """Targets on the eight tiles around; in front, corners of walls are in the way. A blind one strikes ahead."""
    monster = game.world.monsters[slot]
    if monster.sight_status == ids.BLINKER:
        game.choice_direction[0], game.choice_weight[0] = monster.direction, BLIND_WEIGHT
        return 1
    count = 0
    for direction in range(8):
        other = neighbour(game, slot, direction)
        if other >= 0 and (reach != FRONT or can_strike(game, rules, slot, direction)):
            count = consider(game, rules, slot, other, move_id, count)
    return count


@kernel
def look_two_ahead(game: Any, rules: Any, slot: int, move_id: int) -> int:
    """Targets one or two tiles away in each direction that is open."""
    here = game.world.entities[slot].pos
    count = 0
    for direction in range(8):
        if not can_strike(game, rules, slot, direction):
            continue
        before = count
        for steps in range(1, 3):
            other = monster_at(game, here.x + steps * ids.DX[direction], here.y + steps * ids.DY[direction])
            if other >= 0 and count == before:
                count = consider(game, rules, slot, other, move_id, count)
    return count


@kernel
def look_along_lines(game: Any, rules: Any, slot: int, move_id: int, reach: int) -> int:
    """Targets exactly on a line within reach, in sight, with a free path."""
    here = game.world.entities[slot].pos
    count = 0
    for index in range(active_count(game)):
        other = active_slot(game, index)
        if other < 0 or other == slot:
            continue
        there = game.world.entities[other].pos
        direction = direction_to(here.x, here.y, there.x, there.y)
        if game.choice_taken[direction] or not can_see(game, slot, other) or not is_in_line(here, there, reach):
            continue
        if is_eligible(game, rules, slot, other, move_id) and has_free_path(game, slot, other, direction, reach):
            count = add_target(game, rules, slot, other, move_id, direction, count)
    return count


@kernel
def look_at_all(game: Any, rules: Any, slot: int, move_id: int, in_sight: bool) -> int:
    """Targets in the room, or on the whole floor; all count as the facing direction."""
    count = 0
    for index in range(active_count(game)):
        other = active_slot(game, index)
        if other >= 0 and (not in_sight or can_see(game, slot, other)):
            count = consider(game, rules, slot, other, move_id, count)
    return count


@kernel
def is_in_line(here: Any, there: Any, reach: int) -> bool:
    """True when two tiles share a row, column or diagonal and are at most `reach` apart."""
    dx, dy = abs(here.x - there.x), abs(here.y - there.y)
    return max(dx, dy) <= reach and (dx == dy or dx == 0 or dy == 0)


@kernel
def has_free_path(game: Any, slot: int, other: int, direction: int, reach: int) -> bool:
    """True when nothing stands between, as far as a monster with Course Checker looks; without it, always."""
    here, there = game.world.entities[slot].pos, game.world.entities[other].pos
    if not has_skill(game.world.monsters[slot], ids.COURSE_CHECKER):
        return True
    steps = min(distance(here.x, here.y, there.x, there.y), reach)
    x, y = int(here.x), int(here.y)
    for _ in range(steps + 1):
        x += ids.DX[direction]
        y += ids.DY[direction]
        if x < 1 or y < 1 or x >= layout.MAP_WIDTH - 1 or y >= layout.MAP_HEIGHT - 1:
            return False
        if game.world.tiles[y, x].terrain & ids.GROUND_MASK == ids.WALL:
            return False
        found = monster_at(game, x, y)
        if found >= 0:
            return found == other
    return False


@kernel
def is_eligible(game: Any, rules: Any, slot: int, other: int, move_id: int) -> bool:
    """True when the move is meant for this monster and its condition holds."""
    move = rules.moves[move_id]
    if not is_meant(game, slot, other, move.ai_target):
        return False
    if not has_skill(game.world.monsters[slot], ids.STATUS_CHECKER):
        return move.ai_condition != RANDOMLY or roll(game, 100, OTHER) < move.ai_random_pct
    if is_vain_on(game, rules, slot, other, move_id):
        return False
    return condition_holds(game, game.world.monsters[other], move)


@kernel
def is_meant(game: Any, slot: int, other: int, target: int) -> bool:
    """True when a target code covers the other monster."""
    if target == AT_SELF or target == AT_FOES_CHARGED:
        return True
    if target == AT_ALL or target == AT_OTHERS:
        return not is_bystander(game.world.monsters[other]) and (target == AT_ALL or slot != other)
    treated = treatment(game, slot, other, False, True)
    if target == AT_FOES:
        return treated == FOE
    return treated == ALLY and (target == AT_PARTY or slot != other)


@kernel
def condition_holds(game: Any, target: Any, move: Any) -> bool:
    """The move's own condition on its target."""
    low = target.hp <= target.max_hp // 4
    if move.ai_condition == RANDOMLY:
        return roll(game, 100, OTHER) < move.ai_random_pct
    if move.ai_condition == LOW_HP:
        return low
    if move.ai_condition == BAD_STATUS:
        return has_bad_status(target)
    if move.ai_condition == ASLEEP:
        return is_asleep(target)
    if move.ai_condition == LOW_HP_OR_STATUS:
        return low or has_bad_status(target)
    if move.ai_condition == UNEXPOSED_GHOST:
        return has_type(target, ids.GHOST) and not target.exposed
    return True
