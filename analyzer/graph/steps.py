"""The nouns of the build graph: steps, what they do, and what they read."""

from __future__ import annotations

from ..context import Selection
from ..dockerfile.syntax import Instruction
from ..named_tuple import NamedTuple
from ..plans import BuildPlan, Platform
from ..source import SourceFile, Span
from ..typing import Literal
from .images import ImageRef

VariableOrigin = Literal["image", "env", "arg", "build-arg", "platform"]

# Stands at the head of a path below a working directory that only the base image's configuration tells.
UNKNOWN_WORKDIR = "\0"


# Stand around the name of a variable that is not set in the build: the base image may set it, and only it tells.
UNKNOWN_VALUE = ("\ue000", "\ue001")

# Why an image is listed among the unread: its text is taken as its identity.
UNPINNED = "an image without a digest"


class BuildError(Exception):
    """A build definition that the engine refuses; `span` is where in the Dockerfile `source`, None where nowhere."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.source: SourceFile | None = None


def readable(text: str) -> str:
    """A text with the stand-ins of unknown values as people write variables, an unknown directory as the image's."""
    text = text.replace(UNKNOWN_WORKDIR + "/", "").replace(UNKNOWN_WORKDIR, "the image's directory")
    return text.replace(UNKNOWN_VALUE[0], "${").replace(UNKNOWN_VALUE[1], "}")


def is_unknown(text: str) -> bool:
    """Whether a text has a stand-in for what only the base image tells."""
    return UNKNOWN_WORKDIR in text or UNKNOWN_VALUE[0] in text


class Assignment(NamedTuple):
    """One variable that enters the environment. `name` is "" for all that a base image brings, whatever it is."""

    name: str
    value: str
    origin: VariableOrigin
    span: Span | None


class Scope(NamedTuple):
    """What a step inherits. `env` is in the order that is hashed, each name once; `shell` None: the image's own."""

    env: tuple[Assignment, ...]
    workdir: str
    user: str | None
    shell: tuple[str, ...] | None
    platform: Platform


class ContextOrigin(NamedTuple):
    """A build context: "" is the main one."""

    name: str


class StepOrigin(NamedTuple):
    """The root file system after a step; None is an empty one (scratch)."""

    step: int | None


class ImageOrigin(NamedTuple):
    """An image used without a stage of its own, as in `COPY --from=nginx:1.27`; `named` where a named context is it."""

    image: ImageRef
    platform: Platform
    named: bool = False


class TextOrigin(NamedTuple):
    """A heredoc: a file of that name and content."""

    name: str
    content: str


class HttpOrigin(NamedTuple):
    """ADD of an address; `checksum` is "" where none is given."""

    url: str
    filename: str
    checksum: str


class GitOrigin(NamedTuple):
    """ADD of a git repository; `commit` is "" where the reference is a branch, a tag or nothing."""

    remote: str
    ref: str
    subdir: str
    commit: str
    keep_git_dir: bool


Origin = ContextOrigin | StepOrigin | ImageOrigin | TextOrigin | HttpOrigin | GitOrigin


class CopySource(NamedTuple):
    """One source of COPY or ADD. `path` is absolute in its origin, and clean; --parents fills `include`, `required`."""

    origin: Origin
    path: str
    selection: Selection
    include: tuple[str, ...]
    required: tuple[str, ...]
    span: Span


class RunMount(NamedTuple):
    """One mount of RUN with its variables expanded. `origin` is None where nothing is mounted in from elsewhere.

    `target` is absolute and clean; `source` is "" for the whole origin.
    """

    kind: str
    target: str
    origin: Origin | None
    source: str
    readonly: bool
    id: str
    sharing: str
    size: str
    required: bool
    mode: str | None
    uid: str | None
    gid: str | None
    env: str | None
    span: Span

    @property
    def title(self) -> str:
        """What messages call it: its kind, and its target or id."""
        return f"{self.kind} {self.target or self.id}"


class ImageOp(NamedTuple):
    """FROM an image; `named` where a named context is it."""

    image: ImageRef
    named: bool = False


class ContextOp(NamedTuple):
    """FROM a named context that is no image: a directory, a repository, another target."""

    name: str


class RunOp(NamedTuple):
    """RUN. `argv` is the final command line; `script` the file that a heredoc with `#!` becomes."""

    argv: tuple[str, ...]
    mounts: tuple[RunMount, ...]
    network: str | None
    security: str | None
    devices: tuple[str, ...]
    script: TextOrigin | None


class CopyOp(NamedTuple):
    """COPY or ADD. `link` is True where the engine really makes a layer of its own: --link without --chmod."""

    sources: tuple[CopySource, ...]
    dest: str
    chown: str
    chmod: str
    link: bool
    exclude: tuple[str, ...]
    unpack: bool


class MkdirOp(NamedTuple):
    """WORKDIR: `path` is cleaned."""

    path: str


Op = ImageOp | ContextOp | RunOp | CopyOp | MkdirOp


class Step(NamedTuple):
    """One step of a build, `[label number/total]`; `number` is 0 where the engine prints none (a context as base).

    `base` is the step whose file system it starts from, None for an empty one. `used` is False where the target does
    not need it. `text` is the name that the engine prints, variables expanded. `no_cache`: an option forces it.
    """

    id: int
    stage: int
    label: str
    number: int
    total: int
    instruction: Instruction
    span: Span
    text: str
    op: Op
    base: int | None
    scope: Scope
    used: bool
    no_cache: bool


class StageInfo(NamedTuple):
    """A stage as resolved; `number` counts from 0. `base` is a stage's number or an image, None for scratch.

    `output` is its last step that makes a file system. `context` names the named context that replaces it, if any;
    `needs` are the stages that it reads.
    """

    number: int
    name: str
    base: int | ImageRef | None
    output: int | None
    used: bool
    context: str | None
    needs: tuple[int, ...]


class Unread(NamedTuple):
    """An input that cannot be known without a network or a daemon, and why."""

    what: str
    why: str
    span: Span | None


class BuildGraph(NamedTuple):
    """A build: its steps, in the order of the file, and its stages. `target` is the index of the target stage.

    `doubts` are names that are taken as images though they are most likely misspelt stages.
    """

    plan: BuildPlan
    steps: tuple[Step, ...]
    stages: tuple[StageInfo, ...]
    target: int
    unread: tuple[Unread, ...]
    doubts: tuple[BuildError, ...]


def inputs(step: Step) -> tuple[tuple[Origin, Span], ...]:
    """What a step reads besides its base: the origins of its sources and mounts, with the text that names them."""
    if isinstance(step.op, CopyOp):
        return tuple((source.origin, source.span) for source in step.op.sources)
    if isinstance(step.op, RunOp):
        return tuple((mount.origin, mount.span) for mount in step.op.mounts if mount.origin is not None)
    return ()
