"""Whatever the text: it is read in linear time, tokens cover it, spans nest."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcache.analyzer.dockerfile import ExpansionError, expand, expand_words, names, parse
from dcache.analyzer.dockerfile.syntax import Dockerfile
from dcache.analyzer.source import SourceFile

Sound = Callable[[str], Dockerfile]

WORDS = st.sampled_from(
    [
        *(
            "FROM",
            "RUN",
            "COPY",
            "ADD",
            "ENV",
            "ARG",
            "ONBUILD",
            "HEALTHCHECK",
            "CMD",
            "SHELL",
            "VOLUME",
            "LABEL",
            "wat",
        ),
        *(
            "a",
            "é",
            "<<E",
            "<<-E",
            "<<'E F'",
            "E",
            "--from=a",
            "--mount=type=cache,target=/x,ro",
            "--",
            '["a","b"]',
            "[",
        ),
        *("a=b", "'", '"', "$A", "${A:-b}", "${A", "#", "# escape=`", "# hadolint ignore=X", "AS", "CMD", "NONE", "\0"),
        *("\\", "`", "\ud800", "\x85", "\x1c", "\ufeff", "\\\\"),
    ]
)
GAPS = st.sampled_from(
    [" ", " ", " ", "\n", "\n", "\\\n", " \\\n  ", "`\n", "\r\n", "\\\r\n", "\t", "", "\n\n", "\n#c\n", "\v"]
)
GRAMMATICAL = st.lists(st.tuples(WORDS, GAPS), max_size=40).map(lambda pairs: "".join(a + b for a, b in pairs))


@settings(deadline=None, max_examples=300)
@given(text=GRAMMATICAL | st.text(max_size=200))
def test_any_text_is_read_soundly(sound: Sound, text: str) -> None:
    sound(text)


@settings(deadline=None, max_examples=300)
@given(text=GRAMMATICAL | st.text("$'\"\\`{}:-+?#%/*<a \n", max_size=60), escape=st.sampled_from("\\`"))
def test_any_text_is_expanded_or_refused(text: str, escape: str) -> None:
    names(text, escape)
    names(text, escape, word=True)
    calls: list[Callable[..., Any]] = [expand, expand_words]
    for call in calls:
        try:
            call(text, {"a": "b c", "A": "*/?"}.get, escape)
        except ExpansionError as error:
            assert str(error).startswith("failed to process ")


MANY = 30_000
HOSTILE = {
    "a long row": "FROM a\nRUN " + "x" * 3_000_000,
    "blanks": "FROM a\nRUN x \\" + " " * 3_000_000 + "\n y\n",
    "backslashes": "FROM a\nRUN " + "\\" * 3_000_000,
    "blank rows": "\n" * MANY,
    "comments": "#\n" * MANY,
    "directives": "# escape=`\n" * MANY,
    "an endless directive": "# syntax = x" + " " * 1_000_000 + "y\n",
    "instructions": "FROM a\n" + "RUN x\n" * MANY,
    "continuations": "FROM a\nRUN x" + " y \\\n" * MANY,
    "empty continuations": "FROM a\nRUN x" + "\\\n" * MANY,
    "comments inside": "FROM a\nRUN x \\\n" + "# c\n" * MANY + "z\n",
    "pairs over rows": "FROM a\nENV " + "a=b \\\n" * MANY + "c=d\n",
    "triggers": "FROM a\n" + "ONBUILD " * MANY + "RUN x\n",
    "heredocs": "FROM a\n" + "RUN <<E\nx\nE\n" * (MANY // 6),
    "heredocs broken over rows": "FROM a\n" + "RUN <\\\n<E\nx\nE\n" * (MANY // 6),
    "continued heredocs": "FROM a\n" + "RUN <<E \\\n x\nx\nE\n" * (MANY // 6),
    "heredocs of one instruction": "FROM a\nRUN " + "<<E " * MANY + "\n" + "E\n" * MANY,
    "heredocs without an end": "FROM a\n" + "RUN <<E\n" * MANY,
    "blanks before a name": "FROM a\nRUN <<" + " " * 300_000 + "x<\n",
    "nested substitutions": "FROM a\nRUN <<E " + "${a:-" * MANY + "}" * MANY + "\n",
    "quotes": "FROM a\nENV X=" + "\"'" * MANY,
    "a JSON array": "FROM a\nCMD [" + '"a",' * MANY + '"b"]\n',
    "a deep JSON array": "FROM a\nCMD " + "[" * MANY + "]" * MANY,
    "flags": "FROM a\nRUN " + "--mount=type=cache,target=/é " * MANY + "x\n",
    "mount options": "FROM a\nRUN --mount=" + "a=b," * MANY + "\n",
    "zero bytes": "\0" * 1_000_000,
    "lone surrogates": "FROM a\nRUN --x=\udc85 " + "\udc80" * 1_000_000,
    "unknown instructions": "FROM a\n" + "x\\\\\n" * MANY,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_linear_time(name: str, sound: Sound) -> None:
    text = HOSTILE[name]
    begin = time.process_time()
    sound(text)
    assert time.process_time() - begin < 10  # none takes more than a second; quadratic time would be minutes


def test_lone_surrogates_are_kept() -> None:
    text = "FROM a\nENV A=\udcff\n"
    assert parse(SourceFile("Dockerfile", text)).stages[0].instructions[1].text == "ENV A=\udcff"


def test_the_import_is_light() -> None:
    code = (
        "import sys, dcache.analyzer.dockerfile; "
        "print(*sorted({'dataclasses', 'dockerfile_parse', 'enum', 'inspect', 'json', 'logging'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:  # without site-packages an installed dcache is out of reach
        pytest.skip("dcache is not importable without site-packages")
    assert set(done.stdout.split()) <= {"enum"}  # `re` brings it
