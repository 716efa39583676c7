"""Shows the scene inside a savestate: `python scripts/inspect_state.py FILE [--json] [--png OUT]`.

FILE is an mGBA `.ss0`-`.ss9`, a bare state block, a libretro state, or a raw EWRAM dump. A file that is none of
these, or is torn or of another game, gives one line on stderr and exit code 2.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pmd_gym.errors import PmdGymError, SavestateError
from pmd_gym.ram import GameStates, Savestate, decode, load_savestate
from pmd_gym.views import legend, scene_record

KEYS = (
    "title", "code", "mode", "dungeon_id", "dungeon", "floor", "turns_left", "stairs", "leader", "team",
    "monsters", "items",
    "traps", "money", "bag", "rooms", "weather", "message", "awaiting", "seeds", "ascii",
)  # fmt: skip
_STYLES = {
    "@": "bold black on yellow", ">": "bold white on blue", "!": "bold magenta", "$": "bold yellow", "^": "bold red",
    "#": "grey35", ".": "grey70", ",": "grey50", "~": "blue", "&": "red", ":": "cyan",
}  # fmt: skip
_PIPED_WIDTH = 110
_WRAPPED = ("moves (PP)", "status")
_ENEMY_STYLE, _PARTNER_STYLE = "bold red", "bold green"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = _options(arguments)
    try:
        _run(options)
    except PmdGymError as error:
        print(f"inspect_state: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        sys.stderr.close()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Show the scene inside a savestate of an emulator.")
    parser.add_argument("file", type=Path, help="mGBA .ss0-.ss9, state block, libretro state, or raw EWRAM dump")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--png", type=Path, metavar="OUT", help="save the picture that is stored in the state")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace) -> None:
    savestate = load_savestate(options.file)
    if options.png is not None:
        _save_picture(savestate, options.file, options.png)
    states = decode(savestate.ewram)
    record = {"title": savestate.title, "code": savestate.code, **scene_record(states, 0, savestate.ewram)}
    if options.json:
        print(json.dumps({key: record[key] for key in KEYS}))
    else:
        _print_scene(Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH), record, states)


def _save_picture(savestate: Savestate, source: Path, target: Path) -> None:
    if savestate.picture is None:
        raise SavestateError(f"{source}: holds no picture (format {savestate.format}); only PNG savestates do")
    try:
        target.write_bytes(savestate.picture)
    except OSError as error:
        raise SavestateError(f"{target}: cannot be written ({error.strerror or error})") from error


def _print_scene(console: Console, record: dict[str, Any], states: GameStates) -> None:
    console.print(Panel(_header(record), box=box.ROUNDED, expand=False))
    if record["mode"] != "dungeon":
        console.print("Nothing more to show: the game is not in a dungeon.")
        return
    console.print(_monster_table("Team", record["team"], with_belly=True))
    others = [monster for monster in record["monsters"] if monster not in record["team"]]
    if others:
        console.print(_monster_table("Monsters", others, with_belly=False))
    _print_things(console, record)
    console.print(_map(record["ascii"], record))
    console.print(_legend(legend(states, 0, fair=False)))
    if record["message"]:
        console.print(Panel(Text(record["message"]), title="on screen", expand=False))


def _header(record: dict[str, Any]) -> Text:
    game = f"{record['title']} ({record['code']})" if record["title"] else "raw memory"
    if record["mode"] != "dungeon":
        return Text(f"{game}   mode: {record['mode']}")
    stairs = "none" if record["stairs"] is None else "({}, {})".format(*record["stairs"])
    seeds = ", ".join(f"{name} {value:#x}" for name, value in record["seeds"].items())
    return Text(
        f"{record['dungeon']} {record['floor']}F   {record['turns_left']} turns left   weather {record['weather']}   "
        f"money {record['money']}\nstairs {stairs}   awaiting {record['awaiting']}\nseeds: {seeds}\n{game}"
    )


def _monster_table(title: str, monsters: Iterable[dict[str, Any]], with_belly: bool) -> Table:
    columns = ["", "Lv", "HP", *(["belly"] if with_belly else []), "x, y", "facing", "moves (PP)", "status", "holds"]
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column not in _WRAPPED, overflow="fold")
    for monster in monsters:
        table.add_row(*_monster_cells(monster, with_belly))
    return table


def _monster_cells(monster: dict[str, Any], with_belly: bool) -> list[str]:
    name = monster["species"]
    if monster["name"] not in ("", name):
        name = f"{monster['name']} ({name})"
    held = monster["held_item"]
    return [
        ("@ " if monster["leader"] else "") + name + ("" if monster["enemy"] or with_belly else " (friendly)"),
        str(monster["level"]),
        f"{monster['hp']}/{monster['max_hp']}",
        *([f"{monster['belly']:g}/{monster['max_belly']:g}"] if with_belly else []),
        f"{monster['x']}, {monster['y']}",
        monster["facing_name"],
        "\n".join(f"{move['name']} {move['pp']}" for move in monster["moves"]),
        "\n".join(f"{status['name']} ({_turns(status['turns'])})" for status in monster["statuses"]),
        _item_name(held) if held else "",
    ]


def _turns(turns: int) -> str:
    return "∞" if turns == 127 else str(turns)


def _item_name(item: dict[str, Any]) -> str:
    if "amount" in item:
        return f"{item['amount']} Poke"
    return item["name"] + (f" x{item['quantity']}" if item["quantity"] > 1 else "")


def _print_things(console: Console, record: dict[str, Any]) -> None:
    lines = {
        "Items": [f"{_item_name(item)} ({item['x']}, {item['y']})" for item in record["items"]],
        "Traps": [f"{trap['name']} ({trap['x']}, {trap['y']})" for trap in record["traps"]],
        "Bag": [_item_name(item) for item in record["bag"]],
    }
    for title, entries in lines.items():
        console.print(Text(f"{title}: {'; '.join(entries) or 'none'}"))


def _map(grid: str, record: dict[str, Any]) -> Text:
    """The map in colour, cut to the part that is not solid rock."""
    sides = {(monster["x"], monster["y"]): monster["enemy"] for monster in record["monsters"]}
    lines = grid.split("\n")
    rows, columns = _dug_out(lines), _dug_out(["".join(column) for column in zip(*lines, strict=True)])
    text = Text(f"columns {columns[0]}..{columns[-1]}, rows {rows[0]}..{rows[-1]}\n", no_wrap=True)
    for y in rows:
        for x in columns:
            letter = lines[y][x]
            text.append(letter, _STYLES.get(letter, _ENEMY_STYLE if sides.get((x, y)) else _PARTNER_STYLE))
        text.append("\n")
    return text


def _dug_out(lines: Sequence[str]) -> range:
    """The lines between the first and the last that are not all wall, and one more on each side."""
    dug = [index for index, line in enumerate(lines) if set(line) != {"#"}] or [0, len(lines) - 1]
    return range(max(0, dug[0] - 1), min(len(lines), dug[-1] + 2))


def _legend(names: dict[str, str]) -> Text:
    return Text("   ".join(f"{letter} {name}" for letter, name in names.items()))


if __name__ == "__main__":
    sys.exit(main())
