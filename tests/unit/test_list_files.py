"""The files of lists are read as files of leads are: delimiters, encodings, workbooks, names of columns."""

import datetime as dt
import pickle

import openpyxl
import pytest

from leadrules import Ruleset, RulesetError
from leadrules.ruleset import remarks_of
from leadrules.tables import compare, read_leads, score_files

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


def test_how_a_list_is_read_is_said_once(tmp_path):
    rules = tmp_path / "rules.leadrules"
    rules.write_text(RULES.format("csv") + 'list more from "cities.csv" column "city"\ncity in more +1\n', "utf-8")
    (tmp_path / "leads.csv").write_text("id,city\n1,Łódź\n", "utf-8")
    cities = tmp_path / "cities.csv"
    cities.write_bytes("tier;city\nA;Łódź\n".encode("cp1250"))
    said = f"`{cities}` is read as Windows-1250 (`Łódź`, not `£ódŸ` as Windows-1252 has it); save it as UTF-8 where"
    loaded = Ruleset.from_file(rules)
    summary = score_files(loaded, leads=tmp_path / "leads.csv", as_of=NOON)
    assert [remark.startswith(said) for remark in summary.remarks] == [True]
    assert compare(loaded, read_leads(tmp_path / "leads.csv")).remarks == summary.remarks
    cities.write_text("tier;city\nA;Łódź\n", "utf-8")
    assert score_files(Ruleset.from_file(rules), leads=tmp_path / "leads.csv", as_of=NOON).remarks == ()


def test_of_a_workbook_with_several_sheets_it_is_said_which_is_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["city"])
    book.active.append(["x"])
    book.create_sheet("Old").append(["city"])
    book.save(tmp_path / "cities.xlsx")
    (tmp_path / "rules.leadrules").write_text(RULES.format("xlsx"), "utf-8")
    (said,) = remarks_of(Ruleset.from_file(tmp_path / "rules.leadrules"))
    assert said.endswith("is read from its sheet `Sheet`; it has `Old`, too, and the first is the one that counts")


# ---------------------------------------------------------------------- tables

OWNERS = 'table reps from "reps.{0}" key "Region" [Quota: number as "1 234"]\nreps.Quota(region) >= 1000 +10\n'
OWNERS += "output owner = reps.`Account Owner`(region)\n"
REPS = [["Region", "Account Owner", "Quota"], ["Łódzkie", "Żak, Anna", "1 200"], ["Śląskie", "Nowak", "800"]]


def owner(rules: Ruleset, region: str) -> tuple[str | None, int]:
    result = rules.evaluate({"id": "1", "attributes": {"region": region}}, as_of=NOON)
    return result.outputs["owner"], int(result.score)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_table_of_any_delimiter_and_encoding(tmp_path, encoding, delimiter):
    text = "".join(delimiter.join(row) + "\n" for row in REPS)
    (tmp_path / "reps.csv").write_bytes(text.encode(encoding))
    path = tmp_path / "rules.leadrules"
    path.write_text(OWNERS.format("csv"), "utf-8")
    rules = Ruleset.from_file(path)
    for loaded in (rules, Ruleset.from_bundle(rules.bundle()), pickle.loads(pickle.dumps(rules))):  # noqa: S301
        assert owner(loaded, "łódzkie") == ("Żak, Anna", 10)
        assert owner(loaded, "śląskie") == ("Nowak", 0)
        assert owner(loaded, "Opolskie") == (None, 0)
        assert loaded.fingerprint == rules.fingerprint
    assert [(one.kind, one.name) for one in rules.sources()] == [("rules", "rules.leadrules"), ("table", "reps.csv")]


def test_a_table_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in [REPS[0], ["Łódzkie", "Żak, Anna", 1200]]:
        book.active.append(row)
    book.save(tmp_path / "reps.xlsx")
    path = tmp_path / "rules.leadrules"
    path.write_text(OWNERS.format("xlsx"), "utf-8")
    assert owner(Ruleset.from_file(path), "łódzkie") == ("Żak, Anna", 10)


def test_the_columns_that_are_asked_are_part_of_the_fingerprint():
    text = "Region,Account Owner,Quota,Note\nx,Nowak,1,a\n"
    prints = [
        Ruleset.from_text(OWNERS.format("csv"), files={"reps.csv": each}).fingerprint
        for each in (text, text.replace(",a", ",b"), text.replace("Nowak", "Żak"), text.replace("x,", "X,"))
    ]
    assert prints[0] == prints[1] == prints[3] != prints[2]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"rep.csv": "x"}, "there is no file `reps.csv` here"),
        ({"reps.csv": "Regio,Quota\nx,1\n"}, 'has no column "Region" (did you mean "Regio"?'),
        ({"reps.csv": "Region,Quota\nx,1\nX,2\n"}, "stands twice in `reps.csv`, in rows 2 and 3"),
    ],
)
def test_a_table_that_cannot_be_read(tmp_path, files, said):
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "rules.leadrules").write_text(OWNERS.format("csv"), "utf-8")
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_file(tmp_path / "rules.leadrules")
    assert said in str(caught.value)
