"""BuildKit's cache keys, as of v0.32: what of each operation is hashed, and what each input is matched by.

Sources: solver/llbsolver/ops/{exec,file,merge}.go (CacheMap), client/llb/{exec,fileop,meta}.go,
frontend/dockerfile/dockerfile2llb/*.go. Bracketed ids are cases in corpus/conformance.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..context import Selection
from ..graph import (
    UNKNOWN_VALUE,
    UNKNOWN_WORKDIR,
    BuildGraph,
    ContextOp,
    ContextOrigin,
    CopyOp,
    CopySource,
    GitOrigin,
    HttpOrigin,
    ImageOp,
    ImageOrigin,
    MkdirOp,
    Origin,
    RunMount,
    RunOp,
    Scope,
    Step,
    StepOrigin,
    TextOrigin,
)
from ..graph.paths import basename
from ..plans import BuildOptions
from ..source import Span
from .key import Keys, Part, Role, Vertex, VertexInput

_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}


def keys(graph: BuildGraph) -> Keys:
    """The vertices of a build as BuildKit would key them."""
    return _Keys(graph).all()


class _Keys:
    def __init__(self, graph: BuildGraph) -> None:
        self.graph = graph
        self.options = graph.plan.options
        self.args = dict(self.options.build_args)
        self.vertices: list[Vertex] = []
        self.known: dict[object, int] = {}
        self.of_origin: dict[Origin, int] = {}
        self.of_context: dict[int, Origin] = {}
        self.of_step: list[int] = []
        self.output: list[int] = []
        self.settings: dict[Scope, list[Part]] = {}
        self.given = _given(self.options, self.args)

    def all(self) -> Keys:
        for step in self.graph.steps:
            judged, output = self._step(step) if step.used else (-1, -1)
            self.of_step.append(judged)
            self.output.append(output)
        return Keys(tuple(self.vertices), tuple(self.of_step), tuple(self.output), self.of_origin)

    def _vertex(
        self,
        role: Role,
        step: int | None,
        own: list[Part],
        inputs: list[VertexInput],
        base: int | None,
        *,
        forced: bool = False,
        moving: bool = False,
        named: bool = False,
    ) -> int:
        """The vertex of that definition: equal ones are one, and forced where any of them is [f06, b03d]."""
        parts = tuple(own)
        rooted = _rooted(parts)
        told = rooted is parts and not any(UNKNOWN_VALUE[0] in part.value for part in own)
        image = "" if told else self._told_by(step)
        identity = (
            role,
            named,
            image,
            parts,
            tuple(
                (i.definition, i.origin, tuple((r.origin, r.path, r.include) for r in i.readings or ())) for i in inputs
            ),
        )
        at = self.known.setdefault(identity, len(self.vertices))
        if at == len(self.vertices):
            self.vertices.append(Vertex(role, step, parts, tuple(inputs), base, forced, moving, image, rooted))
        elif forced:
            self.vertices[at] = self.vertices[at]._replace(forced=True)
        return at

    def _told_by(self, step: int | None) -> str:
        """The image whose configuration tells what a step does not."""
        env = () if step is None else self.graph.steps[step].scope.env
        return next((assignment.value for assignment in env if not assignment.name), "")

    def _step(self, step: Step) -> tuple[int, int]:
        op = step.op
        base = None if step.base is None else self.output[step.base]
        if isinstance(op, ImageOp):
            return self._twice(self._image(ImageOrigin(op.image, step.scope.platform, op.named), step.id))
        if isinstance(op, ContextOp):
            spec = dict(self.graph.plan.contexts)[op.name]
            own = [Part("remote", spec.kind, spec.location)]
            role: Role = "local" if spec.kind == "directory" else "remote"
            at = self._vertex(role, step.id, own, [], None, moving=role == "remote")
            self.of_context[at] = ContextOrigin(op.name)
            return self._twice(at)
        if isinstance(op, MkdirOp):
            return self._twice(self._mkdir(step, op, base))
        if isinstance(op, RunOp):
            return self._twice(self._exec(step, op, base))
        return self._copy(step, op, base)

    @staticmethod
    def _twice(at: int) -> tuple[int, int]:
        return at, at

    # Sources -----------------------------------------------------------------------------------------------

    def _image(self, origin: ImageOrigin, step: int | None) -> int:
        """An image is known by its digest, else by its name: equal text counts as unchanged (rule 4.1).

        The frontend adds the digest it resolved where a Dockerfile names the image, and not where a named context
        does (dockerui/namedcontext.go): one key, but two inputs of a step that reads both [image-named-twice].
        """
        own = [Part("image", "", origin.image.identity), Part("platform", "image", str(origin.platform))]
        return self._vertex("image", step, own, [], None, named=origin.named)

    def _source(self, origin: Origin) -> int | None:
        """The vertex of an input, None where it has no key of its own: a context, an empty file system."""
        if isinstance(origin, StepOrigin):
            return None if origin.step is None else self.output[origin.step]
        at = self.of_origin.get(origin)
        if at is None:
            at = self._outside(origin)
            if at is not None:
                self.of_origin[origin] = at
        return at

    def _outside(self, origin: Origin) -> int | None:
        if isinstance(origin, ContextOrigin):
            spec = dict(self.graph.plan.contexts).get(origin.name)
            if spec is None or spec.kind == "directory":
                return None
            return self._vertex("remote", None, [Part("remote", spec.kind, spec.location)], [], None, moving=True)
        if isinstance(origin, ImageOrigin):
            return self._image(origin, None)
        if isinstance(origin, TextOrigin):
            own = [Part("text", origin.name, origin.content)]
            return self._vertex("text", None, own, [], None)
        if isinstance(origin, HttpOrigin):
            own = [Part("remote", "http", origin.checksum or origin.url), Part("text", "", origin.filename)]
            return self._vertex("remote", None, own, [], None, moving=not origin.checksum)
        return self._git(origin) if isinstance(origin, GitOrigin) else None

    def _git(self, origin: GitOrigin) -> int:
        """A commit is its key; .git kept makes the reference count too (source/git/source.go: shaToCacheKey)."""
        fields = [origin.commit or f"{origin.remote}#{origin.ref}", origin.subdir]
        if origin.keep_git_dir:
            fields.append(f".git#{origin.ref}")
        own = [Part("remote", "git", "\n".join(fields))]
        return self._vertex("remote", None, own, [], None, moving=not origin.commit)

    def _inputs(
        self, base: int | None, sources: list[CopySource], span: Span, *, by_content_base: bool = False
    ) -> tuple[list[VertexInput], list[int]]:
        """The inputs, equal ones joined, the base first; and for each source the index of its input."""
        if not sources:
            return [] if base is None else [VertexInput(base, None, (), None, span)], []
        places: dict[object, int] = {}
        groups: list[tuple[int | None, Origin | None, list[CopySource], Span]] = []
        if base is not None:
            places[base] = 0
            if self.vertices[base].role == "local":  # the same source, so one input
                places[self.of_context[base]] = 0
            groups.append((base, None, [], span))
        indices: list[int] = []
        for source in sources:
            at = self._source(source.origin)
            place = places.setdefault(source.origin if at is None else at, len(groups))
            if place == len(groups):
                groups.append((at, source.origin if at is None else None, [], source.span))
            groups[place][2].append(source)
            indices.append(place)
        inputs: list[VertexInput] = []
        for place, (definition, origin, members, where) in enumerate(groups):
            is_base = base is not None and place == 0
            readings = tuple(sorted(set(members), key=lambda source: (source.path, source.include)))
            by_content = bool(readings) and (by_content_base or not is_base)
            if is_base and by_content:
                readings = (_everything(readings[0].origin, where),)
            selector = tuple(sorted({source.path for source in members}))
            inputs.append(VertexInput(definition, origin, selector, readings if by_content else None, where))
        return inputs, indices

    # Operations --------------------------------------------------------------------------------------------

    def _mkdir(self, step: Step, op: MkdirOp, base: int | None) -> int:
        """WORKDIR: path, owner and, with SOURCE_DATE_EPOCH, the time (rules 3.4, 3.6)."""
        own = [Part("workdir", "", op.path), Part("user", "", _chown(step.scope.user or ""))]
        if "SOURCE_DATE_EPOCH" in self.args:
            own.append(Part("option", "SOURCE_DATE_EPOCH", self.args["SOURCE_DATE_EPOCH"]))
        inputs, _ = self._inputs(base, [], step.span)
        return self._vertex("mkdir", step.id, own, inputs, base)

    def _copy(self, step: Step, op: CopyOp, base: int | None) -> tuple[int, int]:
        """COPY and ADD: ops/file.go CacheMap; with --link a copy onto nothing and a merge."""
        below = None if op.link else base
        inputs, indices = self._inputs(below, list(op.sources), step.span)
        own = [
            Part("instruction", "base", "" if below is None else "0"),
            Part("instruction", "destination", op.dest),
            Part("instruction", "--chown", _chown(op.chown)),
            Part("instruction", "--chmod", _chmod(op.chmod)),
            Part("instruction", "--exclude", "\n".join(op.exclude)),
        ]
        for source, place in zip(op.sources, indices, strict=True):
            remote = isinstance(source.origin, GitOrigin | HttpOrigin | TextOrigin)
            unpack = op.unpack and not isinstance(source.origin, GitOrigin | TextOrigin)
            shape = [f"input {place}", basename(source.path), "unpack" if unpack else "", "as is" if remote else ""]
            own.append(Part("instruction", "source", "\n".join((*shape, *source.include, *source.required))))
        copied = self._vertex("copy", step.id, own, inputs, below, forced=step.no_cache)
        if not op.link:
            return copied, copied
        halves = [VertexInput(copied, None, (), None, step.span)]
        if base is not None:
            halves.insert(0, VertexInput(base, None, (), None, step.span))
        return copied, self._vertex("merge", step.id, [Part("instruction", "link", "")], halves, base)

    def _exec(self, step: Step, op: RunOp, base: int | None) -> int:
        """RUN: ops/exec.go CacheMap."""
        at = step.span
        network = _plain(op.network, "default") or _plain(self.options.network, "default")
        security, devices = _plain(op.security, "sandbox"), "\n".join((*self.options.devices, *op.devices))
        own = [Part("command", "", "\0".join(op.argv)), *self._setting(step.scope), *self.given]
        own += _said(("network", network), ("--security", security), ("--device", devices))
        own.append(Part("mount", "root", "" if base is None else "0"))
        mounts = sorted(op.mounts, key=lambda mount: mount.target)
        bound = [m for m in mounts if m.kind in ("bind", "cache") and self._bound(m) is not None]
        sources = [source for mount in bound if (source := self._bound(mount)) is not None]
        if op.script:
            sources.append(_everything(op.script, at))
        inputs, indices = self._inputs(base, sources, at, by_content_base=True)
        places = {mount: place for mount, place in zip(bound, indices, strict=False)}
        own += [_mount_part(mount, places.get(mount, -1), self.args) for mount in mounts if _file_mount(mount)]
        own += [_mount_part(mount, -1, self.args) for mount in op.mounts if not _file_mount(mount)]
        inputs = [_narrowed(one) for one in inputs]
        return self._vertex("exec", step.id, own, inputs, base, forced=step.no_cache)

    def _setting(self, scope: Scope) -> list[Part]:
        """The parts of what a RUN inherits, the same for all steps of a scope."""
        known = self.settings.get(scope)
        if known is None:
            known = self.settings[scope] = [Part("env", a.name, a.value) for a in scope.env]
            known += [Part("workdir", "", scope.workdir), Part("user", "", scope.user or "")]
            known.append(Part("platform", "", str(scope.platform)))
        return known

    def _bound(self, mount: RunMount) -> CopySource | None:
        """What a mount takes from elsewhere; a cache mount with an owner starts from a directory made for it."""
        if mount.kind == "cache" and not mount.source and (mount.mode or mount.uid or mount.gid):
            made = f"{mount.mode or '0755'} {mount.uid or 0}:{mount.gid or 0}"
            return _everything(TextOrigin("/cache", made), mount.span)
        if mount.origin is None:
            return None
        return CopySource(mount.origin, "/" + mount.source, Selection(mount.source), (), (), mount.span)


def _said(*options: tuple[str, str]) -> list[Part]:
    """A part for each option that says anything."""
    return [Part("option", name, value) for name, value in options if value]


def _given(options: BuildOptions, args: dict[str, str]) -> list[Part]:
    """The parts of the options that count for each RUN."""
    return _said(
        ("hostname", args.get("BUILDKIT_SANDBOX_HOSTNAME", "")),
        ("--add-host", "\n".join(_host(host) for host in options.add_hosts)),
        ("--ulimit", "\n".join(options.ulimits)),
        ("--cgroup-parent", options.cgroup_parent or ""),
        ("--shm-size", str(_bytes(options.shm_size or "") or "")),
    )


def _rooted(own: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts with paths below an unknown directory as absolute ones; the same tuple where there are none."""
    if not any(map(_stands_in, own)):
        return own
    return tuple(part._replace(value=_absolute(part.value)) if _stands_in(part) else part for part in own)


