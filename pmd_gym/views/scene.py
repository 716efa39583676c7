"""A decoded game as plain values with names, ready for JSON: what `inspect_state.py` prints and a log may keep.

Everything is shown, not only what the player may see. Keys and their meaning are stated in `scene_record`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmd_gym.ram import layout
from pmd_gym.views.ascii import floor_map

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pmd_gym.ram import GameStates

_SINGLE = (
    "dungeon_id", "dungeon", "floor", "turns_left", "stairs", "leader", "money", "weather", "message", "awaiting",
    "seeds", "ascii",
)  # fmt: skip
_LISTS = ("team", "monsters", "items", "traps", "bag", "rooms")
_MONEY_ID = 105
_ITEM_FLAGS = {"in_shop": 0x02, "unpaid": 0x04, "sticky": 0x08, "set": 0x10}


def scene_record(states: GameStates, index: int, ewram: NDArray[np.uint8]) -> dict[str, Any]:
    """The game `index` of `states` and its image `ewram`, (262144,) uint8, as values that JSON can hold.

    `mode` is title, dungeon, ground or unknown; outside dungeons every other value is None or an empty list.
    `monsters` are all on the floor, team first; `leader` and `team` are those of the team, in the same form.
    `stairs` is [x, y] or None; `weather` a name; `message` the text on screen or None; `awaiting` command, message,
    choice, menu or busy; `ascii` the whole map.
    """
    from pmd_gym.ram import Awaiting, Mode, message

    mode = Mode(int(states.mode[index]))
    record: dict[str, Any] = {"mode": mode.name.lower(), **dict.fromkeys(_SINGLE), **{name: [] for name in _LISTS}}
    if mode is not Mode.DUNGEON:
        return record
    state = states.records[index]
    record |= _header(state)
    record |= _population(state, ewram)
    record |= _floor(state)
    record["message"] = message(ewram) or None
    record["awaiting"] = Awaiting(int(state["awaiting"])).name.lower()
    record["ascii"] = floor_map(states, index, fair=False)
    return record


def _header(state: Any) -> dict[str, Any]:
    x, y = map(int, state["stairs"])
    return {
        "dungeon_id": int(state["dungeon_id"]),
        "dungeon": layout.enum_name("dungeon", state["dungeon_id"]),
        "floor": int(state["floor"]),
        "turns_left": int(state["turns_left"]),
        "stairs": [x, y] if x >= 0 else None,
        "money": int(state["money"]),
        "weather": layout.enum_name("weather", state["weather"]),
        "seeds": {name: int(state["seeds"][name]) for name in ("run", "floor", "rng")},
    }


def _population(state: Any, ewram: NDArray[np.uint8]) -> dict[str, Any]:
    """`leader`, `team` and `monsters`; members of the team carry the `name` the player gave."""
    from pmd_gym.ram import member_name

    monsters = [_monster(slot, monster) for slot, monster in enumerate(state["monsters"]) if monster["exists"]]
    team = [monster for monster in monsters if monster["slot"] < layout.MAX_TEAM]
    for monster in team:
        monster["name"] = (
            member_name(ewram, int(state["monsters"][monster["slot"]]["team_index"])) or monster["species"]
        )
    leader = next((monster for monster in team if monster["slot"] == state["leader"]), None)
    return {"leader": leader, "team": team, "monsters": monsters}


def _monster(slot: int, monster: Any) -> dict[str, Any]:
    species = layout.enum_name("species", monster["species"])
    return {
        "slot": slot,
        "name": species,
        "species_id": int(monster["species"]),
        "species": species,
        **{name: int(monster[name]) for name in ("level", "hp", "max_hp", "x", "y", "facing")},
        "facing_name": layout.enum_name("direction", monster["facing"]),
        "enemy": bool(monster["is_enemy"]),
        "leader": bool(monster["is_leader"]),
        "moves": [_move(slot, move) for slot, move in enumerate(monster["moves"]) if move["id"]],
        "statuses": list(_statuses(monster)),
        **_condition(monster),
    }


def _condition(monster: Any) -> dict[str, Any]:
    """The rest of a monster that a person may want to see."""
    from pmd_gym.ram import STAGES, STATS

    held = monster["held_item"]
    return {
        "shown_as": layout.enum_name("species", monster["apparent_species"]),
        "exp": int(monster["exp"]),
        "iq": int(monster["iq"]),
        "belly": int(monster["belly"]) / 1000,
        "max_belly": int(monster["max_belly"]) / 1000,
        "types": [layout.enum_name("type", value) for value in monster["types"] if value],
        "abilities": [layout.enum_name("ability", value) for value in monster["abilities"] if value],
        "stats": dict(zip(STATS, monster["stats"].tolist(), strict=True)),
        "stages": dict(zip(STAGES, monster["stages"].tolist(), strict=True)),
        "speed_stage": int(monster["speed_stage"]),
        "held_item": _item(held) if held["id"] else None,
        "in_sight": bool(monster["in_sight"]),
    }


def _move(slot: int, move: Any) -> dict[str, Any]:
    flags = int(move["flags"])
    return {
        "slot": slot,
        "id": int(move["id"]),
        "name": layout.enum_name("move", move["id"]),
        "pp": int(move["pp"]),
        "boost": int(move["boost"]),
        "linked": bool(flags & 0x02),
        "enabled": bool(flags & 0x04),
        "set": bool(flags & 0x08),
    }


def _statuses(monster: Any) -> Any:
    from pmd_gym.ram import STATUS_GROUPS

    groups = zip(STATUS_GROUPS, monster["statuses"].tolist(), monster["status_turns"].tolist(), strict=True)
    for group, value, turns in groups:
        if value:
            name = "Muzzled" if group == "muzzled" else layout.enum_name(f"status_{group}", value)
            yield {"group": group, "name": name, "turns": turns}


def _item(item: Any) -> dict[str, Any]:
    """An item with its flags; of money, `amount` in Poke."""
    quantity, flags = int(item["quantity"]), int(item["flags"])
    named = {"id": int(item["id"]), "name": layout.enum_name("item", item["id"]), "quantity": quantity}
    amounts = layout.ram_map()["tables"]["money_by_quantity"]["values"]
    if item["id"] == _MONEY_ID and quantity < len(amounts):
        named["amount"] = amounts[quantity]
    return named | {name: bool(flags & bit) for name, bit in _ITEM_FLAGS.items()}


def _floor(state: Any) -> dict[str, Any]:
    """`items`, `traps`, `bag` and `rooms`, slots in use only."""
    return {
        "items": [
            {**_item(item["item"]), "x": int(item["x"]), "y": int(item["y"]), "known": bool(item["known"])}
            for item in state["items"]
            if item["exists"]
        ],
        "traps": [
            {
                "id": int(trap["trap"]["id"]),
                "name": layout.enum_name("trap", trap["trap"]["id"]),
                **{name: int(trap[name]) for name in ("x", "y")},
                "known": bool(trap["known"]),
            }
            for trap in state["traps"]
            if trap["exists"]
        ],
        "bag": [{"slot": slot, **_item(item)} for slot, item in enumerate(state["bag"]) if item["id"]],
        "rooms": [
            {
                "index": index,
                **{name: int(room[name]) for name in ("x_min", "y_min", "x_end", "y_end")},
                "discovered": bool(room["discovered"]),
            }
            for index, room in enumerate(state["rooms"])
            if room["exists"]
        ],
    }
