"""Two files of results, of any format, held against each other."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from leadrules import Ruleset
from leadrules.insights import compare_scored
from leadrules.tables import CsvForm, FileProblem, read_scored, score_files

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
RULES = """\
employees >= 10   +12.5
budget            +8      because "has money"
budget            -> tag "=rich"
stages stage: cold < warm exit lost
  score >= 12     -> warm
  country = "XX"  -> lost
grade cell = score: "1" >= 20, "2"
"""
LAST = "id,employees,budget,country\n1,50,,\n2,1,yes,\n=3,1,,\n4,1,,\n5,50,yes,XX\n"
NOW = "id,employees,budget,country\n1,50,yes,\n2,1,,\n=3,1,,\n4,1,,XX\n6,1,yes,\n"
FORMATS = ["csv", "xlsx", "jsonl", "json", "parquet"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("last-leads.csv").write_text(LAST, "utf-8")
    Path("now-leads.csv").write_text(NOW, "utf-8")


def made(name, rules=RULES, *, as_of=NOON, **options):
    leads = f"{name.partition('.')[0]}-leads.csv"
    return score_files(Ruleset.from_text(rules), leads=leads, as_of=as_of, output=name, **options)


@pytest.mark.parametrize("last", FORMATS)
@pytest.mark.parametrize("now", FORMATS)
def test_all_formats_say_the_same(last, now):
    made(f"last.{last}", keep=["country"])
    made(f"now.{now}")
    found = compare_scored(read_scored(f"last.{last}"), read_scored(f"now.{now}"))
    assert [(one.lead, one.points) for one in found.rose] == [("1", 8)]
    assert [(one.lead, one.points) for one in found.fell] == [("2", -8)]
    assert [(one.lead, one.values) for one in found.level] == [("4", {"stage": ("cold", "lost")})]
    assert (list(found.new), list(found.gone), found.same) == (["6"], ["5"], 1)
    assert found.rose[0].values["tags"] == ("", "=rich")
    assert found.labels["stage"] == {
        ("warm", "warm"): 1,
        ("cold", "cold"): 2,
        ("cold", "lost"): 1,
        ("(new)", "cold"): 1,
        ("lost", "(gone)"): 1,
    }
    with_reasons = {last, now} <= {"jsonl", "json", "xlsx"}
    assert found.rose[0].reasons == ((("has money", Decimal(8)),) if with_reasons else ())


@pytest.mark.parametrize("form", FORMATS)
def test_only_what_is_other_is_written(form):
    made(f"last.{form}", keep="all" if form != "json" else ())
    summary = made("now.csv", only_changed=f"last.{form}")
    assert [row.split(",")[0] for row in Path("now.csv").read_text("utf-8").splitlines()] == ["id", "1", "2", "4", "6"]
    assert summary.remarks == (
        f"1 lead is as in `last.{form}`, and left out of the results",
        f"`last.{form}` has 1 lead not among those that are scored now",
    )


def test_the_file_of_last_time_is_not_overwritten():
    made("last.csv")
    before = Path("last.csv").read_bytes()
    with pytest.raises(FileProblem, match="is also read"):
        made("last.csv", only_changed="last.csv")
    assert Path("last.csv").read_bytes() == before


def test_csv_with_decimal_commas():
    made("last.csv", form=CsvForm.of("excel-pl"), keep="all")
    made("now.csv")
    assert read_scored("last.csv").leads["1"].score == Decimal("12.5")
    assert compare_scored(read_scored("last.csv"), read_scored("now.csv")).same == 1


@pytest.mark.parametrize("form", ["xlsx", "jsonl", "json", "parquet"])
def test_what_made_the_results_is_told_where_the_files_say_it(form):
    made(f"last.{form}")
    made(f"now.{form}", RULES.replace("+8", "+9"), as_of=NOON + dt.timedelta(days=7))
    found = compare_scored(read_scored(f"last.{form}"), read_scored(f"now.{form}"))
    assert (found.rules, found.moment) == ("other", "other")
    again = compare_scored(read_scored(f"last.{form}"), read_scored(f"last.{form}"))
    assert (again.rules, again.moment, again.differences) == ("same", "same", ())


def test_csv_says_nothing_of_what_made_it_and_nothing_is_said():
    made("last.csv")
    made("now.jsonl")
    found = compare_scored(read_scored("last.csv"), read_scored("now.jsonl"))
    assert (found.rules, found.moment) == (None, None)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("x.csv", "id,score\n1,2\n", "is no file of results"),
        ("x.jsonl", '{"id": 1, "lead": "1"}\n', "is no file of results"),
        ("x.csv", "id,score,segments,tags,recommendations,missing\n1,2,,,,\n1,3,,,,\n", "has the id `1` twice"),
        ("x.csv", "id,score,segments,tags,recommendations,missing\n1,many,,,,\n", "has the score `many`"),
        ("x.csv", "nr,score,segments,tags,recommendations,missing\n1,2,,,,\n", "has no column `id`"),
    ],
)
def test_files_that_are_no_results(name, text, problem):
    Path(name).write_text(text, "utf-8")
    with pytest.raises(FileProblem) as caught:
        read_scored(name)
    assert problem in caught.value.problem


def test_a_workbook_with_a_sheet_for_each_list_is_refused_with_what_to_give():
    made("last.xlsx", by="stage")
    with pytest.raises(FileProblem) as caught:
        read_scored("last.xlsx")
    assert caught.value.problem == "has a sheet for each list, and none with all leads"
    assert caught.value.advice == "give results that were written without `by=…`, whose sheet `Leads` has them all"
