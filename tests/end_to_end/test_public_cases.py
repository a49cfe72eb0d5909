"""Public reports about other programs' data, each tried as a user would: their files, one command, what it says done.

They are about data taken for something else, data that cannot be read, and who is who.
"""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

CASES = Path(__file__).parents[3] / "shared" / "cases" / "public"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not part of the project")

BY_FILES = {
    "15-score-history": ("--events events.csv --as-of-column as_of", [("A", "5"), ("A", "7.27")]),
    "28-windows-1250": ("", [("A", "10")]),
    "48-wrong-form-of-date": ("", [("B", "10"), ("C", "0"), ("D", "10")]),
    "51-parts-of-objects": ("", [("A", "10")]),
    "60-one-file-per-kind": ("--events events.csv --events forms.csv", [("A", "11")]),
    "60-one-file-per-kind, one without its type": (
        """--events events.csv --events forms-without-type.csv:lead=contact_id,at=added_at,type="form_submit\"""",
        [("A", "11")],
    ),
}
"""What comes of the rules and files as they are."""

BY_ADVICE = {
    "20-decimal-comma": ("", [("A", "15"), ("B", "5"), ("C", "15")]),
    "22-comma-inside-option": ("", [("A", "15"), ("B", "5")]),
    "27-forms-of-time": ("--events events.csv", [(lead, "10") for lead in "ABCDE"] + [("F", "12")]),
    "61-column-of-another-name": ("", [("A", "25")]),
}
"""What comes once the lines stand in the rules that the command says to write."""

BY_RULES = {
    "21-size-ranges": (
        """\
field size: number from "No. of Employees" as "51-200"
size >= 500 +30 | >= 201 +20 | >= 51 +10 | else -5
""",
        "",
        [("A", "10"), ("B", "30"), ("C", "30"), ("D", "-5"), ("E", "10"), ("F", "30")],
    ),
    "24-word-boundary-in-polish": (
        'job_title contains word "dyrektor" +20\njob_title contains word "łowca" +5\n',
        "",
        [("A", "20"), ("B", "0"), ("C", "5")],
    ),
    "29-without-accents": (
        'accents ignored\ncity in {"Łódź", "São Paulo", "Kraków"} +10\n',
        "",
        [(lead, "10") for lead in "ABCD"],
    ),
    "31-intern-and-international": (
        'job_title contains word {"intern", "trainee"} -20\njob_title contains word {"vp", "svp"} +15\n',
        "",
        [("A", "-20"), ("B", "0"), ("C", "15"), ("D", "0")],
    ),
    "57-not-interested": (
        """\
event email_reply[body: text]
list refusals = {"not interested", "not really interested", "no longer interested"}
email_reply[body contains word "interested" and body not contains word refusals] +15
email_reply[body contains word refusals] -10
""",
        "--events events.csv",
        [("A", "15"), ("B", "-10"), ("C", "15")],
    ),
    "66-retries-with-new-ids": (
        "event email_open[message: text] id message\nemail_open +5\ncount(email_open) >= 2 +10\n",
        "--events events.csv",
        [("A", "5")],
    ),
}
"""What comes of rules that say it in words which the reported product does not have."""


@pytest.fixture
def score(tmp_path, monkeypatch, leadrules):
    """Score a copy of a case, and give the scores of the leads with all that was said."""

    def run(case, options):
        folder = tmp_path / "case"
        if not folder.is_dir():
            shutil.copytree(CASES / case.partition(",")[0], folder)
        monkeypatch.chdir(folder)
        leads = next(name for name in ("leads.csv", "leads.jsonl") if Path(name).is_file())
        moment = () if "--as-of-column" in options else ("--as-of", "2026-03-10")
        found = leadrules("score", "rules.leadrules", leads, *options.split(), *moment, "-o", "-", columns=200)
        return [(row["id"], row["score"]) for row in csv.DictReader(io.StringIO(found.stdout))], found.stderr

    return run


@pytest.mark.parametrize("case", BY_FILES)
def test_the_files_as_they_are(case, score):
    options, expected = BY_FILES[case]
    assert score(case, options)[0] == expected


@pytest.mark.parametrize("case", BY_ADVICE)
def test_what_the_command_says_to_write_is_the_cure(case, score):
    options, expected = BY_ADVICE[case]
    before, said = score(case, options)
    advised = re.findall(r"^    write (.*?)(?:  \(or as .*)?$", said, re.MULTILINE)
    assert before != expected
    assert advised
    rules = Path("rules.leadrules")
    declared = tuple(f"{line.partition(':')[0]}:" for line in advised)
    kept = [line for line in rules.read_text("utf-8").splitlines() if not line.startswith(declared)]
    rules.write_text("\n".join([*advised, *kept]) + "\n", "utf-8")
    assert score(case, options) == (expected, "")


@pytest.mark.parametrize("case", BY_RULES)
def test_rules_that_say_what_was_wanted(case, score):
    rules, options, expected = BY_RULES[case]
    score(case, options)
    Path("rules.leadrules").write_text(rules, "utf-8")
    assert score(case, options)[0] == expected


def test_members_with_parts_are_refused_with_the_way_on(score):
    found, said = score("50-members-with-parts", "")
    assert found == []
    assert "members of a list are texts; what has parts is an event: `event orders[…]`, with a time `at`" in said
    rules = 'event orders[brand: text, total: number]\norders[brand = "levis" and total > 100] +10\n'
    Path("rules.leadrules").write_text(rules, "utf-8")
    leads = [json.loads(line) for line in Path("leads.jsonl").read_text("utf-8").splitlines()]
    rows = [["lead_id", "type", "at", "brand", "total"]]
    orders = [(one["id"], order) for one in leads for order in one["attributes"]["orders"]]
    rows += [[lead, "orders", "2026-03-01", order["brand"], order["total"]] for lead, order in orders]
    Path("orders.csv").write_text("\n".join(",".join(map(str, row)) for row in rows), "utf-8")
    assert score("50-members-with-parts", "--events orders.csv")[0] == [("A", "10"), ("B", "0")]


def test_events_of_a_merged_record_are_of_the_one_that_is_left_where_its_column_is_named(score):
    found, said = score("43-merged-records", "--events events.csv")
    assert found == [("78971951", "30")]
    assert "2 events of leads that `leads.csv` does not have, such as `76340251`" in said
    found, said = score("43-merged-records", "--events events.csv --alias-column merged_ids")
    assert (found, said) == ([("78971951", "50")], "")
