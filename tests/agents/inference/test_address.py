"""Addresses of servers: what they may hold, what is filled in, and that no key is in one or goes over an open line."""

from __future__ import annotations

import pytest

from agents.inference.address import ServerAddress, is_address, parse_address
from pmd_gym.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("openai:http://192.168.1.5:8000/v1#qwen3-vl:8b", ServerAddress("http://192.168.1.5:8000/v1", "qwen3-vl:8b")),
        ("openai:192.168.1.5:8000#qwen3-vl:8b", ServerAddress("http://192.168.1.5:8000/v1", "qwen3-vl:8b")),
        ("openai:localhost:11434", ServerAddress("http://localhost:11434/v1")),
        ("openai:http://gpu-box:30000/#Qwen/Qwen3-VL-8B", ServerAddress("http://gpu-box:30000/v1", "Qwen/Qwen3-VL-8B")),
        ("openai:http://[::1]:8080/v1#a#b", ServerAddress("http://[::1]:8080/v1", "a#b")),
        ("openai:https://host.example/api/v1/#m", ServerAddress("https://host.example/api/v1", "m")),
        (
            "openai:http://127.0.0.1:1/v1?server=sglang&key=HOUSE_KEY&top=64#m",
            ServerAddress("http://127.0.0.1:1/v1", "m", "sglang", "HOUSE_KEY", 64),
        ),
    ],
)
def test_addresses_are_read(text: str, expected: ServerAddress) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("http://127.0.0.1:8000/v1#m", "expected openai:"),
        ("openai:ftp://127.0.0.1/#m", "scheme 'ftp'"),
        ("openai:http://#m", "host None"),
        ("openai:http://127.0.0.1:99999/v1#m", "no URL"),
        ("openai:http://127.0.0.1:8000/v1?server=vlm#m", "one of vllm"),
        ("openai:http://127.0.0.1:8000/v1?server=auto&model=m#m", "got model"),
        ("openai:http://127.0.0.1:8000/v1?top=many#m", "number of log probabilities"),
    ],
)
def test_wrong_addresses_say_what_is_expected(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as raised:
        parse_address(text)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "openai:http://me:sk-secret-1@127.0.0.1:8000/v1#m",
        "openai:http://sk-secret-1@127.0.0.1:8000/v1#m",
        "openai:http://127.0.0.1:8000/v1?key=sk-secret-1#m",
        "openai:http://127.0.0.1:8000/v1?api_key=sk-secret-1#m",
    ],
)
def test_a_key_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_address(text)
    assert "sk-secret-1" not in str(raised.value)


def test_the_key_is_the_named_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PMD_GYM_API_KEY", " ours\n")
    monkeypatch.setenv("OPENAI_API_KEY", "theirs")
    assert parse_address("openai:http://127.0.0.1:8000#m").key() == "ours"
    assert parse_address("openai:https://api.example/v1?key=OPENAI_API_KEY#m").key() == "theirs"
    monkeypatch.delenv("PMD_GYM_API_KEY")
    assert parse_address("openai:http://127.0.0.1:8000#m").key() == ""


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.7", "192.168.1.5", "[fd00::1]", "localhost", "gpu-box", "gpu.lan"]
)
def test_a_key_may_go_to_a_neighbour(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PMD_GYM_API_KEY", "sk-secret-1")
    assert parse_address(f"openai:http://{host}:8000#m").key() == "sk-secret-1"


@pytest.mark.parametrize("host", ["8.8.8.8", "models.example.com", "[2001:4860:4860::8888]"])
def test_a_key_goes_nowhere_else_without_encryption(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PMD_GYM_API_KEY", "sk-secret-1")
    with pytest.raises(ConfigError, match="plain http") as raised:
        parse_address(f"openai:http://{host}:8000#m").key()
    assert "sk-secret-1" not in str(raised.value)
    assert parse_address(f"openai:https://{host}:8000#m").key() == "sk-secret-1"


def test_an_address_can_be_told_from_a_folder() -> None:
    assert is_address("openai:localhost:8000")
    assert not is_address("Qwen/Qwen3-VL-2B-Instruct")
    assert str(parse_address("openai:localhost:8000?key=HOUSE_KEY#m")) == "openai:http://localhost:8000/v1#m"
