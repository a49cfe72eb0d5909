"""`leadrules plugins`, and what other commands do with plugins that are installed."""

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

GOOD = '''
from decimal import Decimal
from leadrules.sdk import criterion

@criterion(version="3")
def size(text: str, most: Decimal = Decimal(9)) -> Decimal:
    """Count letters.

    All of them.
    """
    if text == "Amber Cargo":
        raise KeyError(text)
    return min(Decimal(len(text)), most)
'''


@pytest.fixture(autouse=True)
def only_what_a_test_installs(tmp_path, monkeypatch):
    """Hide the plugins that are really installed here."""
    installed = metadata.entry_points

    def found(**wanted):
        return [point for point in installed(**wanted) if point.dist.locate_file("").is_relative_to(tmp_path)]

    monkeypatch.setattr(metadata, "entry_points", found)


UNSURE = '''
@criterion
def known(name: str, trade: str) -> bool | None:
    """Never know."""
    return None
'''
USES = "use crm\ncrm.size(company) >= 9 +10\n"


def test_list_shows_what_there_is_from_where(leadrules, distribute):
    distribute("crm", GOOD, version="2.1")
    files = {"frame/__init__.py": "", "frame/bant.leadrules": "# Budget and the rest.\nneed +1\n"}
    distribute("frame", files, points="[leadrules.packs]\nframe = frame\n")
    result = leadrules("plugins", "list")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "crm  plugin of crm 2.1",
        "  crm.size(text: text, most: number = 9) number",
        "      Count letters.",
        "",
        "frame  pack of frame 1.0",
        "  pack:frame/bant.leadrules",
        "      Budget and the rest.",
    ]
    assert leadrules("plugins").stdout == result.stdout


def test_list_as_data(leadrules, distribute):
    distribute("crm", GOOD, version="2.1")
    (found,) = json.loads(leadrules("plugins", "list", "--format", "json").stdout)["installed"]
    assert found == {
        "kind": "plugin",
        "name": "crm",
        "distribution": "crm",
        "version": "2.1",
        "problems": [],
        "criteria": [
            {
                "name": "size",
                "version": "3",
                "signature": "(text: text, most: number = 9) number",
                "about": "Count letters.",
                "doc": "Count letters.\n\nAll of them.",
                "parameters": [
                    {"name": "text", "type": "text", "takes_unknown": False, "default": None},
                    {"name": "most", "type": "number", "takes_unknown": False, "default": "9"},
                ],
                "gives": {"type": "number", "may_be_unknown": False},
                "asks_for_the_lead": False,
                "fields": None,
                "events": None,
                "deprecated": None,
                "formerly": [],
            }
        ],
    }


def test_list_as_pages(leadrules, distribute):
    distribute("crm", GOOD)
    page = leadrules("plugins", "list", "--format", "markdown").stdout
    assert page.startswith("# crm.size\n")
    assert "| `most` | number | the answer is unknown | `9` |" in page


def test_nothing_installed_says_how_to_begin(leadrules):
    assert "leadrules plugins new NAME" in leadrules("plugins").stdout


BROKEN = {
    "raising": ("raise RuntimeError('no')", "RuntimeError: no", 'python -c "import raising"'),
    "needy": ("import nowhere_at_all", "No module named 'nowhere_at_all'", "pip install nowhere_at_all"),
    "empty": ("x = 1", "has no criteria", "write `@criterion`"),
    "bare": (GOOD.replace("text: str", "text"), "its parameter `text` is not annotated", "annotate every parameter"),
}


@pytest.mark.parametrize("name", ["raising", "needy", "empty", "bare"])
def test_doctor_tells_what_is_broken_and_how_to_mend_it(leadrules, distribute, name):
    code, what, mend = BROKEN[name]
    distribute("crm", GOOD)
    distribute(name, code, version="1.5")
    result = leadrules("plugins", "doctor")
    assert result.exit_code == 1
    assert f"({name} 1.5)" in result.stdout
    assert what in result.stdout
    assert mend in result.stdout
    assert result.stdout.splitlines()[-1].endswith("2 plugins and packs installed, 1 whole, 1 broken")
    listed = leadrules("plugins", "list")
    assert listed.exit_code == 0
    assert "crm.size(" in listed.stdout
    assert "  broken: " in listed.stdout


