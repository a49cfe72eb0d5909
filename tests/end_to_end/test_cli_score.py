"""`leadrules score`: the table, the files, the exit status."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

GOLDEN = Path(__file__).parent / "golden"
SCORE = ("score", "acme.leadrules", "leads.csv", "--events", "events.csv", "--as-of", "2026-11-21T00:00:00Z")


@pytest.mark.parametrize("columns", [60, 80, 120, 160])
def test_the_table_says_whom_to_contact_first_and_where_all_stand(columns, leadrules, golden):
    run = leadrules(*SCORE, columns=columns)
    assert (run.exit_code, run.stderr) == (0, "")
    golden(GOLDEN / f"score_{columns}.txt", run.stdout)
    assert max(map(len, run.stdout.splitlines())) <= columns


def test_leads_out_of_reach_come_last_and_those_at_an_exit_not_at_all(leadrules):
    run = leadrules(*SCORE)
    table = [line.split()[1] for line in run.stdout.splitlines() if line[:3].strip().isdecimal()]
    assert table == ["1", "2", "3"]


def test_csv_has_a_column_for_everything(here, leadrules):
    run = leadrules(*SCORE, "-o", "scored.csv")
    assert run.exit_code == 0
    assert "wrote 4 leads to scored.csv" in run.stderr
    assert (here / "scored.csv").read_text("utf-8") == (
        "id,score,fit,engagement,stage,segments,tags,recommendations,missing\n"
        "1,56,30,26,sql,,call today; has money,,\n"
        "2,21,20,1,mql,,,,\n"
        "3,0,0,0,lead,,,,no way to reach them\n"
        "4,55,30,25,disqualified,,call today; has money,,\n"
    )


def test_parquet_has_the_same_columns_with_types(here, leadrules):
    (here / "acme.leadrules").write_text(f"precision 3\n{(here / 'acme.leadrules').read_text('utf-8')}", "utf-8")
    run = leadrules(*SCORE, "-o", "scored.parquet")
    assert run.exit_code == 0
    assert "wrote 4 leads to scored.parquet" in run.stderr
    table = parquet.read_table(here / "scored.parquet")
    text, number, texts = pa.string(), pa.decimal128(38, 3), pa.list_(pa.string())
    numbers, lists = ("score", "fit", "engagement"), ("segments", "tags", "recommendations", "missing")
    expected = [
        ("id", text),
        *((name, number) for name in numbers),
        ("stage", text),
        *((name, texts) for name in lists),
    ]
    assert [(field.name, field.type) for field in table.schema] == expected
    assert leadrules(*SCORE, "-o", "scored.csv").exit_code == 0
    assert [
        {key: "; ".join(value) if isinstance(value, list) else value for key, value in row.items()}
        for row in table.to_pylist()
    ] == [
        {key: Decimal(value) if key in numbers else value for key, value in row.items()}
        for row in csv.DictReader((here / "scored.csv").read_text("utf-8").splitlines())
    ]


def test_parquet_of_no_leads_has_its_columns(here, leadrules):
    (here / "leads.csv").write_text("customer,email\n", "utf-8")
    score = [*SCORE[:3], "--as-of", "2026-11-21", "--id-column", "customer"]
    assert leadrules(*score, "-o", "scored.parquet").exit_code == 0
    table = parquet.read_table(here / "scored.parquet")
    assert (table.num_rows, table.schema.names[:2]) == (0, ["customer", "score"])


def test_the_audit_is_no_parquet(here, leadrules):
    run = leadrules(*SCORE, "--audit", "audit.parquet")
    assert run.exit_code == 2
    assert "the formats are `.csv`, `.jsonl`" in run.stderr
    assert not (here / "audit.parquet").exists()


def test_a_dash_is_csv_on_standard_output_and_nothing_else(leadrules):
    run = leadrules(*SCORE, "-o", "-")
    assert run.exit_code == 0
    assert [row["score"] for row in csv.DictReader(run.stdout.splitlines())] == ["56", "21", "0", "55"]


def test_json_lines_and_json_are_the_canonical_results(here, leadrules):
    assert leadrules(*SCORE, "-o", "scored.jsonl").exit_code == 0
    assert leadrules(*SCORE, "-o", "scored.json").exit_code == 0
    lines = (here / "scored.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["lead"] for line in lines] == ["1", "2", "3", "4"]
    assert json.loads((here / "scored.json").read_text("utf-8")) == [json.loads(line) for line in lines]
    assert lines[0].startswith('{"lead":"1","as_of":"2026-11-21T00:00:00Z","ruleset":{"name":"acme","version":"1",')


def test_json_of_no_leads_is_an_empty_list(here, leadrules):
    (here / "leads.csv").write_text("id,email\n", "utf-8")
    assert leadrules(*SCORE, "-o", "scored.json").exit_code == 0
    assert json.loads((here / "scored.json").read_text("utf-8")) == []


@pytest.mark.parametrize("name", ["audit.csv", "audit.jsonl"])
def test_the_audit_adds_up_to_the_scores(name, here, leadrules):
    assert leadrules(*SCORE, "-o", "scored.jsonl", "--audit", name).exit_code == 0
    text = (here / name).read_text("utf-8").splitlines()
    entries = list(csv.DictReader(text)) if name.endswith("csv") else [json.loads(line) for line in text]
    assert list(entries[0]) == ["lead", "kind", "rule", "alternative", "file", "line", "points", "because", "evidence"]
    for line in (here / "scored.jsonl").read_text("utf-8").splitlines():
        result = json.loads(line)
        assert sum(float(e["points"]) for e in entries if e["lead"] == result["lead"]) == result["score"]


def test_nothing_is_said_of_others_where_all_leads_are_rejected(here, leadrules):
    (here / "leads.csv").write_text("id,budget\n1,maybe\n2,perhaps\n,\n", "utf-8")
    run = leadrules(*SCORE[:3], "--as-of", "2026-11-21")
    assert run.exit_code == 3
    assert "warning: 2 leads could not be read; no lead is scored\n" in run.stderr
    assert "note: `leads.csv` has 1 row without any value, passed over\n" in run.stderr


def test_formulas_are_made_harmless_and_told_once(here, leadrules):
    (here / "leads.csv").write_text("id,budget\n=1+1,yes\n=2+2,no\n", "utf-8")
    run = leadrules("score", "acme.leadrules", "leads.csv", "--as-of", "2026-11-21", "-o", "out.csv")
    assert "note: `=1+1` begins as a formula does: in CSV an apostrophe stands before such texts" in run.stderr
    assert (here / "out.csv").read_text("utf-8").splitlines()[1].startswith("'=1+1,")
    run = leadrules("score", "acme.leadrules", "leads.csv", "--as-of", "2026-11-21", "-o", "out.csv", "--keep-formulas")
    assert run.stderr.startswith("\nwrote 2 leads to out.csv\n")
    assert "apostrophe" not in run.stderr
    assert (here / "out.csv").read_text("utf-8").splitlines()[1].startswith("=1+1,")


def test_several_workers_give_the_same_bytes(here, leadrules):
    one = leadrules(*SCORE, "-o", "one.jsonl")
    two = leadrules(*SCORE, "-o", "two.jsonl", "--workers", "2")
    assert (one.exit_code, two.exit_code) == (0, 0)
    assert (here / "one.jsonl").read_bytes() == (here / "two.jsonl").read_bytes()
    # Without a file the results come back without their audits, and the reasons are found again.
    assert leadrules(*SCORE, "--workers", "2").stdout == one.stdout


def test_a_param_gets_another_value(here, leadrules):
    leadrules(*SCORE, "-o", "scored.csv", "--param", "mql_at=70")
    assert ",lead," in (here / "scored.csv").read_text("utf-8").splitlines()[2]


def test_a_param_that_is_true_or_false(here, leadrules):
    rules = (here / "acme.leadrules").read_text("utf-8") + 'param strict = false\nstrict -> tag "strict"\n'
    (here / "acme.leadrules").write_text(rules, "utf-8")
    leadrules(*SCORE, "-o", "scored.csv", "--param", "strict=true")
    assert "strict" in (here / "scored.csv").read_text("utf-8")


def test_ids_and_events_stand_in_columns_of_other_names(here, leadrules):
    (here / "leads.csv").write_text("key;email\n7;a@b.example\n", "utf-8")
    (here / "events.csv").write_text("who,what,when\n7,demo_request,2026-11-01\n", "utf-8")
    columns = ("--id-column", "key", "--event-columns", "lead=who,type=what,at=when")
    assert leadrules(*SCORE, *columns, "-o", "scored.csv").exit_code == 0
    assert (here / "scored.csv").read_text("utf-8").splitlines()[1].startswith("7,25,0,25,mql")


def test_rows_may_be_numbered(leadrules):
    run = leadrules(*SCORE[:3], *SCORE[5:], "--id-column", "#", "-o", "-")
    assert [line.split(",")[0] for line in run.stdout.splitlines()] == ["#", "2", "3", "4", "5"]


def test_each_lead_may_have_its_own_time(here, leadrules):
    (here / "leads.csv").write_text("id,email,when\n1,a@b.example,2026-10-31\n2,c@d.example,\n", "utf-8")
    run = leadrules(*SCORE[:5], "--as-of-column", "when", "-o", "scored.csv")
    assert run.exit_code == 3
    assert "has no time to be scored at (`when` is empty)" in run.stderr
    assert (here / "scored.csv").read_text("utf-8").splitlines()[1].startswith("1,0,0,0,lead")


def test_without_a_time_it_is_now_and_the_command_to_repeat_is_given(here, leadrules):
    run = leadrules(*SCORE[:5], "-o", "first.jsonl")
    assert run.exit_code == 0
    said = run.stderr.split("the same again: ")[1].splitlines()[0]
    assert leadrules(*SCORE[:5], *said.split(), "-o", "again.jsonl").exit_code == 0
    assert (here / "first.jsonl").read_bytes() == (here / "again.jsonl").read_bytes()


def test_rejects_are_counted_told_and_written(here, leadrules):
    (here / "leads.csv").write_text(
        "id,email,employees\n1,a@b.example,many\n2,c@d.example,5\n2,e@f.example,6\n,g@h.example,7\n8,short\n", "utf-8"
    )
    run = leadrules(*SCORE, "-o", "scored.csv", "--rejects", "rejects.csv")
    assert run.exit_code == 3
    assert "4 leads could not be read; all others are scored" in run.stderr
    assert "row 4 has the id `2` of row 3" in run.stderr
    assert (here / "rejects.csv").read_text("utf-8") == (
        "row,id,reason\n"
        "2,1,row 2: field `employees`: `many` is not a number (write digits such as 250 or 12.5)\n"
        "4,2,row 4 has the id `2` of row 3\n"
        "5,,row 5 has no id (`id` is empty)\n"
        '6,,"row 6 has 2 values, the header has 3 columns"\n'
    )
    assert len((here / "scored.csv").read_text("utf-8").splitlines()) == 2


def test_values_that_cannot_be_read_are_told_by_column(here, leadrules):
    rows = "".join(f"{n},a@b.example,{n} 500\n" for n in range(9))
    (here / "leads.csv").write_text("id,email,employees\n" + rows, "utf-8")
    (here / "acme.leadrules").write_text("employees > 5 +1\nemail_open +1\n", "utf-8")
    (here / "events.csv").write_text("lead_id,type,at\n", "utf-8")
    run = leadrules(*SCORE)
    assert run.exit_code == 3
    assert run.stderr == (
        "note: `events.csv` has no events\n"
        "\nwarning: 9 leads could not be read; no lead is scored\n"
        "  `employees`: 9 values cannot be read, such as `0 500`, `1 500`, `2 500` (first in row 2)\n"
        '    write field employees: number as "1 234"\n'
        "  --rejects FILE lists them all\n"
        "  or score them as they are: --lenient takes what cannot be read for unknown\n"
    )
    lenient = leadrules(*SCORE, "--lenient")
    assert (lenient.exit_code, "9 leads scored" in lenient.stdout) == (0, True)
    assert "note: values that cannot be read are unknown\n  `employees`: 9 values" in lenient.stderr
    assert "--rejects" not in lenient.stderr


def test_only_the_first_other_reasons_are_told(here, leadrules):
    rows = "".join(f"{n},a@b.example,1\n" for n in [1] * 9)
    (here / "leads.csv").write_text("id,email,employees\n" + rows, "utf-8")
    run = leadrules(*SCORE)
    assert run.stderr.count("has the id `1` of row 2") == 5
    assert "--rejects FILE lists them all" in run.stderr
    assert "--lenient" not in run.stderr


def test_events_of_unknown_leads_are_counted(here, leadrules):
    (here / "events.csv").write_text("lead_id,type,at\n99,email_open,2026-11-01\n", "utf-8")
    assert "note: 1 event of leads that `leads.csv` does not have, such as `99`\n" in leadrules(*SCORE).stderr


def test_top_says_how_many_leads_are_shown(leadrules):
    assert "Amber Cargo" not in leadrules(*SCORE, "--top", "1").stdout
    assert "Whom to contact first" not in leadrules(*SCORE, "--top", "0").stdout


def test_a_value_cannot_control_the_terminal(here, leadrules):
    (here / "leads.csv").write_text("id,email,company\n1\x1b[2J,a@b.example,Evil\x1b]0;x\x07\n", "utf-8")
    run = leadrules(*SCORE)
    assert run.exit_code == 0
    assert "\x1b" not in run.stdout + run.stderr


def test_what_a_lead_lacks_stands_first_among_the_reasons(here, leadrules):
    rules = "require phone is known\nrequire age > 18 because 'too young'\nemail is known +5\n".replace("'", '"')
    (here / "acme.leadrules").write_text(rules, "utf-8")
    assert "\n    needs phone is known · too young · +5 email is known\n" in leadrules(*SCORE).stdout


def test_leads_that_hold_labels_of_former_rules(here, leadrules):
    lines = [f'{{"id": "{n}", "stages": {{"stage": "{label}"}}}}' for n, label in enumerate(("mql", "won", "won"))]
    (here / "held.jsonl").write_text("\n".join(lines), "utf-8")
    run = leadrules("score", "acme.leadrules", "held.jsonl", "--as-of", "2026-06-01")
    assert run.exit_code == 0
    assert "2 leads hold a label that the rules do not have" in run.stderr
    (here / "renamed.leadrules").write_text((here / "acme.leadrules").read_text("utf-8").replace("mql", "won"), "utf-8")
    run = leadrules("diff", "acme.leadrules", "renamed.leadrules", "held.jsonl", "--as-of", "2026-06-01")
    assert "1 lead holds a label that the new rules do not have, and counts as a lead without one" in run.stderr
    run = leadrules("check", "acme.leadrules", "--against", "held.jsonl")
    assert "labels that the rules do not have: a lead counts as one that holds none" in run.stdout
    assert "won  of `stage`, 2 leads" in run.stdout
    run = leadrules("check", "acme.leadrules", "--against", "held.jsonl", "--format", "json")
    assert json.loads(run.stdout)["against"]["unknown_labels"] == [{"ladder": "stage", "label": "won", "leads": 2}]


def test_leads_at_an_exit_are_not_called(here, leadrules):
    (here / "acme.leadrules").write_text(
        "email_open +1\nstages lead < mql exit lost\n  country = 'PL' -> lost\n".replace("'", '"')
    )
    told = leadrules(*SCORE).stdout
    listed = told[told.index("Whom to contact first") : told.index("Where they stand")]
    assert "Kestrel Haulage" not in listed
    assert "    3 leads are at an exit, and not listed\n" in listed


def test_columns_beside_the_id(leadrules):
    run = leadrules(*SCORE, "--show", "country", "--show", "email", columns=120)
    assert "    lead  country  email                score" in run.stdout
    assert " 1  1     PL       ada@kestrel.example" in run.stdout
    run = leadrules(*SCORE, "--show", "contry")
    assert (run.exit_code, "did you mean `country`?" in run.stderr) == (2, True)


def test_a_list_for_each_value(here, leadrules):
    run = leadrules(*SCORE, "--by", "country", "-o", "list-{}.csv")
    assert run.exit_code == 0
    assert "\nPL: 3 leads\n" in run.stdout
    assert (here / "list-PL.csv").read_text("utf-8").startswith("id,score,")
    run = leadrules(*SCORE, "--by", "country", "-o", "list.csv")
    assert (run.exit_code, "write `list-{}.csv`" in run.stderr) == (2, True)
    run = leadrules(*SCORE, "--by", "country", "-o", "-")
    assert (run.exit_code, "--by writes several lists" in run.stderr) == (2, True)


def test_reasons_say_what_was_found_without_the_marks_of_rules(here, leadrules):
    (here / "acme.leadrules").write_text(
        "field `Lead country`: text from 'country'\n`Lead country` in {'PL'} +5\n".replace("'", '"')
    )
    assert "+5 Lead country: PL" in leadrules(*SCORE).stdout


def test_csv_for_a_program_and_kept_columns(here, leadrules):
    run = leadrules(*SCORE, "-o", "out.csv", "--for", "excel-pl", "--keep", "company")
    assert run.exit_code == 0
    assert (here / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfid;company;score;")
    run = leadrules(*SCORE, "-o", "-", "--keep", "all", "--out-delimiter", "tab")
    assert run.stdout.startswith("id\tcompany\temail\t")
    for wrong, told in (
        (("--keep", "all"), "--keep says what stands beside the results in a file"),
        (("--for", "excel-pl"), "--for and --out-… say how CSV is written"),
        (("--for", "excel-pl", "-o", "out.jsonl"), "--for and --out-… say how CSV is written"),
        (("--for", "exel-pl", "-o", "out.csv"), "did you mean `excel-pl`?"),
    ):
        run = leadrules(*SCORE, *wrong)
        assert (run.exit_code, told in run.stderr) == (2, True)


def test_only_leads_that_meet_a_condition(here, leadrules):
    run = leadrules(*SCORE, "--where", 'stage >= mql and country = "PL"', "-o", "out.csv")
    assert run.exit_code == 0
    assert "3 leads do not meet `stage >= mql" in run.stderr
    assert "wrote 1 lead to out.csv" in run.stderr
    assert (here / "out.csv").read_text("utf-8").count("\n") == 2
    assert "Amber Cargo" not in run.stdout
    run = leadrules(*SCORE, "--where", "stage >= mqll")
    assert run.exit_code == 2
    assert "did you mean `mql`?" in run.stderr
    assert "--where: `stage >= mqll` is no condition over these rules" in run.stderr
