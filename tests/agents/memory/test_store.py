"""What a memory promises: whose memories are found, what is kept, and that no kill and no damage loses the index."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agents.memory import silo as silos
from agents.memory.base_files import MANIFEST
from agents.memory.faiss_index import FaissKind
from agents.memory.interface import WHOLE_FLOOR
from agents.memory.journal import HEADER, DamagedMemory, WrongKeys
from agents.memory.store import MemoryStore
from pmd_gym.errors import ClosedError, ConfigError, MemoryFault
from tests.doubles.memories import DIMENSIONS, fill, keys, numbers, record, store

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(params=["files", "ram"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> MemoryStore:
    return store(tmp_path / "memory" if request.param == "files" else None)


def test_what_is_remembered_is_found(memory: MemoryStore) -> None:
    made = fill(memory, 40)
    assert numbers(memory, made) == list(range(40))
    hit = memory.search([0], made[7:8], 3)[0][0]
    assert hit.record == record(7) and hit.age == 33 and hit.silo == 1
    assert hit.similarity == pytest.approx(1, abs=2e-3) and len(memory) == memory.moment == 40


def test_a_running_episode_is_its_games_own_until_it_is_shared(memory: MemoryStore) -> None:
    made = keys(2)
    memory.add(1, made[:1], [record(0, env_id=3)])
    assert memory.search([3, 4], made[[0, 0]], 1)[1] == []
    assert memory.search([3], made[:1], 1)[0][0].record.env_id == 3
    memory.share([3])
    assert memory.search([4], made[:1], 1)[0][0].record.env_id == 3


def test_neighbours_that_say_the_same_are_kept_once(memory: MemoryStore) -> None:
    key = keys(1)
    for number, reward in enumerate((1.0, 1.0, 1.05, 3.0)):
        memory.add(1, key, [record(number, reward=reward)])
    memory.add(1, key, [record(9, reward=1.0, decision="wait")])
    assert [hit.record.moment for hit in memory.search([0], key, 9)[0]] == [9, 3, 0]


def test_of_equal_memories_the_newer_comes_first_and_age_weighs_little(memory: MemoryStore) -> None:
    made = keys(2)
    memory.add(1, made[[0]], [record(1)])
    memory.add(1, made[[0]], [record(10**6, decision="wait")])
    memory.add(1, made[[1]], [record(10**6 + 1)])
    hits = memory.search([0], made[[0]], 3)[0]
    assert [hit.record.moment for hit in hits] == [10**6, 1, 10**6 + 1]
    assert hits[1].score == pytest.approx(hits[1].similarity - 0.1, abs=1e-3)


def test_a_moment_in_several_silos_counts_once(tmp_path: Path) -> None:
    memory, made = store(tmp_path, intervals=(1, 4)), keys(3)
    for interval in (1, 4):
        memory.add(interval, made, [record(number) for number in range(3)])
    assert [len(hits) for hits in memory.search([0], made[:1], 9)] == [3]
    assert len(memory.search([0], made[:1], 9, silos=[4])[0]) == 3


@pytest.mark.parametrize("path", [True, False])
def test_a_full_silo_gives_up_what_is_worth_least(tmp_path: Path, path: bool) -> None:
    memory = store(tmp_path / "memory" if path else None, capacity=10)
    made = keys(30)
    rewards = [5.0 if number % 3 == 0 else 0.0 for number in range(30)]
    memory.add(1, made, [record(number, reward=reward) for number, reward in enumerate(rewards)])
    memory.share([0])
    memory.save()
    assert len(memory) == 10
    found = {hit.record.moment for hits in memory.search([0] * 30, made, 3) for hit in hits}
    assert found == set(range(0, 30, 3))


def test_it_is_all_there_when_opened_again(tmp_path: Path) -> None:
    with store(tmp_path) as memory:
        made = fill(memory, 30)
        memory.save()
        more = fill(memory, 12, start=30)
        memory.add(1, keys(1, seed=8), [record(99)])  # of an episode that never ends
    with store(tmp_path) as again:
        assert numbers(again, np.concatenate([made, more])) == list(range(42))
        assert again.moment == 100 and len(again) == 43


def test_a_base_is_written_while_episodes_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silos, "SETTLE_ROWS", 8)
    with store(tmp_path) as memory:
        running = keys(3, seed=4)
        memory.add(1, running, [record(1000 + row, env_id=5, decision=WHOLE_FLOOR) for row in range(3)])
        made = fill(memory, 40)
        assert (tmp_path / "silo_001" / MANIFEST).exists()
        assert memory.search([6], running[:1], 1)[0][0].record.moment < 1000
        memory.share([5])
        memory.save()
        assert numbers(memory, np.concatenate([made, running])) == [*range(40), 1000, 1001, 1002]
    with store(tmp_path) as again:
        assert numbers(again, np.concatenate([made, running])) == [*range(40), 1000, 1001, 1002]


def test_a_kill_at_any_byte_loses_the_torn_frame_and_nothing_else(tmp_path: Path) -> None:
    with store(tmp_path / "whole") as memory:
        made = fill(memory, 4, batch=1)
    journal = next((tmp_path / "whole").rglob("*.journal")).read_bytes()
    ends = _ends(journal)
    for cut in range(len(journal) + 1):
        folder = tmp_path / "torn" / "silo_001"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "000000.journal").write_bytes(journal[:cut])
        with store(tmp_path / "torn") as torn:
            whole = sum(end <= cut for end in ends)
            assert len(torn) == whole
            assert numbers(torn, made[:whole]) == list(range(whole))
        assert (folder / "000000.journal").stat().st_size == max([HEADER.size, *ends[:whole]])


def _ends(journal: bytes) -> list[int]:
    ends, position = [], HEADER.size
    while position < len(journal):
        position += 8 + int.from_bytes(journal[position : position + 4], "little")
        ends.append(position)
    return ends


def test_a_killed_process_leaves_everything_it_had_written(tmp_path: Path) -> None:
    code = (
        "import sys, itertools; from pathlib import Path; from tests.doubles.memories import store, fill\n"
        "memory = store(Path(sys.argv[1]))\n"
        "for start in itertools.count(0, 20):\n"
        "    fill(memory, 20, start=start); memory.save(); print(start + 20, flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    done = [int(child.stdout.readline()) for _ in range(3)][-1]
    child.send_signal(signal.SIGKILL)  # somewhere in its next save
    done = max([done, *map(int, child.stdout.read().split())])
    child.wait()
    child.stdout.close()
    with store(tmp_path) as memory:
        assert len(memory) >= done
        assert {hit.record.moment for hit in memory.search([0], keys(1), 200)[0]} >= set(range(min(done, 100)))


@pytest.mark.parametrize("victim", ["manifest.json", "*.index", "*.rows"])
@pytest.mark.parametrize("damage", ["halved", "flipped", "gone"])
def test_damaged_files_are_set_aside_and_made_anew(tmp_path: Path, victim: str, damage: str) -> None:
    with store(tmp_path) as memory:
        made = fill(memory, 30)
        memory.save()
    path = next((tmp_path / "silo_001").glob(victim))
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        middle = len(content) // 2
        path.write_bytes(content[:middle] + (b"" if damage == "halved" else b"\xff\x01" + content[middle + 2 :]))
    if (damage, victim) == ("gone", "manifest.json"):
        again = store(tmp_path)
    else:
        with pytest.warns(DamagedMemory, match=path.name.replace(".", "\\.")):
            again = store(tmp_path)
    with again:
        assert numbers(again, made) == list(range(30))
        again.save()
    with store(tmp_path) as third:
        assert numbers(third, made) == list(range(30))
    if damage != "gone":
        assert list((tmp_path / "silo_001").glob("*.damaged-1"))


def test_damage_inside_the_journal_costs_the_memory_it_hit(tmp_path: Path) -> None:
    with store(tmp_path) as memory:
        made = fill(memory, 30)
        memory.save()
    path = next((tmp_path / "silo_001").glob("*.journal"))
    content = bytearray(path.read_bytes())
    content[_ends(bytes(content))[9] + 20] ^= 0xFF  # frame 10
    path.write_bytes(content)
    with store(tmp_path) as memory:
        with pytest.warns(DamagedMemory, match="no whole frame"):
            assert memory.search([0], made[10:11], 1) == [[]]
        fill(memory, 1, start=30)
        memory.save()
        assert len(memory) == 30
        assert [number for number in numbers(memory, made) if number != 10][:10] == list(range(10))


def test_wild_bytes_are_no_journal(tmp_path: Path) -> None:
    (tmp_path / "silo_001").mkdir()
    (tmp_path / "silo_001" / "000000.journal").write_bytes(bytes(range(256)) * 8)
    with pytest.warns(DamagedMemory, match="no journal"):
        memory = store(tmp_path)
    with memory:
        assert len(memory) == 0
        assert numbers(memory, fill(memory, 3)) == [0, 1, 2]


@pytest.mark.parametrize("other", [{"dimensions": 8}, {"embedder": "another"}])
def test_other_keys_are_refused_and_nothing_is_touched(tmp_path: Path, other: dict[str, object]) -> None:
    with store(tmp_path) as memory:
        fill(memory, 5)
    before = {path: path.read_bytes() for path in (tmp_path / "silo_001").iterdir()}
    with pytest.raises(WrongKeys, match="give another folder"):
        store(tmp_path, **other)
    assert before == {path: path.read_bytes() for path in (tmp_path / "silo_001").iterdir()}


def test_a_manifest_names_no_files(tmp_path: Path) -> None:
    with store(tmp_path) as memory:
        made = fill(memory, 5)
        memory.save()
    path = tmp_path / "silo_001" / MANIFEST
    wild = json.loads(path.read_text()) | {"index": "../../secret"}
    path.write_text(json.dumps(wild))
    with pytest.warns(DamagedMemory, match="unknown field"):
        memory = store(tmp_path)
    with memory:
        assert numbers(memory, made) == list(range(5))


def test_one_process_owns_a_folder(tmp_path: Path) -> None:
    with store(tmp_path), pytest.raises(ConfigError, match="in use by another process"):
        store(tmp_path)
    store(tmp_path).close()


def test_misuse_is_named(memory: MemoryStore) -> None:
    with pytest.raises(ConfigError, match=r"expected|must be \(1, 16\)"):
        memory.add(1, keys(1, 8), [record(0)])
    with pytest.raises(ConfigError, match="finite"):
        memory.add(1, np.full((1, DIMENSIONS), np.nan, np.float32), [record(0)])
    with pytest.raises(ConfigError, match="no silo of interval 3"):
        memory.search([0], keys(1), 1, silos=[3])
    with pytest.raises(ConfigError, match="k must be"):
        memory.search([0], keys(1), 0)
    memory.close()
    memory.close()
    with pytest.raises(ClosedError):
        memory.search([0], keys(1), 1)


def test_a_record_too_large_is_refused(tmp_path: Path) -> None:
    with store(tmp_path) as memory, pytest.raises(MemoryFault, match="at most 16384 bytes"):
        memory.add(1, keys(1), [record(0, seen="x" * 20_000)])


def test_a_large_silo_is_searched_by_its_inverted_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silos, "SETTLE_ROWS", 1000)
    made = keys(3000)
    with store(tmp_path, kind=FaissKind()) as memory:
        memory.add(1, made, [record(number) for number in range(3000)])
        memory.share([0])
    with store(tmp_path, kind=FaissKind()) as memory:
        assert np.mean(np.array(numbers(memory, made[::50])) == np.arange(0, 3000, 50)) >= 0.95
