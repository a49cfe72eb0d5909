"""What the trees of leadrules are made of: frozen nodes that know their parts.

Both trees, the written one of `syntax` and the checked one of `program`, are walked, searched and
changed by what stands here, and by nothing of their own. Attributes that take part in equality are
what a node says; its parts are the nodes among them. Where a node stands is no part of equality.
Both equality and hash are asked without recursion, which a thread with a small stack would not survive.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar, overload

import attrs

A = TypeVar("A", bound="Node")
B = TypeVar("B", bound="Node")
C = TypeVar("C", bound="Node")


_ENDS: list[type] = []
_MANY = 32


class Node:
    """A frozen node. Classes of nodes are made by `attrs.frozen(eq=False, repr=False)`: both stand here, for all."""

    __slots__ = ("_hash", "_inner")

    _hash: int
    _inner: tuple[list[Node], int]
    is_end: ClassVar[bool] = False
    """That a node of the class has nothing below it."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__dict__.get("is_end"):
            _ENDS.append(cls)

    def children(self) -> list[Node]:
        """Give the nodes that this one is directly made of, left to right; members of tuples among them."""
        found: list[Node] = []
        for name in _names(type(self)):
            value = getattr(self, name)
            if isinstance(value, Node):
                found.append(value)
            elif type(value) is tuple and value and type(value[0]) is not str:  # a ladder may have many labels
                found += [member for member in value if isinstance(member, Node)]
        return found

    def inward(self) -> tuple[list[Node], int]:
        """Give the children that are no ends, and how many ends there are; of a long list they are remembered."""
        try:
            return self._inner
        except AttributeError:
            pass
        children = self.children()
        inner = [child for child in children if not child.is_end]
        found = inner, len(children) - len(inner)
        if len(children) > _MANY:
            object.__setattr__(self, "_inner", found)
        return found

    def walk(self, *, closed: tuple[type, ...] = (), ends: bool = True) -> Iterator[Node]:
        """Give this node and all below it, outer before inner, left before right, at any depth.

        Nodes of the `closed` kinds are given too, and what is below them is not. Without `ends`, what has
        nothing below it may be left out: a long list that every rule asks is looked through once.
        """
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if not isinstance(node, closed):
                waiting += (node.children() if ends else node.inward()[0])[::-1]

    @overload
    def find(self, kind: type[A], /, *, closed: tuple[type, ...] = ()) -> Iterator[A]: ...
    @overload
    def find(self, kind: type[A], other: type[B], /, *, closed: tuple[type, ...] = ()) -> Iterator[A | B]: ...
    @overload
    def find(
        self, kind: type[A], other: type[B], third: type[C], /, *, closed: tuple[type, ...] = ()
    ) -> Iterator[A | B | C]: ...
    @overload
    def find(self, *kinds: type | tuple[type, ...], closed: tuple[type, ...] = ()) -> Iterator[Any]: ...
    def find(self, *kinds: Any, closed: tuple[type, ...] = ()) -> Iterator[Any]:
        """Give the nodes of some kinds, in the order of `walk`."""
        ends = any(issubclass(end, kinds) for end in _ENDS)
        return (node for node in self.walk(closed=closed, ends=ends) if isinstance(node, kinds))

    def replace(self, change: Callable[[Node], Node | None], *, closed: tuple[type, ...] = ()) -> Any:
        """Give what `change` makes of this node, its parts being changed before it; None leaves a part out.

        What does not change is given as it is: the same object. Nodes of the `closed` kinds may
        change, and what is below them does not.
        """
        if isinstance(self, closed):
            return change(self)
        changes: dict[str, Any] = {}
        for name in _names(type(self)):
            value = getattr(self, name)
            changed = _replaced(value, change, closed)
            if changed is not value:
                changes[name] = changed
        return change(attrs.evolve(self, **changes) if changes else self)  # type: ignore[misc]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        waiting: list[tuple[Any, Any]] = [(self, other)]
        while waiting:
            one, two = waiting.pop()
            if one is two:
                continue
            if type(one) is type(two) and isinstance(one, Node):
                waiting += ((getattr(one, name), getattr(two, name)) for name in _names(type(one)))
            elif type(one) is tuple and type(two) is tuple and len(one) == len(two):
                waiting += zip(one, two, strict=True)
            elif isinstance(one, Node) or one != two:
                return False
        return True

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            pass
        waiting: list[Node] = [self]
        for node in waiting:
            waiting += (part for part in node.children() if not hasattr(part, "_hash"))
        for node in reversed(waiting):  # parts before what they are parts of
            object.__setattr__(node, "_hash", hash((type(node), _said(type(node))(node))))
        return self._hash

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in _names(type(self)))
        return f"{type(self).__name__}({', '.join(shown)})"


def _replaced(value: Any, change: Callable[[Node], Node | None], closed: tuple[type, ...]) -> Any:
    if isinstance(value, Node):
        return value.replace(change, closed=closed)
    if type(value) is not tuple:
        return value
    members = [(old, _replaced(old, change, closed)) for old in value]
    if all(new is old for old, new in members):
        return value
    return tuple(new for old, new in members if new is not None or old is None)


_NAMES: dict[type, tuple[str, ...]] = {}
_READERS: dict[type, Callable[[Any], Any]] = {}


def _names(kind: type) -> tuple[str, ...]:
    """Name the attributes that say what a node of a kind means."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(attribute.name for attribute in attrs.fields(kind) if attribute.eq)
    return _NAMES[kind]


def _said(kind: type) -> Callable[[Any], Any]:
    """Give what reads these attributes of a node, all at once."""
    if kind not in _READERS:
        names = _names(kind)
        _READERS[kind] = operator.attrgetter(*names) if names else lambda _: ()
    return _READERS[kind]
