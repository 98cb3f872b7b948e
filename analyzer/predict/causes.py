"""Why a step misses: recorded from the very comparison that decided it."""

from __future__ import annotations

from ..context.compare import Change
from ..engines.key import Part, Vertex
from ..graph import RunOp, Step, readable
from ..named_tuple import NamedTuple
from ..source import Span
from ..typing import Literal
from .comparison import Compared

CauseKind = Literal[
    "file-added",
    "file-removed",
    "file-content",
    "file-mode",
    "file-link",
    "file-type",
    "file-xattr",
    "files",
    "instruction",
    "arg-value",
    "arg-order",
    "env-value",
    "env-order",
    "base-moved",
    "option",
    "platform",
    "workdir",
    "user",
    "mount",
    "heredoc",
    "parent-missed",
    "producer-output",
    "remote-unknown",
    "warm-snapshot",
    "no-cache",
    "new-step",
]

# How many files a cause names before it only counts them.
NAMED_FILES = 5

_CHANGES: dict[str, tuple[CauseKind, str]] = {
    "added": ("file-added", "was added"),
    "removed": ("file-removed", "was removed"),
    "content": ("file-content", "changed"),
    "mode": ("file-mode", "has another mode"),
    "link": ("file-link", "points elsewhere"),
    "type": ("file-type", "became another kind of file"),
    "xattr": ("file-xattr", "has other extended attributes"),
}
_PARTS: dict[str, CauseKind] = {
    "workdir": "workdir",
    "user": "user",
    "mount": "mount",
    "platform": "platform",
    "option": "option",
    "image": "base-moved",
    "remote": "instruction",
    "text": "heredoc",
}


class Cause(NamedTuple):
    """One link of the chain from a step to the root of its miss.

    `step` is the id of the step that the link speaks of; `path` a file of the context; `span` the text to look at.
    """

    step: int
    kind: CauseKind
    text: str
    path: str | None = None
    span: Span | None = None
    because: Cause | None = None


def root(cause: Cause) -> Cause:
    """The last link of a chain."""
    while cause.because is not None:
        cause = cause.because
    return cause


def chain(cause: Cause) -> list[Cause]:
    """The links of a chain, the step's own first."""
    links = [cause]
    while links[-1].because is not None:
        links.append(links[-1].because)
    return links


def name(step: Step) -> str:
    """How messages call a step: `[label number/total]`."""
    label = f"{step.label} " if step.label else ""
    return f"[{label}{step.number}/{step.total}]" if step.number else f"[context {step.text.removeprefix('FROM ')}]"


def file_causes(step: Step, changes: tuple[Change, ...], span: Span) -> list[Cause]:
    """A cause for each of the first files that differ, and one that counts them where there are more."""
    causes: list[Cause] = []
    if len(changes) > NAMED_FILES:
        counts: dict[str, int] = {}
        for change in changes:
            counts[change.kind] = counts.get(change.kind, 0) + 1
        told = ", ".join(f"{count} {_CHANGES[kind][1].removeprefix('was ')}" for kind, count in counts.items())
        causes.append(Cause(step.id, "files", f"{len(changes)} files differ: {told}", None, span))
    for change in changes[:NAMED_FILES]:
        kind, verb = _CHANGES[change.kind]
        detail = ""
        if change.kind == "mode" and change.old and change.new:
            detail = f": {change.old.mode:04o} → {change.new.mode:04o}"
        if change.kind == "link" and change.old and change.new:
            detail = f": {change.old.target} → {change.new.target}"
        causes.append(Cause(step.id, kind, f"{change.path or '.'} {verb}{detail}", change.path, span))
    return causes


def own_causes(step: Step, new: Vertex, old: Vertex, old_text: str) -> list[Cause]:
    """What differs between two operations themselves."""
    causes = _environment(step, new, old)
    rest = [[part for part in vertex.own if part.kind != "env"] for vertex in (new, old)]
    told: set[str] = set()
    for part, other in _paired(rest[0], rest[1]):
        one = part or other
        if one is None or (part and other and part.value == other.value):
            continue
        if one.kind in ("instruction", "command"):
            if "instruction" not in told:
                text = (
                    f"the instruction was `{shortened(old_text)}`" if old_text != step.text else "what it does changed"
                )
                causes.insert(0, Cause(step.id, "instruction", text, None, step.span))
            told.add("instruction")
            continue
        causes.append(_part_cause(step, one, part, other))
    return causes


