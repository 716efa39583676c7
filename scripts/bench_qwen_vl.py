"""Speed and memory of Qwen3-VL by model, context length, batch size and picture; a row for each, a plot for each model.

  python scripts/bench_qwen_vl.py --models all --lengths auto --vision true --max-new-tokens 128
  python scripts/bench_qwen_vl.py --models 2B --weights random --batch-sizes 1,8,32 --lengths 256,1024

Models that are not on this machine run with random weights in their true size, which takes the same memory and time
(`--weights random` for all of them); each row says which it was. What does not fit is a row with its reason. Rows are
written to OUT/benchmark_results.csv as they come, plots to OUT/plots.
"""

from __future__ import annotations

import argparse
import csv
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from bench_plot import Panel, Series, plot
from benchmark import commit, machine, percentile, report

from pmd_gym.errors import PmdGymError

COLUMNS = (
    "model", "context_length", "vision", "prefill_tokens_per_sec", "decode_tokens_per_sec", "total_time",
    "response_length", "batch_size", "ttft_ms", "latency_p50_ms", "latency_p99_ms", "images", "image_tokens",
    "peak_vram_mb", "backend", "weights", "error", "peak_ram_mb", "decisions_per_sec", "prefill_limit",
    "decode_limit", "dtype", "quantization", "device", "runs", "machine", "commit",
)  # fmt: skip
"""The roadmap's seven, then ours. Times are in seconds unless their name says otherwise; limits are tokens a second."""
PICTURE = (320, 480)
WARM_LENGTH = 64
SMALL = Path(__file__).resolve().parent.parent / "agents" / "checkpoints" / "small"


@dataclass(frozen=True, slots=True)
class Model:
    """A model by its name on the hub: size, how its weights are stored, the longest context that is measured."""

    name: str
    size: str
    quantization: str
    longest: int


def _named() -> dict[str, Model]:
    longest = {"2B": 32768, "4B": 65536, "8B": 131072}
    listed = [
        *((f"unsloth/Qwen3-VL-{size}-Instruct-unsloth-bnb-4bit", size, "nf4") for size in longest),
        *((f"unsloth/Qwen3-VL-{size}-Thinking-unsloth-bnb-4bit", size, "nf4") for size in ("4B", "8B")),
        ("Qwen/Qwen3-VL-2B-Thinking-FP8", "2B", "fp8"),
        *((f"Qwen/Qwen3-VL-{size}-{kind}", size, "none") for size in longest for kind in ("Instruct", "Thinking")),
    ]  # fmt: skip
    models = [Model(name, size, stored, longest[size]) for name, size, stored in listed]
    return {model.name: model for model in (*models, Model("small", "small", "none", 4096))}


MODELS = _named()


