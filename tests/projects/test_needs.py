"""What an install reads of a project is told file by file."""

from __future__ import annotations

import pytest

from dcache.analyzer.projects.needs import Needs

from .manifests import (
    BERRY,
    BUILT,
    CSPROJ,
    DART,
    DOTNET,
    GEMS,
    GO,
    GUARDED,
    MIX,
    NPM,
    PHP,
    PNPM,
    POETRY,
    POM,
    SWIFT,
    UV,
    YARN,
    Project,
    asked,
    lock,
)

READS: dict[str, tuple[str, Project, set[str]]] = {
    "npm ci": ("npm ci", NPM, {"package.json", "package-lock.json"}),
    "its settings": ("npm ci", NPM | {".npmrc": "registry=https://example.com/\n"}, {*NPM, ".npmrc"} - {"index.js"}),
    "a shrinkwrap first": (
        "npm ci",
        NPM | {"npm-shrinkwrap.json": lock()},
        {"package.json", "npm-shrinkwrap.json"},
    ),
    "a workspace": (
        "npm ci",
        {
            **NPM,
            "package.json": '{"workspaces": ["p/*"]}',
            "p/a/package.json": "{}",
            "p/b/package.json": "{}",
            "p/c/x": "",
        },
        {"package.json", "package-lock.json", "p/a/package.json", "p/b/package.json"},
    ),
    "install scripts that are known": (
        "npm ci",
        {**NPM, "package-lock.json": lock("esbuild", "sharp", "@parcel/watcher")},
        {"package.json", "package-lock.json"},
    ),
    "scripts that do not run": (
        "npm ci --ignore-scripts",
        {**NPM, "package.json": '{"scripts": {"postinstall": "node x.js"}}', "package-lock.json": lock("z")},
        {"package.json", "package-lock.json"},
    ),
    "scripts that the settings keep from running": (
        "npm ci",
        {**NPM, "package.json": '{"scripts": {"prepare": "node x.js"}}', ".npmrc": "ignore-scripts=true\n"},
        {"package.json", "package-lock.json", ".npmrc"},
    ),
    "git hooks without git": (
        "npm ci",
        {
            **NPM,
            "package.json": '{"scripts": {"prepare": "husky install || true", "preinstall": "npx only-allow npm"}}',
        },
        {"package.json", "package-lock.json"},
    ),
    "patch-package": (
        "npm ci",
        {**NPM, "package.json": '{"scripts": {"postinstall": "patch-package"}}', "patches/a+1.0.0.patch": ""},
        {"package.json", "package-lock.json", "patches/a+1.0.0.patch"},
    ),
    "in a folder": (
        "cd web && npm ci",
        {f"web/{name}": text for name, text in NPM.items()} | {"package.json": "{}"},
        {"web/package.json", "web/package-lock.json"},
    ),
    "npm -g": ("npm install -g serve", NPM | {".npmrc": "x=y"}, set()),
    "pnpm": ("pnpm install --frozen-lockfile", PNPM, {"package.json", "pnpm-lock.yaml"}),
    "a workspace of pnpm": (
        "pnpm i --frozen-lockfile",
        PNPM | {"pnpm-workspace.yaml": "packages:\n  - p/*\n", "p/a/package.json": "{}", "p/a/.npmrc": ""},
        {"package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "p/a/package.json", "p/a/.npmrc"},
    ),
    "patches of pnpm": (
        "pnpm i --frozen-lockfile",
        {
            **PNPM,
            "package.json": '{"pnpm": {"patchedDependencies": {"a@1": "patches/a.patch"}}}',
            "patches/a.patch": "",
        },
        {"package.json", "pnpm-lock.yaml", "patches/a.patch"},
    ),
    "pnpm fetch": ("pnpm fetch", PNPM, {"pnpm-lock.yaml"}),
    "yarn": ("yarn install --frozen-lockfile --ignore-scripts", YARN, {"package.json", "yarn.lock"}),
    "yarn with a release of its own": (
        "yarn --immutable",
        BERRY
        | {
            ".yarnrc.yml": "enableScripts: false\nyarnPath: .yarn/releases/yarn-4.cjs\n",
            ".yarn/releases/yarn-4.cjs": "",
        },
        {"package.json", "yarn.lock", ".yarnrc.yml", ".yarn/releases/yarn-4.cjs"},
    ),
    "patches of yarn": (
        "yarn --immutable --mode=skip-build",
        {
            **BERRY,
            "package.json": '{"resolutions": {"a@1": "patch:a@npm%3A1#~/.yarn/patches/a.patch"}}',
            ".yarn/patches/a.patch": "",
        },
        {"package.json", "yarn.lock", ".yarnrc.yml", ".yarn/patches/a.patch"},
    ),
    "bun": (
        "bun install --frozen-lockfile --ignore-scripts",
        {"package.json": "{}", "bun.lock": "", "bunfig.toml": ""},
        {"package.json", "bun.lock", "bunfig.toml"},
    ),
    "deno": (
        "deno install --frozen",
        {"deno.json": '{"imports": {"a": "jsr:@a/b"}}', "deno.lock": "{}"},
        {"deno.json", "deno.lock"},
    ),
    "requirements": ("pip install -r requirements.txt", {"requirements.txt": "flask==3\n"}, {"requirements.txt"}),
    "requirements of requirements": (
        "pip install -r r/prod.txt -c c.txt",
        {
            "r/prod.txt": "-r base.txt\n-c ../c2.txt\nx\n",
            "r/base.txt": "# -e .\ny @ https://a/y.whl\n",
            "c.txt": "",
            "c2.txt": "",
        },
        {"r/prod.txt", "r/base.txt", "c.txt", "c2.txt"},
    ),
    "hashes and options": (
        "pip install --require-hashes -r r.txt",
        {"r.txt": "--index-url https://a/simple\nx==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"},
        {"r.txt"},
    ),
    "an absolute path": ("pip install -r /r.txt", {"r.txt": ""}, {"r.txt"}),
    "packages by name": ("pip install flask gunicorn", {"flask.py": "", "requirements.txt": ""}, set()),
    "uv pip and its settings": (
        "uv pip install --system -r r.txt",
        {"r.txt": "", "pyproject.toml": "[tool.uv]\nno-cache = true\n"},
        {"r.txt", "pyproject.toml"},
    ),
    "uv without the project": (
        "uv sync --locked --no-install-project",
        UV | {"pyproject.toml": BUILT, "README.md": ""},
        {"pyproject.toml", "uv.lock"},
    ),
    "uv of a project that is no package": ("uv sync --frozen", UV | {"main.py": ""}, {"pyproject.toml", "uv.lock"}),
    "a workspace of uv": (
        "uv sync --locked --no-install-workspace",
        {
            **UV,
            "pyproject.toml": BUILT + '[tool.uv.workspace]\nmembers = ["p/*"]\n',
            "p/a/pyproject.toml": '[project]\nname = "a"\nversion = "1"\n',
        },
        {"pyproject.toml", "uv.lock", "p/a/pyproject.toml"},
    ),
    "poetry": ("poetry install --no-root", POETRY, {"pyproject.toml", "poetry.lock"}),
    "poetry without a package": (
        "poetry install",
        POETRY | {"pyproject.toml": "[tool.poetry]\npackage-mode = false\n"},
        {"pyproject.toml", "poetry.lock"},
    ),
    "pdm": (
        "pdm sync --no-self",
        {"pyproject.toml": '[project]\nname = "x"\n', "pdm.lock": ""},
        {"pyproject.toml", "pdm.lock"},
    ),
    "pipenv": (
        "pipenv install --deploy --system",
        {"Pipfile": '[packages]\nflask = "*"\n', "Pipfile.lock": "{}", ".env": "A=1\n"},
        {"Pipfile", "Pipfile.lock", ".env"},
    ),
    "conda": (
        "conda env create -f environment.yml",
        {"environment.yml": "dependencies:\n  - python\n  - pip:\n    - -r r.txt\n", "r.txt": "flask\n"},
        {"environment.yml", "r.txt"},
    ),
    "pixi": (
        "pixi install --locked",
        {"pixi.toml": '[workspace]\nname = "x"\n', "pixi.lock": ""},
        {"pixi.toml", "pixi.lock"},
    ),
    "go": ("go mod download", GO, {"go.mod", "go.sum"}),
    "a workspace of go": (
        "go mod download",
        GO | {"go.work": "go 1.22\nuse (\n\t.\n\t./b\n)\n", "b/go.mod": "module b\ngo 1.22\n", "b/go.sum": ""},
        {"go.mod", "go.sum", "go.work", "b/go.mod", "b/go.sum"},
    ),
    "go install of a version": ("go install a/b@v1.0.0", GO, set()),
    "cargo install by name": ("cargo install cargo-chef", {"Cargo.toml": ""}, set()),
    "dotnet": ("dotnet restore", DOTNET, {"App.csproj"}),
    "a folder that only what is compiled asks for": (
        "dotnet restore",
        {"A.csproj": GUARDED, "protos/a.proto": ""},
        {"A.csproj"},
    ),
    "a solution": (
        "dotnet restore",
        {
            "X.sln": 'Project("{1}") = "A", "a\\A.csproj", "{2}"\n',
            "a/A.csproj": CSPROJ.replace(
                "</Project>", '<ItemGroup><ProjectReference Include="..\\b\\B.csproj" /></ItemGroup></Project>'
            ),
            "b/B.csproj": CSPROJ,
            "Directory.Build.props": "<Project />",
            "b/Directory.Build.targets": "<Project />",
            "nuget.config": '<add key="nuget" value="https://example.com/v3/index.json" />',
            "global.json": "{}",
            "c/C.csproj": CSPROJ,
        },
        {
            "X.sln",
            "a/A.csproj",
            "b/B.csproj",
            "Directory.Build.props",
            "b/Directory.Build.targets",
            "nuget.config",
            "global.json",
        },
    ),
    "maven": (
        "./mvnw -B dependency:go-offline",
        {"pom.xml": POM, "mvnw": "", ".mvn/wrapper/maven-wrapper.properties": "", "src/A.java": ""},
        {"pom.xml", "mvnw", ".mvn/wrapper/maven-wrapper.properties"},
    ),
    "modules of maven": (
        "mvn dependency:go-offline",
        {
            "pom.xml": POM.replace("</project>", "<modules><module>a</module></modules></project>"),
            "a/pom.xml": POM.replace("<modelVersion>", "<parent><artifactId>p</artifactId></parent><modelVersion>"),
        },
        {"pom.xml", "a/pom.xml"},
    ),
    "bundler": ("bundle install --deployment", GEMS, {"Gemfile", "Gemfile.lock"}),
    "bundler and the version of ruby": (
        "bundle install --frozen",
        {**GEMS, "Gemfile": 'source "https://rubygems.org"\nruby file: ".ruby-version"\n', ".ruby-version": "3.3.0\n"},
        {"Gemfile", "Gemfile.lock", ".ruby-version"},
    ),
    "composer": ("composer install --no-dev", PHP, {"composer.json", "composer.lock"}),
    "composer without scripts": (
        "composer install --no-scripts --no-autoloader",
        {
            **PHP,
            "composer.json": '{"scripts": {"post-install-cmd": "@php x"}, "autoload": {"files": ["a.php"]}}',
            "auth.json": "{}",
        },
        {"composer.json", "composer.lock", "auth.json"},
    ),
    "mix": ("mix deps.get --check-locked", MIX | {"mix.lock": "", "config/config.exs": ""}, {"mix.exs", "mix.lock"}),
    "dart": ("dart pub get --enforce-lockfile", DART, {"pubspec.yaml", "pubspec.lock"}),
    "swift": ("swift package resolve --force-resolved-versions", SWIFT, {"Package.swift", "Package.resolved"}),
    "packages of the distribution": ("xargs -a apt.txt apt-get install -y", {"apt.txt": "curl\n"}, {"apt.txt"}),
    "packages by cat": ("apt-get install -y $(cat deps/apt.txt)", {"deps/apt.txt": "curl\n"}, {"deps/apt.txt"}),
    "packages of R by name": ("Rscript -e 'install.packages(\"x\")'", {"x.R": ""}, set()),
}


@pytest.mark.parametrize(("command", "project", "files"), READS.values(), ids=READS)
def test_what_is_read_is_known(command: str, project: Project, files: set[str]) -> None:
    found = asked(command, project)
    assert isinstance(found, Needs), found
    assert set(found.files) == files
    assert found.assumes == ()


ASSUMES: dict[str, tuple[str, Project, str]] = {
    "a lock file that is written": ("npm install", NPM, "`npm install` leaves `package-lock.json` as it is"),
    "an install script": (
        "npm ci",
        {**NPM, "package-lock.json": lock("z")},
        "the install script of `z` reads nothing of the project",
    ),
    "install scripts": ("npm ci", {**NPM, "package-lock.json": lock("y", "z", "sharp")}, "of `y`, `z` read nothing"),
    "an old lock file": (
        "npm ci",
        {**NPM, "package-lock.json": '{"lockfileVersion": 1, "dependencies": {}}'},
        "no dependency has an install script",
    ),
    "yarn": ("yarn --frozen-lockfile", YARN, "no dependency has an install script"),
    "pnpm 9": (
        "pnpm i --frozen-lockfile",
        {**PNPM, "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"},
        "no dependency has an install script",
    ),
    "a script in pnpm's lock file": (
        "pnpm i --frozen-lockfile",
        {**PNPM, "pnpm-lock.yaml": "lockfileVersion: '6.0'\npackages:\n  /@a/z@1.0.0(x@2):\n    requiresBuild: true\n"},
        "the install script of `@a/z` reads",
    ),
    "a hook of pnpm": (
        "pnpm i --frozen-lockfile",
        PNPM | {".pnpmfile.cjs": "module.exports = {}\n"},
        "`.pnpmfile.cjs` reads nothing else",
    ),
    "uv": ("uv sync", UV, "`uv sync` leaves `uv.lock` as it is"),
    "bundler": ("bundle install", GEMS, "leaves `Gemfile.lock` as it is"),
    "go 1.16": ("go mod download", {**GO, "go.mod": "module x\ngo 1.16\n"}, "`go mod download` leaves `go.sum`"),
    "gradle": (
        "./gradlew dependencies",
        {"build.gradle": "plugins { id 'java' }\n", "gradlew": "", "gradle/wrapper/gradle-wrapper.properties": ""},
        "the build scripts read nothing else",
    ),
    "rebar": ("rebar3 get-deps", {"rebar.config": "{deps, [a]}.\n"}, "rebar3 needs no application"),
    "mix": ("mix deps.get", MIX | {"mix.lock": ""}, "`mix deps.get` leaves `mix.lock`"),
    "cabal": (
        "cabal build --only-dependencies",
        {"x.cabal": "name: x\nbuild-type: Simple\n"},
        "nothing but the package description",
    ),
    "renv": ("Rscript -e 'renv::restore()'", {"renv.lock": "{}"}, "nothing but the lock file"),
}


@pytest.mark.parametrize(("command", "project", "why"), ASSUMES.values(), ids=ASSUMES)
def test_what_is_assumed_is_said(command: str, project: Project, why: str) -> None:
    found = asked(command, project)
    assert isinstance(found, Needs), found
    assert why in "; ".join(found.assumes)


def test_the_environment_may_freeze_an_install() -> None:
    assert asked("bundle install", GEMS, {"BUNDLE_DEPLOYMENT": "1"}) == asked("bundle install --frozen", GEMS)
    frozen = asked("npm_config_ignore_scripts=true npm ci", {**NPM, "package-lock.json": lock("z")})
    assert isinstance(frozen, Needs) and not frozen.assumes


WRITES = {
    "npm ci": (NPM, {"node_modules"}),
    "yarn --immutable": (BERRY, {"node_modules", ".yarn/cache", ".pnp.cjs"}),
    "uv sync --frozen": (UV, {".venv"}),
    "bundle install": (GEMS, {"vendor/bundle", ".bundle"}),
    "composer install": (PHP, {"vendor"}),
    "dotnet restore": (DOTNET, {"obj"}),
    "mix deps.get": (MIX, {"deps", "_build"}),
    "dart pub get": (DART, {".dart_tool"}),
    "swift package resolve": (SWIFT, {".build"}),
    "pip install -r r.txt -t lib": ({"r.txt": ""}, {"lib"}),
}


@pytest.mark.parametrize("command", WRITES)
def test_what_is_written_is_told(command: str) -> None:
    project, paths = WRITES[command]
    found = asked(command, project)
    assert isinstance(found, Needs), found
    assert paths <= set(found.writes)
