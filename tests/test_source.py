"""Text in, the same bytes out; edits are put in at their places, and overlapping ones refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcache.analyzer.source import Edit, Span, apply_edits, decode


@given(st.binary())
def test_bytes_come_back(data: bytes) -> None:
    assert decode("f", data).encode() == data


@pytest.mark.parametrize(
    ("data", "newline", "bom"),
    [(b"a\r\nb\n", "\r\n", False), (b"a\nb\r\n", "\n", False), (b"\xef\xbb\xbfa", "\n", True), (b"", "\n", False)],
)
def test_line_ends_and_marks(data: bytes, newline: str, bom: bool) -> None:
    source = decode("f", data)
    assert (source.newline, source.bom) == (newline, bom)


def test_edits_are_applied_from_the_end() -> None:
    edits = [Edit(Span(0, 1), "xy"), Edit(Span(2, 2), "-"), Edit(Span(4, 5), "")]
    assert apply_edits("abcde", edits) == "xyb-cd"
    assert apply_edits("abc", []) == "abc"


@pytest.mark.parametrize("other", [Span(1, 3), Span(0, 2), Span(1, 2)])
def test_overlapping_edits_are_refused(other: Span) -> None:
    with pytest.raises(ValueError, match="edits overlap"):
        apply_edits("abcde", [Edit(Span(0, 2), "x"), Edit(other, "y")])
