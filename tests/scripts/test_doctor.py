"""The doctor on machines that are made up: each illness is found, named, and has a remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pmd_gym.emulator.core import Core
from pmd_gym.errors import CoreError
from scripts.doctor import EXTRAS, Finding, Machine, examine, main
from tests.doubles import savestates
from tests.doubles.scene import scene


@pytest.fixture
def healthy(tmp_path: Path) -> Machine:
    (tmp_path / "hf" / "hub" / "models--Qwen--Qwen3-VL-2B-Instruct").mkdir(parents=True)
    return Machine(
        python=(3, 12, 1), platform="linux", home=tmp_path,
        environ={"DISPLAY": ":0", "HF_HOME": str(tmp_path / "hf")},
        version=lambda name: None if name.startswith("faiss-gpu") else "1.0", which=lambda name: f"/bin/{name}",
        core=lambda: Core(Path("/core.so"), "a test"), answers=lambda host, port: True, can_listen=lambda: True,
        free_bytes=lambda path: 8 << 30, writable=lambda path: True, gpus=lambda: "H200, 143771 MiB, 570",
    )  # fmt: skip


def by_name(machine: Machine, rom: Path | None = None, savestate: Path | None = None) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(machine, rom, savestate)}


def no_core() -> Core:
    raise CoreError("no mGBA core was found")


def test_a_healthy_machine_lacks_only_the_game(healthy: Machine) -> None:
    found = by_name(healthy)
    assert {name for name, finding in found.items() if finding.state != "ok"} == {"ROM", "save state"}
    assert len(found) == 12 + len(EXTRAS)


@pytest.mark.parametrize(
    ("change", "name", "state", "remedy"),
    [
        ({"python": (3, 10, 2)}, "Python", "wrong", "3.11"),
        ({"version": lambda name: None}, "extra [vlm]", "missing", "[vlm]"),
        ({"version": lambda name: "1"}, "faiss builds", "wrong", "pip uninstall -y faiss-cpu faiss-gpu"),
        ({"core": no_core}, "mGBA core", "missing", "gbax"),
        ({"core": no_core, "environ": {"MGBA_CORE": "/no"}}, "mGBA core", "wrong", "gbax"),
        ({"environ": {}}, "display", "missing", "Xvfb"),
        ({"which": lambda name: None}, "mGBA window", "missing", "mgba-qt"),
        ({"answers": lambda host, port: False}, "Lua script", "missing", "mgba_socket.lua"),
        ({"can_listen": lambda: False}, "ports", "wrong", "firewall"),
        ({"writable": lambda path: False}, "compile cache", "wrong", "PMD_GYM_CACHE"),
        ({"free_bytes": lambda path: 1 << 20}, "compile cache", "wrong", "PMD_GYM_CACHE"),
        ({"gpus": lambda: ""}, "GPU", "missing", "small model"),
        ({"environ": {"HF_HOME": "/nowhere"}}, "models", "missing", "hf download"),
    ],
)
def test_each_illness_is_found_and_has_a_remedy(
    healthy: Machine, change: dict[str, Callable[..., object]], name: str, state: str, remedy: str
) -> None:
    finding = by_name(replace(healthy, **change))[name]  # type: ignore[arg-type]
    assert finding.state == state
    assert remedy in finding.remedy


def test_the_gpu_build_of_faiss_serves_the_memory(healthy: Machine) -> None:
    machine = replace(healthy, version=lambda name: "1" if name == "faiss-gpu-cu12" else None)
    assert by_name(machine)["extra [memory]"].state == "ok"


def test_files_are_read_and_refused_by_name(healthy: Machine, tmp_path: Path) -> None:
    rom, state, good = tmp_path / "game.gba", tmp_path / "torn.ss0", tmp_path / "good.ss0"
    rom.write_bytes(bytes(500))
    state.write_bytes(b"\x89PNG\r\n\x1a\n")
    good.write_bytes(savestates.png(scene()))
    found = by_name(healthy, rom, state)
    assert found["ROM"].state == found["save state"].state == "wrong"
    assert "game.gba" in found["ROM"].found and "torn.ss0" in found["save state"].found
    assert by_name(healthy, None, good)["save state"].state == "ok"


def test_json_and_exit_code(healthy: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json"], healthy) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert main(["--json"], replace(healthy, can_listen=lambda: False)) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert {"name", "state", "found", "remedy"} == set(answer["findings"][0])


def test_the_table_names_what_is_to_be_mended(healthy: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], replace(healthy, can_listen=lambda: False)) == 1
    shown = capsys.readouterr().out
    assert "To be mended: ports." in shown and "firewall" in shown


def test_this_machine_can_be_examined() -> None:
    assert len(examine(Machine())) == 12 + len(EXTRAS)
