"""Draws the pictures of the documentation from the project's own art and a game played by the explorer.

examples:
  python scripts/draw_gallery.py
      all pictures, into docs/images
  python scripts/draw_gallery.py --only agent_view --dungeon "Thunderwave Cave" --seed 4 --steps 150
      what an agent sees after 150 steps of that game
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pmd_gym.ram import layout
from pmd_gym.simulator import art_gallery, render, render_map

Picture = NDArray[np.uint8]

BACKGROUND, MAP_GROUND = (32, 36, 50), (12, 12, 20)
INK, SOFT_INK = (236, 238, 246), (140, 150, 176)
SCREEN = (160, 240)
COLOURS = {"monsters": 112, "tilesets": 72, "agent_view": 255}
"""Colours of the saved pictures, so that they stay small."""
SCALE = 2
MAP_PIXELS, GRID_PIXELS, GRID_TILES = 3, 6, 11
GAP, CAPTION, REPORT_TOP = 4, 14, 116
COLUMNS_OF_MONSTERS, COLUMNS_OF_TILESETS = 27, 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw what is asked for; prints one line a file."""
    options = _parser().parse_args(arguments)
    drawers: dict[str, Callable[[argparse.Namespace], Picture]] = {
        "monsters": lambda _: _enlarged(art_gallery.monsters(COLUMNS_OF_MONSTERS), 1),
        "tilesets": lambda _: art_gallery.tilesets(COLUMNS_OF_TILESETS),
        "agent_view": lambda chosen: _enlarged(agent_view(_played(chosen)), SCALE),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.only or drawers:
        path = options.out / f"{name}.png"
        picture = Image.fromarray(drawers[name](options))
        picture.quantize(COLOURS[name], kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path}: {picture.width}x{picture.height}, {path.stat().st_size:,} bytes")
    return 0


def agent_view(ram: NDArray[np.uint8]) -> Picture:
    """The screen beside the explored map, the tiles round the leader, and the team in words, (160, 484, 3)."""
    screen = np.zeros((*SCREEN, 3), np.uint8)
    render(ram, screen)
    panel = np.full((*SCREEN, 3), BACKGROUND, np.uint8)
    around = 56 * MAP_PIXELS + GAP
    _captioned(panel, "Explored map", _map(ram), 0)
    _captioned(panel, "Around", _grid(ram), around)
    for row, (line, ink) in enumerate(_report(ram)):
        art_gallery.write(panel, line, REPORT_TOP + 12 * row, 4, ink)
    gap = np.full((SCREEN[0], GAP, 3), BACKGROUND, np.uint8)
    return np.concatenate([screen, gap, panel], axis=1)


def _parser() -> argparse.ArgumentParser:
    description, _, examples = (__doc__ or "").partition("\n\n")
    made = argparse.ArgumentParser(
        description=description, epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument(
        "--out", type=Path, default=Path("docs/images"), help="folder of the pictures (default docs/images)"
    )
    made.add_argument("--only", nargs="+", choices=("monsters", "tilesets", "agent_view"), help="draw only these")
    made.add_argument("--dungeon", default="Tiny Woods", help="dungeon of the agent's view")
    made.add_argument("--seed", type=int, default=3, help="seed of the game")
    made.add_argument("--steps", type=int, default=48, help="steps the explorer plays before the picture is taken")
    return made


def _played(options: argparse.Namespace) -> NDArray[np.uint8]:
    """EWRAM of a game after the explorer's steps, or at the last one before it ended."""
    from agents.policy import make_policy
    from pmd_gym import PMDRedVectorEnv

    policy = make_policy("explorer")
    env = PMDRedVectorEnv(1, dungeon=options.dungeon, observation=policy.observation)
    try:
        return asyncio.run(_play(env, policy, options.seed, options.steps))
    finally:
        env.close()


async def _play(env: Any, policy: Any, seed: int, steps: int) -> NDArray[np.uint8]:
    game = np.zeros(1, np.int64)
    observations, _ = env.reset(seed=seed)
    policy.reset(game, np.array([seed], np.uint32))
    ram: NDArray[np.uint8] = env.ram[0].copy()
    for _ in range(steps):
        actions = await policy.act(game, observations, env.action_masks())
        observations, _, terminated, truncated, _ = env.step(actions)
        if terminated[0] or truncated[0]:
            break
        ram = env.ram[0].copy()
    return ram


def _map(ram: NDArray[np.uint8]) -> Picture:
    canvas = _canvas()
    render_map(ram, canvas, MAP_PIXELS, 0, 0)
    return canvas[: 32 * MAP_PIXELS, : 56 * MAP_PIXELS]


def _grid(ram: NDArray[np.uint8]) -> Picture:
    """The tiles round the leader, larger."""
    x, y = (int(value) for value in ram.view(layout.EWRAM)[0]["leader_tile"])
    canvas, reach = _canvas(), GRID_TILES // 2
    render_map(ram, canvas, GRID_PIXELS, -(y - reach) * GRID_PIXELS, -(x - reach) * GRID_PIXELS)
    return canvas[: GRID_TILES * GRID_PIXELS, : GRID_TILES * GRID_PIXELS]


def _report(ram: NDArray[np.uint8]) -> list[tuple[str, tuple[int, int, int]]]:
    """Lines about floor and team."""
    world = ram.view(layout.image(layout.OBSERVED_DUNGEON_ADDRESS))[0]["world"]
    place = (
        f"{layout.enum_name('dungeon', world['dungeon_id'])}, floor {world['floor']}, {world['turns_left']} turns left"
    )
    lines = [(place, INK)]
    for slot in range(layout.MAX_TEAM):
        if world["entities"][slot]["kind"] == 1:
            record = world["monsters"][slot]
            name = layout.enum_name("species", record["species"])
            lines.append(
                (f"{name} Lv{record['level']}: {record['hp']}/{record['max_hp']} HP, {record['exp']} exp", SOFT_INK)
            )
    return lines[:3]


def _canvas() -> Picture:
    return np.full((*SCREEN, 3), MAP_GROUND, np.uint8)


def _captioned(panel: Picture, caption: str, picture: Picture, left: int) -> None:
    """A picture with its caption over it at column `left`."""
    art_gallery.write(panel, caption, 3, left + 4, SOFT_INK)
    panel[CAPTION : CAPTION + picture.shape[0], left : left + picture.shape[1]] = picture


def _enlarged(picture: Picture, factor: int) -> Picture:
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


if __name__ == "__main__":
    raise SystemExit(main())
