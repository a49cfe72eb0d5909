"""How a whole file is laid out: a file by hand and its layout, then each rule by itself."""

import pytest

from leadrules.syntax.layout import format_file
from leadrules.syntax.parser import parse


def laid_out(text: str) -> str:
    file, diagnostics = parse(text, "x")
    assert [d.render() for d in diagnostics if d.severity == "error"] == []
    formatted = format_file(file)
    assert format_file(parse(formatted, "x")[0]) == formatted
    return formatted


BY_HAND = """\


#Who should sales call first?
ruleset acme version "1"
require email is known because "no way to reach them"


param mql_at=50
dimension fit max 60

decision_maker +15
employees>=1000 +30|>=200 +20|else -5
industry in {"transport","logistics"} +15 because "our market"
# country = "PL" +5

dimension engagement max 100 within 365 days
  # opens
  email_open +1 max 1 per day   #cheap
  page_view[url contains "/pricing"] within 30 days +10 max 2 per day when decision_maker

  newsletter_signup +5 from 2026-01-01 until 2026-12-31
  group money max 40
  purchase[amount>100] +(amount/100) max 50 points
  pricing_view +3 max 1 every 7 days
persona owner +40 in fit
industry="transport" weight 3
employees between 50 and 500 weight 2
total=0.4*fit+0.6*engagement max 150
grade profile=fit:A>=45,B
stages lead<mql<sql exit lost
score>=mql_at -> mql
budget and authority -> sql because "ready"
hold mql while score>=40
stages temperature:cold<hot
engagement>=60 -> hot
score>=80 -> tag "call today"
content_download[topic="api"] -> recommend "API case study"
example "a reader"
given industry="transport",email_open 2 days ago
expect fit=15
# the end
"""
LAID_OUT = """\
# Who should sales call first?
ruleset acme version "1"
require email is known  because "no way to reach them"

param mql_at = 50

dimension fit max 60
  decision_maker                          +15
  employees >= 1000 +30 | >= 200 +20 | else -5
  industry in {"transport", "logistics"}  +15  because "our market"
  # country = "PL" +5

dimension engagement max 100 within 365 days
  # opens
  email_open                                         +1   max 1 per day  # cheap
  page_view[url contains "/pricing"] within 30 days  +10  max 2 per day  when decision_maker

  newsletter_signup                                  +5   from 2026-01-01 until 2026-12-31
  group money max 40
    purchase[amount > 100]  +(amount / 100)  max 50 points
    pricing_view            +3  max 1 every 7 days

persona owner +40 in fit
  industry = "transport"        weight 3
  employees between 50 and 500  weight 2

total = 0.4 * fit + 0.6 * engagement  max 150
grade profile = fit: A >= 45, B

stages lead < mql < sql  exit lost
  score >= mql_at       -> mql
  budget and authority  -> sql  because "ready"
  hold mql while score >= 40

stages temperature: cold < hot
  engagement >= 60 -> hot

score >= 80                      -> tag "call today"
content_download[topic = "api"]  -> recommend "API case study"

example "a reader"
  given industry = "transport", email_open 2 days ago
  expect fit = 15
  # the end
"""


def test_a_whole_file():
    assert laid_out(BY_HAND) == LAID_OUT
    assert laid_out(LAID_OUT) == LAID_OUT


@pytest.mark.parametrize(
    "text",
    [
        "email_open +5\nbudget and authority -> qualified\n",
        "email_open  +5\nbudget      +10\n\nauthority and need +10\n",
        "email_open  +5  max 1 per day\nbudget      +10\n",
        "# a\n\n# b\nemail_open +5  # c\n\n# d\n\n# e\n",
        "email_open +5\n# still above the end\n",
        "#!leadrules\n## a banner ##\n#\nemail_open +5\n",
        "stages lead < mql\nstages cold < hot\n",
    ],
)
def test_what_is_laid_out_already_stays(text):
    assert laid_out(text) == text


# ------------------------------------------------------------------------------------ blocks


def test_what_stands_within_a_block_is_indented_with_it():
    text = "dimension fit\nneed +1\ncriterion c = need\npersona p +5 in web\nneed weight 1\nbudget +2\nparam x = 1\n"
    assert laid_out(text) == (
        "dimension fit\n"
        "  need    +1\n"
        "  criterion c = need\n"
        "  persona p +5 in web\n"
        "    need weight 1\n"
        "  budget  +2\n"
        "\n"
        "param x = 1\n"
    )


def test_a_ladder_reaches_to_the_last_rule_to_a_label_of_its_own():
    text = 'stages a < b\nneed -> b\nneed -> tag "x"\nbudget -> a\nbudget -> other\nscore > 5 -> tag "y"\n'
    assert laid_out(text) == (
        "stages a < b\n"
        "  need    -> b\n"
        '  need    -> tag "x"\n'
        "  budget  -> a\n"
        "\n"
        "budget     -> other\n"
        'score > 5  -> tag "y"\n'
    )


