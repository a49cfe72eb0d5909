"""The files of lists are read as files of leads are: delimiters, encodings, workbooks, names of columns."""

import datetime as dt

import openpyxl
import pytest

from leadrules import Ruleset, RulesetError

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RULES = 'list cities from "cities.{0}" column "city"\ncity in cities +10\n'
CITIES = ["Łódź", "Kraków, Stare Miasto"]


def score(folder, suffix: str, city: str) -> float:
    rules = folder / "rules.leadrules"
    rules.write_text(RULES.format(suffix), "utf-8")
    loaded = Ruleset.from_file(rules)
    again = Ruleset.from_bundle(loaded.bundle())
    lead = {"id": "1", "attributes": {"city": city}}
    found = loaded.evaluate(lead, as_of=NOON).score
    assert again.evaluate(lead, as_of=NOON).score == found
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "iso8859_2", "utf-16"])
@pytest.mark.parametrize("start", ["tier;city\n", "sep=;\ntier;city\n"])
def test_a_list_of_any_delimiter_and_encoding(tmp_path, encoding, start):
    text = start + "".join(f"A;{city}\n" for city in CITIES)
    (tmp_path / "cities.csv").write_bytes(text.encode(encoding))
    assert [score(tmp_path, "csv", city) for city in (*CITIES, "£ódŸ")] == [10, 10, 0]


def test_a_list_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for cells in (["tier", "city"], *(["A", city] for city in CITIES)):
        book.active.append(cells)
    book.save(tmp_path / "cities.xlsx")
    assert [score(tmp_path, "xlsx", city) for city in (*CITIES, "Köln")] == [10, 10, 0]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "csv",
            b"tier;citi\nA;x\n",
            '`cities.csv` has no column "city" (did you mean "citi"? its columns are "tier", "citi")',
        ),
        ("csv", b"\x00\x01\xff\xfe", "`cities.csv` is not UTF-8, nor of an encoding that can be told: save it again"),
        ("xlsx", b"PK\x03\x04", "`cities.xlsx` cannot be read as a workbook"),
    ],
)
def test_a_list_that_cannot_be_read(tmp_path, name, content, said):
    (tmp_path / f"cities.{name}").write_bytes(content)
    with pytest.raises(RulesetError) as caught:
        score(tmp_path, name, "x")
    assert said in str(caught.value)


def test_the_first_values_of_a_list_without_a_column(tmp_path):
    (tmp_path / "rules.leadrules").write_text('list domains from "d.csv"\ndomain in domains +1\nfield domain: text\n')
    (tmp_path / "d.csv").write_text("a.example;A\nb.example;B\n")
    rules = Ruleset.from_file(tmp_path / "rules.leadrules")
    assert rules.evaluate({"id": "1", "attributes": {"domain": "b.example"}}, as_of=NOON).score == 1
