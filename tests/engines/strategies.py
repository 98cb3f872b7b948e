"""Random valid builds and changes to them: Dockerfiles of several stages, small contexts, options."""

from __future__ import annotations

import random
from typing import NamedTuple

from engines.instructions import Kit, StageDraft, instruction
from engines.trees import Entry, changed_tree, random_tree

# Stands in FROM for the tag that says which mode the stub image has.
MODE = "MODE"


# Small things that may change in an instruction.
VARIATIONS = (
    *(("/w/", "/w/v/"), ("/w", "/w/"), ("a.txt", "b.txt"), ("a.txt ", "./a.txt "), ("d/", "p/")),
    *(("d/x.txt", "p/x.txt"), ("--link ", ""), ("COPY ", "COPY --link "), ("COPY ", "COPY --chmod=600 ")),
    *(("COPY ", "ADD "), ("1", "2"), ("RUN ", "RUN  "), ("RUN ", "RUN --network=none "), ("=shared", "=locked")),
    *(("target=/m", "target=/n"), (",ro", ""), ("EOF", "END"), ("--exclude=*.md", "--exclude=*.txt")),
    *(("stub/a", "stub/b"), ("tool", "echo")),
)


class Options(NamedTuple):
    """What the command line says besides the context."""

    args: tuple[tuple[str, str], ...] = ()
    target: str | None = None
    no_cache_filter: tuple[str, ...] = ()
    no_cache: bool = False


class Variant(NamedTuple):
    """One build: its preamble and stages, each a tuple of instructions, its context, its options."""

    stages: tuple[tuple[str, ...], ...]
    tree: dict[str, Entry]
    options: Options

    def text(self, mode: str) -> str:
        """The Dockerfile for a mode of the stub images."""
        return "\n".join("\n".join(stage) for stage in self.stages).replace(f":{MODE}", f":{mode}") + "\n"


class Example(NamedTuple):
    """Builds to be made one after the other, and what was done to get from one to the next.

    `warm`: the daemon keeps its copy of the context between them.
    """

    variants: tuple[Variant, ...]
    changes: tuple[str, ...]
    warm: bool


def example(seed: int) -> Example:
    """The example of a seed."""
    dice = random.Random(seed)
    warm = dice.random() < 0.6
    variants = [_variant(dice)]
    changes: list[str] = []
    for _ in range(2 if dice.random() < 0.3 else 1):
        found = None
        while found is None or found[1] == variants[-1]:
            found = _changed(dice, variants[-1], warm)
        changes.append(found[0])
        variants.append(found[1])
    return Example(tuple(variants), tuple(changes), warm)


def _variant(dice: random.Random) -> Variant:
    tree = random_tree(dice)
    kit = Kit(dice, tree)
    preamble: list[str] = []
    if dice.random() < 0.3:
        preamble.append("ARG BASE=stub/a")
        kit.globals.append("BASE")
    if dice.random() < 0.3:
        preamble.append(f"ARG V={dice.choice(['1', '2'])}")
        kit.globals.append("V")
    stages: list[tuple[str, ...]] = [tuple(preamble)]
    for number in range(dice.choice([1, 2, 2, 3, 3, 4])):
        stages.append(_stage(dice, kit, number))
    names = [draft.name for draft in kit.stages if draft.name]
    args = tuple((name, dice.choice(["1", "2"])) for name in ("V", "W", "HTTP_PROXY") if dice.random() < 0.15)
    target = dice.choice(names) if names and dice.random() < 0.15 else None
    return Variant(tuple(stages), tree, Options(args, target))


