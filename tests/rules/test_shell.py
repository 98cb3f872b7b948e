"""Shell text to commands: what is read, where it stands, and what is honestly not read."""

from __future__ import annotations

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.shell import Opaque, commands, installs, is_manifest, run_commands
from dcache.analyzer.source import SourceFile

READ: dict[str, list[str]] = {
    "a b": ["a b"],
    "a && b || c; d | e & f": ["a", "b", "c", "d", "e", "f"],
    "a\nb\r\nc": ["a", "b", "c"],
    "a \\\n b": ["a b"],
    "a 'b c' \"d e\" f\\ g": ["a|b c|d e|f g"],
    'a "b \\"c\\" $D `e`"': ['a|b "c" $D `e`'],
    "a 'it'\"'\"'s'": ["a|it's"],
    "a $(b && c) d": ["a|$(b && c)|d"],
    "a ${B:-c d}": ["a|${B:-c d}"],
    "X=1 Y='2 3' a": ["a"],
    "X=$(a)": [""],
    "a > f 2>&1 < g": ["a"],
    "a >/dev/null 2>/dev/null && b": ["a", "b"],
    "a &> f; b": ["a", "b"],
    "a <<< word": ["a"],
    "a <<EOF\nb\nEOF\nc": ["a", "c"],
    "a # b && c": ["a"],
    "a#b": ["a#b"],
    "(a && b); c": ["a", "b", "c"],
    "{ a; b; }": ["a", "b"],
    "! a": ["a"],
    "if a; then b; elif c; then d; else e; fi; f": ["a", "b", "c", "d", "e", "f"],
    "for x in 1 2 3; do a $x; done": ["a $x"],
    "while a; do b; done": ["a", "b"],
    "[[ -f x && -f y ]] && a": ["[[", "a"],
    "[ -f x ] && a": ["[ -f x ]", "a"],
    "a <(b) c": ["a|<(b)|c"],
    "set -eux; \\\n  # no comment here\n  a": ["set -eux", "a"],
    "echo if then": ["echo if then"],
    "": [],
}
UNREAD = [
    "case x in a) b;; esac",
    "f() { a; }",
    "function f { a; }",
    "a 'b",
    'a "b',
    "a $(b",
    "a `b",
    "if a; then b",
    "(a",
    "a)",
    "for x in $(a); do b; done",
    "x=(1 2)",
    "select x in a; do b; done",
]


@pytest.mark.parametrize("text", READ)
def test_read(text: str) -> None:
    found = commands(text)
    assert not isinstance(found, Opaque)
    words = [[word.text for word in one.words] for one in found]
    assert words == [one.split("|") if "|" in one else one.split() for one in READ[text]]


@pytest.mark.parametrize("text", UNREAD)
def test_unread(text: str) -> None:
    assert isinstance(commands(text), Opaque)


def test_certain() -> None:
    found = commands("a && b || c; if d; then e; fi; f")
    assert not isinstance(found, Opaque)
    assert {one.program: one.certain for one in found} == {
        "a": True,
        "b": True,
        "c": False,
        "d": False,
        "e": False,
        "f": True,
    }


@pytest.mark.parametrize(
    ("run", "spans"),
    [
        ("RUN a b && c d", ["a b", "c d"]),
        ("RUN a \\\n  b && \\\n  # note\n  c 'd e'", ["a \\\n  b", "c 'd e'"]),
        ("RUN X=1 a > f", ["X=1 a > f"]),
        ("RUN --mount=type=cache,target=/x \\\n    a b", ["a b"]),
        ("RUN <<EOF\na b\nc\nEOF", ["a b", "c"]),
        ("RUN <<-EOF\n\ta b\nEOF", ["\ta b\n"]),
        ("RUN bash -e <<EOF\na b\nEOF", ["bash -e <<EOF", "a b"]),
        ("RUN python3 <<EOF\na b\nEOF", ["python3 <<EOF"]),
        ('RUN ["a", "b"]', ['["a", "b"]']),
        ("RUN sudo -u x a", ["sudo -u x a"]),
        ("RUN sh -c 'a; b'", ["sh -c 'a; b'"] * 2),
    ],
)
def test_spans_point_into_the_file(run: str, spans: list[str]) -> None:
    text = f"FROM x\n{run}\n"
    found = run_commands(parse(SourceFile("Dockerfile", text)).stages[0].instructions[1], text)
    assert not isinstance(found, Opaque)
    assert [text[slice(*one.span)] for one in found] == spans


@pytest.mark.parametrize(
    ("run", "program"),
    [
        ("RUN sudo -E env A=b nice -n 5 pip install x", "pip"),
        ("RUN /opt/venv/bin/pip install x", "pip"),
        ("RUN $VENV/bin/pip install x", "pip"),
        ("RUN su app -c 'pip install x'", "pip"),
        ('RUN ["/bin/bash", "-lc", "pip install x"]', "pip"),
        ("RUN $TOOL install x", ""),
    ],
)
def test_the_program_behind_wrappers(run: str, program: str) -> None:
    text = f"FROM x\n{run}\n"
    found = run_commands(parse(SourceFile("Dockerfile", text)).stages[0].instructions[1], text)
    assert not isinstance(found, Opaque)
    assert [one.program for one in found] == [program]


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("npm ci", [""]),
        ("cd a && npm ci", ["a"]),
        ("cd /a && cd b && npm ci", ["/a/b"]),
        ("(cd a && npm ci) && (cd b && npm ci) && npm ci", ["a", "b", ""]),
        ("npm ci --prefix a", ["a"]),
        ("cd a; yarn --cwd b install", ["a/b"]),
    ],
)
def test_the_folder_of_an_install(text: str, folders: list[str]) -> None:
    found = commands(text)
    assert not isinstance(found, Opaque)
    assert [one.folder for one in installs(found)] == folders


def test_manifests() -> None:
    yes = "package.json ./package*.json requirements/dev.txt a/b.csproj *.csproj go.* Cargo.lock gradle/ .mvn"
    no = ". src src/ app.py * index.js main.go x.json tests Makefile"
    assert [name for name in yes.split() if not is_manifest(name)] == []
    assert [name for name in no.split() if is_manifest(name)] == []
