"""What `dcache fix` saves: the rebuilds that the last commits of real repositories cost, before and after it.

    PYTHONPATH=tests .venv/bin/python bench/savings.py FOLDER... [--commits 200] [--jobs 2] [--write docs/savings.md]

A FOLDER is a clone with a work tree. Each Dockerfile in it in which a rule about rebuilds finds something, and whose
context is its directory or the top of the clone, is taken as it is, and as `dcache fix --select THEMES` makes it
without and with `--unsafe`; whether a fix cures what is found, or none does.
Each of the last commits is predicted on a cache that holds its parent, with arguments that change with every build
set to the commit; the seconds of the steps that run again are those that public logs give for steps of their kind
(analyzer/costs.py), once as if cache mounts were empty and once as if they were warm. Nothing is built.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from checkout import Commit, commits
from dcache.analyzer.context import Context, ContextError, Ignore, Tree, read_ignore
from dcache.analyzer.context.git import Repository, repository
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.dockerfile.syntax import Arg, Copy, Dockerfile
from dcache.analyzer.effects import stage_effects
from dcache.analyzer.engines.buildkit import keys
from dcache.analyzer.graph import BuildError, build_graph
from dcache.analyzer.predict import predict
from dcache.analyzer.shell import is_manifest
from dcache.analyzer.source import SourceFile
from dcache.analyzer.state import Build, CacheState
from dcache.fixers.reorder import seconds
from dcache.pipeline.fix import FileFix, FixRequest, run_fix
from dcache.pipeline.lint import LintRequest
from dcache.rules.facts import Facts, default_plan
from dcache.rules.paths import is_dockerfile
from dcache.rules.volatile import changes_with

# The rules about rebuilds: a file without a finding of theirs is left out.
THEMES = ("order", "context", "mounts", "stages")
# Fewer commits than that tell nothing of what a typical one costs.
FEWEST = 10


HEAD = """\
What `dcache fix` saves on real repositories. Each of the last commits is predicted on a cache that holds its parent,
with the Dockerfile and the ignore file of today: as they are, after `dcache fix --select order,context,mounts,stages`,
and after the same with `--unsafe`. Arguments that change with every build are set to the commit. There is a row for
each Dockerfile in which a rule of these themes finds something, whether a fix cures it or none does, and of which ten
commits or more touch the context.

Minutes are sums of what public logs give for steps of their kind (`analyzer/costs.py`): nothing is built. The first
columns count which steps run again, and nothing else. In the columns with warm mounts, a step with a cache mount
takes the share of its time that was measured for its tool ([cache-mounts.md](cache-mounts.md)), in the file as it is
as well as in the fixed one. That holds on a builder that keeps its mounts from one build to the next, as a developer's
machine and a build server do. On CI runners that are thrown away, mounts are empty each time: there, the first columns
hold. So far only `go build` and pnpm have such a share: the other installs that were measured saved nothing for sure
beside a near registry. It counts too little where a registry is far, and where a RUN does more than install or compile.

Written by `PYTHONPATH=tests .venv/bin/python bench/savings.py CLONE... --write docs/savings.md`.
"""


class Seconds(NamedTuple):
    """How long something takes: with cache mounts that are empty, and with warm ones."""

    empty: float
    warm: float


class Version(NamedTuple):
    """A Dockerfile, the ignore rules that go with it, and what its instructions take, by stage and index."""

    dockerfile: Dockerfile
    ignore: Ignore
    seconds: Mapping[tuple[int, int], Seconds]


class Row(NamedTuple):
    """One Dockerfile: its commits and the seconds that they cost before, with safe fixes, and with all.

    `cured` are the rules of which all fixes cure something, `left` those of what no fix cures.
    """

    name: str
    file: str
    cured: tuple[str, ...]
    left: tuple[str, ...]
    commits: int
    seconds: tuple[Seconds, Seconds, Seconds]

    @property
    def cuts(self) -> tuple[float, ...]:
        """The shares of the seconds that safe fixes and all fixes save, then those with warm mounts."""
        return tuple(1 - fixed / before if before else 0.0 for before, *others in self.columns for fixed in others)

    @property
    def columns(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The seconds before, with safe fixes and with all, once with empty mounts and once with warm ones."""
        return tuple(one.empty for one in self.seconds), tuple(one.warm for one in self.seconds)


