"""The shape of a cache key, the same for every engine: what an operation is, and what it is applied to."""

from __future__ import annotations

from collections.abc import Mapping

from ..graph import Origin
from ..graph.steps import CopySource
from ..named_tuple import NamedTuple
from ..source import Span
from ..typing import Literal

PartKind = Literal[
    "instruction",
    "command",
    "env",
    "workdir",
    "user",
    "mount",
    "platform",
    "option",
    "image",
    "remote",
    "text",
]
Role = Literal["image", "local", "remote", "text", "exec", "copy", "mkdir", "merge"]


class Part(NamedTuple):
    """One field of an operation that counts."""

    kind: PartKind
    name: str
    value: str


class VertexInput(NamedTuple):
    """One input of a vertex. It matches by definition where `definition` does and the same paths are selected,
    and, unless `readings` is None, by content where what is read is the same.

    `origin` says where the bytes come from where `definition` (an index into the vertices) is None.
    """

    definition: int | None
    origin: Origin | None
    selector: tuple[str, ...]
    readings: tuple[CopySource, ...] | None
    span: Span


class Vertex(NamedTuple):
    """One thing that an engine caches. `base` is the index of its root file system's vertex.

    `step` is the step it belongs to; `forced` vertices run whatever the cache holds; what a `moving` one gives can
    change though its text does not (an address, a branch). `image` is the base image that alone tells the directory
    or a variable that `own` has a stand-in for, "" where it has none. `rooted` is `own` with paths below an unknown
    directory taken as absolute ones.
    """

    role: Role
    step: int | None
    own: tuple[Part, ...]
    inputs: tuple[VertexInput, ...]
    base: int | None
    forced: bool = False
    moving: bool = False
    image: str = ""
    rooted: tuple[Part, ...] = ()


class Keys(NamedTuple):
    """The vertices of a build in an order in which inputs come first, and for each step the one that is judged
    (`of_step`) and the one that holds the file system after it (`output`); -1 for steps that are not used.
    `of_origin` finds the vertex of an image, address or text that is read without a step of its own.
    """

    vertices: tuple[Vertex, ...]
    of_step: tuple[int, ...]
    output: tuple[int, ...]
    of_origin: Mapping[Origin, int]
