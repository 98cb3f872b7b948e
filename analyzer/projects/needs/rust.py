"""cargo: what `cargo fetch` reads, and the targets that have to lie beside the manifests all the same."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ...typing import Any
from ..files import inside
from ..tables import entries, table, texts, toml
from ..workspaces import workspace
from .asked import NOTHING, Asked, Needs, Unknown, joined, strings

_SETTINGS = (".cargo/config.toml", ".cargo/config")
_TOOLCHAIN = ("rust-toolchain.toml", "rust-toolchain")
_DEPENDENCIES = (
    "dependencies dev-dependencies dev_dependencies build-dependencies build_dependencies patch replace".split()
)
_TARGETS = {"bin": "src/bin", "example": "examples", "test": "tests", "bench": "benches"}
_MOST_STUBS = 60


def cargo(asked: Asked) -> Needs:
    """What `cargo fetch` reads, and `cargo install` of packages by name."""
    if asked.install.name == "cargo install":
        if asked.configured_above(*_SETTINGS, *_TOOLCHAIN):
            raise Unknown("settings of cargo lie in the project")
        return NOTHING
    if asked.install.name != "cargo fetch":
        raise Unknown(f"`{asked.install.name}` compiles")
    if asked.given("--manifest-path", "--config", "--offline", "--frozen", "--lockfile-path", "-C", "-Z"):
        raise Unknown("the options of cargo choose what it reads")
    _check_environment(asked)
    root = _root(asked)
    manifests = _manifests(asked, root)
    _check_lock(asked, joined(root, "Cargo.lock"))
    settings = asked.configured_above(*_SETTINGS)
    for path in settings:
        _check_settings(asked, path)
    chosen = asked.configured_above(*_TOOLCHAIN)
    for path in chosen:
        if re.search(r"(?m)^\s*path\s*=|^\s*[./]", asked.project.text(path) or ""):
            raise Unknown(f"`{path}` leads to a toolchain elsewhere")
    stubs = dict.fromkeys(stub for path in manifests for stub in _stubs(asked, path))
    if len(stubs) > _MOST_STUBS:
        raise Unknown("the packages have very many targets")
    return Needs((*manifests, joined(root, "Cargo.lock"), *settings, *chosen), stubs=tuple(stubs))


def _check_environment(asked: Asked) -> None:
    known = asked.environment
    if known.get("CARGO_NET_OFFLINE", "false") not in ("false", "0", ""):
        raise Unknown("`CARGO_NET_OFFLINE` is set")
    chosen = next((name for name in known if name.startswith(("CARGO_SOURCE_", "CARGO_UNSTABLE_"))), None)
    if chosen is not None:
        raise Unknown(f"`{chosen}` chooses where packages come from")
    home = known.get("CARGO_HOME", "/")
    if not home.startswith("/") or (asked.folder and (home + "/").startswith(f"/{asked.folder}/")):
        raise Unknown("`CARGO_HOME` lies in the project")


def _root(asked: Asked) -> str:
    """The folder of the workspace that a package belongs to: its own where it belongs to none."""
    own = asked.manifest("Cargo.toml")
    if table(own, "workspace") is not None:
        return asked.folder
    if "workspace" in (table(own, "package") or {}):
        raise Unknown("`workspace` in `Cargo.toml` leads to another folder")
    for folder in asked.above():
        about = table(toml(joined(folder, "Cargo.toml"), asked.project), "workspace")
        if about is not None:
            if asked.has("Cargo.lock") or "exclude" in about:
                raise Unknown("which `Cargo.lock` is read is not plain")
            return folder
    return asked.folder


def _manifests(asked: Asked, root: str) -> tuple[str, ...]:
    """The manifests of a workspace or a package, those of the packages that they lead to, and those above them."""
    members = workspace("cargo", root, asked.project)
    found: dict[str, None] = {}
    waiting = [joined(root, "Cargo.toml"), joined(asked.folder, "Cargo.toml")]
    waiting += () if members is None else members.members
    while waiting:
        path = waiting.pop(0)
        if path in found:
            continue
        data = toml(path, asked.project)
        if not data:
            raise Unknown(f"the context has no `{path}`" if not asked.is_file(path) else f"`{path}` is no TOML")
        found[path] = None
        folder = posixpath.dirname(path)
        waiting += asked._replace(folder=folder).configured_above("Cargo.toml")
        for place, needed in _paths(data):
            target = inside(folder, place)
            if target is None:
                raise Unknown(f"`{path}` depends on `{place}`, which lies outside of what is copied")
            if asked.is_file(joined(target, "Cargo.toml")) or needed:
                waiting.append(joined(target, "Cargo.toml"))
    return tuple(found)


def _paths(data: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """The folders that a manifest's dependencies lie in; those that nothing may depend on are not needed."""
    tables = [data, *(one for one in map(table, entries(data.get("target"))) if one is not None)]
    for one in tables:
        for name in _DEPENDENCIES:
            yield from ((place, True) for place in _places(one.get(name), 2 if name == "patch" else 1))
    shared = table(data, "workspace", "dependencies")
    yield from ((place, False) for place in _places(shared, 1))


