"""pip, uv, poetry, pdm, pipenv, conda and pixi: manifests, lock files, settings, requirements files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...shell.options import values
from ..scripts import shadow
from ..tables import entries, table, texts, toml
from ..workspaces import workspace
from .asked import Asked, Needs, Unknown, joined, kept, strings
from .requirements import check_requirement, requirement_files

_TARGETS = ("-t", "--target", "-d", "--dest", "-w", "--wheel-dir", "--src", "--prefix", "--root", "--report", "--log")
_WRITING = frozenset({"wheel", "download"})


def _pip(asked: Asked) -> Needs:
    words = asked.words
    if values(words, "-f", "--find-links") and any("://" not in one for one in values(words, "-f", "--find-links")):
        raise Unknown("packages are looked for in a folder")
    if asked.given("-e", "--editable"):
        raise Unknown("it installs something where it lies")
    writes = [asked.path(name) for name in values(words, *_TARGETS)]
    if _WRITING.intersection(words) and not values(words, "-d", "--dest", "-w", "--wheel-dir"):
        raise Unknown(f"`{asked.install.name}` writes beside the project's files")
    if any(path == asked.folder for path in writes):
        raise Unknown(f"`{asked.install.name}` writes beside the project's files")
    tables = [name for name in asked.install.files if name.endswith((".toml", ".py", ".cfg"))]
    files = list(requirement_files(asked, tuple(name for name in asked.install.files if name not in tables)))
    for name in tables:
        files.append(_static(asked, asked.path(name)))
    if asked.given("--group", "--dependency-groups"):
        files.append(_static(asked, joined(asked.folder, "pyproject.toml")))
    if asked.install.tool == "uv pip":
        files += _uv_settings(asked)
        if asked.has(".venv"):
            raise Unknown("the context has a `.venv`, which uv would use")
    _refuse_shadows(asked)
    return Needs(tuple(files), tuple(writes))


def _static(asked: Asked, path: str) -> str:
    """A pyproject.toml whose dependencies stand in it; Unknown for others."""
    data = toml(path, asked.project)
    dynamic = texts((table(data, "project") or {}).get("dynamic"))
    if not data or not path.endswith(".toml") or {"dependencies", "optional-dependencies"} & set(dynamic):
        raise Unknown(f"what `{path}` asks for is found out by building the project")
    about = table(data, "project") or {}
    for row in strings([about.get("dependencies"), about.get("optional-dependencies"), data.get("dependency-groups")]):
        check_requirement(row, path)
    _refuse_sources(asked, path, data)
    return path


def _refuse_shadows(asked: Asked) -> None:
    """Unknown where Python looks for modules among the project's files, and finds some that stand for its own."""
    words = asked.words
    looked = ["PYTHONPATH"] if asked.environment.get("PYTHONPATH") else []
    if "-m" in words[:4] and words[0].rpartition("/")[2].startswith(("python", "pypy")):
        looked.append("python -m")
    if not looked:
        return
    folders = [asked.folder] if "python -m" in looked else []
    folders += [one.strip("/") for one in asked.environment.get("PYTHONPATH", "").split(":") if one.startswith("/")]
    names = {name for folder in folders for name in asked.project.names(folder)}
    found = shadow(names)
    if found is not None:
        raise Unknown(f"`{looked[0]}` lets `{found}` of the project stand for another module")


def _uv_settings(asked: Asked) -> tuple[str, ...]:
    """The files with settings of uv that lie beside a project or above it."""
    found = list(asked.configured_above("uv.toml", ".python-version"))
    for path in asked.configured_above("pyproject.toml"):
        data = toml(path, asked.project)
        settings = table(data, "tool", "uv")
        if settings is not None:
            if any(re.match(r"(?:file:|\.{0,2}/)", one) for one in strings(settings.get("find-links"))):
                raise Unknown(f"`{path}` names a folder with packages")
            found.append(path)
    return tuple(found)


