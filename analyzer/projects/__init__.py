"""What an install step reads of a project: manifests, workspaces, setup.py and the imports of Python scripts.

Nothing of a project is ever run, and nothing outside of it is looked at. What reads all manifests of an install stands
in `needs`, which only fixes load.
"""

from __future__ import annotations

from .files import Project
from .workspaces import Workspace, workspace

__all__ = ["Project", "Workspace", "workspace"]
