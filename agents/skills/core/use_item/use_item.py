"""Core skill: use an item."""

from __future__ import annotations

from agents.skills.tools import USE_ITEM, Actions, Sight


def run(sight: Sight, slot: int) -> Actions:
    """Use it, if it can be used now."""
    yield sight.best([USE_ITEM + slot - 1], f"the item in slot {slot} cannot be used now")
