"""Where each published case of the mechanics, 1 to 85, is tested; those that have no other place are here.

`CASES` names a test for every case, and a test below holds it to that.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pmd_gym.simulator import experience, ids, rng
from pmd_gym.simulator.items import draw_item, make_item
from pmd_gym.simulator.move_actions import attack
from pmd_gym.simulator.rng import Draw
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.spawning import draw_species
from tests.doubles.arena import FOE, LEADER, Arena

CASES: dict[tuple[int, int], str] = {
    (1, 3): "test_rng.test_dungeon_generator_gives_the_games_sixteen_bit_values",
    (4, 4): "test_rng.test_range_with_equal_ends_does_not_draw_and_swapped_ends_do",
    (5, 5): "test_rng.test_mixed_draws_share_one_state",
    (6, 6): "test_rng.test_general_generator_sixteen_bits_are_signed",
    (7, 7): "test_rng.test_general_generator_negative_low_half_fills_the_high_half",
    (8, 8): "test_rng.test_general_integers_use_the_second_of_two_steps",
    (9, 9): "test_rng.test_setting_the_general_seed_runs_the_generator_once",
    (10, 10): "test_rng.test_floor_seeds_are_odd_and_keep_the_full_state",
    (11, 11): "test_rng.test_entering_a_dungeon_draws_the_run_seed_then_the_floor_seeds",
    (12, 14): "test_rules.test_floor_columns_have_the_published_values_and_no_others",
    (15, 15): "test_rules.test_dungeons_have_the_published_number_of_floors",
    (16, 17): "test_mechanics_cases.test_a_species_is_picked_by_running_weight",
    (18, 18): "test_mechanics_cases.test_an_item_is_picked_by_category_then_by_item",
    (19, 19): "test_mechanics_cases.test_money_is_halved_until_the_floor_allows_it",
    (20, 24): "test_floor.test_published_cases",
    (25, 25): "test_floor.test_grid_size_is_drawn_until_it_fits",
    (26, 27): "test_experience.test_growing_up_gives_the_stats_of_the_level",
    (28, 28): "test_floor_entry.test_wild_monsters_have_the_stats_of_their_level",
    (29, 29): "test_experience.test_levels_need_the_published_experience",
    (30, 30): "test_experience.test_experience_raises_to_the_highest_level_it_pays_for",
    (31, 31): "test_experience.test_the_award_grows_with_the_level_of_the_fallen",
    (32, 32): "test_mechanics_cases.test_how_a_foe_was_felled_decides_what_it_is_worth",
    (33, 33): "test_floor_entry.test_the_fifth_and_sixth_move_each_replace_a_drawn_one",
    (34, 47): "test_damage.test_blows_are_the_published_ones_draw_for_draw",
    (48, 48): "test_damage.test_the_factors_of_both_types_multiply",
    (49, 49): "test_damage.test_stage_tables_hold_the_published_factors",
    (50, 50): "test_damage.test_accuracy_follows_stages_and_the_detect_band",
    (51, 51): "test_damage.test_a_check_above_one_hundred_always_hits_and_still_draws",
    (52, 52): "test_mechanics_cases.test_a_regular_attack_draws_five_times",
    (53, 53): "test_turn.test_a_wild_sleeper_wakes_when_its_counter_reaches_zero",
    (54, 54): "test_turn_end.test_a_burn_hurts_every_twentieth_own_turn_for_ever",
    (55, 56): "test_turn_end.test_poison_hurts_in_its_rhythm_and_stops_healing",
    (57, 57): "test_inflict.test_self_curer_and_natural_cure_shorten",
    (58, 58): "test_turn.test_the_leader_is_asked_at_the_ticks_of_its_speed",
    (59, 59): "test_speed.test_speed_counters_add_up_and_run_apart",
    (60, 60): "test_status.test_team_members_heal_by_their_maximum_hp",
    (61, 61): "test_status.test_a_heal_ribbon_halves_the_threshold",
    (62, 62): "test_turn.test_hunger_takes_a_tenth_of_a_point_and_then_hurts",
    (63, 63): "test_turn.test_what_the_leader_wears_changes_its_hunger",
    (64, 65): "test_heal.test_food_fills_the_belly_and_a_full_one_grows",
    (66, 66): "test_movement.test_no_diagonal_step_or_blow_goes_around_the_corner_of_a_wall",
    (67, 67): "test_movement.test_a_diagonal_step_may_pass_water",
    (68, 68): "test_movement.test_water_bears_those_that_swim_or_fly",
    (69, 69): "test_movement.test_a_blow_may_pass_two_corners_of_water",
    (70, 70): "test_movement.test_a_ghost_never_enters_the_outermost_ring",
    (71, 71): "test_turn_end.test_hail_and_sand_hurt_at_every_tenth_tick_of_the_weather",
    (72, 72): "test_turn.test_the_wind_warns_three_times_and_ends_the_run_at_the_thousandth_turn",
    (73, 73): "test_ai_attack.test_moves_and_the_regular_attack_are_drawn_by_weight",
    (74, 74): "test_ai_attack.test_a_move_without_target_gives_way_to_the_regular_attack",
    (75, 75): "test_ai_movement.test_the_nearest_foe_is_chased_and_of_equals_the_first",
    (76, 76): "test_ai_movement.test_a_barred_diagonal_is_passed_on_its_left_then_on_its_right",
    (77, 77): "test_ai_movement.test_an_exit_is_drawn_until_it_is_another_one_than_underfoot",
    (78, 78): "test_ai_movement.test_at_a_junction_the_facing_is_drawn_and_the_way_back_left_out",
    (79, 79): "test_spawning.test_every_thirty_sixth_turn_one_more_appears_up_to_the_limit",
    (80, 80): "test_recruit.test_one_draw_of_a_thousand_against_the_rate",
    (81, 81): "test_recruit.test_the_leaders_level_raises_the_rate",
    (82, 82): "test_throwing.test_a_stick_hits_ten_tiles_away_with_one_draw_before_the_blow",
    (83, 83): "test_traps.test_an_explosion_halves_the_team_burns_items_and_opens_walls",
    (84, 84): "test_sight.test_a_room_is_seen_with_a_ring_of_one_tile_from_any_place_in_it",
    (85, 85): "test_sight.test_a_corridor_shows_a_square",
}
"""First and last case of each group -> module and name of its test."""
BULBASAUR, RATTATA = 1, 19


def test_every_case_has_a_test() -> None:
    covered = [case for first, last in CASES for case in range(first, last + 1)]
    assert covered == list(range(1, 86))


@pytest.mark.parametrize("place", CASES.values())
def test_the_named_test_exists(place: str) -> None:
    module, name = place.split(".")
    source = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", source, re.MULTILINE)


def script_draws(monkeypatch: pytest.MonkeyPatch, *values: int) -> None:
    """Let the next draws have these values."""
    rest = iter(values)
    monkeypatch.setattr(rng.roll, "function", lambda game, bound, label: next(rest))


@pytest.mark.parametrize(
    ("table", "drawn", "species"),
    [
        (0, 0, 16), (0, 3333, 16), (0, 3334, 191), (0, 6667, 191), (0, 6668, 290), (0, 9999, 290),
        (1, 2857, 16), (1, 2858, 102), (1, 4286, 102), (1, 4287, 191),
    ],
)  # fmt: skip
def test_a_species_is_picked_by_running_weight(
    monkeypatch: pytest.MonkeyPatch, table: int, drawn: int, species: int
) -> None:
    arena, rows = Arena(), rules()[0]["monster_tables"][table]
    arena.world["floor_spawn_count"] = rows["count"]
    arena.world["floor_spawns"][: len(rows["entries"])] = rows["entries"]
    script_draws(monkeypatch, drawn)
    assert draw_species(arena.records[0], False) == species


@pytest.mark.parametrize(
    ("category", "number", "item"), [(0, 0, 7), (5000, 5000, 66), (9999, 9999, 105), (9000, 1, 105)]
)
def test_an_item_is_picked_by_category_then_by_item(
    monkeypatch: pytest.MonkeyPatch, category: int, number: int, item: int
) -> None:
    arena = Arena()
    arena.world["item_spawns"][0] = rules()[0]["item_tables"][6]
    script_draws(monkeypatch, category, number)
    assert draw_item(arena.records[0], arena.tables[0], 0) == item


@pytest.mark.parametrize(("drawn", "amount", "poke"), [(99, 6, 34), (50, 6, 34), (8, 4, 22), (7, 7, 38), (3, 3, 14)])
def test_money_is_halved_until_the_floor_allows_it(
    monkeypatch: pytest.MonkeyPatch, drawn: int, amount: int, poke: int
) -> None:
    arena = Arena()
    arena.world["money_cap"] = 1
    script_draws(monkeypatch, drawn)
    make_item(arena.records[0], arena.tables[0], arena.records[0].new_item, ids.POKE)
    assert (arena.game["new_item"]["quantity"], rules()[0]["money"][amount]) == (amount, poke)


@pytest.mark.parametrize(
    ("factor", "points"), [(experience.HALVED, 13), (experience.NORMAL, 26), (experience.BOOSTED, 39)]
)
def test_how_a_foe_was_felled_decides_what_it_is_worth(factor: int, points: int) -> None:
    arena = Arena()
    assert experience.exp_of(arena.tables[0], RATTATA, 4, factor) == points


def test_a_regular_attack_draws_five_times() -> None:
    arena = Arena()
    arena.put(LEADER, BULBASAUR, (10, 10), direction=2)
    arena.put(FOE, RATTATA, (11, 10), hp=90, max_hp=90, ability1=0, ability2=0)
    arena.forget_draws()
    attack(arena.records[0], arena.tables[0], LEADER, ids.REGULAR_ATTACK_MOVE)
    hit, damage = int(Draw.HIT), int(Draw.DAMAGE)
    drawn = [(label, bound) for label, bound, _ in arena.draws()]
    assert drawn == [(hit, 100), (damage, 100), (damage, 100), (damage, 0x4000), (hit, 100)]
