"""The conversation without I/O: order, repetition after a lost connection, and the mirror."""

from __future__ import annotations

import numpy as np
import pytest

from pmd_gym.emulator import messages
from pmd_gym.emulator.interface import Condition, EmulatorInfo, Frame, Press
from pmd_gym.emulator.messages import Code
from pmd_gym.emulator.protocol import ClientProtocol, RejectedError, ServerProtocol
from pmd_gym.errors import BusyError, ConfigError, EmulatorError, ProtocolError, RefusedError, SavestateError
from pmd_gym.ram import layout


class Wire:
    """A client and a server protocol, and a console of random bytes between them."""

    def __init__(self) -> None:
        self.server = ServerProtocol(EmulatorInfo("double", "T", "C"))
        self.client = ClientProtocol()
        self.ram = np.random.default_rng(0).integers(0, 256, layout.EWRAM_SIZE, np.uint8)
        self.frames_run = 0

    def connect(self, *, pending: bool = False) -> bool:
        return self.client.welcome(self.server.welcome(self.server.greet(self.client.hello())), pending=pending)

    def serve(self, data: bytes) -> bytes:
        request = self.server.receive(data)
        if isinstance(request, messages.Advance):
            self.frames_run += request.frames
            self.ram[:: 4096 * (1 + self.frames_run % 3)] += request.frames & 0xFF
        if isinstance(request, messages.Advance | messages.Load):
            return self.server.reply_state(request, Frame(self.frames_run, Condition.COMMAND, self.ram))
        return self.server.reply_bytes(request, b"bytes")

    def advance(self, frames: int = 1) -> messages.State:
        reply = self.client.receive(self.serve(self.client.advance(Press(frames=frames))))
        assert isinstance(reply, messages.State)
        assert np.array_equal(self.client.ram, self.ram)
        return reply


@pytest.fixture
def wire() -> Wire:
    made = Wire()
    assert made.connect()
    return made


def refusal(error: pytest.ExceptionInfo[RejectedError]) -> messages.Failure:
    reply = messages.decode_reply(error.value.reply)
    assert isinstance(reply, messages.Failure)
    return reply


def test_the_first_state_is_whole_and_the_next_ones_are_not(wire: Wire) -> None:
    assert [wire.advance().whole for _ in range(4)] == [True, False, False, False]


def test_reads_and_saves_between_states_do_not_lose_the_mirror(wire: Wire) -> None:
    wire.advance()
    assert isinstance(wire.client.receive(wire.serve(wire.client.save())), messages.Bytes)
    assert isinstance(wire.client.receive(wire.serve(wire.client.read(layout.EWRAM_BASE, 4))), messages.Bytes)
    assert not wire.advance().whole


def test_a_load_gives_the_whole_image(wire: Wire) -> None:
    wire.advance()
    reply = wire.client.receive(wire.serve(wire.client.load(b"state")))
    assert isinstance(reply, messages.State) and reply.whole
    assert not wire.advance().whole


def test_after_a_reply_that_never_arrived_the_whole_image_comes(wire: Wire) -> None:
    wire.advance()
    late = wire.serve(wire.client.advance(Press(frames=2)))  # the caller was cancelled
    following = wire.serve(wire.client.advance(Press(frames=3)))
    assert wire.client.receive(late) is None
    reply = wire.client.receive(following)
    assert isinstance(reply, messages.State) and reply.whole
    assert np.array_equal(wire.client.ram, wire.ram)


def test_a_request_repeated_after_a_lost_connection_is_not_run_again(wire: Wire) -> None:
    wire.advance()
    request = wire.client.advance(Press(frames=5))
    wire.serve(request)  # carried out, but the reply is lost
    assert wire.connect(pending=True)
    reply = wire.client.receive(wire.serve(request))
    assert isinstance(reply, messages.State) and reply.whole
    assert wire.frames_run == 6


def test_a_request_that_never_arrived_is_run_after_the_reconnection(wire: Wire) -> None:
    wire.advance()
    request = wire.client.advance(Press(frames=5))
    assert wire.connect(pending=True)
    wire.client.receive(wire.serve(request))
    assert wire.frames_run == 6


def test_a_request_is_repeated_only_right_after_a_reconnection(wire: Wire) -> None:
    request = wire.client.advance(Press(frames=5))
    wire.serve(request)
    with pytest.raises(RejectedError) as error:
        wire.server.receive(request)
    assert refusal(error).code is Code.OUT_OF_ORDER
    assert wire.frames_run == 5


