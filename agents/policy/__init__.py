"""Players: the seam they share (`interface`), a random one and a scripted one that needs no model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmd_gym.errors import ConfigError

if TYPE_CHECKING:
    from agents.policy.interface import Policy

__all__ = [
    "belongings", "explorer", "ground", "interface", "journey", "keeping", "lore", "make_policy", "orders", "paths",
    "scene", "temper", "template",
]  # fmt: skip
"""What other rooms may use, modules of the scripted player among it; they are loaded when they are asked for."""


def make_policy(name: str) -> Policy:
    """The policy called `name` with its default settings; ConfigError if there is none."""
    if name == "explorer":
        from agents.policy.explorer import Explorer

        return Explorer()
    if name == "random":
        from agents.policy.random_legal import RandomLegal

        return RandomLegal()
    raise ConfigError(f"unknown policy {name!r}; policies are explorer and random")
