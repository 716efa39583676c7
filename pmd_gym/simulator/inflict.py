"""Giving statuses: who gets which, what refuses them, and how long they last (mechanics section 8).

`give` serves all statuses that follow the common rule, named by their kind (`conditions`): the duration is drawn first
where the game does so, Safeguard, abilities, items and types are asked, a status already there refuses itself, and
any other of its group gives way. `turns` is what the game draws; 0 means: draw it here. All return True when the
status took effect. Sources: src/move_orb_effects_1.c to _4.c. Statuses that follow another rule are in `bonds`,
`charges`, `curses`, `marks`, `speed` and `transform`; how statuses end is in `recovery`.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import (
    EARLY,
    EXACT,
    FLAGS,
    GUARDED,
    KEPT_OFF_BY,
    KEPT_OFF_BY_ITEM,
    KEPT_OFF_BY_TYPE,
    OR_BY,
    draw_turns,
    duration,
    is_wrapping,
    release_wrap,
    start,
    status_in,
)
from pmd_gym.simulator.messages import say_began
from pmd_gym.simulator.monsters import (
    MAX_TEAM,
    address_of,
    has_ability,
    has_skill,
    has_type,
    holds,
    is_alive,
    monster_at,
)
from pmd_gym.simulator.movement import LAVA_TERRAIN
from pmd_gym.simulator.recovery import end_conceal
from pmd_gym.simulator.sight import refresh_view
from pmd_gym.simulator.speed import speed_stage

LEADER_PETRIFIED = (20, 30)


@kernel
def give(game: Any, rules: Any, source: int, target: int, kind: int, turns: int) -> bool:
    """Give a status of a kind that follows the common rule; `turns` 0: drawn."""
    if not is_alive(game, target):
        return False
    if turns == 0 and FLAGS[kind] & EARLY:
        turns = duration(game, game.world.monsters[target], kind)
    if may_get(game, rules, target, kind) and take_on(game, rules, target, kind, turns):
        say_began(game, target, kind)
        if kind >> 4 == kinds.BURN_GROUP:
            synchronize(game, rules, target, kind)
        return True
    return False


@kernel
def may_get(game: Any, rules: Any, target: int, kind: int) -> bool:
    """True when neither Safeguard nor ability, item, type, skill or ground keeps the status off."""
    monster = game.world.monsters[target]
    if FLAGS[kind] & GUARDED and monster.shield_status == ids.SAFEGUARD:
        return False
    if KEPT_OFF_BY[kind] != 0 and has_ability(monster, KEPT_OFF_BY[kind]):
        return False
    if OR_BY[kind] != 0 and has_ability(monster, OR_BY[kind]):
        return False
    if KEPT_OFF_BY_ITEM[kind] != 0 and holds(monster, KEPT_OFF_BY_ITEM[kind]):
        return False
    if has_type(monster, KEPT_OFF_BY_TYPE[kind]):
        return False
    if kind == kinds.BURN or kind == kinds.FROZEN:
        return not stands_in(game, rules, target, kind == kinds.FROZEN)
    if kind == kinds.POISONED or kind == kinds.BADLY_POISONED:
        return not has_type(monster, ids.STEEL)
    sleepy = kind >> 4 == kinds.SLEEP_GROUP and kind != kinds.SLEEPLESS
    return not (sleepy and has_skill(monster, ids.NONSLEEPER))


@kernel
def stands_in(game: Any, rules: Any, slot: int, lava: bool) -> bool:
    """True when a monster stands in lava, or, for `lava` False, in water or over a chasm."""
    here = game.world.entities[slot].pos
    if game.world.tiles[here.y, here.x].terrain & ids.GROUND_MASK != ids.SECONDARY:
        return False
    return (rules.secondary_terrain[game.world.tileset] == LAVA_TERRAIN) == lava


@kernel
def take_on(game: Any, rules: Any, target: int, kind: int, turns: int) -> bool:
    """Start a status unless the group's own rule refuses it; draws the duration when it starts."""
    monster = game.world.monsters[target]
    group, status = kind >> 4, kind & 15
    now = status_in(monster, group)
    if group == kinds.SLEEP_GROUP and kind != kinds.SLEEPLESS:
        return fall_asleep(monster, kind, turns)
    if group == kinds.FREEZE_GROUP and is_wrapping(monster):
        release_wrap(game, target)
    if now == status or (kind == kinds.POISONED and now == ids.BADLY_POISONED):
        return False
    counters = kind == kinds.COUNTER or kind == kinds.MINI_COUNTER
    if counters and (now == ids.COUNTER or now == ids.MINI_COUNTER):
        monster.shield_status = status
        return True
    if turns == 0:
        turns = duration(game, monster, kind)
    if group == kinds.CONCEAL_GROUP and now == ids.TRANSFORMED:
        end_conceal(game, target)
    start(monster, kind, turns if FLAGS[kind] & EXACT else turns + 1)
    notice(game, rules, target, kind)
    return True


