"""The controller plays every command of the action table on a real core, and the mask is right about each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym.actions import ACTIONS
from pmd_gym.backends.interface import CommandKind
from pmd_gym.emulator import ui
from pmd_gym.emulator.interface import Condition
from pmd_gym.emulator.peek import friend_ahead, standing
from pmd_gym.env import PMDRedEnv
from pmd_gym.errors import ControlError
from tests.doubles.cartridge import STEPS, CartridgeBackend, Console, start_state

ENV = np.zeros(1, np.int64)
BAG = 12
USABLE = (0, 1, 4, 5, 6, 7, 8, 10)
"""Slots of the bag at the start with something to eat or an orb; 11 is the Escape Orb."""


@pytest.fixture(scope="module")
def shared() -> Iterator[Console]:
    console = Console()
    yield console
    console.close()


@pytest.fixture
def console(shared: Console) -> Console:
    shared.load(start_state())
    return shared


def record(ram: NDArray[np.uint8]) -> Any:
    return ram.view(ui.CONSOLE)[0]


def pieces(ram: NDArray[np.uint8]) -> int:
    """Things in the bag, each piece of a stack counted."""
    bag = record(ram)["inventory_data"]["bag"]
    return int(np.maximum(bag["quantity"], 1)[bag["flags"] & 1 == 1].sum())


def leader(ram: NDArray[np.uint8]) -> Any:
    return record(ram)["world"]["team_info"][0]


def happened(kind: CommandKind, argument: int, before: NDArray[np.uint8], after: NDArray[np.uint8]) -> bool:
    """Whether a command had the effect it promises; both images show the leader at rest on one floor."""
    first, second = standing(before.data), standing(after.data)
    passed = first.clock != second.clock
    if kind is CommandKind.STEP:
        x, y = first.tile
        return second.tile == (x + STEPS[argument][0], y + STEPS[argument][1]) and passed
    if kind is CommandKind.FACE:
        return second.facing == argument and not passed
    if kind is CommandKind.MOVE:
        return passed and leader(after)["moves"]["pp"][argument] == leader(before)["moves"]["pp"][argument] - 1
    if kind in (CommandKind.USE_ITEM, CommandKind.THROW_ITEM):
        return passed and pieces(after) == pieces(before) - 1
    if kind is CommandKind.ATTACK:
        return passed != friend_ahead(before.data)
    if kind is CommandKind.STAIRS:
        return first.floor_seed != second.floor_seed
    return passed or leader(before)["belly"].item() == (0, 0)


def check(console: Console, kind: CommandKind, argument: int = 0) -> None:
    before = console.frame.ram.copy()
    frame = console.do(kind, argument)
    assert frame.met & Condition.COMMAND
    assert happened(kind, argument, before, frame.ram), f"{kind.name} {argument}"


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (CommandKind.WAIT, (0,)),
        (CommandKind.ATTACK, (0,)),
        (CommandKind.FACE, range(1, 8)),
        (CommandKind.MOVE, range(4)),
        (CommandKind.USE_ITEM, USABLE),
        (CommandKind.THROW_ITEM, range(BAG)),
    ],
    ids=lambda value: value.name if isinstance(value, CommandKind) else "",
)
def test_commands_of_a_kind(console: Console, kind: CommandKind, arguments: Any) -> None:
    for argument in arguments:
        console.load(start_state())
        check(console, kind, argument)


def test_steps_in_every_direction(console: Console) -> None:
    console.go_to_open_ground()
    open_ground = console.save()
    for direction in range(8):
        console.load(open_ground)
        check(console, CommandKind.STEP, direction)


def test_stepping_into_the_partner_trades_places(console: Console) -> None:
    world = record(console.frame.ram)["world"]
    (x, y), (other_x, other_y) = world["team_entities"][0]["pos"].item(), world["team_entities"][1]["pos"].item()
    check(console, CommandKind.STEP, STEPS.index((other_x - x, other_y - y)))
    assert record(console.frame.ram)["world"]["team_entities"][1]["pos"].item() == (x, y)


def test_an_escape_orb_ends_the_run(console: Console) -> None:
    assert console.do(CommandKind.USE_ITEM, 11).met == Condition.RUN_OVER
    assert record(console.frame.ram)["world"]["exit_reason"] == 550


@pytest.mark.parametrize(
    ("kind", "argument"),
    [(CommandKind.STAIRS, 0), (CommandKind.USE_ITEM, 2), (CommandKind.USE_ITEM, 14), (CommandKind.THROW_ITEM, 12)],
)
def test_what_is_not_there_is_refused_and_costs_no_turn(console: Console, kind: CommandKind, argument: int) -> None:
    before = console.standing
    with pytest.raises(ControlError, match="seen at frame"):
        console.do(kind, argument)
    assert console.rest().met == Condition.COMMAND
    assert console.standing == before


class Walker:
    """Random legal play of the environment, every action compared with what RAM shows of it."""

    def __init__(self, seed: int) -> None:
        self.backend = CartridgeBackend(1)
        self.env = PMDRedEnv(emulator=self.backend)
        self.random = np.random.default_rng(seed)
        self.restart()

    def restart(self) -> None:
        _, info = self.env.reset(seed=1)
        self.mask = info["action_mask"]

    def play(self) -> None:
        """One legal action; walking more often than not, and onwards wherever there are stairs."""
        weights = self.mask.astype(float)
        weights[1:9] *= 6
        weights[22] *= 1000
        weights[33:35] = 0  # where the Escape Orb lies: the run shall go on
        self.carry_out(int(self.random.choice(len(weights), p=weights / weights.sum())))

    def carry_out(self, action: int) -> None:
        before = self.backend.ram[0].copy()
        _, _, terminated, truncated, info = self.env.step(action)
        assert not info["illegal_action"] and not self.backend.interrupted, self.backend.interrupted
        assert not truncated, info["reason"]
        self.mask = info["action_mask"]
        if terminated:
            self.restart()
            return
        kind, argument = ACTIONS.commands[action].tolist()
        name = ACTIONS.names[action]
        assert happened(CommandKind(kind), argument, before, self.backend.ram[0]), f"{name} did not happen"

    def try_what_is_masked(self) -> None:
        """Steps that the mask hides have no effect when they are tried all the same."""
        here = self.backend.save(0)
        before = self.backend.ram[0].copy()
        for action in np.flatnonzero(self.mask[1:9] == 0) + 1:
            self.backend.step(ENV, ACTIONS.commands[[action]])
            after = standing(self.backend.ram[0].data)
            assert (after.tile, after.clock) == (standing(before.data).tile, standing(before.data).clock)
            self.backend.load(0, here)


def test_a_thousand_legal_steps_of_the_environment_all_happen_and_hidden_ones_do_not() -> None:
    walker = Walker(seed=3)
    try:
        for step in range(1000):
            walker.play()
            if step % 50 == 0:
                walker.try_what_is_masked()
    finally:
        walker.env.close()
