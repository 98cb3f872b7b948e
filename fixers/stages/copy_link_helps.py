"""Adds `--link`.

Unsafe: the copy is made on an empty directory and laid over what is there. Where a directory on the way is a symbolic
link, it is replaced; where it has another owner or another mode than root's 0755, it gets those. Only the base image
tells.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy
from ...rules.facts import Facts
from ...rules.reach import step_of
from ...rules.rule import Diagnostic, Fix
from ..blocks import instruction_at
from ..flags import add_flags, reads


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The copy with the flag, where the frontend knows it."""
    instruction = instruction_at(see.dockerfile, found.primary)
    step = step_of(instruction, see) if instruction is not None else None
    if instruction is None or step is None or not isinstance(instruction.body, Copy) or not reads(see.dockerfile, 4):
        return
    if any(flag.name == "link" for flag in instruction.flags):
        return
    dest = getattr(step.op, "dest", "/")
    folder = posixpath.normpath(dest if dest.endswith("/") else posixpath.dirname(dest))
    yield Fix(
        "add `--link`",
        False,
        {see.path: (add_flags(see.dockerfile, instruction, ("--link",)),)},
        assumes=f"each directory down to `{folder}` is a real one of root's with mode 755",
    )
