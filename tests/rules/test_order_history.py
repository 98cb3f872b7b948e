"""order/copy-before-install where git tells what commits changed: silent where its cure would never have paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from dcache.analyzer.context.history import History
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.analyzer.volatility import Volatility
from dcache.rules.facts import Facts
from dcache.rules.order.copy_before_install import check

from .conftest import build_context

NODE = "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
NPM = {"package.json": "{}", "package-lock.json": "{}", "src/index.js": "", "docs/a.md": ""}

LOCK, SOURCE, BOTH = ["package-lock.json"], ["src/index.js"], ["package.json", "src/index.js"]
ELSEWHERE: list[str] = []  # outside of the context


def found(text: str, context: Mapping[str, str], history: Sequence[Sequence[str]]) -> int:
    past = History("", tuple(tuple(one) for one in history))
    given = build_context(context)
    given = given._replace(history=lambda: Volatility(past, "", given.context.ignore))
    see = Facts(parse(SourceFile("Dockerfile", text)), lambda: given)
    assert see.graph is not None
    return len(list(check(see.graph, see)))


SILENT = [
    (NODE, [LOCK] * 10 + [ELSEWHERE] * 10, "each change came with one of the lock file"),
    (NODE, [BOTH] * 25, "source and manifests changed together"),
    (NODE, [LOCK] * 5 + [BOTH] * 5 + [ELSEWHERE] * 20, "both"),
    (
        "FROM node\nWORKDIR /app\nCOPY docs/ /docs/\nCOPY package*.json .\nRUN npm ci\n",
        [LOCK] * 12 + [ELSEWHERE] * 12,
        "what is copied never changed, and the manifests did",
    ),
    (NODE.replace("npm ci", "npm ci && npm run build"), [LOCK] * 20, "the build needs the install anyway"),
]


@pytest.mark.parametrize(("text", "history", "why"), SILENT)
def test_what_never_paid_is_not_told(text: str, history: Sequence[Sequence[str]], why: str) -> None:
    assert found(text, NPM, history) == 0, why


TOLD: list[tuple[str, list[list[str]], str]] = [
    (NODE, [LOCK] * 19 + [SOURCE], "one commit would have been cheaper"),
    (NODE, [LOCK] * 9 + [ELSEWHERE] * 40, "nine are too few to tell"),
    (NODE, [ELSEWHERE] * 200, "nothing of it changed: it may be new"),
    (NODE, [LOCK] * 19, "so few commits tell nothing"),
    (NODE, [], "there is no history"),
]


@pytest.mark.parametrize(("text", "history", "why"), TOLD)
def test_what_may_pay_is_told(text: str, history: Sequence[Sequence[str]], why: str) -> None:
    assert found(text, NPM, history) == 1, why


def test_a_second_install_that_pays_is_told() -> None:
    other = NODE + "RUN pip install -r requirements.txt\n"
    context = NPM | {"requirements.txt": "a==1\n"}
    assert found(other, context, [LOCK] * 20) == 1, "for pip, each change of the lock file is one for nothing"
