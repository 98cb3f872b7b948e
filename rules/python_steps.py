"""What a RUN step that runs or installs Python of the project reads of the context."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from itertools import islice

from ..analyzer.context import ContextError, paths
from ..analyzer.graph import Step
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.projects.scripts import Reads
from ..analyzer.shell import Command, Install
from .brought import Brought, ContextProject, context_path
from .facts import BuildContext

# Packages that fetch something, and that run no module of a project that is not imported; those beside them are known
# to look at nothing of a project either.
_FETCH = frozenset(
    """
    requests httpx urllib3 aiohttp huggingface_hub transformers sentence_transformers diffusers torch torchvision
    torchaudio tensorflow tensorflow_hub keras nltk spacy whisper faster_whisper easyocr paddleocr timm gdown boto3 wget
    datasets fastembed stanza flair rembg insightface ultralytics tiktoken playwright webdriver_manager modelscope
    """.split()
)
_QUIET = frozenset("numpy tqdm yaml dotenv click typing_extensions packaging rich colorama attr PIL scipy".split())
_FETCHES_ITSELF = ("urllib.request", "http.client", "ftplib")
_NOT_COUNTED = ("license", "licence", "copying", "notice", "authors", "readme", "dockerfile", "containerfile", ".")
_MOST_LOOKED_AT = 2000


class Narrow(NamedTuple):
    """A step that reads less than is copied before it: `name` is the command in short, `reads` paths of the context."""

    name: str
    command: Command
    reads: tuple[str, ...]


def fetching_script(
    command: Command, step: Step, sources: Iterable[Brought], context: BuildContext, project: ContextProject
) -> Narrow | None:
    """A Python script of the context that fetches something, where all that it reads of the context is known."""
    script = _script(command)
    if script is None:
        return None
    from ..analyzer.projects.scripts import script_reads

    path = _first(sources, posixpath.join(step.scope.workdir, script), project)
    if path is None:
        return None
    arguments = [word.text for word in command.words[2:]]
    read = script_reads(path, project, arguments)
    if read is None or any("$" in word for word in arguments) or not read.modules <= _FETCH | _QUIET:
        return None
    text = project.text(path) or ""
    if read.modules.isdisjoint(_FETCH) and not any(name in text for name in _FETCHES_ITSELF):
        return None
    return Narrow(f"{command.program} {script}", command, _shown(read)) if _more(read, sources, context) else None


def narrow_package(
    install: Install, step: Step, sources: Iterable[Brought], context: BuildContext, project: ContextProject
) -> Narrow | None:
    """An install of the project itself, where all that it reads of the context is known."""
    place = _package(install)
    if place is None:
        return None
    from ..analyzer.projects.packages import package_reads

    path = posixpath.join(step.scope.workdir, install.folder, place)
    manifests = ("setup.py", "pyproject.toml", "setup.cfg")
    found = next((_first(sources, posixpath.join(path, name), project) for name in manifests), None)
    if found is None:
        return None
    read = package_reads(posixpath.dirname(found), project)
    if read is None or not _more(read, sources, context):
        return None
    return Narrow(f"{install.name} {place}" if install.tool == "pip" else install.name, install.command, _shown(read))


def _script(command: Command) -> str | None:
    if not command.program.startswith(("python", "pypy")) or len(command.words) < 2:
        return None
    word = command.words[1]
    name = word.text.rpartition("/")[2]
    return word.text if word.fixed and name.endswith(".py") and name not in ("setup.py", "manage.py") else None


def _package(install: Install) -> str | None:
    """The folder that an install of pip names as the project; None where it installs something besides."""
    if install.tool == "setup.py":
        return "."
    if install.tool not in ("pip", "uv pip") or install.files:
        return None
    words = [word.text for word in install.command.words[1:]]
    bare = [word.partition("[")[0].rstrip("/") for word in words]
    named = [word for word in bare if word in (".", "..") or word.startswith("/")]
    return named[0] if len(named) == 1 else None


def _first(sources: Iterable[Brought], path: str, project: ContextProject) -> str | None:
    for one in sources:
        found = context_path(one, path)
        if found is not None and project.text(found) is not None:
            return found
    return None


def _more(read: Reads, sources: Iterable[Brought], context: BuildContext) -> bool:
    """Whether the broad sources bring files that are not read."""
    from ..analyzer.projects.packages import covered

    try:
        return any(
            node.kind == "file"
            and not path.rpartition("/")[2].lower().startswith(_NOT_COUNTED)
            and not covered(path, read)
            for one in sources
            if one.is_broad
            for path, node in islice(paths(context.context, one.taken), _MOST_LOOKED_AT)
        )
    except ContextError:
        return False


def _shown(read: Reads) -> tuple[str, ...]:
    """The paths that are read, those left out that lie in a folder which is read."""
    return tuple(sorted(path for path in read.files if not any(path.startswith(other + "/") for other in read.files)))
