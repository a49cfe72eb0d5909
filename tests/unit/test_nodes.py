"""Trees can be walked, searched and changed, whatever they are made of."""

import attrs

from leadrules import Ruleset, nodes
from leadrules import program as p
from leadrules.errors import Span
from leadrules.ruleset import program_of, statements_of
from leadrules.syntax import tree

RULES = """\
criterion large = employees >= 200
segment big = large
dimension fit max 60
  country = "PL" or large  +10 | else -1
  group money max 40
    purchase[amount > 100] within 30 days  +(amount / 100)  max 2 per `currency`  max 50 points
persona owner +40 in fit
  industry = "transport"  weight 3
event purchase[amount: number, currency: text]
stages lead < mql
  score >= 10 -> mql
  hold mql while count(email_open) > 1
"""
PROGRAM = program_of(Ruleset.from_text(RULES))


def kinds(found):
    return [type(node).__name__ for node in found]


def test_children_are_in_order_and_those_of_tuples_are_among_them():
    rule = PROGRAM.rules[0]
    assert kinds(rule.children()) == ["Alternative", "Alternative", "Caps"]
    assert kinds(rule.alternatives[0].children()) == ["Or", "Constant"]


def test_a_walk_gives_outer_before_inner_and_left_before_right():
    condition = PROGRAM.rules[0].alternatives[0].condition
    assert kinds(condition.walk()) == ["Or", "Compare", "FieldRead", "Constant", "Truth", "DefinitionRead"]


def test_a_walk_passes_over_what_is_below_closed_kinds():
    rule = PROGRAM.rules[1]
    assert [node.name for node in rule.find(p.PropertyRead)] == ["amount", "amount", "amount", "currency"]
    assert [node.name for node in rule.find(p.PropertyRead, closed=(p.Selection, p.Caps))] == ["amount"]


def test_a_walk_over_a_program_meets_every_statement_and_no_example():
    text = RULES + 'example "x"\n  given employees = 1\n  expect score = 3\n'
    program = program_of(Ruleset.from_text(text))
    assert program.examples
    found = set(kinds(program.walk()))
    assert {"Rule", "PointsGroup", "Persona", "LabelRule", "Hold", "Criterion", "Segment", "Total"} <= found
    assert not {"Example", "Expectation"} & found


def test_walks_go_to_any_depth():
    node = p.Not(p.Always())
    for _ in range(50_000):
        node = p.Not(node)
    assert sum(1 for _ in node.walk()) == 50_002


def test_replace_changes_inner_before_outer_and_keeps_what_stays():
    def halved(node):
        if isinstance(node, p.Constant) and node.value == 200:
            return attrs.evolve(node, value=100)
        return node

    changed = PROGRAM.replace(halved)
    assert [one.value for one in changed.criteria[0].body.walk() if isinstance(one, p.Constant)] == [100]
    assert changed.criteria[0].span == PROGRAM.criteria[0].span
    assert changed.dimensions is PROGRAM.dimensions
    assert PROGRAM.replace(lambda node: node) is PROGRAM


def test_replace_leaves_parts_out_and_keeps_what_is_below_closed_kinds():
    def without(node):
        return None if isinstance(node, (p.Rule, p.Hold, p.FieldRead, p.Always)) else node

    changed = PROGRAM.replace(without, closed=(p.Criterion, p.Segment))
    assert (changed.rules, changed.groups[0].rules, changed.ladders[0].holds) == ((), (), ())
    assert [persona.name for persona in changed.personas] == ["owner"]
    assert changed.criteria is PROGRAM.criteria
    assert p.Alternative(p.Always(), PROGRAM.total).replace(without).condition is None


def test_nodes_are_equal_when_they_mean_the_same():
    there = Span("a", 0, 1, 1, 1)
    assert p.Always(span=there) == p.Always(text="always")
    assert p.Always() != p.Or(())
    assert p.Or((p.Always(),)) != p.And((p.Always(),))
    assert len({p.Not(p.Always()), p.Not(p.Always(span=there)), p.Or((p.Always(),))}) == 2
    assert tree.Name("a", True, span=there) == tree.Name("a", span=Span("b", 5, 6, 2, 2))


def test_nodes_show_what_they_say():
    assert repr(p.Not(p.Always(text="always"))) == "Not(member=Always())"


def test_a_program_knows_its_parts():
    assert [rule.text for rule in PROGRAM.rules] == [
        'country = "PL" or large | else',
        "purchase[amount > 100] within 30 days",
    ]
    assert [group.name for group in PROGRAM.groups] == ["money"]
    assert [persona.name for persona in PROGRAM.personas] == ["owner"]
    assert [rule.text for rule in PROGRAM.dimensions[0].rules] == [rule.text for rule in PROGRAM.rules]
    named = {key for key in PROGRAM.order if key[0] not in {"score", "gate", "requirements"}}
    assert set(PROGRAM.definitions) == named
    assert PROGRAM.definitions["ladder", "stage"] is PROGRAM.ladders[0]


def test_a_program_knows_what_a_name_stands_for():
    behind = {read.name: PROGRAM.behind(read) for read in PROGRAM.find(p.DefinitionRead)}
    assert behind["large"] == PROGRAM.criteria[0].body
    assert behind["score"] is None
    assert PROGRAM.behind(p.DefinitionRead("segment", "big", PROGRAM.criteria[0].body.type)) == p.Truth(
        p.DefinitionRead("criterion", "large", PROGRAM.criteria[0].body.type)
    )


def test_statements_stand_where_they_are_written():
    assert [rule.line for rule in PROGRAM.rules] == [4, 6]
    assert [(one.line, one.span.file) for one in PROGRAM.personas] == [(7, "rules.leadrules")]
    assert [hold.line for hold in PROGRAM.ladders[0].holds] == [12]
    implied = program_of(Ruleset.from_text("email_open +5"))
    assert (implied.dimensions[0].span, implied.dimensions[0].line) == (None, 1)


def test_both_trees_are_made_of_nodes():
    rules = Ruleset.from_text(RULES)
    assert all(isinstance(node, nodes.Node) for s in statements_of(rules) for node in s.walk())
