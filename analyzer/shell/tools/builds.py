"""Builds that fetch what they need by themselves, each with the command that fetches and builds nothing else."""

from __future__ import annotations

import re

from ..commands import Command
from ..options import arguments, texts, value, values
from .install import Install

_PLAIN = re.compile(r"[\w./:@%+,=-]+")


def swift(command: Command) -> Install | None:
    """`swift build`, for which `swift package resolve` fetches."""
    words = texts(command)
    if words[:1] != ["build"]:
        return None
    kept = [word for word in words if word in ("--force-resolved-versions", "--only-use-versions-from-resolved-file")]
    chosen = _chosen(words, "--package-path", "--scratch-path", "--build-path", "--cache-path", "--config-path")
    fetch = "" if chosen else " ".join(("swift package resolve", *kept))
    return _build("swift build", "swift", command, ("`Package.swift`", "`Package.resolved`"), fetch)


def sbt(command: Command) -> Install | None:
    """`sbt assembly` and other tasks, for which `sbt update` fetches."""
    words = texts(command)
    tasks = [word for word in words if not word.startswith("-")]
    built = next((one for one in tasks if one.rpartition("/")[2].rpartition(":")[2] in _SBT_BUILDS), None)
    if built is None:
        return None
    fetch = (
        "" if _chosen(words, "-Dsbt.override.build.repos", "--addPluginSbtFile", "-addPluginSbtFile") else "sbt update"
    )
    return _build(f"sbt {built}", "sbt", command, ("`build.sbt`", "`project/`"), fetch)


_SBT_BUILDS = frozenset("compile package assembly stage dist nativeLink fastOptJS fullOptJS".split())


_DOTNET_VALUED = frozenset(
    """
    -o --output -c --configuration -f --framework -r --runtime -v --verbosity -a --arch --os --version-suffix
    """.split()
)


def dotnet(command: Command) -> Install | None:
    """`dotnet publish` and `dotnet build`, for which `dotnet restore` fetches."""
    words = texts(command)
    if words[:1] not in (["build"], ["publish"]) or "--no-restore" in words or "--no-build" in words:
        return None
    named = tuple(one for one in arguments(words[1:], _DOTNET_VALUED) if not one.startswith(("/", "-")))
    runtime = value(words, "-r", "--runtime")
    kept = [*named, *(("-r", runtime) if runtime else ())]
    kept += [word for word in words if word.startswith(("/p:", "-p:", "--property:"))]
    chosen = _chosen(words, "--source", "--configfile", "-a", "--arch", "--os") or _chosen(words, "-p")
    fetch = "" if chosen or not all(map(_PLAIN.fullmatch, kept)) else " ".join(("dotnet restore", *kept))
    reads = ("the project files (`*.csproj`)", "the solution")
    return _build(f"dotnet {words[0]}", "dotnet", command, reads, fetch, named)


def cabal(command: Command) -> Install | None:
    """`cabal build`, for which the same command with `--only-dependencies` builds what it depends on."""
    words = texts(command)
    if not words or words[0] not in ("build", "v2-build", "new-build") or {*_ALONE, "--offline"} & set(words):
        return None
    chosen = _chosen(words, "--project-file", "--project-dir", "--builddir", "--ignore-project", "--config-file")
    reads = ("the package description (`*.cabal`)", "`cabal.project`")
    return _build("cabal build", "cabal", command, reads, "" if chosen else again(command, "--only-dependencies"))


def stack(command: Command) -> Install | None:
    """`stack build` and `stack install`, for which `--only-dependencies` builds what they depend on."""
    words = texts(command)
    if not {"build", "install"} & set(words[:3]) or set(_ALONE) & set(words):
        return None
    chosen = _chosen(
        words, "--stack-yaml", "--work-dir", "--exec", "--file-watch", "--docker", "--nix", "--only-snapshot"
    )
    reads = ("`stack.yaml`", "the package description (`package.yaml` or `*.cabal`)")
    verb = "build" if "build" in words[:3] else "install"
    return _build(f"stack {verb}", "stack", command, reads, "" if chosen else again(command, "--only-dependencies"))


_ALONE = ("--only-dependencies", "--dependencies-only", "--only-download", "--dry-run")


def maven_fetch(command: Command) -> str:
    """The command that fetches for a build of Maven, "" where its options choose more than what is built."""
    words = texts(command)
    chosen = _chosen(
        words, "-f", "--file", "-s", "--settings", "-gs", "-P", "-pl", "--projects", "-o", "--offline", "-N"
    )
    set_ = any(word.startswith("-D") and not word.startswith(("-Dmaven.test", "-DskipTests")) for word in words)
    if chosen or set_ or any(word.startswith("-P") for word in words):
        return ""
    kept = [word for word in words if word in ("-B", "-q", "-ntp", "--batch-mode", "--no-transfer-progress", "--quiet")]
    return " ".join((command.words[0].text, *kept, "dependency:go-offline"))


def _build(
    name: str, tool: str, command: Command, reads: tuple[str, ...], fetch: str, files: tuple[str, ...] = ()
) -> Install:
    what = f"fetch first with `{fetch}`, or give the tool a cache mount" if fetch else "give the tool a cache mount"
    return Install(name, tool, command, reads, files, local=True, sure="low", hint=what, fetch=fetch)


def _chosen(words: list[str], *options: str) -> bool:
    """Whether one of these options is among words, with a value or without one."""
    return bool(values(words, *options)) or any(word.partition("=")[0] in options for word in words)


def again(command: Command, *options: str) -> str:
    """A command once more with some options, "" where its words are not plain."""
    words = [word.text for word in command.words]
    plain = all(word.fixed and _PLAIN.fullmatch(word.text) for word in command.words)
    return " ".join((*words, *options)) if plain else ""
