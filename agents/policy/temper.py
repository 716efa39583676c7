"""The explorer's dials."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Temper:
    """How careful, how patient, how thrifty. Shares are of the maximum HP."""

    rest_below: float = 0.6
    """Rest when the leader or the weakest partner has less."""
    rested_at: float = 0.95
    """Stop resting when both have this much."""
    heal_below: float = 0.35
    """Eat a healing berry when the leader has less and enemies are about."""
    blows_to_spare: float = 1.4
    """Eat one, too, when the leader would not survive this many of the hardest blows seen of late."""
    mend_below: float = 0.35
    """Throw a healing berry to a partner who has less and is beset."""
    eat_below: float = 20.0
    """Eat when the belly holds less, 0..200."""
    vain_turns: int = 60
    """Give up a rest after so many turns without a gain."""
    flee_below: float = 0.25
    """Make for known stairs when the leader has less."""
    leave_below: float = 0.5
    """Take the stairs underfoot out of a fight when somebody has less."""
    curiosity: float = 20.0
    """Steps that a place with nothing known around it is worth more than one with everything known."""
    item_steps: int = 8
    """Walk this far out of the way for an item."""
    patience: int = 2
    """Turns to wait for an enemy two steps away, so that the first blow is ours."""
    idle_after: int = 4
    """Turns without a move after which a distant enemy is no reason to wait."""
    crowd: int = 3
    """So many enemies at hand or near are met with an orb."""
    press_below: float = 0.6
    """Seeds and orbs are not spared when somebody has less."""
    throw_steps: int = 6
    """Throw stones and sticks at awake enemies up to this far away."""
    retreat_steps: int = 3
    """Walk this far to a corridor when several enemies come."""
    spare_turns: int = 300
    """Neither rest nor collect with fewer turns left before the wind."""
    spare_belly: float = 20.0
    """Neither rest nor collect with less belly, 0..200."""
    vain_power: float = 2.0
    """Moves of at most this power do no damage by it."""
