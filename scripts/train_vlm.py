"""Trains the project's own small vision-language model, from examples of the explorer to a folder that others load.

examples:
  python scripts/train_vlm.py collect --data runs/vlm/data --shards 12
      12 x 24,576 decisions of the explorer in the story's dungeons; shards that exist are kept
  python scripts/train_vlm.py fit --data runs/vlm/data --model runs/vlm/model --minutes 60
      train for an hour; Ctrl-C saves, the same command goes on
  python scripts/train_vlm.py dagger --data runs/vlm/data --model runs/vlm/model --shards 4
      the model plays, the explorer says what it would have done; then `fit` again
  python scripts/train_vlm.py fit --data runs/vlm/data --model runs/vlm/model --minutes 15 --cooldown
      the last minutes, in which the learning rate falls to nothing
  python scripts/train_vlm.py export --model runs/vlm/model --out runs/vlm/small
      bf16 weights, tokenizer and processor, as `from_pretrained` loads them

The model has Qwen3-VL's architecture with 1 to 3 million parameters. It sees the tiles around the leader as a picture
and the status panel as text, and answers with one word for one action, or with a plan and then the word. Everything
runs on two CPU cores; the seeds of evaluations are never played. The last line of stdout is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from agents.command_line import EXIT_INTERRUPTED, EXIT_MISTAKE, Parser, interruptible, parser_of
from agents.policy.explorer import MOTIVES
from agents.suites import CONFIGS
from agents.training.collect import Collector, Plan, mixture
from agents.training.samples import data_hash, shards, write_shard
from pmd_gym.errors import PmdGymError

SHARD = 24_576
"""Examples in a shard."""
SEEDS_OF_A_SHARD = 1000
WEIGHTS = {
    "tiny_woods": 3.0, "thunderwave_cave": 3.0, "mt_steel": 1.5, "sinister_woods": 1.0, "silent_chasm": 1.0,
    "mt_thunder": 1.0, "great_canyon": 0.7, "lapis_cave": 0.7, "mt_blaze": 0.7, "frosty_forest": 0.7, "mt_freeze": 0.7,
}  # fmt: skip
"""How often each dungeon is played, against each other."""
KEPT = {"explore": 0.25, "descend": 0.5, "collect": 0.5}
"""Share of the examples with a motive that is kept; the others are rarer and kept all. Walking would drown them."""

NOISE = 0.06


def parser() -> Parser:
    """The command line."""
    made = parser_of(__doc__)
    commands = made.add_subparsers(dest="command", required=True, metavar="collect|fit|dagger|export")
    for name, what in (("collect", "examples played by the explorer"), ("dagger", "examples played by the model")):
        add = commands.add_parser(name, help=what, argument_default=argparse.SUPPRESS).add_argument
        add("--data", type=Path, required=True, help="folder of the shards")
        add("--shards", type=int, default=12, help=f"how many to make, {SHARD:,} decisions each (default 12)")
        add("--seed", type=int, default=100_000 if name == "collect" else 500_000_000, help="environment seed")
        add("--num-envs", type=int, default=64, help="games at once (default 64)")
        if name == "dagger":
            add("--model", type=Path, required=True, help="folder of the training")
    add = commands.add_parser("fit", help="train, or go on training").add_argument
    add("--data", type=Path, required=True, help="folder of the shards")
    add("--model", type=Path, required=True, help="folder of the training; made if it is not there")
    add("--size", choices=("s", "m"), default="s", help="1.1 or 2.5 million parameters (default s)")
    add("--minutes", type=float, default=60.0, help="wall time of this call (default 60)")
    add("--cooldown", action="store_true", help="let the learning rate fall to 0 over this call")
    add("--threads", type=int, default=os.cpu_count() or 1, help="threads of torch (default: all cores)")
    add("--seed", type=int, default=0, help="of the first numbers and of the order of examples")
    add = commands.add_parser("export", help="write the folder that others load").add_argument
    add("--model", type=Path, required=True, help="folder of the training")
    add("--out", type=Path, required=True, help="folder to write")
    return made


class Stop:
    """Asked by long work whether to end; set by Ctrl-C."""

    asked = False

    def __call__(self) -> bool:
        return self.asked

    def ask(self) -> None:
        """End after the work under way."""
        self.asked = True


def collect(options: argparse.Namespace, console: Console, stop: Stop) -> dict[str, Any]:
    """Make the shards that are missing."""
    student = _student(options.model) if options.command == "dagger" else None
    wanted = [options.seed + number * SEEDS_OF_A_SHARD for number in range(options.shards)]
    missing = [seed for seed in wanted if not (options.data / f"{_name(seed)}.npy").exists()]
    with _bar(console) as bar:
        task = bar.add_task("examples", total=len(missing) * SHARD)
        for seed in missing:
            plan = Plan(
                mixture([(CONFIGS / f"{name}.yaml", weight) for name, weight in WEIGHTS.items()]), seed,
                options.num_envs, NOISE, student_share=1.0 if student else 0.0,
            )  # fmt: skip
            records = _shard(Collector(plan, student), seed, lambda count: bar.advance(task, count), stop)
            if stop():
                break
            write_shard(options.data, _name(seed), records)
    found = shards(options.data)
    return {"shards": len(found), "examples": len(found) * SHARD, "data_hash": data_hash(found)}


def _name(seed: int) -> str:
    return f"{seed:010d}"


def _shard(collector: Collector, seed: int, advance: Callable[[int], None], stop: Stop) -> NDArray[np.void]:
    parts, count = [], 0
    for batch in _thinned(collector.records(), seed):
        parts.append(batch)
        count += len(batch)
        advance(len(batch))
        if count >= SHARD or stop():
            break
    collector.close()
    return np.concatenate(parts)[:SHARD]


def _thinned(batches: Iterator[NDArray[np.void]], seed: int) -> Iterator[NDArray[np.void]]:
    random = np.random.default_rng(seed)
    kept = np.array([KEPT.get(motive, 1.0) for motive in MOTIVES])
    for batch in batches:
        yield batch[random.random(len(batch)) < kept[batch["motive"]]]


def _student(folder: Path) -> Callable[[NDArray[np.void]], NDArray[np.int64]]:
    from agents.training import checkpoint
    from agents.training.fit import choose
    from agents.training.model import SIZES, build_model

    tokenizer, progress = checkpoint.read(folder)
    model = build_model(SIZES[progress.size], tokenizer, progress.seed)
    checkpoint.restore(folder, model, None)
    return lambda records: choose(model, tokenizer, records)


def fit(options: argparse.Namespace, console: Console, stop: Stop) -> dict[str, Any]:
    """Train and save."""
    from agents.training.fit import Settings
    from agents.training.fit import fit as train

    last: dict[str, float] = {}
    with _bar(console) as bar:
        task = bar.add_task("training", total=options.minutes * 60)

        def report(row: dict[str, float]) -> None:
            last.update(row)
            words = f"loss {row['loss']:.3f}  right {row['accuracy']:.0%}  {row['samples']:,.0f} examples"
            bar.update(task, completed=row["seconds"], description=words)
            if not console.is_terminal:
                console.print(words, highlight=False)

        settings = Settings(options.size, options.seed, minutes=options.minutes, cooldown=options.cooldown,
                            threads=options.threads)  # fmt: skip
        train(options.data, options.model, settings, report, stop)
    return {"model": str(options.model), **last}


def export(options: argparse.Namespace, console: Console, stop: Stop) -> dict[str, Any]:
    """Write the folder for others."""
    from agents.training.export import export as write

    target = write(options.model, options.out)
    size = sum(file.stat().st_size for file in target.iterdir())
    console.print(f"{target}: {size / 1e6:.1f} MB", highlight=False)
    return {"out": str(target), "bytes": size}


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    return Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal)


COMMANDS = {"collect": collect, "dagger": collect, "fit": fit, "export": export}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    stop = Stop()
    try:
        options = parser().parse_args(arguments)
        with interruptible(stop.ask):
            line = COMMANDS[options.command](options, Console(stderr=True), stop)
    except PmdGymError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_MISTAKE
    except KeyboardInterrupt:
        print("interrupted at once; what was saved is kept", file=sys.stderr)
        return EXIT_INTERRUPTED
    print(json.dumps(line))
    return EXIT_INTERRUPTED if stop() else 0


if __name__ == "__main__":
    raise SystemExit(main())
