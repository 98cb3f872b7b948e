"""What programs read and write: a table of those that are known, by what they are for."""

from __future__ import annotations

from . import accounts, fetching, files, languages, packages, plain, streams
from .call import Program

PROGRAMS: dict[str, Program] = {
    **plain.PROGRAMS,
    **files.PROGRAMS,
    **streams.PROGRAMS,
    **fetching.PROGRAMS,
    **accounts.PROGRAMS,
    **packages.PROGRAMS,
    **languages.PROGRAMS,
}

__all__ = ["PROGRAMS", "Program"]
