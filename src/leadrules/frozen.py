"""Plain data that does not change: what comes out is read, compared, copied and written, never altered.

Dicts and lists of their own kinds, and not views or tuples: they are equal to plain ones and every library writes
them as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


_new_dict, _fill_dict = dict.__new__, dict.update
_new_list, _fill_list = list.__new__, list.extend


def _refuse(self: object, *_: object, **__: object) -> NoReturn:
    kind = "dict" if isinstance(self, dict) else "list"
    raise TypeError(f"this does not change; change a copy of it: {kind}(…)")


class FrozenDict(dict[K, V]):
    """A dict that refuses to change; `dict(…)` of it is one that may."""

    __slots__ = ()

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __new__(cls, given: Mapping[K, V] | Iterable[tuple[K, V]] = (), /) -> FrozenDict[K, V]:
        """Fill it once and for all: `__init__` could be called again, and does nothing."""
        made = _new_dict(cls)
        _fill_dict(made, given)
        return made

    if TYPE_CHECKING:

        def __init__(self, given: Mapping[K, V] | Iterable[tuple[K, V]] = (), /) -> None: ...

    else:
        __init__ = object.__init__

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


class FrozenList(list[V]):
    """A list that refuses to change; `list(…)` of it is one that may."""

    __slots__ = ()

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __new__(cls, given: Iterable[V] = (), /) -> FrozenList[V]:
        """Fill it once and for all: `__init__` could be called again, and does nothing."""
        made = _new_list(cls)
        _fill_list(made, given)
        return made

    if TYPE_CHECKING:

        def __init__(self, given: Iterable[V] = (), /) -> None: ...

    else:
        __init__ = object.__init__

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (list(self),)


def frozen(value: Any) -> Any:
    """Give plain data that does not change, at any depth: equal to what is given, and no part of it.

    What stands in it several times, the same object, does so again.
    """
    return _frozen(value, {})


def _frozen(value: Any, known: dict[int, Any]) -> Any:
    if isinstance(value, Mapping):
        if id(value) not in known:
            known[id(value)] = FrozenDict({key: _frozen(part, known) for key, part in value.items()})
        return known[id(value)]
    if isinstance(value, list):
        return FrozenList([_frozen(part, known) for part in value])
    if isinstance(value, tuple):
        return tuple([_frozen(part, known) for part in value])
    return value


def thawed(value: Any) -> Any:
    """Give plain dicts and lists, which may change, at any depth: a copy; tuples become lists."""
    if isinstance(value, Mapping):
        return {key: thawed(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [thawed(part) for part in value]
    return value
