"""What one instruction does: its words expanded, its sources and mounts resolved."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..context import has_wildcard, selection
from ..dockerfile.syntax import Copy, Heredoc, Instruction, Mount, Run
from ..source import Span
from .images import image_ref
from .paths import clean, destination, rooted
from .scope import StageScope
from .steps import (
    UNKNOWN_VALUE,
    BuildError,
    ContextOrigin,
    CopyOp,
    CopySource,
    GitOrigin,
    HttpOrigin,
    ImageOrigin,
    Origin,
    RunMount,
    RunOp,
    TextOrigin,
)

DEFAULT_SHELL = ("/bin/sh", "-c")
_ONLY_HEREDOC = r"\d*<<-?[^<\s]+"
_HEREDOC_NAME = r"\d*<<-?(['\"]?)([^'\"]+)\1"
_OCTAL = re.compile("[0-7]{1,11}")
_DECIMAL = re.compile("[0-9]{1,10}")
_UNKNOWN = f"{UNKNOWN_VALUE[0]}.*?{UNKNOWN_VALUE[1]}"
_COMMIT = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"
_SCP_LIKE = r"git@[\w.-]+:"
_ADDRESS = r"(?:https?|git|ssh)://|git@[\w.-]+:"

# Finds the origin that a name stands for: a stage, a named context, else an image.
Named = Callable[[str, Span], Origin]


def copy_op(instruction: Instruction, body: Copy, scope: StageScope, named: Named) -> CopyOp:
    """COPY or ADD with everything resolved (dockerfile2llb/convert_copy.go: dispatchCopy)."""
    span = instruction.span
    adds = instruction.keyword == "ADD"
    origin: Origin = named(body.from_, span) if body.from_ is not None else ContextOrigin("")
    sources: list[CopySource] = []
    documents: list[CopySource] = []
    for word in body.sources:
        document = re.fullmatch(_HEREDOC_NAME, word.text)
        if document and instruction.heredocs:
            documents.append(_document(document[2], instruction.heredocs, scope, word.span))
            continue
        # What no instruction sets is most likely not set by the base image either: so a path of the context is read.
        local = origin == ContextOrigin("")
        path = scope.expand(word.text, word.span, certain=not local)
        path = re.sub(_UNKNOWN, "", path) if local else path
        remote = _remote(path, body, scope, word.span) if adds else None
        if remote:
            sources.append(_whole(remote, "/" + remote.filename if isinstance(remote, HttpOrigin) else "/", word.span))
        else:
            sources.append(_local(origin, path, body, word.span))
    chmod = scope.expand(body.chmod, span) if body.chmod else ""
    return CopyOp(
        sources=(*sources, *documents),
        dest=destination(scope.workdir, scope.expand(body.dest.text, body.dest.span)),
        chown=scope.expand(body.chown, span) if body.chown else "",
        chmod=chmod,
        link=body.link and not chmod,
        exclude=body.exclude,
        unpack=adds if body.unpack is None else body.unpack,
    )


def _local(origin: Origin, path: str, body: Copy, span: Span) -> CopySource:
    include: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    source = path
    if body.parents:
        parent, pivot, pattern = path.partition("/./")
        if not pivot:
            parent, pattern = "/", path
        include = (rooted(pattern).removeprefix("/"),)
        if not has_wildcard(parent) and not has_wildcard(pattern):
            required = (rooted(f"{parent}/{pattern}"),)
        source = parent
    source = rooted(source)
    taken = selection(path, wildcard=has_wildcard(path), exclude=body.exclude, parents=body.parents)
    return CopySource(origin, source, taken, include, required, span)


def _whole(origin: Origin, path: str, span: Span) -> CopySource:
    return CopySource(origin, path, selection(path, wildcard=False), (), (), span)


def _document(name: str, heredocs: tuple[Heredoc, ...], scope: StageScope, span: Span) -> CopySource:
    for heredoc in reversed(heredocs):
        if heredoc.name == name:
            content = scope.expand(heredoc.content, heredoc.span, raw=True) if heredoc.expand else heredoc.content
            return _whole(TextOrigin(name, content), f"/{name}", span)
    raise BuildError(f"heredoc `{name}` has no body", span)


def _remote(source: str, body: Copy, scope: StageScope, span: Span) -> HttpOrigin | GitOrigin | None:
    if not re.match(_ADDRESS, source):
        return None
    from urllib.parse import parse_qs, urlsplit

    checksum = scope.expand(body.checksum, span) if body.checksum else ""
    address, _, fragment = source.partition("#")
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise BuildError(f"`{source}` is no address: {error}", span) from error
    web = parts.scheme in ("http", "https")
    if parts.scheme in ("git", "ssh") or re.match(_SCP_LIKE, source) or (web and parts.path.endswith(".git")):
        query = parse_qs(parts.query)
        ref, _, subdir = fragment.partition(":")
        ref = ref or next(iter(query.get("ref", []) + query.get("branch", []) + query.get("tag", [])), "")
        subdir = subdir or next(iter(query.get("subdir", [])), "")
        commit = checksum or next(iter(query.get("checksum", []) + query.get("commit", [])), "")
        if not commit and re.fullmatch(_COMMIT, ref):
            commit = ref
        return GitOrigin(address.partition("?")[0], ref, subdir, commit, bool(body.keep_git_dir))
    if web:
        return HttpOrigin(source, parts.path.rpartition("/")[2] or "__unnamed__", checksum)
    return None


def run_op(instruction: Instruction, body: Run, scope: StageScope, named: Named, text: str) -> RunOp:
    """RUN with its final command line (dockerfile2llb/convert.go: dispatchRun); `text` is the file's."""
    script: TextOrigin | None = None
    if body.argv is not None:
        argv = body.argv
    else:
        command = body.command.text
        if instruction.heredocs and re.fullmatch(_ONLY_HEREDOC, command.strip()):
            first = instruction.heredocs[0]
            command = first.content
            if command.startswith("#!"):
                script = TextOrigin(first.name, command)
                command = f"/dev/pipes/{first.name}"
        elif instruction.heredocs:
            bodies = (f"\n{text[h.span.start : h.span.end]}{h.name}" for h in instruction.heredocs)
            command += "".join(bodies)
        argv = (*(scope.shell or DEFAULT_SHELL), command)
    mounts = tuple(_mount(mount, scope, named) for mount in body.mounts)
    return RunOp(argv, mounts, body.network, body.security, body.devices, script)


