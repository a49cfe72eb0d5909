"""Whatever a file holds, it is read and checked in bounded time: deep, wide, circular, or merely very large.

Calls are counted, which are as many on every machine; seconds are asserted only where a fault would take minutes.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping

import pytest

from leadrules.check.checker import Checked
from leadrules.loading import check_files, review
from leadrules.syntax.files import Files
from leadrules.syntax.parser import parse

SECONDS = 60.0  # none takes more than some seconds
MANY = 10_000
MEGABYTE = 1024 * 1024 - 1_000


def checked(text: str, files: Mapping[str, str] | None = None) -> Checked:
    """Parse and check a file, in time."""
    parse("need +1", "warm")  # loads the tables
    start = time.process_time()
    found = check_files(Files.of_text(text, "hostile.leadrules", files or {}), {})
    rendered = sum(len(diagnostic.render()) for diagnostic in found.diagnostics)
    assert time.process_time() - start < SECONDS
    assert rendered < 1_000_000
    return found


def work_on(text: str) -> Callable[[], object]:
    """Give the work of parsing and checking a file."""
    parse("need +1", "warm")
    return lambda: check_files(Files.of_text(text, "hostile.leadrules", {}), {})


def codes(found: Checked) -> set[str]:
    return {diagnostic.code for diagnostic in found.diagnostics}


def filled(piece: str) -> str:
    return piece * (MEGABYTE // len(piece))


def rows(count: int, pattern: str) -> str:
    """Give a line for each number: `#` is the number, `#<` the one before it, `#>` the one after, in a circle."""
    return "\n".join(
        pattern.replace("#>", str((n + 1) % count)).replace("#<", str(n - 1)).replace("#", str(n)) for n in range(count)
    )


def braces(count: int, pattern: str = '"a#"') -> str:
    return "{" + ", ".join(pattern.replace("#", str(n)) for n in range(count)) + "}"


def graded(labels: int) -> str:
    """Give a grade `g` of so many labels."""
    return "grade g = score: " + "".join(f"x{n} >= -{n}, " for n in range(labels - 1)) + "z\n"


def example(times: int, remaining: int) -> str:
    """Give an example of `times` thousand events, and some more."""
    events = ", ".join(["email_open 1000 times"] * times + [f"email_open {remaining} times"])
    return f'email_open +1\nexample "x"\n  given {events}\n  expect score > 0\n'


# ----------------------------------------------------------------- deep, and wide in one statement


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("(" * 100_000 + "need" + ")" * 100_000 + " +1", "LR006", id="brackets"),
        pytest.param(filled("("), "LR006", id="a megabyte of brackets"),
        pytest.param(filled("x["), "LR006", id="filters"),
        pytest.param("not " * 10_000 + "need +1", "LR006", id="not"),
        pytest.param(filled("not "), "LR011", id="a megabyte of not"),
        pytest.param("criterion x = " + "-" * 10_000 + "age", "LR006", id="signs"),
        pytest.param("criterion x = " + "age + " * 9_000 + "age", "LR006", id="sum"),
        pytest.param("criterion x = " + filled("age + "), "LR011", id="a megabyte of a sum"),
        pytest.param("need +(" + "age * " * 9_000 + "age)", "LR006", id="product in points"),
        pytest.param(filled("need and ") + "need +1", "LR011", id="a megabyte of and"),
        pytest.param(filled("need or ") + "need +1", "LR011", id="a megabyte of or"),
        pytest.param("age > 1 +1" + filled(" | > 0 +1"), "LR011", id="a megabyte of alternatives"),
        pytest.param(filled("|"), "LR109", id="a megabyte of bars"),
        pytest.param(f"list x = {braces(70_000)}", "LR011", id="list"),
        pytest.param(f"country in {braces(70_000)} +1", "LR011", id="set"),
        pytest.param(f"field f: one of {braces(70_000)}", "LR011", id="one of"),
        pytest.param("need and\n" * 100_000 + "need +1", "LR011", id="a statement of many lines"),
        pytest.param("at least 1 of (" + "need, " * 100_000 + "need) +1", "LR011", id="at least"),
        pytest.param("x" * MEGABYTE + " +1", "LR007", id="name"),
        pytest.param("`" + "x" * MEGABYTE + "` +1", "LR007", id="name in backticks"),
        pytest.param("9" * MEGABYTE + " +1", "LR116", id="number"),
        pytest.param('country = "' + "x" * MEGABYTE, "LR110", id="text never closed"),
        pytest.param('age = "' + "x" * MEGABYTE + '" +1', "LR401", id="text"),
        pytest.param('country = "' + filled("\\q") + '" +1', "LR111", id="escapes"),
        pytest.param('country matches "' + "(" * 9_000 + '" +1', "LR408", id="pattern"),
        pytest.param('country matches "' + "(" * 100_000 + '" +1', "LR013", id="long pattern"),
        pytest.param('country matches "' + "\\\\p{L}" * 1_900 + '" +1', "LR013", id="classes"),
        pytest.param(rows(5_000, 'country matches "\\\\p{L}{900}#" +1'), "LR013", id="patterns"),
        pytest.param(filled("(" * 99 + "need" + ")" * 99 + " +1\n"), "LR014", id="brackets"),
        pytest.param(filled("need +1" + " | budget +1" * 99 + "\n"), "LR014", id="alternatives"),
        pytest.param(filled("need and (budget or need and (budget or need)) +1\n"), "LR014", id="conditions"),
        pytest.param(rows(50_000, "field f#: number"), "LR014", id="fields"),
        pytest.param(filled("$ "), "LR121", id="signs of no meaning"),
        pytest.param(filled("\u200b")[:300_000], "LR122", id="invisible characters"),
        pytest.param("stages " + " < ".join(f"x{n}" for n in range(9_000)), "LR012", id="ladder"),
        pytest.param("grade g = score: " + "".join(f"x{n} >= -{n}, " for n in range(3_000)) + "z", "LR012", id="grade"),
        pytest.param("event e[" + ", ".join(f"p{n}: text" for n in range(4_900)) + "]", "LR012", id="properties"),
    ],
)
def test_what_is_deep_or_wide_is_refused(text, code):
    assert code in codes(checked(text))


def test_a_statement_of_some_thousand_members_is_no_mistake():
    members = braces(9_000)
    text = f'list x = {members}\nfield f: one of {members}\nf in {members} +1\ncountry in x +2\nf = "A17" +3'
    assert codes(checked(text)) == set()


def shared(properties: int, events: int) -> str:
    """Give so many properties of any event, and events besides the standard ones."""
    names = ", ".join(f"p{n}: text" for n in range(properties))
    return f"event any_event[{names}]\n" + "".join(f"event e{n}\n" for n in range(events)) + "any_event +1\n"


@pytest.mark.parametrize(
    ("most", "too_many", "told"),
    [
        (shared(100, 900), shared(100, 1_000), "events have more than 100,000 properties"),
        (
            graded(100) + "grade p = g, g",
            graded(101) + "grade p = g, g",
            "grades of grades have more than 10,000 labels",
        ),
        (
            graded(100) + "grade p = g, g",
            graded(100) + "grade p = g, g\ngrade h = score: A >= 5, B\ngrade q = h, h",
            "grades of grades have more than 10,000 labels",
        ),
        (example(99, 1_000), example(100, 1), "examples have more than 100,000 events"),
        (example(99, 1_000), example(99, 1_000) + example(0, 1)[13:], "examples have more than 100,000 events"),
    ],
    ids=["properties of any event", "a pair", "pairs together", "an example", "examples together"],
)
def test_what_a_file_multiplies_has_an_end(most, too_many, told):
    assert codes(checked(most)) == set()
    (found,) = checked(too_many).diagnostics
    assert (found.code, found.message) == ("LR012", told)
    assert found.help is not None


def test_events_of_an_example_that_are_alike_are_one():
    (found,) = checked(example(99, 1_000)).program.examples
    assert len(found.lead["events"]) == 100_000
    assert len({id(event) for event in found.lead["events"]}) == 100


def test_the_advice_for_a_long_list_is_a_file():
    (found,) = checked(f"list x = {braces(20_000)}").diagnostics
    assert found.message == "the statement has more than 20,000 words and signs"
    assert found.help == 'put a long list into a file: `list NAME from "file.csv"`'


def test_what_follows_a_statement_that_is_too_long_is_read():
    file, diagnostics = parse(f"list x = {braces(20_000)}  # why\nneed +1\n{filled('a ')[:90_000]}\nbudget +1", "x")
    assert [d.code for d in diagnostics] == ["LR011", "LR011"]
    assert [file.text[s.span.start : s.span.end] for s in file.statements] == ["need +1", "budget +1"]


# --------------------------------------------------------------------------- many statements

FEW = 200
"""Enough to show what grows too fast, where calls are counted; the slow tests take as many as a file may hold."""

LISTED = f"list x = {braces(9_900)}\n"
LADDER = "stages " + " < ".join(f"x{n}" for n in range(2_000)) + "\n"
WIDE_EVENT = "event any_event[" + ", ".join(f"p{n}: text" for n in range(40)) + "]\n"
CHAIN = "criterion c0 = need\n"

SINCE = "dimension d" + " since email_open" * 9_000 + "\n"

MANY_STATEMENTS = {
    "a chain": lambda n: CHAIN + rows(n, "criterion d# = d#<").replace("d-1", "c0"),
    "a circle": lambda n: rows(n, "criterion c# = c#>"),
    "circles in circles": lambda n: rows(n, "criterion c# = c# and c#> and c#<"),
    "a circle of segments": lambda n: rows(n, "segment s# = s#> or s#"),
    "segments that double": lambda n: rows(n, "segment s# = s#< and s#<").replace("s-1", "need"),
    "a circle of groups": lambda n: rows(min(n, 2_000), "events g# = g#> | email_open"),
    "too many groups": lambda n: rows(n + 2_000, "events g# = g#>"),
    "too many events": lambda n: rows(n + 2_000, "event e#[a: text, b: text]"),
    "too many plugins": lambda n: rows(n, "use nothing#"),
    "unknown names": lambda n: rows(n, "n# and o# and p# and q# and r# +1"),
    "long unknown names": lambda n: rows(min(n, 5_000), "x" * 190 + "# +1"),
    "duplicates": lambda n: rows(n, "field same: number"),
    "rules of one name": lambda n: rows(n, "rule same: need +1"),
    "rules alike": lambda n: rows(n, "need +1"),
    "rules with names that are taken": lambda n: rows(n // 2, "rule `need~#`: budget +1\nneed +1"),
    "stages": lambda n: rows(min(n, 2_000), "need -> x#"),
    "too many stages": lambda n: rows(n + 2_000, "need -> x#")[: 9_000 * 12],
    "unknown labels": lambda n: LADDER + rows(n, "stage >= y# +1"),
    "includes of nothing": lambda n: rows(n, 'include "x#.leadrules"'),
    "a long list in every rule": lambda n: LISTED + rows(n, "country in x +1"),
    "patterns in every rule": lambda n: f"list x = {braces(1_000)}\n" + rows(n, "country matches x +1"),
    "one of": lambda n: f"field f: one of {braces(9_900)}\n" + rows(min(n, 9_900), 'f = "a#" +1'),
    "none of them": lambda n: f"field f: one of {braces(9_900)}\n" + rows(n, 'f = "b#" +1'),
    "a long ladder in every rule": lambda n: LADDER + rows(n, "stage >= x# and was x# +1"),
    "a pair of long grades": lambda n: graded(100) + "grade p = g, g\n" + rows(n, 'p = x1x# -> tag "t"'),
    "many pairs of long grades": lambda n: graded(2_000) + rows(n, "grade p# = g, g"),
    "many pairs of short grades": lambda n: graded(3) + rows(min(n, 1_111), "grade p# = g, g"),
    "any event": lambda n: rows(min(n, 2_000), "event e#[p: text]") + "\n" + rows(n, 'any_event[p = "x"] +1'),
    "properties of any event": lambda n: WIDE_EVENT + rows(min(n, 1_999), "event e#"),
    "groups in groups": lambda n: rows(min(n, 1_999), "event e#\nevents g# = g#< | e#").replace("g-1", "email_open"),
    "defaults in every group": lambda n: SINCE + rows(n // 2, "group g#\nneed +1"),
    "deep ones": lambda n: rows(n // 5, "(" * 90 + "need" + ")" * 90 + " +1"),
    "deep calls": lambda n: rows(n // 10, "abs(" * 90 + "age" + ")" * 90 + " > 1 +1"),
}  # fmt: skip
IN_TIME = {
    "brackets never closed": (filled("x(\n"), {"LR113", "LR008"}),
    "texts never closed": (filled('"\n'), {"LR110", "LR008"}),
    "mistakes": (filled("age > 1 need > 2 +5\n"), {"LR101", "LR008"}),
    "lines": (filled("\n"), {"LR003"}),
    "spaces": (filled(" "), {"LR003"}),
    "a long comment": ("need +1 #" + "x" * MEGABYTE, set()),
    "a long text": ('country = "' + "x" * MEGABYTE + '" +1', set()),
}


@pytest.mark.parametrize("made", MANY_STATEMENTS.values(), ids=MANY_STATEMENTS)
def test_twice_as_many_statements_take_twice_the_work(made, calls):
    found = codes(checked(made(FEW)))
    assert not {code for code in found if code < "LR2"} - {"LR008", "LR012"}
    factor = 3.0 if made is MANY_STATEMENTS["any event"] else 2.2  # of twice as many events, of each in every rule
    assert calls(work_on(made(2 * FEW))) < factor * calls(work_on(made(FEW)))


@pytest.mark.slow
@pytest.mark.parametrize("made", MANY_STATEMENTS.values(), ids=MANY_STATEMENTS)
def test_very_many_statements_are_checked_in_time(made):
    assert "LR004" not in codes(checked(made(9_990)[:MEGABYTE]))


@pytest.mark.parametrize(("text", "expected"), IN_TIME.values(), ids=IN_TIME)
def test_a_megabyte_of_little_is_checked_in_time(text, expected):
    assert codes(checked(text)) == expected


@pytest.mark.parametrize(
    ("included", "code"),
    [
        pytest.param({f"f{n}": f'include "f{n + 1}"\nneed +1' for n in range(MANY)}, "LR006", id="chain"),
        pytest.param({f"f{n}": f'include "f{(n + 1) % 90}"\nneed +1' for n in range(90)}, "LR613", id="circle"),
        pytest.param({f"f{n}": rows(90, 'include "f#"') for n in range(90)}, "LR613", id="all of all"),
        pytest.param({"f0": 'include "f0"\n' * 1_500 + "need +1"}, "LR613", id="itself, very often"),
    ],
)
def test_includes_in_chains_and_circles_are_refused(included, code):
    assert code in codes(checked('include "f0"', included))


def test_a_long_line_is_shown_in_part():
    (found,) = checked("need and " * 200 + 'age = "x" and need +1').diagnostics
    _, shown, carets, *_ = found.render().split("\n")
    assert len(shown) < 180
    assert shown[carets.index("^") :].startswith('age = "x"')
    assert shown.startswith(" 1 | …")


def test_a_long_text_is_shown_in_part_in_a_message():
    (found,) = checked('age = "' + "x" * 10_000 + '" +1').diagnostics
    assert "x" * 20 in found.message
    assert len(found.message) < 300


# ---------------------------------------------------------------------------------- large files


RULES = (
    "employees >= {n} +30 | >= 200 +20 | else -5",
    'industry in {{"transport", "logistics {n}"}} +15 because "ours"',
    'page_view[url contains "/pricing/{n}"] within 30 days +10 max 2 per day',
    "count(email_open within {n} days) >= 3 and not budget +5",
    "at least 2 of (budget, authority, need) and age > {n} +10",
)
MEASURE = """
import resource, sys, time
from leadrules.syntax.files import Files
from leadrules.syntax.parser import parse
from leadrules.loading import check_files
text = sys.stdin.read()
parse("need +1", "warm")
start = time.process_time()
assert check_files(Files.of_text(text, "x", {}), {}).program
print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def measured(rules: int) -> tuple[float, int]:
    """Give the seconds and the peak of MiB that a file of so many rules takes to parse and check."""
    text = "\n".join(RULES[n % len(RULES)].format(n=n + 1) for n in range(rules))
    command = [sys.executable, "-c", MEASURE]
    found = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout.split()
    return float(found[0]), int(found[1])


@pytest.mark.slow
def test_time_and_memory_grow_linearly():
    (few, small), (many, large) = measured(1_000), measured(10_000)
    assert many < 10 * few * 5  # were it to grow with the square, it would be ten times as much
    assert many < 50
    assert large < 1_000
    assert large - 30 < 10 * max(small - 30, 20)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [filled("abs(" * 98 + "age" + ")" * 98 + " > 1 +1\n"), rows(MANY, "need and budget +1")]
)
def test_a_megabyte_is_analysed(text):
    found = check_files(Files.of_text(text, "x", {}), {})
    assert found.program is not None
    assert review(found).program is not None