def _places(dependencies: object, depth: int) -> Iterator[str]:
    for entry in entries(dependencies):
        if depth > 1:
            yield from _places(entry, depth - 1)
        else:
            yield from texts((table(entry) or {}).get("path"))


def _check_lock(asked: Asked, path: str) -> None:
    """Unknown where the lock file is missing, or where what it names is not fetched from elsewhere."""
    data = toml(path, asked.project)
    if not data:
        raise Unknown(f"the context has no `{path}`: packages would stay as they are when they are fetched first")
    sources = [one for entry in entries(data.get("package")) for one in texts((table(entry) or {}).get("source"))]
    if not sources:
        raise Unknown(f"`{path}` names nothing to fetch")
    local = next(
        (one for one in sources if re.match(r"(?:registry|sparse|git)\+(?:https?|ssh|git)://", one) is None), None
    )
    if local is not None:
        raise Unknown(f"`{path}` names `{local}`, which lies on the machine")


def _check_settings(asked: Asked, path: str) -> None:
    data = toml(path, asked.project)
    if not data and (asked.project.text(path) or "").strip():
        raise Unknown(f"`{path}` is no TOML")
    said = next((name for name in ("source", "patch", "paths", "include", "unstable") if name in data), None)
    if said is not None:
        raise Unknown(f"`{said}` in `{path}` chooses where packages come from")
    if (table(data, "net") or {}).get("offline"):
        raise Unknown(f"`{path}` keeps cargo from the network")
    build = table(data, "build") or {}
    about = [data.get(name) for name in ("http", "registry", "registries", "credential-alias")]
    about += [build.get(name) for name in ("rustc", "rustc-wrapper", "rustc-workspace-wrapper", "target")]
    led = next((one for value in about for one in strings(value) if re.match(r"\.{0,2}/|file:|[\w.-]+/", one)), None)
    if led is not None:
        raise Unknown(f"`{led}` in `{path}` leads to other files")


def _stubs(asked: Asked, manifest: str) -> Iterator[str]:
    """The files of a package that cargo looks for when it reads the manifest: the targets that it names no path of."""
    data, folder = toml(manifest, asked.project), posixpath.dirname(manifest)
    package = table(data, "package") or table(data, "project")
    if package is None:
        return
    here = [path for path in ("src/lib.rs", "src/main.rs") if asked.is_file(joined(folder, path))]
    if "path" in (table(data, "lib") or {}):
        here = [path for path in here if path != "src/lib.rs"]
    if "links" in package and "build" not in package:
        here.append("build.rs")
    for kind, place in _TARGETS.items():
        for one in map(table, entries(data.get(kind))):
            if one is not None and "path" not in one:
                here += _found(asked, folder, place, *texts(one.get("name")))
    here += _found(asked, folder, _TARGETS["bin"], *texts(package.get("default-run")))
    if not here and not {"lib", "bin"} & set(data):
        for name in sorted(asked.project.names(joined(folder, _TARGETS["bin"])))[:1]:
            here += _found(asked, folder, _TARGETS["bin"], name.removesuffix(".rs"))
    for path in here:
        if asked.is_file(joined(folder, path)):
            yield joined(folder, path)


def _found(asked: Asked, folder: str, place: str, *names: str) -> list[str]:
    """The file of a target by its name, where it is one of those that cargo looks for."""
    wanted = [path for name in names for path in (f"{place}/{name}.rs", f"{place}/{name}/main.rs")]
    return [path for path in wanted if asked.is_file(joined(folder, path))][:1]


READERS = {"cargo": cargo}
