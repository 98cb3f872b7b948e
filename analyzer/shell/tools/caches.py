"""Where installs keep what they download, what keeps them from keeping it, and which commands throw it away."""

from __future__ import annotations

from functools import cache

from ...named_tuple import NamedTuple
from ..commands import Command
from ..options import texts
from .install import Install


class Cache(NamedTuple):
    """The caches of a tool: directories below `~` or absolute ones, the first is the one of downloads.

    `off` are options that leave no cache behind, `variables` those of the environment that do, or move it elsewhere.
    `clear` are commands that empty it, as words; `locked` is True where two that use it at once fail.
    """

    folders: tuple[str, ...]
    off: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    clear: tuple[tuple[str, ...], ...] = ()
    locked: bool = False


_PIP = Cache(
    ("~/.cache/pip",),
    frozenset({"--no-cache-dir", "--no-cache"}),  # pip takes the beginning of an option for all of it
    frozenset({"PIP_NO_CACHE_DIR", "PIP_CACHE_DIR"}),
    (("pip", "cache", "purge"), ("pip3", "cache", "purge")),
)
_UV = Cache(
    ("~/.cache/uv",),
    frozenset({"--no-cache", "-n", "--no-cache-dir"}),
    frozenset({"UV_NO_CACHE", "UV_CACHE_DIR"}),
    (("uv", "cache", "clean"), ("uv", "cache", "prune")),
)
_CONDA_CLEARS = tuple((name, "clean") for name in ("conda", "mamba", "micromamba"))
_PUB = Cache(("~/.pub-cache",), variables=frozenset({"PUB_CACHE"}))

