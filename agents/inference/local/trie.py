"""The tokens with which an answer may go on, when only some answers are allowed. Knows no torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Trie:
    """Token sequences by their beginnings. An answer may end where another goes on."""

    def __init__(self, sequences: Iterable[Sequence[int]], end: int) -> None:
        """`end` is the token that stands behind an answer that is complete."""
        self._end = end
        self._next: dict[tuple[int, ...], list[int]] = {}
        for sequence in sequences:
            ids = (*sequence, end)
            for length, token in enumerate(ids):
                following = self._next.setdefault(ids[:length], [])
                if token not in following:
                    following.append(token)

    def following(self, written: Sequence[int]) -> list[int]:
        """Tokens that may come next; only the end where nothing may."""
        return self._next.get(tuple(written), [self._end])
