"""dcache's named tuples are those of typing in all that their users see."""

from __future__ import annotations

import pickle
import typing
from typing import Any

import pytest

from dcache.analyzer import named_tuple


class Fast(named_tuple.NamedTuple):
    """A place."""

    line: int
    column: int = 1
    names: tuple[str, ...] = ()

    @property
    def next(self) -> int:
        return self.line + 1


class Slow(typing.NamedTuple):
    """A place."""

    line: int
    column: int = 1
    names: tuple[str, ...] = ()

    @property
    def next(self) -> int:
        return self.line + 1


PAIRS = [(Fast(3), Slow(3)), (Fast(3, names=("a",)), Slow(3, names=("a",))), (Fast(3, 4, ()), Slow(3, 4, ()))]


@pytest.mark.parametrize(("fast", "slow"), PAIRS)
def test_instances_are_alike(fast: Fast, slow: Slow) -> None:
    assert tuple(fast) == tuple(slow)
    assert hash(fast) == hash(slow)
    assert repr(fast) == repr(slow).replace("Slow", "Fast")
    assert fast._asdict() == slow._asdict()
    assert fast.next == slow.next
    assert tuple(fast._replace(column=9)) == tuple(slow._replace(column=9))
    assert isinstance(fast._replace(column=9), Fast)
    assert pickle.loads(pickle.dumps(fast)) == fast
    assert not hasattr(fast, "__dict__")


def test_classes_are_alike() -> None:
    assert Fast._fields == Slow._fields
    assert Fast._field_defaults == Slow._field_defaults
    assert Fast.__match_args__ == Slow.__match_args__
    assert Fast.__doc__ == Slow.__doc__
    assert tuple(Fast._make((1, 2, ()))) == (1, 2, ())
    hints = typing.get_type_hints(Fast)
    assert hints == typing.get_type_hints(Slow)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [((), {}), ((1, 2, (), 4), {}), ((1,), {"line": 1}), ((1,), {"row": 1})],
    ids=["too few", "too many", "twice", "unknown"],
)
def test_wrong_arguments_are_refused(arguments: tuple[object, ...], names: dict[str, object]) -> None:
    kinds: tuple[Any, ...] = (Fast, Slow)
    told: list[str] = []
    for kind in kinds:
        with pytest.raises(TypeError) as refused:
            kind(*arguments, **names)
        told.append(str(refused.value).replace("Slow", "Fast").replace("_cls", "cls"))
    assert told[0] == told[1]


def test_an_unknown_field_is_not_replaced() -> None:
    place: Any = Fast(1)
    with pytest.raises(ValueError, match="row"):
        place._replace(row=2)


def test_a_field_without_a_default_stands_before_those_with_one() -> None:
    made: Any = type(named_tuple.NamedTuple)
    with pytest.raises(TypeError, match="without a default"):
        made("Late", (), {"__annotations__": {"line": int, "column": int}, "line": 0})
