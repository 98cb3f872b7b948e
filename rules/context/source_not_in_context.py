"""A COPY or ADD names something that is not in the build context.

## What it finds

A source without a wildcard that does not exist. Where the context was given (`--context`), each of them; where it is
only taken to be the Dockerfile's own directory, those for which something of nearly the same name is there.

## Why it costs

The build stops at this step, after all that stands before it has run.

## When to allow it

Where another step of the pipeline makes the file before the build: with the context given, such a file is reported as
long as it is missing. Files that git ignores, and the usual names of what builds make, are reported at low confidence.

## References

- https://docs.docker.com/reference/dockerfile/#copy
- BuildKit v0.32, solver/llbsolver/ops/file.go; cache/contenthash/checksum.go: errNotFound
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.context import ContextError, has_wildcard
from ...analyzer.graph import BuildGraph, Step
from ...analyzer.source import Span
from ..copies import context_sources, is_whole
from ..facts import BuildContext, Facts
from ..rule import Confidence, Diagnostic, Example, Rule

RULE = Rule("the source of a copy does not exist", "error")

BAD = (
    Example(
        "FROM python:3.13\nCOPY «requirement.txt» /r/\nCOPY app.py /app/\n", {"requirements.txt": "", "app.py": ""}
    ),
    Example(
        "FROM node:22\nCOPY package.json «Package-lock.json» /app/\n", {"package.json": "", "package-lock.json": ""}
    ),
)
GOOD = (
    Example("FROM node:22\nCOPY package.json package-lock.json /app/\n", {"package.json": "", "package-lock.json": ""}),
    Example("FROM node:22\nCOPY package.json yarn.loc[k] /app/\n", {"package.json": ""}),
    Example("FROM alpine\nCOPY docker/app/go.mod go.mod /x/\n", {"run.sh": ""}),
    Example("FROM alpine\nCOPY a dist /x/\n", {"a": ""}),
    Example("FROM alpine AS s\nFROM alpine\nCOPY --from=s /requirement.txt /r/\n", {"requirements.txt": ""}),
)

_MADE = (
    r".*\.(?:jar|war|ear|whl|tgz|zip|gz|xz|bz2|deb|rpm|apk|exe|so|bin|pem|crt|key)|dist|build|target|out|bin|output"
    r"|public"
)


def check(graph: BuildGraph, see: Facts) -> Iterator[Diagnostic]:
    if see.context is None:
        return
    missing: list[tuple[Step, str, Span, str]] = []
    there = 0
    for step in graph.steps:
        for text, span, one in context_sources(step) if step.used else ():
            path = one.path.strip("/")
            if is_whole(one) or has_wildcard(path) or one.parents or not path:
                continue
            if _is_there(path, see.context):
                there += 1
            else:
                missing.append((step, text, span, path))
    for _, text, span, path in missing:
        close = _close(path, see.context)
        sure: Confidence = "high" if see.context.given else "medium" if there and close else "low"
        if sure != "high" and (_is_made(path) or _git_ignores(path, see.context)):
            sure = "low"
        yield Diagnostic(
            primary=span,
            message=f"`{text}` is not in the build context",
            cost="the build stops here",
            cure=f"write `{close}`"
            if close
            else "name what is there, or give the directory that has it as the context",
            confidence=sure,
        )


def _is_there(path: str, context: BuildContext) -> bool:
    """Whether something lies at the path, ignored or not; taken to be so behind a symbolic link."""
    at = ""
    parts = path.split("/")
    for place, part in enumerate(parts):
        try:
            node = context.context.tree.children(at).get(part)
        except ContextError:
            return True
        if node is None:
            return False
        if node.kind == "link" and place < len(parts) - 1:
            return True
        at = f"{at}/{part}" if at else part
    return True


def _close(path: str, context: BuildContext) -> str | None:
    """What lies there under nearly the same name."""
    from difflib import get_close_matches

    folder, _, name = path.rpartition("/")
    try:
        names = list(context.context.tree.children(folder))
    except ContextError:
        return None
    same = [one for one in names if one.lower() == name.lower()]
    found = same or get_close_matches(name, names, 1, 0.9)
    return (f"{folder}/{found[0]}" if folder else found[0]) if found else None


def _is_made(path: str) -> bool:
    return any(re.fullmatch(_MADE, part) for part in path.lower().split("/"))


def _git_ignores(path: str, context: BuildContext) -> bool:
    return context.git_ignored is not None and bool(context.git_ignored((path,)))
