"""An OpenAI-compatible server on loopback that takes itself for vLLM, llama.cpp, Ollama, ...; or fails as told.

Real HTTP, real decoding by an `Engine`; it understands only what the kind of server it plays understands, and keeps
every request that it got.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.doubles.openai_engines import Decoded, Engine, decode

Payload = dict[str, Any]
Fault = Callable[["_Handler", Payload], "Payload | None"]
"""What goes wrong with a reply: it answers by itself and gives None, or gives another reply to send."""


@dataclass(frozen=True)
class Kind:
    """How a kind of server behaves."""

    owner: str
    allowed: Callable[[Payload], list[str]]
    masked: bool = False
    top: int = 20
    goes_on: Callable[[Payload], bool] = lambda payload: False
    repeats_opening: bool = False
    logprobs: bool = True


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    payload: Payload = field(default_factory=dict)


def _schema(payload: Payload) -> list[str]:
    schema = payload.get("response_format", {}).get("json_schema", {}).get("schema")
    return (
        [json.dumps({"answer": a}, ensure_ascii=False) for a in schema["properties"]["answer"]["enum"]]
        if schema
        else []
    )


def _literals(payload: Payload) -> list[str]:
    _, _, rule = payload.get("grammar", "").partition("root ::= ")
    return [json.loads(word) for word in rule.split(" | ")] if rule else []


def _branches(payload: Payload) -> list[str]:
    branches = payload.get("regex", "")[1:-1]
    return [re.sub(r"\\(.)", r"\1", branch) for branch in branches.split("|")] if branches else []


def _continued(payload: Payload) -> bool:
    return payload.get("continue_final_message") is True and payload.get("add_generation_prompt") is False


KINDS = {
    "vllm": Kind("vllm", lambda p: p.get("structured_outputs", {}).get("choice", []), masked=True, goes_on=_continued),
    "vllm-guided": Kind("vllm", lambda p: p.get("guided_choice", []), goes_on=_continued),
    "sglang": Kind("sglang", _branches, goes_on=lambda p: p.get("continue_final_message") is True),
    "llamacpp": Kind(
        "llamacpp", _literals, top=10_000, repeats_opening=True, goes_on=lambda p: p["messages"][-1]["role"] != "user"
    ),
    "ollama": Kind("library", _schema),
    "lmstudio": Kind("organization_owner", _schema, logprobs=False),
    "openai": Kind("system", _schema),
}


class OpenAIServer:
    """Serves until `close`; `faults` befall the next requests for answers or vectors, one each, in order."""

    def __init__(self, engine: Engine, kind: str = "vllm", *, models: Sequence[str] = ("small:1m",)) -> None:
        self.engine, self.kind, self.models = engine, KINDS[kind], list(models)
        self.faults: deque[Fault] = deque()
        self.seen: list[Seen] = []
        self.embeds = self.tokenizes = True
        self.hanging, self.released = threading.Event(), threading.Event()
        self.most_at_once = self._at_once = 0
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_double": self}))
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        """As it would be given to `--model`."""
        return f"openai:{self.url}#{self.models[0]}"

    def payloads(self, path: str = "/v1/chat/completions") -> list[Payload]:
        """What was asked at a path."""
        return [seen.payload for seen in self.seen if seen.path == path]

    def close(self) -> None:
        """Stop; what hangs is let go."""
        self.released.set()
        self._http.shutdown()
        self._http.server_close()

    def count(self, change: int) -> None:
        """Requests being answered."""
        with self._lock:
            self._at_once += change
            self.most_at_once = max(self.most_at_once, self._at_once)

    def chat(self, payload: Payload) -> Payload:
        """The reply to a chat request."""
        goes_on = self.kind.goes_on(payload)
        prompt = self.engine.start(payload["messages"], goes_on)
        limit = payload.get("max_tokens") or payload.get("max_completion_tokens") or 16
        bias = {int(token): float(value) for token, value in payload.get("logit_bias", {}).items()}
        done = decode(self.engine, prompt, limit, self.kind.allowed(payload), self.kind.masked, bias)
        text = b"".join(self.engine.pieces[n] for n in done.tokens).decode(errors="replace")
        opening = payload["messages"][-1]["content"] if goes_on and self.kind.repeats_opening else ""
        return {
            "choices": [{
                "index": 0, "finish_reason": "stop" if done.finished else "length",
                "message": {"role": "assistant", "content": opening + text}, "logprobs": self._listed(payload, done),
            }],
            "usage": {
                "prompt_tokens": self.engine.length(prompt), "completion_tokens": len(done.tokens),
                "prompt_tokens_details": {"cached_tokens": 2},
            },
        }  # fmt: skip

    def _listed(self, payload: Payload, done: Decoded) -> Payload | None:
        if not payload.get("logprobs") or not self.kind.logprobs:
            return None
        top = min(payload["top_logprobs"], self.kind.top)
        return {"content": [self._place(n, logs, top) for n, logs in zip(done.tokens, done.places, strict=True)]}

    def _place(self, token: int, logs: NDArray[np.float64], top: int) -> Payload:
        best = np.argsort(-logs)[:top]
        return {**self._scored(token, logs), "top_logprobs": [self._scored(int(n), logs) for n in best]}

    def _scored(self, token: int, logs: NDArray[np.float64]) -> Payload:
        piece = self.engine.pieces[token]
        return {
            "token": piece.decode(errors="replace"),
            "bytes": list(piece),
            "logprob": max(-9999.0, float(logs[token])),
        }

    def tokens(self, payload: Payload) -> tuple[Payload, int]:
        """The tokens of a text, if this server tells: one where it has the whole text, else its letters."""
        text = payload.get("prompt", payload.get("content", "")).encode()
        if not self.tokenizes:
            return {"error": {"message": "not found"}}, 404
        return {"tokens": [self.engine.pieces.index(text)] if text in self.engine.pieces else [*text]}, 200

    def vectors(self, payload: Payload) -> Payload:
        """The reply to a request for embeddings, of texts, of objects with `content`, or of one chat."""
        chats = [payload["messages"]] if "messages" in payload else [
            [{"role": "user", "content": given["content"] if isinstance(given, dict) else given}]
            for given in payload["input"]
        ]  # fmt: skip
        vectors = [self.engine.embedding(self.engine.start(chat, False)) for chat in chats]
        data = [{"index": n, "embedding": vector} for n, vector in enumerate(vectors)]
        return {"data": data[::-1], "usage": {"prompt_tokens": 5 * len(data)}}  # the order is told by the index


class _Http(ThreadingHTTPServer):
    """A client that hangs up is nothing to write home about."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_double: OpenAIServer

    def do_GET(self) -> None:
        double = self.server_double
        double.seen.append(Seen("GET", self.path, dict(self.headers)))
        models = [{"id": name, "object": "model", "owned_by": double.kind.owner} for name in double.models]
        self.reply({"object": "list", "data": models})

    def do_POST(self) -> None:
        double = self.server_double
        payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        double.seen.append(Seen("POST", self.path, dict(self.headers), payload))
        double.count(1)
        try:
            self._answer(payload)
        except (BrokenPipeError, ConnectionResetError):  # the client has gone
            self.close_connection = True
        finally:
            double.count(-1)

    def _answer(self, payload: Payload) -> None:
        double = self.server_double
        fault = double.faults.popleft() if double.faults and self.path != "/tokenize" else None
        if self.path == "/v1/embeddings" and not double.embeds:
            return self.reply({"error": {"message": "no embeddings here"}}, 501)
        if self.path == "/tokenize":
            return self.reply(*double.tokens(payload))
        made = fault(self, payload) if fault else self.made(payload)
        if made is not None:
            self.reply(made)

    def made(self, payload: Payload) -> Payload:
        """The reply as it should be."""
        double = self.server_double
        return double.vectors(payload) if self.path == "/v1/embeddings" else double.chat(payload)

    def reply(self, payload: Payload, status: int = 200, **headers: str) -> None:
        """Send it."""
        self.send(json.dumps(payload).encode(), status, **headers)

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Send bytes."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Content-Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing."""


