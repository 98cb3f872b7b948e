"""Comments that ask for silence: dcache's own, and those of hadolint, BuildKit and tally.

| comment | silences | where |
|---|---|---|
| `# dcache: ignore[order/unused-arg] reason` | what it names: rules, themes, aliases | the next instruction |
| `# dcache: ignore-file[order] reason` | the same | the file |
| `# hadolint ignore=DL3008,DL3015 # reason` | aliases | the next instruction |
| `# hadolint global ignore=DL3008` | aliases | the file |
| `# tally ignore=hadolint/DL3008;reason=…` | aliases, with or without their tool | the next instruction |
| `# tally global ignore=…` | the same | the file |
| `# check=skip=JSONArgsRecommended,…;error=true` | BuildKit's checks, `all` | the file, as a parser directive |
| `# check=skip=JSONArgsRecommended` elsewhere | the same | the next instruction |

A comment between the lines of an instruction counts for that instruction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Dockerfile, Instruction
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.source import Span

_OWN = r"#[ \t]*dcache:[ \t]*ignore(-file)?(?![\w-])(?:\[([^\]]*)\])?[ \t]*(.*)"
_OTHER = r"#[ \t]*(hadolint|tally)[ \t]+(global[ \t]+)?ignore[ \t]*=[ \t]*([^;# \t]+(?:[ \t]*,[ \t]*[^;# \t]+)*)(.*)"


class Comment(NamedTuple):
    """One request for silence. `names` empty means every rule; `scope` is the text that it covers, None: the file.

    `tool` is who it is addressed to: dcache, hadolint, tally or buildkit.
    """

    tool: str
    names: tuple[str, ...]
    scope: Span | None
    reason: str
    span: Span


def comments(dockerfile: Dockerfile) -> tuple[Comment, ...]:
    """The requests in a file, in the order of the text. Comments that ask for nothing known are none."""
    if not dockerfile.silences and not dockerfile.directives:
        return ()
    return (*_directives(dockerfile), *_requests(dockerfile))


def raises_errors(dockerfile: Dockerfile) -> bool:
    """Whether `# check=error=true` makes errors of what BuildKit's own checks find."""
    return any(
        one.name == "check" and re.search(r"(?:^|;)\s*error=true\b", one.value, re.IGNORECASE) is not None
        for one in dockerfile.directives
    )


def _directives(dockerfile: Dockerfile) -> Iterator[Comment]:
    for directive in dockerfile.directives:
        if directive.name == "check":
            yield from _skipped(directive.value, directive.span)


def _skipped(check: str, span: Span) -> Iterator[Comment]:
    found = re.search(r"(?:^|;)\s*skip=([^;]*)", check)
    if found is not None:
        names = tuple(name.strip() for name in found[1].split(",") if name.strip())
        every = any(name.lower() == "all" for name in names)
        yield Comment("buildkit", () if every else names, None, "", span)


def _requests(dockerfile: Dockerfile) -> Iterator[Comment]:
    placed = [*dockerfile.preamble, *(one for stage in dockerfile.stages for one in stage.instructions)]
    for silence in dockerfile.silences:
        check = re.match(r"#[ \t]*check[ \t]*=[ \t]*(\S+)", silence.text)
        if check is not None:
            scope = _scope(silence.span, placed)
            yield from (one._replace(scope=scope) for one in _skipped(check[1], silence.span))
            continue
        read = _own(silence.text, silence.span) or _other(silence.text, silence.span)
        if read is None:
            continue
        comment, whole = read
        if whole:
            yield comment
        else:
            yield comment._replace(scope=_scope(silence.span, placed))


def _own(text: str, span: Span) -> tuple[Comment, bool] | None:
    found = re.match(_OWN, text)
    if found is None:
        return None
    names = tuple(name.strip() for name in (found[2] or "").split(",") if name.strip())
    return Comment("dcache", names, None, found[3].lstrip("-:# \t").strip(), span), found[1] is not None


def _other(text: str, span: Span) -> tuple[Comment, bool] | None:
    found = re.match(_OTHER, text, re.IGNORECASE)
    if found is None:
        return None
    tool = found[1].lower()
    names = tuple(name.strip().rpartition("/")[2] for name in found[3].split(",") if name.strip())
    tail = found[4].strip()
    reason = tail.lstrip("; \t").removeprefix("reason=") if tool == "tally" else tail.lstrip("# \t")
    every = tool == "tally" and any(name.lower() == "all" for name in names)
    return Comment(tool, () if every else names, None, reason.strip(), span), found[2] is not None


def _scope(span: Span, placed: list[Instruction]) -> Span:
    """The instruction that a comment stands in or before; nothing where none follows."""
    for instruction in placed:
        if instruction.span.end > span.start:
            return Span(min(span.start, instruction.span.start), instruction.span.end)
    return Span(span.start, span.start)
