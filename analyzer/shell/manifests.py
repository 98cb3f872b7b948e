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
    """.split()
)
_SHAPES = (
    r".*(?:requirements?|constraints?|deps|dependencies|reqs?)[^/]*\.(?:txt|in|lock|pip|ya?ml)"
    r"|(?:requirements?|constraints?)[-_.\w]*"
    r"|(?:apt|apk|apt-get|system|os|brew|yum|dnf)?[-_]?packages?[-_]?(?:list|apt|apk|system)?\.(?:txt|list)|aptfile|apt\.txt"
    r"|environment[^/]*\.ya?ml|conda[^/]*\.(?:ya?ml|lock)"
    r"|.*\.(?:csproj|fsproj|vbproj|sln|slnx|props|targets|gemspec|cabal|opam|podspec|nuspec|lock|lockb|versions\.toml)"
    r"|package[^/]*\.json|yarn[^/]*|pnpm[^/]*|pipfile[^/]*|pyproject[^/]*|gemfile[^/]*|composer[^/]*|go\.\w*|cargo\.\w*"
    r"|pom[^/]*\.xml|build[^/]*\.gradle(?:\.kts)?|settings[^/]*\.gradle(?:\.kts)?|npm-shrinkwrap[^/]*|uv\.\w*|poetry\.\w*"
)
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
    if any(part in _FOLDERS for part in parts) or name in _NAMES or re.fullmatch(_SHAPES, name) is not None:
        return True
    fixed = re.sub(r"\[[^\]]*\]|[*?]", "", name)
    return len(fixed) < len(name) and len(fixed) > 2 and any(fnmatchcase(known, name) for known in _NAMES)
