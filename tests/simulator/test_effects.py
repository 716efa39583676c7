"""What the ordinary moves do to one target: a test for each kind of effect, with the draws that it makes."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import pytest

from pmd_gym.compiled import kernel
from pmd_gym.simulator import effects, ids
from pmd_gym.simulator.experience import set_move
from pmd_gym.simulator.rng import Draw
from tests.doubles.arena import FOE, LEADER, Arena
from tests.doubles.draws import ANY, labelled, state_before

RATTATA = 19
EAST = 2
DRY_TILESET = 14
HIT, DAMAGE, SIDE, TURNS = int(Draw.HIT), int(Draw.DAMAGE), int(Draw.SIDE_EFFECT), int(Draw.DURATION)
BLOW_DRAWS = (ANY, ANY, ANY, ANY)
"""A blow draws luck, the critical roll, the variance and the second accuracy check."""
SURE, NEVER = (100, 0), (100, 99)


@cache
def move_ids() -> dict[str, int]:
    """Move key of `moves.json` -> id."""
    text = resources.files("pmd_gym.simulator").joinpath("data", "moves.json").read_bytes()
    return {row["key"]: int(number) for number, row in json.loads(text)["moves"].items()}


@kernel
def apply(games: Any, tables: Any, user: int, target: int, move_id: int) -> bool:
    """The effect of a fresh move on a target that it reached."""
    game, rules = games[0], tables[0]
    set_move(game.move, rules, move_id)
    game.move_slot = -1
    game.world.monsters[target].took_damage = 1
    return effects.apply(game, rules, user, target, game.move, 0)


def duel(foe: dict[str, Any] | None = None, **leader: Any) -> Arena:
    """Two of a kind without abilities, face to face; both have HP to spare, the leader always hits."""
    plain = {"hp": 500, "max_hp": 500, "ability1": 0, "ability2": 0, "type1": ids.BUG, "type2": 0, "took_damage": 1}
    arena = Arena()
    arena.world["tileset"] = DRY_TILESET
    arena.put(LEADER, RATTATA, (10, 10), direction=EAST, level=20, **{**plain, "aim_status": ids.SURE_SHOT, **leader})
    arena.put(FOE, RATTATA, (11, 10), direction=6, level=20, **{**plain, **(foe or {})})
    return arena


def use(arena: Arena, key: str, user: int = LEADER, target: int = FOE) -> bool:
    """Apply a move by its key; True when it had an effect."""
    return bool(apply(arena.records, arena.tables, user, target, move_ids()[key]))


def monster(arena: Arena, slot: int) -> Any:
    return arena.world["monsters"][slot]


@pytest.mark.parametrize(
    ("key", "field", "status"),
    [
        ("EMBER", "burn_status", ids.BURN),
        ("POISON_STING", "burn_status", ids.POISONED),
        ("POISON_FANG", "burn_status", ids.BADLY_POISONED),
        ("THUNDERSHOCK", "burn_status", ids.PARALYSIS),
        ("ICE_PUNCH", "freeze_status", ids.FROZEN),
        ("BIND", "freeze_status", ids.CONSTRICTION),
        ("BITE", "cringe_status", ids.CRINGE),
        ("CONFUSION", "cringe_status", ids.CONFUSED),
    ],
)
def test_a_side_effect_gives_its_status_after_one_draw(key: str, field: str, status: int) -> None:
    arena = duel()
    arena.game["rng_dungeon"] = state_before(*BLOW_DRAWS, SURE)
    assert use(arena, key)
    assert monster(arena, FOE)["hp"] < 500 and monster(arena, FOE)[field] == status
    assert [draw[0] for draw in arena.draws()][:5] == [DAMAGE, DAMAGE, DAMAGE, HIT, SIDE]


@pytest.mark.parametrize("key", ["EMBER", "BITE", "IRON_TAIL", "BUBBLE", "METAL_CLAW", "TRI_ATTACK"])
def test_a_side_effect_that_does_not_come_up_changes_nothing(key: str) -> None:
    arena = duel()
    arena.game["rng_dungeon"] = state_before(*BLOW_DRAWS, NEVER)
    assert use(arena, key)
    foe, leader = monster(arena, FOE), monster(arena, LEADER)
    assert foe["burn_status"] == foe["cringe_status"] == 0 and foe["defense_stage"] == leader["attack_stage"] == 10
    assert labelled(arena.draws(), SIDE) == [(SIDE, 100, 99)]


def test_serene_grace_doubles_the_chance() -> None:
    arena = duel(ability1=ids.SERENE_GRACE)
    arena.game["rng_dungeon"] = state_before(*BLOW_DRAWS, (100, 15))
    use(arena, "EMBER")
    assert monster(arena, FOE)["burn_status"] == ids.BURN


def test_shield_dust_blocks_after_the_draw() -> None:
    arena = duel({"ability1": ids.SHIELD_DUST})
    arena.game["rng_dungeon"] = state_before(*BLOW_DRAWS, SURE)
    use(arena, "EMBER")
    assert monster(arena, FOE)["burn_status"] == 0
    assert labelled(arena.draws(), SIDE) == [(SIDE, 100, 0)]


def test_a_sure_side_effect_needs_no_draw() -> None:
    arena = duel()
    assert use(arena, "ICY_WIND")
    assert labelled(arena.draws(), SIDE) == []
    assert monster(arena, FOE)["speed_down_timers"].any()


def test_fire_thaws_before_it_burns() -> None:
    arena = duel({"freeze_status": ids.FROZEN, "freeze_turns": 4})
    assert use(arena, "EMBER")
    assert monster(arena, FOE)["freeze_status"] == 0 and monster(arena, FOE)["hp"] < 500


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("IRON_TAIL", {"defense_stage": 9}),
        ("PSYCHIC", {"sp_defense_stage": 9}),
        ("AURORA_BEAM", {"attack_mult": 128}),
        ("OCTAZOOKA", {"accuracy_stage": 9}),
        ("GROWL", {"attack_stage": 9}),
        ("LEER", {"defense_stage": 9}),
        ("METAL_SOUND", {"sp_defense_stage": 7}),
        ("TICKLE", {"attack_stage": 9, "defense_stage": 9}),
        ("CHARM", {"attack_mult": 128}),
        ("SCREECH", {"defense_mult": 64}),
        ("SWEET_SCENT", {"evasion_stage": 9}),
    ],
)
def test_stages_of_the_target_fall(key: str, changes: dict[str, int]) -> None:
    arena = duel()
    arena.game["rng_dungeon"] = state_before(*BLOW_DRAWS, SURE)
    assert use(arena, key)
    assert {name: int(monster(arena, FOE)[name]) for name in changes} == changes


@pytest.mark.parametrize("key", ["GROWL", "LEER", "CHARM", "SWEET_SCENT"])
def test_mist_keeps_stages_up(key: str) -> None:
    arena = duel({"shield_status": ids.MIST})
    assert use(arena, key), "the move still counts as effective"
    foe = monster(arena, FOE)
    assert [foe[f"{name}_stage"] for name in ("attack", "defense", "evasion")] == [10, 10, 10]
    assert foe["attack_mult"] == 256


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("SWORDS_DANCE", {"attack_stage": 12}),
        ("AMNESIA", {"sp_defense_stage": 12}),
        ("COSMIC_POWER", {"defense_stage": 11, "sp_defense_stage": 11}),
        ("CALM_MIND", {"sp_attack_stage": 11, "sp_defense_stage": 11}),
        ("DOUBLE_TEAM", {"evasion_stage": 11}),
    ],
)
def test_stages_of_the_user_rise(key: str, changes: dict[str, int]) -> None:
    arena = duel()
    assert use(arena, key, target=LEADER)
    assert {name: int(monster(arena, LEADER)[name]) for name in changes} == changes


def test_a_blow_may_strengthen_its_user() -> None:
    arena = duel()
    arena.game["rng_dungeon"] = state_before(*BLOW_DRAWS, SURE)
    use(arena, "ANCIENTPOWER")
    leader = monster(arena, LEADER)
    assert [leader[f"{name}_stage"] for name in ("attack", "sp_attack", "defense", "sp_defense")] == [11] * 4
    assert leader["speed_up_timers"].any() and leader["exp_mode"] == 1


def test_a_user_that_was_never_targeted_gains_nothing_from_metal_claw() -> None:
    arena = duel(took_damage=0)
    arena.game["rng_dungeon"] = state_before(*BLOW_DRAWS, SURE)
    assert use(arena, "METAL_CLAW")
    assert monster(arena, LEADER)["attack_stage"] == 10
    assert labelled(arena.draws(), SIDE) == []


def test_superpower_tires_even_behind_mist() -> None:
    arena = duel(shield_status=ids.MIST)
    use(arena, "SUPERPOWER")
    assert monster(arena, LEADER)["attack_stage"] == monster(arena, LEADER)["defense_stage"] == 9


@pytest.mark.parametrize(
    ("key", "field", "status"),
    [
        ("HYPNOSIS", "sleep_status", ids.SLEEP),
        ("YAWN", "sleep_status", ids.YAWNING),
        ("TOXIC", "burn_status", ids.BADLY_POISONED),
        ("THUNDER_WAVE", "burn_status", ids.PARALYSIS),
        ("MEAN_LOOK", "freeze_status", ids.SHADOW_HOLD),
        ("SUPERSONIC", "cringe_status", ids.CONFUSED),
        ("ATTRACT", "cringe_status", ids.INFATUATED),
        ("TAUNT", "cringe_status", ids.TAUNTED),
        ("LEECH_SEED", "leech_status", ids.LEECH_SEED),
        ("SMOKESCREEN", "aim_status", ids.WHIFFER),
        ("NO_MOVE", "muzzled", 1),
    ],
)
def test_a_status_move_gives_its_status_to_the_target(key: str, field: str, status: int) -> None:
    arena = duel()
    assert use(arena, key)
    assert monster(arena, FOE)[field] == status


@pytest.mark.parametrize(
    ("key", "field", "status"),
    [
        ("REFLECT", "shield_status", ids.REFLECT),
        ("PROTECT", "shield_status", ids.PROTECT),
        ("ENDURE", "shield_status", ids.ENDURING),
        ("COUNTER", "shield_status", ids.COUNTER),
        ("FOCUS_ENERGY", "aim_status", ids.FOCUS_ENERGY),
        ("DOOM_DESIRE", "aim_status", ids.SET_DAMAGE),
        ("RAGE", "charge_status", ids.ENRAGED),
        ("CHARGE", "charge_status", ids.CHARGING),
        ("BIDE", "charge_status", ids.BIDE),
        ("FLY", "charge_status", ids.FLYING_UP),
    ],
)
def test_a_status_move_prepares_its_user(key: str, field: str, status: int) -> None:
    arena = duel()
    assert use(arena, key, target=LEADER)
    assert monster(arena, LEADER)[field] == status


@pytest.mark.parametrize(("key", "place"), [("FLY", 1), ("BOUNCE", 1), ("DIG", 2)])
def test_some_charges_take_the_user_out_of_reach(key: str, place: int) -> None:
    arena = duel()
    use(arena, key, target=LEADER)
    assert monster(arena, LEADER)["in_the_air"] == place and monster(arena, LEADER)["charge_kept"] == 1


def test_dive_needs_water() -> None:
    arena = duel()
    assert not use(arena, "DIVE", target=LEADER)
    assert monster(arena, LEADER)["charge_status"] == 0


def dealt(key: str, foe: dict[str, Any] | None = None, **leader: Any) -> int:
    """Damage of a move under fixed draws."""
    arena = duel(foe, **leader)
    arena.game["rng_dungeon"] = state_before((100, 50), (100, 99))
    use(arena, key)
    return 500 - int(monster(arena, FOE)["hp"])


def close(value: int, expected: float) -> bool:
    """Equal but for rounding."""
    return abs(value - expected) <= 1


@pytest.mark.parametrize(
    ("key", "field", "status"),
    [("SURF", "charge_status", ids.DIVING), ("EARTHQUAKE", "charge_status", ids.DIGGING)],
)
def test_moves_that_reach_below_do_twice_the_damage_there(key: str, field: str, status: int) -> None:
    assert close(dealt(key, {field: status}), 2 * dealt(key))


def test_facade_doubles_with_a_status_of_the_burn_class() -> None:
    assert close(dealt("FACADE", burn_status=ids.POISONED), 2 * dealt("FACADE"))


@pytest.mark.parametrize(("hp", "factor"), [(125, 8), (250, 4), (375, 2), (376, 1)])
def test_flail_grows_as_hp_fall(hp: int, factor: int) -> None:
    assert abs(dealt("FLAIL", hp=hp) - factor * dealt("FLAIL")) <= factor


@pytest.mark.parametrize(("hp", "factor"), [(125, 25 / 256), (250, 51 / 256), (375, 0.5), (500, 1)])
def test_eruption_shrinks_as_hp_fall(hp: int, factor: float) -> None:
    assert close(dealt("ERUPTION", hp=hp), factor * dealt("ERUPTION"))


@pytest.mark.parametrize(
    ("weather", "kind", "factor"), [(ids.CLEAR, ids.NORMAL_TYPE, 1), (ids.HAIL, ids.ICE, 2), (ids.SUNNY, ids.FIRE, 3)]
)
def test_weather_ball_follows_the_weather(weather: int, kind: int, factor: int) -> None:
    arena = duel({"type1": ids.NORMAL_TYPE})
    arena.game["rng_dungeon"] = state_before((100, 50), (100, 99))
    arena.world["weather"] = weather
    assert use(arena, "WEATHER_BALL")
    assert arena.game["hit"]["type"] == kind and factor >= 1


def test_draining_heals_half_of_the_damage() -> None:
    arena = duel(hp=100)
    assert use(arena, "ABSORB")
    damage = 500 - int(monster(arena, FOE)["hp"])
    assert monster(arena, LEADER)["hp"] == 100 + max(damage // 2, 1) and monster(arena, LEADER)["exp_mode"] == 1


def test_draining_an_oozing_target_hurts() -> None:
    arena = duel({"ability1": ids.LIQUID_OOZE})
    assert use(arena, "GIGA_DRAIN")
    damage = 500 - int(monster(arena, FOE)["hp"])
    assert monster(arena, LEADER)["hp"] == 500 - max(damage // 2, 1)


def test_dream_eater_needs_a_sleeper() -> None:
    arena = duel(hp=100)
    assert not use(arena, "DREAM_EATER") and arena.draws() == []
    asleep = duel({"sleep_status": ids.SLEEP, "sleep_turns": 4}, hp=100)
    assert use(asleep, "DREAM_EATER") and monster(asleep, LEADER)["hp"] > 100


def test_snore_needs_sleep() -> None:
    assert not use(duel(), "SNORE")
    assert use(duel(sleep_status=ids.SLEEP, sleep_turns=4), "SNORE")


@pytest.mark.parametrize(("key", "share"), [("TAKE_DOWN", 8), ("DOUBLE_EDGE", 8), ("STRUGGLE", 4)])
def test_recoil_takes_a_share_of_the_maximum(key: str, share: int) -> None:
    arena = duel()
    assert use(arena, key)
    assert monster(arena, LEADER)["hp"] == 500 - 500 // share


def test_rock_head_spares_recoil_but_not_struggle() -> None:
    for key, left in (("TAKE_DOWN", 500), ("STRUGGLE", 375)):
        arena = duel(ability1=ids.ROCK_HEAD)
        use(arena, key)
        assert monster(arena, LEADER)["hp"] == left


@pytest.mark.parametrize(("key", "factor"), [("JUMP_KICK", 1), ("HI_JUMP_KICK", 2)])
def test_a_jump_kick_without_damage_hurts_its_user(key: str, factor: int) -> None:
    arena = duel(aim_status=ids.WHIFFER)
    assert not use(arena, key)
    assert monster(arena, FOE)["hp"] == 500
    assert monster(arena, LEADER)["hp"] == 500 - max(int(arena.game["hit"]["damage"]), 1) and factor


@pytest.mark.parametrize(
    ("key", "healed"), [("RECOVER", 250), ("MILK_DRINK", 125), ("MORNING_SUN", 50), ("SYNTHESIS", 50)]
)
def test_healing_moves(key: str, healed: int) -> None:
    arena = duel(hp=10)
    assert use(arena, key, target=LEADER)
    assert monster(arena, LEADER)["hp"] == 10 + healed


@pytest.mark.parametrize(
    ("key", "weather"),
    [("RAIN_DANCE", ids.RAIN), ("SUNNY_DAY", ids.SUNNY), ("SANDSTORM", ids.SANDSTORM), ("HAIL", ids.HAIL)],
)
def test_weather_moves_change_the_weather(key: str, weather: int) -> None:
    arena = duel()
    assert use(arena, key, target=LEADER)
    assert arena.world["weather"] == weather and arena.world["weather_turns"][weather] == 19


def test_helping_hand_is_for_others() -> None:
    arena = duel()
    assert not use(arena, "HELPING_HAND", target=LEADER)
    assert use(arena, "HELPING_HAND")
    assert monster(arena, FOE)["attack_stage"] == monster(arena, FOE)["sp_attack_stage"] == 11


def test_a_move_nobody_can_use_has_no_effect() -> None:
    arena = duel()
    assert not use(arena, "IS_WATCHING") and arena.draws() == []
