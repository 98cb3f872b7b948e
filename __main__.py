"""The program `dcache`, which is also `python -m dcache`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line, and leave: taking the interpreter apart would be a twelfth of a short lint."""
    gc.set_threshold(50_000, 20, 20)  # most of what a run makes lives to its end: looking for garbage finds little
    from .cli.main import main as run

    status: object = 0
    try:
        run()
    except SystemExit as end:
        status = end.code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass  # the reader has gone: no fault of anyone's
    except OSError as error:
        os.write(2, f"dcache: the output: {error.strerror}\n".encode())
        status = 2
    os._exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
