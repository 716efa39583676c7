"""The game's tables as one NumPy record, which every kernel of the simulator receives as `rules`.

Built from `data/*.json` (numbers of pret/pmd-red 1177316f, see `_source` in each file) when the first game starts.
Ids are the game's own. Weight tables are kept as running totals out of 10,000, because that is how the game stores
them in RAM and how it draws from them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.ram import layout
from pmd_gym.simulator.effect_kinds import EFFECTS, MAX_STEPS, PAUSING_MOVES, Effect, side_chance
from pmd_gym.simulator.special_kinds import SPECIAL_MOVES
from pmd_gym.simulator.vain_moves import ON_SELF, ON_TARGET

FLOOR_COLUMNS = (
    "pokemon_table", "trap_table", "item_table", "kecleon_item_table", "monster_house_item_table",
    "buried_item_table", "layout", "room_density", "tileset", "music", "weather", "connectivity",
    "enemy_density", "kecleon_chance", "monster_house_chance", "maze_chance", "sticky_chance", "dead_ends",
    "structure_budget", "room_flags", "unknown_e", "item_density", "trap_density", "floor_number",
    "fixed_room", "extra_hallways", "buried_density", "lake_density", "visibility", "money_cap",
    "kecleon_layout", "itemless_monster_house_chance",
)  # fmt: skip
"""Columns of a floor in `dungeons.json`; the last 26 are the FloorProperties bytes of the cartridge."""

MAX_LEARNED = 24
MAX_FLOORS = 99
FIXED_ROOM_SIZE = 24
SOUND_MOVES = (
    "GROWL", "ROAR", "METAL_SOUND", "SING", "GRASSWHISTLE", "SUPERSONIC", "PERISH_SONG", "SCREECH", "HYPER_VOICE",
    "SNORE", "HEAL_BELL",
)  # fmt: skip
"""What Soundproof blocks (src/moves.c, IsSoundMove)."""
REACHING_MOVES = {
    "reaches_air": ("SKY_UPPERCUT", "TWISTER", "GUST", "THUNDER"), "reaches_water": ("WHIRLPOOL", "SURF"),
    "reaches_ground": ("EARTHQUAKE", "MAGNITUDE"),
}  # fmt: skip
"""Moves that hit who flies, dives or digs (src/dungeon_move_util.c, sub_80571F0)."""
MOVE_FLAGS = (
    "magic_coat", "snatch", "mouth", "ignores_taunt", "hits_frozen", "sound", "contact", *REACHING_MOVES,
)  # fmt: skip

_SPECIES = np.dtype([
    ("types", "u1", 2), ("abilities", "u1", 2), ("max_hp", "<i2"), ("attack", "u1"), ("sp_attack", "u1"),
    ("defense", "u1"), ("sp_defense", "u1"), ("exp_yield", "<i4"), ("recruit_rate", "<i2"), ("body_size", "u1"),
    ("speed", "u1"), ("mobility", "u1"), ("asleep_pct", "u1"), ("can_move", "u1"), ("exp_curve", "<i2"),
    ("weight", "<i2"), ("size", "<i2"), ("friend_area", "u1"), ("no_friend_area_needed", "u1"),
    ("learn_count", "u1"), ("learn_level", "u1", MAX_LEARNED), ("learn_move", "<u2", MAX_LEARNED),
    ("gain_hp", "u1", 101), ("gain_attack", "u1", 101), ("gain_sp_attack", "u1", 101),
    ("gain_defense", "u1", 101), ("gain_sp_defense", "u1", 101),
])  # fmt: skip
"""One species. `gain_*[level]` is what the stat grows on reaching that level; mobility as in `monsters.json`."""

_MOVE = np.dtype([
    ("type", "u1"), ("power", "<i2"), ("pp", "u1"), ("accuracy", "u1"), ("damage_accuracy", "u1"), ("hits", "u1"),
    ("critical", "u1"), ("target", "u1"), ("range", "u1"), ("ai_target", "u1"), ("ai_range", "u1"),
    ("ai_weight", "u1"), ("ai_condition", "u1"), ("ai_random_pct", "u1"), ("max_ginseng", "u1"),
    *((flag, "u1") for flag in MOVE_FLAGS),
])  # fmt: skip
"""One move; `accuracy` and `damage_accuracy` are the two checks (acc1, acc2) of mechanics section 7."""

_EFFECT = np.dtype([
    ("kind", "u1"), ("factor_rule", "u1"), ("factor", "<i4"), ("gate", "u1"), ("chance", "u1"), ("needs", "u1"),
    ("thaws", "u1"), ("charge", "u1"), ("pauses", "u1"), ("steps", "u1", MAX_STEPS), ("amounts", "<i2", MAX_STEPS),
    ("vain_self", "u1"), ("vain_self_amount", "u1"), ("vain_target", "u1"), ("vain_target_amount", "u1"),
])  # fmt: skip
"""What a move does beyond its numbers: the rows of `effect_kinds` and `special_kinds`; `factor` is 48.16.

