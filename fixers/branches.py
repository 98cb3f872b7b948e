"""A stage based on what stands above a copy in another one, so that the copy can follow its own long steps."""

from __future__ import annotations

from ..analyzer.dockerfile import names
from ..analyzer.dockerfile.syntax import Arg, Copy, Env, From, Instruction, Run, Workdir
from ..analyzer.source import Edit, Span
from ..rules.facts import Facts
from ..rules.rule import DIRECTORY, Fix
from .blocks import block, insert_below, is_parted, lines, names_by_number
from .passing import ELSEWHERE, may_pass
from .reorder import standing, told

# What the end of a stage may have besides copies, and be said again in another one.
_SAID = frozenset({"CMD", "ENTRYPOINT", "EXPOSE", "LABEL", "HEALTHCHECK", "STOPSIGNAL", "ENV", "WORKDIR"})
_LAST_COUNTS = frozenset({"CMD", "HEALTHCHECK", "STOPSIGNAL"})


def branch(run: Instruction, copy: Instruction, see: Facts) -> Fix | None:
    """The fix that bases the stage of a RUN on what stands above a copy in the stage that it is based on, and copies
    behind the RUN.

    What stands above gets a name of its own where it is more than a FROM. None where a RUN follows the copy, which
    would run twice, where the steps of the stage may read or write what the other one ends with, or that is not known.
    """
    graph, dockerfile = see.graph, see.dockerfile
    if graph is None or graph.stages[run.stage].base != copy.stage or names_by_number(dockerfile):
        return None
    parent, child = dockerfile.stages[copy.stage].instructions, dockerfile.stages[run.stage].instructions
    tail = parent[copy.index :]
    if child[0].flags or not _can_be_said_again(parent[: copy.index], tail, child, dockerfile.escape, see):
        return None
    last, sure = _last_passed(tail, run, see)
    if last is None:
        return None
    base, edits = _base(parent, copy, see)
    said = {one.keyword for one in child} & _LAST_COUNTS
    again = "".join(
        (dockerfile.source.newline if is_parted(dockerfile, one) else "") + lines(dockerfile, one)
        for one in tail
        if one.keyword not in said
    )
    first = child[0].body
    assert isinstance(first, From)
    edits = (*edits, Edit(first.image.span, base), insert_below(dockerfile, last, again))
    assumes = [] if sure else [ELSEWHERE]
    if copy.index > 1:
        assumes.append("no build asks for a stage by its number")
    title = f"base stage `{dockerfile.stages[run.stage].name or run.stage}` on what stands above {told(copy)}"
    set_ = {pair.key for one in tail if isinstance(one.body, Env) for pair in one.body.pairs}
    alters = frozenset(set_ | {DIRECTORY for one in tail if isinstance(one.body, Workdir)})
    title = f"{title}, and copy behind {told(last)}"
    return Fix(title, not assumes, {see.path: edits}, assumes="; ".join(assumes), alters=alters)


def _can_be_said_again(
    head: tuple[Instruction, ...],
    tail: tuple[Instruction, ...],
    child: tuple[Instruction, ...],
    escape: str,
    see: Facts,
) -> bool:
    """Whether the end of a stage means the same in a stage of its own, and behind steps of another one."""
    if not all(isinstance(one.body, Copy) or one.keyword in _SAID for one in tail):
        return False
    keywords, behind = {one.keyword for one in tail}, {one.keyword for one in child}
    # An ENTRYPOINT takes back a CMD that does not stand in the same stage (BuildKit v0.32, dispatchEntrypoint).
    if "ENTRYPOINT" in keywords and "CMD" in {one.keyword for one in head}:
        return False
    if "CMD" in keywords and "ENTRYPOINT" in behind and "CMD" not in behind:
        return False
    given = {pair.key for one in head if isinstance(one.body, Arg) for pair in one.body.pairs}
    asked = {name for one in tail for name in names(see.source[slice(*one.span)], escape)}
    return given.isdisjoint(asked)


def _last_passed(tail: tuple[Instruction, ...], run: Instruction, see: Facts) -> tuple[Instruction | None, bool]:
    """The last RUN that may come before the end of the other stage, with all above it; and whether that is sure."""
    ends = standing(see, tail[0].stage)[tail[0].index :]
    every = standing(see, run.stage)
    for presume in (False, True):
        found: Instruction | None = None
        for one in every[1:]:
            if not all(may_pass(end, one, see, presume=presume) for end in ends):
                break
            if isinstance(one.instruction.body, Run):
                found = one.instruction
        if found is not None and found.index >= run.index:
            return found, not presume
    return None, False


def _base(parent: tuple[Instruction, ...], copy: Instruction, see: Facts) -> tuple[str, tuple[Edit, ...]]:
    """What the other stage is to be based on, and the edits that give it a name where it has none."""
    first, text, newline = parent[0], see.source, see.dockerfile.source.newline
    body = first.body
    assert isinstance(body, From) and body.name is not None
    if copy.index == 1:
        flags = "".join(f"{flag.text} " for flag in first.flags)
        return flags + text[slice(*body.image.span)], ()
    base = _free(body.name.text, see)
    start, end = first.span.start, block(see.dockerfile, copy).start
    above = text[start : body.name.span.start] + base + text[body.name.span.end : end]
    gap = "" if is_parted(see.dockerfile, copy) else newline
    keyword = text[start : start + len("FROM")]
    joint = text[body.image.span.end : body.name.span.start]
    return base, (Edit(Span(start, end), f"{above}{gap}{keyword} {base}{joint}{body.name.text}{newline}"),)


def _free(name: str, see: Facts) -> str:
    """A name that no stage has and no instruction names."""
    base, number = f"{name}-base", 2
    while base.lower() in see.source.lower():
        base, number = f"{name}-base-{number}", number + 1
    return base