def _part_cause(step: Step, one: Part, part: Part | None, other: Part | None) -> Cause:
    mounts = step.op.mounts if isinstance(step.op, RunOp) and one.kind == "mount" else ()
    span = next((mount.span for mount in mounts if mount.title == one.name), step.span)
    what = f"{one.kind} {one.name}".strip() if one.kind != "option" else one.name
    before, after = (_shown(p.value) if p else "" for p in (other, part))
    if one.kind == "image":
        return Cause(step.id, "base-moved", f"the base image is {after}, was {before}", None, span)
    text = f"{what} is {_quoted(after)}, was {_quoted(before)}"
    if one.kind == "mount":
        verb = "changed" if part and other else "is new" if part else "is gone"
        text = f"the mount `{one.name}` {verb}"
    return Cause(step.id, _PARTS[one.kind], text, None, span)


def _paired(new: list[Part], old: list[Part]) -> list[tuple[Part | None, Part | None]]:
    """Parts of the same kind and name, in order of appearance."""
    waiting: dict[tuple[str, str], list[Part]] = {}
    for part in old:
        waiting.setdefault((part.kind, part.name), []).append(part)
    pairs: list[tuple[Part | None, Part | None]] = []
    for part in new:
        others = waiting.get((part.kind, part.name), [])
        pairs.append((part, others.pop(0) if others else None))
    pairs += [(None, part) for parts in waiting.values() for part in parts]
    return pairs


def _environment(step: Step, new: Vertex, old: Vertex) -> list[Cause]:
    """Variables that changed, came or went; else, where only their order differs, that."""
    after = {part.name: part for part in new.own if part.kind == "env"}
    before = {part.name: part for part in old.own if part.kind == "env"}
    declared = {a.name: a for a in step.scope.env}
    arguments = {name for name, a in declared.items() if a.origin in ("arg", "build-arg")}
    causes: list[Cause] = []
    for key, part in after.items():
        word, span = "ARG" if key in arguments else "ENV", declared[key].span
        kind: CauseKind = "arg-value" if word == "ARG" else "env-value"
        other = before.get(key)
        if key and other is None:
            causes.append(Cause(step.id, kind, f"{word} {key}={shortened(part.value, 40)} is new", None, span))
        elif key and other is not None and part.value != other.value:
            text = f"{word} {key} is {_quoted(part.value)}, was {_quoted(other.value)}"
            causes.append(Cause(step.id, kind, text, None, span))
    for key in before:
        if key and key not in after:
            causes.append(Cause(step.id, "env-value", f"variable {key} is gone", None, step.span))
    if not causes and list(after) != list(before):
        moved = next(k for k, other in zip(after, before, strict=False) if k != other)
        text = f"the order of variables changed at {moved or 'the base image'}: the order is part of the key"
        kind = "arg-order" if moved in arguments else "env-order"
        causes.append(Cause(step.id, kind, text, None, declared[moved].span))
    return causes


def content_causes(step: Step, compared: Compared, span: Span, producer: Cause | None, named: str) -> list[Cause]:
    """What a comparison of bytes says; `producer` is why the producing step runs, `named` what it is called."""
    if compared.reason == "context":
        return file_causes(step, compared.changes, span)
    if compared.reason == "warm":
        found = ", ".join(change.path or "." for change in compared.changes[:NAMED_FILES])
        text = f"{found}: differs only in what a warm daemon overlooks; a miss once it drops its copy of the context"
        return [Cause(step.id, "warm-snapshot", text, compared.changes[0].path, span)]
    if compared.reason == "text":
        return [Cause(step.id, "heredoc", "the text of the heredoc changed", None, span)]
    if compared.reason == "remote":
        text = "what the address gives is not known without asking it; pin it with --checksum or a commit"
        return [Cause(step.id, "remote-unknown", text, None, span)]
    if compared.reason == "image":
        return [Cause(step.id, "base-moved", "another image: a hit only if the copied files are the same", None, span)]
    if compared.reason == "crowd":
        text = "too many steps like it to tell them apart: a hit only if what it reads holds the same bytes"
        return [Cause(step.id, "producer-output", text, None, span)]
    if compared.reason == "selection":
        text = "another path is taken than before: a hit only if it holds the same bytes"
        return [Cause(step.id, "producer-output", text, None, span)]
    if compared.sameness == "different":
        text = f"what {named} puts there changed"
    else:
        text = f"{named} runs again: a hit only if it writes the same bytes"
    return [Cause(step.id, "producer-output", text, None, span, producer)]


def shortened(text: str, limit: int = 60) -> str:
    """The text on one line, at most `limit` characters."""
    flat = " ".join(readable(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _quoted(value: str) -> str:
    return f"`{shortened(value, 40)}`" if value else "empty"


def _shown(value: str) -> str:
    return " ".join(field for field in readable(value).split("\n") if field)
