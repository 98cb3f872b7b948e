"""pip leaves what it has downloaded in the layer.

## What it finds

`pip install` without `--no-cache-dir`, without `PIP_NO_CACHE_DIR` in the environment, without a cache mount and
without a removal of `~/.cache` behind it.

## Why it costs

The wheels are pushed and pulled with the layer, and no build ever uses them: when the step runs again, it starts on
the layer before it.

## When to allow it

In stages of which only files are copied on, it costs nobody but the builder's disk. hadolint knows one place for a
cache mount, `.cache/pip`, and no removal: it works against mounts on `/root/.cache`.

## References

- hadolint DL3042
- https://pip.pypa.io/en/stable/topics/caching/
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import CACHES, Command, run_text
from ..download_caches import throws_away
from ..environment import environment
from ..facts import Facts
from ..kept import mounted
from ..pip import pip_calls
from ..rule import Diagnostic, Example, Rule

RULE = Rule("pip leaves its cache in the layer", "warning", aliases=("DL3042",), on=(Run,), words=("pip",))

BAD = (
    Example("FROM python:3.12\nRUN «pip install flask»\n"),
    Example("FROM python:3.12\nENV PIP_NO_CACHE_DIR=0\nRUN apt-get update && «python3 -m pip install flask»\n"),
)
GOOD = (
    Example("FROM python:3.12\nRUN pip install --no-cache-dir flask\n"),
    Example("FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\n"),
    Example("FROM python:3.12 AS base\nENV PIP_NO_CACHE_DIR=on\nFROM base\nRUN pip install flask\n"),
    Example("FROM python:3.12\nRUN PIP_NO_CACHE_DIR=1 pip install flask\n"),
    Example("FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache pip install flask\n"),
    Example("FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask\n"),
    Example(
        "FROM python:3.12\nENV PIP_CACHE_DIR=/var/cache/pip\n"
        "RUN --mount=type=cache,target=/var/cache/pip pip install flask\n"
    ),
    Example("FROM python:3.12\nRUN pip install flask && rm -rf /root/.cache\n"),
    Example("FROM python:3.12\nRUN pip install flask && pip cache purge\n"),
    Example("FROM python:3.12\nRUN pip install --no-cache flask\n"),
    Example("FROM python:3.12\nRUN pip list && pipenv install flask && pipx install flask\n"),
)

_ON = frozenset({"1", "true", "on", "yes", "y", "t"})


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    run = instruction.body
    assert isinstance(run, Run)
    found = [one for one in pip_calls(instruction, see) if _installs(one)]
    if not found or "PIP_NO_CACHE_DIR=" in run_text(instruction) or mounted(run, "~/.cache/pip"):
        return
    variables = environment(instruction, see)
    if (variables.get("PIP_NO_CACHE_DIR") or "").lower() in _ON:
        return
    moved = variables.get("PIP_CACHE_DIR")
    if moved and mounted(run, moved):
        return
    command = found[0]
    later = see.calls(instruction, "rm", "find", "pip", "pip3")
    if not any(one.span >= command.span and throws_away(one, "pip") for one in later):
        yield Diagnostic(
            primary=command.span,
            message="`pip install` leaves its cache in the layer",
            cost="it makes every push and pull larger, and no later build uses it",
            cure="add `--no-cache-dir`, or give `/root/.cache/pip` a cache mount",
            aliases=None if command.direct else (),
        )


def _installs(command: Command) -> bool:
    words = {word.text for word in (*command.wrappers, *command.words)}
    return "install" in words and "uv" not in words and CACHES["pip"].off.isdisjoint(words)
