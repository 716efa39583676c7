"""What the cartridge lays out decodes as the simulator's own floors do, and looks the same to a player."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmd_gym.actions import action_mask
from pmd_gym.backends.interface import CommandKind
from pmd_gym.backends.simulator import SimulatorBackend
from pmd_gym.observations import Observer
from pmd_gym.ram import GameStates, decode
from tests.cartridge.bake_floors import start_image
from tests.doubles.cartridge import CartridgeBackend, Console, start_state

OBSERVATIONS = ("grid", "map", "text")
ENV = np.zeros(1, np.int64)
WALKED = [
    (CommandKind.STEP, 1), (CommandKind.STEP, 2), (CommandKind.ATTACK, 0), (CommandKind.MOVE, 1),
    (CommandKind.THROW_ITEM, 2), (CommandKind.STEP, 4), (CommandKind.USE_ITEM, 0), (CommandKind.WAIT, 0),
]  # fmt: skip
pytestmark = pytest.mark.timeout(900)  # run alone, the first of these tests compiles the simulator


@pytest.fixture(scope="module")
def console() -> Any:
    console = Console()
    yield console
    console.close()


def test_the_first_moment_decodes_as_the_simulators(console: Console) -> None:
    console.load(start_state())
    states = decode(np.stack([console.frame.ram, start_image(1)]))
    hint = "should the simulator's floors have changed: python -m tests.cartridge.bake_floors, then build.py"
    for name in sorted(set(states.records.dtype.names or ()) - {"bag", "money", "items", "seeds"}):
        first, second = states.records[name]
        assert np.asarray(first).tobytes() == np.asarray(second).tobytes(), f"{name}: {hint}"
    assert decoded_items(states, 0) == decoded_items(states, 1), hint


def decoded_items(states: GameStates, row: int) -> list[Any]:
    """Where which item lies; how many pieces is up to the general generator, which no floor seed determines."""
    items = states.items[row]
    return [items[name].tolist() for name in ("exists", "known", "x", "y")] + [items["item"]["id"].tolist()]


def test_the_same_image_is_the_same_observation_and_mask_on_both_backends(console: Console) -> None:
    console.load(start_state())
    cartridge, simulator = CartridgeBackend(1), SimulatorBackend(1)
    try:
        cartridge.start(ENV, [None], np.zeros(1, np.uint32))  # type: ignore[list-item]  # it starts at its savestate
        observers = [Observer(backend, OBSERVATIONS, "fair") for backend in (cartridge, simulator)]
        for command in WALKED:
            cartridge.step(ENV, np.array([command], np.int16))
            simulator.load(0, cartridge.ram[0].tobytes())
            for observation in zip(*(leaves(observer(ENV)) for observer in observers), strict=True):
                np.testing.assert_array_equal(*observation)
            np.testing.assert_array_equal(action_mask(cartridge), action_mask(simulator))
    finally:
        cartridge.close()
        simulator.close()


def leaves(observation: Any) -> list[Any]:
    """All arrays and texts of an observation, in order of their names."""
    if isinstance(observation, dict):
        return [leaf for name in sorted(observation) for leaf in leaves(observation[name])]
    return [observation]
