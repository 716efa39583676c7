"""Damage and accuracy against numbers computed by the original code, draws and generator state included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import damage, ids, rng
from pmd_gym.simulator.rules import rules
from tests.doubles.arena import FOE, LEADER, Arena

WHOLE, HALF = 1 << 16, 1 << 15
PHYSICAL = {0, 1, 7, 8, 9, 10, 12, 13, 14, 17}
HIT, DAMAGE = int(rng.Draw.HIT), int(rng.Draw.DAMAGE)
PIKACHU, PIDGEY = 25, 16
OTHER_STAT = 77
"""What the stats hold that a blow must not use."""


@kernel
def blow(
    games: Any, tables: Any, seed: int, attacker: int, kind: int, power: int, critical: int, modifier: int
) -> None:
    """One blow between slots 0 and 4 into `games[0].hit`; a blow of no type is the regular attack."""
    game = games[0]
    rng.seed_dungeon(game, seed)
    damage.compute_damage(
        game, tables[0], attacker, FOE - attacker, kind, power, critical, modifier, kind == ids.NO_TYPE, True, game.hit
    )


@kernel
def match(games: Any, tables: Any, kind: int) -> int:
    """Factor of an attack type of the leader against slot 4; its code is left in `games[0].hit`."""
    game = games[0]
    source, victim = game.world.monsters[LEADER], game.world.monsters[FOE]
    return damage.type_factor(game, tables[0], source, victim, kind, game.hit)


@kernel
def check(games: Any, tables: Any, seed: int, accuracy: int) -> bool:
    """One accuracy check of the leader's regular attack on slot 4."""
    rng.seed_dungeon(games[0], seed)
    return damage.accuracy_check(games[0], tables[0], LEADER, FOE, ids.REGULAR_ATTACK_MOVE, accuracy, True)


@kernel
def percent(games: Any, tables: Any, accuracy: int) -> int:
    """Effective accuracy of the leader's regular attack on slot 4."""
    game = games[0]
    source, victim = game.world.monsters[LEADER], game.world.monsters[FOE]
    return damage.effective_accuracy(
        game, tables[0], source, victim, ids.REGULAR_ATTACK_MOVE, accuracy, game.world.weather
    )


@dataclass(frozen=True)
class Case:
    """A published blow: who, with what, what was drawn (r, critical, variance), and what came of it."""

    name: str
    seed: int
    wild: bool
    level: int
    attack: int
    own_types: tuple[int, int]
    defense: int
    types: tuple[int, int]
    move: tuple[int, int, int, int]  # type, power, critical, modifier
    drawn: tuple[int, int, int]
    result: tuple[int, bool, int]  # damage, critical, effectiveness code
    state: int
    stages: tuple[int, int] = (10, 10)  # attack, defense
    attacker: dict[str, int] = field(default_factory=dict)
    weather: int = 0

    def __str__(self) -> str:
        return self.name


