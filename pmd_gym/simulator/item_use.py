"""Using items: eating, drinking, orbs, TMs, and what an item does that reaches somebody (mechanics section 13).

An action names the place of its item (`bag`); the item leaves that place before it takes effect. Flying through the
air is `throwing`. Sources: src/dungeon_item_action.c, src/dungeon_action_handler.c, src/dungeon_ai_attack.c.
"""

from __future__ import annotations

from typing import Any

from pmd_gym.compiled import kernel
from pmd_gym.simulator import ids
from pmd_gym.simulator.ai_attack import find_targets
from pmd_gym.simulator.bag import feel_held_item, look_up, use_up
from pmd_gym.simulator.blows import blow
from pmd_gym.simulator.damage import ONE
from pmd_gym.simulator.experience import grow, set_move
from pmd_gym.simulator.floor_state import floor_over
from pmd_gym.simulator.ground import touch_ground
from pmd_gym.simulator.heal import feed
from pmd_gym.simulator.hp_loss import provoke
from pmd_gym.simulator.item_effects import OBJECT_DAMAGE, hurt, swallow
from pmd_gym.simulator.items import copy_item, drop
from pmd_gym.simulator.messages import Message, say
from pmd_gym.simulator.monster_house import wake_house
from pmd_gym.simulator.monsters import cannot_use_items, has_skill, is_alive
from pmd_gym.simulator.movement import aim_ahead, in_boss_room
from pmd_gym.simulator.moves import use_move
from pmd_gym.simulator.settle import wake_sleepers
from pmd_gym.simulator.sight import explore

BERRY_BELLY = 5
STICKY_DAMAGE = 2
ORB_PP = 10
TM_OFFSET = 125
KEEPER = 1
"""`shopkeeper` of a peaceful one."""


@kernel
def reach(game: Any, rules: Any, user: int, target: int, item: Any, thrown: bool, sure: bool) -> None:
    """An item takes effect on a monster: eaten (`target` is the user), or thrown at it (`sure`: it cannot catch it).

    Source: src/dungeon_item_action.c, sub_80479B8.
    """
    kind = rules.items[item.id]
    if thrown and not sure and catches(game, rules, target, item):
        catch(game, rules, target, item)
        return
    if thrown:
        provoke(game, user, target)
        if item.flags & ids.ITEM_STICKY:
            hurt(game, rules, user, target, STICKY_DAMAGE, ids.FELL_TO_THROWN_ITEM)
            grow(game, rules)
            return
    if kind.category == ids.BERRIES:
        feed(game, rules, user, target, BERRY_BELLY, 0)
    if kind.category == ids.BERRIES or kind.category == ids.FOOD:
        swallow(game, rules, user, target, item.id, thrown)
    elif kind.category == ids.THROWN_LINE:
        hit_with(game, rules, user, target, item.id)
    elif kind.category == ids.THROWN_ARC:
        hurt(game, rules, user, target, kind.damage, ids.FELL_TO_ROCK)
    elif thrown and hurts(item.id):
        hurt(game, rules, user, target, OBJECT_DAMAGE, ids.FELL_TO_THROWN_ITEM)
    grow(game, rules)


@kernel
def hurts(item_id: int) -> bool:
    """True for objects that hurt when thrown; the story's parts and the Wish Stone crumble instead."""
    return item_id != ids.WISH_STONE and not ids.FIRST_PART <= item_id <= ids.LAST_PART


@kernel
def hit_with(game: Any, rules: Any, user: int, target: int, item_id: int) -> None:
    """A stick or spike strikes with the power of the move that stands for it."""
    set_move(game.move, rules, ids.PROJECTILE)
    blow(game, rules, user, target, game.move, rules.moves[ids.PROJECTILE].type, ONE, item_id)


@kernel
def catches(game: Any, rules: Any, target: int, item: Any) -> bool:
    """True when the target takes the item out of the air: an empty hand, nothing that keeps it from it.

    Team members need Item Catcher and let berries and seeds hit them; others catch all but those and missiles.
    """
    monster, category = game.world.monsters[target], rules.items[item.id].category
    if category == ids.BERRIES or monster.held_item.flags & ids.ITEM_EXISTS or cannot_use_items(game, target):
        return False
    if monster.is_enemy:
        return category != ids.THROWN_LINE and category != ids.THROWN_ARC
    return has_skill(monster, ids.ITEM_CATCHER)


