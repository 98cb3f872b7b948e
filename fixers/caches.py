"""Where the cache of a tool is for the user who runs a step: the one folder to mount, or nothing where it is unsure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from ..analyzer.dockerfile.syntax import Instruction, Run
from ..analyzer.graph import BuildGraph, CopyOp, RunOp, Step, StepOrigin, is_unknown
from ..analyzer.graph.images import image_ref, is_image_ref
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import Install, Opaque, run_text
from ..analyzer.source import Edit
from ..rules.facts import Facts
from ..rules.reach import ancestors, following


class Place(NamedTuple):
    """A cache folder: below the value of the first variable that is set, else below `~`, else where the base has it.

    `images` are bases in which it is elsewhere; with `bare` False, it is known for those alone, and for distributions.
    """

    variables: tuple[tuple[str, str], ...]
    home: str
    images: Mapping[str, str] = {}
    bare: bool = True


class Caching(NamedTuple):
    """How a tool's cache is mounted.

    `off` are variables that turn it off or say more of it than is understood here, `elsewhere` what a command line or
    an earlier command says to move it. A `locked` cache breaks where two use it at once. A `store` is where later
    commands find what was fetched. A `verified` one holds downloads alone, which are checked when they are used.
    """

    places: tuple[Place, ...]
    off: tuple[str, ...] = ()
    elsewhere: str = ""
    locked: bool = False
    store: bool = False
    verified: bool = False


_PIP = Place((("PIP_CACHE_DIR", ""), ("XDG_CACHE_HOME", "/pip")), ".cache/pip")
_UV = Caching(
    (Place((("UV_CACHE_DIR", ""), ("XDG_CACHE_HOME", "/uv")), ".cache/uv"),),
    ("UV_NO_CACHE",),
    r"--cache-dir|--config-file",
)

CACHING: dict[str, Caching] = {
    "pip": Caching((_PIP,), ("PIP_NO_CACHE_DIR",), r"--cache-dir|config set \S*cache-dir"),
    "pipenv": Caching(
        (_PIP, Place((("PIPENV_CACHE_DIR", ""), ("XDG_CACHE_HOME", "/pipenv")), ".cache/pipenv")), ("PIP_NO_CACHE_DIR",)
    ),
    "uv": _UV,
    "uv pip": _UV,
    "poetry": Caching(
        tuple(
            Place(
                (("POETRY_CACHE_DIR", f"/{part}"), ("XDG_CACHE_HOME", f"/pypoetry/{part}")), f".cache/pypoetry/{part}"
            )
            for part in ("cache", "artifacts")
        ),
        ("POETRY_NO_CACHE",),
        r"config (?:--local )?cache-dir|poetry\.toml",
    ),
    "pdm": Caching(
        (Place((("PDM_CACHE_DIR", ""), ("XDG_CACHE_HOME", "/pdm")), ".cache/pdm"),), (), r"config (?:-g )?cache_dir"
    ),
    "npm": Caching(
        (Place((("npm_config_cache", ""), ("NPM_CONFIG_CACHE", "")), ".npm"),),
        (),
        r"--cache[= ]|config set cache|npm set cache",
        verified=True,
    ),
    "yarn": Caching(
        (Place((("YARN_CACHE_FOLDER", ""),), ".cache/yarn"),),
        ("XDG_CACHE_HOME", "YARN_GLOBAL_FOLDER", "YARN_ENABLE_GLOBAL_CACHE"),
        r"--cache-folder|config set (?:cache|global|enable)|set version|--immutable|--mode=|corepack|yarn@[234]",
        locked=True,
        verified=True,
    ),
    "pnpm": Caching(
        (Place((("PNPM_HOME", "/store"), ("XDG_DATA_HOME", "/pnpm/store")), ".local/share/pnpm/store"),),
        ("npm_config_store_dir", "NPM_CONFIG_STORE_DIR", "pnpm_config_store_dir"),
        r"--store-dir|config set store|store-dir=",
        store=True,
        verified=True,
    ),
    "bun": Caching(
        (Place((("BUN_INSTALL_CACHE_DIR", ""), ("BUN_INSTALL", "/install/cache")), ".bun/install/cache"),),
        (),
        r"--cache-dir|bunfig",
    ),
    "composer": Caching(
        (
            Place(
                (("COMPOSER_CACHE_DIR", ""), ("COMPOSER_HOME", "/cache")),
                "",
                {"composer": "/tmp/cache", "php": "/root/.composer/cache"},
            ),
        ),
        ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
        r"config (?:-g |--global )?cache-|/etc/xdg",
        verified=True,
    ),
    "bundler": Caching(
        (Place((), "", {"ruby": "/usr/local/bundle/cache"}),),
        ("BUNDLE_PATH", "GEM_HOME", "BUNDLE_DEPLOYMENT", "BUNDLE_CACHE_PATH", "BUNDLE_GLOBAL_GEM_CACHE"),
        r"--path|--deployment|config (?:set |--global |--local )*(?:path|deployment|cache_path|global)|GEM_HOME",
        verified=True,
    ),
    "go": Caching(
        (
            Place((("GOMODCACHE", ""), ("GOPATH", "/pkg/mod")), "go/pkg/mod", {"golang": "/go/pkg/mod"}, bare=False),
            Place((("GOCACHE", ""), ("XDG_CACHE_HOME", "/go-build")), ".cache/go-build"),
        ),
        ("GOENV",),
        r"go env -w|-modcacherw|go clean",
        store=True,
    ),
    "cargo": Caching(
        tuple(
            Place((("CARGO_HOME", f"/{part}"),), f".cargo/{part}", {"rust": f"/usr/local/cargo/{part}"}, bare=False)
            for part in ("registry", "git/db")
        ),
        (),
        r"cargo vendor",
        store=True,
        verified=True,
    ),
    "maven": Caching(
        (Place((), ".m2/repository"),),
        (),
        r"maven\.repo\.local|localRepository|\s(?:-s|--settings|-gs)\b",
        locked=True,
        store=True,
    ),
    "gradle": Caching(
        tuple(
            Place((("GRADLE_USER_HOME", f"/{part}"),), f".gradle/{part}", {"gradle": f"/home/gradle/.gradle/{part}"})
            for part in ("caches", "wrapper")
        ),
        (),
        r"--gradle-user-home|\s-g\s|gradle\.user\.home",
        locked=True,
        store=True,
    ),
    "dotnet": Caching(
        (Place((("NUGET_PACKAGES", ""),), ".nuget/packages"),),
        (),
        r"--packages|globalPackagesFolder",
        store=True,
        verified=True,
    ),
}
"""How the cache of a tool is mounted, by the tool's name. Tools are missing here whose folder for downloads also holds
what the image needs (conda, deno, mix), or has no one place.
"""

# Files of a project that may move a cache, and the words with which they do.
_SETTINGS = {
    "npm": (".npmrc",),
    "yarn": (".yarnrc", ".yarnrc.yml"),
    "pnpm": (".npmrc", "pnpm-workspace.yaml"),
    "bun": ("bunfig.toml",),
    "poetry": ("poetry.toml",),
    "uv": ("uv.toml", "pyproject.toml"),
    "uv pip": ("uv.toml", "pyproject.toml"),
    "cargo": (".cargo/config.toml", ".cargo/config"),
    "maven": (".mvn/maven.config", ".mvn/jvm.config"),
    "dotnet": ("nuget.config", "NuGet.config", "NuGet.Config"),
    "bundler": (".bundle/config",),
}
_MOVING = re.compile(
    r"(?im)^[\s\"']*(?:cache|store|offline|globalpackages)|repo\.local|globalPackagesFolder|BUNDLE_PATH|cache-dir"
)

# They run as root, whose home is /root, and set no variable that moves a cache, but for those that are named above.
_AS_ROOT = frozenset(
    """
    alpine amazoncorretto amazonlinux almalinux archlinux buildpack-deps clojure composer debian eclipse-temurin elixir
    erlang fedora gcc golang gradle maven node openjdk php pypy python r-base rockylinux ruby rust sapmachine swift
    ubuntu mcr.microsoft.com/dotnet/sdk ghcr.io/astral-sh/uv oven/bun
    """.split()
)
_DISTRIBUTIONS = frozenset(
    {"alpine", "amazonlinux", "almalinux", "archlinux", "buildpack-deps", "debian", "fedora", "ubuntu"}
)
# Other users of base images: their number and group, and their home.
_USERS = {("node", "node"): (1000, "/home/node"), ("node", "1000"): (1000, "/home/node")}


class Folder(NamedTuple):
    """A folder to mount for a step: `mount` is the flag, `certain` False where the base image is not known here."""

    path: str
    mount: str
    certain: bool


class Plan(NamedTuple):
    """The mounts for one tool: an install of it, what each step mounts, and the edits besides the flags.

    `assumes` is what else must be true, "" for nothing.
    """

    install: Install
    mounts: tuple[tuple[Step, tuple[Folder, ...]], ...]
    edits: tuple[Edit, ...]
    assumes: str = ""

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All that is mounted, each once."""
        return tuple({one.path: one for _, folders in self.mounts for one in folders}.values())


