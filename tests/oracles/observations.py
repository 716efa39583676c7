"""Observations in plain Python: slow, written from the rules and the tables of names, sharing no code with the kernels.

`planes` and `status` give what `pmd_gym.observations` should give for one EWRAM image.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.observations import PLANES, STATUS
from pmd_gym.ram import layout
from pmd_gym.simulator.rules import rules

WIDTH, HEIGHT = layout.MAP_WIDTH, layout.MAP_HEIGHT
SECONDARY = ("chasm", "water", "lava")
STATS = ("attack", "sp_attack", "defense", "sp_defense")
STAGES = (*STATS, "accuracy", "evasion")
GROUPS = (
    "sleep", "burn", "freeze", "cringe", "charge", "shield", "curse", "leech", "aim", "throw", "conceal", "sight",
)  # fmt: skip


class Eye:
    """One image and how much of it shows."""

    def __init__(self, image: NDArray[np.uint8], full: bool) -> None:
        self.full = full
        self.variables: Any = image.view(layout.EWRAM)[0]
        pointer = int(self.variables["dungeon"])
        inside = layout.HEAP_BEGIN <= pointer <= layout.HEAP_END - layout.DUNGEON.itemsize and pointer % 4 == 0
        start = pointer - layout.EWRAM_BASE
        self.dungeon: Any = image[start : start + layout.DUNGEON.itemsize].view(layout.DUNGEON)[0] if inside else None
        self.base = pointer + layout.field("Dungeon.team_entities").offset
        self.leader = next((slot for slot in range(4) if self._leads(slot)), -1) if inside else -1
        if self.leader >= 0:
            self.x, self.y = self.position(self.leader)

    def _leads(self, slot: int) -> bool:
        return bool(self.dungeon["entities"][slot]["kind"] == 1 and self.dungeon["monsters"][slot]["is_leader"] == 1)

    def position(self, index: int) -> tuple[int, int]:
        place = self.dungeon["all_entities"][index]["pos"]
        return int(place["x"]), int(place["y"])

    def tile(self, x: int, y: int) -> Any:
        return self.dungeon["tiles"][y, x]

    def in_sight(self, x: int, y: int) -> bool:
        if self.dungeon["blinded"]:
            return False
        room = int(self.tile(self.x, self.y)["room"])
        if room < 32 and self.dungeon["rooms"][room]["exists"]:
            area = self.dungeon["rooms"][room]
            return bool(area["x_min"] - 1 <= x <= area["x_end"] and area["y_min"] - 1 <= y <= area["y_end"])
        radius = int(self.dungeon["visibility_range"]) or 2
        return max(abs(x - self.x), abs(y - self.y)) <= radius

    def drawn(self, x: int, y: int) -> bool:
        bright = not self.dungeon["visibility_range"] or self.dungeon["lit_floor"] or self.dungeon["map_revealed"]
        on_screen = abs(x - self.x) <= 6 and abs(y - self.y) <= 5 and not self.dungeon["blinded"]
        return self.in_sight(x, y) or bool(bright and on_screen)

    def known(self, x: int, y: int) -> bool:
        return bool(self.full or self.dungeon["map_revealed"] or self.tile(x, y)["visibility"] & 1)

    def shown_monsters(self) -> list[int]:
        return [slot for slot in range(20) if self.dungeon["entities"][slot]["kind"] == 1 and self._shows(slot)]

    def _shows(self, slot: int) -> bool:
        if slot < 4 or self.full:
            return True
        hidden = self.dungeon["monsters"][slot]["conceal_status"] == 1 and not self.dungeon["show_hidden"]
        if self.dungeon["blinded"] or hidden or not self.dungeon["entities"][slot]["visible"]:
            return False
        x_ray = self.dungeon["show_all_monsters"] or self.dungeon["map_revealed"]
        return bool(x_ray or self.drawn(*self.position(slot)))

    def knows_stairs(self) -> bool:
        x, y = int(self.dungeon["stairs"]["x"]), int(self.dungeon["stairs"]["y"])
        return 0 <= x < WIDTH and 0 <= y < HEIGHT and bool(self.dungeon["show_stairs"] or self.known(x, y))

    def side(self, slot: int) -> str:
        if slot == self.leader:
            return "leader"
        if slot < 4:
            return "partner"
        monster = self.dungeon["monsters"][slot]
        return "enemy" if monster["is_enemy"] and monster["shopkeeper"] not in (1, 2) else "neutral"

    def objects(self) -> list[tuple[int, int, int]]:
        """(index, x, y) of the items and traps that the tiles point to and the player sees."""
        found = []
        for y, x in np.argwhere(self.dungeon["tiles"]["object"] != 0):
            index, rest = divmod(int(self.tile(x, y)["object"]) - self.base, layout.ENTITY.itemsize)
            if rest == 0 and 20 <= index < 148 and self._shows_object(index, int(x), int(y)):
                found.append((index, int(x), int(y)))
        return found

    def _shows_object(self, index: int, x: int, y: int) -> bool:
        entity, tile = self.dungeon["all_entities"][index], self.tile(x, y)
        if entity["kind"] != (3 if index < 84 else 2):
            return False
        if self.full:
            return True
        if index < 84:
            remembered = tile["visibility"] & 2 and not self.dungeon["blinded"]
            seen = self.dungeon["show_all_items"] or self.drawn(x, y) or remembered
            return bool(tile["terrain"] & 3 and seen)
        return bool((entity["visible"] or self.dungeon["show_hidden"]) and (self.drawn(x, y) or tile["visibility"] & 1))


def walk_class(eye: Eye, slot: int) -> str:
    """ground, liquid, chasm or wall, for straight steps."""
    monster = eye.dungeon["monsters"][slot]
    skills = int(monster["iq_skills"][0]) | int(monster["iq_skills"][1]) << 8
    if not 1 <= eye.dungeon["fixed_room"] <= 49:
        scarf = layout.enum_name("item", monster["held_item"]["id"]) == "Mobile Scarf"
        if monster["conceal_status"] == 3 or (scarf and monster["held_item"]["flags"] & 9 == 1):
            return "wall"
        if skills >> 12 & 1:
            return "chasm"
        if skills >> 13 & 1:
            return "wall"
    kind = int(rules()[0]["species"][monster["species"]]["mobility"]) if 0 <= monster["species"] < 424 else 0
    lava = liquid_of(eye) == "lava"
    by_kind = {2: "chasm", 3: "wall", 4: "liquid" if lava else "ground", 5: "ground" if lava else "liquid"}
    return by_kind.get(kind, "ground")


def liquid_of(eye: Eye) -> str:
    tileset = int(eye.dungeon["tileset"])
    return SECONDARY[rules()[0]["secondary_terrain"][tileset]] if 0 <= tileset < 76 else ""


def standable(terrain: int, mobility: str) -> bool:
    kind = terrain & 3
    return {"wall": not terrain & 0x10, "chasm": kind != 0, "liquid": kind != 0, "ground": kind == 1}[mobility]


def planes(image: NDArray[np.uint8], kind: str, full: bool) -> NDArray[np.uint8]:
    """Planes of `grid` or `map`."""
    whole = {name: np.zeros((HEIGHT, WIDTH), np.uint8) for name in PLANES}
    eye = Eye(image, full)
    if eye.leader >= 0:
        _draw_floor(eye, whole)
        _draw_objects(eye, whole)
        _draw_monsters(eye, whole)
    stacked = np.stack([whole[name] for name in PLANES])
    if kind == "map":
        return stacked
    if eye.leader < 0:
        return np.zeros((len(PLANES), 11, 13), np.uint8)
    padded = np.pad(stacked, ((0, 0), (5, 5), (6, 6)))
    return padded[:, eye.y : eye.y + 11, eye.x : eye.x + 13]


def _draw_floor(eye: Eye, whole: dict[str, NDArray[np.uint8]]) -> None:
    mobility = walk_class(eye, eye.leader)
    for y in range(HEIGHT):
        for x in range(WIDTH):
            whole["in_sight"][y, x] = eye.in_sight(x, y)
            if not eye.known(x, y):
                continue
            tile = eye.tile(x, y)
            terrain = int(tile["terrain"])
            whole["known"][y, x] = 1
            whole[("wall", "ground", "secondary", "secondary")[terrain & 3]][y, x] = 1
            whole["walkable"][y, x] = standable(terrain, mobility)
            if terrain & 3:
                whole["room"][y, x] = tile["room"] < 32
                whole["junction"][y, x] = terrain & 8 != 0
                whole["shop"][y, x] = terrain & 0x20 != 0
    if eye.knows_stairs():
        whole["stairs"][eye.dungeon["stairs"]["y"], eye.dungeon["stairs"]["x"]] = 1


def _draw_objects(eye: Eye, whole: dict[str, NDArray[np.uint8]]) -> None:
    for index, x, y in eye.objects():
        if index >= 84:
            whole["trap"][y, x] = 1 + eye.dungeon["floor_traps"][index - 84]["id"]
            continue
        item = int(eye.dungeon["floor_items"][index - 20]["id"])
        category = int(rules()[0]["items"]["category"][item]) if item < 240 else 0
        whole["money" if category == 6 else "item"][y, x] = 1 if category == 6 else 1 + category


def _draw_monsters(eye: Eye, whole: dict[str, NDArray[np.uint8]]) -> None:
    for slot in eye.shown_monsters():
        x, y = eye.position(slot)
        if not (0 <= x < WIDTH and 0 <= y < HEIGHT):
            continue
        monster = eye.dungeon["monsters"][slot]
        whole[eye.side(slot)][y, x] = 1
        whole["type1"][y, x], whole["type2"][y, x] = monster["type1"], monster["type2"]
        whole["facing"][y, x] = 1 + monster["direction"] % 8
        whole["asleep"][y, x] = monster["sleep_status"] in (1, 3, 5)
        if slot < 4 or eye.full:
            whole["level"][y, x] = monster["level"]
            share = 255 * int(monster["hp"]) // max(1, int(monster["max_hp"]))
            alive = monster["hp"] > 0 and monster["max_hp"] > 0
            whole["hp"][y, x] = min(255, max(1, share)) if alive else 0


def status(image: NDArray[np.uint8], full: bool) -> NDArray[np.float32]:
    """The status vector."""
    eye = Eye(image, full)
    values: dict[str, float] = {entry.name: 0.0 for entry in STATUS}
    if eye.leader >= 0:
        _tell_leader(eye.dungeon["monsters"][eye.leader], values)
        _tell_place(eye, values)
        _tell_others(eye, values)
    clipped = [np.float32(min(max(values[e.name], e.low), e.high)) / np.float32(e.scale) for e in STATUS]
    return np.array(clipped, np.float32)


def _tell_leader(monster: Any, values: dict[str, float]) -> None:
    plain = ("hp", "max_hp", "level", "exp", "iq", "speed_stage", "muzzled", "terrified_turns", "perish_turns")
    for name in (*plain, *STATS):
        values[name] = float(monster[name])
    values["belly"] = float(monster["belly"]["whole"]) + float(monster["belly"]["thousandths"]) / 1000
    values["max_belly"] = float(monster["max_belly"]["whole"])
    for name in STAGES:
        values[f"{name}_stage"] = float(monster[f"{name}_stage"]) - 10
    for name in GROUPS:
        values[f"{name}_status"] = float(monster[f"{name}_status"])
    values[f"facing_{monster['direction'] % 8}"] = 1
    for slot, move in enumerate(monster["moves"], start=1):
        if move["flags"] & 1 and move["id"] < 413:
            row = rules()[0]["moves"][move["id"]]
            blocked = bool(move["flags"] & 0x20 or move["flags2"] & 1)
            for name, value in (("known", 1), ("pp", move["pp"]), ("type", row["type"]), ("power", row["power"]),
                                ("blocked", blocked)):  # fmt: skip
                values[f"move_{slot}_{name}"] = float(value)


def _tell_place(eye: Eye, values: dict[str, float]) -> None:
    dungeon, tile = eye.dungeon, eye.tile(eye.x, eye.y)
    values["x"], values["y"] = eye.x, eye.y
    values["in_room"], values["on_stairs"] = tile["room"] < 32, tile["terrain"] & 0x200 != 0
    if eye.knows_stairs():
        values["stairs_known"] = 1
        values["stairs_dx"], values["stairs_dy"] = dungeon["stairs"]["x"] - eye.x, dungeon["stairs"]["y"] - eye.y
    for name in ("dungeon_id", "floor", "turns_left", "visibility_range", "blinded"):
        values[name] = float(dungeon[name])
    values["floors"] = int(dungeon["floor_limit"]) - 1
    if dungeon["weather"] < 8:
        values[f"weather_{layout.enum_name('weather', dungeon['weather']).lower()}"] = 1
    if liquid_of(eye):
        values[f"secondary_is_{liquid_of(eye)}"] = 1
    values["money"] = float(eye.variables["money"])
    values["bag_items"] = sum(int(item["flags"]) & 1 for item in eye.variables["inventory_data"]["bag"])
    for slot, item in enumerate(eye.variables["inventory_data"]["bag"], start=1):
        values[f"bag_{slot}_item"] = float(item["id"]) if int(item["flags"]) & 1 else 0.0


def _tell_others(eye: Eye, values: dict[str, float]) -> None:
    partners = [slot for slot in range(4) if slot != eye.leader and eye.dungeon["entities"][slot]["kind"] == 1]
    for number, slot in enumerate(partners[:3], start=1):
        monster, (x, y) = eye.dungeon["monsters"][slot], eye.position(slot)
        for name, value in (("present", 1), ("hp", monster["hp"]), ("max_hp", monster["max_hp"]),
                            ("level", monster["level"]), ("dx", x - eye.x), ("dy", y - eye.y)):  # fmt: skip
            values[f"partner_{number}_{name}"] = float(value)
    enemies = [slot for slot in eye.shown_monsters() if eye.side(slot) == "enemy"]
    values["enemies_shown"] = len(enemies)
    nearest = math.inf
    for x, y in map(eye.position, enemies):
        if max(abs(x - eye.x), abs(y - eye.y)) < nearest:
            nearest = max(abs(x - eye.x), abs(y - eye.y))
            values["nearest_enemy_dx"], values["nearest_enemy_dy"] = x - eye.x, y - eye.y
