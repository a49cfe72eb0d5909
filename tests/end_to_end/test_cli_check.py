"""`leadrules check`: diagnostics, what rules do, what leads lack."""

import json
from pathlib import Path

import pytest

from leadrules.diagnostics.pages import registry

GOLDEN = Path(__file__).parent / "golden"
BAD = """\
employes > 50 +10
email_open +5 max 3 tims
content -> tag "x"
  budget and authority -> qualified
"""


def test_a_good_file(leadrules):
    run = leadrules("check", "acme.leadrules")
    assert run.exit_code == 0
    assert run.stdout == (
        "acme.leadrules is good: 4 rules in 2 dimensions, 1 ladder of 4 stages, 1 requirement, 2 tags\n"
    )


def test_every_mistake_with_place_line_caret_and_help(here, leadrules, golden):
    (here / "bad.leadrules").write_text(BAD, "utf-8")
    run = leadrules("check", "bad.leadrules")
    assert (run.exit_code, run.stderr) == (1, "")
    golden(GOLDEN / "check_bad.txt", run.stdout)


def test_more_about_a_code_is_offered_once_and_last(here, leadrules):
    (here / "bad.leadrules").write_text(BAD, "utf-8")
    (here / "warned.leadrules").write_text("budget -> a\nneed -> b\n", "utf-8")
    for name, code in (("bad", "LR303"), ("warned", "LR203")):
        told = leadrules("check", f"{name}.leadrules").stdout
        assert told.endswith(f"\nnote: more about a code: leadrules check --explain {code}\n")
        assert told.count("--explain") == 1


def test_the_page_of_a_code(leadrules, golden):
    run = leadrules("check", "--explain", "LR204")
    assert (run.exit_code, run.stderr) == (0, "")
    golden(GOLDEN / "check_explain.txt", run.stdout)
    assert leadrules("check", "no-such.leadrules", "--explain", "lr204").stdout == run.stdout


def test_every_code_has_its_page_with_all_that_belongs_to_it(leadrules):
    for code, page in registry().items():
        words = " ".join(leadrules("check", "--explain", code).stdout.split())
        texts = (page.means, page.cause, *(d.message for d in page.told()), page.mended, page.happens, page.mending)
        assert words.startswith(f"{code}: {page.title} "), code
        assert [text for text in texts if " ".join(text.split()) not in words] == [], code


def test_the_page_of_a_code_for_programs(leadrules):
    found = json.loads(leadrules("check", "--explain", "LR311", "--format", "json").stdout)
    assert (found["code"], found["title"], found["severity"]) == ("LR311", "param refused", "error")
    assert (found["params"], found["diagnostics"][0]["help"]) == ({"mql_form": 60}, "did you mean `mql_from`?")
    assert found["cause"].startswith("param mql_from = 50\n")
    in_words = json.loads(leadrules("check", "--explain", "LR010", "--format", "json").stdout)
    assert in_words["happens"] == "`leadrules check rules.leadrules` in a folder where no such file is."
    assert (in_words["cause"], in_words["diagnostics"]) == (None, [])


def test_a_code_that_is_none(leadrules):
    run = leadrules("check", "--explain", "LR2040")
    assert (run.exit_code, run.stdout) == (2, "")
    assert run.stderr == "error: there is no code `LR2040`\n  help: codes like it: LR240, LR204, LR241\n"
    advice = "  help: `leadrules check` shows the code of each mistake, such as LR001\n"
    assert leadrules("check", "--explain", "points").stderr == f"error: there is no code `points`\n{advice}"


def test_neither_a_file_nor_a_code(leadrules):
    run = leadrules("check")
    assert run.exit_code == 2
    assert "name the rule file to check" in run.stderr


NO_NEED = "note: rules read `need`, and no row has a column for that: it is unknown for every lead\n"


def test_warnings_alone_are_no_failure(here, leadrules):
    (here / "warned.leadrules").write_text("budget -> a\nneed -> b\n", "utf-8")
    run = leadrules("check", "warned.leadrules")
    assert run.exit_code == 0
    assert "1 warning; warned.leadrules is good: " in run.stdout
    assert leadrules("score", "warned.leadrules", "leads.csv", "--as-of", "2026-11-21").stderr == NO_NEED


def test_a_warning_names_the_file_of_another_line(here, leadrules):
    (here / "base.leadrules").write_text("email_open +1\nneed +5\n")
    (here / "main.leadrules").write_text('include "base.leadrules"\nneed +5\n')
    told = leadrules("check", "main.leadrules").stdout
    assert "main.leadrules:2:1: warning LR210: `need` is scored a second time" in told
    assert "help: it stands in base.leadrules, line 2 already; keep one of them" in told


def test_verbose_says_each_or_once(leadrules, golden):
    run = leadrules("check", "acme.leadrules", "--verbose")
    assert run.exit_code == 0
    golden(GOLDEN / "check_verbose.txt", run.stdout)


