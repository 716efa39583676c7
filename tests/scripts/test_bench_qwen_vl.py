"""The roadmap's benchmark: its flags, its columns, a reason where a row has no figures, and plots."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import bench_plot  # noqa: E402  (scripts are no package)
import bench_qwen_vl  # noqa: E402

ROADMAP = [
    "model", "context_length", "vision", "prefill_tokens_per_sec", "decode_tokens_per_sec", "total_time",
    "response_length",
]  # fmt: skip


def bench(*flags: str) -> int:
    """One thread, on the CPU: two would wait for each other on a busy machine."""
    return bench_qwen_vl.main([*flags, "--threads", "1", "--device", "cpu"])


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "benchmark_results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_roadmaps_flags_give_its_columns_and_plots(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--models", "small", "--lengths", "192,256,9000", "--vision", "true", "--max-new-tokens", "3"]
    ours = ["--weights", "random", "--batch-sizes", "1,2", "--runs", "1", "--out", str(tmp_path)]
    assert bench(*flags, *ours) == 0
    rows = rows_of(tmp_path)
    assert list(rows[0])[:7] == ROADMAP
    assert [(row["context_length"], row["batch_size"]) for row in rows] == [
        (length, batch) for batch in "12" for length in ("192", "256", "4093")
    ]
    for row in rows:
        assert (row["weights"], row["error"], row["image_tokens"], row["quantization"]) == ("random", "", "150", "none")
        for column in ("prefill_tokens_per_sec", "decode_tokens_per_sec", "total_time", "peak_ram_mb", "decode_limit"):
            assert float(row[column]) > 0, column
        assert float(row["ttft_ms"]) <= float(row["latency_p50_ms"]) <= float(row["latency_p99_ms"])
    picture = Image.open(tmp_path / "plots" / "small_vision_true.png")
    assert picture.width > 800
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(line["results"]) == 6


def test_what_does_not_fit_is_a_row_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agents.inference.local import ceiling

    monkeypatch.setattr(ceiling, "memory_free", lambda device: 10**9)
    models = "Qwen/Qwen3-VL-8B-Instruct,Qwen/Qwen3-VL-2B-Thinking-FP8,small"
    flags = ["--models", models, "--lengths", "100", "--max-new-tokens", "1", "--weights", "random"]
    assert bench(*flags, "--out", str(tmp_path)) == 0
    large, fp8, small = rows_of(tmp_path)
    assert "GiB are free" in large["error"]
    assert "FP8" in fp8["error"]
    assert "a picture takes 150 tokens" in small["error"]
    assert not any((tmp_path / "plots").iterdir())


def test_longer_contexts_are_left_out_once_one_was_slow(tmp_path: Path) -> None:
    flags = ["--models", "small", "--lengths", "32,64", "--max-new-tokens", "2", "--weights", "random", "--runs", "1"]
    more = ["--vision", "false", "--row-seconds", "0", "--out", str(tmp_path)]
    assert bench(*flags, *more) == 0
    first, second = rows_of(tmp_path)
    assert (first["error"], first["images"]) == ("", "0")
    assert second["error"].startswith("left out: 32 tokens took")


def test_an_unknown_model_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench("--models", "no/model", "--lengths", "64", "--out", str(tmp_path)) == 0
    assert "hf download no/model" in rows_of(tmp_path)[0]["error"]


def test_auto_lengths_stay_within_the_models_context() -> None:
    options = bench_qwen_vl._options(["--models", "all"])
    cases = bench_qwen_vl._cases(bench_qwen_vl._model("2B"), options)
    assert [case.length for case in cases] == [1024, 2048, 4096, 8192, 16384, 32640]
    assert len(bench_qwen_vl._models("all")) == 13
    assert bench_qwen_vl._model("4B-4bit").quantization == "nf4"


def test_lines_and_limits_are_drawn() -> None:
    series = (
        bench_plot.Series("batch 1", ((1024, 50.0), (2048, 20.0)), 0),
        bench_plot.Series("limit", ((1024, 500.0), (2048, 500.0)), 0, dashed=True),
    )
    drawn = bench_plot.plot([bench_plot.Panel("decode", series), bench_plot.Panel("empty", ())], "t", "n", "x")
    pixels = np.asarray(Image.open(io.BytesIO(drawn)))
    assert (pixels == bench_plot.COLOURS[0]).all(axis=2).sum() > 500
