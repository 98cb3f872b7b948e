"""Shell text to commands: what is read, where it stands, and what is honestly not read."""

from __future__ import annotations

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.shell import Command, Opaque, commands, installs, is_manifest, run_commands
from dcache.analyzer.source import SourceFile

READ: dict[str, list[str]] = {
    "a b": ["a b"],
    "a && b || c; d | e & f": ["a", "b", "c", "d", "e", "f"],
    "a\nb\r\nc": ["a", "b", "c"],
    "a \\\n b": ["a b"],
    "a 'b c' \"d e\" f\\ g": ["a|b c|d e|f g"],
    'a "b \\"c\\" $D `e`"': ['a|b "c" $D `e`', "e"],
    "a 'it'\"'\"'s'": ["a|it's"],
    "a $(b && c) d": ["a|$(b && c)|d", "b", "c"],
    "a ${B:-c d}": ["a|${B:-c d}"],
    "X=1 Y='2 3' a": ["a"],
    "X=$(a)": ["", "a"],
    "X=$(a $(b)) c": ["c", "a|$(b)", "b"],
    "a b/$C-$D.$E": ["a b/$C-$D.$E"],
    "X=$A.$B/$C a": ["a"],
    "a > b/$C-$D e": ["a e"],
    "a 2>/dev/null b >f c": ["a b c"],
    "a && b > f && c 2>&1 d | e": ["a", "b", "c d", "e"],
    "case $(a) in b|c) d;; *) e;; esac; f": ["a", "d", "e", "f"],
    "f() { a; }; function g { b; }; f": ["a", "b", "f"],
    "for x in $(a); do b; done": ["a", "b"],
    "for ((i=0; i<3; i++)); do a; done": ["", "a"],
    "select x in a; do b; done": ["b"],
    "x=(1 $(a)); (( x > 1 )) && b": ["", "a", "b"],
    "export A=$B-$C D": ["export A=$B-$C D"],
    "a <<EOF\n$(b)\nEOF\nc": ["a", "b", "c"],
    "a <<EOF && c\nb\nEOF\nd": ["a", "c", "d"],
    "a $'b' c é \U0001f600 d": ["a b c é \U0001f600 d"],
    "a \\\r\n b\r\n": ["a b"],
    "a > f 2>&1 < g": ["a"],
    "a >/dev/null 2>/dev/null && b": ["a", "b"],
    "a &> f; b": ["a", "b"],
    "a <<< word": ["a"],
    "a <<EOF\nb\nEOF\nc": ["a", "c"],
    "a # b && c": ["a"],
    "a b#c": ["a b#c"],
    "a `# a comment` b && `# and one more` && c": ["a b", ":", "c"],
    "(a && b); c": ["a", "b", "c"],
    "{ a; b; }": ["a", "b"],
    "! a": ["a"],
    "if a; then b; elif c; then d; else e; fi; f": ["a", "b", "c", "d", "e", "f"],
    "for x in 1 2 3; do a $x; done": ["a $x"],
    "while a; do b; done": ["a", "b"],
    "[[ -f x && -f y ]] && a": ["[[", "a"],
    "[ -f x ] && a": ["[ -f x ]", "a"],
    "a <(b) c": ["a|<(b)|c", "b"],
    "set -eux; \\\n  # no comment here\n  a": ["set -eux", "a"],
    "echo if then": ["echo if then"],
    "": [],
}
UNREAD = [
    "case x in a) b; esac esac",
    "a 'b",
    'a "b',
    "a $(b",
    "a `b",
    "if a; then b",
    "(a",
    "a)",
    "a &&",
    "$x = (1 -f 2)",
    "(" * 400 + "a" + ")" * 400,
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


CERTAIN = {
    "a && b || c; if d; then e; fi; f": "ab f",
    "a || { b; c; }; d": "a d",
    "a || b && c": "a c",
    "a || b > f && c": "a c",
    "case x in y) b;; esac; f() { c; }; d": "d",
    "for x in $(a); do b; done": "",
    "a $(b || c)": "ab",
    "while a; do b; done | c": "c",
}


@pytest.mark.parametrize("text", CERTAIN)
def test_certain(text: str) -> None:
    found = commands(text)
    assert not isinstance(found, Opaque)
    assert {one.program for one in found if one.certain} == set(CERTAIN[text].replace(" ", ""))


def _by_program(text: str) -> dict[str, Command]:
    found = commands(text)
    assert not isinstance(found, Opaque)
    return {one.program: one for one in found}


def test_pipelines() -> None:
    found = _by_program("a && b 2>&1 | c | d > f; e | { g; h | i; } & (j | k) && l $(m | n)")
    groups: dict[int, str] = {}
    for name, one in found.items():
        groups[one.pipeline] = groups.get(one.pipeline, "") + name
    assert sorted(groups.values()) == ["al", "bcd", "eg", "hi", "jk", "mn"]
    assert groups[0] == "al"


def test_what_a_command_stands_in() -> None:
    found = _by_program("a & b `c` <(d); f() { e; }; g < h 2>> $I >&2")
    assert [name for name, one in found.items() if one.background] == ["a"]
    assert [name for name, one in found.items() if one.nested] == ["c", "d"]
    assert [name for name, one in found.items() if one.function == "f"] == ["e"]
    assert [(one.operator, one.target.text, one.target.fixed) for one in found["g"].redirects] == [
        ("<", "h", True),
        ("2>>", "$I", False),
        (">&", "2", True),
    ]


def test_a_long_chain_is_read() -> None:
    found = commands(" && ".join(["a > b || c $(d)"] * 1500))
    assert not isinstance(found, Opaque)
    assert len(found) == 4500


def test_words_stand_where_they_are() -> None:
    text = "FROM x\nRUN é 'b c' \\\n  # note\n  d$E > f && sudo -E g\n"
    found = run_commands(parse(SourceFile("Dockerfile", text)).stages[0].instructions[1], text)
    assert not isinstance(found, Opaque)
    assert [[text[slice(*word.span)] for word in one.words] for one in found] == [["é", "'b c'", "d$E"], ["g"]]
    assert [text[slice(*word.span)] for word in found[1].wrappers] == ["sudo", "-E"]


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
        ("RUN <<A cat > b && c <<-'D'\na\nA\nD", ["<<A cat > b", "c <<-'D'"]),
        ("RUN bash <<EOF | c\na b\nEOF", ["bash <<EOF", "c", "a b"]),
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
