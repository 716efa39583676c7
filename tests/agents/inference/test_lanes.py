"""Turns between callers and kinds, against a plain oracle that sorts instead of keeping lanes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.inference.lanes import Kind, Lanes

Waiting = list[tuple[int, int]]
"""(caller, number of the row) of one kind in the order of arrival."""


class Oracle:
    """Each caller has the number of the turn in which it may next be served; who has the lowest is served."""

    def __init__(self) -> None:
        self.rows: Waiting = []
        self.turn: dict[int, int] = {}
        self.turns = 0

    def add(self, caller: int, row: int) -> None:
        if all(other != caller for other, _ in self.rows):
            self._back(caller)
        self.rows.append((caller, row))

    def take(self, count: int) -> list[int]:
        taken = []
        while self.rows and len(taken) < count:
            caller, row = min(self.rows, key=lambda waiting: (self.turn[waiting[0]], self.rows.index(waiting)))
            self.rows.remove((caller, row))
            self._back(caller)
            taken.append(row)
        return taken

    def _back(self, caller: int) -> None:
        self.turns += 1
        self.turn[caller] = self.turns


ADD = st.tuples(st.just("add"), st.integers(0, 3))
TAKE = st.tuples(st.just("take"), st.integers(1, 5))
REMOVE = st.tuples(st.just("remove"), st.integers(0, 20))


@given(st.lists(ADD | TAKE | REMOVE, max_size=60))
def test_rows_leave_in_turns(events: list[tuple[str, int]]) -> None:
    lanes: Lanes[int] = Lanes()
    oracle = Oracle()
    for row, (event, number) in enumerate(events):
        if event == "add":
            lanes.add(Kind.CHOOSE, number, row)
            oracle.add(number, row)
        elif event == "take":
            assert lanes.take(Kind.CHOOSE, number) == oracle.take(number)
        elif oracle.rows:
            caller, gone = oracle.rows.pop(number % len(oracle.rows))
            lanes.remove(Kind.CHOOSE, caller, gone)
            lanes.remove(Kind.CHOOSE, caller, gone)
        assert len(lanes) == lanes.waiting(Kind.CHOOSE) == len(oracle.rows)
        assert sorted(lanes.rows(Kind.CHOOSE)) == sorted(row for _, row in oracle.rows)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=6), st.integers(1, 4))
def test_a_caller_is_passed_by_at_most_one_row_of_each_other(counts: list[int], batch: int) -> None:
    lanes: Lanes[tuple[int, int]] = Lanes()
    for caller, rows in enumerate(counts):
        for row in range(rows):
            lanes.add(Kind.CHOOSE, caller, (caller, row))
    lanes.add(Kind.CHOOSE, 99, (99, 0))
    order: list[tuple[int, int]] = []
    while lanes:
        order += lanes.take(Kind.CHOOSE, batch)
    assert order.index((99, 0)) == len(counts)
    for caller, rows in enumerate(counts):
        assert [row for owner, row in order if owner == caller] == [*range(rows)]


def test_the_kind_served_longest_ago_is_next_if_it_is_ready() -> None:
    lanes: Lanes[int] = Lanes()
    assert lanes.due(lambda kind: True) is None
    for row in range(6):
        lanes.add(Kind.CHOOSE, 0, row)
        lanes.add(Kind.EMBED, 0, row)
    served = []
    for _ in range(4):
        kind = lanes.due(lambda kind: True)
        assert kind is not None
        served.append(kind)
        lanes.take(kind, 1)
    assert served == [Kind.CHOOSE, Kind.EMBED] * 2
    assert lanes.due(lambda kind: kind is Kind.EMBED) is Kind.EMBED
    assert lanes.due(lambda kind: kind is Kind.GENERATE) is None
