"""Loads a shared library so that nobody else in this process has its global variables.

The loader gives one set of variables to everyone who opens the same file, or one of the same name, so each load gets a
copy of its own: in memory where the system can, else a temporary file. Knows nothing of what the library does.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import tempfile
from pathlib import Path

_ELF64 = b"\x7fELF\x02\x01"
_TABLE = struct.Struct("<32xQ14xHH")  # of an ELF header: where the program headers lie, the size of one, how many
_SEGMENT = struct.Struct("<I4xQ16xQ")  # of a program header: kind, offset in the file, bytes in the file
_MODE = getattr(os, "RTLD_LOCAL", 0) | getattr(os, "RTLD_NOW", 0)


class PrivateLibrary:
    """A loaded copy of a library; `functions` is the `ctypes` library."""

    def __init__(self, path: Path) -> None:
        """Raises OSError if the file cannot be read, or is no library for this system."""
        self._descriptor, self._folder = -1, ""
        try:
            self._name = self._copy(path)
            self.functions = ctypes.CDLL(self._name, mode=_MODE)
        except BaseException:
            self._remove_copy()
            raise
        if self._folder:
            self._remove_copy()  # it stays loaded; a system that locks the file removes it in `close`

    def close(self) -> None:
        """Unload it: its functions and memory must not be touched afterwards. To be called once."""
        import _ctypes  # ctypes itself has no way to unload

        unload = getattr(_ctypes, "dlclose", None) or getattr(_ctypes, "FreeLibrary")  # noqa: B009  # one a system
        unload(self.functions._handle)
        if not self._is_loaded():
            self._remove_copy()

    def _copy(self, path: Path) -> str:
        """Copy the file; the name to load it by."""
        if not hasattr(os, "memfd_create"):
            _check_whole(path.read_bytes())
            self._folder = tempfile.mkdtemp(prefix="pmd_gym-")
            return str(shutil.copy(path, self._folder))
        self._descriptor = os.memfd_create(path.name)
        data = path.read_bytes()
        _check_whole(data)
        with open(self._descriptor, "wb", closefd=False) as copy:
            copy.write(data)
        return f"/proc/self/fd/{self._descriptor}"

    def _is_loaded(self) -> bool:
        """True for a library that cannot be unloaded. Its name must not come up again, so its copy is kept."""
        if self._descriptor < 0:
            return False
        try:
            ctypes.CDLL(self._name, mode=_MODE | os.RTLD_NOLOAD)
        except OSError:
            return False
        return True

    def _remove_copy(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def _check_whole(data: bytes) -> None:
    """OSError for an ELF file that was cut off: the loader would believe its headers and the process would die."""
    if not data.startswith(_ELF64) or len(data) < _TABLE.size:
        return  # the loader says what is wrong with it
    start, size, count = _TABLE.unpack_from(data)
    ends = [start + size * count]
    if ends[0] <= len(data) and size >= _SEGMENT.size:
        segments = (_SEGMENT.unpack_from(data, start + index * size) for index in range(count))
        ends += [offset + length for _, offset, length in segments]
    if max(ends) > len(data):
        raise OSError(f"truncated: {len(data):,} of at least {max(ends):,} bytes")
