"""The program `dcache`, which is also `python -m dcache`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line, and leave: taking the interpreter apart would be a twelfth of a short lint."""
    gc.set_threshold(50_000, 20, 20)  # most of what a run makes lives to its end: looking for garbage finds little
    arguments = sys.argv[1:]
    try:
        if _is_plain(arguments):
            from .cli.linting import main as lint

            lint(arguments[1:])
        from .cli.main import main as run

        run(arguments)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 0)


def _is_plain(arguments: list[str]) -> bool:
    """Whether a command line is `lint` and paths alone; where the shell does not expand patterns, click has to."""
    paths_only = arguments[:1] == ["lint"] and not any(one.startswith("-") for one in arguments)
    return paths_only and os.name == "posix" and "_DCACHE_COMPLETE" not in os.environ


if __name__ == "__main__":
    main()
