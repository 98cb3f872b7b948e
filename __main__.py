"""The program `dcache`, which is also `python -m dcache`."""

from __future__ import annotations

import gc
import os


def main() -> None:
    """Run the command line, and leave: taking the interpreter apart would be a twelfth of a short lint."""
    gc.set_threshold(50_000, 20, 20)  # most of what a run makes lives to its end: looking for garbage finds little
    from .cli.main import main as run

    try:
        run()
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 0)


if __name__ == "__main__":
    main()