def _uv(asked: Asked) -> Needs:
    data = asked.manifest("pyproject.toml")
    lock = asked.there("uv.lock")
    words = set(asked.words)
    root = joined(asked.folder, "pyproject.toml")
    if any(
        "workspace" in (table(toml(joined(one, "pyproject.toml"), asked.project), "tool", "uv") or {})
        for one in asked.above()
    ):
        raise Unknown("the workspace lies in a folder above")
    packaged = table(data, "build-system") is not None or (table(data, "tool", "uv") or {}).get("package") is True
    if (table(data, "tool", "uv") or {}).get("package") is False:
        packaged = False
    members = workspace("uv", asked.folder, asked.project)
    kept_out = {"--no-install-project", "--no-install-workspace", "--no-install-local"} & words
    if packaged and not kept_out:
        raise Unknown("`uv sync` builds and installs the project too: that takes `--no-install-project`")
    if members is not None and not {"--no-install-workspace", "--no-install-local"} & words:
        raise Unknown("members of the workspace are built: that takes `--no-install-workspace`")
    strict = (
        bool({"--frozen", "--locked"} & words) or "UV_FROZEN" in asked.environment or "UV_LOCKED" in asked.environment
    )
    manifests = (root, *(() if members is None else members.members))
    for path in manifests:
        one = toml(path, asked.project)
        dynamic = set(texts((table(one, "project") or {}).get("dynamic")))
        if dynamic - ({"version"} if "--frozen" in words else set()) and "--frozen" not in words:
            raise Unknown(f"`{path}` has dynamic fields, which uv finds out by building")
        _refuse_sources(asked, path, one)
    if strict and not lock:
        raise Unknown(f"`{asked.install.name}` wants `uv.lock`, and the context has none")
    files = (*manifests, *lock, *_uv_settings(asked))
    return Needs(files, (joined(asked.folder, ".venv"),), () if strict or not lock else (kept(lock[0], asked.install),))


def _refuse_sources(asked: Asked, path: str, data: dict[str, object]) -> None:
    """Unknown where a manifest takes dependencies from the project, other than from members of a workspace."""
    for tool in ("uv", "poetry", "pdm", "pixi"):
        for value in _tables_in(table(data, "tool", tool)):
            if "path" in value or value.get("editable") is True or value.get("develop") is True:
                raise Unknown(f"`{path}` depends on `{value.get('path')}`, which lies in the project")
    for row in strings(
        [table(data, "project") or {}, data.get("dependency-groups"), table(data, "tool", "pdm", "dev-dependencies")]
    ):
        if re.search(r"@ (?:file:|\.|/|\$)|^-e ", row):
            raise Unknown(f"`{path}` depends on `{row}`, which lies in the project")


def _tables_in(value: object) -> Iterator[dict[str, object]]:
    found = table(value)
    if found is not None:
        yield found
    for one in entries(value):
        yield from _tables_in(one)


def _poetry(asked: Asked) -> Needs:
    data = asked.manifest("pyproject.toml")
    about = table(data, "tool", "poetry") or {}
    if "--no-root" not in asked.words and about.get("package-mode") is not False:
        raise Unknown("`poetry install` installs the project too: that takes `--no-root`")
    if table(about, "requires-plugins"):
        raise Unknown("plugins of the project take part in the install")
    _refuse_sources(asked, joined(asked.folder, "pyproject.toml"), data)
    files = (*asked.needed("pyproject.toml"), *asked.there("poetry.lock", "poetry.toml"))
    return Needs(files, (joined(asked.folder, ".venv"),))


