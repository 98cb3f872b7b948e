"""go, cargo, swift, cabal, stack, maven, gradle, sbt and dotnet: tools that fetch, and compile as well."""

from __future__ import annotations

from ..commands import Command
from ..options import arguments, texts, value
from .builds import cabal, dotnet, maven_fetch, sbt, stack, swift
from .install import Install, Reader, fixed

_CHEF = "cook from the recipe before the copy: in the cook stage, copy only `recipe.json` from the planner stage"
_GO_MANIFESTS = ("`go.mod`", "`go.sum`")


def _go(command: Command) -> Install | None:
    words = texts(command)
    folder = value(words, "-C") or ""
    if words[:2] == ["mod", "download"]:
        return Install("go mod download", "go", command, _GO_MANIFESTS, folder=folder)
    if words[:2] == ["work", "sync"]:
        return Install("go work sync", "go", command, ("`go.work`", *_GO_MANIFESTS), folder=folder)
    if words[:1] in (["install"], ["build"]):
        named = arguments(words[1:], frozenset({"-ldflags", "-tags", "-mod", "-gcflags", "-o", "-C", "-p"}))
        if words[0] == "install" and named and all(map(_is_versioned, named)):
            return Install("go install", "go", command, ())
        hint = "fetch the modules first with `go mod download`, or give go a cache mount"
        name = f"go {words[0]}"
        chosen = value(words, "-mod") == "vendor" or value(words, "-modfile", "-overlay") is not None
        fetch = "" if chosen else "go mod download"
        return Install(name, "go", command, _GO_MANIFESTS, (), folder, True, "low", hint, fetch=fetch)
    return None


def _is_versioned(word: str) -> bool:
    return "@" in word and not word.startswith((".", "/", "$"))


# Options of cargo that choose which manifest or settings it reads, or keep it from the network.
_CHOOSING = ("--manifest-path", "--config", "--offline", "--frozen", "--lockfile-path", "-C", "-Z")


def _cargo(command: Command) -> Install | None:
    words = texts(command)
    chosen = words[0] if words and words[0].startswith("+") else ""
    if chosen:
        words = words[1:]
    manifests = ("`Cargo.toml`", "`Cargo.lock`")
    strict = not {"--locked", "--frozen"}.isdisjoint(words)
    if words[:2] == ["chef", "cook"]:
        return Install("cargo chef cook", "cargo", command, ("`recipe.json`",), hint=_CHEF)
    if words[:1] == ["fetch"]:
        hint = "cargo wants a target beside the manifest: an empty `src/main.rs` or `src/lib.rs` will do"
        return Install("cargo fetch", "cargo", command, manifests, sure="medium", hint=hint, strict=strict)
    if words[:1] == ["install"]:
        if any(word == "--path" or word.startswith("--path=") for word in words):
            return None
        valued = frozenset({"--version", "--vers", "--git", "--tag", "--branch", "--rev", "--root", "--features", "-F"})
        if arguments(words[1:], valued) or "--git" in words:
            return Install("cargo install", "cargo", command, ())
    if words[:1] == ["build"]:
        hint = (
            "fetch the packages first with `cargo fetch`, build them first with cargo-chef, or give cargo a cache mount"
        )
        alone = " ".join(filter(None, ("cargo", chosen, "fetch", "--locked" if strict else "")))
        fetch = "" if any(word.partition("=")[0] in _CHOOSING for word in words) else alone
        return Install("cargo build", "cargo", command, manifests, sure="low", hint=hint, strict=strict, fetch=fetch)
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
        fetch = maven_fetch(command)
        return Install(name, "maven", command, ("`pom.xml`",), folder=folder, sure="low", hint=hint, fetch=fetch)
    return None


_FETCHING_TASKS = frozenset({"dependencies", "resolveDependencies", "downloadDependencies"})
_BUILDING_TASKS = frozenset(
    {"build", "assemble", "jar", "bootJar", "shadowJar", "installDist", "distTar", "classes", "war", "bootWar"}
)


def _gradle(command: Command) -> Install | None:
    words = texts(command)
    name = command.words[0].text if command.program == "gradlew" else "gradle"
    reads = ("`build.gradle`", "`settings.gradle`")
    valued = frozenset({"-p", "--project-dir", "-b", "-x", "--exclude-task", "--build-file", "--console"})
    tasks = [word.rpartition(":")[2] for word in arguments(words, valued)]
    folder = value(words, "-p", "--project-dir") or ""
    if tasks and _FETCHING_TASKS.issuperset(tasks):
        return Install(f"{name} {tasks[0]}", "gradle", command, reads, folder=folder)
    built = next((task for task in tasks if task in _BUILDING_TASKS), None)
    if built is not None:
        hint = "fetch the dependencies first with `gradle dependencies`, or give Gradle a cache mount"
        return Install(f"{name} {built}", "gradle", command, reads, folder=folder, sure="low", hint=hint)
    return None


def _sbt(command: Command) -> Install | None:
    words = [word for word in texts(command) if not word.startswith("-")]
    if words and all(word in ("update", "updateClassifiers", "reload") for word in words):
        return Install("sbt update", "sbt", command, ("`build.sbt`", "`project/`"))
    return None


def _dotnet(command: Command) -> Install | None:
    words = texts(command)
    if words[:1] != ["restore"]:
        return None
    valued = frozenset({"-r", "--runtime", "--configfile", "-s", "--source", "-v", "--packages"})
    named = tuple(one for one in arguments(words[1:], valued) if not one.startswith(("/p:", "/property:")))
    reads = ("the project files (`*.csproj`)", "the solution")
    return Install("dotnet restore", "dotnet", command, reads, named, strict="--locked-mode" in words)


def _cabal(command: Command) -> Install | None:
    words = texts(command)
    alone = not {"--only-dependencies", "--dependencies-only", "--only-download"}.isdisjoint(words)
    if words[:1] and words[0].removeprefix("v2-").removeprefix("new-") in ("build", "install", "fetch") and alone:
        name = f"cabal {words[0]} --only-dependencies"
        return Install(name, "cabal", command, ("the package description (`*.cabal`)", "`cabal.project`"))
    return None


def _stack(command: Command) -> Install | None:
    words = texts(command)
    manifests = ("`stack.yaml`", "the package description (`package.yaml` or `*.cabal`)")
    if words[:1] == ["setup"]:
        return Install("stack setup", "stack", command, ("`stack.yaml`",))
    verb = next((word for word in words[:3] if word in ("build", "install")), None)
    if verb is not None and not {"--only-dependencies", "--dependencies-only"}.isdisjoint(words):
        return Install(f"stack {verb} --only-dependencies", "stack", command, manifests)
    return None


READERS: dict[str, tuple[Reader, ...]] = {
    "go": (_go,),
    "cargo": (_cargo,),
    "mvn": (_maven,),
    "mvnw": (_maven,),
    "gradle": (_gradle,),
    "gradlew": (_gradle,),
    "sbt": (_sbt, sbt),
    "dotnet": (_dotnet, dotnet),
    "cabal": (_cabal, cabal),
    "stack": (_stack, stack),
    "swift": (fixed("swift", (("package", "resolve"),), "`Package.swift`", "`Package.resolved`"), swift),
}
