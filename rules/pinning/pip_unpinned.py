"""pip installs a package by name alone.

## What it finds

`pip install NAME` (pip3, `python -m pip`, `uv pip`) without a version, and a repository without a revision. Files,
paths, `-r` and `-c` hold the versions elsewhere.

## Why it costs

The text of the step, and so its key, is the same when a new version comes out: the version in the image is the one of
the day on which the step last ran, and differs between machines and from what was tested.

## When to allow it

For tools whose newest version is wanted on purpose, as `pip install --upgrade pip`; a version is cheaper than a
surprise there, too. A range (`>=`, `<`) counts as a version, as it does for hadolint; only `==` holds one.

## References

- hadolint DL3013
- https://pip.pypa.io/en/stable/topics/repeatable-installs/
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..pip import PIP_VALUED, pip_calls
from ..rule import Diagnostic, Example, Rule
from ..unpinned import packages, unpinned

RULE = Rule("pip installs packages without a version", "warning", aliases=("DL3013",), on=(Run,), words=("pip",))

BAD = (
    Example("FROM python:3.12\nRUN pip install --no-cache-dir «flask»\n"),
    Example("FROM python:3.12\nRUN python3 -m pip install --no-cache-dir flask==3.0 «gunicorn[gevent]»\n"),
    Example("FROM python:3.12\nRUN pip install «git+https://github.com/pallets/flask.git»\n"),
    Example("FROM python:3.12\nRUN uv pip install --system «flask»\n"),
)
GOOD = (
    Example("FROM python:3.12\nRUN pip install --no-cache-dir flask==3.0 'gunicorn>=23,<24'\n"),
    Example("FROM python:3.12\nRUN pip install -r requirements.txt\n"),
    Example("FROM python:3.12\nRUN pip install --requirement=requirements.txt setuptools\n"),
    Example("FROM python:3.12\nRUN pip install -c constraints.txt flask\n"),
    Example("FROM python:3.12\nRUN pip install . && pip install -e . && pip install ./lib /wheels/*.whl x.tar.gz\n"),
    Example("FROM python:3.12\nRUN pip install git+https://github.com/pallets/flask.git@3.0.0\n"),
    Example("FROM python:3.12\nRUN pip install --index-url https://example.org/simple -t /opt flask==3.0\n"),
    Example("FROM python:3.12\nRUN pip install https://example.org/flask-3.0.zip && pip download flask\n"),
    Example("FROM python:3.12\nRUN pipenv install flask && pip list\n"),
)

_VERBS = frozenset({"install"})
_HELD = frozenset({"-r", "--requirement", "-c", "--constraint", "--requirements", "--constraints"})
_REPOSITORIES = ("git+", "git:", "hg+", "svn+", "svn:", "bzr+")


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in pip_calls(instruction, see):
        names = packages(command, _VERBS, PIP_VALUED)
        words = {word.text.partition("=")[0] for word in command.words}
        held = words & _HELD or any(word.text.startswith(("-r", "-c")) for word in command.words) or "." in words
        if not held:
            yield from unpinned(command, names, _is_pinned, instruction, see, "{}==VERSION")


def _is_pinned(name: str) -> bool:
    if name.startswith(_REPOSITORIES):
        return "@" in name.partition("://")[2]
    return any(sign in name for sign in "=<>") or name.endswith((".whl", ".tar.gz", ".zip")) or "/" in name
