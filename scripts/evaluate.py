"""Measures how well policies play: clear rates in the dungeons of the story, on seeds that nobody trains on.

examples:
  python scripts/evaluate.py --policy explorer --suite story --seeds 50
      the explorer in every dungeon of the story, 50 episodes each
  python scripts/evaluate.py --policy random explorer --suite mt_steel --seeds 200
      two policies side by side in one dungeon, a file of configs/env/
  python scripts/evaluate.py --policy vlm explorer --model small --suite tiny_woods
      the small vision-language model beside its teacher
  python scripts/evaluate.py --suite my_team.yaml --out runs/my_team
      a scenario, or a curriculum, of your own
  python scripts/evaluate.py --suite story --seeds 20 --first-seed 0
      for tuning: other seeds than those that count
  python scripts/evaluate.py --suite sinister_woods --seeds 20 --ablate memory
      the same seeds with and without a memory, and the paired difference with its 95% interval
  python scripts/evaluate.py --resume runs/my_team --seeds 100
      goes on where Ctrl-C ended it, or adds seeds; what is finished is kept

Episode k of every scenario plays the environment seed 1,000,000,000 + k, for every policy. Train and tune on smaller
seeds, and these stay held out. The rate comes with its 95% interval (Wilson); the cause of loss is the game's own.

The folder holds config.yaml, events.jsonl (every episode with its actions), table.csv (a row for each policy and
dungeon), episodes.csv, summary.json and chart.png. The last line of stdout is one JSON object; everything for people
goes to stderr. Exit code: 0 done, 2 a mistake in the call or a failure of the world, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.command_line import EXIT_INTERRUPTED, EXIT_MISTAKE, Parser, interruptible, parser_of
from agents.config import POLICIES, EvaluationConfig
from agents.games import open_games
from agents.model_flags import add_model_flags
from agents.players import Player, open_player
from agents.runner import Runner
from agents.suites import HELD_OUT, STORY, Start, suite_of
from agents.telemetry.chart import chart
from agents.telemetry.episodes import Episode
from agents.telemetry.folder import RunFolder, write_atomically
from agents.telemetry.scores import COLUMNS, Score, score, score_table, shown
from agents.telemetry.trials import Bar, Pair, TrialLog, Trials
from pmd_gym.config import build, dump, load
from pmd_gym.errors import ConfigError, PmdGymError

RESUMABLE = ("seeds", "num_envs")
TABLE_WIDTH = 132
TABLE, CHART, SUMMARY = "table.csv", "chart.png", "summary.json"


def parser() -> Parser:
    """The command line. Flags that are not given stay out of the result, so that a resumed folder's settings hold."""
    made = parser_of(__doc__)
    default = EvaluationConfig()
    add = made.add_argument
    add("--policy", nargs="+", choices=POLICIES, dest="policies", metavar="NAME",
        help=f"who plays, one or several of {', '.join(POLICIES)} (default {' '.join(default.policies)})")  # fmt: skip
    add_model_flags(made)
    add("--suite", help=f"{STORY}, a name of configs/env/, or a YAML file (default {default.suite})")
    add("--seeds", type=int, help=f"episodes in each scenario (default {default.seeds})")
    add("--first-seed", type=int, help=f"seed of the first (default {HELD_OUT}: held out; smaller ones for tuning)")
    add("--max-steps", type=int, help=f"actions until an episode is cut off (default {default.max_steps})")
    add("--num-envs", type=int, help=f"games at once; changes no figure (default {default.num_envs})")
    add("--ablate", choices=("memory",), help="play the same seeds with and without it, and print what it changes")
    add("--out", type=Path, help="folder of the evaluation (default: a new one under runs/)")
    add("--resume", type=Path, help="folder of an evaluation to go on with; takes --seeds and --num-envs")
    add("--quiet", action="store_true", help="only the JSON line, and errors")
    return made


