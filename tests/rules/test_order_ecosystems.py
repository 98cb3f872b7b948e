"""order/copy-before-install in every ecosystem: the copy of the source before the install, and the right order."""

from __future__ import annotations

import pytest

from .conftest import Lint

RULE = "order/copy-before-install"

INSTALLS = {
    "pip install -r requirements.txt": "requirements.txt",
    "python3 -m pip install -r requirements.txt": "requirements.txt",
    "uv pip sync requirements.txt": "requirements.txt",
    "uv sync --no-install-project": "pyproject.toml uv.lock",
    "poetry install --no-root": "pyproject.toml poetry.lock",
    "python -m poetry install --no-root": "pyproject.toml poetry.lock",
    "pdm sync --no-self": "pyproject.toml pdm.lock",
    "pipenv sync": "Pipfile Pipfile.lock",
    "conda env create -f environment.yml": "environment.yml",
    "mamba env update --file environment.yml": "environment.yml",
    "micromamba install -y -n base -f environment.yml": "environment.yml",
    "conda install --file conda-requirements.txt": "conda-requirements.txt",
    "conda-lock install": "conda-lock.yml",
    "pixi install --locked": "pixi.toml pixi.lock",
    "npm ci": "package.json package-lock.json",
    "yarn install --immutable": "package.json yarn.lock .yarnrc.yml",
    "pnpm fetch": "pnpm-lock.yaml",
    "bun install --frozen-lockfile": "package.json bun.lock",
    "deno install": "deno.json deno.lock",
    "deno cache deps.ts": "deps.ts",
    "go mod download": "go.mod go.sum",
    "cargo fetch": "Cargo.toml Cargo.lock",
    "cargo chef cook": "recipe.json",
    "mvn dependency:go-offline": "pom.xml",
    "./mvnw dependency:resolve": "pom.xml mvnw",
    "gradle dependencies": "build.gradle settings.gradle",
    "sbt update": "build.sbt",
    "dotnet restore": "App.csproj",
    "composer install --no-scripts --no-autoloader": "composer.json composer.lock",
    "bundle install": "Gemfile Gemfile.lock",
    "mix deps.get": "mix.exs mix.lock",
    "rebar3 get-deps": "rebar.config rebar.lock",
    "dart pub get": "pubspec.yaml pubspec.lock",
    "flutter pub get": "pubspec.yaml pubspec.lock",
    "swift package resolve": "Package.swift Package.resolved",
    "Rscript -e 'renv::restore()'": "renv.lock",
    "R -e 'install.packages(\"dplyr\")'": "",
    "cabal build --only-dependencies": "app.cabal cabal.project",
    "stack build --only-dependencies": "stack.yaml package.yaml",
    "apt-get install -y $(cat packages.txt)": "packages.txt",
    "xargs -a packages.txt apt-get install -y": "packages.txt",
    "cat packages.txt | xargs apt-get install -y": "packages.txt",
    "grep -v '#' packages.txt | xargs apk add": "packages.txt",
    "apk add --no-cache $(cat packages.txt)": "packages.txt",
}

# Nothing is downloaded here that the copied source is not needed for, or nothing says so.
COMMANDS_THAT_ARE_NO_SUCH_INSTALL = [
    "python setup.py install",
    "python -m build",
    "poetry run pytest",
    "conda install numpy --offline --use-local ./numpy.tar.bz2",
    "deno run main.ts",
    "deno cache main.ts",
    "deno install -g ./cli.ts",
    "go build ./...",
    "go install ./cmd/app",
    "cargo build --release",
    "gradle build",
    "./gradlew bootJar",
    "sbt compile",
    "sbt update assembly",
    "mix compile",
    "rebar3 compile",
    "dart compile exe bin/app.dart",
    "swift build -c release",
    "Rscript -e 'devtools::install_local(\".\")'",
    "Rscript analysis.R",
    "cabal build",
    "stack build",
    "apt-get install -y ./app.deb",
    "apt-get install -y $PACKAGES",
    "xargs rm < packages.txt",
    "apt-mark showauto | xargs apt-get install -y",
]


@pytest.mark.parametrize("command", INSTALLS)
def test_the_source_stands_before_the_install(command: str, lint_text: Lint) -> None:
    text = f"FROM a\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    (found,) = lint_text(text, RULE).diagnostics
    assert text[slice(*found.primary)] == "COPY . ."
    reads = [name for name in INSTALLS[command].split() if not name.startswith((".", "mvnw"))]
    assert "(`" in found.message or all(f"`{name}`" in found.message for name in reads)


@pytest.mark.parametrize("command", INSTALLS)
def test_the_manifests_stand_before_the_install(command: str, lint_text: Lint) -> None:
    copied = f"COPY {INSTALLS[command]} ./\n" if INSTALLS[command] else ""
    text = f"FROM a\nWORKDIR /app\n{copied}RUN {command}\nCOPY . .\n"
    assert [one.sentence for one in lint_text(text, RULE).diagnostics] == []


@pytest.mark.parametrize("command", COMMANDS_THAT_ARE_NO_SUCH_INSTALL)
def test_not_an_install_that_needs_only_manifests(command: str, lint_text: Lint) -> None:
    text = f"FROM a\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    assert [one.sentence for one in lint_text(text, RULE).diagnostics] == []
