"""Changes from one build to the next: of files, of an instruction, of stages, of options, of the way of writing."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from engines.instructions import MODE, Kit, StageDraft, instruction
from engines.strategies import IMAGE_CONTEXTS, IMAGES, MANNERS, Contexts, Variant
from engines.trees import Files, chance, changed_tree, small_tree

# Small things that may change in an instruction.
VARIATIONS = (
    *(("/w/", "/w/v/"), ("/w", "/w/"), ("a.txt", "b.txt"), ("a.txt ", "./a.txt "), ("d/", "p/"), ("/w/k", "/w/k/")),
    *(("d/x.txt", "p/x.txt"), ("--link ", ""), ("COPY ", "COPY --link "), ("COPY ", "COPY --chmod=600 ")),
    *(("COPY ", "ADD "), ("1", "2"), ("RUN ", "RUN  "), ("RUN ", "RUN --network=none "), ("=shared", "=locked")),
    *(("target=/m", "target=/n"), (",ro", ""), ("EOF", "END"), ("--exclude=*.md", "--exclude=*.txt")),
    *(("stub/a", "stub/b"), ("tool", "echo"), ("tool 1", "tool 1 "), ("COPY ", "COPY --chown=0:0 ")),
    *(("--exclude=*.md ", ""), ("COPY ", "COPY --exclude=*.md "), ("COPY ", "ADD --unpack=false ")),
    *((" d ", " d/ "), (" d ", " ./d "), ("source=d", "source=/d/"), ("$V", "${V}"), ("<<EOF", "<<'EOF'")),
    *(("/m", "/m/"), ("mount=", "mount=type=bind,"), ("RUN ", "run "), ("V=1", 'V="1"')),
    *(("*.txt", "?.txt"), ("d/*", "d"), (" . ", " ./ "), (" . ", " * "), ("--chmod=755", "--chmod=0755")),
)
# Options that come or go: a field of BuildOptions and its value.
OPTIONS: tuple[tuple[str, Any], ...] = (
    ("add_hosts", ("h:1.2.3.4",)),
    ("add_hosts", ("h:1.2.3.5",)),
    ("ulimits", ("nofile=100:100",)),
    ("shm_size", "32m"),
    ("labels", ("l=1",)),
    ("platforms", ("linux/amd64",)),
    ("network", None),
    ("no_cache", True),
)
ARGS = (
    "V",
    "V",
    "W",
    "HTTP_PROXY",
    "BASE",
    "SOURCE_DATE_EPOCH",
    "BUILDKIT_SANDBOX_HOSTNAME",
    "BUILDKIT_CACHE_MOUNT_NS",
)


def changed(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    """Another variant, and what was done to get there."""
    for _ in range(20):
        what, new = dice.choice(KINDS)(dice, old, warm)
        if new != old:
            return what, new
    return "nothing", old


def _files(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    what, tree = changed_tree(dice, old.tree, warm, old.text(""))
    return what, old._replace(tree=tree)


def _extra_files(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    """A change in a named context, where there is one."""
    directories = {name: files for name, files in old.contexts.items() if not isinstance(files, str)}
    if not directories:
        return _files(dice, old, warm)
    name = dice.choice([*directories])
    what, tree = changed_tree(dice, directories[name], warm, old.text(""))
    return f"{what} in {name}", old._replace(contexts={**old.contexts, name: tree})


def _kit(dice: random.Random, old: Variant, number: int) -> Kit:
    """A kit that stands in the stage of that number, its lists of paths its own."""
    kit = Kit(dice, old.tree, old.contexts)
    known = old.drafts[:number] or (StageDraft("", False, []),)
    kit.stages = [draft._replace(paths=list(draft.paths)) for draft in known]
    return kit


def _instruction(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    number = dice.randrange(1, len(old.stages))
    lines = list(old.stages[number])
    kit = _kit(dice, old, number)
    kind = dice.choice(["edit", "edit", "insert", "remove", "swap", "vary", "vary", "vary", "double"])
    at = dice.randrange(1, len(lines)) if len(lines) > 1 else 0
    if kind == "insert":
        lines.insert(at + 1, instruction(kit))
    elif kind == "double":
        lines.insert(at + 1, lines[at] if at else instruction(kit))
    elif kind == "remove" and len(lines) > 2:
        del lines[at]
    elif kind == "swap" and len(lines) > 2:
        other = at + 1 if at + 1 < len(lines) else at - 1
        if other > 0:
            lines[at], lines[other] = lines[other], lines[at]
    elif kind == "vary" and at:
        lines[at] = _varied(dice, lines[at])
    elif at:
        lines[at] = instruction(kit)
    return f"{kind} in stage {number - 1}", _with_stage(old, number, tuple(lines))


def _with_stage(old: Variant, number: int, lines: tuple[str, ...]) -> Variant:
    return old._replace(stages=(*old.stages[:number], lines, *old.stages[number + 1 :]))


def _varied(dice: random.Random, line: str) -> str:
    """The instruction with one small thing changed."""
    fitting = [(old, new) for old, new in VARIATIONS if old in line]
    if not fitting:
        return line + " "
    old, new = dice.choice(fitting)
    varied = line.replace(old, new) if old == "EOF" else line.replace(old, new, 1)
    refused = any(varied.count(flag) > 1 for flag in ("--link", "--chmod", "--chown", "--network", "type=bind"))
    return line + " " if refused or varied.startswith(("ADD --from", "ADD --unpack=false --from")) else varied


def _stage_list(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    """Another base, another name, two stages in another order, one more that nobody reads."""
    number = dice.randrange(1, len(old.stages))
    first, *rest = old.stages[number]
    kind = dice.choice(["base", "base", "rename", "order", "unread", "split"])
    stages = list(old.stages)
    if kind == "base" and "stub/" in first:
        others = [image for image in ("stub/a", "stub/b", "stub/c") if image not in first]
        if any(line.startswith("WORKDIR") and " /" not in line for lines in stages for line in lines):
            # Whether `WORKDIR .` is a step, and has a number, hangs on the image's configuration: no text tells.
            others = [image for image in others if image != "stub/c"]
        image = dice.choice(others)
        stages[number] = (first.replace("stub/a", image).replace("stub/b", image).replace("stub/c", image), *rest)
    elif kind == "rename" and " AS s" in first:
        name = first.rpartition(" ")[2]
        stages = [tuple(line.replace(name, f"n{name[1:]}") for line in lines) for lines in stages]
    elif kind == "order" and number > 1:
        stages[number - 1], stages[number] = stages[number], stages[number - 1]
    elif kind == "unread":
        stages.insert(dice.randrange(1, len(stages)), ("FROM scratch AS unread", "COPY nowhere /"))
    elif len(rest) > 1 and " AS s" in first:
        name, at = first.rpartition(" ")[2], dice.randrange(1, len(rest))
        stages[number : number + 1] = [
            (first + "x", *rest[:at]),
            (f"FROM {name}x AS {name}", *rest[at:]),
        ]
    return f"{kind} of stage {number - 1}", old._replace(stages=tuple(stages))


def _arg(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    name = dice.choice(ARGS)
    args = dict(old.options.build_args)
    if name in args and chance(dice, 0.3):
        del args[name]
    else:
        args[name] = "stub/b" if name == "BASE" else dice.choice(["1", "2", "3"] + [""] * (name in "VW"))
    return f"build argument {name}", old._replace(options=old.options._replace(build_args=tuple(args.items())))


def _option(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    names = [draft.name for draft in old.drafts if draft.name]
    kind = dice.choice(["target", "target", "filter", "other", "other"])
    if kind == "target" and names:
        return kind, old._replace(options=old.options._replace(target=dice.choice([None, *names])))
    if kind == "filter" and names:
        return kind, old._replace(options=old.options._replace(no_cache_filter=(dice.choice(names),)))
    field, value = dice.choice(OPTIONS)
    return f"option {field}", old._replace(options=old.options._replace(**{field: value}))


def _context(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    """A named context becomes another one, or one takes the place of an image or a stage."""
    contexts: Contexts = dict(old.contexts)
    names = [name for name in contexts if name in old.text("")]
    if names:
        name = dice.choice(names)
        contents: Files | str = dice.choice(IMAGE_CONTEXTS) if isinstance(contexts[name], str) else small_tree(dice)
    else:
        name = dice.choice([f"stub/a:{MODE}", "stub/b", *(draft.name for draft in old.drafts if draft.name)])
        contents = dice.choice([IMAGES[0], f"stub/b:{MODE}"])
    return f"named context {name}", old._replace(contexts={**contexts, name: contents})


def _manner(dice: random.Random, old: Variant, warm: bool) -> tuple[str, Variant]:
    manner = dice.choice(["", *MANNERS])
    return f"written as {manner}", old._replace(manner=manner)


Change = Callable[[random.Random, Variant, bool], tuple[str, Variant]]
KINDS: tuple[Change, ...] = (
    *([_files] * 9 + [_extra_files] * 2 + [_instruction] * 6 + [_stage_list] * 2),
    *([_arg] * 3 + [_option] * 3 + [_context, _manner]),
)
