"""Writes the C header of the console's RAM from `pmd_gym/ram/ram_map.json`: the cartridge holds no offset of its own.

Plain JSON in, C out. It shares no code with `pmd_gym.ram.layout`, so that a mistake in one of the two readers shows as
a difference between what the cartridge writes and what the decoder reads. Every offset is asserted by the C compiler.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

RAM_MAP = Path(__file__).resolve().parents[2] / "pmd_gym" / "ram" / "ram_map.json"

_SCALARS = {
    "u8": "u8", "s8": "s8", "u16": "u16", "s16": "s16", "u32": "u32", "s32": "s32", "bool8": "u8", "s32_q8": "s32",
}  # fmt: skip
_ENUMS = {"key": "KEY", "dungeon_action": "ACTION", "exit_reason": "EXIT", "item": "ITEM"}
"""Enumerations whose names can stand in C, and the prefix of their constants."""
_EWRAM_END = 0x02040000


def header(ram_map: Mapping[str, Any]) -> str:
    """The whole header."""
    structs: Mapping[str, Any] = ram_map["structs"]
    parts = ["/* Written by ram_map_header.py from ram_map.json. */", "#pragma once", _TYPES]
    parts += [f"struct {name};" for name in structs]
    parts += [_struct(name, structs) for name in _by_need(structs)]
    address = structs["Dungeon"]["observed_address"]
    parts.append(f"#define world (*(struct Dungeon *){address}) /* where the game's own heap puts it */")
    parts += [_variable(entry, structs) for entry in ram_map["globals"] if _in_ewram(entry)]
    parts.append("enum {")
    constants = {name: value for name, value in ram_map["constants"].items() if isinstance(value, int)}
    parts += [f"    {name.upper()} = {value}," for name, value in constants.items()]
    parts.append("};")
    parts += [_enum(prefix, ram_map["enums"][name]["values"]) for name, prefix in _ENUMS.items()]
    categories = [entry["category"] for entry in ram_map["enums"]["item"]["values"].values()]
    parts.append(f"#define ITEM_CATEGORIES {{{', '.join(map(str, categories))}}}")
    amounts = ram_map["tables"]["money_by_quantity"]["values"]
    parts.append(f"#define MONEY_BY_QUANTITY {{{', '.join(map(str, amounts))}}}")
    return "\n".join(parts) + "\n"


_TYPES = """typedef unsigned char u8;
typedef signed char s8;
typedef unsigned short u16;
typedef short s16;
typedef unsigned int u32;
typedef int s32;"""


def _in_ewram(entry: Mapping[str, Any]) -> bool:
    return entry["name"] != "heap" and entry["address"] < _EWRAM_END


def _by_need(structs: Mapping[str, Any]) -> Iterator[str]:
    """Names of the structs, each after those that it holds."""
    done: set[str] = set()

    def visit(name: str) -> Iterator[str]:
        if name in done:
            return
        done.add(name)
        for entry in structs[name]["fields"]:
            if entry["type"] in structs:
                yield from visit(entry["type"])
        yield name

    for name in structs:
        yield from visit(name)


def _struct(name: str, structs: Mapping[str, Any]) -> str:
    """Definition with explicit padding, and the compiler's word that every field lies where the map says."""
    lines, checks, end = [f"struct {name} {{"], [], 0
    for entry in sorted(structs[name]["fields"], key=lambda field: int(field["offset"])):
        if entry["offset"] > end:
            lines.append(f"    u8 pad_{end:x}[{entry['offset'] - end}];")
        lines.append(f"    {_field(entry, structs)};")
        checks.append(f'_Static_assert(__builtin_offsetof(struct {name}, {entry["name"]}) == {entry["offset"]}, "");')
        end = entry["offset"] + entry["size"]
    size = structs[name]["size"]
    if size > end:
        lines.append(f"    u8 pad_{end:x}[{size - end}];")
    checks.append(f'_Static_assert(sizeof(struct {name}) == {size}, "");')
    return "\n".join([*lines, "};", *checks])


def _field(entry: Mapping[str, Any], structs: Mapping[str, Any]) -> str:
    kind = entry["type"]
    if kind in ("bytes", "u24"):
        return f"u8 {entry['name']}[{entry['size']}]"
    dims = "".join(f"[{size}]" for size in entry.get("dims") or ())
    if kind == "ptr":
        return f"{_target(entry.get('target', ''), structs)} *{entry['name']}{dims}"
    if kind in _SCALARS or kind in structs:
        return f"{_named(kind, structs)} {entry['name']}{dims}"
    return f"u8 {entry['name']}[{entry['size']}]"


def _variable(entry: Mapping[str, Any], structs: Mapping[str, Any]) -> str:
    """A macro `ram_<name>` for one global variable."""
    name, address, kind = entry["name"], f"0x{entry['address']:08X}", entry["type"]
    if entry["kind"] == "pointer":
        return f"#define ram_{name} (*({_target(kind, structs)} **){address})"
    if kind in _SCALARS or kind in structs:
        return f"#define ram_{name} (*({_named(kind, structs)} *){address})"
    array = re.fullmatch(r"(\w+)\[(\d+)\]", kind)
    if array and (array[1] in _SCALARS or array[1] in structs):
        return f"#define ram_{name} (*({_named(array[1], structs)} (*)[{array[2]}]){address})"
    return f"#define ram_{name} (*(u8 (*)[{entry['size']}]){address})"


def _named(kind: str, structs: Mapping[str, Any]) -> str:
    return f"struct {kind}" if kind in structs else _SCALARS[kind]


def _target(kind: str, structs: Mapping[str, Any]) -> str:
    return f"struct {kind}" if kind in structs else "void"


def _enum(prefix: str, values: Mapping[str, Any]) -> str:
    lines, used = ["enum {"], set()
    for number, value in values.items():
        text = value["name"] if isinstance(value, dict) else value
        name = f"{prefix}_{re.sub(r'[^A-Z0-9]+', '_', text.upper()).strip('_')}"
        name = name if name not in used else f"{name}_{int(number, 0)}"
        lines.append(f"    {name} = {int(number, 0)},")
        used.add(name)
    return "\n".join([*lines, "};"])


def write(path: Path) -> None:
    """Write the header to `path`."""
    path.write_text(header(json.loads(RAM_MAP.read_bytes())))
