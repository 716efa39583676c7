"""Builds the cartridge: `python tests/cartridge/build.py` writes `cartridge.gba` beside this file.

Needs `arm-none-eabi-gcc` and its binutils; no devkit and no C library. The same sources and compiler give the same
bytes: no dates, no paths.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

if __package__:
    from tests.cartridge import ram_map_header
else:
    import ram_map_header

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "source"
ROM = HERE / "cartridge.gba"
COMPILER = "arm-none-eabi-gcc"
COMPILER_VERSION = "12.2.1"
"""The compiler that made the committed ROM; another one gives other bytes."""
FLAGS = [
    "-mcpu=arm7tdmi", "-mthumb", "-mthumb-interwork", "-O2", "-std=gnu11", "-ffreestanding", "-nostdlib",
    "-fno-builtin", "-fno-tree-loop-distribute-patterns", "-Wall", "-Wextra", "-Wno-array-bounds",
]  # fmt: skip
_CHECKSUMMED = slice(0xA0, 0xBD)
_CHECKSUM = 0xBD
_PAGE = 512


def build(rom: Path = ROM) -> None:
    """Compile everything and write the ROM; CalledProcessError carries the compiler's complaint."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        ram_map_header.write(room / "ram_map.h")
        sources = sorted(path.name for path in SOURCE.iterdir() if path.suffix in (".c", ".S"))
        _run([COMPILER, *FLAGS, "-I", folder, "-T", "cartridge.ld", *sources, "-lgcc", "-o", f"{folder}/cartridge.elf"])
        _run(["arm-none-eabi-objcopy", "-O", "binary", f"{folder}/cartridge.elf", f"{folder}/cartridge.bin"])
        rom.write_bytes(finished((room / "cartridge.bin").read_bytes()))


def compiler_version() -> str:
    """Version of the compiler on this machine; empty without one."""
    try:
        done = subprocess.run([COMPILER, "-dumpfullversion"], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()


def finished(program: bytes) -> bytes:
    """The program padded to whole pages, with the header's checksum."""
    data = bytearray(program + bytes(-len(program) % _PAGE))
    data[_CHECKSUM] = -(0x19 + sum(data[_CHECKSUMMED])) & 0xFF
    return bytes(data)


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=SOURCE, check=True)


if __name__ == "__main__":
    build(*map(Path, sys.argv[1:2]))
    print(ROM if len(sys.argv) < 2 else sys.argv[1])
