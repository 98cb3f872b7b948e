"""The rules on mounts: hits, and the longer lists of silences, each with its reason."""

from __future__ import annotations

import pytest

from dcache.rules.catalogue import chosen
from dcache.rules.mounts.cache_mount_missing import Options

from .conftest import Lint

CLEANED = "mounts/cache-cleaned-in-mount"
UNLOCKED = "mounts/apt-cache-mount-unlocked"
MISSING = "mounts/cache-mount-missing"
LEFT = "mounts/install-cache-in-layer"
SWAPPED = "mounts/swapped-binds-stale"
SECRET = "mounts/secret-not-in-key"

NPM = "--mount=type=cache,target=/root/.npm"
PIP = "--mount=type=cache,target=/root/.cache/pip"
APT = "--mount=type=cache,target=/var/cache/apt,sharing=locked"
LISTS = "--mount=type=cache,target=/var/lib/apt/lists,sharing=locked"

HITS: dict[str, tuple[str, str, str]] = {
    # what a RUN does to the cache that it mounts
    "npm cache clean": (CLEANED, f"RUN {NPM} npm ci && npm cache clean --force", "npm cache clean --force"),
    "yarn cache clean": (
        CLEANED,
        "RUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn && yarn cache clean",
        "yarn cache clean",
    ),
    "rm of the mount": (CLEANED, f"RUN {NPM} npm ci && rm -rf /root/.npm", "rm -rf /root/.npm"),
    "rm of what is in it": (
        CLEANED,
        f"RUN {PIP} pip install -r r && rm -rf /root/.cache/pip/*",
        "rm -rf /root/.cache/pip/*",
    ),
    "rm above the mount": (CLEANED, f"RUN {PIP} pip install -r r && rm -rf /root/.cache", "rm -rf /root/.cache"),
    "rm by ~": (CLEANED, f"RUN {NPM} npm ci && rm -rf ~/.npm", "rm -rf ~/.npm"),
    "rm of the lists": (
        CLEANED,
        f"RUN {LISTS} apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*",
        "rm -rf /var/lib/apt/lists/*",
    ),
    "dnf clean all": (
        CLEANED,
        "RUN --mount=type=cache,target=/var/cache/dnf dnf -y install gcc && dnf clean all",
        "dnf clean all",
    ),
    "go clean": (
        CLEANED,
        "RUN --mount=type=cache,target=/go/pkg/mod go build && go clean -modcache",
        "go clean -modcache",
    ),
    "--no-cache-dir": (CLEANED, f"RUN {PIP} pip install --no-cache-dir -r r", "pip install --no-cache-dir -r r"),
    "apk --no-cache": (
        CLEANED,
        "RUN --mount=type=cache,target=/var/cache/apk apk add --no-cache gcc",
        "apk add --no-cache gcc",
    ),
    "PIP_NO_CACHE_DIR": (CLEANED, f"ENV PIP_NO_CACHE_DIR=1\nRUN {PIP} pip install -r r", "PIP_NO_CACHE_DIR=1"),
    "UV_NO_CACHE": (
        CLEANED,
        "RUN --mount=type=cache,target=/root/.cache/uv UV_NO_CACHE=true uv sync",
        "UV_NO_CACHE=true uv sync",
    ),
    "docker-clean": (CLEANED, f"RUN {APT} apt-get update && apt-get install -y gcc", APT),
    # apt without a lock
    "lists": (
        UNLOCKED,
        "RUN --mount=type=cache,target=/var/lib/apt apt-get update",
        "--mount=type=cache,target=/var/lib/apt",
    ),
    "an id": (
        UNLOCKED,
        "RUN --mount=type=cache,id=a,target=/var/cache/apt/archives apt-get install -y gcc",
        "--mount=type=cache,id=a,target=/var/cache/apt/archives",
    ),
    # no cache mount
    "pip": (MISSING, "RUN pip install -r r", "pip install -r r"),
    "the project": (MISSING, "RUN pip install .", "pip install ."),
    "yarn": (MISSING, "RUN yarn install", "yarn install"),
    "another mount": (MISSING, "RUN --mount=type=bind,source=r,target=r pip install -r r", "pip install -r r"),
    "a secret": (MISSING, "RUN --mount=type=secret,id=x pip install -r r", "pip install -r r"),
    # what stays in the image
    "npm": (LEFT, "RUN npm ci", "npm ci"),
    "composer": (LEFT, "RUN composer install", "composer install"),
    "mvn": (LEFT, "RUN mvn package", "mvn package"),
    "poetry, cleaned too late": (LEFT, "RUN poetry install\nRUN true", "poetry install"),
    # swapped and secret
    "variables": (
        SWAPPED,
        "ARG A\nARG B\nRUN --mount=source=$A,target=/a --mount=source=$B,target=/b cat /a /b",
        "--mount=source=$B,target=/b",
    ),
    "a secret without ARG": (SECRET, "RUN --mount=type=secret,id=x cat /run/secrets/x", "--mount=type=secret,id=x"),
}

