"""Where the steps of a run went: a table of its stages, and a timeline for Perfetto.

examples:
  python scripts/profile_run.py runs/20261124-101500-vlm
      the table
  python scripts/profile_run.py runs/20261124-101500-vlm --trace trace.json
      and the timeline; open it at ui.perfetto.dev or chrome://tracing

A stage inside another counts in both, so shares do not add up to 100. The last line of stdout is one JSON object.
Exit code: 0 done, 2 where the folder holds no telemetry.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agents.command_line import EXIT_MISTAKE, parser_of
from agents.telemetry.json_lines import read_measures
from agents.telemetry.measures import Span
from agents.telemetry.stages import Stage, chrome_trace, stages_of
from pmd_gym.errors import ConfigError, PmdGymError


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = parser_of(__doc__)
    made.add_argument("run", type=Path, help="folder of a run")
    made.add_argument("--trace", type=Path, help="write the timeline to this file")
    return made


def spans_of(folder: Path) -> list[Span]:
    """All spans of a run; ConfigError where there are none."""
    spans = [measure for measure in read_measures(folder) if isinstance(measure, Span)]
    if not spans:
        raise ConfigError(f"{folder} holds no spans; give the folder of a run with telemetry (run_agent.py writes it)")
    return spans


def table_of(stages: Sequence[Stage]) -> Table:
    """One row a stage, times in milliseconds."""
    table = Table(title="Where the time went", title_justify="left")
    for column in ("stage", "calls", "share", "total s", "median ms", "p95 ms", "p99 ms"):
        table.add_column(column, justify="left" if column == "stage" else "right", no_wrap=True)
    for stage in stages:
        times = (stage.median_s, stage.p95_s, stage.p99_s)
        table.add_row(
            stage.name, f"{stage.calls:,}", f"{stage.share:.1%}", f"{stage.total_s:.2f}",
            *(f"{seconds * 1e3:.3f}" for seconds in times),
        )  # fmt: skip
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    try:
        options = parser().parse_args(arguments)
        spans = spans_of(options.run)
        if options.trace:
            options.trace.write_text(json.dumps(chrome_trace(spans)))
    except (PmdGymError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_MISTAKE
    stages = stages_of(spans)
    Console(stderr=True).print(table_of(stages))
    print(json.dumps({"run": str(options.run), "stages": [asdict(stage) for stage in stages]}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
