"""Which scored leads are meant: a condition over fields, events and results, as `expect` lines have it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import attrs

from leadrules import program as p
from leadrules.engine.reference.conditions import Reading
from leadrules.engine.reference.interpreter import run
from leadrules.errors import InputError, PluginError
from leadrules.families import RESULT_LISTS
from leadrules.lead import Facts, LeadReader
from leadrules.ruleset import Ruleset, asked_of
from leadrules.tables.scoring import Scored
from leadrules.values import Value, instant_of

WHERE = "--where"
"""What stands for the file in the mistakes of a condition."""
_LINE_END = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_IN_RESULTS = {"score", "dimension", "grade", "ladder", *(name for name, one in RESULT_LISTS.items() if one.expected)}


@attrs.define
class Where:
    """A condition over scored leads. `program` is that of the rules, with what the condition reads beside.

    `unread` counts the leads with a value that it cannot read, and `reason` is the first of why.
    """

    text: str
    program: p.Program
    condition: p.Condition
    reader: LeadReader
    needs_rules: bool
    unread: int = 0
    reason: str | None = None

    @classmethod
    def of(cls, rules: Ruleset, text: str) -> Where:
        """Read a condition such as `stage >= mql and region = "PL"`. Raises RulesetError for one that is none."""
        program = asked_of(rules, _LINE_END.sub(" ", text.strip()), WHERE)
        condition = program.examples[-1].expectations[0].condition
        asked = {read.kind for read in condition.find(p.DefinitionRead)}
        return cls(text, program, condition, LeadReader(program.scope), not asked <= _IN_RESULTS)

    def holds(self, scored: Scored) -> bool:
        """Tell whether the condition is true of a lead; one that is unknown is not, nor one that cannot be read."""
        as_of = instant_of(scored.result.as_of)
        try:
            facts = self.reader.read(scored.row.lead, as_of)
            return self._reading(facts, as_of, scored).truth(self.condition) is True
        except InputError as error:  # a value that the rules do not read, and the condition does
            reason = scored.row.reason(error)
        except PluginError as error:
            reason = f"row {scored.row.number}: {error}"
        self.unread += 1
        self.reason = self.reason or reason
        return False

    def sentences(self, left_out: int) -> Iterator[str]:
        """Say how many leads are left out, and how many of them since they cannot be read."""
        does, is_ = ("1 lead does", "is") if left_out == 1 else (f"{left_out:,} leads do", "are")
        yield f"{does} not meet `{self.text}`, and {is_} left out"
        if self.unread:
            yield f"{self.unread:,} of them cannot be asked: {self.reason}"

    def _reading(self, facts: Facts, as_of: int, scored: Scored) -> Reading:
        """Give a reading in which the results are known: scored again only where the condition asks for more."""
        if self.needs_rules:
            evaluation = run(self.program, facts, as_of)
            evaluation.expose_lists()
            return evaluation.reading
        result = scored.result
        known: dict[tuple[str, str], Value | None] = {("score", "score"): Fraction(result.score)}
        known |= {("dimension", name): Fraction(points) for name, points in result.dimensions.items()}
        known |= {("grade", name): label for name, label in result.grades.items()}
        known |= {("ladder", name): label for name, label in result.stages.items()}
        known |= {(name, ""): getattr(result, name) for name, one in RESULT_LISTS.items() if one.expected}
        return Reading(self.program, facts, as_of, known)
