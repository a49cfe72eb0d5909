"""Generate the scoring part of a rule file (§7 of the language): dimensions, groups, rules, personas, totals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import attrs

from leadrules.families import CALENDARS
from leadrules.syntax import tree
from leadrules.testing.chance import Chance
from leadrules.testing.declarations import Declarations
from leadrules.testing.phrases import ANYWHERE, Phrases, Place
from leadrules.testing.scenes import Scene, made, name, of_kind
from leadrules.testing.words import DATES, HOSTILE_NAMES, PLAIN_NAMES, TEXTS
from leadrules.vocabulary import DATE

Block = list[tree.Statement]
"""Statements that stay together: a persona and its lines, or one alone."""

_FADING = ((30, "days"), (1, "days"), (12, "hours"), (3, "weeks"), (365, "days"), (1, "hours"))
_FACTORS = tuple(map(Fraction, ("0.4", "2", "0.6", "-1", "0.333", "1.5", "0", "100")))


@attrs.define
class Scoring:
    """Makes the scoring statements of one file, whose points have `precision` decimals."""

    chance: Chance
    scene: Scene
    declarations: Declarations
    precision: int
    rules_left: int
    rule_names: set[str] = attrs.field(factory=set)
    dimensions: list[str] = attrs.field(factory=list)
    _homes: list[str] = attrs.field(factory=list)
    _last: tree.Rule | None = None

    @property
    def phrases(self) -> Phrases:
        """Give the maker of conditions for what is in scope now."""
        return Phrases(self.chance, self.scene)

    # ------------------------------------------------------------ containers

    def plan(self, count: int) -> None:
        """Decide on the names of the dimensions, so that a persona may stand before its own."""
        self.dimensions = [self.declarations.fresh().name for _ in range(count)]

    def dimension(self, place: int) -> list[Block]:
        """Give a dimension with what is in it; the rules after it may read its value."""
        node = name(self.dimensions[place])
        self._homes = self.dimensions[place:]
        modifiers: list[tree.Modifier] = [*self.bounds()]
        if self.chance.happens(30):
            modifiers.append(made(tree.Within, self.phrases.duration()))
        if self.chance.happens(15):
            modifiers.append(self.phrases.since())
        if self.chance.uses("decay", 35):
            modifiers.append(self.decay())
        blocks: list[Block] = [[made(tree.Dimension, node, tuple(self.chance.shuffled(modifiers)))]]
        blocks += self.content(3)
        self.scene.numbers.append(node.name)
        return blocks

    def content(self, most: int) -> list[Block]:
        """Give rules, personas, then groups of rules, as they stand in a dimension."""
        blocks: list[Block] = []
        for _ in range(self.chance.whole(1, most)):
            blocks += [self.persona()] if self.chance.uses("personas", 15) else self.rules()
        for _ in range(self.chance.whole(0, 2) if self.chance.uses("groups", 40) else 0):
            node = self.declarations.fresh()
            blocks.append([made(tree.PointsGroup, node, tuple(self.bounds()))])
            blocks += [block for _ in range(self.chance.whole(1, 3)) for block in self.rules()]
            self.scene.numbers.append(node.name)
        return blocks

    def bounds(self) -> list[tree.Modifier]:
        """Give `max` and `min`, either or none."""
        found: list[tree.Modifier] = []
        if self.chance.happens(50):
            found.append(made(tree.Max, self.phrases.bound(Fraction(self.chance.pick((10, 60, 3, 0, 100))))))
        if self.chance.happens(25):
            found.append(made(tree.Min, made(tree.Number, Fraction(self.chance.pick((0, -20, -5, -100))))))
        return self.chance.shuffled(found)

    def persona(self) -> Block:
        """Give a persona and its lines, in the dimension it stands in or in a later one."""
        home = self.chance.pick(self._homes) if self._homes and self.chance.happens(30) else None
        lines = [self._line() for _ in range(self.chance.whole(1, 4))]
        node = self.declarations.fresh()
        points = made(tree.Points, made(tree.Number, self.amount() or Fraction(40)))
        self.scene.numbers.append(node.name)
        return [made(tree.Persona, node, points, None if home is None else name(home)), *lines]

    def _line(self) -> tree.Statement:
        weight = self.phrases.bound(self.chance.pick((Fraction(1), Fraction(3), Fraction("0.5"))))
        return made(tree.PersonaLine, self.phrases.condition(1), weight)

    # ----------------------------------------------------------------- rules

    def rules(self) -> list[Block]:
        """Give a rule, now and then twice, or none where there are enough."""
        if self.rules_left <= 0:
            return []
        self.rules_left -= 1
        if self._last is not None and self._last.name is None and self.chance.happens(7):
            return [[self._last]]
        self._last = self._each() if self.chance.uses("events", 50) else self._once()
        return [[self._last]]

    def rule_name(self) -> tree.Name | None:
        """Give a name that no other rule has, or none."""
        if not self.chance.happens(15):
            return None
        options = [word for word in (*PLAIN_NAMES, *HOSTILE_NAMES) if word not in self.rule_names]
        chosen = self.chance.pick(options) if options else f"rule_{len(self.rule_names)}"
        self.rule_names.add(chosen)
        return name(chosen)

    def _each(self) -> tree.Rule:
        chance = self.chance
        event = chance.pick(self.scene.asked)
        types = self.scene.types_of(event)
        condition: tree.Condition = self.phrases.selection(event)
        if chance.happens(10):
            condition = made(tree.Group, condition)
        points = self.points(Place(types))
        modifiers = self._modifiers_of_both() + (self._caps(types) if chance.uses("caps", 60) else [])
        if chance.uses("decay", 25):
            modifiers.append(made(tree.NoDecay) if chance.happens(25) else self.decay())
        return self._rule((made(tree.Alternative, condition, points),), modifiers)

    def _once(self) -> tree.Rule:
        kind = self.chance.whole(0, 9)
        if kind == 9:
            alternatives = [made(tree.Alternative, made(tree.Always), self.points())]
        elif kind < 5:
            alternatives = [made(tree.Alternative, self._asked(), self.points())]
        else:
            alternatives = self._alternatives()
        modifiers = self._modifiers_of_both()
        if self.chance.uses("caps", 20):
            modifiers.append(made(tree.MaxPoints, self._size()))
        return self._rule(tuple(alternatives), modifiers)

    def _rule(self, alternatives: tuple[tree.Alternative, ...], modifiers: list[tree.Modifier]) -> tree.Rule:
        return made(tree.Rule, self.rule_name(), alternatives, tuple(self.chance.shuffled(modifiers)))

    def _asked(self) -> tree.Condition:
        """Give a condition that is no bare selection, which would score each event."""
        condition = self.phrases.condition()
        inner = condition
        while isinstance(inner, tree.Group):
            inner = inner.inner
        is_event = isinstance(inner, tree.Name) and inner.name in {*self.scene.events, *self.scene.groups}
        return made(tree.Not, condition) if is_event or isinstance(inner, tree.Selection) else condition

    def _alternatives(self) -> list[tree.Alternative]:
        phrases = self.phrases
        type_, subject = phrases.subject()
        found = [made(tree.Alternative, phrases.test(type_, subject), self.points())]
        for _ in range(self.chance.whole(1, 2)):
            omits = self.chance.happens(70)
            condition = phrases.test(type_, made(tree.Omitted)) if omits else self._asked()
            found.append(made(tree.Alternative, condition, self.points()))
        if self.chance.happens(50):
            found.append(made(tree.Alternative, None, self.points()))
        return found

    # ---------------------------------------------------------------- points

    def amount(self) -> Fraction:
        """Give points as fine as the file's precision allows."""
        if self.chance.happens(60):
            return Fraction(self.chance.pick((5, 1, 10, -5, 25, -2, 0, 1_000_000)))
        return Fraction(self.chance.whole(-5_000, 5_000), 10**self.precision)

    def points(self, place: Place = ANYWHERE) -> tree.Points:
        """Give points: a literal, or an expression, for a per-event rule also of its properties."""
        value = self.phrases.expression(2, place) if self.chance.uses("expressions", 25) else None
        if value is None or isinstance(value, tree.Number):
            return made(tree.Points, made(tree.Number, self.amount()))
        return made(tree.Points, value, self.chance.happens(25))

    def _size(self) -> tree.Number | tree.Name:
        return self.phrases.bound(abs(self.amount()) or Fraction(1))

    # ------------------------------------------------------------- modifiers

    def _modifiers_of_both(self) -> list[tree.Modifier]:
        chance, found = self.chance, list[tree.Modifier]()
        if chance.happens(20):
            found.append(made(tree.When, self.phrases.condition(1)))
        if chance.happens(20):
            found.append(made(tree.Because, made(tree.Text, chance.pick(TEXTS))))
        if chance.happens(12):
            found.append(made(tree.From, self._day()))
        if chance.happens(12):
            found.append(made(tree.Until, self._day()))
        return found

    def _day(self) -> tree.Date | tree.Name:
        params = of_kind(self.scene.params, DATE)
        if params and self.chance.happens(40):
            return name(self.chance.pick(params))
        return made(tree.Date, self.chance.pick(DATES))

    def _caps(self, types: tuple[str, ...]) -> list[tree.Modifier]:
        chance, amount = self.chance, self.phrases.amount
        options: list[Callable[[], tree.Modifier]] = [
            lambda: made(tree.MaxTimes, amount(1, 3)),
            lambda: made(tree.MaxPer, amount(1, 2), *self._bucket(types)),
            lambda: made(tree.MaxPer, amount(1, 3), *self._bucket(types)),
            lambda: made(tree.MaxEvery, amount(1, 2), self.phrases.duration()),
            lambda: made(tree.MaxPoints, self._size()),
            lambda: made(tree.MaxPoints, self._size(), *self._bucket(types)),
        ]
        return [make() for make in chance.some(options, 1, 4)]

    def _bucket(self, types: tuple[str, ...]) -> tuple[tree.Name, bool]:
        if self.chance.happens(50):
            return name(self.chance.pick(("day", *CALENDARS))), True
        return name(self.chance.pick(list(self.scene.properties(types)))), False

    def decay(self) -> tree.Modifier:
        """Give a decay of any kind."""
        duration = made(tree.Duration, *self.chance.pick(_FADING))
        kind = self.chance.whole(0, 2)
        if kind == 2:
            percent = self.phrases.bound(self.chance.pick((Fraction(10), Fraction("33.3"), Fraction(100))))
            return made(tree.Drops, percent, duration)
        return made(tree.FadesOver, duration) if kind else made(tree.HalfLife, duration)

    # ----------------------------------------------------------------- total

    def total(self) -> tree.Statement:
        """Give `total = …` of some of the dimensions and a number or two."""
        formula: tree.Operand = self._term(first=True)
        for _ in range(self.chance.whole(0, 3)):
            formula = made(tree.Arithmetic, self.chance.pick(("+", "-")), formula, self._term(first=False))
        return made(tree.Total, formula, tuple(self.bounds()))

    def _term(self, *, first: bool) -> tree.Operand:
        factor = self.phrases.bound(self.chance.pick(_FACTORS))
        home = name(self.chance.pick(self.dimensions or ["points"]))
        kind = self.chance.whole(0, 5)
        if kind < 2:
            return made(tree.Arithmetic, "*", *((factor, home) if kind else (home, factor)))
        if kind == 2:
            return made(tree.Arithmetic, "/", home, made(tree.Number, Fraction(self.chance.pick((2, 3, -7)))))
        if kind == 3:
            return factor
        return made(tree.Minus, home) if first and self.chance.happens(20) else home
