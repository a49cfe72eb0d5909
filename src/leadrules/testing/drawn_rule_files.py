"""Generate whole rule files that mean something: every construct, always without an error."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Literal

import attrs
from hypothesis import strategies as st

from leadrules.syntax import tree
from leadrules.syntax.parser import parse
from leadrules.testing.chance import Chance, Draw
from leadrules.testing.declarations import Declarations
from leadrules.testing.layouts import laid_out
from leadrules.testing.outcomes import Outcomes
from leadrules.testing.scenes import Scene, made
from leadrules.testing.scoring import Block, Scoring

Construct = Literal[
    "aggregates", "caps", "conditionals", "criteria", "decay", "dimensions", "events", "expressions", "filters",
    "grades", "groups", "hostile names", "ignores", "ladders", "layout", "marks", "outputs", "patterns", "personas",
    "relations", "requirements", "segments", "tables", "total",
]  # fmt: skip
"""What can be left out of generated rule files. `events` are the rules that score each event, `layout`
everything that the formatter would write otherwise."""


@attrs.frozen
class Written:
    """A rule file as it was thought of, and as it was written."""

    statements: tuple[tree.Statement, ...]
    text: str


@st.composite
def written_files(
    draw: Draw, *, max_rules: int = 8, without: Collection[Construct] = (), conditions: Sequence[str] = ()
) -> Written:
    """Generate rule files with the statements that they were written from; the options are those of `rule_files`."""
    chance = Chance(draw, without)
    statements = _File(chance, max_rules, conditions).statements()
    return Written(tuple(statements), laid_out(chance, statements))


@st.composite
def rule_files(
    draw: Draw,
    *,
    max_rules: int = 8,
    without: Collection[Construct] = (),
    statements: Sequence[str] = (),
    conditions: Sequence[str] = (),
) -> str:
    """Generate the text of a rule file that checks without an error.

    `max_rules` bounds the scoring rules, `without` names constructs to leave out. `statements`
    stand at the top of every file (`use acme`), and `conditions` are taken up among the generated
    ones (`acme.is_big(employees)`); both are taken as they are.
    """
    text: str = draw(written_files(max_rules=max_rules, without=without, conditions=conditions)).text
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    return mark + "".join(line + "\n" for line in statements) + text.removeprefix(mark)


class _File:
    """One rule file in the making."""

    def __init__(self, chance: Chance, max_rules: int, conditions: Sequence[str]) -> None:
        self.chance = chance
        self.scene = Scene(extra=[_condition(text) for text in conditions])
        self.declarations = Declarations(chance, self.scene)
        self.precision = chance.pick((2, 2, 0, 1, 6)) if chance.happens(40) else 2
        self.scoring = Scoring(chance, self.scene, self.declarations, self.precision, max_rules)
        self.outcomes = Outcomes(self.scoring, self.scene)

    def statements(self) -> list[tree.Statement]:
        """Give the statements of the file."""
        header = self.declarations.header()
        if self.precision != 2 or self.chance.happens(10):
            header.append(made(tree.Precision, made(tree.Number, Fraction(self.precision))))
        movable, scored, late = self._preamble(), self._scoring(), self._late()
        return [*header, *(s for block in self._mixed(movable, scored) for s in block), *late]

    def _preamble(self) -> list[tree.Statement]:
        """Declare what all rules may read; these lines may stand anywhere."""
        chance = self.chance
        self.declarations.vocabulary()
        if chance.uses("ladders", 60):
            self.outcomes.plan(chance.pick((1, 1, 2, 3)))
        found: list[tree.Statement] = []
        if chance.uses("criteria", 60):
            found += [self.declarations.criterion(plain=True) for _ in range(chance.whole(0, 2))]
            found += [self.declarations.criterion() for _ in range(chance.whole(0, 2))]
        if chance.uses("requirements", 35):
            found += [self.outcomes.require(gate=chance.happens(60)) for _ in range(chance.whole(1, 2))]
        if chance.uses("ignores", 20):
            found += [self.outcomes.ignore() for _ in range(chance.whole(1, 2))]
        self._segments = [self.declarations.segment()] if chance.uses("segments", 30) else []
        return chance.shuffled([*self.declarations.statements, *found])

    def _scoring(self) -> list[Block]:
        """Give the dimensions, each with what rules after it may read; or rules without a dimension."""
        chance = self.chance
        blocks: list[Block] = [[segment] for segment in self._segments]
        if chance.uses("dimensions", 70):
            self.scoring.plan(chance.pick((1, 2, 2, 3)))
            for place in range(len(self.scoring.dimensions)):
                blocks += self.scoring.dimension(place)
                if chance.uses("grades", 20):
                    blocks.append([self.outcomes.grade()])
        else:
            blocks += self.scoring.content(4)
            self.scene.numbers.append("points")
        return blocks

    def _late(self) -> list[tree.Statement]:
        """Give what reads the score."""
        chance, outcomes = self.chance, self.outcomes
        found: list[tree.Statement] = []
        if chance.uses("total", 45):
            found.append(self.scoring.total())
        self.scene.numbers.append("score")
        if chance.uses("criteria", 30):
            found.append(self.declarations.criterion())
        if chance.uses("grades", 50):
            found += [outcomes.grade() for _ in range(chance.whole(1, 3))]
        if chance.uses("requirements", 20):
            found.append(outcomes.require(gate=False))
        if chance.uses("segments", 30):
            found.append(self.declarations.segment())
        for key in outcomes.ladders:
            found += outcomes.ladder(key)
        if chance.uses("marks", 50):
            found += [outcomes.mark() for _ in range(chance.whole(1, 3))]
        return found

    def _mixed(self, movable: list[tree.Statement], blocks: list[Block]) -> list[Block]:
        """Put declarations first, or some of them among the rules, where they end nothing."""
        if not self.chance.happens(25):
            return [[statement] for statement in movable] + blocks
        mixed = list(blocks)
        for statement in movable:
            mixed.insert(self.chance.whole(0, len(mixed)), [statement])
        return mixed


def _condition(text: str) -> tree.Condition:
    """Read a condition as it would stand in a rule."""
    file, mistakes = parse(f"{text} +1", "condition")
    if mistakes or not isinstance(file.statements[0], tree.Rule):
        raise ValueError(f"`{text}` is not a condition")
    condition = file.statements[0].alternatives[0].condition
    assert condition is not None
    return condition