def status(code: int, message: str = "not now", **headers: str) -> Fault:
    """An error that is told."""
    return lambda handler, payload: handler.reply({"error": {"message": message}}, code, **headers)


def garbage(body: bytes) -> Fault:
    """These bytes, in good order."""
    return lambda handler, payload: handler.send(body)


def cut(handler: _Handler, payload: Payload) -> None:
    """Half of the reply, then nobody."""
    body = json.dumps(handler.made(payload)).encode()
    handler.send(body[: len(body) // 2], Content_Length=str(len(body)))
    handler.close_connection = True


def hang(handler: _Handler, payload: Payload) -> None:
    """No answer until the server is closed or lets go."""
    handler.server_double.hanging.set()
    handler.server_double.released.wait(60)
    handler.close_connection = True


def endless(handler: _Handler, payload: Payload) -> None:
    """More than anybody wants."""
    handler.send(b"[" + b" " * (20 * 1024 * 1024))


def packed(handler: _Handler, payload: Payload) -> None:
    """A small reply that says it would be a large one, unpacked."""
    handler.send(b"not really", Content_Encoding="gzip")


def without(*path: str) -> Fault:
    """The reply without one of its parts: `without("usage")`, `without("choices", "0", "logprobs")`."""

    def fault(handler: _Handler, payload: Payload) -> Payload:
        made = handler.made(payload)
        part: Any = made
        for name in path[:-1]:
            part = part[int(name) if isinstance(part, list) else name]
        del part[path[-1]]
        return made

    return fault
