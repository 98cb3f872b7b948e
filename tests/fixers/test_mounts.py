"""Cures of mounts: exact texts, and what is left alone."""

from __future__ import annotations

import pytest

from .conftest import FixText

LOCK = "mounts/apt-cache-mount-unlocked"


def text_of(fix_text: FixText, text: str, rule: str, **options: object) -> str:
    fixed = fix_text(text, rule, **options)
    assert fixed.settled and not fixed.withdrawn, fixed.withdrawn
    return str(fixed.texts.get("Dockerfile", text))


APT = "--mount=type=cache,target=/var/cache/apt"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"RUN {APT} apt-get install x\n", f"RUN {APT},sharing=locked apt-get install x\n"),
        (f'RUN {APT},"sharing=shared" apt install x\n', f'RUN {APT},"sharing=locked" apt install x\n'),
        (f"run {APT},sharing=shared apt install x", f"run {APT},sharing=locked apt install x"),
        (f"RUN {APT},SHARING=Shared,id=a apt install x\n", f"RUN {APT},SHARING=locked,id=a apt install x\n"),
        (
            f"RUN {APT} \\\r\n  --mount=type=cache,target=/var/lib/apt \\\r\n  apt-get install x\r\n",
            f"RUN {APT},sharing=locked \\\r\n  --mount=type=cache,target=/var/lib/apt,sharing=locked \\\r\n"
            "  apt-get install x\r\n",
        ),
        (f"RUN {APT} <<E\napt-get install x\nE\n", f"RUN {APT},sharing=locked <<E\napt-get install x\nE\n"),
    ],
)
def test_a_mount_for_apt_is_locked(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, "FROM a\n" + before, LOCK) == "FROM a\n" + after


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (f"{APT},sharing=locked apt-get install x", "locked"),
        (f"{APT},sharing=private apt-get install x", "each has its own"),
        (f"{APT},sharing=$S apt-get install x", "a variable says how"),
        (f'{APT},"id=a,b" apt-get install x', "a quoted field"),
        ("--mount=type=cache,target=/var/cache/apk apk add x", "not apt's"),
        (f"{APT} ls", "apt does not run"),
        (f"{APT} apt-get update", "an update locks its lists only"),
    ],
)
def test_mounts_for_apt_that_stay(run: str, why: str, fix_text: FixText) -> None:
    text = f"FROM a\nRUN {run}\n"
    assert text_of(fix_text, text, LOCK, unsafe=True) == text, why


