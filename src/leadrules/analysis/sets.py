"""Sets of values: what something may be, never narrower than the truth.

Numbers, dates and instants are unions of intervals; texts, bools and labels are finite sets, or all
but a finite set. A set may be wider than what it stands for, so an *empty* set proves that there is
no such value, and nothing else is ever concluded from one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce

import attrs

from leadrules.families import TEXT_TESTS

MOST_PIECES = 64
"""A union of more intervals than this is replaced by the one interval around them."""

_MOST_PAIRS = 10_000
"""Two tests with more pairs of parts than this are only compared as wholes."""

_MOST_TESTED = 1_000
"""More texts than this are not tested one by one: any may answer as it should."""

Test = tuple[str, frozenset[str], bool]
"""A test of folded text: its kind, the parts of which one must stand in it, and what it answered."""


@attrs.frozen
class Interval:
    """The numbers between two ends, each in or out; None is infinity."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_in: bool = True
    high_in: bool = True

    @property
    def is_empty(self) -> bool:
        """Tell that there is no such value."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and not (self.low_in and self.high_in))

    @property
    def is_point(self) -> bool:
        """Tell that both ends are one number."""
        return self.low is not None and self.low == self.high

    def meet(self, other: Interval) -> Interval:
        """Give what is in both."""
        low, low_in = _tighter(self.low, self.low_in, other.low, other.low_in, max)
        high, high_in = _tighter(self.high, self.high_in, other.high, other.high_in, min)
        return Interval(low, high, low_in, high_in)

    def whole(self) -> Interval:
        """Give the smallest interval around the whole numbers in it, ends in."""
        low, high = self.low, self.high
        if low is not None:
            low = Fraction(math.ceil(low) if self.low_in or low.denominator != 1 else low + 1)
        if high is not None:
            high = Fraction(math.floor(high) if self.high_in or high.denominator != 1 else high - 1)
        return Interval(low, high)

    def holds(self, value: Fraction) -> bool:
        """Tell whether a number is in it."""
        return not self.meet(Interval(value, value)).is_empty


def _tighter(
    a: Fraction | None, a_in: bool, b: Fraction | None, b_in: bool, pick: Callable[[Fraction, Fraction], Fraction]
) -> tuple[Fraction | None, bool]:
    if a is None or b is None:
        return (b, b_in) if a is None else (a, a_in)
    if a == b:
        return a, a_in and b_in
    return (a, a_in) if pick(a, b) == a else (b, b_in)


@attrs.frozen
class Numbers:
    """A union of intervals, sorted and apart; `whole` numbers lie between no two neighbours."""

    pieces: tuple[Interval, ...]
    whole: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell that there is no such value."""
        return not self.pieces

    @property
    def low(self) -> Fraction | None:
        """The lower end of the first interval."""
        return self.pieces[0].low

    @property
    def high(self) -> Fraction | None:
        """The upper end of the last interval."""
        return self.pieces[-1].high

    def meet(self, other: Numbers) -> Numbers:
        """Give what is in both, in one sweep."""
        if self.pieces == _EVERYTHING and (other.whole or not self.whole):
            return other
        if other.pieces == _EVERYTHING and (self.whole or not other.whole):
            return self
        found: list[Interval] = []
        mine, theirs = list(self.pieces), list(other.pieces)
        i = j = 0
        while i < len(mine) and j < len(theirs):
            found.append(mine[i].meet(theirs[j]))
            if _ends_first(mine[i], theirs[j]):
                i += 1
            else:
                j += 1
        return numbers(found, whole=self.whole or other.whole)


def _ends_first(one: Interval, other: Interval) -> bool:
    if one.high is None:
        return False
    return other.high is None or (one.high, one.high_in) <= (other.high, other.high_in)


def numbers(pieces: Iterable[Interval], *, whole: bool = False) -> Numbers:
    """Unite intervals."""
    kept = [piece.whole() if whole else piece for piece in pieces]
    kept = [piece for piece in kept if not piece.is_empty]
    if len(kept) < 2:
        return Numbers(tuple(kept), whole)
    kept.sort(key=_start)
    found: list[Interval] = []
    for piece in kept:
        if found and _touch(found[-1], piece, whole=whole):
            found[-1] = _joined(found[-1], piece)
        else:
            found.append(piece)
    if len(found) > MOST_PIECES:
        return _ends(Numbers(tuple(found), whole))
    return Numbers(tuple(found), whole)


