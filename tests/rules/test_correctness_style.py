"""Checks that BuildKit or hadolint have, case by case: what is reported, and what must not be, each with its reason."""

from __future__ import annotations

import pytest

from .conftest import Lint

FROM = "FROM alpine:3.20\n"

# rule, text, the texts that are reported
FOUND = [
    ("correctness/add-instead-of-copy", FROM + "ADD $FILE /a\n", ["ADD"]),
    ("correctness/base-platform-mismatch", "FROM --platform=linux/aarch64 amd64/debian:12\n", ["amd64/debian:12"]),
    ("correctness/constant-platform", "FROM --platform=amd64 alpine AS build\n", ["--platform=amd64"]),
    (
        "correctness/constant-platform",
        "FROM --platform=linux/amd64 alpine AS build-amd64\n",
        ["--platform=linux/amd64"],
    ),
    ("correctness/copy-from-itself", "FROM alpine AS A\nCOPY --from=a /x /y\n", ["--from=a"]),
    ("correctness/empty-continuation", FROM + "RUN a \\\n\n\n", ["\n"]),
    ("correctness/empty-continuation", FROM + "RUN a \\\n \t\n b \\\n\n c\nRUN d\n", [" \t\n"]),
    ("correctness/empty-continuation", "# escape=`\n" + FROM + "RUN a `\n\n  b\n", ["\n"]),
    ("correctness/env-reads-itself", FROM + "ENV A=1 B=$A C=${A}x\n", ["B=$A", "C=${A}x"]),
    ("correctness/exposed-host-port", FROM + "ARG P=8080:80\nEXPOSE $P\n", ["$P"]),
    ("correctness/invalid-default-arg-in-from", "FROM Alpine\n", ["Alpine"]),
    ("correctness/overridden-instruction", FROM + "CMD a\nCMD b\nCMD c\n", ["CMD a", "CMD b"]),
    ("correctness/overridden-instruction", FROM + "cmd a\nCMD b\n", ["cmd a"]),
    ("correctness/relative-workdir", FROM + "WORKDIR a\nFROM b:1\nWORKDIR b\n", ["a", "b"]),
    ("correctness/shell-form-command", FROM + "HEALTHCHECK --retries=3 CMD curl localhost\n", ["curl localhost"]),
    ("correctness/shell-form-command", FROM + "CMD [\"a\", 'b']\n", ["[\"a\", 'b']"]),
    ("correctness/syntax-error", "RUN true\nFROM alpine\n", ["RUN true"]),
    ("correctness/syntax-error", FROM + "ONBUILD FROM alpine\n", ["FROM alpine"]),
    ("correctness/undeclared-arg-in-from", "FROM --platform=$PLATFROM alpine\n", ["--platform=$PLATFROM"]),
    ("correctness/undefined-variable", "FROM scratch\nLABEL a=$B\nUSER $U\n", ["a=$B", "$U"]),
    ("correctness/unknown-copy-source", FROM + "COPY --from=1 /a /a\n", ["--from=1"]),
    ("labels/invalid-key", FROM + "LABEL a-=1 1a=2 io.docker.x=3\n", ["a-=1", "1a=2", "io.docker.x=3"]),
    ("security/root-user", FROM + "USER root\nFROM alpine:3.20\nUSER 0\n", ["root", "0"]),
    ("security/secret-in-arg-or-env", FROM + "ENV A=1 Api_Key=2 GH_TOKEN=3\n", ["Api_Key=2", "GH_TOKEN=3"]),
    ("style/archive-copied", FROM + "COPY a.tgz b.tgz /t/\nRUN tar -C / -xf /t/b.tgz\n", ["b.tgz"]),
    ("style/archive-copied", FROM + "COPY a.bin /t/a.zst\nRUN tar xf /t/a.zst\n", ["a.bin"]),
    ("style/as-case", "FROM alpine As builder\n", ["As"]),
    ("style/legacy-key-value", FROM + "ENV a\\\n b\n", ["a\\\n b"]),
    (
        "style/redundant-target-platform",
        'FROM --platform="${TARGETPLATFORM}" alpine\n',
        ['--platform="${TARGETPLATFORM}"'],
    ),
    ("stages/whole-filesystem-copied", 'FROM b AS a\nRUN x\nFROM c\nCOPY --from=a ["/", "/"]\n', ['"/"']),
]

