"""Records as a run of Weights & Biases; the only importer of wandb while a run goes.

wandb's own variables hold (`WANDB_MODE=offline`, `WANDB_PROJECT`, ...). The run's id stays in its folder, so that a
resumed run goes on in the same curves.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.telemetry.digest import points
from agents.telemetry.measures import Attached, EpisodeEnded, Measure, Remark
from pmd_gym.errors import ConfigError

RUN_ID = "wandb_id"
PROJECT = "pmd_gym"
AXES = {"env_step": ("decision/*", "stage/*", "skill/*", "loop/*", "dropped/*"), "episode": ("episode/*",)}
EPISODE_COLUMNS = ("episode", "seed", "outcome", "floor", "steps", "hp", "reward", "cause", "turns")


class WandbBackend:
    """Curves on two axes, a table of episodes, films, pictures with prompt and answer, files as artifacts."""

    name = "wandb"

    def __init__(
        self, folder: Path, config: Mapping[str, Any], *, group: str | None = None, job_type: str | None = None
    ) -> None:
        """Opens the run of `folder`, or goes on with it; ConfigError without wandb or where it refuses to start."""
        os.environ.setdefault(
            "WANDB_DISABLE_WEAVE", "true"
        )  # a package named `agents`, as ours, has it recommend Weave
        self._wandb = _wandb()
        settings = self._wandb.Settings(silent=True, console="off")
        try:
            self._run: Any = self._wandb.init(
                project=None if "WANDB_PROJECT" in os.environ else PROJECT, dir=str(folder), config=dict(config),
                id=_id(folder), resume="allow", group=group, job_type=job_type, name=folder.name, settings=settings,
            )  # fmt: skip
        except self._wandb.Error as error:
            raise ConfigError(
                f"wandb did not start: {error}; log in with `wandb login`, or set WANDB_MODE=offline"
            ) from error
        for axis, families in AXES.items():
            self._run.define_metric(axis)
            for family in families:
                self._run.define_metric(family, step_metric=axis)
        self._episodes: list[list[Any]] = []

    def write(self, batch: list[Measure]) -> None:
        """See `Backend.write`."""
        for point in points(batch):
            self._run.log({point.axis: point.at, **point.values})
        for measure in batch:
            if isinstance(measure, EpisodeEnded):
                self._episodes.append([getattr(measure, column) for column in EPISODE_COLUMNS])
            elif isinstance(measure, Attached):
                self._attach(measure)
            elif isinstance(measure, Remark):
                self._run.alert(title="remark", text=measure.text)

    def close(self) -> None:
        """See `Backend.close`: the table of episodes goes up as a whole."""
        if self._episodes:
            self._run.log({"episodes": self._wandb.Table(columns=list(EPISODE_COLUMNS), data=self._episodes)})
        self._run.finish()

    def _attach(self, file: Attached) -> None:
        if file.what == "artifact":
            artifact = self._wandb.Artifact(file.name, type="file", description=file.caption)
            artifact.add_file(file.path)
            self._run.log_artifact(artifact)
            return
        media = self._wandb.Video if file.what == "film" else self._wandb.Image
        self._run.log({file.name: media(file.path, caption=file.caption), "env_step": file.step})


def _id(folder: Path) -> str:
    """The id of the folder's run, made on first use."""
    path = folder / RUN_ID
    if not path.is_file():
        path.write_text(secrets.token_hex(4))
    return path.read_text().strip()


def _wandb() -> Any:
    try:
        import wandb
    except ImportError as error:
        raise ConfigError("telemetry to W&B needs wandb; install it with: pip install pmd_gym[wandb]") from error
    return wandb