REGULAR = (0, 1, 0, HALF)
NINE: dict[str, Any] = {
    "seed": 9, "wild": False, "level": 20, "attack": 30, "defense": 15, "drawn": (28, 98, 10712), "state": 2808094660
}  # fmt: skip
FIRE_ON_BUG: dict[str, Any] = {**NINE, "own_types": (2, 0), "types": (12, 0), "move": (2, 6, 0, WHOLE)}
CASES = [
    Case("Pikachu L5, regular attack on Pidgey", 1, False, 5, 9, (5, 0), 4, (1, 10), REGULAR, (36, 87, 3049),
         (7, False, 2), 799445724),
    Case("Pikachu L5, Thundershock on Pidgey", 1, False, 5, 9, (5, 0), 5, (1, 10), (5, 1, 2, WHOLE), (36, 87, 3049),
         (28, False, 3), 799445724),
    Case("Bulbasaur L1, Tackle on Wurmple", 12345, False, 1, 2, (4, 8), 5, (12, 0), (1, 7, 12, WHOLE), (38, 88, 13249),
         (8, False, 2), 3473333556),
    Case("Squirtle L10, Water on Sunkern, resisted", 2, False, 10, 16, (3, 0), 4, (4, 0), (3, 5, 2, WHOLE),
         (9, 90, 13157), (40, False, 1), 3449091606),
    Case("wild Skarmory L6, Flying on Bulbasaur", 77, True, 6, 19, (17, 10), 19, (4, 8), (10, 8, 12, WHOLE),
         (7, 86, 10306), (19, False, 3), 2701741432),
    Case("wild Rattata L4, regular attack on Machop", 4242, True, 4, 11, (1, 0), 8, (7, 0), REGULAR, (13, 20, 10990),
         (6, False, 2), 2881138278),
    Case("forced critical", 5, False, 10, 21, (7, 0), 11, (17, 10), (7, 10, 99, WHOLE), (82, 92, 6880),
         (64, True, 2), 1803770192),
    Case("Ground on Flying: immune is only half", own_types=(9, 0), types=(10, 0), move=(9, 12, 12, WHOLE),
         result=(33, False, 0), **NINE),
    Case("Ground on Electric and Flying", own_types=(9, 0), types=(5, 10), move=(9, 12, 12, WHOLE),
         result=(50, False, 1), **NINE),
    Case("attack stage +2", result=(112, False, 3), stages=(12, 10), **FIRE_ON_BUG),
    Case("defence stage -2", result=(110, False, 3), stages=(10, 8), **FIRE_ON_BUG),
    Case("sun on Fire", result=(139, False, 3), weather=ids.SUNNY, **FIRE_ON_BUG),
    Case("Blaze at 12 of 50 HP", result=(185, False, 3), attacker={"ability1": 70, "hp": 12, "max_hp": 50},
         **FIRE_ON_BUG),
    Case("hopeless attacker at half strength", 31, False, 1, 2, (1, 0), 60, (13, 0), REGULAR, (30, 26, 7207),
         (0, False, 2), 1889428290),
]  # fmt: skip


def split(kind: int, side: str, value: int, stage: int) -> dict[str, int]:
    """Fields of the stat that the type uses, and of its twin, which must not matter."""
    used, other = (side, f"sp_{side}") if kind in PHYSICAL else (f"sp_{side}", side)
    return {used: value, f"{used}_stage": stage, other: OTHER_STAT, f"{other}_stage": 10}


def arena_of(case: Case) -> Arena:
    arena, kind = Arena(), case.move[0]
    source = {**split(kind, "attack", case.attack, case.stages[0]), "level": case.level}
    source |= {"type1": case.own_types[0], "type2": case.own_types[1], "ability1": 0, "ability2": 0, **case.attacker}
    victim = {**split(kind, "defense", case.defense, case.stages[1]), "ability1": 0, "ability2": 0}
    victim |= {"type1": case.types[0], "type2": case.types[1]}
    arena.put(LEADER, PIKACHU, (10, 10), **(victim if case.wild else source))
    arena.put(FOE, PIDGEY, (11, 10), **(source if case.wild else victim))
    arena.world["weather"] = case.weather
    return arena


def duel(**foe: Any) -> Arena:
    """A leader without types or abilities beside a wild monster."""
    arena = Arena()
    arena.put(LEADER, PIKACHU, (10, 10), type1=0, ability1=0)
    arena.put(FOE, PIDGEY, (11, 10), **{"ability1": 0, **foe})
    return arena


