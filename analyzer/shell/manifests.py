"""Which files say what a project depends on: all that a dependency install needs to see of it."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

_NAMES = frozenset(
    """
    package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml pnpm-workspace.yaml .pnpmfile.cjs
    .npmrc .yarnrc .yarnrc.yml .yarnclean .nvmrc .node-version bun.lockb bun.lock bunfig.toml lerna.json nx.json
    turbo.json rush.json .puppeteerrc.cjs deno.json deno.jsonc deno.lock deps.ts deps.js import_map.json
    pyproject.toml setup.py setup.cfg poetry.lock poetry.toml uv.lock uv.toml pdm.lock pipfile pipfile.lock
    pip.conf .python-version tox.ini pixi.toml pixi.lock versioneer.py manifest.in conda-lock.yml .condarc
    go.mod go.sum go.work go.work.sum
    cargo.toml cargo.lock rust-toolchain rust-toolchain.toml recipe.json
    pom.xml settings.xml mvnw mvnw.cmd maven.config gradlew gradlew.bat build.gradle build.gradle.kts
    settings.gradle settings.gradle.kts gradle.properties libs.versions.toml gradle.lockfile
    build.sbt project.clj deps.edn build.sc
    gemfile gemfile.lock .ruby-version gems.rb gems.locked
    composer.json composer.lock symfony.lock auth.json
    global.json nuget.config directory.build.props directory.build.targets directory.packages.props
    packages.config packages.lock.json paket.dependencies paket.lock
    mix.exs mix.lock rebar.config rebar.lock pubspec.yaml pubspec.lock package.swift package.resolved
    cabal.project cabal.project.freeze stack.yaml stack.yaml.lock package.yaml cpanfile cpanfile.snapshot
    makefile.pl conanfile.txt conanfile.py vcpkg.json renv.lock description .rprofile manifest.toml project.toml
    shard.yml shard.lock rockspec elm.json dune-project bower.json .bowerrc requirements constraints
    dockerfile .dockerignore license license.md license.txt readme readme.md readme.rst .tool-versions .netrc .sdkmanrc
    aptfile apt.txt
    """.split()
)
_BEGINNINGS = ("yarn", "pnpm", "pipfile", "pyproject", "gemfile", "composer", "npm-shrinkwrap")
_ENDS = (
    *(".csproj", ".fsproj", ".vbproj", ".sln", ".slnx", ".props", ".targets", ".gemspec", ".cabal", ".opam"),
    *(".podspec", ".nuspec", ".lock", ".lockb", ".versions.toml"),
)
_BOTH = (
    ("package", (".json",)),
    ("pom", (".xml",)),
    ("build", (".gradle", ".gradle.kts")),
    ("settings", (".gradle", ".gradle.kts")),
    ("environment", (".yml", ".yaml")),
    ("conda", (".yml", ".yaml", ".lock")),
)
_WITHIN = ("requirement", "constraint", "deps", "dependencies", "req")
_LISTS = (".txt", ".in", ".lock", ".pip", ".yml", ".yaml")
_STEMS = frozenset({"go", "cargo", "uv", "poetry"})
_PACKAGES = r"(?:apt|apk|apt-get|system|os|brew|yum|dnf)?[-_]?packages?[-_]?(?:list|apt|apk|system)?\.(?:txt|list)"
_FOLDERS = frozenset(
    ".yarn .mvn gradle patches .cargo requirements .config buildsrc prisma wheels wheelhouse .pnpm .bundle vendor "
    "certs .gradle .nuget .github build-logic".split()
)


def is_manifest(path: str) -> bool:
    """Whether a path, which may be a pattern, names files that say what is depended on, or a folder of such."""
    parts = [part for part in path.lower().split("/") if part not in ("", ".", "..", "**")]
    if not parts:
        return False
    name = parts[-1]
    if any(part in _FOLDERS for part in parts) or name in _NAMES or _is_shaped(name):
        return True
    fixed = re.sub(r"\[[^\]]*\]|[*?]", "", name)
    return len(fixed) < len(name) and len(fixed) > 2 and any(fnmatchcase(known, name) for known in _NAMES)


def _is_shaped(name: str) -> bool:
    """Whether a name is made like those of manifests; plain comparisons, as one expression takes long to compile."""
    if name.startswith(_BEGINNINGS) or name.endswith(_ENDS):
        return True
    if any(name.startswith(begin) and name.endswith(ends) for begin, ends in _BOTH):
        return True
    stem, _, extension = name.partition(".")
    if stem in _STEMS and "." in name and re.fullmatch(r"\w*", extension) is not None:
        return True
    if name.endswith(_LISTS) and any(word in name.rpartition(".")[0] for word in _WITHIN):
        return True
    if name.startswith(("requirement", "constraint")) and re.fullmatch(r"[-_.\w]*", name) is not None:
        return True
    return "package" in name and re.fullmatch(_PACKAGES, name) is not None
