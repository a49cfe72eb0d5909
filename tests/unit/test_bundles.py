"""A bundle is a ruleset as one text: loaded without a disk, it is the same, or it is refused."""

import datetime as dt
import json
import shutil
from decimal import Decimal

import pytest

from leadrules import BundleError, Limits, PluginError, Ruleset, RulesetError
from leadrules.sdk import criterion

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
MAIN = """\
include "parts/more.leadrules"
list targets from "lists/targets.csv"
param least = 10
param span = 30 days
param word = "pro"
param on = true
param day = 2026-05-01
employees >= least +10
company in targets +2
country = word +1
email_open within span +1
created > day and budget = on +1
"""
FILES = {
    "parts/more.leadrules": "need +1\n",
    "lists/targets.csv": "Łódź Freight\nAmber\n",
    "unused.leadrules": "need +9\n",
}
PARAMS = {
    "least": Decimal("2.50"),
    "span": dt.timedelta(days=2),
    "word": "PL",
    "on": False,
    "day": dt.date(2026, 5, 2),
}
LEAD = {"id": "1", "attributes": {"employees": 3, "company": "amber", "country": "PL", "need": True}}


@pytest.fixture(scope="module")
def rules():
    return Ruleset.from_text(MAIN, "acme.leadrules", files=FILES, params=PARAMS)


def changed(text: str, **parts) -> str:
    return json.dumps({**json.loads(text), **parts})


def test_a_bundle_gives_the_same_rules(rules):
    text = rules.bundle()
    for given in (text, text.encode(), b"\xef\xbb\xbf" + text.encode(), bytearray(text.encode())):
        again = Ruleset.from_bundle(given)
        assert again == rules
        assert again.params == rules.params
        assert again.sources() == rules.sources()
        assert again.bundle() == text
        assert again.evaluate(LEAD, as_of=NOW).to_json() == rules.evaluate(LEAD, as_of=NOW).to_json()
    assert again.evaluate(LEAD, as_of=NOW).score == 14


def test_a_bundle_is_the_same_from_files_and_holds_only_what_was_read(rules, tmp_path):
    for name, text in {"acme.leadrules": MAIN, **FILES}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8", newline="")
    loaded = Ruleset.from_file(tmp_path / "acme.leadrules", params={**PARAMS, "least": "2.5", "span": "2 days"})
    assert loaded.bundle() == rules.bundle()
    found = json.loads(rules.bundle())
    assert list(found) == [
        "format",
        "leadrules",
        "fingerprint",
        "name",
        "rules",
        "files",
        "params",
        "plugins",
        "digest",
    ]
    assert sorted(found["files"]) == ["lists/targets.csv", "parts/more.leadrules"]
    assert found["params"] == {"day": "2026-05-02", "least": "2.5", "on": False, "span": "2 days", "word": "PL"}
    assert (found["name"], found["fingerprint"], found["plugins"]) == ("acme.leadrules", rules.fingerprint, {})
    text = loaded.bundle()
    shutil.rmtree(tmp_path)
    assert Ruleset.from_bundle(text) == rules


def test_params_that_the_host_did_not_give_stay_those_of_the_file():
    rules = Ruleset.from_text(MAIN, files=FILES)
    assert json.loads(rules.bundle())["params"] == {}
    assert Ruleset.from_bundle(rules.bundle()).params == rules.params


def test_a_database_may_keep_it_in_another_order(rules):
    text = rules.bundle()
    kept = json.dumps(json.loads(text), sort_keys=True, indent=1)
    assert Ruleset.from_bundle(kept) == rules
    assert Ruleset.from_bundle(kept).bundle() == text


@pytest.mark.parametrize(
    "parts",
    [
        {"rules": MAIN + "need +1\n"},
        {"rules": MAIN + "# a comment\n"},
        {"files": {**FILES, "lists/targets.csv": "Amber\n"}},
        {"files": {}},
        {"params": {}},
        {"params": {"least": 3}},
        {"plugins": {"x": "y"}},
        {"fingerprint": "sha256:0"},
        {"digest": "sha256:0"},
        {"digest": None},
        {"leadrules": "9"},
        {"more": 1},
        {"name": "\ud800"},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_what_was_changed_is_refused(rules, parts):
    with pytest.raises(BundleError, match="was changed or cut off after it was written: its digest is another"):
        Ruleset.from_bundle(changed(rules.bundle(), **parts))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is not JSON, or was cut off"),
        ("{" * 100_000, "it is not JSON, or was cut off"),
        ("[" * 100_000, "it is not JSON, or was cut off"),
        (b"\xff\xfe{", "it is not JSON, or was cut off"),
        ('{"format": "leadrules bundle 1", "format": "leadrules bundle 1"}', "it is not JSON, or was cut off"),
        ("[]", "it does not say so in `format`"),
        ("{}", "it does not say so in `format`"),
        ('{"format": 7}', "it does not say so in `format`"),
        ('{"format": "leadrules bundle 2"}', "written by a later leadrules, in a form that this one does not know"),
        (MAIN, "it is not JSON, or was cut off"),
        ("\ud800", "it is not JSON, or was cut off"),
        (7, "a bundle is a text, as `Ruleset.bundle` gives it, or that in UTF-8"),
    ],
)
def test_what_is_no_bundle_is_refused(text, said):
    with pytest.raises(BundleError) as caught:
        Ruleset.from_bundle(text)
    assert said in str(caught.value)


