"""Expansion of words: the ideas of the engine's own lexer tests, and what they leave open."""

from __future__ import annotations

import pytest

from dcache.analyzer.dockerfile import ExpansionError, expand, expand_words, names

VALUES = {"HOME": "/root", "SHELL": "ash", "EMPTY": "", "CITY": "서울", "DOTS": "a.b.c", "PATHS": "/x/y/x.tgz"}


def look(name: str) -> str | None:
    return VALUES.get(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # quotes and escapes
        ("plain", "plain"),
        ("pl'ai'n", "plain"),
        ("pl\\'ain", "pl'ain"),
        ("a\\tb", "atb"),
        ('"a\\tb"', "a\\tb"),
        ('"a\\\\tb"', "a\\tb"),
        ("'a\\tb'", "a\\tb"),
        ("end\\", "end"),
        ("end\\\\", "end\\"),
        ('"it\'s"', "it's"),
        ("'a\\'", "a\\"),
        ("\"''\"", "''"),
        ("'\"x\"'", '"x"'),
        ('"a\\', None),
        # variables without braces
        ("$.", "$."),
        ("a$", "a$"),
        ("a$1b", "ab"),
        ("a$.b", "a$.b"),
        ("a$HOME", "a/root"),
        ("a$home.", "a."),
        ("a\\$HOME", "a$HOME"),
        ("a\\\\$HOME", "a\\/root"),
        ('"a\\$HOME"', "a$HOME"),
        ('"a\\\\$HOME"', "a\\/root"),
        ("'$HOME'", "$HOME"),
        ("\"'$HOME'\"", "'/root'"),
        ("$CITY시", ""),
        ("$CITY-시", "서울-시"),
        ("서$HOME", "서/root"),
        # braces
        ("\\${}", "${}"),
        ("a${}", None),
        ("a${.}", None),
        ("a${HOME", None),
        ("a${", None),
        ("${{x}", None),
        ("${:}", None),
        ("${:-x}", None),
        ("${NONE}}", "}"),
        ("a${NONE}b", "ab"),
        ("a${HOME}b", "a/rootb"),
        # - and :-
        ("${NONE:-x}", "x"),
        ("${NONE-x}", "x"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${HOME:-x}", "/root"),
        ("${NONE:-$HOME}", "/root"),
        ("${NONE:-${NADA:-x}}", "x"),
        ("${NONE:-${HOME:-x}}y", "/rooty"),
        ("${NONE:-x}}", "x}"),
        ("${NONE:-a {b}", "a {b"),
        ("${NONE:-a ${b}", None),
        ("${NONE:-\\$HOME:}", "$HOME:"),
        ("${NONE:-\\${HOME}z}", "${HOMEz}"),
        ("${NONE:-'}'}", "}"),
        ('${NONE:-"}"}', "}"),
        # + and :+
        ("${HOME:+x}", "x"),
        ("${EMPTY:+x}", ""),
        ("${EMPTY+x}", "x"),
        ("${NONE+x}", ""),
        ("${HOME:+${SHELL}:}", "ash:"),
        ("app${SHELL:+-${SHELL}}.tgz", "app-ash.tgz"),
        # ? and :?
        ("${HOME?}", "/root"),
        ("${EMPTY?}", ""),
        ("${NONE?}", None),
        ("${EMPTY:?}", None),
        ("${NONE:?say $HOME}", None),
        # not supported
        ("${HOME:=x}", None),
        ("${HOME=x}", None),
        ("${HOME:1:2}", None),
        ("${HOME:#x}", None),
        ("${HOME:%x}", None),
        ("${HOME^^}", None),
        # # and ##
        ("${DOTS#*.}", "b.c"),
        ("${DOTS##*.}", "c"),
        ("${DOTS#}", "a.b.c"),
        ("${DOTS##}", "a.b.c"),
        ("${DOTS#x}", "a.b.c"),
        ("${DOTS#?}", ".b.c"),
        ("${DOTS#*}", "a.b.c"),
        ("${DOTS##*}", ""),
        ("${DOTS#${NONE:-a}}", ".b.c"),
        ("${PATHS#/\\x}", None),
        ("${NONE#x}", ""),
        # % and %%
        ("${DOTS%.*}", "a.b"),
        ("${DOTS%%.*}", "a"),
        ("${DOTS%?}", "a.b."),
        ("${DOTS%}", "a.b.c"),
        ("${DOTS%\\*}", "a.b.c"),
        # / and //
        ("${DOTS/./-}", "a-b.c"),
        ("${DOTS//./-}", "a-b-c"),
        ("${DOTS/b*/z}", "a.z"),
        ("${DOTS//?/z}", "zzzzz"),
        ("${PATHS//\\/x/}", "/y.tgz"),
        ("${PATHS//x/\\/}", "/\\//y/\\/.tgz"),
        ("${DOTS//./}", "abc"),
        ("${DOTS/z/}", "a.b.c"),
        ("${NONE//a/b}", ""),
        ("${DOTS//a}", None),
        ("${DOTS//}", None),
        ("${DOTS//*/x}", "x"),
        # parameters that a Dockerfile never has
        ("$999x", "x"),
        ("${1:-x}", "x"),
        ("$@x", "x"),
        ("$@@", "@"),
        ("${#:-x}", "x"),
        ("$$HOME", "HOME"),
        ("${?}", ""),
        ("$0", ""),
        # not a variable, and kept
        ("a<<b", "a<<b"),
        ("<", "<"),
        ("한글\\t'x'", "한글tx"),
    ],
)
def test_a_word_is_expanded_as_the_engine_does(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ExpansionError):
            expand(text, look)
    else:
        assert expand(text, look) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'a", "unexpected end of statement while looking for matching single-quote"),
        ('"a', "unexpected end of statement while looking for matching double-quote"),
        ("${X", "unsupported modifier (\ufffd) in substitution"),
        ("${", "syntax error: missing '}'"),
        ("${}", "syntax error: bad substitution"),
        ("${X:-a", "syntax error: missing '}'"),
        ("${X/a", "syntax error: missing '/' in ${}"),
        ("${X/a/b", "syntax error: missing '}'"),
        ("${X:-${Y?no}}", "Y: no"),
        ("${X?}", "X: is not allowed to be unset"),
        ("${EMPTY:?}", "EMPTY: is not allowed to be empty"),
        ("${X?say $HOME}.", "X: say /root"),
        ("${X:=a}", "unsupported modifier (:=) in substitution"),
        ("${X#\\a}", "invalid pattern (\\a) in substitution: invalid escape '\\a'"),
    ],
)
def test_the_error_is_in_the_words_of_the_engine(text: str, message: str) -> None:
    with pytest.raises(ExpansionError) as error:
        expand(text, look)
    assert str(error.value).endswith(f": {message}")
    assert str(error.value).startswith("failed to process ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("c:\\dir", "c:\\dir"), ("a`$HOME", "a$HOME"), ("a`'b", "a'b"), ('"`$HOME\\"', "$HOME\\"), ("a`", "a")],
)
def test_the_backtick_can_be_the_escape(text: str, expected: str) -> None:
    assert expand(text, look, "`") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('it\'s "$HOME"\n', 'it\'s "/root"\n'),
        ("'$HOME'", "'/root'"),
        ("\\$HOME", "$HOME"),
        ("a\\nb", "anb"),
        ("`$HOME", "`/root"),
        ("${NONE:-'x'}", "'x'"),
        ("cat <<E\n", "cat <<E\n"),
    ],
)
def test_a_heredoc_body_keeps_its_quotes(text: str, expected: str) -> None:
    assert expand(text, look, "`", raw=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", ["a", "b"]),
        ("a\\ b", ["a b"]),
        ("'a b' c", ["a b", "c"]),
        ("a$PORTS", ["a80", "81"]),
        ('a"$PORTS"b', ["a80  81b"]),
        ("$EMPTY", []),
        ("''", []),
        ("  a  ", ["a"]),
        ("${NONE:-1 2}", ["1", "2"]),
        ("8${NONE:-0}", ["0"]),  # as in the engine since its buffer of words is shared: the 8 is lost
    ],
)
def test_words_are_split_after_expansion(text: str, expected: list[str]) -> None:
    values = {"PORTS": "80  81", "EMPTY": ""}
    assert expand_words(text, values.get) == expected


