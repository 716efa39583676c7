"""The command line's words for `ModelSettings`."""

from __future__ import annotations

from pathlib import Path
from typing import get_args, get_type_hints

from agents.command_line import Parser
from agents.model_settings import ModelSettings
from agents.policy.template import template_names


def add_model_flags(parser: Parser) -> None:
    """Add one flag for each setting; those that are not given stay out of the result."""
    default, add = ModelSettings(), parser.add_argument_group("the policy vlm").add_argument
    add("--model", type=_found, help=f"small: the project's own; a folder; a name of the hub's cache; openai:URL#MODEL "
                                     f"(default {default.model})")  # fmt: skip
    add("--prompt", type=_found, help=f"{', '.join(template_names())}, or a YAML file (default {default.prompt})")
    add("--router", help="larger models, with commas, asked where the first is unsure; off (default)")
    add("--backend", choices=_choices("backend"), help="openai: --model is a server's URL (default: by its form)")
    add("--quantization", choices=_choices("quantization"), help="of models in this process (default none)")
    add("--threads", type=int, help="threads of models in this process (default: one for each core)")
    add("--max-batch", type=int, help=f"games that a model is asked about at once (default {default.max_batch})")
    add("--prices", type=float, nargs=2, metavar=("READ", "WRITTEN"), help="of a million tokens of a server")
    add("--keep-thoughts", action="store_true", help="prompt thinking: the last thoughts are shown again")


def _choices(name: str) -> tuple[str, ...]:
    return get_args(get_type_hints(ModelSettings)[name])


def _found(text: str) -> str:
    """A file or folder by its whole path, so that a run can be gone on with from anywhere; anything else as it is."""
    return str(Path(text).absolute()) if Path(text).exists() and ("/" in text or "." in text) else text
