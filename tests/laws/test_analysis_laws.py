"""What the analysis says of all leads holds for every lead: nothing it rules out ever happens."""

import re
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import assume, given

from leadrules import InputError, Ruleset, RulesetError
from leadrules import program as p
from leadrules.analysis import points
from leadrules.analysis.findings import roots_of
from leadrules.analysis.prover import Prover
from leadrules.analysis.sets import Interval, Members, Numbers, answers
from leadrules.as_of import read_as_of
from leadrules.engine.reference import interpreter
from leadrules.engine.reference.scoring import score_rule
from leadrules.insights import measure_coverage
from leadrules.insights.goals import _freed
from leadrules.lead import LeadReader
from leadrules.letters import folded
from leadrules.ruleset import program_of
from leadrules.syntax.source import Source
from leadrules.testing import cases

pytestmark = pytest.mark.no_cover  # it runs again what the corpus and the rule laws are counted for

UNKNOWN_KEYS = {"truth", "age", "held"}
"""Keys of values that are not read by one node."""


def run(rules, lead, as_of):
    instant = read_as_of(as_of)
    try:
        return interpreter.run(program_of(rules), LeadReader(program_of(rules).scope).read(lead, instant), instant)
    except InputError:
        assume(False)


def includes(values, value):
    """Tell whether a set of values holds a value that a lead has."""
    if value is None:
        return values.unknown
    if isinstance(values.known, Numbers):
        number = Fraction(value.toordinal()) if hasattr(value, "toordinal") else Fraction(value)
        return any(piece.holds(number) for piece in values.known.pieces)
    assert isinstance(values.known, Members)
    if isinstance(value, tuple):
        return values.known.others  # nothing is ever known of a list
    for one in {value, folded(value) if isinstance(value, str) else value}:
        listed = any(type(m) is type(one) and m == one for m in values.known.members)
        if listed != values.known.others and all(answers(one, test) for test in values.known.tests):
            return True
    return False


def value_of(key, reading):
    """Give what an environment's key stands for, for one lead; `...` where it is no value, or nothing asks it."""
    if not isinstance(key, tuple):
        return reading.value(key)
    if key[0] == "field":
        return reading.facts.attributes.get(key[1], ...)
    return ... if key[0] in UNKNOWN_KEYS else reading.definitions.get(key, ...)


def nothing_that_is_ruled_out_happens(case, evaluation):
    reading, program = evaluation.reading, program_of(case.rules)
    outline = points.settle(program)
    for key, values in outline.meaning.values_of.items():
        if key[0] == "criterion" and key not in program.answered:
            continue  # nothing asks it
        assert includes(values, reading.definitions[key]), key
    for key, before in evaluation.sums.items():
        if not evaluation.gated:
            assert holds(outline.sums[key], before), key
    for rule in program.rules:
        score, found = evaluation.rules.get(rule.id), outline.rules[rule.id]
        if rule.caps.points is not None:
            found = found.clamp(-rule.caps.points, rule.caps.points)
        assert evaluation.gated or holds(found, Fraction(0) if score is None else score.capped), rule.id
        if score is not None and rule.selection is None:
            assert points.reaches(outline.meaning, rule.alternatives)[score.alternative].counts
    for root in answered_roots(program):
        for node in within_reach(root.condition):
            truth, found = reading.truth(node), outline.meaning.cases(node)
            ways = found.true if truth is True else found.false if truth is False else found.unknown
            assert any(goes(env, reading) for env in ways), (node.text, truth, ways)


def nothing_that_is_not_asked_of_examples_happens(case, evaluation):
    """Whatever a lead shows, the prover has held it possible: no goal is left out that an example could meet."""
    program = program_of(case.rules)
    prover = Prover.of(program)
    for ladder in program.ladders:
        assert evaluation.label("ladder", ladder.name) in prover.labels(ladder)
    for grade in program.grades:
        if isinstance(grade, p.Grade):
            assert evaluation.label("grade", grade.name) in dict(prover.bands(grade))
    if evaluation.gated:
        return
    for rule in program.rules:
        score = evaluation.rules.get(rule.id)
        assert score is None or prover.counts(rule)[score.alternative], rule.id
        for name, _, free in _freed(rule):
            other = None if score is None else score_rule(evaluation.reading, free)
            assert score is None or (other and other.capped == score.capped) or name in prover.caps(rule), (rule, name)
    for part in (*program.dimensions, *program.groups):
        before = evaluation.sums["dimension" if isinstance(part, p.Dimension) else "group", part.name]
        assert part.bounds.clamp(before) == prover.bounds(part).clamp(before), part.name
    for root in answered_roots(program):
        if root.kind in {"rule", "each", "alternative", "when", "line", "mark"}:
            assert evaluation.reading.truth(root.condition) in prover.answers(root.condition, scored=True), root


