"""typing.NamedTuple without the time that its classes take to make: nearly a third of what a lint of one file took.

A class made by typing compiles the text of every annotation and of a constructor, about one million instructions of
the processor each (CPython 3.11, cachegrind), and a plain lint makes some 140 of them. Here the constructors of all
classes with as many fields are one compiled function under other names. Type checkers see typing's own.
"""

from __future__ import annotations

from .typing import TYPE_CHECKING

__all__ = ["NamedTuple"]

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import _tuplegetter  # what collections.namedtuple reads a field with, in C
    from functools import cache
    from types import FunctionType

    new = tuple.__new__
    _GLOBALS = {"new": new}

    class _Fields(tuple):
        """What all named tuples share, as collections.namedtuple has it."""

        __slots__ = ()
        _fields = ()

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, /, **changes):
            made = new(type(self), map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"Got unexpected field names: {list(changes)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            told = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({told})"

        def __getnewargs__(self):
            return tuple(self)

    _SMALL = (
        lambda cls: new(cls, ()),
        lambda cls, a: new(cls, (a,)),
        lambda cls, a, b: new(cls, (a, b)),
        lambda cls, a, b, c: new(cls, (a, b, c)),
        lambda cls, a, b, c, d: new(cls, (a, b, c, d)),
        lambda cls, a, b, c, d, e: new(cls, (a, b, c, d, e)),
        lambda cls, a, b, c, d, e, f: new(cls, (a, b, c, d, e, f)),
        lambda cls, a, b, c, d, e, f, g: new(cls, (a, b, c, d, e, f, g)),
        lambda cls, a, b, c, d, e, f, g, h: new(cls, (a, b, c, d, e, f, g, h)),
    )

    @cache
    def _constructor(count):
        """The compiled constructor of that many fields."""
        if count < len(_SMALL):
            return _SMALL[count].__code__
        names = ", ".join(f"f{at}" for at in range(count))
        return eval(f"lambda cls, {names}: new(cls, ({names}))", _GLOBALS).__code__

    @cache
    def _getter(at):
        return _tuplegetter(at, None)

    class _Maker(type):
        def __new__(cls, name, bases, body):
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(f"{name}: a field without a default follows one with a default")
            code = _constructor(len(fields)).replace(co_varnames=("cls", *fields), co_qualname=f"{name}.__new__")
            made = {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            made["__new__"] = FunctionType(code, _GLOBALS, "__new__", tuple(defaults.values()))
            getters = {field: _getter(at) for at, field in enumerate(fields)}
            return type(name, (_Fields,), {**body, **made, **getters})

    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})