@kernel
def catch(game: Any, rules: Any, target: int, item: Any) -> None:
    """Take an item into the hand; a shopkeeper lets it fall."""
    monster, here = game.world.monsters[target], game.world.entities[target].pos
    if monster.shopkeeper == KEEPER:
        drop(game, rules, here.x, here.y, item, True)
        return
    copy_item(monster.held_item, item)
    say(game, Message.CAUGHT, target, item.id, 0)
    hold_new_item(game, rules, target)


@kernel
def hold_new_item(game: Any, rules: Any, slot: int) -> None:
    """What follows when a monster has another held item: hunger, and sleepers may hear a band."""
    if feel_held_item(game, slot):
        wake_sleepers(game, rules)


@kernel
def sticks(game: Any, slot: int, item: Any) -> bool:
    """True, and said, when an item is sticky: it cannot be used."""
    if item.flags & ids.ITEM_STICKY == 0:
        return False
    say(game, Message.STUCK, slot, item.id, 0)
    return True


@kernel
def eat(game: Any, rules: Any, slot: int) -> None:
    """Eat or use the item that the action names; a sticky one does nothing, a muzzled mouth eats nothing."""
    monster, item = game.world.monsters[slot], game.used_item
    place = int(monster.action_param0)
    look_up(game, slot, place, item)
    category = rules.items[item.id].category
    if item.flags & ids.ITEM_EXISTS == 0 or sticks(game, slot, item):
        return
    eats = category == ids.BERRIES or category == ids.FOOD
    say(game, Message.ATE if eats else Message.USED_ITEM, slot, item.id, 0)
    if monster.muzzled == 1 and eats:
        return
    use_up(game, rules, slot, place)
    reach(game, rules, slot, slot, item, False, False)
    wake_house(game, rules, slot)


@kernel
def use_orb(game: Any, rules: Any, slot: int) -> None:
    """Use the orb that the action names; it is gone when its move was carried out, and in boss rooms for nothing."""
    monster, item = game.world.monsters[slot], game.used_item
    place = int(monster.action_param0)
    look_up(game, slot, place, item)
    orb = int(item.id)
    if item.flags & ids.ITEM_EXISTS == 0 or sticks(game, slot, item):
        return
    say(game, Message.USED_ITEM, slot, orb, 0)
    spent = True
    if not in_boss_room(game):
        set_move(game.move, rules, rules.items[orb].move)
        game.move_slot = -1
        if not monster.is_leader and find_targets(game, rules, slot, monster.moves[0].id):
            monster.direction = game.choice_direction[0]
            aim_ahead(game, slot)
        if is_hampered(monster):
            spent = False
        elif orb == ids.SWITCHER_ORB or orb == ids.POUNCE_ORB:
            use_up(game, rules, slot, place)
            game.move.flags |= ids.MOVE_SET
            game.move.pp = ORB_PP
            use_move(game, rules, slot, game.move, False, orb, False, False)
            spent = False
        else:
            spent = use_move(game, rules, slot, game.move, False, orb, False, False)
    if spent:
        use_up(game, rules, slot, place)
    after_orb(game, rules, slot)


@kernel
def is_hampered(monster: Any) -> bool:
    """True when a status keeps it from using an orb this turn."""
    cringe = monster.cringe_status
    return cringe == ids.CRINGE or cringe == ids.INFATUATED or monster.burn_status == ids.PARALYSIS


@kernel
def after_orb(game: Any, rules: Any, slot: int) -> None:
    """What follows an orb: levels, the leader's view, a monster house."""
    if not is_alive(game, slot) or floor_over(game):
        return
    grow(game, rules)
    if game.world.monsters[slot].is_leader:
        here = game.world.entities[slot].pos
        explore(game, here.x, here.y)
    touch_ground(game, rules, slot)
    wake_house(game, rules, slot)


@kernel
def teach(game: Any, rules: Any, slot: int, index: int) -> None:
    """Let the leader learn the move of a TM in a bag slot, in its first free move slot; the TM is used afterwards."""
    monster, item = game.world.monsters[slot], game.inventory_data.bag[index]
    for free in range(len(monster.moves)):
        if monster.moves[free].flags & ids.MOVE_EXISTS == 0:
            set_move(monster.moves[free], rules, rules.items[item.id].move)
            say(game, Message.LEARNED, slot, rules.items[item.id].move, 0)
            break
    item.quantity = item.id - TM_OFFSET
    item.id = ids.USED_TM