@dataclass(frozen=True, slots=True)
class Case:
    """One row's question."""

    length: int
    batch: int
    vision: bool
    new_tokens: int
    runs: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, write CSV and plots, print the table and the JSON line."""
    options = _options(arguments)
    os.nice(options.nice)
    rows: list[dict[str, Any]] = []
    try:
        for model in _models(options.models):
            for row in _measured(model, options):
                rows.append(row)
                _write(options.out, rows)
    except PmdGymError as error:
        print(f"bench_qwen_vl: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the rows until here are written", file=sys.stderr)
    _plots(options.out, rows)
    report("Qwen3-VL", [{key: row[key] for key in COLUMNS[:-1] if key != "machine"} for row in rows], [])
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="all", help=f"all, or names separated by commas: {', '.join(MODELS)}; 2B is"
                        " short for the Instruct model, 2B-4bit for its 4-bit twin (default all)")  # fmt: skip
    parser.add_argument("--lengths", default="auto", help="tokens of the prompt, separated by commas; auto: 1024 and"
                        " doubled up to the model's longest (default)")  # fmt: skip
    parser.add_argument(
        "--vision", type=_truth, default=True, help="true (default): a picture of 480x320 in each prompt"
    )
    parser.add_argument("--max-new-tokens", type=int, default=128, help="tokens of each answer (default 128)")
    parser.add_argument("--batch-sizes", default="1", help="prompts at once, separated by commas (default 1)")
    parser.add_argument("--weights", choices=("auto", "random", "small"), default="auto",
                        help="auto: the real ones where they are; random: drawn; small: the project's own")  # fmt: skip
    parser.add_argument("--quantization", choices=("auto", "none", "nf4", "int8"), default="auto",
                        help="auto: as the model's name says")  # fmt: skip
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto", help="auto, float32, bfloat16, float16")
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each row, after an untimed one (default 3)")
    parser.add_argument("--row-seconds", type=float, default=120.0,
                        help="longer contexts are left out once a run took this long (default 120)")  # fmt: skip
    parser.add_argument("--threads", type=int, help="of a CPU's sums (default: torch's choice; 1 beside other work)")
    parser.add_argument("--nice", type=int, default=0, help="added to the process's niceness")
    parser.add_argument("--out", type=Path, default=Path("profiling"))
    options = parser.parse_args(arguments)
    if min(options.max_new_tokens, options.runs) < 1:
        parser.error("--max-new-tokens and --runs must be at least 1")
    return options


def _truth(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"expected true or false, got {value!r}")
    return value.lower() == "true"


def _models(names: str) -> list[Model]:
    if names == "all":
        return list(MODELS.values())
    return [_model(name.strip()) for name in names.split(",")]


def _model(name: str) -> Model:
    size, _, kind = name.partition("-")
    short = "unsloth/Qwen3-VL-{}-Instruct-unsloth-bnb-4bit" if kind == "4bit" else "Qwen/Qwen3-VL-{}-Instruct"
    known = MODELS.get(name) or MODELS.get(short.format(size))
    return known or Model(name, "", "none", 131072)


def _measured(model: Model, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """All rows of a model; one with the reason if it cannot be had."""
    from agents.inference.local import ceiling
    from agents.inference.local.weights import Wish

    ceiling.use_threads(options.threads)
    wish = Wish(options.device, options.dtype)
    facts = {
        "model": model.name, "backend": "transformers", "dtype": str(wish.kind()).removeprefix("torch."),
        "device": wish.where(), "machine": _machine(wish.where()), "commit": commit(), "vision": options.vision,
    }  # fmt: skip
    cases = _cases(model, options)
    try:
        probe, facts = _opened(model, options, wish, facts)
    except (PmdGymError, MemoryError, RuntimeError, ImportError) as error:
        yield _row(facts, cases[0], error=_reason(error))
        return
    limit = ceiling.measured(wish.where(), wish.kind())
    yield from _rows(Subject(probe, limit, wish.where()), cases, facts, options.row_seconds)
    del probe
    gc.collect()


def _rows(
    subject: Subject, cases: Sequence[Case], facts: dict[str, Any], patience_s: float
) -> Iterator[dict[str, Any]]:
    slow: dict[int, str] = {}
    subject.timed(replace(cases[0], length=min(WARM_LENGTH, cases[0].length), vision=False, new_tokens=2, runs=1))
    for case in cases:
        if case.batch in slow:
            yield _row(facts, case, error=slow[case.batch])
            continue
        try:
            figures = subject.figures(case)
        except (PmdGymError, MemoryError, RuntimeError) as error:
            yield _row(facts, case, error=_reason(error))
            continue
        if figures["total_time"] > patience_s:
            slow[case.batch] = f"left out: {case.length} tokens took {figures['total_time']:.0f} s"
        yield _row(facts, case, **figures)


def _cases(model: Model, options: argparse.Namespace) -> list[Case]:
    if options.lengths == "auto":
        lengths = [1024 * 2**step for step in range(20) if 1024 * 2**step <= model.longest]
    else:
        lengths = sorted({min(int(length), model.longest) for length in options.lengths.split(",")})
    batches = [int(batch) for batch in options.batch_sizes.split(",")]
    room = {length: min(length, model.longest - options.max_new_tokens) for length in lengths}
    return [
        Case(room[length], batch, options.vision, options.max_new_tokens, options.runs)
        for batch in batches for length in lengths
    ]  # fmt: skip


def _opened(model: Model, options: argparse.Namespace, wish: Any, facts: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The model, and the facts with what it is."""
    from agents.inference.local.pictures import PictureFormat
    from agents.inference.local.probe import Probe
    from agents.inference.local.weights import load

    stored = model.quantization if options.quantization == "auto" else options.quantization
    folder = _folder(model, options.weights)
    facts = facts | {"quantization": stored, "weights": "random"}
    if folder is None:
        if options.weights == "small":
            raise MemoryError("only the project's own model has small weights")
        return Probe(_drawn(model, stored, wish), PictureFormat()), facts
    quantize = options.quantization if options.quantization in ("nf4", "int8") else None
    loaded = load(folder, replace(wish, quantization=quantize))
    weights = "small" if model.size == "small" else "real"
    return Probe(loaded.model, loaded.pictures), facts | {"weights": weights}


def _folder(model: Model, weights: str) -> Path | None:
    """Where the real weights are, if they are wanted and here."""
    from agents.inference.local.weights import find

    if model.size == "small":
        return SMALL if weights != "random" and (SMALL / "config.json").is_file() else None
    if weights != "auto":
        return None
    try:
        return find(model.name, os.environ)
    except PmdGymError:
        if not model.size:
            raise
        return None


