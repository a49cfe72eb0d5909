"""Generate conditions and values: well-typed whatever the scene, every construct of §6 of the language.

Operands are written so that they may stand anywhere: arithmetic is always in parentheses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import attrs

from leadrules.families import AGGREGATES, COMPARISONS, ELAPSED, LOCAL_TIMES, TEXT_TESTS
from leadrules.syntax import tree
from leadrules.testing.chance import Chance
from leadrules.testing.scenes import Scene, made, name, of_kind
from leadrules.testing.words import DATES, PATTERNS, TEXTS
from leadrules.vocabulary import BOOL, DATE, DATETIME, NUMBER, TEXT, Type
from leadrules.vocabulary import TEXTS as LIST_OF_TEXT

NUMBERS = tuple(map(Fraction, ("1", "2", "0", "5", "10", "100", "0.5", "-3", "250", "2.25", "1000000", "-0.125")))
DURATIONS = (
    (30, "days"),
    (7, "days"),
    (1, "hours"),
    (90, "minutes"),
    (2, "weeks"),
    (365, "days"),
    (1, "days"),
    (1, "minutes"),
    (400, "weeks"),
    (45, "seconds"),
)
ORDERINGS = tuple(one.symbol for one in COMPARISONS.values() if one.border)


@attrs.frozen
class Place:
    """Where a phrase stands: beside an event of these types, or in a filter, which reads no events."""

    types: tuple[str, ...] | None = None
    filter: bool = False


ANYWHERE = Place()


class Phrases:
    """Makes conditions and values of what is in a scene."""

    def __init__(self, chance: Chance, scene: Scene) -> None:
        self.chance = chance
        self.scene = scene

    # -------------------------------------------------------------- literals

    def number(self) -> tree.Number:
        """Give a number literal."""
        return made(tree.Number, self.chance.pick(NUMBERS))

    def text(self) -> tree.Text:
        """Give a text literal."""
        return made(tree.Text, self.chance.pick(TEXTS))

    def duration(self) -> tree.Duration | tree.Name:
        """Give a duration, or a param that is one."""
        params = [param for param, type_ in self.scene.params.items() if type_ is None]
        if params and self.chance.happens(20):
            return name(self.chance.pick(params))
        return made(tree.Duration, *self.chance.pick(DURATIONS))

    def amount(self, low: int, high: int) -> tree.Number | tree.Name:
        """Give a whole number literal."""
        return self.bound(Fraction(self.chance.whole(low, high)))

    def bound(self, value: Fraction) -> tree.Number | tree.Name:
        """Give a number literal, or a param of that value."""
        params = [param for param, amount in self.scene.amounts.items() if amount == value]
        return name(params[0]) if params and self.chance.happens(60) else made(tree.Number, value)

    def literal(self, type_: Type) -> tree.Operand:
        """Give a literal of a type that has one."""
        if type_.choices:
            return made(tree.Text, self._respelled(self.chance.pick(type_.choices)))
        if type_.is_time:
            return made(tree.Date, self.chance.pick(DATES))
        if type_ == BOOL:
            return made(tree.Flag, self.chance.happens(50))
        return self.number() if type_ == NUMBER else self.text()

    def _respelled(self, text: str) -> str:
        return text.upper() if self.chance.happens(20) and text.upper().lower() == text.lower() else text

    # ------------------------------------------------------------ conditions

    def condition(self, depth: int = 2, place: Place = ANYWHERE) -> tree.Condition:
        """Give a condition that may stand anywhere a condition may."""
        if depth == 0 or self.chance.happens(50):
            return self._test(place)
        kind = self.chance.whole(0, 5)
        if kind < 2:
            members = tuple(self.condition(depth - 1, place) for _ in range(self.chance.whole(2, 3)))
            return made(tree.And, members) if kind else made(tree.Or, members)
        if kind == 2:
            return made(tree.Not, self.condition(depth - 1, place))
        if kind == 3:
            return made(tree.Group, self.condition(depth - 1, place))
        members = tuple(self.condition(depth - 1, place) for _ in range(self.chance.whole(1, 4)))
        return made(tree.AtLeast, self.amount(1, len(members)), members)

    def _test(self, place: Place) -> tree.Condition:
        options: list[Callable[[], tree.Condition | None]] = [lambda: self._value_test(place)] * 4
        options += [lambda: self._truth(place), lambda: self._moment_within(place)]
        if not place.filter:
            options += [self._happened, self._none_of, self._label_test, self._was]
            options += [lambda: self.chance.pick(self.scene.extra)] if self.scene.extra else []
        return self.chance.pick(options)() or self._value_test(place)

    def _value_test(self, place: Place) -> tree.Condition:
        type_, subject = self.subject(place)
        return self.test(type_, subject, place)

    def _happened(self) -> tree.Condition:
        return self.selection()

    def _none_of(self) -> tree.Condition:
        return made(tree.NoneOf, self.selection())

    def _truth(self, place: Place) -> tree.Condition | None:
        truths = self._named(BOOL, place) + ([] if place.filter else self.scene.truths)
        return name(self.chance.pick(truths)) if truths else None

    def _moment_within(self, place: Place) -> tree.Condition | None:
        hidden = self._hidden(place)
        moments = [n for n, t in self._readable(place).items() if t in {DATE, DATETIME} and n not in hidden]
        if not moments:
            return None
        return made(tree.Selection, name(self.chance.pick(moments)), None, (made(tree.Within, self.duration()),))

    def _was(self) -> tree.Condition | None:
        labels = self.scene.ladder_labels
        return made(tree.Was, self.label(self.chance.pick(labels))) if labels else None

    def _label_test(self) -> tree.Condition | None:
        if not self.scene.scales:
            return None
        scale_name = self.chance.pick(list(self.scene.scales))
        scale = self.scene.scales[scale_name]
        left, label = name(scale_name), self.label(self.chance.pick(scale.labels))
        if scale.steps and self.chance.happens(50):
            if self.chance.happens(25):
                return made(tree.Between, left, label, self.label(self.chance.pick(scale.labels)))
            sides = (label, left) if self.chance.happens(20) else (left, label)
            return made(tree.Compare, self.chance.pick(ORDERINGS), *sides)
        if self.chance.happens(30):
            some = self.chance.some(scale.labels, 1, 3)
            return made(tree.In, left, made(tree.Set, tuple(map(self.label, some))), self.chance.happens(30))
        return made(tree.Compare, self.chance.pick(("=", "!=")), left, label)

    def label(self, label: str) -> tree.Name | tree.Text:
        """Write a label as a name or in quotation marks."""
        return name(label) if self.chance.happens(60) else made(tree.Text, label)

    # ----------------------------------------------------------------- tests

    def test(self, type_: Type, subject: tree.Operand, place: Place = ANYWHERE) -> tree.Condition:
        """Ask something of a value; the subject may be left out after `|`."""
        if self.chance.happens(10):
            return made(tree.IsKnown, subject, self.chance.happens(50))
        if type_.kind == "text":
            return self._text_test(type_, subject, place)
        if type_.kind == "list of text":
            choices = self.text() if self.chance.happens(50) else self._text_choices(place)
            word = self.chance.pick([test.name for test in TEXT_TESTS.values() if test.for_lists])
            return made(tree.TextTest, word, subject, choices, self.chance.happens(20))
        if type_ == BOOL:
            return made(tree.Compare, self.chance.pick(("=", "!=")), subject, self.operand(BOOL, place))
        return self._ordered_test(type_, subject, place)

    def _ordered_test(self, type_: Type, subject: tree.Operand, place: Place) -> tree.Condition:
        kind = self.chance.whole(0, 9)
        if kind == 0:
            low, high = (self.operand(type_, place) for _ in range(2))
            return made(tree.Between, subject, low, high, self.chance.happens(20))
        if kind == 1 and type_ != DATETIME:
            return made(tree.In, subject, self._choices(type_, place), self.chance.happens(20))
        if kind < 4 and type_ != DATETIME:
            return made(tree.Compare, self.chance.pick(("=", "!=")), subject, self.operand(type_, place))
        return made(
            tree.Compare,
            self.chance.pick(ORDERINGS),
            subject,
            self.operand(type_, place),
        )

    def _text_test(self, type_: Type, subject: tree.Operand, place: Place) -> tree.Condition:
        kind = self.chance.whole(0, 5)
        negated = self.chance.happens(20)
        if kind < 2:
            other = self.literal(type_) if kind == 0 or type_.choices else self.operand(TEXT, place)
            return made(tree.Compare, self.chance.pick(("=", "!=")), subject, other)
        if kind == 2:
            return made(tree.In, subject, self._choices(type_, place), negated)
        if kind == 3 and self.chance.uses("patterns", 60):
            word = self.chance.pick([test.name for test in TEXT_TESTS.values() if test.is_pattern])
            return made(tree.TextTest, word, subject, self._patterns(), negated)
        word = self.chance.pick([test.name for test in TEXT_TESTS.values() if not test.is_pattern])
        choices = self.operand(TEXT, place) if self.chance.happens(50) else self._text_choices(place)
        return made(tree.TextTest, word, subject, choices, negated)

    def _patterns(self) -> tree.Text | tree.Set:
        patterns = tuple(made(tree.Text, pattern) for pattern in self.chance.some(PATTERNS, 1, 3))
        return patterns[0] if len(patterns) == 1 else made(tree.Set, patterns)

    def _text_choices(self, place: Place) -> tree.Set | tree.Name:
        lists = [n for n, t in self.scene.lists.items() if t == TEXT and n not in self._hidden(place)]
        if lists and self.chance.happens(40):
            return name(self.chance.pick(lists))
        return made(tree.Set, tuple(self.text() for _ in range(self.chance.whole(1, 3))))

    def _choices(self, type_: Type, place: Place) -> tree.Set | tree.Name:
        lists = [] if type_.choices else [n for n, t in self.scene.lists.items() if t == type_]
        if lists and self.chance.happens(40):
            return name(self.chance.pick(lists))
        params = (
            []
            if type_.choices
            else [n for n, t in self.scene.params.items() if t == type_ and n not in self._hidden(place)]
        )
        items = [self.literal(type_) for _ in range(self.chance.whole(1, 3))]
        if params and self.chance.happens(20):
            items.append(name(self.chance.pick(params)))
        return made(tree.Set, tuple(items))

    # ---------------------------------------------------------------- values

    def subject(self, place: Place = ANYWHERE) -> tuple[Type, tree.Operand]:
        """Give something to ask about, never a literal, and its type."""
        named = self._readable(place)
        if named and (place.filter or self.chance.happens(60)):
            chosen = self.chance.pick(list(named))
            return named[chosen], name(chosen)
        if place.filter:
            return NUMBER, made(tree.Group, self._sum(1, place))
        if self.chance.uses("aggregates", 70):
            return self._aggregate()
        return NUMBER, self._computed(1, place)

    def operand(self, type_: Type, place: Place = ANYWHERE, depth: int = 1) -> tree.Operand:
        """Give a value of a type, literals included. A date serves where a datetime is ordered."""
        named = self._named(type_, place, closed=False)
        if named and self.chance.happens(30):
            return name(self.chance.pick(named))
        if type_ == DATE and self.chance.happens(15):
            return name("today")
        if type_ == NUMBER and self.chance.happens(25):
            return self._computed(depth, place)
        tables = [n for n, t in self.scene.tables.items() if t == type_] if depth else []
        if tables and self.chance.happens(30):
            return self.lookup(self.chance.pick(tables), place)
        is_choice = depth and type_ in {NUMBER, TEXT, BOOL, DATE}
        if is_choice and self.chance.uses("conditionals", 6):
            return made(tree.Group, self.conditional(type_, depth - 1, place))
        return self.literal(type_)

    def lookup(self, table: str, place: Place = ANYWHERE) -> tree.Call:
        """Give what a table has under a text."""
        return made(tree.Call, None, name(table), (made(tree.Argument, None, self.operand(TEXT, place, 0)),))

    def conditional(self, type_: Type, depth: int = 0, place: Place = ANYWHERE) -> tree.Conditional:
        """Give a value with conditions, of a type that has literals or of a closed text, with or without `else`."""
        first = self._branch(type_, depth, place)
        found = [first, *(self._branch(type_, depth, place, first) for _ in range(self.chance.whole(0, 2)))]
        otherwise = self._one_of(type_, depth, place) if self.chance.happens(60) else None
        return made(tree.Conditional, tuple(found), otherwise)

    def _branch(self, type_: Type, depth: int, place: Place, first: tree.Branch | None = None) -> tree.Branch:
        """Give a branch; one after the first may leave out the left side of its test."""
        value = self._one_of(type_, depth, place)
        if first is None and self.chance.happens(50):
            kind, subject = self.subject(place)
            return made(tree.Branch, value, self.test(kind, subject, place))
        if first is not None and isinstance(first.condition, tree.Compare) and self.chance.happens(50):
            compared = first.condition
            signs = ORDERINGS if compared.op in ORDERINGS else ("=", "!=")
            again = made(tree.Compare, self.chance.pick(signs), made(tree.Omitted), compared.right)
            return made(tree.Branch, value, again)
        return made(tree.Branch, value, self.condition(1, place))

    def _one_of(self, type_: Type, depth: int, place: Place) -> tree.Condition:
        if type_ == BOOL and self.chance.happens(50):
            return self.condition(1, place)
        if type_ == NUMBER and self.chance.happens(30):
            return self._sum(1, place)
        if type_ == DATETIME:
            return made(tree.Aggregate, self.chance.pick(("first", "last")), name("at"), self.selection())
        if type_.choices or depth == 0:
            return self.literal(type_)
        return self.operand(type_, place, depth)

    def expression(self, depth: int, place: Place = ANYWHERE) -> tree.Operand:
        """Give a number that is worked out, where arithmetic needs no parentheses."""
        return self._sum(depth, place) if self.chance.happens(70) else self._computed(depth, place)

    def _members(self, place: Place) -> tree.Operand | None:
        """Count the members of a list."""
        lists = self._named(LIST_OF_TEXT, place)
        return made(tree.Count, name(self.chance.pick(lists))) if lists else None

    def _computed(self, depth: int, place: Place) -> tree.Operand:
        if self.chance.happens(10) and (members := self._members(place)) is not None:
            return members
        kind = self.chance.whole(0, 5)
        if kind < 2 and not place.filter:
            return self._event_number()
        if kind == 2:
            moment = self._moment(place)
            return (
                made(tree.Elapsed, self.chance.pick(tuple(ELAPSED)), self.chance.pick(("since", "until")), moment)
                if moment
                else self.number()
            )
        if kind == 3:
            return made(tree.Group, self._sum(depth, place))
        if kind == 4:
            return self._call(depth, place)
        named = self._named(NUMBER, place)
        return name(self.chance.pick(named)) if named else self.number()

    def _sum(self, depth: int, place: Place) -> tree.Operand:
        if depth == 0:
            return self.operand(NUMBER, place, 0)
        if self.chance.happens(15):
            return made(tree.Minus, self._sum(depth - 1, place))
        left, right = (self._term(depth - 1, place) for _ in range(2))
        return made(tree.Arithmetic, self.chance.pick(("+", "*", "-", "/")), left, right)

    def _term(self, depth: int, place: Place) -> tree.Operand:
        if depth and self.chance.happens(30):
            return self._sum(depth, place)
        return self.operand(NUMBER, place, depth)

    def _call(self, depth: int, place: Place) -> tree.Operand:
        if self.chance.happens(40):
            return self._local_part(place)
        function = self.chance.pick(("floor", "ceil", "abs", "least", "greatest"))
        count = self.chance.whole(2, 3) if function in {"least", "greatest"} else 1
        values = [self._sum(max(depth - 1, 0), place) for _ in range(count)]
        return made(tree.Call, None, name(function), tuple(made(tree.Argument, None, value) for value in values))

    def _local_part(self, place: Place) -> tree.Call:
        """Give the hour, weekday, month, quarter or year of a moment that is named.

        The hour that it is now is left out: forecasts would have a change at every hour.
        """
        moments = self._named(DATETIME, place)
        part = self.chance.pick([one for one in LOCAL_TIMES.values() if moments or not one.of_clock])
        others = [] if part.of_clock else [*self._named(DATE, place), "now", "today"]
        moment = name(self.chance.pick([*moments, *others]))
        return made(tree.Call, None, name(part.name), (made(tree.Argument, None, moment),))

    def _moment(self, place: Place) -> tree.Name | tree.Selection | tree.Aggregate | None:
        if not place.filter and self.chance.happens(60):
            if self.chance.happens(30):
                function = self.chance.pick([one.name for one in AGGREGATES.values() if one.gives_value])
                return made(tree.Aggregate, function, name(self.chance.pick(("at", "day"))), self.selection())
            selection = self.selection()
            hidden = isinstance(selection, tree.Name) and selection.name in self._hidden(place)
            return None if hidden else selection
        named = self._named(DATETIME, place) + self._named(DATE, place)
        return name(self.chance.pick(named)) if named else None

    def _event_number(self) -> tree.Operand:
        if self.chance.uses("aggregates", 40):
            type_, found = self._aggregate()
            if type_ == NUMBER:
                return found
        return made(tree.Count, self.selection())

    def _aggregate(self) -> tuple[Type, tree.Operand]:
        """Give an aggregate of a property that the events have, and its type."""
        selection = self.selection()
        event = selection.name if isinstance(selection, tree.Selection) else selection
        properties = self.scene.properties(self.scene.types_of(event.name))
        property_ = self.chance.pick(list(properties))
        is_number = properties[property_] == NUMBER
        aggregate = self.chance.pick([one for one in AGGREGATES.values() if is_number or not one.numbers])
        type_ = properties[property_] if aggregate.gives_value else NUMBER
        return type_, made(tree.Aggregate, aggregate.name, name(property_), selection)

    # ------------------------------------------------------------ selections

    def selection(self, event: str | None = None) -> tree.Selection | tree.Name:
        """Give a selection of events, of some event where none is named."""
        chosen = event or self.chance.pick(self.scene.asked)
        condition = self._filter(chosen) if self.chance.uses("filters", 35) else None
        parts: list[tree.Within | tree.Since] = []
        if self.chance.happens(40):
            parts.append(made(tree.Within, self.duration()))
        if self.chance.happens(15):
            parts += [self.since() for _ in range(self.chance.whole(1, 2))]
        relations = [self._relation(chosen)] if self.chance.uses("relations", 25) else []
        if relations and self.chance.happens(20):
            other = self._relation(chosen)
            relations.append(attrs.evolve(other, negated=True) if other.direction == relations[0].direction else other)
        if condition is None and not parts and not relations:
            return name(chosen)
        return made(tree.Selection, name(chosen), condition, tuple(self.chance.shuffled(parts)), tuple(relations))

    def _relation(self, event: str) -> tree.Relation:
        """Give what events must be answered by, or not; often by events of their own kind."""
        direction = "followed" if self.chance.happens(65) else "preceded"
        several = direction == "followed" and self.chance.happens(30)
        answers = tuple(self._answer(event) for _ in range(self.chance.whole(2, 3) if several else 1))
        within = made(tree.Within, self.duration()) if self.chance.happens(75) else None
        return made(tree.Relation, direction, answers, within, negated=self.chance.happens(40))

    def _answer(self, asked: str) -> tree.Answer:
        event = asked if self.chance.happens(30) else self.chance.pick(self.scene.asked)
        condition = self._filter(event) if self.chance.uses("filters", 30) else None
        theirs, own = (self.scene.properties(self.scene.types_of(one)) for one in (asked, event))
        common = [one for one, type_ in own.items() if theirs.get(one) == type_]
        same = self.chance.some(common, 1, 2) if common and self.chance.happens(40) else []
        return made(tree.Answer, name(event), tuple(map(name, same)), condition)

    def since(self) -> tree.Since:
        """Give `since X`: an event, perhaps filtered, or a date or datetime field."""
        fields = [n for n, type_ in self.scene.fields.items() if type_ in {DATE, DATETIME}]
        if fields and self.chance.happens(40):
            return made(tree.Since, name(self.chance.pick(fields)))
        event = self.chance.pick(self.scene.asked)
        return made(tree.Since, name(event), self._filter(event) if self.chance.uses("filters", 30) else None)

    def _filter(self, event: str) -> tree.Condition:
        return self.condition(1, Place(self.scene.types_of(event), filter=True))

    # ----------------------------------------------------------------- names

    def _hidden(self, place: Place) -> set[str]:
        return set() if place.types is None else self.scene.property_names(place.types)

    def _readable(self, place: Place, *, params: bool = False) -> dict[str, Type]:
        """Give every name that has a value at a place, and its type."""
        scene, found = self.scene, dict[str, Type]()
        criteria: Mapping[str, Type] = scene.criteria
        if place.filter:
            criteria = {n: t for n, t in criteria.items() if n in scene.plain}
        else:
            found |= dict.fromkeys(scene.numbers, NUMBER)
        found |= scene.fields | dict(criteria)
        if params:
            found |= {n: t for n, t in scene.params.items() if t is not None}
        found = {n: t for n, t in found.items() if n not in self._hidden(place)}
        return (scene.properties(place.types) if place.types is not None else {}) | found

    def _named(self, type_: Type, place: Place, *, closed: bool = True) -> list[str]:
        """Name what has values of a type; `closed` leaves params, which are constants, out."""
        return of_kind(self._readable(place, params=not closed), type_)
