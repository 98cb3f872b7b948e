"""What `dcache fix` saves: the rebuilds that the last commits of real repositories cost, before and after it.

    PYTHONPATH=tests .venv/bin/python bench/savings.py FOLDER... [--commits 200] [--write docs/savings.md]

A FOLDER is a clone with a work tree. Each Dockerfile in it that has a finding of the theme `order` which a fix cures,
and whose context is its directory or the top of the clone, is taken as it is, and as `dcache fix --select order` makes
it without and with `--unsafe`.
Each of the last commits is predicted on a cache that holds its parent, with arguments that change with every build
set to the commit; the seconds of the steps that run again are those that public logs give for steps of their kind
(analyzer/costs.py). Nothing is built.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
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

# The rules about order: a file without a finding of theirs is left out.
THEMES = ("order",)
# Fewer commits than that tell nothing of what a typical one costs.
FEWEST = 10


HEAD = """\
What `dcache fix` saves where it finds something that stands in an order that costs rebuilds, on real repositories. Each
of the last commits is predicted on a cache that holds its parent, with the Dockerfile of today: as it is, after
`dcache fix --select order`, and after `dcache fix --select order --unsafe`. Arguments that change with every build are
set to the commit. Minutes are sums of what public logs give for steps of their kind (`analyzer/costs.py`): nothing is
built. Written by `PYTHONPATH=tests .venv/bin/python bench/savings.py CLONE... --write docs/savings.md`.
"""


class Version(NamedTuple):
    """A Dockerfile, the ignore rules that go with it, and what its instructions take, by stage and index."""

    dockerfile: Dockerfile
    ignore: Ignore
    seconds: Mapping[tuple[int, int], float]


class Row(NamedTuple):
    """One Dockerfile: its commits and the seconds that they cost before, with safe fixes, and with all."""

    name: str
    file: str
    rules: tuple[str, ...]
    unsafe_rules: tuple[str, ...]
    commits: int
    seconds: tuple[float, float, float]

    @property
    def cuts(self) -> tuple[float, float]:
        """The shares of the seconds that safe fixes and all fixes save."""
        before, safe, unsafe = self.seconds
        return (1 - safe / before, 1 - unsafe / before) if before else (0.0, 0.0)


def rows(folder: Path, count: int) -> Iterator[Row]:
    """A row for each Dockerfile of a clone that fixes change and that some commit re-runs."""
    with repository(str(folder)) as repo:
        for path in _dockerfiles(folder):
            made = _row(folder, path, _context(path, folder), count, repo)
            if made is not None:
                yield made


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
    if source is None or not any(one.fixed.applied for one in fixes):
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
        spent = [sum(_seconds(version, commit, inside, repo) for commit in asked) for version in versions]
    except (BuildError, ContextError) as error:
        print(f"{folder.name} {path.relative_to(folder)}: {error}", file=sys.stderr)
        return None
    if not spent[0]:
        return None
    rules = [tuple(sorted({found.found.rule for found in one.fixed.applied})) for one in fixes]
    before, safe, unsafe = spent
    name = folder.name.replace("+", "/")
    return Row(name, str(path.relative_to(folder)), rules[0], rules[1], len(asked), (before, safe, unsafe))


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


def _costs(dockerfile: Dockerfile) -> dict[tuple[int, int], float]:
    see = Facts(dockerfile)
    graph = build_graph(default_plan(dockerfile))
    return {
        (stage.index, one.index): seconds(one, effects, see)
        for stage in dockerfile.stages
        for one, effects in zip(stage.instructions, stage_effects(graph, stage.index, see.commands), strict=True)
    }


def _seconds(version: Version, commit: Commit, inside: str, repo: Repository) -> float:
    old, new = (_build(version, repo.tree(ident, inside), ident) for ident in (commit.parent, commit.ident))
    ran = [one.step.instruction for one in predict(new, CacheState((old,))) if one.best == "miss"]
    return sum(version.seconds[one.stage, one.index] for one in ran)


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
    """The rows of a Markdown table, and their mean."""
    yield "| repository | Dockerfile | commits | minutes | after `fix` | cut | after `fix --unsafe` | cut | cures |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|---|"
    for row in found:
        before, safe, unsafe = (f"{seconds / 60:,.0f}" for seconds in row.seconds)
        one, other = (f"{cut:.0%}" for cut in row.cuts)
        cures = ", ".join(row.unsafe_rules)
        yield f"| {row.name} | {row.file} | {row.commits} | {before} | {safe} | {one} | {unsafe} | {other} | {cures} |"
    one, other = (f"{mean(row.cuts[at] for row in found):.0%}" for at in (0, 1))
    yield f"| **mean of {len(found)}** | | | | | **{one}** | | **{other}** | |"


def main(words: list[str]) -> int:
    """1 where no Dockerfile has a finding that a fix cures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--write", type=Path, help="a page to write the table to, besides")
    given = parser.parse_args(words)
    found: list[Row] = []
    for folder in given.folders:
        for row in rows(folder.resolve(), given.commits):
            print(f"{row.name} {row.file}: {row.cuts[0]:.0%} safe, {row.cuts[1]:.0%} all", file=sys.stderr, flush=True)
            found.append(row)
    if not found:
        return 1
    lines = list(table(found))
    print("\n".join(lines))
    if given.write is not None:
        given.write.write_text("\n".join(["# Savings", "", *HEAD.splitlines(), "", *lines, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