@dataclass(slots=True)
class Evaluation:
    """What is to be played, what is done already, and where it is written."""

    config: EvaluationConfig
    folder: RunFolder
    trials: Trials
    console: Console
    quiet: bool
    starts: tuple[Start, ...]
    players: dict[str, Player] = field(default_factory=dict, init=False)
    _runner: Runner | None = field(default=None, init=False)
    stopped: bool = field(default=False, init=False)

    def pairs(self) -> Iterator[tuple[Pair, Start]]:
        """Every policy in every scenario, scenario by scenario."""
        for start in self.starts:
            for policy in self.config.policies:
                yield (policy, start.name), start

    def left(self, pair: Pair) -> list[int]:
        """Numbers of the episodes that a pair still has to play."""
        return [number for number in range(self.config.seeds) if number not in self.trials.numbers(pair)]

    def stop(self) -> None:
        """End after the step under way; safe in a signal handler."""
        self.stopped = True
        if self._runner:
            self._runner.stop()

    def play(self, pair: Pair, start: Start, log: TrialLog, bar: Bar) -> None:
        """Play what is left of a pair; finished episodes are in the log and in `trials` as they end."""
        left = self.left(pair)
        if not left or self.stopped:
            return
        player = self.players[pair[0]]
        bar.enter(pair)
        games = min(self.config.num_envs, len(left))
        with open_games(self.config.run(pair[0], start), games, player.observation) as env:
            self._runner = Runner(
                env, player.seat(env), seed=0, episodes=left, watchers=[log.of(pair), self.trials.of(pair), bar],
                seed_of=lambda number: self.config.first_seed + number,
            )  # fmt: skip
            asyncio.run(self._runner.run())

    def scores(self) -> list[Score]:
        """Rows of the pairs that have episodes, scenario by scenario."""
        rows = ((pair, start, self._episodes(pair)) for pair, start in self.pairs())
        return [score(*pair, start.dungeon, start.floors, episodes) for pair, start, episodes in rows if episodes]

    def _episodes(self, pair: Pair) -> list[Episode]:
        return [episode for episode in self.trials.episodes(pair) if episode.episode < self.config.seeds]


def prepare(arguments: argparse.Namespace) -> Evaluation:
    """The evaluation that the command line asks for; ConfigError for a mistake in it, with nothing written."""
    given = vars(arguments).copy()
    out, resumed, quiet = (given.pop(name, None) for name in ("out", "resume", "quiet"))
    console = Console(stderr=True, width=None if sys.stderr.isatty() else TABLE_WIDTH)
    if resumed is not None:
        refused = [*(name for name in given if name not in RESUMABLE), *["out"] * bool(out)]
        config, folder = _resumed(resumed, given, refused)
        return Evaluation(config, folder, Trials.read(folder), console, bool(quiet), suite_of(config.suite))
    config = build(_absolute(given), EvaluationConfig, "command line")
    folder = RunFolder.create(out or Path("runs") / f"{time.strftime('%Y%m%d-%H%M%S')}-evaluation")
    return Evaluation(config, folder, Trials(), console, bool(quiet), suite_of(config.suite))


def _absolute(given: dict[str, Any]) -> dict[str, Any]:
    """A suite of one's own by its whole path, so that the folder can be resumed from anywhere."""
    suite = given.get("suite")
    return given | {"suite": str(Path(suite).resolve())} if suite and Path(suite).is_file() else given


def _resumed(path: Path, given: dict[str, Any], refused: list[str]) -> tuple[EvaluationConfig, RunFolder]:
    if refused:
        flags = ", ".join("--" + name.replace("_", "-").replace("policies", "policy") for name in refused)
        raise ConfigError(f"--resume goes on with the settings of {path}; leave out {flags}, or start a new evaluation")
    folder = RunFolder.resume(path)
    return load(path / "config.yaml", EvaluationConfig, given), folder


