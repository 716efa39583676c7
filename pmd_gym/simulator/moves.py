"""Using a move: the chain of linked moves, its hits and targets, and what it does to each (mechanics section 7).

Source: src/dungeon_move_util.c and src/dungeon_move.c. Effects beyond damage and stages are not played yet: such moves
make their accuracy draws, cost their PP and do their damage, if any (`rules.effects.complete`).
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.abilities import after_hit
from pmd_gym.simulator.ai_attack import (
    AHEAD,
    ALLY,
    AROUND,
    AT_ALL,
    AT_FOES,
    AT_FOES_CHARGED,
    AT_MATES,
    AT_OTHERS,
    AT_PARTY,
    CONE,
    FLOOR,
    FOE,
    FRONT,
    FRONT_CORNERS,
    LINE,
    ROOM,
    TWO_AHEAD,
    treatment,
)
from pmd_gym.simulator.blows import blow, type_of
from pmd_gym.simulator.combat import floor_over, rouse
from pmd_gym.simulator.damage import ONE, accuracy_check
from pmd_gym.simulator.effect_kinds import Kind
from pmd_gym.simulator.experience import BOOSTED, HALVED, NORMAL, grow, set_move
from pmd_gym.simulator.monsters import (
    MAX_MONSTERS,
    active_slot,
    cannot_attack,
    has_ability,
    has_skill,
    is_alive,
    monster_at,
    weather_for,
)
from pmd_gym.simulator.movement import can_strike, neighbour
from pmd_gym.simulator.rng import Draw, roll_range
from pmd_gym.simulator.sight import is_in_sight
from pmd_gym.simulator.special_kinds import FIRST_SPECIAL, Special

OTHER = int(Draw.OTHER)
LOWEST_STAGE, HIGHEST_STAGE = 0, 20
BLOW, FIRST_BLOW, LAST_BLOW = int(Kind.BLOW), int(Kind.JUMP_KICK), int(Kind.HIDDEN_POWER)
SECRET_POWER, STEAL = int(Special.SECRET_POWER), int(Special.STEAL)


@kernel
def repeats(game: Any, slot: int) -> int:
    """How often an attack or move is carried out: twice for Swift Swim in rain and Chlorophyll in sun."""
    monster = game.world.monsters[slot]
    weather = weather_for(game, monster)
    swims = has_ability(monster, ids.SWIFT_SWIM) and weather == ids.RAIN
    return 2 if swims or (has_ability(monster, ids.CHLOROPHYLL) and weather == ids.SUNNY) else 1


@kernel
def use_slot_move(game: Any, rules: Any, slot: int, index: int) -> None:
    """Use the move of a slot and those linked to it (src/dungeon_move_util.c, sub_8055A00)."""
    for _ in range(repeats(game, slot)):
        use_chain(game, rules, slot, index)
        if floor_over(game) or not is_alive(game, slot):
            break
    spend_pp(game, slot)


@kernel
def use_chain(game: Any, rules: Any, slot: int, first: int) -> None:
    """One run through a chain of linked moves."""
    monster = game.world.monsters[slot]
    monster.ability_flags = 0
    if (
        monster.cringe_status == ids.CRINGE
        or monster.cringe_status == ids.INFATUATED
        or monster.burn_status == ids.PARALYSIS
    ):
        return
    linked = first + 1 < layout.MOVE_SLOTS and monster.moves[first + 1].flags & ids.MOVE_LINKED != 0
    for index in range(first, layout.MOVE_SLOTS):
        move = monster.moves[index]
        if index > first and move.flags & ids.MOVE_LINKED == 0:
            break
        if not is_alive(game, slot) or floor_over(game) or cannot_attack(game, slot, False):
            break
        if move.flags & ids.MOVE_EXISTS and move.pp != 0 and use_move(game, rules, slot, move, linked):
            move.flags2 |= ids.MOVE2_USED
    if is_alive(game, slot):
        grow(game, rules)


@kernel
def spend_pp(game: Any, slot: int) -> None:
    """Take the PP of the moves used in this action: one, two under Pressure."""
    if not is_alive(game, slot):
        return
    for index in range(layout.MOVE_SLOTS):
        move = game.world.monsters[slot].moves[index]
        if move.flags & ids.MOVE_EXISTS == 0:
            continue
        cost = 2 if move.flags2 & ids.MOVE2_PRESSURE else 1
        if move.flags2 & ids.MOVE2_USED:
            move.pp = max(move.pp - cost, 0)
        move.flags2 &= ~(ids.MOVE2_USED | ids.MOVE2_PRESSURE)


@kernel
def attack(game: Any, rules: Any, slot: int, move_id: int) -> None:
    """The regular attack or Struggle: moves without a slot (src/dungeon_action_handler.c, sub_8067904)."""
    monster = game.world.monsters[slot]
    if monster.cringe_status == ids.CRINGE or monster.burn_status == ids.PARALYSIS:
        return
    for _ in range(repeats(game, slot)):
        monster.ability_flags = 0
        set_move(game.move, rules, move_id)
        game.move.flags |= ids.MOVE_SET
        game.move.pp = 10
        use_move(game, rules, slot, game.move, False)
        if not is_alive(game, slot):
            return
    if monster.is_leader and move_id == ids.REGULAR_ATTACK_MOVE:
        reveal_trap(game, slot)
    grow(game, rules)


@kernel
def reveal_trap(game: Any, slot: int) -> None:
    """A regular attack at a tile shows a trap there."""
    here, direction = game.world.entities[slot].pos, game.world.monsters[slot].direction
    for thing in range(MAX_MONSTERS + layout.MAX_ITEMS, MAX_MONSTERS + layout.MAX_ITEMS + layout.MAX_TRAPS):
        entity = game.world.all_entities[thing]
        if (
            entity.kind == ids.TRAP
            and entity.pos.x == here.x + ids.DX[direction]
            and entity.pos.y == here.y + ids.DY[direction]
        ):
            entity.visible = 1


@kernel
def use_move(game: Any, rules: Any, slot: int, move: Any, linked: bool) -> bool:
    """Carry out one move, all its hits; False when it could not be used (src/dungeon_move_util.c, TryUseChosenMove)."""
    monster, rule = game.world.monsters[slot], rules.moves[move.id]
    if not can_use(monster, rule, move):
        return False
    if linked and monster.linked_moves_used < layout.MOVE_SLOTS:
        monster.linked_moves_used += 1
    hits = rule.hits if rule.hits else roll_range(game, 2, 6, OTHER)
    for hit in range(hits):
        if not is_alive(game, slot) or floor_over(game):
            return True
        if cannot_attack(game, slot, False):
            break
        monster.target_tile.x, monster.target_tile.y = forget(monster, 0), forget(monster, 1)
        count = gather_targets(game, rules, slot, move.id, rule)
        if hit != 0 and count == 0:
            break
        for index in range(count):
            if is_alive(game, slot) and not hit_target(game, rules, slot, game.targets[index], move, rule, linked):
                return True
        if not is_alive(game, slot):
            break
    return True


@kernel
def forget(monster: Any, axis: int) -> int:
    """What a monster looks at after striking: nothing, unless it is confused or cowering."""
    if monster.cringe_status == ids.CONFUSED or monster.cringe_status == ids.COWERING:
        return monster.target_tile.x if axis == 0 else monster.target_tile.y
    return 0


@kernel
def can_use(monster: Any, rule: Any, move: Any) -> bool:
    """True unless the move is disabled, sealed, empty, or held back by muzzle, taunt or encore."""
    if move.id == ids.REGULAR_ATTACK_MOVE:
        return True
    if monster.muzzled and rule.mouth:
        return False
    if move.flags & ids.MOVE_DISABLED or move.flags2 & ids.MOVE2_SEALED or move.pp == 0:
        return False
    if monster.cringe_status == ids.TAUNTED and not rule.ignores_taunt:
        return False
    return monster.cringe_status != ids.ENCORE or move.flags & ids.MOVE_LAST_USED != 0


@kernel
def gather_targets(game: Any, rules: Any, slot: int, move_id: int, rule: Any) -> int:
    """Fill `game.targets` by the move's range code, the user last; returns how many."""
    monster, here = game.world.monsters[slot], game.world.entities[slot].pos
    direction, reach = monster.direction, rule.range
    wild = monster.cringe_status == ids.CONFUSED or monster.cringe_status == ids.COWERING
    wild = (wild or monster.sight_status == ids.BLINKER) and not has_skill(monster, ids.NONTRAITOR)
    count = 0
    if reach == FRONT:
        if can_strike(game, rules, slot, direction):
            count = take(game, slot, neighbour(game, slot, direction), rule.target, wild, count)
    elif reach == FRONT_CORNERS or reach == AHEAD:
        count = take(game, slot, first_ahead(game, slot, LINE if reach == AHEAD else 1), rule.target, wild, count)
    elif reach == TWO_AHEAD:
        count = take(game, slot, first_ahead(game, slot, 2), rule.target, wild, count)
    elif reach == CONE or reach == AROUND:
        start, turns = (direction, 8) if reach == AROUND else (direction - 1, 3)
        for turn in range(turns):
            count = take(game, slot, neighbour(game, slot, (start + turn) & 7), rule.target, wild, count)
    elif reach == ROOM or reach == FLOOR:
        for index in range(MAX_MONSTERS):
            other = active_slot(game, index)
            if other < 0 or other == slot:
                continue
            there = game.world.entities[other].pos
            if reach == FLOOR or is_in_sight(game, here.x, here.y, there.x, there.y):
                count = take(game, slot, other, rule.target, wild, count)
        count = take(game, slot, slot, rule.target, wild, count)
    else:
        count = take(game, slot, slot, rule.target, wild, count)
    return count


