"""What an install reads of a project, file by file, and what it writes beside it; or why that is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...shell import Install
from ..files import Project
from . import compiled, haskell, javascript, python, rust, scala, scripting, system
from .asked import Asked, Needs, Refusal, Unknown

__all__ = ["Needs", "Refusal", "needs"]

_READERS: dict[str, Callable[[Asked], Needs]] = {
    **compiled.READERS,
    **javascript.READERS,
    **python.READERS,
    **haskell.READERS,
    **rust.READERS,
    **scala.READERS,
    **scripting.READERS,
    **system.READERS,
}
# What says in an environment that programs choose their versions by files of the project.
_SHIMS = "PYENV_ROOT ASDF_DIR ASDF_DATA_DIR MISE_DATA_DIR RBENV_ROOT NODENV_ROOT JENV_ROOT GOENV_ROOT".split()


def needs(
    install: Install, folder: str, project: Project, environment: Mapping[str, str] | None = None
) -> Needs | Refusal:
    """What an install reads of the project and writes into it; a Refusal where that is not surely known.

    The project's root is that of the image: absolute paths lead into it. `folder` is where in it the install runs,
    `environment` the variables that are set for it.
    """
    known = dict(environment or {})
    known |= {
        name: value for name, _, value in (word.text.partition("=") for word in install.command.assignments) if name
    }
    asked = Asked(install, folder, project, known)
    reader = _READERS.get(install.tool)
    try:
        if install.local:
            raise Unknown(f"`{install.name}` takes in what lies in the project itself")
        if reader is None:
            raise Unknown(f"what `{install.name}` reads of a project is not known")
        shim = next((name for name in _SHIMS if name in known), None)
        if shim is not None:
            raise Unknown(f"`{shim}` is set: programs choose their versions by files of the project")
        found = reader(asked)
    except Unknown as why:
        return Refusal(_told(str(why), folder))
    return found._replace(
        files=tuple(dict.fromkeys(found.files)),
        writes=tuple(dict.fromkeys(found.writes)),
        stubs=tuple(dict.fromkeys(found.stubs)),
        assumes=tuple(dict.fromkeys(_told(one, folder) for one in found.assumes)),
    )


def _told(text: str, folder: str) -> str:
    """A message with paths as the install sees them: from the folder that it runs in."""
    return text.replace(f"`{folder}/", "`") if folder else text