`pauses`: the user rests after it. The `vain` columns are the rules of Status Checker (`vain_moves`)."""

_ITEM = np.dtype([
    ("category", "u1"), ("buy", "<i4"), ("sell", "<i4"), ("amount_low", "u1"), ("amount_high", "u1"), ("move", "<u2"),
    ("damage", "u1"), ("heal", "<i2"), ("max_hp", "u1"), ("belly", "<i2"), ("max_belly", "u1"), ("gummi", "u1"),
    ("ai_self", "u1"), ("ai_ally", "u1"), ("ai_enemy", "u1"),
])  # fmt: skip
"""One item; a new stack holds `amount_low..amount_high-1` pieces. `move` is what a TM teaches or an orb does, `damage`
that of a thrown rock; `heal`, `belly` and their growth are what eating gives; `ai_*`: whom the AI means it for."""
ITEM_BYTES = 30

_FLOOR = np.dtype([(name, "<i2") for name in FLOOR_COLUMNS])
_DUNGEON = np.dtype([
    ("exists", "u1"), ("floor_limit", "u1"), ("turn_limit", "<i2"), ("random_movement_pct", "u1"),
    ("stairs_up", "u1"), ("recruiting", "u1"), ("rescues_allowed", "i1"), ("max_items", "u1"), ("max_party", "u1"),
    ("keep_money", "u1"), ("leader_can_switch", "u1"), ("level_reset", "u1"), ("continues_into", "<i2"),
    ("floor_count", "u1"), ("floors", _FLOOR, MAX_FLOORS),
])  # fmt: skip
_SPAWNS = np.dtype([("count", "<i4"), ("entries", layout.struct("SpawnEntry"), 32)])
_FIXED_ROOM = np.dtype(
    [("width", "u1"), ("height", "u1"), ("flags", "u1"), ("cells", "u1", (FIXED_ROOM_SIZE, FIXED_ROOM_SIZE))]
)


_RESIDENT = np.dtype([("species", "<i2"), ("behavior", "u1"), ("room", "u1")])
"""Who appears on a tile of a fixed room, by its code: species 0 for nobody, scripted part, room number of the tile."""
_SKARMORY = ("16", {"species": 252, "behavior": "skarmory"})  # the code that the table of entities leaves out


@cache
def rules() -> NDArray[np.void]:
    """The tables as a read-only array of one record; kernels take `rules()[0]`."""
    monsters, moves, items = _load("monsters")["monsters"], _load("moves")["moves"], _load("items")
    table = np.zeros(1, _dtype(len(_load("levels")["exp_curves"])))
    _fill_species(table["species"][0], monsters)
    _fill_levels(table[0])
    _fill_moves(table["moves"][0], moves)
    _fill_effects(table["effects"][0], moves)
    _fill_items(table["items"][0], items["items"])
    _fill_dungeons(table[0])
    _fill_fixed_rooms(table["fixed_rooms"][0])
    _fill_residents(table["residents"][0])
    _fill_constants(table[0])
    table["money"] = items["money_table"]
    table["gummi_iq"] = items["gummi_iq_gain[type][gummi]"]
    table["gummi_belly"] = items["gummi_belly_gain[type][gummi]"]
    _fill_teachable(table["teachable"][0])
    table.flags.writeable = False
    return table


@cache
def dungeon_ids() -> dict[str, int]:
    """Dungeon name as the game prints it -> id, in order of ids."""
    return {entry["name"]: entry["id"] for entry in sorted(_dungeons(), key=lambda entry: entry["id"])}


def _dtype(exp_curves: int) -> np.dtype[Any]:
    return np.dtype([
        ("species", _SPECIES, 424), ("moves", _MOVE, 413), ("effects", _EFFECT, 413), ("items", _ITEM, 240),
        ("dungeons", _DUNGEON, 63), ("monster_tables", _SPAWNS, 839), ("trap_tables", "<u2", (148, 20)),
        ("item_tables", layout.struct("ItemSpawnTable"), 176), ("fixed_rooms", _FIXED_ROOM, 67),
        ("residents", _RESIDENT, 220),
        ("exp_curves", "<i4", (exp_curves, 101)), ("type_chart", "u1", (18, 18)), ("type_factor", "<i4", 4),
        ("combined_code", "u1", (4, 4)), ("is_physical", "u1", 18), ("money", "<i4", 100),
        ("attack_stage", "<i4", 21), ("defense_stage", "<i4", 21), ("accuracy_stage", "<i4", 21),
        ("evasion_stage", "<i4", 21), ("speed_turns", "u1", (5, 25)), ("iq_required", "<i2", 24),
        ("hidden_power", "u1", 10), ("secondary_terrain", "u1", 76), ("teachable", "u1", (424, ITEM_BYTES)),
        ("gummi_iq", "<i2", (18, 18)), ("gummi_belly", "<i2", (18, 18)),
    ])  # fmt: skip


def _load(name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath("data", f"{name}.json").read_bytes()
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _dungeons() -> list[dict[str, Any]]:
    return [*_load("dungeons")["dungeons"], *_load("dungeons_more")["dungeons"]]


def _fill_species(species: NDArray[np.void], monsters: dict[str, Any]) -> None:
    names = {"hp": "max_hp", "atk": "attack", "spatk": "sp_attack", "def": "defense", "spdef": "sp_defense",
             "body": "body_size"}  # fmt: skip
    same = (
        "types",
        "abilities",
        "exp_yield",
        "recruit_rate",
        "speed",
        "mobility",
        "asleep_pct",
        "weight",
        "size",
        "friend_area",
    )
    for key, entry in monsters.items():
        row = species[int(key)]
        for source, target in [*names.items(), *((name, name) for name in same)]:
            row[target] = entry[source]
        row["can_move"] = entry.get("can_move", True)
        row["no_friend_area_needed"] = entry.get("no_friend_area_needed", False)
        row["learn_count"] = len(entry.get("learn", []))
        for index, (level, move) in enumerate(entry.get("learn", [])):
            row["learn_level"][index], row["learn_move"][index] = level, move


def _fill_levels(table: np.void) -> None:
    levels = _load("levels")
    table["exp_curves"][:, 1:] = levels["exp_curves"]
    stats = ("gain_hp", "gain_attack", "gain_sp_attack", "gain_defense", "gain_sp_defense")
    for key, (curve, *gains) in levels["species"].items():
        row = table["species"][int(key)]
        row["exp_curve"] = curve
        for stat, digits in zip(stats, gains, strict=True):
            row[stat][1:] = [int(digit, 36) for digit in digits]


def _fill_moves(table: NDArray[np.void], moves: dict[str, Any]) -> None:
    names = {"type": "type", "power": "power", "pp": "pp", "acc1": "accuracy", "acc2": "damage_accuracy",
             "hits": "hits", "crit": "critical", "target": "target", "range": "range", "ai_target": "ai_target",
             "ai_range": "ai_range", "ai_weight": "ai_weight"}  # fmt: skip
    for key, entry in moves.items():
        row = table[int(key)]
        for source, target in names.items():
            row[target] = entry[source]
        row["ai_condition"] = entry.get("ai_condition", 0)
        row["ai_random_pct"] = entry.get("ai_random_pct", 75)
        row["max_ginseng"] = entry.get("max_ginseng", 99)
        row["sound"] = entry["key"] in SOUND_MOVES
        for flag, keys in REACHING_MOVES.items():
            row[flag] = entry["key"] in keys
        for flag in entry.get("flags", ()):
            if flag in MOVE_FLAGS:
                row[flag] = 1


def _fill_effects(table: NDArray[np.void], moves: dict[str, Any]) -> None:
    _fill_effect(table[0], EFFECTS["NOTHING"])
    for key, entry in moves.items():
        row, name = table[int(key)], entry["key"]
        row["chance"], row["pauses"] = side_chance(entry), name in PAUSING_MOVES
        row["vain_self"], row["vain_self_amount"] = ON_SELF.get(name, (0, 0))
        row["vain_target"], row["vain_target_amount"] = ON_TARGET.get(name, (0, 0))
        if name in SPECIAL_MOVES:
            row["kind"] = SPECIAL_MOVES[name]
        elif name in EFFECTS:
            _fill_effect(row, EFFECTS[name])


def _fill_effect(row: np.void, effect: Effect) -> None:
    for name in ("kind", "factor_rule", "factor", "gate", "needs", "thaws", "charge"):
        row[name] = getattr(effect, name)
    for index, (step, amount) in enumerate(effect.steps):
        row["steps"][index], row["amounts"][index] = step, amount


def _fill_items(table: NDArray[np.void], items: dict[str, Any]) -> None:
    for key, entry in items.items():
        row = table[int(key)]
        row["category"], row["buy"], row["sell"] = entry["cat"], entry["buy"], entry["sell"]
        row["amount_low"], row["amount_high"] = entry.get("amount", (0, 0))
        row["damage"] = entry.get("fixed", 0)
        for name in ("move", "heal", "max_hp", "belly", "max_belly", "gummi"):
            row[name] = max(entry.get(name, 0), 0)
        for name, letter in (("ai_self", "S"), ("ai_ally", "A"), ("ai_enemy", "E")):
            row[name] = letter in entry.get("ai", "")


def _fill_teachable(table: NDArray[np.uint8]) -> None:
    for species, taught in _load("teachable")["species"].items():
        for item in taught:
            table[int(species), item >> 3] |= 1 << (item & 7)


def _fill_dungeons(table: np.void) -> None:
    sources = (_load("dungeons"), _load("dungeons_more"))
    for entry in _dungeons():
        row = table["dungeons"][entry["id"]]
        for name in _DUNGEON.names or ():
            if name in entry and name != "floors":
                row[name] = -1 if entry[name] is None else entry[name]
        row["exists"], row["floor_count"] = 1, len(entry["floors"])
        for index, columns in enumerate(entry["floors"]):
            row["floors"][index] = tuple(columns)
            row["floors"][index]["room_density"] = np.int8(np.uint8(columns[7]))
    for source in sources:
        for key, rows in source["pokemon_tables"].items():
            _fill_spawns(table["monster_tables"][int(key)], rows)
        for key, weights in source["trap_tables"].items():
            table["trap_tables"][int(key)] = _running_totals(((int(t), w) for t, w in weights.items()), 20)
        for key, weights in source["item_tables"].items():
            _fill_item_table(table["item_tables"][int(key)], weights)


def _fill_spawns(table: np.void, rows: list[list[int]]) -> None:
    table["count"] = len(rows)
    total = 0
    for entry, (species, level, weight) in zip(table["entries"], rows, strict=False):
        total += weight
        running = total if weight else 0
        entry["packed"] = species | level << 9
        entry["weight_floor"], entry["weight_house"] = running, running


def _fill_item_table(table: np.void, weights: dict[str, Any]) -> None:
    categories = ((int(category), weight) for category, weight in weights["categories"].items())
    table["category_weights"] = _running_totals(categories, 12)
    table["item_weights"] = 0  # the same table may come from several files
    for rows in weights["items"].values():
        table["item_weights"] += _running_totals(rows, 240)


def _running_totals(weights: Any, size: int) -> NDArray[np.int32]:
    """Running totals at the ids that have a weight, 0 elsewhere (0 marks 'never' in the game's tables)."""
    totals, total = np.zeros(size, np.int32), 0
    for index, weight in sorted(weights):
        total += weight
        totals[index] = total if weight else 0
    return totals


def _fill_fixed_rooms(rooms: NDArray[np.void]) -> None:
    for key, entry in _load("fixed_rooms")["rooms"].items():
        width, height = entry["w"], entry["h"]
        rooms[int(key)]["width"], rooms[int(key)]["height"] = width, height
        rooms[int(key)]["flags"] = entry["flags"]
        rooms[int(key)]["cells"][:height, :width] = entry["rows"]


def _fill_residents(residents: NDArray[np.void]) -> None:
    parts = {str(part).lower().replace(" ", "_"): number for number, part in layout.enum("behavior").items()}
    for code, entry in (_SKARMORY, *_load("fixed_rooms")["entities"].items()):
        residents[int(code)]["species"] = entry.get("species", 0)
        residents[int(code)]["behavior"] = parts.get(entry.get("behavior", ""), 0)
    residents["room"][61:66] = range(1, 6)


def _fill_constants(table: np.void) -> None:
    types, stages = _load("types"), _load("constants")["stage_multipliers_24_8"]
    table["type_chart"] = types["chart_attacker_rows"]
    table["type_factor"] = [int(types["multiplier_16_16"][str(code)], 16) for code in range(4)]
    table["combined_code"] = types["combined_message[code1][code2]"]
    table["is_physical"][types["physical"]] = 1
    for name, source in (
        ("attack", "attack"),
        ("defense", "defence"),
        ("accuracy", "accuracy"),
        ("evasion", "evasion"),
    ):
        table[f"{name}_stage"] = stages[source]
    table["speed_turns"] = layout.ram_map()["tables"]["speed_turns"]["values"]
    required = _load("constants")["tables"]["iq_required"]
    for skill, name in layout.enum("iq_skill").items():
        table["iq_required"][skill] = required.get(name.lower().replace(" ", "_"), 999)
    table["hidden_power"] = next(m["power_table"] for m in _load("moves")["moves"].values() if "power_table" in m)
    kinds = {"other": 0, "water": 1, "lava": 2}
    secondary = layout.ram_map()["tables"]["secondary_terrain_by_tileset"]["values"]
    table["secondary_terrain"] = [kinds[name] for name in secondary]
