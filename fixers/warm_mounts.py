"""What warm cache mounts leave of the time that a RUN takes, as far as that was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analyzer.costs import WARM
from ..analyzer.dockerfile.syntax import Instruction, Mount, Run
from ..analyzer.graph import Step
from ..analyzer.shell import CACHES, Command, Install, Opaque
from ..analyzer.shell.effects import Surroundings, effects
from ..rules.download_caches import cache_mounts, target_of
from ..rules.facts import Facts
from ..rules.mounts.cache_cleaned_in_mount import check as emptied
from ..rules.reach import step_of
from .caches import CACHING, folders

_ANYWHERE = Surroundings("/", {}, "/root", "")


def warm_share(run: Instruction, see: Facts) -> float:
    """The share of a RUN's time that is left when its cache mounts are warm.

    That of the tool that gains least; 1 where a part of the RUN may take as long as ever: a tool whose cache is not
    mounted as a whole, or has no figure in `WARM`, or a program that may do more than arrange a few files.
    """
    mounts = cache_mounts(run.body) if isinstance(run.body, Run) else ()
    step = step_of(run, see) if mounts else None
    read = see.commands(run)
    if step is None or isinstance(read, Opaque) or any(emptied(run, see)):
        return 1.0
    targets = tuple(target_of(one) for one in mounts if _is_written(one, step))
    return max(_shares(read, step, targets, see), default=1.0)


def _is_written(mount: Mount, step: Step) -> bool:
    """Whether the user of a step may write into a mount, which belongs to root where it does not say."""
    user = (step.scope.user or "").partition(":")[0]
    return not mount.readonly and (user in ("", "root", "0") or mount.uid is not None or mount.mode is not None)


def _shares(read: tuple[Command, ...], step: Step, targets: tuple[str, ...], see: Facts) -> Iterator[float]:
    """What is left of each command that takes time."""
    run = step.instruction
    installs = {one.command.span: one for one in (*see.installs(run), *see.package_installs(run))}
    for command in read:
        install = installs.get(command.span)
        if install is not None:
            share = WARM.get(install.name, WARM.get(install.tool, 1.0))
            used = share < 1.0 and not _is_anew(install, step) and _is_mounted(install, step, targets, see)
            yield share if used else 1.0
        elif not _is_update(command, installs.values()) and not _is_quick(command):
            yield 1.0


def _is_mounted(install: Install, step: Step, targets: tuple[str, ...], see: Facts) -> bool:
    """Whether each folder of an install's cache lies in a mount."""
    if install.tool in CACHING:
        paths = tuple(one.path for one in folders(install, step, see))
    else:
        paths = CACHES[install.tool].folders
    return bool(paths) and all(any(f"{path}/".startswith(f"{one}/") for one in targets if one) for path in paths)


def _is_anew(install: Install, step: Step) -> bool:
    """Whether go is told to compile what it has compiled before, by `-a`."""
    given = [word.text.partition("=")[2] for word in install.command.assignments if word.text.startswith("GOFLAGS=")]
    given += [one.value for one in step.scope.env if one.name == "GOFLAGS"]
    words = {word.text for word in install.command.words}
    return install.tool == "go" and "-a" in words.union(*(text.split() for text in given))


def _is_update(command: Command, installs: Iterable[Install]) -> bool:
    """Whether a command fetches the lists that an install of the same RUN takes packages from."""
    return command.program in ("apt", "apt-get") and any(one.tool == "apt" for one in installs)


def _is_quick(command: Command) -> bool:
    """Whether a command surely does no more than arrange a few files."""
    found = effects((command,), _ANYWHERE)
    return not isinstance(found, Opaque) and not found.network