def test_doctor_tells_of_entry_points_to_nothing_and_of_two_of_one_name(leadrules, distribute):
    distribute("gone", GOOD, points="[leadrules.criteria]\ngone = elsewhere_gone\n")
    distribute("missing", GOOD, points="[leadrules.criteria]\nmissing = missing:nothing\n")
    distribute("one", GOOD, points="[leadrules.criteria]\nsame = one\n")
    distribute("two", GOOD, points="[leadrules.criteria]\nsame = two\n")
    result = leadrules("plugins", "doctor")
    assert result.exit_code == 1
    assert 'mend `missing = "missing:nothing"` under `[project.entry-points."leadrules.criteria"]`' in result.stdout
    assert result.stdout.count("two distributions bring a plugin `same`: one 1.0 and two 1.0") == 1
    assert "uninstall one of them" in result.stdout


def test_doctor_looks_into_packs(leadrules, distribute):
    points = "[leadrules.packs]\n{0} = {0}\n"
    distribute("bare", {"bare/__init__.py": ""}, points=points.format("bare"))
    distribute("flat", "", points=points.format("flat"))
    distribute("odd", {"odd/__init__.py": "", "odd/x.leadrules": "need +\n"}, points=points.format("odd"))
    told = leadrules("plugins", "doctor").stdout
    assert "the pack of plugin `bare` (bare 1.0) has no rule files" in told
    assert "the pack of plugin `flat` (flat 1.0) is no package: `flat`" in told
    assert "pack:odd/x.leadrules:1: " in told


def test_doctor_tells_of_a_distribution_that_cannot_be_read(leadrules, distribute):
    distribute("wrecked", GOOD, points="[leadrules.criteria]\nno equals sign\n")
    distribute("crm", GOOD)
    told = leadrules("plugins", "doctor").stdout
    assert "the entry points of wrecked cannot be read" in told
    assert "pip install --force-reinstall wrecked" in told


def test_doctor_is_content_where_all_is_whole(leadrules, distribute):
    distribute("crm", GOOD)
    assert leadrules("plugins", "doctor").exit_code == 0
    assert json.loads(leadrules("plugins", "doctor", "--format", "json").stdout)["ok"] is True


# ------------------------------------------------------------ other commands


def test_a_criterion_that_fails_rejects_the_lead_and_the_run_goes_on(leadrules, here, distribute):
    distribute("crm", GOOD, version="2.1")
    (here / "uses.leadrules").write_text(USES)
    result = leadrules("score", "uses.leadrules", "leads.csv", "-o", "out.csv", "--rejects", "rejects.csv")
    assert result.exit_code == 3
    assert [line.split(",")[:2] for line in (here / "out.csv").read_text().splitlines()[1:]] == [
        ["1", "10"],
        ["3", "10"],
        ["4", "10"],
    ]
    told = "plugin `crm` (crm 2.1), criterion `size` version 3, lead `2`: it failed with KeyError: 'Amber Cargo'"
    assert told in (here / "rejects.csv").read_text()
    assert "warning: 1 lead could not be scored; all others are scored" in result.stderr
    assert "read" not in result.stderr


def test_leads_that_cannot_be_read_and_leads_that_cannot_be_scored_are_told_apart(leadrules, here, distribute):
    distribute("crm", GOOD)
    (here / "uses.leadrules").write_text(f"{USES}employees >= 10 +1\n")
    rows = ("1,Kestrel,10", "2,Amber Cargo,10", "3,Polar,many", "4,Polar Stores,few")
    (here / "leads.csv").write_text("id,company,employees\n" + "\n".join(rows) + "\n")
    result = leadrules("score", "uses.leadrules", "leads.csv")
    assert result.exit_code == 3
    assert "warning: 2 leads could not be read, 1 lead could not be scored; all others are scored" in result.stderr
    difference = leadrules("diff", "uses.leadrules", "uses.leadrules", "leads.csv")
    assert "3 leads could not be scored by both" in difference.stdout


def test_an_example_over_which_a_plugin_fails_cannot_be_scored(leadrules, here, distribute):
    distribute("crm", GOOD)
    example = 'example "it fails"\n  given company = "Amber Cargo"\n  expect score = 5\n'
    (here / "uses.leadrules").write_text(USES + example)
    assert "its lead cannot be scored: plugin `crm` (crm 1.0)" in leadrules("test", "uses.leadrules").stdout


