"""The game's letters and control codes, and which text is on screen."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.ram import layout, log_lines, member_name, message, plain_text
from tests.doubles import scene

BUFFER = layout.global_variable("text_buffer").address


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Plain text.\0rubbish", "Plain text."),
        (b"Don~27t~2c please", "Don't, please"),
        (b"caf\xe9 \x92quoted\x85", "café ’quoted…"),
        (b"\xbd and \xbe", "♂ and ♀"),
        (b"\x81\xf4 \x82\x60", "♪ Ａ"),
        (b"\x82\xa0kana\x82\xa2", "kana"),
        (b"#+centred#nnext", "centred\nnext"),
        (b"#CZred#R and #c5blue#r", "red and blue"),
        (b"#=\x10.tab #y\x08down #>120.right", "tab down right"),
        (b"one#Ptwo#pthree#W", "one\ntwo\nthree"),
        (b"#[M:S1]icon #:mark#;\x05", "icon mark"),
        (b"#~\x1ewait #S\x01\x02end #_\x03.x", "wait end x"),
        (b"number #1", "number #1"),
        (b"thin`space", "thin space"),
        (b"line\nfeed\r\x1dgroup", "line\nfeed\n\ngroup"),
        (b"before\x1bafter", "before"),
        (b"torn #", "torn #"),
        (b"torn ~2", "torn"),
        (b"torn #[never closed", "torn"),
        (b"", ""),
    ],
)
def test_game_text_becomes_readable(data: bytes, text: str) -> None:
    assert plain_text(data) == text


@pytest.mark.parametrize("seed", range(20))
def test_no_bytes_break_the_reader(seed: int) -> None:
    data = np.random.default_rng(seed).integers(1, 256, 1000, np.uint8).tobytes()
    assert all(letter.isprintable() or letter == "\n" for letter in plain_text(data))


def write_box(ram: np.ndarray, text: bytes, printed: int | None = None) -> None:
    variables = scene.globals_of(ram)
    variables["text_buffer"] = 0
    variables["text_buffer"][: len(text)] = np.frombuffer(text, np.uint8)
    variables["text_cursor"] = BUFFER + (len(text) if printed is None else printed)


def test_the_message_is_the_text_of_the_open_box() -> None:
    ram = scene.scene(message=True)
    assert message(ram) == scene.MESSAGE_TEXT
    scene.globals_of(ram)["text_state"] = 0
    assert message(ram) == ""


def test_only_the_page_on_screen_counts() -> None:
    ram = scene.scene(message=True)
    text = b"First page.#PSecond page.#PThird."
    write_box(ram, text)
    assert message(ram) == "Third."
    write_box(ram, text, printed=text.index(b"#PThird"))
    assert message(ram) == "Second page."
    write_box(ram, text, printed=text.index(b"Second"))
    assert message(ram) == "First page."
    write_box(ram, text, printed=5)
    assert message(ram) == "First"


@pytest.mark.parametrize("cursor", [0, BUFFER - 1, BUFFER + 5000])
def test_a_wrong_cursor_means_the_whole_text(cursor: int) -> None:
    ram = scene.scene(message=True)
    write_box(ram, b"All of it.")
    scene.globals_of(ram)["text_cursor"] = cursor
    assert message(ram) == "All of it."


def test_the_message_strip_shows_the_end_of_the_log() -> None:
    ram = scene.scene()
    log = scene.dungeon_of(ram)["log"]
    for index, line in enumerate((b"one", b"#CYtwo#R", b"three", b"four")):
        slot = (18 + index) % 20
        log[slot]["used"] = 1
        log[slot]["text"][: len(line)] = np.frombuffer(line, np.uint8)
    scene.dungeon_of(ram)["log_next"] = 2
    assert log_lines(ram) == ["one", "two", "three", "four"]
    assert message(ram) == ""
    scene.globals_of(ram)["ui_mode"] = 3
    assert message(ram) == "two\nthree\nfour"
    scene.globals_of(ram)["dungeon"] = 0
    assert log_lines(ram) == []


def test_members_have_the_names_the_player_gave() -> None:
    ram = scene.scene()
    assert member_name(ram, 0) == ""
    address = 0x0202F400
    scene.globals_of(ram)["roster"] = address
    start = address - layout.EWRAM_BASE
    roster = ram[start : start + layout.struct("Roster").itemsize].view(layout.struct("Roster"))[0]
    roster["team"][1]["name"][:6] = np.frombuffer(b"Squirt", np.uint8)
    assert member_name(ram, 1) == "Squirt"
    assert member_name(ram, 4) == ""
    scene.globals_of(ram)["roster"] = 0x0203FFFF
    assert member_name(ram, 1) == ""
