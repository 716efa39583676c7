"""Telemetry under way: batches, bounds, failing and hanging backends, all without waiting for the clock."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agents.telemetry.json_lines import STEM, read_measures
from agents.telemetry.measures import Dropped, Figure, Measure, Span
from agents.telemetry.pipeline import Pipeline
from agents.telemetry.plain_backends import MemoryBackend

SOON_S = 30.0
NEVER_S = 3600.0
ROOT = Path(__file__).resolve().parents[3]


def figure(step: int) -> Figure:
    return Figure(name="reward", value=0.5, step=step)


class Gate(MemoryBackend):
    """Writes only while its gate is open; counts calls, fails the first `failures` of them."""

    def __init__(self, failures: int = 0, open_gate: bool = True) -> None:
        super().__init__()
        self.name = "gate"
        self.batches: list[int] = []
        self.failures = failures
        self.gate, self.entered, self.done = threading.Event(), threading.Event(), threading.Event()
        if open_gate:
            self.gate.set()

    def write(self, batch: list[Measure]) -> None:
        self.entered.set()
        self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise OSError(28, "No space left on device")
        super().write(batch)
        self.batches.append(len(batch))
        self.done.set()


def steps(backend: MemoryBackend) -> list[int]:
    return [measure.step for measure in backend.measures if isinstance(measure, Figure)]


def test_everything_arrives_in_order() -> None:
    one, two = MemoryBackend(), MemoryBackend()
    with Pipeline([one, two], interval_s=NEVER_S) as pipeline:
        for step in range(1234):
            pipeline.record(figure(step))
    assert steps(one) == steps(two) == list(range(1234))
    assert [(report.written, report.dropped, report.lost) for report in pipeline.reports] == [(1234, 0, 0)] * 2


def test_a_full_batch_is_written_at_once() -> None:
    backend = Gate()
    with Pipeline([backend], batch=100, interval_s=NEVER_S) as pipeline:
        for step in range(100):
            pipeline.record(figure(step))
        assert backend.done.wait(SOON_S)
        assert steps(backend) == list(range(100))


def test_fewer_are_written_when_the_interval_is_over() -> None:
    backend = Gate()
    with Pipeline([backend], batch=100, interval_s=0.01) as pipeline:
        pipeline.record(figure(7))
        assert backend.done.wait(SOON_S)
        assert steps(backend) == [7]


def test_many_threads_lose_nothing() -> None:
    backend = MemoryBackend()
    with Pipeline([backend], interval_s=NEVER_S) as pipeline:
        threads = [
            threading.Thread(target=lambda: [pipeline.record(figure(step)) for step in range(500)]) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(steps(backend)) == sorted(list(range(500)) * 8)


def test_a_full_queue_drops_and_says_how_many() -> None:
    backend = Gate(open_gate=False)
    with Pipeline([backend], capacity=50, batch=10, interval_s=NEVER_S) as pipeline:
        for step in range(10):
            pipeline.record(figure(step))
        assert backend.entered.wait(SOON_S)  # ten are in its hands now, fifty may wait
        for step in range(10, 100):
            pipeline.record(figure(step))
        backend.gate.set()
    assert steps(backend) == list(range(60))
    assert [measure.count for measure in backend.measures if isinstance(measure, Dropped)] == [40]
    assert (pipeline.reports[0].dropped, pipeline.reports[0].lost) == (40, 0)


def test_a_hanging_backend_holds_up_neither_the_loop_nor_the_others() -> None:
    stuck, well = Gate(open_gate=False), Gate()
    pipeline = Pipeline([stuck, well], capacity=1000, batch=10, interval_s=NEVER_S, close_s=0.05)
    for step in range(500):
        pipeline.record(figure(step))
    assert well.done.wait(SOON_S)
    pipeline.close()
    assert pipeline.reports[0].lost == 500
    stuck.gate.set()
    for lane in pipeline._lanes:
        lane.join(SOON_S)
    assert steps(well) == list(range(500))


def test_a_failing_backend_is_asked_again_and_gets_each_record_once() -> None:
    backend = Gate(failures=2)
    with Pipeline([backend], batch=10, interval_s=NEVER_S) as pipeline:
        for step in range(10):
            pipeline.record(figure(step))
        assert backend.done.wait(SOON_S)
    assert steps(backend) == list(range(10))
    assert pipeline.reports[0].failures == 2
    assert "No space left" in pipeline.reports[0].last_error


def test_what_a_dead_backend_never_took_is_reported_as_lost() -> None:
    backend = Gate(failures=10**9)
    with Pipeline([backend], batch=10, interval_s=NEVER_S) as pipeline:
        for step in range(25):
            pipeline.record(figure(step))
    assert pipeline.reports[0].lost == 25
    assert backend.measures == []


def test_after_close_nothing_is_taken() -> None:
    backend = MemoryBackend()
    pipeline = Pipeline([backend])
    pipeline.close()
    pipeline.close()
    pipeline.record(figure(1))
    assert backend.measures == []


def test_a_span_is_told_even_when_its_body_raises() -> None:
    backend = MemoryBackend()
    with Pipeline([backend], interval_s=NEVER_S) as pipeline, pytest.raises(KeyError), pipeline.span("act", step=3):
        raise KeyError
    (span,) = backend.measures
    assert isinstance(span, Span)
    assert (span.stage, span.step, span.env_id) == ("act", 3, -1)
    assert 0 <= span.seconds < SOON_S


KILLED = """
import sys, os, signal
from pathlib import Path
from agents.telemetry.json_lines import JsonLinesBackend
from agents.telemetry.measures import Figure
from agents.telemetry.pipeline import Pipeline
class Telling(JsonLinesBackend):
    def write(self, batch):
        super().write(batch)
        print(len(batch), flush=True)
pipeline = Pipeline([Telling(Path(sys.argv[1]))], batch=10, interval_s=3600)
for step in range(35):
    pipeline.record(Figure(name="reward", value=0.5, step=step))
{end}
"""


@pytest.mark.parametrize(
    ("end", "code", "least"),
    [
        ("sys.stdin.read(1); os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, 10),
        ("raise RuntimeError('the loop broke')", 1, 35),
        ("raise KeyboardInterrupt", -signal.SIGINT, 35),
        ("", 0, 35),
    ],
    ids=["killed", "crashed", "interrupted", "ended"],
)
def test_a_process_that_ends_leaves_a_readable_file(tmp_path: Path, end: str, code: int, least: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED.format(end=end), str(tmp_path)], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert child.stdout and child.stdin
    child.stdout.readline()  # the first batch is on its way to the disk
    child.communicate(b"x", timeout=120)
    assert child.returncode == code
    found = [measure.step for measure in read_measures(tmp_path) if isinstance(measure, Figure)]
    assert found == list(range(len(found)))
    assert len(found) >= least
    assert (tmp_path / f"{STEM}.jsonl").read_bytes().endswith(b"\n")