def play(evaluation: Evaluation) -> None:
    """Play everything that is left, written down as it happens."""
    pairs = [(pair, start) for pair, start in evaluation.pairs() if evaluation.left(pair)]
    with ExitStack() as opened:
        opened.callback(evaluation.folder.discard)
        for name in dict.fromkeys(policy for (policy, _), _ in pairs):
            evaluation.players[name] = opened.enter_context(open_player(name, evaluation.config))
        _announce(evaluation)
        evaluation.folder.write_config(dump(evaluation.config))
        log = TrialLog(opened.enter_context(evaluation.folder.open_log()))
        bar = Bar(evaluation.console, sum(len(evaluation.left(pair)) for pair, _ in pairs), evaluation.quiet)
        opened.callback(bar.close)
        with interruptible(evaluation.stop):
            for pair, start in pairs:
                evaluation.play(pair, start, log, bar)


def _announce(evaluation: Evaluation) -> None:
    from pmd_gym.simulator import is_ready

    if not evaluation.quiet and not is_ready():
        evaluation.console.print("First run of these sources: compiling the simulator takes about a minute.")


def report(evaluation: Evaluation) -> dict[str, Any]:
    """Write tables, summary and chart; the object for the last line."""
    scores, config, folder = evaluation.scores(), evaluation.config, evaluation.folder
    line = {
        "suite": config.suite, "policies": list(config.policies),
        "seeds": config.seeds, "first_seed": config.first_seed,
        "complete": not any(evaluation.left(pair) for pair, _ in evaluation.pairs()), "out": str(folder.path),
        "rows": [asdict(row) for row in scores],
    }  # fmt: skip
    write_atomically(folder.path / TABLE, score_table(scores).encode())
    write_atomically(folder.path / "episodes.csv", evaluation.trials.table().encode())
    write_atomically(folder.path / SUMMARY, (json.dumps(line, indent=2) + "\n").encode())
    if scores:
        write_atomically(folder.path / CHART, chart(scores, _title(config), _note(config)))
    if not evaluation.quiet and scores:
        evaluation.console.print(_table(scores))
    return line


def _title(config: EvaluationConfig) -> str:
    return f"How far {' and '.join(config.policies)} get" + ("s" if len(config.policies) == 1 else "")


def _note(config: EvaluationConfig) -> str:
    what = "dungeons of the story" if config.suite == STORY else Path(config.suite).stem
    held = "held out" if config.first_seed >= HELD_OUT else "not held out"
    last = config.first_seed + config.seeds - 1
    return f"{what}; {config.seeds} episodes each, seeds {config.first_seed:,} to {last:,} ({held})"


def _table(scores: Sequence[Score]) -> Table:
    table = Table(box=SIMPLE_HEAD, expand=False, pad_edge=False)
    for column in COLUMNS:
        words = column in ("dungeon", "policy", COLUMNS[-1])
        table.add_column(column, justify="left" if words else "right", no_wrap=True, overflow="ellipsis")
    for row in scores:
        table.add_row(*shown(row))
    return table


def ablated(arguments: argparse.Namespace) -> int:
    """Play with and without a memory; ConfigError for flags that this does not take."""
    from ablate_memory import ablate

    given = vars(arguments).copy()
    quiet = bool(given.pop("quiet", None))
    if refused := [name for name in ("out", "resume") if given.get(name) is not None]:
        raise ConfigError(f"--ablate writes no folder; leave out --{refused[0]}")
    print(json.dumps(ablate(build(_absolute(given), EvaluationConfig, "command line"), quiet)))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    try:
        asked = parser().parse_args(arguments)
        if vars(asked).pop("ablate", None):
            return ablated(asked)
        evaluation = prepare(asked)
        play(evaluation)
        line = report(evaluation)
    except PmdGymError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_MISTAKE
    except KeyboardInterrupt:
        print("interrupted at once; what is finished is kept, go on with --resume", file=sys.stderr)
        return EXIT_INTERRUPTED
    if evaluation.stopped and not evaluation.quiet:
        again = f"python scripts/evaluate.py --resume {evaluation.folder.path}"
        evaluation.console.print(f"Interrupted; go on with: {again}", highlight=False, soft_wrap=True)
    print(json.dumps(line))
    return EXIT_INTERRUPTED if evaluation.stopped else 0


if __name__ == "__main__":
    raise SystemExit(main())
