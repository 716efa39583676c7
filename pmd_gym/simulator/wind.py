"""The turn limit of a floor: three warnings, then the wind that ends the run (src/dungeon_wind.c)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.fainting import faint
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import leader_of
from pmd_gym.simulator.settle import settle

WIND_WARNINGS = (250, 150, 50)
BLOWN = 4


@kernel
def count_turn(game: Any, rules: Any) -> None:
    """The turn limit: warnings, then the wind that ends the run (src/dungeon_wind.c)."""
    world = game.world
    world.turns_left -= 1
    if world.turns_left < 1:
        world.turns_left = 0
        world.wind_phase = len(WIND_WARNINGS)
    if world.wind_phase < len(WIND_WARNINGS):
        if world.turns_left < WIND_WARNINGS[world.wind_phase]:
            settle(game, rules)
            warn_of_wind(game, world.wind_phase)
            world.wind_phase += 1
    elif world.turns_left < 1:
        settle(game, rules)
        if not floor_over(game):
            world.wind_phase = BLOWN
            say(game, Message.WIND_BLEW, leader_of(game), 0, 0)
            faint(game, leader_of(game), ids.BLOWN_AWAY)


@kernel
def warn_of_wind(game: Any, phase: int) -> None:
    """The three warnings before the wind comes."""
    if phase == 0:
        say(game, Message.WIND_RISES, leader_of(game), 0, 0)
    elif phase == 1:
        say(game, Message.WIND_NEARS, leader_of(game), 0, 0)
    else:
        say(game, Message.WIND_IS_HERE, leader_of(game), 0, 0)
