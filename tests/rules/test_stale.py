"""The rules on keys that stay the same though the truth changes: hits, and the longer lists of silences."""

from __future__ import annotations

import pytest

from .conftest import Lint

CLONE, LOAD, UPDATE = "stale/moving-git-clone", "stale/moving-download", "stale/update-in-own-layer"
SECRET, ORDER = "stale/secret-changes-unseen", "stale/copy-order-wrong-hit"
URL = "https://github.com/a/b"
FILE = "https://example.com/releases/latest/x.tgz"
FULL = "0123456789012345678901234567890123456789"

Case = tuple[str, str]

HITS: dict[str, Case] = {
    "the default branch": (CLONE, f"RUN git clone {URL}"),
    "a branch by name": (CLONE, f"RUN git clone -b develop --depth=1 {URL} /x"),
    "a branch by its whole name": (CLONE, f"RUN git clone {URL} && cd b && git checkout origin/main"),
    "a branch from an argument": (CLONE, f"ARG REF=main\nRUN git clone --branch ${{REF}} {URL}"),
    "a branch of versions": (CLONE, f"RUN git clone -b 7.x {URL}"),
    "in a substitution": (CLONE, f"RUN X=$(git clone {URL} /x && cat /x/y) && echo $X"),
    "the newest tag": (CLONE, f"RUN git clone {URL} && cd b && git checkout $(git describe --tags)"),
    "with options of git": (CLONE, f"RUN git -c http.sslVerify=false clone {URL}"),
    "latest as a folder": (LOAD, f"RUN curl -O {FILE}"),
    "latest in the name": (LOAD, "RUN wget https://example.com/Tool-latest-Linux.sh"),
    "a lookup": (LOAD, "RUN V=$(curl -s https://api.github.com/repos/a/b/releases/latest | jq .x) && echo $V"),
    "latest from an argument": (LOAD, "ARG V=latest\nRUN curl -O https://example.com/$V/x.tgz"),
    "a branch's file": (LOAD, "RUN curl https://raw.githubusercontent.com/a/b/main/i.sh | sh"),
    "a branch's archive": (LOAD, f"RUN curl -L {URL}/archive/refs/heads/v2.tar.gz | tar xz"),
    "a checksum from the same place": (LOAD, f"RUN curl -O {FILE} && curl -O {FILE}.sha256 && sha256sum -c x.sha256"),
    "apt": (UPDATE, "RUN apt-get update\nRUN apt-get install -y curl"),
    "apt with a mirror": (
        UPDATE,
        "RUN sed -i s/a/b/ /etc/apt/sources.list && apt-get update\nRUN apt-get install -y x",
    ),
    "dnf": (UPDATE, "RUN dnf makecache\nRUN dnf install -y curl"),
    "other steps between": (UPDATE, "RUN apk update\nWORKDIR /x\nRUN true\nRUN apk add curl"),
    "a secret that is sourced": (SECRET, "RUN --mount=type=secret,id=conf . /run/secrets/conf && make"),
    "a secret that is printed": (SECRET, "RUN --mount=type=secret,id=e cat /run/secrets/e > /app/.env"),
    "a secret in the bundle": (SECRET, "RUN --mount=type=secret,id=x,env=NEXT_PUBLIC_URL npm run build"),
    "two files of a name": (ORDER, "COPY a/x.conf b/x.conf /etc/"),
    "two added": (ORDER, "ADD a/x.conf ./c/x.conf /etc/"),
    "from one stage": (ORDER, "COPY --from=other /a/x.conf /b/x.conf /etc/"),
}

