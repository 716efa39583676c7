"""The loader's promises: who overrides whom, what a broken edit leaves alone, and that nothing is read twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agents.skills.loader import Change, SkillLoader, check_here
from agents.skills.sources import ORIGINS, Source
from pmd_gym.errors import SkillError
from tests.doubles.skills import WAITS, manifest_text, write_skill


@pytest.fixture
def roots(tmp_path: Path) -> dict[str, Path]:
    made = {origin: tmp_path / origin for origin in ORIGINS}
    for root in made.values():
        root.mkdir()
    return made


def told(change: Change) -> str:
    return "\n".join(change.lines())


def test_the_skills_of_this_project_load() -> None:
    loader = SkillLoader()
    change = loader.refresh()
    assert not change.problems
    named = {
        "explore", "go_to", "take_stairs", "fight", "flee", "heal", "eat", "pick_up", "use_item", "throw_item",
        "wait_for_partner", "escape_loop",
    }  # fmt: skip
    assert named <= set(loader.library.skills)
    assert {skill.source.origin for skill in loader.library.skills.values() if skill.name in named} == {"core"}


def test_custom_overrides_community_overrides_core_and_says_so(roots: dict[str, Path]) -> None:
    for number, origin in enumerate(ORIGINS):
        write_skill(roots[origin], "hop", version=f"1.{number}.0")
    loader = SkillLoader(roots)
    change = loader.refresh()
    assert str(loader.library.skills["hop"]) == "custom hop 1.2.0"
    assert change.notices == (
        "community hop 1.1.0 overrides core hop 1.0.0",
        "custom hop 1.2.0 overrides community hop 1.1.0",
    )
    assert not loader.refresh()
    (roots["custom"] / "hop" / "manifest.yaml").unlink()
    (roots["custom"] / "hop" / "hop.py").unlink()
    assert loader.refresh().replaced == ("hop",)
    assert str(loader.library.skills["hop"]) == "community hop 1.1.0"


def test_only_what_changed_is_read_and_checked(roots: dict[str, Path]) -> None:
    checked: list[str] = []

    def check(source: Source) -> None:
        checked.append(source.manifest.name)
        check_here(source)

    files = {name: write_skill(roots["custom"], name) for name in ("a", "b", "c")}
    loader = SkillLoader(roots, check)
    loader.refresh()
    assert (loader.folders_read, checked) == (3, ["a", "b", "c"])
    untouched = loader.library.skills["a"]
    files["b"].write_text(WAITS + "# more\n")
    change = loader.refresh()
    assert (change.added, change.replaced, change.removed) == ((), ("b",), ())
    assert (loader.folders_read, checked) == (4, ["a", "b", "c", "b"])
    assert loader.library.skills["a"] is untouched
    os.utime(files["c"], ns=(1, 1))  # touched, and still the same
    assert not loader.refresh()
    assert (loader.folders_read, checked) == (5, ["a", "b", "c", "b"])


def test_a_change_in_a_dependency_reaches_whoever_requires_it(roots: dict[str, Path]) -> None:
    file = write_skill(roots["core"], "go")
    write_skill(roots["custom"], "hop", requires={"go": ">=1"})
    write_skill(roots["custom"], "top", requires={"hop": ">=1"})
    loader = SkillLoader(roots)
    loader.refresh()
    before = loader.library
    file.write_text(WAITS + "# more\n")
    assert loader.refresh().replaced == ("go", "hop", "top")
    assert loader.library.skills["top"].requires["hop"].requires["go"].source.code.endswith("# more\n")
    assert before.skills["top"].requires["hop"].requires["go"].source.code == WAITS


BROKEN = (
    ("hop.py", "def run(sight):\n    yield 0 +\n", "custom/hop/hop.py:2: SyntaxError"),
    ("hop.py", "x = 1\ny = x / 0\ndef run(sight):\n    yield 0\n", "custom/hop/hop.py:2: ZeroDivisionError"),
    ("hop.py", "def run(sight):\n    return 0\n", "custom/hop/hop.py:1: expected a generator function run"),
    ("hop.py", "def walk(sight):\n    yield 0\n", "custom/hop/hop.py:1: expected a generator function run"),
    ("manifest.yaml", manifest_text("hop", version="2"), "custom/hop/manifest.yaml:2: version: expected"),
    ("manifest.yaml", manifest_text("hop", requires={"fly": ">=1"}), "hop -> fly: hop requires fly >=1, and there is"),
    ("manifest.yaml", manifest_text("hop", entry="away.py:run"), "custom/hop/away.py:1: cannot be read"),
)


@pytest.mark.parametrize(("file", "text", "problem"), BROKEN)
def test_a_broken_edit_keeps_the_version_before_it(roots: dict[str, Path], file: str, text: str, problem: str) -> None:
    write_skill(roots["custom"], "hop")
    write_skill(roots["custom"], "top", requires={"hop": ">=1"})
    loader = SkillLoader(roots)
    loader.refresh()
    before = dict(loader.library.skills)
    good = (roots["custom"] / "hop" / file).read_text()
    (roots["custom"] / "hop" / file).write_text(text)
    change = loader.refresh()
    assert problem in told(change)
    assert loader.library.skills == before
    assert loader.library.problems
    assert not loader.refresh(), "a problem is told once"
    (roots["custom"] / "hop" / file).write_text(good)
    loader.refresh()
    assert not loader.library.problems
    assert loader.library.skills == before


@pytest.mark.parametrize(("file", "text", "problem"), BROKEN)
def test_a_broken_override_leaves_what_it_would_override(
    roots: dict[str, Path], file: str, text: str, problem: str
) -> None:
    write_skill(roots["core"], "hop")
    write_skill(roots["custom"], "hop")
    (roots["custom"] / "hop" / file).write_text(text)
    loader = SkillLoader(roots)
    assert problem in told(loader.refresh())
    assert str(loader.library.skills["hop"]) == "core hop 1.0.0"


def test_a_new_version_that_nobody_can_use_is_kept_from_those_who_cannot(roots: dict[str, Path]) -> None:
    write_skill(roots["core"], "go")
    write_skill(roots["core"], "hop", requires={"go": "<2"})
    loader = SkillLoader(roots)
    loader.refresh()
    hop = loader.library.skills["hop"]
    write_skill(roots["core"], "go", version="2.0.0")
    change = loader.refresh()
    assert change.replaced == ("go",)
    assert "hop -> go: hop 1.0.0 requires go <2, found 2.0.0" in told(change)
    assert loader.library.skills["hop"] is hop


def test_a_deleted_skill_is_gone(roots: dict[str, Path]) -> None:
    file = write_skill(roots["custom"], "hop")
    loader = SkillLoader(roots)
    loader.refresh()
    file.unlink()
    file.with_name("manifest.yaml").unlink()
    file.parent.rmdir()
    assert loader.refresh().removed == ("hop",)


def test_what_is_no_skill_is_passed_over(roots: dict[str, Path]) -> None:
    (roots["custom"] / "notes").mkdir()
    (roots["custom"] / "README.md").write_text("nothing")
    (roots["custom"] / ".git").mkdir()
    (roots["custom"] / ".git" / "hook.py").write_text("nothing")
    assert not SkillLoader(roots).refresh()


def test_code_without_a_manifest_is_a_mistake(roots: dict[str, Path]) -> None:
    (write_skill(roots["custom"], "hop").parent / "manifest.yaml").unlink()
    assert "custom/hop/manifest.yaml:1: cannot be read" in told(SkillLoader(roots).refresh())


def test_links_are_not_followed(roots: dict[str, Path], tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    file = write_skill(roots["custom"], "hop")
    file.unlink()
    file.symlink_to(secret)
    (roots["custom"] / "hip").symlink_to(tmp_path)
    change = SkillLoader(roots).refresh()
    assert "custom/hop/hop.py:1: cannot be read" in told(change)
    assert "the secret" not in told(change)
    assert not change.added


def test_pipes_are_not_waited_for(roots: dict[str, Path]) -> None:
    file = write_skill(roots["custom"], "hop")
    file.unlink()
    os.mkfifo(file)
    assert "custom/hop/hop.py:1: expected a regular file" in told(SkillLoader(roots).refresh())


def test_large_and_unreadable_code(roots: dict[str, Path]) -> None:
    write_skill(roots["custom"], "hop", "#" * 200_000)
    write_skill(roots["custom"], "hip").write_bytes(b"a = 1\nb = '\xff'\n")
    text = told(SkillLoader(roots).refresh())
    assert "custom/hop/hop.py:1: expected at most 131072 bytes" in text
    assert "custom/hip/hip.py:2: expected UTF-8" in text


def test_skills_of_strangers_are_not_run_here(roots: dict[str, Path]) -> None:
    write_skill(roots["core"], "go")
    write_skill(roots["custom"], "hop", "raise SystemExit\n")
    write_skill(roots["core"], "top", requires={"hop": ">=1"})
    loader = SkillLoader(roots, lambda source: None)
    loader.refresh()
    trusted = {name: skill.is_trusted for name, skill in loader.library.skills.items()}
    assert trusted == {"go": True, "hop": False, "top": False}


def test_a_check_that_cannot_be_made_is_a_problem(roots: dict[str, Path]) -> None:
    def check(source: Source) -> None:
        raise SkillError(f"{source.file}:1: no worker")

    write_skill(roots["custom"], "hop")
    assert "custom/hop/hop.py:1: no worker" in told(SkillLoader(roots, check).refresh())
