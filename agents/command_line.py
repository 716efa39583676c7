"""What the scripts' command lines share: how they complain, how they take Ctrl-C, and their exit codes."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

EXIT_MISTAKE, EXIT_INTERRUPTED = 2, 130


class Parser(argparse.ArgumentParser):
    """Complains in one line, as everything here does."""

    def error(self, message: str) -> NoReturn:
        """One line on stderr, exit code 2."""
        print(f"error: {message}; see --help", file=sys.stderr)
        raise SystemExit(EXIT_MISTAKE)


def parser_of(docstring: str | None) -> Parser:
    """A parser that teaches with a script's docstring: its first paragraph on top, the others below.

    Flags that are not given stay out of the result, so that a file's settings hold.
    """
    first, *others = (docstring or "").split("\n\n")
    return Parser(
        description=first, epilog="\n\n".join(others), formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS, allow_abbrev=False,
    )  # fmt: skip


@contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C calls `stop`, so that everything can be saved; a second one ends the process at once."""

    def ask(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
