"""Files and repositories that ADD and `git clone` fetch from afar, as what can be pinned."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Copy, Dockerfile, Instruction, Run, Word
from ..analyzer.pins import Key
from ..analyzer.shell import Command, Opaque, switches
from ..analyzer.shell.fetches import Clone, checked_out, clones
from ..analyzer.source import Span
from ..rules.facts import Facts
from ..rules.moving import ref_kind
from ..rules.pinning import add_git_unpinned, add_without_checksum
from ..rules.rule import Diagnostic
from .wants import Want, at

_REFUSED = frozenset({
    "--recurse-submodules", "--recursive", "--bare", "--mirror", "-n", "--no-checkout", "-o", "--origin", "--revision",
    "--separate-git-dir", "--sparse", "--shallow-submodules", "-c", "--config", "--template",
})  # fmt: skip


def source_wants(see: Facts) -> Iterator[Want]:
    """What ADD fetches without a checksum or a commit, and what is cloned without one."""
    for instruction in see.instructions((Copy,)):
        if instruction.keyword == "ADD" and not see.is_trigger(instruction):
            for found in add_without_checksum.check(instruction, see):
                yield from download_wants(found, instruction, see)
            for found in add_git_unpinned.check(instruction, see):
                yield from repository_wants(found, instruction, see)
    for instruction in see.instructions((Run,)):
        if not see.is_trigger(instruction):
            yield from clone_wants(instruction, see)


def download_wants(found: Diagnostic, instruction: Instruction, see: Facts) -> Iterator[Want]:
    """The file that a finding says has no checksum: its pin is a flag behind ADD."""
    word = _source(found, instruction)
    if word is None:
        return
    body = instruction.body
    assert isinstance(body, Copy)
    start = instruction.span.start + len("ADD")
    want = Want(Key("download", word.text), word.span, Span(start, start), before=" --checksum=")
    if "$" in word.text:
        want = want._replace(refusal="its address has a variable; pin it by hand")
    elif len(body.sources) > 1:
        want = want._replace(refusal="a checksum goes with one source only; give it an ADD of its own")
    elif _is_old(see.dockerfile, 6):
        want = want._replace(refusal="the frontend that `# syntax=` names has no --checksum; name 1.6 or newer")
    yield want


def repository_wants(found: Diagnostic, instruction: Instruction, see: Facts) -> Iterator[Want]:
    """The repository that a finding says follows a branch or a tag: its commit takes the place of that name."""
    word = _source(found, instruction)
    if word is None:
        return
    address, _, fragment = word.text.partition("#")
    ref, colon, folder = fragment.partition(":")
    want = Want(Key("git", f"{address}#{ref or 'HEAD'}"), word.span, word.span)
    end = at(word.text, word.span, see)
    if end is None or "$" in word.text or "?" in address:
        yield want._replace(refusal="its address is not plain; pin it by hand")
        return
    behind = len(colon) + len(folder)
    span = Span(end.start - behind - len(ref), end.start - behind)
    yield want._replace(span=span, before="" if "#" in word.text else "#")


def clone_wants(instruction: Instruction, see: Facts) -> Iterator[Want]:
    """The clones of a RUN in which no commit is checked out: the command that does so goes behind them."""
    read = see.commands(instruction)
    if isinstance(read, Opaque):
        return
    later = checked_out(read)
    if any(ref_kind(ref) == "commit" for ref in later):
        return
    for clone in clones(read):
        want = Want(Key("git", f"{clone.remote}#{clone.ref or 'HEAD'}"), clone.command.span, clone.command.span)
        why = _refusal(clone, later, see)
        yield want._replace(refusal=why) if why else _checkout(clone, want)


def _checkout(clone: Clone, want: Want) -> Want:
    end = clone.command.span.end
    words = [word.text for word in clone.command.words]
    last = words[-1]
    folder = last if last != clone.remote else posixpath.basename(clone.remote.rstrip("/")).removesuffix(".git")
    git = f" && git -C {folder}"
    shallow = any(word.partition("=")[0] in ("--depth", "--shallow-since") for word in words)
    if not shallow:
        return want._replace(span=Span(end, end), before=f"{git} checkout --quiet ")
    return want._replace(
        span=Span(end, end),
        before=f"{git} fetch --quiet --depth 1 origin ",
        behind=f"{git} checkout --quiet FETCH_HEAD",
    )


def _refusal(clone: Clone, later: tuple[str, ...], see: Facts) -> str:
    command = clone.command
    words = [word.text for word in command.words]
    if later:
        return f"`{later[0]}` is checked out behind it; write the commit in its place by hand"
    if not _is_plain(command, see):
        return "the clone is part of a larger command; check the commit out by hand"
    if "$" in clone.remote or "$" in (clone.ref or "") or not all(word.fixed for word in command.words):
        return "its address, ref or folder is a variable; pin it where that is set"
    asked = sorted(_REFUSED & switches(command))
    if asked:
        return f"with `{asked[0]}` the commit is not simply checked out behind it; pin it by hand"
    if words[:2] != ["git", "clone"] or words.index(clone.remote) < len(words) - 2:
        return "options stand around the address; check the commit out by hand"
    if not re.fullmatch(r"[\w./~-]+", words[-1]) and words[-1] != clone.remote:
        return "its folder is not plain; check the commit out by hand"
    return ""


def _is_plain(command: Command, see: Facts) -> bool:
    """Whether a command stands by itself, so that another can follow it with `&&`."""
    text = see.source[command.span.start : command.span.end]
    behind = see.source[command.span.end :].lstrip(" \t\\\r\n")
    return (
        command.certain
        and not (command.nested or command.background or command.pipeline or command.function or command.subshell)
        and command.direct
        and text.startswith("git clone")
        and not behind.startswith(("||", "|"))
    )


def _source(found: Diagnostic, instruction: Instruction) -> Word | None:
    body = instruction.body
    assert isinstance(body, Copy)
    return next((word for word in body.sources if word.span == found.primary), None)


def _is_old(dockerfile: Dockerfile, minor: int) -> bool:
    """Whether a file names a frontend before 1.`minor`."""
    named = next((one.value for one in dockerfile.directives if one.name == "syntax"), "")
    version = re.search(r":1\.(\d+)", named)
    return version is not None and int(version[1]) < minor
