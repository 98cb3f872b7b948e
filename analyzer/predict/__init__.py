"""What a build will find in a cache, and why not the rest."""

from .causes import Cause, CauseKind, chain, name, root
from .prediction import Prediction, Verdict, predict
from .report import Note, PlatformReport, PredictReport

__all__ = [
    "Cause",
    "CauseKind",
    "Note",
    "PlatformReport",
    "PredictReport",
    "Prediction",
    "Verdict",
    "chain",
    "name",
    "predict",
    "root",
]
