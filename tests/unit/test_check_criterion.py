"""`check_criterion` passes what keeps the laws, and says of everything else what to mend."""

import importlib
import re
import subprocess
import sys
from decimal import Decimal

import pytest

from leadrules.sdk import criterion
from leadrules.testing import check_criterion, read_cases

CODE = '''
import datetime as dt
import functools
import logging
import math
import os
import platform
import random
import sqlite3
import subprocess
import tempfile
import time
from decimal import Decimal

from leadrules.sdk import LeadView, criterion

SEEN = []
TABLE = None


@criterion
def good(text: str, most: Decimal = Decimal(3)) -> Decimal | None:
    """Count."""
    return min(Decimal(len(text)), Decimal(int(most)))


@criterion
def lazy(text: str) -> bool:
    """Load a table with the first question."""
    global TABLE
    if TABLE is None:
        TABLE = {"x": 1}
    return text in TABLE


@criterion
@functools.lru_cache
def cached(text: str) -> bool:
    """Keep answers."""
    return text.isdigit()


@criterion
def logs(text: str) -> bool:
    """Write to the log, which asks the clock for itself."""
    logging.getLogger("here").warning("asked")
    return True


@criterion(events={"activity": {}, "login": {"device": str}}, fields={"company": str, "plan": list[str]})
def whole(lead: LeadView) -> Decimal:
    """Look at the whole lead."""
    plans = lead.attributes["plan"] or ()
    devices = {event.properties.get("device") for event in lead.events if event.type == "login"}
    return Decimal(len(plans) + len(devices))


@criterion
def raises(text: str) -> Decimal:
    """Fail."""
    return Decimal(text)


@criterion
def overflows(when: dt.datetime) -> dt.datetime:
    """Leave the calendar."""
    return when + dt.timedelta(days=400)


@criterion
def lies(text: str) -> Decimal:
    """Give an int."""
    return len(text)


@criterion
def silent(text: str) -> bool:
    """Give nothing for some."""
    return True if text != "x" else None


@criterion
def grabs(texts: list[str]) -> bool:
    """Change an argument."""
    texts.sort()
    texts.append("mine")
    return True


@criterion(fields={"company": str}, events={})
def breaks_in(lead: LeadView) -> bool:
    """Change the view, by force."""
    object.__setattr__(lead, "id", "mine")
    return True


@criterion
def traces(text: str) -> bool:
    """Keep what was asked."""
    SEEN.append(text)
    return True


@criterion
def sets(text: str) -> bool:
    """Change the process."""
    os.environ["ASKED"] = str(len(text))
    return True


@criterion
def clock(text: str) -> bool:
    """Ask the clock."""
    return dt.datetime.now().year > 2000


@criterion
def today(text: str) -> bool:
    """Ask the clock."""
    return dt.date.today().year > 2000


@criterion
def seconds(text: str) -> bool:
    """Ask the clock."""
    return time.time() > 5


@criterion
def chance(text: str) -> bool:
    """Ask chance."""
    return random.random() > 2


@criterion
def counts(text: str, _seen=[0]) -> bool:
    """Not annotated."""


@criterion
def fickle(text: str) -> Decimal:
    """Count calls."""
    SEEN.append(text)
    return Decimal(len(SEEN))


@criterion
def hashes(text: str) -> Decimal:
    """Depend on the seed."""
    return Decimal(hash(text) % 1000)


@criterion
def unordered(text: str) -> str | None:
    """Depend on the order of a set."""
    return next(iter({f"{text}{n}" for n in range(9)}))


@criterion
def zoned(when: dt.datetime) -> str:
    """Depend on the time zone of the machine."""
    return when.replace(year=2000).astimezone().isoformat()


def bad_check(text):
    if text != "5":
        raise KeyError(text)


@criterion(checks={"text": bad_check})
def checks(text: str) -> bool:
    """Check badly."""
    return True


def wordless(text):
    raise ValueError


@criterion(checks={"text": wordless})
def refuses(text: str) -> bool:
    """Refuse without a word."""
    return True


def outer():
    @criterion
    def inner(text: str) -> bool:
        """Be nowhere."""
        return True

    return inner


hidden = outer()


@criterion
def twin(text: str) -> bool:
    """Be hidden by another."""
    return True


first_twin = twin


@criterion
def twin(text: str) -> bool:
    """Hide another."""
    return False


@criterion
def slow(first: str, second: str) -> Decimal:
    """Compare every letter with every other."""
    return Decimal(sum(a == b for a in first for b in second))


RATES = {"EUR": Decimal("4.30"), "USD": Decimal("3.90")}


@criterion
def converts(amount: Decimal, currency: str) -> Decimal | None:
    """Fail for a huge number of a known currency, and for no other."""
    rate = RATES.get(currency)
    return None if rate is None else round(amount * rate, 2)


@criterion
def knows_little(country: str) -> Decimal | None:
    """Answer for two codes only, and wrongly there."""
    return Decimal((dt.date.today() - dt.date(2020, 1, 1)).days) if country in {"FR", "ES"} else None


@criterion
def floats(x: Decimal) -> Decimal:
    """Give the whole of a float."""
    return Decimal(1 / (1 + math.exp(-float(min(max(x, Decimal(-9)), Decimal(9))))))


@criterion
def thirds(x: Decimal) -> Decimal:
    """Give as many digits as criteria calculate with."""
    return min(abs(x), Decimal(10)) / 3


@criterion
def sleeps(text: str) -> bool:
    """Wait."""
    time.sleep(0.0001)
    return True


@criterion
def formats(text: str) -> bool:
    """Ask the clock, by its text."""
    return time.strftime("%Y") > "2000"


@criterion
def starts(text: str) -> bool:
    """Ask another program."""
    return subprocess.run(["true"]).returncode == 0


@criterion
def queries(text: str) -> bool:
    """Ask a database."""
    return sqlite3.connect(":memory:").execute("select random()").fetchone() is not None


@criterion
def writes(text: str) -> bool:
    """Write a file."""
    with open(tempfile.gettempdir() + "/written_by_a_criterion", "w") as file:
        file.write("x")
    return True


@criterion
def reads(text: str) -> bool:
    """Read a file of the machine."""
    with open("/etc/hosts") as file:
        return bool(file.read())


@criterion
def own_data(text: str) -> bool:
    """Read a file of its own."""
    with open(__file__) as file:
        return bool(file.read())


@criterion
def environment(text: str) -> bool:
    """Read the environment."""
    return os.environ.get("HOME") != "x"


@criterion
def machine(text: str) -> bool:
    """Ask for the name of the machine."""
    return platform.node() != "x"


class Counter:
    """Count."""

    seen = 0


@criterion
def class_counts(text: str) -> bool:
    """Keep a count in a class."""
    Counter.seen += 1
    return True


COUNTER = Counter()


@criterion
def object_counts(text: str) -> bool:
    """Keep a count in an object."""
    COUNTER.seen += 1
    return True


@criterion
def prints(text: str) -> bool:
    """Leave a print."""
    print("here")
    return True


@criterion(fields={"company": str}, events={"page_view": {"url": str}})
def with_country(lead: LeadView, country: str) -> bool | None:
    """Fail where something is known of the lead, and the country is ours."""
    if country != "PL":
        return None
    return lead.attributes["company"].isdigit()


@criterion(checks={"text": lambda text: False})
def nods(text: str) -> bool:
    """Have a check that refuses nothing."""
    return True


@criterion(fields={"company": str}, events={})
def peeks(lead: LeadView) -> bool:
    """Look at what it did not ask for."""
    return lead.attributes["country"] == "PL"


def unmarked(text: str) -> bool:
    """Be no criterion."""
    return True
'''