def _start(piece: Interval) -> tuple[bool, Fraction, bool]:
    return piece.low is not None, piece.low or Fraction(0), not piece.low_in


def _touch(one: Interval, other: Interval, *, whole: bool) -> bool:
    """Tell whether nothing lies between two intervals, the first of which begins first."""
    if one.high is None or other.low is None:
        return True
    if whole and other.low <= one.high + 1:
        return True
    return other.low < one.high or (other.low == one.high and (one.high_in or other.low_in))


def _joined(one: Interval, other: Interval) -> Interval:
    if one.high is None or other.high is None:
        return Interval(one.low, None, one.low_in, True)
    high, high_in = max((one.high, one.high_in), (other.high, other.high_in))
    return Interval(one.low, high, one.low_in, high_in)


_EVERYTHING = (Interval(),)
ALL_NUMBERS = Numbers(_EVERYTHING)
NO_NUMBERS = Numbers(())


@attrs.frozen
class Members:
    """A finite set of texts, labels or bools, or all but one (`others`), that answer `tests` so."""

    members: frozenset[object]
    others: bool = False
    tests: frozenset[Test] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Tell that there is no such value."""
        if not self.others:
            return not self.members
        denied = [test for test in self.tests if not test[2]]
        return bool(denied) and any(_excludes(test, denied) for test in self.tests if test[2])

    def meet(self, other: Members) -> Members:
        """Give what is in both."""
        tests = self.tests | other.tests
        if self.others and other.others:
            return Members(self.members | other.members, True, tests)
        if self.others:
            found = other.members - self.members
        else:
            found = self.members - other.members if other.others else self.members & other.members
        return Members(_answering(found, tests) if len(found) <= _MOST_TESTED else found, False, tests)


def _excludes(found: Test, denied: Sequence[Test]) -> bool:
    """Tell whether a test that finds a part is at odds with one of those that find none.

    Where `managing director` stands, `director` does too: each part that may be the one found lets the
    other test find one of its own.
    """
    kind, parts, _ = found
    for other, others, _ in denied:
        if (kind, parts) == (other, others):
            return True
        one, two = TEXT_TESTS[kind], TEXT_TESTS[other]
        follows = (kind == other or two.is_in) and len(parts) * len(others) <= _MOST_PAIRS
        if follows and all(any(one.implies(part, two, wanted) for wanted in others) for part in parts):
            return True
    return False


def answers(member: object, test: Test) -> bool:
    """Tell whether a folded text answers a test as it says."""
    return bool(_answering(frozenset({member}), (test,)))


def _answering(members: frozenset[object], tests: Iterable[Test]) -> frozenset[object]:
    """Give those of some folded texts that answer tests as they say."""
    for kind, parts, answer in tests:
        holds = TEXT_TESTS[kind].holds
        assert holds is not None
        if len(parts) == 1:
            (part,) = parts
            members = frozenset([m for m in members if holds(str(m), part) is answer])
        else:
            members = frozenset([m for m in members if any(holds(str(m), part) for part in parts) is answer])
    return members


def united_members(sets: Sequence[Members]) -> Members:
    """Give what is in any of some sets; only the tests that all of them share remain."""
    tests = frozenset.intersection(*(s.tests for s in sets))
    listed: frozenset[object] = frozenset().union(*(s.members for s in sets if not s.others))
    left_out = [s.members for s in sets if s.others]
    if not left_out:
        return Members(listed, False, tests)
    return Members(frozenset.intersection(*left_out) - listed, True, tests)


ALL_MEMBERS = Members(frozenset(), True)
NO_MEMBERS = Members(frozenset())
BOOLS = Members(frozenset({True, False}))

Known = Numbers | Members


@attrs.frozen
class Values:
    """What a value may be: known ones, and perhaps unknown."""

    known: Known
    unknown: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell that there is no such value."""
        return self.known.is_empty and not self.unknown

    def meet(self, other: Values) -> Values:
        """Give what is in both."""
        return Values(_met(self.known, other.known), self.unknown and other.unknown)


def _met(one: Known, other: Known) -> Known:
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        return one.meet(other)
    assert isinstance(one, Members)
    assert isinstance(other, Members)
    return one.meet(other)


