"""Where a core is looked for, in which order, and which ones are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmd_gym.emulator import core
from pmd_gym.emulator.core import check_version, find_core
from pmd_gym.errors import CoreError
from tests.doubles.real_core import core_path


@pytest.fixture
def real_core() -> Path:
    return core_path()


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(core.VARIABLE, raising=False)
    monkeypatch.setattr(core, "_WHEELS", ())
    monkeypatch.setattr(core, "_FOLDERS", ())
    return monkeypatch


def wheel(root: Path, name: str, content: bytes) -> Path:
    """A package with a core in it, as the wheels have it."""
    folder = root / name / "cores"
    folder.mkdir(parents=True)
    (root / name / "__init__.py").write_text("raise ImportError('its code must not run')")
    path = folder / core._file_name()
    path.write_bytes(content)
    return path


def test_without_a_core_the_error_says_how_to_get_one(nothing_installed: pytest.MonkeyPatch) -> None:
    with pytest.raises(CoreError, match=r"pip install --no-deps gbax==0\.16\.0.*MGBA_CORE="):
        find_core()


def test_the_variable_wins(nothing_installed: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "my_core.so"
    path.write_bytes(b"anything")
    nothing_installed.setenv(core.VARIABLE, str(path))
    assert find_core() == core.Core(path, core.VARIABLE)


def test_a_variable_that_names_nothing_is_no_reason_to_look_elsewhere(
    nothing_installed: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nothing_installed.setenv(core.VARIABLE, str(tmp_path / "absent.so"))
    with pytest.raises(CoreError, match=r"MGBA_CORE is .*absent\.so.*no file"):
        find_core()


def test_the_pinned_wheel_comes_before_the_system(
    real_core: Path, nothing_installed: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    system = tmp_path / "system"
    system.mkdir()
    (system / core._file_name()).write_bytes(b"of the system")
    nothing_installed.setattr(core, "_FOLDERS", (str(system),))
    assert find_core().path.parent == system
    path = wheel(tmp_path, "core_wheel_double", real_core.read_bytes())
    nothing_installed.setattr(core, "_WHEELS", ("absent_wheel_double", "core_wheel_double"))
    nothing_installed.syspath_prepend(str(tmp_path))
    assert find_core() == core.Core(path, "the wheel core_wheel_double")


def test_a_wheel_with_another_core_in_it_is_refused(nothing_installed: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wheel(tmp_path, "wrong_wheel_double", b"not that core")
    nothing_installed.setattr(core, "_WHEELS", ("wrong_wheel_double",))
    nothing_installed.syspath_prepend(str(tmp_path))
    with pytest.raises(CoreError, match="not the core that was tried"):
        find_core()


@pytest.mark.parametrize("version", ["0.10.0", "0.10.5", "0.11-dev", "1.0", "v0.10.2 26b7884", "0.10-git"])
def test_new_cores_are_taken(version: str) -> None:
    check_version("mGBA", version)


@pytest.mark.parametrize("version", ["0.7.0 ec7a6271", "0.9.3", "", "git", "0", "x.y"])
def test_old_and_unknown_versions_are_refused(version: str) -> None:
    with pytest.raises(CoreError, match=r"0\.10 or newer is needed"):
        check_version("mGBA", version)


def test_another_emulator_is_refused() -> None:
    with pytest.raises(CoreError, match="an mGBA core is needed"):
        check_version("gpSP", "0.91")
