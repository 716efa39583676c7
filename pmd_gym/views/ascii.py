"""A floor as text: the map in letters, its legend, and a short description of the leader's situation.

`fair` shows what the player may see (`known`, `in_sight` and visibility of the state): explored tiles, known items
and traps, monsters in sight, and of enemies neither level nor HP. Otherwise everything is shown. The state must be
one of a dungeon; other states give empty text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from pmd_gym.ram import layout
from pmd_gym.views.chart import LEADER_LETTER, Chart, Side, chart_of, knows_stairs, shown

if TYPE_CHECKING:
    from pmd_gym.ram import GameStates

LEADER, STAIRS, ITEM, MONEY, TRAP = LEADER_LETTER, ">", "!", "$", "^"
WALL, ROOM_FLOOR, CORRIDOR_FLOOR, UNEXPLORED = "#", ".", ",", " "
WATER, LAVA, CHASM = "~", "&", ":"

_NAMES = {
    LEADER: "leader", STAIRS: "stairs", ITEM: "item", MONEY: "money", TRAP: "trap", WALL: "wall", ROOM_FLOOR: "room",
    CORRIDOR_FLOOR: "corridor", WATER: "water", LAVA: "lava", CHASM: "impassable gap or liquid",
}  # fmt: skip
_GROUNDS = np.array([UNEXPLORED, WALL, CORRIDOR_FLOOR, ROOM_FLOOR, WATER, LAVA, CHASM])
"""Letter of each `Ground`."""
_THINGS = np.array(["", STAIRS, ITEM, MONEY, TRAP])
"""Letter of each `Thing`."""
_LISTED = 8
_MESSAGE_LETTERS = 240

_Entry: TypeAlias = tuple[int, int, str]  # x, y, letter or text


def floor_map(states: GameStates, index: int = 0, fair: bool = True) -> str:
    """The whole floor: 32 lines of 56 letters, joined by newlines; '' outside dungeons."""
    chart = chart_of(states, index, fair)
    return _letters(chart) if chart is not None else ""


def legend(states: GameStates, index: int = 0, fair: bool = True) -> dict[str, str]:
    """Letter -> meaning, of the letters that `floor_map` shows; monsters by name."""
    chart = chart_of(states, index, fair)
    if chart is None:
        return {}
    letters = set(_letters(chart)) - {"\n", UNEXPLORED}
    names = {letter: name for letter, name in _NAMES.items() if letter in letters}
    return names | {figure.letter: figure.label for figure in chart.figures}


def describe(states: GameStates, index: int = 0, fair: bool = True, message: str = "") -> str:
    """A few lines for a reader who must choose an action: where, who, what is near, and the text on screen.

    Lists are cut to the eight nearest entries and the message to 240 letters, which keeps the text under 600 tokens.
    """
    chart = chart_of(states, index, fair)
    if chart is None:
        return "Not in a dungeon."
    state = states.records[index]
    lines = [_where(state)]
    if state["leader"] >= 0:
        leader = state["monsters"][state["leader"]]
        lines += [_leader_line(leader), _moves_line(leader)]
        lines += _surroundings(states, index, fair, chart)
        lines.append(f"Open directions: {', '.join(_open_directions(state, leader)) or 'none'}.")
    if message:
        lines.append(f"Message: {' '.join(message.split())[:_MESSAGE_LETTERS]}")
    return "\n".join(lines)


def _letters(chart: Chart) -> str:
    grid = np.where(chart.things > 0, _THINGS[chart.things], _GROUNDS[chart.ground])
    for figure in chart.figures:
        grid[figure.y, figure.x] = figure.letter
    return "\n".join(map("".join, grid))


def _where(state: Any) -> str:
    name = layout.enum_name("dungeon", state["dungeon_id"])
    weather = layout.enum_name("weather", state["weather"])
    return (
        f"{name} {state['floor']}F of {state['floor_count']}. Weather {weather}. "
        f"{state['turns_left']} turns left. Money {state['money']}."
    )


def _leader_line(leader: Any) -> str:
    facing = layout.enum_name("direction", leader["facing"])
    return f"You are {_status_line(leader)}, belly {_belly(leader)}, at ({leader['x']}, {leader['y']}) facing {facing}."


def _status_line(monster: Any) -> str:
    name = layout.enum_name("species", monster["species"])
    return f"{name} level {monster['level']}, HP {monster['hp']}/{monster['max_hp']}{_conditions(monster)}"


def _conditions(monster: Any) -> str:
    statuses = status_names(monster)
    return f" [{', '.join(statuses)}]" if statuses else ""


def _belly(monster: Any) -> str:
    """As the HUD shows it: fractions rounded up."""
    return f"{-(-int(monster['belly']) // 1000)}/{-(-int(monster['max_belly']) // 1000)}"


def status_names(monster: Any) -> list[str]:
    """Names of the statuses of one decoded monster."""
    from pmd_gym.ram import STATUS_GROUPS

    names = []
    for group, value in zip(STATUS_GROUPS, monster["statuses"], strict=True):
        if value:
            names.append("Muzzled" if group == "muzzled" else layout.enum_name(f"status_{group}", value))
    return names


def _moves_line(leader: Any) -> str:
    moves = [
        f"{slot + 1} {layout.enum_name('move', move['id'])} ({move['pp']} PP)"
        for slot, move in enumerate(leader["moves"])
        if move["id"]
    ]
    return f"Moves: {', '.join(moves) or 'none'}."


def _surroundings(states: GameStates, index: int, fair: bool, chart: Chart) -> list[str]:
    """One line for each kind of thing around the leader that there is."""
    state = states.records[index]
    leader = state["monsters"][state["leader"]]
    things: dict[str, list[_Entry]] = {
        **_monsters_near(state, fair, chart),
        "Items": list(_named_items(states, index, fair)),
        "Traps": list(_named_traps(states, index, fair)),
        "Stairs": [(int(state["stairs"][0]), int(state["stairs"][1]), "")] if knows_stairs(states, index, fair) else [],
        "Room exits": [(x, y, "") for x, y in chart.exits],
    }
    origin = (int(leader["x"]), int(leader["y"]))
    return [f"{title}: {_listed(entries, origin)}." for title, entries in things.items() if entries]


def _monsters_near(state: Any, fair: bool, chart: Chart) -> dict[str, list[_Entry]]:
    """`Team` without the leader, and `Enemies`; of these a fair player knows species and statuses only."""
    team: list[_Entry] = []
    enemies: list[_Entry] = []
    for figure in chart.figures:
        monster = state["monsters"][figure.slot]
        if figure.side is Side.ENEMY:
            text = figure.label + _conditions(monster) if fair else _status_line(monster)
            enemies.append((figure.x, figure.y, text))
        elif figure.side is Side.TEAM:
            team.append((figure.x, figure.y, _status_line(monster)))
    return {"Team": team, "Enemies": enemies}


def _named_items(states: GameStates, index: int, fair: bool) -> Iterator[_Entry]:
    for item in shown(states.items[index], fair):
        yield int(item["x"]), int(item["y"]), layout.enum_name("item", item["item"]["id"])


def _named_traps(states: GameStates, index: int, fair: bool) -> Iterator[_Entry]:
    for trap in shown(states.traps[index], fair):
        yield int(trap["x"]), int(trap["y"]), layout.enum_name("trap", trap["trap"]["id"])


def _listed(entries: list[_Entry], origin: tuple[int, int]) -> str:
    """`name bearing` of the nearest entries, nearest first."""

    def distance(entry: _Entry) -> int:
        return max(abs(entry[0] - origin[0]), abs(entry[1] - origin[1]))

    ordered = sorted(entries, key=distance)
    texts = [f"{text} {_bearing(x - origin[0], y - origin[1])}".lstrip() for x, y, text in ordered[:_LISTED]]
    more = len(ordered) - _LISTED
    return "; ".join(texts) + (f"; and {more} more" if more > 0 else "")


def _bearing(dx: int, dy: int) -> str:
    """`3 east, 2 south`, or `here`."""
    parts = []
    if dx:
        parts.append(f"{abs(dx)} {'east' if dx > 0 else 'west'}")
    if dy:
        parts.append(f"{abs(dy)} {'south' if dy > 0 else 'north'}")
    return ", ".join(parts) or "here"


def _open_directions(state: Any, leader: Any) -> list[str]:
    """Directions that a land walker may step in and where no enemy stands."""
    names = []
    for value, direction in layout.enum("direction").items():
        x, y = int(leader["x"]) + direction["dx"], int(leader["y"]) + direction["dy"]
        if not state["walk"][0, leader["y"], leader["x"]] >> value & 1:
            continue
        slot = state["monster_at"][y, x] if 0 <= x < layout.MAP_WIDTH and 0 <= y < layout.MAP_HEIGHT else -1
        if slot < 0 or not state["monsters"][slot]["is_enemy"]:
            names.append(str(direction["name"]))
    return names
