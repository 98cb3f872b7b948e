"""The rules on packages, caches and commands in RUN instructions: where they look, and the longer list of silences."""

from __future__ import annotations

import pytest

from dcache.rules.unpinned import Evidence

from .conftest import Lint

HITS: dict[str, tuple[str, str]] = {
    "in a heredoc": ("pinning/apt-unpinned", "RUN <<EOF\napt-get update\napt-get install -y curl\nEOF"),
    "in a heredoc for bash": ("pinning/apt-unpinned", "RUN bash -e <<EOF\napt-get install -y curl\nEOF"),
    "in the JSON form": ("pinning/apt-unpinned", 'RUN ["apt-get", "install", "-y", "curl"]'),
    "in a shell in the JSON form": ("pinning/apt-unpinned", 'RUN ["sh", "-c", "apt-get install -y curl"]'),
    "in a trigger": ("pinning/apt-unpinned", "ONBUILD RUN apt-get install -y curl"),
    "in a condition": ("pinning/apt-unpinned", "RUN if true; then apt-get install -y curl; fi"),
    "in a case": ("pinning/apt-unpinned", "RUN case $X in a) apt-get install -y curl;; esac"),
    "in a function": ("pinning/apt-unpinned", "RUN f() { apt-get install -y curl; }; f"),
    "behind a redirection": ("pinning/apt-unpinned", "RUN apt-get install -y 2>/dev/null curl"),
    "behind the name of a group": ("pinning/apk-unpinned", "RUN apk add --virtual=.deps gcc"),
    "a variable without a value": ("pinning/apt-unpinned", "ARG P\nRUN apt-get install -y $P"),
    "a value from the shell": ("pinning/apt-unpinned", "RUN P='gcc make' && apt-get install -y $P"),
    "pip of a virtual environment": ("pinning/pip-unpinned", "RUN /venv/bin/pip3.12 install flask"),
    "a scoped package": ("pinning/npm-unpinned", "RUN npm install -g @vue/cli"),
    "a module without a stream": ("pinning/dnf-unpinned", "RUN dnf module install -y nodejs"),
    "a name with hyphens": ("pinning/yum-unpinned", "RUN yum install -y java-devel-openjdk"),
    "an empty cache mount elsewhere": (
        "packages/dnf-cache-kept",
        "RUN --mount=type=cache,target=/root/.cache dnf install -y curl",
    ),
    "cleaned before": ("packages/yum-cache-kept", "RUN yum clean all && yum install -y curl"),
    "lists in a base of another stage": (
        "packages/apt-lists-kept",
        "RUN apt-get update\nFROM debian AS b\nRUN apt-get update\nFROM b\nRUN rm -rf /var/lib/apt/lists/*",
    ),
    "a number that turns nothing off": ("packages/pip-cache-kept", "ENV PIP_NO_CACHE_DIR=false\nRUN pip install x==1"),
    "sudo with options": ("security/sudo-used", "RUN sudo -E -u app make"),
    "a pipe in a substitution": ("shell/pipe-without-pipefail", 'RUN X="$(ls | wc -l)"'),
    "a pipe into a loop": ("shell/pipe-without-pipefail", "RUN ls | while read x; do echo $x; done"),
    "a shell without pipefail": ("shell/pipe-without-pipefail", 'SHELL ["/bin/bash", "-c"]\nRUN ls | wc'),
    "an id in one word": ("shell/useradd-high-uid", "RUN useradd -mu 1000000 app"),
    "the third of three": ("shell/consecutive-runs", "RUN a\nRUN b && c\nRUN d\nRUN e"),
}

