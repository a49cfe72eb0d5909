"""Laws that every ruleset keeps, whatever the lead, on generated rule files and leads.

To draw, check and compile a rule file costs more than any law, so each is made once, with leads for
it, and all laws are asked of it. `--law NAME` asks one alone.
"""

import contextlib
import datetime as dt
import functools
import itertools
import random
import unicodedata

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from leadrules import InputError, Ruleset, RulesetError
from leadrules.conversions import reader_of
from leadrules.engine.compiler import compile_program, event_lists
from leadrules.engine.compiler.runtime import Irregular
from leadrules.engine.incremental import Retention, uses
from leadrules.engine.reference import evidence
from leadrules.foreign import Unreadable
from leadrules.insights.mutants import mutants_of
from leadrules.ruleset import program_of
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.includes import HEAD_WORDS
from leadrules.syntax.parser import parse
from leadrules.testing import (
    RawLead,
    a_state_foresees_the_same,
    audit_adds_up,
    decay_never_gains,
    engines_agree,
    forecast_comes_true,
    formatting_keeps_the_fingerprint,
    future_and_duplicates_are_irrelevant,
    housekeeping_is_irrelevant,
    incremental_agrees,
    invalid_leads,
    later_changes_are_irrelevant,
    layout_is_irrelevant,
    leads,
    moments,
    names_are_only_names,
    next_change_is_the_first,
    order_is_irrelevant,
    pickled_gives_the_same_digest,
    replay_gives_the_digest,
    rules_order_is_irrelevant,
    unread_is_irrelevant,
)
from leadrules.testing.comparing import outcome, same
from leadrules.testing.drawn_rule_files import written_files
from leadrules.testing.laws import with_rules_shuffled
from leadrules.values import moment_of, plain_name
from leadrules.vocabulary import DATETIME

often = settings(
    max_examples=max(120, settings().max_examples),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)
PART = 10
"""How many rule files are drawn in a row. From then on hypothesis would rather vary those that it has
drawn, so that of 200 but 65 were different."""
spans = st.timedeltas(dt.timedelta(microseconds=1), dt.timedelta(days=400))


def shown(lead):
    """Show the beginning of what may be long."""
    return f"{lead!r:.5000}"


@attrs.frozen
class Question:
    """A rule file with a few leads for it: `busy` has many events, `spoiled` cannot be read."""

    text: str
    meant: tuple[tree.Statement, ...] = attrs.field(repr=False)
    rules: Ruleset = attrs.field(repr=False)
    as_of: dt.datetime
    later: dt.timedelta
    seed: int
    lead: RawLead = attrs.field(repr=shown)
    busy: RawLead = attrs.field(repr=shown)
    spoiled: RawLead = attrs.field(repr=shown)

    @functools.cached_property
    def load(self):
        """Make rulesets of texts, each once: this one's is there."""
        made = {self.text: self.rules}

        def load(text: str) -> Ruleset:
            if text not in made:
                made[text] = Ruleset.from_text(text)
            return made[text]

        return load


@st.composite
def questions(draw):
    written = draw(written_files())
    try:
        rules = Ruleset.from_text(written.text)
    except RulesetError as error:
        pytest.fail(f"a generated rule file is refused:\n{written.text}\n{error}")
    as_of = draw(moments())
    return Question(
        written.text,
        written.statements,
        rules,
        as_of,
        draw(spans),
        draw(st.integers(0, 100_000)),
        draw(leads(rules, as_of=as_of)),
        draw(leads(rules, as_of=as_of, max_events=30)),
        draw(invalid_leads(rules, as_of=as_of)),
    )


# -------------------------------------------------------------------- the laws


def statements_are_read_as_they_were_meant(question):
    file, _ = parse(question.text, "rules.leadrules")
    assert bare(file.statements) == bare(question.meant)


