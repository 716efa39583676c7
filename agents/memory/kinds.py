"""Which index is used on this machine, said aloud by its name."""

from __future__ import annotations

from importlib.util import find_spec

from agents.memory.interface import IndexKind
from pmd_gym.errors import ConfigError

KINDS = ("auto", "faiss", "torch", "exact")


def index_kind(name: str = "auto") -> IndexKind:
    """The kind called `name`; "auto": FAISS where it is installed, else exact. ConfigError if it is not there."""
    if name not in KINDS:
        raise ConfigError(f"index must be one of {', '.join(KINDS)}, got {name!r}")
    if name == "auto":
        name = "faiss" if find_spec("faiss") else "exact"
    if name != "exact" and not find_spec(name):
        extra = "memory" if name == "faiss" else "vlm"
        raise ConfigError(f"index {name!r} needs a package; pip install 'pmd_gym[{extra}]', or use index 'exact'")
    return _made(name)


def _made(name: str) -> IndexKind:
    if name == "faiss":
        from agents.memory.faiss_index import FaissKind

        return FaissKind()
    if name == "torch":
        from agents.memory.torch_index import TorchKind

        return TorchKind()
    from agents.memory.exact_index import ExactKind

    return ExactKind()
