"""Writes text behind prompts that were read: token by token, all rows in one pass, each by its own rules.

A row leaves the batch when it is done, so that the others go on faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from agents.inference.local.network import Network, Text
from agents.inference.local.trie import Trie


@dataclass(slots=True)
class Line:
    """What one row writes: at most `most` tokens, at least one; an answer of `trie` where there is one.

    `is_done` is asked about the tokens after each of them. `log_probability` is the sum over the tokens, as the model
    gives them at temperature 1.
    """

    most: int
    temperature: float = 0.0
    trie: Trie | None = None
    is_done: Callable[[list[int]], bool] = lambda tokens: False
    tokens: list[int] = field(default_factory=list)
    log_probability: float = 0.0

    def put(self, token: int, log_probability: float, ends: frozenset[int]) -> bool:
        """Take a token; returns whether another one is wanted."""
        self.log_probability += log_probability
        if token in ends:
            return False
        self.tokens.append(token)
        complete = self.trie is not None and ends.issuperset(self.trie.following(self.tokens))
        return not complete and len(self.tokens) < self.most and not self.is_done(self.tokens)


def write(network: Network, text: Text, lines: Sequence[Line], ends: frozenset[int], dice: torch.Generator) -> None:
    """Fill the lines, one for each row of the text; `ends` are the tokens that end an answer and are none of it."""
    while True:
        tokens, chances = _next(network.logits(text), lines, dice)
        taken = zip(lines, tokens, chances, strict=True)
        going = [row for row, (line, token, chance) in enumerate(taken) if line.put(token, chance, ends)]
        if not going:
            return
        if len(going) < len(lines):
            text.keep(going)
            lines = [lines[row] for row in going]
        network.go_on(text, [tokens[row] for row in going])


def _next(logits: torch.Tensor, lines: Sequence[Line], dice: torch.Generator) -> tuple[list[int], list[float]]:
    """The next token of each line and its log-probability."""
    chances = torch.log_softmax(logits, dim=-1)
    for row, line in enumerate(lines):
        if line.trie is not None:
            allowed = torch.tensor(line.trie.following(line.tokens), device=logits.device)
            logits[row] = torch.full_like(logits[row], -torch.inf).index_copy(0, allowed, logits[row, allowed])
    taken = logits.argmax(dim=-1)
    for row, line in enumerate(lines):
        if line.temperature > 0:
            taken[row] = torch.multinomial(torch.softmax(logits[row] / line.temperature, dim=-1), 1, generator=dice)[0]
    return taken.tolist(), chances.gather(1, taken[:, None])[:, 0].tolist()
