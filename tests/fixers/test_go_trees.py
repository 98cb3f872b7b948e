"""Ignore lines that are safe, since nothing but builds of Go sees what they keep out; and those that are not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .conftest import FixText

RULE = "context/dockerfile-copied"
HEAD = "FROM golang:1.25 AS build\nWORKDIR /src\n"
TAIL = "FROM scratch\nCOPY --from=build /out/app /app\n"
MODULE: Mapping[str, str] = {
    "Dockerfile": "",
    "go.mod": "module m\n",
    "main.go": "package main\n",
    "docs/a.md": "",
    ".dockerignore": "x\nDockerfile.old\n.dockerignore\n",
}

SAFE = [
    HEAD + "COPY . .\nRUN go build -o /out/app .\n" + TAIL,
    HEAD
    + "COPY go.mod .\nRUN go mod download\nCOPY . .\nRUN CGO_ENABLED=0 go build -trimpath -o /out/app ./...\n"
    + TAIL,
    HEAD + 'ARG V\nCOPY . .\nRUN go build -ldflags="-s -w -X main.v=$V" -tags netgo -o /out/app\n' + TAIL,
    HEAD + "COPY . .\nRUN apk add upx && mkdir -p /out && go build -o=/out/app . && strip /out/app\n" + TAIL,
    HEAD + "RUN --mount=type=bind,target=. go build -o /out/app .\n" + TAIL,
    HEAD + "COPY . .\nFROM build AS two\nRUN cd cmd && go install -v ./x\n" + TAIL.replace("=build", "=two"),
    HEAD + "ENV GOFLAGS=-mod=mod\nCOPY . .\nRUN go build -buildvcs=false -o /out/app\n" + TAIL,
    HEAD + "COPY . .\nRUN go build -o /out/app .\n" + TAIL + "COPY --from=build /src/docs /docs\n",
]


@pytest.mark.parametrize("text", SAFE)
def test_what_no_build_of_go_reads_is_kept_out_safely(text: str, fix_text: FixText) -> None:
    fixed = fix_text(text, RULE, context=MODULE)
    assert fixed.texts == {".dockerignore": MODULE[".dockerignore"] + "Dockerfile\n"}
    assert [(one.fix.safe, one.fix.assumes) for one in fixed.applied] == [(True, "")]
    assert fixed.settled and not fixed.withdrawn


BUILD = "COPY . .\nRUN go build -o /out/app .\n"
UNSAFE: list[tuple[str, Mapping[str, str], str]] = [
    (HEAD + BUILD, {}, "the image has all of it"),
    (HEAD + BUILD + TAIL + "COPY . /all\n", {}, "the image has a copy of its own"),
    (HEAD + BUILD + "FROM scratch\nCOPY --from=build /src /src\n", {}, "all of it is copied on"),
    (HEAD + BUILD + "FROM scratch\nCOPY --from=build / /\n", {}, "the stage is copied on"),
    (HEAD + BUILD + "FROM scratch\nCOPY --from=build /src/D* /x/\n", {}, "a pattern may take it"),
    (
        HEAD + BUILD + "FROM a AS t\nRUN --mount=from=build,target=/b cat /b/src/Dockerfile\n" + TAIL,
        {},
        "it is mounted",
    ),
    (HEAD + "COPY . .\nRUN make\n" + TAIL, {}, "what make reads is not known"),
    (HEAD + "COPY . .\nRUN go generate ./... && go build -o /out/app .\n" + TAIL, {}, "a generator may read all"),
    (HEAD + "COPY . .\nRUN go run ./gen && go build -o /out/app .\n" + TAIL, {}, "a program of the project runs"),
    (HEAD + "COPY . .\nRUN go test ./... && go build -o /out/app .\n" + TAIL, {}, "a test may read all"),
    (HEAD + "COPY . .\nRUN go vet ./... && go build -o /out/app .\n" + TAIL, {}, "a vet may fail"),
    (HEAD + "COPY . .\nRUN ls -R . > list && go build -o /out/app .\n" + TAIL, {}, "it is listed"),
    (HEAD + "COPY . .\nRUN cp -r . /out && go build -o /out/app .\n" + TAIL, {}, "it is copied"),
    (HEAD + "COPY . .\nRUN go build -o /out/app . && cat Docker* > /out/d\n" + TAIL, {}, "a pattern may name it"),
    (HEAD + "COPY . .\nRUN go build -toolexec ./tool -o /out/app .\n" + TAIL, {}, "a program of the project runs"),
    (HEAD + "COPY . .\nRUN go build -overlay=o.json -o /out/app .\n" + TAIL, {}, "a file says what is read"),
    (HEAD + "COPY . .\nRUN go build $FLAGS -o /out/app .\n" + TAIL, {}, "a variable may be any option"),
    (HEAD + "ENV GOFLAGS=-overlay=o.json\n" + BUILD + TAIL, {}, "options come from the environment"),
    (HEAD + "COPY . .\nRUN GOFLAGS=$X go build -o /out/app .\n" + TAIL, {}, "options come from a variable"),
    (HEAD + 'COPY . .\nRUN go build -ldflags "-X v=$(git describe)" -o /out/app .\n' + TAIL, {}, "git looks at it"),
    (HEAD + BUILD + TAIL, {".git/HEAD": "x"}, "what git says goes into the program"),
    (HEAD + BUILD + TAIL, {"main.go": "package main\n//go:embed *\nvar f embed.FS\n"}, "all is embedded"),
    (HEAD + BUILD + TAIL, {"main.go": "package main\n//go:embed Docker*\nvar f embed.FS\n"}, "it is embedded"),
    (HEAD + BUILD + TAIL, {"y/c.go": 'package x\n// #include "../Dockerfile"\nimport "C"\n'}, "C may include it"),
    (HEAD + BUILD + TAIL, {"Makefile": "b:\n\tdocker build --target build .\n"}, "the stage is built on its own"),
    (
        HEAD + BUILD + TAIL,
        {"compose.yaml": "services: {a: {build: {context: ., target: build}}}\n"},
        "compose builds it",
    ),
    (HEAD + BUILD + "FROM build AS dev\nRUN air\n" + TAIL, {}, "another stage runs something"),
    ("FROM node AS web\nCOPY . /w\nRUN npm ci\n" + HEAD + BUILD + TAIL, {}, "another stage has it, too"),
    ("FROM golang AS build\n" + BUILD + TAIL, {}, "where it lies is not known"),
    (HEAD + 'COPY . .\nRUN ["go", "build", "-toolexec=x"]\n' + TAIL, {}, "a program of the project runs"),
]


@pytest.mark.parametrize(("text", "more", "why"), UNSAFE)
def test_what_may_be_seen_is_kept_out_with_unsafe_only(
    text: str, more: Mapping[str, str], why: str, fix_text: FixText
) -> None:
    context = {**MODULE, **more}
    assert fix_text(text, RULE, context=context).texts == {}, why
    fixed = fix_text(text, RULE, context=context, unsafe=True)
    assert all(not one.fix.safe and one.fix.assumes for one in fixed.applied)
