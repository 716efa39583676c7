"""The soak in short: a pool that is reset a hundred times, killed now and then, holds no more at the end."""

from __future__ import annotations

import sys

from pmd_gym.backends.emulators import EmulatorsBackend
from scripts.soak_emulators import Holdings, Soak, limits
from tests.doubles.emulators import OpenFloorGames

COMMAND = (sys.executable, "-m", "tests.doubles.emulators")
GAMES = 2


def test_a_pool_that_is_reset_and_killed_holds_no_more_at_the_end() -> None:
    backend = EmulatorsBackend(GAMES, command=COMMAND, games=OpenFloorGames(1))
    soak = Soak(backend, kill_every=25)
    held = list(soak.run(200, points=10))
    soak.envs.close()
    assert soak.resets >= 200 and soak.kills >= 4
    assert soak.interrupted == 0, "every game was brought back"
    assert held[-1].restarts <= soak.kills, "nobody starts a server anew that another one has just started anew"
    assert held[-1].largest_server_mib > 10 and held[-1].processes >= GAMES
    assert all(limit.value <= limit.most for limit in limits(held, GAMES)), held


def test_what_grows_is_named() -> None:
    def held(point: int, **grown: int) -> Holdings:
        counts = {"files": 9, "threads": 4, "processes": 2} | grown
        return Holdings(point, 100.0, 50.0, kills=0, restarts=0, **counts)

    steady = [held(point) for point in range(10)]
    assert all(limit.value <= limit.most for limit in limits(steady, GAMES))
    for name, count in (("files", 20), ("threads", 5), ("processes", 4)):
        found = limits([*steady, held(10, **{name: count})], GAMES)
        missed = [limit.name for limit in found if limit.value > limit.most]
        assert len(missed) == 1 and name in missed[0]
