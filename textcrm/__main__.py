"""The textcrm program."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    import gc

    # Trees of records hold no cycles: looking for some every 700 objects is 5 % of a search.
    gc.set_threshold(50_000, 20, 20)
    from textcrm.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
