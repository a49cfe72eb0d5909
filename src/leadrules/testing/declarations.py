"""Generate what a rule file declares (§5 of the language), and the scene that the rules then see."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from leadrules.letters import ACCENTED, UNACCENTED
from leadrules.syntax import tree
from leadrules.testing.chance import Chance
from leadrules.testing.phrases import DURATIONS, NUMBERS, Phrases, Place
from leadrules.testing.scenes import Scene, made, name
from leadrules.testing.words import (
    DATE_FORMS,
    DATES,
    EVENT_PROPERTIES,
    FALSE_WORDS,
    HOSTILE_NAMES,
    NUMBER_FORMS,
    PLAIN_NAMES,
    SEPARATORS,
    STANDARD_EVENTS,
    STANDARD_FIELDS,
    TEXTS,
    TIME_FORMS,
    TIMEZONES,
    TRUE_WORDS,
    TYPES_IN_DATA,
    UNKNOWN_WORDS,
)
from leadrules.vocabulary import BOOL, DATE, DATETIME, NUMBER, STANDARD_GROUPS, TEXT, Type
from leadrules.vocabulary import STANDARD_EVENTS as STANDARD
from leadrules.vocabulary import STANDARD_FIELDS as FIELDS
from leadrules.vocabulary import TEXTS as LIST_OF_TEXT

_KINDS = (NUMBER, TEXT, BOOL, DATE, DATETIME, LIST_OF_TEXT)
_COLUMNS = ("Job Title", "Größe", "{0}", 'a "b"', "x,y", "e\u0301", "firm.size", "firm.a.b")
_FORMS = {NUMBER: NUMBER_FORMS, DATE: DATE_FORMS, DATETIME: DATE_FORMS + TIME_FORMS}


class Declarations:
    """Makes declarations one after the other, and notes in the scene what each brings."""

    def __init__(self, chance: Chance, scene: Scene) -> None:
        self.chance = chance
        self.scene = scene
        self.statements: list[tree.Statement] = []
        self.any_event: dict[str, Type] = {}
        self._named: set[str] = set()
        self._letters = ACCENTED

    def fresh(self, *, standard: Sequence[str] = ()) -> tree.Name:
        """Give a name that is not taken yet, sometimes one of the standard vocabulary's."""
        if standard and self.chance.happens(15):
            options = [word for word in standard if word not in self.scene.taken]
        elif self.chance.uses("hostile names", 25):
            options = [word for word in HOSTILE_NAMES if word not in self.scene.taken]
        else:
            options = [word for word in PLAIN_NAMES if word not in self.scene.taken]
        chosen = self.chance.pick(options) if options else f"name_{len(self.scene.taken)}"
        self.scene.taken.add(chosen)
        return name(chosen)

    # -------------------------------------------------------------- vocabulary

    def header(self) -> list[tree.Statement]:
        """Give the lines that say what the file is."""
        found: list[tree.Statement] = []
        if self.chance.happens(30):
            version = self._text(TEXTS) if self.chance.happens(50) else None
            word = self.chance.pick(("transport_b2b", *HOSTILE_NAMES))
            found.append(made(tree.Ruleset, name(word), version))
        if self.chance.happens(40):
            found.append(made(tree.Timezone, self._text(TIMEZONES)))
        if self.chance.uses("accents ignored", 25):
            found.append(made(tree.AccentsIgnored))
            self._letters = UNACCENTED
        return found

    def vocabulary(self) -> None:
        """Declare params, lists, fields, events and groups, and take some of the standard ones."""
        declare = [self.param, self.list_of, self.field, self.event]
        declare += [self.table] if self.chance.uses("tables", 30) else []
        for _ in range(self.chance.whole(0, 7)):
            self.chance.pick(declare)()
        for standard in self.chance.some(STANDARD_FIELDS, 2, 5):
            if standard not in self.scene.taken:
                self.scene.fields[standard] = FIELDS[standard].type
                self.scene.taken.add(standard)
        self._standard_events()
        if self.chance.happens(15):
            self._any_event()
        for _ in range(self.chance.whole(0, 2)):
            self.group_of_events()

    def param(self) -> None:
        """Declare a param of some type, or a duration."""
        node = self.fresh()
        type_ = self.chance.pick((NUMBER, None, TEXT, DATE, BOOL))
        value = made(tree.Duration, *self.chance.pick(DURATIONS)) if type_ is None else self._literal(type_)
        self.scene.params[node.name] = type_
        if isinstance(value, tree.Number):
            self.scene.amounts[node.name] = value.value
        self.statements.append(made(tree.Param, node, value))

    def list_of(self) -> None:
        """Declare a list of texts, numbers or dates."""
        node = self.fresh()
        type_ = self.chance.pick((TEXT, NUMBER, DATE))
        items = tuple(self._literal(type_) for _ in range(self.chance.whole(1, 4)))
        self.scene.lists[node.name] = type_
        self.statements.append(made(tree.ListDeclaration, node, made(tree.Set, items)))

    def table(self) -> None:
        """Declare a table with up to three keys."""
        node, type_ = self.fresh(), self.chance.pick((TEXT, NUMBER, DATE, BOOL))
        keys = self._distinct(TEXTS, 1, 3)
        pairs = tuple(made(tree.Pair, made(tree.Text, key), self._literal(type_)) for key in keys)
        self.scene.tables[node.name] = type_
        self.statements.append(made(tree.TableDeclaration, node, pairs))

    def field(self) -> None:
        """Declare a field with any of its options."""
        chance, node, type_ = self.chance, self.fresh(standard=STANDARD_FIELDS), self._type()
        words = type_ == BOOL and chance.happens(40)
        protected = chance.happens(7)
        declaration = made(
            tree.FieldDeclaration,
            node,
            self._spec(type_),
            columns=self._fresh_texts(_COLUMNS, 25),
            **self._reading(type_),
            unknown=self._words(UNKNOWN_WORDS) if chance.happens(25) else None,
            default=self._literal(type_) if not protected and type_ != DATETIME and chance.happens(20) else None,
            true_words=self._words(TRUE_WORDS) if words else None,
            false_words=self._words(FALSE_WORDS) if words else None,
            pii=chance.happens(20),
            protected=protected,
        )
        self.statements.append(declaration)
        if not protected:
            self.scene.fields[node.name] = type_

    def event(self) -> None:
        """Declare an event with up to three properties."""
        node = self.fresh(standard=STANDARD_EVENTS)
        properties = self._properties()
        self.scene.events[node.name] = {q.name.name: t for q, t in properties}
        named = [q.name for q, t in properties if t in {NUMBER, TEXT}]
        declaration = made(
            tree.EventDeclaration,
            node,
            tuple(q for q, _ in properties),
            forms=self._texts(DATE_FORMS + TIME_FORMS, 1, 2) if self.chance.uses("forms", 15) else (),
            types=self._types_in_data(),
            identity=self.chance.pick(named) if named and self.chance.uses("forms", 20) else None,
        )
        self.statements.append(declaration)

    def group_of_events(self) -> None:
        """Declare a group of events and groups."""
        node = self.fresh()
        members = self.chance.some(self.scene.asked, 1, 3)
        types = dict.fromkeys(type_ for member in members for type_ in self.scene.types_of(member))
        self.scene.groups[node.name] = tuple(types)
        self.scene.asked.append(node.name)
        self.statements.append(made(tree.EventGroup, node, tuple(map(name, members))))

    def _standard_events(self) -> None:
        """Bring in all standard events, since `any_event` and `activity` do; the rules name a few."""
        self.scene.asked += self.scene.events
        self.scene.asked += self.chance.some([e for e in STANDARD_EVENTS if e not in self.scene.taken], 1, 3)
        for event, declared in STANDARD.items():
            if event not in self.scene.taken:
                self.scene.events[event] = {q.name: q.type for q in declared.properties}
        groups = self.scene.groups
        groups["activity"] = tuple(m for m in STANDARD_GROUPS["activity"] if m in self.scene.events)
        groups["any_event"] = tuple(self.scene.events)
        self.scene.asked += self.chance.some(list(groups), 0, 2)

    def _any_event(self) -> None:
        properties = self._properties()
        for own in self.scene.events.values():
            for property_, type_ in properties:
                own.setdefault(property_.name.name, type_)
        self.statements.append(made(tree.EventDeclaration, name("any_event"), tuple(q for q, _ in properties)))

    # ------------------------------------------------------------- definitions

    def criterion(self, *, plain: bool = False) -> tree.Statement:
        """Give a criterion of what the scene has; a `plain` one reads no events and no scores."""
        phrases = Phrases(self.chance, self.scene)
        place = Place(filter=plain)
        type_, body = BOOL, phrases.condition(1, place)
        if self.chance.uses("conditionals", 15):
            type_, body = self._conditional(phrases, place)
        elif self.chance.happens(40):
            type_, body = phrases.subject(place)
            if type_ == NUMBER and self.chance.happens(50):
                body = phrases.expression(2, place)
        node = self.fresh()
        self.scene.criteria[node.name] = type_
        if plain:
            self.scene.plain.add(node.name)
        return made(tree.Criterion, node, body, self.chance.uses("outputs", 40))

    def _conditional(self, phrases: Phrases, place: Place) -> tuple[Type, tree.Condition]:
        """Give a value with conditions, and its type: texts that are all literals make a closed list."""
        type_ = self.chance.pick((NUMBER, TEXT, BOOL, DATE) if place.filter else (NUMBER, TEXT, BOOL, DATE, DATETIME))
        if type_ != TEXT:
            return type_, phrases.conditional(type_, 1, place)
        found = phrases.conditional(Type("text", choices=tuple(self._distinct(TEXTS, 1, 4))), 1, place)
        values = [*(branch.value for branch in found.branches), *([found.otherwise] if found.otherwise else [])]
        texts = dict.fromkeys(value.value for value in values if isinstance(value, tree.Text))
        return Type("text", choices=tuple(texts)), found

    def segment(self, *, readable: bool = True) -> tree.Statement:
        """Give a segment; rules before it may read it where it is `readable`."""
        body = Phrases(self.chance, self.scene).condition(1)
        node = self.fresh()
        if readable:
            self.scene.truths.append(node.name)
        return made(tree.Segment, node, body)

    # ------------------------------------------------------------------- parts

    def _text(self, options: Sequence[str]) -> tree.Text:
        return made(tree.Text, self.chance.pick(options))

    def _literal(self, type_: Type) -> tree.Operand:
        if type_ == NUMBER:
            return made(tree.Number, self.chance.pick(NUMBERS))
        if type_.is_time:
            return made(tree.Date, self.chance.pick(DATES))
        if type_ == BOOL:
            return made(tree.Flag, self.chance.happens(50))
        return self._text(type_.choices or TEXTS)

    def _type(self) -> Type:
        if self.chance.happens(20):
            return Type("text", choices=tuple(self._distinct(TEXTS, 1, 4)))
        return self.chance.pick(_KINDS)

    def _distinct(self, options: Sequence[str], low: int, high: int) -> list[str]:
        """Give texts that are not alike to the file."""
        return list({self._letters.folded(option): option for option in self.chance.some(options, low, high)}.values())

    def _spec(self, type_: Type) -> tree.TypeSpec:
        if not type_.choices:
            return made(tree.TypeSpec, type_.kind)
        return made(tree.TypeSpec, "one of", tuple(made(tree.Text, choice) for choice in type_.choices))

    def _fresh_texts(self, options: Sequence[str], percent: int) -> tuple[tree.Text, ...]:
        """Give one or two texts that name something in the data, none of them twice in a file."""
        left = [option for option in options if option not in self._named]
        if not left or not self.chance.happens(percent):
            return ()
        chosen = self.chance.some(left, 1, 2 if self.chance.uses("forms", 40) else 1)
        self._named.update(chosen)
        return tuple(made(tree.Text, one) for one in chosen)

    def _texts(self, options: Sequence[str], low: int, high: int) -> tuple[tree.Text, ...]:
        return tuple(made(tree.Text, one) for one in self.chance.some(options, low, high))

    def _types_in_data(self) -> tuple[tree.Text, ...]:
        return self._fresh_texts(TYPES_IN_DATA, 20) if self.chance.uses("forms", 50) else ()

    def _reading(self, type_: Type) -> dict[str, Any]:
        """Give options that say how a value is read."""
        found: dict[str, Any] = {"lenient": self.chance.uses("forms", 12)}
        if type_ in _FORMS and self.chance.uses("forms", 40):
            found["forms"] = self._texts(_FORMS[type_], 1, 2)
        if type_ == LIST_OF_TEXT and self.chance.uses("forms", 40):
            found["split"] = self._texts(SEPARATORS, 1, 2)
        return found

    def _words(self, options: Sequence[str]) -> tree.Set:
        words: list[tree.Text | tree.Number] = []
        for word in self._distinct(options, 1, 3):
            as_number = word.isdecimal() and self.chance.happens(50)
            words.append(made(tree.Number, Fraction(int(word))) if as_number else made(tree.Text, word))
        return made(tree.Set, tuple(words))

    def _properties(self) -> list[tuple[tree.Property, Type]]:
        found = []
        for property_ in self.chance.some(EVENT_PROPERTIES, 0, 3):
            type_ = NUMBER if property_ == "amount" and self.chance.happens(70) else self._type()
            options = self._reading(type_) if self.chance.happens(30) else {}
            declared = made(tree.Property, name(property_), self._spec(type_), **options, pii=self.chance.happens(15))
            found.append((declared, type_))
        return found
