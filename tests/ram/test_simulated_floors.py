"""What the simulator writes, the decoder reads back: whole floors of the simulator against the plain oracle."""

from __future__ import annotations

import pytest

from pmd_gym.ram import Awaiting, awaiting, decode
from pmd_gym.simulator.start import start_floor
from tests.oracles import decoder as oracle
from tests.ram.test_decoder import differences, plain


@pytest.mark.parametrize(("dungeon_id", "floor", "seed"), [(0, 1, 0x654321), (1, 3, 0x00ABCD), (3, 8, 0x13579B)])
def test_a_simulated_floor_decodes_as_the_oracle_says(dungeon_id: int, floor: int, seed: int) -> None:
    ram = start_floor(dungeon_id, floor, seed)
    states = decode(ram)
    assert differences(oracle.decode(ram.tobytes()), plain(states.records[0])) == []
    assert awaiting(ram) is Awaiting.COMMAND
    assert (states.dungeon_id[0], states.floor[0], states.seeds["floor"][0]) == (dungeon_id, floor, seed)
    leader = states.monsters[0, states.leader[0]]
    assert states.monster_at[0, leader["y"], leader["x"]] == states.leader[0]
    x, y = states.stairs[0]
    assert states.terrain[0, y, x] & 0x200
    known = states.visibility[0] & 1
    assert known[leader["y"], leader["x"]]
    assert 0 < known.sum() < known.size
