"""The files of one silo in its folder: which generation counts, replaced as a whole, checked by content.

A generation N is `N.journal` (the truth), `N.index` and `N.rows` (made from it). `manifest.json` names the generation
that counts, how much of the journal its index covers, and the SHA-256 of the two. It is written last, each file by
write, fsync and rename, so a kill leaves the old generation or the new one. File names are made from the number
alone, never taken from a file. What is damaged is renamed to `*.damaged-K`, with a warning, and made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from agents.memory.journal import DamagedMemory
from pmd_gym.errors import MemoryFault, StorageError

MANIFEST, MAX_MANIFEST = "manifest.json", 4096
CHUNK = 1 << 20


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `manifest.json` says. `covered` is the end of the last frame in the index; `rows` how many it holds."""

    version: int
    generation: int
    kind: str
    rows: int
    covered: int
    index_sha256: str
    rows_sha256: str


def journal_of(folder: Path, generation: int) -> Path:
    """The journal of a generation."""
    return folder / f"{generation:06d}.journal"


def index_of(folder: Path, generation: int) -> Path:
    """Its index."""
    return folder / f"{generation:06d}.index"


def rows_of(folder: Path, generation: int) -> Path:
    """What belongs to the rows of its index."""
    return folder / f"{generation:06d}.rows"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest; None if there is none. MemoryFault for a damaged one."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            content = file.read(MAX_MANIFEST + 1)
    except FileNotFoundError:
        return None
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise MemoryFault(f"{folder / MANIFEST} is damaged: {error}") from error
    if len(content) > MAX_MANIFEST or manifest.version != 1 or not 0 <= manifest.generation < 10**6:
        raise MemoryFault(f"{folder / MANIFEST} is damaged or of another version: {manifest}")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Let a generation count from now on."""
    text = json.dumps(msgspec.to_builtins(manifest), indent=1) + "\n"
    write_whole(folder / MANIFEST, lambda path: path.write_text(text))


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Replace a file as a whole: `write` fills a draft, which is forced to the disk and renamed."""
    draft = path.with_name(path.name + ".draft")
    try:
        write(draft)
        _sync(draft)
        draft.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}; free some space") from error
    finally:
        draft.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk; where folders cannot be opened, renames are as safe."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """Hash of a file's content. Reads every page, so what is mapped afterwards comes from RAM at its first use."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def set_aside(path: Path, why: object) -> None:
    """Rename a damaged file and say so."""
    number = next(number for number in range(1, 10**6) if not path.with_name(f"{path.name}.damaged-{number}").exists())
    aside = path.with_name(f"{path.name}.damaged-{number}")
    with suppress(FileNotFoundError):
        path.replace(aside)
    warnings.warn(f"{why}; set aside as {aside.name}", DamagedMemory, stacklevel=2)


def newest_journal(folder: Path) -> int:
    """The highest generation that has a journal, 0 without any; drafts do not count, so it is a whole one."""
    numbers = [int(path.stem) for path in folder.glob("*.journal") if path.stem.isdecimal()]
    return max(numbers, default=0)


def clear_others(folder: Path, generation: int) -> None:
    """Remove drafts and other generations; what was set aside stays."""
    stem = f"{generation:06d}"
    for path in folder.iterdir():
        ours = path.suffix in (".journal", ".index", ".rows") and path.stem.isdecimal() and path.stem != stem
        if ours or path.suffix == ".draft":
            with suppress(OSError):  # where mapped files cannot be removed, the next one to open does it
                path.unlink()
