"""What an install step reads of a project: manifests, workspaces, setup.py and the imports of Python scripts.

Nothing of a project is ever run, and nothing outside of it is looked at.
"""

from __future__ import annotations

from .files import Project
from .needs import Needs, Refusal, needs
from .workspaces import Workspace, workspace

__all__ = ["Needs", "Project", "Refusal", "Workspace", "needs", "workspace"]
