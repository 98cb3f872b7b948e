"""What a RUN does, as far as its text says so for sure: commands, and the dependency installs among them."""

from .chains import changes_shell, is_repeatable, links
from .commands import Command, Opaque, ShellWord, commands
from .files import linked_paths, may_remove
from .installs import installs
from .manifests import is_manifest
from .options import named, switches
from .runs import harmless, places, run_commands, run_text
from .tools import CACHES, Cache, Install, clears, download_folder, package_install
from .variables import is_common, is_implicit

__all__ = [
    "CACHES",
    "Cache",
    "Command",
    "Install",
    "Opaque",
    "ShellWord",
    "changes_shell",
    "clears",
    "commands",
    "download_folder",
    "harmless",
    "installs",
    "is_common",
    "is_implicit",
    "is_manifest",
    "is_repeatable",
    "linked_paths",
    "links",
    "may_remove",
    "named",
    "package_install",
    "places",
    "run_commands",
    "run_text",
    "switches",
]