def test_a_bundle_is_cut_off_anywhere(rules):
    text = rules.bundle()
    for end in range(0, len(text), 37):
        with pytest.raises(BundleError):
            Ruleset.from_bundle(text[:end])


def test_limits_hold_for_a_bundle_and_for_what_is_in_it(rules):
    text = rules.bundle()
    size = len(text.encode())
    assert Ruleset.from_bundle(text, limits=Limits(bundle_bytes=size)) == rules
    with pytest.raises(BundleError, match=rf"the bundle has {size:,} bytes, more than {size - 1:,} "):
        Ruleset.from_bundle(text, limits=Limits(bundle_bytes=size - 1))
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_bundle(text, limits=Limits(rules=3))
    assert {one.code for one in caught.value.diagnostics} == {"LR005"}


def test_files_of_packs_are_in_it(distribute, monkeypatch):
    files = {"packed/__init__.py": "", "packed/bant.leadrules": "budget +5\n"}
    distribute("packed", files, points="[leadrules.packs]\npacked = packed\n")
    text = Ruleset.from_text('include "pack:packed/bant.leadrules"').bundle()
    monkeypatch.undo()
    again = Ruleset.from_bundle(text, plugins=[])
    assert again.bundle() == text
    assert again.evaluate({"id": "1", "attributes": {"budget": True}}, as_of=NOW).score == 5


CODE = '''
from leadrules.sdk import criterion

@criterion(version="1")
def good(company: str) -> bool:
    """Tell."""
    return company == "{}"
'''


def test_a_plugin_must_be_the_one_that_it_names(distribute):
    site = distribute("acmecrm", CODE.format("Amber"), version="1.0")
    text = Ruleset.from_text("use acmecrm\nacmecrm.good(company) +1", "acme.leadrules").bundle()
    named = json.loads(text)["plugins"]["acmecrm"]
    assert (named["distribution"], named["version"], named["criteria"]) == ("acmecrm", "1.0", {"good": "1"})
    assert Ruleset.from_bundle(text).bundle() == text
    for info in site.glob("*.dist-info"):
        for path in info.iterdir():
            path.unlink()
        info.rmdir()
    distribute("acmecrm", CODE.format("Amber"), version="2.0")
    with pytest.raises(PluginError) as caught:
        Ruleset.from_bundle(text)
    assert str(caught.value) == (
        "acme.leadrules was bundled with another plugin than there is here: `acmecrm` differs "
        "(`acmecrm` was acmecrm 1.0 and is acmecrm 2.0)"
    )
    with pytest.raises(PluginError, match="is not allowed here"):
        Ruleset.from_bundle(text, plugins=[])


def test_criteria_of_a_host_are_handed_over_again():
    @criterion(version="1")
    def good(company: str) -> bool:
        """Tell."""
        return company == "Amber"

    @criterion(version="1")
    def other(company: str) -> bool:
        """Tell."""
        return company != "Amber"

    rules = Ruleset.from_text("use crm\ncrm.good(company) +1", criteria={"crm": {"good": good}})
    text = rules.bundle()
    assert Ruleset.from_bundle(text, criteria={"crm": {"good": good}}) == rules
    with pytest.raises(PluginError, match="there is no plugin `crm`"):
        Ruleset.from_bundle(text)
    with pytest.raises(PluginError, match=r"was bundled with another plugin than there is here: `crm` differs$"):
        Ruleset.from_bundle(text, criteria={"crm": {"good": good, "other": other}})


def test_rules_that_mean_something_else_here_are_refused(rules, monkeypatch):
    text = rules.bundle()
    monkeypatch.setattr("leadrules.ruleset.fingerprint_of", lambda program: f"sha256:{len(program.canonical)}")
    with pytest.raises(BundleError, match=r"these rules mean something else to leadrules .* than to"):
        Ruleset.from_bundle(text)