def test_a_group_may_stand_in_a_file_without_dimensions():
    assert laid_out("need +1\ngroup g max 5\nneed +2\ntotal = points\nneed +3") == (
        "need +1\n\ngroup g max 5\n  need +2\n\ntotal = points\nneed +3\n"
    )


# ----------------------------------------------------------------------------------- columns


def test_columns_count_what_a_terminal_shows():
    wide, joined = "名前", "e\u0301\u0323x\u20dd"
    assert laid_out(f'a = "{wide}" +1\na = "abcd" +1\na = "{joined}ab" +1\n') == (
        f'a = "{wide}"  +1\na = "abcd"  +1\na = "\u1eb9\u0301x\u20ddab"  +1\n'
    )


def test_one_very_wide_condition_does_not_push_the_others_away():
    wide = "a_very_long_name_of_a_field in {1, 2, 3} and another_very_long_name_of_a_field > 5"
    assert laid_out(f"need +1\n{wide} +1\nbudget +1") == f"need    +1\n{wide}  +1\nbudget  +1\n"


def test_a_reason_does_not_count_for_the_width():
    reason = f'because "{"x" * 100}"'
    assert laid_out(f"need +1 {reason}\nbudget +1") == f"need    +1  {reason}\nbudget  +1\n"


# -------------------------------------------------------------------------------- long lines


def test_a_long_condition_is_broken_where_it_holds_together_least():
    parts = " and ".join(f"field_{n} > {n}" for n in range(7))
    assert laid_out(f"{parts} or (need and budget) +5 max 5 points") == (
        "field_0 > 0 and field_1 > 1 and field_2 > 2 and field_3 > 3 and field_4 > 4 and field_5 > 5 and field_6 > 6\n"
        "    or (need and budget) +5  max 5 points\n"
    )
    assert laid_out(f"{parts} and employees between 10 and 5000 +5") == (
        "field_0 > 0 and field_1 > 1 and field_2 > 2 and field_3 > 3 and field_4 > 4 and field_5 > 5 and field_6 > 6\n"
        "    and employees between 10 and 5000 +5\n"
    )


def test_long_alternatives_have_a_line_each():
    text = " | ".join(f"employees between {n}000 and {n}999 +{n}" for n in range(1, 5)) + " | else -5"
    assert laid_out(text) == (
        "employees between 1000 and 1999 +1\n"
        "    | employees between 2000 and 2999 +2\n"
        "    | employees between 3000 and 3999 +3\n"
        "    | employees between 4000 and 4999 +4\n"
        "    | else -5\n"
    )


def test_a_long_list_fills_lines_and_keeps_its_bracket_short_of_fifty_lines():
    few = laid_out("list x = {" + ", ".join(f'"company {n}"' for n in range(20)) + "}")
    assert [len(line) for line in few.splitlines()] == [113, 113, 59]
    many = laid_out("list x = {" + ", ".join(f'"company {n}"' for n in range(2_000)) + "}")
    assert 25 < len(many.splitlines()) <= 50


def test_a_name_that_opens_a_statement_is_put_in_backticks_at_the_start_of_a_line():
    names = ", ".join(["a_name_that_is_long_enough_to_fill_a_line_of_its_own_alone"] * 2)
    assert laid_out(f"at least 1 of ({names}, list, group) +1") == (
        "at least 1 of (a_name_that_is_long_enough_to_fill_a_line_of_its_own_alone,\n"
        "    a_name_that_is_long_enough_to_fill_a_line_of_its_own_alone, list, group) +1\n"
    )
    assert laid_out(f"at least 1 of ({names[:100]}, list) +1").endswith(",\n    `list`) +1\n")


@pytest.mark.parametrize("name", ["of", "by", "and", "or", "not"])
def test_a_name_that_would_join_the_next_line_is_put_in_backticks(name):
    assert laid_out(f"segment x = a\nneed -> `{name}`\nbudget +1").endswith(f"-> `{name}`\nbudget +1\n")


def test_a_name_that_would_join_the_line_before_is_put_in_backticks():
    assert laid_out("need +1\n`AND` +1") == "need   +1\n`AND`  +1\n"


# ---------------------------------------------------------------------------------- comments


def test_comments_within_a_statement_move_above_it():
    assert laid_out("# above\nneed and # one\n  # two\n  budget +5 # three") == (
        "# above\n# one\n# two\nneed and budget +5  # three\n"
    )


def test_comments_directly_below_a_block_belong_to_it():
    assert laid_out("dimension a\nneed +1\n# need +2\n\ndimension b\nneed +1\n# about c\ndimension c\nneed +1") == (
        "dimension a\n  need +1\n  # need +2\n\ndimension b\n  need +1\n\n# about c\ndimension c\n  need +1\n"
    )
