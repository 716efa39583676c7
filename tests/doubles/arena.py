"""A simulated game on an open floor, set up by hand: what stands where is known, and nothing was drawn for it.

For tests of single rules. The records are those of the simulator, so kernels and `Games.step` work on them; the rules
of entering a floor, of spawning and of the team's roster are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import Outcome
from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import ids
from pmd_gym.simulator.games import carry_out
from pmd_gym.simulator.rules import rules
from pmd_gym.simulator.start import new_console
from pmd_gym.simulator.world_map import write_exits, write_rooms, write_walk_masks
from tests.doubles.plain import plain_view

LEADER, FOE = 0, layout.MAX_TEAM
"""Slots: the team in 0..3, wild monsters from 4 on."""

BORDER = ids.UNBREAKABLE | ids.IMPASSABLE
OPEN_FLOOR = (2, 2, 54, 30)
_ENTITIES = layout.OBSERVED_DUNGEON_ADDRESS + layout.field("Dungeon.team_entities").offset
_RECORDS = layout.OBSERVED_DUNGEON_ADDRESS + layout.field("Dungeon.team_info").offset
_SAME_AS_SPECIES = ("max_hp", "attack", "sp_attack", "defense", "sp_defense", "body_size")


def address_of(index: int) -> int:
    """Address of an entity by its index in `all_entities`: monsters 0..19, items 20..83, traps 84..147."""
    return _ENTITIES + index * layout.ENTITY.itemsize


@kernel
def redraw(games: Any) -> None:
    """Recompute walk masks, rooms and exits of the first game from its tiles."""
    write_walk_masks(games[0].world, 0, 0, layout.MAP_WIDTH, layout.MAP_HEIGHT)
    write_rooms(games[0].world)
    write_exits(games[0].world)


class PlainGames:
    """The part of `Games` that tests of one game use, played as plain Python."""

    def __init__(self, console: NDArray[np.void]) -> None:
        self.ram = console.view(np.uint8).reshape(1, -1)[:, : layout.EWRAM_SIZE]
        self._console = plain_view(console)

    def step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> NDArray[np.uint8]:
        """As `Games.step`."""
        tables: Any = plain_view(rules())
        return Outcome.of_exit_reasons(carry_out(self._console, tables, env_ids, commands))

    def save(self, env_id: int) -> bytes:
        """As `Games.save`."""
        return bytes(self.ram[env_id])


class Arena:
    """One game: walls all over but for a lit room, no monster, clear weather, nothing spawns in time.

    `games` takes commands; `game` is its record for tests to read and write, `world` the dungeon object in it, `rules`
    the tables. For kernels there are `records` and `tables`, the same memory as plain arrays of one record each: what
    gets `records[0]` and `tables[0]`, or the arrays, runs as plain Python. That compiled code does the same is shown by
    the recorded runs (test_trace) and the twin games (test_twin).
    """

    def __init__(self, room: tuple[int, int, int, int] = OPEN_FLOOR) -> None:
        """`room` is the floor's rectangle: x, y of its first tile, x, y behind its last one."""
        console = new_console(1)
        self.records, self.tables = plain_view(console), plain_view(rules())
        self.games = PlainGames(console)
        self.game: Any = console[0]
        self.world: Any = self.game["world"]
        self.rules: Any = rules()[0]
        self.game["dungeon"], self.game["rng_dungeon"], self.game["rng_general"] = layout.OBSERVED_DUNGEON_ADDRESS, 1, 1
        self.game["secondary_is_lava_or_water"][:6] = (0, 1, 2, 3, ids.REGULAR, ids.LIQUID)
        self.game["floor_shown"] = 1
        self._set_up_floor(room)

    def _set_up_floor(self, room: tuple[int, int, int, int]) -> None:
        world, (x, y, x_end, y_end) = self.world, room
        world["floor_ready"], world["floor"], world["floor_limit"], world["turns_left"] = 1, 1, 4, 1000
        world["weather_damage_countdown"], world["pending_menu"] = 9, -1
        world["lit_floor"], world["monster_house_room"] = 1, layout.CORRIDOR
        world["next_spawn_id"], world["next_sprite_id"] = 10, 0x400
        world["team"], world["wild"] = [address_of(i) for i in range(4)], [address_of(i) for i in range(4, 20)]
        tiles = world["tiles"]
        tiles["room"], tiles["terrain"] = layout.CORRIDOR, BORDER
        tiles["terrain"][1:-1, 1:-1] = ids.WALL
        tiles["terrain"][y:y_end, x:x_end] = ids.NORMAL
        tiles["room"][y:y_end, x:x_end] = 0
        redraw(self.records)

    def redraw(self) -> None:
        """Recompute walk masks, rooms and exits after a change of `world["tiles"]`, for changes of many tiles."""
        redraw(self.records)

    def lay(self, x: int, y: int, terrain: int, room: int | None = None) -> None:
        """Change the terrain bits of a tile (`ids.WALL`, `NORMAL`, `SECONDARY`, flags), and its room if given."""
        tile = self.world["tiles"][y, x]
        tile["terrain"] = terrain
        tile["room"] = tile["room"] if room is None else room
        redraw(self.records)

    def put(
        self, slot: int, species: int, tile: tuple[int, int], *,
        level: int = 5, direction: int = 0, moves: Sequence[int] = (), **fields: Any,
    ) -> Any:  # fmt: skip
        """A healthy monster with the stats of level 1 and full belly in a free slot; returns its record.

        Slot 0 is the leader, 4..19 are wild. `fields` overwrite fields of the record, `hp` and `max_hp` too.
        """
        monster, row = self.world["monsters"][slot], self.rules["species"][species]
        monster["species"], monster["apparent_species"], monster["level"] = species, species, level
        monster["is_enemy"], monster["is_leader"], monster["direction"] = slot >= FOE, slot == LEADER, direction
        own = slot if slot < FOE else slot - FOE
        monster["team_index"], monster["iq"], monster["body_slot"] = own, 1, own
        for name in _SAME_AS_SPECIES:
            monster[name] = row[name]
        monster["hp"], monster["speed_stage"] = monster["max_hp"], row["speed"]
        monster["type1"], monster["type2"] = row["types"]
        monster["ability1"], monster["ability2"] = row["abilities"]
        monster["belly"], monster["max_belly"] = (100, 0), (100, 0)
        self._make_neutral(monster)
        for index, move in enumerate(moves):
            flags = ids.MOVE_EXISTS | ids.MOVE_FOR_AI
            monster["moves"][index]["flags"], monster["moves"][index]["id"] = flags, move
            monster["moves"][index]["pp"] = self.rules["moves"][move]["pp"]
        for name, value in fields.items():
            monster[name] = value
        self._place(slot, tile, direction)
        return monster

    @staticmethod
    def _make_neutral(monster: Any) -> None:
        for stat in ("attack", "sp_attack", "defense", "sp_defense"):
            monster[f"{stat}_stage"], monster[f"{stat}_mult"] = 10, 256
        monster["accuracy_stage"], monster["evasion_stage"] = 10, 10

    def _place(self, slot: int, tile: tuple[int, int], direction: int) -> None:
        (x, y), entity, world = tile, self.world["entities"][slot], self.world
        entity["kind"], entity["visible"], entity["pos"], entity["prev_pos"] = ids.MONSTER, 1, tile, tile
        entity["slot"], entity["room"] = slot if slot < FOE else slot - FOE, world["tiles"][y, x]["room"]
        entity["info"] = _RECORDS + slot * layout.MONSTER.itemsize
        entity["spawn_id"], entity["sprite_direction"] = world["next_spawn_id"], direction
        world["next_spawn_id"] += 1
        world["tiles"][y, x]["monster"] = address_of(slot)
        living = [other for other in range(layout.MAX_MONSTERS) if world["entities"][other]["kind"] == ids.MONSTER]
        world["active"] = 0
        world["active"][: len(living)] = [address_of(other) for other in living]
        if slot == LEADER:
            self.game["leader_entity"], self.game["leader_tile"] = address_of(slot), tile
            world["camera_target"] = address_of(slot)

    def draws(self) -> list[tuple[int, int, int]]:
        """(label, bound, value) of the draws logged since the last command or `forget_draws`, in order."""
        return [tuple(map(int, draw)) for draw in self.game["draws"][: self.game["draw_count"]].tolist()]

    def forget_draws(self) -> None:
        """Empty the log of draws."""
        self.game["draw_count"] = 0
