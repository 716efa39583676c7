"""Runs a policy on dungeon episodes and leaves a folder with what happened.

examples:
  python scripts/run_agent.py
      the explorer in Tiny Woods, on a fleet of simulated consoles behind WebSockets
  python scripts/run_agent.py --emulator simulator --num-envs 32 --episodes 100 --seed 7
      a hundred episodes in this process, as fast as it goes
  python scripts/run_agent.py --policy vlm --num-envs 8
      the project's own small vision-language model; --model takes a folder, a name of the hub's cache, or a server:
  python scripts/run_agent.py --policy vlm --model openai:http://127.0.0.1:8000/v1 --prompt instruct --max-tokens 200000
      any model that an OpenAI-compatible server offers, until the tokens are used up
  python scripts/run_agent.py --policy random --dungeon "Thunderwave Cave" --episodes 20 --out runs/baseline
      the baseline in another dungeon, into a folder of your choice
  python scripts/run_agent.py --scenario configs/env/sinister_woods.yaml --emulator simulator
      a dungeon of the story with the team that a player would bring
  python scripts/run_agent.py --emulator mgba --rom red.gba --savestate tiny_woods.ss0
      on the real game, which you bring: episodes start where the savestate stands (or one of several)
  python scripts/run_agent.py --emulator ws://127.0.0.1:7001,ws://127.0.0.1:7002
      on servers that run already (python -m pmd_gym.emulator.server), one game each
  python scripts/run_agent.py --config configs/agent/explorer.yaml --seed 3
      settings from a file; flags win
  python scripts/run_agent.py --resume runs/baseline
      goes on where Ctrl-C, a budget or a crash ended a run, in the middle of its episodes

The folder holds config.yaml, events.jsonl (for vlm with what the model answered at each step, how likely and what it
cost), state.bin (episodes under way), episodes.csv, summary.json and best.gif. The last line of stdout is one
JSON object; everything for people goes to stderr. Exit code: 0 done, 2 a mistake in the call or a failure of the
world, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from agents.budget import Stopwatch
from agents.command_line import EXIT_INTERRUPTED, EXIT_MISTAKE, Parser, interruptible, parser_of
from agents.config import POLICIES, SCENARIO, RunConfig
from agents.games import open_games, open_replay
from agents.inference.interface import Use
from agents.memory.embedding import FeatureEmbedder
from agents.memory.store import MemoryStore
from agents.model_flags import add_model_flags
from agents.players import VLM, open_player
from agents.policy.answer import ANSWERS
from agents.policy.interface import Policy
from agents.remembering import Remembering, told_to
from agents.runner import Runner
from agents.saving import Keeper, SavedGame, SavedRun, read_saved
from agents.telemetry.episodes import Episode, best, figures
from agents.telemetry.events import EventLog
from agents.telemetry.film import animated, chosen_steps
from agents.telemetry.folder import FILM, RunFolder, write_atomically
from agents.telemetry.interface import Watcher
from agents.telemetry.progress import Progress, Silent
from agents.telemetry.recorder import Recorder
from pmd_gym.config import EnvConfig, build, dump, load
from pmd_gym.errors import ConfigError, PmdGymError

RESUMABLE = ("num_envs", "episodes", "emulator", "max_tokens", "max_cost", "max_minutes")
SAVE_EVERY_S = 10.0
FILM_SCREENS, FILM_MILLISECONDS = 160, 120


def parser() -> Parser:
    """The command line. Flags that are not given stay out of the result, so that a file's settings hold."""
    made = parser_of(__doc__)
    default = RunConfig()
    add = made.add_argument
    add("--policy", choices=POLICIES, help=f"who plays (default {default.policy})")
    add("--emulator", help="embedded: a fleet of servers over the simulator (default); simulator: in this process; "
                           "mgba: the real game; ws://HOST:PORT[,...]: servers that run already")  # fmt: skip
    add("--rom", type=_absolute, help="mgba: the game's ROM")
    add("--savestate", type=_absolute, nargs="+", metavar="FILE",
        help="mgba: .ss0 to .ss9 where episodes start; of several, one by the episode's seed")  # fmt: skip
    add("--allow-unknown-rom", action="store_true", help="mgba: play a translation or a hack, unverified")
    add("--num-envs", type=int, help=f"games at once (default {default.games}, or one for each server given)")
    add("--episodes", type=int, help=f"episodes in all (default {default.episodes})")
    add("--seed", type=int, help=f"seed of the run; the same seed plays the same episodes (default {default.seed})")
    add("--dungeon", help=f"name or number (default {default.dungeon})")
    add("--floor", type=int, help=f"floor to start on (default {default.floor})")
    add("--scenario", type=Path, help="file of configs/env/ with dungeon, team and bag; instead of the two above")
    add("--max-steps", type=int, help=f"actions until an episode is cut off (default {default.max_steps})")
    add("--memory", metavar="off|on|FOLDER", help="remember floors and what came of actions, in the run's folder (on) "
        "or in one that runs share; the same floors come back with the same seeds (default off)")  # fmt: skip
    add("--reward", help=f"reward profile, for the records only (default {default.reward})")
    add_model_flags(made)
    add("--max-tokens", type=int, help="end the run when models have read and written so many (default: no limit)")
    add("--max-cost", type=float, help="end the run when servers have cost so much, by --prices (default: no limit)")
    add("--max-minutes", type=float, help="end the run after so many minutes (default: no limit)")
    add("--out", type=Path, help="folder of the run (default: a new one under runs/)")
    add("--config", type=Path, help="YAML file with any of these settings")
    add("--resume", type=Path, help="folder of a run to go on with; takes how many, where and how much")
    add("--quiet", action="store_true", help="only the JSON line, and errors")
    return made


