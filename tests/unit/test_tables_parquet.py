"""Parquet: every value is read exactly, or told of with row, column and value; the rest of the file is read."""

import builtins
import datetime as dt
import json
import uuid
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from leadrules import Ruleset
from leadrules.tables import (
    FileProblem,
    Row,
    formats,
    parquet_files,
    parquet_values,
    read_events,
    read_leads,
    score_files,
)

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock
TEXT_PAIRS = pa.map_(pa.string(), pa.string())


def written(folder: Path, **columns: object) -> Path:
    path = folder / "leads.parquet"
    parquet.write_table(pa.table(columns), path)
    return path


def numbers(kind: pa.DataType, *values: int | None) -> pa.Array:
    """Make values of a kind from the whole numbers that they are stored as."""
    width = pa.int32() if kind.bit_width == 32 else pa.int64()
    return pa.array(values, width).cast(kind)


def not_utf_8(*values: bytes) -> pa.Array:
    return pa.array(values, pa.binary()).view(pa.string())


def nested(column: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(range(len(column) + 1), pa.int32()), column)


def test_a_parquet_row_is_a_lead(tmp_path):
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    path = written(
        tmp_path,
        id=[1, 2],
        name=["Ann", None],
        size=[1.5, 2.0],
        created=pa.array([moment, None]),
        exact=pa.array([Decimal("0.10"), None]),
        tags=[["a", "b"], []],
    )
    first, second = read_leads(path)
    assert first == Row(
        1,
        None,
        {
            "id": "1",
            "attributes": {
                "id": 1,
                "name": "Ann",
                "size": 1.5,
                "created": moment,
                "exact": Decimal("0.10"),
                "tags": ["a", "b"],
            },
            "events": [],
            "stages": {},
        },
    )
    assert second.lead["attributes"]["name"] is None


def test_the_time_of_scoring_may_have_nanoseconds(tmp_path):
    path = written(tmp_path, id=["1"], at=pa.array([1_767_225_600_000_000_001], pa.timestamp("ns", "UTC")))
    (row,) = read_leads(path, as_of_column="at")
    assert row.as_of == "2026-01-01T00:00:00+00:00"


def test_parquet_may_nest_the_shape_of_a_lead(tmp_path):
    path = written(
        tmp_path,
        id=["1"],
        attributes=pa.array([{"city": "Łódź"}]),
        events=pa.array([[{"type": "x", "at": "2026-01-01"}]]),
        stages=pa.array([[("s", "a")]], pa.map_(pa.string(), pa.string())),
    )
    assert [row.lead for row in read_leads(path)] == [
        {
            "id": "1",
            "attributes": {"city": "Łódź"},
            "events": [{"type": "x", "at": "2026-01-01"}],
            "stages": {"s": "a"},
        }
    ]


def test_a_file_that_lacks_what_is_needed(tmp_path):
    path = tmp_path / "leads.parquet"
    path.write_bytes(b"")
    with pytest.raises(FileProblem, match="is empty"):
        read_leads(path)
    path = written(tmp_path, lead_id=["1"])
    with pytest.raises(FileProblem, match="has no column `id` for the id of the lead; its columns are `lead_id`"):
        read_leads(path)


def test_two_columns_of_one_name(tmp_path):
    path = tmp_path / "leads.parquet"
    parquet.write_table(pa.table([pa.array([1]), pa.array([2])], names=["id", "id"]), path)
    with pytest.raises(FileProblem, match="has two columns named `id`"):
        read_leads(path)


def test_a_damaged_parquet_file_is_a_problem_where_the_damage_is(tmp_path):
    path = written(tmp_path, id=[str(n) for n in range(5000)])
    damaged = bytearray(path.read_bytes())
    damaged[8:40] = b"\xff" * 32
    path.write_bytes(damaged)
    with pytest.raises(FileProblem, match="cannot be read after row 0: "):
        list(read_leads(path))


def test_parquet_needs_pyarrow(tmp_path, monkeypatch):
    path = written(tmp_path, id=["1"])
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(FileProblem) as caught:
        read_leads(path)
    assert str(caught.value) == (
        f"`{path}` needs pyarrow to be read\n  help: install it with: pip install 'leadrules[tables]'"
    )


# ------------------------------------------------- values of every kind

