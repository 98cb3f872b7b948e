"""Why the place that a copy goes to makes it matter what was there before."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from ..analyzer.dockerfile.syntax import Copy
from ..analyzer.graph import CopyOp, Step
from ..analyzer.graph.steps import Assignment
from ..analyzer.projects.scripts import shadow
from ..analyzer.shell import is_implicit
from .apart import Ground
from .landings import Landed, Landing
from .manifests import MOST_LINES, is_plain

# Directories of an image that installs write into, and below which a project may lie all the same.
_SYSTEM = frozenset(
    "bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var go".split()
)
_PROJECTS = re.compile(
    r"usr/src/.+|usr/src|usr/app(?:/.*)?|usr/local/app(?:/.*)?|var/(?:www|task|app)(?:/.*)?|srv(?:/.*)?|mnt/.+|media/.+|go/src(?:/.*)?|"
    r"opt/(?!conda|venv|java|poetry|pipx|nvidia|intel|rocm|microsoft|bitnami|node|go\b|rust|cargo|dotnet)[^/]+(?:/.*)?|"
    r"home/[^/]+/[^.].*|root/[^.].*|tmp/[^.].*"
)
# Names in a home directory that tools read or write by themselves.
_PERSONAL = re.compile(
    r"\.(?:cache|config|local|npm|npmrc|yarn|yarnrc|yarnrc\.yml|pip|bundle|gem|gemrc|cargo|rustup|m2|gradle|nuget|dotnet|composer|"
    r"hex|mix|pub-cache|stack|cabal|conda|condarc|bash\w*|profile|netrc|gitconfig|ssh|node-gyp|pnpm-store|pypirc|pydistutils\.cfg|"
    r"docker|aws|kube|java|swiftpm|R|Rprofile|Renviron|curlrc|wgetrc|gnupg|bun|deno|node_repl_history|zshrc)|go|snap"
)


def place_fault(
    ground: Ground, landed: Landed, step: Step, moved: Sequence[Step], brought: Sequence[tuple[str, Landing, str]]
) -> str | None:
    """Why moving copies below an install may change the image by where they go to; None where it does not.

    `brought` are the files that are copied before: where each lies in the image, its landing, its path in the context.
    """
    first = {path for path, _, _ in brought}
    for root in ground.roots:
        fault = _system_fault(root.strip("/"), ground, first)
        if fault is not None:
            return fault
    for variable in step.scope.env:
        fault = _variable_fault(variable, step, ground, first)
        if fault is not None:
            return fault
    for place, _, path in brought:
        if not is_plain(path) or posixpath.basename(path) != posixpath.basename(place):
            return f"`{path}` cannot be named in a COPY as it is"
    if len({posixpath.dirname(place) for place, _, _ in brought}) > MOST_LINES:
        return "there are too many folders with manifests"
    for one in moved:
        fault = _root_fault(one, step, landed)
        if fault is not None:
            return fault
    return _owner_fault(step, landed, brought)


def _variable_fault(variable: Assignment, step: Step, ground: Ground, first: set[str]) -> str | None:
    """Why a variable of the environment may lead programs to what is copied."""
    name = variable.name
    if not name or not is_implicit(name):
        return None
    for value in re.findall(r"(?:^|(?<=[\s:=;,]))(?!\w+://)[^\s:=;,]+", variable.value):
        inner = posixpath.normpath(posixpath.join(step.scope.workdir, value)).strip("/")
        found = ground.landed.at(inner) if inner else None
        if found is None or inner in first or (found.node.kind == "dir" and not value.startswith(("/", "."))):
            continue
        if name != "PYTHONPATH" or shadow(ground.landed.names(inner)) is not None:
            return f"`{name}` leads programs to `{value}`, which is copied"
    return None


def _system_fault(root: str, ground: Ground, first: set[str]) -> str | None:
    names = set(ground.landed.names(root))
    unknown = root.startswith("\0") or "\ue000" in root
    home = re.fullmatch(r"root|home/[^/]+|home", root) is not None
    if unknown or home or not root:
        wrong = {name for name in names if _PERSONAL.fullmatch(name) or (not home and name in _SYSTEM)}
        wrong -= {name for name in wrong if (f"{root}/{name}" if root else name) in first}
        if wrong and ("/" not in root or home):
            return f"`{min(wrong)}` of the context lands where programs keep their own"
        return None
    if root.partition("/")[0] in _SYSTEM and _PROJECTS.fullmatch(root) is None:
        return f"the copy goes to `/{root}`, where programs lie"
    return None


def _root_fault(one: Step, step: Step, landed: Landed) -> str | None:
    """Why the directory that a copy goes to would be made in another way."""
    body = one.instruction.body
    assert isinstance(body, Copy) and isinstance(one.op, CopyOp)
    dest = one.op.dest.rstrip("/").removesuffix("/.")
    if re.search(r"[\"'\\\s]", body.dest.text):
        return "the destination is not plain"
    made = posixpath.normpath(one.scope.workdir) == posixpath.normpath(dest or "/")
    if made:
        return None
    if body.chmod:
        return "`--chmod` sets the mode of the directory that the copy makes"
    for landing in landed.landings:
        if landing.step is one and landing.node.kind == "dir" and landing.node.mode & 0o7777 != 0o755:
            return f"`{landing.path}` gives its mode to the directory that the copy makes"
    return None


def _owner_fault(step: Step, landed: Landed, brought: Sequence[tuple[str, Landing, str]]) -> str | None:
    """Why a user that is not root may find the folders of the manifests otherwise."""
    if step.scope.user in (None, "", "root", "0", "0:0", "root:root"):
        return None
    for place, landing, _ in brought:
        folder = posixpath.dirname(place)
        while landing.node.kind == "dir" and folder != landing.place and folder:
            found = landed.at(folder)
            if found is not None and found.node.mode & 0o022:
                return f"others than root may write to `{found.path}`"
            folder = posixpath.dirname(folder)
    return None