def _stands_in(part: Part) -> bool:
    """Whether a path of the part lies below an unknown directory; a command is taken as it is."""
    return UNKNOWN_WORKDIR in part.value and part.kind != "command"


def _absolute(value: str) -> str:
    return value.replace(UNKNOWN_WORKDIR + "/", "/").replace(UNKNOWN_WORKDIR, "/")


def _everything(origin: Origin, span: Span) -> CopySource:
    return CopySource(origin, "/", Selection(""), (), (), span)


def _narrowed(one: VertexInput) -> VertexInput:
    """Paths below another selected path add nothing; the root stands for all (ops/exec.go: dedupePaths)."""
    if not one.readings or len(one.readings) == 1:
        return one
    paths = {reading.path for reading in one.readings}
    kept = [reading for reading in one.readings if not any(above in paths for above in _above(reading.path))]
    distinct = {reading.path: reading for reading in kept}
    return one._replace(readings=tuple(distinct[path] for path in sorted(distinct)))


def _above(path: str) -> Iterator[str]:
    """The directories that an absolute path lies in."""
    for at, char in enumerate(path):
        if char == "/" and path != "/":
            yield path[:at] or "/"


def _file_mount(mount: RunMount) -> bool:
    return mount.kind in ("bind", "cache", "tmpfs")