SILENT: dict[str, tuple[str, str]] = {
    "the cache of another tool is cleaned": (CLEANED, f"RUN {PIP} npm ci && npm cache clean --force && pip list"),
    "without a mount": (CLEANED, "RUN npm ci && npm cache clean --force"),
    "a bind is no cache": (
        CLEANED,
        "RUN --mount=type=bind,source=c,target=/root/.npm npm ci && npm cache clean --force",
    ),
    "another folder is removed": (CLEANED, f"RUN {NPM} npm ci && rm -rf node_modules/.cache /tmp/*"),
    "a sibling is removed": (CLEANED, f"RUN {NPM} npm ci && rm -rf /root/.npm-global"),
    "a part is removed by name": (CLEANED, f"RUN {NPM} npm ci && rm -rf /root/.npm/_logs"),
    "the lists, where the archives are mounted": (
        CLEANED,
        f"RUN {APT} rm -f /etc/apt/apt.conf.d/docker-clean; apt-get install -y a && rm -rf /var/lib/apt/lists/*",
    ),
    "docker-clean is gone, in another step": (
        CLEANED,
        f"RUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN {APT} apt-get update && apt-get install -y gcc",
    ),
    "packages are kept by configuration": (
        CLEANED,
        f"RUN echo 'APT::Keep-Downloaded-Packages 1;' > /etc/apt/apt.conf.d/keep\nRUN {APT} apt-get install -y a",
    ),
    "only the lists are mounted": (CLEANED, f"RUN {LISTS} apt-get update && apt-get install -y gcc"),
    "the variable says no": (CLEANED, f"ENV PIP_NO_CACHE_DIR=0\nRUN {PIP} pip install -r r"),
    "the variable is of another tool": (CLEANED, f"ENV PIP_NO_CACHE_DIR=1\nRUN {NPM} npm ci"),
    "an opaque step": (CLEANED, f"RUN {NPM} f() {{ npm cache clean"),
    "locked": (UNLOCKED, f"RUN {APT} apt-get update"),
    "private": (UNLOCKED, "RUN --mount=type=cache,target=/var/cache/apt,sharing=private apt-get update"),
    "apt does not run": (UNLOCKED, "RUN --mount=type=cache,target=/var/cache/apt du -sh /var/cache/apt"),
    "apk": (UNLOCKED, "RUN --mount=type=cache,target=/var/cache/apk apk add gcc"),
    "another folder": (UNLOCKED, "RUN --mount=type=cache,target=/root/.cache apt-get update"),
    "a tmpfs": (UNLOCKED, "RUN --mount=type=tmpfs,target=/var/cache/apt apt-get update"),
    "there is a cache mount": (MISSING, f"RUN {PIP} pip install -r r"),
    "there is one, elsewhere": (MISSING, "RUN --mount=type=cache,target=/cache pip install --cache-dir=/cache -r r"),
    "packages by name": (MISSING, "RUN pip install flask gunicorn"),
    "a tool, everywhere": (MISSING, "RUN npm install -g pnpm"),
    "apt is not asked for": (MISSING, "RUN apt-get update && apt-get install -y gcc"),
    "no install": (MISSING, "RUN make"),
    "for those who build on it": (MISSING, "ONBUILD RUN pip install -r r"),
    "the image keeps it: another rule": (MISSING, "RUN npm ci"),
    "an opaque shell": (MISSING, 'SHELL ["pwsh", "-c"]\nRUN pip install -r r'),
    "cleaned in the same step": (LEFT, "RUN npm ci && npm cache clean --force"),
    "removed in the same step": (LEFT, "RUN composer install && rm -rf ~/.composer"),
    "mounted": (LEFT, f"RUN {NPM} npm ci"),
    "kept elsewhere": (LEFT, "ENV NPM_CONFIG_CACHE=/tmp/c\nRUN npm ci"),
    "turned off": (LEFT, "RUN composer install --no-cache"),
    "pip has a check of its own": (LEFT, "RUN pip install -r r"),
    "apt has a check of its own": (LEFT, "RUN apt-get update && apt-get install -y gcc"),
    "pnpm links to its store": (LEFT, "RUN pnpm install"),
    "a tool by name": (LEFT, "RUN npm install -g pnpm"),
    "cleaned where it was left": (
        LEFT,
        "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nRUN true",
    ),
    "the lists of the base image are removed": (LEFT, "RUN rm -rf /var/lib/apt/lists/*"),
    "one source": (SWAPPED, "ARG A\nRUN --mount=source=$A,target=/a cat /a"),
    "written sources": (SWAPPED, "RUN --mount=source=a,target=/a --mount=source=b,target=/b cat /a /b"),
    "one of them is written": (SWAPPED, "ARG A\nRUN --mount=source=$A,target=/a --mount=source=b,target=/b cat /a"),
    "they change together": (
        SWAPPED,
        "ARG A\nRUN --mount=source=$A/x,target=/a --mount=source=${A}/y,target=/b cat /a",
    ),
    "a cache": (SWAPPED, "ARG A\nRUN --mount=type=cache,source=$A,target=/a --mount=source=$A,target=/b cat /b"),
    "an ARG is read with it": (SECRET, "ARG V\nRUN --mount=type=secret,id=x echo $V && cat /run/secrets/x"),
    "ssh": (SECRET, "RUN --mount=type=ssh git clone git@example.com:a/b"),
}


