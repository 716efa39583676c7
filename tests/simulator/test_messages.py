"""Lines of the message log: they fit, they wrap, they read back as sentences, and they change nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pmd_gym import simulator
from pmd_gym.ram import layout, log_lines, message, plain_text
from pmd_gym.simulator import ids, messages, stats
from pmd_gym.simulator.atlas import atlas
from pmd_gym.simulator.conditions import LOWEST
from pmd_gym.simulator.messages import TEXTS, WORDS, Message, encode, fall_silent, say, say_ended, say_stat
from pmd_gym.simulator.monsters import list_active
from pmd_gym.simulator.turn import command
from tests.doubles.arena import FOE, LEADER, Arena
from tests.oracles import screen as oracle

PIDGEY, PIKACHU = 16, 25
TACKLE, ATTACK_COMMAND = 35, 2
LOG_TOP, LEFT, RIGHT = 120, 12, 220
"""Where the strip's first line stands on the screen, and the columns that a line may fill."""
MOST = {Message.FOUND_MONEY: 9_999_999, Message.SOLD: 9_999_999, Message.PAID: 9_999_999, Message.GAINED_EXP: 9_999_999}


@pytest.fixture
def arena() -> Arena:
    """A Pikachu that faces a Pidgey, both in view."""
    made = Arena()
    made.put(LEADER, PIKACHU, (10, 10), level=10, direction=2)
    made.put(FOE, PIDGEY, (11, 10), level=8)
    made.world["camera_tile"] = (10, 10)
    list_active(made.records[0])
    return made


def game_of(arena: Arena) -> Any:
    return arena.records[0]


def last_line(arena: Arena) -> str:
    return log_lines(arena.games.ram[0])[-1]


def longest(message: Message) -> bytes:
    """The widest line that a template can become: each placeholder by its widest word."""
    marks = {code: mark for mark, code in messages._MARKS.items()}
    line = b""
    for code in messages.TEMPLATES[message]:
        mark = marks.get(int(code), "")
        if mark == "{n}":
            line += str(MOST.get(message, 999)).encode()
        elif mark:
            line += widest(mark)
        elif code:
            line += bytes((int(code),))
    return line


def widest(mark: str) -> bytes:
    lists = messages._word_lists()
    if mark in ("{who}", "{whom}"):
        return b"#c3" + max((encode(name) for name in lists[messages._WHO]), key=pixels) + b"#R"
    return max((encode(word) for word in lists[messages._MARKS[mark]]), key=pixels)


def pixels(text: bytes) -> int:
    drawing = atlas()[0]
    plain = text.replace(b"#c3", b"").replace(b"#R", b"")
    return sum(int(drawing["glyph_widths"][drawing["glyph_of_byte"][code]]) + 1 for code in plain)


@pytest.mark.parametrize("what", Message)
def test_every_message_has_a_text_that_fits_its_line_and_the_strip(what: Message) -> None:
    assert TEXTS[what]
    assert len(longest(what)) < messages.LINE_LENGTH
    assert pixels(longest(what)) <= RIGHT - LEFT


def test_every_message_is_said_somewhere() -> None:
    rooms = Path(simulator.__file__).parent.glob("*.py")
    said = set(re.findall(r"Message\.([A-Z_]+)", "\n".join(p.read_text() for p in rooms if p.stem != "messages")))
    own = {"STATUS_BEGAN", "STATUS_ENDED", "STAT_ROSE", "STAT_FELL"}  # said by kernels of `messages`
    assert said | own == {what.name for what in Message}


def test_every_status_that_can_be_given_has_words() -> None:
    given = {int(kind) for kind in np.flatnonzero(LOWEST)}
    assert given <= messages.STATUSES.keys()


def test_a_line_reads_back_as_the_sentence(arena: Arena) -> None:
    game = game_of(arena)
    say(game, Message.USED_MOVE, LEADER, TACKLE, 0)
    assert last_line(arena) == f"Pikachu uses {layout.enum_name('move', TACKLE)}."
    say(game, Message.MISSED, LEADER, FOE, 0)
    assert last_line(arena) == "Pikachu misses Pidgey."
    say(game, Message.FOUND_MONEY, LEADER, 0, 1205)
    assert last_line(arena) == "Pikachu takes 1205 Poké."
    say(game, Message.TOOK_DAMAGE, FOE, 0, 0)
    assert last_line(arena) == "Pidgey: 0 damage."
    say_stat(game, FOE, stats.DEFENSE, False, True)
    assert last_line(arena) == "Pidgey: Defense down."


