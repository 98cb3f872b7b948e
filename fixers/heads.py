"""The first part of a RUN's chain as a RUN of its own, above a copy that it does not read."""

from __future__ import annotations

from ..analyzer.dockerfile.syntax import Instruction, Run
from ..analyzer.effects import stage_effects
from ..analyzer.shell import Command, Opaque, installs, package_install
from ..analyzer.source import Edit, Span
from ..rules.facts import Facts
from ..rules.rule import Fix
from .blocks import insert_above
from .passing import ELSEWHERE, Standing, may_pass, words_of
from .reorder import standing, told
from .splits import Part, parts, split

_MANAGERS = frozenset("apt apt-get aptitude dpkg apk dnf microdnf tdnf yum rpm zypper pacman".split())
_REMOVES = frozenset("remove purge autoremove autopurge clean del erase rm cc -R -Rns -Rs -e -P -r -Sc -Scc".split())


def head_above(run: Instruction, copy: Instruction, long: Span, see: Facts) -> Fix | None:
    """The fix that gives a RUN's commands up to one that takes long, or more, a RUN of their own above a copy.

    None where they may read or write what comes between, where what follows installs packages as well, from the same
    lists, or removes what was installed: that makes an image smaller in the same RUN only.
    """
    read = see.commands(run)
    every = standing(see, run.stage)
    if isinstance(read, Opaque) or not isinstance(run.body, Run) or see.graph is None or not every:
        return None
    if any(mount.kind != "cache" for mount in run.body.mounts):
        return None
    chain = parts(run, read, see.source, see.dockerfile.escape)
    least = next((at for at, part in enumerate(chain, 1) if part.span.start <= long.start < part.span.end), len(chain))
    for presume in (False, True):
        for taken in range(len(chain) - 1, least - 1, -1):
            head, tail = chain[:taken], chain[taken:]
            if head[-1].is_state or not _can_part(head, tail):
                continue
            alone = _standing(run, head, see)
            between = every[copy.index : run.index]
            if all(may_pass(one, alone, see, presume=presume) for one in between):
                return _fix(run, copy, head, tail, see, sure=not presume)
    return None


def _standing(run: Instruction, head: tuple[Part, ...], see: Facts) -> Standing:
    """A RUN as it stands with the first part of its commands only."""
    assert see.graph is not None
    commands = tuple(one for part in head for one in part.commands)
    found = stage_effects(see.graph, run.stage, lambda one: commands if one.span == run.span else see.commands(one))
    return Standing(run, found[run.index], words=words_of(commands))


def _can_part(head: tuple[Part, ...], tail: tuple[Part, ...]) -> bool:
    """Whether a second RUN finds all that the first left to it, and undoes nothing of it."""
    done, left = ([one for part in some for one in part.commands] for some in (head, tail))
    if any(one.background or one.function for one in done) or not all(p.is_repeatable for p in head if p.changes):
        return False
    if installs(tuple(done)):
        return False  # dependencies of a project: what they read is order/copy-before-install's
    return not any(package_install(one) is not None or _removes(one) for one in left)


def _removes(command: Command) -> bool:
    words = [word.text for word in command.words[1:]]
    if command.program in _MANAGERS:
        return not _REMOVES.isdisjoint(words)
    return command.program in ("rm", "find", "xargs") and any(word.startswith(("/", "~", "$")) for word in words)


def _fix(
    run: Instruction, copy: Instruction, head: tuple[Part, ...], tail: tuple[Part, ...], see: Facts, *, sure: bool
) -> Fix:
    newline = see.dockerfile.source.newline
    first = see.source[run.span.start : head[-1].span.end]
    row = see.source.rfind("\n", 0, run.span.start) + 1
    indent = see.source[row : run.span.start] if not see.source[row : run.span.start].strip() else ""
    cut = split(run, tail, "", see.source, newline)
    rest = Edit(Span(run.span.start, cut.span.end), cut.text.removeprefix(newline).removeprefix(indent))
    edits = (insert_above(see.dockerfile, copy, indent + first + newline), rest)
    name = " ".join(see.source[head[0].span.start : head[-1].span.end].split())
    name = name if len(name) <= 50 else name[:49] + "…"
    return Fix(
        f"give `{name}` a RUN of its own above {told(copy)}",
        sure,
        {see.path: edits},
        gain="an edit of what is copied does not re-run it",
        assumes="" if sure else ELSEWHERE,
    )
