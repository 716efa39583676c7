"""The weather of a floor: its start and its tick (mechanics section 8; src/weather.c)."""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.abilities import refresh_form
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monsters import active_count, active_slot, has_ability
from pmd_gym.simulator.rng import Draw, roll, roll_range
from pmd_gym.simulator.status import count_down

OTHER, DURATION = int(Draw.OTHER), int(Draw.DURATION)
SPORT_TURNS = (10, 12)
MOVE_TURNS = 20
"""Turns of weather that a move makes (src/dungeon_config.c, gMoveWeatherDuration)."""
KINDS = 8
DAMAGE_EVERY = 9


@kernel
def clear_weather(world: Any, weather: int) -> None:
    """Set the natural weather of a floor and forget all artificial weather."""
    world.natural_weather, world.weather, world.weather_suppressed = weather, weather, 0
    for kind in range(KINDS):
        world.weather_turns[kind], world.weather_from_ability[kind] = 0, 0
    world.weather_damage_countdown = DAMAGE_EVERY
    world.mud_sport_turns, world.water_sport_turns = 0, 0


@kernel
def start_weather(game: Any, rules: Any) -> None:
    """The weather of a new floor; a table entry of 8 is drawn."""
    weather = game.world.floor_weather
    if weather == ids.RANDOM_WEATHER:
        weather = roll(game, KINDS, OTHER)
    clear_weather(game.world, weather)
    tick_weather(game, rules)
    refresh_forms(game, rules)


@kernel
def count_abilities(game: Any) -> None:
    """Weather that abilities keep up, and Air Lock and Cloud Nine that suppress all of it."""
    world = game.world
    world.weather_suppressed, world.abilities_changed = 0, 0
    for index in range(active_count(game)):
        slot = active_slot(game, index)
        if slot < 0:
            continue
        monster = world.monsters[slot]
        if has_ability(monster, ids.DRIZZLE):
            world.weather_from_ability[ids.RAIN] = 1
        elif has_ability(monster, ids.SAND_STREAM):
            world.weather_from_ability[ids.SANDSTORM] = 1
        elif has_ability(monster, ids.DROUGHT):
            world.weather_from_ability[ids.SUNNY] = 1
        if has_ability(monster, ids.AIR_LOCK) or has_ability(monster, ids.CLOUD_NINE):
            world.weather_suppressed = 1


@kernel
def tick_weather(game: Any, rules: Any) -> bool:
    """One turn of the weather: artificial kinds run down, the strongest rules, the damage counter falls.

    True when another weather is in force now; types, forms and speeds follow it.
    """
    world = game.world
    before = world.weather
    count_abilities(game)
    strongest, kind_in_force = 0, -1
    for kind in range(KINDS):
        kept = world.weather_from_ability[kind]
        if world.weather_turns[kind] < kept:
            world.weather_turns[kind] = kept
        elif world.weather_turns[kind] > kept:
            world.weather_turns[kind] = count_down(world.weather_turns[kind])
        if strongest < world.weather_turns[kind]:
            strongest, kind_in_force = world.weather_turns[kind], kind
    before = world.weather
    world.weather = world.natural_weather if kind_in_force < 0 else kind_in_force
    if world.weather_suppressed:
        world.weather = ids.CLEAR
    if world.weather != before:
        say(game, Message.WEATHER_NOW, -1, world.weather, 0)
    countdown = world.weather_damage_countdown
    world.weather_damage_countdown = countdown - 1 if countdown else DAMAGE_EVERY
    world.mud_sport_turns = count_down(world.mud_sport_turns)
    world.water_sport_turns = count_down(world.water_sport_turns)
    if world.weather != before:
        refresh_forms(game, rules)
    return world.weather != before


@kernel
def refresh_forms(game: Any, rules: Any) -> None:
    """Let everybody's form and speed follow the weather."""
    for index in range(active_count(game)):
        slot = active_slot(game, index)
        if slot >= 0:
            refresh_form(game, rules, slot)


@kernel
def set_weather(game: Any, rules: Any, kind: int, turns: int) -> bool:
    """Weather made by a move; like the game's, it loses a turn at once. True when the sky changed."""
    game.world.weather_turns[kind] = turns
    return tick_weather(game, rules)


@kernel
def start_sport(game: Any, water: bool) -> None:
    """Mud Sport or Water Sport begins, or begins anew."""
    turns = max(roll_range(game, SPORT_TURNS[0], SPORT_TURNS[1], DURATION), 1)
    if water:
        game.world.water_sport_turns = turns
    else:
        game.world.mud_sport_turns = turns
