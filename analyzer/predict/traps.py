"""Hits that the engine gets wrong: it reuses a result though the step would now make another."""

from __future__ import annotations

from ..graph import CopyOp, RunOp, Step
from ..graph.paths import basename


def traps(step: Step, old: Step) -> tuple[str, ...]:
    """What is wrong about `step` hitting the result of `old`; usually nothing."""
    if isinstance(step.op, CopyOp) and isinstance(old.op, CopyOp):
        new_paths = [source.path for source in step.op.sources]
        old_paths = [source.path for source in old.op.sources]
        shared = len({basename(path) for path in new_paths}) < len(new_paths)
        if shared and new_paths != old_paths and sorted(new_paths) == sorted(old_paths):
            # solver/llbsolver/ops/file.go: selectors are sorted, so the order is lost [s17c]
            return ("BuildKit overlooks that sources of the same name changed places: the old file stays",)
    if isinstance(step.op, RunOp) and isinstance(old.op, RunOp):
        new_binds, old_binds = _binds(step.op), _binds(old.op)
        if new_binds != old_binds and sorted(new_binds.values()) == sorted(old_binds.values()):
            # solver/llbsolver/ops/exec.go: selectors of one input are sorted [s05g]
            return ("BuildKit overlooks that two bind mounts changed places: the old output is used",)
    return ()


def _binds(op: RunOp) -> dict[str, str]:
    return {mount.target: mount.source for mount in op.mounts if mount.kind == "bind"}
