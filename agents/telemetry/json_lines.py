"""Records in files: JSON lines, in parts of a bounded size, the finished parts compressed.

A batch is one write; a process that is killed loses at most the batch in hand. A last line cut short by a crash is
cut off when the file is opened again, and skipped by readers.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path

from agents.telemetry.measures import AnyMeasure, Measure, Opened, from_line, to_lines

PART_BYTES = 16 << 20
STEM = "telemetry"


class JsonLinesBackend:
    """Appends to `telemetry.jsonl`; past `part_bytes` that becomes `telemetry.<n>.jsonl.gz`, and a new one begins."""

    name = "file"

    def __init__(self, folder: Path, part_bytes: int = PART_BYTES) -> None:
        """Opens, or goes on with, the files in `folder`; OSError as the system gives it."""
        self._folder = folder
        self._part_bytes = part_bytes
        folder.mkdir(parents=True, exist_ok=True)
        for left in _parts(folder, ".jsonl"):  # a rotation was cut short
            _compress(left)
        self._file = self._open()

    def write(self, batch: list[Measure]) -> None:
        """See `Backend.write`; after an error the file ends where it did before, so that a retry doubles nothing."""
        if self._file.tell() >= self._part_bytes:
            self._rotate()
        size = self._file.tell()
        try:
            _write(self._file, to_lines(batch))
        except OSError:
            self._file.truncate(size)
            raise

    def close(self) -> None:
        """See `Backend.close`."""
        os.fsync(self._file.fileno())
        self._file.close()

    def _open(self) -> FileIO:
        file = FileIO(self._folder / f"{STEM}.jsonl", "a+")
        content = (self._folder / f"{STEM}.jsonl").read_bytes()
        file.truncate(content.rfind(b"\n") + 1)
        if not file.seek(0, os.SEEK_END):
            _write(file, to_lines([Opened(run=self._folder.name)]))
        return file

    def _rotate(self) -> None:
        number = 1 + len(_parts(self._folder, ".jsonl.gz"))
        finished = self._folder / f"{STEM}.{number}.jsonl"
        self._file.close()
        (self._folder / f"{STEM}.jsonl").rename(finished)
        self._file = self._open()
        _compress(finished)


def read_measures(folder: Path) -> Iterator[AnyMeasure]:
    """All records of a run in order; a line cut short is left out. ConfigError for a line of another schema."""
    for part in _parts(folder, ".jsonl.gz"):
        with gzip.open(part, "rb") as lines:
            yield from _whole(lines)
    current = folder / f"{STEM}.jsonl"
    for path in (*_parts(folder, ".jsonl"), *([current] if current.is_file() else [])):
        with path.open("rb") as lines:
            yield from _whole(lines)


def _whole(lines: Iterable[bytes]) -> Iterator[AnyMeasure]:
    return (from_line(line) for line in lines if line.endswith(b"\n"))


def _write(file: FileIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _parts(folder: Path, suffix: str) -> list[Path]:
    """Finished parts with this suffix by number. One that is there plain and compressed was cut short: plain counts."""
    found = {path: path.name.removesuffix(suffix).removeprefix(f"{STEM}.") for path in folder.glob(f"{STEM}.*{suffix}")}
    numbered = {path: int(number) for path, number in found.items() if number.isdigit()}
    whole = [path for path in numbered if suffix == ".jsonl" or not path.with_suffix("").exists()]
    return sorted(whole, key=numbered.__getitem__)


def _compress(part: Path) -> None:
    """Replace a finished part by its compressed form; done again from the plain file if it was cut short."""
    draft, target = part.with_name(f".{part.name}.gz"), part.with_name(f"{part.name}.gz")
    with part.open("rb") as plain, gzip.open(draft, "wb", compresslevel=3) as packed:
        while chunk := plain.read(1 << 20):
            packed.write(chunk)
    draft.replace(target)
    part.unlink()
