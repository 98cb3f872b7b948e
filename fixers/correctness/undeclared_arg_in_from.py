"""Writes the declared argument whose name is nearest. Not safe: another one may be meant.

Where no declared name is near, nothing is changed.
"""

from __future__ import annotations

from ..misspelt import respelt

fixes = respelt