@pytest.mark.parametrize(("rule", "lines", "marked"), HITS.values(), ids=HITS.keys())
def test_reported(rule: str, lines: str, marked: str, lint_text: Lint) -> None:
    text = f"FROM alpine\n{lines}\n"
    report = lint_text(text, rule)
    assert report.refusal is None
    (found,) = report.diagnostics
    assert text[slice(*found.primary)] == marked


@pytest.mark.parametrize(("rule", "lines"), SILENT.values(), ids=SILENT.keys())
def test_silent(rule: str, lines: str, lint_text: Lint) -> None:
    report = lint_text(f"FROM alpine\n{lines}\n", rule)
    assert not report.crashes
    assert [one.sentence for one in report.diagnostics] == []


def test_removed_in_a_later_layer(lint_text: Lint) -> None:
    text = "FROM debian AS base\nRUN apt-get update && apt-get install -y a\nFROM base\nRUN apt-get clean\n"
    (found,) = lint_text(text, LEFT).diagnostics
    assert text[slice(*found.primary)] == "apt-get clean"
    assert text[slice(*found.related[0].span)].startswith("RUN apt-get update")
    copied = text.replace("FROM base", "FROM debian")
    assert lint_text(copied, LEFT).diagnostics == (), "it is in no layer of this image"


def test_one_finding_for_a_tool_in_a_stage(lint_text: Lint) -> None:
    text = "FROM golang AS b\nRUN go mod download\nRUN go build ./...\nFROM scratch\nCOPY --from=b /a /a\n"
    (found,) = lint_text(text, MISSING).diagnostics
    assert [text[slice(*one.span)] for one in found.related] == ["go build ./..."]
    assert "to each RUN of the stage that uses what it fetches" in found.cure


def test_the_mount_lies_in_the_home_of_the_user(lint_text: Lint) -> None:
    text = "FROM python\nUSER app:app\nRUN pip install --no-cache-dir -r r\n"
    (found,) = lint_text(text, MISSING).diagnostics
    assert found.cure == "add `--mount=type=cache,target=/home/app/.cache/pip` and drop `--no-cache-dir`"


def test_packages_of_the_distribution_by_option(lint_text: Lint) -> None:
    text = "FROM debian\nRUN apt-get update && apt-get install -y gcc\n"
    (found,) = lint_text(text, MISSING, options={MISSING: Options(system=True)}).diagnostics
    assert "target=/var/cache/apt,sharing=locked" in found.cure


def test_secrets_are_listed_where_asked_for_only() -> None:
    assert SECRET not in {rule.name for rule in chosen()}
    assert SECRET in {rule.name for rule in chosen(["ALL"])}