SILENT: dict[str, tuple[str, str]] = {
    "a text that no shell reads": ("pinning/apt-unpinned", "RUN (apt-get install -y curl"),
    "another shell": ("pinning/apt-unpinned", 'SHELL ["pwsh", "-c"]\nRUN apt-get install -y curl'),
    "a script in another language": (
        "pinning/apt-unpinned",
        "RUN <<EOF\n#!/usr/bin/perl\napt-get install -y curl\nEOF",
    ),
    "a heredoc that is only written": ("pinning/apt-unpinned", "RUN cat <<EOF > /x\napt-get install -y curl\nEOF"),
    "a word that says so": ("pinning/apt-unpinned", "RUN echo 'apt-get install -y curl'"),
    "a comment in backquotes": ("pinning/apt-unpinned", "RUN apt-get install -y a=1 `# curl` b=2"),
    "a name with a release": ("pinning/apt-unpinned", "RUN apt-get install -y curl/stable"),
    "a removal by a hyphen": ("pinning/apt-unpinned", "RUN apt-get install -y curl-"),
    "values that all have versions": ("pinning/apt-unpinned", "ENV A=1\nENV P='a=1 b=2'\nRUN apt-get install -y $P"),
    "a value of the base stage": (
        "pinning/apk-unpinned",
        "ENV P=a=1\nFROM debian AS b\nENV P=b=1\nFROM b\nRUN apk add $P",
    ),
    "requirements": ("pinning/pip-unpinned", "RUN pip install -rrequirements.txt flask"),
    "the project itself": ("pinning/pip-unpinned", "RUN pip install '.[dev]' ."),
    "a file from elsewhere": ("pinning/pip-unpinned", "RUN pip install https://example.org/flask.whl"),
    "a scoped package with a version": ("pinning/npm-unpinned", "RUN npm install -g @vue/cli@5"),
    "a clean install": ("pinning/npm-unpinned", "RUN npm ci --omit=dev"),
    "a version for all": ("pinning/gem-unpinned", "RUN gem i rake -v 13"),
    "a local package": ("pinning/go-unpinned", "RUN go install ./cmd/x && go run ."),
    "a module with a stream": ("pinning/dnf-unpinned", "RUN dnf module install -y nodejs:20/minimal"),
    "a group": ("pinning/dnf-unpinned", "RUN dnf group install -y core"),
    "a version in a variable": ("pinning/yum-unpinned", "ARG V\nRUN yum install -y httpd-$V"),
    "answers from yes": ("packages/apt-asks", "RUN yes | apt-get install curl"),
    "answers for nothing": ("packages/apt-asks", "RUN apt-get update && apt-get autoremove"),
    "cleaned in one sweep": ("packages/dnf-cache-kept", "RUN dnf install -y curl && rm -rf /var/cache/*"),
    "a cache on tmpfs": ("packages/yum-cache-kept", "RUN --mount=type=tmpfs,target=/var/cache yum install -y curl"),
    "lists in a stage that is copied from": (
        "packages/apt-lists-kept",
        "RUN apt-get update\nFROM debian\nCOPY --from=0 /x /x",
    ),
    "lists above the mount's folder": (
        "packages/apt-lists-kept",
        "RUN --mount=type=cache,target=/var/lib/apt apt-get update",
    ),
    "no cache by an argument": ("packages/pip-cache-kept", "ARG PIP_NO_CACHE_DIR=1\nRUN pip install x"),
    "uv has a cache of its own": ("packages/pip-cache-kept", "RUN uv pip install x"),
    "pip downloads nothing": ("packages/pip-cache-kept", "RUN pip --version && pip check"),
    "a yarn that builds": ("packages/yarn-cache-kept", "RUN yarn build"),
    "a file of sudo": ("security/sudo-used", "RUN rm /etc/sudoers && apt-get install -y sudo"),
    "pipefail in the RUN": ("shell/pipe-without-pipefail", "RUN set -euxo pipefail; ls | wc -l"),
    "a trigger runs elsewhere": ("shell/pipe-without-pipefail", "ONBUILD RUN ls | wc -l"),
    "an alternative is no pipe": ("shell/pipe-without-pipefail", "RUN a || b; case $x in a|b) c;; esac; [ a = 'b|c' ]"),
    "no id": ("shell/useradd-high-uid", "RUN useradd -u $USER_ID app"),
    "an id of five digits": ("shell/useradd-high-uid", "RUN useradd -u 65534 app"),
    "apart by another instruction": ("shell/consecutive-runs", "RUN a\nENV B=c\nRUN d"),
    "a test and a command": ("shell/consecutive-runs", "RUN a && b\nRUN [ -f /x ] && c"),
    "mounts of its own": ("shell/consecutive-runs", "RUN a\nRUN --mount=type=cache,target=/x b"),
    "curl in one stage, wget in another": ("shell/curl-and-wget", "RUN curl x\nFROM debian\nRUN wget x"),
    "ssh with a key": ("shell/pointless-command", "RUN --mount=type=ssh ssh git@example.org"),
    "a log file": ("shell/wget-progress-bar", "RUN wget -a log https://example.org/x"),
}


