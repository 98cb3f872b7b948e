"""What is left of a step with warm mounts: less only where each part of it has its cache, and was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcache.analyzer.costs import SECONDS, WARM, Project, instruction_key
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.dockerfile.syntax import Instruction, Run
from dcache.analyzer.shell import CACHES
from dcache.analyzer.source import SourceFile
from dcache.fixers.passing import standings
from dcache.fixers.reorder import seconds
from dcache.fixers.warm_mounts import warm_share
from dcache.rules.facts import Facts

CACHE = "--mount=type=cache,target="
NPM = f"{CACHE}/root/.npm"
GO = f"{CACHE}/go/pkg/mod {CACHE}/root/.cache/go-build"
APT = f"{CACHE}/var/cache/apt,sharing=locked {CACHE}/var/lib/apt,sharing=locked"
CLEAN = "rm -f /etc/apt/apt.conf.d/docker-clean && "
MEASURED = {"npm": 0.6, "go build": 0.1, "apt": 0.8}
PAGE = Path(__file__).parents[2] / "docs/cache-mounts.md"


@pytest.fixture(autouse=True)
def _figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures for these tests: those that were measured may be measured anew."""
    monkeypatch.setattr("dcache.fixers.warm_mounts.WARM", MEASURED)


def last_run(text: str) -> tuple[Instruction, Facts]:
    see = Facts(parse(SourceFile("Dockerfile", text)))
    return see.instructions((Run,))[-1], see


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        (f"FROM node:22\nRUN {NPM} npm ci", "npm"),
        (f"FROM node:22\nRUN {NPM}/ npm install --omit=dev", "npm"),
        (f"FROM node:22\nRUN {CACHE}/root npm ci", "npm"),
        (f"FROM node:22\nRUN {NPM},id=a,sharing=locked npm ci", "npm"),
        (f"FROM node:22\nRUN {NPM} mkdir -p /x && cd /x && npm ci && rm -rf /tmp/x", "npm"),
        (f"FROM node:22\nENV npm_config_cache=/c\nRUN {CACHE}/c npm ci", "npm"),
        (f"FROM node:22\nUSER node\nRUN {CACHE}/home/node/.npm,uid=1000 npm ci", "npm"),
        (f"FROM golang:1.25\nRUN {GO} go build -o /app .", "go build"),
        (f"FROM golang:1.25\nRUN {GO} go build -tags a -ldflags '-s -a' -o /app .", "go build"),
        (f"FROM golang:1.25\nRUN {GO} CGO_ENABLED=0 go build -o /app . && chmod +x /app", "go build"),
        (f"FROM debian:13\nRUN {APT} {CLEAN}apt-get update && apt-get install -y gcc", "apt"),
    ],
)
def test_a_warm_mount_leaves_what_was_measured(text: str, tool: str) -> None:
    assert warm_share(*last_run(text)) == MEASURED[tool]


