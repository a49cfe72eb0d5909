"""Generate what comes of a score (§8 of the language): requirements, grades, ladders, tags."""

from __future__ import annotations

from itertools import product

import attrs

from leadrules.families import MARKS
from leadrules.syntax import tree
from leadrules.testing.phrases import NUMBERS, Phrases
from leadrules.testing.scenes import Scale, Scene, made, name, of_kind
from leadrules.testing.scoring import Scoring
from leadrules.testing.words import LABELS, TEXTS
from leadrules.vocabulary import NUMBER


@attrs.define
class Plan:
    """A ladder before its rules: `name` is None for the one called `stage`, `written` false without `stages`."""

    name: tree.Name | None
    labels: list[str]
    exits: list[str]
    written: bool

    @property
    def scale(self) -> Scale:
        """Give its labels as conditions see them."""
        return Scale((*self.labels, *self.exits), tuple(self.labels))

    @property
    def key(self) -> str:
        """Give the ladder's name as conditions see it."""
        return "stage" if self.name is None else self.name.name


@attrs.define
class Outcomes:
    """Makes the outcomes of one file, with the names and chances of its scoring part."""

    scoring: Scoring
    scene: Scene

    @property
    def phrases(self) -> Phrases:
        """Give the maker of conditions for what is in scope now."""
        return self.scoring.phrases

    # ------------------------------------------------- what nothing else sees

    def ignore(self) -> tree.Statement:
        """Give an `ignore`."""
        chance = self.scoring.chance
        because = made(tree.Text, chance.pick(TEXTS)) if chance.happens(50) else None
        return made(tree.Ignore, self.phrases.selection(), because)

    # ---------------------------------------------------------- requirements

    def require(self, *, gate: bool) -> tree.Statement:
        """Give a requirement, one before scoring if it is a `gate`."""
        chance = self.scoring.chance
        because = made(tree.Text, chance.pick(TEXTS)) if chance.happens(60) else None
        steps = [label for ladder in self.ladders.values() for label in ladder.labels[1:]]
        is_for_label = bool(steps) and not gate and chance.happens(50)
        label = self.phrases.label(chance.pick(steps)) if is_for_label else None
        return made(tree.Require, self.phrases.condition(1), gate, because, label)

    # ---------------------------------------------------------------- grades

    def grade(self) -> tree.Statement:
        """Give a grade by thresholds, or several grades together; conditions may read it from now on."""
        chance, scene = self.scoring.chance, self.scene
        grades = [g for g, scale in scene.scales.items() if scale.steps and g in self._grades()]
        if len(grades) > 1 and chance.happens(40):
            return self._cell(chance.some(grades, 2, 3))
        subjects = scene.numbers + of_kind(scene.criteria, NUMBER) + of_kind(scene.fields, NUMBER)
        subject = chance.pick(subjects)
        node = self.scoring.declarations.fresh()
        labels = chance.some(LABELS, 2, 4)
        thresholds = sorted(chance.some(NUMBERS, len(labels) - 1, len(labels) - 1), reverse=True)
        bands = [
            made(tree.Band, self.phrases.label(label), self.phrases.bound(least))
            for label, least in zip(labels, thresholds, strict=False)
        ]
        scene.scales[node.name] = Scale(tuple(labels), tuple(reversed(labels)))
        last = made(tree.Band, self.phrases.label(labels[-1]))
        return made(tree.Grade, node, name(subject), (*bands, last))

    def _grades(self) -> set[str]:
        return {scale for scale in self.scene.scales if scale not in self.ladders}

    def _cell(self, grades: list[str]) -> tree.Statement:
        node = self.scoring.declarations.fresh()
        scales = self.scene.scales
        labels = tuple(map("".join, product(*(scales[grade].labels for grade in grades))))
        scales[node.name] = Scale(labels, ())
        return made(tree.GradeCell, node, tuple(map(name, grades)))

    # --------------------------------------------------------------- ladders

    ladders: dict[str, Plan] = attrs.field(factory=dict)

    def plan(self, count: int) -> None:
        """Decide on ladders and their labels, so that any rule may ask for what the lead was."""
        left = list(LABELS)
        for number in range(count):
            written = count > 1 or self.scoring.chance.happens(75)
            ladder = Plan(
                self._ladder_name() if written and (number or self.scoring.chance.happens(40)) else None,
                self._taken(left, 1, 3),
                [],
                written,
            )
            if written and self.scoring.chance.happens(40):
                ladder.exits = self._taken(left, 1, 2)
            if not written:
                ladder.labels.insert(0, "unqualified")
            self.ladders[ladder.key] = ladder
            self.scene.ladder_labels += [*ladder.labels, *ladder.exits]

    def _ladder_name(self) -> tree.Name:
        return self.scoring.declarations.fresh()

    def _taken(self, left: list[str], low: int, high: int) -> list[str]:
        found = self.scoring.chance.some(left, low, high)
        for label in found:
            left.remove(label)
        return found

    def ladder(self, key: str) -> list[tree.Statement]:
        """Give a ladder's `stages` and its rules; conditions may read it from now on."""
        chance, ladder = self.scoring.chance, self.ladders[key]
        found: list[tree.Statement] = []
        if ladder.written:
            labels, exits = (tuple(map(self.phrases.label, part)) for part in (ladder.labels, ladder.exits))
            columns = (made(tree.Text, f"held {len(self.ladders)} {key}"),) if chance.uses("forms", 20) else ()
            found.append(made(tree.Stages, ladder.name, labels, exits, chance.happens(25), columns))
            targets = [chance.pick(ladder.scale.labels) for _ in range(chance.whole(0, 4))]
        else:
            targets = [label for label in ladder.labels[1:] for _ in range(chance.whole(1, 2))]
        found += [self._outcome("label", self.phrases.label(target)) for target in targets]
        for _ in range(chance.whole(0, 2) if chance.happens(40) else 0):
            held = self.phrases.label(chance.pick(ladder.labels))
            found.append(made(tree.Hold, held, self.phrases.condition(1)))
        self.scene.scales[ladder.key] = ladder.scale
        return found

    def _outcome(self, kind: str, target: tree.Name | tree.Text) -> tree.Statement:
        chance = self.scoring.chance
        because = made(tree.Text, chance.pick(TEXTS)) if chance.happens(20) else None
        return made(tree.Outcome, self.scoring.rule_name(), self.phrases.condition(1), kind, target, because)

    def mark(self) -> tree.Statement:
        """Give a rule to a tag or recommendation."""
        chance = self.scoring.chance
        return self._outcome(chance.pick(tuple(MARKS)), made(tree.Text, chance.pick(TEXTS)))
