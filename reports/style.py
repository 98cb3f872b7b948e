"""How text for people looks."""

from __future__ import annotations

from ..analyzer.named_tuple import NamedTuple


class Style(NamedTuple):
    """How wide the text may be, in columns (0: as wide as it is), and whether it may be coloured."""

    width: int = 0
    colour: bool = False

    def paint(self, text: str, code: str) -> str:
        """The text in an ANSI colour, where colours are wanted."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def fitted(self, text: str, used: int) -> str:
        """The text on one line, cut so that it fits behind `used` columns."""
        flat = " ".join(text.split())
        room = max(20, self.width - used)
        return flat if not self.width or len(flat) <= room else flat[: room - 1] + "…"

    def wrapped(self, text: str, indent: int) -> list[str]:
        """The text on as many lines as it takes, each behind `indent` blanks, further lines two deeper."""
        if not self.width:
            return [" " * indent + text]
        import textwrap

        room = max(40, self.width)
        first, further = " " * indent, " " * (indent + 2)
        return textwrap.wrap(text, room, initial_indent=first, subsequent_indent=further, break_on_hyphens=False)
