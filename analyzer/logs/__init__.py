"""What a real build printed: its steps, and what the engine did with each."""

from .logged import EXECUTED, HELD, BuildLog, LoggedStep, StepName, Verdict
from .reading import LogReader

__all__ = ["EXECUTED", "HELD", "BuildLog", "LogReader", "LoggedStep", "StepName", "Verdict"]
