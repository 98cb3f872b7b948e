"""What the reader makes of texts: instructions, bodies, flags, heredocs, directives, spans."""

from __future__ import annotations

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.dockerfile.syntax import (
    Arg,
    Copy,
    Dockerfile,
    Env,
    From,
    Heredoc,
    Instruction,
    Onbuild,
    Other,
    Run,
    Shell,
    User,
    Workdir,
)
from dcache.analyzer.dockerfile.tokens import tokens
from dcache.analyzer.source import SourceFile, Span


def read(text: str) -> Dockerfile:
    return parse(SourceFile("Dockerfile", text))


def last(text: str) -> Instruction:
    dockerfile = read("FROM a\n" + text)
    assert dockerfile.problems == ()
    return dockerfile.stages[-1].instructions[-1]


def shown(text: str, span: Span) -> str:
    return text[slice(*span)]


def test_stages_have_lower_case_names_and_their_instructions() -> None:
    dockerfile = read("ARG V=1\nFROM a:$V AS One\nRUN x\nfrom --platform=linux/arm64 one as TWO\nFROM scratch\n")
    assert [(stage.index, stage.name, len(stage.instructions)) for stage in dockerfile.stages] == [
        (0, "one", 2),
        (1, "two", 1),
        (2, None, 1),
    ]
    assert [one.keyword for one in dockerfile.preamble] == ["ARG"]
    assert dockerfile.preamble[0].stage == -1
    base = dockerfile.stages[1].instructions[0].body
    assert isinstance(base, From)
    assert (base.image.text, base.name and base.name.text, base.platform) == ("one", "TWO", "linux/arm64")


def test_a_continued_line_loses_comments_and_blank_rows_and_keeps_indentation() -> None:
    text = "RUN a && \\\n  # why\n\n  b \\ \t\n  c  \nUSER me\n"
    run = read("FROM a\n" + text).stages[0].instructions[1]
    assert isinstance(run.body, Run)
    assert run.body.command.text == "a &&   b   c"
    assert run.text == "RUN a &&   b   c"
    assert shown("FROM a\n" + text, run.span) == "RUN a && \\\n  # why\n\n  b \\ \t\n  c"
    assert shown("FROM a\n" + text, run.body.command.span) == "a && \\\n  # why\n\n  b \\ \t\n  c"


def test_a_word_broken_over_rows_spans_from_its_first_to_its_last_character() -> None:
    text = "FROM a\nCO\\\nPY --fr\\\n# c\nom=x a\\\nb c\\\n\nd\n"
    copy = read(text).stages[0].instructions[1]
    assert isinstance(copy.body, Copy)
    assert (copy.keyword, copy.body.from_) == ("COPY", "x")
    assert shown(text, copy.flags[0].span) == "--fr\\\n# c\nom=x"
    assert copy.flags[0].text == "--from=x"
    assert [word.text for word in (*copy.body.sources, copy.body.dest)] == ["ab", "cd"]
    assert shown(text, copy.body.dest.span) == "c\\\n\nd"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run  a\tb ", "RUN  a\tb"),
        ("Copy a b", "COPY a b"),
        ("run\ta b", "RUN\ta b"),
        ("label\tsha=$git_sha", "LABEL\tsha=$git_sha"),
        ("env\v$a b", "ENV\v$a b"),
        ("cop\\\ny\ta b", "COPY\ta b"),
        ("onbuild\trun\ta", "ONBUILD\trun\ta"),
        ("RUN a \\\n && b", "RUN a  && b"),
        ("RUN <<E cat\nx\nE", "RUN <<E cat"),
    ],
)
def test_the_text_has_its_keyword_in_upper_case_and_nothing_else(text: str, expected: str) -> None:
    assert last(text + "\n").text == expected