@pytest.mark.parametrize("sequence", [0, 1, 3, 1000])
def test_a_wrong_sequence_number_is_refused_and_changes_nothing(wire: Wire, sequence: int) -> None:
    wire.advance()
    with pytest.raises(RejectedError) as error:
        wire.server.receive(messages.encode(messages.Save(sequence)))
    assert refusal(error).code is Code.OUT_OF_ORDER
    assert not wire.advance().whole


def test_a_server_started_anew_is_noticed(wire: Wire) -> None:
    wire.advance()
    wire.advance()
    wire.server = ServerProtocol(EmulatorInfo("double", "T", "C"))
    assert not wire.connect()
    wire.advance()


def test_a_server_started_anew_is_noticed_with_a_request_in_flight(wire: Wire) -> None:
    wire.advance()
    wire.client.advance(Press())
    wire.server = ServerProtocol(EmulatorInfo("double", "T", "C"))
    assert not wire.connect(pending=True)


def test_another_session_counts_from_the_start(wire: Wire) -> None:
    wire.advance()
    wire.client = ClientProtocol()
    assert wire.connect()
    assert wire.advance().whole


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (messages.encode(messages.Save(1)), Code.OUT_OF_ORDER),
        (messages.encode(messages.Hello(messages.VERSION + 1, b"0" * 16)), Code.VERSION),
        (b"\x00garbage", Code.MALFORMED),
        ("text", Code.MALFORMED),
        (bytes(messages.MAX_MESSAGE + 1), Code.OVERSIZED),
    ],
)
def test_anything_but_a_hello_comes_first_to_no_avail(first: bytes | str, code: Code) -> None:
    with pytest.raises(RejectedError) as error:
        ServerProtocol(EmulatorInfo("double", "T", "C")).greet(first)
    assert refusal(error).code is code
    assert error.value.fatal


def test_a_second_hello_is_refused(wire: Wire) -> None:
    with pytest.raises(RejectedError) as error:
        wire.server.receive(wire.client.hello())
    assert refusal(error).code is Code.OUT_OF_ORDER


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Code.BUSY, BusyError), (Code.VERSION, RefusedError), (Code.SAVESTATE, SavestateError),
        (Code.ARGUMENT, ConfigError), (Code.INTERNAL, EmulatorError), (Code.MALFORMED, ProtocolError),
    ],
)  # fmt: skip
def test_failures_are_raised_as_what_they_mean(wire: Wire, code: Code, kind: type[Exception]) -> None:
    request = wire.client.save()
    wire.server.receive(request)
    with pytest.raises(kind, match="because"):
        wire.client.receive(messages.encode(messages.Failure(1, code, "because")))


def test_an_error_of_the_emulator_keeps_its_type_on_the_way(wire: Wire) -> None:
    request = wire.server.receive(wire.client.load(b""))
    assert not isinstance(request, messages.Hello)
    with pytest.raises(SavestateError, match="torn"):
        wire.client.receive(wire.server.reply_error(request, SavestateError("torn")))
    request = wire.server.receive(wire.client.save())
    with pytest.raises(EmulatorError, match="boom"):
        wire.client.receive(wire.server.reply_error(request, ZeroDivisionError("boom")))


@pytest.mark.parametrize(
    ("numbers", "data", "whole"),
    [(b"\x00\x00", b"x", False), (b"\xff\xff", bytes(256), False), (b"\x00", bytes(256), False), (b"", b"x", True)],
)
def test_a_state_that_does_not_fit_is_refused_and_the_next_one_is_whole(
    wire: Wire, numbers: bytes, data: bytes, whole: bool
) -> None:
    wire.advance()
    wire.serve(wire.client.advance(Press(frames=0)))
    bad = messages.State(2, 0, 0, whole, numbers, data, b"")  # type: ignore[arg-type]
    with pytest.raises(ProtocolError, match="does not fit"):
        wire.client.receive(messages.encode(bad))
    assert wire.advance().whole


@pytest.mark.parametrize("reply", ["text", b"\xc1", messages.encode(messages.Bytes(9, b""))])
def test_a_reply_that_is_none_is_refused(wire: Wire, reply: bytes | str) -> None:
    wire.client.save()
    with pytest.raises(ProtocolError):
        wire.client.receive(reply)


def test_a_wrong_greeting_is_refused() -> None:
    with pytest.raises(ProtocolError, match="welcome"):
        ClientProtocol().welcome(messages.encode(messages.Bytes(0, b"")))
