"""Reading a rule file: what is in the tree, where it stands, and what is refused as a whole."""

import threading

import pytest

from leadrules.syntax import tree
from leadrules.syntax.codes import SYNTAX_CODES
from leadrules.syntax.formatter import text_of
from leadrules.syntax.parser import Extent, Limits, decode, parse


def read(text: str) -> tree.File:
    file, diagnostics = parse(text, "acme.leadrules")
    assert diagnostics == ()
    return file


def refused(text: str, **limits: int) -> list[tuple[str, str]]:
    _, diagnostics = parse(text, "acme.leadrules", limits=Limits(**limits))
    assert all(d.code in SYNTAX_CODES for d in diagnostics)
    return [(d.code, d.message) for d in diagnostics]


# ------------------------------------------------------------------------------------ the tree


def condition_of(text: str) -> tree.Condition | None:
    (rule,) = read(f"{text} +1").statements
    assert isinstance(rule, tree.Rule)
    return rule.alternatives[0].condition


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a", tree.Name),
        ("(a)", tree.Group),
        ("a[b]", tree.Selection),
        ("a within 5 days", tree.Selection),
        ("a since b", tree.Selection),
        ("-5 < a", tree.Compare),
        ("a or b and c", tree.Or),
        ("not a and b", tree.And),
        ("not a = b", tree.Not),
        ("no a since b", tree.NoneOf),
        ("a.b()", tree.Call),
        ("max(a of b) > 1", tree.Compare),
        ("always", tree.Always),
    ],
)
def test_the_kind_of_a_condition(text, kind):
    assert type(condition_of(text)) is kind


def test_arithmetic_binds_as_at_school():
    (total,) = read("total = a - b - c * -d / 2").statements
    assert isinstance(total, tree.Total)
    assert isinstance(total.formula, tree.Arithmetic)
    assert (total.formula.op, text_of(total.formula.left), text_of(total.formula.right)) == ("-", "a - b", "c * -d / 2")


def test_a_sign_belongs_to_its_number():
    assert text_of(condition_of("(-5 < a)")) == "(-5 < a)"
    (points,) = read("criterion x = -5 + +3 - -(2)").statements
    assert isinstance(points, tree.Criterion)
    assert text_of(points.body) == "-5 + 3 - -(2)"


def test_a_bucket_in_backticks_is_a_property():
    (rule,) = read("a +1 max 1 per day max 1 per `day` max 1 per url").statements
    assert isinstance(rule, tree.Rule)
    assert [m.calendar for m in rule.modifiers if isinstance(m, tree.MaxPer)] == [True, False, False]


def test_names_are_compared_after_nfkc():
    first, second = read("ﬁt +1\nfit +1").statements
    assert first == second


@pytest.mark.parametrize("name", ["orauthority", "android", "notable", "index", "days_since", "country", "truely"])
def test_a_keyword_ends_at_a_word_boundary(name):
    assert condition_of(name) == condition_of(f"`{name}`")


def test_line_ends_and_the_mark_at_the_start_mean_nothing():
    plain = read("email_open +5\nbudget and\n  need -> sql\n")
    for text in (
        "\ufeffemail_open +5\r\nbudget and\r\n  need -> sql\r\n",
        "email_open +5\rbudget and\r  need -> sql\r",
    ):
        assert read(text) == plain


# --------------------------------------------------------------------------------------- places


def test_spans_are_of_the_normalised_text():
    file = read('# e\u0301te\u0301\r\ncity = "e\u0301" and\r\n  need +5  # why\r\n')
    (rule,) = file.statements
    assert file.text == '# été\ncity = "é" and\n  need +5  # why\n'
    assert isinstance(rule, tree.Rule)
    assert (rule.span.line, rule.span.column) == (2, 1)
    assert file.text[rule.span.start : rule.span.end] == 'city = "é" and\n  need +5'
    points = rule.alternatives[0].points
    assert (points.span.line, points.span.column, points.span.file) == (3, 8, "acme.leadrules")


def test_every_span_covers_the_text_of_its_node():
    source = 'rule r: a[b = "x"] within 5 days  +(c * 2) | else -1 max 5 times when count(d) > 1 because "y"'
    (rule,) = read(source).statements
    pending: list[object] = [rule]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Node):
            if not isinstance(node, tree.Alternative | tree.Rule):
                assert source[node.span.start : node.span.end] == text_of(node)
            pending += [getattr(node, name) for name in node.__slots__ if name in type(node).__annotations__]
        elif isinstance(node, tuple):
            pending += node