MISSING = "mounts/cache-mount-missing"
LEFT = "mounts/install-cache-in-layer"
CLEANED = "mounts/cache-cleaned-in-mount"
NPM = "--mount=type=cache,target=/root/.npm"
PIP = "--mount=type=cache,target=/root/.cache/pip"
MOD = "--mount=type=cache,target=/go/pkg/mod"
BUILT = "--mount=type=cache,target=/root/.cache/go-build"
END = "FROM nginx\nCOPY --from=build /dist /www\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM node:22 AS build\nRUN npm ci\n", f"FROM node:22 AS build\nRUN {NPM} npm ci\n"),
        ("FROM node:22 AS build\nrun\tnpm ci\n", f"FROM node:22 AS build\nrun {NPM}\tnpm ci\n"),
        (
            "FROM node:22 AS build\nRUN --mount=type=bind,source=a,target=b \\\n  npm ci\n",
            f"FROM node:22 AS build\nRUN {NPM} --mount=type=bind,source=a,target=b \\\n  npm ci\n",
        ),
        ('FROM node:22 AS build\nRUN ["npm", "ci"]\n', f'FROM node:22 AS build\nRUN {NPM} ["npm", "ci"]\n'),
        (
            "FROM node:22 AS build\nRUN <<E\nset -e\nnpm ci\nnpm cache clean --force\nE\n",
            f"FROM node:22 AS build\nRUN {NPM} <<E\nset -e\nnpm ci\nE\n",
        ),
        (
            "FROM node:22 AS build\nRUN npm ci \\\n  # no cache\n  && npm cache clean --force \\\n"
            "  # build\n  && make\n",
            f"FROM node:22 AS build\nRUN {NPM} npm ci \\\n  # build\n  && make\n",
        ),
        (
            "FROM node:22 AS build\nUSER node\nRUN npm ci\n",
            "FROM node:22 AS build\nUSER node\n"
            "RUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 npm ci\n",
        ),
        (
            "FROM node:22 AS build\nENV npm_config_cache=/c\nRUN npm ci && rm -rf /c/* /tmp/*\n",
            "FROM node:22 AS build\nENV npm_config_cache=/c\n"
            "RUN --mount=type=cache,target=/c npm ci && rm -rf /tmp/*\n",
        ),
        (
            "FROM golang:1.25 AS build\nRUN go mod download\nCOPY . .\nRUN ./generate\nRUN apt-get update\n"
            "RUN go build -o /dist \\\n  ./...\n",
            f"FROM golang:1.25 AS build\nRUN {MOD} \\\n    {BUILT} \\\n    go mod download\nCOPY . .\n"
            f"RUN {MOD} \\\n    {BUILT} \\\n    ./generate\nRUN apt-get update\n"
            f"RUN {MOD} \\\n    {BUILT} \\\n    go build -o /dist \\\n  ./...\n",
        ),
        (
            "FROM golang:1.25 AS build\r\nRUN \\\r\n  go mod download\r\n",
            f"FROM golang:1.25 AS build\r\nRUN {MOD} \\\r\n    {BUILT} \\\r\n  go mod download\r\n",
        ),
        (
            "FROM maven:3 AS build\nRUN mvn package\n",
            "FROM maven:3 AS build\nRUN --mount=type=cache,target=/root/.m2/repository,sharing=locked mvn package\n",
        ),
        (
            "FROM node:22 AS build\nRUN yarn install --frozen-lockfile && yarn cache clean\n",
            "FROM node:22 AS build\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn,sharing=locked "
            "yarn install --frozen-lockfile\n",
        ),
        (
            "FROM python:3.13 AS build\nRUN poetry install && npm ci\n",
            "FROM python:3.13 AS build\nRUN --mount=type=cache,target=/root/.cache/pypoetry/cache \\\n"
            "    --mount=type=cache,target=/root/.cache/pypoetry/artifacts \\\n"
            f"    {NPM} \\\n    poetry install && npm ci\n",
        ),
        (
            "FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build\nRUN dotnet restore\nRUN dotnet publish -o /dist\n",
            "FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build\n"
            "RUN --mount=type=cache,target=/root/.nuget/packages dotnet restore\n"
            "RUN --mount=type=cache,target=/root/.nuget/packages dotnet publish -o /dist\n",
        ),
    ],
)
def test_a_cache_is_mounted(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, before + END, MISSING, unsafe=True) == after + END
    assert text_of(fix_text, before + END, MISSING) == before + END


def test_what_keeps_no_cache_is_taken_out(fix_text: FixText) -> None:
    before = (
        "FROM python:3.13\nRUN pip install --no-cache-dir -U pip && \\\n    pip install \\\n      --no-cache-dir \\\n"
        "      -r r.txt \\\n    && rm -rf ~/.cache/pip /tmp/*\n"
    )
    after = (
        f"FROM python:3.13\nRUN {PIP} pip install -U pip && \\\n    pip install \\\n      -r r.txt \\\n"
        "    && rm -rf /tmp/*\n"
    )
    fixed = fix_text(before, MISSING, unsafe=True)
    assert fixed.texts["Dockerfile"] == after
    assert "nothing in the image reads `/root/.cache/pip`" in fixed.applied[0].fix.assumes


