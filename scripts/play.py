"""Lets a person play, in a window or in a terminal, and records and replays what was played.

examples:
  python scripts/play.py
      Tiny Woods in a window (pip install -e ".[play]")
  python scripts/play.py --terminal --dungeon "Mt. Steel" --team Charmander:12,Squirtle:11 --seed 4
      in the terminal, also over ssh
  python scripts/play.py --record game.jsonl
      writes every action and a hash of the RAM behind it
  python scripts/play.py --replay game.jsonl --speed 8
      shows a recording; --verify compares it without showing, and says at which step it differs
  python scripts/play.py --replay game.jsonl --verify --gif game.gif
      makes a film of it
  python scripts/play.py --emulator ws://127.0.0.1:7001
      on an emulator server that runs already (python -m pmd_gym.emulator.server)
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from agents.telemetry.film import animated, chosen_steps
from pmd_gym.config import EnvConfig, build, load
from pmd_gym.errors import ConfigError, PmdGymError
from pmd_gym.play.guide import table
from pmd_gym.play.interface import Window
from pmd_gym.play.loop import Player, Spectator, follow, verify, view_of
from pmd_gym.play.recording import Recorder, Recording, read
from pmd_gym.play.session import Session

INTERRUPTED = "interrupted"
EXIT_DIVERGED, EXIT_MISTAKE, EXIT_INTERRUPTED = 1, 2, 130
NOT_FIXING = ("emulator", "observation", "visibility", "reward", "reward_terms", "threads", "render_mode")
"""Settings that a game's course does not depend on; all others go into a recording."""
FILM_PICTURES, FILM_MILLISECONDS = 240, 100


class Parser(argparse.ArgumentParser):
    """Complains in one line, as everything here does."""

    def error(self, message: str) -> NoReturn:
        """One line on stderr, exit code 2."""
        print(f"error: {message}; see --help", file=sys.stderr)
        raise SystemExit(EXIT_MISTAKE)