def test_comments_go_with_their_statement():
    file = read("# one\n\n# two\na +1 # three\n#four\nb and # five\n  # six\n  c +1\n# seven")
    assert file.comments == (("one", "two"), ("four", "five", "six"))
    assert file.trailing == ("three", None)
    assert file.tail == ("seven",)


def test_a_broken_statement_costs_no_other():
    file, diagnostics = parse("a +1\nb ++\nc +1 # kept\nd and\n", "x")
    assert [text_of(s) for s in file.statements] == ["a +1", "c +1"]
    assert file.trailing == (None, "kept")
    assert [d.span.line for d in diagnostics] == [2, 4]


def test_a_diagnostic_is_drawn_for_a_person():
    (diagnostic,) = parse("a +1\n  visits + 2 > 5 +10\n", "acme.leadrules")[1]
    assert diagnostic.render() == (
        "acme.leadrules:2:10: error LR106: found arithmetic outside parentheses: `+ 2`\n"
        " 2 |   visits + 2 > 5 +10\n"
        "   |          ^^^\n"
        "  help: arithmetic stands in parentheses: `(visits + 2) > 5`"
    )


# --------------------------------------------------------------------------------- whole files


@pytest.mark.parametrize("text", ["", "\n \n", "# only a comment\n", "\ufeff"])
def test_a_file_without_statements(text):
    assert refused(text) == [("LR003", "the file has no statements")]


def test_a_file_whose_statements_are_all_wrong_is_not_called_empty():
    assert [code for code, _ in refused("a +")] == ["LR102"]


def test_too_large():
    assert refused("a +1\n" * 3, file_bytes=14) == [("LR004", "the file has 15 bytes, more than 14")]
    assert refused("a +1\n" * 3, file_bytes=15) == []


def test_too_many_rules():
    file, diagnostics = parse("param x = 1\n" + "a +1\n" * 4, "x", limits=Limits(rules=3))
    assert [(d.code, d.message, d.span.line) for d in diagnostics] == [("LR005", "the file has more than 3 rules", 5)]
    assert len(file.statements) == 5


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("need +1", 1),
        ("field x: number", 1),
        ("need +1 | budget +2 | else +3", 3),
        ("need and (budget or authority or timeline) +1", 4),
        ("at least 2 of (need, budget, authority) +1", 3),
        ("criterion c = not (need and budget)", 2),
        ("need +", 1),
    ],
)
def test_parts_of_statements(text, parts):
    extent = Extent()
    parse(text, "x", extent=extent)
    assert extent.parts == parts
    assert "LR014" in {code for code, _ in refused(text + "\n" + text, parts=2 * parts - 1)}
    assert "LR014" not in {code for code, _ in refused(text + "\n" + text, parts=2 * parts)}


def test_too_many_parts():
    file, diagnostics = parse("param x = 1\n" + "a +1 | b +2\n" * 4, "x", limits=Limits(parts=4))
    told = ("LR014", "the file has more than 4 statements and conditions", 3)
    assert [(d.code, d.message, d.span.line) for d in diagnostics] == [told]
    assert len(file.statements) == 3


def test_too_many_words():
    file, diagnostics = parse(
        "# many words in comments are none of them\n" + "a +1\n" * 4, "x", limits=Limits(tokens=8)
    )
    told = ("LR014", "the file has more than 8 words and signs", 4)
    assert [(d.code, d.message, d.span.line) for d in diagnostics] == [told]
    assert len(file.statements) == 3


def test_too_many_mistakes():
    found = refused("a +\n" * 20, mistakes=5)
    assert len(found) == 7
    assert ("LR008", "too many mistakes; the rest of the file was not read") in found


def test_a_long_name():
    assert refused(f"{'x' * 200} +1\n`{'y' * 200}` +1") == []
    assert refused("x" * 201 + " +1") == [("LR007", f"the name `{'x' * 20}…` has 201 characters")]
    assert [code for code, _ in refused(f"`{'x' * 201}` +1")] == ["LR007"]


def test_nul_and_surrogates():
    assert refused("a +1\n\0") == [("LR002", "this is not a text file: it holds a NUL character")]
    assert refused("a \udc80") == [("LR002", "this is not a text file: it holds the lone surrogate U+DC80")]


