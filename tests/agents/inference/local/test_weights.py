"""Where models are found, what loading them says when it fails, and quantised ones on a CPU."""

from __future__ import annotations

import asyncio
import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from agents.inference.interface import ChoiceRequest, Prompt
from agents.inference.local import weights
from agents.inference.local.weights import Wish, find, hub_cache, load
from agents.inference.transformers import TransformersBackend
from pmd_gym.errors import ConfigError
from tests.doubles.small_model import folder

NAME = "unsloth/Qwen3-VL-2B-Instruct-unsloth-bnb-4bit"


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    """Two would wait for each other on a busy machine."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def medium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wide enough for blocks of 64 weights."""
    return folder(tmp_path_factory.mktemp("model"), "m")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HF_HOME": '"~/my models"'}, "~/my models/hub"),
        ({"HF_HOME": " '/big disk/hf' "}, "/big disk/hf/hub"),
        ({"HF_HOME": "/hf", "HF_HUB_CACHE": "~/cache"}, "~/cache"),
        ({"HF_HOME": '""', "XDG_CACHE_HOME": "/xdg"}, "/xdg/huggingface/hub"),
        ({}, "~/.cache/huggingface/hub"),
    ],
)
def test_the_cache_is_found_however_its_path_is_written(environ: dict[str, str], expected: str) -> None:
    assert hub_cache(environ) == Path(expected).expanduser()


def cached(home: Path, source: Path) -> Path:
    """The model as the hub's tools keep it."""
    model = home / "hub" / f"models--{NAME.replace('/', '--')}"
    shutil.copytree(source, model / "snapshots" / "abc")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("abc")
    return model / "snapshots" / "abc"


def test_a_name_is_found_in_the_cache_and_loads(tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "my models"
    expected = cached(home, small)
    monkeypatch.setenv("HF_HOME", f' "{home}" ')
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    assert find(NAME, {"HF_HOME": f"'{home}'"}) == expected
    assert load(NAME).model.config.text_config.hidden_size == 96


def test_a_missing_name_is_one_line_with_the_command_that_gets_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"hf download {NAME} --cache-dir '{tmp_path}/my models/hub'$") as raised:
        find(NAME, {"HF_HOME": f'"{tmp_path}/my models"'})
    assert "\n" not in str(raised.value)


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    for name, words in ((tmp_path / "no", "there is no model"), ("./no", "there is no model"), (tmp_path, "config")):
        with pytest.raises(ConfigError, match=words) as raised:
            find(name, {"HF_HOME": str(tmp_path)})
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("config", "words"),
    [("{", "does not describe"), ("[]", "does not describe"), ('{"model_type": "llama"}', "family 'llama'")],
)
def test_only_models_of_the_family_are_built(tmp_path: Path, small: Path, config: str, words: str) -> None:
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(ConfigError, match=words):
        load(tmp_path)


@pytest.mark.parametrize("damage", ["no weights", "torn weights", "no tokenizer", "pickle only"])
def test_a_broken_model_is_one_line(tmp_path: Path, small: Path, damage: str) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(small, broken)
    if damage in ("no weights", "pickle only"):
        (broken / "model.safetensors").unlink()
    if damage == "torn weights":
        (broken / "model.safetensors").write_bytes((small / "model.safetensors").read_bytes()[:1000])
    if damage == "no tokenizer":
        for path in broken.glob("tokenizer*"):
            path.unlink()
    if damage == "pickle only":
        torch.save({}, broken / "pytorch_model.bin")
    with pytest.raises(ConfigError, match="cannot be loaded") as raised:
        load(broken)
    assert "\n" not in str(raised.value)


def test_auto_is_what_suits_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (Wish(device="cpu").kind(), Wish(device="cpu").attend()) == (torch.float32, "sdpa")
    assert (Wish(device="cuda").kind(), Wish(device="cuda").attend()) == (torch.bfloat16, "sdpa")
    monkeypatch.setattr(weights, "find_spec", lambda name: object())
    assert Wish(device="cuda").attend() == "flash_attention_2"
    assert Wish(device="cuda", dtype="float32").attend() == "sdpa"
    assert Wish(device="cuda", attention="eager").attend() == "eager"
    assert Wish(device="cpu").attend() == "sdpa"
    with pytest.raises(ConfigError, match="dtype"):
        Wish(dtype="int7").kind()


def test_wrong_wishes_are_refused(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong: Any = "int3"
    with pytest.raises(ConfigError, match="nf4, int8"):
        load(small, Wish(quantization=wrong))
    with pytest.raises(ConfigError, match="blocks of 64"):
        load(small, Wish(quantization="nf4"))
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install -e '.\[quantized\]'"):
        load(small, Wish(quantization="int8"))


def chances(backend: TransformersBackend) -> np.ndarray[Any, Any]:
    picture = np.random.default_rng(2).integers(0, 256, (160, 240, 3), np.uint8)
    asked = [ChoiceRequest(Prompt(picture=picture, text=text), ("1", "2", "3")) for text in ("x", "x x x")]
    return np.stack([choice.log_probabilities for choice in asyncio.run(backend.choose(asked))])


@pytest.mark.parametrize(("quantization", "layer"), [("nf4", "Linear4bit"), ("int8", "Linear8bitLt")])
def test_quantised_on_the_fly_and_saved(medium: Path, tmp_path: Path, quantization: Any, layer: str) -> None:
    assert find_spec("bitsandbytes") is not None, "expected bitsandbytes; the extra [test] installs it"
    loaded = load(medium, Wish(device="cpu", quantization=quantization))
    kinds = {type(module).__name__ for module in loaded.model.model.language_model.modules()}
    assert layer in kinds
    assert "Linear" in {type(module).__name__ for module in loaded.model.model.visual.modules()}
    saved = tmp_path / "saved"
    shutil.copytree(medium, saved, ignore=shutil.ignore_patterns("model.safetensors", "config.json"))
    loaded.model.save_pretrained(saved)
    config = json.loads((saved / "config.json").read_text())
    config["quantization_config"]["bnb_4bit_compute_dtype"] = "bfloat16"  # as published models say
    (saved / "config.json").write_text(json.dumps(config))
    again = load(saved, Wish(device="cpu"))
    sums = {module.compute_dtype for module in again.model.modules() if type(module).__name__ == "Linear4bit"}
    assert sums <= {torch.float32}
    backends = [TransformersBackend(model, threads=1) for model in (medium, loaded, again)]
    whole, fly, read = (chances(backend) for backend in backends)
    np.testing.assert_allclose(fly, read, atol=1e-5)
    assert 0 < np.abs(whole - fly).max() < 0.5
    for backend in backends:
        backend.close()
    with pytest.raises(ConfigError, match="quantised already"):
        load(saved, Wish(device="cpu", quantization=quantization))
