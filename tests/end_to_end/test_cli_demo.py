"""`leadrules demo`: what it shows, and that what it proposes works."""

import hashlib
import json
import re
import shlex
from pathlib import Path

import pytest

from leadrules import Ruleset
from leadrules.cli.demo_leads import event_rows, events_csv, lead_rows, leads_csv
from leadrules.ruleset import program_of

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("columns", [80, 120])
def test_the_demo(columns, leadrules, golden):
    run = leadrules("demo", columns=columns)
    assert (run.exit_code, run.stderr) == (0, "")
    golden(GOLDEN / f"demo_{columns}.txt", run.stdout)


def proposed(text: str) -> list[list[str]]:
    return [shlex.split(line)[1:] for line in text.splitlines() if line.startswith("  leadrules ")]


@pytest.mark.parametrize("options", [(), ("--save", "kept here")])
def test_the_proposed_commands_work_as_they_stand(options, leadrules):
    run = leadrules("demo", *options)
    commands = proposed(run.stdout)
    assert len(commands) == 3
    for command in commands:
        ran = leadrules(*command)
        assert (ran.exit_code, ran.stderr) == (0, ""), command
        assert ran.stdout


def test_the_saved_files_give_the_result_shown(leadrules):
    shown = leadrules("demo", "--save", "demo").stdout
    files = ("demo/demo.leadrules", "demo/leads.csv", "--events", "demo/events.csv")
    scored = leadrules("score", *files, "--as-of", "2026-11-21")
    assert scored.exit_code == 3
    assert scored.stdout in shown


def test_saving_again_is_fine_and_nothing_else_is_overwritten(here, leadrules):
    assert leadrules("demo", "--save", "demo").exit_code == 0
    assert leadrules("demo", "--save", "demo").exit_code == 0
    (here / "demo/leads.csv").write_text("mine\n", "utf-8")
    run = leadrules("demo", "--save", "demo")
    assert run.exit_code == 2
    assert "is there already" in run.stderr
    assert (here / "demo/leads.csv").read_text("utf-8") == "mine\n"
    assert leadrules("demo", "--save", "leads.csv").exit_code == 2


def test_the_sample_is_the_same_everywhere():
    assert leads_csv().count("\n") == 301
    assert 5_500 < events_csv().count("\n") < 6_500
    digests = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in (leads_csv(), events_csv())]
    assert digests == ["f44be9e9a6bd0c9b", "bfd79f578ffe7c78"]


def test_the_sample_shows_every_kind_of_result(here, leadrules):
    """Every stage, grade, tag, recommendation, requirement and segment of the rules occurs."""
    leadrules("demo", "--save", "demo")
    files = ("demo/demo.leadrules", "demo/leads.csv", "--events", "demo/events.csv", "--as-of", "2026-11-21")
    leadrules("score", *files, "-o", "scored.jsonl")
    results = [json.loads(line) for line in (here / "scored.jsonl").read_text("utf-8").splitlines()]
    program = program_of(Ruleset.from_file("demo/demo.leadrules"))
    for ladder in program.ladders:
        assert {result["stages"][ladder.name] for result in results} == {*ladder.labels, *ladder.exits}
    for kind, part in (("tag", "tags"), ("recommend", "recommendations")):
        given = {value for result in results for value in result[part]}
        assert given == {mark.value for mark in program.marks if mark.kind == kind}
    assert {r for result in results for r in result["missing"]} == {r.reason for r in program.requirements}
    assert {s for result in results for s in result["segments"]} == {s.name for s in program.segments}
    fired = {entry["rule"] for result in results for entry in result["audit"]}
    assert {rule.id for rule in program.rules} - fired == set()
    for grade in program.grades[:2]:
        assert {result["grades"][grade.name] for result in results} == {band.label for band in grade.bands}
    scores = sorted(result["score"] for result in results)
    assert scores[0] < 0
    assert scores[-1] > 80
    assert len(set(scores)) > 200


def test_no_one_in_the_sample_is_real():
    addresses = [*(row["email"] for row in lead_rows()), *(row["contact"] for row in event_rows())]
    hosts = {address.partition("@")[2] for address in addresses if address}
    assert all(re.fullmatch(r"[a-z-]+\.example", host) for host in hosts)
