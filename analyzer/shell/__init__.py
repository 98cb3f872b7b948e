"""What a RUN does, as far as its text says so for sure: commands, and the dependency installs among them."""

from .commands import Command, Opaque, ShellWord, commands
from .files import linked_paths, may_remove
from .installs import installs
from .manifests import is_manifest
from .runs import harmless, run_commands, run_text
from .tools import Install

__all__ = [
    "Command",
    "Install",
    "Opaque",
    "ShellWord",
    "commands",
    "harmless",
    "installs",
    "is_manifest",
    "linked_paths",
    "may_remove",
    "run_commands",
    "run_text",
]
