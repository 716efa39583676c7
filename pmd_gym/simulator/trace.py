"""Recorded runs played again, row by row, in the format of `turns_golden.json` - and where they differ.

    python -m pmd_gym.simulator.trace FILE [--run N] [--diff]

A row is the state at a moment when the leader's command is awaited: `v` = [row, generator state, turns left, spawn
counter, tick, belly in thousandths], `m` = the living monsters [slot, species, x, y, facing, hp, max hp, level, exp],
`d` = the draws since the row before as (label, bound, value) triples. The recorded runs come from the original turn
engine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.errors import ConfigError
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario
from pmd_gym.simulator.ahead import compile_ahead
from pmd_gym.simulator.game import DRAW_LOG_SIZE
from pmd_gym.simulator.games import commands_one
from pmd_gym.simulator.ids import MONSTER
from pmd_gym.simulator.rng import Draw
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.start import begin_floor, load_scenario, new_console

STEP, ATTACK, WAIT, FIRST_MOVE = 0, 1, 2, 10
"""Command codes of the file; 10 + i uses move i."""
KINDS = {STEP: "STEP", ATTACK: "ATTACK", WAIT: "WAIT"}

Row = dict[str, Any]


def play_trace(run: Mapping[str, Any]) -> list[Row]:
    """Play a recorded run; returns rows with `v`, `m` and `d`, the last one with `t`, `rng`, `end` if the run ended.

    Reads only `dungeon`, `floor`, `floor_seed`, `team`, `has_bag`, the experience in row 0 and the commands `a`.
    Raises ConfigError when one of them is missing or malformed.
    """
    try:
        team = tuple((int(species), int(level)) for species, level in run["team"])
        scenario = Scenario(run["dungeon"], run["floor"], team, bool(run["has_bag"]))
        collected = {monster[0]: monster[8] for monster in run["rows"][0]["m"]}
        experience = [int(collected[slot]) for slot in range(len(team))]
        orders = [(int(row["a"][0]), int(row["a"][1])) for row in run["rows"] if "a" in row]
        floor_seed = int(run["floor_seed"])
    except (KeyError, IndexError, TypeError) as error:
        raise ConfigError(f"not a recorded run: {error!r}; see `notes` in turns_golden.json for the fields") from error
    return list(_rows(scenario, floor_seed, experience, orders))


def _rows(
    scenario: Scenario, floor_seed: int, experience: Sequence[int], orders: Sequence[tuple[int, int]]
) -> Iterator[Row]:
    compile_ahead()
    games = new_console(1)
    load_scenario(games, 0, scenario, experience)
    begin_floor(games, 0, rules(), floor_seed, True)
    yield _row(games[0], 0)
    for index, order in enumerate(orders):
        if _carry_out(games, *order):
            yield {"t": index + 1, "rng": int(games[0]["rng_dungeon"]), "end": "lost", "d": _draws(games[0])}
            return
        yield _row(games[0], index + 1)


def _carry_out(games: NDArray[np.void], code: int, direction: int) -> bool:
    """Face the direction, then carry the command out; True when the run has ended."""
    if code != STEP:
        commands_one(games, 0, rules(), "FACE", direction)
    if code >= FIRST_MOVE:
        return commands_one(games, 0, rules(), "MOVE", code - FIRST_MOVE) != 0
    return commands_one(games, 0, rules(), KINDS[code], direction) != 0


def _row(game: np.void, index: int) -> Row:
    world = game["world"]
    leader = next(
        m for e, m in zip(world["entities"], world["monsters"], strict=True) if e["kind"] == MONSTER and m["is_leader"]
    )
    belly = int(leader["belly"]["whole"]) * 1000 + int(leader["belly"]["thousandths"])
    values = [index, int(game["rng_dungeon"]), int(world["turns_left"]), int(world["spawn_counter"]),
              int(world["fractional_turn"]), belly]  # fmt: skip
    return {"v": values, "m": _monsters(world), "d": _draws(game)}


def _monsters(world: np.void) -> list[list[int]]:
    rows = []
    for slot in range(layout.MAX_MONSTERS):
        entity, monster = world["entities"][slot], world["monsters"][slot]
        if entity["kind"] == MONSTER:
            position = entity["pos"]
            names = ("direction", "hp", "max_hp", "level", "exp")
            rows.append([slot, int(monster["species"]), int(position["x"]), int(position["y"]),
                         *(int(monster[name]) for name in names)])  # fmt: skip
    return rows


def _draws(game: np.void) -> list[int]:
    """Draws since the last command, flat triples; empty when the log has overrun."""
    count = int(game["draw_count"])
    if count > DRAW_LOG_SIZE:
        return []
    return [int(value) for draw in game["draws"][:count] for value in draw]


def matched_rows(run: Mapping[str, Any]) -> int:
    """Number of leading rows that agree with the recording in `v` and in the first nine numbers of each monster."""
    played = play_trace(run)
    for index, (mine, recorded) in enumerate(zip(played, run["rows"], strict=False)):
        if not _agree(mine, recorded):
            return index
    return min(len(played), len(run["rows"]))


def _agree(mine: Row, recorded: Mapping[str, Any]) -> bool:
    if "v" not in mine or "v" not in recorded:
        return mine.get("rng") == recorded.get("rng") and mine.get("end") == recorded.get("end")
    return mine["v"] == recorded["v"] and mine["m"] == [monster[:9] for monster in recorded["m"]]


def first_difference(run: Mapping[str, Any]) -> str:
    """One line naming the first row and draw where the played run leaves the recorded one; empty when it does not."""
    played = play_trace(run)
    index = matched_rows(run)
    if index >= len(run["rows"]):
        return ""
    if index >= len(played):
        return f"row {index}: the played run ended before it"
    mine, recorded = played[index], run["rows"][index]
    for number, (own, other) in enumerate(zip(_triples(mine["d"]), _triples(recorded["d"]), strict=False)):
        if own != other:
            return f"row {index}, draw {number}: recorded {_name(other)}, played {_name(own)}"
    counts = f"{len(recorded['d']) // 3} draws recorded, {len(mine['d']) // 3} played"
    return f"row {index}: {counts}; {_state_difference(mine, recorded)}"


def _triples(flat: Sequence[int]) -> list[tuple[int, ...]]:
    return [tuple(flat[i : i + 3]) for i in range(0, len(flat), 3)]


def _name(draw: Sequence[int]) -> str:
    label, bound, value = draw
    return f"{Draw(label).name.lower()} {value} of {bound}"


def _state_difference(mine: Row, recorded: Mapping[str, Any]) -> str:
    if mine.get("v") != recorded.get("v"):
        return f"v recorded {recorded.get('v')}, played {mine.get('v')}"
    other = [monster[:9] for monster in recorded["m"]]
    changed = [f"recorded {b}, played {a}" for a, b in zip(mine["m"], other, strict=False) if a != b]
    return "; ".join(changed[:3]) or f"{len(other)} monsters recorded, {len(mine['m'])} played"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how many rows of each run match; exit code 0 when all do, 1 when not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="python -m pmd_gym.simulator.trace", description=__doc__.split("\n\n")[0])
    parser.add_argument("file", type=Path, help="recorded runs in the format of turns_golden.json")
    parser.add_argument("--run", type=int, help="only this run, counted from 0")
    parser.add_argument("--diff", action="store_true", help="name the first draw that differs")
    options = parser.parse_args(arguments)
    try:
        runs = json.loads(options.file.read_bytes())["runs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{options.file}: not a file of recorded runs: {error}", file=sys.stderr)
        return 2
    chosen = range(len(runs)) if options.run is None else [options.run]
    complete = True
    for index in chosen:
        matched, total = matched_rows(runs[index]), len(runs[index]["rows"])
        complete &= matched == total
        note = f"  {first_difference(runs[index])}" if options.diff else ""
        print(f"run {index:2}: {matched:3} of {total:3} rows{note}")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