def base_of(stage: int, see: Facts) -> str:
    """The name of the image that a stage stands on, as people write it without tag; "" where it is not known."""
    image = see.bases.stages[see.bases.lineage(stage)[0]].image.text or ""
    return image_ref(image).familiar if is_image_ref(image) else ""


def folders(install: Install, step: Step, see: Facts) -> tuple[Folder, ...]:
    """The folders of an install's cache as mounts for the step that it is in; none where one of them is not sure."""
    caching = CACHING.get(install.tool)
    if caching is None or is_moved(install, caching, step, see):
        return ()
    user = _user(step, see)
    if user is None:
        return ()
    number, home = user
    env = {one.name: one.value for one in step.scope.env if one.name}
    base = base_of(step.stage, see)
    found: list[Folder] = []
    for place in caching.places:
        if place.home.startswith(".gradle/wrapper") and install.command.program != "gradlew":
            continue
        path = _path(place, install, env, home, base, number)
        if not path.startswith("/") or is_unknown(path) or not re.fullmatch(r"[\w./@+-]+", path):
            return ()
        owner = "" if number == 0 else f",uid={number},gid={number}"
        mount = f"--mount=type=cache,target={path}{',sharing=locked' if caching.locked else ''}{owner}"
        found.append(Folder(path, mount, base in _AS_ROOT or base in ("node",)))
    return tuple(found)