@pytest.mark.parametrize(
    ("rows", "joined"),
    [
        ("RUN a \\\\\nUSER b", "a \\\\"),  # an escaped backslash joins nothing
        ("RUN a \\\\\\\nUSER b", "a \\\\\\"),  # nor do three of them: the engine looks one character back
        ("RUN a \\ x\nUSER b", "a \\ x"),
        ("RUN a \\\v\nUSER b", "a \\"),
        ("RUN a #\\\nb\nUSER b", "a #b"),
    ],
)
def test_what_continues_a_row(rows: str, joined: str) -> None:
    body = read("FROM a\n" + rows).stages[0].instructions[1].body
    assert isinstance(body, Run)
    assert body.command.text == joined


def test_the_backtick_escapes_where_the_directive_says_so() -> None:
    dockerfile = read("# escape = `\nFROM a\nRUN dir c:\\\nRUN a `\n b\nENV A=b` c\n")
    assert (dockerfile.escape, dockerfile.directives[0][:2]) == ("`", ("escape", "`"))
    texts = [one.text for one in dockerfile.stages[0].instructions]
    assert texts == ["FROM a", "RUN dir c:\\", "RUN a  b", "ENV A=b` c"]
    body = dockerfile.stages[0].instructions[3].body
    assert isinstance(body, Env)
    assert [pair[:2] for pair in body.pairs] == [("A", "b` c")]


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\n# escape=`\n",
        "\n# escape=`\nFROM a\n",
        "# a comment\n# escape=`\nFROM a\n",
        "# unknown=x\n# escape=`\nFROM a\n",
        "#!shebang\n# escape=`\nFROM a\n",
        "// escape=`\nFROM a\n",
    ],
)
def test_a_directive_counts_only_at_the_top(text: str) -> None:
    assert read(text).escape == "\\"


def test_directives_may_follow_one_another() -> None:
    dockerfile = read("#syntax=docker/dockerfile:1\n# check=skip=all\n#  ESCAPE=`\nFROM a\n")
    assert [directive[:2] for directive in dockerfile.directives] == [
        ("syntax", "docker/dockerfile:1"),
        ("check", "skip=all"),
        ("escape", "`"),
    ]


def test_heredocs() -> None:
    text = "FROM a\nCOPY <<one 3<<-'t w' /d/\n\t1\none\n\t\t2\n\tt w\nRUN x\n"
    copy, run = read(text).stages[0].instructions[1:]
    assert isinstance(copy.body, Copy)
    assert [word.text for word in copy.body.sources] == ["<<one", "3<<-'t", "w'"]
    assert copy.heredocs == (
        Heredoc("one", 0, True, False, "\t1\n", Span(32, 35)),
        Heredoc("t w", 3, False, True, "2\n", Span(39, 43)),
    )
    assert shown(text, copy.span).endswith("\tt w")
    assert run.text == "RUN x"


@pytest.mark.parametrize(
    "text",
    [
        'RUN ["<<E"]',
        "RUN '<<E'",
        "RUN cat <<<E",
        "RUN cat <<-",
        "RUN a << ",
        "ENV A=<<E",
        "CMD cat <<E",
        "RUN a\\<<E b'",
        'ONBUILD RUN ["<<E"]',
        "ONBUILD CMD <<E",
    ],
)
def test_no_heredoc(text: str) -> None:
    assert read(f"FROM a\n{text}\nUSER b\n").stages[0].instructions[-1].keyword == "USER"


@pytest.mark.parametrize(
    "text", ["RUN <<E", "RUN << E", "RUN cat <\\\n<E", "ONBUILD COPY <<E /x", "RUN cat <<E \\\n# c\n  -"]
)
def test_a_heredoc(text: str) -> None:
    one, user = read(f"FROM a\n{text}\nUSER b\nE\nUSER c\n").stages[0].instructions[1:]
    assert [heredoc.content for heredoc in one.heredocs] == ["USER b\n"]
    assert user.text == "USER c"


def test_onbuild_has_an_instruction_of_its_own() -> None:
    text = "FROM a\nONBUILD COPY --from=b <<E c /d/\nx\nE\n"
    onbuild = read(text).stages[0].instructions[1]
    assert isinstance(onbuild.body, Onbuild)
    trigger = onbuild.body.trigger
    assert (trigger.keyword, trigger.stage, trigger.index) == ("COPY", 0, 1)
    assert shown(text, trigger.flags[0].span) == "--from=b"
    assert trigger.heredocs == onbuild.heredocs != ()
    assert shown(text, trigger.span) == "COPY --from=b <<E c /d/\nx\nE"


