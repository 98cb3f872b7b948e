"""How every command ends: its exit status, and one line on standard error where it could not do what it was asked."""

from __future__ import annotations

import sys
from collections.abc import Callable

from .. import __version__
from .output import write_line


def ended(run: Callable[[], int | None]) -> int:
    """The exit status of a command: its own, 2 for bad input, 3 for a fault of dcache, 130 where it is interrupted."""
    try:
        status = run()
        if sys.stdout:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        write_line(f"dcache: {error.filename or 'the output'}: {error.strerror}", err=True)
        return 2
    except Exception as error:
        return _failed(error)
    return status or 0


def _failed(error: Exception) -> int:
    from .errors import bad_input
    from .output import echo_lines

    told = bad_input(error)
    if told is not None:
        echo_lines(told.splitlines(), err=True)
        return 2
    import traceback

    traceback.print_exc()
    write_line(f"dcache: this is a fault of dcache {__version__}; please report it with the text above", err=True)
    return 3
