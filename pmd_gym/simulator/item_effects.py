"""What the things to eat do to whoever swallows them or is hit by them: berries, seeds, vitamins, food, gummis.

How an item comes to a monster is in `item_use` and `throwing`. Source: src/dungeon_item_action.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.combat import deal
from pmd_gym.simulator.displace import ANYWHERE, warp
from pmd_gym.simulator.heal import boost_stat, feed, gain_levels, heal, hunger, lose_levels, restore_pp
from pmd_gym.simulator.hp_loss import ORDINARY
from pmd_gym.simulator.inflict import give, petrify
from pmd_gym.simulator.monsters import belly_of, has_skill, load_skills, monster_at
from pmd_gym.simulator.movement import crosses_all, in_boss_room
from pmd_gym.simulator.recovery import cure, end_burn, end_freeze
from pmd_gym.simulator.rng import Draw, roll
from pmd_gym.simulator.speed import speed_up
from pmd_gym.simulator.stages import lower_stage
from pmd_gym.simulator.stats import ATTACK, SP_ATTACK

OTHER = int(Draw.OTHER)
STRONG_GINSENG, STRONG_BOOST = 12, 3
VITAMIN = 3
OBJECT_DAMAGE = 1
ALL_PP = 999
HUNGER_LOSS = 5
MAX_IQ = 999
GRIMY_OUTCOMES, GRIMY_STAGES = 5, 3
BLAST_EATEN, BLAST_EATEN_BOSS, BLAST_THROWN, BLAST_THROWN_BOSS = 45, 30, 20, 15
"""Damage of a Blast Seed, less in boss battles (src/dungeon_config.c)."""
DRAWN = 0
"""Turns of a status that the status draws itself."""


@kernel
def hurt(game: Any, rules: Any, user: int, target: int, damage: int, reason: int) -> None:
    """Fixed damage by an item; the team learns from it, nothing answers it."""
    deal(game, rules, user, target, damage, ids.NO_TYPE, True, reason, False, ORDINARY)


@kernel
def swallow(game: Any, rules: Any, user: int, target: int, item_id: int, thrown: bool) -> None:
    """The effect of an edible item; what every berry and seed does to the belly is not part of it."""
    if rules.items[item_id].category == ids.FOOD:
        eat_food(game, rules, user, target, item_id)
    elif ids.PROTEIN <= item_id <= ids.ZINC:
        boost_stat(game, rules, user, target, item_id - ids.PROTEIN, VITAMIN)
    elif not soothe(game, rules, user, target, item_id):
        upset(game, rules, user, target, item_id, thrown)


@kernel
def soothe(game: Any, rules: Any, user: int, target: int, item_id: int) -> bool:
    """What heals and strengthens; False for an item that does neither."""
    monster = game.world.monsters[target]
    if item_id == ids.ORAN_BERRY or item_id == ids.SITRUS_BERRY or item_id == ids.LIFE_SEED:
        heal(game, rules, user, target, rules.items[item_id].heal, rules.items[item_id].max_hp)
    elif item_id == ids.HEAL_SEED:
        cure(game, rules, user, target)
    elif item_id == ids.MAX_ELIXIR:
        restore_pp(game, rules, user, target, ALL_PP)
    elif item_id == ids.JOY_SEED:
        gain_levels(game, rules, user, target, 1)
    elif item_id == ids.GINSENG:
        sharpen_moves(game, rules, target)
    elif item_id == ids.RAWST_BERRY or item_id == ids.CHERI_BERRY or item_id == ids.PECHA_BERRY:
        if berry_helps(monster, item_id):
            end_burn(game, target)
    elif item_id == ids.QUICK_SEED:
        speed_up(game, rules, user, target, DRAWN)
    elif item_id == ids.EYEDROP_SEED:
        give(game, rules, user, target, kinds.EYEDROPS, 0)
    elif item_id == ids.CHESTO_BERRY:
        give(game, rules, user, target, kinds.SLEEPLESS, 0)
    else:
        return False
    return True


@kernel
def berry_helps(monster: Any, item_id: int) -> bool:
    """True when the berry is for the status of the burn group that the monster has."""
    status = monster.burn_status
    if item_id == ids.RAWST_BERRY:
        return status == ids.BURN
    if item_id == ids.CHERI_BERRY:
        return status == ids.PARALYSIS
    return status == ids.POISONED or status == ids.BADLY_POISONED


@kernel
def upset(game: Any, rules: Any, user: int, target: int, item_id: int, thrown: bool) -> None:
    """What harms: the other seeds. Plain and Reviver Seeds do nothing; a thrown Reviver Seed hurts as any object."""
    if item_id == ids.SLEEP_SEED:
        give(game, rules, user, target, kinds.SLEEP, DRAWN)
    elif item_id == ids.TOTTER_SEED:
        give(game, rules, user, target, kinds.CONFUSED, 0)
    elif item_id == ids.BLINKER_SEED:
        give(game, rules, user, target, kinds.BLINKER, 0)
    elif item_id == ids.ALLURE_SEED:
        give(game, rules, user, target, kinds.CROSS_EYED, 0)
    elif item_id == ids.STUN_SEED:
        petrify(game, rules, user, target)
    elif item_id == ids.WARP_SEED:
        warp(game, rules, user, target, ANYWHERE, 0, 0)
    elif item_id == ids.DOOM_SEED:
        lose_levels(game, rules, user, target, 1)
    elif item_id == ids.HUNGER_SEED:
        starve(game, rules, user, target)
    elif item_id == ids.BLAST_SEED:
        blast(game, rules, user, target, thrown)
    elif item_id != ids.PLAIN_SEED and thrown:
        hurt(game, rules, user, target, OBJECT_DAMAGE, ids.FELL_TO_THROWN_ITEM)


@kernel
def eat_food(game: Any, rules: Any, user: int, target: int, item_id: int) -> None:
    """Apples, chestnuts, gummis, and grimy food with one of five consequences."""
    item = rules.items[item_id]
    if item.gummi:
        eat_gummi(game, rules, user, target, item.gummi)
        return
    feed(game, rules, user, target, item.belly, item.max_belly)
    if item_id != ids.GRIMY_FOOD:
        return
    outcome = roll(game, GRIMY_OUTCOMES, OTHER)
    if outcome == 0:
        give(game, rules, user, target, kinds.POISONED, 0)
    elif outcome == 1:
        give(game, rules, user, target, kinds.SHADOW_HOLD, 0)
    elif outcome == 2:
        give(game, rules, user, target, kinds.BURN, 0)
    elif outcome == 3:
        give(game, rules, user, target, kinds.PARALYSIS, 0)
    else:
        lower_stage(game, target, ATTACK, GRIMY_STAGES)
        lower_stage(game, target, SP_ATTACK, GRIMY_STAGES)


@kernel
def eat_gummi(game: Any, rules: Any, user: int, target: int, gummi: int) -> None:
    """A gummi fills by the eater's types; a team member also gets cleverer (both types add)."""
    monster = game.world.monsters[target]
    first, second = monster.type1, monster.type2
    gain = rules.gummi_iq[first, gummi] + rules.gummi_iq[second, gummi]
    feed(game, rules, user, target, rules.gummi_belly[first, gummi] + rules.gummi_belly[second, gummi], 0)
    if not monster.is_enemy:
        before = int(monster.iq)
        monster.iq = min(max(before + gain, 1), MAX_IQ)
        if monster.iq != before:
            load_skills(game, rules, target)