@pytest.mark.parametrize("case", HITS.values(), ids=HITS.keys())
def test_reported(case: tuple[str, str], lint_text: Lint) -> None:
    rule, body = case
    report = lint_text(f"FROM debian AS x\n{body}\n", rule)
    assert not report.crashes
    assert {one.rule for one in report.diagnostics} == {rule}


@pytest.mark.parametrize("case", SILENT.values(), ids=SILENT.keys())
def test_silent(case: tuple[str, str], lint_text: Lint) -> None:
    rule, body = case
    report = lint_text(f"FROM debian AS x\n{body}\n", rule)
    assert not report.crashes
    assert [one.sentence for one in report.diagnostics] == []


@pytest.mark.parametrize(
    ("rule", "run"),
    [
        ("pinning/apt-unpinned", "sudo apt-get install -y curl"),
        ("pinning/apt-unpinned", "sh -c 'apt-get install -y curl'"),
        ("pinning/apt-unpinned", "/usr/bin/apt-get install -y curl"),
        ("pinning/apt-unpinned", "apt install -y curl"),
        ("pinning/pip-unpinned", "/venv/bin/pip install flask"),
        ("pinning/npm-unpinned", "npm i -g typescript"),
        ("pinning/gem-unpinned", "gem install --no-document bundler"),
        ("pinning/dnf-unpinned", "tdnf install -y curl"),
        ("packages/yum-cache-kept", "yum install -y curl-1 && rm -rf /tmp/x"),
        ("packages/apt-lists-kept", "apt-get update && rm -rf /tmp/x"),
        ("shell/useradd-high-uid", "useradd --uid 1000000 app"),
    ],
)
def test_what_hadolint_does_not_see_has_none_of_its_codes(rule: str, run: str, lint_text: Lint) -> None:
    (found,) = lint_text(f"FROM debian\nRUN {run}\n", rule).diagnostics
    assert found.aliases == ()


def test_the_unpinned_packages_are_evidence(lint_text: Lint) -> None:
    text = 'FROM debian\nRUN apt-get install -y \\\n  curl \\\n  git=1 "make"\n'
    (found,) = lint_text(text, "pinning/apt-unpinned").diagnostics
    assert isinstance(found.evidence, Evidence)
    assert found.evidence.install == "apt-get install"
    assert found.evidence.names == ("curl", "make")
    assert [text[slice(*span)] for span in found.evidence.spans] == ["curl", '"make"']
    assert found.message == "`curl` and 1 more are installed without a version"


def test_packages_that_a_variable_may_pin_are_less_sure(lint_text: Lint) -> None:
    text = "FROM debian\nARG P\nRUN apt-get install -y $P\nRUN apt-get install -y curl\n"
    assert [one.confidence for one in lint_text(text, "pinning/apt-unpinned").diagnostics] == ["medium", "high"]


def test_a_comment_of_hadolint_silences_the_finding_of_its_code(lint_text: Lint) -> None:
    text = "FROM debian\n# hadolint ignore=DL3008\nRUN apt-get install -y curl\n"
    assert not lint_text(text, "pinning/apt-unpinned").diagnostics


def test_the_two_tools_are_related(lint_text: Lint) -> None:
    text = "FROM debian\nRUN wget x\nRUN curl y\nRUN wget z\n"
    found = lint_text(text, "shell/curl-and-wget").diagnostics
    assert [text[slice(*one.primary)] for one in found] == ["curl", "wget"]
    assert [text[slice(*one.related[0].span)] for one in found] == ["wget", "curl"]
