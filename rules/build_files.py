"""The short files of a context, and those of them that builds read whatever the language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .facts import BuildContext
from .taken import GENERATED

_MOST = 20_000
_DEEPEST = 3
_SHORT = 64 * 1024
_READ_BY_BUILDS = re.compile(
    r"(?i)(?:GNU)?Makefile.*|.*\.(?:mk|sh|bash|cmake|gradle|kts|sbt|csproj|fsproj|props|targets|gemspec|podspec|cabal)|"
    r"pyproject\.toml|setup\.(?:py|cfg)|.*/_version\.py|Cargo\.toml|build\.rs|package\.json|pom\.xml|extensions\.xml|"
    r"CMakeLists\.txt|meson\.build|Rakefile|mix\.exs|rebar\.config|Taskfile.*|justfile|magefile\.go|configure.*|"
    r"(?:vite|next|nuxt|webpack|rollup|vue|svelte|astro|gatsby|craco|babel|angular|gulpfile|gruntfile)[\w.-]*\.\w+|"
    r"GitVersion\.ya?ml|version\.json|stack\.yaml|package\.yaml|build\.zig|BUILD(?:\.bazel)?|WORKSPACE.*|SConstruct|wscript|"
    r"tsconfig.*\.json|(?:lerna|nx|angular|turbo|rush)\.json|pnpm-workspace\.yaml|go\.work|MANIFEST\.in|composer\.json"
)


def files(context: BuildContext) -> Iterator[str]:
    """The short files of a context, ignored or not, in the upper folders, without what tools generate."""
    waiting, seen = [""], 0
    while waiting and seen < _MOST:
        at = waiting.pop()
        nodes = context.context.tree.children(at)
        seen += len(nodes)
        for name, node in sorted(nodes.items()):
            path = f"{at}/{name}" if at else name
            if node.kind == "file" and node.size < _SHORT:
                yield path
            elif node.kind == "dir" and name not in GENERATED and name != ".git" and path.count("/") < _DEEPEST - 1:
                waiting.append(path)


def build_files(context: BuildContext) -> Iterator[tuple[str, str]]:
    """The files that say how a project is built, by path, each with its text: Makefile, package.json, setup.py …"""
    for path in files(context):
        if _READ_BY_BUILDS.fullmatch(path.rpartition("/")[2]) is not None:
            yield path, context.context.tree.read(path).decode("utf-8", "replace")
