"""Starting a run: the empty console, the team's roster, the seeds; and `start_floor`, one floor as an EWRAM image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.errors import ScenarioError
from pmd_gym.ram import layout
from pmd_gym.scenario import STORY_TEAM, Member, MemberLike, Scenario, Stack, stacks
from pmd_gym.simulator import ids
from pmd_gym.simulator.ahead import compile_ahead
from pmd_gym.simulator.departure import depart, give_first_skills, raise_to
from pmd_gym.simulator.experience import set_move
from pmd_gym.simulator.game import GAME
from pmd_gym.simulator.rng import general32, next_floor_seed, seed_floors
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.run_end import NEXT_PART, rest
from pmd_gym.simulator.stepping import enter, resume
from pmd_gym.simulator.team import save_team

IN_DUNGEON = 1
EXISTS_ON_TEAM = 3
UNKNOWN_EXP = -1
POWER_ON = 1
"""State of the general generator when the console is switched on (src/random.c)."""
SEED_MASK = 0xFFFFFF
FULL_BELLY = 100
MAX_LEVEL = 100
CASTFORM, LAST_CASTFORM = 376, 379
"""The species, and the last of the looks that weather gives it; the roster knows only the species."""
OWN_FIGURES = ("max_hp", "attack", "sp_attack", "defense", "sp_defense", "exp")


def new_console(games: int) -> NDArray[np.void]:
    """`games` consoles with zeroed memory, (games,) of dtype GAME."""
    return np.zeros(games, GAME)


def load_scenario(
    games: NDArray[np.void], env_id: int, scenario: Scenario, experience: Sequence[int] | None = None
) -> None:
    """Write what stands in RAM before a dungeon is entered: pointers, options, roster, bag; everything else is zero.

    `experience` gives each member's points where they differ from the least of its level. Raises ScenarioError where a
    member's `hp` or `exp` cannot go with its level.
    """
    game = games[env_id]
    game["world"] = np.zeros((), layout.DUNGEON)
    for name in layout.EWRAM.names or ():
        game[name] = 0
    for name, variable in layout.global_variables().items():
        address = layout.static_address(name) if variable.is_pointer else None
        if address is not None and variable.region == "ewram":
            game[name] = address
    game["dungeon"] = layout.OBSERVED_DUNGEON_ADDRESS
    game["program_mode"] = IN_DUNGEON
    game["options_data"]["damage_turn"] = 1
    world = game["world"]
    world["dungeon_id"], world["floor"] = scenario.dungeon, scenario.floor
    world["has_inventory"] = scenario.has_bag
    world["rescues_left"] = rules()[0]["dungeons"][scenario.dungeon]["rescues_allowed"]
    game["money"] = scenario.money
    if scenario.friend_areas is not None:
        world["can_recruit"] = 1
        game["friend_areas_data"][list(scenario.friend_areas)] = 1
    for slot, stack in enumerate(scenario.bag):
        put_item(game["inventory_data"]["bag"][slot], stack)
    for index, member in enumerate(scenario.members):
        points = UNKNOWN_EXP if experience is None else experience[index]
        enlist(games, env_id, rules(), index, member.species, member.level, points)
        if member.moves is not None:
            teach(games, env_id, rules(), index, np.array(member.moves, np.int64))
        equip(game["roster_data"]["team"][index], member)


def put_item(record: Any, stack: Stack) -> None:
    """Fill an `Item` record; the game counts pieces only of what is thrown in numbers."""
    item, amount = stack
    record["flags"], record["id"] = ids.ITEM_EXISTS, item
    record["quantity"] = amount if stacks(item) else 0


def equip(record: Any, member: Member) -> None:
    """Write into a roster entry that `enlist` filled what the member has of its own."""
    if member.held is not None:
        put_item(record["held_item"], member.held)
    record["iq"], record["tactic"] = member.iq, member.tactic
    for skill in member.skills:
        record["iq_skills"][skill >> 3] |= 1 << (skill & 7)
    set_figures(record, member)


def set_figures(record: Any, member: Member) -> None:
    """Stats, HP, belly and experience where the member sets them; a new maximum HP comes with full HP."""
    for name in OWN_FIGURES:
        value = getattr(member, name)
        if value is not None:
            record[name] = value
    record["hp"] = record["max_hp"] if member.hp is None else member.hp
    if record["hp"] > record["max_hp"]:
        name = layout.enum_name("species", member.species)
        raise ScenarioError(f"hp {member.hp} of {name} at level {member.level}: its maximum is {record['max_hp']}")
    if member.max_belly is not None:
        record["max_belly"]["whole"] = record["belly"]["whole"] = member.max_belly
    if member.belly is not None:
        record["belly"]["whole"] = min(member.belly, record["max_belly"]["whole"])
    check_points(record, member)


def check_points(record: Any, member: Member) -> None:
    """ScenarioError unless the experience of the entry is that of its level."""
    if member.exp is None:
        return
    curve = rules()[0]["exp_curves"][rules()[0]["species"][member.species]["exp_curve"]]
    least, next_level = int(curve[member.level]), int(curve[min(member.level + 1, MAX_LEVEL)])
    if member.exp < least or (member.level < MAX_LEVEL and member.exp >= next_level):
        name = layout.enum_name("species", member.species)
        raise ScenarioError(f"exp {member.exp} of {name}: level {member.level} is {least}..{next_level - 1}")


@kernel
def enlist(games: Any, env_id: int, tables: Any, index: int, species_id: int, level: int, points: int) -> None:
    """Fill a roster entry: created at level 1, raised through the level table, keeping its first four moves."""
    if CASTFORM < species_id <= LAST_CASTFORM:
        species_id = CASTFORM
    member, species = games[env_id].roster_data.team[index], tables[0].species[species_id]
    member.flags, member.is_leader, member.species, member.level = EXISTS_ON_TEAM, index == 0, species_id, level
    member.joined_at.id = ids.JOINED_LEADER if index == 0 else ids.JOINED_PARTNER if index == 1 else 0
    member.iq, member.recruit_index = 1, index
    raise_to(member, tables[0], level)
    member.exp = tables[0].exp_curves[species.exp_curve, level] if points < 0 else points
    member.belly.whole, member.max_belly.whole = FULL_BELLY, FULL_BELLY
    give_first_skills(member)


@kernel
def teach(games: Any, env_id: int, tables: Any, index: int, moves: Any) -> None:
    """Give a roster entry these moves, (1..4,) int64 ids, with full PP instead of those it has."""
    member = games[env_id].roster_data.team[index]
    for slot in range(layout.MOVE_SLOTS):
        member.moves[slot].id, member.moves[slot].pp = 0, 0
        set_move(member.moves[slot], tables[0], moves[slot] if slot < len(moves) else 0)


@kernel
def seed_run(games: Any, env_id: int, tables: Any, seed: int) -> None:
    """Seeds of a run and of its first floor, and the team ready for it.

    `seed` is the general generator's state at the entrance of the dungeon.
    """
    game = games[env_id]
    game.rng_general = seed
    run_seed = general32(game) & SEED_MASK
    game.world.dungeon_seed = run_seed
    seed_floors(game, run_seed)
    game.world.floor_seed = next_floor_seed(game)
    depart(game, tables[0])


def go_on(games: NDArray[np.void], env_id: int, tables: NDArray[np.void], result: int) -> int:
    """Enter what is due after `turn.run_on` returned `result`, until the leader may act or the run is over."""
    while result < 0:
        result = next_part(games, env_id, tables) if result == NEXT_PART else next_floor(games, env_id, tables)
    return result


def begin_run(games: NDArray[np.void], env_id: int, tables: NDArray[np.void], seed: int) -> None:
    """Enter the dungeon of a loaded scenario, up to the leader's first command; `seed` as in `seed_run`."""
    seed_run(games, env_id, tables, seed)
    enter(games, env_id, tables, False, False)
    go_on(games, env_id, tables, resume(games, env_id, tables))


