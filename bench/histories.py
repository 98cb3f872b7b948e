"""Replays the last commits of a git repository on a real engine, and holds what dcache predicts against what it did.

Each commit is built on a cache that holds the build of its parent, in the stub world and in both of its modes. Prints
how often which verdict met which truth, and every disagreement with its commit, line and cause:

    PYTHONPATH=tests .venv/bin/python bench/histories.py REPOSITORY --file docker/Dockerfile --commits 20

Needs root and Debian, as the engine does. DCACHE_FIGURES names a file that the figures are appended to.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from checkout import Checkout, Commit, commits
from dcache.analyzer.context import ContextError
from dcache.analyzer.files import InputError
from dcache.analyzer.graph import BuildError
from dcache.analyzer.plans import BuildOptions
from dcache.analyzer.predict import predict
from dcache.analyzer.state import Build, CacheState
from dcache.analyzer.workspace import Place, Workspace
from dcache.reports.position import Lines
from engines.figures import engine_name, note
from engines.needs import Needs, needs
from engines.started import started
from engines.verdicts import Judged, Steps, judged
from engines.world import MODES, Engine, Mode, missing

# The engine's own names of results and the commits' ids, which are new in each message.
_IDENTS = re.compile(r"\b(?:[a-z0-9]{25}|[0-9a-f]{10})\b")
TRUTHS = (("hit", "hit"), ("hit", "miss"), ("miss", "miss"))


class History(NamedTuple):
    """What is replayed: paths are inside the repository, `context` is "." for its top."""

    repository: Path
    name: str
    context: str
    file: str
    target: str | None
    args: tuple[tuple[str, str], ...]
    commits: int
    at: str = "HEAD"
    touching: str | None = None

    def options(self, top: Path) -> BuildOptions:
        """The build of the files below `top`."""
        return BuildOptions(
            context=str(top / self.context),
            file=str(top / self.file),
            target=self.target,
            build_args=self.args,
            network="none",
        )

    def command(self, last: str) -> str:
        """The command that replays it again, up to the commit that was its last."""
        words = ["bench/histories.py", "CLONE", f"--file {self.file}"]
        words += [f"--context {self.context}"] if self.context != "." else []
        words += [f"--touching {self.touching}"] if self.touching else []
        words += [f"--target {self.target}"] if self.target else []
        words += [f"--build-arg {name}={value}" for name, value in self.args]
        return " ".join([*words, f"--commits {self.commits}", f"--at {last[:12]}"])


class Replayed(NamedTuple):
    """A commit: its steps beside their predictions, or why it could not be built."""

    commit: Commit
    rows: tuple[Judged, ...]
    lines: Lines | None
    error: str = ""


def replay(history: History, engine: Engine, folder: Path) -> list[Replayed]:
    """Every commit of a history, built on the engine and predicted."""
    paths = (history.touching,) if history.touching else (history.context, history.file)
    asked = commits(history.repository, history.at, history.commits, *paths)
    builds = _builds(history, asked)
    checkout = Checkout(history.repository, folder / "files", history.file)
    checkout.show(asked[-1].ident)
    wanted = Needs()
    for build in builds.values():
        if isinstance(build, Build):
            wanted |= needs(build.graph, folder / "files" / history.context)
    truths: dict[Mode, list[Steps | str]] = {mode: [] for mode in MODES}
    for mode in MODES:
        for image in sorted(wanted.images):
            engine.load(image, mode, wanted)
        for commit in asked:
            unread = next((b for b in (builds[commit.parent], builds[commit.ident]) if isinstance(b, str)), None)
            truths[mode].append(unread or _built(history, engine, checkout, commit))
    return [_replayed(c, builds, *found) for c, *found in zip(asked, *truths.values(), strict=True)]


def _builds(history: History, asked: list[Commit]) -> dict[str, Build | str]:
    """What dcache reads of each commit and parent, or why it cannot."""
    workspace = Workspace(history.options(history.repository))
    found: dict[str, Build | str] = {}
    for ident in {ident for commit in asked for ident in commit[:2]}:
        try:
            found[ident] = workspace.builds(Place(ident[:10], ident))[0]
        except (BuildError, ContextError, InputError) as error:
            found[ident] = f"not read: {error}"
    return found


def _built(history: History, engine: Engine, checkout: Checkout, commit: Commit) -> Steps | str:
    """The steps of a commit's build after its parent's on an empty cache, or the engine's error."""
    engine.prune()
    steps: Steps = {}
    for ident in (commit.parent, commit.ident):
        checkout.show(ident)
        built = engine.build(history.options(checkout.folder))
        if built.error:
            return f"{ident[:10]} refused: {built.error}"
        steps = built.steps
    return steps


