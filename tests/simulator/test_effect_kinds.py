"""Every move has a row of effects, and the rows agree with what `moves.json` says about the move."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from pmd_gym.simulator.effect_kinds import EFFECTS, Gate, Kind, Step, side_chance, unknown_keys
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.special_kinds import FIRST_SPECIAL, SPECIAL_MOVES

UNUSED = {"IS_WATCHING", "DOLLAR_1", "DOLLAR_2", "POSSESS", "MD1", "PROJECTILE", "ITEM_TOSS", "MD1_2"}
"""Entries of the game's table that no monster can use; thrown items go another way."""
STATUS_STEPS = {
    "sleep": Step.SLEEP, "nightmare": Step.NIGHTMARE, "yawning": Step.YAWN, "napping": Step.NAP,
    "sleepless": Step.SLEEPLESS, "burn": Step.BURN, "poisoned": Step.POISON, "badly_poisoned": Step.BADLY_POISON,
    "paralysis": Step.PARALYSE, "frozen": Step.FREEZE, "constriction": Step.SQUEEZE, "shadow_hold": Step.HOLD,
    "ingrain": Step.INGRAIN, "petrified": Step.PETRIFY, "cringe": Step.CRINGE, "confused": Step.CONFUSE,
    "infatuated": Step.INFATUATE, "cowering": Step.COWER, "taunted": Step.TAUNT, "encore": Step.ENCORE,
    "leech_seed": Step.LEECH_SEED, "destiny_bond": Step.DESTINY_BOND, "whiffer": Step.WHIFFER, "cursed": Step.CURSE,
    "sure_shot": Step.SURE_SHOT, "set_damage": Step.SET_DAMAGE, "focus_energy": Step.FOCUS_ENERGY,
    "decoy": Step.DECOY, "invisible": Step.INVISIBLE, "mobile": Step.MOBILE, "muzzled": Step.MUZZLE,
    "exposed": Step.EXPOSE, "long_toss": Step.LONG_TOSS, "pierce": Step.PIERCE, "paused": Step.PAUSE,
}  # fmt: skip
STAT_STEPS = {
    "atk": Step.ATTACK, "spatk": Step.SP_ATTACK, "def": Step.DEFENSE, "spdef": Step.SP_DEFENSE,
    "accuracy": Step.ACCURACY, "evasion": Step.EVASION,
}  # fmt: skip


def table() -> dict[str, dict[str, Any]]:
    """Rows of `moves.json` by key, with their id."""
    text = resources.files("pmd_gym.simulator").joinpath("data", "moves.json").read_bytes()
    return {row["key"]: {**row, "id": int(number)} for number, row in json.loads(text)["moves"].items()}


MOVES = table()
ORDINARY = sorted(set(EFFECTS) & set(MOVES))


def test_every_move_is_in_exactly_one_table() -> None:
    assert unknown_keys(MOVES) == {"NOTHING"}, "the empty move is no entry of the table"
    assert set(SPECIAL_MOVES) <= set(MOVES)
    assert not set(EFFECTS) & set(SPECIAL_MOVES)
    assert set(MOVES) - set(EFFECTS) - set(SPECIAL_MOVES) == UNUSED


def test_the_rows_of_the_rules_are_those_of_the_tables() -> None:
    effects = rules()[0]["effects"]
    for key, row in MOVES.items():
        expected = SPECIAL_MOVES.get(key, EFFECTS[key].kind if key in EFFECTS else Kind.NOTHING)
        assert effects[row["id"]]["kind"] == expected, key
    assert (effects["kind"] >= FIRST_SPECIAL).sum() == len(SPECIAL_MOVES)


@pytest.mark.parametrize("key", [key for key in ORDINARY if MOVES[key].get("status") in STATUS_STEPS])
def test_a_status_of_the_table_is_among_the_steps(key: str) -> None:
    assert STATUS_STEPS[MOVES[key]["status"]] in [step for step, _ in EFFECTS[key].steps]


@pytest.mark.parametrize("key", [key for key in ORDINARY if "stat" in MOVES[key] or "self_stat" in MOVES[key]])
def test_stages_of_the_table_are_among_the_steps(key: str) -> None:
    row = MOVES[key]
    if row["effect"].startswith("thaws, damage; user Sp.Atk"):
        assert EFFECTS[key].steps == ((Step.TIRE, 0),)
        return
    stats = row.get("stat", row.get("self_stat"))
    names = list(STAT_STEPS)[:4] if stats == "all" else stats.split(",")
    for name in names:
        assert (STAT_STEPS[name], row["stages"]) in EFFECTS[key].steps
    assert (EFFECTS[key].gate == Gate.TARGET) == ("stat" in row)


@pytest.mark.parametrize("key", [key for key in ORDINARY if "chance" in MOVES[key]])
def test_a_chance_belongs_to_a_blow_with_a_side_effect(key: str) -> None:
    effect, row = EFFECTS[key], MOVES[key]
    assert effect.kind in (Kind.BLOW, Kind.CHARGE, Kind.TWINEEDLE) and effect.steps
    assert rules()[0]["effects"][row["id"]]["chance"] == side_chance(row) == (row["chance"] % 100)


@pytest.mark.parametrize("key", [key for key in ORDINARY if "charge" in MOVES[key] and MOVES[key]["target"] == 4])
def test_moves_of_two_turns_double_their_damage(key: str) -> None:
    effect = rules()[0]["effects"][MOVES[key]["id"]]
    if key == "CHARGE":
        assert effect["kind"] == Kind.STEPS
        return
    assert effect["kind"] == Kind.CHARGE and effect["charge"] != 0
    assert effect["factor"] == MOVES[key]["mult"] << 16


@pytest.mark.parametrize("key", [key for key in ORDINARY if "weather" in MOVES[key]])
def test_weather_moves_bring_their_weather(key: str) -> None:
    assert EFFECTS[key].steps == ((Step.WEATHER, MOVES[key]["weather"]),)


@pytest.mark.parametrize("key", [key for key in ORDINARY if "recoil" in MOVES[key]])
def test_recoil_is_a_share_of_the_users_hp(key: str) -> None:
    assert EFFECTS[key].steps == ((Step.RECOIL, int(MOVES[key]["recoil"].removeprefix("maxHP/"))),)