def test_the_code_that_rules_become(here, leadrules):
    (here / "few.leadrules").write_text('email_open +5 max 3\nbudget -> tag "x"\n', "utf-8")
    run = leadrules("check", "few.leadrules", "--show-code")
    assert (run.exit_code, run.stderr) == (0, "few.leadrules is good: 1 rule in 1 dimension, 1 tag\n")
    source = run.stdout
    assert source.startswith("def score(lead, as_of, pii, ")
    assert "            # line 1: email_open\n            if count_email_open_" in source
    compile(source, "shown", "exec")
    found = json.loads(leadrules("check", "few.leadrules", "--show-code", "--format", "json").stdout)
    assert found["code"].rstrip("\n") == source.rstrip("\n")


def test_there_is_no_code_where_there_are_mistakes_or_nothing_is_compiled(here, leadrules):
    (here / "bad.leadrules").write_text(BAD, "utf-8")
    run = leadrules("check", "bad.leadrules", "--show-code", "--format", "json")
    assert (run.exit_code, "code" in json.loads(run.stdout)) == (1, False)
    told = leadrules("check", "bad.leadrules", "--show-code")
    assert (told.stdout, told.stderr) == ("", leadrules("check", "bad.leadrules").stdout)
    labels = " < ".join(f"s{number}" for number in range(70))
    (here / "long.leadrules").write_text(f"stages {labels}\nemail_open -> s3\n", "utf-8")
    told = leadrules("check", "long.leadrules", "--show-code").stdout
    assert told == "# nothing is written here: the reference engine answers all of it\n"
    assert json.loads(leadrules("check", "long.leadrules", "--show-code", "--format", "json").stdout)["code"] is None


def test_json_is_for_programs(here, leadrules):
    (here / "bad.leadrules").write_text(BAD, "utf-8")
    run = leadrules("check", "bad.leadrules", "--format", "json")
    assert run.exit_code == 1
    found = json.loads(run.stdout)
    assert list(found) == ["file", "ok", "errors", "warnings", "diagnostics", "fingerprint"]
    assert (found["ok"], found["errors"], found["fingerprint"]) == (False, len(found["diagnostics"]), None)
    assert [d["line"] for d in found["diagnostics"]] == sorted(d["line"] for d in found["diagnostics"])


def test_json_of_a_good_file_has_rules_and_what_leads_lack(leadrules):
    run = leadrules("check", "acme.leadrules", "--verbose", "--against", "leads.csv", "--format", "json")
    found = json.loads(run.stdout)
    assert [rule["scores"] for rule in found["rules"]] == ["once", "once", "each", "each"]
    assert found["against"]["readable"] == 4
    assert found["against"]["missing_columns"] == []


def test_against_leads_that_have_it_all(here, leadrules):
    (here / "few.leadrules").write_text("employees > 5 +1\n", "utf-8")
    run = leadrules("check", "few.leadrules", "--against", "leads.csv")
    assert run.exit_code == 0
    assert run.stdout.startswith("leads.csv: all of its 4 leads can be read\n\nfew.leadrules is good")


@pytest.fixture
def lacking(here):
    (here / "leads.csv").write_text(
        "id,e-mail,Employees,country,budget\n1,a@b.example,12,,\n2,c@d.example,,,yes\n3,,,,maybe\n", "utf-8"
    )
    (here / "events.csv").write_text(
        "lead_id,type,at\n1,email_opn,2026-11-01\n1,demo_request,2027-11-01\n2,visit,2026-11-01\n", "utf-8"
    )


@pytest.mark.usefixtures("lacking")
def test_against_leads_that_lack_something(leadrules, golden):
    run = leadrules("check", "acme.leadrules", "--against", "leads.csv", "--events", "events.csv")
    assert run.exit_code == 3
    golden(GOLDEN / "check_against.txt", run.stdout)


@pytest.mark.usefixtures("lacking")
def test_against_leads_as_json(leadrules):
    run = leadrules("check", "acme.leadrules", "--against", "leads.csv", "--events", "events.csv", "--format", "json")
    against = json.loads(run.stdout)["against"]
    assert against["missing_columns"] == [
        {"field": "phone", "column": "phone", "close": None},
    ]
    assert against["always_unknown"] == ["country"]
    assert against["unknown_event_types"] == {"email_opn": 1, "visit": 1}
    assert [reject["row"] for reject in against["rejects"]] == [4]


def test_events_without_leads_are_a_usage_error(leadrules):
    run = leadrules("check", "acme.leadrules", "--events", "events.csv")
    assert run.exit_code == 2
    assert "--against LEADS" in run.stderr


