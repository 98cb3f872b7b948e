"""What can be pinned in a Dockerfile, where its pin is written, and what is left alone, each for its reason."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.pins import USUAL, Key, Kind, Lock, Pin
from dcache.analyzer.source import SourceFile, apply_edits
from dcache.fixers.verify import difference
from dcache.fixers.wants import Want, all_wants, edits
from dcache.rules.facts import Facts
from rules.conftest import build_context

from .conftest import KNOWS_EVERYTHING, VALUES

CORPUS = os.environ.get("DCACHE_CORPUS", "")
A = "@" + VALUES["image"]
C = VALUES["git"]
APT, APK = "=" + VALUES["apt"], "=" + VALUES["apk"]


def wants(
    text: str,
    lock: Lock | None = None,
    context: Mapping[str, str] | None = None,
    kinds: tuple[Kind, ...] = USUAL,
) -> tuple[Want, ...]:
    """What of these kinds can be pinned in a text."""
    opened = None if context is None else (lambda: build_context(context))
    found = all_wants(Facts(parse(SourceFile("Dockerfile", text)), opened, lock or Lock()))
    return tuple(one for one in found if one.key.kind in kinds)


def pinned(text: str, lock: Lock = KNOWS_EVERYTHING, kinds: tuple[Kind, ...] = USUAL) -> str:
    """The text with pins from a lock, held against the text before as `dcache fix` does."""
    see = Facts(parse(SourceFile("Dockerfile", text)), None, Lock({}, lock.environments))
    written = edits((one for one in all_wants(see) if one.key.kind in kinds), lock, text)
    after = apply_edits(text, written)
    assert difference(see.dockerfile, parse(SourceFile("Dockerfile", after)), written, ()) is None
    return after


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("FROM debian:12\n", f"FROM debian:12{A}\n"),
        ("FROM debian\n", f"FROM debian:latest{A}\n"),
        ("FROM localhost:5000/a\n", f"FROM localhost:5000/a:latest{A}\n"),
        ("FROM --platform=linux/arm64 debian:12 AS x\n", f"FROM --platform=linux/arm64 debian:12{A} AS x\n"),
        ("from \\\n  debian:12\n", f"from \\\n  debian:12{A}\n"),
        ("FROM debian:12", f"FROM debian:12{A}"),
        ("FROM debian:12\r\nRUN true\r\n", f"FROM debian:12{A}\r\nRUN true\r\n"),
        ("ARG B=debian:12\nFROM $B\n", f"ARG B=debian:12{A}\nFROM $B\n"),
        ("ARG B=debian\nFROM ${B}\n", f"ARG B=debian:latest{A}\nFROM ${{B}}\n"),
        ('ARG B="debian:12"\nFROM $B\n', f'ARG B="debian:12{A}"\nFROM $B\n'),
        ("ARG X=1 V=3.20\nFROM alpine:$V AS a\n", f"ARG X=1 V=3.20{A}\nFROM alpine:$V AS a\n"),
        ("ARG P=m.invalid/x/\nFROM ${P}alpine:3\n", f"ARG P=m.invalid/x/\nFROM ${{P}}alpine:3{A}\n"),
        ("ARG P\nARG P=''\nFROM ${P}alpine\n", f"ARG P\nARG P=''\nFROM ${{P}}alpine:latest{A}\n"),
        ("ARG P=m.invalid\nFROM $P/a/b:3\nFROM $P/c:1\n",
         f"ARG P=m.invalid\nFROM $P/a/b:3{A}\nFROM $P/c:1{A}\n"),
        ("FROM a:1 AS b\nCOPY --from=c/d:1 /x /y\n", f"FROM a:1{A} AS b\nCOPY --from=c/d:1{A} /x /y\n"),
        ("FROM a:1\nRUN --mount=from=c/d,target=/t ls\n",
         f"FROM a:1{A}\nRUN --mount=from=c/d:latest{A},target=/t ls\n"),
    ],
)  # fmt: skip
def test_images(text: str, wanted: str) -> None:
    assert pinned(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "FROM scratch\n",
        f"FROM debian:12{A}\n",
        f"FROM debian{A}\n",
        f"FROM debian:12{A} AS a\nFROM a\nCOPY --from=a /x /y\nCOPY --from=0 /x /y\n",
        f"FROM debian:12{A} AS a\nFROM A\n",
        f"FROM debian:12{A}\nCOPY --from=assets /x /y\n",
        f"FROM debian:12{A}\nRUN --mount=type=cache,target=/x ls\n",
    ],
)
def test_images_that_are_left_alone(text: str) -> None:
    assert pinned(text) == text
    assert not [one for one in wants(text) if not one.held]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ARG B\nFROM $B\n", "`B` has no default"),
        ("FROM $B\n", "`B` has no default"),
        ("ARG V=3.12\nFROM python:$V-slim\n", "behind the variable the tag goes on"),
        ("ARG V=3.12\nFROM python:${V:-3.11}\n", "behind the variable the tag goes on"),
        ("ARG V=3.12\nFROM a:$V\nFROM b:$V\n", "`V` is read elsewhere too"),
        ("ARG V=3.12\nFROM a:$V\nARG V\nRUN echo $V\n", "`V` is read elsewhere too"),
        ("ARG I=a\nFROM ${I}:1\n", "behind the variable the tag goes on"),
        ("ARG I=a\nFROM ${I}-b:1\n", "behind the variable the tag goes on"),
        ("ARG N=a\nARG V=$N\nFROM a:$V\n", "or its default is not plain"),
        (f"FROM a:1{A}\nARG V\nCOPY --from=c/d:$V /x /y\n", "variables are not expanded there"),
    ],
)
def test_images_that_cannot_be_pinned(text: str, why: str) -> None:
    found = [one for one in wants(text) if not one.held]
    assert found and all(why in one.refusal for one in found)
    assert pinned(text) == text


def test_named_contexts_are_no_images() -> None:
    bake = {"docker-bake.hcl": 'target "a" {\n  contexts = {\n    base = "target:b"\n  }\n}\n'}
    assert not wants("FROM base\n", context=bake)
    assert wants("FROM base\n", context={})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("FROM debian:12\nRUN apt-get install -y curl\n", f"curl{APT}"),
        ("FROM debian:bookworm-slim\nRUN apt-get install -y curl 'git' \"jq\"\n", f"curl{APT} 'git{APT}' \"jq{APT}\""),
        ("FROM ubuntu:24.04\nRUN apt-get update && \\\n  apt-get install -y \\\n  curl \\\n  jq\n",
         f"  curl{APT} \\\n  jq{APT}\n"),
        ("FROM python:3.12-slim-bookworm\nRUN sudo apt-get install -y curl\n", f"curl{APT}"),
        ("FROM debian:12 AS a\nRUN true\nFROM a\nRUN apt-get install -y curl=1 jq\n", f"curl=1 jq{APT}"),
        ("FROM debian:12\nRUN apt-get -o Dir::Cache::archives=/c install -y curl\n", f"curl{APT}"),
        ("FROM debian:12\nRUN <<EOF\napt-get install -y curl\nEOF\n", f"install -y curl{APT}\nEOF"),
        ("FROM debian:12\nRUN apt-get -o Acquire::Retries=3 install -y curl\n", f"install -y curl{APT}"),
        ("FROM alpine:3.20\nRUN apk add --no-cache curl\n", f"curl{APK}"),
        ("FROM node:22-alpine3.20\nRUN apk add -t .b gcc\n", f".b gcc{APK}"),
        ("FROM python:3.12\nRUN pip install flask 'a[b,c]'\n", "flask==1.2.3 'a[b,c]==1.2.3'"),
        ("FROM python:3.12.4-slim\nRUN python -m pip install -U pip\n", "-U pip==1.2.3"),
        ("FROM python:3.12\nRUN python3.12 -m pip install a\n", "install a==1.2.3"),
        ("FROM python:3.12\nRUN uv pip install --system a\n", "--system a==1.2.3"),
        ("FROM python:3.12\nRUN pip install git+https://h.invalid/a.git\n", f"a.git@{C}\n"),
        ("FROM python:3.12\nRUN pip install 'git+https://h.invalid/a#egg=a'\n", f"/a@{C}#egg=a'\n"),
        ("FROM node:22\nRUN npm i -g typescript @a/b\n", "typescript@1.2.3 @a/b@1.2.3"),
        ("FROM node:22\nRUN yarn global add serve && pnpm add x\n", "serve@1.2.3 && pnpm add x@1.2.3"),
        ("FROM node:22\nRUN npm i git+https://h.invalid/a.git\n", f"a.git#{C}\n"),
        ("FROM ruby:3.3\nRUN gem install rake:1 rails\n", "rake:1 rails:1.2.3"),
        ("FROM golang:1.23\nRUN go install a.invalid/b/c@latest\n", "a.invalid/b/c@v1.2.3\n"),
        ("FROM golang:1.23\nRUN go install a.invalid/b/c\n", "a.invalid/b/c@v1.2.3\n"),
        ("FROM rust:1.82\nRUN cargo install --locked bat\n", "--locked bat@1.2.3\n"),
        ("FROM debian:12\nRUN cargo install bat\n", "install bat@1.2.3\n"),
        ("FROM rust:1.82\nRUN cargo install --git https://h.invalid/a\n", f"h.invalid/a --rev {C}\n"),
    ],
)  # fmt: skip
def test_packages(text: str, wanted: str) -> None:
    after = pinned(text)
    assert wanted in after
    assert len(after.splitlines()) == len(text.splitlines())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM debian\nRUN apt-get install -y curl\n", "does not say which suite it is"),
        ("FROM debian:stable\nRUN apt-get install -y curl\n", "does not say which suite it is"),
        ("FROM python:3.12-slim\nRUN apt-get install -y curl\n", "does not say which suite it is"),
        ("FROM me/debian:12\nRUN apt-get install -y curl\n", "does not say which suite it is"),
        ("FROM postgres:16-bookworm\nRUN apt-get install -y curl\n", "does not say which suite it is"),
        ("FROM alpine:3.20\nRUN apt-get install -y curl\n", "does not say which suite it is"),
        ("FROM alpine\nRUN apk add curl\n", "does not say which suite it is"),
        ("ARG B\nFROM $B\nRUN apk add curl\n", "does not say which suite it is"),
        ("FROM debian:12\nRUN apt-get install -y -t bookworm-backports curl\n", "`-t` decides"),
        ("FROM debian:12\nRUN apt-get -o APT::Default-Release=sid install -y curl\n", "`APT::Default-Release=sid`"),
        ("FROM debian:12\nRUN apt-get -o Dir::Etc=/a install -y curl\n", "`Dir::Etc=/a`"),
        ("FROM debian:12\nRUN apt-get install -y libc6:i386\n", "it is no plain name"),
        ("FROM debian:12\nRUN apt-get install -y $PKGS\n", "its name is a variable"),
        ("FROM debian:12\nENV P='a b'\nRUN apt-get install -y $P\n", "its name is a variable"),
        ("FROM debian:12\nRUN apt-get install -y 'libx*'\n", "its name is a variable"),
        ("FROM debian:12\nRUN sh -c 'apt-get install -y curl'\n", "is not written out as one plain word"),
        ('FROM debian:12\nRUN ["apt-get", "install", "curl"]\n', "is not written out as one plain word"),
        ("FROM debian:12\nRUN apt-get install -y cu\\\nrl\n", "is not written out as one plain word"),
        ("FROM debian:12\nRUN curl -L https://x.invalid/setup_20.x | bash -\nRUN apt-get install -y nodejs\n",
         "line 2 may add a source of packages"),
        ("FROM debian:12\nCOPY a.list /etc/apt/sources.list.d/\nRUN apt-get install -y curl\n", "line 2 may add"),
        ("FROM debian:12 AS a\nRUN add-apt-repository x\nFROM a\nRUN apt-get install -y curl\n", "line 2 may add"),
        ("FROM debian:12\nRUN echo x >> /etc/apt/sources.list && apt-get install -y jq\n", "line 2 may add"),
        ("FROM alpine:3.20\nRUN echo x >> /etc/apk/repositories && apk add a\n", "line 2 may add"),
        ("FROM alpine:3.20\nRUN apk add -X http://x.invalid/edge a\n", "`-X` decides"),
        ("FROM debian:12\nRUN pip install flask\n", "does not say which version of python"),
        ("FROM python:3\nRUN pip install flask\n", "does not say which version of python"),
        ("FROM python:3.12\nRUN pyenv install 3.9\nRUN pip install flask\n", "does not say which version of python"),
        ("FROM python:3.12\nRUN pip3.9 install flask\n", "does not say which version of python"),
        ("FROM python:3.12\nRUN pip install -i https://x.invalid flask\n", "`-i` decides"),
        ("FROM python:3.12\nENV PIP_INDEX_URL=https://x.invalid\nRUN pip install flask\n", "`PIP_INDEX_URL` decides"),
        ("FROM python:3.12\nRUN PIP_INDEX_URL=https://x.invalid pip install flask\n", "`PIP_INDEX_URL` decides"),
        ("FROM node:22\nRUN npm i --registry https://x.invalid a\n", "`--registry` decides"),
        ("FROM ruby\nRUN gem install rails\n", "does not say which version of ruby"),
        ("FROM ruby:3.3\nRUN gem install -s https://x.invalid rails\n", "`-s` decides"),
        ("FROM golang:1.23\nENV GOPROXY=direct\nRUN go install a.invalid/b@latest\n", "`GOPROXY` decides"),
        ("FROM golang:1.23\nRUN go install cmd/vet\n", "it is no plain name"),
        ("FROM rust:1.82\nRUN cargo install --registry x bat\n", "`--registry` decides"),
        ("FROM rust:1.82\nRUN cargo install --git https://h.invalid/a --branch x\n", "a branch or a tag is named too"),
    ],
)  # fmt: skip
def test_packages_that_cannot_be_pinned(text: str, why: str) -> None:
    found = [one for one in wants(text) if one.key.kind != "image"]
    assert found and all(why in one.refusal for one in found), found
    images = [one.edit(VALUES["image"]) for one in wants(text) if one.key.kind == "image" and not one.refusal]
    assert all(edit.text.endswith(A[1:]) for edit in images)


@pytest.mark.parametrize(
    "run",
    [
        "apt-get install -y curl=7 git/bookworm ./a.deb",
        "apt-get update && apt-get upgrade -y && apt-get remove -y curl",
        "echo apt-get install curl",
        "pip install -r requirements.txt flask",
        "pip install . && pip install 'flask>=3'",
        "npm ci && npm install && npm i a@latest ./b",
        "gem install rails -v 7",
        "go install ./... && go build",
        "cargo install --path . && cargo install bat@1",
        "python - <<EOF\npip install flask\nEOF",
    ],
)
def test_packages_that_are_left_alone(run: str) -> None:
    text = f"FROM debian:12{A}\nRUN {run}\n"
    assert pinned(text) == text
    assert not [one for one in wants(text) if one.key.kind != "image"]


def test_triggers_run_in_builds_of_others() -> None:
    text = f"FROM debian:12{A}\nONBUILD RUN apt-get install -y curl\nONBUILD ADD https://x.invalid/a /\n"
    assert pinned(text) == text


def test_what_a_base_image_does_not_tell_is_given() -> None:
    text = f"FROM me/mine:1{A}\nRUN apt-get install -y curl\nRUN pip install flask\nRUN gem install a\n"
    lock = KNOWS_EVERYTHING._replace(environments={"system": "debian/trixie", "python": "3.13", "ruby": "3.4"})
    after = pinned(text, lock)
    assert f"curl{APT}\n" in after and "flask==1.2.3\n" in after and "a:1.2.3\n" in after
    assert {one.key.where for one in wants(text, Lock({}, lock.environments))} == {
        "",
        "debian/trixie",
        "python/3.13",
        "ruby/3.4",
    }


CHECKOUT = f" && git -C b checkout --quiet {C}"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("RUN git clone https://h.invalid/b.git", f"RUN git clone https://h.invalid/b.git{CHECKOUT}"),
        ("RUN git clone -b main https://h.invalid/b && make",
         f"RUN git clone -b main https://h.invalid/b{CHECKOUT} && make"),
        ("RUN git clone https://h.invalid/b /s/b",
         f"RUN git clone https://h.invalid/b /s/b && git -C /s/b checkout --quiet {C}"),
        ("RUN git clone --depth 1 https://h.invalid/b",
         f"RUN git clone --depth 1 https://h.invalid/b && git -C b fetch --quiet --depth 1 origin {C}"
         " && git -C b checkout --quiet FETCH_HEAD"),
        ("RUN git clone https://h.invalid/b \\\n && make", f"RUN git clone https://h.invalid/b{CHECKOUT} \\\n && make"),
        ("ADD https://h.invalid/b.git /s", f"ADD https://h.invalid/b.git#{C} /s"),
        ("ADD https://h.invalid/b.git#main:d /s", f"ADD https://h.invalid/b.git#{C}:d /s"),
        ("ADD --link git@h.invalid:a/b.git#v1.2 /s", f"ADD --link git@h.invalid:a/b.git#{C} /s"),
        ("ADD https://h.invalid/b.tgz /s", f"ADD --checksum={VALUES['download']} https://h.invalid/b.tgz /s"),
        ("add --chmod=755 https://h.invalid/b /s",
         f"add --checksum={VALUES['download']} --chmod=755 https://h.invalid/b /s"),
        ('ADD ["https://h.invalid/b", "/s"]', f'ADD --checksum={VALUES["download"]} ["https://h.invalid/b", "/s"]'),
    ],
)  # fmt: skip
def test_sources(line: str, wanted: str) -> None:
    assert pinned(f"FROM a:1{A}\n{line}\n") == f"FROM a:1{A}\n{wanted}\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("RUN git clone --recurse-submodules https://h.invalid/b", "with `--recurse-submodules`"),
        ("RUN git clone --bare https://h.invalid/b", "with `--bare`"),
        ("RUN git clone https://h.invalid/$X", "is a variable"),
        ("RUN git clone -b $X https://h.invalid/b", "is a variable"),
        ("RUN git clone https://h.invalid/b && cd b && git checkout v1", "`v1` is checked out behind it"),
        ("RUN git clone https://h.invalid/b || true", "is part of a larger command"),
        ("RUN git clone https://h.invalid/b | tee x", "is part of a larger command"),
        ("RUN if x; then git clone https://h.invalid/b; fi", "is part of a larger command"),
        ("RUN (cd /x; git clone https://h.invalid/b)", "is part of a larger command"),
        ("RUN sudo git clone https://h.invalid/b", "is part of a larger command"),
        ("RUN bash -c 'git clone https://h.invalid/b'", "is part of a larger command"),
        ("RUN git -C /x clone https://h.invalid/b", "is part of a larger command"),
        ("RUN git clone https://h.invalid/b x --depth 1", "options stand around the address"),
        ("ARG V=1\nADD https://h.invalid/$V.tgz /s", "its address has a variable"),
        ("ADD https://h.invalid/a https://h.invalid/b /s/", "a checksum goes with one source only"),
        ("ARG V=main\nADD https://h.invalid/b.git#$V /s", "its address is not plain"),
        ("ADD https://h.invalid/b.git?ref=main /s", "its address is not plain"),
    ],
)  # fmt: skip
def test_sources_that_cannot_be_pinned(line: str, why: str) -> None:
    found = [one for one in wants(f"FROM a:1{A}\n{line}\n") if not one.held]
    assert found and all(why in one.refusal for one in found), found


def test_an_old_frontend_has_no_checksums() -> None:
    line = "FROM scratch\nADD https://h.invalid/a /s\n"
    for frontend, refused in (("1.4", True), ("1.5-labs", True), ("1.6", False), ("1", False), ("1.10", False)):
        found = wants(f"# syntax=docker/dockerfile:{frontend}\n{line}")
        assert bool(found[0].refusal) is refused, frontend


@pytest.mark.parametrize(
    "line",
    [
        f"RUN git clone https://h.invalid/b && git -C b checkout {C}",
        f"ADD https://h.invalid/b.git#{C} /s",
        f"ADD --checksum={VALUES['download']} https://h.invalid/b /s",
        "ADD a.tgz /s",
        "COPY a /s",
        "RUN git clone /local/b",
    ],
)
def test_sources_that_are_left_alone(line: str) -> None:
    assert pinned(f"FROM a:1{A}\n{line}\n") == f"FROM a:1{A}\n{line}\n"


EVERYTHING = """\
ARG BASE=debian:12
FROM $BASE AS a
RUN apt-get install -y curl=1 git
FROM alpine:3.20
COPY --from=x/y:1 /uv /bin/
RUN apk add curl
FROM python:3.12
RUN pip install 'a[b]' git+https://h.invalid/a.git#egg=x
RUN git clone --depth 1 https://h.invalid/b.git
ADD https://h.invalid/x.tgz /x
ADD https://h.invalid/y.git#main:docs /y
FROM node:22
RUN npm install -g typescript @a/b
RUN go install a.invalid/b@latest && cargo install bat
FROM ruby:3.3
RUN gem install rails
"""


def test_what_was_pinned_is_found_again_and_moved() -> None:
    lock = Lock({one.key: Pin(VALUES[one.key.kind], "2026-01-31") for one in wants(EVERYTHING)})
    once = pinned(EVERYTHING, lock)
    held = wants(once, lock)
    assert {one.key for one in held} == set(lock.pins)
    assert all(one.held == VALUES[one.key.kind] and not one.refusal for one in held)
    newer = Lock({key: Pin(pin.value[:-1] + "9", "2026-02-01") for key, pin in lock.pins.items()})
    moved = apply_edits(once, edits(held, newer, once))
    back = apply_edits(moved, edits(wants(moved, newer), lock, moved))
    assert moved != once and back == once
    assert {(one.key, one.held) for one in wants(moved, newer)} == {(key, pin.value) for key, pin in newer.pins.items()}


def test_what_somebody_chose_is_no_pin_of_ours() -> None:
    text = f"FROM debian:12{A}\nRUN apt-get install -y curl=1.0\n"
    lock = Lock({Key("apt", "curl", "debian/bookworm"): Pin("2.0", "2026-01-31")})
    assert [one.key.kind for one in wants(text, lock)] == ["image"]


def test_a_value_that_a_shell_would_run_is_never_written() -> None:
    want = wants("FROM debian:12\n")[0]
    with pytest.raises(ValueError, match="is no value that a pin of image can have"):
        want.edit("sha256:$(id)")


@pytest.mark.skipif(not CORPUS, reason="DCACHE_CORPUS does not name the folder of the corpus")
def test_the_corpus() -> None:
    """Pins in real files leave all else as it was, and nothing that could be pinned."""
    count = 0
    for path in sorted(Path(CORPUS, "dockerfiles").iterdir()):
        text = path.read_bytes().decode("utf-8", "surrogateescape").removeprefix("\ufeff")
        if parse(SourceFile("Dockerfile", text)).problems:
            continue
        after = pinned(text)
        count += after != text
        left = [one for one in wants(after) if not one.held and not one.refusal]
        assert not left, (path.name, left)
    assert count > 500
