"""What happens to the downloads of installs: kept in a cache mount, left in a layer, thrown away."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from ..analyzer.dockerfile.syntax import Mount, Run
from ..analyzer.graph import BuildGraph
from ..analyzer.shell import CACHES, Cache, Command, Install, clears
from .facts import Facts

# Checks of their own, known from hadolint, say what these leave behind.
TOLD_ELSEWHERE = frozenset({"pip", "apt", "apk", "dnf", "yum", "zypper", "yarn"})
# Their cache is where later commands find what was fetched: whoever mounts it has to mount it for those too.
STORES = frozenset({"go", "cargo", "maven", "gradle", "sbt", "dotnet", "stack", "cabal", "deno", "dart", "mix"})
# A running container may need what these have fetched, or it is linked to, so that it takes no room of its own.
_NEEDED_LATER = frozenset({"deno", "dart", "mix", "pnpm", "bun", "uv", "uv pip"})
_REMOVERS = frozenset({"rm", "find"})
_OFFLINE = frozenset({"--offline", "--no-index", "-mod=vendor"})


def cache_mounts(run: Run) -> tuple[Mount, ...]:
    """The cache mounts of a RUN."""
    return tuple(mount for mount in run.mounts if mount.kind == "cache")


def target_of(mount: Mount) -> str:
    """Where a mount is, as written, without quotes; "" where it does not say."""
    return (mount.target or "").strip("\"'").rstrip("/")


def holds(target: str, folder: str) -> bool:
    """Whether a mount at `target` holds a cache folder, or a part of it; `~` is any home."""
    if not folder.startswith("~"):
        return target == folder or target.startswith(folder + "/") or folder.startswith(target + "/")
    tail = folder[1:]
    if tail + "/" in target + "/":
        return True
    above = posixpath.dirname(tail)
    while len(above) > 1:
        if target.endswith(above):
            return True
        above = posixpath.dirname(above)
    return False


def serves(mount: Mount, cache: Cache) -> bool:
    """Whether a mount holds a cache of a tool."""
    target = target_of(mount)
    return bool(target) and any(holds(target, folder) for folder in cache.folders)


def removed(command: Command) -> tuple[str, ...]:
    """The paths that `rm -r` and `find … -delete` take away, as written."""
    if command.program not in _REMOVERS:
        return ()
    words = [word.text for word in command.words[1:]]
    plain = tuple(word for word in words if not word.startswith("-"))
    if command.program == "find":
        return plain[:1] if "-delete" in words else ()
    return plain


def throws_away(command: Command, tool: str) -> bool:
    """Whether a command empties the cache of a tool, with the tool or by removing the folder."""
    if clears(command) == tool:
        return True
    cache = CACHES.get(tool)
    paths = removed(command)
    if cache is None or not paths:
        return False
    return any(_is_or_above(path, folder) for path in paths for folder in cache.folders)


def _is_or_above(path: str, folder: str) -> bool:
    """Whether removing `path`, which may end in a pattern, removes what lies in a cache folder."""
    bare = path.removesuffix("/*").removesuffix("/*").rstrip("/")
    for home in ("$HOME", "${HOME}", "/root"):
        if bare.startswith(home):
            bare = "~" + bare[len(home) :]
    if bare.startswith("/home/") and bare.count("/") > 2:
        bare = "~/" + bare.split("/", 3)[3]
    if not bare or bare == "~":
        return False
    within = folder in ("/var/lib/apt/lists", "/var/cache/apt") and bare.startswith(folder + "/")
    return bare == folder or folder.startswith(bare + "/") or within


def fetches_much(install: Install) -> bool:
    """Whether a command downloads what a project asks for, and not a few packages by name.

    A build that would find there what another step has fetched counts only if what it compiles is kept with it.
    """
    if install.local and install.fetch and install.tool != "go":
        return False
    whole = bool(install.reads) or (install.local and install.tool in ("pip", "uv pip"))
    return whole and not is_offline(install)


def is_offline(install: Install) -> bool:
    """Whether a command is told to download nothing."""
    words = {word.text for word in install.command.words}
    return not _OFFLINE.isdisjoint(words) or (install.tool == "maven" and "-o" in words)


def left_in_layer(install: Install, run: Run, commands: Iterable[Command]) -> bool:
    """Whether an install leaves its downloads in the layer that its RUN makes."""
    cache = CACHES.get(install.tool)
    if cache is None or not cache.off.isdisjoint(word.text for word in install.command.words):
        return False
    if is_offline(install) or any(serves(mount, cache) for mount in cache_mounts(run)):
        return False
    return not any(one.span.start >= install.command.span.start and throws_away(one, install.tool) for one in commands)


def in_image(graph: BuildGraph) -> frozenset[int]:
    """The stages whose layers are in the image: the target, and those that it is based on."""
    found: set[int] = set()
    at: int | object | None = graph.target
    while isinstance(at, int):
        found.add(at)
        at = graph.stages[at].base
    return frozenset(found)


def is_moved(cache: Cache, names: Iterable[str]) -> bool:
    """Whether a variable of the environment turns a cache off or puts it elsewhere."""
    return not cache.variables.isdisjoint(names)


def stays_in_image(install: Install, stage: int, run: Run, see: Facts, commands: Iterable[Command]) -> bool:
    """Whether an install leaves its downloads in the image itself, and no check of its own says so."""
    return (
        see.graph is not None
        and install.tool not in TOLD_ELSEWHERE | _NEEDED_LATER
        and fetches_much(install)
        and stage in in_image(see.graph)
        and left_in_layer(install, run, commands)
    )
