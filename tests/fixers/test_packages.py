"""The cures of what package managers are asked and leave behind, text by text."""

from __future__ import annotations

import pytest

from .conftest import FixText

LISTS = "rm -rf /var/lib/apt/lists/*"


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("apt-asks", "FROM a:1\nRUN apt-get install curl", "FROM a:1\nRUN apt-get install -y curl"),
        (
            "apt-asks",
            "from a:1\nrun a && \\\n  # the tools\n\tapt-get -q install \\\n\t  curl\n",
            "from a:1\nrun a && \\\n  # the tools\n\tapt-get -q install -y \\\n\t  curl\n",
        ),
        (
            "apt-asks",
            "FROM a:1\nRUN <<E\napt-get update\napt-get install curl\nE\n",
            "FROM a:1\nRUN <<E\napt-get update\napt-get install -y curl\nE\n",
        ),
        (
            "apt-asks",
            "FROM a:1\nRUN A=b sudo apt install a; apt-get install b\r\n",
            "FROM a:1\nRUN A=b sudo apt install -y a; apt-get install -y b\r\n",
        ),
        ("dnf-asks", "FROM a:1\nRUN dnf -q groupinstall x\n", "FROM a:1\nRUN dnf -q groupinstall -y x\n"),
        ("dnf-asks", "FROM a:1\nRUN tdnf install x\n", "FROM a:1\nRUN tdnf install -y x\n"),
        ("yum-asks", "FROM a:1\nRUN yum install x\n", "FROM a:1\nRUN yum install -y x\n"),
        ("zypper-asks", "FROM a:1\nRUN zypper in x\n", "FROM a:1\nRUN zypper --non-interactive in x\n"),
        (
            "apk-index-kept",
            "FROM a:1\nRUN apk add --update \\\n  curl && rm -rf /var/cache/apk/*\n",
            "FROM a:1\nRUN apk add --no-cache --update \\\n  curl && rm -rf /var/cache/apk/*\n",
        ),
    ],
)
def test_safe_options(rule: str, before: str, after: str, fix_text: FixText) -> None:
    fixed = fix_text(before, f"packages/{rule}")
    assert fixed.texts["Dockerfile"] == after
    assert not fixed.withdrawn and fixed.settled


