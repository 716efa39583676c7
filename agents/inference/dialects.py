"""What the kinds of OpenAI-compatible servers do not have in common, as data: how to bind an answer, how to begin it.

Pure: payloads in, payloads out. Sources are the servers' own documents (see docs/serving.md for versions and for which
of them were tried).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]
Bind = Callable[[Sequence[str]], Payload]
FIELD = "answer"
"""The name of an answer where a server binds only JSON."""
LEAD = f'{{"{FIELD}":"'
"""What stands before an answer in such JSON, blanks left out."""
STRONG = 100
"""The largest bias of OpenAI's API: e to the hundredth in a token's favour."""
SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
"""What means something in every regular expression; `re.escape` does more, and some engines refuse that."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server.

    `bind` is what a request adds so that only given answers are written; where `wrapped`, they come as JSON. `prefill`
    is what it adds so that the server goes on from an unfinished answer; None: no such thing, the beginning is told in
    words. `top` log probabilities of a token can be had. `embeds` is how a prompt with a picture is handed to its
    embeddings: as "messages", as "content" parts, or, "", not at all. `split` asks its /tokenize for the tokens of a
    text, given the model; None: it has none. `favour` is what a request adds so that of bound answers these tokens are
    written and not the letters that spell them; log probabilities must not change by it.
    """

    bind: Bind
    wrapped: bool = False
    prefill: Payload | None = None
    top: int = 20
    limit: str = "max_tokens"
    embeds: str = ""
    split: Callable[[str, str], Payload] | None = None
    favour: Callable[[Sequence[int]], Payload] = lambda tokens: {}
    owners: tuple[str, ...] = field(default=())
    """What `owned_by` of its list of models says."""


def _choice(answers: Sequence[str]) -> Payload:
    return {"structured_outputs": {"choice": list(answers)}}


def _guided(answers: Sequence[str]) -> Payload:
    return {"guided_choice": list(answers)}


def _regex(answers: Sequence[str]) -> Payload:
    return {"regex": "(" + "|".join(SPECIAL.sub(r"\\\g<0>", answer) for answer in answers) + ")"}


def _grammar(answers: Sequence[str]) -> Payload:
    """GBNF. JSON's escapes are among those of its literals."""
    return {"grammar": "root ::= " + " | ".join(json.dumps(answer, ensure_ascii=False) for answer in answers)}


def _schema(answers: Sequence[str]) -> Payload:
    schema = {
        "type": "object", "properties": {FIELD: {"type": "string", "enum": list(answers)}},
        "required": [FIELD], "additionalProperties": False,
    }  # fmt: skip
    return {
        "response_format": {"type": "json_schema", "json_schema": {"name": FIELD, "strict": True, "schema": schema}}
    }


def _text(model: str, text: str) -> Payload:
    return {"content": text}


def _prompt(model: str, text: str) -> Payload:
    return {"model": model, "prompt": text, "add_special_tokens": False}


def _biased(tokens: Sequence[int]) -> Payload:
    return {"logit_bias": {str(token): STRONG for token in tokens}}


_CONTINUED = {"continue_final_message": True, "add_generation_prompt": False}

DIALECTS: Mapping[str, Dialect] = {
    "vllm": Dialect(_choice, prefill=_CONTINUED, embeds="messages", split=_prompt, owners=("vllm",)),
    "vllm-guided": Dialect(_guided, prefill=_CONTINUED, embeds="messages", split=_prompt),
    "sglang": Dialect(_regex, prefill={"continue_final_message": True}, split=_prompt, owners=("sglang",)),
    "llamacpp": Dialect(
        _grammar, prefill={}, top=100, embeds="content", split=_text, favour=_biased, owners=("llamacpp",)
    ),
    "ollama": Dialect(_schema, wrapped=True, owners=("library",)),
    "lmstudio": Dialect(_schema, wrapped=True, owners=("organization_owner",)),
    "openai": Dialect(_schema, wrapped=True, limit="max_completion_tokens", owners=("openai", "system")),
    "generic": Dialect(_schema, wrapped=True),
}
"""By name. `vllm-guided` is vLLM before `structured_outputs`; `generic` is asked what most servers understand."""


def dialect_of(owner: str) -> str:
    """The name of the dialect whose servers say so of their models; `generic` for a stranger."""
    return next((name for name, dialect in DIALECTS.items() if owner in dialect.owners), "generic")


def unwrapped(text: str) -> str:
    """The answer in a bound server's JSON; the text itself, stripped, where it is not of that form."""
    try:
        made = json.loads(text)
    except ValueError:
        return text.strip()
    return made[FIELD] if isinstance(made, dict) and isinstance(made.get(FIELD), str) else text.strip()
