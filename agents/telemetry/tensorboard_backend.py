"""Records as TensorBoard event files, written by tensorboardX: no torch, no TensorBoard needed to write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agents.telemetry.digest import points
from agents.telemetry.measures import Measure, Remark
from pmd_gym.errors import ConfigError


class TensorBoardBackend:
    """Curves over `env_step` and `episode`; remarks as text."""

    name = "tensorboard"

    def __init__(self, folder: Path) -> None:
        """Writes to `folder`; ConfigError where tensorboardX is not installed."""
        try:
            from tensorboardX import SummaryWriter
        except ImportError as error:
            raise ConfigError(
                "telemetry to TensorBoard needs tensorboardX; install it with: pip install pmd_gym[tensorboard]"
            ) from error
        self._writer: Any = SummaryWriter(str(folder))

    def write(self, batch: list[Measure]) -> None:
        """See `Backend.write`."""
        for point in points(batch):
            for name, value in point.values.items():
                self._writer.add_scalar(name, value, point.at)
        for measure in batch:
            if isinstance(measure, Remark):
                self._writer.add_text("remark", measure.text, walltime=measure.at_s)
        self._writer.flush()

    def close(self) -> None:
        """See `Backend.close`."""
        self._writer.close()