def bare(node):
    """Give a tree without parentheses, which the formatter adds, with signs in numbers and texts in NFC."""
    if isinstance(node, tuple):
        return tuple(bare(part) for part in node)
    if isinstance(node, tree.Group):
        return bare(node.inner)
    if isinstance(node, tree.Minus) and isinstance(bare(node.operand), tree.Number):
        return attrs.evolve(bare(node.operand), value=-bare(node.operand).value)
    if isinstance(node, tree.Node):
        parts = {a.name: getattr(node, a.name) for a in attrs.fields(type(node)) if a.name != "span"}
        return attrs.evolve(node, **{name: bare(part) for name, part in parts.items()})
    return unicodedata.normalize("NFC", node) if isinstance(node, str) else node


def the_audit_adds_up(question):
    audit_adds_up(question.rules.evaluate(question.lead, as_of=question.as_of))


def spoiled_leads_are_refused(question):
    with pytest.raises(InputError):
        question.rules.evaluate(question.spoiled, as_of=question.as_of)


def the_engines_agree(question):
    for lead in (question.lead, question.busy, question.spoiled):
        engines_agree(question.rules, lead, question.as_of)


def the_engines_agree_on_plain_leads(question):
    """In the form that compiled code takes at once."""
    lead = question.busy
    events = [plain(event, question.rules) for event in lead.get("events") or ()]
    plain_lead = {"id": lead["id"], "attributes": lead.get("attributes") or {}, "events": events}
    engines_agree(question.rules, plain_lead, question.as_of)


def plain(event, rules):
    """Give an event with its moment as a datetime in UTC, and without an id."""
    try:
        instant = reader_of(DATETIME, program_of(rules).scope.zone)(event["at"])
    except (Unreadable, KeyError):
        return event
    properties = event.get("properties") or {}
    return {"type": event["type"], "at": moment_of(instant), "properties": properties}


def the_order_of_events_and_attributes_changes_nothing(question):
    order_is_irrelevant(question.rules, question.lead, question.as_of, seed=question.seed)


def what_becomes_of_a_lead_afterwards_changes_no_result(question):
    as_plain = {**question.busy, "events": [plain(e, question.rules) for e in question.busy.get("events") or []]}
    for lead in (question.lead, question.busy, as_plain):
        later_changes_are_irrelevant(question.rules, lead, question.as_of, seed=question.seed)


def what_no_rule_reads_changes_nothing(question):
    unread_is_irrelevant(question.rules, question.lead, question.as_of, seed=question.seed)


def future_events_and_duplicates_change_nothing(question):
    future_and_duplicates_are_irrelevant(question.rules, question.lead, question.as_of)


def the_order_of_rules_in_a_dimension_changes_no_score_and_no_label(question):
    text, lead, seed = question.text, question.lead, question.seed
    rules_order_is_irrelevant(text, lead, question.as_of, seed=seed, load=question.load)


def a_decayed_rule_never_gains_with_age(question):
    decay_never_gains(question.rules, question.lead, question.as_of, later=question.later)


def formatting_keeps_the_program(question):
    formatting_keeps_the_fingerprint(question.text, load=question.load)


def layout_changes_no_byte(question):
    layout_is_irrelevant(question.text, question.lead, question.as_of, load=question.load)


def names_of_files_and_lines_change_no_byte(question):
    """The same rules included from a file of another name, at other lines."""
    one, other = included(question.meant, "a.leadrules", ""), included(question.meant, "deep/b.leadrules", "# here\n\n")
    assert one.fingerprint == other.fingerprint
    first, second = (outcome(rules.evaluate, question.lead, as_of=question.as_of) for rules in (one, other))
    same("where included rules stand changes the result", first, second)


def included(statements, path, before):
    """Load rules from a file that includes them; what only a main file may say stays there."""
    only_main = tuple(HEAD_WORDS)
    main = [text_of(one) for one in statements if isinstance(one, only_main)]
    others = [before + text_of(one) for one in statements if not isinstance(one, only_main)]
    files = {path: "\n".join(others)}
    return Ruleset.from_text("\n".join([before, *main, f'include "{path}"']), files=files)


def replaying_an_audit_gives_its_digest(question):
    replay_gives_the_digest(question.rules, question.lead, question.as_of)


def names_mean_nothing(question):
    names_are_only_names(question.text, question.lead, question.as_of, load=question.load)