@pytest.fixture
def ask(distribute):
    distribute("asked", CODE, points="")
    module = importlib.import_module("asked")
    return lambda name, **options: check_criterion(
        getattr(module, name), **{"max_examples": 40, "elsewhere": False, **options}
    )


@pytest.mark.parametrize("name", ["good", "lazy", "cached", "logs", "twin", "thirds", "own_data"])
def test_what_keeps_the_laws_passes(ask, name):
    ask(name)


def test_a_good_criterion_passes_in_another_process_too(ask):
    ask("good", elsewhere=True, examples=["one", ("two", None), {"text": "three"}])


def test_what_lies_in_the_folder_for_temporary_files_is_not_imported(ask, tmp_path, monkeypatch):
    (tmp_path / "asked.py").write_text("raise SystemExit('another module of that name')")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ask("good", elsewhere=True)


def test_a_lead_has_the_types_that_the_criterion_names(ask):
    ask("whole")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("raises", "it raises InvalidOperation"),
        ("overflows", "it raises OverflowError: date value out of range"),
        ("lies", "it gives 1 (int), which is no number: give a Decimal"),
        ("silent", "it gives None, and does not say that it may"),
        ("grabs", "it changes its arguments"),
        ("breaks_in", "it changes its arguments"),
        ("traces", "it changes the global `SEEN`"),
        ("sets", "it changes the environment variables"),
        ("clock", "it asks the clock"),
        ("today", "it asks the clock"),
        ("seconds", "it asks the clock"),
        ("chance", "it asks chance"),
        ("counts", "its parameter `_seen` is not annotated"),
        ("fickle", "and asked twice Decimal("),
        ("checks", "its check of `text` raises KeyError"),
        ("refuses", "its check of `text` refuses without a word"),
        ("nods", "its check of `text` gives False, which refuses nothing"),
        ("peeks", "to mend: name what it looks at, with its type, in `fields` or `events` of `@criterion`"),
        ("floats", "the whole of a binary float"),
        ("sleeps", "it asks the clock"),
        ("formats", "it asks the clock"),
        ("starts", "it asks another program"),
        ("queries", "it asks a database"),
        ("writes", "it tries to write the file `"),
        ("reads", "it asks the file `/etc/hosts`"),
        ("environment", "it asks the environment variables"),
        ("machine", "it asks the machine"),
        ("class_counts", "it changes `Counter.seen`"),
        ("object_counts", "it changes `COUNTER.seen`"),
        ("prints", "it tries to print\n  asked:   prints(text='x')\n  to mend: take the `print` out"),
        ("knows_little", "answers were unknown, so hardly anything was tried"),
        ("hidden", "it cannot be pickled: "),
        ("first_twin", "it cannot be pickled: "),
        ("unmarked", "`unmarked` is not marked: write `@criterion` above it"),
    ],
)
def test_what_breaks_a_law_is_told(ask, name, words):
    with pytest.raises(AssertionError) as caught:
        ask(name)
    assert words in str(caught.value)
    assert not getattr(caught.value, "__notes__", [])


