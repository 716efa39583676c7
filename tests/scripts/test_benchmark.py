"""The table of the benchmarks: whatever the terminal's width, no figure and no part of a name is left out."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from scripts.benchmark import show

ROWS = [
    {"name": "cartridge on the mGBA core: take one, with quite a long name behind it", "median_us": 1234.5, "calls": 7},
    {"name": "short", "p99_us": 98765.4, "an_even_longer_column_title": 12345678, "met": False},
]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 160, 400])
def test_nothing_is_cut_at_any_width(width: int) -> None:
    out = io.StringIO()
    show("Title", ROWS, Console(file=out, width=width, color_system=None))
    text = out.getvalue()
    assert "…" not in text
    for row in ROWS:
        for key, value in row.items():
            assert key in text
            if key not in ("name", "met"):
                assert f"{value:,}" in text
    firsts = [line.split("│")[1].strip() for line in text.splitlines() if line.startswith("│")]
    assert " ".join(firsts) == f"{ROWS[0]['name']} {ROWS[1]['name']}"
