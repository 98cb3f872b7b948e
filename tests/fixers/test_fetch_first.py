"""order/copy-before-install: builds that fetch by themselves get a fetch in front of the source."""

from __future__ import annotations

import pytest

from .conftest import FixText
from .test_copy_before_install import RULE, Context

RUST_LOCK = '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://example.com/index"\n'
PACKAGE = '[package]\nname = "x"\nversion = "0.1.0"\n'
RUST = {"Cargo.toml": PACKAGE, "Cargo.lock": RUST_LOCK, "src/main.rs": "", "README.md": ""}
GO = {"go.mod": "module x\ngo 1.22\n", "go.sum": "a v1.0.0 h1:x\n", "main.go": ""}
WORKSPACE = {
    "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n',
    "Cargo.lock": RUST_LOCK,
    **{f"crates/{name}/Cargo.toml": PACKAGE for name in ("first", "second", "third")},
    **{f"crates/{name}/src/lib.rs": "" for name in ("first", "second", "third")},
}
UV = {
    "pyproject.toml": '[project]\nname = "x"\nversion = "1"\n[build-system]\nrequires = ["hatchling"]\n',
    "uv.lock": "version = 1\n",
    "x/__init__.py": "",
}
POETRY = {"pyproject.toml": '[tool.poetry]\nname = "x"\n', "poetry.lock": "", "x/__init__.py": ""}
PHP = {
    "composer.json": '{"autoload": {"files": ["a.php"]}, "scripts": {"post-install-cmd": "@php a.php"}}',
    "composer.lock": "{}",
    "a.php": "",
}
FETCH = "RUN mkdir -p src && touch src/main.rs && cargo fetch && rm src/main.rs\n"

