"""What servers answer with, as types: anything of another shape is refused here, before a number of it is used.

Servers add fields of their own; those are skipped.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from pmd_gym.errors import InferenceError

Reply = TypeVar("Reply", bound=msgspec.Struct)
SHOWN = 200
"""Characters of a server's words that an error repeats."""


class Scored(msgspec.Struct):
    """A token and its log probability; `octets` are given where the token alone may be no UTF-8."""

    token: str
    logprob: float
    octets: list[int] | None = msgspec.field(default=None, name="bytes")

    def raw(self) -> bytes:
        """The token as it stands in the answer."""
        whole = self.octets is not None and all(0 <= octet < 256 for octet in self.octets)
        return bytes(self.octets or ()) if whole else self.token.encode()


class Step(Scored):
    """A token that was written, and the likeliest ones in its place."""

    top_logprobs: list[Scored] = []


class Steps(msgspec.Struct):
    """The tokens of an answer; none where the server tells nothing."""

    content: list[Step] | None = None


class Message(msgspec.Struct):
    """What the model says."""

    content: str | None = None


class Written(msgspec.Struct):
    """One answer."""

    message: Message
    logprobs: Steps | None = None
    finish_reason: str | None = None


class Cached(msgspec.Struct):
    """Prompt tokens that the server still had."""

    cached_tokens: int | None = None


class Usage(msgspec.Struct):
    """Tokens as the server counts them."""

    prompt_tokens: int = 0
    completion_tokens: int | None = 0
    prompt_tokens_details: Cached | None = None

    @property
    def cached(self) -> int:
        """Prompt tokens that were not computed again."""
        return (self.prompt_tokens_details and self.prompt_tokens_details.cached_tokens) or 0


class ChatReply(msgspec.Struct):
    """The answer to a chat request."""

    choices: list[Written]
    usage: Usage | None = None


class Vector(msgspec.Struct):
    """One embedding."""

    embedding: list[float]
    index: int = 0


class EmbeddingReply(msgspec.Struct):
    """The answer to a request for embeddings."""

    data: list[Vector]
    usage: Usage | None = None


class TokenList(msgspec.Struct):
    """The tokens of a text."""

    tokens: list[int]


class Model(msgspec.Struct):
    """A model that the server has."""

    id: str
    owned_by: str = ""


class ModelList(msgspec.Struct):
    """The answer to the question for models."""

    data: list[Model]


def decoded(body: bytes, kind: type[Reply]) -> Reply:
    """The reply in a body; InferenceError with its beginning where it is cut, no JSON, or of another shape."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InferenceError(
            f"expected a {kind.__name__} from the server, got {body[:SHOWN]!r} ({error}); is this its OpenAI address?"
        ) from None
