"""What `pip install .` and `python setup.py …` read of a Python project that setuptools builds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..typing import Any
from .files import Project, exists
from .scripts import Module, Reads, module, named, script_reads
from .tables import table, texts, toml

# Build requirements that look at more than the project's manifests say: the history, the whole tree.
_CURIOUS = (
    "setuptools_scm",
    "setuptools-scm",
    "versioneer",
    "hatch",
    "pbr",
    "flit",
    "poetry",
    "pdm",
    "maturin",
    "scikit",
)
_CURIOUS_ARGUMENTS = frozenset({"cmdclass", "ext_modules", "use_scm_version", "setup_requires", "pbr", "distclass"})
_ALWAYS = ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "requirements.txt")


def package_reads(folder: str, project: Project) -> Reads | None:
    """What an install of the package in `folder` reads: its manifests, its packages, the file with its version.

    Folders stand for all that lies in them. None where it is not surely known, as with other build systems.
    """
    prefix = folder + "/" if folder else ""
    files = {prefix + name for name in _ALWAYS if exists(project, prefix + name)}
    if not files & {prefix + "setup.py", prefix + "setup.cfg", prefix + "pyproject.toml"}:
        return None
    modules: frozenset[str] = frozenset()
    told = False
    for read in (_pyproject, _setup_cfg):
        more = read(prefix, project)
        if more is None:
            return None
        told = told or bool(more)
        files |= more
    setup = project.text(prefix + "setup.py")
    if setup is not None:
        known = _setup(prefix, setup, project)
        if known is None:
            return None
        told = told or known.files != frozenset({prefix + "setup.py"})
        files |= known.files
        modules = known.modules
    return Reads(frozenset(files), modules) if told else None


def _setup(prefix: str, text: str, project: Project) -> Reads | None:
    read = module(text)
    if read is None or not _CURIOUS_ARGUMENTS.isdisjoint(read.keywords) or _is_curious(read.imports):
        return None
    if read.open not in ("", "open", "io.open", "codecs.open", "read_text"):
        return None
    folder = prefix.rstrip("/")
    files = {prefix + "setup.py"} | named(read.texts, (folder,), project)
    packages = _packages(prefix, read, project)
    if packages is None:
        return None
    for name in read.imports:  # the version is often an attribute of the package itself
        path = prefix + name.partition(".")[0]
        if exists(project, path + "/__init__.py"):
            imported = script_reads(path + "/__init__.py", project)
            if imported is None:
                return None
            files |= imported.files
    return Reads(frozenset(files | packages), frozenset(read.imports))


def _packages(prefix: str, read: Module, project: Project) -> set[str] | None:
    given = read.keywords.get("packages", ()) + read.keywords.get("py_modules", ())
    places = read.keywords.get("package_dir", ())
    root = prefix + (places[-1].strip("./") + "/" if places and places[-1].strip("./") else "")
    if any(one.startswith("find_") for one in given):
        where = next((one for one in given if not one.endswith("()") and exists(project, prefix + one)), "")
        return _found(prefix + where.strip("./"), project)
    return _written(root, given, project) if given else None


def _found(folder: str, project: Project) -> set[str]:
    """The topmost packages that lie in a folder."""
    folder = folder.rstrip("/")
    prefix = folder + "/" if folder else ""
    return {prefix + name for name in project.names(folder) if exists(project, f"{prefix}{name}/__init__.py")}


def _written(root: str, names: Iterable[str], project: Project) -> set[str] | None:
    found: set[str] = set()
    for name in names:
        path = root + name.replace(".", "/")
        if project.names(path):
            found.add(path)
        elif exists(project, path + ".py"):
            found.add(path + ".py")
        else:
            return None
    return found


def _setup_cfg(prefix: str, project: Project) -> set[str] | None:
    text = project.text(prefix + "setup.cfg")
    if text is None or "[options" not in text:
        return set()
    from configparser import ConfigParser, Error

    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except Error:
        return None
    options = dict(parser.items("options")) if parser.has_section("options") else {}
    if _is_curious(options.get("setup_requires", "").split()):
        return None
    found = named(_words(dict(parser.items("metadata")) if parser.has_section("metadata") else {}), (prefix,), project)
    if options.get("packages", "").strip().startswith("find"):
        where = parser.get("options.packages.find", "where", fallback="").strip().strip("./")
        return found | _found(prefix + where, project)
    written = _written(prefix, options.get("packages", "").split() + options.get("py_modules", "").split(), project)
    return None if written is None else found | written


def _words(values: Mapping[str, str]) -> list[str]:
    """The files that `file: a.md, b.md` and `attr: package.__version__` mean."""
    found: list[str] = []
    for value in values.values():
        kind, _, rest = value.partition(":")
        if kind.strip() == "file":
            found += [one.strip() for one in rest.split(",")]
        elif kind.strip() == "attr":
            found += _attribute(rest.strip())
    return found


def _attribute(dotted: str) -> list[str]:
    path = dotted.rpartition(".")[0].replace(".", "/")
    return [f"{path}/__init__.py", f"{path}.py", f"src/{path}/__init__.py"]


def _pyproject(prefix: str, project: Project) -> set[str] | None:
    if not exists(project, prefix + "pyproject.toml"):
        return set()
    data = toml(prefix + "pyproject.toml", project)
    build = table(data, "build-system") or {}
    backend = "".join(texts(build.get("build-backend"))) or "setuptools."
    if not data or _is_curious(texts(build.get("requires"))) or backend.split(".")[0] != "setuptools":
        return None
    tool = table(data, "tool", "setuptools") or {}
    found = named(_files(data), (prefix,), project)
    places = table(tool, "packages")
    if places is not None:
        where = texts((table(places, "find") or {}).get("where")) or ["."]
        return found.union(*(_found(prefix + place.strip("./"), project) for place in where))
    written = _written(prefix, [*texts(tool.get("packages")), *texts(tool.get("py-modules"))], project)
    if written is None:
        return None
    if table(data, "project") and not written and not exists(project, prefix + "setup.py"):
        written = _discovered(prefix, project)
    return found | written


def _files(data: dict[str, Any]) -> list[str]:
    """The files that pyproject.toml names: the readme, the licence, those of dynamic values."""
    about = table(data, "project") or {}
    found: list[str] = []
    for name in ("readme", "license"):
        value = about.get(name)
        found += texts(value if table(value) is None else (table(value) or {}).get("file"))
    dynamic = table(data, "tool", "setuptools", "dynamic") or {}
    for name in dynamic:
        value = table(dynamic, name) or {}
        found += texts(value.get("file"))
        for attribute in texts(value.get("attr")):
            found += _attribute(attribute)
    return found


def _discovered(prefix: str, project: Project) -> set[str]:
    """The packages that setuptools finds by itself: what lies in src/, or the one package beside the manifest."""
    inside = _found(prefix + "src", project)
    return inside or {path for path in _found(prefix, project) if path.rpartition("/")[2] not in _BESIDE}


_BESIDE = frozenset("tests test docs doc examples example scripts tools build benchmarks tasks".split())


def _is_curious(names: Iterable[str]) -> bool:
    return any(name.lower().startswith(_CURIOUS) for name in names)


def covered(path: str, reads: Reads) -> bool:
    """Whether a file is among what is read, itself or with a folder."""
    return any(path == one or path.startswith(one + "/") for one in reads.files)
