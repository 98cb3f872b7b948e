"""What a warm cache mount saves of an install or a compile that runs again, measured with the real tools.

    python bench/cache_mounts.py [--rounds 7] [--only pip,npm] [--write docs/cache-mounts.md]

Each tool that is on PATH works on a small project of its own, in a folder of its own, three times a round: with an
empty cache, as a step without a mount does; with the cache that the same project left, as a step does that something
before it re-runs; and with the cache that the project left before one dependency or one source file of it changed.
Packages come from where the configuration of each tool says. What the project holds besides its manifests is made
anew each time, and neither that nor the copying of caches is timed. What counts is the CPU time of the tool and all
that it starts: on a busy machine, the clock tells more of its other work.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

CACHE = "cache"
"""The folder in the project that the cache of a case is in."""

Files = Callable[[bool], Mapping[str, str]]


class Case(NamedTuple):
    """A tool at work: `files` are those of its project, once something in it has changed or before that.

    `first` are commands that are run once in the project and not timed, `command` is what is timed. `cache` is the
    variable that says where the cache is. `apart` are those that make the tool copy what it else links: a mount is a
    file system of its own.
    """

    tool: str
    about: str
    changes: str
    files: Files
    first: tuple[tuple[str, ...], ...]
    command: tuple[str, ...]
    cache: str
    apart: Mapping[str, str] = {}


class Spent(NamedTuple):
    """What a run of a case took, in seconds: of CPU, of the tool and all that it starts, and by the clock."""

    cpu: float
    clock: float


CPU, CLOCK = 0, 1
"""Which of the two is meant."""


class Round(NamedTuple):
    """One run without a cache, one with that of the same project, and one with that before the change."""

    cold: Spent
    same: Spent
    changed: Spent


class Figure(NamedTuple):
    """What was measured of a case, by a version of its tool."""

    case: Case
    version: str
    rounds: tuple[Round, ...]

    def cold(self, what: int) -> float:
        """The median of the seconds without a cache, of CPU or by CLOCK."""
        return median(one.cold[what] for one in self.rounds)

    def left(self, what: int) -> tuple[float, float]:
        """The medians of what is left with a warm cache, as shares of the same round: nothing changed, and something.

        The seconds are those of CPU or by CLOCK.
        """
        same = median(one.same[what] / one.cold[what] for one in self.rounds)
        return same, median(one.changed[what] / one.cold[what] for one in self.rounds)

    @property
    def counted(self) -> float | None:
        """The larger share of CPU time; None where a warm cache did not take less in each round."""
        sure = all(warm.cpu < one.cold.cpu for one in self.rounds for warm in (one.same, one.changed))
        return max(self.left(CPU)) if sure else None


# Projects ------------------------------------------------------------------------------------------------------

_PYTHON = """\
celery==5.4.0 cryptography==44.0.0 django==5.1.4 djangorestframework==3.15.2 gunicorn==23.0.0 numpy==1.26.4
pillow==11.0.0 psycopg2-binary==2.9.10 pydantic==2.10.3 redis==5.2.1 requests==2.32.3 structlog==24.4.0""".split()
_NODE = """\
axios@1.7.9 dotenv@16.4.7 eslint@8.57.1 express@4.21.2 jest@29.7.0 lodash@4.17.21 pg@8.13.1 prettier@3.4.2
react@18.3.1 react-dom@18.3.1 typescript@5.7.2 vite@5.4.11 zod@3.24.1""".split()
_ANALYSIS = "src/cmd/vendor/golang.org/x/tools/go/analysis"
"""The package that most of those of `go vet` itself import."""


def _requirements(changed: bool) -> list[str]:
    return [one.replace("requests==2.32.3", "requests==2.32.2") if changed else one for one in _PYTHON]


def _pip_files(changed: bool) -> Mapping[str, str]:
    return {"requirements.txt": "\n".join(_requirements(changed))}


def _node_files(changed: bool) -> Mapping[str, str]:
    named = (one.rpartition("@") for one in _NODE)
    versions = {name: "4.17.20" if changed and name == "lodash" else version for name, _, version in named}
    rows = ",\n".join(f'    "{name}": "{version}"' for name, version in versions.items())
    return {"package.json": f'{{\n  "name": "app",\n  "version": "1.0.0",\n  "dependencies": {{\n{rows}\n  }}\n}}\n'}


def _go_files(changed: bool) -> Mapping[str, str]:
    root = _run(("go", "env", "GOROOT"), Path(), {}).strip()
    names = {f"{root}/{_ANALYSIS}/changed.go": "changed.go"}
    value = str(changed).lower()
    return {"overlay.json": json.dumps({"Replace": names}), "changed.go": f"package analysis\n\nvar Is{value} = 1\n"}


_VENV = ((sys.executable, "-m", "venv", ".venv"),)
_NEW_PIP = (*_VENV, (".venv/bin/python", "-m", "pip", "install", "-q", "-U", "pip"))
_PACKAGES = f"an install of {len(_PYTHON)} packages and what they need"
_MODULES = f"an install of {len(_NODE)} packages and what they need"
_ONE = "another version of one package"

CASES: tuple[Case, ...] = (
    Case(
        "pip", _PACKAGES, _ONE, _pip_files, _NEW_PIP,
        (".venv/bin/python", "-m", "pip", "install", "-r", "requirements.txt"), "PIP_CACHE_DIR",
    ),
    Case(
        "uv pip", _PACKAGES, _ONE, _pip_files, _VENV,
        ("uv", "pip", "install", "--python", ".venv/bin/python", "-r", "requirements.txt"),
        "UV_CACHE_DIR", {"UV_LINK_MODE": "copy"},
    ),
    Case(
        "npm", _MODULES, _ONE, _node_files, (("npm", "install", "--package-lock-only"),), ("npm", "ci"),
        "npm_config_cache",
    ),
    Case(
        "pnpm", _MODULES, _ONE, _node_files, (("pnpm", "install", "--lockfile-only"),),
        ("pnpm", "install", "--frozen-lockfile"),
        "npm_config_store_dir", {"npm_config_package_import_method": "copy"},
    ),
    Case(
        "go build", "a build of `cmd/vet`, from Go's own sources", "a source file that most of its packages import",
        _go_files, (), ("go", "build", "-overlay", "overlay.json", "-o", "app", "cmd/vet"), "GOCACHE",
    ),
)  # fmt: skip


# Measuring -----------------------------------------------------------------------------------------------------


def measure(case: Case, place: Path, rounds: int) -> Figure:
    """The figure of a case, measured below an empty folder; CalledProcessError where a command of it fails."""
    for changed in (False, True):
        project = place / ("new" if changed else "old")
        (project / CACHE).mkdir(parents=True)
        for name, text in case.files(changed).items():
            (project / name).parent.mkdir(exist_ok=True)
            (project / name).write_text(text)
        for command in case.first:
            _run(command, project, {case.cache: str(place / "aside")})
    for name in ("old", "new"):  # what a build of either leaves
        _spent(case, place, name, None)
        shutil.move(place / "work" / CACHE, place / f"left by {name}")
    taken: list[Round] = []
    for _ in range(rounds):
        taken.append(Round(*(_spent(case, place, "new", left) for left in (None, "new", "old"))))
        told = ", ".join(f"{one.cpu:.1f} ({one.clock:.1f}) s" for one in taken[-1])
        print(f"{case.tool}: {told}", file=sys.stderr, flush=True)
    return Figure(case, _version(case, place / "work"), tuple(taken))


def _spent(case: Case, place: Path, project: str, left: str | None) -> Spent:
    """What a case takes on a fresh copy of a project, with the cache that a build of one left, or none."""
    work = place / "work"
    if work.exists():
        shutil.rmtree(work)
    _run(("cp", "-a", str(place / project), str(work)), place, {})
    if left is not None:
        (work / CACHE).rmdir()
        _run(("cp", "-a", str(place / f"left by {left}"), str(work / CACHE)), place, {})
    env = {case.cache: str(work / CACHE), **(case.apart if left is not None else {})}
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(case.command, work, env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(cpu, time.perf_counter() - start)


def _run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> str:
    """What a command prints; CalledProcessError, with what it said printed, where it fails."""
    clean = {name: text for name, text in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        command, cwd=folder, env={**clean, **_SETTINGS, **env}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print((done.stdout + done.stderr)[-2000:], file=sys.stderr)
        done.check_returncode()
    return done.stdout


# So that each tool works in the folder, asks nothing, and fetches no toolchain.
_SETTINGS = {
    "GOTOOLCHAIN": "local",
    "GOFLAGS": "-buildvcs=false",
}


def _version(case: Case, folder: Path) -> str:
    """The version that the tool tells of itself."""
    words = {"pip": (".venv/bin/python", "-m", "pip", "--version"), "go build": ("go", "version")}
    told = _run(words.get(case.tool, (case.tool.partition(" ")[0], "--version")), folder, {})
    return next(word.strip("(),") for word in told.replace("go1", "1").split() if word.strip("(v")[:1].isdigit())


# What is told --------------------------------------------------------------------------------------------------

HEAD = """\
What a warm cache mount leaves of a step that runs again, measured with the real tools. Each works on a small project:
with an empty cache, as without a mount; with the cache that the same project left; and with the one that it left
before something changed. Shares are medians of the rounds, each of which measures all three one after the other.