@contextlib.contextmanager
def few_events_listed():
    """Let evidence list few events, so that generated leads have more, and states forget some."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (evidence, event_lists, uses):
            patch.setattr(module, "MOST_LISTED", 2)
        yield


@few_events_listed()
def incremental_equals_from_scratch_for_any_split_of_the_events(question):
    incremental_agrees(question.rules, question.busy, question.as_of, seed=question.seed)
    housekeeping_is_irrelevant(question.rules, question.busy, question.as_of, seed=question.seed)


def a_forecast_comes_true(question):
    for lead in (question.lead, question.busy):
        forecast_comes_true(question.rules, lead, question.as_of, seed=question.seed)


def a_result_is_valid_until_its_next_change(question):
    for lead in (question.lead, question.busy):
        next_change_is_the_first(question.rules, lead, question.as_of, seed=question.seed)


def a_state_forecasts_what_the_rules_do(question):
    for lead in (question.lead, question.busy):
        a_state_foresees_the_same(question.rules, lead, question.as_of, seed=question.seed)


def busier(lead):
    """Give a lead with every event five times, four of them with an id of its own."""
    events = lead.get("events") or []
    more = [{**event, "id": f"{place} of {index}"} for index, event in enumerate(events) for place in range(4)]
    return {**lead, "events": [*events, *more]}


@few_events_listed()
def states_go_on_with_rules_that_keep_the_same(question):
    """Whatever small change was made to the rules, or to their order."""
    rules, lead = question.rules, busier(question.busy)
    chance = random.Random(question.seed)  # noqa: S311 chooses test data
    events, rest = lead.get("events") or [], {name: part for name, part in lead.items() if name != "events"}
    try:
        state = rules.start(rest)
        rules.start(lead)
    except InputError:
        return
    chosen = [event.get("id") is not None or chance.random() < 0.7 for event in events]  # repeats come together
    for event in itertools.compress(events, chosen):
        state.add(event)
    others = [event for event, is_first in zip(events, chosen, strict=True) if not is_first]
    for days in (0, 8, 40):
        with contextlib.suppress(InputError, OverflowError):  # where there is no such moment
            state._most = 0
            state.advance(as_of=question.as_of + dt.timedelta(days=days))
    as_of = state.as_of or question.as_of
    text = state.to_json()
    mutants = [*mutants_of(program_of(rules))]
    programs = [m.applied(program_of(rules)) for m in chance.sample(mutants, min(len(mutants), 60))]
    scorers = [attrs.evolve(rules._states, retention=Retention.of(program, rules._reader)) for program in programs]
    alike = [scorer for scorer in scorers if scorer.fingerprint == rules.state_fingerprint]
    shuffled = question.load(with_rules_shuffled(question.text, question.seed))
    if shuffled.state_fingerprint == rules.state_fingerprint:
        alike.append(shuffled._states)
    uses = rules._states.retention.uses
    for scorer in sorted(alike, key=lambda one: one.retention.uses != uses)[-3:]:  # rather those that ask otherwise
        goes_on(scorer, text, others, lead, as_of)


def another(event, rules):
    """Give an event like it of another identity, and what identifies it: a property that is declared to, or its id."""
    events = program_of(rules).scope.events
    name, _ = rules._reader.type_and_ids(event["type"], "taken out")
    identity = events[name].identity if name in events else None
    if identity is None:
        return {**event, "id": "taken out"}, "taken out"
    is_number = next(prop.type.kind for prop in events[name].properties if prop.name == identity) == "number"
    id_ = 271_828 if is_number else "taken out"
    given = {key: value for key, value in (event.get("properties") or {}).items() if plain_name(key) != identity}
    return {**event, "properties": {**given, identity: id_}}, id_


@few_events_listed()
def merged_states_give_what_all_events_do_and_events_can_be_taken_out(question):
    rules, lead = question.rules, busier(question.busy)
    chance = random.Random(question.seed)  # noqa: S311 chooses test data
    events, rest = lead.get("events") or [], {name: part for name, part in lead.items() if name != "events"}
    try:
        rules.start(lead)
    except InputError:
        return
    state, other = (rules.start(each, remember=dt.timedelta(days=5)) for each in (rest, {"id": "other"}))
    halves = {id_: chance.random() < 0.5 for id_ in sorted({str(event.get("id")).strip() for event in events})}
    for event in events:  # repeats go to one of them
        is_mine = chance.random() < 0.5 if event.get("id") is None else halves[str(event["id"]).strip()]
        (state if is_mine else other).add(event)
    for either in (state, other):
        for days in (0, 8, 40)[: chance.choice((0, 3, 3, 3))]:
            with contextlib.suppress(InputError, OverflowError):  # where there is no such moment
                either._most = 0
                either.advance(as_of=question.as_of + dt.timedelta(days=days))
    state.merge(rules.resume(other.to_json()))
    for event in chance.sample(events, min(len(events), 2)):
        other, id_ = another(event, rules)
        state.add(other)
        state = rules.resume(state.to_json())
        if state.kept and rules._reader.plain_event("1", event) is not None:
            state.remove(event["type"], id_)
    for as_of in sorted({state.as_of or question.as_of, max(question.as_of, state.as_of or question.as_of)}):
        expected = outcome(rules.evaluate, lead, as_of=as_of)
        same("a merged state differs", expected, outcome(state.result, as_of=as_of))
        state._most = 0
    if expected.startswith("{"):
        explained = rules.explain(lead, as_of=as_of).result.to_json()
        assert state.explain(as_of=as_of).result.to_json() == explained


def goes_on(scorer, text, others, lead, as_of):
    """Assert that a state that takes in other events gives what all of the lead's do by other rules."""
    try:
        evaluate = compile_program(scorer.retention.program, scorer.identity, scorer.reader)
    except Irregular:
        return  # a mutant with a bound that is finer than the precision, which no file can say
    state = scorer.resume(text)
    for event in others:
        state.add(event)
    expected = outcome(evaluate, lead, as_of, False)
    same("a state that goes on by other rules differs", expected, outcome(state.result, as_of=as_of))