def test_run_has_its_flags() -> None:
    run = last(
        "RUN --mount=type=cache,target=/c --network=none --security=insecure --device=a --device=b,required x -y"
    )
    assert isinstance(run.body, Run)
    assert run.body.command.text == "x -y"
    assert run.body.argv is None
    assert [mount.target for mount in run.body.mounts] == ["/c"]
    assert (run.body.network, run.body.security, run.body.devices) == ("none", "insecure", ("a", "b,required"))


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ('RUN ["a", "b c"]', ("a", "b c")),
        ('RUN  [ "a" , "\\u0062\\n" ] ', ("a", "b\n")),
        ("RUN []", ()),
        ("RUN ['a']", None),
        ('RUN ["a"] && b', None),
        ('RUN ["a",]', None),
        ('RUN ["a"', None),
        ('RUN ["\\ud800"]', ("\ufffd",)),
        ("RUN [ -f x ] || y", None),
        ("RUN", None),
    ],
)
def test_json_and_shell_form(text: str, argv: tuple[str, ...] | None) -> None:
    body = last(text).body
    assert isinstance(body, Run)
    assert body.argv == argv


def test_copy_and_add_have_their_flags() -> None:
    body = last("COPY --from=b --chown=1:2 --chmod=755 --link --parents=true --exclude=x --exclude=y a b /c/").body
    assert isinstance(body, Copy)
    assert (body.from_, body.chown, body.chmod, body.link, body.parents) == ("b", "1:2", "755", True, True)
    assert (body.exclude, body.unpack, body.keep_git_dir, body.json) == (("x", "y"), None, None, False)
    body = last("ADD --keep-git-dir=true --unpack=FALSE --checksum=sha256:0 --link=false http://a/b /c").body
    assert isinstance(body, Copy)
    assert (body.keep_git_dir, body.unpack, body.checksum, body.link) == (True, False, "sha256:0", False)


def test_copy_in_json_form() -> None:
    text = 'FROM a\nCOPY ["a b", "c\\t", "/d"]\n'
    body = read(text).stages[0].instructions[1].body
    assert isinstance(body, Copy)
    assert [word.text for word in body.sources] == ["a b", "c\t"]
    assert shown(text, body.sources[0].span) == '"a b"'
    assert body.json


@pytest.mark.parametrize(
    ("text", "flags", "words"),
    [
        ('COPY --chown="a b" x y', [("chown", "a b")], ["x", "y"]),
        ("COPY --chown=a\\ b x y", [("chown", "a b")], ["x", "y"]),
        ("COPY --link -- --x y", [("link", None)], ["--x", "y"]),
        ("COPY -x y", [], ["-x", "y"]),
        ("COPY x --link y", [], ["x", "--link", "y"]),
        ("COPY --chown=é x y", [("chown", "Ã©")], ["x", "y"]),  # the engine reads flags byte by byte
        ("COPY --chown=1\t\\\n  --link x y", [("chown", "1"), ("link", None)], ["x", "y"]),
    ],
)
def test_flags_end_where_the_engine_ends_them(text: str, flags: list[tuple[str, str | None]], words: list[str]) -> None:
    one = last(text)
    assert isinstance(one.body, Copy)
    assert [(flag.name, flag.value) for flag in one.flags] == flags
    assert [word.text for word in (*one.body.sources, one.body.dest)] == words


