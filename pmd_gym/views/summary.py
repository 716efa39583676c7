"""The status panel as a few lines of text, for models whose every token counts. Says what `hud` draws, no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pmd_gym.ram import layout
from pmd_gym.views.ascii import status_names
from pmd_gym.views.hud import bag_entries

if TYPE_CHECKING:
    from pmd_gym.ram import GameStates

_HEALTH = ((0.25, "low"), (0.5, "hurt"), (0.999, "fine"), (9.0, "full"))
"""Share of HP up to which a word holds; the bar of the screen changes its colour at the first two."""


def brief(states: GameStates, index: int = 0) -> str:
    """Place, health, belly, team, moves and bag of game `index`, five lines at most; '' without a leader."""
    state = states.records[index]
    if state["leader"] < 0:
        return ""
    leader = state["monsters"][state["leader"]]
    return "\n".join([
        f"{layout.enum_name('dungeon', state['dungeon_id'])} {state['floor']}/{state['floor_count']}"
        f" {state['turns_left']} turns",
        f"HP {_health(leader)} belly {-(-int(leader['belly']) // 1000)} Lv{leader['level']}{_wrong(leader)}",
        *_partners(state),
        " ".join(_moves(leader)),
        "bag " + ", ".join(bag_entries(state["bag"])),
    ])  # fmt: skip


def _health(monster: Any) -> str:
    hp, most = int(monster["hp"]), max(int(monster["max_hp"]), 1)
    return f"{hp}/{most} {next(word for share, word in _HEALTH if hp / most <= share)}"


def _wrong(monster: Any) -> str:
    return "".join(f" {name}" for name in status_names(monster))


def _partners(state: Any) -> Iterator[str]:
    for slot in range(layout.MAX_TEAM):
        member = state["monsters"][slot]
        if member["exists"] and slot != state["leader"]:
            yield f"{layout.enum_name('species', member['species'])} {_health(member)}{_wrong(member)}"


def _moves(leader: Any) -> Iterator[str]:
    for slot, move in enumerate(leader["moves"]):
        if move["id"]:
            yield f"{slot + 1} {layout.enum_name('move', move['id'])} {move['pp']}"
