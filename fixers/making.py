"""Whether a build makes for itself what tools generate in a directory of a project."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..analyzer.dockerfile.syntax import Run
from ..analyzer.shell import run_text
from ..rules.facts import Facts
from ..rules.taken import GENERATED

_NODE = r"\b(?:npm|pnpm|bun) (?:[^&|;\n]*\s)?(?:ci|i|install|install-\w+)\b|\byarn\b(?! cache)"
_PYTHON = r"\b(?:pip3?|uv|poetry|pipenv|pdm) (?:[^&|;\n]*\s)?(?:install|sync)\b|-m venv|virtualenv"
_BUILD = r"\bbuild\b|\bmake\b|\bcompile\b|\bgenerate\b|\bexport\b|\bdist\b"
_JAVA = r"\b(?:mvnw?|gradlew?|sbt)\b"
# What a command has to say in the stage that copies: without it, the directory is what the build is given.
_MADE_BY = {
    "node_modules": _NODE,
    "bower_components": r"\bbower\b|" + _NODE,
    ".yarn-cache": _NODE,
    ".venv": _PYTHON,
    "venv": _PYTHON,
    "target": rf"\bcargo\b|{_JAVA}",
    "bin": r"\bdotnet\b",
    "obj": r"\bdotnet\b",
    "_build": r"\b(?:mix|rebar3?|dune)\b",
    "deps": r"\bmix\b",
    "vendor": r"\b(?:composer|bundle|go)\b",
    **dict.fromkeys((".next", ".nuxt", ".svelte-kit", ".output", ".angular", "dist", "build", "out"), _BUILD),
    ".stack-work": r"\bstack\b",
    "dist-newstyle": r"\bcabal\b",
    ".dart_tool": r"\b(?:dart|flutter)\b",
    ".aws-sam": r"\bsam\b",
    ".serverless": r"\b(?:serverless|sls)\b",
    ".terraform": r"\bterraform\b",
}
_TRACES = frozenset({"coverage", ".cache", "tmp", "log", "logs"}) | GENERATED


def makes(see: Facts, stage: int, names: Iterable[str]) -> bool:
    """Whether the RUNs of a stage make all directories of these names, or nothing needs them: caches, reports."""
    said = "\n".join(
        run_text(one)
        for index in see.bases.lineage(stage)
        for one in see.dockerfile.stages[index].instructions
        if isinstance(one.body, Run)
    )
    return all(re.search(_MADE_BY[name], said) if name in _MADE_BY else name in _TRACES for name in names)
