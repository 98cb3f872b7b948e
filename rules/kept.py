"""What package managers leave in the layer of a RUN: what the rules on their caches have in common."""

from __future__ import annotations

from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import From, Instruction, Run
from ..analyzer.shell import CACHES, Command, named
from .download_caches import holds, removed, target_of, throws_away
from .facts import Facts


def mounted(run: Run, *folders: str) -> bool:
    """Whether a cache or tmpfs mount holds one of the folders, so that nothing of it goes into the layer."""
    return any(
        mount.kind in ("cache", "tmpfs") and any(holds(target_of(mount), folder) for folder in folders)
        for mount in run.mounts
        if mount.target
    )


def kept(
    instruction: Instruction, see: Facts, tool: str, programs: tuple[str, ...], verbs: frozenset[str]
) -> Iterator[tuple[Command, bool]]:
    """The first install of each program that leaves the tool's cache behind, and whether hadolint sees that.

    For hadolint any `rm -rf` behind the install cleans up, whatever it removes.
    """
    run = instruction.body
    assert isinstance(run, Run)
    for program in programs:
        calls = see.calls(instruction, program)
        install = next((one for one in calls if any(word.text in verbs for word in named(one, frozenset())[:2])), None)
        if install is None or mounted(run, *CACHES[tool].folders):
            continue
        later = [one for one in see.calls(instruction, program, "rm", "find") if one.span >= install.span]
        if not any(throws_away(one, tool) for one in later):
            yield install, install.direct and not any(sweeps(one) for one in later)


def sweeps(command: Command) -> bool:
    """Whether a command is an `rm -rf`, whatever it removes."""
    return command.program == "rm" and command.direct and any(word.text == "-rf" for word in command.words)


def clears_lists(command: Command) -> bool:
    """Whether a command removes the package lists of apt."""
    lists = "/var/lib/apt/lists"
    return any(
        lists.startswith(path.rstrip("*").rstrip("/") or "?") or path.startswith(lists) for path in removed(command)
    )


def is_built_on(stage: int, see: Facts) -> bool:
    """Whether a stage's layers go on: it is the last one, or another is based on it."""
    stages = see.dockerfile.stages
    bases = (one.instructions[0].body for one in stages[stage + 1 :])
    return stage == len(stages) - 1 or any(
        isinstance(base, From) and base.image.text.lower() == stages[stage].name for base in bases
    )