YEARS = "is out of range (write a year from 2 to 9998)"
SPAN = "a span of time cannot be read (give it as a number, such as of days)"
UNHELD = {
    "milliseconds": (numbers(pa.timestamp("ms"), 253_402_300_800_000), f"`10000-01-01 00:00:00` {YEARS}"),
    "microseconds": (numbers(pa.timestamp("us"), 2**63 - 1), f"`294247-01-10 04:00:54.775807` {YEARS}"),
    "with a zone": (numbers(pa.timestamp("us", "UTC"), -(2**63 - 1)), f"`-290308-12-21 19:59:05.224193` {YEARS}"),
    "the last day": (numbers(pa.date32(), 2**31 - 1), f"`5881580-07-11` {YEARS}"),
    "a day before the first": (numbers(pa.date32(), -719_163), f"`0000-12-31` {YEARS}"),
    "a day before Christ": (numbers(pa.date32(), -719_529), f"`-0001-12-31` {YEARS}"),
    "days in milliseconds": (numbers(pa.date64(), 4_000_000 * 86_400_000), f"`12921-08-18` {YEARS}"),
    "a span": (numbers(pa.duration("ns"), 1), SPAN),
    "a long span": (numbers(pa.duration("s"), 2**62), SPAN),
    "a time of no day": (numbers(pa.time64("us"), 10**18), "`1000000000000000000` is no time of a day"),
    "a negative time of day": (numbers(pa.time32("ms"), -5), "`-5` is no time of a day"),
    "no UTF-8": (not_utf_8(b"caf\xe9"), "`caf�` is not UTF-8 (write the text in UTF-8)"),
    "no UTF-8, long": (not_utf_8(b"caf\xe9").cast(pa.large_string()), "`caf�` is not UTF-8 (write the text in UTF-8)"),
    "no UTF-8, coded": (
        not_utf_8(b"caf\xe9").dictionary_encode(),
        "`caf�` is not UTF-8 (write the text in UTF-8)",
    ),
    "one name twice in a map": (pa.array([[("a", "1"), ("a", "2")]], TEXT_PAIRS), "an object gives `a` twice"),
    "one name twice in a struct": (
        pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]),
        "an object gives `a` twice",
    ),
    "a map of numbers": (
        pa.array([[(1, "1")]], pa.map_(pa.int64(), pa.string())),
        "an object has names that are no texts",
    ),
    "a map of structs": (
        pa.array([[({"a": 1}, "1")]], pa.map_(pa.struct([("a", pa.int64())]), pa.string())),
        "an object has names that are no texts",
    ),
    "a list of bad texts": (
        nested(not_utf_8(b"caf\xe9")),
        "a list has a member that is not UTF-8 (write the text in UTF-8)",
    ),
}
FIELD = {"a list of bad texts": "list of text"}


@pytest.mark.parametrize("kind", UNHELD)
def test_a_value_that_cannot_be_held_makes_its_row_a_reject(tmp_path, kind):
    column, said = UNHELD[kind]
    path = written(
        tmp_path, id=["1", "2"], employees=[20, 20], odd=pa.concat_arrays([column, pa.nulls(1, column.type)])
    )
    rules = Ruleset.from_text(f"field odd: {FIELD.get(kind, 'text')}\nodd is known +1\nemployees > 5 +1")
    summary = score_files(rules, leads=path, as_of=NOON)
    assert (summary.scored, summary.rejected, summary.rows) == (1, 1, 2)
    assert summary.reasons == (f"row 1: field `odd`: {said}",)


@pytest.mark.parametrize("progress", [None, lambda _one: None])
@pytest.mark.parametrize("kind", UNHELD)
def test_where_no_rule_reads_it_no_lead_is_lost(tmp_path, kind, progress):
    path = written(tmp_path, id=["1"], employees=[20], odd=UNHELD[kind][0])
    rules = Ruleset.from_text("employees > 5 +1")
    assert score_files(rules, leads=path, as_of=NOON, progress=progress).scored == 1


