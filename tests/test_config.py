"""Strict configuration: what is accepted, and how precisely a mistake is named."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from pmd_gym.config import MAX_BYTES, EnvConfig, build, dump, load
from pmd_gym.env import PMDRedEnv
from pmd_gym.errors import ConfigError
from pmd_gym.scenario import Member, Scenario
from tests.doubles.backend import OpenFloorBackend


@dataclass(frozen=True)
class Inner:
    timeout_s: float = 1.0
    names: tuple[str, ...] = ()
    pair: tuple[int, str] | None = None


@dataclass(frozen=True)
class Outer:
    seed: int
    mode: Literal["fast", "slow"] = "fast"
    inner: Inner = field(default_factory=Inner)
    weights: dict[str, float] = field(default_factory=dict)
    out: Path | None = None
    loud: bool = False

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ConfigError(f"seed must be 0 or more, got {self.seed}")


def write(folder: Path, text: str) -> Path:
    path = folder / "run.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_take_the_types_of_the_dataclass(tmp_path: Path) -> None:
    text = "seed: 3\nmode: slow\ninner: {timeout_s: 2, names: [a, b], pair: [1, x]}\n"
    text += "weights: {floors: 1}\nout: runs/a\n"
    config = load(write(tmp_path, text), Outer)
    assert config == Outer(3, "slow", Inner(2.0, ("a", "b"), (1, "x")), {"floors": 1.0}, Path("runs/a"))
    assert isinstance(config.inner.timeout_s, float)


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load(write(tmp_path, ""), EnvConfig) == EnvConfig()


def test_overrides_win_over_the_file_by_dotted_key(tmp_path: Path) -> None:
    path = write(tmp_path, "seed: 3\ninner: {timeout_s: 2}\n")
    assert load(path, Outer, {"seed": 4, "inner.timeout_s": 0.5, "inner.names": ["z"]}) == Outer(
        4, inner=Inner(0.5, ("z",))
    )


def test_what_is_dumped_is_read_back_equal(tmp_path: Path) -> None:
    config = Outer(7, "slow", Inner(0.25, ("é",), (2, "y")), {"exp": 0.1}, Path("a/b"), True)
    assert load(write(tmp_path, dump(config)), Outer) == config
    env = EnvConfig(dungeon=3, team=(("Pikachu", 9), (1, 5)), reward={"floors": 1.0}, observation=("map", "text"))
    assert load(write(tmp_path, dump(env)), EnvConfig) == env


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("seed: 1\nsede: 2\n", ["sede: unknown key", "did you mean 'seed'?"]),
        ("seed: 1\ninner: {timeout: 2}\n", ["inner.timeout: unknown key", "did you mean 'timeout_s'?"]),
        ("seed: 1\nqqq: 2\n", ["qqq: unknown key", "keys are seed, mode"]),
        ("mode: fast\n", ["seed: is required"]),
        ("seed: yes\n", ["seed: expected a whole number, got True"]),
        ("seed: 1.5\n", ["seed: expected a whole number, got 1.5"]),
        ("seed: '1'\n", ["seed: expected a whole number, got '1'"]),
        ("seed: -1\n", ["seed must be 0 or more, got -1"]),
        ("seed: 1\nmode: quick\n", ["mode: expected one of 'fast', 'slow', got 'quick'"]),
        ("seed: 1\ninner: 4\n", ["inner: expected keys and values, got 4"]),
        ("seed: 1\ninner: {names: [a, 3]}\n", ["inner.names[1]: expected text, got 3"]),
        ("seed: 1\ninner: {names: a}\n", ["inner.names: expected a list, got 'a'"]),
        ("seed: 1\ninner: {pair: [1]}\n", ["inner.pair: expected", "got a list"]),
        ("seed: 1\nweights: {floors: much}\n", ["weights.floors: expected a number, got 'much'"]),
        ("seed: 1\nloud: 1\n", ["loud: expected true or false, got 1"]),
        ("- 1\n- 2\n", ["expected keys and values at the top, got a list"]),
        ("seed: [1\n", ["not valid YAML"]),
        ("seed: !!python/object/apply:os.getcwd []\n", ["not valid YAML"]),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, text: str, parts: list[str]) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path, Outer)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert all(part in str(caught.value) for part in parts), str(caught.value)


def test_a_mistake_inside_an_alternative_names_the_inner_key() -> None:
    with pytest.raises(ConfigError, match=r"team\[0\]\[1\]: expected a whole number, got 'five'"):
        build({"team": [["Pikachu", "five"]]}, EnvConfig)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("team: [{species: Pikachu, levl: 5}]", r"team\[0\]\.levl: unknown key; did you mean 'level'"),
        ("team: [{species: Pikachu}]", r"team\[0\]\.level: is required"),
        ("team: [{species: Pikachoo, level: 5}]", r"team\[0\]: species: unknown species .* 'Pikachu'"),
        ("team: [[Pikachoo, 5]]", r"team\[0\]: unknown species .* 'Pikachu'"),
        ("team: [[4, 5], {species: 7, level: 5, moves: [Tackle, Tail Wip]}]", r"team\[1\]: moves\[1\]: .*'Tail Whip'"),
        ("team: [{species: 4, level: 5, held: Power Bnd}]", r"team\[0\]: held: unknown item .*'Power Band'"),
        ("team: [{species: 4, level: 5, tactic: Go}]", r"team\[0\]: tactic: unknown tactic 'Go'"),
        ("team: [{species: 4, level: 5, skills: [PP Chekker]}]", r"team\[0\]: skills\[0\]: .*'PP Checker'"),
        ("bag: [Apple, Appel]", r"bag\[1\]: unknown item 'Appel'; did you mean 'Apple'"),
        ("bag: [[Apple, 2]]", r"bag\[0\]: 2 of Apple in one slot"),
        ("dungeon: Tiny Wood", r"dungeon: unknown dungeon .*'Tiny Woods'"),
        ("floor: 4", r"floor 4 of Tiny Woods: it has floors 1\.\.3"),
        ("money: 100000", r"money is 100000"),
        ("friend_areas: [Rainbow Peek]", r"friend_areas: unknown friend area .*'Rainbow Peak'"),
    ],
)
def test_a_start_that_the_game_does_not_have_is_named_with_file_and_key(
    tmp_path: Path, text: str, message: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=message) as caught:
        load(path, EnvConfig)
    assert str(caught.value).startswith(str(path))


def test_a_start_is_given_by_names_or_ids() -> None:
    text = {"species": "Squirtle", "level": 6, "moves": ["Tackle", 122], "held": ["Stick", 5], "skills": ["PP Checker"]}
    config = build({"dungeon": "Mt. Steel", "team": [["Charmander", 5], text], "bag": ["Apple", [7, 3]]}, EnvConfig)
    squirtle = Member(7, 6, moves=(154, 122), held=(1, 5), skills=(6,))
    assert config.scenario() == Scenario(2, 1, ((4, 5), squirtle), bag=((82, 1), (7, 3)))
    assert build({"team": [[4, 5]]}, EnvConfig).arguments()["team"] == ((4, 5),)


def test_a_missing_or_huge_or_binary_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.yaml", Outer)
    with pytest.raises(ConfigError, match="at most"):
        load(write(tmp_path, "#" * (MAX_BYTES + 1)), Outer)
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(binary, Outer)


def test_an_override_through_a_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'seed' holds a value"):
        load(write(tmp_path, "seed: 1\n"), Outer, {"seed.low": 2})


@pytest.mark.parametrize("path", sorted((Path(__file__).parent.parent / "configs" / "env").glob("*.yaml")), ids=str)
def test_every_configuration_that_we_ship_makes_an_environment(path: Path) -> None:
    arguments = load(path, EnvConfig).arguments()
    env = PMDRedEnv(**{**arguments, "emulator": OpenFloorBackend(1)})
    observation, _ = env.reset(seed=1)
    assert env.observation_space.contains(observation)


def test_a_rom_and_a_state_lie_beside_the_file_that_names_them(tmp_path: Path) -> None:
    text = "emulator: mgba\nrom: red.gba\nsavestate: states/tiny_woods.ss0\nallow_unknown_rom: true\n"
    arguments = load(write(tmp_path, text), EnvConfig).arguments()
    assert (arguments["emulator"], arguments["allow_unknown_rom"]) == ("mgba", True)
    assert arguments["rom"] == str(tmp_path / "red.gba")
    assert arguments["savestate"] == str(tmp_path / "states" / "tiny_woods.ss0")
    several = build({"savestate": ["a.ss0", "b.ss0"]}, EnvConfig, str(tmp_path / "env.yaml")).arguments()["savestate"]
    assert several == (str(tmp_path / "a.ss0"), str(tmp_path / "b.ss0"))
