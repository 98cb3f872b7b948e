"""The members of a workspace: which manifests an install wants to see besides the one at the root."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from ..named_tuple import NamedTuple
from ..typing import Any
from .files import Project, below, exists, inside
from .tables import table, texts, toml

MOST_MEMBERS = 500


class Workspace(NamedTuple):
    """A workspace: the file that lists its members, and the manifests of those that are there, by path.

    `fails` is True where the tool stops at a missing one; else it goes on without what that one asks for.
    """

    root: str
    members: tuple[str, ...]
    fails: bool


def workspace(tool: str, folder: str, project: Project) -> Workspace | None:
    """The workspace that a tool finds at a folder of a project; None where there is none."""
    reader = _READERS.get(tool)
    found = None if reader is None else reader(folder + "/" if folder else "", project)
    if found is None:
        return None
    members = tuple(dict.fromkeys(one for one in found.members if one != found.root))[:MOST_MEMBERS]
    return found._replace(members=members) if members else None


def _node(prefix: str, project: Project) -> Workspace | None:
    patterns = _package_json(prefix, project)
    if patterns is None:
        return None
    return Workspace(prefix + "package.json", tuple(_manifests(prefix, patterns, "package.json", project)), False)


def _package_json(prefix: str, project: Project) -> list[str] | None:
    text = project.text(prefix + "package.json")
    if text is None or '"workspaces"' not in text:
        return None
    import json

    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    manifest = table(data) or {}
    nested = table(manifest, "workspaces")
    return texts(manifest.get("workspaces") if nested is None else nested.get("packages"))


def _pnpm(prefix: str, project: Project) -> Workspace | None:
    root = prefix + "pnpm-workspace.yaml"
    text = project.text(root)
    if text is None:
        return None
    head = re.search(
        r"^packages:[ \t]*(?:\[([^\]]*)\]|#[^\n]*)?[ \t]*$((?:\n[ \t]*(?:-[^\n]*|#[^\n]*)?$)*)", text, re.MULTILINE
    )
    if head is None:
        return None
    rows = (head[1] or "").split(",")
    rows += [row.strip()[1:].partition(" #")[0] for row in head[2].splitlines() if row.strip().startswith("-")]
    patterns = [row.strip().strip("'\"") for row in rows if row.strip()]
    return Workspace(root, tuple(_manifests(prefix, patterns, "package.json", project)), False)


def _cargo(prefix: str, project: Project) -> Workspace | None:
    data = table(toml(prefix + "Cargo.toml", project), "workspace")
    if data is None:
        return None
    patterns = [*texts(data.get("members")), *("!" + one for one in texts(data.get("exclude")))]
    return Workspace(prefix + "Cargo.toml", tuple(_manifests(prefix, patterns, "Cargo.toml", project)), True)


def _uv(prefix: str, project: Project) -> Workspace | None:
    data = table(toml(prefix + "pyproject.toml", project), "tool", "uv", "workspace")
    if data is None:
        return None
    patterns = [*texts(data.get("members")), *("!" + one for one in texts(data.get("exclude")))]
    return Workspace(prefix + "pyproject.toml", tuple(_manifests(prefix, patterns, "pyproject.toml", project)), True)


def _go(prefix: str, project: Project) -> Workspace | None:
    text = project.text(prefix + "go.work")
    if text is None:
        return None
    uses = re.findall(r"^use\s+([^\s(]+)", text, re.MULTILINE)
    for block in re.findall(r"^use\s*\(([^)]*)\)", text, re.MULTILINE):
        uses += [row.partition("//")[0].strip() for row in block.splitlines()]
    patterns = [one.strip('"') for one in uses if one]
    return Workspace(prefix + "go.work", tuple(_manifests(prefix, patterns, "go.mod", project)), True)


def _maven(prefix: str, project: Project) -> Workspace | None:
    root = prefix + "pom.xml"
    found: list[str] = []
    waiting = [root]
    while waiting and len(found) < MOST_MEMBERS:
        at = waiting.pop(0)
        for name in re.findall(r"<module>([^<]+)</module>", _without_comments(project.text(at) or "")):
            name = name.strip()
            path = inside(posixpath.dirname(at), name if name.endswith(".xml") else name + "/pom.xml")
            if path and path not in found and exists(project, path):
                found.append(path)
                waiting.append(path)
    return Workspace(root, tuple(found), True) if found else None


def _gradle(prefix: str, project: Project) -> Workspace | None:
    root = next((prefix + name for name in _SETTINGS if exists(project, prefix + name)), None)
    if root is None:
        return None
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", project.text(root) or "", flags=re.DOTALL)
    found: list[str] = []
    for statement in re.findall(r"\binclude\b[ \t]*\(?((?:\s*[\"'][^\"'\n]+[\"']\s*,?)+)", text):
        for name in re.findall(r"[\"']([^\"']+)[\"']", statement):
            folder = prefix + name.strip(":").replace(":", "/")
            found += [f"{folder}/{one}" for one in _BUILDS if exists(project, f"{folder}/{one}")]
    return Workspace(root, tuple(found), False) if found else None


_SETTINGS = ("settings.gradle", "settings.gradle.kts")
_BUILDS = ("build.gradle", "build.gradle.kts")


def _dotnet(prefix: str, project: Project) -> Workspace | None:
    for name in sorted(project.names(prefix.rstrip("/"))):
        if name.endswith((".sln", ".slnx")):
            text = project.text(prefix + name) or ""
            listed = re.findall(r"\"([^\"\n]+\.(?:cs|fs|vb)proj)\"", text)
            paths = [inside(prefix, one.replace("\\", "/")) for one in listed]
            found = tuple(path for path in paths if path and exists(project, path))
            return Workspace(prefix + name, found, True) if found else None
    return None


_READERS: dict[str, Callable[[str, Project], Workspace | None]] = {
    "npm": _node,
    "yarn": _node,
    "bun": _node,
    "pnpm": _pnpm,
    "cargo": _cargo,
    "uv": _uv,
    "go": _go,
    "maven": _maven,
    "gradle": _gradle,
    "dotnet": _dotnet,
}


# What patterns mean --------------------------------------------------------------------------------------------


def _manifests(prefix: str, patterns: Iterable[str], name: str, project: Project) -> Iterator[str]:
    """The manifests of the folders that patterns mean; those behind `!` are taken out again."""
    chosen: dict[str, None] = {}
    for pattern in patterns:
        out = pattern.startswith("!")
        wanted = pattern.lstrip("!").strip("/").removeprefix("./").rstrip("/")
        for folder in _folders(prefix.rstrip("/"), wanted, project) if wanted not in ("", ".") else ():
            if out:
                chosen.pop(folder, None)
            elif exists(project, f"{folder}/{name}"):
                chosen[folder] = None
    return (f"{folder}/{name}" for folder in chosen)


def _folders(root: str, pattern: str, project: Project) -> Iterator[str]:
    if not any(char in pattern for char in "*?[{"):
        path = inside(root, pattern)
        if path:
            yield path
        return
    first, _, rest = pattern.partition("/")
    if first == "**":
        for folder in below(project, root):
            if not rest and folder != root:
                yield folder
            elif rest:
                yield from _folders(folder, rest, project)
        return
    for choice in _choices(first):
        for name in sorted(project.names(root)):
            path = f"{root}/{name}" if root else name
            if fnmatchcase(name, choice) and not name.startswith(".") and name != "node_modules":
                if not rest:
                    yield path
                else:
                    yield from _folders(path, rest, project)


def _choices(pattern: str) -> list[str]:
    """`{a,b}` written out."""
    match = re.search(r"\{([^{}]*)\}", pattern)
    if match is None:
        return [pattern]
    return [pattern[: match.start()] + one + pattern[match.end() :] for one in match[1].split(",")]


def _without_comments(text: str) -> str:
    return re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
