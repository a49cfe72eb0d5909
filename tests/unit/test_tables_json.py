"""Reading JSON and JSON lines: exact numbers, shapes of a lead, lines that cannot be read."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest

from leadrules import LeadError, Ruleset
from leadrules.tables import FileProblem, Reject, Row, read_leads

FLAT = {"id": "1", "city": "Łódź", "size": 5}
LEAD = {"id": "1", "attributes": {"city": "Łódź"}, "events": [{"type": "x", "at": "2026-01-01"}], "stages": {"s": "a"}}


def written(folder: Path, content: str | bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def lines(folder: Path, content: str | bytes, **options: object) -> list[Row | Reject]:
    return list(read_leads(written(folder, content, "leads.jsonl"), **options))


def whole(folder: Path, content: str | bytes, **options: object) -> list[Row | Reject]:
    return list(read_leads(written(folder, content, "leads.json"), **options))


def problem(folder: Path, content: str | bytes, name: str = "leads.json", **options: object) -> str:
    with pytest.raises(FileProblem) as caught:
        list(read_leads(written(folder, content, name), **options))
    return str(caught.value).replace(str(folder) + "/", "")


def reasons(rows: list[Row | Reject]) -> list[tuple[int, str]]:
    return [(row.row, row.reason) for row in rows if isinstance(row, Reject)]


@pytest.mark.parametrize("name", ["leads.jsonl", "leads.ndjson"])
def test_a_line_is_a_lead(tmp_path, name):
    path = written(tmp_path, json.dumps(FLAT) + "\n\r\n" + json.dumps(LEAD | {"id": 2}) + "\r\n", name)
    assert list(read_leads(path)) == [
        Row(1, 1, {"id": "1", "attributes": FLAT, "events": [], "stages": {}}),
        Row(3, 3, LEAD | {"id": "2"}),
    ]


@pytest.mark.parametrize("content", [[FLAT], {"leads": [FLAT]}, {"leads": [FLAT], "more": 1}])
def test_a_file_is_a_list_or_holds_one(tmp_path, content):
    for text in (json.dumps(content), json.dumps(content, indent=2), "\ufeff" + json.dumps(content)):
        assert whole(tmp_path, text) == [Row(1, None, {"id": "1", "attributes": FLAT, "events": [], "stages": {}})]


def test_no_leads_are_fine(tmp_path):
    assert whole(tmp_path, "[]") == []
    assert whole(tmp_path, '{"leads": []}') == []


def test_numbers_are_exact(tmp_path):
    rows = lines(tmp_path, '{"id": "1", "a": 0.1, "b": 1e400, "c": 12345678901234567890123, "d": -0.10}')
    assert rows[0].lead["attributes"] == {
        "id": "1",
        "a": Decimal("0.1"),
        "b": Decimal("1E+400"),
        "c": 12345678901234567890123,
        "d": Decimal("-0.10"),
    }


def test_a_flat_record_may_carry_events_and_stages(tmp_path):
    rows = lines(tmp_path, json.dumps({"id": 1, "a": 2, "events": LEAD["events"], "stages": {"s": "a"}}))
    assert rows[0].lead == {"id": "1", "attributes": {"id": 1, "a": 2}, "events": LEAD["events"], "stages": {"s": "a"}}


def test_plain_values_called_events_or_stages_are_attributes(tmp_path):
    rows = lines(tmp_path, '{"id": 1, "events": 5, "stages": "mql", "attributes": null}')
    assert rows[0].lead["attributes"] == {"id": 1, "events": 5, "stages": "mql", "attributes": None}
    assert (rows[0].lead["events"], rows[0].lead["stages"]) == ([], {})


def test_parts_of_the_wrong_shape_are_kept_for_the_reader_of_leads(tmp_path):
    rows = lines(tmp_path, '{"id": 1, "events": {"type": "x"}, "stages": ["mql"], "attributes": [1]}')
    assert rows[0].lead == {"id": "1", "attributes": [1], "events": {"type": "x"}, "stages": ["mql"]}


def test_the_id_column_may_stand_in_the_record_or_among_its_attributes(tmp_path):
    rows = lines(tmp_path, '{"crm": 1, "attributes": {}}\n{"attributes": {"crm": 2}}\n', id_column="crm")
    assert [row.lead["id"] for row in rows] == ["1", "2"]


def test_as_of_may_stand_in_the_record_or_among_its_attributes(tmp_path):
    content = '{"id": 1, "t": "2026-01-01"}\n{"id": 2, "attributes": {"t": "2026-01-02"}}\n{"id": 3}\n{"id": 4, "t": 5}'
    rows = lines(tmp_path, content, as_of_column="t")
    assert [row.as_of for row in rows if isinstance(row, Row)] == ["2026-01-01", "2026-01-02"]
    assert reasons(rows) == [
        (3, "row 3 has no time to be scored at (`t` is empty)"),
        (4, "row 4 has no time to be scored at (`t`: `5` is not a time)"),
    ]


HUGE = "1" * 5000

BAD = [
    ("{", "row 1 is not JSON (column 2)"),
    ('{"id": 1 x}', "row 1 is not JSON (column 10)"),
    ("{'id': 1}", "row 1 is not JSON (column 2)"),
    ('{"id": 1} {"id": 2}', "row 1 is not JSON (column 11)"),
    ("5", "row 1 is not an object in braces `{…}`"),
    ('[{"id": 1}]', "row 1 is not an object in braces `{…}`"),
    ("null", "row 1 is not an object in braces `{…}`"),
    ('{"id": 1, "a": NaN}', "row 1 holds NaN, which is not a number (leave out what is not known)"),
    ('{"id": 1, "a": [-Infinity]}', "row 1 holds -Infinity, which is not a number (leave out what is not known)"),
    ("NaN", "row 1 holds NaN, which is not a number (leave out what is not known)"),
    ('{"id": 1, "a": 1, "a": 1}', "row 1 gives `a` twice in one object"),
    ('{"id": 1, "events": [{"properties": {"u": 1, "u": 2}}]}', "row 1 gives `u` twice in one object"),
    ('{"id": 1, "a": 1e99999999999999999999}', "row 1 holds a number that is out of range"),
    ('{"id": 1, "a": ' + HUGE + "}", "row 1 holds a number of too many digits"),
    ("[" * 100_000, "row 1 is nested too deeply (column 1)"),
    ('{"a": 1}', "row 1 has no id (`id` is empty)"),
    ('{"id": 1.5}', "row 1 has no id (`1.5` is not a text (write it in quotes))"),
    ('{"id": {}}', "row 1 has no id (an object is not a text (give one text))"),
    (
        '{"id": "\\ud800"}',
        "row 1 has no id (`\ufffd` holds a lone surrogate, half of a character (write the text in UTF-8))",
    ),
]


@pytest.mark.parametrize(("line", "said"), BAD, ids=[said for _, said in BAD])
def test_a_line_that_cannot_be_read_is_left_out(tmp_path, line, said):
    rows = lines(tmp_path, line + '\n{"id": 9}\n')
    assert reasons(rows) == [(1, said)]
    assert [row.lead["id"] for row in rows if isinstance(row, Row)] == ["9"]


def test_a_line_that_is_not_utf_8_is_left_out(tmp_path):
    rows = lines(tmp_path, b'{"id": 1}\n{"id": "\xe9"}\n{"id": 3}\n')
    assert reasons(rows) == [(2, "row 2 is not UTF-8 (byte 9 of the line)")]
    assert len(rows) == 3


@pytest.mark.parametrize("shape", ['[{0}, {{"id": 9}}]', '{{"leads": [{0}, {{"id": 9}}]}}'])
@pytest.mark.parametrize(
    ("member", "said"),
    [
        ('{"id": 1, "a": NaN}', "row 1 holds NaN, which is not a number (leave out what is not known)"),
        ('{"id": 1, "a": {"b": 1, "b": 2}}', "row 1 gives `b` twice in one object"),
        ("5", "row 1 is not an object in braces `{…}`"),
    ],
)
def test_a_bad_member_of_a_list_is_left_out(tmp_path, shape, member, said):
    rows = whole(tmp_path, shape.format(member))
    assert reasons(rows) == [(1, said)]
    assert [row.lead["id"] for row in rows if isinstance(row, Row)] == ["9"]


def test_a_repeated_id_names_the_first_row(tmp_path):
    assert reasons(whole(tmp_path, '[{"id": 1}, {"id": "1"}]')) == [(2, "row 2 has the id `1` of row 1")]


SHAPE = "\n  help: it should be a list of objects, or an object with `leads`: `[…]`"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "`leads.json` is empty" + SHAPE),
        ("5", "`leads.json` holds no list of leads" + SHAPE),
        ('{"events": []}', "`leads.json` holds no list of leads" + SHAPE),
        ('{"leads": [], "leads": []}', "`leads.json` gives `leads` twice in one object"),
        ('[{"id": 1},\n {"id" 2}]', "`leads.json` is not JSON (line 2, column 8)"),
        (
            '{"id": 1}\n{"id": 2}\n',
            "`leads.json` is not JSON (line 2, column 1)\n  help: a file with an object on each line ends in `.jsonl`",
        ),
        ("[" * 100_000, "`leads.json` is nested too deeply (line 1, column 1)"),
    ],
    ids=range(7),
)
def test_a_file_that_holds_no_list(tmp_path, content, said):
    assert problem(tmp_path, content) == said


def test_files_of_other_encodings(tmp_path):
    assert problem(tmp_path, b'[{"id": "\xe9"}]').startswith("`leads.json` is not UTF-8: line 1 has a byte")


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_empty_lines(tmp_path, content):
    assert problem(tmp_path, content, "leads.jsonl") == (
        "`leads.jsonl` is empty\n  help: each line should be a JSON object"
    )


def test_what_stands_beside_the_attributes_of_a_record_is_refused_when_it_is_scored(tmp_path):
    beside = {"event": [], "stage": "mql", "lead": "1", "seen": "2026-01-01T00:00:00Z", "stages": None, "events": None}
    row = lines(tmp_path, json.dumps(LEAD | beside), id_column="lead", as_of_column="seen")[0]
    assert isinstance(row, Row)
    assert row.lead == {"id": "1", "attributes": LEAD["attributes"], "events": [], "stages": {}} | {
        "event": [],
        "stage": "mql",
    }
    with pytest.raises(LeadError) as caught:
        Ruleset.from_text("city is known +1").evaluate(row.lead, as_of=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert [mistake.code for mistake in caught.value.mistakes] == ["unknown_key"]


@pytest.mark.parametrize(("part", "value"), [("events", 5), ("stages", "mql")])
def test_a_part_of_a_lead_that_is_none_is_refused_beside_attributes(tmp_path, part, value):
    row = lines(tmp_path, json.dumps(LEAD | {part: value}))[0]
    assert isinstance(row, Row)
    assert row.lead[part] == value
