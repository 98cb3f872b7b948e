"""The cures of what instructions do not do, text by text."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .conftest import FixText

HEAD = "FROM debian:12\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN a \\\n\n  && b\n", "RUN a \\\n  && b\n"),
        ("RUN a \\\n\n# why\n\n\n  && b \\\n \t \n  && c", "RUN a \\\n# why\n  && b \\\n  && c"),
        ("RUN a \\\r\n\r\n  && b\r\n", "RUN a \\\r\n  && b\r\n"),
        ("ENV A=1 \\\n\n  B=2\nRUN x \\\n\n  y\n", "ENV A=1 \\\n  B=2\nRUN x \\\n  y\n"),
        ("RUN cat <<E \\\n\n  && x\n\na\nE\n", "RUN cat <<E \\\n  && x\n\na\nE\n"),
    ],
)
def test_blank_lines_go(before: str, after: str, fix_text: FixText) -> None:
    assert fix_text(HEAD + before, "correctness/empty-continuation").texts["Dockerfile"] == HEAD + after


@pytest.mark.parametrize("text", ["RUN a\n\n\nRUN b\n", "RUN <<E\na\n\nb\nE\n", "RUN a \\\n# c\n  && b\n"])
def test_blank_lines_that_mean_nothing_stay(text: str, fix_text: FixText) -> None:
    assert not fix_text(HEAD + text, "correctness/empty-continuation").texts


@pytest.mark.parametrize(
    ("before", "after"),
    [("8080:80", "80"), ("1 127.0.0.1:80:80/udp", "1 80/udp"), ("8000-8001:80-81/tcp", "80-81/tcp"), (":80", "80")],
)
def test_a_port_of_the_host_goes(before: str, after: str, fix_text: FixText) -> None:
    fixed = fix_text(f"{HEAD}EXPOSE {before}\n", "correctness/exposed-host-port")
    assert fixed.texts["Dockerfile"] == f"{HEAD}EXPOSE {after}\n"


@pytest.mark.parametrize("text", ["ENV P=1:2\nEXPOSE $P", 'EXPOSE "1:2"', "EXPOSE [::1]:80:80", "EXPOSE 80"])
def test_ports_that_are_left_alone(text: str, fix_text: FixText) -> None:
    assert not fix_text(f"{HEAD}{text}\n", "correctness/exposed-host-port", unsafe=True).texts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('CMD ["a"]\n# b\nCMD ["b"]', '# b\nCMD ["b"]'),
        ('# a\nCMD ["a"]\n\nRUN x\nCMD ["b"]\n', '\nRUN x\nCMD ["b"]\n'),
        ('\n# a\nCMD ["a"]\n\nRUN x\nCMD ["b"]\n', '\nRUN x\nCMD ["b"]\n'),
        ("ENTRYPOINT a \\\n  # c\n  b\nCMD c\nENTRYPOINT d\n", "CMD c\nENTRYPOINT d\n"),
        ('CMD a\nENTRYPOINT ["x"]\nCMD b\nCMD c\n', 'ENTRYPOINT ["x"]\nCMD c\n'),
        ("HEALTHCHECK --interval=5s CMD a\nHEALTHCHECK NONE\n", "HEALTHCHECK NONE\n"),
    ],
)
def test_what_does_not_count_goes(before: str, after: str, fix_text: FixText) -> None:
    fixed = fix_text(HEAD + before, "correctness/overridden-instruction")
    assert fixed.texts["Dockerfile"] == HEAD + after
    assert not fixed.withdrawn


@pytest.mark.parametrize("text", ["CMD a\nENTRYPOINT b\n", "CMD a\nFROM debian:12\nCMD b\n", "ONBUILD CMD a\nCMD b\n"])
def test_what_counts_stays(text: str, fix_text: FixText) -> None:
    assert not fix_text(HEAD + text, "correctness/overridden-instruction", unsafe=True).texts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("COPY a b /app", "COPY a b /app/"),
        ('COPY ["a", "b", "/my app"]\n', 'COPY ["a", "b", "/my app/"]\n'),
        ("copy a \\\n  # c\n  b \\\n  .\n", "copy a \\\n  # c\n  b \\\n  ./\n"),
    ],
)
def test_a_directory_ends_in_a_slash(before: str, after: str, fix_text: FixText) -> None:
    fixed = fix_text(HEAD + before, "correctness/destination-without-slash")
    assert fixed.texts["Dockerfile"] == HEAD + after


@pytest.mark.parametrize(
    "text", ['COPY a b "/app"', "COPY a b $DEST", "COPY a b /app/", "COPY a* /app", "ONBUILD COPY a b /app"]
)
def test_destinations_that_are_left_alone(text: str, fix_text: FixText) -> None:
    assert not fix_text(HEAD + text, "correctness/destination-without-slash", unsafe=True).texts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM a:1\nWORKDIR /a\nWORKDIR b\nWORKDIR ../c", "FROM a:1\nWORKDIR /a\nWORKDIR /a/b\nWORKDIR /a/c"),
        ("FROM scratch\nWORKDIR app\nCOPY a .\n", "FROM scratch\nWORKDIR /app\nCOPY a .\n"),
        (
            "FROM a:1 AS x\nWORKDIR /a\nFROM x\nworkdir \\\n  b\n",
            "FROM a:1 AS x\nWORKDIR /a\nFROM x\nworkdir \\\n  /a/b\n",
        ),
    ],
)
def test_a_directory_is_written_in_full(before: str, after: str, fix_text: FixText) -> None:
    fixed = fix_text(before, "correctness/relative-workdir")
    assert fixed.texts["Dockerfile"] == after
    assert all(one.fix.safe for one in fixed.applied)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("only the base image tells the directory", "FROM a:1\nWORKDIR app\n"),
        ("a variable is part of the path", "FROM a:1\nWORKDIR /a\nENV B=b\nWORKDIR $B\n"),
        ("the path is quoted", 'FROM a:1\nWORKDIR /a\nWORKDIR "b c"\n'),
        ("the directory before it is not known", "FROM a:1\nWORKDIR /$X\nWORKDIR b\n"),
    ],
)
def test_directories_that_are_left_alone(why: str, text: str, fix_text: FixText) -> None:
    assert not fix_text(text, "correctness/relative-workdir", unsafe=True).texts, why


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a app/", "a /app/"),
        ("a app", "a /app"),
        (". .", ". /"),
        ("a ./x/.", "a /x/"),
        ("--chown=1 a b/../c", "--chown=1 a /c"),
    ],
)
def test_a_destination_is_written_in_full(before: str, after: str, fix_text: FixText) -> None:
    fixed = fix_text(f"FROM scratch\nCOPY {before}\n", "correctness/relative-copy-destination")
    assert fixed.texts["Dockerfile"] == f"FROM scratch\nCOPY {after}\n"


@pytest.mark.parametrize(
    "text", ["FROM a:1\nCOPY a app/\n", "FROM scratch\nCOPY a $B\n", 'FROM scratch\nCOPY ["a", "b"]\n']
)
def test_relative_destinations_that_are_left_alone(text: str, fix_text: FixText) -> None:
    assert not fix_text(text, "correctness/relative-copy-destination", unsafe=True).texts


FILES = {"app.py": "x", "src/a": "x", "big": "x" * 600, "zipped": "\x1f", "b/c.tar": "x"}


@pytest.mark.parametrize(
    ("before", "after", "context"),
    [
        ("ADD . /app\n", "COPY . /app\n", None),
        ("add --chown=1:1 --link ./ \\\n  # all\n  /app", "copy --chown=1:1 --link ./ \\\n  # all\n  /app", None),
        ("ADD app.py src big /app/\n", "COPY app.py src big /app/\n", FILES),
        ('ADD ["app.py", "/app/"]\n', 'COPY ["app.py", "/app/"]\n', FILES),
        ("ADD *.py s* /app/\n", "COPY *.py s* /app/\n", FILES),
    ],
)
def test_add_becomes_copy(before: str, after: str, context: Mapping[str, str] | None, fix_text: FixText) -> None:
    fixed = fix_text(HEAD + before, "correctness/add-instead-of-copy", context=context)
    assert fixed.texts["Dockerfile"] == HEAD + after


def test_add_of_what_is_not_known_is_not_safe(fix_text: FixText) -> None:
    text = HEAD + "ADD app.py src /app/\n"
    assert not fix_text(text, "correctness/add-instead-of-copy").texts
    (one,) = fix_text(text, "correctness/add-instead-of-copy", unsafe=True).applied
    assert one.fix.assumes == "`app.py`, `src` is no archive"


class _Archive(str):
    """A text whose bytes are those of an archive."""

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        import io
        import tarfile

        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            archive.addfile(tarfile.TarInfo("x"))
        return held.getvalue()


class _Zipped(str):
    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\x1f\x8b\x08\0"


@pytest.mark.parametrize(
    ("why", "text", "context"),
    [
        ("the file is an archive", "ADD app /app\n", {"app": _Archive("x" * 10240)}),
        ("the file is compressed", "ADD app /app\n", {"app": _Zipped("x")}),
        ("one that a pattern names is", "ADD a* /app/\n", {"app": _Archive("x"), "ab": "x"}),
        ("one of two may be unpacked", "ADD app.py b.tar /app/\n", None),
        ("COPY has no such flag", "ADD --checksum=sha256:00 app /app\n", None),
        ("a source is an address", "ADD app https://example.com/x /app/\n", None),
        ("a source is a variable", "ARG A\nADD $A x /app/\n", None),
        ("it unpacks what it is told to", "ADD --unpack=true app /app\n", None),
        ("a trigger runs in the builds of others", "ONBUILD ADD . /app\n", None),
        ("a heredoc is no file of the context", "ADD <<E a /x/\nx\nE\n", None),
    ],
)
def test_adds_that_stay(why: str, text: str, context: Mapping[str, str] | None, fix_text: FixText) -> None:
    assert not fix_text(HEAD + text, "correctness/add-instead-of-copy", context=context, unsafe=True).texts, why


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ENV A=/a B=$A/b C=1\n", "ENV A=/a\nENV B=$A/b C=1\n"),
        ("env A=/a \\\n  C=1 \\\n\tB=$A/b", "env A=/a \\\n  C=1\nenv B=$A/b"),
        ("ENV A=/a B=${A} C=$B\n", "ENV A=/a\nENV B=${A}\nENV C=$B\n"),
    ],
)
def test_an_env_that_reads_itself_is_parted(before: str, after: str, fix_text: FixText) -> None:
    assert fix_text(HEAD + before, "correctness/env-reads-itself", unsafe=True).texts["Dockerfile"] == HEAD + after
    assert not fix_text(HEAD + before, "correctness/env-reads-itself").texts
    windows = (HEAD + before).replace("\n", "\r\n")
    fixed = fix_text(windows, "correctness/env-reads-itself", unsafe=True)
    assert fixed.texts["Dockerfile"] == (HEAD + after).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("it reads before it sets", "ENV B=$A A=1\n"),
        ("a comment stands between", "ENV A=1 \\\n# b\n  B=$A\n"),
        ("a directory depends on it", "ENV A=/a B=$A/b\nWORKDIR $B\n"),
        ("a copy depends on what comes of it", "ENV A=/a B=$A/b\nENV C=$B/c\nCOPY x $C\n"),
    ],
)
def test_envs_that_are_left_alone(why: str, text: str, fix_text: FixText) -> None:
    assert not fix_text(HEAD + text, "correctness/env-reads-itself", unsafe=True).texts, why


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CMD nginx -g 'daemon off;'\n", 'CMD ["nginx", "-g", "daemon off;"]\n'),
        ("CMD exec nginx\n", 'CMD ["nginx"]\n'),
        ("entrypoint /app --x=1 \\\n    -y", 'entrypoint ["/app", "--x=1", "-y"]'),
        ("ENTRYPOINT [ 'nginx', '-x' ]\n", 'ENTRYPOINT ["nginx", "-x"]\n'),
        ('CMD a "b \'c"\n', 'CMD ["a", "b \'c"]\n'),
        (
            "HEALTHCHECK --interval=5s CMD curl -f http://localhost/\n",
            'HEALTHCHECK --interval=5s CMD ["curl", "-f", "http://localhost/"]\n',
        ),
    ],
)
def test_a_command_becomes_an_array(before: str, after: str, fix_text: FixText) -> None:
    assert fix_text(HEAD + before, "correctness/shell-form-command", unsafe=True).texts["Dockerfile"] == HEAD + after
    assert not fix_text(HEAD + before, "correctness/shell-form-command").texts


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("a variable", "CMD nginx $OPTIONS"),
        ("a variable in quotes", 'CMD nginx "${OPTIONS}"'),
        ("two commands", "CMD migrate && serve"),
        ("a pipe", "CMD serve | tee log"),
        ("a redirection", "CMD serve > /log 2>&1"),
        ("a pattern", "CMD cat *.txt"),
        ("a home", "CMD cat ~/x"),
        ("braces", "CMD cat {a,b}"),
        ("an assignment", "CMD A=b serve"),
        ("a word of the shell", "CMD cd /app"),
        ("a script that is sourced", "CMD . /env"),
        ("the background", "CMD serve &"),
        ("a subshell", "CMD (serve)"),
        ("a substitution", "CMD serve $(hostname)"),
        ("backquotes", "CMD serve `hostname`"),
        ("an escape", "CMD serve a\\ b"),
        ("a comment of the shell", "CMD serve # now"),
        ("a comment between its lines", "CMD serve \\\n# x\n  now"),
        ("a shell was chosen", 'SHELL ["/bin/bash", "-c"]\nCMD serve'),
        ("it is given to the entrypoint", 'ENTRYPOINT ["/x"]\nCMD serve'),
        ("the entrypoint would be given the command", 'ENTRYPOINT serve\nCMD ["x"]'),
        ("no text at all", "CMD"),
        ("not shell", "CMD if then ("),
        ("a trigger", "ONBUILD CMD serve"),
    ],
)
def test_commands_that_need_their_shell(why: str, text: str, fix_text: FixText) -> None:
    assert not fix_text(f"{HEAD}{text}\n", "correctness/shell-form-command", unsafe=True).texts, why


def test_a_misspelt_variable_gets_its_name(fix_text: FixText) -> None:
    text = "FROM scratch\nARG DEST=/app\nCOPY app ${DST}/x\nLABEL a=$DST\n"
    fixed = fix_text(text, "correctness/undefined-variable", unsafe=True)
    assert fixed.texts["Dockerfile"] == text.replace("DST", "DEST")
    text = "ARG VERSION=3\nFROM alpine:$VERSOIN\n"
    fixed = fix_text(text, "correctness/undeclared-arg-in-from", unsafe=True)
    assert fixed.texts["Dockerfile"] == text.replace("VERSOIN", "VERSION")


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("nothing is near", "FROM scratch\nCOPY a $DST\n"),
        ("it stands there twice", "FROM scratch\nARG DEST=/a\nCOPY a $DST/$DST\n"),
        ("later steps see the directory", "FROM scratch\nARG DEST=/a\nWORKDIR $DST\n"),
        ("later steps see the variable", "FROM scratch\nARG DEST=/a\nENV A=$DST\n"),
    ],
)
def test_variables_that_are_left_alone(why: str, text: str, fix_text: FixText) -> None:
    assert not fix_text(text, "correctness/undefined-variable", unsafe=True).texts, why
