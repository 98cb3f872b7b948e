"""Recorded cases built again on a live engine, in the world that they were recorded in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from conformance.cases import Case, in_stub_world, laid
from dcache.analyzer.plans import BuildOptions
from dcache.analyzer.workspace import Place, Workspace
from engines.needs import Needs, needs, stubbed
from engines.verdicts import Steps
from engines.world import Engine, Mode


class BuildRefused(Exception):
    """A build that the engine ended with an error; the message is the engine's."""


def busybox(engine: Engine) -> bytes:
    """A static busybox, after an image of it is made: what cases outside the stub world build on."""
    program = (Path(engine.env["PATH"].partition(":")[0]) / "busybox").read_bytes()
    engine.load_busybox("local/bb:1", program)
    return program


def rebuilt(engine: Engine, case: Case, folder: Path, program: bytes = b"", mode: Mode = "stable") -> Steps:
    """The steps of the last build of a case, its builds made in order on an empty cache; raises BuildRefused.

    `program` is the busybox of cases outside the stub world, `mode` that of the stub images inside.
    """
    engine.prune()
    if in_stub_world(case):
        _load_stubs(engine, case, folder, mode)
    steps: Steps = {}
    for at, build in enumerate(case["builds"]):
        options = _laid(case, build, folder, program)
        if at == len(case["builds"]) - 1 and case.get("snapshot_dropped"):
            # The daemon finds its copy of a context by the name of the directory.
            moved = (folder / "context").rename(folder / "moved")
            options = options._replace(context=str(moved), file=str(moved / build["dockerfile"]))
        built = engine.build(options)
        if built.error:
            raise BuildRefused(built.error)
        steps = built.steps
    return steps


def _laid(case: Case, build: Case, folder: Path, program: bytes) -> BuildOptions:
    shutil.rmtree(folder, ignore_errors=True)
    options = laid(case, build, folder)
    if in_stub_world(case):
        dockerfile = folder / "context" / build["dockerfile"]
        text = dockerfile.read_bytes().decode()
        if stubbed(text) != text:
            dockerfile.write_bytes(stubbed(text).encode())
    elif build["files"].get("busybox") is None:
        (folder / "context" / "busybox").write_bytes(program)
        os.utime(folder / "context" / "busybox", (1, 1))
    return options


def _load_stubs(engine: Engine, case: Case, folder: Path, mode: Mode) -> None:
    wanted = Needs()
    for build in case["builds"]:
        shutil.rmtree(folder, ignore_errors=True)
        for made in Workspace(laid(case, build, folder)).builds(Place("the recorded build")):
            wanted |= needs(made.graph, folder / "context")
    for image in sorted(wanted.images):
        engine.load(image, mode, wanted)
