"""A year of use in short; TEXTCRM_SOAK=full plays all of its days (about half an hour)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="commands are forks, kills are POSIX's")
def test_a_year_of_use(tmp_path: Path) -> None:
    full = os.environ.get("TEXTCRM_SOAK") == "full"
    size = ["--days", "20", "--deeds", "3"] if full else ["--days", "1", "--deeds", "3"]
    source = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, str(HERE / "soaking.py"), str(tmp_path / "year"), *size, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": source},
    )
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout)
    assert figures["wrong"] == []
    assert figures["kills"] >= 10
    assert figures["edits_after_kills"] >= 1
    assert figures["pushes_refused"] >= 1
    assert figures["conflicts"] >= 1
    seen = figures["by_command"]
    for kind in ("add", "log", "set", "import", "merge", "undo", "rekey", "archive", "save", "rm"):
        assert seen.get(kind), kind
