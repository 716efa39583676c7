"""True sizes without weights have as many parameters as the published models; those that are built run."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from agents.inference.local.network import Network
from agents.inference.local.pictures import PictureFormat
from agents.inference.local.random_weights import SIZES, Dimensions, build, bytes_of, config_of, graph
from agents.inference.local.rows import Row
from pmd_gym.errors import ConfigError


@pytest.mark.parametrize(("size", "millions"), [("2B", 2127.5), ("4B", 4437.8), ("8B", 8767.1)])
def test_sizes_are_the_published_ones(size: str, millions: float) -> None:
    count = sum(parameter.numel() for parameter in {id(p): p for p in graph(size).parameters()}.values())
    assert count / 1e6 == pytest.approx(millions, abs=0.1)
    assert bytes_of(size, torch.bfloat16) == pytest.approx(2e6 * millions, rel=1e-3)
    assert bytes_of(size, torch.bfloat16, "nf4") < bytes_of(size, torch.bfloat16, "int8") < 2e6 * millions


def test_an_unknown_size_is_refused() -> None:
    with pytest.raises(ConfigError, match="2B, 4B, 8B"):
        config_of("3B")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Two would wait for each other on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Dimensions(128, 256, 2, 4, 2, 32, True, 64, 128, 2, 2, (0,), 1536, 256, 4096, (6, 5, 5), 1e4)
    monkeypatch.setitem(SIZES, "narrow", made)


@pytest.mark.parametrize("quantization", [None, "nf4", "int8"])
def test_a_built_model_reads_and_goes_on(narrow: None, quantization: Any) -> None:
    model = build("narrow", torch.float32, "cpu", quantization)
    assert not any(tensor.is_meta for tensor in (*model.parameters(), *model.buffers()))
    assert model.lm_head.weight is model.model.language_model.embed_tokens.weight
    image = int(config_of("narrow").image_token_id)
    shape, picture = PictureFormat(), torch.zeros(64, 64, 3, dtype=torch.uint8).numpy()
    with torch.inference_mode():
        network = Network(model, shape)
        text = network.read([Row((5, *[image] * 4, 6, 7), 0, picture, shape.grid(picture)), Row((5, 6))])
        network.go_on(text, [8, 9])
        logits = network.logits(text)
    assert logits.shape == (2, 1536)
    assert torch.isfinite(logits).all()
    assert not torch.allclose(logits[0], logits[1])
