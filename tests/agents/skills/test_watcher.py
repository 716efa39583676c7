"""Hot reload on a real disk: whatever kind of change it is, the library follows; broken edits and bursts do no harm."""

from __future__ import annotations

import os
import queue
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agents.skills.loader import Change, SkillLoader
from agents.skills.watcher import Settling, SkillWatcher
from tests.doubles.skills import WAITS, manifest_text, write_skill

PATIENCE_S = 20.0


class Stage:
    """A folder of custom skills being watched, and what the watcher told."""

    def __init__(self, root: Path) -> None:
        self.root, self.away = root / "custom", root / "away"
        self.away.mkdir()
        write_skill(self.root, "go")
        write_skill(self.root, "hop", requires={"go": ">=1"})
        self.loader = SkillLoader({"custom": self.root})
        self.loader.refresh()
        self.changes: queue.Queue[Change] = queue.Queue()

    def wait_for(self, found: Callable[[Change], bool]) -> Change:
        """The first change that answers; a burst may be told in parts where the machine is slow."""
        while True:
            change = self.changes.get(timeout=PATIENCE_S)
            if found(change):
                return change

    def code(self, name: str) -> str:
        return self.loader.library.skills[name].source.code


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    with SkillWatcher(stage.loader, [stage.root], stage.changes.put):
        yield stage


NEW = WAITS + "# new\n"


def edit(stage: Stage) -> None:
    (stage.root / "hop" / "hop.py").write_text(NEW)


def atomic_save(stage: Stage) -> None:
    """As editors do: a file beside it, then a rename over it."""
    file = stage.root / "hop" / ".hop.py.swp"
    file.write_text(NEW)
    file.replace(stage.root / "hop" / "hop.py")


def backup_save(stage: Stage) -> None:
    """As other editors do: the old file is renamed, a new one is written."""
    file = stage.root / "hop" / "hop.py"
    file.rename(file.with_name("hop.py~"))
    file.write_text(NEW)


def burst(stage: Stage) -> None:
    for number in range(50):
        (stage.root / "hop" / "hop.py").write_text(WAITS + f"# {number}\n")
    edit(stage)


def moved_over(stage: Stage) -> None:
    (stage.away / "hop.py").write_text(NEW)
    (stage.away / "hop.py").replace(stage.root / "hop" / "hop.py")


def same_size_and_time(stage: Stage) -> None:
    """A new file that differs in nothing but its contents and its inode."""
    file = stage.root / "hop" / "hop.py"
    stamp = file.stat()
    other = stage.away / "hop.py"
    other.write_text(WAITS.replace("yield 0", "yield 1"))
    os.utime(other, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [edit, atomic_save, backup_save, burst, moved_over, same_size_and_time])
def test_new_code(stage: Stage, change: Callable[[Stage], None]) -> None:
    change(stage)
    wanted = NEW if change is not same_size_and_time else WAITS.replace("yield 0", "yield 1")
    told = stage.wait_for(lambda _: stage.code("hop") == wanted)
    assert told.replaced == ("hop",)


def test_new_manifest(stage: Stage) -> None:
    (stage.root / "hop" / "manifest.yaml").write_text(manifest_text("hop", version="1.1.0"))
    assert stage.wait_for(lambda change: change.replaced == ("hop",))
    assert stage.loader.library.skills["hop"].manifest.version == "1.1.0"


def test_change_in_a_dependency(stage: Stage) -> None:
    (stage.root / "go" / "go.py").write_text(NEW)
    stage.wait_for(lambda change: change.replaced == ("go", "hop"))
    assert stage.loader.library.skills["hop"].requires["go"].source.code == NEW


def test_added_in_place(stage: Stage) -> None:
    write_skill(stage.root, "top")
    stage.wait_for(lambda change: "top" in change.added)


