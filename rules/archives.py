"""Files that ADD unpacks, by their names."""

from __future__ import annotations

_ENDINGS = tuple(".tar .Z .bz2 .gz .lz .lzma .tZ .tb2 .tbz .tbz2 .tgz .tlz .tpz .txz .xz .zst .tzst".split())


def is_archive(path: str) -> bool:
    """Whether a file is an archive by its name."""
    return path.endswith(_ENDINGS)
