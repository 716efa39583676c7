"""The floor generator run as plain Python, without Numba: the slow twin of the compiled one.

Run as a program in a process with `NUMBA_DISABLE_JIT=1`: reads a JSON list of `[dungeon, floor, seed]` from the
command line and prints one JSON list of checksums. It shows that nothing depends on Numba's own arithmetic
(wrapping integers, unchecked indices).
"""

from __future__ import annotations

import json
import sys
import zlib
from typing import Any

import numpy as np

from pmd_gym.simulator.floor import generate
from pmd_gym.simulator.plan import PLAN
from pmd_gym.simulator.rng import seed_dungeon
from pmd_gym.simulator.rules import rules


class Record(np.record):
    """A record whose fields win over NumPy's own attributes, such as `flags`."""

    def __getattribute__(self, name: str) -> Any:
        dtype = np.void.__getattribute__(self, "dtype")
        if dtype.fields is not None and name in dtype.fields:
            return np.void.__getitem__(self, name)
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


def with_attributes(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The same dtype, with fields that plain Python can reach as attributes at every level."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return np.dtype((with_attributes(base), shape))
    if dtype.fields is None:
        return dtype
    names = list(dtype.names or ())
    members = {
        "names": names,
        "formats": [with_attributes(dtype.fields[name][0]) for name in names],
        "offsets": [dtype.fields[name][1] for name in names],
        "itemsize": dtype.itemsize,
    }
    return np.dtype((Record, np.dtype(members)))


def checksums(plan: Any) -> list[int]:
    """State of the generator, then CRC-32 of terrain, rooms and spawns, then player and stairs."""
    layers = [zlib.crc32(np.ascontiguousarray(layer).tobytes()) for layer in (plan.flags, plan.rooms, plan.spawns)]
    places = [plan.player_x, plan.player_y, plan.stairs_x, plan.stairs_y]
    return [int(number) for number in (plan.rng_dungeon, *layers, *places)]


def main() -> None:
    tables = rules().view(with_attributes(rules().dtype))[0]
    results = []
    for dungeon, floor, seed in json.loads(sys.argv[1]):
        plan = np.zeros(1, with_attributes(PLAN))[0]
        seed_dungeon(plan, seed)
        generate(plan, tables.dungeons[dungeon].floors[floor - 1], tables, False)
        results.append(checksums(plan))
    print(json.dumps(results))


if __name__ == "__main__":
    main()