def _replayed(commit: Commit, builds: dict[str, Build | str], stable: Steps | str, fresh: Steps | str) -> Replayed:
    for truth in (stable, fresh):
        if isinstance(truth, str):
            return Replayed(commit, (), None, truth)
    new, old = builds[commit.ident], builds[commit.parent]
    assert isinstance(new, Build) and isinstance(old, Build) and isinstance(stable, dict) and isinstance(fresh, dict)
    rows = judged(predict(new, CacheState((old,))), stable, fresh)
    return Replayed(commit, tuple(rows), Lines(new.graph.plan.dockerfile.source))


# What is told --------------------------------------------------------------------------------------------------


def report(history: History, found: list[Replayed]) -> Counter[str]:
    """Print the table and every disagreement; the counts by verdict."""
    rows = [row for one in found for row in one.rows]
    seen = Counter((row.prediction.verdict if row.prediction else "nothing", row.truth) for row in rows)
    refused = [one for one in found if one.error]
    print(f"{history.name}: {len(found)} commits, {len(refused)} of them not built, {len(rows)} steps")
    truths = [*TRUTHS, *sorted({truth for _, truth in seen} - set(TRUTHS))]
    print("the engine, stable/fresh:".ljust(26) + "".join("/".join(truth).rjust(12) for truth in truths))
    for verdict in ("hit", "depends", "miss", "nothing"):
        counts = [seen[verdict, truth] for truth in truths]
        if any(counts) or verdict != "nothing":
            print(f"  predicted {verdict}".ljust(26) + "".join(str(count).rjust(12) for count in counts))
    for one in found:
        for row in one.rows:
            if not row.right:
                print(_disagreement(one, row, history.file))
    reasons = Counter(_IDENTS.sub("…", one.error.strip().splitlines()[-1]) for one in refused)
    for error, number in reasons.items():
        print(f"not built: {number} commits: {error}")
    counted = Counter(row.prediction.verdict for row in rows if row.prediction)
    return counted + Counter(wrong=sum(row.wrong for row in rows), steps=len(rows), builds=len(found) - len(refused))


def _disagreement(one: Replayed, row: Judged, file: str) -> str:
    kind = "WRONG" if row.wrong else "open in vain"
    line = one.lines.line(row.prediction.step.span.start) if row.prediction and one.lines else 0
    return f"{kind}: {one.commit.ident[:10]} ({one.commit.title[:60]}) {file}:{line} {row.told}"


def asked_for(words: list[str]) -> History:
    """The history that a command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=Path, help="a clone; its work tree is not looked at")
    parser.add_argument("--name", help="what the evidence calls it; by default the name of its directory")
    parser.add_argument("--file", default="Dockerfile", help="the Dockerfile, inside the repository")
    parser.add_argument("--context", default=".", help="the build context, inside the repository")
    parser.add_argument("--commits", type=int, default=20, help="how many of the last that touch the build")
    parser.add_argument("--touching", metavar="PATH", help="only commits that touch this, such as the Dockerfile")
    parser.add_argument("--at", default="HEAD", help="the revision to end with")
    parser.add_argument("--target", help="the stage to build")
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE")
    given = parser.parse_args(words)
    name = given.name or f"{given.repository.resolve().name}: {given.file}"
    args = tuple((arg.partition("=")[0], arg.partition("=")[2]) for arg in given.build_arg)
    return History(
        given.repository, name, given.context, given.file, given.target, args, given.commits, given.at, given.touching
    )


def main(words: list[str]) -> int:
    """1 where a verdict is wrong, 2 where nothing could be built, else 0."""
    history = asked_for(words)
    reason = missing()
    if reason:
        print(reason, file=sys.stderr)
        return 2
    with started() as engine, tempfile.TemporaryDirectory() as folder:
        found = replay(history, engine, Path(folder))
        count = report(history, found)
        repeat = history.command(found[-1].commit.ident)
        keys = ("builds", "steps", "hit", "miss", "depends", "wrong")
        if count["builds"]:
            note(f"history of {history.name}", engine_name(engine), repeat, **{key: count[key] for key in keys})
    return 1 if count["wrong"] else 0 if count["builds"] else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
