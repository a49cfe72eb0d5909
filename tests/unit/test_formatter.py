"""The canonical text of a tree: stable, since it stands in the audit of every result."""

import datetime as dt
from fractions import Fraction

import pytest

from leadrules.errors import Span
from leadrules.syntax import formatter, tree
from leadrules.syntax.formatter import columns_of, text_of
from leadrules.syntax.parser import parse

HERE = Span("x", 0, 0, 1, 1)


def canonical(text: str) -> str:
    file, diagnostics = parse(text, "x")
    assert diagnostics == ()
    (statement,) = file.statements
    return text_of(statement)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("email_open+5", "email_open +5"),
        (
            'page_view [ url  contains "/pricing" ]within 30 days+10',
            'page_view[url contains "/pricing"] within 30 days +10',
        ),
        ("employees>=1_000 +30|>=200 +20|else -5", "employees >= 1000 +30 | >= 200 +20 | else -5"),
        ('industry in{"b","a",} +1', 'industry in {"b", "a"} +1'),
        ("at  least 3 of(budget,authority) +1", "at least 3 of (budget, authority) +1"),
        ("((visits+2)*3)>-5 +10", "((visits + 2) * 3) > -5 +10"),
        ("`email_open` +1", "email_open +1"),
        ('`Lead Source` = "Google" +1', '`Lead Source` = "Google" +1'),
        ("`list` +1", "`list` +1"),
        ("not `list` +1", "not list +1"),
        ("`count` = `max` +1", "`count` = max +1"),
        ("a +1 | `in` > 1 +2 | b = `in` +3", "a +1 | `in` > 1 +2 | b = in +3"),
        ("a -> `tag`", "a -> `tag`"),
        ('a -> "very hot"  because  "x"', 'a -> "very hot" because "x"'),
        ("a +1 max 5", "a +1 max 5 times"),
        ("a +1 max 1", "a +1 once"),
        ("a +1 max 1 point", "a +1 max 1 point"),
        ("a +1 max 5.50 points per  `day`", "a +1 max 5.5 points per `day`"),
        ("a within 1 weeks +1", "a within 1 week +1"),
        ("a within 2 week +1", "a within 2 weeks +1"),
        ("a +1 drops 05.50 % every 1 days", "a +1 drops 5.5% every 1 day"),
        ("a > 0.10 +0.50", "a > 0.1 +0.5"),
        ("a > 001_000.0 -0", "a > 1000 +0"),
        ("a = 2026-01-05 +1", "a = 2026-01-05 +1"),
        (r'a = "x\"y\\z\n\t\u{e9}" +1', r'a = "x\"y\\z\n\té" +1'),
        ('a = "\u200b" +1', r'a = "\u{200b}" +1'),
        ("total=0.4*fit+b max 5", "total = 0.4 * fit + b max 5"),
        ("given a 1 days ago 1 times", "given a 1 day ago 1 time"),
    ],
)
def test_canonical_text(written, text):
    assert canonical(written) == text
    assert canonical(text) == text


@pytest.mark.parametrize("word", ["and", "or", "not", "of", "by"])
@pytest.mark.parametrize(
    "statement",
    ["a -> `#`", "a in `#` -> b", "use x as `#`", "group g max `#`", "a +1 max 2 per `#`", "events e = a | `#`"],
)
def test_a_name_at_the_end_does_not_join_the_next_line(statement, word):
    written = statement.replace("#", word)
    file, _ = parse(f"{canonical(written)}\nb +1\n", "again")
    assert [text_of(one) for one in file.statements] == [canonical(written), "b +1"]
    assert " ".join(columns_of(file.statements[0])) == canonical(written)


def test_every_kind_of_node_has_a_text():
    kinds = {kind for kind in vars(tree).values() if isinstance(kind, type) and issubclass(kind, tree.Node)}
    never_written = {tree.Node, tree.File, tree.Boundary}
    assert kinds - never_written == set(formatter._WRITERS)


def test_parentheses_are_added_where_a_tree_needs_them():
    one, a = tree.Number(Fraction(1), span=HERE), tree.Name("a", span=HERE)
    total = tree.Arithmetic("+", a, one, span=HERE)
    assert text_of(tree.Arithmetic("*", total, one, span=HERE)) == "(a + 1) * 1"
    assert text_of(tree.Arithmetic("-", a, total, span=HERE)) == "a - (a + 1)"
    either = tree.Or((a, a), span=HERE)
    assert text_of(tree.And((either, tree.Not(either, span=HERE)), span=HERE)) == "(a or a) and not (a or a)"


@pytest.mark.parametrize("value", ["\u0301", "\n\u0301", "\u00e9", "\\", '"', "\0", "\u2028", "}"])
def test_any_text_survives(value):
    node = tree.Rule(
        None,
        (
            tree.Alternative(
                tree.Compare("=", tree.Name("a", span=HERE), tree.Text(value, span=HERE), span=HERE),
                tree.Points(tree.Number(Fraction(1), span=HERE), span=HERE),
                span=HERE,
            ),
        ),
        (tree.From(tree.Date(dt.date(1, 2, 3), span=HERE), span=HERE),),
        span=HERE,
    )
    file, diagnostics = parse(text_of(node), "x")
    assert diagnostics == ()
    (rule,) = file.statements
    assert isinstance(rule, tree.Rule)
    assert text_of(rule) == text_of(node)