def seed_drawing(value: int) -> int:
    """Smallest odd seed whose first draw out of 100 is `value`."""
    first = ((((seed * rng.MULTIPLIER + 1) & rng.WORD) >> 16) * 100 >> 16 for seed in range(1, 1 << 16, 2))
    return next(2 * index + 1 for index, drawn in enumerate(first) if drawn == value)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_blows_are_the_published_ones_draw_for_draw(case: Case) -> None:
    arena = arena_of(case)
    blow(arena.records, arena.tables, case.seed, FOE if case.wild else LEADER, *case.move)
    hit = arena.game["hit"]
    assert (hit["damage"], hit["critical"], hit["code"]) == case.result
    assert hit["type"] == case.move[0] and not hit["absorbed"]
    bounds = (100, 100, 0x4000)
    assert arena.draws() == [(DAMAGE, bound, value) for bound, value in zip(bounds, case.drawn, strict=True)]
    assert arena.game["rng_dungeon"] == case.state


@pytest.mark.parametrize(
    ("kind", "types", "factor", "code"),
    [
        (2, (4, 12), 2.25, 3),
        (3, (2, 13), 2.25, 3),
        (5, (9, 13), 0.5, 0),
        (1, (14, 8), 0.5, 0),
        (7, (1, 10), 1.5 * 0xE666 / 0x10000, 2),
    ],
)
def test_the_factors_of_both_types_multiply(kind: int, types: tuple[int, int], factor: float, code: int) -> None:
    arena = duel(type1=types[0], type2=types[1])
    assert match(arena.records, arena.tables, kind) == factor * WHOLE
    assert arena.game["hit"]["code"] == code


def test_stage_tables_hold_the_published_factors() -> None:
    table = rules()[0]
    assert table["attack_stage"][[7, 10, 11, 12, 20]].tolist() == [115, 256, 332, 384, 512]
    assert table["defense_stage"][[7, 8, 9]].tolist() == [140, 179, 222]
    differing = table["attack_stage"] != table["defense_stage"]
    assert differing.nonzero()[0].tolist() == [7, 8, 9]


@pytest.mark.parametrize(
    ("accuracy", "aim", "evasion", "dodges", "expected"),
    [
        (95, 10, 10, False, 95),
        (95, 9, 10, False, 75),
        (95, 8, 10, False, 66),
        (95, 10, 11, False, 75),
        (95, 10, 12, False, 66),
        (88, 12, 10, False, 132),
        (88, 10, 10, True, 58),
        (75, 8, 12, False, 36),
    ],
)
def test_accuracy_follows_stages_and_the_detect_band(
    accuracy: int, aim: int, evasion: int, dodges: bool, expected: int
) -> None:
    arena = duel(evasion_stage=evasion, held_item=(ids.ITEM_EXISTS * dodges, 0, ids.DETECT_BAND))
    arena.world["monsters"][LEADER]["accuracy_stage"] = aim
    assert percent(arena.records, arena.tables, accuracy) == expected


@pytest.mark.parametrize(("drawn", "hits"), [(0, True), (92, True), (93, False), (99, False)])
def test_a_check_hits_below_its_accuracy(drawn: int, hits: bool) -> None:
    arena = duel()
    second = int(arena.rules["moves"][ids.REGULAR_ATTACK_MOVE]["damage_accuracy"])
    assert second == 93
    assert check(arena.records, arena.tables, seed_drawing(drawn), second) == hits
    assert arena.draws() == [(HIT, 100, drawn)]


def test_a_check_above_one_hundred_always_hits_and_still_draws() -> None:
    arena = duel(evasion_stage=20)
    first = int(arena.rules["moves"][ids.REGULAR_ATTACK_MOVE]["accuracy"])
    assert first == 125
    assert check(arena.records, arena.tables, seed_drawing(99), first)
    assert arena.draws() == [(HIT, 100, 99)]


def test_wild_monsters_land_no_critical_hits() -> None:
    case = next(case for case in CASES if case.wild)
    arena = arena_of(case)
    blow(arena.records, arena.tables, case.seed, FOE, *case.move[:2], 100, case.move[3])
    assert (arena.game["hit"]["damage"], arena.game["hit"]["critical"]) == (case.result[0], False)