@kernel
def first_ahead(game: Any, slot: int, reach: int) -> int:
    """Slot of the first monster in the facing direction within reach, -1 for none; walls stop the look."""
    here, direction = game.world.entities[slot].pos, game.world.monsters[slot].direction
    x, y = int(here.x), int(here.y)
    for _ in range(reach):
        x += ids.DX[direction]
        y += ids.DY[direction]
        if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
            return -1
        if game.world.tiles[y, x].terrain & ids.GROUND_MASK == ids.WALL:
            return -1
        found = monster_at(game, x, y)
        if found >= 0:
            return found
    return -1


@kernel
def take(game: Any, slot: int, other: int, target: int, wild: bool, count: int) -> int:
    """Add a monster to the targets if the move is meant for it; returns the new count."""
    if other < 0 or game.world.monsters[other].shopkeeper == 1:
        return count
    if not (wild and other != slot) and not is_meant_for(game, slot, other, target):
        return count
    game.targets[count] = other
    return count + 1


@kernel
def is_meant_for(game: Any, slot: int, other: int, target: int) -> bool:
    """True when the move's target code covers the monster (src/dungeon_move_util.c, SetNewTarget)."""
    if target == AT_FOES_CHARGED and other == slot:
        return True
    if target == AT_FOES or target == AT_FOES_CHARGED:
        return treatment(game, slot, other, True, False) == FOE
    if target == AT_PARTY:
        return treatment(game, slot, other, True, False) == ALLY
    if target == AT_MATES:
        return treatment(game, slot, other, True, False) == ALLY and other != slot
    return target != AT_OTHERS or other != slot


