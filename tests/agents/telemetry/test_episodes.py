"""Records and figures of episodes."""

from __future__ import annotations

import json

from agents.telemetry.episodes import Episode, best, figures, table


def episode(number: int, outcome: str = "fainted", floor: int = 1, steps: int = 10) -> Episode:
    return Episode(number, 7, outcome, floor, steps, hp=3, reward=0.5, actions=(1, 22))


def test_an_event_gives_the_record_back() -> None:
    event = json.loads(json.dumps({"kind": "episode_ended", **episode(3).as_event()}))
    assert Episode.from_event(event) == episode(3)


def test_the_table_is_ordered_and_leaves_the_actions_out() -> None:
    lines = table([episode(2), episode(0)]).splitlines()
    assert lines[0].startswith("episode,seed,outcome,floor,steps")
    assert [line.split(",")[0] for line in lines[1:]] == ["2", "0"][::-1]
    assert "actions" not in lines[0]


def test_the_best_is_cleared_then_deep_then_short() -> None:
    assert best([]) is None
    field = [episode(0, floor=3), episode(1, "cleared", 3, 90), episode(2, "cleared", 3, 80), episode(3, floor=2)]
    assert best(field) == field[2]
    assert best([field[0], field[3]]) == field[0]


def test_figures() -> None:
    found = figures([episode(0, "cleared", 3, 30), episode(1, floor=2), episode(2, floor=1), episode(3, "lost", 2)])
    assert found == {"episodes": 4, "cleared": 1, "clear_rate": 0.25, "mean_floor": 2.0, "steps": 60}
    assert figures([])["clear_rate"] == 0.0