def _pdm(asked: Asked) -> Needs:
    data = asked.manifest("pyproject.toml")
    about = table(data, "tool", "pdm") or {}
    if not {"--no-self", "--prod-only"} & set(asked.words) and about.get("distribution") is not False:
        raise Unknown(f"`{asked.install.name}` installs the project too: that takes `--no-self`")
    if about.get("plugins") or {"pre_install", "post_install", "pre_lock", "post_lock"} & set(
        table(about, "scripts") or {}
    ):
        raise Unknown("plugins or scripts of the project take part in the install")
    _refuse_sources(asked, joined(asked.folder, "pyproject.toml"), data)
    lock = asked.there("pdm.lock")
    if asked.install.strict and not lock:
        raise Unknown(f"`{asked.install.name}` wants `pdm.lock`, and the context has none")
    files = (*asked.needed("pyproject.toml"), *lock, *asked.there("pdm.toml", ".python-version"))
    writes = tuple(joined(asked.folder, name) for name in (".venv", "__pypackages__", ".pdm-python", ".pdm-build"))
    return Needs(files, writes, () if asked.install.strict or not lock else (kept(lock[0], asked.install),))


def _pipenv(asked: Asked) -> Needs:
    data = asked.manifest("Pipfile")
    for value in _tables_in(data):
        place = value.get("path") or value.get("file")
        if place or value.get("editable") is True:
            raise Unknown(f"`Pipfile` depends on `{place or 'an editable package'}`")
    lock = asked.there("Pipfile.lock")
    strict = asked.install.strict
    if strict and not lock:
        raise Unknown(f"`{asked.install.name}` wants `Pipfile.lock`, and the context has none")
    files = (*asked.needed("Pipfile"), *lock, *asked.there(".env", ".python-version"))
    return Needs(files, (joined(asked.folder, ".venv"),), () if strict or not lock else (kept(lock[0], asked.install),))


def _conda(asked: Asked) -> Needs:
    if asked.install.name == "conda-lock install":
        return Needs(asked.needed("conda-lock.yml"))
    if asked.given("-p", "--prefix") and not all(one.startswith("/") for one in values(asked.words, "-p", "--prefix")):
        raise Unknown("the environment is made beside the project's files")
    found: list[str] = []
    names = asked.install.files or ("environment.yml",)
    for name in names:
        path = asked.path(name)
        text = asked.project.text(path)
        if text is None:
            raise Unknown(f"the context has no `{path}`")
        found.append(path)
        for row in re.findall(r"(?m)^\s*-\s*[\"']?(-[rce]\b.*?|file:.*?|\.{1,2}/.*?|\.)[\"']?\s*(?:#.*)?$", text):
            nested = re.fullmatch(r"-[rc]\s*(\S+)", row)
            if nested is None:
                raise Unknown(f"`{path}` asks for `{row}`, which lies in the project")
            found += requirement_files(asked._replace(folder=path.rpartition("/")[0]), (nested[1],))
    return Needs(tuple(found))


def _pixi(asked: Asked) -> Needs:
    if asked.has("pyproject.toml") or asked.configured_above(".pixi/config.toml"):
        raise Unknown("pixi reads `pyproject.toml` or settings beside `pixi.toml`")
    data = asked.manifest("pixi.toml")
    if "package" in data or any("path" in one or one.get("editable") is True for one in _tables_in(data)):
        raise Unknown("`pixi.toml` builds or names what lies in the project")
    if "activation" in data or any("scripts" in one for one in _tables_in(data.get("activation"))):
        raise Unknown("`pixi.toml` runs scripts of the project")
    lock = asked.there("pixi.lock")
    strict = asked.given("--locked", "--frozen")
    if strict and not lock:
        raise Unknown("`pixi install` wants `pixi.lock`, and the context has none")
    assumes = () if strict or not lock else (kept(lock[0], asked.install),)
    return Needs((*asked.needed("pixi.toml"), *lock), (joined(asked.folder, ".pixi"),), assumes)


READERS = {
    "pip": _pip,
    "uv pip": _pip,
    "uv": _uv,
    "poetry": _poetry,
    "pdm": _pdm,
    "pipenv": _pipenv,
    "conda": _conda,
    "pixi": _pixi,
}
