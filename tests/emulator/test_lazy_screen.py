"""Pictures drawn when they are asked for are those that drawing every frame gives, and the game is the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from pmd_gym.emulator import lazy_screen
from pmd_gym.emulator import libretro_abi as abi
from pmd_gym.emulator.lazy_screen import LazyScreen
from pmd_gym.emulator.libretro_core import LibretroCore
from pmd_gym.errors import CoreError
from tests.doubles.real_core import TWIN, core_path
from tests.doubles.tiny_rom import tiny_rom

NEVER = 1 << 30
KEYS = [0, 1 << abi.JOYPAD_A, 1 << abi.JOYPAD_B, *(1 << pad for pad in range(4, 8)), 1 << 0 | 1 << 5]


@pytest.fixture(params=["tiny", "twin"])
def cores(request: pytest.FixtureRequest) -> Iterator[tuple[LibretroCore, LibretroCore]]:
    """Two consoles with the same cartridge."""
    rom = tiny_rom() if request.param == "tiny" else TWIN.read_bytes()
    made = LibretroCore(core_path(), rom), LibretroCore(core_path(), rom)
    yield made
    for core in made:
        core.close()


def picture(screen: LazyScreen) -> bytes:
    out = np.zeros((160, 240, 3), np.uint8)
    screen.picture(out)
    return out.tobytes()


def drawn(core: LibretroCore) -> bytes:
    """What the core has drawn last, asked of nobody."""
    out = np.zeros((160, 240, 3), np.uint8)
    core.picture(out)
    return out.tobytes()


def test_late_pictures_are_the_pictures_and_change_nothing(
    cores: tuple[LibretroCore, LibretroCore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lazy_screen, "REPLAYED_FRAMES", 17)
    always, lazy = LazyScreen(cores[0], NEVER), LazyScreen(cores[1], unseen_frames=5)
    generator, pictures = np.random.default_rng(1), set()
    for _ in range(40):
        keys = KEYS[generator.integers(len(KEYS))]
        for _ in range(generator.integers(1, 40)):
            always.run(keys)
            lazy.run(keys)
        pictures.add(picture(always))
        assert picture(lazy) == picture(always)
        assert picture(lazy) == picture(always)
        assert cores[0].serialize() == cores[1].serialize()
    assert len(pictures) > 10


def test_nothing_is_drawn_while_nobody_looks(cores: tuple[LibretroCore, LibretroCore]) -> None:
    core = cores[0]
    for _ in range(100):  # the twin's title
        core.run(0)
    screen, seen = LazyScreen(core, unseen_frames=20), set()
    for _ in range(20):
        screen.run(0)
        seen.add(drawn(core))
    assert len(seen) == 20  # both cartridges draw a counter
    screen.run(0)
    last = drawn(core)  # the core notices after this frame
    for _ in range(300):
        screen.run(0)
    assert drawn(core) == last
    assert picture(screen) != last
    before = drawn(core)
    screen.run(0)
    assert drawn(core) != before


def test_after_a_jump_the_picture_is_the_next_frame_and_the_game_stands_still(
    cores: tuple[LibretroCore, LibretroCore],
) -> None:
    plain, core = cores
    screen = LazyScreen(core, unseen_frames=0)
    for _ in range(50):
        screen.run(0)
    state = core.serialize()
    for _ in range(30):
        screen.run(KEYS[1])
    core.restore(state)
    screen.jump()
    shown = picture(screen)
    assert core.serialize() == state
    plain.restore(state)
    plain.run(0)
    assert drawn(plain) == shown
    screen.run(0)
    assert picture(screen) == shown
    assert core.serialize() == plain.serialize()


def test_a_console_that_does_not_repeat_itself_is_noticed(cores: tuple[LibretroCore, LibretroCore]) -> None:
    core = cores[0]
    screen = LazyScreen(core, unseen_frames=0)
    for _ in range(9):
        screen.run(0)
    core.region(0x0200_0000, 0x4_0000)[0x3_FFF0] ^= 1  # behind the screen's back
    with pytest.raises(CoreError, match="came out in another state"):
        picture(screen)