def _drawn(model: Model, stored: str, wish: Any) -> Any:
    """Random weights of the model's size; MemoryError before the machine is full."""
    from agents.inference.local import ceiling
    from agents.inference.local.random_weights import build, bytes_of

    if stored == "fp8":
        raise MemoryError("random weights are not made in FP8; use the real model")
    quantization: Any = None if stored == "none" else stored
    needed, free = 1.1 * bytes_of(model.size, wish.kind(), quantization), ceiling.memory_free(wish.where())
    if needed > free:
        raise MemoryError(f"the weights take {needed / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free")
    return build(model.size, wish.kind(), wish.where(), quantization)


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that is measured, with the machine's limits."""

    probe: Any
    limit: Any
    device: str

    def figures(self, case: Case) -> dict[str, Any]:
        """One row's columns; MemoryError before the machine is full."""
        from agents.inference.local import ceiling

        kept = self.probe.bytes_a_token * (case.length + case.new_tokens)
        needed, free = 2 * case.batch * kept, ceiling.memory_free(self.device)
        if needed > free:
            raise MemoryError(f"keys and values take {needed / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free")
        self.timed(replace(case, runs=1, new_tokens=min(2, case.new_tokens)))
        ceiling.begin_peak(self.device)
        first, whole = self.timed(case)
        peak = round(ceiling.peak(self.device) / 2**20)
        one = self.probe.products + self.probe.last_products
        return self._columns(case, first, whole) | {
            "peak_vram_mb" if self.device.startswith("cuda") else "peak_ram_mb": peak,
            "prefill_limit": round(self.limit.prefill(self.probe.products), 1),
            "decode_limit": round(self.limit.decode(case.batch, self.probe.bytes_read, kept, one), 1),
        }

    def _columns(self, case: Case, first: list[float], whole: list[float]) -> dict[str, Any]:
        """`first` and `whole` are the seconds of each run until the first token and until the last."""
        ordered, middle = sorted(whole), len(whole) // 2
        total, start = ordered[middle], sorted(first)[middle]
        writing = sorted(end - begin for begin, end in zip(first, whole, strict=True))[middle]
        steps = case.new_tokens - 1
        tokens = self.probe.picture_tokens(_picture(case)) if case.vision else 0
        return {
            "prefill_tokens_per_sec": round(case.batch * case.length / start, 2),
            "decode_tokens_per_sec": round(case.batch * steps / writing, 2) if steps else "",
            "total_time": round(total, 4), "response_length": case.new_tokens,
            "ttft_ms": round(start * 1e3, 2), "latency_p50_ms": round(total * 1e3, 2),
            "latency_p99_ms": round(percentile(ordered, 99) * 1e3, 2), "images": case.batch if case.vision else 0,
            "image_tokens": tokens, "decisions_per_sec": round(case.batch / total, 3),
        }  # fmt: skip

    def timed(self, case: Case) -> tuple[list[float], list[float]]:
        """Seconds until the first and until the last token of each run."""
        rows = [self.probe.prompt(case.length, _picture(case), seed) for seed in range(case.batch)]
        runs = [self.probe.moments(rows, case.new_tokens) for _ in range(case.runs)]
        return [moments[0] for moments in runs], [moments[-1] for moments in runs]


def _picture(case: Case) -> Any:
    if not case.vision:
        return None
    return np.random.default_rng(0).integers(0, 256, (*PICTURE, 3), np.uint8)


def _row(facts: dict[str, Any], case: Case, **figures: Any) -> dict[str, Any]:
    asked = {"context_length": case.length, "batch_size": case.batch, "runs": case.runs}
    return dict.fromkeys(COLUMNS, "") | facts | asked | figures


def _reason(error: Exception) -> str:
    """One line."""
    name = "" if isinstance(error, PmdGymError | MemoryError) else f"{type(error).__name__}: "
    return name + (str(error).strip() or "out of memory").splitlines()[0]


def _machine(device: str) -> str:
    from agents.inference.local import ceiling

    where = machine()
    return ceiling.name(device) or f"{where['cpu']}, {where['cores']} cores"


def _write(out: Path, rows: Sequence[dict[str, Any]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with (out / "benchmark_results.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _plots(out: Path, rows: Sequence[dict[str, Any]]) -> None:
    """One picture for each model and kind of prompt that has figures."""
    folder = out / "plots"
    folder.mkdir(parents=True, exist_ok=True)
    measured = [row for row in rows if not row["error"]]
    for name, vision in dict.fromkeys((row["model"], row["vision"]) for row in measured):
        chosen = [row for row in measured if (row["model"], row["vision"]) == (name, vision)]
        first = chosen[0]
        note = (
            f"weights={first['weights']}, {first['dtype']}, quantization {first['quantization']}, {first['machine']},"
            f" commit {first['commit']}"
        )
        title = f"{name}, {'with' if vision else 'without'} a picture"
        panels = [_panel(chosen, kind) for kind in ("prefill", "decode")]
        stem = f"{name.strip('/').replace('/', '_')}_vision_{str(vision).lower()}"
        (folder / f"{stem}.png").write_bytes(plot(panels, title, note, "tokens of the prompt"))


def _panel(rows: Sequence[dict[str, Any]], kind: str) -> Panel:
    series = []
    for colour, batch in enumerate(dict.fromkeys(row["batch_size"] for row in rows)):
        own = [row for row in rows if row["batch_size"] == batch and row[f"{kind}_tokens_per_sec"] != ""]
        found = tuple((row["context_length"], row[f"{kind}_tokens_per_sec"]) for row in own)
        limits = tuple((row["context_length"], row[f"{kind}_limit"]) for row in own)
        series += [Series(f"batch {batch}", found, colour), Series("the machine's limit", limits, colour, True)]
    return Panel(f"{'read (prefill)' if kind == 'prefill' else 'written (decode)'}: tokens a second", tuple(series))


if __name__ == "__main__":
    sys.exit(main())