@pytest.mark.parametrize("species", [29, 32, 83])
def test_names_keep_the_games_own_letters(arena: Arena, species: int) -> None:
    arena.world["monsters"][FOE]["apparent_species"] = species
    say(game_of(arena), Message.FAINTED, FOE, 0, 0)
    assert last_line(arena) == f"{layout.enum_name('species', species)} is down!"


def test_all_words_read_back() -> None:
    words = [word for words in messages._word_lists().values() for word in words]
    assert [plain_text(row.tobytes()) for row in WORDS] == words


def test_the_log_is_a_ring(arena: Arena) -> None:
    game, size = game_of(arena), len(arena.world["log"])
    for points in range(size + 3):
        say(game, Message.TOOK_DAMAGE, FOE, 0, points)
    assert log_lines(arena.games.ram[0]) == [f"Pidgey: {points} damage." for points in range(3, size + 3)]
    assert arena.world["log_next"] == 3


def test_a_shorter_line_hides_the_longer_one_that_stood_there(arena: Arena) -> None:
    game = game_of(arena)
    say(game, Message.WIND_IS_HERE, -1, 0, 0)
    arena.world["log_next"] = 0
    say(game, Message.HUNGRY, LEADER, 0, 0)
    assert log_lines(arena.games.ram[0]) == ["Pikachu is very hungry."]


def test_nothing_is_said_of_what_nobody_sees(arena: Arena) -> None:
    arena.world["camera_tile"] = (40, 20)
    before = arena.games.ram[0].copy()
    say(game_of(arena), Message.FAINTED, FOE, 0, 0)
    assert np.array_equal(arena.games.ram[0], before)


def test_the_end_of_no_status_is_not_said(arena: Arena) -> None:
    game = game_of(arena)
    say_ended(game, FOE, 1)
    assert log_lines(arena.games.ram[0]) == []
    arena.world["monsters"][FOE]["sleep_status"] = ids.SLEEP
    say_ended(game, FOE, 1)
    assert log_lines(arena.games.ram[0]) == ["Pidgey: sleep is over."]


def test_the_strip_opens_and_closes_after_its_time(arena: Arena) -> None:
    game = game_of(arena)
    say(game, Message.ON_STAIRS, LEADER, 0, 0)
    assert message(arena.games.ram[0]) == "Pikachu stands on the stairs."
    for _ in range(layout.constant("message_strip_frames") // messages.FRAMES_OF_A_TURN):
        assert arena.game["ui_mode"] == messages.STRIP
        fall_silent(game)
    assert arena.game["ui_mode"] == messages.PLAY_VIEW
    assert message(arena.games.ram[0]) == ""


def test_a_blow_is_told_and_the_first_line_of_a_turn_is_set_apart(arena: Arena) -> None:
    game, tables = game_of(arena), arena.tables[0]
    arena.world["monsters"][FOE]["hp"] = arena.world["monsters"][FOE]["max_hp"] = 1
    command(game, tables, ATTACK_COMMAND, 0)
    lines = log_lines(arena.games.ram[0])
    assert re.fullmatch(r"Pidgey: \d+ damage(, .*)?\.?!?", lines[0])
    assert lines[1] == "Pidgey is down!"
    assert arena.world["log"]["separator"][: len(lines)].tolist() == [1, *[0] * (len(lines) - 1)]


def test_the_strip_is_drawn_with_the_newest_lines(arena: Arena) -> None:
    game = game_of(arena)
    for points in range(1, 6):
        say(game, Message.TOOK_DAMAGE, FOE, 0, points)
    picture: NDArray[np.uint8] = np.zeros((160, 240, 3), np.uint8)
    simulator.render(arena.games.ram[0].copy(), picture)
    colours = (0xF8F8F8, 0xFFB060)
    shown = [oracle.read_text(picture, LOG_TOP + 12 * row, LEFT, colours) for row in range(3)]
    assert shown == [f"Pidgey: {points} damage." for points in (3, 4, 5)]