def row(folder: Path, path: Path, count: int) -> Row | None:
    """The row of a Dockerfile of a clone, None where nothing is found in it or no commit re-runs anything."""
    with repository(str(folder)) as repo:
        return _row(folder, path, _context(path, folder), count, repo)


def _context(path: Path, folder: Path) -> Path:
    """The directory of a Dockerfile, or the top of its repository: the one that has more of what it copies."""
    source = parse(SourceFile(str(path), path.read_text(errors="replace")))
    bodies = [one.body for stage in source.stages for one in stage.instructions]
    named = [word.text for body in bodies if isinstance(body, Copy) and body.from_ is None for word in body.sources]

    def held(place: Path) -> tuple[int, int]:
        there = sum(text not in (".", "./") and any(place.glob(text.strip("/") or "*")) for text in named)
        return there, sum(is_manifest(one.name) and "." in one.name.lstrip(".") for one in place.iterdir())

    return max((path.parent, folder), key=held)


def _dockerfiles(folder: Path) -> list[Path]:
    told = subprocess.run(["git", "-C", folder, "ls-files", "-z"], capture_output=True, check=True, text=True).stdout
    skipped = ("vendor/", "testdata/", "test/", "tests/")
    names = [name for name in told.split("\0") if is_dockerfile(name.rpartition("/")[2])]
    return [folder / name for name in names if not any(part in name for part in skipped)]


def _row(folder: Path, path: Path, context: Path, count: int, repo: Repository) -> Row | None:
    fixes = [_fixed(path, context, unsafe=unsafe) for unsafe in (False, True)]
    source = fixes[0].source
    if source is None or not any((*one.fixed.applied, *one.fixed.report.diagnostics) for one in fixes):
        return None
    inside = "" if context == folder else str(context.relative_to(folder))
    asked = commits(folder, "HEAD", count, inside or ".")
    if len(asked) < FEWEST:
        return None
    versions = [
        _version(path, context, source.text, None),
        *(_version(path, context, source.text, one) for one in fixes),
    ]
    try:
        known: list[tuple[Version, Seconds]] = []
        for version in versions:
            same = next((spent for one, spent in known if one == version), None)
            if same is None:
                same = _sum(_seconds(version, commit, inside, repo) for commit in asked)
            known.append((version, same))
        before, safe, unsafe = (one for _, one in known)
    except (BuildError, ContextError) as error:
        print(f"{folder.name} {path.relative_to(folder)}: {error}", file=sys.stderr)
        return None
    if not before.empty:
        return None
    cured = tuple(sorted({one.found.rule for one in fixes[1].fixed.applied}))
    left = tuple(sorted({one.rule for one in fixes[1].fixed.report.diagnostics} - set(cured)))
    name = folder.name.replace("+", "/")
    return Row(name, str(path.relative_to(folder)), cured, left, len(asked), (before, safe, unsafe))


def _fixed(path: Path, context: Path, *, unsafe: bool) -> FileFix:
    values = {"context": str(context), "select": list(THEMES)}
    (made,) = run_fix(FixRequest(LintRequest((str(path),), values, config=""), unsafe))
    return made


def _version(path: Path, context: Path, text: str, fix: FileFix | None) -> Version:
    texts = {} if fix is None else dict(fix.fixed.texts)
    ignored = ""
    for ignore in (Path(f"{path}.dockerignore"), context / ".dockerignore"):
        if str(ignore) in texts or ignore.is_file():
            ignored = texts.get(str(ignore)) or ignore.read_text()
            break
    dockerfile = parse(SourceFile("Dockerfile", texts.get(str(path), text)))
    return Version(dockerfile, read_ignore(ignored), _costs(dockerfile))


def _costs(dockerfile: Dockerfile) -> dict[tuple[int, int], Seconds]:
    see = Facts(dockerfile)
    graph = build_graph(default_plan(dockerfile))
    return {
        (stage.index, one.index): Seconds(seconds(one, effects, see, warm=False), seconds(one, effects, see))
        for stage in dockerfile.stages
        for one, effects in zip(stage.instructions, stage_effects(graph, stage.index, see.commands), strict=True)
    }


