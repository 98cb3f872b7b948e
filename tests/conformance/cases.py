"""Recorded cases laid out on disk, and what dcache predicts for them."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from dcache.analyzer.plans import BuildOptions
from dcache.analyzer.predict import Prediction, predict
from dcache.analyzer.state import Build, CacheState
from dcache.analyzer.workspace import Place, Workspace

RECORDED = Path(__file__).parents[2] / "corpus" / "conformance" / "buildkit-0.32.json"
# Cases that contributors recorded with engines/record.py, in the stub world.
CONTRIBUTED = RECORDED.with_name("stub-world.json")
# Generated builds that dcache once judged wrongly, in the stub world too.
GENERATED = RECORDED.with_name("generated.json")
Case = dict[str, Any]
_STEP = re.compile(
    r"\[(?:(?P<platform>\S+/\S+) +)?(?:(?P<label>\S+) +)?(?P<number>\d+)/(?P<total>\d+)\] (?P<text>.*)", re.S
)
# Options of the recording client that no key holds, and that docker has no flag for.
_WITHOUT_EFFECT = {"memory", "cpushares", "image-resolve-mode"}


class Recorded(NamedTuple):
    """One step of a recorded build: `ran` is what the engine did."""

    platform: str | None
    label: str
    number: int
    text: str
    ran: bool


def load(path: Path = RECORDED) -> list[Case]:
    """All cases of a file."""
    cases: list[Case] = json.loads(path.read_text())["cases"]
    return cases


def recorded(case: Case) -> list[Recorded]:
    """The steps of a case, without the merge halves of `COPY --link`."""
    found: list[Recorded] = []
    for step in case["steps"]:
        if step["name"].startswith("[context "):  # the transfer of a named context is no step
            continue
        match = _STEP.fullmatch(step["name"])
        assert match is not None, step["name"]
        if not match["text"].startswith("LINK "):
            ran = step["status"] == "ran"
            found.append(Recorded(match["platform"], match["label"] or "", int(match["number"]), match["text"], ran))
    return found


def predicted(case: Case, folder: Path) -> tuple[Prediction, ...]:
    """What dcache predicts for the last build of a case, after those before it."""
    builds = [_builds(case, build, folder / str(at)) for at, build in enumerate(case["builds"])]
    state = CacheState(tuple(one for several in builds[:-1] for one in several))
    warm = not case.get("snapshot_dropped", False)
    found: list[Prediction] = []
    for build in builds[-1]:
        found += [prediction for prediction in predict(build, state, warm=warm) if prediction.step.number]
        state = CacheState((*state.builds, build))
    return tuple(found)


def _builds(case: Case, build: Case, folder: Path) -> tuple[Build, ...]:
    return Workspace(laid(case, build, folder)).builds(Place("the recorded build"))


def in_stub_world(case: Case) -> bool:
    """Whether a case was recorded in the stub world, where a step also has a verdict of the fresh mode."""
    return case.get("world") == "stub"


def laid(case: Case, build: Case, folder: Path) -> BuildOptions:
    """Write the contexts of one build of a case below `folder`; its options."""
    context = folder / "context"
    context.mkdir(parents=True)
    always = {} if in_stub_world(case) else {"busybox": {"text": "a static busybox", "mode": "755"}}
    lay(context, {**always, **build["files"]})
    os.chmod(context, int(build.get("context_mode", "755"), 8))
    for name, contents in build.get("contexts", {}).items():
        (folder / name).mkdir()
        lay(folder / name, contents)
    return _options(build, context, folder)


def lay(folder: Path, files: dict[str, Case]) -> None:
    """Write the files of a case; directories get their mode and time last."""
    for name, file in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.get("dir"):
            path.mkdir(exist_ok=True)
        elif "link" in file:
            path.symlink_to(file["link"])
            continue
        else:
            path.write_bytes(base64.b64decode(file["base64"]) if "base64" in file else file["text"].encode())
        for key, value in file.get("xattrs", {}).items():
            os.setxattr(path, key, base64.b64decode(value))
    for name, file in sorted(files.items(), reverse=True):
        if "link" not in file:
            os.chmod(folder / name, int(file.get("mode", "644"), 8))
            if "mtime_ns" in file:
                os.utime(folder / name, ns=(file["mtime_ns"], file["mtime_ns"]))


def _options(build: Case, context: Path, folder: Path) -> BuildOptions:
    args: list[tuple[str, str]] = []
    contexts: list[tuple[str, str]] = []
    values: dict[str, Any] = {}
    given: dict[str, str] = build.get("options") or {}
    for key, value in given.items():
        kind, _, name = key.partition(":")
        if kind == "build-arg":
            args.append((name, value))
        elif kind == "context":
            local, _, where = value.partition(":")
            contexts.append((name, str(folder / where) if local == "local" else value))
        elif key == "hostname":
            args.append(("BUILDKIT_SANDBOX_HOSTNAME", value))
        elif key == "no-cache":
            values |= {"no_cache_filter": tuple(value.split(","))} if value else {"no_cache": True}
        elif key == "force-network-mode":
            values["network"] = value
        elif key == "platform":
            values["platforms"] = tuple(value.split(","))
        elif key == "add-hosts":
            values["add_hosts"] = tuple(value.split(","))
        elif key == "ulimit":
            values["ulimits"] = (value,)
        elif key in ("target", "shm-size", "cgroup-parent"):
            values[key.replace("-", "_")] = value
        else:
            assert key in _WITHOUT_EFFECT, key
    return BuildOptions(
        context=str(context),
        file=str(context / build["dockerfile"]),
        build_args=tuple(args),
        build_contexts=tuple(contexts),
        **values,
    )
