"""The journal of a silo: every key and record, appended as it comes. What a silo holds can be made anew from it alone.

A file is a header, then frames. Header, 64 bytes: magic, version (u16), interval (u16), dimensions (u32), name of the
embedder (ASCII, zero-padded to 48). Frame: length of the payload (u32), its CRC-32 (u32), payload: the key in float16,
then the record. All little-endian. A batch is one `write`, so a kill at any byte leaves whole frames and at most one
torn one, which is cut off when the file is opened again. Knows nothing of indices.
"""

from __future__ import annotations

import os
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from agents.memory import record as records
from agents.memory.interface import Record
from pmd_gym.errors import MemoryFault, StorageError

MAGIC, VERSION = b"PMDMEMRY", 1
HEADER, FRAME = struct.Struct("<8sHHI48s"), struct.Struct("<II")
MAX_DIMENSIONS = 8192


@dataclass(frozen=True, slots=True)
class Shape:
    """What a silo's keys are: `interval` in steps, `dimensions`, and the name of the embedder that made them."""

    interval: int
    dimensions: int
    embedder: str

    def header(self) -> bytes:
        """The first 64 bytes of a journal."""
        return HEADER.pack(MAGIC, VERSION, self.interval, self.dimensions, self.embedder.encode("ascii")[:48])

    @property
    def key_bytes(self) -> int:
        """Bytes of a key in a frame."""
        return 2 * self.dimensions


class Journal:
    """One file, open to append and to read; OSError of the system comes as StorageError."""

    def __init__(self, path: Path, shape: Shape) -> None:
        """Open `path`, or begin it. MemoryFault if it is no journal; WrongKeys if it was made with others."""
        self.path = path
        self._shape = shape
        path.touch(0o600)
        self._file = path.open("r+b", buffering=0)
        self._turn = Lock()  # of the file's position: silos are read side by side
        self.size = path.stat().st_size
        try:
            if self.size < HEADER.size:
                self.cut(0)
                self._write(shape.header())
            check_header(self._read(0, HEADER.size), shape, path)
        except Exception:  # whoever asked gets the error, but not an open file
            self._file.close()
            raise

    def append(self, keys: NDArray[np.float32], batch: Sequence[Record]) -> list[int]:
        """Write a batch; offset of each frame. On a full disk the journal ends before the batch."""
        frames = [frame(key, record) for key, record in zip(keys, batch, strict=True)]
        offsets = [self.size + sum(map(len, frames[:row])) for row in range(len(frames))]
        self._write(b"".join(frames))
        return offsets

    def frames(self, start: int = HEADER.size) -> Iterator[tuple[int, int, bytes]]:
        """(offset, end, payload) of each frame from `start` on; stops before the first one that is torn or damaged."""
        position = max(start, HEADER.size)
        while (payload := self._payload(position)) is not None:
            end = position + FRAME.size + len(payload)
            yield position, end, payload
            position = end

    def entries(self, start: int = HEADER.size) -> Iterator[tuple[int, int, NDArray[np.float16], Record]]:
        """(offset, end, key, record) of each frame from `start` on; a frame that holds no record is left out."""
        for offset, end, payload in self.frames(start):
            try:
                yield offset, end, *self._parsed(payload)
            except MemoryFault as error:
                warnings.warn(f"{self.path}, byte {offset}: {error}; left out", DamagedMemory, stacklevel=2)

    def read(self, offset: int) -> tuple[NDArray[np.float16], Record]:
        """Key and record of the frame at `offset`; MemoryFault if none is whole there."""
        payload = self._payload(offset)
        if payload is None:
            raise MemoryFault(f"{self.path} has no whole frame at byte {offset}; it is rebuilt when next opened")
        return self._parsed(payload)

    def cut(self, end: int) -> None:
        """Forget what stands behind byte `end`."""
        self._file.truncate(end)
        self.size = end

    def sync(self) -> None:
        """Force what was written to the disk."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise StorageError(f"cannot write {self.path}: {error.strerror}; free some space") from error

    def close(self) -> None:
        """Release the file; idempotent."""
        self._file.close()

    def _parsed(self, payload: bytes) -> tuple[NDArray[np.float16], Record]:
        key = np.frombuffer(payload, np.float16, self._shape.dimensions)
        return key, records.decode(memoryview(payload)[self._shape.key_bytes :])

    def _payload(self, offset: int) -> bytes | None:
        head = self._read(offset, FRAME.size)
        if len(head) < FRAME.size:
            return None
        length, check = FRAME.unpack(head)
        if not self._shape.key_bytes < length <= self._shape.key_bytes + records.MAX_BYTES:
            return None
        payload = self._read(offset + FRAME.size, length)
        return payload if len(payload) == length and zlib.crc32(payload) == check else None

    def _read(self, offset: int, size: int) -> bytes:
        with self._turn:
            self._file.seek(offset)
            return self._file.read(size) or b""

    def _write(self, content: bytes) -> None:
        left = memoryview(content)
        try:
            with self._turn:
                self._file.seek(self.size)
                while left:
                    left = left[self._file.write(left) :]
        except OSError as error:
            self._file.truncate(self.size)
            raise StorageError(f"cannot write {self.path}: {error.strerror}; free some space") from error
        self.size += len(content)


def frame(key: NDArray[np.float32] | NDArray[np.float16], record: Record) -> bytes:
    """One frame with its head."""
    payload = key.astype(np.float16).tobytes() + records.encode(record)
    return FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def check_header(header: bytes, shape: Shape, path: Path) -> None:
    """MemoryFault if the header is damaged; WrongKeys if it belongs to other keys than `shape`."""
    if len(header) < HEADER.size or header[:8] != MAGIC:
        raise MemoryFault(f"{path} is no journal of memories")
    _, version, interval, dimensions, name = HEADER.unpack(header)
    embedder = name.rstrip(b"\0").decode("ascii", "replace")
    found = (version, interval, dimensions, embedder)
    expected = (VERSION, shape.interval, shape.dimensions, shape.embedder[:48])
    if found != expected:
        raise WrongKeys(
            f"{path} holds (version, interval, dimensions, embedder) {found}, expected {expected};"
            " give another folder, or the settings it was made with"
        )


class DamagedMemory(UserWarning):
    """A file of a memory was damaged; it was set aside, and what could be was made anew."""


class WrongKeys(MemoryFault):
    """A memory that is whole but was made with another version, interval or embedder: never set aside, never mixed."""
