"""Other processes: whose script uses the library sees it run once, however processes begin."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from ready_made import created

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import multiprocessing, sys
with open("told", "a", encoding="utf-8") as told:
    told.write("once\\n")
multiprocessing.set_start_method({method!r}, force=True)
from textcrm import Vault
from textcrm.catalog import reading
reading._MANY = 1
reading.os.cpu_count = lambda: 2
whole = reading._elsewhere
began = []
def elsewhere(*given):
    began.append(1)
    yield from whole(*given)
reading._elsewhere = elsewhere
vault = Vault.open("vault")
assert len(list(vault.docs())) == 3, vault.broken
assert began
assert sys.modules["__main__"].__file__
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_script_without_a_guard_runs_once(method: str, tmp_path: Path) -> None:
    created(tmp_path / "vault")
    for number in range(3):
        file = tmp_path / "vault" / "customers" / f"C2024050100{number}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"name: {number}\n", encoding="utf-8")
    (tmp_path / "script.py").write_text(SCRIPT.format(method=method), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,  # it would never end where each process begins others
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "told").read_text(encoding="utf-8") == "once\n"