def test_what_is_not_known_of_the_base_is_said(fix_text: FixText) -> None:
    fixed = fix_text("FROM shop/base AS build\nRUN npm ci\n" + END, MISSING, unsafe=True)
    assert fixed.applied[0].fix.assumes.endswith("and that shop/base runs as root and moves no cache")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM node:22 AS build\nUSER app\nRUN npm ci\n", "a user whose number is not known"),
        ("FROM node:22 AS build\nUSER $APP\nRUN npm ci\n", "a user that a variable names"),
        ("FROM node:22 AS build\nRUN npm ci --cache /c\n", "the command says where"),
        ("FROM node:22 AS build\nRUN npm config set cache /c\nRUN npm ci\n", "an earlier command says where"),
        ("FROM node:22 AS build\nRUN export npm_config_cache=/c && npm ci\n", "the shell says where"),
        ("FROM node:22 AS build\nARG npm_config_cache=/c\nRUN npm ci\n", "whoever builds says where"),
        ("FROM node:22 AS build\nRUN HOME=/c npm ci\n", "another home"),
        ("FROM node:22 AS build\nRUN sudo npm ci\n", "another user"),
        ("FROM node:22 AS build\nRUN su app -c 'npm ci'\n", "another user"),
        ("FROM node:22 AS build\nCOPY cache /root/.npm/\nRUN npm ci\n", "the mount would hide it"),
        ("FROM node:22 AS build\nRUN tar x -C /root/.npm\nRUN npm ci\n", "the mount would hide it"),
        ("FROM node:22 AS build\nRUN npm ci\nRUN npm ci --offline\n", "a later step needs the layer's"),
        ("FROM node:22 AS build\nRUN npm ci\nRUN --network=none npm i\n", "a later step needs the layer's"),
        ("FROM node:22 AS build\nRUN npm ci && rm -rf /root\n", "it would remove what the mount stands in"),
        ("FROM node:22 AS build\nRUN npm ci && (npm cache clean --force)\n", "not taken out of parentheses"),
        ("FROM node:22 AS build\nRUN npm ci; npm cache clean --force\n", "the last command decides"),
        ("FROM node:22 AS build\nRUN npm ci || npm cache clean --force\n", "not part of a plain chain"),
        ("# syntax=docker/dockerfile:1.1\nFROM node:22 AS build\nRUN npm ci\n", "the frontend knows no mounts"),
        ("FROM node:22 AS build\nRUN yarn set version 4 && yarn install\n", "another yarn, another place"),
        ("FROM python:3.13 AS build\nENV PIP_NO_CACHE_DIR=1\nRUN pip install -r r.txt\n", "the image turns it off"),
        ("FROM shop/go AS build\nRUN go mod download\n", "where Go keeps modules is not known"),
        ("FROM shop/rust AS build\nRUN cargo build\n", "where Cargo keeps crates is not known"),
        (
            "FROM mcr.microsoft.com/dotnet/sdk AS build\nRUN dotnet restore\nRUN dotnet publish --no-restore\n",
            "a mount may be empty",
        ),
        ("FROM maven:3 AS build\nRUN mvn dependency:go-offline\nRUN mvn -B -o package\n", "a mount may be empty"),
        (
            "FROM golang:1.25 AS mods\nRUN go mod download\nFROM mods AS build\nRUN go build ./...\n",
            "another stage reads it",
        ),
        ("FROM golang:1.25 AS build\nRUN go mod download\nUSER 1\nRUN ./test\n", "another user reads it"),
        ("FROM maven:3 AS build\nRUN mvn -N install\nRUN cd a && mvn package\n", "a mount may lack what is installed"),
        (
            "FROM maven:3 AS build\nRUN mvn install:install-file -Dfile=a.jar\nRUN mvn package\n",
            "the mount would hide it",
        ),
        ("FROM elixir AS build\nRUN mix deps.get\n", "its folder has more than downloads"),
        ("FROM continuumio/miniconda3 AS build\nRUN conda env create -f e.yml\n", "its folder has more than downloads"),
        ("# escape=`\nFROM node:22 AS build\nRUN npm ci\n", "Windows"),
    ],
)
def test_caches_that_are_not_mounted(text: str, why: str, fix_text: FixText) -> None:
    assert text_of(fix_text, text + END, MISSING, unsafe=True) == text + END, why


@pytest.mark.parametrize("source", ["/root/.npm", "/root", "/", "/root/.npm/_cacache", "/ro*"])
def test_a_cache_that_another_stage_copies_stays_in_its_layer(source: str, fix_text: FixText) -> None:
    text = f"FROM node:22 AS build\nRUN npm ci\nFROM nginx\nCOPY --from=build {source} /x/\n"
    assert text_of(fix_text, text, MISSING, unsafe=True) == text


@pytest.mark.parametrize(
    ("name", "content"), [(".npmrc", "cache=/c\n"), (".npmrc", "a=b\noffline = true\n"), (".npmrc", "cache-max=0\n")]
)
def test_settings_of_the_project_count(name: str, content: str, fix_text: FixText) -> None:
    text = "FROM node:22 AS build\nCOPY . .\nRUN npm ci\n" + END
    assert text_of(fix_text, text, MISSING, unsafe=True, context={name: content, "package.json": ""}) == text
    assert text_of(fix_text, text, MISSING, unsafe=True, context={name: "fund=false\n", "package.json": ""}) != text


def test_downloads_in_the_image_get_a_mount(fix_text: FixText) -> None:
    text = "FROM node:22\nRUN npm ci\n"
    assert text_of(fix_text, text, LEFT, unsafe=True) == f"FROM node:22\nRUN {NPM} npm ci\n"
    assert text_of(fix_text, text, LEFT) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM maven:3\nRUN mvn package\n", "the image may need it"),
        ("FROM rust\nCOPY . .\nRUN cargo build\n", "the image may need it"),
        ("FROM debian:13\nRUN apt-get update && apt-get install -y gcc\nRUN rm -rf /var/lib/apt/lists/*\n", "too late"),
        ("FROM node:22 AS base\nRUN npm ci\nFROM base\nRUN npm ci --production\n", "two stages"),
    ],
)
def test_downloads_in_the_image_that_stay(text: str, why: str, fix_text: FixText) -> None:
    assert text_of(fix_text, text, LEFT, unsafe=True) == text, why


