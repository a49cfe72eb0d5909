"""Events from several files, and from files that lack what an event needs."""

import json

import pytest

RULES = 'email_open +1\nform_submit +10\nevent visit[url: text]\nvisit[url = "/p"] +100\n'


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {
        "r.leadrules": RULES,
        "leads.csv": "id\nA\n",
        "events.csv": "lead_id,type,at\nA,email_open,2026-03-01T10:00:00Z\n",
        "forms.csv": "contact_id,added_at,page\nA,2026-03-02T10:00:00Z,/p\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def score(leadrules, *events):
    options = [part for one in events for part in (one if isinstance(one, tuple) else ("--events", one))]
    return leadrules("score", "r.leadrules", "leads.csv", "--as-of", "2026-03-10", "-o", "-", *options)


def total(run):
    assert run.exit_code == 0, run.stderr
    return run.stdout.splitlines()[1].split(",")[1]


FORMS = "lead=contact_id,at=added_at"


@pytest.mark.usefixtures("here")
def test_every_file_counts(leadrules):
    assert total(score(leadrules, "events.csv", "events.csv")) == "2"
    assert total(score(leadrules, "events.csv", f'forms.csv:{FORMS},type="form_submit"')) == "11"
    assert total(score(leadrules, f'forms.csv: {FORMS}, `url`=page, type="visit"')) == "100"
    shared = ("--event-columns", f'{FORMS},type="form_submit"')
    assert total(score(leadrules, "forms.csv", "events.csv:lead=lead_id,at=at,type=type", shared)) == "11"


@pytest.mark.parametrize("name", ["a, b.csv", "a:b=c.csv", "c:lead=x.csv", "x=1,type=y.csv", "dir:lead=x/f.csv"])
def test_any_sign_may_stand_in_a_path(name, here, leadrules):
    path = here / name
    path.parent.mkdir(exist_ok=True)
    path.write_text((here / "forms.csv").read_text("utf-8"), "utf-8")
    assert total(score(leadrules, f'{name}:{FORMS},type="form_submit"')) == "10"
    path.write_text((here / "events.csv").read_text("utf-8"), "utf-8")
    assert total(score(leadrules, name)) == "1"


@pytest.mark.usefixtures("here")
def test_a_path_of_windows_is_not_split_at_its_drive(leadrules):
    run = score(leadrules, r'C:\data\opens.csv:lead=x,type="a"')
    assert r"`C:\data\opens.csv` does not exist" in run.stderr


def test_what_files_lack_is_said_with_the_line_to_write(here, leadrules):
    (here / "other.csv").write_text("Contact ID,Event,Time\n", "utf-8")
    run = score(leadrules, "events.csv", "forms.csv", "other.csv")
    assert run.exit_code == 2
    advice = " ".join(run.stderr.partition("help: ")[2].split())
    assert advice == (
        "write --events 'forms.csv:lead=contact_id,at=added_at,type=\"…\"' --events 'other.csv:lead=Contact "
        "ID,type=Event,at=Time', with the type of all its events in the quotes"
    )
    run = score(leadrules, "other.csv")
    assert "help: write --event-columns 'lead=Contact ID,type=Event,at=Time'" in run.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--events", "events.csv:leed=x"), "an event has no part `leed`\n  help: did you mean `lead`?"),
        (("--events", "events.csv:lead=a,lead=b"), "`lead` is given twice"),
        (("--events", "-"), "standard input is for the leads alone"),
        (("--events", 'events.csv:type="a"x'), "does not say where a part of an event stands"),
        (("--event-columns", 'type="a"'), "there is none"),
        (("--events", "events.csv", "--event-columns", "url=page"), "`url=page` does not say where a part"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_cannot_be_meant(options, said, leadrules):
    run = score(leadrules, options)
    assert run.exit_code == 2
    assert said in run.stderr


@pytest.mark.usefixtures("here")
def test_check_reads_them_too(leadrules):
    events = ("--events", "events.csv", "--events", f'forms.csv:{FORMS},type="form_submit"')
    run = leadrules("check", "r.leadrules", "--against", "leads.csv", *events, "--format", "json")
    assert json.loads(run.stdout)["against"]["events"] == 2