@pytest.mark.parametrize(
    ("text", "pairs", "legacy"),
    [
        ("ENV a=b c='d e'", [("a", "b"), ("c", "'d e'")], False),
        ("ENV a  b c=d ", [("a", "b c=d")], True),
        ("ENV a=b\\ c d=", [("a", "b\\ c"), ("d", "")], False),
        ('ENV a="b \\" c" d=e', [("a", '"b \\" c"'), ("d", "e")], False),
        ("ENV a=b\\\\", [("a", "b\\\\")], False),
        ("ENV a=b=c", [("a", "b=c")], False),
        ("ENV a=b \\\n  # c\n  d=e", [("a", "b"), ("d", "e")], False),
        ("ENV a=b \\", [("a", "b")], False),
    ],
)
def test_env(text: str, pairs: list[tuple[str, str]], legacy: bool) -> None:
    body = last(text).body
    assert isinstance(body, Env)
    assert ([pair[:2] for pair in body.pairs], body.legacy) == (pairs, legacy)


def test_arg() -> None:
    body = last('ARG a b= c="d e"').body
    assert isinstance(body, Arg)
    assert [pair[:2] for pair in body.pairs] == [("a", None), ("b", ""), ("c", '"d e"')]


def test_the_others() -> None:
    workdir = last("WORKDIR /a b ").body
    assert isinstance(workdir, Workdir)
    assert workdir.path.text == "/a b"
    user = last("USER $U").body
    assert isinstance(user, User)
    assert user.user.text == "$U"
    assert last('SHELL ["/bin/bash", "-c"]').body == Shell(("/bin/bash", "-c"))
    label = last('LABEL a=b "c d"="e f"').body
    assert isinstance(label, Other)
    assert [pair[:2] for pair in label.pairs] == [("a", "b"), ('"c d"', '"e f"')]
    health = last('HEALTHCHECK --interval=5s CMD ["a", "b"]').body
    assert isinstance(health, Other)
    assert ([word.text for word in health.words], health.argv) == (["CMD", "a", "b"], ("a", "b"))
    expose = last("EXPOSE 80  81/tcp").body
    assert isinstance(expose, Other)
    assert [word.text for word in expose.words] == ["80", "81/tcp"]
    volume = last('VOLUME ["/a b"]').body
    assert isinstance(volume, Other)
    assert ([word.text for word in volume.words], volume.argv) == (["/a b"], ("/a b",))


def test_silences_are_comments_that_ask_a_linter_to_be_quiet() -> None:
    text = (
        "# check=skip=all\nFROM a\n# hadolint ignore=DL3008\nRUN a \\\n  # hadolint global ignore=DL3009\n  b\n"
        "  # dcache allow order/copy-before-install: why\n#checkov:skip=CKV_1: x\n# check=error=true\n"
        "# install what we need, ignore the rest\n# the tests disable it\nRUN <<E\n# hadolint ignore=DL1\nE\n"
    )
    dockerfile = read(text)
    assert [silence.text for silence in dockerfile.silences] == [
        "# hadolint ignore=DL3008",
        "# hadolint global ignore=DL3009",
        "# dcache allow order/copy-before-install: why",
        "#checkov:skip=CKV_1: x",
        "# check=error=true",
    ]
    assert all(shown(text, silence.span) == silence.text for silence in dockerfile.silences)


def test_tokens() -> None:
    text = "# escape=`\r\n\r\n# c\nFROM a AS b\nRUN --network=none a `\n #x\n\n b\nONBUILD RUN <<E\nq\nE"
    found = [(token.kind, token.text) for token in tokens(read(text))]
    assert found == [
        ("directive", "# escape=`"),
        ("newline", "\r\n"),
        ("blank", "\r\n"),
        ("comment", "# c"),
        ("newline", "\n"),
        *(("keyword", "FROM"), ("space", " "), ("argument", "a"), ("space", " "), ("argument", "AS"), ("space", " ")),
        *(("argument", "b"), ("newline", "\n")),
        *(("keyword", "RUN"), ("space", " "), ("flag", "--network=none"), ("space", " "), ("argument", "a ")),
        *(("continuation", "`\n"), ("space", " "), ("comment", "#x"), ("newline", "\n"), ("blank", "\n")),
        *(("argument", " b"), ("newline", "\n")),
        *(("keyword", "ONBUILD"), ("space", " "), ("keyword", "RUN"), ("space", " "), ("argument", "<<E")),
        *(("newline", "\n"), ("heredoc", "q\n"), ("terminator", "E")),
    ]