def _mount_part(mount: RunMount, place: int, args: dict[str, str]) -> Part:
    """A mount without its source; what of a cache mount's id and sharing stays is rule 3.5."""
    fields = [mount.kind, mount.target, f"input {place}"]
    if mount.kind == "cache":
        identity = f"{args.get('BUILDKIT_CACHE_MOUNT_NS', '')}/{mount.id or mount.target}"
        default = mount.sharing == "shared" and mount.target in (identity, identity.partition("/")[2])
        fields += ["ro" if mount.readonly else "rw", identity if default else ""]
    elif mount.kind == "tmpfs":
        fields += [str(_bytes(mount.size))]
    elif mount.kind == "bind":
        fields += ["ro" if mount.readonly else "rw"]
    elif mount.kind == "secret":
        identity = mount.source or mount.id or basename(mount.target)
        target = mount.target or ("" if mount.env is not None else f"/run/secrets/{basename('/' + identity)}")
        owner = _owner(mount, "0400")
        fields = ["secret", identity, target, "required" if mount.required else "", mount.env or "", owner]
    else:
        fields = ["ssh", mount.id, mount.target, "required" if mount.required else "", _owner(mount, "0600")]
    return Part("mount", mount.title, "\n".join(fields))


def _owner(mount: RunMount, mode: str) -> str:
    return f"{mount.uid or 0}:{mount.gid or 0} {int(mount.mode or mode, 8):o}"