@pytest.mark.parametrize(
    "command",
    [
        ("check", "uses.leadrules"),
        ("test", "uses.leadrules"),
        ("score", "uses.leadrules", "leads.csv"),
        ("explain", "uses.leadrules", "leads.csv", "--lead", "1"),
        ("diff", "uses.leadrules", "uses.leadrules", "leads.csv"),
    ],
    ids=lambda command: command[0],
)
def test_only_allowed_plugins_are_used(leadrules, here, distribute, command):
    distribute("crm", GOOD)
    (here / "uses.leadrules").write_text(USES)
    distribute("x", GOOD)
    assert leadrules(*command, "--allow-plugin", "crm", "--allow-plugin", "x").exit_code in {0, 3}
    assert leadrules(*command, "--allow-plugin", "crm=crm").exit_code in {0, 3}
    refused = leadrules(*command, "--allow-plugin", "x")
    assert refused.exit_code == 1
    assert "the plugin `crm` is not allowed here" in refused.output
    unknown = leadrules(*command, "--allow-plugin", "cmr")
    assert unknown.exit_code == 2
    assert "`cmr` is to be allowed, and there is no such plugin" in " ".join(unknown.output.split())


@pytest.mark.parametrize(
    "command",
    [
        ("check", "uses.leadrules"),
        ("test", "uses.leadrules"),
        ("score", "uses.leadrules", "leads.csv"),
        ("explain", "uses.leadrules", "leads.csv", "--lead", "1"),
        ("diff", "uses.leadrules", "uses.leadrules", "leads.csv"),
    ],
    ids=lambda command: command[0],
)
def test_a_module_of_the_host_brings_criteria(leadrules, here, command):
    (here / "host_of_criteria").mkdir(exist_ok=True)
    (here / "host_of_criteria/crm.py").write_text(GOOD)
    (here / "uses.leadrules").write_text(USES)
    assert leadrules(*command, "--criteria", "crm=host_of_criteria.crm").exit_code in {0, 3}
    missing = leadrules(*command, "--criteria", "crm=host_of_criteria.nowhere")
    assert missing.exit_code == 2
    assert "`host_of_criteria.nowhere` cannot be imported: ModuleNotFoundError" in " ".join(missing.output.split())
    assert "write it as --criteria crm=acme.crm" in leadrules(*command, "--criteria", "crm").output


def test_check_reads_packs(leadrules, here, distribute):
    files = {"frame/__init__.py": "", "frame/bant.leadrules": "need +1\n"}
    distribute("frame", files, points="[leadrules.packs]\nframe = frame\n")
    (here / "packed.leadrules").write_text('include "pack:frame/bant.leadrules"\n')
    assert leadrules("check", "packed.leadrules").exit_code == 0


def test_explain_says_that_an_answer_is_unknown_and_what_was_asked(leadrules, here, distribute):
    distribute("crm", GOOD + UNSURE)
    (here / "uses.leadrules").write_text("use crm\ncrm.known(company, industry) +5\n")
    told = leadrules("explain", "uses.leadrules", "leads.csv", "--lead", "3").stdout
    assert "crm.known(company, industry) +5  unknown (company = " in told


def test_explain_tells_which_criterion_failed(leadrules, here, distribute):
    distribute("crm", GOOD)
    (here / "uses.leadrules").write_text(USES)
    result = leadrules("explain", "uses.leadrules", "leads.csv", "--lead", "2")
    assert result.exit_code == 3
    assert "criterion `size` version 3, lead `2`: it failed with KeyError" in result.output


def test_the_answers_of_criteria_are_told(leadrules, here, distribute):
    distribute("crm", GOOD)
    example = 'example "short"\n  given company = "Acme"\n  expect crm.size(company) = 5\n'
    (here / "uses.leadrules").write_text(USES + example)
    told = leadrules("explain", "uses.leadrules", "leads.csv", "--lead", "3").stdout
    assert "crm.size(company) = 9" in told
    told = leadrules("test", "uses.leadrules").stdout
    assert "but      crm.size(company) is 4, company is Acme" in told


def test_workers_score_with_plugins(here, distribute):
    site = distribute("crm", GOOD)
    (here / "uses.leadrules").write_text(USES)
    command = [
        sys.executable,
        "-m",
        "leadrules",
        "score",
        "uses.leadrules",
        "leads.csv",
        "-o",
        "out.csv",
        "--workers",
        "2",
    ]
    run = subprocess.run(
        command, cwd=here, env={**os.environ, "PYTHONPATH": str(site)}, capture_output=True, check=False
    )
    assert run.returncode == 3, run.stderr
    assert len((here / "out.csv").read_text().splitlines()) == 4


