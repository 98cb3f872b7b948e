"""An edit that changes more than it says is found out."""

from __future__ import annotations

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import Edit, SourceFile, Span, apply_edits
from dcache.fixers.verify import difference
from dcache.rules.rule import Fix

TEXT = """\
FROM debian:12 AS build
ARG REV
ENV A=1 \\
    B=2
RUN apt-get install -y \\
    curl \\
    git
COPY --from=tools /x /x
LABEL a=b
CMD ["x"]

FROM build AS tools
RUN make
"""
GOOD = TEXT.replace("COPY --from=tools /x /x\n", "COPY x /x\n")


def told(text: str, *changes: tuple[str, str], safe: bool = True, alters: frozenset[str] = frozenset()) -> str | None:
    edits: list[Edit] = []
    for old, new in changes:
        assert text.count(old) == 1, old
        start = text.index(old)
        edits.append(Edit(Span(start, start + len(old)), new))
    fix = Fix("do it", safe, {"Dockerfile": tuple(edits)}, alters=alters)
    before, after = (parse(SourceFile("Dockerfile", one)) for one in (text, apply_edits(text, edits)))
    return difference(before, after, edits, [fix])


@pytest.mark.parametrize(
    "changes",
    [
        [("RUN make", "RUN  make")],
        [("curl", "curl=7")],
        [("LABEL a=b\n", ""), ('CMD ["x"]\n', 'CMD ["x"]\nLABEL a=b\n')],
        [("FROM build AS tools\n", "# tools\nFROM build AS tools\n")],
        [('CMD ["x"]', 'cmd ["x"]')],
        [("RUN make", 'RUN make\nLABEL a=b\nCMD ["x"]')],  # which the stage has from its base
    ],
)
def test_what_is_as_declared_passes(changes: list[tuple[str, str]]) -> None:
    assert told(GOOD, *changes) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ([("curl \\\n", "curl\n")], "unknown instruction"),
        ([("    B=2\n", "    B=2 \\\n")], "refuse"),
        ([('CMD ["x"]\n\n', 'CMD ["x"] \\\n\n')], "read differently"),
        ([("ENV A=1", "WORKDIR /x\nENV A=1")], "another environment"),
        ([("ENV A=1", "ENV A=2")], "another environment"),
        ([("ARG REV\n", "ARG REV=1\n")], "another environment"),
        ([("LABEL a=b", "LABEL a=c")], "another configuration"),
        ([('CMD ["x"]', 'CMD ["y"]')], "another configuration"),
        ([('CMD ["x"]', 'ENTRYPOINT ["x"]')], "another configuration"),
        ([("RUN make", "RUN make\nUSER me")], "another configuration"),
        ([("RUN make", 'RUN make\nENTRYPOINT ["y"]')], "another configuration"),
        ([("RUN make", 'RUN make\nCMD ["y"]')], "another configuration"),
        ([("RUN make", "RUN make\nENV Z=1")], "another configuration"),
        ([("FROM build AS tools", "FROM nothere:${X:?no} AS tools")], "refuse"),
    ],
)
def test_what_is_not_as_declared_is_told(changes: list[tuple[str, str]], why: str) -> None:
    assert why in (told(GOOD, *changes) or "")


def test_a_copy_from_another_stage_is_another_copy() -> None:
    text = "FROM a:1 AS x\nRUN x\nFROM a:1 AS y\nRUN y\nFROM scratch\nCOPY --from=x /f /f\n"
    swapped = [
        ("FROM a:1 AS x\nRUN x\n", "FROM a:1 AS y\nRUN y\n"),
        ("FROM a:1 AS y\nRUN y\n", "FROM a:1 AS x\nRUN x\n"),
    ]
    assert told(text, *swapped) is not None


def test_a_variable_that_is_declared_may_differ() -> None:
    changes = [("ARG REV\n", ""), ('CMD ["x"]', 'ARG REV\nCMD ["x"]')]
    assert "another environment" in (told(GOOD, *changes) or "")
    assert told(GOOD, *changes, alters=frozenset({"REV"})) is None


def test_a_fix_that_is_not_safe_may_change_the_configuration() -> None:
    assert told(GOOD, ('CMD ["x"]', 'CMD ["y"]'), safe=False) is None


def test_what_was_refused_before_may_stay_so() -> None:
    assert told("FROM a:1\nCOPY a\nRUN x\n", ("RUN x", "RUN y")) is None