SILENT: dict[str, Case] = {
    "a tag": (CLONE, f"RUN git clone -b v1.2.3 {URL}"),
    "a tag checked out": (CLONE, f"RUN git clone {URL} && cd b && git checkout 1.2.3"),
    "a commit": (CLONE, f"RUN git clone {URL} && git -C b checkout {FULL[:12]}"),
    "a commit fetched": (CLONE, f"RUN git clone {URL} b && cd b && git fetch origin {FULL} && git reset --hard {FULL}"),
    "a commit in a later RUN": (CLONE, f"RUN git clone {URL} /b\nWORKDIR /b\nRUN git reset --hard {FULL}"),
    "a reference that is not known": (CLONE, f"ARG REF\nRUN git clone -b $REF {URL}"),
    "a checkout that is not known": (CLONE, f"ARG REF\nRUN git clone {URL} && cd b && git checkout $REF"),
    "a name that may be a tag": (CLONE, f"RUN git clone -b jammy {URL}"),
    "a local clone": (CLONE, "RUN git clone /src /dst"),
    "a file address": (CLONE, "RUN git clone file:///src /dst"),
    "a repository that is not known": (CLONE, "ARG R\nRUN git clone $R /dst"),
    "another program": (CLONE, f"RUN echo git clone {URL}"),
    "a bust": (CLONE, f"ARG CACHEBUST=1\nRUN git clone {URL}"),
    "a bust by ADD": (CLONE, f"ADD https://api.github.com/repos/a/b/commits /tmp/c\nRUN git clone {URL}"),
    "a version": (LOAD, "RUN curl -O https://example.com/1.2.3/x.tgz"),
    "a version that is not known": (LOAD, "ARG V\nRUN curl -O https://example.com/$V/x.tgz"),
    "no name that moves": (LOAD, "RUN curl -O https://example.com/x.tgz"),
    "a version with latest": (LOAD, "RUN curl -O https://example.com/x-latest-1.2.3.tgz"),
    "part of a word": (LOAD, "RUN curl -O https://example.com/greatest/x.tgz"),
    "main of a Debian pool": (LOAD, "RUN wget http://mirror.example.com/debian/pool/main/o/x_1.1.deb"),
    "main deep in a repository": (LOAD, "RUN wget https://raw.githubusercontent.com/a/b/v1.2/src/main/x"),
    "a key": (LOAD, "RUN curl https://example.com/latest/release.asc | gpg --import"),
    "a checksum of our own": (LOAD, f"RUN curl -O {FILE} && echo '{FULL} x.tgz' | sha1sum -c"),
    "a checksum in a variable": (LOAD, f"ARG X_SHA256\nRUN curl -o x {FILE} && echo $X_SHA256 x | sha256sum -c"),
    "something that is sent": (LOAD, f"RUN curl -d a=b {FILE}"),
    "an address in a header": (LOAD, f"RUN curl -H {FILE} -O https://example.com/1.2/x"),
    "an address that is printed": (LOAD, f"RUN echo {FILE} > /x"),
    "a step made to run again": (LOAD, f"ARG CACHE_DATE\nRUN curl -O {FILE}"),
    "both in one RUN": (UPDATE, "RUN apt-get update && apt-get install -y curl"),
    "each with its own": (UPDATE, "RUN apt-get update\nRUN apt-get update && apt-get install -y curl"),
    "an upgrade with it": (UPDATE, "RUN apt-get update && apt-get upgrade -y\nRUN apt-get install -y curl"),
    "a script beside it": (UPDATE, "RUN apt-get update && ./deps.sh\nRUN apt-get install -y curl"),
    "an upgrade that is no update of lists": (UPDATE, "RUN yum update -y\nRUN yum install -y curl"),
    "apk without a cache": (UPDATE, "RUN apk update\nRUN apk add --no-cache curl"),
    "another package manager": (UPDATE, "RUN apt-get update\nRUN pip install x"),
    "nothing is installed": (UPDATE, "RUN apt-get update\nRUN true"),
    "a word in an echo": (UPDATE, "RUN echo apt-get update\nRUN apt-get install -y x"),
    "an install in a script": (UPDATE, "RUN apt-get update\nRUN ./install.sh"),
    "a token": (SECRET, "RUN --mount=type=secret,id=token cp /run/secrets/token /x && make"),
    "a door": (SECRET, "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci"),
    "a key of ssh": (SECRET, "RUN --mount=type=secret,id=id_rsa,target=/root/.ssh/id_rsa git pull"),
    "read by the command alone": (SECRET, "RUN --mount=type=secret,id=conf ./build --config /run/secrets/conf"),
    "a variable of a server": (SECRET, "RUN --mount=type=secret,id=x,env=DB_URL npm run build"),
    "an argument beside it": (SECRET, "ARG H\nRUN --mount=type=secret,id=e,target=.env echo $H && npm run build"),
    "no secret": (SECRET, "RUN --mount=type=cache,target=/x cat /run/secrets/conf > /x"),
    "other names": (ORDER, "COPY a/x.conf b/y.conf /etc/"),
    "the same source twice": (ORDER, "COPY a/x.conf ./a/x.conf /etc/"),
    "patterns": (ORDER, "COPY a/*.conf b/*.conf /etc/"),
    "directories without a context": (ORDER, "COPY a/src b/src /app/"),
    "with their parents": (ORDER, "COPY --parents a/x.conf b/x.conf /etc/"),
    "roots": (ORDER, "COPY . ./ /app/"),
    "names that are not known": (ORDER, "ARG N\nCOPY a/$N b/$N /app/"),
}


def _text(body: str) -> str:
    return f"FROM debian:12 AS other\nRUN true\nFROM debian:12\nCOPY --from=other /x /x\n{body}\n"


@pytest.mark.parametrize("case", HITS.values(), ids=HITS.keys())
def test_reported(case: Case, lint_text: Lint) -> None:
    rule, body = case
    report = lint_text(_text(body), rule)
    assert not report.crashes
    assert [one.rule for one in report.diagnostics] == [rule]


@pytest.mark.parametrize("case", SILENT.values(), ids=SILENT.keys())
def test_silent(case: Case, lint_text: Lint) -> None:
    rule, body = case
    report = lint_text(_text(body), rule)
    assert not report.crashes
    assert [one.sentence for one in report.diagnostics] == []


def test_an_update_that_nothing_uses_is_a_finding_of_low_confidence(lint_text: Lint) -> None:
    (found,) = lint_text("FROM a\nRUN apt-get update\n", UPDATE, confidence="low").diagnostics
    assert found.confidence == "low"


def test_all_installs_that_use_old_lists_are_related(lint_text: Lint) -> None:
    text = "FROM a\nRUN apt-get update\nRUN apt-get install -y x\nFROM a\nRUN true\n"
    text += "FROM a AS b\nRUN apt-get update\nRUN apt-get install -y x\nFROM b\nRUN apt-get install -y y\n"
    *_, found = lint_text(text, UPDATE).diagnostics
    assert len(found.related) == 2
    assert "2 later installs use them" in found.cost


@pytest.mark.parametrize("names", [["x.c"], ["x.c", "y.c"]])
def test_directories_are_looked_into(names: list[str], lint_text: Lint) -> None:
    context = {"a/src/x.c": ""} | {f"b/src/{name}": "" for name in names}
    assert lint_text("FROM a\nCOPY a/src b/src /x/\n", ORDER, context=context).diagnostics


def test_a_tag_and_a_branch_are_never_both_reported(lint_text: Lint) -> None:
    for ref in ("main", "v1.2.3", FULL):
        text = f"FROM a\nRUN git clone -b {ref} {URL}\n"
        assert len(lint_text(text, CLONE, "pinning/git-clone-unpinned").diagnostics) <= 1