def _path(place: Place, install: Install, env: Mapping[str, str], home: str, base: str, number: int) -> str:
    for name, below in place.variables:
        if env.get(name):
            return posixpath.normpath(env[name] + below)
    if base in place.images:
        return place.images[base]
    if not place.home or (not place.bare and base not in _DISTRIBUTIONS):
        return ""
    if install.tool == "yarn" and number == 0:
        return "/usr/local/share/.cache/yarn"
    return posixpath.join(env.get("HOME") or home, place.home)


def home_of(step: Step, see: Facts) -> str | None:
    """The home of the user who runs a step; None where the file does not tell."""
    user = _user(step, see)
    moved = next((one.value for one in step.scope.env if one.name == "HOME"), None)
    return None if user is None else moved or user[1]


def _user(step: Step, see: Facts) -> tuple[int, str] | None:
    """The number and the home of the user who runs a step; None where the file does not tell."""
    name = (step.scope.user or "").partition(":")[0]
    if name in ("", "root", "0"):
        return 0, "/root"
    return _USERS.get((base_of(step.stage, see), name))


def is_moved(install: Install, caching: Caching, step: Step, see: Facts) -> bool:
    """Whether something may put the cache elsewhere than where it is by default, or turns it off."""
    command = install.command
    if -1 in command.subshell or any(
        word.text.rpartition("/")[2] in ("sudo", "doas", "gosu") for word in command.wrappers
    ):
        return True
    names = {name for place in caching.places for name, _ in place.variables} | {"HOME", *caching.off}
    if any(word.text.partition("=")[0] in names for word in command.assignments):
        return True
    for one in step.scope.env:
        if one.name in caching.off or (one.name in names and one.origin in ("arg", "build-arg")):
            return True
    texts = (
        [run_text(one.instruction) for one in (*ancestors(see.graph, step), step) if _is_run(one)] if see.graph else []
    )
    if any(_MOVING.search(text) for text in _settings(install.tool, see)):
        return True
    said = "|".join(
        (r"(?:export|declare)\s[^\n]*\b(?:" + "|".join(sorted(names)) + ")=", *filter(None, (caching.elsewhere,)))
    )
    return any(re.search(said, text) for text in texts)


def _settings(tool: str, see: Facts) -> Iterator[str]:
    """The texts of the project's files that may move the cache of a tool."""
    for name in _SETTINGS.get(tool, ()):
        try:
            if see.context is not None:
                yield see.context.context.tree.read(name).decode("utf-8", "replace")
        except FileNotFoundError:
            continue


def _is_run(step: Step) -> bool:
    return isinstance(step.instruction.body, Run)


def is_filled(path: str, step: Step, see: Facts) -> bool:
    """Whether something before a step may put files into a folder that a mount would hide."""
    if see.graph is None:
        return True
    for one in ancestors(see.graph, step):
        if isinstance(one.op, CopyOp):
            dest = one.op.dest.rstrip("/")
            if dest == path or dest.startswith(path + "/") or (dest and path.startswith(dest + "/")):
                return True
        elif _is_run(one) and is_named(path, one.instruction, see):
            return True
    return False


def is_named(path: str, run: Instruction, see: Facts) -> bool:
    """Whether a RUN names a folder, or what is in it, in more than commands that remove, list or give away files."""
    tail = path.removeprefix("/root/").removeprefix("/home/node/")
    if tail not in run_text(run):
        return False
    read = see.commands(run)
    return isinstance(read, Opaque) or any(
        tail in word.text for command in read if command.program not in _HANDLING for word in command.words
    )


def is_copied(paths: list[str], first: Step, graph: BuildGraph) -> bool:
    """Whether a folder, a part of it, or what it lies in is copied or mounted from the stage of a step."""
    reached = {first.id, *(one.id for one in following(graph, first))}
    for step in graph.steps:
        reads_from: list[str] = []
        if isinstance(step.op, CopyOp):
            reads_from = [
                one.path for one in step.op.sources if isinstance(one.origin, StepOrigin) and one.origin.step in reached
            ]
        elif isinstance(step.op, RunOp):
            reads_from = [
                "/" + one.source.strip("/")
                for one in step.op.mounts
                if isinstance(one.origin, StepOrigin) and one.origin.step in reached
            ]
        for source in reads_from:
            bare = source.rstrip("/")
            if any(path == bare or path.startswith(bare + "/") or bare.startswith(path + "/") for path in paths):
                return True
            if "*" in bare and any(path.startswith(bare.partition("*")[0]) for path in paths):
                return True
    return False


_HANDLING = frozenset({"rm", "find", "du", "ls", "chown", "chmod"})
