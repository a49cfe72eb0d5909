"""The three rule files of `examples/real` give the totals known from elsewhere, by Python and from the command line.

The data is not part of the checkout: what it is and where the totals come from stands in its README.
"""

import csv
import datetime as dt
import subprocess
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from leadrules import Ruleset
from leadrules.tables import Row, read_leads

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared/data"
NOON = "2026-01-01T12:00:00Z"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.exists(), reason="needs the data that is not part of the checkout"),
]


@attrs.frozen
class Known:
    """A rule table and what is known of its scores; `won` are the ids of the leads that were won."""

    rules: str
    leads: str
    id_column: str
    total: int
    least: int
    largest: int
    outcome: tuple[str, str]
    won: int
    auc: str | None = None
    events: str | None = None
    as_of_column: str | None = None

    @property
    def event_columns(self) -> dict[str, str | None] | None:
        return {"lead": "case_id", "type": "activity", "at": "timestamp", "id": None} if self.events else None


TABLES = [
    Known("x_education", "x_education_1000.csv", "Prospect ID", 17_091, -40, 100, ("Converted", "1"), 345, "0.78724"),
    Known("bank", "bank.csv", "#", 78_190, -22, 106, ("y", "yes"), 521, "0.721983"),
    Known(
        "bpi2012", "bpi2012_500_cases.csv", "case_id", -15_460, -115, 105, ("outcome", "won"), 111,
        events="bpi2012_500_events.csv", as_of_column="as_of",
    ),
]  # fmt: skip


@pytest.fixture(params=TABLES, ids=lambda known: known.rules)
def known(request: pytest.FixtureRequest) -> Known:
    return request.param


def test_python(known):
    rules = Ruleset.from_file(ROOT / f"examples/real/{known.rules}.leadrules")
    assert rules.warnings == ()
    scores = {}
    rows = {}
    for row in rows_of(known):
        as_of = dt.datetime.fromisoformat(row.as_of or NOON)
        result = rules.evaluate(row.lead, as_of=as_of)
        assert sum((entry.points for entry in result.audit), Decimal(0)) == result.score
        scores[row.lead["id"]], rows[row.lead["id"]] = result.score, row.lead["attributes"]
    check(known, scores, rows)


def test_command_line(known, tmp_path):
    output = tmp_path / "scored.csv"
    at = ["--as-of-column", known.as_of_column] if known.as_of_column else ["--as-of", NOON]
    events = ["--events", DATA / known.events] if known.events else []
    columns = ["--event-columns", "lead=case_id,type=activity,at=timestamp,id="] if known.events else []
    rules = ROOT / f"examples/real/{known.rules}.leadrules"
    run = subprocess.run(
        [
            *(sys.executable, "-m", "leadrules", "score", rules, DATA / known.leads),
            *("--id-column", known.id_column, "-o", output, *at, *events, *columns),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    with output.open(encoding="utf-8", newline="") as file:
        scores = {row[known.id_column]: Decimal(row["score"]) for row in csv.DictReader(file)}
    check(known, scores, {row.lead["id"]: row.lead["attributes"] for row in rows_of(known)})


def rows_of(known: Known) -> Iterable[Row]:
    events = DATA / known.events if known.events else None
    table = read_leads(
        DATA / known.leads,
        id_column=known.id_column,
        as_of_column=known.as_of_column,
        events=events,
        event_columns=known.event_columns,
    )
    for row in table:
        assert isinstance(row, Row), row
        yield row


def check(known: Known, scores: dict[str, Decimal], leads: dict[str, dict[str, str]]) -> None:
    assert scores.keys() == leads.keys()
    assert (sum(scores.values()), min(scores.values()), max(scores.values())) == (
        known.total,
        known.least,
        known.largest,
    )
    column, value = known.outcome
    won = {name for name, lead in leads.items() if lead[column] == value}
    assert len(won) == known.won
    if known.auc:
        places = len(known.auc) - 2
        assert round(area_under_curve(scores, won), places) == float(known.auc)
    for name, lead in leads.items():
        if "expected_score" in lead:
            assert scores[name] == Decimal(lead["expected_score"]), name


def area_under_curve(scores: dict[str, Decimal], won: set[str]) -> float:
    """Give the share of pairs of a won and a lost lead in which the won one scores higher, ties half.

    (Mann and Whitney 1947: that is the area under the ROC curve.)
    """
    lost = sorted(score for name, score in scores.items() if name not in won)
    halves = sum(bisect_left(lost, scores[name]) + bisect_right(lost, scores[name]) for name in won)
    return halves / (2 * len(won) * len(lost))