def test_an_unquoted_value_is_not_read_again() -> None:
    assert expand("$A", {"A": "'$B'"}.get) == "'$B'"


def test_nesting_is_bounded() -> None:
    deep = 100_000
    with pytest.raises(ExpansionError, match="too many nested substitutions"):
        expand("${a:-" * deep + "}" * deep, look)
    assert expand("${a:-" * 200 + "x" + "}" * 200, look) == "x"


def test_patterns_take_linear_time() -> None:
    values = {"A": "a" * 200_000}
    assert expand("${A##" + "*a" * 30 + "b}", values.get) == values["A"]
    assert expand("${A//" + "*a" * 30 + "b/x}", values.get) == values["A"]
    assert expand("${A%%" + "b*" * 30 + "}", values.get) == values["A"]


@pytest.mark.parametrize(
    ("text", "shell", "word"),
    [
        ("echo $A ${B} ${C:-$D}", ("A", "B", "C", "D"), None),
        ("echo '$A' \"$B\"", ("A", "B"), ("B",)),
        ("echo \\$A $$B $1 $@ $", (), None),
        ('echo "it\'s $A"', ("A",), None),
        ("${#A} ${A%%.*}", ("A", "A"), None),
        ("nothing", (), None),
        ("$A$A_B1-", ("A", "A_B1"), None),
        ("'unclosed $A", ("A",), ()),
    ],
)
def test_names(text: str, shell: tuple[str, ...], word: tuple[str, ...] | None) -> None:
    assert names(text) == shell
    assert names(text, word=True) == (shell if word is None else word)


def test_names_with_backticks() -> None:
    assert names("`$A $B \\$C", "`") == ("B", "C")