What counts is the CPU time of the tool and all that it starts. A step that waits for a registry waits less with a warm
mount, and that is not in it: of an install, no more is left than is told here. The clock is shown beside it; it ran on
two cores that had much other work, with a registry so near that fetching took next to nothing. A mount is a file system
of its own, so a tool that links from its cache had to copy from it. The build fetches nothing, and what changes in it
is a file that most of its own packages import.

Wherever dcache weighs steps, it counts the larger share of CPU time of a tool, if the tool took less with a warm cache
in each round (`WARM` in [analyzer/costs.py](../analyzer/costs.py)); else it counts nothing, nor for a tool that is not
in the table, which was not measured. A build starts with warm mounts on a builder that keeps them; on CI runners that
are thrown away, they are empty each time, and save nothing.

Written by `python bench/cache_mounts.py --write docs/cache-mounts.md`; the tools had several runs, with `--only`.
"""


def table(found: Sequence[Figure]) -> Iterator[str]:
    """The rows of a Markdown table."""
    yield (
        "| tool | version | what runs | rounds | CPU, cold | left, warm | what changes | left, warm "
        "| clock, cold | left, warm | left, changed | counted |"
    )
    yield "|---|---|---|--:|--:|--:|---|--:|--:|--:|--:|--:|"
    for one in found:
        counted = "nothing" if one.counted is None else f"{one.counted:.0%}"
        (same, changed), clocks = ([f"{share:.0%}" for share in one.left(what)] for what in (CPU, CLOCK))
        cold, clock = (f"{one.cold(what):.1f} s" for what in (CPU, CLOCK))
        cells = (one.case.tool, one.version, one.case.about, str(len(one.rounds)), cold, same, one.case.changes)
        yield f"| {' | '.join((*cells, changed, clock, *clocks, counted))} |"


def _there(case: Case) -> bool:
    """Whether a tool can be run; one that cannot is named on standard error."""
    programs = {"pip": (sys.executable,)}.get(case.tool, (case.command[0],))
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        print(f"{case.tool}: `{missing[0]}` is not there, left out", file=sys.stderr)
    return not missing


def main(words: list[str]) -> int:
    """1 where no tool could be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", type=lambda text: text.split(","), help="the tools to measure, with commas")
    parser.add_argument("--write", type=Path, help="a page to write the table to, besides")
    given = parser.parse_args(words)
    found: list[Figure] = []
    for case in CASES:
        if (given.only is None or case.tool in given.only) and _there(case):
            with tempfile.TemporaryDirectory() as place:
                try:
                    found.append(measure(case, Path(place), given.rounds))
                except subprocess.CalledProcessError as error:
                    print(f"{case.tool}: left out, as {error}", file=sys.stderr)
    if not found:
        return 1
    lines = list(table(found))
    print("\n".join(lines))
    if given.write is not None:
        given.write.write_text("\n".join(["# Cache mounts", "", *HEAD.splitlines(), "", *lines, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
