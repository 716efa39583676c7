"""The decoder once more, slowly and plainly: `struct` and dictionaries, offsets straight from `ram_map.json`.

It shares no code with `pmd_gym.ram` but the JSON file, and supplies the expected values of every field of a decoded
state.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pmd_gym

MAP = json.loads((Path(pmd_gym.__file__).parent / "ram" / "ram_map.json").read_bytes())
BASE: int = MAP["regions"]["ewram"]["base"]
GLOBALS = {entry["name"]: entry["address"] - BASE for entry in MAP["globals"]}
STRUCTS = {
    name: {field["name"]: (field["offset"], field["type"]) for field in entry["fields"]}
    for name, entry in MAP["structs"].items()
}
SIZES = {name: entry["size"] for name, entry in MAP["structs"].items()}
CODES = {"u8": "B", "s8": "b", "u16": "H", "s16": "h", "u32": "I", "s32": "i", "bool8": "B", "ptr": "I", "s32_q8": "i"}
GROUPS = [
    "sleep",
    "burn",
    "freeze",
    "cringe",
    "charge",
    "shield",
    "curse",
    "leech",
    "aim",
    "throw",
    "conceal",
    "sight",
    "muzzled",
]
STAGE_NAMES = ["attack", "sp_attack", "defense", "sp_defense", "accuracy", "evasion"]
STAT_NAMES = STAGE_NAMES[:4]
TITLE, DUNGEON, GROUND, UNKNOWN = range(4)
WIDTH, HEIGHT = 56, 32


def count(table: str) -> int:
    return len(MAP["enums"][table]["values"])


def number(ram: bytes, kind: str, offset: int) -> int:
    value: int = struct.unpack_from("<" + CODES[kind], ram, offset)[0]
    return value


def read(ram: bytes, path: str, base: int) -> int:
    """The number `Struct.field` of the struct at offset `base` (`Struct.field.member` for a nested one)."""
    name, _, rest = path.partition(".")
    field, _, member = rest.partition(".")
    offset, kind = STRUCTS[name][field]
    if member:
        return read(ram, f"{kind}.{member}", base + offset)
    return number(ram, kind, base + offset)


def at(struct_name: str, field: str) -> int:
    return int(STRUCTS[struct_name][field][0])


def blank(mode: int) -> dict[str, Any]:
    """The state of an image outside dungeons."""
    nothing = [[-1] * WIDTH for _ in range(HEIGHT)]
    grid = [[0] * WIDTH for _ in range(HEIGHT)]
    zeros = [
        "floor",
        "floor_count",
        "turns_left",
        "weather",
        "tileset",
        "fixed_room",
        "stairs_known",
        "map_revealed",
        "floor_result",
        "exit_reason",
        "has_bag",
    ]
    zeros += ["can_change_leader", "money", "bank", "dungeon_address"]
    return {
        **dict.fromkeys(zeros, 0), "mode": mode, "awaiting": 16, "dungeon_id": -1, "leader": -1, "stairs": [-1, -1],
        "sight": [-1] * 4, "camera": [0, 0], "seeds": {"run": 0, "floor": 0, "rng": 0},
        "signals": dict.fromkeys(SIGNALS, 0),
        "monsters": [None] * 20, "items": [None] * 64, "traps": [None] * 64, "rooms": [None] * 32, "bag": [None] * 20,
        "terrain": grid, "visibility": grid, "room": [[255] * WIDTH for _ in range(HEIGHT)], "walk": [grid] * 4,
        "monster_at": nothing, "object_at": nothing,
    }  # fmt: skip


SIGNALS = [
    "floor_playable",
    "floor_changing",
    "message_waits",
    "message_printing",
    "choice_open",
    "menu_open",
    "stairs_prompt",
    "may_act",
    "window_open",
]


def decode(ram: bytes) -> dict[str, Any]:
    """Everything a decoded state holds, as nested dictionaries and lists; a free slot is None."""
    base = dungeon_offset(ram)
    if base is None:
        pointer, program = number(ram, "u32", GLOBALS["dungeon"]), number(ram, "u32", GLOBALS["program_mode"])
        return blank(UNKNOWN if pointer else {0: TITLE, 2: GROUND}.get(program, UNKNOWN))
    state = blank(DUNGEON)
    state.update(header(ram, base))
    state["monsters"] = [monster(ram, base, slot) for slot in range(20)]
    leaders = [slot for slot, m in enumerate(state["monsters"][:4]) if m and m["is_leader"]]
    state["leader"] = leaders[0] if leaders else -1
    state["rooms"] = [room(ram, base + at("Dungeon", "rooms") + 28 * index) for index in range(32)]
    state["items"] = [item(ram, base, slot) for slot in range(64)]
    state["traps"] = [trap(ram, base, slot) for slot in range(64)]
    state.update(planes(ram, base, state))
    state["bag"] = [stack(ram, GLOBALS["inventory_data"] + 4 * slot, needs_use=True) for slot in range(20)]
    state["sight"] = sight(ram, base, state)
    mark_known(ram, base, state)
    state["signals"] = signals(ram, base, state)
    state["awaiting"] = awaiting(ram, state["signals"])
    return state


def dungeon_offset(ram: bytes) -> int | None:
    address = number(ram, "u32", GLOBALS["dungeon"])
    heap_begin, heap_end = 0x020011D0, 0x020251D0
    if address % 4 or address < heap_begin or address + 0x1CEDC > heap_end:
        return None
    base = address - BASE
    if read(ram, "Dungeon.dungeon_id", base) >= count("dungeon") or read(ram, "Dungeon.floor", base) > 99:
        return None
    return base


def header(ram: bytes, base: int) -> dict[str, Any]:
    def field(name: str) -> int:
        return read(ram, f"Dungeon.{name}", base)

    x, y = field("stairs.x"), field("stairs.y")
    weather = field("weather")
    return {
        "dungeon_id": field("dungeon_id"), "floor": field("floor"), "floor_count": max(0, field("floor_limit") - 1),
        "turns_left": field("turns_left"), "weather": weather if weather < count("weather") else 0,
        "tileset": field("tileset"), "fixed_room": field("fixed_room"),
        "stairs": [x, y] if 1 <= x <= 54 and 1 <= y <= 30 else [-1, -1],
        "camera": [field("camera_pixel.x"), field("camera_pixel.y")], "floor_result": field("floor_result"),
        "exit_reason": field("exit_reason"), "has_bag": int(field("has_inventory") != 0),
        "map_revealed": int(field("map_revealed") != 0),
        "can_change_leader": int(field("can_change_leader") != 0), "dungeon_address": base + BASE,
        "money": number(ram, "s32", GLOBALS["money"]), "bank": number(ram, "s32", GLOBALS["bank"]),
        "seeds": {"run": field("dungeon_seed"), "floor": field("floor_seed"),
                  "rng": number(ram, "u32", GLOBALS["rng_dungeon"])},
    }  # fmt: skip


def monster(ram: bytes, base: int, slot: int) -> dict[str, Any] | None:
    place, index = ("team", slot) if slot < 4 else ("wild", slot - 4)
    entity = base + at("Dungeon", f"{place}_entities") + 116 * index
    record = base + at("Dungeon", f"{place}_info") + 520 * index

    def field(name: str) -> int:
        return read(ram, f"Monster.{name}", record)

    x, y = read(ram, "Entity.pos.x", entity), read(ram, "Entity.pos.y", entity)
    sane = 1 <= field("species") < count("species") and 1 <= field("level") <= 100
    sane = sane and 0 <= field("hp") <= 999 and 1 <= field("max_hp") <= 999
    if read(ram, "Entity.kind", entity) != 1 or not (0 <= x < WIDTH and 0 <= y < HEIGHT) or not sane:
        return None
    shown = field("apparent_species")
    result: dict[str, Any] = {
        "exists": 1, "is_enemy": int(field("is_enemy") != 0), "is_leader": int(field("is_leader") == 1),
        "shopkeeper": within(field("shopkeeper"), 4), "species": field("species"),
        "apparent_species": shown if 1 <= shown < count("species") else field("species"),
        "x": x, "y": y, "facing": field("direction") % 8, "room": read(ram, "Entity.room", entity),
        "spawn_id": read(ram, "Entity.spawn_id", entity),
        "stats": [field(name) for name in STAT_NAMES],
        "stages": [s if 0 <= (s := field(f"{name}_stage")) <= 20 else 10 for name in STAGE_NAMES],
        "multipliers": [field(f"{name}_mult") for name in STAT_NAMES],
        "belly": field("belly.whole") * 1000 + field("belly.thousandths"),
        "max_belly": field("max_belly.whole") * 1000 + field("max_belly.thousandths"),
        "speed_stage": s if 0 <= (s := field("speed_stage")) <= 4 else 1,
        "types": [within(field(name), count("type")) for name in ("type1", "type2")],
        "abilities": [within(field(name), count("ability")) for name in ("ability1", "ability2")],
        "tactic": within(field("tactic"), count("tactic")),
        "behavior": within(field("behavior"), max(int(k, 0) for k in MAP["enums"]["behavior"]["values"]) + 1),
        "held_item": stack(ram, record + at("Monster", "held_item"), needs_use=True),
        "moves": [move(ram, record + at("Monster", "moves") + 8 * index) for index in range(4)],
    }  # fmt: skip
    for name in [
        "level",
        "team_index",
        "action",
        "hp",
        "max_hp",
        "exp",
        "iq",
        "terrified_turns",
        "perish_turns",
        "stockpile",
        "status_icons",
    ]:
        result[name] = field(name)
    for name in ["is_boss", "power_ears", "scanning", "stair_spotter"]:
        result[name] = int(field(name) != 0)
    result["statuses"], result["status_turns"] = statuses(field)
    return result


def within(value: int, limit: int) -> int:
    return value if value < limit else 0


def statuses(field: Any) -> tuple[list[int], list[int]]:
    values, turns = [], []
    for group in GROUPS:
        value = field("muzzled" if group == "muzzled" else f"{group}_status")
        value = within(value, 2 if group == "muzzled" else count(f"status_{group}"))
        values.append(value)
        turns.append(field(f"{group}_turns") if value and group != "throw" else 0)
    return values, turns


def stack(ram: bytes, offset: int, needs_use: bool) -> dict[str, int] | None:
    result = {name: read(ram, f"Item.{name}", offset) for name in ("flags", "quantity", "id")}
    if not 1 <= result["id"] < count("item") or (needs_use and not result["flags"] & 1):
        return None
    return result


def move(ram: bytes, offset: int) -> dict[str, int] | None:
    result = {name: read(ram, f"Move.{name}", offset) for name in ("flags", "flags2", "id", "pp", "boost")}
    return result if result["flags"] & 1 and 1 <= result["id"] < count("move") else None


def item(ram: bytes, base: int, slot: int) -> dict[str, Any] | None:
    entity = base + at("Dungeon", "item_entities") + 116 * slot
    x, y = read(ram, "Entity.pos.x", entity), read(ram, "Entity.pos.y", entity)
    content = stack(ram, base + at("Dungeon", "floor_items") + 4 * slot, needs_use=False)
    if read(ram, "Entity.kind", entity) != 3 or not (0 <= x < WIDTH and 0 <= y < HEIGHT) or content is None:
        return None
    return {"exists": 1, "x": x, "y": y, "item": content}


def trap(ram: bytes, base: int, slot: int) -> dict[str, Any] | None:
    entity = base + at("Dungeon", "trap_entities") + 116 * slot
    x, y = read(ram, "Entity.pos.x", entity), read(ram, "Entity.pos.y", entity)
    record = base + at("Dungeon", "floor_traps") + 4 * slot
    content = {name: read(ram, f"Trap.{name}", record) for name in ("id", "side")}
    inside = 0 <= x < WIDTH and 0 <= y < HEIGHT
    if read(ram, "Entity.kind", entity) != 2 or not inside or content["id"] >= count("trap"):
        return None
    return {"exists": 1, "x": x, "y": y, "trap": content}


def room(ram: bytes, offset: int) -> dict[str, int] | None:
    box = {name: read(ram, f"Room.{name}", offset) for name in ("x_min", "y_min", "x_end", "y_end")}
    fits = 0 <= box["x_min"] < box["x_end"] <= WIDTH and 0 <= box["y_min"] < box["y_end"] <= HEIGHT
    if read(ram, "Room.exists", offset) != 1 or not fits:
        return None
    return {"exists": 1, "discovered": int(read(ram, "Room.discovered", offset) != 0), **box}


def planes(ram: bytes, base: int, state: dict[str, Any]) -> dict[str, Any]:
    names = (
        "terrain",
        "visibility",
        "room",
        "walk_normal",
        "walk_liquid",
        "walk_chasm",
        "walk_wall",
        "monster",
        "object",
    )
    rows: dict[str, list[list[int]]] = {name: [] for name in names}
    first = base + BASE + at("Dungeon", "team_entities")
    present = [bool(slot) for key in ("monsters", "items", "traps") for slot in state[key]]
    for y in range(HEIGHT):
        for name in names:
            offset, kind = STRUCTS["Tile"][name]
            line = base + at("Dungeon", "tiles") + y * 1344 + offset
            rows[name].append([number(ram, kind, line + 24 * x) for x in range(WIDTH)])
        rows["monster"][y] = [tile_slot(p, first, present, 0, 20) for p in rows["monster"][y]]
        rows["object"][y] = [tile_slot(p, first, present, 20, 148) for p in rows["object"][y]]
    return {
        "terrain": rows["terrain"], "visibility": rows["visibility"], "room": rows["room"],
        "walk": [rows[f"walk_{kind}"] for kind in ("normal", "liquid", "chasm", "wall")],
        "monster_at": rows["monster"], "object_at": rows["object"],
    }  # fmt: skip


def tile_slot(pointer: int, first: int, present: list[bool], low: int, high: int) -> int:
    if pointer == 0 or (pointer - first) % 116 or not low <= (pointer - first) // 116 < high:
        return -1
    index = (pointer - first) // 116
    return index - low if present[index] else -1


def sight(ram: bytes, base: int, state: dict[str, Any]) -> list[int]:
    if state["leader"] < 0 or read(ram, "Dungeon.blinded", base):
        return [-1] * 4
    leader = state["monsters"][state["leader"]]
    index = state["room"][leader["y"]][leader["x"]]
    own = state["rooms"][index] if index < 32 else None
    if own:
        box = [own["x_min"] - 1, own["y_min"] - 1, own["x_end"], own["y_end"]]
    else:
        radius = read(ram, "Dungeon.visibility_range", base) % 4 or 2
        box = [leader["x"] - radius, leader["y"] - radius, leader["x"] + radius, leader["y"] + radius]
    return [max(0, box[0]), max(0, box[1]), min(WIDTH - 1, box[2]), min(HEIGHT - 1, box[3])]


def mark_known(ram: bytes, base: int, state: dict[str, Any]) -> None:
    def flag(name: str) -> bool:
        return read(ram, f"Dungeon.{name}", base) != 0

    def visibility(x: int, y: int) -> int:
        return int(state["visibility"][y][x])

    left, top, right, bottom = state["sight"]
    bright = read(ram, "Dungeon.visibility_range", base) == 0 or flag("lit_floor") or flag("map_revealed")

    def drawn(x: int, y: int) -> bool:
        if left < 0:
            return False
        leader = state["monsters"][state["leader"]]
        on_screen = bright and abs(x - leader["x"]) <= 6 and abs(y - leader["y"]) <= 5
        return on_screen or (left <= x <= right and top <= y <= bottom)

    for slot, one in enumerate(state["monsters"]):
        if one:
            index, array = (slot, "team_entities") if slot < 4 else (slot - 4, "wild_entities")
            present = read(ram, "Entity.visible", base + at("Dungeon", array) + 116 * index) != 0
            hidden = one["statuses"][GROUPS.index("conceal")] == 1 and not flag("show_hidden")
            revealed = flag("show_all_monsters") or flag("map_revealed")
            seen = not flag("blinded") and present and not hidden and (revealed or drawn(one["x"], one["y"]))
            one["in_sight"] = int(slot < 4 or seen)
    for one in filter(None, state["items"]):
        remembered = visibility(one["x"], one["y"]) & 2 and not flag("blinded")
        known = remembered or flag("show_all_items") or drawn(one["x"], one["y"])
        one["known"] = int(bool(known) and state["terrain"][one["y"]][one["x"]] & 3 != 0)
    for slot, one in enumerate(state["traps"]):
        if one:
            entity = base + at("Dungeon", "trap_entities") + 116 * slot
            revealed = read(ram, "Entity.visible", entity) != 0 or flag("show_hidden")
            one["known"] = int(revealed and bool(visibility(one["x"], one["y"]) & 1 or drawn(one["x"], one["y"])))
    x, y = state["stairs"]
    state["stairs_known"] = int(x >= 0 and (visibility(x, y) & 1 or flag("show_stairs") or flag("map_revealed")) != 0)


def signals(ram: bytes, base: int, state: dict[str, Any]) -> dict[str, int]:
    def value(name: str, kind: str) -> int:
        return number(ram, kind, GLOBALS[name])

    def field(name: str) -> int:
        return read(ram, f"Dungeon.{name}", base)

    text, flags, screen = value("text_state", "s32"), value("text_flags", "u16"), value("ui_mode", "s32")
    shown, fading = value("floor_shown", "u8"), value("fading", "u8")
    playable = field("floor_ready") == 1 and shown == 1 and fading == 0 and value("brightness", "s32") == 31
    changing = field("floor_ready") == 0 or shown == 0 or fading == 1
    changing = changing or field("floor_result") or field("exit_requested")
    leader = state["monsters"][state["leader"]] if state["leader"] >= 0 else None
    free = field("input_wait") == 1 and screen in (0, 3) and text == 0 and field("map_screen") == 0
    widths = [number(ram, "s16", GLOBALS["windows"] + 24 * index + at("Window", "width")) for index in range(4)]
    answers = {
        "floor_playable": playable, "floor_changing": changing, "message_waits": text in (7, 8, 9) and flags & 3 == 1,
        "message_printing": text in (1, 2, 3, 5, 6, 10, 11), "choice_open": text == 4,
        "menu_open": screen in (6, 7, 8, 9, 10) or field("map_screen") == 1,
        "stairs_prompt": screen == 10 and number(ram, "u16", GLOBALS["dungeon_submenu"]) == 38,
        "may_act": playable and free and leader is not None and leader["action"] == 0, "window_open": any(widths),
    }  # fmt: skip
    return {name: int(bool(answer)) for name, answer in answers.items()}


def awaiting(ram: bytes, answers: dict[str, int]) -> int:
    if answers["choice_open"]:
        return 4
    if answers["message_waits"]:
        return 2
    if number(ram, "s32", GLOBALS["text_state"]):
        return 0
    if answers["menu_open"]:
        return 8
    return 1 if answers["may_act"] else 0