@kernel
def hit_target(game: Any, rules: Any, slot: int, other: int, move: Any, rule: Any, linked: bool) -> bool:
    """One hit on one target: accuracy, effect, experience mode; False when the floor is over."""
    if not is_alive(game, other):
        return True
    target = game.world.monsters[other]
    if target.is_enemy:
        here = game.world.entities[slot].pos
        target.target_tile.x, target.target_tile.y = here.x, here.y
    rouse(game, other)
    guarded = target.shield_status == ids.PROTECT and (rule.target == AT_FOES or rule.target >= AT_ALL)
    guarded = guarded or (rule.sound and has_ability(target, ids.SOUNDPROOF))
    if guarded or not accuracy_check(game, rules, slot, other, move.id, rule.accuracy, True):
        return not floor_over(game)
    mode = target.exp_mode
    if target.is_enemy:
        if move.id != ids.REGULAR_ATTACK_MOVE and mode == HALVED:
            target.exp_mode = NORMAL
        if linked:
            target.exp_mode = BOOSTED
    if has_ability(target, ids.PRESSURE) and treatment(game, slot, other, True, False) == FOE and is_in_slot(move):
        move.flags2 |= ids.MOVE2_PRESSURE
    effective = apply(game, rules, slot, other, move, rule)
    if floor_over(game):
        return False
    if not effective and is_alive(game, other) and target.is_enemy:
        target.exp_mode = mode
    if is_alive(game, slot):
        kind = type_of(rules, game.world.monsters[slot], move.id)
        after_hit(game, rules, slot, other, kind, kind)
    return True


@kernel
def is_in_slot(move: Any) -> bool:
    """True for moves that cost PP."""
    return move.id != ids.REGULAR_ATTACK_MOVE and move.id != ids.STRUGGLE and move.pp != 0


@kernel
def apply(game: Any, rules: Any, slot: int, other: int, move: Any, rule: Any) -> bool:
    """The move's effect on a target that it reached; True when it had any."""
    effect = rules.effects[move.id]
    if strikes(effect.kind):
        kind = type_of(rules, game.world.monsters[slot], move.id)
        factor = int(effect.factor) if effect.kind < FIRST_SPECIAL else ONE
        return blow(game, rules, slot, other, move, kind, factor, 0) != 0
    return change_stages(game.world.monsters[other], effect)


@kernel
def strikes(kind: int) -> bool:
    """True for the kinds of effect that do damage by the formula."""
    return kind == BLOW or (kind >= FIRST_BLOW and kind <= LAST_BLOW) or kind == SECRET_POWER or kind == STEAL


@kernel
def shifted(stage: int, change: int) -> int:
    """A stage after a change, within 0..20."""
    return min(max(stage + change, LOWEST_STAGE), HIGHEST_STAGE)


@kernel
def change_stages(monster: Any, effect: Any) -> bool:
    """Raise or lower the stages of a monster; True when any moved."""
    before = monster.attack_stage + monster.defense_stage + monster.sp_attack_stage + monster.sp_defense_stage
    before += monster.accuracy_stage + monster.evasion_stage
    monster.attack_stage = shifted(monster.attack_stage, effect.attack)
    monster.sp_attack_stage = shifted(monster.sp_attack_stage, effect.sp_attack)
    monster.defense_stage = shifted(monster.defense_stage, effect.defense)
    monster.sp_defense_stage = shifted(monster.sp_defense_stage, effect.sp_defense)
    monster.accuracy_stage = shifted(monster.accuracy_stage, effect.accuracy)
    monster.evasion_stage = shifted(monster.evasion_stage, effect.evasion)
    after = monster.attack_stage + monster.defense_stage + monster.sp_attack_stage + monster.sp_defense_stage
    after += monster.accuracy_stage + monster.evasion_stage
    return before != after
