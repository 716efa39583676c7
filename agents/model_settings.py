"""Which model plays and how it is asked: what a run and an evaluation share, checked before anything is loaded."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from agents.policy.template import PromptTemplate, load_template
from pmd_gym.errors import ConfigError

SMALL, SERVER, OFF = "small", "openai:", "off"
CHECKPOINT = Path(__file__).resolve().parent / "checkpoints" / SMALL
TRAINED_FOR = {"fast": "small", "grounded": "small_plan"}
"""Prompt -> what the small model is asked instead, in the words of its training."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """For the policy `vlm`; the others do not look at them."""

    model: str = SMALL
    """`small`: the project's own; a folder; a name of the hub's cache; or `openai:URL#MODEL`."""
    prompt: str = "fast"
    """A name in `configs/prompts/`, or a YAML file."""
    router: str = OFF
    """Larger models, smallest first, with commas between them, that are asked where `model` is unsure; `off`: none."""
    backend: Literal["auto", "transformers", "openai"] = "auto"
    """`openai` takes `model` as a server's URL with or without `openai:`; `auto` goes by that."""
    quantization: Literal["none", "nf4", "int8"] = "none"
    """Of models in this process while they are loaded."""
    threads: int | None = None
    """Threads of models in this process; None: as many as there are cores."""
    max_batch: int = 8
    """Games that a model is asked about at once."""
    prices: tuple[float, float] = (0.0, 0.0)
    """Of a million tokens of servers, read and written, in your money."""
    keep_thoughts: bool = False
    """Shows what a model thought again in the next prompt (prompt `thinking`)."""
    route: bool = True
    """Dots the way on in pictures."""

    def __post_init__(self) -> None:
        if self.max_batch < 1 or (self.threads is not None and self.threads < 1):
            raise ConfigError(f"max_batch and threads must be at least 1; got {self.max_batch} and {self.threads}")
        if min(self.prices) < 0:
            raise ConfigError(f"prices must be 0 or more, got {list(self.prices)}")
        if len(set(self.models)) < len(self.models):
            raise ConfigError(f"router must name other models than model and none twice, got {', '.join(self.models)}")
        _ = self.template

    @property
    def models(self) -> tuple[str, ...]:
        """All models from small to large, servers with `openai:` in front."""
        larger = [] if self.router == OFF else [name.strip() for name in self.router.split(",")]
        first = self.model
        if self.backend == "openai" and not first.startswith(SERVER):
            first = SERVER + first
        return (first, *larger)

    @property
    def template(self) -> PromptTemplate:
        """The prompt's template; ConfigError where there is none or the model was not trained for it."""
        name = self.prompt
        if self.model == SMALL:
            name = TRAINED_FOR.get(name, name)
            if name not in TRAINED_FOR.values():
                raise ConfigError(
                    f"the small model knows the prompts {' and '.join(TRAINED_FOR)}, got {name!r};"
                    " choose one of them, or another --model"
                )
        template = load_template(name)
        if template.write and self.keep_thoughts:
            return replace(template, write=replace(template.write, keep=True))
        return template

    def model_settings(self) -> dict[str, Any]:
        """The fields of this class alone, by name."""
        return {entry.name: getattr(self, entry.name) for entry in fields(ModelSettings)}
