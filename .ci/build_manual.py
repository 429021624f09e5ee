"""Puts the manual pages, made of the program's own help, into a wheel (a build hook of hatch)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = {"en": "share/man/man1", "zh": "share/man/zh_CN/man1"}


class ManualHook(BuildHookInterface):  # type: ignore[type-arg]
    """Generates ``textcrm.1`` in both languages; ``man textcrm`` finds them once installed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the pages, unless it is an editable install."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from textcrm.cli.main import manual
        finally:
            sys.path.remove(self.root)
        self._folder = tempfile.TemporaryDirectory()
        for language, place in PAGES.items():
            file = Path(self._folder.name) / f"textcrm.{language}.1"
            file.write_text(manual(language), encoding="utf-8", newline="\n")  # type: ignore[arg-type]
            build_data["shared_data"][str(file)] = f"{place}/textcrm.1"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the pages away again."""
        del version, build_data, artifact_path
        if hasattr(self, "_folder"):
            self._folder.cleanup()
