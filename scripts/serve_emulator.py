#!/usr/bin/env python
"""Serve one emulator over WebSocket; see `--help`. The same as `python -m pmd_gym.emulator.server`."""

from __future__ import annotations

import sys

from pmd_gym.emulator.server import main

if __name__ == "__main__":
    sys.exit(main())
