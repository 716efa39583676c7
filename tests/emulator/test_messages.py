"""The codec: exact bytes of the wire, and nothing but a typed error for anything else."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmd_gym.emulator import messages
from pmd_gym.errors import ProtocolError

SESSION = b"0123456789abcdef"


def test_requests_have_these_bytes_on_the_wire() -> None:
    assert messages.encode(messages.Hello(1, SESSION)) == b"\x93\xa5hello\x01\xc4\x10" + SESSION
    assert messages.encode(messages.Advance(5, 4, 0x81, 600, 31, 4, 8, False)) == (
        b"\x99\xa7advance\x05\x04\xcc\x81\xcd\x02\x58\x1f\x04\x08\xc2"
    )
    assert messages.encode(messages.Load(2, b"\x01\x02")) == b"\x93\xa4load\x02\xc4\x02\x01\x02"


def test_a_state_comes_back_as_it_went() -> None:
    data = messages.encode(messages.State(3, 99, 1, False, b"\x02\x00", b"x" * 256, b""))  # type: ignore[arg-type]
    state = messages.decode_reply(data)
    assert isinstance(state, messages.State)
    assert (state.sequence, state.frame, state.met, state.whole) == (3, 99, 1, False)
    assert (bytes(state.numbers), bytes(state.pages), bytes(state.picture)) == (b"\x02\x00", b"x" * 256, b"")


@pytest.mark.parametrize(
    "request_",
    [
        messages.Hello(1, b"short"),
        messages.Advance(1, 0, 1 << 10, 1, 0, 0, 0, False),
        messages.Advance(1, 0, 0, 3601, 0, 0, 0, False),
        messages.Advance(1, 0, 0, 1, 32, 0, 0, False),
        messages.Advance(-1, 0, 0, 1, 0, 0, 0, False),
        messages.Read(1, 1 << 32, 4),
        messages.Read(1, 0, 0),
        messages.Read(1, 0, messages.MAX_READ + 1),
    ],
)
def test_fields_out_of_range_are_refused(request_: messages.Request) -> None:
    with pytest.raises(ProtocolError, match="not a request"):
        messages.decode_request(messages.encode(request_))


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_torn_message_is_refused(cut: int) -> None:
    data = messages.encode(messages.Advance(5, 4, 0, 600, 31, 4, 8, False))
    with pytest.raises(ProtocolError):
        messages.decode_request(data[:-cut] if cut < len(data) else b"")


def test_a_message_with_a_field_too_many_is_refused() -> None:
    with pytest.raises(ProtocolError):
        messages.decode_request(msgspec.msgpack.encode(["save", 1, 2]))


def test_a_reply_is_no_request_and_the_other_way_round() -> None:
    with pytest.raises(ProtocolError):
        messages.decode_request(messages.encode(messages.Bytes(1, b"")))
    with pytest.raises(ProtocolError):
        messages.decode_reply(messages.encode(messages.Save(1)))


@given(st.binary(max_size=400))
def test_garbage_is_a_typed_error_or_a_message(data: bytes) -> None:
    for decode in (messages.decode_request, messages.decode_reply):
        try:
            decoded = decode(data)
        except ProtocolError:
            continue
        assert isinstance(decoded, messages.Request | messages.Reply)


@given(st.binary(min_size=1, max_size=40), st.integers(0, 30))
def test_a_message_with_flipped_bytes_is_a_typed_error_or_a_message(noise: bytes, at: int) -> None:
    data = bytearray(messages.encode(messages.Advance(500, 499, 0x81, 600, 31, 4, 8, False)))
    data[at : at + len(noise)] = noise
    try:
        decoded = messages.decode_request(bytes(data))
    except ProtocolError:
        return
    assert isinstance(decoded, messages.Request)


def test_deep_nesting_does_not_overflow_the_stack() -> None:
    with pytest.raises(ProtocolError):
        messages.decode_request(b"\x91" * 100_000)