def test_verbose_shows_points_as_the_file_has_them(here, leadrules):
    (here / "acme.leadrules").write_text(
        "email_open +5\nemployees > 5 +(employees / 10)\nage > 5 -(age / 2)\n", "utf-8"
    )
    shown = leadrules("check", "acme.leadrules", "-v").stdout
    assert "each       bounded   email_open +5\n" in shown
    assert "once       bounded   employees > 5 +(employees / 10)\n" in shown
    assert "once       bounded   age > 5 -(age / 2)\n" in shown


def test_verbose_says_what_is_kept_for_each_rule_and_names_the_file_of_an_included_one(here, leadrules):
    (here / "main.leadrules").write_text(
        "dimension d\nemail_open +5 max 1 per day\ninclude 'x'\nscore > 3 and page_view followed by email_open within "
        '2 days -> tag "reads"\n'.replace("'x'", '"more.leadrules"'),
        "utf-8",
    )
    (here / "more.leadrules").write_text("segment big = employees > 5\nbig -> tag 'x'\n".replace("'", '"'), "utf-8")
    shown = leadrules("check", "main.leadrules", "-v").stdout.splitlines()
    assert "   2  each       distinct  email_open +5" in shown
    assert (
        '   4  tag        events    score > 3 and page_view followed by email_open within 2 days -> tag "reads"'
        in shown
    )
    (included,) = [line for line in shown if "big ->" in line]
    assert included.startswith('   2  tag        bounded   big -> tag "x"  in ')
    assert included.endswith("more.leadrules")
    plain = json.loads(leadrules("check", "main.leadrules", "-v", "--format", "json").stdout)
    assert [(rule["memory"], rule["file"]) for rule in plain["rules"]] == [("distinct", None)]


def test_verbose_tells_what_is_kept_for_a_grade_that_no_rule_makes(here, leadrules):
    (here / "acme.leadrules").write_text(
        "criterion visits = count(page_view since email_open)\nemail_open +1\n"
        "grade interest = visits: A >= 4, B\ngrade worth = score: C >= 5, D\n",
        "utf-8",
    )
    shown = leadrules("check", "acme.leadrules", "-v").stdout
    assert "   3  grade      events    interest = visits\n" in shown
    assert "worth" not in shown


def test_a_file_that_is_not_there_is_told_with_one_that_is_close(here, leadrules):
    (here / "parts").mkdir()
    (here / "parts" / "stages.leadrules").write_text("score > 5 -> warm\n", "utf-8")
    (here / "targets.csv").write_text("domain\nexample.com\n", "utf-8")
    (here / "main.leadrules").write_text(
        'include "parts/stages"\ninclude "parts/stagse.leadrules"\ninclude "else/where"\nlist t from "target.csv"\n',
        "utf-8",
    )
    shown = leadrules("check", "main.leadrules").stdout
    assert shown.count("help: did you mean `parts/stages.leadrules`?") == 2
    assert "help: did you mean `targets.csv`?" in shown
    assert shown.count("help:") == 3


def test_each_command_says_how_a_list_is_read(here, leadrules):
    (here / "cities.csv").write_bytes("city\nŁódź\nGdańsk\n".encode("cp1250"))
    (here / "r.leadrules").write_text('list cities from "cities.csv" column "city"\ncity in cities +10\n', "utf-8")
    (here / "own.csv").write_text("id,city\n1,Łódź\n", "utf-8")
    now = ("--as-of", "2026-11-21")
    for command in (
        ("check", "r.leadrules"),
        ("check", "r.leadrules", "--against", "own.csv"),
        ("check", "r.leadrules", "--format", "json"),
        ("test", "r.leadrules"),
        ("score", "r.leadrules", "own.csv", *now),
        ("explain", "r.leadrules", "own.csv", "--lead", "1", *now),
        ("diff", "r.leadrules", "r.leadrules", "own.csv", *now),
    ):
        run = leadrules(*command)
        assert run.exit_code == 0
        assert run.output.count("`cities.csv` is read as Windows-1250") == 1, command


def test_leads_are_held_against_their_events(here, leadrules):
    (here / "r.leadrules").write_text("event demo\ndemo +10\n", "utf-8")
    (here / "own.csv").write_text("id,city\n1.0,Łódź\n", "utf-8")
    (here / "events.csv").write_text("lead_id,type,at\n1,demo,2026-11-02\n", "utf-8")
    command = ("check", "r.leadrules", "--against", "own.csv", "--events", "events.csv")
    told = leadrules(*command).output
    assert "note: 1 event of leads that own.csv does not have, such as `1` (is it `1.0`?)\n" in told
    plain = leadrules(
        "check", "r.leadrules", "--against", "own.csv", "--events", "events.csv", "--format", "json"
    ).stdout
    assert json.loads(plain)["against"]["close_leads"] == {"1": "1.0"}
    told = leadrules("check", "r.leadrules", "--against", "own.csv").output
    assert "note: rules are about events (`demo`), and no file of events was given: add --events FILE\n" in told