def pickled_rulesets_give_the_same_digests_in_another_process(questions):
    pickled_gives_the_same_digest([(q.rules, lead, q.as_of) for q in questions for lead in (q.lead, q.busy, q.spoiled)])


LAWS = (
    statements_are_read_as_they_were_meant,
    the_audit_adds_up,
    spoiled_leads_are_refused,
    the_engines_agree,
    the_engines_agree_on_plain_leads,
    the_order_of_events_and_attributes_changes_nothing,
    what_becomes_of_a_lead_afterwards_changes_no_result,
    what_no_rule_reads_changes_nothing,
    future_events_and_duplicates_change_nothing,
    the_order_of_rules_in_a_dimension_changes_no_score_and_no_label,
    a_decayed_rule_never_gains_with_age,
    formatting_keeps_the_program,
    layout_changes_no_byte,
    names_of_files_and_lines_change_no_byte,
    replaying_an_audit_gives_its_digest,
    names_mean_nothing,
    incremental_equals_from_scratch_for_any_split_of_the_events,
    a_forecast_comes_true,
    a_result_is_valid_until_its_next_change,
    a_state_forecasts_what_the_rules_do,
    states_go_on_with_rules_that_keep_the_same,
    merged_states_give_what_all_events_do_and_events_can_be_taken_out,
)
LAWS_OF_MANY = (pickled_rulesets_give_the_same_digests_in_another_process,)


FIRST, *OTHERS = range(often.max_examples // PART)


# What the first part runs is counted as covered; the others run it again and again, where counting costs as much.
@pytest.mark.parametrize("part", [FIRST, *(pytest.param(part, marks=pytest.mark.no_cover) for part in OTHERS)])
def test_every_law_holds(part, asked):
    (laws, laws_of_many), all_asked = asked(LAWS, LAWS_OF_MANY), []

    @settings(often, max_examples=PART + 1)  # the first is the simplest there is
    @given(questions())
    def ask(question):
        for law in laws:
            law(question)
        all_asked.append(question)

    (seed(part)(ask) if often.derandomize else ask)()
    assert len(all_asked) > PART
    for law in laws_of_many:
        law(all_asked)