HELD = {
    "nanoseconds": (numbers(pa.timestamp("ns"), 1_999), EPOCH.replace(microsecond=1)),
    "nanoseconds before 1970": (
        numbers(pa.timestamp("ns", "UTC"), -1),
        dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, dt.UTC),
    ),
    "a zone that does not exist": (
        numbers(pa.timestamp("s", "Mars/Olympus"), 60),
        EPOCH.replace(minute=1, tzinfo=dt.UTC),
    ),
    "an offset that does not exist": (
        numbers(pa.timestamp("ms", "+25:00"), 1_000),
        EPOCH.replace(second=1, tzinfo=dt.UTC),
    ),
    "coded nanoseconds": (numbers(pa.timestamp("ns"), 1).dictionary_encode(), EPOCH),
    "listed nanoseconds": (nested(numbers(pa.timestamp("ns"), 1)), [EPOCH]),
    "nanoseconds in a struct": (
        pa.StructArray.from_arrays([numbers(pa.timestamp("ns"), 1)], names=["at"]),
        {"at": EPOCH},
    ),
    "nanoseconds in a map": (
        pa.MapArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array(["at"]), numbers(pa.timestamp("ns"), 1)),
        {"at": EPOCH},
    ),
    "a day": (numbers(pa.date32(), -719_162), dt.date(1, 1, 1)),
    "a day in milliseconds": (numbers(pa.date64(), 86_400_000), dt.date(1970, 1, 2)),
    "a time of day": (numbers(pa.time64("ns"), 3_661_000_000_001), "01:01:01.000000001"),
    "a time of day in seconds": (numbers(pa.time32("s"), 86_399), "23:59:59"),
    "a list of one size": (pa.array([[1, 2]], pa.list_(pa.int64(), 2)), [1, 2]),
    "a large list": (pa.array([["a"]], pa.large_list(pa.string())), ["a"]),
    "an empty list": (pa.array([[]], pa.list_(pa.string())), []),
    "a UUID": (
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([uuid.UUID(int=1).bytes], pa.binary(16))),
        str(uuid.UUID(int=1)),
    ),
    "a bool of eight bits": (pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1], pa.int8())), True),
    "JSON": (pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}"])), "{}"),
    "a long decimal": (pa.array([Decimal("9" * 70)], pa.decimal256(76, 0)), Decimal("9" * 70)),
    "half a float": (pa.array([1.5]).cast(pa.float16()), 1.5),
    "a view": (pa.array(["a" * 40]).cast(pa.string_view()), "a" * 40),
    "bytes": (pa.array([b"\xff"]), b"\xff"),
    "the largest whole number": (pa.array([2**64 - 1], pa.uint64()), 2**64 - 1),
    "nothing": (pa.nulls(1), None),
}


@pytest.mark.parametrize("kind", HELD)
def test_a_value_is_read_exactly(tmp_path, kind):
    column, expected = HELD[kind]
    gap = pa.nulls(1, column.type) if column.type.id != pa.uuid().id else column.slice(0, 0)
    several = pa.concat_arrays([gap, column, gap]) if len(gap) else column
    path = written(tmp_path, id=[str(n) for n in range(len(several))], odd=several)
    read = [row.lead["attributes"]["odd"] for row in read_leads(path)]
    assert read == ([None, expected, None] if len(gap) else [expected])
    assert [type(value) for value in read if value is not None] == ([] if expected is None else [type(expected)])


