"""order/copy-before-install: builds that fetch by themselves get a fetch in front of the source, or stay."""

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
    assert all("finds all that the manifests name" in one.fix.assumes for one in fixed.applied)
    assert not fix_text(wanted, RULE, context=context, unsafe=True).applied


HEAD = "FROM rust\nWORKDIR /app\n"
ALONE: dict[str, tuple[str, Context | None]] = {
    "a context that is not known": (HEAD + "COPY . .\nRUN cargo build\n", None),
    "no lock file: packages would stay as they are": (
        HEAD + "COPY . .\nRUN cargo build\n",
        {"Cargo.toml": PACKAGE, "src/main.rs": ""},
    ),
    "a lock file that is ignored": (
        HEAD + "COPY . .\nRUN cargo build\n",
        RUST | {".dockerignore": "Cargo.lock\n"},
    ),
    "vendored packages": (
        HEAD + "COPY . .\nRUN cargo build\n",
        RUST | {".cargo/config.toml": "[source.crates-io]\nreplace-with = 'v'\n"},
    ),
    "offline": (HEAD + "COPY . .\nRUN cargo build --offline\n", RUST),
    "frozen": (HEAD + "COPY . .\nRUN cargo build --frozen\n", RUST),
    "another manifest": (HEAD + "COPY . .\nRUN cargo build --manifest-path web/Cargo.toml\n", RUST),
    "a path dependency outside": (
        HEAD + "COPY . .\nRUN cargo build\n",
        {**RUST, "Cargo.toml": PACKAGE + '[dependencies]\na = { path = "../a" }\n'},
    ),
    "a cache mount keeps what is fetched": (
        HEAD + "COPY . .\nRUN --mount=type=cache,target=/usr/local/cargo/registry cargo build\n",
        RUST,
    ),
    "a bind mount may be the source": (HEAD + "COPY src src\nRUN --mount=target=. cargo build\n", RUST),
    "no network": (HEAD + "COPY . .\nRUN --network=none cargo build\n", RUST),
    "no shell": (HEAD + 'COPY . .\nRUN ["cargo", "build"]\n', RUST),
    "the same RUN brings the tool": (
        "FROM debian\nWORKDIR /app\nCOPY . .\nRUN apt-get update && apt-get install -y cargo && cargo build\n",
        RUST,
    ),
    "the tool is looked for elsewhere": (HEAD + "COPY . .\nRUN . /opt/cargo/env && cargo build\n", RUST),
    "a program that may change the manifest": (HEAD + "COPY . .\nRUN sed -i s/a/b/ Cargo.toml && cargo build\n", RUST),
    "a program of the project in front": (
        HEAD + "COPY . .\nRUN ./prepare.sh && cargo build\n",
        RUST | {"prepare.sh": ""},
    ),
    "a RUN that may change the manifest": (HEAD + "COPY . .\nRUN make manifest\nRUN cargo build\n", RUST),
    "a home that is said in front": (HEAD + "COPY . .\nRUN CARGO_HOME=/c cargo build\n", RUST),
    "a home that is exported": (HEAD + "COPY . .\nRUN export CARGO_HOME=/c && cargo build\n", RUST),
    "a path that is exported": (HEAD + "COPY . .\nRUN export PATH=/c:$PATH && cargo build\n", RUST),
    "a condition": (HEAD + 'COPY . .\nRUN if [ -n "$A" ]; then cargo build; fi\n', RUST),
    "another user": (HEAD + "COPY . .\nRUN su app -c 'cargo build'\n", RUST),
    "a user who may not write there": (HEAD + "USER app\nCOPY --chown=app . .\nRUN cargo build\n", RUST),
    "a folder by variable": (HEAD + "ARG D=web\nCOPY . .\nRUN cd $D && cargo build\n", RUST),
    "a target that is copied alone": (
        HEAD + "COPY Cargo.toml Cargo.lock ./\nCOPY src/main.rs ./src/\nRUN cargo build\n",
        RUST,
    ),
    "another stage may bring the manifest": (
        "FROM d AS a\nFROM rust\nWORKDIR /app\nCOPY . .\nCOPY --from=a /out/ ./\nRUN cargo build\n",
        RUST,
    ),
    "the copy stands in another stage": (
        "FROM rust AS a\nWORKDIR /app\nCOPY . .\nFROM a\nRUN cargo build\n",
        RUST,
    ),
    "fetched already": (HEAD + f"COPY Cargo.toml Cargo.lock ./\n{FETCH}COPY . .\nRUN cargo build\n", RUST),
    "cooked already": (
        HEAD + "COPY recipe.json .\nRUN cargo chef cook\nCOPY . .\nRUN cargo build\n",
        RUST | {"recipe.json": "{}"},
    ),
    "modules in the context": ("FROM golang\nCOPY . .\nRUN go build\n", GO | {"vendor/modules.txt": "# a v1\n"}),
    "modules in the context, said": ("FROM golang\nWORKDIR /x\nCOPY . .\nRUN go build -mod=vendor\n", GO),
    "modules in the context, said before": (
        "FROM golang\nENV GOFLAGS=-mod=vendor\nWORKDIR /x\nCOPY . .\nRUN go build\n",
        GO,
    ),
    "other flags of go": ("FROM golang\nWORKDIR /x\nCOPY . .\nRUN GOFLAGS=-mod=mod go build\n", GO),
    "another go.mod": ("FROM golang\nWORKDIR /x\nCOPY . .\nRUN go build -modfile=x.mod\n", GO),
    "a directory in place of a module": (
        "FROM golang\nWORKDIR /x\nCOPY . .\nRUN go build\n",
        {**GO, "go.mod": "module x\nreplace a => ./a\n", "a/go.mod": "module a\n"},
    ),
    "no go.mod": ("FROM golang\nWORKDIR /x\nCOPY . .\nRUN go build main.go\n", {"main.go": ""}),
    "downloaded already": (
        "FROM golang\nWORKDIR /x\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build\n",
        GO,
    ),
    "a package elsewhere": (
        "FROM swift\nWORKDIR /x\nCOPY . .\nRUN swift build --package-path api\n",
        {"Package.swift": "import PackageDescription\n", "Package.resolved": "{}", "x.swift": ""},
    ),
    "a package that is a program": (
        "FROM swift\nWORKDIR /x\nCOPY . .\nRUN swift build\n",
        {"Package.swift": "import Foundation\n", "x.swift": ""},
    ),
    "restored already": (
        "FROM sdk\nWORKDIR /x\nCOPY A.csproj .\nRUN dotnet restore\nCOPY . .\nRUN dotnet publish --no-restore\n",
        {"A.csproj": "<Project />", "P.cs": ""},
    ),
    "restored already, and asked again": (
        "FROM sdk\nWORKDIR /x\nCOPY A.csproj .\nRUN dotnet restore\nCOPY . .\nRUN dotnet publish\n",
        {"A.csproj": "<Project />", "P.cs": ""},
    ),
    "a project by variable": (
        "FROM sdk\nARG P=A.csproj\nWORKDIR /x\nCOPY . .\nRUN dotnet publish $P\n",
        {"A.csproj": "<Project />", "P.cs": ""},
    ),
    "a definition that is changed first": (
        "FROM sbt\nWORKDIR /x\nCOPY . .\nRUN sed -i s/a/b/g build.sbt\nRUN sbt stage\n",
        {"build.sbt": "", "src/X.scala": ""},
    ),
    "a task of sbt that is not known": (
        "FROM sbt\nWORKDIR /x\nCOPY . .\nRUN sbt generate\n",
        {"build.sbt": "", "src/X.scala": ""},
    ),
    "other settings of stack": (
        "FROM haskell\nWORKDIR /x\nCOPY . .\nRUN stack build --stack-yaml ci.yaml\n",
        {"stack.yaml": "", "package.yaml": "name: x\n", "x.hs": ""},
    ),
    "options of stack by variable": (
        "FROM haskell\nARG O\nWORKDIR /x\nCOPY . .\nRUN stack build $O\n",
        {"stack.yaml": "", "package.yaml": "name: x\n", "x.hs": ""},
    ),
    "cabal install": ("FROM haskell\nWORKDIR /x\nCOPY . .\nRUN cabal install\n", {"x.cabal": "name: x\n", "x.hs": ""}),
    "modules of maven": (
        "FROM maven\nWORKDIR /x\nCOPY . .\nRUN mvn package\n",
        {
            "pom.xml": "<project><modules><module>a</module></modules></project>",
            "a/pom.xml": "<project />",
            "a/X.java": "",
        },
    ),
    "a profile of maven": (
        "FROM maven\nWORKDIR /x\nCOPY . .\nRUN mvn package -P x\n",
        {"pom.xml": "<project />", "X.java": ""},
    ),
    "a property of maven": (
        "FROM maven\nWORKDIR /x\nCOPY . .\nRUN mvn package -Drevision=1\n",
        {"pom.xml": "<project />", "X.java": ""},
    ),
    "gradle has no task that only fetches": (
        "FROM gradle\nWORKDIR /x\nCOPY . .\nRUN gradle build\n",
        {"build.gradle": "", "X.java": ""},
    ),
    "go install of a version": ("FROM golang\nWORKDIR /x\nCOPY . .\nRUN go install a/b@v1\n", GO),
}


@pytest.mark.parametrize("name", ALONE)
def test_a_build_that_may_fetch_otherwise_stays(name: str, fix_text: FixText) -> None:
    text, context = ALONE[name]
    fixed = fix_text(text, RULE, context=context, unsafe=True)
    assert "fetch first" not in " ".join(one.fix.title for one in fixed.applied), fixed.texts
    assert not fixed.withdrawn and not fixed.report.crashes


def test_a_cache_mount_is_the_better_cure(fix_text: FixText) -> None:
    text = "FROM rust:1.90\nWORKDIR /app\nCOPY . .\nRUN cargo build\nFROM debian\nCOPY --from=0 /app/target/x /\n"
    rules = (RULE, "mounts/cache-mount-missing")
    for order in (rules, rules[::-1]):
        fixed = fix_text(text, *order, context=RUST, unsafe=True)
        assert [one.found.rule for one in fixed.applied] == [rules[1]]
        assert fixed.settled
