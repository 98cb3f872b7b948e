"""A RUN mounts a cache and empties it, or tells the tool not to use it.

## What it finds

In a RUN with `--mount=type=cache`: `npm cache clean`, `apt-get clean`, `rm -rf` on the mounted folder and the like;
`--no-cache-dir` and its kin, or a variable that says the same; and apt in images of Debian and Ubuntu, where
`/etc/apt/apt.conf.d/docker-clean` empties /var/cache/apt after each install.

## Why it costs

The mount is no part of the layer, so nothing gets smaller; but the next run finds the cache empty and downloads
everything again: the mount does nothing.

## When to allow it

Where the cache has to be emptied once because it is broken. hadolint asks for these commands (DL3009, DL3042, DL3060)
and is wrong about it wherever the cache is mounted.

## References

- https://docs.docker.com/build/cache/optimize/#use-cache-mounts
- hadolint/hadolint#1139
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Mount, Run
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import CACHES, Command, Install, Opaque, clears
from ...analyzer.source import Span
from ...analyzer.typing import Literal
from ..download_caches import cache_mounts, removed, serves, target_of
from ..facts import Facts
from ..reach import step_of
from ..rule import Diagnostic, Example, Related, Rule

RULE = Rule("a mounted cache is emptied or not used", "warning", on=(Run,), words=("--mount",))


Cleaner = Literal["command", "option", "variable", "docker-clean"]


class Evidence(NamedTuple):
    """What keeps a mounted cache empty: a `command` that empties it, an `option`, a `variable`, or `docker-clean`.

    `tool` is whose cache it is, as `Install.tool` names it, "" where a command removes the folder itself.
    """

    what: Cleaner
    tool: str
    mount: Span


BAD = (
    Example("FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci && «npm cache clean --force»\n"),
    Example("FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip «pip install --no-cache-dir -r r.txt»\n"),
    Example(
        "FROM debian:13\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked \\\n"
        "    apt-get update && apt-get install -y gcc && «rm -rf /var/lib/apt/lists/*»\n"
    ),
    Example(
        "FROM debian:13\nRUN «--mount=type=cache,target=/var/cache/apt,sharing=locked» \\\n"
        "    apt-get update && apt-get install -y gcc\n"
    ),
)
GOOD = (
    Example("FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n"),
    Example("FROM node:22\nRUN npm ci && npm cache clean --force\n"),
    Example("FROM python:3.13\nRUN --mount=type=cache,target=/root/.npm pip install --no-cache-dir -r r.txt\n"),
    Example(
        "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
        "    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y gcc\n"
    ),
    Example(
        "FROM debian:13\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
        "    apt-get update && apt-get install -o Dir::Cache::archives=/var/cache/apt/kept -y gcc\n"
    ),
    Example(
        "FROM debian:13\nRUN --mount=type=cache,target=/root/.cache/pip \\\n"
        "    apt-get install -y python3-pip && rm -rf /var/lib/apt/lists/* && pip install -r r.txt\n"
    ),
    Example("FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci && rm -rf /tmp/*\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    if not isinstance(instruction.body, Run) or not instruction.body.mounts:
        return
    mounts = cache_mounts(instruction.body)
    read = see.commands(instruction) if mounts else ()
    if isinstance(read, Opaque) or not read:
        return
    emptied: set[Mount] = set()
    for command in read:
        mount = next((one for one in mounts if _empties(command, one)), None)
        if mount is not None:
            emptied.add(mount)
            message = f"`{_short(command)}` empties the cache mounted at `{target_of(mount)}`"
            yield _told(command.span, message, mount, Evidence("command", clears(command), mount.span))
    installs = (*see.installs(instruction), *see.package_installs(instruction))
    for install in installs:
        yield from _unused(install, mounts, instruction, see)
    apt = next((one for one in mounts if serves(one, CACHES["apt"]) and "/var/cache" in target_of(one)), None)
    fetching = [one for one in installs if one.tool == "apt"]
    if apt is None or apt in emptied or all(_keeps_beside(one) for one in fetching):
        return
    if not any(word in see.source for word in ("docker-clean", "Keep-Downloaded-Packages", "keep-cache")):
        yield Diagnostic(
            primary=apt.span,
            message=f"`docker-clean` of the base image empties `{target_of(apt)}` after each install",
            cost="the mount stays empty: every run of this step downloads all packages again",
            cure="tell each install `-o Dir::Cache::archives=/var/cache/apt/kept`, or remove that file first",
            confidence="medium",
            evidence=Evidence("docker-clean", "apt", apt.span),
        )


def _keeps_beside(install: Install) -> bool:
    """Whether an install of apt keeps its packages in another folder than the one that `docker-clean` empties."""
    return any("Dir::Cache::archives=" in word.text for word in install.command.words)


def _empties(command: Command, mount: Mount) -> bool:
    tool = clears(command)
    if tool:
        return serves(mount, CACHES[tool]) and not (tool == "apt" and target_of(mount).startswith("/var/lib"))
    target = target_of(mount)
    for path in removed(command):
        bare = path.removesuffix("/*").rstrip("/")
        if not bare or not target:
            continue
        whole = bare == target or target.startswith(bare + "/")
        part = bare.startswith(target + "/") and (path.endswith("/*") or bare.endswith("/lists"))
        home = bare.startswith(("~", "$HOME")) and target.endswith(bare[bare.find("/") :]) and "/" in bare
        if whole or part or home:
            return True
    return False


def _unused(install: Install, mounts: tuple[Mount, ...], instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    """What keeps an install from using the cache that is mounted for it."""
    cache = CACHES.get(install.tool)
    mount = next((one for one in mounts if serves(one, cache)), None) if cache is not None else None
    if cache is None or mount is None:
        return
    option = next((word.text for word in install.command.words if word.text in cache.off), None)
    if option is not None:
        message = f"`{option}` keeps `{install.name}` from using the cache mounted at `{target_of(mount)}`"
        yield _told(install.command.span, message, mount, Evidence("option", install.tool, mount.span))
        return
    for name in sorted(one for one in cache.variables if "NO_CACHE" in one):
        where = _set(name, install, instruction, see)
        if where is not None:
            message = f"`{name}` keeps `{install.name}` from using the cache mounted at `{target_of(mount)}`"
            yield _told(where, message, mount, Evidence("variable", install.tool, mount.span))


def _set(name: str, install: Install, instruction: Instruction, see: Facts) -> Span | None:
    """Where a variable is set to something that means yes, None where it is not."""
    value, where = None, None
    step = step_of(instruction, see)
    for one in step.scope.env if step is not None else ():
        if one.name == name:
            value, where = one.value, one.span
    for word in install.command.assignments:
        if word.text.startswith(name + "="):
            value, where = word.text.partition("=")[2], install.command.span
    return where if value is not None and value.lower() not in ("", "0", "false", "no", "off") else None


def _told(primary: Span, message: str, mount: Mount, evidence: Evidence) -> Diagnostic:
    return Diagnostic(
        primary=primary,
        message=message,
        cost="every run of this step downloads everything again, and the layer is no smaller for it",
        cure="leave it out: what lies in a cache mount is not part of the image",
        related=(Related(mount.span, "the cache is mounted here"),),
        evidence=evidence,
    )


def _short(command: Command) -> str:
    text = " ".join(word.text for word in command.words)
    return text if len(text) <= 50 else text[:49] + "…"
