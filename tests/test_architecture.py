"""The house rules that a machine can check: who imports whom, which file is the one door to a heavy dependency.

Imports are read from the sources, lazy ones inside functions included, so that a shortcut cannot hide in a function.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEAF_ROOMS = ("ram", "emulator", "capture", "views", "simulator")
FOUNDATION = ("errors", "inner", "compiled", "scenario", "config")
ENVIRONMENT = ("actions", "observations", "rewards", "env", "vector_env", "wrappers")

DOORS = {
    "numba": ("pmd_gym/compiled.py", "pmd_gym/inner.py"),
    "mss": ("pmd_gym/capture/window.py",),
    "xcffib": ("pmd_gym/capture/x11.py",),
    "websockets": ("pmd_gym/emulator/",),
    "gymnasium": ("pmd_gym/__init__.py", *(f"pmd_gym/{name}.py" for name in ENVIRONMENT)),
    "torch": (
        "agents/inference/transformers.py", "agents/inference/local/", "agents/policy/ppo.py", "agents/training/",
        "agents/memory/torch_index.py", "scripts/train_",
    ),
    "transformers": ("agents/inference/transformers.py", "agents/inference/local/", "agents/training/"),
    "tokenizers": ("agents/training/",),
    "safetensors": ("agents/training/checkpoint.py", "agents/inference/local/weights.py"),
    "openai": ("agents/inference/server_line.py",),
    "httpx2": ("agents/inference/server_line.py",),
    "watchdog": ("agents/skills/watcher.py",),
    "landlockpy": ("agents/skills/sandbox.py",),
    "seccompy": ("agents/skills/sandbox.py",),
    "faiss": ("agents/memory/faiss_index.py",),
    "wandb": ("agents/telemetry/wandb_backend.py",),
    "sweeps": ("scripts/sweep.py",),
    "tensorboardX": ("agents/telemetry/tensorboard_backend.py",),
    "pygame": ("pmd_gym/play/window.py",),
}
"""Heavy or delicate dependency -> the only files (path prefixes) that may import it."""

FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}


@cache
def sources() -> tuple[Path, ...]:
    return tuple(path for top in ("pmd_gym", "agents", "scripts") for path in sorted((ROOT / top).rglob("*.py")))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> frozenset[str]:
    return frozenset(module_name(path) for path in sources())


def imports_of(tree: ast.AST, known: frozenset[str]) -> Iterator[str]:
    """Every module that `tree` imports; `from package import module` counts as the module if there is one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import; write the whole name"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in known else str(node.module)


def layer(module: str) -> int:
    """0 foundation and seams, 1 leaf rooms, 2 backends, 3 environment, 4 players, 5 what joins them, 6 scripts.

    Players are the agents' rooms, and `pmd_gym.play`, through which a person plays.
    """
    top, *rest = module.split(".")
    if top == "scripts":
        return 6
    if top == "agents":
        return 5 if rest[:1] in (["runner"], ["players"], ["saving"], ["training"]) else 4
    if rest[:1] == ["play"]:
        return 4
    if rest[-1:] == ["interface"] or rest == ["ram", "layout"] or rest[:1] in [[name] for name in FOUNDATION]:
        return 0
    return 1 if rest[0] in LEAF_ROOMS else 2 if rest[0] == "backends" else 3


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def complaint(importer: str, imported: str) -> str:
    """Why `importer` must not import `imported`; empty if it may."""
    if imported.split(".")[0] not in ("pmd_gym", "agents", "scripts") or importer == "pmd_gym":
        return ""
    if imported == "pmd_gym":
        return "" if layer(importer) >= 4 else "the package's root re-exports; inside, import the module itself"
    if importer == "agents" or imported == "agents" or room(importer) == room(imported):
        return ""
    if layer(imported) > layer(importer):
        return "upward import"
    if importer.startswith("pmd_gym.") and imported.startswith("agents."):
        return "pmd_gym works without agents"
    return _sideways(importer, imported)


@cache
def public_modules() -> frozenset[str]:
    """Modules that their package names in `__all__`, as `pmd_gym.views` does with `canvas`."""
    packages = {name for name in modules() if (ROOT / name.replace(".", "/") / "__init__.py").exists()}
    listed = {name: (ROOT / name.replace(".", "/") / "__init__.py").read_text() for name in packages}
    return frozenset(
        name
        for name in modules()
        if name.rpartition(".")[0] in packages and f'"{name.rpartition(".")[2]}"' in _exported(listed, name)
    )