def test_moved_in_and_out(stage: Stage) -> None:
    write_skill(stage.away, "top")
    (stage.away / "top").rename(stage.root / "top")
    stage.wait_for(lambda change: change.added == ("top",))
    (stage.root / "top" / "top.py").write_text(NEW)
    stage.wait_for(lambda change: change.replaced == ("top",))
    (stage.root / "top").rename(stage.away / "top")
    stage.wait_for(lambda change: change.removed == ("top",))


def test_deleted(stage: Stage) -> None:
    shutil.rmtree(stage.root / "hop")
    stage.wait_for(lambda change: "hop" in change.removed)
    assert list(stage.loader.library.skills) == ["go"]


def test_renamed(stage: Stage) -> None:
    """A folder renamed is a skill whose manifest no longer fits; with a new manifest it is a skill of that name."""
    (stage.root / "hop").rename(stage.root / "hip")
    told = stage.wait_for(lambda change: "hop" in change.removed)
    assert "custom/hip/manifest.yaml:1: name: expected hip" in str(told.problems)
    (stage.root / "hip" / "hop.py").rename(stage.root / "hip" / "hip.py")
    (stage.root / "hip" / "manifest.yaml").write_text(manifest_text("hip"))
    stage.wait_for(lambda change: "hip" in change.added)


def test_a_broken_edit_keeps_the_old_version_and_is_mended(stage: Stage) -> None:
    before = stage.loader.library.skills["hop"]
    (stage.root / "hop" / "hop.py").write_text("def run(sight):\n    yield (\n")
    told = stage.wait_for(lambda change: "SyntaxError" in str(change.problems))
    assert "custom/hop/hop.py:2: SyntaxError" in str(told.problems)
    assert stage.loader.library.skills["hop"] is before
    edit(stage)
    stage.wait_for(lambda change: change.replaced == ("hop",))
    assert not stage.loader.library.problems


def test_what_changes_nothing_is_not_told(stage: Stage) -> None:
    (stage.root / "hop" / "notes.txt").write_text("nothing")
    (stage.root / "hop" / "hop.py").touch()
    edit(stage)
    assert stage.changes.get(timeout=PATIENCE_S).replaced == ("hop",)
    assert stage.changes.empty()


def test_a_look_that_fails_is_tried_again_at_the_next_event(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage(tmp_path)

    class Failing(SkillLoader):
        looks = 0

        def refresh(self) -> Change:
            self.looks += 1
            if self.looks == 1:
                failed.put(None)
                raise OSError("no rights")
            return super().refresh()

    failed: queue.Queue[None] = queue.Queue()
    loader = Failing({"custom": stage.root})
    with SkillWatcher(loader, [stage.root], stage.changes.put):
        edit(stage)
        failed.get(timeout=PATIENCE_S)
        (stage.root / "hop" / "hop.py").write_text(NEW + "# more\n")
        stage.wait_for(lambda change: "hop" in change.added)
    assert "those in use stay" in caplog.text


def test_closing_twice_and_missing_folders(tmp_path: Path) -> None:
    watcher = SkillWatcher(SkillLoader({}), [tmp_path / "new" / "custom"], lambda change: None)
    watcher.close()
    watcher.close()
    assert (tmp_path / "new" / "custom").is_dir()


def test_a_burst_is_over_when_it_is_quiet() -> None:
    settling = Settling(settle_s=0.06, limit_s=1.0)
    assert settling.wait_s(0.0) is None
    settling.touched(10.0)
    assert settling.wait_s(10.0) == pytest.approx(0.06)
    settling.touched(10.05)
    assert settling.wait_s(10.06) == pytest.approx(0.05)
    assert settling.wait_s(10.2) == 0.0
    settling.clear()
    assert settling.wait_s(10.2) is None


def test_a_burst_without_end_is_looked_at_all_the_same() -> None:
    settling = Settling(settle_s=0.06, limit_s=1.0)
    for event in range(30):
        settling.touched(event * 0.05)
    assert settling.wait_s(1.2) == 0.0
