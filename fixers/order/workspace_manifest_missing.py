"""Copies the manifests of the members too, one COPY a folder.

Unsafe: the install fetches what the members ask for as well. There is no fix where it would read more of them than
their manifests: scripts that run with it, packages that it builds.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Copy
from ...analyzer.graph import CopyOp
from ...analyzer.projects.needs import Needs, needs
from ...rules.brought import ContextProject
from ...rules.facts import Facts
from ...rules.order.workspace_manifest_missing import Evidence
from ...rules.rule import Diagnostic, Fix
from ..blocks import insert_below
from ..landings import landings
from ..manifests import MOST_LINES, is_plain, manifest_lines


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """A COPY for each folder with manifests that are missing, below that of the root's."""
    evidence = found.evidence
    assert isinstance(evidence, Evidence) and see.graph is not None
    if see.context is None or not all(map(is_plain, evidence.missing)):
        return
    step, copy = see.graph.steps[evidence.step], see.graph.steps[evidence.copy]
    body = copy.instruction.body
    if not isinstance(copy.op, CopyOp) or not isinstance(body, Copy) or body.parents:
        return
    if not body.dest.text.endswith("/") and body.dest.text != ".":
        return
    folder = posixpath.dirname(evidence.root)
    install = next((one for one in see.installs(step.instruction) if one.command.span == found.related[0].span), None)
    read = None if install is None else needs(install, folder, ContextProject(see.context))
    root = next((one for one in landings(copy, see.context) or () if one.path == evidence.root), None)
    ask = see.context.git_ignored
    if install is None or root is None or not isinstance(read, Needs) or (ask is not None and ask(evidence.missing)):
        return
    place = posixpath.dirname(root.place)
    brought = [(posixpath.join(place, posixpath.relpath(path, folder or ".")), root, path) for path in evidence.missing]
    lines = tuple(manifest_lines(copy, brought, see.dockerfile))
    if len(lines) > MOST_LINES or read.stubs or not set(evidence.missing) <= set(read.files):
        return
    newline = see.dockerfile.source.newline
    text = "".join(line.text + newline for line in lines)
    count = len(evidence.missing)
    what = f"`{evidence.missing[0]}`" if count == 1 else f"`{evidence.missing[0]}` and {count - 1} more"
    assumes = "; ".join((f"`{install.name}` is meant to install what all members ask for", *read.assumes))
    edit = insert_below(see.dockerfile, copy.instruction, text)
    yield Fix(f"copy {what} before `{install.name}` too", False, {see.path: (edit,)}, assumes=assumes)
