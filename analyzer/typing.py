"""The names of typing that this project uses, without importing typing: a tenth of what a lint of one file took.

Annotations are never evaluated (PEP 563), so the names need only be there. Type checkers see typing's own. A Literal
gets a name, `Kind = Literal["a", "b"]`, as linters take texts in an annotation for more annotations.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import IO, Any, BinaryIO, Literal, NoReturn, Protocol, TypeGuard, TypeVar, assert_never, cast, get_args
else:

    class Literal(tuple):
        """`Literal["a", "b"]` is the tuple of its values."""

        __slots__ = ()

        def __class_getitem__(cls, values):
            return cls(values if isinstance(values, tuple) else (values,))

    class Protocol:
        """What typing.Protocol is to classes that only annotate."""

    Any = IO = BinaryIO = NoReturn = TypeGuard = object

    def TypeVar(name, bound=object):
        """A name for a type that is the same in several places."""
        return bound

    def assert_never(value):
        """Raises AssertionError: all kinds of values were thought of."""
        raise AssertionError(f"unexpected {value!r}")

    def cast(kind, value):
        """The value."""
        return value

    def get_args(literal):
        """The arguments of a Literal."""
        return literal


__all__ = [
    "IO",
    "TYPE_CHECKING",
    "Any",
    "BinaryIO",
    "Literal",
    "NoReturn",
    "Protocol",
    "TypeGuard",
    "TypeVar",
    "assert_never",
    "cast",
    "get_args",
]
