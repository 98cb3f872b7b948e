"""What is not surely known of an install is refused, with the reason."""

from __future__ import annotations

import pytest

from dcache.analyzer.projects.needs import Needs, Refusal

from .manifests import (
    BERRY,
    BUILT,
    CSPROJ,
    DART,
    DOTNET,
    GEMS,
    GO,
    GUARDED,
    NPM,
    PHP,
    PNPM,
    POETRY,
    POM,
    UV,
    YARN,
    Project,
    asked,
    lock,
    package,
)

REFUSED: dict[str, tuple[str, Project, str]] = {
    "no manifest": ("npm ci", {"index.js": ""}, "the context has no `package.json`"),
    "a manifest that is no JSON": ("npm ci", {**NPM, "package.json": "{"}, "`package.json` is no JSON"),
    "no lock file": ("npm ci", {"package.json": "{}"}, "wants a lock file"),
    "another lock file": ("npm install", {"package.json": "{}", "yarn.lock": ""}, "another tool's lock file"),
    "a postinstall script": (
        "npm ci",
        {**NPM, "package.json": package(scripts={"postinstall": "node x"})},
        "`postinstall` of",
    ),
    "a prepare script": ("npm ci", {**NPM, "package.json": package(scripts={"prepare": "tsc"})}, "`prepare` of"),
    "a preinstall script": (
        "npm ci",
        {**NPM, "package.json": package(scripts={"preinstall": "sh x"})},
        "`preinstall` of",
    ),
    "a dependencies script": (
        "npm ci",
        {**NPM, "package.json": package(scripts={"dependencies": "x"})},
        "`dependencies` of",
    ),
    "a script behind git hooks": (
        "npm ci",
        {**NPM, "package.json": package(scripts={"prepare": "husky install && tsc"})},
        "`prepare` of",
    ),
    "git hooks with git": (
        "npm ci",
        {**NPM, "package.json": package(scripts={"prepare": "husky"}), ".git/HEAD": ""},
        "looks at `.git`",
    ),
    "a script of a member": (
        "npm ci",
        {**NPM, "package.json": package(workspaces=["p"]), "p/package.json": package(scripts={"postinstall": "x"})},
        "`postinstall` of `p/package.json`",
    ),
    "a native addon of the project": ("npm ci", NPM | {"binding.gyp": ""}, "`binding.gyp`"),
    "a file dependency": (
        "npm ci",
        {**NPM, "package.json": package(dependencies={"a": "file:./a"})},
        "depends on `file:./a`",
    ),
    "a link": (
        "yarn --frozen-lockfile",
        {**YARN, "package.json": package(dependencies={"a": "link:./a"})},
        "`link:./a`",
    ),
    "a portal": (
        "yarn --immutable",
        {**BERRY, "package.json": package(dependencies={"a": "portal:./a"})},
        "`portal:./a`",
    ),
    "a path": ("npm ci", {**NPM, "package.json": package(devDependencies={"a": "../a"})}, "depends on `../a`"),
    "a path at home": ("npm ci", {**NPM, "package.json": package(dependencies={"a": "~/a"})}, "depends on `~/a`"),
    "a tarball": ("npm ci", {**NPM, "package.json": package(dependencies={"a": "vendor/a.tgz"})}, "`vendor/a.tgz`"),
    "a package of the lock file that lies in the project": (
        "npm ci",
        {**NPM, "package-lock.json": lock(own="lib/a")},
        "has the package `lib/a`",
    ),
    "a member with a program": (
        "npm ci",
        {**NPM, "package.json": package(workspaces=["p"]), "p/package.json": package(bin={"p": "cli.js"})},
        "has a `bin`",
    ),
    "prisma's client": (
        "npm ci",
        {**NPM, "package.json": package(dependencies={"@prisma/client": "5"})},
        "`@prisma/client`",
    ),
    "settings that lead elsewhere": ("npm ci", NPM | {".npmrc": "cafile=certs/ca.pem\n"}, "`cafile=certs/ca.pem`"),
    "a package that is added": ("npm install lodash", NPM, "writes what it adds"),
    "one workspace of several": ("npm ci --workspace p", NPM, "choose what it reads"),
    "a workspace above": (
        "cd p && npm ci",
        {f"p/{name}": text for name, text in NPM.items()} | {"package.json": package(workspaces=["p"])},
        "above",
    ),
    "packages in the context": ("yarn --immutable", BERRY | {".yarn/cache/a.zip": ""}, "lie in `.yarn/cache`"),
    "a plugin of yarn": (
        "yarn --immutable",
        {**BERRY, ".yarnrc.yml": "plugins:\n  - path: tools/x.cjs\n"},
        "`tools/x.cjs` takes part",
    ),
    "an offline mirror": (
        "yarn --frozen-lockfile",
        YARN | {".yarnrc": 'yarn-offline-mirror "./m"\n'},
        "leads to other files",
    ),
    "a hook of pnpm that reads": (
        "pnpm i --frozen-lockfile",
        PNPM | {".pnpmfile.cjs": "const x = require('./x')\n"},
        "`.pnpmfile.cjs` is a program",
    ),
    "a patch that is not there": (
        "pnpm i --frozen-lockfile",
        {**PNPM, "package.json": package(pnpm={"patchedDependencies": {"a": "patches/a.patch"}})},
        "`patches/a.patch` is not there",
    ),
    "injected dependencies": (
        "pnpm i --frozen-lockfile",
        PNPM | {".npmrc": "inject-workspace-packages=true\n"},
        "leads to other files",
    ),
    "modules of deno": ("deno cache deps.ts", {"deps.ts": "export * from './a.ts'\n"}, "modules may import others"),
    "imports of deno": ("deno install", {"deno.json": '{"imports": {"a": "./a.ts"}}'}, "leads to other files"),
    "the project itself": ("pip install .", {"setup.py": ""}, "takes in what lies in the project"),
    "requirements that are missing": ("pip install -r r.txt", {"a.py": ""}, "has no `r.txt`"),
    "requirements that name the project": ("pip install -r r.txt", {"r.txt": "flask\n-e .\n"}, "`-e .`"),
    "requirements that name a folder": ("pip install -r r.txt", {"r.txt": "./lib/a\n"}, "`./lib/a`"),
    "requirements that name a file": (
        "pip install -r r.txt",
        {"r.txt": "a @ file:///x/a.whl\n"},
        "lies in the project",
    ),
    "requirements that name a wheel": (
        "pip install -r r.txt",
        {"r.txt": "wheels/a-1-py3-none-any.whl\n"},
        "lies in the project",
    ),
    "an editable repository": (
        "pip install -r r.txt",
        {"r.txt": "-e git+https://a/b#egg=b\n"},
        "installed where it lies",
    ),
    "a folder of wheels": ("pip install -r r.txt", {"r.txt": "--find-links wheels\na\n"}, "`--find-links wheels`"),
    "a nested file that is missing": ("pip install -r r.txt", {"r.txt": "-r b.txt\n"}, "has no `b.txt`"),
    "a nested file outside": ("pip install -r r.txt", {"r.txt": "-r ../b.txt\n"}, "lies outside"),
    "requirements by variable": ("pip install -r $FILE", {"r.txt": ""}, "no fixed path"),
    "a module that stands for python's": (
        "python -m pip install -r r.txt",
        {"r.txt": "", "types.py": ""},
        "`types.py` of the project",
    ),
    "metadata beside it": ("python -m pip install -r r.txt", {"r.txt": "", "x.egg-info/PKG-INFO": ""}, "`x.egg-info`"),
    "wheels into the project": ("pip wheel -r r.txt", {"r.txt": ""}, "writes beside"),
    "dynamic dependencies": (
        "uv pip install -r pyproject.toml",
        {"pyproject.toml": '[project]\nname = "x"\ndynamic = ["dependencies"]\n'},
        "found out by building",
    ),
    "an environment in the context": ("uv pip install -r r.txt", {"r.txt": "", ".venv/pyvenv.cfg": ""}, "`.venv`"),
    "uv with the project": ("uv sync --frozen", UV | {"pyproject.toml": BUILT}, "`--no-install-project`"),
    "members of uv": (
        "uv sync --frozen --no-install-project",
        {**UV, "pyproject.toml": BUILT + '[tool.uv.workspace]\nmembers = ["p"]\n', "p/pyproject.toml": "[project]\n"},
        "`--no-install-workspace`",
    ),
    "a path of uv": (
        "uv sync --frozen",
        {**UV, "pyproject.toml": UV["pyproject.toml"] + '[tool.uv.sources]\na = { path = "lib/a" }\n'},
        "depends on `lib/a`",
    ),
    "dynamic fields": (
        "uv sync --locked",
        {**UV, "pyproject.toml": '[project]\nname = "x"\ndynamic = ["version"]\n'},
        "dynamic fields",
    ),
    "uv without its lock file": ("uv sync --frozen", {"pyproject.toml": UV["pyproject.toml"]}, "wants `uv.lock`"),
    "poetry with the project": ("poetry install", POETRY, "`--no-root`"),
    "a path of poetry": (
        "poetry install --no-root",
        {**POETRY, "pyproject.toml": '[tool.poetry.dependencies]\na = {path = "../a", develop = true}\n'},
        "depends on `../a`",
    ),
    "pdm with the project": ("pdm install", {"pyproject.toml": "[project]\nname = 'x'\n"}, "`--no-self`"),
    "a script of pdm": (
        "pdm install --no-self",
        {"pyproject.toml": "[project]\nname = 'x'\n[tool.pdm.scripts]\npost_install = 'x'\n"},
        "scripts of the project",
    ),
    "an editable package of pipenv": (
        "pipenv sync",
        {"Pipfile": '[packages]\nx = {path = ".", editable = true}\n', "Pipfile.lock": ""},
        "depends on `.`",
    ),
    "the project in an environment": (
        "conda env create -f e.yml",
        {"e.yml": "dependencies:\n  - pip:\n    - -e .\n"},
        "`-e .`",
    ),
    "a directory in place of a module": (
        "go mod download",
        {**GO, "go.mod": "module x\nreplace a => ../a\n"},
        "leads to a directory",
    ),
    "a directory, in a block": (
        "go mod download",
        {**GO, "go.mod": "module x\nreplace (\n\ta v1 => ./a\n)\n"},
        "leads to a directory",
    ),
    "vendored modules": ("go mod download", GO | {"vendor/modules.txt": ""}, "lie in `vendor`"),
    "a workspace of go above": (
        "cd a && go mod download",
        {f"a/{name}": text for name, text in GO.items()} | {"go.work": "use ./a\n"},
        "above",
    ),
    "go build": ("go build ./...", GO, "takes in what lies"),
    "cargo build": ("cargo build --release", {"Cargo.toml": "", "build.rs": ""}, "compiles"),
    "the toolchain of the project": ("cargo install a", {"rust-toolchain.toml": ""}, "settings of cargo"),
    "two projects": ("dotnet restore", {"A.csproj": CSPROJ, "B.csproj": CSPROJ}, "no single solution or project"),
    "an import by variable": (
        "dotnet restore",
        {"A.csproj": '<Project><Import Project="$(Root)\\x.props" /></Project>'},
        "leads to `$(Root)\\x.props`",
    ),
    "a property function": (
        "dotnet restore",
        {"A.csproj": "<V>$([System.IO.File]::ReadAllText('v'))</V>"},
        "computes what it reads",
    ),
    "a folder that decides on a package": (
        "dotnet restore",
        {"A.csproj": GUARDED.replace('Include="A"', 'Include="A" Condition="$(Protos) != x"')},
        "computes what it reads",
    ),
    "a folder that decides on the framework": (
        "dotnet restore",
        {"A.csproj": GUARDED.replace("Protos>", "TargetFramework>")},
        "computes what it reads",
    ),
    "a folder that nothing compiled asks for": (
        "dotnet restore",
        {"A.csproj": GUARDED.replace("$(Protos)/", "x/")},
        "computes what it reads",
    ),
    "a folder that a program is given": (
        "dotnet restore",
        {"A.csproj": GUARDED.replace("</Project>", '<Target Name="X" A="$(Protos)" /></Project>')},
        "computes what it reads",
    ),
    "a file that is compiled if it is there": (
        "dotnet restore",
        {"A.csproj": CSPROJ.replace("</Project>", "<X Condition=\"Exists('a')\" /></Project>")},
        "computes what it reads",
    ),
    "a reference that is missing": (
        "dotnet restore",
        {"A.csproj": '<ProjectReference Include="b/B.csproj" />'},
        "has no `b/B.csproj`",
    ),
    "packages in a folder": (
        "dotnet restore",
        DOTNET | {"nuget.config": '<add key="local" value="./packages" />'},
        "leads to a folder",
    ),
    "mvn package": ("mvn package", {"pom.xml": POM}, "compiles"),
    "an extension of maven": (
        "mvn dependency:go-offline",
        {"pom.xml": POM, ".mvn/extensions.xml": ""},
        "makes Maven run more",
    ),
    "a parent beside it": (
        "mvn dependency:go-offline",
        {
            "a/pom.xml": "",
            "pom.xml": POM.replace("<modelVersion>", "<parent><relativePath>a</relativePath></parent><modelVersion>"),
        },
        "another file of the project",
    ),
    "a jar of the project": (
        "mvn dependency:resolve",
        {"pom.xml": POM.replace("<modelVersion>", "<systemPath>${basedir}/a.jar</systemPath><modelVersion>")},
        "looks for files of the project",
    ),
    "a phase beside the goal": ("mvn dependency:go-offline compile", {"pom.xml": POM}, "not known"),
    "buildSrc": ("gradle dependencies", {"build.gradle": "", "buildSrc/build.gradle": ""}, "`buildSrc`"),
    "an included build": ("gradle dependencies", {"settings.gradle": "includeBuild('tools')\n"}, "`includeBuild`"),
    "a script that applies another": (
        "gradle dependencies",
        {"build.gradle": "apply from: 'x.gradle'\n"},
        "`apply from`",
    ),
    "a package of swift beside it": (
        "swift package resolve",
        {"Package.swift": 'import PackageDescription\nlet p = Package(dependencies: [.package(path: "../a")])\n'},
        "depends on a package",
    ),
    "a manifest of swift that reads": (
        "swift package resolve",
        {"Package.swift": "import Foundation\n"},
        "is a program",
    ),
    "a custom Setup.hs": ("cabal build --only-dependencies", {"x.cabal": "build-type: Custom\n"}, "`Setup.hs`"),
    "a gemspec": (
        "bundle install --frozen",
        {**GEMS, "Gemfile": 'source "https://rubygems.org"\ngemspec\n'},
        "`gemspec`",
    ),
    "a gem beside it": (
        "bundle install --frozen",
        {**GEMS, "Gemfile": 'gem "a", path: "engines/a"\n'},
        "may read other files",
    ),
    "another Gemfile": ("bundle install --frozen", {**GEMS, "Gemfile": "eval_gemfile 'x'\n"}, "may read other files"),
    "a file that a Gemfile reads": (
        "bundle install --frozen",
        {**GEMS, "Gemfile": "ruby File.read('.ruby-version').strip\n"},
        "may read other files",
    ),
    "gems in the context": ("bundle install --frozen", GEMS | {"vendor/cache/a.gem": ""}, "lie in the context"),
    "settings of bundler": ("bundle install", GEMS | {".bundle/config": ""}, "settings or gems"),
    "a script of composer": (
        "composer install",
        {**PHP, "composer.json": package(scripts={"post-autoload-dump": ["@php artisan package:discover"]})},
        "`--no-scripts`",
    ),
    "files that are autoloaded": (
        "composer install",
        {**PHP, "composer.json": package(autoload={"files": ["a.php"]})},
        "`--no-autoloader`",
    ),
    "an autoloader that lists classes": ("composer install -o", PHP, "lists the classes"),
    "a plugin of composer": (
        "composer install",
        {**PHP, "composer.lock": '{"packages": [{"name": "a/b", "type": "composer-plugin"}]}'},
        "plugins of composer",
    ),
    "a repository beside it": (
        "composer install",
        {**PHP, "composer.json": package(repositories=[{"type": "path", "url": "../a"}])},
        "repositories in the project",
    ),
    "a commit that composer writes": ("composer install", PHP | {".git/HEAD": ""}, "commit of `.git`"),
    "composer update": ("composer update", PHP, "writes `composer.lock`"),
    "a path of mix": ("mix deps.get", {"mix.exs": 'deps: [{:a, path: "../a"}]\n'}, "`path:`"),
    "an umbrella": ("mix deps.get", {"mix.exs": 'apps_path: "apps"\n'}, "`apps_path:`"),
    "a file that mix reads": ("mix deps.get", {"mix.exs": '@v File.read!("VERSION")\n'}, "`File`"),
    "hooks of rebar": ("rebar3 get-deps", {"rebar.config": "{pre_hooks, []}.\n"}, "hooks"),
    "applications of rebar": ("rebar3 get-deps", {"rebar.config": "", "apps/a/src/a.app.src": ""}, "looked at"),
    "flutter": ("flutter pub get", DART, "platforms"),
    "a path of dart": ("dart pub get", {"pubspec.yaml": "dependencies:\n  a:\n    path: ../a\n"}, "other packages"),
    "a profile of R": ("Rscript -e 'renv::restore()'", {"renv.lock": "{}", ".Rprofile": ""}, "`.Rprofile`"),
    "a list that is missing": ("xargs -a apt.txt apt-get install -y", {"a": ""}, "has no `apt.txt`"),
}


