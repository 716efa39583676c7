"""The status panel: place, team, belly, moves, bag, what was said last, and what the agent remembers.

Shows what the game's own menus and message strip tell the player, in the words of `ascii`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pmd_gym.ram import layout
from pmd_gym.views import canvas
from pmd_gym.views.ascii import status_names
from pmd_gym.views.canvas import DIM, GOLD, INK, RED, SOFT, Colour, Pixels

if TYPE_CHECKING:
    from pmd_gym.ram import GameStates

WIDTH, HEIGHT = 240, 160
LEFT, RIGHT, LINE = 6, 234, 11
BAR = 44
MESSAGES, MEMORIES, BAG_LINES = 2, 2, 3
_NO_DUNGEON = -1
_CLEAR_WEATHER = 0
_HUNGRY = 20_000
_STACKED = (0, 1)


def hud_view(
    states: GameStates, index: int = 0, *, messages: Sequence[str] = (), memories: Sequence[str] = (),
    usable_moves: Sequence[bool] = (True,) * layout.MOVE_SLOTS,
) -> Pixels:  # fmt: skip
    """(160, 240, 3) uint8 RGB; of `messages` and `memories` the last two lines each, and outside dungeons nothing else.

    A move that `usable_moves` denies is grey.
    """
    picture = np.full((HEIGHT, WIDTH, 3), canvas.PANEL, np.uint8)
    state, top = states.records[index], 4
    if state["leader"] > _NO_DUNGEON:
        for draw in (_place, _team, _belly):
            top = draw(picture, top, state)
        top = _moves(picture, top + 3, state["monsters"][state["leader"]]["moves"], usable_moves)
        _bag(picture, top + 3, state)
    _notes(picture, messages, memories)
    return picture


def _place(picture: Pixels, top: int, state: Any) -> int:
    dungeon, weather = layout.enum_name("dungeon", state["dungeon_id"]), ""
    if state["weather"] != _CLEAR_WEATHER:
        weather = f"{layout.enum_name('weather', state['weather'])}  "
    turns = int(state["turns_left"])
    right = f"{weather}{turns} turns  {state['money']} P"
    left = canvas.right_text(picture, top, RIGHT, right, _warn(turns < 100, SOFT))
    canvas.text(picture, top, LEFT, f"{dungeon} {state['floor']}F of {state['floor_count']}", GOLD, left - LEFT - 4)
    return top + LINE + 2


def _team(picture: Pixels, top: int, state: Any) -> int:
    """One line for each member: name or what is wrong, level, bar, HP; the leader first."""
    leader = int(state["leader"])
    slots = sorted(range(layout.MAX_TEAM), key=lambda slot: slot != leader)
    for slot in slots:
        member = state["monsters"][slot]
        if member["exists"]:
            _member(picture, top, member, slot == leader)
            top += LINE
    return top


def _member(picture: Pixels, top: int, member: Any, is_leader: bool) -> None:
    hp, max_hp, wrong = int(member["hp"]), int(member["max_hp"]), status_names(member)
    share = hp / max(max_hp, 1)
    canvas.right_text(picture, top, RIGHT, f"{hp}/{max_hp}", INK)
    canvas.bar(picture, top + 1, RIGHT - 50 - BAR, BAR, share, canvas.health(share))
    level = canvas.right_text(picture, top, RIGHT - 54 - BAR, f"Lv{member['level']}", SOFT)
    name = layout.enum_name("species", member["species"])
    text = f"{name}: {', '.join(wrong)}" if wrong else name
    canvas.text(picture, top, LEFT, text, RED if wrong else GOLD if is_leader else INK, level - LEFT - 4)


def _belly(picture: Pixels, top: int, state: Any) -> int:
    leader = state["monsters"][state["leader"]]
    belly, most = int(leader["belly"]), max(int(leader["max_belly"]), 1)
    colour = _warn(belly < _HUNGRY, GOLD)
    canvas.text(picture, top, LEFT, "Belly", SOFT)
    canvas.bar(picture, top + 1, RIGHT - 50 - BAR, BAR, belly / most, colour)
    canvas.right_text(picture, top, RIGHT, f"{-(-belly // 1000)}/{-(-most // 1000)}", _warn(belly < _HUNGRY, INK))
    return top + LINE


def _moves(picture: Pixels, top: int, moves: Any, usable: Sequence[bool]) -> int:
    """Two by two: number, name, PP."""
    half = (RIGHT - LEFT) // 2
    for slot, move in enumerate(moves):
        if not move["id"]:
            continue
        row, left = top + slot // 2 * LINE, LEFT + slot % 2 * half
        can = bool(usable[slot]) and move["pp"] > 0
        points = canvas.right_text(picture, row, left + half - 8, str(move["pp"]), SOFT if can else DIM)
        canvas.text(picture, row, left, str(slot + 1), GOLD if can else DIM)
        name = layout.enum_name("move", move["id"])
        canvas.text(picture, row, left + 9, name, INK if can else DIM, points - left - 13)
    return top + 2 * LINE


def _bag(picture: Pixels, top: int, state: Any) -> None:
    """Filled slots by letter, as many as three lines hold."""
    entries = list(bag_entries(state["bag"]))
    if not entries:
        canvas.text(picture, top, LEFT, "The bag is empty." if state["has_bag"] else "No bag.", DIM)
    for row, line in enumerate(_packed(entries)):
        canvas.text(picture, top + row * LINE, LEFT, line, INK, RIGHT - LEFT)


def bag_entries(bag: Any) -> Iterator[str]:
    """Filled slots as `A Oran Berry`; the letter is the slot's, A for the first, a stack has its number behind."""
    for slot, item in enumerate(bag):
        if item["id"]:
            entry = layout.enum("item").get(int(item["id"]), {})
            stacked = isinstance(entry, dict) and entry.get("category") in _STACKED
            count = f" x{item['quantity']}" if stacked else ""
            yield f"{chr(ord('A') + slot)} {layout.enum_name('item', item['id'])}{count}"


def _packed(entries: Sequence[str]) -> list[str]:
    """Entries side by side on up to three lines; how many are left out stands at the end of the last."""
    lines: list[str] = []
    for number, entry in enumerate(entries):
        more = f"{lines[-1]}  {entry}" if lines else entry
        if lines and canvas.text_width(more) <= RIGHT - LEFT - 20:
            lines[-1] = more
        elif len(lines) < BAG_LINES:
            lines.append(entry)
        else:
            lines[-1] += f"  +{len(entries) - number}"
            break
    return lines


def _notes(picture: Pixels, messages: Sequence[str], memories: Sequence[str]) -> None:
    """From below: what was said last, and above it, in another colour, what is remembered."""
    lines: list[tuple[str, Colour]] = [(line, (150, 220, 255)) for line in memories[-MEMORIES:]]
    lines += [(line, INK) for line in messages[-MESSAGES:]]
    top = HEIGHT - 4 - len(lines) * LINE
    if lines:
        picture[top - 3, LEFT:RIGHT] = canvas.EDGE
    for row, (line, ink) in enumerate(lines):
        canvas.text(picture, top + row * LINE, LEFT, line, ink, RIGHT - LEFT)


def _warn(urgent: bool, otherwise: Colour) -> Colour:
    return RED if urgent else otherwise