CURED: dict[str, tuple[str, Context, str]] = {
    "cargo": (
        "FROM rust\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\n",
        RUST,
        f"FROM rust\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\n{FETCH}COPY . .\nRUN cargo build --release\n",
    ),
    "a lock file that is insisted on, and a toolchain": (
        "FROM rust\nWORKDIR /app\nCOPY . .\nRUN cargo +nightly build --locked\n",
        RUST,
        "FROM rust\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\n"
        "RUN mkdir -p src && touch src/main.rs && cargo +nightly fetch --locked && rm src/main.rs\n"
        "COPY . .\nRUN cargo +nightly build --locked\n",
    ),
    "tidied first": (
        "FROM rust:1.85\nRUN apt-get update -yqq && apt-get install -yqq cmake g++\n\nADD ./ /actix\nWORKDIR /actix\n\n"
        '# afresh\nRUN cargo clean\nRUN RUSTFLAGS="-C target-cpu=native" cargo build --release\n\nEXPOSE 8080\n',
        RUST,
        "FROM rust:1.85\nRUN apt-get update -yqq && apt-get install -yqq cmake g++\n\n"
        f"COPY Cargo.toml Cargo.lock /actix/\nWORKDIR /actix\n\n{FETCH}ADD ./ /actix\n"
        '# afresh\nRUN cargo clean\nRUN RUSTFLAGS="-C target-cpu=native" cargo build --release\n\nEXPOSE 8080\n',
    ),
    "what brings the tool stays above": (
        "FROM debian\nWORKDIR /app\nCOPY . .\nRUN apt-get update && apt-get install -y cargo\nRUN cargo build\n",
        RUST,
        "FROM debian\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nRUN apt-get update && apt-get install -y cargo\n"
        f"{FETCH}COPY . .\nRUN cargo build\n",
    ),
    "a workspace": (
        "FROM rust\nWORKDIR /app\nCOPY . .\nRUN cargo build\n",
        WORKSPACE,
        "FROM rust\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nCOPY crates/first/Cargo.toml ./crates/first/\n"
        "COPY crates/second/Cargo.toml ./crates/second/\nCOPY crates/third/Cargo.toml ./crates/third/\n"
        "RUN mkdir -p crates/first/src crates/second/src crates/third/src \\\n"
        "    && touch crates/first/src/lib.rs crates/second/src/lib.rs crates/third/src/lib.rs \\\n"
        "    && cargo fetch \\\n"
        "    && rm crates/first/src/lib.rs crates/second/src/lib.rs crates/third/src/lib.rs\n"
        "COPY . .\nRUN cargo build\n",
    ),
    "in a folder, from carriage returns to tabs": (
        "FROM rust\r\n\tCOPY . /app\r\n\tRUN cd /app && cargo build\r\n",
        RUST,
        "FROM rust\r\nCOPY Cargo.toml Cargo.lock /app/\r\n"
        "\tRUN cd /app && mkdir -p src && touch src/main.rs && cargo fetch && rm src/main.rs\r\n"
        "\tCOPY . /app\r\n\tRUN cd /app && cargo build\r\n",
    ),
    "source that is copied by name": (
        "FROM rust\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nCOPY src src\nCOPY README.md .\nRUN cargo build\n",
        RUST,
        f"FROM rust\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nCOPY README.md .\n{FETCH}COPY src src\n"
        "RUN cargo build\n",
    ),
    "secrets and an escape character": (
        "# escape=`\nFROM rust\nWORKDIR /app\nCOPY . .\n\nrun --mount=type=ssh `\n    cargo build `\n    --release",
        RUST,
        "# escape=`\nFROM rust\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\n\n"
        "RUN --mount=type=ssh mkdir -p src && touch src/main.rs && cargo fetch && rm src/main.rs\n\n"
        "COPY . .\n\nrun --mount=type=ssh `\n    cargo build `\n    --release",
    ),
    "a fetch behind the copy finds the targets": (
        "FROM rust\nWORKDIR /app\nCOPY . .\nRUN cargo fetch --locked\nRUN cargo build --offline\n",
        RUST,
        "FROM rust\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\n"
        "RUN mkdir -p src && touch src/main.rs && cargo fetch --locked && rm src/main.rs\n"
        "COPY . .\nRUN cargo fetch --locked\nRUN cargo build --offline\n",
    ),
    "go": (
        "FROM golang AS b\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app ./cmd\nFROM scratch\n"
        "COPY --from=b /app /\n",
        GO,
        "FROM golang AS b\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\n"
        "RUN CGO_ENABLED=0 go build -o /app ./cmd\nFROM scratch\nCOPY --from=b /app /\n",
    ),
    "go by its own option": (
        "FROM golang\nCOPY . /src\nRUN go build -C /src/api .\n",
        {f"api/{name}": text for name, text in GO.items()} | {"web/x.js": ""},
        "FROM golang\nCOPY api/go.mod api/go.sum /src/api/\nRUN cd /src/api && go mod download\nCOPY . /src\n"
        "RUN go build -C /src/api .\n",
    ),
    "go install of the project": (
        "FROM golang\nWORKDIR /src\nCOPY . .\nRUN go install ./... && go vet ./...\n",
        GO,
        "FROM golang\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\n"
        "RUN go install ./... && go vet ./...\n",
    ),
    "a cache of what is compiled": (
        "FROM golang\nWORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/root/.cache/go-build go build\n",
        GO,
        "FROM golang\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\n"
        "RUN --mount=type=cache,target=/root/.cache/go-build go build\n",
    ),
    "the same RUN brings the tool": (
        "FROM debian\nWORKDIR /app\nCOPY . .\n"
        "RUN set -e && apt-get update \\\n    && apt-get install -y cargo \\\n    # all of it\n    && cargo build\n",
        RUST,
        "FROM debian\nWORKDIR /app\nCOPY Cargo.toml Cargo.lock ./\nRUN set -e && apt-get update \\\n"
        "    && apt-get install -y cargo && mkdir -p src && touch src/main.rs && cargo fetch && rm src/main.rs\n"
        "COPY . .\n# all of it\nRUN set -e && cargo build\n",
    ),
    "uv": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/root/.cache/uv uv sync --locked\n",
        UV,
        "FROM python\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\n"
        "RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked --no-install-project\nCOPY . .\n"
        "RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked\n",
    ),
    "poetry that the same RUN brings": (
        "FROM python\nCOPY . /app\nWORKDIR /app\n"
        "RUN pip install poetry && poetry config virtualenvs.create false && poetry install --only main\n",
        POETRY,
        "FROM python\nCOPY pyproject.toml poetry.lock /app/\nWORKDIR /app\n"
        "RUN pip install poetry && poetry config virtualenvs.create false && poetry install --only main --no-root\n"
        "COPY . /app\nRUN poetry install --only main\n",
    ),
    "settings of poetry": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN poetry config virtualenvs.create false && poetry install\n",
        POETRY,
        "FROM python\nWORKDIR /app\nCOPY pyproject.toml poetry.lock ./\n"
        "RUN poetry config virtualenvs.create false && poetry install --no-root\nCOPY . .\n"
        "RUN poetry config virtualenvs.create false && poetry install\n",
    ),
    "pdm": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pdm sync --prod\n",
        {"pyproject.toml": '[project]\nname = "x"\n', "pdm.lock": "", "x.py": ""},
        "FROM python\nWORKDIR /app\nCOPY pyproject.toml pdm.lock ./\nRUN pdm sync --prod --no-self\nCOPY . .\n"
        "RUN pdm sync --prod\n",
    ),
    "composer": (
        "FROM php\nWORKDIR /app\nCOPY . .\nRUN composer install --no-dev -o\n",
        PHP,
        "FROM php\nWORKDIR /app\nCOPY composer.json composer.lock ./\n"
        "RUN composer install --no-dev -o --no-scripts --no-autoloader\nCOPY . .\nRUN composer install --no-dev -o\n",
    ),
    "swift": (
        "FROM swift\nWORKDIR /build\nCOPY . .\nRUN swift build -c release\n",
        {"Package.swift": "import PackageDescription\n", "Package.resolved": "{}", "Sources/x/x.swift": ""},
        "FROM swift\nWORKDIR /build\nCOPY Package.swift Package.resolved ./\nRUN swift package resolve\nCOPY . .\n"
        "RUN swift build -c release\n",
    ),
    "dotnet": (
        "FROM sdk\nWORKDIR /src\nCOPY . .\nRUN dotnet publish app/App.csproj -c Release -r linux-x64 -o /out /p:A=b\n",
        {"app/App.csproj": "<Project />", "app/P.cs": "", "nuget.config": "<configuration />"},
        "FROM sdk\nWORKDIR /src\nCOPY nuget.config ./\nCOPY app/App.csproj ./app/\n"
        "RUN dotnet restore app/App.csproj -r linux-x64 /p:A=b\nCOPY . .\n"
        "RUN dotnet publish app/App.csproj -c Release -r linux-x64 -o /out /p:A=b\n",
    ),
    "sbt": (
        "FROM sbt\nWORKDIR /app\nCOPY . .\nRUN sbt clean assembly\n",
        {"build.sbt": 'name := "x"\n', "project/build.properties": "sbt.version=1\n", "src/X.scala": ""},
        "FROM sbt\nWORKDIR /app\nCOPY build.sbt ./\nCOPY project/build.properties ./project/\nRUN sbt update\n"
        "COPY . .\nRUN sbt clean assembly\n",
    ),
    "sbt and folders that are copied by name": (
        "FROM sbt\nWORKDIR /app\nCOPY src src\nCOPY project project\nCOPY build.sbt build.sbt\nRUN sbt stage\n",
        {"build.sbt": 'name := "x"\n', "project/build.properties": "sbt.version=1\n", "src/X.scala": ""},
        "FROM sbt\nWORKDIR /app\nCOPY project/build.properties project/\nCOPY build.sbt build.sbt\nRUN sbt update\n"
        "COPY src src\nCOPY project project\nRUN sbt stage\n",
    ),
    "stack": (
        "FROM haskell\nWORKDIR /app\nCOPY . .\nRUN stack build --system-ghc --copy-bins\n",
        {"stack.yaml": "resolver: lts-22.0\n", "package.yaml": "name: x\n", "src/X.hs": ""},
        "FROM haskell\nWORKDIR /app\nCOPY stack.yaml package.yaml ./\n"
        "RUN stack build --system-ghc --copy-bins --only-dependencies\nCOPY . .\n"
        "RUN stack build --system-ghc --copy-bins\n",
    ),
    "cabal": (
        "FROM haskell\nWORKDIR /app\nRUN cabal update\nCOPY . .\nRUN cabal v2-build all\n",
        {"x.cabal": "name: x\n", "src/X.hs": ""},
        "FROM haskell\nWORKDIR /app\nRUN cabal update\nCOPY x.cabal ./\nRUN cabal v2-build all --only-dependencies\n"
        "COPY . .\nRUN cabal v2-build all\n",
    ),
    "maven": (
        "FROM maven\nWORKDIR /app\nCOPY . .\nRUN ./mvnw -B package -DskipTests\n",
        {"pom.xml": "<project />", "mvnw": "", "src/X.java": ""},
        "FROM maven\nWORKDIR /app\nCOPY pom.xml mvnw ./\nRUN ./mvnw -B dependency:go-offline\nCOPY . .\n"
        "RUN ./mvnw -B package -DskipTests\n",
    ),
}


@pytest.mark.parametrize(("text", "context", "wanted"), CURED.values(), ids=CURED)
def test_what_a_build_needs_is_fetched_first(text: str, context: Context, wanted: str, fix_text: FixText) -> None:
    assert not fix_text(text, RULE, context=context).applied
    fixed = fix_text(text, RULE, context=context, unsafe=True)
    assert not fixed.withdrawn and not fixed.report.crashes
    assert fixed.texts.get("Dockerfile") == wanted
    told = ("finds all that the manifests name", "adds only the project to what")
    assert all(any(why in one.fix.assumes for why in told) for one in fixed.applied)
    assert not fix_text(wanted, RULE, context=context, unsafe=True).applied


def test_a_cache_mount_is_the_better_cure(fix_text: FixText) -> None:
    text = "FROM rust:1.90\nWORKDIR /app\nCOPY . .\nRUN cargo build\nFROM debian\nCOPY --from=0 /app/target/x /\n"
    rules = (RULE, "mounts/cache-mount-missing")
    for order in (rules, rules[::-1]):
        fixed = fix_text(text, *order, context=RUST, unsafe=True)
        assert [one.found.rule for one in fixed.applied] == [rules[1]]
        assert fixed.settled
