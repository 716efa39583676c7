"""How much memory a process holds, as far as the system tells without a dependency (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

_MIB = 1 << 20
_RESIDENT = 1
"""Field of `/proc/PID/statm`: pages in memory."""


def resident_mib(pid: int) -> float:
    """MiB of memory that the process has in use; 0.0 where the system does not say, or the process is gone."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0
    return int(fields[_RESIDENT]) * os.sysconf("SC_PAGE_SIZE") / _MIB
