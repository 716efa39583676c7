"""A floor as text: the map in letters, its legend, and a short description of the leader's situation.

`fair` shows what the player may see (`known`, `in_sight` and visibility of the state): explored tiles, known items
and traps, monsters in sight, and of enemies neither level nor HP. Otherwise everything is shown. The state must be
one of a dungeon; other states give empty text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from pmd_gym.ram import layout

if TYPE_CHECKING:
    from pmd_gym.ram import GameStates

LEADER, STAIRS, ITEM, MONEY, TRAP = "@", ">", "!", "$", "^"
WALL, ROOM_FLOOR, CORRIDOR_FLOOR, UNEXPLORED = "#", ".", ",", " "
WATER, LAVA, CHASM = "~", "&", ":"

_NAMES = {
    LEADER: "leader", STAIRS: "stairs", ITEM: "item", MONEY: "money", TRAP: "trap", WALL: "wall", ROOM_FLOOR: "room",
    CORRIDOR_FLOOR: "corridor", WATER: "water", LAVA: "lava", CHASM: "impassable gap or liquid",
}  # fmt: skip
_SECONDARY = {"water": WATER, "lava": LAVA, "other": CHASM}
_GROUND, _FLOOR, _LIQUID = 3, 1, 2
_STAIRS_BIT, _EXIT_BIT, _ON_MAP_BIT = 0x200, 0x008, 1
_MONEY_ID = 105
_DUNGEON_MODE = 1
_LISTED = 8
_MESSAGE_LETTERS = 240
_SPARE_LETTERS = "0123456789"

_Entry: TypeAlias = tuple[int, int, str]  # x, y, letter or text


def floor_map(states: GameStates, index: int = 0, fair: bool = True) -> str:
    """The whole floor: 32 lines of 56 letters, joined by newlines; '' outside dungeons."""
    if states.mode[index] != _DUNGEON_MODE:
        return ""
    grid = _ground(states, index, fair)
    for x, y, letter in _objects(states, index, fair):
        grid[y, x] = letter
    for figure in _figures(states, index, fair):
        grid[figure.y, figure.x] = figure.letter
    return "\n".join("".join(row) for row in grid)


def legend(states: GameStates, index: int = 0, fair: bool = True) -> dict[str, str]:
    """Letter -> meaning, of the letters that `floor_map` shows; monsters by name."""
    shown = set(floor_map(states, index, fair)) - {"\n", UNEXPLORED}
    names = {letter: name for letter, name in _NAMES.items() if letter in shown}
    if shown:
        names |= {figure.letter: figure.label for figure in _figures(states, index, fair)}
    return names


def describe(states: GameStates, index: int = 0, fair: bool = True, message: str = "") -> str:
    """A few lines for a reader who must choose an action: where, who, what is near, and the text on screen.

    Lists are cut to the eight nearest entries and the message to 240 letters, which keeps the text under 600 tokens.
    """
    if states.mode[index] != _DUNGEON_MODE:
        return "Not in a dungeon."
    state = states.records[index]
    lines = [_where(state)]
    if state["leader"] >= 0:
        leader = state["monsters"][state["leader"]]
        lines += [_leader_line(leader), _moves_line(leader)]
        lines += _surroundings(states, index, fair)
        lines.append(f"Open directions: {', '.join(_open_directions(state, leader)) or 'none'}.")
    if message:
        lines.append(f"Message: {' '.join(message.split())[:_MESSAGE_LETTERS]}")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A monster as it is shown."""

    x: int
    y: int
    letter: str
    label: str
    slot: int


def _ground(states: GameStates, index: int, fair: bool) -> Any:
    """(32, 56) letters of terrain and stairs."""
    terrain, ground = states.terrain[index], states.terrain[index] & _GROUND
    grid = np.full(terrain.shape, WALL)
    in_room = states.room[index] != layout.CORRIDOR
    grid[(ground == _FLOOR) & in_room] = ROOM_FLOOR
    grid[(ground == _FLOOR) & ~in_room] = CORRIDOR_FLOOR
    grid[ground == _LIQUID] = _secondary_letter(int(states.tileset[index]))
    grid[(terrain & _STAIRS_BIT) != 0] = STAIRS
    if fair and not states.map_revealed[index]:
        grid[(states.visibility[index] & _ON_MAP_BIT) == 0] = UNEXPLORED
    x, y = states.stairs[index]
    if x >= 0 and (states.stairs_known[index] or not fair):
        grid[y, x] = STAIRS
    return grid


def _secondary_letter(tileset: int) -> str:
    kinds = layout.ram_map()["tables"]["secondary_terrain_by_tileset"]["values"]
    return _SECONDARY[str(kinds[tileset])] if 0 <= tileset < len(kinds) else CHASM