def _stage(dice: random.Random, kit: Kit, number: int) -> tuple[str, ...]:
    name = f"s{number}" if dice.random() < 0.85 else ""
    suffix = f" AS {name}" if name else ""
    parents = [draft for draft in kit.stages if draft.name]
    roll = dice.random()
    if parents and roll < 0.35:
        parent = dice.choice(parents)
        draft = StageDraft(name, parent.stub, list(parent.paths), parent.rooted)
        base = parent.name
    elif roll < 0.5:
        draft, base = StageDraft(name, False, [], rooted=True), "scratch"
    else:
        draft = StageDraft(name, True, ["/o/a.txt", "/o/d", "/o/p"])
        image = (
            "${BASE}" if "BASE" in kit.globals and dice.random() < 0.5 else dice.choice(["stub/a", "stub/a", "stub/b"])
        )
        base = f"{image}:{MODE}"
    lines = [f"FROM {base}{suffix}"]
    count = dice.randint(1, 6)
    kit.stages.append(draft)
    kit.current = draft
    lines += [instruction(kit) for _ in range(count)]
    if not any(line.startswith(("COPY", "ADD", "RUN", "WORKDIR")) for line in lines):
        lines.append("COPY a.txt /w/")
        draft.paths.append("/w/a.txt")
    return tuple(lines)


# Changes -------------------------------------------------------------------------------------------------------


def _changed(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    roll = dice.random()
    if roll < 0.45:
        what, tree = changed_tree(dice, old.tree, warm)
        return what, old._replace(tree=tree)
    if roll < 0.8:
        return _instruction_change(dice, old)
    return _option_change(dice, old)


def _instruction_change(dice: random.Random, old: Variant) -> tuple[str, Variant]:
    number = dice.randrange(1, len(old.stages))
    lines = list(old.stages[number])
    kit = Kit(dice, old.tree)
    names = [stage[0].partition(" AS ")[2] for stage in old.stages[1:]]
    for name, stage in zip(names[:number], old.stages[1:], strict=False):
        kit.stages.append(StageDraft(name, "scratch" not in stage[0], ["/o/a.txt", "/o/d"]))
    kit.current = kit.stages[-1]
    kind = dice.choice(["edit", "edit", "insert", "remove", "swap", "vary", "vary", "from"])
    at = dice.randrange(1, len(lines)) if len(lines) > 1 else 0
    if kind == "insert":
        lines.insert(at + 1, instruction(kit))
    elif kind == "remove" and len(lines) > 2:
        del lines[at]
    elif kind == "swap" and len(lines) > 2:
        other = at + 1 if at + 1 < len(lines) else at - 1
        if other > 0:
            lines[at], lines[other] = lines[other], lines[at]
    elif kind == "vary" and at:
        lines[at] = _varied(dice, lines[at])
    elif kind == "from" and "stub/" in lines[0]:
        lines[0] = (
            lines[0].replace("stub/a", "stub/b") if "stub/a" in lines[0] else lines[0].replace("stub/b", "stub/a")
        )
    elif at:
        lines[at] = instruction(kit)
    stages = (*old.stages[:number], tuple(lines), *old.stages[number + 1 :])
    return f"{kind} in stage {number - 1}", old._replace(stages=stages)


def _varied(dice: random.Random, line: str) -> str:
    """The instruction with one small thing changed."""
    fitting = [(old, new) for old, new in VARIATIONS if old in line]
    if not fitting:
        return line + " "
    old, new = dice.choice(fitting)
    varied = line.replace(old, new) if old == "EOF" else line.replace(old, new, 1)
    refused = any(varied.count(flag) > 1 for flag in ("--link", "--chmod")) or varied.startswith("ADD --from")
    return line + " " if refused else varied


def _option_change(dice: random.Random, old: Variant) -> tuple[str, Variant]:
    options = old.options
    names = [name for stage in old.stages[1:] if (name := stage[0].partition(" AS ")[2])]
    kind = dice.choice(["arg", "arg", "arg", "target", "filter", "no-cache"])
    if kind == "arg":
        name = dice.choice(["V", "W", "HTTP_PROXY", "BASE"])
        value = {"BASE": "stub/b", "SOURCE_DATE_EPOCH": "1"}.get(name, dice.choice(["1", "2", ""]))
        args = {**dict(options.args), name: value}
        options = options._replace(args=tuple(args.items()))
    elif kind == "target" and names:
        options = options._replace(target=dice.choice([None, *names]))
    elif kind == "filter" and names:
        options = options._replace(no_cache_filter=(dice.choice(names),))
    elif kind == "no-cache":
        options = options._replace(no_cache=True)
    return f"option {kind}", old._replace(options=options)
