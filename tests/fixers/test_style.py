"""The cures of style, text by text."""

from __future__ import annotations

import pytest

from .conftest import FixText

PHP = """\
FROM debian:12
ENV PHPIZE_DEPS \\
\t\tautoconf \\
# the compiler
\t\tg++ \\

\t\tmake
RUN echo $PHPIZE_DEPS
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ENV PORT 80\n", "ENV PORT=80\n"),
        ("env PORT\t80", "env PORT=80"),
        ("ENV A b c  d \n", 'ENV A="b c  d" \n'),
        ("ENV A \\\n  b\n", "ENV A=b\n"),
        ("ENV A \\\r\n  b \\\r\n  c\r\n", 'ENV A="b \\\r\n  c"\r\n'),
        ("ENV A $B:/x\n", "ENV A=$B:/x\n"),
        ("ENV A ${B:-x y} z\n", 'ENV A="${B:-x y} z"\n'),
        ('ENV A "b c"\n', 'ENV A="b c"\n'),
        ("ENV A 'b c'\n", "ENV A='b c'\n"),
        ("ENV A b\\ c\n", "ENV A=b\\ c\n"),
        ("ENV A b=c d\n", 'ENV A="b=c d"\n'),
        ("ENV A b 'c\n", "ENV A b 'c\n"),
        ("LABEL a.b/c  me <me@x>\n", 'LABEL a.b/c="me <me@x>"\n'),
        ("ENV A 1\nENV B 2 3\n", 'ENV A=1\nENV B="2 3"\n'),
    ],
)
def test_a_key_and_its_value(before: str, after: str, fix_text: FixText) -> None:
    one = fix_text("FROM debian:12\n" + before, "style/legacy-key-value")
    assert one.texts.get("Dockerfile", "FROM debian:12\n" + before) == "FROM debian:12\n" + after
    assert not one.withdrawn and all(applied.fix.safe for applied in one.applied)


def test_a_value_of_many_lines_keeps_its_comments(fix_text: FixText) -> None:
    text = fix_text(PHP, "style/legacy-key-value").texts["Dockerfile"]
    assert text == PHP.replace("PHPIZE_DEPS \\\n\t\tautoconf", 'PHPIZE_DEPS="autoconf').replace("make", 'make"')


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("quotes inside quotes would have to be escaped", "ENV A b \"c d\" e'f'\n"),
        ("the value's space is escaped and not", "ENV A b\\ c d\n"),
        ("an unclosed quote is refused as it is", 'ENV A b "c\n'),
        ("a comment stands between key and value", "ENV A \\\n# why\n  b\n"),
        ("the key has a variable in it", "ENV A$B c\n"),
        ("the key is quoted", 'ENV "A" b c\n'),
        ("a trigger runs in the builds of others", "ONBUILD ENV A b\n"),
        ("it has an equals sign", "ENV A=b C=d\n"),
        ("a label has an equals sign", 'LABEL "a b"=c\n'),
    ],
)
def test_values_that_are_left_alone(why: str, text: str, fix_text: FixText) -> None:
    assert not fix_text("FROM debian:12\n" + text, "style/legacy-key-value", unsafe=True).texts, why


def test_another_escape_character(fix_text: FixText) -> None:
    text = "# escape=`\nFROM windows\nENV A `\n  c:\\x d\n"
    fixed = fix_text(text, "style/legacy-key-value").texts["Dockerfile"]
    assert fixed == '# escape=`\nFROM windows\nENV A="c:\\x d"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM a:1 as b\n", "FROM a:1 AS b\n"),
        ("from a:1 AS b", "from a:1 as b"),
        (
            "FROM a:1 \\\n# as it was\n  as \\\n# as said\n  asas\n",
            "FROM a:1 \\\n# as it was\n  AS \\\n# as said\n  asas\n",
        ),
        ("FROM as:1 as as\n", "FROM as:1 AS as\n"),
        ("FROM a:1 \\\n# \u0130\u0130\n  as b\n", "FROM a:1 \\\n# \u0130\u0130\n  AS b\n"),
    ],
)
def test_as_gets_the_case_of_from(before: str, after: str, fix_text: FixText) -> None:
    assert fix_text(before, "style/as-case").texts["Dockerfile"] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("MAINTAINER me\n", 'LABEL org.opencontainers.image.authors="me"\n'),
        ("maintainer  Me <me@x>  \r\n", 'label org.opencontainers.image.authors="Me <me@x>"  \r\n'),
        ('MAINTAINER "Me"', 'LABEL org.opencontainers.image.authors="Me"'),
        ('MAINTAINER Me "the" \\$1\n', 'LABEL org.opencontainers.image.authors="Me \\"the\\" \\\\\\$1"\n'),
    ],
)
def test_a_maintainer_becomes_a_label(before: str, after: str, fix_text: FixText) -> None:
    text = "FROM debian:12\n" + before
    assert fix_text(text, "style/maintainer", unsafe=True).texts["Dockerfile"] == "FROM debian:12\n" + after
    assert not fix_text(text, "style/maintainer").texts


@pytest.mark.parametrize("text", ["MAINTAINER a \\\n  b\n", "MAINTAINER a \\\n# c\n b\n", "LABEL maintainer=me\n"])
def test_maintainers_that_are_left_alone(text: str, fix_text: FixText) -> None:
    assert not fix_text("FROM debian:12\n" + text, "style/maintainer", unsafe=True).texts


@pytest.mark.parametrize(
    ("before", "after"),
    [("80 53/UDP", "80 53/udp"), ("53/Udp \\\n  54/TCP", "53/udp \\\n  54/tcp"), ("7000-7009/UDP", "7000-7009/udp")],
)
def test_a_protocol_is_written_small(before: str, after: str, fix_text: FixText) -> None:
    text = f"FROM debian:12\nEXPOSE {before}\n"
    assert fix_text(text, "style/protocol-case").texts["Dockerfile"] == f"FROM debian:12\nEXPOSE {after}\n"


@pytest.mark.parametrize(
    "text", ["ENV P=53/UDP\nEXPOSE $P", 'EXPOSE "53/UDP"', "EXPOSE 53/udp", "ONBUILD EXPOSE 53/UDP"]
)
def test_protocols_that_are_left_alone(text: str, fix_text: FixText) -> None:
    assert not fix_text(f"FROM debian:12\n{text}\n", "style/protocol-case", unsafe=True).texts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM --platform=$TARGETPLATFORM a:1\n", "FROM a:1\n"),
        ("from  --platform=${TARGETPLATFORM}\t a:1 as b", "from  a:1 as b"),
    ],
)
def test_the_target_platform_is_left_out(before: str, after: str, fix_text: FixText) -> None:
    assert fix_text(before, "style/redundant-target-platform").texts["Dockerfile"] == after


@pytest.mark.parametrize(
    "text",
    [
        "FROM --platform=$BUILDPLATFORM a:1\n",
        "ARG TARGETPLATFORM=linux/amd64\nFROM --platform=$TARGETPLATFORM a:1\n",
        "ARG TARGETPLATFORM\nFROM --platform=$TARGETPLATFORM a:1\n",
        "FROM --platform=$TARGETPLATFORM \\\n  a:1\n",
        "FROM --platform=linux/$TARGETARCH a:1\n",
    ],
)
def test_platforms_that_are_left_alone(text: str, fix_text: FixText) -> None:
    assert not fix_text(text, "style/redundant-target-platform", unsafe=True).texts


def test_a_stage_is_renamed_where_it_is_named(fix_text: FixText) -> None:
    text = """\
FROM debian:12 AS Build
RUN make
FROM debian:12 AS run
COPY --chown=1 --from=Build /Build /Build
COPY --from=Builder /a /b
RUN --mount=type=bind,from=Build,target=/Build ls /Build
RUN --mount=type=bind,target=/x,from=Build ls
COPY --from=build /c /c
ONBUILD COPY --from=Build /d /d
"""
    fixed = fix_text(text, "style/stage-name-case").texts["Dockerfile"]
    assert fixed == text.replace("AS Build\n", "AS build\n").replace("--from=Build ", "--from=build ").replace(
        ",from=Build", ",from=build"
    ).replace("ONBUILD COPY --from=build", "ONBUILD COPY --from=Build")


def test_a_keyword_gets_the_case_of_the_others(fix_text: FixText) -> None:
    text = "from debian:12\nrun a\nRUN b \\\n  RUN\nworkdir /x"
    assert fix_text(text, "style/keyword-case").texts["Dockerfile"] == text.replace("RUN b", "run b")