def no_goal_is_one_that_a_warning_calls_impossible(case, _):
    goals = Counter((goal.line, goal.text, goal.wanted) for goal in measure_coverage(case.rules, ()).goals)
    for warning in case.rules.warnings:
        line, told = warning.span.line, re.match(r"`(.*?)` (.*)", warning.message, re.DOTALL)
        never = {
            "LR206": ("is true", "counts") if "this alternative" in warning.message else ("is true", "fires"),
            "LR221": ("is false", "is unknown"),
        }.get(warning.code, ())
        if told is not None and told[2].startswith(("can never be true", "is always true")):
            assert not any(goals[line, told[1], wanted] for wanted in never), warning.render()
        if warning.code == "LR207" and told is not None and told[1] != "else":
            alike = (a for rule in program_of(case.rules).rules for a in rule.conditions if a.text == told[1])
            written = sum(a.line == line for a in alike)  # none where the message cuts a long text short
            assert not written or goals[line, told[1], "counts"] < written, warning.render()
        if warning.code == "LR216":
            label = re.search(r"`(.*?)`", warning.message)[1]
            ladders = (ladder for ladder in program_of(case.rules).ladders if label in (*ladder.labels, *ladder.exits))
            assert not any((ladder.line, f"{ladder.name} {label}", "is reached") in goals for ladder in ladders)


def goes(env, reading):
    """Tell whether a lead may be about as a way says."""
    found = ((values, value_of(key, reading)) for key, values in env.items())
    return all(value is ... or includes(values, value) for values, value in found)


def within_reach(condition):
    """Give the parts of a condition that are asked of the lead itself, and not of an event."""
    filtered = [n.filter for n in condition.find(p.Selection, p.SinceEvent, p.Answer) if n.filter]
    inside = {id(node) for one in filtered for node in one.walk()}
    return [n for n in condition.walk() if isinstance(n, p.Condition) and id(n) not in inside]


def answered_roots(program):
    """Give the whole conditions of a program that are asked of a lead: not those of criteria that nothing asks.

    Those of values are asked of a lead in criteria alone, outside of what is asked of events.
    """
    asked = [one for one in program.criteria if one.name in program.asked]
    bodies = [one.body for one in asked if isinstance(one.body, p.Node)]
    branches = {id(b) for body in bodies for b in body.find(p.Branch, closed=(p.Selection, p.SinceEvent))}
    parts = branches | {id(one) for one in asked}
    return [root for root in roots_of(program) if root.kind not in {"criterion", "branch"} or id(root.part) in parts]


def holds(found, number):
    return Interval(found.low, found.high).holds(number)


def leaving_out_what_never_matters_changes_nothing(case, result):
    """A bound or cap that never binds, and a declaration that nothing uses, may go."""
    for warning in case.rules.warnings:
        if warning.code not in {"LR205", "LR211", "LR214"}:
            continue
        try:
            rules = Ruleset.from_text(without(case.rules, case.text, warning))
        except RulesetError as error:
            pytest.fail(f"{warning.render()}\n{error}")
        again = run(rules, case.lead, case.as_of)
        for dimension in program_of(case.rules).dimensions:
            key = ("dimension", dimension.name)
            assert again.reading.definitions[key] == result.reading.definitions[key], warning.render()
        assert again.reading.definitions["score", "score"] == result.reading.definitions["score", "score"]


def without(rules, text, warning):
    """Leave out what a warning points at; of a declaration, all of it."""
    text = Source.normalised(text, "").text
    at = warning.span
    if warning.code == "LR211":
        statements = rules._checked.statements
        at = next(s.span for s in statements if s.span.start <= at.start < s.span.end)
    before = text[: at.start].rstrip(" ")
    return re.sub(r"\b(not|and|or|of|by)\Z", r"`\1`", before) + text[at.end :]  # a name that is last must not go on


def warnings_are_warnings_at_their_place_and_silenced_by_a_comment(case, _):
    text = Source.normalised(case.text, "").text
    lines = text.split("\n")
    for warning in case.rules.warnings:
        assert warning.severity == "warning"
        assert warning.source == lines[warning.span.line - 1]
        assert text[warning.span.start : warning.span.end].strip()
    if case.rules.warnings:
        answered = case.rules.warnings[-1]
        lines[answered.span.line - 1] += f"  # ok: {answered.code}"
        left = Ruleset.from_text("\n".join(lines)).warnings
        assert (answered.code, answered.message) not in {
            (w.code, w.message) for w in left if w.span.line == answered.span.line
        }


LAWS = (
    nothing_that_is_ruled_out_happens,
    nothing_that_is_not_asked_of_examples_happens,
    no_goal_is_one_that_a_warning_calls_impossible,
    leaving_out_what_never_matters_changes_nothing,
    warnings_are_warnings_at_their_place_and_silenced_by_a_comment,
)


@given(case=cases())
def test_every_law_holds(case, asked):
    evaluation = run(case.rules, case.lead, case.as_of)
    (laws,) = asked(LAWS)
    for law in laws:
        law(case, evaluation)