def _objects(states: GameStates, index: int, fair: bool) -> Iterator[_Entry]:
    for trap in _shown(states.traps[index], fair):
        yield int(trap["x"]), int(trap["y"]), TRAP
    for item in _shown(states.items[index], fair):
        yield int(item["x"]), int(item["y"]), MONEY if item["item"]["id"] == _MONEY_ID else ITEM


def _shown(slots: Any, fair: bool) -> Any:
    return slots[(slots["exists"] == 1) & ((slots["known"] == 1) | (not fair))]


def _figures(states: GameStates, index: int, fair: bool) -> list[_Figure]:
    """Monsters on the map: enemies in small letters, partners in capitals, the leader as `@` and last, so on top."""
    letters: dict[str, str] = {}
    figures: list[_Figure] = []
    leader = int(states.leader[index])
    for slot, monster in enumerate(states.monsters[index]):
        if not monster["exists"] or (fair and not monster["in_sight"]):
            continue
        name = _species(monster, fair)
        label = name if monster["is_enemy"] else f"{name} ({'leader' if slot == leader else 'team'})"
        letter = LEADER if slot == leader else _letter(label, name, bool(monster["is_enemy"]), letters)
        figures.append(_Figure(int(monster["x"]), int(monster["y"]), letter, label, slot))
    return sorted(figures, key=lambda figure: figure.letter == LEADER)


def _letter(label: str, name: str, is_enemy: bool, letters: dict[str, str]) -> str:
    """The letter of a label: the first of its name that no other label has yet."""
    candidates = (name.lower() if is_enemy else name.upper()) + _SPARE_LETTERS
    for letter in filter(str.isalnum, candidates):
        if letters.setdefault(letter, label) == label:
            return letter
    return "?"


def _species(monster: Any, fair: bool) -> str:
    shown: int = monster["apparent_species" if fair else "species"]
    return layout.enum_name("species", shown)


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


def _surroundings(states: GameStates, index: int, fair: bool) -> list[str]:
    """One line for each kind of thing around the leader that there is."""
    state = states.records[index]
    leader = state["monsters"][state["leader"]]
    things: dict[str, list[_Entry]] = {
        **_monsters_near(states, index, fair),
        "Items": list(_named_items(states, index, fair)),
        "Traps": list(_named_traps(states, index, fair)),
        "Stairs": [(int(state["stairs"][0]), int(state["stairs"][1]), "")] if _stairs_shown(state, fair) else [],
        "Room exits": [(x, y, "") for x, y in _exits(state, leader, fair)],
    }
    origin = (int(leader["x"]), int(leader["y"]))
    return [f"{title}: {_listed(entries, origin)}." for title, entries in things.items() if entries]


def _monsters_near(states: GameStates, index: int, fair: bool) -> dict[str, list[_Entry]]:
    """`Team` without the leader, and `Enemies`; of these a fair player knows species and statuses only."""
    state = states.records[index]
    team: list[_Entry] = []
    enemies: list[_Entry] = []
    for figure in _figures(states, index, fair):
        monster = state["monsters"][figure.slot]
        if monster["is_enemy"]:
            text = _species(monster, fair) + _conditions(monster) if fair else _status_line(monster)
            enemies.append((figure.x, figure.y, text))
        elif figure.slot != state["leader"]:
            team.append((figure.x, figure.y, _status_line(monster)))
    return {"Team": team, "Enemies": enemies}


def _named_items(states: GameStates, index: int, fair: bool) -> Iterator[_Entry]:
    for item in _shown(states.items[index], fair):
        yield int(item["x"]), int(item["y"]), layout.enum_name("item", item["item"]["id"])


def _named_traps(states: GameStates, index: int, fair: bool) -> Iterator[_Entry]:
    for trap in _shown(states.traps[index], fair):
        yield int(trap["x"]), int(trap["y"]), layout.enum_name("trap", trap["trap"]["id"])


def _stairs_shown(state: Any, fair: bool) -> bool:
    return bool(state["stairs"][0] >= 0 and (state["stairs_known"] or not fair))


def _exits(state: Any, leader: Any, fair: bool) -> list[tuple[int, int]]:
    """Tiles of the leader's room that lead out of it; none in corridors."""
    room = state["room"][leader["y"], leader["x"]]
    if room == layout.CORRIDOR:
        return []
    exits = (state["room"] == room) & ((state["terrain"] & _EXIT_BIT) != 0)
    if fair and not state["map_revealed"]:
        exits &= (state["visibility"] & _ON_MAP_BIT) != 0
    return [(int(x), int(y)) for y, x in np.argwhere(exits)]


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