def _seconds(version: Version, commit: Commit, inside: str, repo: Repository) -> Seconds:
    old, new = (_build(version, repo.tree(ident, inside), ident) for ident in (commit.parent, commit.ident))
    ran = [one.step.instruction for one in predict(new, CacheState((old,))) if one.best == "miss"]
    return _sum(version.seconds[one.stage, one.index] for one in ran)


def _sum(parts: Iterable[Seconds]) -> Seconds:
    known = tuple(parts)
    return Seconds(sum(one.empty for one in known), sum(one.warm for one in known))


def _build(version: Version, tree: Tree, ident: str) -> Build:
    plan = default_plan(version.dockerfile)
    moving = {
        pair.key
        for stage in version.dockerfile.stages
        for one in stage.instructions
        if isinstance(one.body, Arg)
        for pair in one.body.pairs
        if changes_with(pair.key) == "high"
    }
    given = dict(plan.options.build_args) | dict.fromkeys(moving, ident)
    graph = build_graph(plan._replace(options=plan.options._replace(build_args=tuple(given.items()))))
    return Build(ident, graph, keys(graph), {"": Context("", tree, version.ignore)})


# What is told --------------------------------------------------------------------------------------------------


def table(found: Sequence[Row]) -> Iterator[str]:
    """The rows of a Markdown table, and their means."""
    yield (
        "| repository | Dockerfile | commits | minutes | `fix` | cut | `fix --unsafe` | cut "
        "| minutes, warm mounts | cut, `fix` | cut, `--unsafe` | cured | left |"
    )
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|---|"
    for one in found:
        (before, safe, unsafe), (warm, *_) = ([f"{spent / 60:,.0f}" for spent in column] for column in one.columns)
        cut, other, warm_cut, warm_other = (f"{cut:.0%}" for cut in one.cuts)
        cells = (one.name, one.file, str(one.commits), before, safe, cut, unsafe, other, warm, warm_cut, warm_other)
        yield f"| {' | '.join((*cells, ', '.join(one.cured), ', '.join(one.left)))} |"
    yield ""
    yield "| mean cut | Dockerfiles | `fix` | `fix --unsafe` | `fix`, warm mounts | `fix --unsafe`, warm mounts |"
    yield "|---|--:|--:|--:|--:|--:|"
    yield _mean("all", found)
    yield _mean("where a fix of `order/*` is applied", [one for one in found if "order/" in "".join(one.cured)])
    for about, rules in _FINDINGS:
        yield _mean(about, [one for one in found if any(rule.startswith(rules) for rule in (*one.cured, *one.left))])


# What the means are told of: findings that steps run again without need, by what is to be done.
_FINDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("where `order/*` finds something", ("order/",)),
    ("where `order/*` or `context/unused-files-copied` does", ("order/", "context/unused-files-copied")),
    ("where `mounts/*` does", ("mounts/",)),
    ("where `order/*`, `mounts/*` or `context/unused-files-copied` does", ("order/", "mounts/", "context/unused")),
)


def _mean(about: str, found: Sequence[Row]) -> str:
    cuts = [f"{mean(one.cuts[at] for one in found):.0%}" if found else "" for at in range(4)]
    return f"| {about} | {len(found)} | {' | '.join(cuts)} |"


def main(words: list[str]) -> int:
    """1 where nothing is found in any Dockerfile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2, help="how many Dockerfiles are looked at together")
    parser.add_argument("--write", type=Path, help="a page to write the table to, besides")
    given = parser.parse_args(words)
    found: list[Row] = []
    with ProcessPoolExecutor(given.jobs) as pool:
        every = [(folder.resolve(), path) for folder in given.folders for path in _dockerfiles(folder.resolve())]
        for one in pool.map(row, *zip(*every, strict=True), repeat(given.commits)):
            if one is not None:
                told = ", ".join(f"{cut:.0%}" for cut in one.cuts)
                print(f"{one.name} {one.file}: {told}", file=sys.stderr, flush=True)
                found.append(one)
    if not found:
        return 1
    lines = list(table(found))
    print("\n".join(lines))
    if given.write is not None:
        given.write.write_text("\n".join(["# Savings", "", *HEAD.splitlines(), "", *lines, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