def united(sets: Sequence[Values]) -> Values:
    """Give what is in any of some sets of one kind."""
    unknown = any(s.unknown for s in sets)
    members = [s.known for s in sets if isinstance(s.known, Members)]
    if members:
        return Values(united_members(members), unknown)
    found = [s.known for s in sets if isinstance(s.known, Numbers)]
    pieces = [piece for known in found for piece in known.pieces]
    return Values(numbers(pieces, whole=all(known.whole for known in found)), unknown)


# ------------------------------------------------------------- environments

Env = dict[object, Values]
"""What is known of the values that a condition reads, by what it reads; all else may be anything."""

Ways = tuple[Env, ...]
"""The ways in which something may come about: what holds in each. There is none where it never does."""

ANYHOW: Ways = ({},)
MOST_WAYS = 32
"""More ways than this are replaced by one that all of them have in common."""

MOST_EXACT = 12
"""Of more conditions than this, each with several ways, only what the ways of each share is followed up."""


def both(parts: Iterable[Ways]) -> Ways:
    """Give the ways in which all of some things come about together; none where they exclude each other."""
    one_way: list[Env] = []
    several: list[Ways] = []
    for ways in parts:
        if not ways:
            return ()
        if len(ways) == 1:
            one_way.append(ways[0])
        else:
            several.append(ways)
    if len(several) > MOST_EXACT:
        one_way += [shared(ways) for ways in several]
        several = []
    met = _met_all(one_way)
    found: Ways = () if met is None else (met,)
    for ways in several:
        pairs = (_met_all((env, other)) for env in found for other in ways)
        found = _limited([env for env in pairs if env is not None])
    return found


def either(parts: Iterable[Ways]) -> Ways:
    """Give the ways in which any of some things comes about."""
    possible = [ways for ways in parts if ways]
    if len(possible) < 2:
        return possible[0] if possible else ()
    found: list[Env] = []
    alike: dict[tuple[object, object], list[Values]] = {}
    for env in (env for ways in possible for env in ways):
        if not env:
            return ANYHOW
        if len(env) > 1:
            found.append(env)
            continue
        ((key, values),) = env.items()
        tests = values.known.tests if isinstance(values.known, Members) else None
        alike.setdefault((key, tests), []).append(values)
    return _limited([*({key: united(sets)} for (key, _), sets in alike.items()), *found])


def shared(ways: Ways) -> Env:
    """Give what some ways, one or more, have in common."""
    keys = set(ways[0]).intersection(*ways[1:]) if len(ways) > 1 else ways[0]
    return {key: united([env[key] for env in ways]) for key in ways[0] if key in keys}


def _limited(found: Sequence[Env]) -> Ways:
    return tuple(found) if len(found) <= MOST_WAYS else (shared(tuple(found)),)


def _met_all(envs: Sequence[Env]) -> Env | None:
    """Give what holds where all of some environments do; None where they exclude each other."""
    if len(envs) == 1:
        return envs[0]
    gathered: dict[object, list[Values]] = {}
    for env in envs:
        for key, values in env.items():
            gathered.setdefault(key, []).append(values)
    found: Env = {}
    for key, sets in gathered.items():
        values = sets[0] if len(sets) == 1 else reduce(Values.meet, _condensed(sets))
        if values.is_empty:
            return None
        found[key] = values
    return found


def _condensed(sets: list[Values]) -> list[Values]:
    """Prepare many sets to be met one after the other in a time that grows with their number only.

    Those that leave members out become one; very many sets of numbers are reduced to their ends.
    """
    if len(sets) > MOST_PIECES and all(isinstance(s.known, Numbers) for s in sets):
        return [Values(_ends(s.known), s.unknown) for s in sets if isinstance(s.known, Numbers)]
    leaving = [s for s in sets if isinstance(s.known, Members) and s.known.others]
    if len(leaving) < 3:
        return sets
    gone = frozenset().union(*(s.known.members for s in leaving if isinstance(s.known, Members)))
    tests = frozenset().union(*(s.known.tests for s in leaving if isinstance(s.known, Members)))
    rest = [s for s in sets if not (isinstance(s.known, Members) and s.known.others)]
    return [*rest, Values(Members(gone, True, tests), all(s.unknown for s in leaving))]


def _ends(known: Numbers) -> Numbers:
    if len(known.pieces) < 2:
        return known
    first, last = known.pieces[0], known.pieces[-1]
    return Numbers((Interval(first.low, last.high, first.low_in, last.high_in),), known.whole)
