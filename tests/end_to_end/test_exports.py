"""Exports as programs write them, scored with one command each: to exactly the totals worked out by another program."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

EXPORTS = Path(__file__).parents[3] / "shared" / "cases" / "exports"
pytestmark = pytest.mark.skipif(not EXPORTS.is_dir(), reason="the exports are not part of the project")

COMMANDS = {
    "polish-crm": (
        *("--event-columns", "lead=ID kontaktu,type=Typ zdarzenia,at=Data"),
        *("--events", "{folder}/zdarzenia.csv"),
    ),
    "saas": (
        *("--id-column", "Record ID", "--event-columns", "lead=contact_id,type=event,at=timestamp"),
        *("--events", "{folder}/activity.csv", "--events", '{folder}/opens.csv:type="email_open"'),
        *("--events", '{folder}/unsubscribes.csv:type="unsubscribe",at=at_ms'),
    ),
}


@pytest.mark.parametrize(
    ("client", "leads"), [("polish-crm", "leads.csv"), ("polish-crm", "leads.xlsx"), ("saas", "contacts.csv")]
)
def test_an_export_scores_without_a_script_between(client, leads, tmp_path, monkeypatch, leadrules):
    if leads.endswith(".xlsx"):
        pytest.importorskip("python_calamine")
    monkeypatch.chdir(tmp_path)
    folder = EXPORTS / client
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    options = [option.format(folder=folder) for option in COMMANDS[client]]
    files = (str(folder / "rules.leadrules"), str(folder / leads))
    run = leadrules("score", *files, *options, "--as-of", expected["as_of"], "-o", "scored.csv")
    assert run.exit_code == 0, run.stderr
    with Path("scored.csv").open(encoding="utf-8", newline="") as file:
        rows = {next(iter(row.values())): row for row in csv.DictReader(file)}
    found = {
        lead: {name: value if name == "stage" else Decimal(value) for name, value in row.items() if name in wanted}
        for lead, wanted in expected["expected"].items()
        for row in (rows[lead],)
    }
    wanted = {
        lead: {name: value for name, value in one.items() if name != "held"}
        for lead, one in expected["expected"].items()
    }
    assert (found, len(rows)) == (wanted, len(wanted))
    if "total" in expected:
        assert sum(Decimal(row["score"]) for row in rows.values()) == expected["total"]
    if "unmatched_events" in expected:
        assert f"note: {expected['unmatched_events']} event of leads that" in run.stderr