@pytest.mark.parametrize(("command", "project", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_surely_known_is_refused(command: str, project: Project, why: str) -> None:
    found = asked(command, project)
    assert isinstance(found, Refusal), found
    assert why in found.why


BY_ENVIRONMENT: dict[str, tuple[str, Project, dict[str, str], str]] = {
    "python looks into the project": (
        "pip install -r r.txt",
        {"r.txt": "", "lib/logging.py": ""},
        {"PYTHONPATH": "/lib"},
        "`PYTHONPATH` lets `logging.py`",
    ),
    "another mode of go": ("go mod download", GO, {"GOFLAGS": "-mod=vendor"}, "`GOFLAGS`"),
    "another workspace of go": ("go mod download", GO, {"GOWORK": "/x/go.work"}, "`GOWORK`"),
    "a version manager": ("npm ci", NPM, {"NODENV_ROOT": "/n"}, "choose their versions"),
    "another Gemfile": ("bundle install", GEMS, {"BUNDLE_GEMFILE": "gemfiles/a.gemfile"}, "in place of `Gemfile`"),
}


@pytest.mark.parametrize(("command", "project", "environment", "why"), BY_ENVIRONMENT.values(), ids=BY_ENVIRONMENT)
def test_the_environment_is_looked_at(command: str, project: Project, environment: dict[str, str], why: str) -> None:
    assert isinstance(asked(command, project), Needs)
    found = asked(command, project, environment)
    assert isinstance(found, Refusal) and why in found.why, found