def test_mixed_scripts_are_a_warning_once():
    file, diagnostics = parse("pаyment +1\nрaid +1\npаyment +1\n`имя` +1\nナノtech +1", "x")  # noqa: RUF001
    assert [(d.code, d.severity, d.span.line) for d in diagnostics] == [
        ("LR201", "warning", 1),
        ("LR201", "warning", 2),
    ]
    assert diagnostics[0].message == "the name `pаyment` has letters of different scripts: Cyrillic and Latin"  # noqa: RUF001
    assert len(file.statements) == 5


def test_invisible_characters_may_stand_in_texts_only():
    assert refused('a = "x\u200by\u202e" +1') == []
    assert [code for code, _ in refused("a +1 # \u2066")] == ["LR122"]
    assert [code for code, _ in refused("`a\u200b` +1")] == ["LR122"]
    assert [code for code, _ in refused("a\u200b +1")] == ["LR122"]


# ------------------------------------------------------------------------------------- nesting


@pytest.mark.parametrize(
    "text",
    [
        "(" * 101 + "a" + ")" * 101 + " +1",
        "(" * 20_000 + "a" + ")" * 20_000 + " +1",
        "(" * 20_000,
        "[" * 20_000,
        "not " * 10_000 + "a +1",
        "criterion x = " + "-" * 10_000 + "a",
        "total = " + "a + " * 9_000 + "a",
        "x +(" + "a * " * 9_000 + "a)",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_nested_too_deeply_is_refused(text):
    assert "LR006" in [code for code, _ in refused(text)] or "LR113" in [code for code, _ in refused(text)]


def test_nesting_within_the_limit():
    read("(" * 100 + "a" + ")" * 100 + " +1")
    assert refused("((a)) +1", nesting=1) == [("LR006", "brackets are nested more than 1 deep")]


@pytest.mark.parametrize(
    "text",
    [
        "a and " * 5_000 + "a +1",
        "a or " * 5_000 + "a +1",
        "a > 1 +1" + " | > 0 +1" * 3_000,
        "list x = {" + "1, " * 9_000 + "1}",
        "events x = " + "a | " * 5_000 + "a",
        "at least 1 of (" + "a, " * 5_000 + "a) +1",
    ],
    ids=lambda text: text[:12],
)
def test_long_is_not_deep(text):
    (statement,) = read(text).statements
    assert parse(text_of(statement), "again")[0].statements == (statement,)


def test_a_bracket_stays_open_for_fifty_lines():
    read("list x = {\n" + '"a",\n' * 48 + '"b"}')
    assert refused("list x = {\n" + '"a",\n' * 50 + '"b"}')[0] == ("LR113", "`{` is never closed")


# --------------------------------------------------------------------------------------- bytes


def test_decode():
    assert decode("żółć +1".encode(), "x") == "żółć +1"
    assert decode("a +1".encode("utf-8-sig"), "x") == "a +1"


@pytest.mark.parametrize(
    ("data", "code", "message", "line", "column"),
    [
        ('a +1\nmiasto = "Łódź" +1'.encode("iso8859-2"), "LR001", "the file is not UTF-8: found the byte 0xA3", 2, 11),
        ("é +1 \udcff".encode("utf-8", "surrogateescape"), "LR001", "the file is not UTF-8: found the byte 0xFF", 1, 6),
        (
            "\ufeffé\udcff".encode("utf-8", "surrogateescape"),
            "LR001",
            "the file is not UTF-8: found the byte 0xFF",
            1,
            2,
        ),
        ("a +1".encode("utf-16"), "LR001", "the file is UTF-16, expected UTF-8", 1, 1),
        (b"a +1\na\0 +1", "LR002", "this is not a text file: it holds a NUL character", 2, 2),
    ],
)
def test_bytes_that_are_no_text(data, code, message, line, column):
    found = decode(data, "x")
    assert not isinstance(found, str)
    (d,) = found
    assert (d.code, d.message, d.span.line, d.span.column) == (code, message, line, column)
    assert d.help == "save the file as UTF-8 text"


def test_threads_share_the_grammar():
    texts = [f'page_view[url = "{n}"] +{n}\nbroken {n}\n' * 50 for n in range(8)]
    expected = [parse(text, "x") for text in texts]
    found: dict[int, object] = {}
    threads = [
        threading.Thread(target=lambda n=n: found.__setitem__(n, parse(texts[n], "x"))) for n in range(len(texts))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[n] for n in range(len(texts))] == expected