# rule, text, why nothing is reported
SILENT = [
    ("correctness/add-instead-of-copy", FROM + "ADD --unpack=false a /a\n", "COPY cannot unpack"),
    ("correctness/add-instead-of-copy", FROM + "ENV A=x.tar.gz\nADD $A /a\n", "the variable is an archive's name"),
    ("correctness/add-instead-of-copy", FROM + 'ADD ["a.tar", "/a"]\n', "an archive in JSON"),
    ("correctness/add-instead-of-copy", FROM + "ADD HTTPS.tar /a\n", "an archive whose name looks like a scheme"),
    ("correctness/base-platform-mismatch", "FROM --platform=linux/amd64 alpine\n", "only the registry knows"),
    ("correctness/base-platform-mismatch", "FROM --platform=$P arm64v8/alpine\n", "the platform is not known"),
    ("correctness/constant-platform", FROM, "no platform"),
    (
        "correctness/copy-from-itself",
        "FROM alpine AS a\nFROM debian AS a\nCOPY --from=a /x /y\n",
        "it is the earlier one",
    ),
    ("correctness/copy-from-itself", "FROM alpine\nCOPY --from=alpine /x /y\n", "an image, not the stage"),
    ("correctness/destination-without-slash", FROM + "COPY a /b\n", "one source is renamed"),
    ("correctness/destination-without-slash", FROM + "ADD a b /c\n", "only COPY is checked, as in hadolint"),
    ("correctness/duplicate-stage-name", "FROM a:1 AS b\nFROM b:1 AS c\n", "an image of that name is no stage"),
    ("correctness/empty-continuation", FROM + "RUN a \\\n# b\n  c\n\nRUN d\n", "a comment is no blank line"),
    ("correctness/empty-continuation", FROM + "RUN a \\\n", "the file ends, no line is blank"),
    ("correctness/empty-continuation", FROM + "RUN cat <<E\n\n\\\n\nE\n", "a heredoc may have blank lines"),
    ("correctness/empty-continuation", FROM + "RUN a\n\n\n", "blank lines behind an instruction"),
    ("correctness/empty-continuation", FROM + "RUN a \\\\\n\n", "a doubled backslash continues nothing"),
    ("correctness/env-reads-itself", FROM + "ENV A=1 B='$A'\n", "single quotes: no variable"),
    ("correctness/env-reads-itself", FROM + "ENV A=1 B=\\$A\n", "escaped: no variable"),
    ("correctness/env-reads-itself", FROM + "ENV A=1 B=$AB\n", "another variable"),
    ("correctness/env-reads-itself", FROM + "ENV A 1 B=$A\n", "one pair, in the old form"),
    ("correctness/exposed-host-port", FROM + "EXPOSE $P\n", "the base image may define it"),
    ("correctness/exposed-host-port", FROM + "ONBUILD EXPOSE 1:2\n", "judged where it runs"),
    ("correctness/healthcheck-missing", "FROM a:1 AS x\nFROM b:1\nHEALTHCHECK NONE\n", "x is no image of its own"),
    ("correctness/invalid-default-arg-in-from", "ARG A=b:1\nFROM $A\n", "the default is an image"),
    ("correctness/invalid-default-arg-in-from", "FROM a.example:5000/b/c@sha256:" + "0" * 64 + "\n", "port and digest"),
    ("correctness/invalid-default-arg-in-from", "FROM alpine:${x\n", "the text cannot be expanded: another error"),
    ("correctness/overridden-instruction", FROM + "CMD a\nFROM b:1\nCMD b\n", "another stage"),
    ("correctness/overridden-instruction", FROM + "ENTRYPOINT a\nRUN b\nCMD c\n", "each of them once"),
    ("correctness/port-out-of-range", FROM + "EXPOSE 65535/udp 1-2\n", "they exist"),
    ("correctness/port-out-of-range", FROM + "EXPOSE ${PORT:-80}\n", "the default exists"),
    ("correctness/relative-copy-destination", FROM + "ADD a b\n", "only COPY is checked, as in hadolint"),
    ("correctness/relative-copy-destination", FROM + "COPY a C:/b\n", "absolute on Windows"),
    ("correctness/relative-copy-destination", FROM + 'COPY a "/b"\n', "absolute in quotes"),
    ("correctness/relative-copy-destination", FROM + "WORKDIR $X\nCOPY a b\n", "a WORKDIR, whatever it is"),
    ("correctness/relative-workdir", FROM + "WORKDIR $A/b\n", "the base image may define it"),
    ("correctness/relative-workdir", FROM + "ENV A=/x\nWORKDIR $A/b\n", "absolute by a variable"),
    ("correctness/relative-workdir", FROM + "WORKDIR 'c:\\a'\n", "absolute on Windows"),
    ("correctness/relative-workdir", FROM + "ONBUILD WORKDIR a\n", "judged where it runs"),
    ("correctness/reserved-stage-name", "FROM alpine AS contexts\n", "another word"),
    ("correctness/shell-form-command", FROM + "HEALTHCHECK NONE\n", "no command"),
    ("correctness/shell-form-command", FROM + 'CMD [ "\\/a" ]\n', "JSON may escape a slash"),
    ("correctness/shell-form-command", FROM + 'ENTRYPOINT ["a",\\\n"b"]\n', "JSON over two lines"),
    ("correctness/syntax-error", FROM + "RUN <<E cat\na\nE\nUSER 1\n", "a heredoc with an instruction right behind it"),
    ("correctness/syntax-error", "# ESCAPE=`\n" + FROM + "RUN a `\n b\n", "a directive in capitals"),
    ("correctness/undeclared-arg-in-from", "FROM --platform=${BUILDPLATFORM} a:$TARGETARCH\n", "both are predefined"),
    ("correctness/undeclared-arg-in-from", "ARG A\nFROM a:${A:-1}\n", "declared, if empty"),
    ("correctness/undeclared-arg-in-from", "FROM a:\\$B\n", "no variable"),
    ("correctness/undefined-variable", "FROM scratch\nCOPY \\$A /b\n", "no variable"),
    ("correctness/undefined-variable", "FROM scratch\nARG A\nFROM alpine\nUSER $B\n", "another stage, on an image"),
    ("correctness/undefined-variable", "FROM scratch\nRUN echo $A\n", "the shell of a RUN reads its own variables"),
    ("correctness/unknown-copy-source", FROM + "FROM b:1\nCOPY --from=0 /a /a\n", "by number"),
    ("correctness/unknown-copy-source", FROM + "COPY --from=a/b@sha256:0 /a /a\n", "an image with a digest"),
    ("labels/invalid-key", FROM + "LABEL com.dockerish.a=1 a_b/c.d-e=2\n", "valid"),
    ("security/named-user", FROM + "ARG U=app\nUSER $U\n", "an ARG, whatever it is"),
    ("security/named-user", FROM + "USER 65534:nogroup\n", "the user is a number"),
    ("security/root-user", FROM + "USER root\nUSER app\n", "root only between"),
    ("security/root-user", FROM + "ONBUILD USER root\n", "judged where it runs"),
    ("security/secret-in-arg-or-env", FROM + "ARG KEYS AUTHOR TOKENIZER_PATH\n", "other words"),
    ("security/secret-in-arg-or-env", FROM + "ENV GPG_KEY_VERSION=1 PUBLIC_KEY=2\n", "words that say it is none"),
    ("style/archive-copied", FROM + "COPY a.tgz /t/\nRUN tar tf /t/a.tgz\n", "listed, not unpacked"),
    ("style/archive-copied", FROM + "COPY a.tgz /t/\nRUN tar xf /t/b.tgz\n", "another archive"),
    ("style/archive-copied", FROM + "RUN tar xf /a.tgz\nCOPY a.tgz /\n", "copied afterwards"),
    ("style/keyword-case", "FROM alpine\nRUN Run\n", "an argument"),
    ("style/legacy-key-value", FROM + "ARG A B\n", "ARG has no such form"),
    ("style/legacy-key-value", FROM + 'LABEL "a b"="c"\n', "a key in quotes"),
    ("style/protocol-case", FROM + "EXPOSE 80\n", "no protocol"),
    ("style/redundant-target-platform", "FROM --platform=$TARGETPLATFORM$X alpine\n", "put together"),
    ("stages/whole-filesystem-copied", FROM + "COPY --from=a:1 /a /\n", "a directory"),
    ("stages/whole-filesystem-copied", "FROM b AS a\nRUN x\nFROM scratch\nCOPY --from=a / /\n", "one layer of all"),
    ("stages/whole-filesystem-copied", FROM + "COPY --from=a:1 / /\n", "perhaps an image to be laid over others"),
    ("pinning/base-untagged", "FROM scratch AS a\nFROM a\nFROM $X\n", "nothing, a stage, and not known"),
    ("pinning/base-untagged", "FROM localhost:5000/a:1\n", "a port and a tag"),
    ("pinning/base-latest", "FROM a:latest-1\nFROM latest:1\n", "other tags"),
    (
        "pinning/external-copy-from-unpinned",
        FROM + "COPY --from=tools /a /\n",
        "perhaps a context",
    ),
]


