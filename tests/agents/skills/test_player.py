"""What a skill yields is checked, whoever wrote it; what it costs and brings is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.policy.orders import STAIRS, STEP, WAIT
from agents.skills.ending import Ending
from agents.skills.loader import SkillLoader
from agents.skills.player import MAX_FAILURES, SkillPlayer
from agents.telemetry.episodes import Episode
from agents.telemetry.interface import Slot
from pmd_gym.errors import SkillError
from tests.doubles.skills import WAITS, observation_of, write_skill
from tests.doubles.toy_floor import ToyFloor

GAME = np.array([4])


class Stage:
    """One game on a drawn floor, with skills of a temporary folder as core skills."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.loader = SkillLoader({"core": root})
        self.player = SkillPlayer(lambda: self.loader.library)
        self.floor = ToyFloor("#####\n#@..#\n#...#\n#####", seen=True)
        self.player.reset(GAME)

    def skill(self, name: str, code: str = WAITS, **keys: object) -> None:
        write_skill(self.root, name, code, **keys)
        self.loader.refresh()
        assert not self.loader.library.problems

    def look(self) -> None:
        self.player.look(GAME, observation_of(self.floor), self.floor.mask()[None])

    def step(self) -> int | None:
        self.look()
        return self.player.action(4)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_skill_plays_until_it_is_done(stage: Stage) -> None:
    stage.skill("hop", "def run(sight):\n    yield 0\n    yield 3\n")
    stage.player.begin(4, "hop")
    assert [stage.step() for _ in range(3)] == [WAIT, STEP + 2, None]
    assert stage.player.last_ending(4) == "hop: done"
    assert stage.step() is None
    tally = stage.player.statistics["hop"]
    assert (tally.uses, tally.success, tally.steps) == (1, 1.0, 2)