def test_the_shape_of_a_lead_as_tables_write_it(tmp_path):
    at = pa.array([1_795_219_200_123_456_789, None, -1], pa.timestamp("ns", "UTC"))
    events = pa.StructArray.from_arrays([pa.array(["page_view"] * 3), at], names=["type", "at"])
    listed = pa.ListArray.from_arrays(pa.array([0, 1, 2, 3, 3], pa.int32()), events)
    path = written(tmp_path, id=["1", "2", "3", "4"], events=listed)
    rules = Ruleset.from_text("page_view +5")
    scored = []
    summary = score_files(rules, leads=path, as_of=NOON, progress=scored.append, output=tmp_path / "out.jsonl")
    assert [(one.row.number, one.result.score) for one in scored if hasattr(one, "result")] == [(1, 5), (3, 5), (4, 0)]
    assert summary.reasons == ("row 2: event `page_view` has no time (`at` is missing)",)
    evidence = [json.loads(line)["audit"] for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert "2026-11-21T00:00:00.123456Z" in str(evidence[0])
    assert "1969-12-31T23:59:59.999999Z" in str(evidence[1])


def test_a_part_of_a_lead_that_cannot_be_held_is_told_and_never_taken_for_none(tmp_path):
    twice = pa.array([[("employees", "9"), ("employees", "8")], [("employees", "9")]], TEXT_PAIRS)
    path = written(tmp_path, id=["1", "2"], attributes=twice)
    summary = score_files(Ruleset.from_text("employees > 5 +1"), leads=path, as_of=NOON)
    assert (summary.scored, summary.reasons) == (1, ("row 1: attributes: what was given gives `employees` twice",))


def test_only_what_rules_read_is_read(tmp_path, monkeypatch):
    read = []

    def noted(given: object, wanted: object) -> object:
        read.append(next(opened(given, wanted).records).values.keys())
        return opened(given, wanted)

    opened = parquet_files.open_parquet
    columns = {"id": ["1"], "m²": [9], "html": ["x"], "employees": [9], "stages": pa.nulls(1)}
    leads = written(tmp_path, **columns)
    events = tmp_path / "events.parquet"
    parquet.write_table(
        pa.table({"lead_id": ["1"], "type": ["page_view"], "at": ["2026-01-01"], "seconds": [9], "html": ["x"]}), events
    )
    rules = Ruleset.from_text(
        "field `m2`: number\nevent page_view[seconds: number]\nm2 > 5 +1\npage_view[seconds > 5] +1\n"
    )
    monkeypatch.setitem(formats._READERS, "parquet", noted)
    assert score_files(rules, leads=leads, events=events, as_of=NOON).scored == 1
    assert [sorted(names) for names in read] == [["at", "lead_id", "seconds", "type"], ["id", "m²", "stages"]]
    assert read_leads(leads, only=["m2"]).columns == tuple(columns)
    assert [row.lead["attributes"]["html"] for row in read_leads(leads)] == ["x"]
    assert read_events(events).of("1")[0]["properties"] == {"seconds": 9, "html": "x"}


def test_rules_that_read_no_column_score_numbered_rows(tmp_path):
    path = written(tmp_path, a=[1, 2, 3])
    summary = score_files(Ruleset.from_text("need -> mql"), leads=path, id_column="#", as_of=NOON)
    assert (summary.scored, summary.rows) == (3, 3)


def test_a_file_that_is_encrypted_or_damaged_is_told_in_a_sentence(tmp_path):
    path = tmp_path / "leads.parquet"
    whole = written(tmp_path, id=["1"]).read_bytes()
    for content in (whole[:-1], whole[:40], b"PAR1", b"id,name\n1,Ann\n", b"\0" * 40):
        path.write_bytes(content)
        with pytest.raises(FileProblem, match="is not a Parquet file, or not a whole one"):
            read_leads(path)
    path.write_bytes(b"PAR1" + b"\0" * 40 + b"\xff\xff\xff\x7fPAR1")
    with pytest.raises(FileProblem, match="is damaged, or Parquet of a kind that cannot be read: "):
        read_leads(path)
    parquet.write_table(pa.table({}), path)
    with pytest.raises(FileProblem, match="has no columns"):
        read_leads(path)
    path.write_bytes(b"PARE" + b"\0" * 40 + b"\x08\0\0\0PARE")
    with pytest.raises(FileProblem, match="is encrypted"):
        read_leads(path)


def test_rows_that_are_much_larger_than_the_file_are_read_a_few_at_a_time(tmp_path, monkeypatch):
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 300, pa.int32()), pa.array(["x" * 1_000_000]))
    path = written(tmp_path, id=[str(n) for n in range(300)], text=text)
    assert path.stat().st_size < 100_000
    values_of, at_once = parquet_values.values_of, []

    def counted(array: pa.Array) -> list[str]:
        at_once.append(len(array))
        return values_of(array)

    monkeypatch.setattr(parquet_values, "values_of", counted)
    assert sum(len(row.lead["attributes"]["text"]) == 1_000_000 for row in read_leads(path)) == 300
    assert max(at_once) == 64


def test_memory_that_runs_out_is_told_with_the_row(tmp_path, monkeypatch):
    path = written(tmp_path, id=[str(n) for n in range(100)])

    def full(array: pa.Array) -> list[str]:
        if array[0].as_py() != "0":
            raise pa.ArrowMemoryError("malloc of size 9 failed")
        return array.to_pylist()

    monkeypatch.setattr(parquet_values, "values_of", full)
    with pytest.raises(FileProblem, match="needs more memory than there is, after row 64"):
        list(read_leads(path))


def test_a_pyarrow_that_cannot_be_loaded_is_told(tmp_path, monkeypatch):
    def refuse(name: str, *rest: object) -> object:
        if name == "pyarrow":
            raise ImportError("libarrow.so: failed to map segment from shared object\nand more")
        return load(name, *rest)

    path = written(tmp_path, id=["1"])
    load = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(FileProblem) as caught:
        read_leads(path)
    assert str(caught.value) == (
        f"`{path}` needs pyarrow to be read, which cannot be loaded: "
        "libarrow.so: failed to map segment from shared object\n  help: give it more memory, or install pyarrow again"
    )
