"""The tools that install dependencies: which commands do, what they read, where they keep what they download."""

from __future__ import annotations

from . import compiled, javascript, python, scripting, system
from .caches import CACHES, Cache, clears, download_folder
from .install import Install, Reader
from .system import package_install

READERS: dict[str, tuple[Reader, ...]] = {
    **python.READERS,
    **javascript.READERS,
    **compiled.READERS,
    **scripting.READERS,
    **system.READERS,
}
PYTHON_MODULE = python.MODULE

__all__ = [
    "CACHES",
    "PYTHON_MODULE",
    "READERS",
    "Cache",
    "Install",
    "Reader",
    "clears",
    "download_folder",
    "package_install",
]
