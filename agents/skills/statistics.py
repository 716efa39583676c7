"""What came of each skill so far: how often it was used, how it ended, what it took, what it earned.

Kept for people, and shown to a policy that chooses skills. Figures of all versions of a skill are added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from agents.skills.ending import KINDS, Ending


@dataclass(slots=True)
class Tally:
    """One skill's figures."""

    endings: Counter[str] = field(default_factory=Counter)
    """How often each kind of ending came."""
    steps: int = 0
    """Actions."""
    reward: float = 0.0
    """Sum of the rewards of its actions."""
    reasons: Counter[str] = field(default_factory=Counter)
    """What was said where it was not done."""

    @property
    def uses(self) -> int:
        """How often it was used."""
        return sum(self.endings.values())

    @property
    def success(self) -> float:
        """Share of uses that were done, 0.0 before the first."""
        return self.endings["done"] / max(1, self.uses)

    def brief(self) -> str:
        """For a prompt: `12 uses, 83% done, 9 steps, +0.4`; steps and reward are those of one use."""
        if not self.uses:
            return "not used yet"
        mean_steps, mean_reward = self.steps / self.uses, self.reward / self.uses
        return f"{self.uses} uses, {self.success:.0%} done, {mean_steps:.0f} steps, {mean_reward:+.2g}"


MAX_REASONS = 20


class Statistics:
    """The figures of all skills."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}

    def __getitem__(self, name: str) -> Tally:
        return self._tallies.setdefault(name, Tally())

    def ended(self, name: str, ending: Ending) -> None:
        """A use of a skill ended."""
        tally = self[name]
        tally.endings[ending.kind] += 1
        reason = ending.why[:80]
        if reason and (reason in tally.reasons or len(tally.reasons) < MAX_REASONS):
            tally.reasons[reason] += 1

    def stepped(self, name: str) -> None:
        """A skill took an action."""
        self[name].steps += 1

    def earned(self, name: str, reward: float) -> None:
        """The action of a skill brought this reward."""
        self[name].reward += reward

    def record(self) -> dict[str, Any]:
        """All of it as plain values, for a file."""
        return {
            name: {
                "endings": dict(tally.endings), "steps": tally.steps, "reward": tally.reward,
                "reasons": dict(tally.reasons),
            } for name, tally in sorted(self._tallies.items()) if tally.uses
        }  # fmt: skip

    def restore(self, record: dict[str, Any]) -> None:
        """Go on from such a record."""
        for name, values in record.items():
            self._tallies[name] = Tally(
                Counter(values["endings"]), int(values["steps"]), float(values["reward"]), Counter(values["reasons"])
            )

    def table(self, names: Iterable[str] = ()) -> list[str]:
        """One line for each skill, for people; `names` add skills that were not used."""
        rows = [f"{'skill':18} {'uses':>5} {'done':>5} {'steps':>6} {'reward':>8}  " + " ".join(KINDS[1:])]
        for name in sorted({*self._tallies, *names}):
            tally = self[name]
            uses = max(1, tally.uses)
            others = " ".join(f"{tally.endings[kind]:{len(kind)}}" for kind in KINDS[1:])
            figures = f"{tally.uses:5} {tally.success:5.0%} {tally.steps / uses:6.1f} {tally.reward / uses:+8.3f}"
            rows.append(f"{name:18} {figures}  {others}")
        return rows