def _chown(text: str) -> str:
    """Users and groups by number where they are numbers, `root` is 0 (client/llb/fileop.go: WithUser, parseUID)."""
    return ":".join(
        str(int(part)) if part.isdecimal() else {"root": "0"}.get(part, part) for part in text.split(":", 1)
    )


def _chmod(text: str) -> str:
    """Octal modes count as numbers, symbolic ones as text [c21, c21b]."""
    try:
        return f"{int(text, 8):o}" if text else ""
    except ValueError:
        return text


def _plain(value: str | None, default: str) -> str:
    return "" if value in (None, "", default) else str(value)


def _host(text: str) -> str:
    """The name of `name:ip` or `name=ip`; the address is blanked [b06b]."""
    return text.partition("=")[0] if "=" in text else text.partition(":")[0]


def _bytes(text: str) -> int:
    """The number of bytes that a size such as `64m` names; 0 for none (docker/go-units: RAMInBytes)."""
    lower = text.strip().lower().removesuffix("b").removesuffix("i")
    unit = lower[-1:] if lower[-1:] in _UNITS else ""
    number = lower.removesuffix(unit).strip()
    try:
        return int(float(number) * _UNITS[unit]) if number else 0
    except (ValueError, OverflowError):
        return 0


def option_error(options: BuildOptions) -> str | None:
    """What is wrong with the options, in one line, or None."""
    if options.shm_size and not _bytes(options.shm_size):
        return f"--shm-size `{options.shm_size}` is not a size; write it like 128m or 1g"
    return None