def test_each_example_is_asked_with_one_argument_at_a_time_changed(ask):
    with pytest.raises(AssertionError, match="it raises InvalidOperation") as caught:
        ask("converts", examples=[(Decimal(100), "EUR")])
    assert "currency='EUR'" in str(caught.value)


def test_an_example_need_not_give_the_lead(ask):
    with pytest.raises(AssertionError, match="it raises AttributeError"):
        ask("with_country", examples=[{"country": "PL"}])


def test_an_example_that_is_answered_shows_what_no_generated_question_does(ask):
    with pytest.raises(AssertionError, match="it asks the clock"):
        ask("knows_little", examples=["FR"])


def test_the_cases_of_a_plugin_are_examples(distribute):
    code = """
from leadrules.sdk import criterion

@criterion
def halts(code: str) -> bool | None:
    'Fail for what only the cases know.'
    return None if code != "X-17" else bool(1 / 0)
"""
    site = distribute("halting", code)
    (site / "cases").mkdir()
    (site / "cases/a.tsv").write_text("code\thalting.halts(code)\nX-17\ttrue\n")
    with pytest.raises(AssertionError, match="it raises ZeroDivisionError"):
        check_criterion(importlib.import_module("halting").halts, elsewhere=False)


def test_a_print_in_another_process_harms_nothing(ask):
    with pytest.raises(AssertionError, match="it tries to print"):
        ask("prints", elsewhere=True)


def test_a_criterion_that_takes_seconds_is_told_at_once(ask, monkeypatch):
    monkeypatch.setattr("leadrules.testing.asking._PATIENCE", 0.05)
    with pytest.raises(AssertionError, match="one answer takes it") as caught:
        ask("slow", max_examples=100)
    assert "to mend: bound the work" in str(caught.value)


@pytest.mark.parametrize("name", ["hashes", "unordered", "zoned"])
def test_what_depends_on_the_process_is_told(ask, name):
    with pytest.raises(AssertionError, match="in another process"):
        ask(name, elsewhere=True)


def test_the_arguments_that_show_it_are_told_with_what_to_mend(ask):
    with pytest.raises(AssertionError) as caught:
        ask("lies")
    assert str(caught.value).splitlines() == [
        "criterion `lies`: it gives 1 (int), which is no number: give a Decimal",
        "  asked:   lies(text='x')",
        "  to mend: give what the annotation says",
    ]


@pytest.mark.parametrize(
    ("example", "words"),
    [
        (("a", "b", "c"), "an example does not fit it: too many positional arguments"),
        ({"word": "a"}, "an example does not fit it: missing a required argument: 'text'"),
        (5.5, "an example gives 5.5 for `text`, which is no text"),
    ],
)
def test_an_example_that_fits_no_call_is_told(ask, example, words):
    with pytest.raises(AssertionError) as caught:
        ask("good", examples=[example])
    assert words in str(caught.value)


