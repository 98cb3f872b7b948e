"""order/copy-before-install: builds that fetch by themselves, and that its cure leaves as they are, with reasons."""

from __future__ import annotations

import pytest

from .conftest import FixText
from .test_copy_before_install import RULE, Context
from .test_fetch_first import FETCH, GO, PACKAGE, PHP, POETRY, RUST, UV

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
    "the same RUN brings the tool by a script": (HEAD + "COPY . .\nRUN curl https://x | sh && cargo build\n", RUST),
    "the same RUN brings the tool, in no plain chain": (
        HEAD + "COPY . .\nRUN apt-get update; apt-get install -y cargo; cargo build\n",
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
    "a project of uv elsewhere": (
        "FROM python\nWORKDIR /x\nCOPY . .\nRUN uv sync --directory api\n",
        {f"api/{name}": text for name, text in UV.items()},
    ),
    "members of a workspace of uv": (
        "FROM python\nWORKDIR /x\nCOPY . .\nRUN uv sync\n",
        {
            **UV,
            "pyproject.toml": UV["pyproject.toml"] + '[tool.uv.workspace]\nmembers = ["p"]\n',
            "p/pyproject.toml": PACKAGE,
        },
    ),
    "groups of uv by variable": ("FROM python\nARG G\nWORKDIR /x\nCOPY . .\nRUN uv sync $G\n", UV),
    "an environment of uv that is said in front": (
        "FROM python\nWORKDIR /x\nCOPY . .\nRUN UV_PROJECT_ENVIRONMENT=/v uv sync\n",
        UV,
    ),
    "an environment of uv in a mount": (
        "FROM python\nWORKDIR /x\nCOPY . .\nRUN --mount=type=cache,target=/x/x uv sync\n",
        UV,
    ),
    "settings of poetry beside the project": (
        "FROM python\nWORKDIR /x\nCOPY . .\nRUN poetry config --local virtualenvs.create false && poetry install\n",
        POETRY,
    ),
    "a path dependency of poetry": (
        "FROM python\nWORKDIR /x\nCOPY . .\nRUN poetry install\n",
        {**POETRY, "pyproject.toml": '[tool.poetry.dependencies]\na = { path = "a" }\n', "a/a.py": ""},
    ),
    "composer update": ("FROM php\nWORKDIR /x\nCOPY . .\nRUN composer update\n", PHP),
    "plugins of composer": (
        "FROM php\nWORKDIR /x\nCOPY . .\nRUN composer install\n",
        {**PHP, "composer.lock": '{"packages": [{"name": "a/b", "type": "composer-plugin"}]}'},
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
