"""The tools that install dependencies: which commands do, what they read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from .commands import Command
from .options import arguments, is_place, subcommand, texts, value, values

Sureness = Literal["high", "medium", "low"]


class Install(NamedTuple):
    """A command that fetches what a project depends on.

    `name` is the command in short, "npm ci"; `reads` the manifests that suffice for it, as a reader would list them,
    empty where it needs no file. `files` are those that its words name. `folder` is where it runs: as far as `cd` and
    options tell, "" for the working directory. `local` is True where it installs what lies in the project itself, so
    that it needs the source. `sure` says how surely nothing but the manifests is needed; `hint` how to see to that.
    """

    name: str
    tool: str
    command: Command
    reads: tuple[str, ...]
    files: tuple[str, ...] = ()
    folder: str = ""
    local: bool = False
    sure: Sureness = "high"
    hint: str = ""


Reader = Callable[[Command], Install | None]

# Python --------------------------------------------------------------------------------------------------------

_PIP_VALUED = frozenset(
    """
    -r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links --trusted-host -t --target
    --prefix --root --cache-dir --timeout --retries --proxy --platform --python-version --only-binary --no-binary
    --progress-bar --log --src --upgrade-strategy --python --index --default-index --cert --root-user-action
    --config-settings -C --global-option --install-option --report --use-feature --exists-action -p
    """.split()
)


def _python_module(command: Command) -> Install | None:
    inner = command._replace(words=command.words[2:])
    read = _pip(inner) if inner.program == "pip" else _pipenv(inner)
    return None if read is None else read._replace(command=command)


def _pip(command: Command) -> Install | None:
    return _pip_install(command, texts(command), "pip")


def _pip_install(command: Command, words: list[str], tool: str) -> Install | None:
    verb, rest = subcommand(words, _PIP_VALUED)
    if verb == "sync" and tool == "uv pip":
        return Install("uv pip sync", tool, command, ("the requirements file",), tuple(arguments(rest, _PIP_VALUED)))
    if verb not in ("install", "wheel", "download"):
        return None
    named = arguments(rest, _PIP_VALUED)
    files = values(rest, "-r", "--requirement", "--requirements")
    constraints = values(rest, "-c", "--constraint", "--constraints")
    editable = any(word in ("-e", "--editable") or word.startswith("--editable=") for word in rest)
    links = values(rest, "-f", "--find-links")
    local = editable or any(map(is_place, named)) or any(is_place(link) for link in links)
    reads = tuple(f"`{name}`" for name in (*files, *constraints))
    name = f"{tool} {verb} -r {files[0]}" if files else f"{tool} {verb}"
    return Install(name, tool, command, reads, (*files, *constraints), local=local)


def _pipenv(command: Command) -> Install | None:
    verb, rest = subcommand(texts(command), frozenset())
    if verb not in ("install", "sync") or any(map(is_place, arguments(rest, frozenset()))):
        return None
    return Install(f"pipenv {verb}", "pipenv", command, ("`Pipfile`", "`Pipfile.lock`"))


def _uv(command: Command) -> Install | None:
    valued = frozenset({"--directory", "--project", "--cache-dir", "--config-file", "--color"})
    verb, rest = subcommand(texts(command), valued)
    if verb == "pip":
        return _pip_install(command, rest, "uv pip")
    if verb != "sync":
        return None
    kept_out = {"--no-install-project", "--no-install-workspace", "--no-install-local"} & set(rest)
    hint = "" if kept_out else "run `uv sync --no-install-project` first and `uv sync` after the copy"
    folder = value(rest, "--directory", "--project") or ""
    return Install(
        "uv sync",
        "uv",
        command,
        ("`pyproject.toml`", "`uv.lock`"),
        folder=folder,
        sure="high" if kept_out else "medium",
        hint=hint,
    )


def _poetry(command: Command) -> Install | None:
    verb, rest = subcommand(texts(command), frozenset({"-C", "--directory", "-P", "--project"}))
    if verb not in ("install", "sync"):
        return None
    kept_out = {"--no-root", "--only-root"} & set(rest)
    if "--only-root" in rest:
        return None
    hint = "" if kept_out else "run `poetry install --no-root` first and `poetry install` after the copy"
    folder = value(rest, "-C", "--directory") or ""
    reads = ("`pyproject.toml`", "`poetry.lock`")
    return Install(
        f"poetry {verb}", "poetry", command, reads, folder=folder, sure="high" if kept_out else "medium", hint=hint
    )


def _pdm(command: Command) -> Install | None:
    verb, rest = subcommand(texts(command), frozenset({"-p", "--project"}))
    if verb not in ("install", "sync"):
        return None
    kept_out = {"--no-self", "--prod-only"} & set(rest)
    hint = "" if kept_out else f"run `pdm {verb} --no-self` first and `pdm {verb}` after the copy"
    return Install(
        f"pdm {verb}",
        "pdm",
        command,
        ("`pyproject.toml`", "`pdm.lock`"),
        sure="high" if kept_out else "medium",
        hint=hint,
    )


def _conda(command: Command) -> Install | None:
    words = texts(command)
    verbs = [word for word in words if not word.startswith("-")][:2]
    if verbs not in (["env", "create"], ["env", "update"]):
        return None
    files = values(words, "-f", "--file")
    return Install(
        f"{command.program} {' '.join(verbs)}", "conda", command, tuple(f"`{name}`" for name in files), files
    )


# JavaScript ----------------------------------------------------------------------------------------------------

_NODE_VALUED = frozenset(
    """
    --prefix --registry --cache --loglevel --omit --include --cwd -C --dir --filter -F --network-timeout --cache-folder
    --modules-folder --store-dir --network-concurrency --child-concurrency --mutex -w --workspace --fetch-timeout
    --install-strategy --reporter --only --maxsockets --userconfig --depth --virtual-store-dir --backend --use-yarnrc
    """.split()
)
_LOCKS = {
    "npm": ("`package.json`", "`package-lock.json`"),
    "yarn": ("`package.json`", "`yarn.lock`"),
    "pnpm": ("`package.json`", "`pnpm-lock.yaml`"),
    "bun": ("`package.json`", "`bun.lock`"),
}
_NODE_VERBS = {
    "npm": frozenset({"install", "i", "ci", "clean-install", "install-clean", "add"}),
    "yarn": frozenset({"install", "", "add", "global"}),
    "pnpm": frozenset({"install", "i", "fetch", "add"}),
    "bun": frozenset({"install", "i", "add"}),
}


def _node(command: Command) -> Install | None:
    tool = command.program
    words = texts(command)
    verb, rest = subcommand(words, _NODE_VALUED)
    if verb not in _NODE_VERBS[tool] or (not verb and {"--version", "-v", "--help", "-h"} & set(words)):
        return None
    named = arguments(rest, _NODE_VALUED)
    everywhere = {"-g", "--global", "--location=global"} & set(words) or verb == "global"
    if verb == "global":
        if named[:1] != ["add"]:
            return None
        named = named[1:]
    folder = value(words, "--prefix", "--cwd", "-C", "--dir") or ""
    reads = () if everywhere else _LOCKS[tool] if verb != "fetch" else ("`pnpm-lock.yaml`",)
    name = (
        f"{tool} install"
        if not verb
        else "yarn global add"
        if verb == "global"
        else f"{tool} {verb}{' -g' if everywhere else ''}"
    )
    local = any(map(is_place, named)) or (bool(everywhere) and not named)
    return Install(name, tool, command, reads, folder="" if everywhere else folder, local=local)


# Others --------------------------------------------------------------------------------------------------------


def _go(command: Command) -> Install | None:
    words = texts(command)
    folder = value(words, "-C") or ""
    if words[:2] == ["mod", "download"]:
        return Install("go mod download", "go", command, ("`go.mod`", "`go.sum`"), folder=folder)
    if words[:1] == ["install"]:
        named = arguments(words[1:], frozenset({"-ldflags", "-tags", "-mod", "-gcflags"}))
        if named and all("@" in word and not word.startswith((".", "/", "$")) for word in named):
            return Install("go install", "go", command, ())
    return None


_CHEF = "cook from the recipe before the copy: in the cook stage, copy only `recipe.json` from the planner stage"


def _cargo(command: Command) -> Install | None:
    words = texts(command)
    if words and words[0].startswith("+"):
        words = words[1:]
    manifests = ("`Cargo.toml`", "`Cargo.lock`")
    if words[:2] == ["chef", "cook"]:
        return Install("cargo chef cook", "cargo", command, ("`recipe.json`",), hint=_CHEF)
    if words[:1] == ["fetch"]:
        hint = "cargo wants a target beside the manifest: an empty `src/main.rs` or `src/lib.rs` will do"
        return Install("cargo fetch", "cargo", command, manifests, sure="medium", hint=hint)
    if words[:1] == ["install"]:
        if any(word == "--path" or word.startswith("--path=") for word in words):
            return None
        valued = frozenset({"--version", "--vers", "--git", "--tag", "--branch", "--rev", "--root", "--features", "-F"})
        if arguments(words[1:], valued) or "--git" in words:
            return Install("cargo install", "cargo", command, ())
    if words[:1] == ["build"]:
        hint = "build the dependencies on their own first, as cargo-chef does, or give cargo a cache mount"
        return Install("cargo build", "cargo", command, manifests, sure="low", hint=hint)
    return None


def _maven(command: Command) -> Install | None:
    words = texts(command)
    folder = (value(words, "-f", "--file") or "").removesuffix("pom.xml")
    goals = [word for word in words if word.startswith("dependency:") or ":dependency:" in word]
    name = command.words[0].text if command.program == "mvnw" else "mvn"
    if any(goal.endswith((":go-offline", ":resolve", ":resolve-plugins")) for goal in goals):
        return Install(f"{name} {goals[0]}", "maven", command, ("`pom.xml`",), folder=folder)
    if {"package", "install", "verify", "compile", "deploy"} & set(words):
        hint = "fetch the dependencies first with `mvn dependency:go-offline`, or give Maven a cache mount"
        return Install(name, "maven", command, ("`pom.xml`",), folder=folder, sure="low", hint=hint)
    return None


def _gradle(command: Command) -> Install | None:
    words = texts(command)
    name = command.words[0].text if command.program == "gradlew" else "gradle"
    reads = ("`build.gradle`", "`settings.gradle`")
    tasks = [word.rpartition(":")[2] for word in arguments(words, frozenset({"-p", "--project-dir", "-b", "-x"}))]
    if tasks and all(task in ("dependencies", "resolveDependencies", "downloadDependencies") for task in tasks):
        return Install(f"{name} {tasks[0]}", "gradle", command, reads, folder=value(words, "-p", "--project-dir") or "")
    return None


def _bundle(command: Command) -> Install | None:
    valued = frozenset({"--jobs", "-j", "--retry", "--path", "--without", "--with", "--gemfile", "--binstubs"})
    verb, _ = subcommand(texts(command), valued)
    if verb not in ("install", "") or "--version" in texts(command):
        return None
    return Install("bundle install", "bundler", command, ("`Gemfile`", "`Gemfile.lock`"))


def _composer(command: Command) -> Install | None:
    words = texts(command)
    valued = frozenset({"-d", "--working-dir"})
    verb, _ = subcommand(words, valued)
    if verb not in ("install", "update", "i", "u"):
        return None
    bare = {"--no-scripts", "--no-autoloader"} <= set(words)
    hint = "" if bare else "run it with `--no-scripts --no-autoloader`, and `composer dump-autoload` after the copy"
    folder = value(words, "-d", "--working-dir") or ""
    reads = ("`composer.json`", "`composer.lock`")
    return Install(
        f"composer {verb}", "composer", command, reads, folder=folder, sure="high" if bare else "medium", hint=hint
    )


def _dotnet(command: Command) -> Install | None:
    words = texts(command)
    if words[:1] != ["restore"]:
        return None
    named = tuple(
        arguments(words[1:], frozenset({"-r", "--runtime", "--configfile", "-s", "--source", "-v", "--packages"}))
    )
    return Install("dotnet restore", "dotnet", command, ("the project files (`*.csproj`)", "the solution"), named)


def _simple(name: str, verbs: tuple[tuple[str, ...], ...], *reads: str) -> Reader:
    """A tool whose install is a fixed subcommand."""

    def read(command: Command) -> Install | None:
        words = [word for word in texts(command) if not word.startswith("-")]
        for verb in verbs:
            if tuple(words[: len(verb)]) == verb:
                return Install(f"{command.program} {' '.join(verb)}", name, command, reads)
        return None

    return read


READERS: dict[str, tuple[Reader, ...]] = {
    "pip": (_pip,),
    "pip2": (_pip,),
    "pip3": (_pip,),
    "pipenv": (_pipenv,),
    "uv": (_uv,),
    "poetry": (_poetry,),
    "pdm": (_pdm,),
    "conda": (_conda,),
    "mamba": (_conda,),
    "micromamba": (_conda,),
    "npm": (_node,),
    "yarn": (_node,),
    "pnpm": (_node,),
    "bun": (_node,),
    "go": (_go,),
    "cargo": (_cargo,),
    "mvn": (_maven,),
    "mvnw": (_maven,),
    "gradle": (_gradle,),
    "gradlew": (_gradle,),
    "bundle": (_bundle,),
    "bundler": (_bundle,),
    "composer": (_composer,),
    "dotnet": (_dotnet,),
    "mix": (_simple("mix", (("deps.get",),), "`mix.exs`", "`mix.lock`"),),
    "dart": (_simple("dart", (("pub", "get"),), "`pubspec.yaml`", "`pubspec.lock`"),),
    "flutter": (_simple("flutter", (("pub", "get"),), "`pubspec.yaml`", "`pubspec.lock`"),),
    "swift": (_simple("swift", (("package", "resolve"),), "`Package.swift`", "`Package.resolved`"),),
}
PYTHON_MODULE: tuple[Reader, ...] = (_python_module,)
"""What reads `python -m pip`."""