def _absolute(path: str) -> str:
    """A path of the command line belongs to this folder, not to that of `--config`."""
    return str(Path(path).absolute())


@dataclass(frozen=True, slots=True)
class Job:
    """A run that is about to go: what, where to, and what is done already."""

    config: RunConfig
    folder: RunFolder
    done: tuple[Episode, ...]
    console: Console
    quiet: bool
    saved: SavedRun = field(default_factory=SavedRun)
    resumed: bool = False

    @property
    def left(self) -> list[int]:
        """Numbers of the episodes still to play."""
        done = {episode.episode for episode in self.done}
        return [number for number in range(self.config.episodes) if number not in done]

    @property
    def restored(self) -> list[SavedGame]:
        """Episodes that were under way when the run was saved and have not ended since."""
        left = {*self.left}
        return [game for game in self.saved.games if game.slot.episode in left]

    @property
    def num_envs(self) -> int:
        """Games at once, no more than there are episodes."""
        return min(self.config.games, max(1, len(self.left)))

    def say(self, text: str) -> None:
        """A line for people."""
        if not self.quiet:
            self.console.print(text, highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a job; the pace is that of the loop just run, not of what was resumed."""

    episodes: list[Episode]
    steps_per_second: float = 0.0
    interrupted: bool = False
    ended_by: str = ""
    used: Use = field(default_factory=Use)
    repaired: int = 0


def prepare(arguments: argparse.Namespace) -> Job:
    """The job that the command line asks for; ConfigError for a mistake in it, with nothing written."""
    given = vars(arguments).copy()
    out, file, resumed, quiet = (given.pop(name, None) for name in ("out", "config", "resume", "quiet"))
    console = Console(stderr=True)
    if resumed is not None:
        refused = [*(name for name in given if name not in RESUMABLE), *["out"] * bool(out), *["config"] * bool(file)]
        return _resumed(resumed, given, refused, console, bool(quiet))
    given |= _scenario(given)
    config = load(file, RunConfig, given) if file else build(given, RunConfig, "command line")
    return Job(config, RunFolder.create(out or _new_folder(config.policy)), (), console, bool(quiet))


def _scenario(given: dict[str, Any]) -> dict[str, Any]:
    """The settings in the file of `--scenario`, which is taken out of `given`."""
    path = given.pop("scenario", None)
    if path is None:
        return {}
    clash = [name for name in SCENARIO if name in given]
    if clash:
        raise ConfigError(f"--scenario brings its own {clash[0]}; leave out --{clash[0]}")
    config = load(path, EnvConfig)
    if config.curriculum is not None:
        raise ConfigError(f"{path} is a curriculum; give one of the files that it lists")
    return {name: getattr(config, name) for name in SCENARIO}


def _resumed(path: Path, given: dict[str, Any], refused: list[str], console: Console, quiet: bool) -> Job:
    if refused:
        flags = ", ".join("--" + name.replace("_", "-") for name in refused)
        raise ConfigError(f"--resume goes on with the settings of {path}; leave out {flags}, or start a new run")
    folder = RunFolder.resume(path)
    config = load(path / "config.yaml", RunConfig, given)
    done = tuple(episode for episode in folder.episodes() if episode.episode < config.episodes)
    return Job(config, folder, done, console, quiet, read_saved(path), resumed=True)


def _new_folder(policy: str) -> Path:
    """A folder under runs/ named for the moment and the policy."""
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{policy}"
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 1000))
    return next(path for path in (Path("runs") / name for name in names) if not path.exists())


def play(job: Job) -> Played:
    """Play what is left of the job and write it down as it happens.

    The folder is first written to when the games are open, so that a failure until then leaves nothing behind.
    """
    if not job.left:
        return Played(list(job.done), used=job.saved.used, repaired=job.saved.repaired)
    watch = Stopwatch(job.saved.seconds)
    with ExitStack() as opened:
        opened.callback(job.folder.discard)
        player = opened.enter_context(open_player(job.config.policy, job.config))
        player.book.total = job.saved.used
        _announce(job)
        env = opened.enter_context(open_games(job.config, job.num_envs, player.observation))
        job.folder.write_config(dump(job.config))
        log = opened.enter_context(job.folder.open_log())
        progress = _progress(job)
        opened.callback(progress.close)
        watchers: list[Watcher] = [Recorder(log), progress]
        seated = player.seat(env)
        policy = _with_memory(job, seated, log, watchers, opened)

        def used() -> tuple[Use, int]:
            return player.book.total, job.saved.repaired + getattr(seated, "repaired", 0)

        keeper = Keeper(job.folder.path, lambda: runner.under_way(), used, job.config.budget, watch, SAVE_EVERY_S)
        runner = Runner(
            env, policy, seed=job.config.seed, episodes=job.left, watchers=watchers, between=keeper,
            restored=job.restored,
        )  # fmt: skip
        log.write("run_began", left=len(job.left), num_envs=job.num_envs, resumed=job.resumed)
        with interruptible(runner.stop):
            episodes = [*job.done, *asyncio.run(runner.run())]
        unfinished = len(episodes) < job.config.episodes
        keeper.save()
        played = Played(episodes, round(runner.steps_per_second, 1), unfinished, runner.ended_by, *used())
        log.write("run_ended", steps=runner.steps, interrupted=unfinished, ended_by=runner.ended_by)
        return played


def _with_memory(job: Job, policy: Policy, log: EventLog, watchers: list[Watcher], opened: ExitStack) -> Policy:
    """The policy with the memory that the run asks for; every recall goes to the log."""
    if job.config.memory == "off":
        return policy
    embedder = FeatureEmbedder()
    folder = job.folder.path / "memory" if job.config.memory == "on" else Path(job.config.memory)
    store = MemoryStore(folder, dimensions=embedder.dimensions, embedder=embedder.name)
    remembering = Remembering(policy, opened.enter_context(store), embedder.keys, ANSWERS, told_to(log.write))
    watchers.append(remembering)
    return remembering


def _announce(job: Job) -> None:
    from pmd_gym.simulator import is_ready

    if not is_ready():
        job.say("First run of these sources: compiling the simulator takes about a minute; later runs start at once.")
    if job.config.emulator in ("embedded", "mgba"):
        kind = "simulated" if job.config.emulator == "embedded" else "real"
        job.say(f"Starting {job.num_envs} {kind} consoles behind WebSockets ...")


def _progress(job: Job) -> Silent:
    title = f"{job.config.policy} in {job.config.place} on {job.config.emulator}, seed {job.config.seed}"
    return Silent() if job.quiet else Progress(job.console, title, job.config.episodes, job.done)


def report(job: Job, played: Played) -> dict[str, Any]:
    """Write tables, summary and film; the object for the last line."""
    line = {
        "policy": job.config.policy, "emulator": _told(job.config.emulator), "dungeon": job.config.place,
        "num_envs": job.config.games, **figures(played.episodes),
        "steps_per_second": played.steps_per_second, **_bill(job.config, played), "out": str(job.folder.path),
    }  # fmt: skip
    job.folder.write_results(played.episodes, {**line, "seed": job.config.seed, "complete": not played.interrupted})
    show = best(played.episodes)
    if show and not played.interrupted:
        write_atomically(job.folder.path / FILM, film(job.config, show))
    return line


def _bill(config: RunConfig, played: Played) -> dict[str, Any]:
    """Which model played, what it used, how often its words were not as asked; and what ended the run early."""
    ended = {"ended_by": played.ended_by} if played.ended_by else {}
    if config.policy != VLM:
        return ended
    used = played.used
    return {
        "model": ",".join(config.models), "prompt": config.prompt, "prompt_tokens": used.prompt_tokens,
        "tokens": used.tokens, "cost": round(used.cost, 6), "repaired": played.repaired, **ended,
    }  # fmt: skip


def _told(emulator: str | tuple[str, ...]) -> str:
    return emulator if isinstance(emulator, str) else ",".join(emulator)


def film(config: RunConfig, episode: Episode) -> bytes:
    """The episode as an animated GIF: played again by its seed and actions, which give the same game."""
    shown = set(chosen_steps(len(episode.actions), FILM_SCREENS))
    with open_replay(config) as env:
        env.reset(seed=episode.seed)
        screens = [env.render()]
        for step, action in enumerate(episode.actions, start=1):
            env.step(action)
            if step in shown:
                screens.append(env.render())
    return animated(screens, FILM_MILLISECONDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    try:
        job = prepare(parser().parse_args(arguments))
        played = play(job)
        line = report(job, played)
    except PmdGymError as error:
        print(f"error: {error}", file=sys.stderr)
        return EXIT_MISTAKE
    except KeyboardInterrupt:
        print("interrupted at once; a run that has a folder goes on with --resume", file=sys.stderr)
        return EXIT_INTERRUPTED
    if played.ended_by:
        job.say(f"Ended by {played.ended_by}; go on with more: python scripts/run_agent.py --resume {job.folder.path}")
    elif played.interrupted:
        job.say(f"Interrupted; go on with: python scripts/run_agent.py --resume {job.folder.path}")
    else:
        job.say(f"Cleared {line['cleared']} of {line['episodes']}; the best one to watch: {job.folder.path / FILM}")
    print(json.dumps(line))
    return EXIT_INTERRUPTED if played.interrupted and not played.ended_by else 0


if __name__ == "__main__":
    raise SystemExit(main())