@kernel
def sharpen_moves(game: Any, rules: Any, target: int) -> None:
    """Ginseng: the leader's set moves that do damage become stronger, up to the limit of each."""
    boost = STRONG_BOOST if roll(game, 100, OTHER) < STRONG_GINSENG else 1
    monster = game.world.monsters[target]
    if not monster.is_leader:
        return
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS and move.flags & ids.MOVE_SET and rules.moves[move.id].power != 0:
            move.boost = min(move.boost + boost, rules.moves[move.id].max_ginseng)


@kernel
def starve(game: Any, rules: Any, user: int, target: int) -> None:
    """Hunger Seed: the leader's belly shrinks, another one's is empty; Self-Curer protects team mates and foes."""
    monster = game.world.monsters[target]
    if monster.is_leader:
        hunger(game, rules, user, target, 0, HUNGER_LOSS)
    elif not has_skill(monster, ids.SELF_CURER) and belly_of(monster) != 0:
        monster.belly.whole, monster.belly.thousandths = 0, 0


@kernel
def blast(game: Any, rules: Any, user: int, target: int, thrown: bool) -> None:
    """Blast Seed: eaten it burns the monster in front, thrown the one it hits; ice melts first."""
    boss = game.world.boss_battle != 0
    victim = target if thrown else monster_in_front(game, rules, user)
    if victim < 0:
        return
    damage = BLAST_EATEN_BOSS if boss else BLAST_EATEN
    if thrown:
        damage = BLAST_THROWN_BOSS if boss else BLAST_THROWN
    if game.world.monsters[victim].freeze_status == ids.FROZEN:
        end_freeze(game, victim)
    hurt(game, rules, user, victim, damage, ids.FELL_TO_BLAST_SEED)


@kernel
def monster_in_front(game: Any, rules: Any, slot: int) -> int:
    """Slot of the monster on the next tile, corners or not; -1 when there is none or it stands inside a wall."""
    here, monster = game.world.entities[slot].pos, game.world.monsters[slot]
    x, y = here.x + ids.DX[monster.direction], here.y + ids.DY[monster.direction]
    if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
        return -1
    terrain = game.world.tiles[y, x].terrain
    free = not in_boss_room(game) and (crosses_all(monster) or has_skill(monster, ids.SUPER_MOBILE))
    free = free or rules.species[monster.species].mobility == ids.THROUGH_WALLS
    if terrain & ids.IMPASSABLE or (terrain & ids.GROUND_MASK == ids.WALL and not free):
        return -1
    return monster_at(game, x, y)