def test_two_tools_leave_what_the_slower_one_does() -> None:
    run, see = last_run(
        f"FROM debian:13\nRUN {APT} {NPM} {CLEAN}apt-get update && apt-get install -y npm && npm install"
    )
    assert warm_share(run, see) == 0.8


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FROM node:22\nRUN npm ci", "no mount"),
        (f"FROM node:22\nRUN {CACHE}/root/.cache npm ci", "another folder"),
        (f"FROM node:22\nRUN {CACHE}/root/.npm/_logs npm ci", "a part of the cache"),
        (f"FROM node:22\nRUN {CACHE}/root/.npmrc npm ci", "a name that begins alike"),
        (f"FROM node:22\nRUN {CACHE}/home/node/.npm npm ci", "another user's"),
        (f"FROM node:22\nENV npm_config_cache=/c\nRUN {NPM} npm ci", "the cache is moved"),
        (f"FROM node:22\nRUN {NPM} npm ci --cache /c", "the command moves it"),
        (f"FROM node:22\nRUN {CACHE}$WHERE npm ci", "a variable says where"),
        ("FROM node:22\nRUN --mount=type=cache npm ci", "no target"),
        ("FROM node:22\nRUN --mount=type=tmpfs,target=/root/.npm npm ci", "gone with the step"),
        ("FROM node:22\nRUN --mount=type=bind,target=/root/.npm npm ci", "no cache"),
        (f"FROM node:22\nRUN {NPM},readonly npm ci", "nothing is kept in it"),
        (f"FROM node:22\nUSER node\nRUN {CACHE}/home/node/.npm npm ci", "it belongs to root"),
        (f"FROM node:22\nUSER somebody\nRUN {NPM} npm ci", "the home is not known"),
        (f"FROM node:22\nRUN {NPM} npm ci && npm cache clean --force", "emptied"),
        (f"FROM node:22\nRUN {NPM} npm ci && rm -rf /root/.npm/*", "emptied by hand"),
        (f"FROM node:22\nRUN {NPM} npm ci && npm run build", "the build may take most of it"),
        (f"FROM node:22\nRUN {NPM} npm ci && ./build.sh", "so may a script"),
        (f"FROM node:22\nRUN {NPM} npm ci && curl -O https://example.com/big", "another download"),
        (f"FROM node:22\nRUN {NPM} npm ci && `cat x`", "who knows what else runs"),
        (f"FROM node:22\nRUN {NPM} npm run build", "no install"),
        (f"FROM node:22\nRUN {NPM} ls", "nothing that takes time"),
        (f"FROM node:22\nRUN {NPM} npm ci && pip install x", "pip has no mount"),
        (f"FROM node:22\nRUN {NPM} {CACHE}/root/.cache/x apt-get update && apt-get install -y x && npm ci", "nor apt"),
        (f"FROM node:22\nRUN {NPM} npm ci\nRUN npm ci", "the mount of another step"),
        (f"FROM node:22\nONBUILD RUN {NPM} npm ci", "no step of this build"),
        (f"FROM ruby:3\nRUN {CACHE}/usr/local/bundle/cache bundle install", "not measured"),
        (f"FROM x\nRUN {CACHE}/var/cache/dnf dnf install -y gcc", "nor this"),
        (f"FROM golang:1.25\nRUN {GO} go mod download", "of go, only the build was"),
        (f"FROM golang:1.25\nRUN {CACHE}/go/pkg/mod go build -o /app .", "everything is compiled again"),
        (f"FROM golang:1.25\nRUN {CACHE}/root/.cache/go-build go build -o /app .", "the modules are fetched again"),
        (f"FROM golang:1.25\nRUN {GO} go build -o /app . && go test ./...", "tests are no build"),
        (f"FROM golang:1.25\nRUN {GO} go build -a -o /app .", "it is told to compile all of it"),
        (f"FROM golang:1.25\nRUN {GO} GOFLAGS=-a go build -o /app .", "and here"),
        (f"FROM golang:1.25\nENV GOFLAGS='-v -a'\nRUN {GO} go build -o /app .", "and here"),
        (f"FROM debian:13\nRUN {APT} apt-get update && apt-get install -y gcc", "docker-clean empties it"),
        (f"FROM debian:13\nRUN {APT} {CLEAN}apt-get update", "no install"),
        (f"FROM debian:13\nRUN {CACHE}/var/cache/apt {CLEAN}apt-get update && apt-get install -y gcc", "not its lists"),
        (
            f"FROM debian:13\nRUN {APT} {CLEAN}apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*",
            "its lists are removed",
        ),
    ],
)
def test_what_counts_as_nothing(text: str, why: str) -> None:
    assert warm_share(*last_run(text)) == 1, why


def test_a_step_takes_less_with_warm_mounts() -> None:
    run, see = last_run(f"FROM node:22\nRUN {NPM} npm ci")
    effects = standings(see, run.stage)[run.index].effects
    assert seconds(run, effects, see) == SECONDS["install"] * 0.6
    assert seconds(run, effects, see, warm=False) == SECONDS["install"]


def test_what_builds_took_is_taken_as_it_is() -> None:
    run, bare = last_run(f"FROM node:22\nRUN {NPM} npm ci")
    see = Facts(bare.dockerfile, open_costs=lambda: Project(seconds={instruction_key(run): (20.0,)}))
    effects = standings(see, run.stage)[run.index].effects
    assert seconds(run, effects, see) == seconds(run, effects, see, warm=False) == 20


def test_the_figures_are_those_of_the_page() -> None:
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in PAGE.read_text().splitlines() if row[:1] == "|"]
    told = {row[0]: row[-1] for row in rows[2:]}
    assert {tool: f"{share:.0%}" for tool, share in WARM.items()} == {
        tool: counted for tool, counted in told.items() if counted != "nothing"
    }
    assert {tool for tool in told if tool not in CACHES} == {"go build"}, "no tool of which dcache knows the cache"
