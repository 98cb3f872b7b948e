"""What a build will find in a cache, and why not the rest."""

from .absences import absent
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
    "absent",
    "chain",
    "name",
    "predict",
    "root",
]