CACHES: dict[str, Cache] = {
    "pip": _PIP,
    "pipenv": Cache(("~/.cache/pip", "~/.cache/pipenv"), variables=frozenset({"PIP_NO_CACHE_DIR", "PIPENV_CACHE_DIR"})),
    "uv": _UV,
    "uv pip": _UV,
    "poetry": Cache(
        ("~/.cache/pypoetry/cache", "~/.cache/pypoetry/artifacts"),  # beside them, it keeps virtual environments
        frozenset({"--no-cache"}),
        frozenset({"POETRY_CACHE_DIR", "POETRY_NO_CACHE"}),
        (("poetry", "cache", "clear"),),
    ),
    "pdm": Cache(("~/.cache/pdm",), variables=frozenset({"PDM_CACHE_DIR"}), clear=(("pdm", "cache", "clear"),)),
    "conda": Cache(("/opt/conda/pkgs",), variables=frozenset({"CONDA_PKGS_DIRS"}), clear=_CONDA_CLEARS),
    "pixi": Cache(("~/.cache/rattler",), variables=frozenset({"PIXI_CACHE_DIR"}), clear=(("pixi", "clean", "cache"),)),
    "npm": Cache(
        ("~/.npm",), variables=frozenset({"NPM_CONFIG_CACHE", "npm_config_cache"}), clear=(("npm", "cache", "clean"),)
    ),
    "yarn": Cache(
        ("/usr/local/share/.cache/yarn", "~/.cache/yarn", "~/.yarn"),
        variables=frozenset({"YARN_CACHE_FOLDER"}),
        clear=(("yarn", "cache", "clean"),),
    ),
    "pnpm": Cache(
        ("~/.local/share/pnpm/store", "/pnpm/store"),
        clear=(("pnpm", "store", "prune"),),
    ),
    "bun": Cache(("~/.bun/install/cache",), frozenset({"--no-cache"}), clear=(("bun", "pm", "cache", "rm"),)),
    "deno": Cache(("/deno-dir", "~/.cache/deno"), variables=frozenset({"DENO_DIR"}), clear=(("deno", "clean"),)),
    "go": Cache(
        ("/go/pkg/mod", "~/.cache/go-build"),
        variables=frozenset({"GOMODCACHE", "GOCACHE", "GOFLAGS"}),
        clear=(("go", "clean"),),
    ),
    "cargo": Cache(("/usr/local/cargo/registry", "~/.cargo/registry"), variables=frozenset({"CARGO_HOME"})),
    "maven": Cache(("~/.m2/repository",), variables=frozenset({"MAVEN_OPTS", "MAVEN_CONFIG"})),
    "gradle": Cache(("~/.gradle", "/home/gradle/.gradle"), variables=frozenset({"GRADLE_USER_HOME"})),
    "sbt": Cache(("~/.cache/coursier", "~/.ivy2", "~/.sbt")),
    "dotnet": Cache(
        ("~/.nuget/packages",), variables=frozenset({"NUGET_PACKAGES"}), clear=(("dotnet", "nuget", "locals"),)
    ),
    "composer": Cache(
        ("~/.composer/cache", "~/.cache/composer", "/tmp/cache"),
        frozenset({"--no-cache"}),
        frozenset({"COMPOSER_CACHE_DIR", "COMPOSER_HOME"}),
        (("composer", "clear-cache"), ("composer", "clearcache"), ("composer", "cc")),
    ),
    "bundler": Cache(("/usr/local/bundle/cache",), variables=frozenset({"BUNDLE_PATH", "GEM_HOME"})),
    "mix": Cache(("~/.hex", "~/.mix"), variables=frozenset({"HEX_HOME", "MIX_HOME"})),
    "rebar": Cache(("~/.cache/rebar3",), variables=frozenset({"REBAR_CACHE_DIR"})),
    "dart": _PUB,
    "swift": Cache(("~/.cache/org.swift.swiftpm",)),
    "renv": Cache(("~/.cache/R/renv",), variables=frozenset({"RENV_PATHS_CACHE"})),
    "cabal": Cache(("~/.cabal/packages", "~/.cache/cabal"), variables=frozenset({"CABAL_DIR"})),
    "stack": Cache(("~/.stack",), variables=frozenset({"STACK_ROOT"})),
    "apt": Cache(
        ("/var/cache/apt", "/var/lib/apt/lists"),  # /var/lib/apt itself has what is marked as installed by hand
        clear=(("apt-get", "clean"), ("apt", "clean"), ("apt-get", "autoclean")),
        locked=True,
    ),
    "apk": Cache(
        ("/var/cache/apk", "/etc/apk/cache"), frozenset({"--no-cache"}), clear=(("apk", "cache", "clean"),), locked=True
    ),
    "dnf": Cache(
        ("/var/cache/dnf", "/var/cache/libdnf5"), clear=(("dnf", "clean"), ("microdnf", "clean"), ("tdnf", "clean"))
    ),
    "yum": Cache(("/var/cache/yum", "/var/cache/dnf"), clear=(("yum", "clean"),)),
    "zypper": Cache(("/var/cache/zypp",), clear=(("zypper", "clean"), ("zypper", "cc"))),
    "pacman": Cache(("/var/cache/pacman/pkg",), clear=(("pacman", "-Scc"), ("pacman", "-Sc"))),
}
"""The caches by tool, as `Install.tool` names it; tools that keep nothing are not in it."""


def download_folder(install: Install) -> str:
    """The folder in which an install keeps what it downloads, "" where none is known; `~` stands for the home."""
    cache = CACHES.get(install.tool)
    return cache.folders[0] if cache is not None else ""


def clears(command: Command) -> str:
    """The tool whose cache a command of that tool empties, "" where it empties none."""
    known = _clears().get(command.program)
    if known is None:
        return ""
    words = (command.program, *(word for word in texts(command) if word != "-y"))
    return next((tool for clear, tool in known if words[: len(clear)] == clear), "")


@cache
def _clears() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """The commands that empty caches, with the tools that the caches are of, by program."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for tool, one in CACHES.items():
        for clear in one.clear:
            found.setdefault(clear[0], []).append((clear, tool))
    return found
