"""How statuses end: one by one, all bad ones at once, and the stages that a wonder tile sets right.

Source: src/move_orb_effects_5.c. Only `end_sleep` and `cure` do more than clear a field: a nap heals.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.ram import layout
from pmd_gym.simulator import conditions as kinds
from pmd_gym.simulator import ids
from pmd_gym.simulator.conditions import is_wrapping, neutralize, release_wrap
from pmd_gym.simulator.heal import heal
from pmd_gym.simulator.messages import Message, say, say_ended
from pmd_gym.simulator.monsters import MAX_MONSTERS, active_slot, has_bad_status, is_alive
from pmd_gym.simulator.sight import refresh_view
from pmd_gym.simulator.speed import speed_stage

NAP_HEALS = 999


@kernel
def end_burn(game: Any, slot: int) -> None:
    """End burn, poison or paralysis; the speed follows when it is next asked for."""
    say_ended(game, slot, kinds.BURN_GROUP)
    game.world.monsters[slot].burn_status = 0


@kernel
def end_freeze(game: Any, slot: int) -> None:
    """End a status of the frozen group; Wrap lets both sides go."""
    say_ended(game, slot, kinds.FREEZE_GROUP)
    if is_wrapping(game.world.monsters[slot]):
        release_wrap(game, slot)
    game.world.monsters[slot].freeze_status = 0


@kernel
def end_cringe(game: Any, rules: Any, slot: int) -> None:
    """End a status of the cringe group."""
    say_ended(game, slot, kinds.CRINGE_GROUP)
    game.world.monsters[slot].cringe_status = 0
    speed_stage(game, rules, slot)


@kernel
def end_shield(game: Any, slot: int) -> None:
    """End Reflect, Protect, Counter and the like."""
    say_ended(game, slot, kinds.SHIELD_GROUP)
    game.world.monsters[slot].shield_status = 0


@kernel
def end_curse(game: Any, slot: int) -> None:
    """End a curse, a decoy or Snatch, with what the floor keeps of it."""
    say_ended(game, slot, kinds.CURSE_GROUP)
    monster, world = game.world.monsters[slot], game.world
    if monster.curse_status == ids.SNATCH:
        world.snatch_monster, world.snatch_sprite = 0, 0
    elif monster.curse_status == ids.DECOY:
        world.decoy_active = 0
    monster.curse_status = 0


@kernel
def end_leech(game: Any, slot: int) -> None:
    """End Leech Seed or Destiny Bond."""
    say_ended(game, slot, kinds.LEECH_GROUP)
    monster = game.world.monsters[slot]
    monster.leech_status, monster.leech_source_index = 0, 255


@kernel
def end_aim(game: Any, slot: int) -> None:
    """End Sure Shot, Whiffer, Set Damage or Focus Energy."""
    say_ended(game, slot, kinds.AIM_GROUP)
    game.world.monsters[slot].aim_status = 0


@kernel
def end_conceal(game: Any, slot: int) -> None:
    """End invisibility, Mobile or a transformation, which gives the own shape back."""
    say_ended(game, slot, kinds.CONCEAL_GROUP)
    monster = game.world.monsters[slot]
    if monster.conceal_status == ids.TRANSFORMED:
        monster.apparent_species = monster.species
    monster.conceal_status = 0


@kernel
def end_sight(game: Any, slot: int) -> None:
    """End blindness, crossed eyes or Eyedrops; the leader's view follows."""
    say_ended(game, slot, kinds.SIGHT_GROUP)
    game.world.monsters[slot].sight_status = 0
    refresh_view(game)


@kernel
def end_muzzle(game: Any, slot: int) -> None:
    """Free the mouth."""
    say_ended(game, slot, kinds.MUZZLE_GROUP)
    game.world.monsters[slot].muzzled = 0


@kernel
def thaw(game: Any, slot: int) -> None:
    """Thaw a frozen monster (Fire moves and the like); nothing else of the group ends."""
    monster = game.world.monsters[slot]
    if monster.freeze_status == ids.FROZEN:
        say_ended(game, slot, kinds.FREEZE_GROUP)
        monster.freeze_status, monster.freeze_turns, monster.freeze_damage_countdown = 0, 0, 0


@kernel
def end_sleep(game: Any, rules: Any, slot: int) -> None:
    """End a status of the sleep group; a nap heals all HP and bad statuses.

    The damage of a nightmare and the sleep after a yawn come only with time: see `status`.
    """
    monster = game.world.monsters[slot]
    napped = monster.sleep_status == ids.NAPPING
    say_ended(game, slot, kinds.SLEEP_GROUP)
    if napped:
        heal(game, rules, slot, slot, NAP_HEALS, 0)
    monster.sleep_status = 0
    if napped:
        cure_awake(game, rules, slot, has_bad_status(monster))


@kernel
def cure(game: Any, rules: Any, source: int, target: int) -> bool:
    """End all bad statuses (Heal Seed, Heal Bell, Shed Skin); True when there was any."""
    if not is_alive(game, target):
        return False
    suffers = has_bad_status(game.world.monsters[target])
    if suffers:
        end_sleep(game, rules, target)
    return cure_awake(game, rules, target, suffers)


@kernel
def cure_awake(game: Any, rules: Any, slot: int, suffers: bool) -> bool:
    """The rest of a cure, when sleep has ended; one that suffers loses its good statuses of the groups too."""
    monster = game.world.monsters[slot]
    cured = suffers
    if suffers:
        end_burn(game, slot)
        end_freeze(game, slot)
        end_cringe(game, rules, slot)
        end_curse(game, slot)
        end_leech(game, slot)
        end_aim(game, slot)
        end_sight(game, slot)
        end_muzzle(game, slot)
        monster.perish_turns, monster.exposed = 0, 0
    before = speed_stage(game, rules, slot)
    for index in range(len(monster.speed_down_timers)):
        monster.speed_down_timers[index] = 0
    after = speed_stage(game, rules, slot)
    cured = cured or after != before
    for index in range(layout.MOVE_SLOTS):
        move = monster.moves[index]
        if move.flags & ids.MOVE_EXISTS and move.flags2 & ids.MOVE2_SEALED:
            move.flags2 &= ~ids.MOVE2_SEALED
            cured = True
    return cured


@kernel
def reset_stages(game: Any, rules: Any, source: int, target: int) -> bool:
    """Set all stages and multipliers to neutral (wonder tile, Haze); True when any was not."""
    changed = is_alive(game, target) and neutralize(game.world.monsters[target])
    if changed:
        say(game, Message.STATS_RESET, target, 0, 0)
    return changed


@kernel
def end_decoys(game: Any, besides: int) -> None:
    """End every other monster's decoy and Snatch."""
    for index in range(MAX_MONSTERS):
        slot = active_slot(game, index)
        if slot >= 0 and slot != besides and game.world.monsters[slot].curse_status > ids.CURSED:
            end_curse(game, slot)
