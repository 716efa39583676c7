"""Examples on disk and in numbers: what goes in comes out, and a picture is drawn again as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.policy.explorer import MOTIVES
from agents.training.samples import (
    MAX_TEXT,
    batches,
    cells,
    data_hash,
    goal_of,
    load_shard,
    motive_of,
    sample_of,
    shards,
    threat_of,
    write_shard,
)
from pmd_gym.errors import ConfigError
from pmd_gym.ram import decode
from pmd_gym.views import VIEWS, Moment, draw
from tests.doubles import scene
from tests.doubles.small_model import records


def test_the_picture_of_a_record_is_the_one_that_was_seen() -> None:
    moment = Moment(decode(scene.scene()), steps=(True, False) * 4)
    chart, route = moment.chart()
    assert chart is not None
    record = sample_of(chart, route, moment.steps, "words")
    assert np.array_equal(draw(cells(record)), VIEWS["grid"](moment))
    assert not np.array_equal(draw(cells(record, route=False)), VIEWS["grid"](moment))


def test_goal_and_threat_are_relative_to_the_leader() -> None:
    chart, route = Moment(decode(scene.scene())).chart()
    assert chart is not None
    assert chart.leader is not None
    x, y = chart.leader.x, chart.leader.y
    assert threat_of(chart) == (scene.ENEMY_NEAR[0] - x, scene.ENEMY_NEAR[1] - y)
    assert goal_of(chart, ()) == (0, 0)
    assert goal_of(chart, ((x + 1, y), (x + 2, y), (x + 9, y))) == (2, 0)
    assert goal_of(chart, route) != (0, 0)


def test_long_texts_are_cut() -> None:
    chart, route = Moment(decode(scene.scene())).chart()
    assert chart is not None
    assert len(sample_of(chart, route, (), "x" * 1000)["text"].item()) == MAX_TEXT


def test_shards_come_back_and_have_a_name_for_their_content(tmp_path: Path) -> None:
    made = records(6)
    write_shard(tmp_path, "b", made[:3])
    write_shard(tmp_path, "a", made[3:])
    assert [path.name for path in shards(tmp_path)] == ["a.npy", "b.npy"]
    assert np.array_equal(load_shard(tmp_path / "b.npy"), made[:3])
    before = data_hash(shards(tmp_path))
    assert before == data_hash(shards(tmp_path))
    write_shard(tmp_path, "b", made[2:3])
    assert data_hash(shards(tmp_path)) != before
    assert motive_of(made[0]) in MOTIVES


def test_a_pass_gives_every_record_once_in_whole_batches(tmp_path: Path) -> None:
    made = records(20)
    made["seed"] = np.arange(20)
    for part in range(5):
        write_shard(tmp_path, str(part), made[part * 4 : part * 4 + 4])
    passed = [batch["seed"].tolist() for batch in batches(shards(tmp_path), 6, seed=1)]
    assert [len(batch) for batch in passed] == [6, 6, 6]
    assert len({seed for batch in passed for seed in batch}) == 18
    assert passed != [batch["seed"].tolist() for batch in batches(shards(tmp_path), 6, seed=2)]


def test_folders_without_shards_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no shards"):
        shards(tmp_path)
    np.save(tmp_path / "x.npy", np.zeros(3))
    with pytest.raises(ConfigError, match="another layout"):
        load_shard(tmp_path / "x.npy")