@pytest.mark.parametrize(("rule", "text", "marked"), FOUND, ids=[f"{one[0]}-{at}" for at, one in enumerate(FOUND)])
def test_found(rule: str, text: str, marked: list[str], lint_text: Lint) -> None:
    report = lint_text(text, rule)
    assert not report.crashes
    assert [text[one.primary.start : one.primary.end] for one in report.diagnostics] == marked


@pytest.mark.parametrize(("rule", "text", "why"), SILENT, ids=[f"{one[0]}-{one[2]}" for one in SILENT])
def test_silent(rule: str, text: str, why: str, lint_text: Lint) -> None:
    report = lint_text(text, rule)
    assert not report.crashes
    assert [one.sentence for one in report.diagnostics] == [], why


# text, rule, the aliases of its findings: what each stands for
ALIASES = [
    ("correctness/constant-platform", "FROM --platform=linux/amd64 a AS amd64\n", [("DL3029",)]),
    ("correctness/relative-workdir", FROM + "WORKDIR /a\nWORKDIR b\n", [("DL3000",)]),
    ("correctness/shell-form-command", FROM + 'SHELL ["bash"]\nCMD a\n', [("DL3025",)]),
    ("correctness/syntax-error", FROM + "ONBUILD ONBUILD RUN a\n", [("DL3043",)]),
    ("correctness/syntax-error", "USER a\nFROM alpine\n", [("DL3061",)]),
    ("pinning/base-untagged", "ARG A=alpine\nFROM $A\n", [()]),
    (
        "security/secret-in-arg-or-env",
        "ARG A_TOKEN\nFROM alpine\nENV A_KEY=1\n",
        [("DL3064",), ("SecretsUsedInArgOrEnv",)],
    ),
]


@pytest.mark.parametrize(("rule", "text", "aliases"), ALIASES, ids=[f"{one[0]}-{at}" for at, one in enumerate(ALIASES)])
def test_a_finding_has_the_aliases_of_the_checks_that_it_stands_for(
    rule: str, text: str, aliases: list[tuple[str, ...]], lint_text: Lint
) -> None:
    assert [one.aliases for one in lint_text(text, rule).diagnostics] == aliases