# ------------------------------------------------------- the plugin of pytest

CASES = """\
[[criterion]]
call = 'floor(2.5)'
gives = 2

[[criterion]]
call = 'employees > 5'
unknown = true

[[criterion]]
name = "a day"
call = 'day'
declare = 'field day: date'
lead = { attributes = { day = "2026-02-03" } }
gives = 2026-02-03

[[criterion]]
call = 'nope.f(1)'
error = "there is no plugin `nope`"

[[case]]
name = "a whole rule file"
rules = "employees > 5 +5"
lead = '{"attributes": {"employees": 6}}'
expect = { score = 5, points = [["employees > 5", 5]] }

[[case]]
name = "a lead that cannot be read"
rules = "employees > 5 +5"
lead = { attributes = { employees = "many" } }
as_of = 2026-01-01T00:00:00Z
input_error = "employees"

[[case]]
name = "a mistake on its line"
rules = "email_open +1\\nnowhere +5"
error = { line = 2, says = "nowhere" }
"""
WRONG = """\
[[criterion]]
call = 'floor(2.5)'
gives = 3

[[criterion]]
call = 'employees > 5'
gives = true

[[criterion]]
call = 'floor(1.5)'
gives = true

[[criterion]]
call = 'floor("x")'
gives = 1

[[criterion]]
call = 'floor(1)'
error = "never"

[[case]]
rules = "employees > 5 +5"
lead = { attributes = { employees = 6 } }
expect = { score = 6 }
"""


TABLE = """\
# Words, and how long they are
company\tsigned: date\tfloor(employees)\t(company contains "a")

acme\tunknown\tunknown\ttrue
ok\t2026-02-03\t\tfalse
"""
WRONG_TABLE = """\
company\temployees\tfloor(employees)\tcompany = least(employees)
Acme\t2.5\t3
Beta\t2.5\t2
Gamma\tmany\t2
Delta\t\tmany
"""


def run_pytest(folder, *arguments):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_cases_run_without_any_test_code_and_what_fails_is_told_in_a_sentence(tmp_path):
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases/good.toml").write_text(CASES)
    (tmp_path / "cases/good.tsv").write_text(TABLE)
    (tmp_path / "cases/wrong.toml").write_text(WRONG)
    (tmp_path / "cases/wrong.tsv").write_text(WRONG_TABLE)
    (tmp_path / "cases/odd.toml").write_text("[[criterion]]\ncall = 'x'\n")
    (tmp_path / "cases/other.toml").write_text('[[case]]\nname = "of somebody else"\n')
    (tmp_path / "cases/other.tsv").write_text("name\tsize (cm)\nof somebody else\t5\n")
    (tmp_path / "good.toml").write_text(CASES)
    (tmp_path / "good.tsv").write_text(TABLE)
    run = run_pytest(tmp_path, "-rA", "--continue-on-collection-errors")
    assert "PASSED cases/good.toml::floor(2.5)" in run.stdout
    assert "PASSED cases/good.tsv::floor(employees)" in run.stdout
    assert "wrong.toml:1: floor(2.5) gives 2, and the case says 3" in run.stdout
    assert "wrong.toml:5: employees > 5 gives unknown, and the case says true" in run.stdout
    assert "wrong.toml:9: floor(1.5) gives 1, and the case says true" in run.stdout
    assert "wrong.toml:13: the rules are refused:" in run.stdout
    assert "wrong.toml:17: the rules are good, and the case says that they are refused" in run.stdout
    assert "wrong.toml:21: score is 5, and the case says 6" in run.stdout
    assert (
        "wrong.tsv:1: floor(employees): 3 of 4 rows are not so:\n"
        "  line 2: Acme, 2.5: gives 2, and the table says 3\n"
        "  line 4: Gamma, many: lead `1`: field `employees`: `many` is not a number "
        "(write digits such as 250 or 12.5)\n"
        "  line 5: Delta: `many` is no number\n"
    ) in run.stdout
    assert "wrong.tsv:1: the rules are refused:" in run.stdout
    assert "odd.toml: line 1: a `[[criterion]]` has exactly one of `error`, `gives`" in run.stdout
    assert "Traceback" not in run.stdout
    assert "8 failed, 9 passed, 1 error" in run.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[criterion]]\ncall = 'x'\n", "line 1: a `[[criterion]]` has exactly one of `error`, `gives`"),
        ("[[criterion]]\ncall = 5\ngives = 1\n", "line 1: a `[[criterion]]` needs `call`, a text"),
        ("[[case]]\nrules = 'x'\nexpect = {}\nleed = 1\n", "line 1: `leed` means nothing in a `[[case]]`"),
        ("[[case]]\nrules = 'x\n", "this is not TOML: "),
        ("[[case]]\nrules = 'x'\nexpect = {}\n[other]\n", "`other` is neither `[[case]]` nor `[[criterion]]`"),
    ],
)
def test_a_file_of_cases_that_makes_no_sense_is_told(tmp_path, text, words):
    (tmp_path / "odd.toml").write_text(text)
    with pytest.raises(ValueError, match=re.escape(words)):
        read_cases(tmp_path / "odd.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# nothing but this\n", "there is no header; a header has the names of fields, then calls of criteria"),
        ("company\tage\n", "line 1: a header has the names of fields, then calls of criteria, a tab between each two"),
        ("f(company)\tcompany\n", "line 1: a header has"),
        ("company\t\tf(company)\n", "line 1: a header has"),
        ("company\tf(company)\tf(company)\n", "line 1: two columns have one header"),
        ("company\tf(company)\na\t1\t2\n", "line 2: there are 3 cells under 2 headers"),
        (
            "company\tf(company)\n\na    1\n",
            "line 3: no cell says what a criterion gives; between two cells stands a tab",
        ),
    ],
)
def test_a_table_that_makes_no_sense_is_told(tmp_path, text, words):
    (tmp_path / "odd.tsv").write_text(text)
    with pytest.raises(ValueError, match=re.escape(words)):
        read_cases(tmp_path / "odd.tsv")