def next_floor(games: NDArray[np.void], env_id: int, tables: NDArray[np.void]) -> int:
    """Go on to the next floor, up to the leader's first command; returns what `turn.run_on` returns."""
    enter(games, env_id, tables, True, False)
    return resume(games, env_id, tables)


KEPT_BETWEEN_PARTS = ("has_inventory", "can_change_leader", "can_recruit", "evolution_unlocked", "mission_kind")
"""What the story has unlocked: the game writes it anew at the entrance of each dungeon."""


def next_part(games: NDArray[np.void], env_id: int, tables: NDArray[np.void]) -> int:
    """Enter the second part of a dungeon: a run of its own with a seed of its own, the team rested and fed.

    The dungeon object is cleared as at every entrance, the exit reason of the first part with it.
    """
    world = games[env_id]["world"]
    kept = {name: world[name].copy() for name in KEPT_BETWEEN_PARTS}
    part = int(tables[0]["dungeons"][world["dungeon_id"]]["continues_into"])
    rest_team(games, env_id, tables)
    games[env_id]["world"] = np.zeros((), layout.DUNGEON)
    for name, value in kept.items():
        world[name] = value
    world["dungeon_id"], world["floor"] = part, 1
    world["rescues_left"] = tables[0]["dungeons"][part]["rescues_allowed"]
    seed_run(games, env_id, tables, int(games[env_id]["rng_general"]))
    enter(games, env_id, tables, False, False)
    return resume(games, env_id, tables)


@kernel
def rest_team(games: Any, env_id: int, tables: Any) -> None:
    """Write the team back to the roster and let it rest."""
    save_team(games[env_id])
    rest(games[env_id], tables[0])


def begin_floor(
    games: NDArray[np.void], env_id: int, tables: NDArray[np.void], floor_seed: int, first_only: bool = False
) -> None:
    """Enter the floor of a loaded scenario with a given floor seed; the run's own seed comes as after power-on.

    `first_only` is explained in `floor_entry.enter_floor`.
    """
    seed_run(games, env_id, tables, POWER_ON)
    games[env_id]["world"]["floor_seed"] = floor_seed
    enter(games, env_id, tables, False, first_only)
    go_on(games, env_id, tables, resume(games, env_id, tables))


def start_floor(
    dungeon_id: int,
    floor: int,
    floor_seed: int,
    team: Sequence[MemberLike] | None = None,
    has_bag: bool = True,
) -> NDArray[np.uint8]:
    """EWRAM image, (262144,) uint8, of a new floor at the first moment the leader may act.

    All draws of the dungeon generator are made in the game's order from `floor_seed` (mechanics section 1). `team`
    lists (species id, level) or a `Member` for the leader and each partner, by default the story's start; `has_bag` is
    False only on the very first visit of Tiny Woods. Stack sizes and Hidden Power come from the general generator,
    which the floor seed does not determine; they are those of its power-on state.

    A floor that only tells a part of the story leads on to the next. Raises ScenarioError for what the game does not
    have.
    """
    members = STORY_TEAM if team is None else tuple(
        member if isinstance(member, Member) else (int(member[0]), int(member[1])) for member in team
    )  # fmt: skip
    scenario = Scenario(int(dungeon_id), int(floor), members, has_bag)
    compile_ahead()
    console = new_console(1)
    load_scenario(console, 0, scenario)
    begin_floor(console, 0, rules(), int(floor_seed))
    return console.view(np.uint8)[: layout.EWRAM_SIZE].copy()