@pytest.mark.parametrize(
    ("rule", "why", "text"),
    [
        ("apt-asks", "a script in quotes is not edited", 'RUN bash -c "apt-get install curl"'),
        ("apt-asks", "the JSON form is not edited", 'RUN ["apt-get", "install", "curl"]'),
        ("apt-asks", "tabs at the head of its lines are not in its text", "RUN <<-E\n\tapt-get install curl\n\tE"),
        ("apt-asks", "a trigger runs in the builds of others", "ONBUILD RUN apt-get install curl"),
        ("apt-asks", "the verb is parted by a continuation", "RUN apt-get in\\\nstall curl"),
        ("apt-asks", "the verb is quoted", "RUN apt-get 'install' curl"),
        ("apt-asks", "it says yes", "RUN apt-get install curl --yes"),
        ("apt-asks", "the shell is not known", 'SHELL ["powershell"]\nRUN apt-get install curl'),
        ("dnf-asks", "early versions of microdnf do not know the option", "RUN microdnf install curl"),
        ("zypper-asks", "patches are passed over", "RUN zypper patch"),
        ("apk-index-kept", "nothing is fetched", "RUN apk add --no-network x && rm -rf /var/cache/apk/*"),
        ("apt-for-people", "apt-get has no such command", "RUN apt list"),
        ("apt-for-people", "older releases install no files", "RUN apt install ./x.deb"),
        ("pip-cache-kept", "uv has another cache", "RUN uv pip install x"),
        ("apt-lists-kept", "nothing is installed: the lists are for later", "RUN apt-get update"),
        (
            "apt-lists-kept",
            "a later RUN needs them",
            "RUN apt-get update && apt-get install -y a\nRUN apt-get install -y b",
        ),
        (
            "apt-lists-kept",
            "a later RUN asks them",
            "RUN apt-get update && apt-get install -y a\nRUN apt-cache policy b",
        ),
        ("apt-lists-kept", "a later RUN is not read", "RUN apt-get update && apt-get install -y a\nRUN if ("),
        ("apt-lists-kept", "it ends in a loop", "RUN apt-get update; for a in b; do apt-get install -y $a; done"),
        ("apt-lists-kept", "it ends in a comment", "RUN apt-get update && apt-get install -y a # b"),
        ("apt-lists-kept", "it ends in the background", "RUN apt-get update && apt-get install -y a &"),
        ("apt-lists-kept", "it ends in a separator", "RUN apt-get update && apt-get install -y a;"),
        ("apt-lists-kept", "it ends in parentheses", "RUN (apt-get update && apt-get install -y a)"),
        ("apt-lists-kept", "it ends for good", "RUN apt-get update && apt-get install -y a && exit"),
        ("apt-lists-kept", "it goes over to another program", "RUN apt-get update && apt-get install -y a && exec b"),
        ("apt-lists-kept", "it is a heredoc", "RUN <<E\napt-get update && apt-get install -y a\nE"),
        ("apt-lists-kept", "it has a heredoc", "RUN apt-get update && apt-get install -y a && cat <<E\nx\nE"),
        ("apt-lists-kept", "another user's rights", "RUN sudo -u me apt-get update && apt-get install -y a"),
        ("apt-lists-kept", "nested scripts", 'RUN bash -c "apt-get update && apt-get install -y a"'),
        ("yum-cache-kept", "it ends in a condition", "RUN if x; then yum install -y a; fi"),
        ("dnf-cache-kept", "it is in a function", "RUN f() { dnf install -y a; } && f"),
    ],
)
def test_commands_that_are_left_alone(rule: str, why: str, text: str, fix_text: FixText) -> None:
    assert not fix_text(f"FROM debian:12\n{text}\n", f"packages/{rule}", unsafe=True).texts, why


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("recommends-installed", "RUN apt-get install -y a", "RUN apt-get install --no-install-recommends -y a"),
        ("recommends-installed", "RUN aptitude -y install a\n", "RUN aptitude -y install --without-recommends a\n"),
        ("apk-index-kept", "RUN apk add a\n", "RUN apk add --no-cache a\n"),
        (
            "apk-index-kept",
            "RUN rm -rf /var/cache/apk/*; apk add a\n",
            "RUN rm -rf /var/cache/apk/*; apk add --no-cache a\n",
        ),
        (
            "apt-for-people",
            "RUN apt update && apt -y upgrade \\\n && apt install -y a && apt list",
            "RUN apt-get update && apt-get -y upgrade --with-new-pkgs \\\n && apt-get install -y a && apt list",
        ),
        (
            "pip-cache-kept",
            "RUN pip install a && python3 -m pip install \\\n  b && pip install --no-cache-dir c\n",
            "RUN pip install --no-cache-dir a && python3 -m pip install --no-cache-dir \\\n"
            "  b && pip install --no-cache-dir c\n",
        ),
        ("dnf-cache-kept", "RUN dnf install -y a", "RUN dnf install -y a && dnf clean all"),
        ("dnf-cache-kept", "RUN sudo microdnf install a\n", "RUN sudo microdnf install a && sudo microdnf clean all\n"),
        ("yum-cache-kept", "RUN a; yum install -y b || c\n", "RUN a; yum install -y b || c && yum clean all\n"),
        ("zypper-cache-kept", "RUN zypper install -y a\n", "RUN zypper install -y a && zypper clean\n"),
        ("yarn-cache-kept", "RUN yarn install\n", "RUN yarn install && yarn cache clean\n"),
        (
            "apt-lists-kept",
            "RUN apt-get update && apt-get install -y a > /dev/null\nRUN apt-get update && apt-get install -y b\n",
            f"RUN apt-get update && apt-get install -y a > /dev/null && {LISTS}\n"
            f"RUN apt-get update && apt-get install -y b && {LISTS}\n",
        ),
        (
            "apt-lists-kept",
            "RUN apt-get update \\\n\t&& apt-get install -y \\\n\t\ta \\\n\t\t# why\n\t\tb\n\nRUN x\n",
            "RUN apt-get update \\\n\t&& apt-get install -y \\\n\t\ta \\\n\t\t# why\n\t\tb \\\n"
            f"\t&& {LISTS}\n\nRUN x\n",
        ),
        (
            "apt-lists-kept",
            "RUN apt-get update && \\\n  apt-get install -y a",
            f"RUN apt-get update && \\\n  apt-get install -y a \\\n  && {LISTS}",
        ),
    ],
)
def test_unsafe_cures(rule: str, before: str, after: str, fix_text: FixText) -> None:
    for newline in ("\n", "\r\n"):
        text, wanted = (f"FROM debian:12\n{one}".replace("\n", newline) for one in (before, after))
        fixed = fix_text(text, f"packages/{rule}", unsafe=True)
        assert fixed.texts["Dockerfile"] == wanted
        assert not fixed.withdrawn and fixed.settled
        assert not fix_text(text, f"packages/{rule}").texts


