"""Where a person's own files lie: keys in the configuration folder, pins in the state folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def config_folder() -> Path:
    """Keys: $XDG_CONFIG_HOME/textcrm, else the place of the system."""
    return _place("XDG_CONFIG_HOME", "APPDATA", "Library/Application Support", ".config")


def state_folder() -> Path:
    """Pins: $XDG_STATE_HOME/textcrm, else the place of the system."""
    return _place("XDG_STATE_HOME", "LOCALAPPDATA", "Library/Application Support", ".local/state")


def _place(xdg: str, windows: str, mac: str, other: str) -> Path:
    if given := os.environ.get(xdg):
        return Path(given) / "textcrm"
    if sys.platform == "win32" and (roaming := os.environ.get(windows)):
        return Path(roaming) / "textcrm"
    return Path.home() / (mac if sys.platform == "darwin" else other) / "textcrm"
