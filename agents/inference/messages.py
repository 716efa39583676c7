"""A prompt as the messages of OpenAI's chat API: the same parts in the same order as for a model in this process."""

from __future__ import annotations

from typing import Any

from agents.inference.interface import Prompt
from agents.inference.pictures import data_url

BEGINS = "Your answer begins with: "


def content_of(prompt: Prompt) -> list[dict[str, Any]]:
    """Rules, picture and text as content parts; the rules first, so that a server's prefix cache hits."""
    parts: list[dict[str, Any]] = [{"type": "text", "text": prompt.rules}] if prompt.rules else []
    if prompt.picture is not None:
        parts.append({"type": "image_url", "image_url": {"url": data_url(prompt.picture)}})
    return [*parts, {"type": "text", "text": prompt.text}]


def messages_of(prompt: Prompt, prefill: bool) -> list[dict[str, Any]]:
    """The user's message, and the unfinished answer behind it if the server can go on from one, else told in words."""
    content = content_of(prompt)
    if not prompt.opening:
        return [{"role": "user", "content": content}]
    if prefill:
        return [{"role": "user", "content": content}, {"role": "assistant", "content": prompt.opening}]
    return [{"role": "user", "content": [*content, {"type": "text", "text": f"\n{BEGINS}{prompt.opening}"}]}]