@pytest.mark.parametrize(
    ("header", "rows", "wrong"),
    [
        ("length: number\t(length / 3)", "1\t1/3\n1.5\t0.50", "1\t0.33"),
        ("start: date\t(start)", "2026-02-03\t2026-02-03", "2026-02-03\t2026-02-04"),
        (
            "moment: datetime\t(moment)",
            "2026-02-03T10:00:00+01:00\t2026-02-03T09:00:00Z",
            "2026-02-03T10:00:00Z\t2026-02-03",
        ),
        ("size: number\t(size > 2)", "3\ttrue\n2\tfalse\nunknown\tunknown\n\tunknown", "3\t1"),
        ("`of age`: list of text\t(`of age`)", "a; b\ta; b\nc\tc", "a; b\tb; a"),
    ],
)
def test_the_cells_of_a_table_are_read_by_the_kind_of_the_answer(tmp_path, header, rows, wrong):
    path = tmp_path / "table.tsv"
    path.write_text(f"{header}\n{rows}\n")
    (case,) = read_cases(path)
    case.run()
    path.write_text(f"{header}\n{wrong}\n")
    (case,) = read_cases(path)
    with pytest.raises(AssertionError, match="1 of 1 rows are not so"):
        case.run()


def test_cases_run_with_criteria_of_a_host(tmp_path):
    @criterion
    def doubled(number: Decimal) -> Decimal:
        """Double."""
        return number * 2

    (tmp_path / "a.toml").write_text(
        "[[criterion]]\ncall = 'host.doubled(2)'\ngives = 4\n"
        "[[case]]\nrules = 'use host\nhost.doubled(employees) > 5 +1\n'\nlead = { attributes = { employees = 3 } }\n"
        "expect = { score = 1 }\n".replace("'use host", "'''use host").replace("+1\n'", "+1\n'''")
    )
    (tmp_path / "b.tsv").write_text("employees\thost.doubled(employees)\n4\t8\n")
    found = [*read_cases(tmp_path / "a.toml"), *read_cases(tmp_path / "b.tsv")]
    assert [case.kind for case in found] == ["criterion", "case", "column"]
    for case in found:
        case.run(criteria={"host": {"doubled": doubled}})
        with pytest.raises(AssertionError, match="there is no plugin `host`"):
            case.run()


def test_pytest_stays_light_where_there_are_no_cases(tmp_path):
    (tmp_path / "test_x.py").write_text(
        "import sys\n\ndef test_light():\n"
        "    assert 'pytest_leadrules' in sys.modules\n"
        "    assert [m for m in ('leadrules', 'hypothesis', 'lark', 'pydantic') if m in sys.modules] == []\n"
    )
    run = run_pytest(tmp_path, "-p", "no:hypothesispytest")
    assert run.returncode == 0, run.stdout
