"""Random valid builds and changes to them: Dockerfiles of several stages, small contexts, options."""

from __future__ import annotations

import random
from typing import NamedTuple

from dcache.analyzer.plans import BuildOptions
from engines.instructions import IMAGE_PATHS, MODE, Kit, StageDraft, instruction, sent
from engines.trees import Files, chance, random_tree, small_tree
from engines.world import REGISTRY

# What a named context can be: files, or the name of an image.
Contexts = dict[str, Files | str]
IMAGES = (f"stub/a:{MODE}", f"stub/a:{MODE}", f"stub/b:{MODE}", f"stub/c:{MODE}")
# What a named context can stand for: an image of the engine, or one in a registry.
IMAGE_CONTEXTS = (*IMAGES, f"{REGISTRY}/stub/r:{MODE}")
PLATFORMS = ("", "", "", "", "", "", "", "", "--platform=$BUILDPLATFORM ", "--platform=linux/amd64 ")
# Ways to write the same Dockerfile.
MANNERS = ("comments", "crlf", "lower", "directive", "trailing", "blank")
PLAIN = BuildOptions(network="none")


class Variant(NamedTuple):
    """One build: its preamble and stages, each a tuple of instructions, its context, its options.

    `options` lack the places of files. `manner` is the way the Dockerfile is written, `drafts` is what is known of the
    stages.
    """

    stages: tuple[tuple[str, ...], ...]
    tree: Files
    options: BuildOptions = PLAIN
    contexts: Contexts = {}  # noqa: RUF012
    manner: str = ""
    drafts: tuple[StageDraft, ...] = ()

    def text(self, mode: str) -> str:
        """The Dockerfile for a mode of the stub images."""
        lines = [line for stage in self.stages for line in stage]
        if self.manner == "lower":
            lines = [" ".join([line.partition(" ")[0].lower(), line.partition(" ")[2]]) for line in lines]
        if self.manner == "trailing":
            lines = [line if "<<" in line else line + " \t" for line in lines]
        between = {"comments": "\n  # a comment\n", "blank": "\n\n \n"}.get(self.manner, "\n")
        text = between.join(lines) + "\n"
        if self.manner == "directive":
            text = "# escape=\\\n# check=skip=all\n" + text
        return (text.replace("\n", "\r\n") if self.manner == "crlf" else text).replace(f":{MODE}", f":{mode}")


class Example(NamedTuple):
    """Builds to be made one after the other, and what was done to get from one to the next.

    `warm`: the daemon keeps its copy of the context between them.
    """

    variants: tuple[Variant, ...]
    changes: tuple[str, ...]
    warm: bool

    def __repr__(self) -> str:
        return ", then ".join(self.changes)


def example(dice: random.Random) -> Example:
    """An example by the dice: the first build, one change or two, or a change and back."""
    from engines.changes import changed

    warm = not chance(dice, 0.4)
    variants = [_variant(dice)]
    changes: list[str] = []
    for _ in range(2 if chance(dice, 0.25) else 1):
        if changes and chance(dice, 0.3):
            changes.append("back")
            variants.append(variants[0])
            break
        what, variant = changed(dice, variants[-1], warm)
        changes.append(what)
        variants.append(variant)
    return Example(tuple(variants), tuple(changes), warm)


def _variant(dice: random.Random) -> Variant:
    contexts: Contexts = {}
    if chance(dice, 0.25):
        contexts["extra"] = small_tree(dice)
    if chance(dice, 0.12):
        contexts["img"] = dice.choice(IMAGE_CONTEXTS)
    if chance(dice, 0.03):
        contexts["stub/b"] = dice.choice([f"stub/a:{MODE}", f"stub/c:{MODE}"])
    kit = Kit(dice, random_tree(dice), contexts)
    preamble: list[str] = []
    for name, line in (("BASE", "ARG BASE=stub/a"), ("V", f"ARG V={dice.choice(['1', '2'])}"), ("W", "ARG W")):
        if chance(dice, 0.2):
            preamble.append(line)
            kit.globals.append(name)
    stages: list[tuple[str, ...]] = [tuple(preamble)]
    stages += [stage(kit, number) for number in range(dice.choice([1, 2, 2, 3, 3, 4]))]
    drafts = tuple(kit.stages)
    names = [draft.name for draft in drafts if draft.name]
    args = tuple(
        (name, dice.choice(["1", "2"])) for name in ("V", "W", "HTTP_PROXY", "SOURCE_DATE_EPOCH") if chance(dice, 0.12)
    )
    target = dice.choice(names) if names and chance(dice, 0.12) else None
    manner = dice.choice(MANNERS) if chance(dice, 0.06) else ""
    return Variant(tuple(stages), kit.tree, PLAIN._replace(build_args=args, target=target), contexts, manner, drafts)


def stage(kit: Kit, number: int) -> tuple[str, ...]:
    """One more stage."""
    dice = kit.dice
    name = f"s{number}" if not chance(dice, 0.15) else ""
    draft, base = _base(kit, name)
    lines = [f"FROM {base}" + (f" AS {name}" if name else "")]
    kit.stages.append(draft)
    lines += [instruction(kit) for _ in range(dice.randint(1, 6))]
    if not any(line.startswith(("COPY", "ADD", "RUN", "WORKDIR")) for line in lines):
        lines.append("COPY a.txt /w/")
        draft.paths.append("/w/a.txt")
    return tuple(lines)


def _base(kit: Kit, name: str) -> tuple[StageDraft, str]:
    dice = kit.dice
    parents = [draft for draft in kit.stages if draft.name]
    roll = dice.randrange(100)
    if parents and roll >= 65:
        parent = dice.choice(parents)
        return parent._replace(name=name, paths=list(parent.paths)), parent.name
    if roll >= 50:
        return StageDraft(name, False, [], rooted=True), "scratch"
    if kit.contexts and roll >= 40:
        context = dice.choice([*kit.contexts])
        contents = kit.contexts[context]
        if isinstance(contents, str):
            return StageDraft(name, True, list(IMAGE_PATHS)), context
        return StageDraft(name, False, sent(contents), rooted=True), context
    image = "${BASE}:MODE" if "BASE" in kit.globals and chance(dice, 0.5) else dice.choice(IMAGES)
    rooted = "stub/c" not in image and "BASE" not in image
    return StageDraft(name, True, list(IMAGE_PATHS), rooted), dice.choice(PLATFORMS) + image
