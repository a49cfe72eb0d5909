"""Turns scoring rules, groups, personas and dimensions of the tree into those of the program."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import attrs

from leadrules import program as p
from leadrules.check.expressions import Expressions
from leadrules.check.names import IMPLICIT_DIMENSION
from leadrules.check.omitted import completed
from leadrules.check.resolver import ANYWHERE, CALENDAR_UNITS, Place, told
from leadrules.families import Decay
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.report import Refused, Report
from leadrules.values import LARGEST
from leadrules.vocabulary import NUMBER

_DECAYS = {tree.HalfLife: "half-life", tree.FadesOver: "fades", tree.Drops: "drops"}
_DECAYING = (tree.HalfLife, tree.FadesOver, tree.Drops, tree.NoDecay)
_ONLY_EACH = {
    tree.MaxTimes: "max",
    tree.MaxPer: "max … per",
    tree.MaxEvery: "max … every",
    tree.HalfLife: "half-life",
    tree.FadesOver: "fades over",
    tree.Drops: "drops",
    tree.NoDecay: "no decay",
}
_M = TypeVar("_M", bound=tree.Node)


@attrs.frozen
class DimensionDefaults:
    """What a dimension gives the rules in it: defaults of their selections, and a default decay."""

    place: Place = ANYWHERE
    decay: Decay | None = None


@attrs.define
class _Building:
    """A dimension, group or persona while its rules are being read."""

    node: tree.Node | None
    name: str
    bounds: p.Bounds
    items: list[Any] = attrs.field(factory=list)
    defaults: DimensionDefaults = DimensionDefaults()
    lines: int = 0


@attrs.define
class Scoring:
    """Reads the scoring part of a file, statement by statement."""

    expressions: Expressions
    precision: int
    rule_names: frozenset[str]
    declared: tuple[tree.Dimension, ...]
    dimensions: dict[str, _Building] = attrs.field(factory=dict)
    groups: dict[str, _Building] = attrs.field(factory=dict)
    personas: dict[str, _Building] = attrs.field(factory=dict)
    _dimension: _Building | None = None
    _group: _Building | None = None
    _persona: _Building | None = None
    _ids: dict[str, int] = attrs.field(factory=dict)
    _left: list[tuple[_Building | None, _Building | None]] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        for node in self.declared:
            self.dimensions.setdefault(node.name.name, _Building(node, node.name.name, p.Bounds()))
        if not self.declared:
            self._dimension = _Building(None, IMPLICIT_DIMENSION, p.Bounds())
            self.dimensions[IMPLICIT_DIMENSION] = self._dimension

    @property
    def report(self) -> Report:
        """Where mistakes are reported."""
        return self.expressions.report

    def read(self, node: tree.Statement) -> None:
        """Take the next statement of the file; other statements only end what they end."""
        match node:
            case tree.Dimension():
                self._persona = self._group = self._dimension = None
                self._open_dimension(node)
            case tree.PointsGroup():
                self._persona = self._group = None
                self._open_group(node)
            case tree.Persona():
                self._persona = None
                self._open_persona(node)
            case tree.PersonaLine():
                self._line(node)
            case tree.Boundary():
                self._cross(node)
            case tree.Rule():
                self._persona = None
                self._rule(node)
            case tree.Total() | tree.Grade() | tree.GradeCell() | tree.Stages() | tree.Segment() | tree.Example():
                self._persona = self._group = None
                if self.declared:
                    self._dimension = None
            case _:
                self._persona = None

    def _cross(self, node: tree.Boundary) -> None:
        """Begin an included file outside any dimension, and come back to where the including file was."""
        self._persona = None
        if node.opens:
            self._left.append((self._dimension, self._group))
            self._group = None
            if self.declared:
                self._dimension = None
        else:
            self._dimension, self._group = self._left.pop()

    # ------------------------------------------------------------ containers

    def _open_dimension(self, node: tree.Dimension) -> None:
        self._dimension = building = self.dimensions[node.name.name]
        self._no_doubles(node.modifiers, ())
        building.bounds = self.bounds(node.modifiers, node)
        within = _one(node.modifiers, tree.Within)
        since = tuple(self.expressions.since(m) for m in node.modifiers if isinstance(m, tree.Since))
        window = None if within is None else self.expressions.duration(within.duration).microseconds
        building.defaults = DimensionDefaults(Place(within=window, since=since), self._decay(node.modifiers))

    def _open_group(self, node: tree.PointsGroup) -> None:
        if self._dimension is None:
            self.report.refuse(
                "LR502", f"the group `{node.name.name}` stands outside a dimension", node, "put it in one"
            )
        self._no_doubles(node.modifiers, ())
        group = _Building(node, node.name.name, p.Bounds(), defaults=self._dimension.defaults)
        self._dimension.items.append(group)
        self._group = group
        self.groups[node.name.name] = group
        group.bounds = self.bounds(node.modifiers, node)

    def _open_persona(self, node: tree.Persona) -> None:
        persona = _Building(node, node.name.name, p.Bounds())
        self._persona = persona
        home = self._dimension
        if node.dimension is not None:
            home = self._home_of(node.dimension)
        if home is None:
            self.report.refuse(
                "LR502",
                f"the persona `{node.name.name}` stands outside a dimension",
                node,
                f"say where its points go: `persona {node.name.name} +40 in fit`",
            )
        points = self.points(node.points, ANYWHERE)
        if not isinstance(points, p.Constant):
            self.report.refuse("LR506", "the points of a persona are a number", node.points)
        persona.defaults = DimensionDefaults(decay=None)
        self.personas[node.name.name] = persona
        home.items.append((persona, points.value))

    def _home_of(self, name: tree.Name) -> _Building:
        if name.name not in self.dimensions:
            near = self.report.suggest(name.name, self.dimensions)
            help_ = f"did you mean `{near}`?" if near else f"declare it: `dimension {name.name}`"
            self.report.refuse("LR303", f"there is no dimension `{name.name}`", name, help_)
        return self.dimensions[name.name]

    def _line(self, node: tree.PersonaLine) -> None:
        if self._persona is None:
            self.report.refuse(
                "LR507",
                "a line with a `weight` belongs directly below a persona",
                node,
                "write points, as in `+5`, in a scoring rule",
            )
        self._persona.lines += 1
        weight, condition = _all_of(lambda: self._weight(node), lambda: self.expressions.condition(node.condition))
        self._persona.items.append(p.PersonaLine(condition, weight, span=node.span))

    def _weight(self, node: tree.PersonaLine) -> Fraction:
        weight = self.expressions.literal_number(node.weight, "a weight")
        if weight <= 0:
            self.report.refuse("LR411", "a weight is a number above 0", node.weight)
        return weight

    def built(self) -> tuple[p.Dimension, ...]:
        """Give the dimensions with all that is in them, in order of declaration."""
        return tuple(
            p.Dimension(
                d.name,
                tuple(self._item(item) for item in d.items),
                d.bounds,
                span=None if d.node is None else d.node.span,
            )
            for d in self.dimensions.values()
        )

    def _item(self, item: Any) -> p.Rule | p.PointsGroup | p.Persona:
        if isinstance(item, p.Rule):
            return item
        if isinstance(item, _Building):
            assert item.node is not None
            return p.PointsGroup(item.name, tuple(item.items), item.bounds, span=item.node.span)
        persona, points = item
        if not persona.lines:
            self.report.add(
                "LR508",
                f"the persona `{persona.name}` has no lines",
                persona.node,
                'write its lines below it: `industry = "transport" weight 3`',
            )
        return p.Persona(persona.name, points, tuple(persona.items), span=persona.node.span)

    # ----------------------------------------------------------------- rules

    def _rule(self, node: tree.Rule) -> None:
        holder = self._group or self._dimension
        if holder is None:
            self.report.add(
                "LR501",
                "this scoring rule stands outside a dimension, and the file has dimensions",
                node,
                "put it below the `dimension` that it belongs to",
            )
            holder = _Building(None, "", p.Bounds())
        dimension = self._dimension.name if self._dimension is not None else ""
        holder.items.append(self._built_rule(node, holder.defaults, dimension))

    def _built_rule(self, node: tree.Rule, defaults: DimensionDefaults, dimension: str) -> p.Rule:
        first = node.alternatives[0].condition
        assert first is not None
        when = _one(node.modifiers, tree.When)
        because = _one(node.modifiers, tree.Because)
        (selection, alternatives, caps), asked, first_day, last_day, decay, _ = _all_of(
            lambda: self._scored(node, defaults.place),
            lambda: None if when is None else self.expressions.condition(when.condition, defaults.place),
            lambda: self._day(_one(node.modifiers, tree.From)),
            lambda: self._day(_one(node.modifiers, tree.Until)),
            lambda: self._decay(node.modifiers) if _one(node.modifiers, _DECAYING) else defaults.decay,
            lambda: self._no_doubles(node.modifiers, (tree.MaxPer, *_DECAYING)),
        )
        text = " | ".join("else" if a.condition is None else text_of(a.condition) for a in node.alternatives)
        return p.Rule(
            id=self._id(node, dimension, text),
            name=node.name.name if node.name else None,
            text=text,
            selection=selection,
            alternatives=alternatives,
            when=asked,
            because=because.reason.value if because else None,
            first_day=first_day,
            last_day=last_day,
            caps=caps,
            decay=decay if selection is not None else None,
            span=node.span,
        )

    def _scored(self, node: tree.Rule, place: Place) -> tuple[p.Selection | None, tuple[p.Alternative, ...], p.Caps]:
        """Read what a rule scores, each event or once, what it gives, and what bounds that."""
        selection = self._each(node, place)
        alternatives, caps = _all_of(
            lambda: self._alternatives(node, selection, place), lambda: self._caps(node, selection)
        )
        return selection, alternatives, caps

    def _id(self, node: tree.Rule, dimension: str, text: str) -> str:
        if node.name is not None:
            return node.name.name
        wanted = text if not self.declared else f"{dimension}: {text}"
        while True:
            count = self._ids[wanted] = self._ids.get(wanted, 0) + 1
            found = wanted if count == 1 else f"{wanted}~{count}"
            if found not in self.rule_names:
                return found

    def _each(self, node: tree.Rule, place: Place) -> p.Selection | None:
        """Give the selection of a rule that scores each event; None for one that scores once."""
        bare = [self._bare(a.condition) for a in node.alternatives if a.condition is not None]
        if len(node.alternatives) == 1 and bare[0] is not None:
            return self.expressions.selection(bare[0], place)
        for selection in bare:
            if selection is not None:
                self.report.refuse(
                    "LR503",
                    "among alternatives, events are counted",
                    selection,
                    f"write `count({text_of(selection)}) >= 1`",
                )
        return None

    def _bare(self, node: tree.Condition) -> tree.Selection | tree.Name | None:
        while isinstance(node, tree.Group):
            node = node.inner
        if isinstance(node, tree.Name) and self.expressions.is_event(node):
            return node
        return node if isinstance(node, tree.Selection) and self.expressions.is_event(node.name) else None

    def _alternatives(self, node: tree.Rule, selection: p.Selection | None, place: Place) -> tuple[p.Alternative, ...]:
        only = node.alternatives[0]
        first = only.condition
        assert first is not None
        if selection is not None:
            per_event = attrs.evolve(place, event=selection.types)
            points = self.points(only.points, per_event)
            return (p.Alternative(p.Happened(selection, **told(first)), points, **told(only.points)),)
        if isinstance(first, tree.Always) and len(node.alternatives) == 1:
            points = self.points(only.points, place)
            return (p.Alternative(p.Always(**told(first)), points, **told(only.points)),)
        return tuple(_all_of(*(functools.partial(self._alternative, a, first, place) for a in node.alternatives)))

    def _alternative(self, node: tree.Alternative, first: tree.Condition, place: Place) -> p.Alternative:
        whole = None if node.condition is None else completed(node.condition, first)
        condition, points = _all_of(
            lambda: None if whole is None else self.expressions.condition(whole, place),
            lambda: self.points(node.points, place),
        )
        return p.Alternative(condition, points, **told(node.points))

    def points(self, node: tree.Points, place: Place) -> p.ValueNode:
        """Check points: a literal within its limits, or an expression."""
        if isinstance(node.value, tree.Number):
            value = -node.value.value if node.negative else node.value.value
            self.amount(value, node)
            sign = "+" if value >= 0 else ""
            text = f"{sign}{text_of(tree.Number(value, span=node.span))}"
            return p.Constant(value, NUMBER, text=text, span=node.span)
        found = self.expressions.number(node.value, place)
        return p.Negative(found, NUMBER, **told(node)) if node.negative else found

    def amount(self, value: Fraction, node: tree.Node) -> None:
        """Refuse points or bounds that are too large or too fine."""
        if abs(value) > LARGEST:
            self.report.refuse("LR509", "points and bounds go up to 1,000,000 in size", node)
        if (value * 10**self.precision).denominator != 1:
            places = f"{self.precision} decimal{'s' if self.precision != 1 else ''}"
            self.report.refuse(
                "LR509",
                f"this is finer than the {places} of this file",
                node,
                "raise `precision`, at most to 6, or round it",
            )

    # ------------------------------------------------------------- modifiers

    def bounds(self, modifiers: Sequence[tree.Modifier], node: tree.Node) -> p.Bounds:
        """Read `max` and `min` of a dimension, group or total."""
        high, low = _one(modifiers, tree.Max), _one(modifiers, tree.Min)
        most = None if high is None else self._bound(high.bound)
        least = None if low is None else self._bound(low.bound)
        if most is not None and least is not None and least > most:
            self.report.refuse("LR510", "`min` is above `max`", low or node)
        return p.Bounds(least, most)

    def _bound(self, node: tree.Number | tree.Name) -> Fraction:
        value = self.expressions.literal_number(node, "a bound")
        self.amount(value, node)
        return value

    def _caps(self, node: tree.Rule, selection: p.Selection | None) -> p.Caps:
        modifiers = node.modifiers
        if selection is None:
            self._once_only(node)
        every, times, points = _one(modifiers, tree.MaxEvery), _one(modifiers, tree.MaxTimes), _all_points(modifiers)
        whole = self.expressions.whole
        return p.Caps(
            every=None
            if every is None
            else p.MaxEvery(
                whole(every.times, "how many count", least=1), self.expressions.duration(every.every).microseconds
            ),
            per=tuple(
                p.MaxPer(whole(m.times, "how many count", least=1), self._bucket(m.bucket, m.calendar, selection))
                for m in modifiers
                if isinstance(m, tree.MaxPer)
            ),
            times=None if times is None else whole(times.times, "how many count", least=1),
            points_per=next(
                (
                    (self._size(m.points), self._bucket(m.bucket, m.calendar, selection))
                    for m in points
                    if m.bucket is not None
                ),
                None,
            ),
            points=next((self._size(m.points) for m in points if m.bucket is None), None),
        )

    def _size(self, node: tree.Number | tree.Name) -> Fraction:
        value = self._bound(node)
        if value <= 0:
            self.report.refuse("LR411", "`max … points` is a number above 0; it holds for both signs", node)
        return value

    def _bucket(self, node: tree.Name | None, calendar: bool, selection: p.Selection | None) -> p.Bucket:
        assert node is not None
        assert selection is not None
        if calendar:
            return p.Bucket(node.name)
        read = self.expressions.value(node, Place(event=selection.types, filter=True, bucket=True))
        if not isinstance(read, p.PropertyRead):
            self.report.refuse(
                "LR402",
                f"`per` takes a property of `{selection.name}`, and `{node.name}` is none",
                node,
                f"or write {CALENDAR_UNITS}",
            )
        return p.Bucket(None, read)

    def _decay(self, modifiers: Sequence[tree.Modifier]) -> Decay | None:
        found = [m for m in modifiers if isinstance(m, _DECAYING)]
        if len(found) > 1:
            self.report.refuse("LR511", "one decay is enough", found[1])
        if not found or isinstance(found[0], tree.NoDecay):
            return None
        node = found[0]
        written = node.every if isinstance(node, tree.Drops) else node.duration
        duration = self.expressions.duration(written)
        if duration.unit in {"minutes", "seconds"}:
            self.report.refuse(
                "LR512", f"points decay by days or hours, not {duration.unit}", written, "write `1 hours` or more"
            )
        if not isinstance(node, tree.Drops):
            return Decay(_DECAYS[type(node)], duration)
        percent = self.expressions.literal_number(node.percent, "a percentage")
        if not 0 < percent <= 100:
            self.report.refuse("LR411", "a percentage is above 0 and at most 100", node.percent)
        return Decay(_DECAYS[type(node)], duration, percent)

    def _day(self, node: tree.From | tree.Until | None) -> dt.date | None:
        if node is None:
            return None
        found = self.expressions.value(node.day)
        if not isinstance(found, p.Constant) or found.type.kind != "date":
            self.report.refuse("LR401", f"a date is wanted here, and `{text_of(node.day)}` is none", node.day)
        assert isinstance(found.value, dt.date)
        return found.value

    def _once_only(self, node: tree.Rule) -> None:
        failed = False
        for modifier in node.modifiers:
            word = _ONLY_EACH.get(type(modifier))
            if isinstance(modifier, tree.MaxPoints) and modifier.bucket is not None:
                word = "max … points per"
            if word is not None:
                failed = True
                self.report.add(
                    "LR513",
                    f"`{word}` is for rules that score each event, and this rule scores once",
                    modifier,
                    "write `max 5 points`, with the word `points`, to bound what it gives"
                    if word == "max"
                    else "a rule scores each event when its whole condition is one selection, such as `email_open`",
                )
        if failed:
            raise Refused

    def _no_doubles(self, modifiers: Sequence[tree.Modifier], allowed: tuple[type, ...]) -> None:
        seen: set[object] = set()
        for modifier in modifiers:
            kind: object = type(modifier)
            if isinstance(modifier, tree.MaxPoints):
                kind = (kind, modifier.bucket is None)
            if kind in seen and not isinstance(modifier, (*allowed, tree.Since)):
                self.report.refuse("LR511", f"`{text_of(modifier)}` comes a second time", modifier, "keep one of them")
            seen.add(kind)


# ------------------------------------------------------------------- helpers


def _all_of(*checks: Callable[[], Any]) -> list[Any]:
    """Make several checks, each on its own, so that every mistake is reported."""
    found = []
    failed = False
    for check in checks:
        try:
            found.append(check())
        except Refused:
            failed = True
    if failed:
        raise Refused
    return found


def _one(modifiers: Sequence[tree.Modifier], kind: type[_M] | tuple[type[_M], ...]) -> _M | None:
    return next((m for m in modifiers if isinstance(m, kind)), None)


def _all_points(modifiers: Sequence[tree.Modifier]) -> list[tree.MaxPoints]:
    return [m for m in modifiers if isinstance(m, tree.MaxPoints)]
