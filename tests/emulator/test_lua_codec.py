"""The codec of the Lua script's protocol on literal bytes, and on bytes that Hypothesis cuts, joins and makes up."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmd_gym.emulator import lua_codec
from pmd_gym.emulator.lua_codec import END, ReplyReader
from pmd_gym.errors import ConfigError, EmulatorError, PmdGymError, ProtocolError, RefusedError

FRAME = lua_codec.number("core.currentFrame")


def test_requests_are_written_in_one_piece() -> None:
    requests = [lua_codec.order("core.setKeys", 3), lua_codec.memory(0x02000000, 2), FRAME]
    expected = b"core.setKeys,3<|END|>core.readRange,33554432,2<|END|>core.currentFrame<|END|>"
    assert lua_codec.encode(requests) == expected


def test_replies_are_read_in_order_and_by_shape() -> None:
    requests = [lua_codec.order("core.setKeys", 3), lua_codec.memory(0, 3), lua_codec.text("core.getGameTitle"), FRAME]
    reader = ReplyReader(requests)
    data = b"<|SUCCESS|><|END|>00,fF,7a<|END|>POKE DUNGEON<|END|>12<|END|>"
    assert list(reader.feed(data)) == [None, b"\x00\xff\x7a", "POKE DUNGEON", 12]
    assert reader.complete


@pytest.mark.parametrize(
    ("reply", "request_"),
    [
        (b"00,11", lua_codec.memory(0, 3)),
        (b"00,11,2", lua_codec.memory(0, 3)),
        (b"00,11,22,33", lua_codec.memory(0, 3)),
        (b"00,11,zz", lua_codec.memory(0, 3)),
        (b"00 11 22", lua_codec.memory(0, 3)),
        (b"", FRAME),
        (b"1.0", FRAME),
        (b"00,11,12", FRAME),
        (b"12", lua_codec.order("core.setKeys", 1)),
        (b"\xff", lua_codec.text("core.getGameTitle")),
    ],
)
def test_a_reply_of_another_shape_is_refused(reply: bytes, request_: lua_codec.Request) -> None:
    with pytest.raises(ProtocolError, match="expected"):
        list(ReplyReader([request_]).feed(reply + END))


def test_an_error_of_the_script_names_the_request() -> None:
    with pytest.raises(EmulatorError, match=r"core\.currentFrame"):
        list(ReplyReader([FRAME]).feed(b"<|ERROR|><|END|>"))


def test_a_script_without_ends_is_refused() -> None:
    with pytest.raises(RefusedError, match="older"):
        list(ReplyReader([FRAME]).feed(b"<|ACK|>"))


def test_more_than_asked_for_is_refused() -> None:
    with pytest.raises(ProtocolError):
        list(ReplyReader([FRAME]).feed(b"1<|END|>2<|END|>"))
    with pytest.raises(ProtocolError):
        list(ReplyReader([FRAME]).feed(b"1<|END|>2"))
    with pytest.raises(ProtocolError):
        list(ReplyReader([FRAME]).feed(bytes(lua_codec.LONGEST_REPLY * 2 + 1)))


def test_after_a_fault_everything_before_the_fence_is_passed_over() -> None:
    fence = lua_codec.fence(7)
    answer = b",".join([b"01"] * int(fence.text.rpartition(",")[2]))
    reader = ReplyReader([fence, FRAME], resync=True)
    stale = b"00,11,4" + b"5<|END|>" + b"<|ERROR|><|END|>" + b"99<|END|>"
    assert list(reader.feed(stale + answer + END + b"6<|END|>"))[1:] == [6]


def test_fences_of_neighbours_differ() -> None:
    texts = [lua_codec.fence(number).text for number in range(50)]
    assert len(set(texts)) == 50


@pytest.mark.parametrize("path", ["/a,b", "/[a]", "/<|END|>", "/a\nb"])
def test_what_the_protocol_cannot_write_is_refused(path: str) -> None:
    with pytest.raises(ConfigError, match="plain name"):
        lua_codec.order("core.screenshot", path)


@given(data=st.binary(max_size=64), cuts=st.lists(st.integers(0, 200), max_size=6))
def test_values_do_not_depend_on_where_the_stream_is_cut(data: bytes, cuts: list[int]) -> None:
    requests = [FRAME, lua_codec.memory(0, len(data) + 1), FRAME]
    stream = b"7<|END|>" + (data + b"\x00").hex(",").encode() + END + b"8" + END
    reader, values, edges = ReplyReader(requests), [], sorted({0, len(stream), *(c % len(stream) for c in cuts)})
    for start, end in pairwise(edges):
        values += reader.feed(stream[start:end])
    assert values == [7, data + b"\x00", 8] and reader.complete


@given(stream=st.binary(max_size=400) | st.lists(st.sampled_from([
    END, b"<|ERROR|>", b"<|SUCCESS|>", b"<|ACK|>", b"12", b"00,01,02", b",", b"\xff"]), max_size=30).map(b"".join),
    resync=st.booleans())  # fmt: skip
def test_no_bytes_do_more_than_raise_our_errors(stream: bytes, resync: bool) -> None:
    reader = ReplyReader([lua_codec.fence(1), FRAME, lua_codec.memory(0, 3)], resync=resync)
    try:
        values = list(reader.feed(stream))
    except PmdGymError:
        return
    assert all(isinstance(value, (int, bytes)) for value in values)


@given(cut=st.integers(1, 30), following=st.integers(0, 10**6))
def test_a_cut_reply_never_passes_for_a_whole_one(cut: int, following: int) -> None:
    """The end of a reply is lost, so that the next one runs into it."""
    reply = bytes(range(16)).hex(",").encode() + END
    stream = reply[: -min(cut, len(reply) - 1)] + b"%d" % following + END
    reader = ReplyReader([lua_codec.memory(0, 16), FRAME])
    try:
        list(reader.feed(stream))
    except ProtocolError:
        return
    assert not reader.complete  # it looked whole, but then the number is missing: the exchange never ends
