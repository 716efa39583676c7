"""Who a monster is: slots and addresses, predicates on its record, its creation and its place in the lists.

A monster is named by its slot: 0..3 team, 4..19 wild. In RAM it is named by the address of its entity; `address_of` and
`slot_of` translate. Nothing here decides what a monster does.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids

MAX_TEAM = layout.MAX_TEAM
MAX_MONSTERS = layout.MAX_MONSTERS
WORLD_ADDRESS = layout.OBSERVED_DUNGEON_ADDRESS
ENTITY_SIZE = layout.ENTITY.itemsize
ENTITIES_ADDRESS = WORLD_ADDRESS + layout.field("Dungeon.team_entities").offset
RECORDS_ADDRESS = WORLD_ADDRESS + layout.field("Dungeon.team_info").offset
RECORD_SIZE = layout.MONSTER.itemsize
TEAM_BODY_LIMIT = 6
RESCUE_TARGET, DIGLETT = 1, 4
WILD_BODY_LIMIT = 16
NUM_TYPES = 18
KECLEON, DEOXYS_SPEED = 380, 419
SKILL_GROUPS = (0, 4, 1, 2, 4, 4, 6, 7, 8, 9, 9, 9, 10, 10, 11, 11, 14, 14, 14, 16, 16, 9, 17, 6)
"""Group of each IQ skill; of a group, one skill is in force (src/pokemon_3.c, sIQSkillGroups)."""
NEUTRAL_STAGE = layout.constant("neutral_stage")
NEUTRAL_MULTIPLIER = layout.constant("neutral_multiplier")


@kernel
def address_of(index: int) -> int:
    """Address of an entity by its index in `all_entities` (monsters 0..19, items 20..83, traps 84..147)."""
    return ENTITIES_ADDRESS + index * ENTITY_SIZE


@kernel
def slot_of(address: int) -> int:
    """Index in `all_entities` of an entity address; -1 for 0."""
    if address == 0:
        return -1
    return (address - ENTITIES_ADDRESS) // ENTITY_SIZE


@kernel
def is_alive(game: Any, slot: int) -> bool:
    """True when the slot holds a monster."""
    return slot >= 0 and game.world.entities[slot].kind == ids.MONSTER


@kernel
def monster_at(game: Any, x: int, y: int) -> int:
    """Slot of the monster on a tile, -1 for none or outside the map."""
    if x < 0 or y < 0 or x >= layout.MAP_WIDTH or y >= layout.MAP_HEIGHT:
        return -1
    return slot_of(game.world.tiles[y, x].monster)


@kernel
def leader_of(game: Any) -> int:
    """Slot of the leader, -1 when there is none any more."""
    for slot in range(MAX_TEAM):
        if is_alive(game, slot) and game.world.monsters[slot].is_leader:
            return slot
    return -1


@kernel
def list_active(game: Any) -> None:
    """Refill the packed list of live monsters, team first (done whenever one appears or leaves)."""
    world = game.world
    count = 0
    for slot in range(MAX_MONSTERS):
        if is_alive(game, slot):
            world.active[count] = address_of(slot)
            count += 1
    for index in range(count, MAX_MONSTERS):
        world.active[index] = 0


@kernel
def active_count(game: Any) -> int:
    """Length of the packed list of live monsters, for loops in which nobody appears or leaves."""
    count = 0
    while count < MAX_MONSTERS and game.world.active[count] != 0:
        count += 1
    return count


@kernel
def active_slot(game: Any, index: int) -> int:
    """Slot of entry `index` of the active list, -1 where the list has ended or the monster is gone."""
    slot = slot_of(game.world.active[index])
    return slot if is_alive(game, slot) else -1


@kernel
def has_ability(monster: Any, ability: int) -> bool:
    return monster.ability1 == ability or monster.ability2 == ability


@kernel
def has_type(monster: Any, kind: int) -> bool:
    return kind != ids.NO_TYPE and (monster.type1 == kind or monster.type2 == kind)


@kernel
def has_skill(monster: Any, skill: int) -> bool:
    """True when the IQ skill is in force."""
    return (monster.iq_skills[skill >> 3] >> (skill & 7)) & 1 == 1


@kernel
def set_skill(skills: Any, skill: int) -> None:
    """Set a bit in a (3,) field of IQ skills; others of its group go out (src/pokemon_3.c, SetIQSkill)."""
    for other in range(len(SKILL_GROUPS)):
        if SKILL_GROUPS[other] == SKILL_GROUPS[skill]:
            skills[other >> 3] &= 255 - (1 << (other & 7))
    skills[skill >> 3] |= 1 << (skill & 7)


@kernel
def holds(monster: Any, item: int) -> bool:
    """True when the monster holds this item and it is not sticky (src/dungeon_items.c, HasHeldItem)."""
    flags = monster.held_item.flags
    return flags & ids.ITEM_EXISTS != 0 and flags & ids.ITEM_STICKY == 0 and monster.held_item.id == item


@kernel
def follows_tactic(monster: Any, tactic: int) -> bool:
    """True when the tactic is set; the leader counts as going the other way."""
    if monster.is_leader:
        return tactic == ids.GO_OTHER_WAY
    return monster.tactic == tactic


@kernel
def belly_of(monster: Any) -> int:
    """Belly as the game shows and tests it: rounded up to whole points."""
    return monster.belly.whole + (1 if monster.belly.thousandths else 0)


@kernel
def is_asleep(monster: Any) -> bool:
    status = monster.sleep_status
    return status == ids.SLEEP or status == ids.NAPPING or status == ids.NIGHTMARE


@kernel
def is_charging(monster: Any) -> bool:
    """True while a two-turn move is prepared (bide, charge and rage are not counted)."""
    status = monster.charge_status
    return status != 0 and status != ids.BIDE and status != ids.CHARGING and status != ids.ENRAGED


@kernel
def runs_away(game: Any, slot: int) -> bool:
    """True when fear, ability or tactic makes it flee (mechanics section 12.3)."""
    if not is_alive(game, slot):
        return False
    monster = game.world.monsters[slot]
    if monster.terrified_turns != 0:
        return True
    if monster.is_leader:
        return False
    if has_ability(monster, ids.RUN_AWAY) and monster.hp < monster.max_hp // 2:
        return True
    if follows_tactic(monster, ids.GET_AWAY):
        return True
    return follows_tactic(monster, ids.AVOID_TROUBLE) and monster.hp <= monster.max_hp // 2


@kernel
def cannot_attack(game: Any, slot: int, ignore_sleep: bool) -> bool:
    """True when a status or fear keeps it from attacking (src/dungeon_logic.c, CannotAttack)."""
    m = game.world.monsters[slot]
    awake = ignore_sleep or m.sleep_status == ids.SLEEPLESS or m.sleep_status == ids.YAWNING or m.sleep_status == 0
    frozen, cringe = m.freeze_status, m.cringe_status
    if not awake or frozen == ids.FROZEN or frozen == ids.WRAP or frozen == ids.WRAPPED or frozen == ids.PETRIFIED:
        return True
    if cringe == ids.CRINGE or cringe == ids.PAUSED or cringe == ids.INFATUATED or m.burn_status == ids.PARALYSIS:
        return True
    return runs_away(game, slot)


@kernel
def is_bystander(monster: Any) -> bool:
    """True for those that nobody fights: a peaceful shopkeeper, the one to be rescued, Diglett before Skarmory."""
    return monster.shopkeeper == 1 or monster.behavior == RESCUE_TARGET or monster.behavior == DIGLETT


@kernel
def is_rooted(monster: Any) -> bool:
    """True when a status of the frozen group keeps it on its tile."""
    status = monster.freeze_status
    return (
        status == ids.SHADOW_HOLD
        or status == ids.CONSTRICTION
        or status == ids.INGRAIN
        or status == ids.WRAP
        or status == ids.WRAPPED
    )


@kernel
def is_dazed(monster: Any, count_blinker: bool) -> bool:
    """Asleep, paused, infatuated, petrified or terrified (and blind, if asked): it does not turn to anything."""
    if count_blinker and monster.sight_status == ids.BLINKER:
        return True
    cringe = monster.cringe_status
    if is_asleep(monster) or cringe == ids.PAUSED or cringe == ids.INFATUATED:
        return True
    return monster.freeze_status == ids.PETRIFIED or monster.terrified_turns != 0


@kernel
def is_helpless(monster: Any) -> bool:
    """Asleep or yawning, frozen, petrified or biding."""
    if monster.sleep_status != ids.SLEEPLESS and monster.sleep_status != 0:
        return True
    if monster.freeze_status == ids.FROZEN or monster.freeze_status == ids.PETRIFIED:
        return True
    return monster.charge_status == ids.BIDE


@kernel
def cannot_use_items(game: Any, slot: int) -> bool:
    """True when fear or a status keeps it from taking or using items (src/dungeon_logic.c, CheckVariousConditions)."""
    monster = game.world.monsters[slot]
    if not monster.is_leader and runs_away(game, slot):
        return True
    return is_dazed(monster, False) or is_helpless(monster) or is_charging(monster)


@kernel
def has_bad_status(monster: Any) -> bool:
    """True when any status counts as bad (src/dungeon_logic.c, MonsterHasNegativeStatus)."""
    sleep = monster.sleep_status
    if sleep == ids.SLEEP or sleep == ids.NIGHTMARE or sleep == ids.YAWNING or monster.burn_status != 0:
        return True
    if monster.freeze_status != 0 and monster.freeze_status != ids.INGRAIN:
        return True
    if monster.cringe_status != 0 or monster.curse_status == ids.CURSED or monster.curse_status == ids.DECOY:
        return True
    if monster.leech_status == ids.LEECH_SEED or monster.aim_status == ids.WHIFFER:
        return True
    if monster.sight_status == ids.BLINKER or monster.sight_status == ids.CROSS_EYED or monster.muzzled:
        return True
    if monster.exposed or monster.perish_turns != 0:
        return True
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS and move.flags2 & ids.MOVE2_SEALED:
            return True
    for index in range(len(monster.speed_down_timers)):
        if monster.speed_down_timers[index] != 0:
            return True
    return False


@kernel
def sees_invisible(monster: Any) -> bool:
    return monster.sight_status == ids.EYEDROPS or holds(monster, ids.GOGGLE_SPECS)


@kernel
def weather_for(game: Any, monster: Any) -> int:
    """Weather as the monster feels it: clear under a Weather Band (src/weather.c, GetApparentWeather)."""
    return ids.CLEAR if holds(monster, ids.WEATHER_BAND) else game.world.weather


@kernel
def load_skills(game: Any, rules: Any, slot: int) -> None:
    """IQ skills in force: fixed ones for wild monsters, the learnt and enabled ones for the team (mechanics 11)."""
    monster = game.world.monsters[slot]
    if monster.is_enemy:
        for skill in (ids.STATUS_CHECKER, ids.PP_CHECKER, ids.ITEM_CATCHER):
            set_skill(monster.iq_skills, skill)
        if monster.is_boss:
            set_skill(monster.iq_skills, ids.SELF_CURER)
        if monster.level >= 16:
            set_skill(monster.iq_skills, ids.ITEM_MASTER)
        monster.tactic = ids.GO_AFTER_FOES
        return
    for index in range(3):
        monster.iq_skills[index] = 0
    for skill in range(1, 24):
        if monster.iq >= rules.iq_required[skill] and (monster.iq_skills_menu[skill >> 3] >> (skill & 7)) & 1:
            set_skill(monster.iq_skills, skill)


@kernel
def foe_slots(game: Any, monster: Any) -> tuple[int, int]:
    """Slots among which a monster looks for foes: the other side's, or all while there is a decoy."""
    if game.world.decoy_active:
        return 0, MAX_MONSTERS
    return (0, MAX_TEAM) if monster.is_enemy else (MAX_TEAM, MAX_MONSTERS)
