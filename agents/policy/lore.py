"""What a good player knows by heart: which type beats which, and what each item is good for.

Items go by the game's own names. Nothing here looks at a game in play.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pmd_gym.scenario import item_id

TYPES = (
    "none", "normal", "fire", "water", "grass", "electric", "ice", "fighting", "poison", "ground", "flying", "psychic",
    "bug", "rock", "ghost", "dragon", "dark", "steel",
)  # fmt: skip
"""Names of the types by their number."""

_STRONG = """
fire: grass ice bug steel
water: fire ground rock
grass: water ground rock
electric: water flying
ice: grass ground flying dragon
fighting: normal ice rock dark steel
poison: grass
ground: fire electric poison rock steel
flying: grass fighting bug
psychic: fighting poison
bug: grass psychic dark
rock: fire ice flying bug
ghost: psychic ghost
dragon: dragon
dark: psychic ghost
steel: ice rock
"""
_VAIN = """
normal: ghost
fighting: ghost
poison: steel
ground: flying
electric: ground
psychic: dark
ghost: normal
"""
SUPER, VAIN = 1.5, 0.5
"""Factors of a very effective and of a vain blow in this game; a resisted one (0.9) is not worth a thought."""


def _pairs(lines: str) -> frozenset[tuple[int, int]]:
    rows = (line.split(":") for line in lines.strip().splitlines())
    return frozenset((TYPES.index(own), TYPES.index(other)) for own, others in rows for other in others.split())


_FACTORS: Mapping[tuple[int, int], float] = MappingProxyType(
    {**dict.fromkeys(_pairs(_STRONG), SUPER), **dict.fromkeys(_pairs(_VAIN), VAIN)}
)


def effectiveness(move: int, target: tuple[int, int]) -> float:
    """Factor of the damage of a move of this type against a monster of these two types (0: no second type)."""
    first, second = target
    return _FACTORS.get((move, first), 1.0) * (_FACTORS.get((move, second), 1.0) if second != first else 1.0)


def _ids(*names: str) -> tuple[int, ...]:
    return tuple(item_id(name) for name in names)


HEALING = _ids("Oran Berry", "Sitrus Berry")
GUMMIS = tuple(range(item_id("White Gummi"), item_id("Silver Gummi") + 1))
FOOD = (*_ids("Huge Apple", "Big Apple", "Apple", "Banana", "Chestnut"), *GUMMIS, *_ids("Grimy Food"))
"""What fills, what fills most first; Grimy Food last, because it may do harm."""
CURES: Mapping[str, tuple[int, ...]] = MappingProxyType({
    "poison": _ids("Pecha Berry", "Heal Seed"), "paralysis": _ids("Cheri Berry", "Heal Seed"),
    "burn": _ids("Rawst Berry", "Heal Seed"),
})  # fmt: skip
"""Condition -> what ends it, the cheapest first."""
TONICS = _ids("Joy Seed", "Life Seed", "Protein", "Calcium", "Iron", "Zinc", "Ginseng")
"""What makes the eater better for good."""
ELIXIR = _ids("Max Elixir")
MAPS = _ids("Luminous Orb", "Stairs Orb")
"""Orbs that show the way."""
CROWD_ORBS = _ids("Slumber Orb", "Petrify Orb", "Totter Orb", "Observer Orb", "Shocker Orb", "Slow Orb")
"""Orbs that stop or hamper every enemy in the room, the best first."""
BLAST = _ids("Blast Seed")
"""Eaten with an enemy in front it does more damage than most moves."""
STICKS = _ids("Silver Spike", "Iron Thorn", "Gold Fang", "Cacnea Spike", "Corsola Twig", "Stick")
"""What flies in a straight line."""
STONES = _ids("Gravelerock", "Geo Pebble")
"""What flies in an arc."""
TRICKS = _ids("Stun Seed", "Sleep Seed", "Totter Seed", "Blinker Seed")
"""Seeds that spoil an enemy's turns when thrown at it, the best first."""
PANIC = _ids("Warp Seed", "Warp Orb")
"""What ends a lost fight without winning it."""
