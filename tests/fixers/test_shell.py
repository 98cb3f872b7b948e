"""The cures of what RUN instructions say, of users, labels, ignores and lock files, text by text."""

from __future__ import annotations

import pytest

from .conftest import FixText

BASH = 'SHELL ["/bin/bash", "-ec"]\n'


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("shell/useradd-high-uid", "RUN useradd \\\n  -u 1000000 me", "RUN useradd --no-log-init \\\n  -u 1000000 me"),
        ("shell/wget-progress-bar", "RUN wget http://x/a\n", "RUN wget --progress=dot:giga http://x/a\n"),
        (
            "shell/wget-progress-bar",
            "RUN if x; then apt-get update; else apk update; fi; wget http://x/a\n",
            "RUN if x; then apt-get update; else apk update; fi; wget --progress=dot:giga http://x/a\n",
        ),
        ("shell/pipe-without-pipefail", BASH + "RUN a | b", BASH + "RUN set -o pipefail && a | b"),
        (
            "shell/pipe-without-pipefail",
            BASH + "RUN --network=none \\\n  if a | b; then \\\n  # c\n  d; fi\n",
            BASH + "RUN --network=none \\\n  set -o pipefail && if a | b; then \\\n  # c\n  d; fi\n",
        ),
        ("shell/pipe-without-pipefail", BASH + "RUN <<E\na | b\nE\n", BASH + "RUN <<E\nset -o pipefail\na | b\nE\n"),
        (
            "shell/pipe-without-pipefail",
            "FROM x:1-alpine\nRUN a | b\n",
            "FROM x:1-alpine\nRUN set -o pipefail && a | b\n",
        ),
        ("security/sudo-used", "RUN sudo -E a && A=b sudo c | sudo tee d\n", "RUN a && A=b c | tee d\n"),
        ("security/sudo-used", 'RUN sudo sh -c "a && b"\n', 'RUN sh -c "a && b"\n'),
        ("security/sudo-used", "FROM x:1\nUSER 0:0\nRUN sudo a\n", "FROM x:1\nUSER 0:0\nRUN a\n"),
        ("labels/invalid-key", 'LABEL "Version"=1 \\\n  # a\n  Name=b\n', 'LABEL "version"=1 \\\n  # a\n  name=b\n'),
        (
            "reproducibility/unlocked-install",
            "COPY package.json package-lock.json ./\nRUN npm i --omit=dev\n",
            "COPY package.json package-lock.json ./\nRUN npm ci --omit=dev\n",
        ),
        (
            "reproducibility/unlocked-install",
            "COPY package.json yarn.lock ./\nRUN yarn && a\n",
            "COPY package.json yarn.lock ./\nRUN yarn --frozen-lockfile && a\n",
        ),
    ],
)
def test_unsafe_cures(rule: str, before: str, after: str, fix_text: FixText) -> None:
    text = "FROM debian:12\n" + before
    fixed = fix_text(text, rule, unsafe=True)
    assert fixed.texts["Dockerfile"] == "FROM debian:12\n" + after
    assert not fixed.withdrawn and fixed.settled
    assert not fix_text(text, rule).texts


def test_wget_is_that_of_gnu_behind_apt(fix_text: FixText) -> None:
    text = "FROM debian:12\nRUN apt-get install -y wget && \\\n  wget http://x/a\n"
    fixed = fix_text(text, "shell/wget-progress-bar")
    assert fixed.texts["Dockerfile"] == text.replace("wget http", "wget --progress=dot:giga http")