def test_needed_tells_what_a_rule_file_needs_as_lines_for_pip(leadrules, here, distribute):
    distribute("acme-crm", GOOD, version="2.1", points="[leadrules.criteria]\ncrm = acme_crm\n")
    more = {"acme_rules/__init__.py": "", "acme_rules/core.leadrules": "use crm\nuse acme_size\nneed +1\n"}
    distribute("acme-rules", more, version="0.3", points="[leadrules.packs]\nframe = acme_rules\n")
    rules = 'include "pack:frame/core.leadrules"\nuse crm as ours\nnobody knows this\n'
    (here / "needs.leadrules").write_text(rules)
    result = leadrules("plugins", "needed", "needs.leadrules")
    assert result.exit_code == 1
    own = f"leadrules=={metadata.version('leadrules')}"
    advice = "by custom it is in leadrules-acme-size: `pip install leadrules-acme-size`, or in its own folder"
    missing = f"# the plugin `acme_size` is not installed here: {advice} `pip install -e .`"
    assert result.stdout.splitlines() == [own, "acme-crm==2.1", missing, "acme-rules==0.3"]
    found = json.loads(leadrules("plugins", "needed", "needs.leadrules", "--format", "json").stdout)
    assert {(one["kind"], one["name"], one["distribution"], one["version"]) for one in found["needs"]} == {
        ("plugin", "crm", "acme-crm", "2.1"),
        ("plugin", "acme_size", None, None),
        ("pack", "frame", "acme-rules", "0.3"),
    }
    (here / "plain.leadrules").write_text("email_open +1\n")
    plain = leadrules("plugins", "needed", "plain.leadrules")
    assert (plain.exit_code, plain.stdout) == (0, own + "\n")


def test_needed_imports_no_plugin(leadrules, here, distribute):
    distribute("crm", "raise SystemExit('imported')\n", version="2.1")
    (here / "needs.leadrules").write_text("use crm\ncrm.f(company) +1\n")
    result = leadrules("plugins", "needed", "needs.leadrules")
    assert (result.exit_code, result.stdout.splitlines()[1:]) == (0, ["crm==2.1"])


def test_the_doctor_sees_a_misspelt_group(leadrules, distribute):
    distribute("crm", GOOD, points="[leadrules.criterion]\ncrm = crm\n")
    told = leadrules("plugins", "doctor")
    assert told.exit_code == 1
    flat = " ".join(told.output.split())
    assert "nobody reads the entry-point group `leadrules.criterion` of crm 1.0" in flat
    assert 'write `[project.entry-points."leadrules.criteria"]`' in flat


# ------------------------------------------------------------------ plugins new


def test_new_writes_a_plugin_that_passes_its_own_tests(leadrules, here, distribute):
    result = leadrules("plugins", "new", "trucks", "--dir", "made")
    assert result.exit_code == 0
    assert "a plugin `trucks` with one criterion, `trucks.words`" in result.stdout
    plugin = here / "made/leadrules-trucks"
    texts = "".join(path.read_text("utf-8") for path in plugin.rglob("*") if path.is_file())
    assert "{{" not in texts.replace("${{", "")
    assert leadrules("fmt", "--check", str(plugin / "example.leadrules")).exit_code == 0
    site = distribute("leadrules-trucks", {}, points="[leadrules.criteria]\ntrucks = leadrules_trucks\n")
    path = os.pathsep.join(map(str, (site, plugin / "src")))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        command, cwd=plugin, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
    assert "9 passed" in run.stdout


@pytest.mark.parametrize(
    ("given", "folder"),
    [("leadrules-my-crm", "leadrules-my-crm"), ("My_CRM", "leadrules-my-crm"), ("x2", "leadrules-x2")],
)
def test_new_takes_a_name_as_people_write_it(leadrules, given, folder):
    assert leadrules("plugins", "new", given).exit_code == 0
    assert Path(folder, "pyproject.toml").exists()


@pytest.mark.parametrize("name", ["2x", "", "a b", "żuraw", "../x", "-"])
def test_new_refuses_what_is_no_name(leadrules, name):
    result = leadrules("plugins", "new", "--", name)
    assert result.exit_code == 2
    assert "is no name for a plugin" in result.output


@pytest.mark.parametrize("name", ["days", "count", "score", "use", "message", "leadrules-company"])
def test_new_refuses_what_rule_files_could_not_call(leadrules, here, name):
    result = leadrules("plugins", "new", name)
    assert result.exit_code == 2
    assert f"`{name.removeprefix('leadrules-')}` means something else in rule files" in result.output
    assert not list(here.glob("leadrules-*"))


def test_new_keeps_what_is_there(leadrules, here, distribute):
    (here / "leadrules-crm").mkdir()
    (here / "leadrules-crm/mine").write_text("mine")
    assert "is there already, and is kept as it is" in leadrules("plugins", "new", "crm").output
    distribute("other", GOOD, version="3.0", points="[leadrules.criteria]\ntaken = other\n")
    assert "there is a plugin `taken` already, from other 3.0" in leadrules("plugins", "new", "taken").output
