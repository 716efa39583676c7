"""The generation of a silo's files that counts: opened and checked, renewed as a whole, made anew where damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.memory import base_files as files
from agents.memory import worth
from agents.memory.base_files import Manifest
from agents.memory.interface import IndexKind, Record, VectorIndex
from agents.memory.journal import HEADER, Journal, Shape, WrongKeys, frame
from pmd_gym.errors import MemoryFault

ROW = np.dtype([("offset", "<u8"), ("moment", "<i8"), ("value", "<f4")])
"""Beside each key of the index: where its frame begins in the journal, when it was, what it is worth."""

Entry = tuple[int, int, float]
Choice = Callable[[NDArray[np.void]], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Base:
    """The opened index and what belongs to its rows."""

    index: VectorIndex
    rows: NDArray[np.void]
    newest: int

    def __len__(self) -> int:
        return len(self.rows)


class Generation:
    """The files of one silo. `base` is None until there is an index; the journal is always there."""

    def __init__(self, folder: Path, shape: Shape, kind: IndexKind, mapped: bool) -> None:
        """Open what is in `folder`, made if missing.

        Damaged files are set aside with a `DamagedMemory` warning and made anew from the journal; WrongKeys if the
        folder is of another embedder or version.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._shape, self._kind, self._mapped = folder, shape, kind, mapped
        manifest = self._manifest()
        self._number = manifest.generation if manifest else files.newest_journal(folder)
        self.journal = self._open_journal()
        self.base = self._checked(manifest) if manifest else None
        self._covered = manifest.covered if manifest and self.base else HEADER.size
        files.clear_others(folder, self._number)

    def newer(self) -> tuple[NDArray[np.float32], list[Record], list[Entry]]:
        """Keys, records and rows of what the journal holds behind the base; a torn end is cut off, damage set aside."""
        keys, records, rows, end = [], [], [], self._covered
        for offset, after, key, record in self.journal.entries(self._covered):
            keys.append(key)
            records.append(record)
            rows.append((offset, record.moment, worth.value(record)))
            end = after
        if end < self.journal.size:
            self._cut(end)
        return self._stacked(keys), records, rows

    def renew(self, choose: Choice, running: Sequence[int]) -> tuple[Base, dict[int, int]]:
        """Write and open the next generation with the rows that `choose` keeps of all that are not `running`.

        Frames at the offsets `running` are kept in the journal, behind what the index covers; the second result says
        where each of them went.
        """
        number, old, folder = self._number + 1, self.journal, self._folder
        keys, rows = self._all(set(running))
        kept = np.flatnonzero(choose(rows))
        keys, rows = keys[kept], rows[kept]
        moved: dict[int, int] = {}
        write = files.write_whole
        write(files.journal_of(folder, number), lambda path: moved.update(self._copy(path, rows, running)))
        places = rows["offset"].tolist()
        self._covered = moved[running[0]] if running else files.journal_of(folder, number).stat().st_size
        rows["offset"] = [moved[place] for place in places]
        write(files.index_of(folder, number), lambda path: self._kind.build(keys, path))
        write(files.rows_of(folder, number), lambda path: path.write_bytes(rows.tobytes()))
        self._number, self.journal = number, Journal(files.journal_of(folder, number), self._shape)
        files.write_manifest(folder, self._describe(len(rows)))
        old.close()
        self.base = self._open(len(rows))
        files.clear_others(folder, number)
        return self.base, moved

    def close(self) -> None:
        """Force the journal to the disk and release it."""
        self.journal.sync()
        self.journal.close()

    def _manifest(self) -> Manifest | None:
        try:
            return files.read_manifest(self._folder)
        except MemoryFault as error:
            files.set_aside(self._folder / files.MANIFEST, error)
            return None

    def _open_journal(self) -> Journal:
        path = files.journal_of(self._folder, self._number)
        try:
            return Journal(path, self._shape)
        except WrongKeys:
            raise
        except MemoryFault as error:
            files.set_aside(path, error)
            return Journal(path, self._shape)

    def _checked(self, manifest: Manifest) -> Base | None:
        """The base if all of it is as the manifest says; else what is wrong is set aside."""
        if manifest.kind != self._kind.name:
            return None
        if not HEADER.size <= manifest.covered <= self.journal.size:
            files.set_aside(self._folder / files.MANIFEST, f"{self.journal.path} is shorter than its index")
            return None
        for path, expected in (
            (files.index_of(self._folder, self._number), manifest.index_sha256),
            (files.rows_of(self._folder, self._number), manifest.rows_sha256),
        ):
            if not path.is_file() or files.sha256(path) != expected:
                files.set_aside(path, f"{path} is missing or not what was written")
                return None
        return self._open(manifest.rows)

    def _open(self, count: int) -> Base:
        path = files.rows_of(self._folder, self._number)
        rows: NDArray[np.void] = np.memmap(path, ROW, "r") if count else np.empty(0, ROW)
        index = self._kind.open(files.index_of(self._folder, self._number), self._mapped)
        if len(index) != len(rows):
            raise MemoryFault(f"{path} has {len(rows)} rows, its index {len(index)}; remove both to rebuild them")
        return Base(index, rows, int(rows["moment"].max()) if count else -1)

    def _all(self, running: set[int]) -> tuple[NDArray[np.float32], NDArray[np.void]]:
        """Key and row of every frame that is whole: those of the base by their offsets, then what came since."""
        keys, rows = [], []
        for offset, key, record in self._whole_frames():
            if offset not in running:
                keys.append(key)
                rows.append((offset, record.moment, worth.value(record)))
        return self._stacked(keys), np.array(rows, ROW)

    def _whole_frames(self) -> Iterator[tuple[int, NDArray[np.float16], Record]]:
        for offset in self.base.rows["offset"].tolist() if self.base else ():
            with suppress(MemoryFault):  # damage in the middle costs the frames it hit, not those behind it
                yield offset, *self.journal.read(offset)
        for offset, _, key, record in self.journal.entries(self._covered):
            yield offset, key, record

    def _stacked(self, keys: list[NDArray[np.float16]]) -> NDArray[np.float32]:
        return np.array(keys, np.float16).reshape(-1, self._shape.dimensions).astype(np.float32)

    def _copy(self, path: Path, rows: NDArray[np.void], running: Sequence[int]) -> dict[int, int]:
        """Write a journal with the frames of `rows` and then those `running`; where each of them went."""
        moved = {}
        with path.open("wb") as target:
            target.write(self._shape.header())
            for offset in (*rows["offset"].tolist(), *running):
                moved[offset] = target.tell()
                target.write(frame(*self.journal.read(offset)))
        return moved

    def _describe(self, count: int) -> Manifest:
        index, rows = files.index_of(self._folder, self._number), files.rows_of(self._folder, self._number)
        return Manifest(1, self._number, self._kind.name, count, self._covered, files.sha256(index), files.sha256(rows))

    def _cut(self, end: int) -> None:
        """A torn end is what a kill leaves; whole frames behind damage are kept aside for whoever wants to look."""
        if self.journal.size - end > self._shape.key_bytes + (1 << 15):
            copy = self.journal.path.with_name(f"{self.journal.path.name}.draft")
            copy.write_bytes(self.journal.path.read_bytes()[end:])
            files.set_aside(copy, f"{self.journal.path} is damaged from byte {end} on")
        self.journal.cut(end)
