"""Build contexts made up for real Dockerfiles: all that they copy is there, and what projects usually have besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from dcache.analyzer.graph import BuildGraph, ContextOrigin, CopyOp, RunOp

# What a context holds that is copied whole: manifests and locks that agree, sources, and what should be ignored.
PROJECT: dict[str, str] = {
    "README.md": "a project\n",
    "LICENSE": "free\n",
    "src/app.py": "print('a')\n",
    "src/index.js": "1\n",
    "main.go": "package main\n",
    "tests/test_app.py": "1\n",
    "package.json": '{"name": "app", "version": "1.0.0", "dependencies": {}}\n',
    "package-lock.json": '{"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {}}\n',
    "yarn.lock": "# yarn lockfile v1\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    "requirements.txt": "flask==3.0.0\n",
    "requirements-dev.txt": "-r requirements.txt\npytest==8.0.0\n",
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n[build-system]\nrequires = ["a"]\n[tool.poetry]\n',
    "uv.lock": "version = 1\n",
    "poetry.lock": "",
    "pdm.lock": "",
    "go.mod": "module app\n\ngo 1.22\n\nrequire example.com/a v1.0.0\n",
    "go.sum": "example.com/a v1.0.0 h1:a=\nexample.com/a v1.0.0/go.mod h1:b=\n",
    "Gemfile": "source 'https://gems.invalid'\ngem 'rack'\n",
    "Gemfile.lock": "GEM\n",
    "composer.json": '{"require": {}}\n',
    "composer.lock": '{"packages": []}\n',
    "Cargo.toml": '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\na = "1"\n',
    "Cargo.lock": 'version = 3\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://example.com/index"\n',
    "src/main.rs": "fn main() {}\n",
    "build.sbt": 'name := "app"\n',
    "project/build.properties": "sbt.version=1.10.11\n",
    "Package.swift": '// swift-tools-version:5.9\nimport PackageDescription\nlet package = Package(name: "app")\n',
    "App.csproj": '<Project Sdk="Microsoft.NET.Sdk" />\n',
    "stack.yaml": "resolver: lts-22.0\n",
    "app.cabal": "name: app\nbuild-type: Simple\n",
    "pom.xml": "<project/>\n",
    "Makefile": "all:\n",
    "entrypoint.sh": "#!/bin/sh\n",
}
_FILE_NAMES = frozenset(
    """
    makefile gemfile procfile rakefile pipfile license licence notice copying readme authors version changelog caddyfile
    jenkinsfile vagrantfile dockerfile justfile gradlew mvnw entrypoint configure cpanfile
    """.split()
)


def context_files(graph: BuildGraph) -> dict[str, str]:
    """The files, text by path, that the used steps of a build take from its context."""
    wanted = sorted({path for path in _taken(graph) if path})
    files: dict[str, str] = {}
    folders = {parent for path in wanted for parent in _above(path)}
    if any(not path for path in _taken(graph)):
        files |= PROJECT
    for path in wanted:
        if path in files or any(name.startswith(path + "/") for name in files):
            continue
        if path in folders or not is_file(path):
            files |= {f"{path}/one.txt": f"{path} one\n", f"{path}/more/two.sh": f"{path} two\n"}
        else:
            files[path] = f"{path}\n"
    return {path: text for path, text in files.items() if not any(parent in files for parent in _above(path))}


def lay_files(folder: Path, files: dict[str, str]) -> None:
    """Write the files below a directory."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(0o755 if path.endswith(".sh") else 0o644)


def is_file(path: str) -> bool:
    """Whether a name sounds like that of a file."""
    name = path.rpartition("/")[2]
    return ("." in name.lstrip(".") and not name.endswith(".d")) or name.lower() in _FILE_NAMES or name.startswith(".")


def _above(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ["/".join(parts[:at]) for at in range(1, len(parts))]


def _taken(graph: BuildGraph) -> Iterator[str]:
    for step in graph.steps:
        if isinstance(step.op, CopyOp):
            for source in step.op.sources:
                if source.origin == ContextOrigin(""):
                    for include in source.include or ("",):
                        yield _named(f"{source.path}/{include}" if include else source.path)
        elif isinstance(step.op, RunOp):
            for mount in step.op.mounts:
                if mount.origin == ContextOrigin(""):
                    yield _named(mount.source)


def _named(path: str) -> str:
    """A path with names in the place of its wildcards."""
    return re.sub(r"\[(.)[^]]*\]", r"\1", path).replace("**", "x").replace("*", "x").replace("?", "x").strip("/")