def _exported(sources_of: dict[str, str], module: str) -> str:
    return sources_of[module.rpartition(".")[0]].partition("__all__ = [")[2].partition("]")[0]


def _sideways(importer: str, imported: str) -> str:
    public = imported.endswith(".interface") or imported == "pmd_gym.ram.layout" or imported in public_modules()
    insides = imported.count(".") > 1 and not public
    if layer(importer) == layer(imported) == 1:
        if room(importer) == "pmd_gym.simulator" and room(imported) == "pmd_gym.ram":
            return "simulator and ram share only ram.layout"
        return "another leaf room's insides; use what its package exports" if insides else ""
    if layer(importer) == 4 and imported.startswith("pmd_gym.") and insides:
        return "players use pmd_gym by its public names"
    if layer(importer) == layer(imported) == 4 and insides:
        return "agents' rooms meet only in interface.py"
    return ""


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_imports_go_downward_only(path: Path) -> None:
    importer = module_name(path)
    found = {target: complaint(importer, target) for target in imports_of(ast.parse(path.read_text()), modules())}
    assert not {target: why for target, why in found.items() if why}


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_heavy_dependencies_have_one_door(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    tops = {target.split(".")[0] for target in imports_of(ast.parse(path.read_text()), modules())}
    assert not {top for top in tops & DOORS.keys() if not name.startswith(DOORS[top])}


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_a_file_is_named_for_what_it_gives(path: Path) -> None:
    assert not FORBIDDEN_NAMES & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}


@pytest.mark.parametrize("path", sources(), ids=module_name)
def test_every_module_says_why_it_exists(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "a module needs a docstring"


@pytest.mark.parametrize(
    "module", ["pmd_gym", "pmd_gym.play.loop", "agents", "agents.policy", "agents.runner", "agents.config"]
)
def test_importing_does_no_heavy_work(module: str) -> None:
    """numba, torch, websockets, mss and pygame are loaded by the first game, not by an import."""
    heavy = ("numba", "torch", "transformers", "websockets", "mss", "faiss", "wandb", "pygame")
    code = f"import sys, {module}; print(*(name for name in {heavy} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [], "")


@pytest.mark.parametrize(
    ("importer", "imported", "why"),
    [
        ("pmd_gym.ram.decoder", "pmd_gym.backends.simulator", "upward import"),
        ("pmd_gym.ram.decoder", "agents.runner", "upward import"),
        ("pmd_gym.simulator.turn", "pmd_gym.ram.decoder", "simulator and ram share only ram.layout"),
        ("pmd_gym.views.ascii", "pmd_gym.ram.decoder", "another leaf room's insides; use what its package exports"),
        ("agents.policy.explorer", "pmd_gym.ram.decoder", "players use pmd_gym by its public names"),
        ("pmd_gym.play.scene", "pmd_gym.ram.decoder", "players use pmd_gym by its public names"),
        ("pmd_gym.play.loop", "agents.policy.interface", "pmd_gym works without agents"),
        ("agents.policy.explorer", "pmd_gym.play.scene", "players use pmd_gym by its public names"),
        ("pmd_gym.env", "pmd_gym.play.session", "upward import"),
        ("agents.policy.vlm", "agents.memory.store", "agents' rooms meet only in interface.py"),
        ("agents.policy.vlm", "agents.runner", "upward import"),
        ("pmd_gym.env", "pmd_gym", "the package's root re-exports; inside, import the module itself"),
        ("pmd_gym.simulator.turn", "pmd_gym.ram.layout", ""),
        ("pmd_gym.emulator.simulated", "pmd_gym.simulator", ""),
        ("pmd_gym.backends.simulator", "pmd_gym.simulator.games", ""),
        ("agents.policy.vlm", "agents.memory.interface", ""),
        ("scripts.run_agent", "agents.runner", ""),
        ("pmd_gym.play.session", "pmd_gym.env", ""),
        ("scripts.play", "pmd_gym.play.loop", ""),
    ],
)
def test_the_rules_tell_right_from_wrong(importer: str, imported: str, why: str) -> None:
    assert complaint(importer, imported) == why


def test_lazy_imports_are_seen() -> None:
    tree = ast.parse("def late():\n    from pmd_gym.ram import decoder\n")
    assert list(imports_of(tree, frozenset({"pmd_gym.ram.decoder"}))) == ["pmd_gym.ram.decoder"]
