"""order/copy-before-install: builds that its cure leaves as they are, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dcache.analyzer.context.history import History
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.analyzer.volatility import Volatility
from dcache.fixers.advance import Refusal, advanced
from dcache.fixers.apply import Files, fix_file
from dcache.rules.catalogue import chosen
from dcache.rules.facts import Facts, OpenContext
from dcache.rules.order.copy_before_install import Evidence
from dcache.rules.run import Settings, lint
from rules.conftest import build_context

from .conftest import FixText
from .test_copy_before_install import NPM, PIP, RULE, Context

NODE = "FROM node\nWORKDIR /app\n"
REFUSED: dict[str, tuple[str, Context, str]] = {
    "a script of the project": (
        NODE + "COPY . .\nRUN npm ci && npm rebuild\n",
        {**NPM, "package.json": '{"scripts": {"prepublish": "sh x"}}'},
        "`prepublish`",
    ),
    "something between that reads": (NODE + "COPY . .\nRUN make tools\nRUN npm ci\n", NPM, "`make tools`"),
    "something between that writes": (NODE + "COPY . .\nRUN touch src/x\nRUN npm ci\n", NPM, "`touch src/x`"),
    "something between that removes": (NODE + "COPY . .\nRUN rm -rf src\nRUN npm ci\n", NPM, "`rm -rf src`"),
    "something between that owns": (
        NODE + "COPY . .\nRUN chown -R node /app\nRUN npm ci\n",
        NPM,
        "`chown -R node /app`",
    ),
    "the folder above": (NODE + "COPY . .\nRUN chmod -R a+r /\nRUN npm ci\n", NPM, "`chmod -R a+r /`"),
    "a pattern": (NODE + "COPY . .\nRUN chmod +x *.sh\nRUN npm ci\n", NPM, "`chmod +x *.sh`"),
    "a redirection into it": (NODE + "COPY . .\nRUN echo x > src/y\nRUN npm ci\n", NPM, "`echo x`"),
    "what it is given": (NODE + "COPY . .\nRUN cat < src/index.js\nRUN npm ci\n", NPM, "`cat`"),
    "a path by variable": (NODE + "COPY . .\nRUN rm -rf $X\nRUN npm ci\n", NPM, "`rm -rf $X`"),
    "an archive that is unpacked there": (NODE + "COPY . .\nRUN tar xf /x.tar\nRUN npm ci\n", NPM, "`tar xf /x.tar`"),
    "a download into it": (
        NODE + "COPY . .\nRUN wget https://a/package.json\nRUN npm ci\n",
        NPM,
        "`wget https://a/package.json`",
    ),
    "a program that is not known": (NODE + "COPY . .\nRUN frob\nRUN npm ci\n", NPM, "`frob`"),
    "settings of the project": (
        NODE + "COPY . .\nRUN npm config set a b --location=project\nRUN npm ci\n",
        NPM,
        "npm config",
    ),
    "an owner that changes": (
        NODE + "COPY --chown=node . .\nRUN usermod -u 9 node\nRUN npm ci\n",
        NPM,
        "number of the copy",
    ),
    "an opaque command": (NODE + "COPY . .\nRUN (npm\nRUN npm ci\n", NPM, "cannot be read"),
    "a volume": (NODE + "COPY . .\nVOLUME /app\nRUN npm ci\n", NPM, "VOLUME"),
    "another stage to the same place": (
        "FROM node AS x\nRUN x\n" + NODE + "COPY . .\nCOPY --from=x /y ./\nRUN npm ci\n",
        NPM,
        "writes to the same place",
    ),
    "another stage before it": (
        "FROM node AS x\nRUN x\n" + NODE + "COPY --from=x /app /app\nCOPY . .\nRUN npm ci\n",
        NPM,
        "what is not known",
    ),
    "a directory that only the image knows": (
        "FROM node\nCOPY . .\nWORKDIR x\nRUN cd .. && npm ci\n",
        NPM,
        "working directory",
    ),
    "a variable behind the copy": (NODE + "ARG A=1\nCOPY --chown=$A . .\nARG A=2\nRUN npm ci\n", NPM, "variables"),
    "a mount over it": (
        NODE + "COPY . .\nRUN --mount=type=bind,source=src,target=src npm ci\n",
        NPM,
        "a mount lies at",
    ),
    "packages in a cache mount": (
        NODE + "COPY . .\nRUN --mount=type=cache,target=/app/node_modules npm ci && npm test\n",
        NPM,
        "cannot be divided",
    ),
    "a tmpfs": (NODE + "COPY . .\nRUN --mount=type=tmpfs,target=/t npm ci && npm test\n", NPM, "cannot be divided"),
    "an alternative": (NODE + "COPY . .\nRUN npm ci && npm test || npm ci\n", NPM, "`npm test`"),
    "statements in a row": (NODE + "COPY . .\nRUN npm ci; npm test\n", NPM, "`npm test`"),
    "a script in a heredoc": (NODE + "COPY . .\nRUN <<EOF\nnpm ci\nnpm test\nEOF\n", NPM, "`npm test`"),
    "an exec form": (NODE + 'COPY . .\nRUN ["sh", "-c", "npm ci && npm test"]\n', NPM, "`npm test`"),
    "state of the shell from a program": (
        NODE + "COPY . .\nRUN export A=$(date) && npm ci && npm test\n",
        NPM,
        "cannot be divided",
    ),
    "a file that is sourced": (NODE + "COPY . .\nRUN . ./env && npm ci\n", {**NPM, "env": ""}, "`. ./env`"),
    "packages beside those of the context": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt -t lib\n",
        {**PIP, "lib/a.py": ""},
        "`lib` of the context would lie over",
    ),
    "pip upgrades itself first": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -U pip && pip install -r requirements.txt\n",
        {"requirements.txt": "--find-links w\n", "a.py": ""},
        "may lead to other files",
    ),
    "requirements that name the project": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install flask -r requirements.txt\n",
        {"requirements.txt": "--find-links w\n", "a.py": ""},
        "may lead to other files",
    ),
    "the root of the image": (
        "FROM python\nCOPY . /\nRUN pip install -r /requirements.txt\n",
        {**PIP, "usr/local/bin/x": ""},
        "lands where programs keep their own",
    ),
    "a directory of programs": (
        "FROM python\nCOPY . /usr/local/lib/x\nRUN pip install flask\n",
        PIP,
        "where programs lie",
    ),
    "the home directory": (
        "FROM python\nCOPY . /root\nRUN cd /root && pip install -r requirements.txt\n",
        {**PIP, ".pip/pip.conf": ""},
        "`.pip` of the context lands",
    ),
    "programs of the project": (
        "FROM ruby\nENV PATH=/app/bin:$PATH\nWORKDIR /app\nCOPY . .\nRUN bundle install --frozen\n",
        {"Gemfile": "source 'https://rubygems.org'\n", "Gemfile.lock": "", "bin/bundle": ""},
        "`PATH` leads programs to `/app/bin`",
    ),
    "options that lead to the project": (
        "FROM node\nENV NODE_OPTIONS='--require /app/src/index.js'\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        NPM,
        "`NODE_OPTIONS` leads programs to `/app/src/index.js`",
    ),
    "settings by a variable": (
        "FROM python\nENV PIP_CONSTRAINT=c.txt\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n",
        {**PIP, "c.txt": ""},
        "`PIP_CONSTRAINT` leads programs to `c.txt`",
    ),
    "a module that stands for python's": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN python -m venv /v && /v/bin/pip install -r requirements.txt\n",
        {**PIP, "logging.py": ""},
        "`logging.py` stands for a module",
    ),
    "a name with a space": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -r 'my requirements.txt'\n",
        {"my requirements.txt": "", "a.py": ""},
        "cannot be named",
    ),
    "a directory that the copy makes": (
        "FROM python\nCOPY . /app\nWORKDIR /\nRUN cd /app/web && pip install flask\n",
        {"web/a.py": ""},
        "",
    ),
    "a mode that the copy sets": ("FROM node\nCOPY --chmod=700 . /app\nRUN cd /app && npm ci\n", NPM, "`--chmod`"),
    "from the parent stage": ("FROM node AS a\nWORKDIR /app\nCOPY . .\nFROM a\nRUN npm ci\n", NPM, "another stage"),
    "a source by variable": ("FROM node\nARG A=.\nWORKDIR /app\nCOPY . .\nCOPY $A /app/x\nRUN npm ci\n", NPM, ""),
}


def refusals(text: str, context: Context) -> list[str]:
    """Why each install that lint reports stays behind the copy."""
    dockerfile = parse(SourceFile("Dockerfile", text))
    see = Facts(dockerfile, lambda: build_context(context))
    assert see.graph is not None and see.context is not None
    found: list[str] = []
    for one in lint(dockerfile, chosen((RULE,)), lambda: build_context(context), Settings("low")).diagnostics:
        assert isinstance(one.evidence, Evidence)
        for number in one.evidence.installs:
            made = advanced(see.graph.steps[one.evidence.copy], see.graph.steps[number], see, see.context)
            assert isinstance(made, Refusal), made
            found.append(made.why)
    return found


@pytest.mark.parametrize(("text", "context", "why"), REFUSED.values(), ids=REFUSED)
def test_what_may_change_the_image_is_left(text: str, context: Context, why: str, fix_text: FixText) -> None:
    found = refusals(text, context)
    assert all(why in one for one in found), found
    assert not why or found, "lint does not report it"
    assert not fix_text(text, RULE, context=context, unsafe=True).applied


@pytest.mark.parametrize("context", [None, {"src/index.js": ""}], ids=["no context", "no manifest"])
def test_without_a_known_context_there_is_no_fix(context: Context | None, fix_text: FixText) -> None:
    assert not fix_text(NODE + "COPY . .\nRUN npm ci\n", RULE, context=context, unsafe=True).applied


# What does not pay ------------------------------------------------------------------------------------------------

PROTOS = "FROM node:22\nWORKDIR /app\nCOPY pb/ /build/pb/\nCOPY package.json package-lock.json ./\nRUN npm ci\n"
PACKAGES = {"package.json": "{}", "package-lock.json": '{"lockfileVersion": 3}', "pb/a.proto": "", "pb/b.proto": ""}


@pytest.mark.parametrize(
    ("history", "moves"),
    [
        pytest.param([], True, id="no commit tells"),
        pytest.param([["package.json"]] * 19, True, id="too few commits tell"),
        pytest.param([["package.json"]] * 30, False, id="what is copied never changed"),
        pytest.param(
            [["package.json", "pb/a.proto"]] * 5 + [["package.json"]] * 30, False, id="only with the manifest"
        ),
        pytest.param([["pb/a.proto"]] + [["package.json"]] * 30, True, id="one commit that saves the install"),
        pytest.param([["README.md"]] * 30, True, id="neither changed"),
        pytest.param([["package.json", "pb/a.proto"]] * 30, False, id="never one without the other"),
    ],
)
def test_an_install_stays_where_history_says_that_moving_it_costs(history: list[list[str]], moves: bool) -> None:
    past = History("", tuple(tuple(one) for one in history))
    there = build_context(PACKAGES)
    there = there._replace(history=lambda: Volatility(past, "", there.context.ignore))

    def read(name: str) -> str:
        return PACKAGES.get(name, "")

    def opened(_texts: Mapping[str, str]) -> OpenContext:
        return lambda: there

    files = Files(read, opened)
    fixed = fix_file(SourceFile("Dockerfile", PROTOS), chosen((RULE,)), files, Settings(), unsafe=True)
    assert not fixed.withdrawn and not fixed.report.crashes
    assert bool(fixed.texts) == moves
