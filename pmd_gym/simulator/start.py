"""Starting a run: the empty console, the team's roster, the seeds; and `start_floor`, one floor as an EWRAM image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.compiled import kernel
from pmd_gym.errors import UnsupportedRule
from pmd_gym.ram import layout
from pmd_gym.scenario import STORY_TEAM, Scenario
from pmd_gym.simulator import ids
from pmd_gym.simulator.experience import learn
from pmd_gym.simulator.fixed_room import FIRST_CHAMBER
from pmd_gym.simulator.floor_entry import enter_floor
from pmd_gym.simulator.game import GAME
from pmd_gym.simulator.rng import general32, next_floor_seed, seed_floors
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.turn import run_on

IN_DUNGEON = 1
EXISTS_ON_TEAM = 3
UNKNOWN_EXP = -1
SEED_MASK = 0xFFFFFF
FULL_BELLY = 100


def new_console(games: int) -> NDArray[np.void]:
    """`games` consoles with zeroed memory, (games,) of dtype GAME."""
    return np.zeros(games, GAME)


def load_scenario(
    games: NDArray[np.void], env_id: int, scenario: Scenario, experience: Sequence[int] | None = None
) -> None:
    """Write what stands in RAM before a dungeon is entered: pointers, options, roster; everything else is zero.

    `experience` gives each member's points where they differ from the least of its level.
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
    for index, (species, level) in enumerate(scenario.team):
        points = UNKNOWN_EXP if experience is None else experience[index]
        enlist(games, env_id, rules(), index, species, level, points)


@kernel
def enlist(games: Any, env_id: int, tables: Any, index: int, species_id: int, level: int, points: int) -> None:
    """Fill a roster entry: created at level 1, raised through the level table, keeping its first four moves."""
    member, species = games[env_id].roster_data.team[index], tables[0].species[species_id]
    member.flags, member.is_leader, member.species, member.level = EXISTS_ON_TEAM, index == 0, species_id, level
    member.joined_at.id = ids.JOINED_LEADER if index == 0 else ids.JOINED_PARTNER if index == 1 else 0
    member.iq, member.recruit_index = 1, index
    hp, attack, sp_attack = int(species.max_hp), int(species.attack), int(species.sp_attack)
    defense, sp_defense = int(species.defense), int(species.sp_defense)
    for reached in range(1, level + 1):
        if reached > 1:
            hp += species.gain_hp[reached]
            attack += species.gain_attack[reached]
            sp_attack += species.gain_sp_attack[reached]
            defense += species.gain_defense[reached]
            sp_defense += species.gain_sp_defense[reached]
        for entry in range(species.learn_count):
            if species.learn_level[entry] == reached:
                learn(member, tables[0], species.learn_move[entry])
    member.hp, member.max_hp = min(hp, 999), min(hp, 999)
    member.attack, member.sp_attack = min(attack, 255), min(sp_attack, 255)
    member.defense, member.sp_defense = min(defense, 255), min(sp_defense, 255)
    member.exp = tables[0].exp_curves[species.exp_curve, level] if points < 0 else points
    member.belly.whole, member.max_belly.whole = FULL_BELLY, FULL_BELLY
    for skill in (ids.ITEM_CATCHER, ids.COURSE_CHECKER, ids.ITEM_MASTER):
        member.iq_skills[skill >> 3] |= 1 << (skill & 7)


@kernel
def seed_run(games: Any, env_id: int, seed: int) -> None:
    """Seeds of a run and of its first floor; `seed` is the general generator's state at the entrance of the dungeon."""
    game = games[env_id]
    game.rng_general = seed
    run_seed = general32(game) & SEED_MASK
    game.world.dungeon_seed = run_seed
    seed_floors(game, run_seed)
    game.world.floor_seed = next_floor_seed(game)


@kernel
def enter(games: Any, env_id: int, tables: Any, is_next: bool, first_only: bool) -> None:
    """Enter the floor named in the world record; see `floor_entry.enter_floor`."""
    enter_floor(games[env_id], tables[0], is_next, first_only)


@kernel
def resume(games: Any, env_id: int, tables: Any) -> int:
    """Run from a floor's first tick to the leader's first command; returns what `turn.run_on` returns."""
    return run_on(games[env_id], tables[0])


def begin_run(games: NDArray[np.void], env_id: int, tables: NDArray[np.void], seed: int) -> None:
    """Enter the dungeon of a loaded scenario, up to the leader's first command; `seed` as in `seed_run`."""
    seed_run(games, env_id, seed)
    enter(games, env_id, tables, False, False)
    resume(games, env_id, tables)


def next_floor(games: NDArray[np.void], env_id: int, tables: NDArray[np.void]) -> int:
    """Go on to the next floor, up to the leader's first command; returns what `turn.run_on` returns."""
    enter(games, env_id, tables, True, False)
    return int(resume(games, env_id, tables))


def begin_floor(
    games: NDArray[np.void], env_id: int, tables: NDArray[np.void], floor_seed: int, first_only: bool = False
) -> None:
    """Enter the floor of a loaded scenario with a given floor seed; the general generator starts as after power-on.

    `first_only` is explained in `floor_entry.enter_floor`.
    """
    games[env_id]["rng_general"] = 1
    games[env_id]["world"]["floor_seed"] = floor_seed
    enter(games, env_id, tables, False, first_only)
    resume(games, env_id, tables)


def start_floor(
    dungeon_id: int,
    floor: int,
    floor_seed: int,
    team: Sequence[tuple[int, int]] | None = None,
    has_bag: bool = True,
) -> NDArray[np.uint8]:
    """EWRAM image, (262144,) uint8, of a new floor at the first moment the leader may act.

    All draws of the dungeon generator are made in the game's order from `floor_seed` (mechanics section 1). `team`
    lists (species id, level) of the leader and its partners, by default the story's start; `has_bag` is False only on
    the very first visit of Tiny Woods. Stack sizes and Hidden Power come from the general generator, which the floor
    seed does not determine; they are those of its power-on state.

    Raises ScenarioError for what the game does not have, UnsupportedRule for a boss room, whose residents are missing.
    """
    members = STORY_TEAM if team is None else tuple((int(species), int(level)) for species, level in team)
    scenario = Scenario(int(dungeon_id), int(floor), members, has_bag)
    if 0 < rules()[0]["dungeons"][scenario.dungeon]["floors"][scenario.floor - 1]["fixed_room"] < FIRST_CHAMBER:
        name = layout.enum_name("dungeon", scenario.dungeon)
        raise UnsupportedRule(f"{name} floor {scenario.floor} is a boss room, whose residents are not simulated yet")
    console = new_console(1)
    load_scenario(console, 0, scenario)
    begin_floor(console, 0, rules(), int(floor_seed))
    return console.view(np.uint8)[: layout.EWRAM_SIZE].copy()