def parser() -> Parser:
    """The command line."""
    description, _, examples = (__doc__ or "").partition("\n\n")
    made = Parser(
        description=description, epilog=f"{examples}\nkeys:\n{table()}", allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = made.add_argument
    add("--terminal", action="store_true", help="play in this terminal instead of a window")
    add("--dungeon", help="name or number (default Tiny Woods)")
    add("--floor", type=int, help="floor to start on (default 1)")
    add("--team", type=_team, help="SPECIES:LEVEL[,...], leader first (default: the story's start)")
    add("--seed", type=int, help="seed of the games (default: a new one, which is printed)")
    add("--config", type=Path, help="YAML file with settings of the environment (configs/env/); flags win")
    add("--emulator", help="simulator (default), embedded, or ws://HOST:PORT of a running server")
    add("--visibility", choices=("fair", "full"), help="full shows the whole floor (default fair)")
    add("--scale", type=int, default=3, choices=range(1, 9), metavar="1-8", help="size of the window (default 3)")
    add("--record", type=Path, metavar="FILE", help="write a recording into a new file")
    add("--replay", type=Path, metavar="FILE", help="show a recording")
    add("--speed", type=float, default=4.0, help="steps a second of a replay (default 4)")
    add("--verify", action="store_true", help="with --replay: compare every step's RAM, show nothing")
    add("--gif", type=Path, metavar="FILE", help="write a film of what was played or replayed")
    return made


def _team(text: str) -> list[list[str | int]]:
    """`Charmander:5,Squirtle:5` as pairs."""
    members = [member.rpartition(":") for member in text.split(",")]
    if not all(name.strip() and level.strip().isdigit() for name, _, level in members):
        raise argparse.ArgumentTypeError(f"expected SPECIES:LEVEL[,SPECIES:LEVEL...], got {text!r}")
    return [[name.strip(), int(level)] for name, _, level in members]


def settings(options: argparse.Namespace) -> EnvConfig:
    """Settings of the environment: defaults, the file, the flags."""
    names = ("dungeon", "floor", "team", "emulator", "visibility")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    if options.config:
        return load(options.config, EnvConfig, given)
    return build({"max_steps": None, **given}, EnvConfig, "command line")


@contextmanager
def opened(config: EnvConfig) -> Iterator[Any]:
    """The environment of these settings, rendered as pictures."""
    from pmd_gym.env import PMDRedEnv

    _announce(config)
    with closing(PMDRedEnv(**{**config.arguments(), "render_mode": "rgb_array", "observation": "grid"})) as env:
        yield env


def _announce(config: EnvConfig) -> None:
    from pmd_gym.simulator import is_ready

    if config.emulator in ("simulator", "embedded") and not is_ready():
        print("First run of these sources: compiling the simulator takes about a minute.", file=sys.stderr, flush=True)


def open_window(options: argparse.Namespace, title: str) -> Window:
    """The window or the terminal; ConfigError where it cannot be opened."""
    if options.terminal:
        from pmd_gym.play.terminal import TerminalWindow

        return TerminalWindow()
    try:
        from pmd_gym.play.window import PygameWindow
    except ModuleNotFoundError as error:
        raise ConfigError('a window needs pygame: pip install -e ".[play]"; or use --terminal') from error
    return PygameWindow(title, options.scale)


def play(options: argparse.Namespace) -> dict[str, Any]:
    """A game for a person; what came of it."""
    config = settings(options)
    seed = random.SystemRandom().randrange(1 << 31) if options.seed is None else options.seed
    if seed < 0:
        raise ConfigError(f"--seed must be at least 0, got {seed}")
    reason = "left"
    with ExitStack() as stack:
        env = stack.enter_context(opened(config))
        recorder = Recorder(options.record) if options.record else None
        if recorder:
            stack.callback(lambda: recorder.close(reason))
        session = Session(env, fair=config.visibility == "fair", recorder=recorder)
        session.begin(seed, _fixing(config))
        window = stack.enter_context(closing(open_window(options, f"pmd_gym: {session.scene.dungeon}")))
        try:
            Player(session, window, "REC" if recorder else "").play()
        except KeyboardInterrupt:
            reason = INTERRUPTED
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise
    return {
        "dungeon": session.scene.dungeon, "floor": session.scene.floor, "seed": seed, "steps": session.steps,
        "ended": session.ended or reason, "recording": str(options.record) if options.record else None,
    }  # fmt: skip


def replay(options: argparse.Namespace) -> dict[str, Any]:
    """A recording, shown or verified; what was found."""
    recording = read(options.replay)
    with ExitStack() as stack:
        config = _of_recording(options, recording)
        session = Session(stack.enter_context(opened(config)), fair=config.visibility == "fair")
        if options.verify:
            verdict = verify(session, recording)
        else:
            window = stack.enter_context(closing(open_window(options, f"pmd_gym: {options.replay.name}")))
            verdict = Spectator(session, window, recording, options.speed).watch()
    return {
        "recording": str(options.replay), "steps": recording.steps, "equal": verdict.steps,
        "diverged_at": verdict.diverged_at, "why": verdict.why,
    }  # fmt: skip


def _of_recording(options: argparse.Namespace, recording: Recording) -> EnvConfig:
    """Settings of a recording on the emulator of this call."""
    return EnvConfig(
        **_fixing(recording.config), emulator=options.emulator or "simulator", visibility=options.visibility or "fair"
    )


def _fixing(config: EnvConfig) -> dict[str, Any]:
    return {name: value for name, value in config.arguments().items() if name not in NOT_FIXING}


def film(options: argparse.Namespace, recording: Recording) -> bytes:
    """A GIF of a recording as the window shows it."""
    from pmd_gym.play.picture import compose

    shown = set(chosen_steps(len(recording.entries), FILM_PICTURES))
    pictures = []
    with opened(_of_recording(options, recording)) as env:
        session = Session(env)
        for number, _ in enumerate(follow(session, recording)):
            if number in shown:
                pictures.append(compose(view_of(session, with_pixels=True)))
    return animated(pictures, FILM_MILLISECONDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        _check(options)
        line = replay(options) if options.replay else play(options)
        if options.gif:
            _write_film(options)
    except PmdGymError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_MISTAKE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    print(json.dumps(line))
    if line.get("ended") == INTERRUPTED:
        return EXIT_INTERRUPTED
    return EXIT_DIVERGED if line.get("diverged_at") is not None else 0


def _check(options: argparse.Namespace) -> None:
    """Refuse combinations that mean nothing."""
    if options.verify and not options.replay:
        raise ConfigError("--verify compares a recording: give one with --replay FILE")
    if options.replay and options.record:
        raise ConfigError("--replay and --record exclude each other: a replay makes no new recording")
    if options.gif and not (options.replay or options.record):
        raise ConfigError("--gif films a recording: give --record FILE or --replay FILE as well")
    if not 0.25 <= options.speed <= 256:
        raise ConfigError(f"--speed must be 0.25 to 256 steps a second, got {options.speed}")


def _write_film(options: argparse.Namespace) -> None:
    content = film(options, read(options.replay or options.record))
    try:
        options.gif.write_bytes(content)
    except OSError as error:
        raise ConfigError(f"{options.gif}: cannot be written: {error.strerror}") from error


if __name__ == "__main__":
    raise SystemExit(main())