@pytest.mark.parametrize(
    ("rule", "why", "text"),
    [
        ("shell/wget-progress-bar", "its messages go somewhere", "RUN apt-get update; wget http://x/a 2>&1 | grep x"),
        ("shell/wget-progress-bar", "its messages go to a file", "RUN apt-get update; wget http://x/a &> log"),
        ("shell/wget-progress-bar", "a script in quotes is not edited", 'RUN bash -c "wget http://x/a"'),
        ("shell/pipe-without-pipefail", "dash may not know it", "RUN a | b"),
        ("shell/pipe-without-pipefail", "so may other shells", 'SHELL ["/bin/zsh", "-c"]\nRUN a | b'),
        ("shell/pipe-without-pipefail", "the script names its shell", BASH + "RUN <<E\n#!/bin/dash\na | b\nE"),
        ("shell/pipe-without-pipefail", "a heredoc with tabs", BASH + "RUN <<-E\n\ta | b\n\tE"),
        ("shell/pipe-without-pipefail", "a heredoc of another program", BASH + "RUN a | b <<E\nx\nE"),
        ("security/sudo-used", "the base image's user is not known", "FROM x:1\nRUN sudo a"),
        ("security/sudo-used", "another user is set", "USER me\nRUN sudo a"),
        ("security/sudo-used", "for another user", "RUN sudo -u me a"),
        ("security/sudo-used", "a shell of root's", "RUN sudo -i a"),
        ("security/sudo-used", "one of two cannot go", "RUN sudo a && sudo -u me b"),
        ("security/sudo-used", "the command stands on the next line", "RUN sudo \\\n  a"),
        ("security/sudo-used", "it takes what it is given", "RUN sudo A=b c"),
        ("security/sudo-used", "sudo alone", "RUN sudo"),
        ("labels/invalid-key", "small letters do not help", "LABEL A..b=1"),
        ("labels/invalid-key", "the other label is there", "LABEL A=1 a=2"),
        ("labels/invalid-key", "it is reserved", "LABEL com.docker.A=1"),
        ("labels/invalid-key", "a variable", "LABEL $A=1"),
        (
            "reproducibility/unsorted-packages",
            "a comment",
            "RUN apk add \\\n  z \\\n  # a\n  b \\\n  a \\\n  c \\\n  d",
        ),
        (
            "reproducibility/unlocked-install",
            "it makes no lock file",
            "COPY package.json package-lock.json ./\nRUN npm install --no-package-lock",
        ),
        (
            "reproducibility/unlocked-install",
            "its npm may not know ci",
            "FROM node:8-alpine\nCOPY package.json package-lock.json ./\nRUN npm install",
        ),
        ("reproducibility/unlocked-install", "an update is meant", "RUN npm update"),
    ],
)
def test_commands_that_are_left_alone(rule: str, why: str, text: str, fix_text: FixText) -> None:
    assert not fix_text(f"FROM debian:12\n{text}\n", rule, unsafe=True).texts, why


UNUSED = "order/unused-arg"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"# dcache: ignore[{UNUSED}] why\nRUN true\n", "RUN true\n"),
        (f"RUN a \\\n  # dcache: ignore[{UNUSED}]\n  b", "RUN a \\\n  b"),
        (f"# dcache: ignore[{UNUSED}, shell] why\nRUN true\n", "# dcache: ignore[shell] why\nRUN true\n"),
        (f"# dcache: ignore[shell,{UNUSED}]\r\nRUN true\n", "# dcache: ignore[shell]\r\nRUN true\n"),
        (f"# dcache: ignore-file[{UNUSED}]\n# x\nRUN true\n", "# x\nRUN true\n"),
    ],
)
def test_ignores_that_hide_nothing_go(before: str, after: str, fix_text: FixText) -> None:
    fixed = fix_text("FROM debian:12\n" + before, UNUSED, "ignores/unused-ignore")
    assert fixed.texts["Dockerfile"] == "FROM debian:12\n" + after


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("hadolint may find it", "# hadolint ignore=unused-arg\nFROM debian:12\nRUN true\n"),
        ("tally may find it", f"FROM debian:12\n# tally ignore={UNUSED}\nRUN true\n"),
        ("it may be misspelt", "FROM debian:12\n# dcache: ignore[order/unusd-arg]\nRUN true\n"),
        ("what it hides was not looked for", "FROM debian:12\n# dcache: ignore[shell]\nRUN true\n"),
        ("not all of the theme was looked for", "FROM debian:12\n# dcache: ignore[order]\nRUN true\n"),
        ("not all rules ran", "FROM debian:12\n# dcache: ignore\nRUN true\n"),
        ("the next line would be a directive", f"# dcache: ignore-file[{UNUSED}]\n# escape=`\nFROM debian:12\n"),
        ("it hides something", f"FROM debian:12\n# dcache: ignore[{UNUSED}]\nARG A=1\nRUN apk add curl\n"),
    ],
)
def test_ignores_that_stay(why: str, text: str, fix_text: FixText) -> None:
    assert not fix_text(text, UNUSED, "ignores/unused-ignore", unsafe=True).texts, why
