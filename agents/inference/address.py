"""Where a model is served: `openai:URL[?server=KIND&key=VARIABLE&top=N]#MODEL`, checked before anything is sent.

Knows no network and no key: an address names the environment variable that holds the key, never the key itself, so
that addresses may be written into records.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from agents.inference.dialects import DIALECTS
from pmd_gym.errors import ConfigError

SCHEME = "openai:"
KEY_VARIABLE = "PMD_GYM_API_KEY"
"""The key's variable unless an address names another. Not OPENAI_API_KEY: that would go to every server at home."""
AT_HOME = (".local", ".lan", ".internal", ".home.arpa", "localhost")
FORM = "openai:http://HOST:PORT/v1#MODEL, with ?server=KIND, key=VARIABLE, top=N before the # as needed"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server and a model on it.

    `model` "" is the only one that the server has. `server` is a name of `DIALECTS`, or "auto": asked of the server.
    `key_variable` names the environment variable with the key. `top` is how many log probabilities of a token are
    asked for; None: as many as the kind of server gives; 0: none.
    """

    url: str
    model: str = ""
    server: str = "auto"
    key_variable: str = KEY_VARIABLE
    top: int | None = None

    def __str__(self) -> str:
        return f"{SCHEME}{self.url}#{self.model}"

    def key(self) -> str:
        """The key, or "" where the variable is not set; ConfigError rather than a key over an open line."""
        key = os.environ.get(self.key_variable, "").strip()
        parts = urlsplit(self.url)
        if key and parts.scheme == "http" and not _is_near(parts.hostname or ""):
            raise ConfigError(
                f"{self.url} is plain http beyond this house, and ${self.key_variable} would go over it readable;"
                " use https, or unset the variable"
            )
        return key


def is_address(model: str) -> bool:
    """Whether the name of a model is an address of a server."""
    return model.startswith(SCHEME)


def parse_address(text: str) -> ServerAddress:
    """The server and model that `text` names; ConfigError where it has another form or carries a secret.

    Everything behind the first `#` is the model, so its name may hold `:`, `/` and `#`. Without a path, /v1 is meant.
    """
    if not is_address(text):
        raise ConfigError(f"expected {FORM}; got {text!r}")
    place, _, model = text.removeprefix(SCHEME).partition("#")
    parts = _split(place)
    options = _options(parts)
    path = parts.path.rstrip("/") or "/v1"
    return ServerAddress(f"{parts.scheme}://{parts.netloc}{path}", model, **options)


def _split(place: str) -> SplitResult:
    """The parts of an URL; without a scheme, http is meant. What might be a secret is not repeated in errors."""
    try:
        parts = urlsplit(place if "://" in place else f"http://{place}")
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"the server's address is no URL ({error}); expected {FORM}") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            f"an address must hold no user or key: put the key into ${KEY_VARIABLE}, or name its variable with ?key="
        )
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigError(f"expected {FORM}; got scheme {parts.scheme!r} and host {host!r}")
    return parts


def _options(parts: SplitResult) -> dict[str, Any]:
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = given.keys() - {"server", "key", "top"}
    if unknown:
        raise ConfigError(f"an address takes ?server=, key= and top=; got {', '.join(sorted(unknown))}")
    options: dict[str, Any] = {}
    if "server" in given:
        options["server"] = _one_of(given["server"])
    if "key" in given:
        options["key_variable"] = _variable(given["key"])
    if "top" in given:
        options["top"] = _count(given["top"])
    return options


def _one_of(server: str) -> str:
    if server not in DIALECTS:
        raise ConfigError(f"server must be one of {', '.join(DIALECTS)}; got {server!r}")
    return server


def _variable(name: str) -> str:
    if not re.fullmatch("[A-Z_][A-Z0-9_]*", name):
        raise ConfigError("key= names an environment variable in capitals, such as key=OPENAI_API_KEY; no key itself")
    return name


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", text):
        raise ConfigError(f"top= is a number of log probabilities, 0 to 9999; got {text!r}")
    return int(text)


def _is_near(host: str) -> bool:
    """Whether a host is this machine or in a private network; a name without a dot is taken for a neighbour's."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(AT_HOME)
    return address.is_loopback or address.is_private or address.is_link_local
