"""Which tokens may follow when only some answers are allowed."""

from __future__ import annotations

from agents.inference.local.trie import Trie


def test_answers_branch_end_and_contain_each_other() -> None:
    trie = Trie([(1, 2), (1, 3), (1, 2, 4), (1, 2)], end=0)
    assert trie.following([]) == [1]
    assert trie.following([1]) == [2, 3]
    assert trie.following([1, 2]) == [0, 4]
    assert trie.following([1, 3]) == [0]
    assert trie.following([8]) == [0]
