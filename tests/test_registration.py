"""`gymnasium.make`, `make_vec`, the spec, and how little `import pmd_gym` costs."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import gymnasium
import pytest
from gymnasium.vector import AutoresetMode

import pmd_gym
from pmd_gym.env import PMDRedEnv
from pmd_gym.vector_env import PMDRedVectorEnv

ROOT = Path(__file__).resolve().parent.parent


def test_make_gives_the_environment_with_the_simulator_as_default() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make("PMDRed-v0")
        env.reset(seed=1)
        env.step(0)
    assert isinstance(env.unwrapped, PMDRedEnv)
    env.close()


def test_make_by_module_name_works_in_a_fresh_process() -> None:
    code = "import gymnasium; env = gymnasium.make('pmd_gym:PMDRed-v0'); print(type(env.unwrapped).__name__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.stdout.strip(), done.returncode) == ("PMDRedEnv", 0), done.stderr


def test_make_vec_uses_the_native_vector_form() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        envs = gymnasium.make_vec("PMDRed-v0", num_envs=3, autoreset_mode="SameStep")
    assert isinstance(envs, PMDRedVectorEnv)
    assert envs.num_envs == 3
    assert envs.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    assert PMDRedVectorEnv.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    observations, _ = envs.reset(seed=1)
    assert observations in envs.observation_space
    envs.close()


def test_the_spec_survives_pickle_and_json() -> None:
    env = gymnasium.make("PMDRed-v0", max_steps=9, reward={"floors": 2.0})
    spec = env.spec
    assert spec is not None
    assert pickle.loads(pickle.dumps(spec)) == spec
    again = gymnasium.make(gymnasium.envs.registration.EnvSpec.from_json(spec.to_json()))
    assert again.spec.kwargs == {"max_steps": 9, "reward": {"floors": 2.0}}
    env.close()
    again.close()


def test_public_names_are_there_and_unknown_ones_are_not() -> None:
    for name in pmd_gym.__all__:
        assert getattr(pmd_gym, name) is not None
        assert name in dir(pmd_gym)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        pmd_gym.nothing  # noqa: B018
    assert len(pmd_gym.ACTIONS) == 63


def test_importing_loads_no_heavy_module() -> None:
    code = "import sys, pmd_gym; print([m for m in ('numba', 'torch', 'websockets', 'mss', 'PIL') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
