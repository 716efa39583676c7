"""The smallest cartridge that shows what a core does with it: counts frames, notes the keys, draws, and keeps a save.

ARM code of our own, a word a line, so that tests of the core itself need neither compiler nor game.
"""

from __future__ import annotations

import struct

TITLE, CODE = "TINY", "ZTNE"
FRAMES, KEYS, SAVED = 0, 4, 8
"""Offsets in EWRAM: frames counted (u32), the pad as last read (u16, 0 is down), the byte in save memory (u8)."""

_PROGRAM = (
    0xE3A00301,  # mov r0, #0x04000000
    0xE3A01B01,  # mov r1, #0x0400
    0xE3811003,  # orr r1, r1, #3
    0xE1C010B0,  # strh r1, [r0]
    0xE3A02402,  # mov r2, #0x02000000
    0xE3A05406,  # mov r5, #0x06000000
    0xE3A0640E,  # mov r6, #0x0E000000
    0xE2808E13,  # add r8, r0, #0x130
    # again:
    0xE1D010B6,  # ldrh r1, [r0, #6]
    0xE35100A0,  # cmp r1, #160
    0xAAFFFFFC,  # bge again
    # until:
    0xE1D010B6,  # ldrh r1, [r0, #6]
    0xE35100A0,  # cmp r1, #160
    0xBAFFFFFC,  # blt until
    0xE5923000,  # ldr r3, [r2]
    0xE2833001,  # add r3, r3, #1
    0xE5823000,  # str r3, [r2]
    0xE1D840B0,  # ldrh r4, [r8]
    0xE1C240B4,  # strh r4, [r2, #4]
    0xE1C530B0,  # strh r3, [r5]
    0xE5D67000,  # ldrb r7, [r6]
    0xE5C27008,  # strb r7, [r2, #8]
    0xE3140001,  # tst r4, #1
    0x02877001,  # addeq r7, r7, #1
    0x05C67000,  # streqb r7, [r6]
    0xEAFFFFED,  # b again
)


def tiny_rom(title: str = TITLE, code: str = CODE) -> bytes:
    """The ROM. Each frame draws the frame count as the first pixel; A held adds 1 to the first byte of save memory."""
    rom = bytearray(0xC0)
    struct.pack_into("<I", rom, 0, 0xEA00002E)  # branch over the header
    rom[0xA0:0xAC] = title.encode().ljust(12, b"\0")
    rom[0xAC:0xB2] = code.encode() + b"ZZ"
    rom[0xB2] = 0x96
    rom[0xBD] = -(0x19 + sum(rom[0xA0:0xBD])) & 0xFF
    return bytes(rom) + struct.pack(f"<{len(_PROGRAM)}I", *_PROGRAM) + b"SRAM_V113\0\0\0"
