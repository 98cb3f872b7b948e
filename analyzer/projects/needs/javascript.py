"""npm, yarn, pnpm, bun and deno: manifests, lock files, settings, patches, and the scripts that run with an install."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ...named_tuple import NamedTuple
from ...shell import named
from ...shell.tools.javascript import VALUED
from ..files import inside
from ..tables import table, texts
from ..workspaces import workspace
from .asked import NOTHING, Asked, Needs, Unknown, joined, json_table, kept, strings
from .lifecycle import check_scripts, dependency_scripts, ignores_scripts

_LOCKS = {
    "npm": ("npm-shrinkwrap.json", "package-lock.json"),
    "yarn": ("yarn.lock",),
    "pnpm": ("pnpm-lock.yaml",),
    "bun": ("bun.lock", "bun.lockb"),
}
_SETTINGS = {
    "npm": (".npmrc",),
    "yarn": (".yarnrc", ".npmrc", ".yarnclean"),
    "berry": (".yarnrc.yml",),
    "pnpm": (".npmrc", "pnpm-workspace.yaml"),
    "bun": ("bunfig.toml", ".npmrc"),
}
# Settings that lead to other files, or to a place in the project.
_LEADS = re.compile(
    r"(?m)^\s*[\"']?(?:cafile|certfile|keyfile|cache|prefix|store-dir|storeDir|virtual-store-dir|virtualStoreDir|globalconfig|"
    r"userconfig|modules-dir|modulesDir|lockfile-dir|lockfileDir|pnpmfile|global-pnpmfile|script-shell|scriptShell|shell|onload-script|"
    r"yarn-offline-mirror|yarn-path|cache-folder|cacheFolder|virtualFolder|--modules-folder|--cache-folder|--cwd|"
    r"injectWorkspacePackages|inject-workspace-packages|configDependencies|"
    r"enableConstraintsChecks|injectEnvironmentFiles|pnpUnpluggedFolder|installStatePath|node-options|supportedArchitectures)"
    r"[\"']?\s*[=: ]\s*(?!false\b)(\S.*)$"
)
_PLACE = re.compile(r"\.{1,2}/|/|~/|file:|link:|portal:|exec:")
_OWN = re.compile(r"(?:file|link|portal|exec):|\.{1,2}/")
_PLUGINS = re.compile(r"(?m)^\s+(?:- )?path:\s*[\"']?(\S+?)[\"']?\s*$")
_KNOWN_PLUGINS = re.compile(
    r"\.yarn/plugins/@yarnpkg/plugin-(?:workspace-tools|interactive-tools|typescript|version|stage|constraints|outdated)\.cjs"
)
_BERRY_WRITES = (
    ".yarn/cache", ".yarn/unplugged", ".yarn/install-state.gz", ".yarn/build-state.yml", ".pnp.cjs", ".pnp.js",
    ".pnp.loader.mjs", ".pnp.data.json", "node_modules",
)  # fmt: skip
_STRICT = ("--frozen-lockfile", "--immutable", "--pure-lockfile")


class _Manifest(NamedTuple):
    """A package.json: its folder, "" the root of the project, and what it says."""

    folder: str
    data: dict[str, object]


def _node(asked: Asked) -> Needs:
    install = asked.install
    if not install.reads:
        return _everywhere(asked)
    if len(named(install.command, VALUED)) > 1 or install.name.endswith(" add"):
        raise Unknown(f"`{install.name}` writes what it adds into `package.json`")
    chosen = asked.given("--modules-folder", "--cache-folder", "--filter", "-F", "--userconfig", "--workspace", "-w")
    if chosen or (asked.given("--prefix", "--cwd", "-C", "--dir") and not install.folder):
        raise Unknown(f"the options of `{install.name}` choose what it reads")
    if install.name == "pnpm fetch":
        return _fetched(asked)
    _refuse_roots_above(asked)
    root = _Manifest(asked.folder, json_table(joined(asked.folder, "package.json"), asked.project))
    berry = install.tool == "yarn" and (asked.has(".yarnrc.yml") or "__metadata:" in (asked.text("yarn.lock") or ""))
    settings, assumes = _settings(asked, berry)
    manifests = (root, *_members(asked, root))
    for one in manifests:
        _refuse_own(one, berry)
    if any("bin" in one.data or "directories" in one.data for one in manifests[1:]):
        raise Unknown("a member of the workspace has a `bin`: the install looks for the file")
    found = [joined(one.folder, "package.json") for one in manifests]
    found += settings
    found += _patches(asked, manifests)
    locks, more = _lock(asked, manifests, berry)
    found += locks
    if not ignores_scripts(asked):
        found += check_scripts(asked, [(one.folder, one.data) for one in manifests])
        more += dependency_scripts(asked, locks, [one.data for one in manifests])
    writes = [joined(one.folder, "node_modules") for one in manifests]
    if berry:
        writes += [joined(asked.folder, name) for name in _BERRY_WRITES]
    return Needs(tuple(found), tuple(writes), (*assumes, *more))


def _everywhere(asked: Asked) -> Needs:
    """An install into the image, not into the project. npm looks at nothing of the project then."""
    if asked.install.tool == "npm":
        return NOTHING
    if asked.configured_above(".yarnrc", ".yarnrc.yml", ".npmrc", "bunfig.toml"):
        raise Unknown("settings of the project lie beside it")
    manifests = asked.configured_above("package.json")
    chosen = [
        path for path in manifests if re.search('"(?:packageManager|devEngines)"', asked.project.text(path) or "")
    ]
    return Needs(tuple(chosen))


def _fetched(asked: Asked) -> Needs:
    """`pnpm fetch`: nothing but the lock file, the settings and the patches."""
    if asked.has(".pnpmfile.cjs"):
        raise Unknown("`.pnpmfile.cjs` is a program")
    settings, assumes = _settings(asked, False)
    text = asked.text("pnpm-lock.yaml") or ""
    patches = (
        [path for path in re.findall(r"(?m)^\s+path: [\"']?([\w./@+-]+)", text)]
        if "patchedDependencies:" in text
        else []
    )
    files = (*asked.needed("pnpm-lock.yaml"), *settings, *asked.needed(*patches))
    if asked.has("package.json") and re.search('"(?:packageManager|devEngines)"', asked.text("package.json") or ""):
        files += asked.needed("package.json")
    return Needs(files, (joined(asked.folder, "node_modules"),), assumes)


def _refuse_roots_above(asked: Asked) -> None:
    for folder in asked.above():
        manifest = asked.project.text(joined(folder, "package.json"))
        names = set(asked.project.names(folder))
        if names & {"pnpm-workspace.yaml", ".yarnrc.yml", "yarn.lock", ".yarnrc", "lerna.json"} or (
            manifest is not None and re.search('"(?:workspaces|packageManager|pnpm)"', manifest)
        ):
            raise Unknown("a workspace or its settings lie in a folder above")


def _settings(asked: Asked, berry: bool) -> tuple[list[str], tuple[str, ...]]:
    """The files with the settings of a tool, those that they name among them."""
    tool = "berry" if berry else asked.install.tool
    found = list(asked.there(*_SETTINGS[tool]))
    assumes: tuple[str, ...] = ()
    for path in found:
        text = asked.project.text(path) or ""
        for setting in _LEADS.finditer(text):
            value = setting[1].strip().strip("\"'")
            if setting[0].lstrip().startswith(("yarn-path", '"yarn-path')) and inside(asked.folder, value):
                found += [one for one in asked.files_in(value) if one not in found]
                continue
            raise Unknown(f"`{setting[0].strip()}` in `{path}` leads to other files")
    if berry:
        text = asked.text(".yarnrc.yml") or ""
        for plugin in _PLUGINS.findall(text):
            if _KNOWN_PLUGINS.fullmatch(plugin) is None:
                raise Unknown(f"`{plugin}` takes part in the install")
        for folder in (".yarn/releases", ".yarn/plugins", ".yarn/patches"):
            found += asked.files_in(folder)
        released = re.search(r"(?m)^yarnPath:\s*[\"']?(\S+?)[\"']?\s*$", text)
        if released is not None and asked.path(released[1]) not in found:
            found += asked.needed(released[1])
    if asked.install.tool == "pnpm" and asked.there(".pnpmfile.cjs", ".pnpmfile.mjs"):
        if re.search(r"\brequire\(|\bimport\b|process\.|readFile", asked.text(".pnpmfile.cjs") or "require("):
            raise Unknown("`.pnpmfile.cjs` is a program that may read more")
        found += asked.there(".pnpmfile.cjs")
        assumes = ("`.pnpmfile.cjs` reads nothing else",)
    return found, assumes


def _members(asked: Asked, root: _Manifest) -> Iterator[_Manifest]:
    tool = asked.install.tool
    found = workspace(tool, asked.folder, asked.project)
    patterns = [
        *strings(root.data.get("workspaces")),
        *([asked.text("pnpm-workspace.yaml") or ""] if tool == "pnpm" else []),
    ]
    if any(re.search(r"[{(]", pattern) for pattern in patterns):
        raise Unknown("the patterns of the workspace are not plain")
    for path in () if found is None else found.members:
        yield _Manifest(posixpath.dirname(path), json_table(path, asked.project))


def _refuse_own(manifest: _Manifest, berry: bool) -> None:
    """Unknown where a manifest depends on what lies in the project, other than on members of its workspace."""
    path = joined(manifest.folder, "package.json")
    tables = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "overrides", "resolutions")
    for values in (
        *(manifest.data.get(name) for name in tables),
        (table(manifest.data, "pnpm") or {}).get("overrides"),
    ):
        for text in strings(values):
            if berry and text.startswith("patch:"):
                continue
            if _PLACE.match(text) or (text.endswith((".tgz", ".tar.gz")) and "://" not in text):
                raise Unknown(f"`{path}` depends on `{text}`")
    if '"injected"' in str(manifest.data):
        raise Unknown(f"`{path}` has injected dependencies")


def _patches(asked: Asked, manifests: tuple[_Manifest, ...]) -> list[str]:
    """The patches that manifests and settings name."""
    paths: list[str] = []
    for one in manifests:
        for holder in (one.data, table(one.data, "pnpm") or {}):
            paths += [joined(one.folder, text) for text in strings(holder.get("patchedDependencies"))]
        for text in strings({key: one.data.get(key) for key in ("dependencies", "devDependencies", "resolutions")}):
            if text.startswith("patch:") and "#" in text:
                patch = text.rpartition("#")[2].removeprefix("~builtin")
                if patch.startswith("<"):
                    continue
                paths.append(
                    joined(asked.folder, patch.removeprefix("~/")) if "~/" in patch else joined(one.folder, patch)
                )
    listed = re.search(r"(?m)^patchedDependencies:\s*\n((?:[ \t]+\S.*\n?)+)", asked.text("pnpm-workspace.yaml") or "")
    if listed is not None:
        rows = (row.strip().rpartition(": ")[2].strip("\"'") for row in listed[1].splitlines())
        paths += [joined(asked.folder, row) for row in rows]
    found = [posixpath.normpath(path) for path in paths]
    missing = next((path for path in found if not asked.is_file(path)), None)
    if missing is not None:
        raise Unknown(f"the patch `{missing}` is not there")
    return found


def _lock(asked: Asked, manifests: tuple[_Manifest, ...], berry: bool) -> tuple[list[str], tuple[str, ...]]:
    """The lock files, and what is assumed of them."""
    install = asked.install
    found = list(asked.there(*_LOCKS[install.tool]))
    if install.tool == "pnpm":
        found += [
            path
            for one in manifests[1:]
            for path in (joined(one.folder, name) for name in (".npmrc", "pnpm-lock.yaml"))
            if asked.is_file(path)
        ]
    own = [path for path in found if posixpath.basename(path) in _LOCKS[install.tool]]
    strict = install.strict or asked.given(*_STRICT)
    if not own:
        if strict:
            raise Unknown(f"`{install.name}` wants a lock file, and the context has none")
        found += asked.there("yarn.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml")
        if found:
            raise Unknown("only another tool's lock file is there")
        return found, ()
    if install.tool == "npm":
        _refuse_links(asked, own[0], manifests)
        found = own[:1]
    elif berry and asked.has(".yarn/cache"):
        raise Unknown("the packages lie in `.yarn/cache` of the context")
    assumes = () if strict else (kept(own[0], install),)
    return found, assumes


def _refuse_links(asked: Asked, lock: str, manifests: tuple[_Manifest, ...]) -> None:
    """Unknown where the lock file has packages that lie in the project and are no members of the workspace."""
    packages = table(json_table(lock, asked.project), "packages") or {}
    folders = {posixpath.relpath(one.folder or ".", asked.folder or ".") for one in manifests}
    for name, entry in packages.items():
        one = table(entry) or {}
        outside = one.get("link") is True and "".join(texts(one.get("resolved"))) not in folders
        if outside or (
            name and not name.startswith("node_modules/") and "/node_modules/" not in name and name not in folders
        ):
            raise Unknown(f"`{lock}` has the package `{name}` that lies in the project")


def _deno(asked: Asked) -> Needs:
    install = asked.install
    if install.name != "deno install":
        raise Unknown("modules may import others of the project")
    manifests = asked.one_of("deno.json", "deno.jsonc")
    text = asked.project.text(manifests[0]) or ""
    maps = re.findall(r"\"importMap\"\s*:\s*\"([^\"]+)\"", text)
    if re.search(r"\"(?:workspace|links|patch|vendor|nodeModulesDir|lock)\"\s*:", text) or any(
        _has_places(text, "imports")
    ):
        raise Unknown(f"`{manifests[0]}` leads to other files of the project")
    found = [*manifests, *asked.needed(*maps), *asked.there("deno.lock", ".npmrc")]
    if any(_OWN.match(one) for path in asked.needed(*maps) for one in strings(json_table(path, asked.project))):
        raise Unknown("the import map leads to other files of the project")
    if asked.has("package.json"):
        raise Unknown("deno reads `package.json` too")
    lock = asked.there("deno.lock")
    return Needs(tuple(found), (), () if install.strict or not lock else (kept(lock[0], install),))


def _has_places(text: str, key: str) -> Iterator[str]:
    found = re.search(rf"\"{key}\"\s*:\s*\{{([^}}]*)\}}", text)
    yield from re.findall(r":\s*\"(\.{1,2}/[^\"]*|file:[^\"]*|/[^\"]*)\"", found[1]) if found else ()


READERS = {"npm": _node, "yarn": _node, "pnpm": _node, "bun": _node, "deno": _deno}
