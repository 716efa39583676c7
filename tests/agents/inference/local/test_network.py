"""The network gives what the model's own `forward` and `generate` give, with and without what is kept and shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from transformers import Qwen3VLForConditionalGeneration

from agents.inference.local.network import Network
from agents.inference.local.pictures import PictureFormat
from agents.inference.local.rows import Row
from agents.inference.local.trie import Trie
from agents.inference.local.vision import Eye
from agents.inference.local.writing import Line, write
from agents.training.model import SIZES, config_of
from agents.training.tokenizer import train_tokenizer

FORMAT = PictureFormat()
END = 2
RULES = tuple(range(300, 330))


def fresh_model() -> Any:
    """The small size with random weights, the same ones each time."""
    torch.manual_seed(5)
    loaded: Any = Qwen3VLForConditionalGeneration
    return loaded(config_of(SIZES["s"], train_tokenizer(["a few words"] * 40))).eval()


@pytest.fixture(scope="module", autouse=True)
def no_gradients() -> Iterator[None]:
    """And one thread: two would wait for each other on a busy machine."""
    torch.set_num_threads(1)
    with torch.inference_mode():
        yield


@pytest.fixture(scope="module")
def model() -> Any:
    """Untouched, as transformers runs it."""
    return fresh_model()


@pytest.fixture
def network() -> Network:
    return Network(fresh_model(), FORMAT)


def row(words: int, seed: int = 0, size: tuple[int, int] | None = (64, 96), rules: tuple[int, ...] = ()) -> Row:
    random = np.random.default_rng(seed)
    picture = None if size is None else random.integers(0, 256, (*size, 3), np.uint8)
    own = random.integers(20, 300, words).tolist()
    cells = [] if picture is None else [image_token()] * FORMAT.tokens(picture)
    grid = (0, 0) if picture is None else FORMAT.grid(picture)
    return Row((*rules, *own[:2], *cells, *own[2:]), len(rules), picture, grid)


def image_token() -> int:
    return int(config_of(SIZES["s"], train_tokenizer(["a few words"] * 40)).image_token_id)


def inputs(asked: Row) -> dict[str, torch.Tensor]:
    """What `forward` takes for one prompt."""
    ids = torch.tensor([asked.ids])
    made = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if asked.picture is not None:
        frame = torch.from_numpy(FORMAT.patches([asked.picture])).reshape(-1, 3, 1, 256)
        made["pixel_values"] = frame.expand(-1, -1, 2, -1).reshape(len(frame), -1)
        made["image_grid_thw"] = torch.tensor([[1, *asked.grid]])
        made["mm_token_type_ids"] = (ids == image_token()).int()
    return made


def expected_logits(model: Any, rows: list[Row]) -> torch.Tensor:
    return torch.cat([model(**inputs(asked)).logits[:, -1] for asked in rows])


@pytest.mark.parametrize("sizes", [[(64, 96), (64, 96), (64, 96)], [(64, 96), (32, 64), (160, 240)]])
def test_the_eye_sees_what_the_model_sees(model: Any, sizes: list[tuple[int, int]]) -> None:
    rows = [row(3, seed, size) for seed, size in enumerate(sizes)]
    expected = [model.model.get_image_features(inputs(r)["pixel_values"], inputs(r)["image_grid_thw"]) for r in rows]
    pictures = [asked.picture for asked in rows if asked.picture is not None]
    seen = Eye(fresh_model().model.visual).see(
        torch.from_numpy(FORMAT.patches(pictures)), [asked.grid for asked in rows]
    )
    torch.testing.assert_close(
        seen.pooler_output[0], torch.cat([one.pooler_output[0] for one in expected]), atol=1e-5, rtol=0
    )
    for number, layer in enumerate(seen.deepstack_features):
        theirs = torch.cat([one.deepstack_features[number][0] for one in expected])
        torch.testing.assert_close(layer[0], theirs, atol=1e-5, rtol=0)


def test_a_batch_of_any_prompts_gives_what_forward_gives(model: Any, network: Network) -> None:
    rows = [row(5), row(12, 1, (160, 240)), row(9, 2, None), row(3, 3)]
    read = network.read(rows, go_on=False)
    torch.testing.assert_close(network.logits(read), expected_logits(model, rows), atol=1e-5, rtol=0)
    assert read.lengths == tuple(len(asked.ids) for asked in rows)
    assert read.cache is None


def test_a_shared_beginning_changes_nothing_and_is_read_once(model: Any, network: Network) -> None:
    seen: list[int] = []
    network._model.model.language_model.register_forward_pre_hook(  # what is read, in tokens
        lambda module, args, kwargs: seen.append(kwargs["inputs_embeds"].shape[1]), with_kwargs=True
    )
    for seed in (1, 11):
        rows = [row(5, seed, rules=RULES), row(12, seed + 1, rules=RULES), row(9, seed + 2, None, rules=RULES)]
        expected = expected_logits(model, rows)
        torch.testing.assert_close(network.logits(network.read(rows)), expected, atol=1e-5, rtol=0)
    longest = max(len(asked.ids) for asked in rows) - len(RULES)
    assert seen == [len(RULES), longest, longest]
    seen.clear()
    network.read(rows, share=False)
    network.forget()
    network.read(rows)
    assert seen == [longest + len(RULES), len(RULES), longest]


def test_short_or_different_beginnings_are_not_shared(model: Any, network: Network) -> None:
    for rows in (
        [row(5, 1, rules=RULES[:8]), row(6, 2, rules=RULES[:8])],
        [row(5, 1, rules=RULES), row(6, 2, rules=RULES[::-1])],
    ):
        read = network.read(rows)
        torch.testing.assert_close(network.logits(read), expected_logits(model, rows), atol=1e-5, rtol=0)
    assert not network._kept


def test_only_the_latest_beginnings_are_kept(network: Network) -> None:
    for first in range(6):
        network.read([row(4, rules=tuple(range(20 + first, 50 + first)))])
    assert [shared[0] for shared in network._kept] == [22, 23, 24, 25]


@pytest.mark.parametrize("rules", [(), RULES])
def test_going_on_gives_what_the_whole_text_gives(model: Any, network: Network, rules: tuple[int, ...]) -> None:
    rows = [row(5, 1, rules=rules), row(12, 2, (160, 240), rules), row(9, 3, None, rules)]
    read = network.read(rows)
    network.go_on(read, [40, 41, 42])
    read.keep([2, 0, 0])
    network.go_on(read, [50, 51, 52])
    longer = [
        Row((*rows[base].ids, first, last), 0, rows[base].picture, rows[base].grid)
        for base, first, last in ((2, 42, 50), (0, 40, 51), (0, 40, 52))
    ]
    torch.testing.assert_close(network.logits(read), expected_logits(model, longer), atol=1e-5, rtol=0)
    assert read.lengths == tuple(len(asked.ids) for asked in longer)


def test_greedy_text_is_that_of_generate(model: Any, network: Network) -> None:
    rows = [row(5, 1), row(12, 2, (160, 240)), row(9, 3, None)]
    lines = [Line(most) for most in (12, 5, 9)]
    write(network, network.read(rows), lines, frozenset({END}), torch.Generator())
    for asked, line in zip(rows, lines, strict=True):
        made = model.generate(
            **inputs(asked), max_new_tokens=line.most, do_sample=False, eos_token_id=END, pad_token_id=END
        )
        written = made[0, len(asked.ids) :].tolist()
        assert line.tokens == (written[: written.index(END)] if END in written else written)


def test_lines_end_each_by_its_own_rule(network: Network) -> None:
    asked = row(5, 1)
    free = Line(8)
    write(network, network.read([asked]), [free], frozenset({END}), torch.Generator())
    stopped = Line(8, is_done=lambda tokens: tokens[-1] == free.tokens[2])
    bound = Line(8, trie=Trie([(70, 71, 72)], END))
    short = Line(8, trie=Trie([(70,), (70, 71)], END))
    lines = [Line(1), stopped, bound, short, Line(8)]
    write(network, network.read([asked] * 5), lines, frozenset({END}), torch.Generator())
    first = free.tokens.index(free.tokens[2]) + 1
    assert [line.tokens for line in lines[:3]] == [free.tokens[:1], free.tokens[:first], [70, 71, 72]]
    assert lines[3].tokens in ([70], [70, 71])
    assert lines[4].tokens == free.tokens


def test_the_probability_of_a_text_is_the_models(model: Any, network: Network) -> None:
    asked, line = row(5, 1), Line(3, trie=Trie([(70, 71, 72)], END))
    write(network, network.read([asked]), [line], frozenset({END}), torch.Generator())
    whole = inputs(Row((*asked.ids, 70, 71, 72), 0, asked.picture, asked.grid))
    chances = torch.log_softmax(model(**whole).logits[0, -4:-1], dim=-1)
    assert line.log_probability == pytest.approx(
        sum(float(chances[n, t]) for n, t in enumerate((70, 71, 72))), abs=1e-4
    )


def test_dice_are_thrown_where_there_is_a_temperature(network: Network) -> None:
    def written(seed: int) -> list[list[int]]:
        lines = [Line(6, 1.0), Line(6, 1.0), Line(6), Line(2, 1.0, Trie([(70,), (71,), (72,)], END))]
        write(network, network.read([row(5, 1)] * 4), lines, frozenset({END}), torch.Generator().manual_seed(seed))
        return [line.tokens for line in lines]

    first, again, other = written(1), written(1), written(2)
    assert first == again != other
    assert first[0] != first[1]
    assert first[2] == other[2]
    assert {written(seed)[3][0] for seed in range(12)} == {70, 71, 72}
