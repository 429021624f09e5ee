"""The textcrm program."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    import gc

    # Trees of records hold no cycles: looking for some every 700 objects is 5 % of a search.
    gc.set_threshold(50_000, 20, 20)
    from textcrm.cli.main import run

    _end(run(sys.argv[1:]))


def _end(code: int) -> NoReturn:
    """End the process as ``sys.exit`` does, but for taking all objects apart, a tenth of a search.

    What others asked to be done at the end is done, databases are closed, output is written. Where
    a thread still works or somebody watches (a debugger, a profiler), Python ends in its own way.
    """
    import atexit
    import os
    import threading

    finish = getattr(atexit, "_run_exitfuncs", None)
    watched = sys.gettrace() is not None or sys.getprofile() is not None
    if finish is None or watched or threading.active_count() > 1:
        sys.exit(code)
    try:
        if connections := sys.modules.get("textcrm.connection"):
            connections.close_all()
        finish()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - a reader that is gone, a full disk: said as always
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    main()
