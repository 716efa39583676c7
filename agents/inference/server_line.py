"""The line to an OpenAI-compatible server: the one door to the `openai` package and to HTTP.

Sends a payload and gives back a checked reply: tries again while there is hope, keeps to a number of requests at once,
takes no endless replies, follows no redirects. The key goes to this server alone and is blotted out of every error.
Knows neither prompts nor dialects.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx2
import openai

from agents.inference.backoff import PASSING, Backoff, seconds_of
from agents.inference.replies import SHOWN, Reply, decoded
from pmd_gym.errors import InferenceError, InferenceTimeout

LARGEST_REPLY = 16 * 1024 * 1024
SENT = frozenset({"host", "content-type", "content-length", "accept", "connection", "user-agent"})
"""Headers that leave this machine, besides the key: the library would add what it finds in the environment."""
NO_KEY = "none"
"""The library wants one; it is not sent."""
SPENT = "insufficient_quota"
"""Says of a 429 that it will not pass by waiting."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """A try that failed; `passing`: another may not. `asked_s` is how long the server asks to wait."""

    error: InferenceError
    passing: bool
    asked_s: float | None = None


class _Unfit(InferenceError):
    """A reply that is not read to its end; the next one would be no better."""


class ServerLine:
    """Belongs to one event loop. `retries` and `failures` count tries that were repeated, and requests given up."""

    def __init__(self, url: str, key: str, *, concurrency: int, timeout_s: float, backoff: Backoff, seed: int) -> None:
        self.retries = self.failures = 0
        self._url, self._key = url, key
        self._timeout_s, self._backoff, self._dice = timeout_s, backoff, random.Random(seed)
        self._slots = asyncio.Semaphore(concurrency)
        http = openai.DefaultAsyncHttpxClient(
            follow_redirects=False, timeout=timeout_s,
            event_hooks={"request": [self._strip], "response": [self._limit]},
        )  # fmt: skip
        self._client = openai.AsyncOpenAI(
            base_url=url, api_key=NO_KEY, max_retries=0, timeout=timeout_s, http_client=http
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def get(self, path: str, kind: type[Reply]) -> Reply:
        """The reply to a question without a payload."""
        return await self._ask(path, None, kind)

    async def post(self, path: str, payload: dict[str, Any], kind: type[Reply]) -> Reply:
        """The reply to a payload; InferenceError where it cannot be had. Cancelling drops the connection.

        `path` is below the address; "//" before it: beside it, where servers have what is not OpenAI's.
        """
        if path.startswith("//"):
            path = self._url.removesuffix("/v1") + path.removeprefix("/")
        return await self._ask(path, payload, kind)

    async def _ask(self, path: str, payload: dict[str, Any] | None, kind: type[Reply]) -> Reply:
        """Holds its slot while it waits to try again, so that a server in trouble gets less, not more, to do."""
        async with self._slots:
            for tried in count(1):
                outcome = await self._try(path, payload, kind)
                if not isinstance(outcome, _Failure):
                    return outcome
                wait_s = self._backoff.wait_s(tried, outcome.asked_s, self._dice) if outcome.passing else None
                if wait_s is None:
                    self.failures += 1
                    raise outcome.error
                self.retries += 1
                await asyncio.sleep(wait_s)
        raise AssertionError("the tries are counted")

    async def _try(self, path: str, payload: dict[str, Any] | None, kind: type[Reply]) -> Reply | _Failure:
        try:
            if payload is None:
                response = await self._client.get(path, cast_to=httpx2.Response)
            else:
                response = await self._client.post(path, body=payload, cast_to=httpx2.Response)
            return decoded(response.content, kind)
        except openai.APIStatusError as error:
            return self._refused(error)
        except openai.APITimeoutError:
            late = f"{self._url} gave no answer within {self._timeout_s:g} s; allow it more time, or ask less at once"
            return _Failure(InferenceTimeout(late), passing=True)
        except openai.APIConnectionError as error:
            return self._unreachable(error)
        except InferenceError as error:
            return self._unread(error)

    def _refused(self, error: openai.APIStatusError) -> _Failure:
        words = self._clean(error.response.text)
        told = InferenceError(f"{self._url} answers with HTTP {error.status_code}: {words}{_advice(error.status_code)}")
        passing = error.status_code in PASSING and SPENT not in error.response.text
        return _Failure(told, passing, seconds_of(error.response.headers.get("retry-after")))

    def _unreachable(self, error: openai.APIConnectionError) -> _Failure:
        cause = error.__cause__
        if isinstance(cause, InferenceError):  # raised by our hooks inside the library
            return self._unread(cause)
        why = self._clean(str(cause or error))
        return _Failure(InferenceError(f"no answer from {self._url} ({why}); is the server up?"), passing=True)

    def _unread(self, error: InferenceError) -> _Failure:
        return _Failure(InferenceError(self._clean(str(error))), passing=not isinstance(error, _Unfit))

    def _clean(self, words: str) -> str:
        """A server's words in one line, cut, and without the key."""
        line = " ".join(words.split())
        return (line.replace(self._key, "***") if self._key else line)[:SHOWN]

    async def _strip(self, request: httpx2.Request) -> None:
        """Leave only what the server needs, and put the key in."""
        for name in [name for name in request.headers if name.lower() not in SENT]:
            del request.headers[name]
        request.headers["Accept-Encoding"] = "identity"
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"

    async def _limit(self, response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise _Unfit(f"{self._url} packs its replies although it was told not to; turn that off")
        response.stream = _Limited(response.stream, self._url)


class _Limited(httpx2.AsyncByteStream):
    """A reply's bytes, up to a limit."""

    def __init__(self, stream: Any, url: str) -> None:
        self._stream, self._url = stream, url

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._stream:
            size += len(piece)
            if size > LARGEST_REPLY:
                raise _Unfit(f"{self._url} sends more than {LARGEST_REPLY} bytes in one reply; ask for less")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def _advice(status: int) -> str:
    if status in (401, 403):
        return " (the key is in the variable that the address names with key=, see docs/serving.md)"
    if 300 <= status < 400:
        return " (redirects are not followed: give the address itself)"
    return ""