@pytest.mark.parametrize(
    ("yielded", "why"),
    [
        ("1.5", "yielded 1.5; expected an action, 0 to 62"),
        ("63", "yielded 63; expected an action, 0 to 62"),
        ("-1", "yielded -1; expected an action, 0 to 62"),
        ("True", "yielded True; expected an action, 0 to 62"),
        ("None", "yielded None; expected an action, 0 to 62"),
        ("22", "yielded 22 (stairs), which its manifest has no permission for"),
        ("5", "yielded 5 (step_north), which is not legal now"),
    ],
)
def test_an_illegal_action_costs_the_skill_its_turn(
    stage: Stage, yielded: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    stage.skill("hop", f"def run(sight):\n    yield {yielded}\n")
    stage.player.begin(4, "hop")
    assert stage.step() is None
    assert stage.player.last_ending(4) == f"hop: failed (core/hop/hop.py: {why})"
    assert why in caplog.text


def test_numbers_of_numpy_are_numbers(stage: Stage) -> None:
    stage.skill("hop", "import numpy\ndef run(sight):\n    yield numpy.int64(0)\n")
    stage.player.begin(4, "hop")
    assert stage.step() == WAIT


def test_an_error_is_told_with_file_and_line(stage: Stage) -> None:
    stage.skill("hop", "def run(sight):\n    yield 0\n    return 1 / 0\n")
    stage.player.begin(4, "hop")
    assert stage.step() == WAIT
    assert stage.step() is None
    assert stage.player.last_ending(4) == "hop: failed (core/hop/hop.py:3: ZeroDivisionError: division by zero)"


def test_giving_up_is_no_failure(stage: Stage) -> None:
    code = "from agents.skills.tools import GiveUp\ndef run(sight):\n    yield 0\n    raise GiveUp('tired')\n"
    stage.skill("hop", code)
    for _ in range(MAX_FAILURES + 1):
        stage.player.begin(4, "hop")
        assert [stage.step(), stage.step()] == [WAIT, None]
        assert stage.player.last_ending(4) == "hop: gave up (tired)"
    assert stage.player.statistics["hop"].success == 0.0


def test_it_is_stopped_after_its_steps(stage: Stage) -> None:
    stage.skill("hop", max_steps=3)
    stage.player.begin(4, "hop")
    assert [stage.step() for _ in range(4)] == [WAIT, WAIT, WAIT, None]
    assert stage.player.last_ending(4) == "hop: stopped (not done after 3 actions)"


def test_who_fails_three_times_running_is_left_alone_until_it_changes(stage: Stage) -> None:
    stage.skill("hop", "def run(sight):\n    yield 99\n")
    for _ in range(MAX_FAILURES):
        assert [offer.name for offer in offers(stage)] == ["hop"]
        stage.player.begin(4, "hop")
        assert stage.step() is None
    assert offers(stage) == []
    with pytest.raises(SkillError, match="core hop 1.0.0 failed 3 times running"):
        stage.player.begin(4, "hop")
    stage.skill("hop", WAITS)
    assert [offer.name for offer in offers(stage)] == ["hop"]


def offers(stage: Stage) -> list[object]:
    stage.look()
    return list(stage.player.offers(4))  # type: ignore[arg-type]


def test_what_does_not_apply_or_needs_an_argument_is_not_offered(stage: Stage) -> None:
    stage.skill("hop")
    stage.skill("hip", applies_when=["enemy_at_hand"])
    stage.skill("hup", "def run(sight, x):\n    yield 0\n", parameters={"x": {"type": "int"}})
    stage.look()
    (offer,) = stage.player.offers(4)
    assert (offer.name, offer.description, offer.record) == ("hop", "does hop", "not used yet")


def test_mistakes_of_the_caller(stage: Stage) -> None:
    stage.skill("hop")
    with pytest.raises(SkillError, match="there is no skill 'hip'; skills are hop"):
        stage.player.begin(4, "hip")
    with pytest.raises(SkillError, match="skill hop has no parameter 'far'"):
        stage.player.begin(4, "hop", {"far": 3})


def test_a_skill_of_strangers_needs_workers(tmp_path: Path) -> None:
    write_skill(tmp_path, "hop")
    loader = SkillLoader({"custom": tmp_path})
    loader.refresh()
    player = SkillPlayer(lambda: loader.library)
    with pytest.raises(SkillError, match="custom hop 1.0.0 did not come with this project, and workers are off"):
        player.begin(0, "hop")


def test_a_skill_calls_those_that_it_requires_and_no_other(stage: Stage) -> None:
    stage.skill("go", "def run(sight, times):\n    for _ in range(times):\n        yield 3\n",
                parameters={"times": {"type": "int"}})  # fmt: skip
    stage.skill("hop", "def run(sight):\n    yield from sight.call('go', times=2)\n", requires={"go": ">=1"})
    stage.skill("hip", "def run(sight):\n    yield from sight.call('go', times=2)\n")
    stage.player.begin(4, "hop")
    assert [stage.step() for _ in range(3)] == [STEP + 2, STEP + 2, None]
    stage.player.begin(4, "hip")
    assert stage.step() is None
    assert "hip.py:2: LookupError: skill go is not required by the manifest" in stage.player.last_ending(4)


def test_a_running_skill_finishes_on_the_version_it_started_with(stage: Stage) -> None:
    stage.skill("hop", "def run(sight):\n    yield 0\n    yield 0\n    yield 0\n")
    stage.player.begin(4, "hop")
    assert stage.step() == WAIT
    stage.skill("hop", "def run(sight):\n    yield 3\n")
    assert [stage.step() for _ in range(3)] == [WAIT, WAIT, None]
    stage.player.begin(4, "hop")
    assert stage.step() == STEP + 2


def test_uses_share_nothing(stage: Stage) -> None:
    stage.skill("hop", "n = [0]\ndef run(sight):\n    n[0] += 1\n    yield n[0] - 1\n")
    for _ in range(2):
        stage.player.begin(4, "hop")
        assert stage.step() == WAIT


def test_rewards_are_credited_to_the_skill_that_acted(stage: Stage) -> None:
    stage.skill("hop", "def run(sight):\n    yield 0\n    yield 0\n")
    slot = Slot(4, episode=0)
    for reward in (1.0, 0.5):
        stage.player.acted(4, WAIT)
        slot.reward += reward
        stage.player.stepped([slot])
    stage.player.begin(4, "hop")
    for reward in (0.25, -1.0, 4.0):  # the last one is no longer the skill's
        stage.step()
        slot.reward += reward
        stage.player.stepped([slot])
    assert stage.player.statistics["hop"].reward == -0.75
    assert stage.player.statistics["hop"].brief() == "1 uses, 100% done, 2 steps, -0.75"


@pytest.mark.parametrize(("outcome", "ending"), [("cleared", "done"), ("fainted", "stopped")])
def test_the_end_of_an_episode_ends_the_skill(stage: Stage, outcome: str, ending: str) -> None:
    stage.floor = ToyFloor("###\n#@#\n###")
    stage.skill("hop", "def run(sight):\n    while True:\n        yield 22\n", permissions=["stairs"])
    stage.player.begin(4, "hop")
    mask = stage.floor.mask()
    mask[STAIRS] = 1
    stage.player.look(GAME, observation_of(stage.floor), mask[None])
    assert stage.player.action(4) == STAIRS
    episode = Episode(0, 1, outcome, 3, 9, 20, 1.0, "", ())
    stage.player.ended(Slot(4, episode=0), episode)
    assert stage.player.statistics["hop"].endings == {ending: 1}
    stage.player.reset(GAME)
    assert stage.player.last_ending(4) == ""


def test_statistics_survive_a_file(stage: Stage) -> None:
    stage.player.statistics.stepped("hop")
    stage.player.statistics.earned("hop", 0.5)
    stage.player.statistics.ended("hop", Ending("gave_up", "tired"))
    record = stage.player.statistics.record()
    other = SkillPlayer(lambda: stage.loader.library).statistics
    other.restore(record)
    assert other.record() == record
    assert other.table() == stage.player.statistics.table()