LISTS = "--mount=type=cache,target=/var/lib/apt/lists,sharing=locked"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"FROM node:22\nRUN {NPM} npm ci && npm cache clean --force\n", f"FROM node:22\nRUN {NPM} npm ci\n"),
        (
            f"FROM node:22\r\nRUN {NPM} npm ci \\\r\n\t&& npm cache clean --force\r\n",
            f"FROM node:22\r\nRUN {NPM} npm ci\r\n",
        ),
        (
            f"FROM debian:13\nRUN {LISTS} apt-get update \\\n && apt-get install -y gcc \\\n"
            " # small\n && rm -rf /var/lib/apt/lists/* /tmp/* \\\n && ls",
            f"FROM debian:13\nRUN {LISTS} apt-get update \\\n && apt-get install -y gcc \\\n"
            " # small\n && rm -rf /tmp/* \\\n && ls",
        ),
        (
            f"FROM debian:13\nRUN {LISTS} <<E\nset -eu\napt-get update\nrm -rf /var/lib/apt/lists/*\nE\n",
            f"FROM debian:13\nRUN {LISTS} <<E\nset -eu\napt-get update\nE\n",
        ),
    ],
)
def test_a_cache_is_left_as_it_is(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, before, CLEANED) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"FROM python:3.13\nRUN {PIP} pip install --no-cache-dir -r r.txt\n",
            f"FROM python:3.13\nRUN {PIP} pip install -r r.txt\n",
        ),
        (
            f"FROM node:22\nRUN {NPM} npm install && npm cache clean --force\n",
            f"FROM node:22\nRUN {NPM} npm install\n",
        ),
        (
            "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "  apt-get install -y gcc\n",
            "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "  apt-get install -o Dir::Cache::archives=/var/cache/apt/kept -y gcc\n",
        ),
        (
            "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt <<E\napt-get install -y gcc\nE\n",
            "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt <<E\n"
            "apt-get install -o Dir::Cache::archives=/var/cache/apt/kept -y gcc\nE\n",
        ),
        (
            "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt/archives apt install -y gcc && sudo apt-get "
            "install \\\n  g++\n",
            "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt/archives "
            "apt install -o Dir::Cache::archives=/var/cache/apt/archives/kept -o APT::Keep-Downloaded-Packages=1 "
            "-y gcc && sudo apt-get install -o Dir::Cache::archives=/var/cache/apt/archives/kept \\\n  g++\n",
        ),
        (
            "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update && apt-get "
            "-o Dir::Cache::archives=/var/cache/apt/kept install -y gcc && apt-get clean\n",
            "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update && apt-get "
            "-o Dir::Cache::archives=/var/cache/apt/kept install -y gcc\n",
        ),
    ],
)
def test_a_cache_is_used_once_more_where_that_is_wanted(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, before, CLEANED, unsafe=True) == after
    assert text_of(fix_text, before, CLEANED) == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"FROM node:22\nRUN {NPM} npm ci && rm -rf /root\n", "it removes more than the cache"),
        (f"FROM node:22\nRUN {NPM} npm ci; npm cache clean --force\n", "the last command decides"),
        (f"FROM node:22\nRUN {NPM} sh -c 'npm ci && npm cache clean --force'\n", "inside a string"),
        (f"FROM node:22\nUSER app\nRUN {NPM} npm ci && npm cache clean --force\n", "another home: not this cache"),
        (f"FROM node:22\nENV HOME=/h\nRUN {NPM} npm ci && npm cache clean --force\n", "another home"),
        (f"FROM python:3.13\nENV PIP_NO_CACHE_DIR=1\nRUN {PIP} pip install -r r.txt\n", "part of the image"),
        ("FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt aptitude install -y gcc\n", "not told like apt"),
        ("FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt sh -c 'apt-get install -y gcc'\n", "a string"),
        ("FROM debian:13\nUSER me\nRUN --mount=type=cache,target=/var/cache/apt apt-get install -y gcc\n", "not root"),
        (
            "FROM debian:13\nRUN --mount=type=cache,target=/var/lib/apt/lists,sharing=locked "
            "apt-get update && apt-get clean\n",
            "another folder is emptied",
        ),
    ],
)
def test_caches_that_stay_as_they_are(text: str, why: str, fix_text: FixText) -> None:
    assert text_of(fix_text, text, CLEANED, unsafe=True) == text, why
