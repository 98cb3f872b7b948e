"""Records what a real engine does with a build and then with a changed one, and shows what dcache predicts beside it.

DIR holds the two contexts, `before/` and `after/`. From the top of the checkout, as root, on Debian:

    PYTHONPATH=tests .venv/bin/python -m engines.record DIR --name NAME -o corpus/conformance/stub-world.json

adds the case to a file of cases, or prints it without -o. In the stub world, the default, any Dockerfile builds
without a network; `--world busybox` has real programs, and is for Dockerfiles on `local/bb:1` or a copied `busybox`.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from conformance.cases import Case, predicted
from engines.figures import engine_name
from engines.rebuild import BuildRefused, busybox, rebuilt
from engines.started import started
from engines.verdicts import Judged, Steps, judged
from engines.world import Engine, missing

ABOUT = (
    "Cases that contributors recorded with tests/engines/record.py, as corpus/README.md says: `steps` are those of the "
    "last build, `status` with images in which a step that runs again makes the same bytes, `fresh` with other bytes."
)
_WORDS = {True: "ran", False: "hit"}


class Recording(NamedTuple):
    """A case, and each of its steps beside what dcache predicts."""

    case: Case
    rows: tuple[Judged, ...]


def files(folder: Path) -> dict[str, Case]:
    """The files below a directory as a case holds them; directories only where they are empty or have a mode."""
    found: dict[str, Case] = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        mode = f"{stat.S_IMODE(about.st_mode):o}"
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = {"link": os.readlink(path)}
        elif path.is_dir():
            if mode != "755" or not any(path.iterdir()):
                found[name] = {"dir": True, "mode": mode}
        else:
            found[name] = {**_contents(path.read_bytes()), "mode": mode}
    return found


def _contents(data: bytes) -> Case:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def record(engine: Engine, folder: Path, name: str, options: Case, world: str = "stub") -> Recording:
    """What the engine does with `before/` and then `after/` of a directory; raises BuildRefused.

    `options` are those of both builds by the names of corpus/README.md, and `dockerfile`, its path in the context.
    """
    given = {key: value for key, value in options.items() if key != "dockerfile"}
    builds = [
        {"dockerfile": options.get("dockerfile", "Dockerfile"), "files": files(folder / place)}
        | ({"options": given} if given else {})
        for place in ("before", "after")
    ]
    case: Case = {"id": name, "engine": engine_name(engine)} | ({"world": "stub"} if world == "stub" else {})
    case |= {"snapshot_dropped": True, "builds": builds}
    with tempfile.TemporaryDirectory() as scratch:
        program = b"" if world == "stub" else busybox(engine)
        stable = rebuilt(engine, case, Path(scratch) / "live", program)
        fresh = rebuilt(engine, case, Path(scratch) / "live", mode="fresh") if world == "stub" else None
        case["steps"] = case_steps(stable, fresh)
        rows = judged(predicted(case, Path(scratch) / "predicted"), stable, fresh or stable)
    return Recording(case, tuple(rows))


def case_steps(stable: Steps, fresh: Steps | None) -> list[Case]:
    """The steps of a case with their verdicts; with those of the fresh mode where there are any."""
    found: list[Case] = []
    for (label, number), done in sorted(stable.items()):
        total = max(at for name, at in stable if name == label)
        step = {"name": f"[{f'{label} ' if label else ''}{number}/{total}] {done.text}", "status": _WORDS[done.ran]}
        found.append(step if fresh is None else {**step, "fresh": _WORDS[fresh[label, number].ran]})
    return found


def added(case: Case, text: str) -> str:
    """A file of cases with one more, which takes the place of the one with its id; an empty text is no file yet."""
    document: Case = json.loads(text) if text else {"about": ABOUT, "cases": []}
    known: list[Case] = document["cases"]
    cases = [*(one for one in known if one["id"] != case["id"]), case]
    rows = ",\n".join(json.dumps(one, ensure_ascii=False) for one in sorted(cases, key=lambda one: str(one["id"])))
    return f'{{"about": {json.dumps(document["about"], ensure_ascii=False)},\n"cases": [\n{rows}\n]}}\n'


def shown(recording: Recording) -> str:
    """The engine's verdicts and dcache's, a line a step, and whether they agree."""
    lines = [one.told for one in recording.rows]
    wrong = sum(one.wrong for one in recording.rows)
    opened = sum(not one.right and not one.wrong for one in recording.rows)
    told = f"{len(lines)} steps on {recording.case['engine']}: {wrong} predicted wrongly, {opened} left open in vain"
    return "\n".join([*lines, told])


def main(words: list[str]) -> int:
    """1 where a verdict is predicted wrongly, 2 where nothing can be recorded, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path, help="a directory that holds before/ and after/")
    parser.add_argument("--name", required=True, help="the id of the case")
    parser.add_argument("--title", help="what changes, in a line")
    parser.add_argument("-o", dest="out", type=Path, help="the file of cases to add it to")
    parser.add_argument("-f", "--file", default="Dockerfile", help="the Dockerfile, inside the context")
    parser.add_argument("--target")
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--world", choices=("stub", "busybox"), default="stub")
    given = parser.parse_args(words)
    absent = [str(given.dir / place) for place in ("before", "after") if not (given.dir / place).is_dir()]
    reason = f"no directory {' and no '.join(absent)}" if absent else missing()
    if reason:
        print(reason, file=sys.stderr)
        return 2
    options = {"dockerfile": given.file} | ({"target": given.target} if given.target else {})
    options |= {f"build-arg:{name}": value for name, _, value in (arg.partition("=") for arg in given.build_arg)}
    try:
        with started() as engine:
            recording = record(engine, given.dir, given.name, options, given.world)
    except BuildRefused as error:
        print(f"the engine refuses the build:\n{error}", file=sys.stderr)
        return 2
    case = {"id": given.name, "title": given.title or given.name, **recording.case}
    print(shown(recording), file=sys.stderr)
    if given.out is None:
        print(json.dumps(case, ensure_ascii=False))
    else:
        given.out.write_text(added(case, given.out.read_text() if given.out.exists() else ""))
    return 1 if any(one.wrong for one in recording.rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