def test_another_escape_character(fix_text: FixText) -> None:
    text = "# escape=`\nFROM debian:12\nRUN apt-get update `\n  && apt-get install -y a\n"
    fixed = fix_text(text, "packages/apt-lists-kept", unsafe=True)
    assert fixed.texts["Dockerfile"] == text[:-1] + f" `\n  && {LISTS}\n"


KEPT = ("packages/pip-cache-kept", "packages/yarn-cache-kept", "packages/apt-lists-kept")
MOUNTS = ("mounts/cache-mount-missing", "mounts/cache-cleaned-in-mount")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("FROM python:3.13\nCOPY r.txt .\nRUN pip install -r r.txt\n", ["mount"]),
        ("FROM python:3.13\nCOPY r.txt .\nRUN pip install -U pip && pip install -r r.txt\n", ["mount"]),
        ("FROM python:3.13\nRUN pip install -U pip\nCOPY r.txt .\nRUN pip install -r r.txt\n", ["mount", "add"]),
        ("FROM node:22\nCOPY . .\nRUN yarn install\n", ["mount"]),
        ("FROM python:3.13\nRUN pip install flask\n", ["add"]),
        ("FROM python:3.13\nUSER $ME\nCOPY r.txt .\nRUN pip install -r r.txt\n", ["add"]),
    ],
)
def test_a_cache_is_kept_or_thrown_away_not_both(text: str, titles: list[str], fix_text: FixText) -> None:
    ended = fix_text(text, *KEPT, *MOUNTS, unsafe=True)
    assert [one.fix.title.partition(" ")[0] for one in ended.applied] == titles
    assert ended.settled and not ended.withdrawn


def test_without_the_mounts_the_cache_is_thrown_away(fix_text: FixText) -> None:
    ended = fix_text("FROM python:3.13\nCOPY r.txt .\nRUN pip install -r r.txt\n", *KEPT, unsafe=True)
    assert ended.texts == {"Dockerfile": "FROM python:3.13\nCOPY r.txt .\nRUN pip install --no-cache-dir -r r.txt\n"}


def test_two_cures_of_one_step_are_both_applied(fix_text: FixText) -> None:
    run = "RUN apt-get update && apt-get install -y python3-pip && pip install flask"
    ended = fix_text(f"FROM debian:13\n{run}\n", *KEPT, *MOUNTS, unsafe=True)
    cured = run.replace("pip install", "pip install --no-cache-dir")
    assert ended.texts == {"Dockerfile": f"FROM debian:13\n{cured} && rm -rf /var/lib/apt/lists/*\n"}


def test_many_installs_of_one_step_are_cured_together(fix_text: FixText) -> None:
    text = "FROM alpine:3.20\nRUN " + " && ".join(f"apk add p{number}" for number in range(15)) + "\n"
    ended = fix_text(text, "packages/apk-index-kept", *MOUNTS, unsafe=True)
    assert ended.settled and ended.texts == {"Dockerfile": text.replace("apk add", "apk add --no-cache")}
