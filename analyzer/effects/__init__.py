"""What the instructions of a stage read and write, and which of them may change places."""

from __future__ import annotations

from ..shell.effects import ANY, Effects
from .commuting import commute, conflict, covers, overlap
from .stage import stage_effects, step_effects

__all__ = ["ANY", "Effects", "commute", "conflict", "covers", "overlap", "stage_effects", "step_effects"]
