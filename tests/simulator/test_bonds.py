"""Wrap, Leech Seed and Destiny Bond: two monsters tied together (mechanics section 8)."""

from __future__ import annotations

from typing import Any

from pmd_gym.simulator import bonds, combat, ids, recovery
from tests.doubles.arena import FOE, LEADER, Arena

SQUIRTLE = 7


def pair() -> tuple[Arena, Any, Any]:
    """Arena, leader, and the wild monster beside it."""
    arena = Arena()
    leader = arena.put(LEADER, SQUIRTLE, (20, 15), hp=50, max_hp=50, sprite_id=0x400)
    return arena, leader, arena.put(FOE, SQUIRTLE, (21, 15), hp=50, max_hp=50)


def test_both_sides_of_a_wrap_come_free_together() -> None:
    arena, leader, foe = pair()
    arena.world["next_wrap_id"] = 10
    assert bonds.wrap(arena.records[0], arena.tables[0], LEADER, FOE)
    assert (leader["freeze_status"], leader["freeze_turns"]) == (ids.WRAP, ids.FOREVER)
    assert foe["freeze_status"] == ids.WRAPPED and foe["wrap_pair_id"] == leader["wrap_pair_id"] == 10
    assert not bonds.wrap(arena.records[0], arena.tables[0], FOE, LEADER)
    recovery.end_freeze(arena.records[0], LEADER)
    assert (leader["freeze_status"], foe["freeze_status"], foe["wrap_pair_id"]) == (0, 0, 0)


def test_a_seed_names_its_owner() -> None:
    arena, _, foe = pair()
    assert bonds.leech_seed(arena.records[0], arena.tables[0], LEADER, FOE)
    assert (foe["leech_source_index"], foe["leech_source_sprite"]) == (0, 0x400)
    assert not bonds.leech_seed(arena.records[0], arena.tables[0], FOE, FOE), "nobody seeds itself"


def test_who_is_bound_to_a_fate_feels_what_the_other_suffers() -> None:
    arena, leader, foe = pair()
    assert bonds.destiny_bond(arena.records[0], arena.tables[0], FOE, LEADER)
    assert not bonds.destiny_bond(arena.records[0], arena.tables[0], FOE, LEADER), "one bond at a time"
    combat.deal(arena.records[0], arena.tables[0], LEADER, FOE, 12, ids.NO_TYPE, False, 0, True, 0)
    assert (leader["hp"], foe["hp"]) == (38, 38)
