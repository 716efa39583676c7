"""A backend without a game: a leader on a drawn two-room floor, a few rules in plain Python, every end reachable.

For tests of the environment. It walks, swaps, maps what is seen, and: an attack costs the leader 7 HP and earns 3
experience, waiting on the turn limit loses, stairs on the last floor clear. The whole game is in its EWRAM image.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmd_gym.backends.interface import CommandKind, Outcome
from pmd_gym.errors import ClosedError, SavestateError, UnsupportedRule
from pmd_gym.ram import layout
from pmd_gym.scenario import Scenario, playable_floors
from tests.doubles.scene import dungeon_of, globals_of, put_monster

ROOMS = ((3, 3, 16, 14), (26, 5, 40, 20))
CORRIDOR_Y = 9
DX, DY = (0, 1, 1, 1, 0, -1, -1, -1), (1, 1, 0, -1, -1, -1, 0, 1)
MULTIPLIER = 1566083941
ATTACK_COST, ATTACK_EXP = 7, 3
ADDRESS = layout.OBSERVED_DUNGEON_ADDRESS
ENTITIES = ADDRESS + layout.field("Dungeon.team_entities").offset


def walk_bits(tiles: Any, y: int, x: int) -> int:
    """Direction bits of a ground walker, computed from the terrain alone."""
    bits = 0
    for direction in range(8):
        nx, ny = x + DX[direction], y + DY[direction]
        if tiles["terrain"][ny, nx] & 3 != 1 or tiles["terrain"][ny, nx] & 0x10:
            continue
        if direction & 1 and (tiles["terrain"][y, nx] & 3 == 0 or tiles["terrain"][ny, x] & 3 == 0):
            continue
        bits |= 1 << direction
    return bits


class OpenFloorBackend:
    """`num_envs` leaders; conforms to `Backend`."""

    commands = frozenset({CommandKind.WAIT, CommandKind.STEP, CommandKind.ATTACK, CommandKind.FACE, CommandKind.STAIRS})

    def __init__(self, num_envs: int, *, padding: int = 96, turn_limit: int = 1000) -> None:
        self.num_envs = num_envs
        self._store = np.zeros((num_envs, layout.EWRAM_SIZE + padding), np.uint8)
        self._turn_limit = turn_limit
        self._over = np.ones(num_envs, np.bool_)
        self._closed = False
        self.interrupted: dict[int, str] = {}
        self._doomed: dict[int, str] = {}

    @property
    def ram(self) -> NDArray[np.uint8]:
        view = self._store[:, : layout.EWRAM_SIZE]
        view.flags.writeable = False
        return view

    def start(self, env_ids: NDArray[np.int64], scenarios: Sequence[Scenario], seeds: NDArray[np.uint32]) -> None:
        self._check_open()
        for env_id, scenario, seed in zip(env_ids, scenarios, seeds, strict=True):
            image = self._image(env_id)
            image[:] = 0
            globals_of(image)["rng_general"] = seed
            globals_of(image)["rng_dungeon"] = int(seed) | 1
            self._build(image, scenario)
            self._over[env_id] = False
            self.interrupted.pop(int(env_id), None)

    def step(self, env_ids: NDArray[np.int64], commands: NDArray[np.int16]) -> NDArray[np.uint8]:
        self._check_open()
        for kind, _ in commands:
            if CommandKind(int(kind)) not in self.commands:
                raise UnsupportedRule(f"command {CommandKind(int(kind)).name} is not played here")
        played = zip(env_ids, commands, strict=True)
        for env_id in set(self._doomed) & set(env_ids.tolist()):
            self.interrupted[env_id] = self._doomed.pop(env_id)
            self._over[env_id] = True
        return np.array([self._play(env_id, int(kind), int(argument)) for env_id, (kind, argument) in played], np.uint8)

    def pixels(self, env_ids: NDArray[np.int64], out: NDArray[np.uint8]) -> NDArray[np.int64]:
        self._check_open()
        for row, env_id in enumerate(env_ids):
            out[row] = self._store[env_id, : 160 * 240 * 3].reshape(160, 240, 3)
        return np.array([globals_of(self._image(env_id))["logic_frames"] for env_id in env_ids], np.int64)

    def lose_next(self, env_id: int, reason: str) -> None:
        """The next step of this game finds its emulator lost."""
        self._doomed[env_id] = reason

    def console(self, env_id: int) -> NDArray[np.uint8]:
        """The image of one game, to change by hand."""
        return self._image(env_id)

    def save(self, env_id: int) -> bytes:
        self._check_open()
        return self._image(env_id).tobytes()

    def load(self, env_id: int, savestate: bytes) -> None:
        self._check_open()
        if len(savestate) != layout.EWRAM_SIZE:
            raise SavestateError(f"expected {layout.EWRAM_SIZE} bytes, got {len(savestate)}")
        self._image(env_id)[:] = np.frombuffer(savestate, np.uint8)
        self._over[env_id] = False

    def close(self) -> None:
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError("the backend was closed")

    def _image(self, env_id: int) -> NDArray[np.uint8]:
        return self._store[env_id, : layout.EWRAM_SIZE]

    def _build(self, image: NDArray[np.uint8], scenario: Scenario) -> None:
        variables, dungeon = globals_of(image), dungeon_of(image)
        variables["dungeon"], variables["program_mode"], variables["leader_entity"] = ADDRESS, 1, ENTITIES
        variables["floor_shown"], variables["brightness"] = 1, 31
        dungeon["floor_ready"], dungeon["input_wait"] = 1, 1
        dungeon["dungeon_id"], dungeon["turns_left"] = scenario.dungeon, self._turn_limit
        dungeon["floor_limit"] = playable_floors()[scenario.dungeon] + 1
        self._build_floor(image, scenario.floor)
        for slot, member in enumerate(scenario.members):
            put_monster(dungeon, slot, (8 - slot, 8), member.species, member.level, is_leader=int(slot == 0))
            dungeon["monsters"][slot]["hp"] = dungeon["monsters"][slot]["max_hp"] = 20 + member.level
            dungeon["monsters"][slot]["belly"] = (100, 0)
        put_monster(dungeon, 4, (30, 12), 16, 2, is_enemy=1)
        self._see(dungeon)

    def _build_floor(self, image: NDArray[np.uint8], floor: int) -> None:
        dungeon = dungeon_of(image)
        dungeon["floor"], dungeon["floor_seed"] = floor, self._draw(image) << 8 | floor
        tiles = dungeon["tiles"]
        tiles["terrain"], tiles["room"], tiles["visibility"] = 0, layout.CORRIDOR, 0
        tiles["terrain"][[0, -1], :] |= 0x110
        tiles["terrain"][:, [0, -1]] |= 0x110
        for index, (x_min, y_min, x_end, y_end) in enumerate(ROOMS):
            dungeon["rooms"][index]["exists"] = 1
            for name, value in zip(("x_min", "y_min", "x_end", "y_end"), ROOMS[index], strict=True):
                dungeon["rooms"][index][name] = value
            tiles["terrain"][y_min:y_end, x_min:x_end] |= 1
            tiles["room"][y_min:y_end, x_min:x_end] = index
        tiles["terrain"][CORRIDOR_Y, ROOMS[0][2] : ROOMS[1][0]] |= 1
        stairs = 27 + self._draw(image) % 12, 6 + self._draw(image) % 12
        dungeon["stairs"] = stairs
        tiles["terrain"][stairs[1], stairs[0]] |= 0x200
        for y in range(1, layout.MAP_HEIGHT - 1):
            for x in range(1, layout.MAP_WIDTH - 1):
                tiles["walk_normal"][y, x] = walk_bits(tiles, y, x)

    def _draw(self, image: NDArray[np.uint8]) -> int:
        variables = globals_of(image)
        variables["rng_dungeon"] = (int(variables["rng_dungeon"]) * MULTIPLIER + 1) & 0xFFFFFFFF
        return int(variables["rng_dungeon"]) >> 16

    def _play(self, env_id: int, kind: int, argument: int) -> int:
        image = self._image(env_id)
        dungeon, leader = dungeon_of(image), dungeon_of(image)["monsters"][0]
        if self._over[env_id]:
            return int(Outcome.LOST)
        if kind == CommandKind.FACE:
            leader["direction"] = argument
            return int(Outcome.RUNNING)
        globals_of(image)["logic_frames"] += 24
        self._draw(image)
        dungeon["turns_left"] -= 1
        if kind == CommandKind.STEP:
            self._step(dungeon, argument)
        elif kind == CommandKind.ATTACK:
            leader["hp"] = max(0, leader["hp"] - ATTACK_COST)
            leader["exp"] += ATTACK_EXP
        outcome = self._descend(image) if kind == CommandKind.STAIRS else self._judge(dungeon)
        self._over[env_id] = outcome != Outcome.RUNNING
        return int(outcome)

    def _step(self, dungeon: Any, direction: int) -> None:
        tiles, entities = dungeon["tiles"], dungeon["entities"]
        x, y = (int(value) for value in entities[0]["pos"])
        dungeon["monsters"][0]["direction"] = direction
        nx, ny = x + DX[direction], y + DY[direction]
        if not tiles["walk_normal"][y, x] >> direction & 1:
            return
        if tiles["monster"][ny, nx] not in (0, ENTITIES + layout.ENTITY.itemsize):
            return
        if tiles["monster"][ny, nx]:
            entities[1]["pos"] = (x, y)
        tiles["monster"][y, x], tiles["monster"][ny, nx] = tiles["monster"][ny, nx], tiles["monster"][y, x]
        entities[0]["pos"] = (nx, ny)
        self._see(dungeon)

    def _see(self, dungeon: Any) -> None:
        x, y = (int(value) for value in dungeon["entities"][0]["pos"])
        room = int(dungeon["tiles"]["room"][y, x])
        area = (x - 2, y - 2, x + 3, y + 3)
        if room < len(ROOMS):
            area = (ROOMS[room][0] - 1, ROOMS[room][1] - 1, ROOMS[room][2] + 1, ROOMS[room][3] + 1)
        dungeon["tiles"]["visibility"][area[1] : area[3], area[0] : area[2]] |= 3

    def _descend(self, image: NDArray[np.uint8]) -> Outcome:
        dungeon = dungeon_of(image)
        x, y = (int(value) for value in dungeon["entities"][0]["pos"])
        if not dungeon["tiles"]["terrain"][y, x] & 0x200:
            return Outcome.RUNNING
        if dungeon["floor"] + 1 >= dungeon["floor_limit"]:
            globals_of(image)["dungeon"] = 0
            return Outcome.CLEARED
        self._build_floor(image, int(dungeon["floor"]) + 1)
        dungeon["turns_left"] = self._turn_limit
        self._see(dungeon)
        return Outcome.RUNNING

    def _judge(self, dungeon: Any) -> Outcome:
        if dungeon["monsters"][0]["hp"] <= 0:
            dungeon["entities"][0]["kind"] = 0
            return Outcome.FAINTED
        return Outcome.LOST if dungeon["turns_left"] <= 0 else Outcome.RUNNING
