"""The names that the bake and compose files beside a build give to its contexts."""

from __future__ import annotations

import re

from ..analyzer.context import ContextError
from .facts import BuildContext

_FILES = (
    "docker-bake.hcl",
    "docker-bake.override.hcl",
    "docker-bake.json",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
)


def named_contexts(context: BuildContext | None) -> frozenset[str]:
    """The names, as far as they are written out; whatever stands for such a name is no image."""
    if context is None:
        return frozenset()
    found: set[str] = set()
    for file in _FILES:
        try:
            text = context.context.tree.read(file).decode("utf-8", "replace")
        except (ContextError, OSError):
            continue
        if "contexts" in text:
            found.update(_of_bake(text) if file.startswith("docker-bake") else _of_compose(text))
    return frozenset(found)


def _of_bake(text: str) -> list[str]:
    """The keys of `contexts = { name = "…" }`, in HCL or JSON."""
    return [
        name
        for block in re.findall(r"\bcontexts\"?\s*[=:]\s*\{([^{}]*)\}", text)
        for name in re.findall(r"^[\s,]*\"?([\w./:-]+)\"?\s*[=:]", block, re.MULTILINE)
    ]


def _of_compose(text: str) -> list[str]:
    """The keys of `additional_contexts`, as a mapping or as a list of `name=…`."""
    found: list[str] = []
    rows = text.splitlines()
    for at, row in enumerate(rows):
        if row.strip() != "additional_contexts:":
            continue
        depth = len(row) - len(row.lstrip())
        for below in rows[at + 1 :]:
            bare = below.strip()
            if bare and len(below) - len(below.lstrip()) <= depth and not bare.startswith("-"):
                break
            match = re.match(r"(?:-\s*)?[\"']?([\w./-]+)[\"']?\s*[=:]", bare)
            if match is not None:
                found.append(match[1])
    return found