def _mount(mount: Mount, scope: StageScope, named: Named) -> RunMount:
    def value(text: str | None) -> str:
        return scope.expand(text, mount.span) if text else ""

    def given(text: str | None) -> str | None:
        return None if text is None else scope.expand(text, mount.span)

    kind = value(mount.kind).lower()
    source, target, identity = value(mount.source), value(mount.target), value(mount.id)
    origin: Origin | None = None
    if kind in ("bind", "cache") and mount.from_:
        origin = named(value(mount.from_), mount.span)
    elif kind == "bind":
        origin = ContextOrigin("")
    if kind in ("bind", "cache", "tmpfs"):
        target = clean(target if target.startswith("/") else f"{scope.workdir}/{target}")
        if target == "/":
            raise BuildError('invalid mount target "/"', mount.span)
    for name, text, form in (("mode", given(mount.mode), _OCTAL), ("uid", given(mount.uid), _DECIMAL)):
        if text is not None and not form.fullmatch(text):
            raise BuildError(f"invalid value {text} for {name}", mount.span)
    if mount.gid is not None and not _DECIMAL.fullmatch(value(mount.gid)):
        raise BuildError(f"invalid value {value(mount.gid)} for gid", mount.span)
    readonly = kind not in ("cache", "tmpfs") if mount.readonly is None else mount.readonly
    return RunMount(
        kind=kind,
        target=target,
        origin=origin,
        source=source if kind == "secret" else rooted(source).removeprefix("/"),
        readonly=readonly,
        id=identity,
        sharing=value(mount.sharing).lower() or "shared",
        size=value(mount.size),
        required=mount.required,
        mode=given(mount.mode),
        uid=given(mount.uid),
        gid=given(mount.gid),
        env=given(mount.env),
        span=mount.span,
    )


def image_origin(name: str, scope: StageScope) -> ImageOrigin:
    """The image that `--from=name` stands for."""
    return ImageOrigin(image_ref(name), scope.platform)
