"""Random legal play: scenarios that meet most of what dungeons hold, and commands drawn from the action mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS, ActionMasks
from pmd_gym.backends.interface import CommandKind
from pmd_gym.backends.simulator import SimulatorBackend
from pmd_gym.ram import layout
from pmd_gym.scenario import MONEY_CATEGORY, Member, Scenario, species_id, stacks

ITEMS = tuple(number for number, entry in layout.enum("item").items() if number and entry["category"] != MONEY_CATEGORY)
MOVES = tuple(number for number in layout.enum("move") if number)
TEAMS = (
    (("Charmander", 20), ("Squirtle", 18)),
    (("Pikachu", 40), ("Gastly", 35), ("Machop", 35)),
    (("Bulbasaur", 60),),
    (("Eevee", 40), ("Skarmory", 35), ("Abra", 30), ("Chikorita", 35)),
    (("Blaziken", 70), ("Umbreon", 65), ("Geodude", 60)),
)
"""Species and levels of teams."""

PLACES = (
    (0, 1), (1, 3), (2, 9), (3, 13), (4, 5), (5, 8), (6, 3), (7, 7), (8, 10), (9, 12),
    (10, 3), (11, 9), (12, 5), (13, 11), (14, 3), (15, 17), (16, 3), (17, 20), (27, 40), (41, 20),
)  # fmt: skip
"""Twenty dungeons and the floors to start on: the story's, five of them in a boss room, and two of later days."""

WEIGHTS = {
    CommandKind.WAIT: 1, CommandKind.STEP: 24, CommandKind.ATTACK: 4, CommandKind.FACE: 1, CommandKind.MOVE: 8,
    CommandKind.STAIRS: 20, CommandKind.USE_ITEM: 1, CommandKind.THROW_ITEM: 1,
}  # fmt: skip
"""How often a kind of command is drawn while the mask offers it."""
_WEIGHT = np.array([WEIGHTS[CommandKind(int(kind))] for kind, _ in ACTIONS.commands], float)


def scenario(number: int) -> Scenario:
    """One of the starts: every entry of `PLACES` in turn; teams, bags and what the members know change with `number`.

    One in four starts without items; one in two has moves, skills, tactics and held items of any kind.
    """
    dungeon, floor = PLACES[number % len(PLACES)]
    random = np.random.default_rng(number)
    bag = tuple(stack(item) for item in random.choice(ITEMS, layout.BAG_SLOTS - 2, replace=False))
    team = TEAMS[int(random.integers(len(TEAMS)))]
    members = tuple(member(species, level, random if number % 2 else None) for species, level in team)
    return Scenario(dungeon, floor, members, bag=bag if number % 4 else (), money=100 * number)


def stack(item: int) -> tuple[int, int]:
    """A slot with an item, seven pieces where there can be more than one."""
    return int(item), 7 if stacks(int(item)) else 1


def member(species: str, level: int, random: np.random.Generator | None) -> Member:
    """A member as its level makes it, or with four moves and other belongings drawn from all that exist."""
    if random is None:
        return Member(species_id(species), level)
    moves = tuple(int(move) for move in random.choice(MOVES, layout.MOVE_SLOTS, replace=False))
    skills = tuple(int(skill) for skill in random.choice(np.arange(1, 24), 8, replace=False))
    tactic, held = int(random.choice((0, 1, 2, 3, 6, 7, 8, 9, 10))), stack(random.choice(ITEMS))
    return Member(species_id(species), level, moves, held, iq=999, skills=skills, tactic=tactic)


class RandomPlay:
    """A batch of games and the actions drawn for them."""

    def __init__(self, num_envs: int, seed: int) -> None:
        self.backend = SimulatorBackend(num_envs, threads=1)
        self._masks = ActionMasks(self.backend)
        self.random = np.random.default_rng(seed)

    def mask(self, env_id: int) -> NDArray[np.int8]:
        """(63,) int8: what the game offers."""
        out = np.empty((1, len(ACTIONS)), np.int8)
        self._masks(np.array([env_id]), out)
        return out[0]

    def action(self, env_id: int) -> int:
        """A legal action; kinds are drawn by their weight, whatever the number of their arguments."""
        weights = self.mask(env_id) * _WEIGHT
        kinds = ACTIONS.commands[:, 0]
        for kind in CommandKind:
            count = np.count_nonzero(weights[kinds == int(kind)])
            if count:
                weights[kinds == int(kind)] /= count
        return int(self.random.choice(len(weights), p=weights / weights.sum()))

    def start(self, env_id: int, start: Scenario, seed: int) -> None:
        """Begin a run in one game."""
        self.backend.start(np.array([env_id]), [start], np.array([seed], np.uint32))

    def do(self, env_id: int, action: int) -> int:
        """Carry out an action in one game; returns the outcome."""
        return int(self.backend.step(np.array([env_id]), ACTIONS.commands[[action]])[0])