@kernel
def notice(game: Any, rules: Any, target: int, kind: int) -> None:
    """What changes at once with a new status: the speed, the view, pending moves of a sleeper."""
    monster = game.world.monsters[target]
    if kind == kinds.PARALYSIS:
        speed_stage(game, rules, target)
    elif kind == kinds.SLEEPLESS:
        monster.sleep_talk_direction, monster.snore_direction = kinds.NOTHING_PENDING, kinds.NOTHING_PENDING
    elif kind >> 4 == kinds.SIGHT_GROUP:
        refresh_view(game)


@kernel
def fall_asleep(monster: Any, kind: int, turns: int) -> bool:
    """Sleep, nightmare, nap and yawn: each has its own way with one that sleeps already."""
    now = monster.sleep_status
    if kind == kinds.YAWNING:
        if now == 0:
            monster.sleep_status, monster.sleep_turns = ids.YAWNING, turns + 1
        return now == 0
    if now == ids.SLEEPLESS or (kind == kinds.SLEEP and now == ids.NAPPING):
        return False
    if kind == kinds.SLEEP and (now == ids.SLEEP or now == ids.NIGHTMARE):
        return False
    if has_ability(monster, ids.EARLY_BIRD) and turns != ids.FOREVER:
        turns = max(turns // 2, 1)
    keeps_timer = (kind == kinds.NIGHTMARE and now == ids.NIGHTMARE) or (
        kind == kinds.NAPPING and now != 0 and now != ids.YAWNING
    )
    if not keeps_timer:
        monster.sleep_turns = turns
    monster.sleep_status = kind & 15
    return monster.sleep_status != now


@kernel
def synchronize(game: Any, rules: Any, target: int, kind: int) -> None:
    """Synchronize passes burn, poison and paralysis on to the foes around, and so on from them."""
    pending = 1 << target
    while pending != 0:
        slot = 0
        while (pending >> slot) & 1 == 0:
            slot += 1
        pending &= ~(1 << slot)
        if not has_ability(game.world.monsters[slot], ids.SYNCHRONIZE):
            continue
        here = game.world.entities[slot].pos
        for direction in range(8):
            other = monster_at(game, here.x + ids.DX[direction], here.y + ids.DY[direction])
            if other < 0 or not are_foes(game, slot, other):
                continue
            if may_get(game, rules, other, kind) and take_on(game, rules, other, kind, 0):
                say_began(game, other, kind)
                pending |= 1 << other


@kernel
def are_foes(game: Any, slot: int, other: int) -> bool:
    """True for different sides, statuses aside; shopkeepers and clients belong to none (src/dungeon_logic.c)."""
    monster, neighbour = game.world.monsters[slot], game.world.monsters[other]
    if monster.shopkeeper or neighbour.shopkeeper:
        return False
    if monster.behavior == 1 or neighbour.behavior == 1:
        return False
    return monster.is_enemy != neighbour.is_enemy


@kernel
def squeeze(game: Any, rules: Any, source: int, target: int, look: int) -> bool:
    """Constriction; `look` is the picture shown with its damage."""
    given = give(game, rules, source, target, kinds.CONSTRICTION, 0)
    if given:
        game.world.monsters[target].freeze_source = look
    return given


@kernel
def petrify(game: Any, rules: Any, source: int, target: int) -> bool:
    """Petrify; a leader thaws after a while. Team members stop chasing a petrified foe."""
    if not is_alive(game, target) or game.world.monsters[target].shield_status == ids.SAFEGUARD:
        return False
    monster = game.world.monsters[target]
    turns = 0
    if monster.is_leader and monster.freeze_status != ids.PETRIFIED:
        turns = draw_turns(game, monster, LEADER_PETRIFIED[0], LEADER_PETRIFIED[1], True)
    given = take_on(game, rules, target, kinds.PETRIFIED, turns)
    if given:
        say_began(game, target, kinds.PETRIFIED)
    if monster.is_enemy:
        for slot in range(MAX_TEAM):
            chaser = game.world.monsters[slot]
            if is_alive(game, slot) and chaser.ai_objective == ids.CHASING and chaser.ai_target == address_of(target):
                chaser.ai_objective, chaser.ai_target = ids.STAYING, 0
                chaser.ai_target_spawn_id, chaser.ai_targeting_enemy = 0, 0
    return given


@kernel
def encore(game: Any, rules: Any, source: int, target: int) -> bool:
    """Tie a monster to its last move, if it has used one."""
    if not is_alive(game, target):
        return False
    monster = game.world.monsters[target]
    used = monster.struggle_flags & ids.MOVE_LAST_USED != 0
    for index in range(layout.MOVE_SLOTS):
        flags = monster.moves[index].flags
        used = used or (flags & ids.MOVE_EXISTS != 0 and flags & ids.MOVE_LAST_USED != 0)
    return used and give(game, rules, source, target, kinds.ENCORE, 0)
