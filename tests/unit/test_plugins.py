"""Installed plugins and packs: found by name, loaded when used, and named when they fail."""

import datetime as dt
import importlib
import pickle
import re
import subprocess
import sys
from importlib import metadata

import pytest

from leadrules import PluginError, RuleCheckError, Ruleset
from leadrules.plugins import Catalogue
from leadrules.sdk import criterion

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
GOOD = '''
from decimal import Decimal
from leadrules.sdk import criterion

@criterion(version="3")
def size(text: str) -> Decimal:
    """Count letters."""
    return Decimal(len(text))
'''
PACK = "[leadrules.packs]\nframe = frame\n"
LEAD = {"id": "42", "attributes": {"company": "Acme"}}


def rules_of(name: str, **options) -> Ruleset:
    return Ruleset.from_text(f"use `{name}` as it\nit.size(company) >= 4 +10\n", **options)


def refusal(text: str, **options) -> str:
    with pytest.raises(PluginError) as caught:
        Ruleset.from_text(text, **options)
    assert isinstance(caught.value, RuleCheckError)
    return str(caught.value)


# ------------------------------------------------------------------- finding


def test_an_installed_plugin_is_found_by_name_and_told_in_the_audit(distribute):
    distribute("crm", GOOD, version="2.1")
    result = rules_of("crm").evaluate(LEAD, as_of=NOON)
    assert result.score == 10
    assert result.audit[0].evidence["values"]["it.size(company)"] == {
        "value": 4,
        "arguments": {"text": "Acme"},
        "criterion": "crm.size",
        "version": "3",
        "distribution": "crm 2.1",
    }


def test_only_what_a_file_uses_is_imported(distribute):
    distribute("crm", GOOD)
    distribute("other", GOOD)
    rules_of("crm")
    assert "crm" in sys.modules
    assert "other" not in sys.modules


def test_rules_without_plugins_do_not_even_look_for_them(monkeypatch):
    def never(*_arguments, **_options):
        raise AssertionError("looked for plugins")

    monkeypatch.setattr(metadata, "entry_points", never)
    monkeypatch.setattr(metadata, "distributions", never)
    rules = Ruleset.from_text('company = "Acme" +10\nexample "one"\n  given company = "Acme"\n  expect score = 10\n')
    assert rules.evaluate(LEAD, as_of=NOON).score == 10
    assert rules.warnings is not None
    assert rules.run_examples()[0].passed
    assert pickle.loads(pickle.dumps(rules)) == rules  # noqa: S301


def test_rules_without_plugins_import_nothing_for_them(tmp_path):
    code = "import sys\nfrom leadrules import Ruleset\nRuleset.from_text('email_open +5')\nprint('pkg' in sys.modules)"
    (tmp_path / "pkg.py").write_text(GOOD)
    info = tmp_path / "pkg-1.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: pkg\nVersion: 1\n")
    info.joinpath("entry_points.txt").write_text("[leadrules.criteria]\npkg = pkg\n")
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_what_the_host_hands_over_comes_before_what_is_installed(distribute):
    distribute("crm", "raise RuntimeError('not me')")
    assert rules_of("crm", criteria={"crm": {"size": _size()}}).evaluate(LEAD, as_of=NOON).score == 10


def _size():
    from decimal import Decimal

    from leadrules.sdk import criterion

    @criterion
    def size(text: str) -> Decimal:
        """Count letters."""
        return Decimal(len(text))

    return size


def test_the_host_says_which_plugins_are_allowed(distribute):
    distribute("crm", GOOD)
    assert rules_of("crm", plugins=["crm"]).evaluate(LEAD, as_of=NOON).score == 10
    distribute("other", GOOD)
    told = refusal("use crm\n", plugins=["other"])
    assert "the plugin `crm` is not allowed here" in told
    assert "help: allowed are `other`" in told
    assert "the plugin `crm` is not allowed here" in refusal("use crm\n", plugins=[])


def test_the_host_says_which_distribution_must_bring_a_plugin(distribute):
    distribute("acme-crm", GOOD, points="[leadrules.criteria]\ncrm = acme_crm\n")
    assert rules_of("crm", plugins=["crm=Acme_CRM"]).evaluate(LEAD, as_of=NOON).score == 10
    told = refusal("use crm\n", plugins=["crm=leadrules-crm"])
    assert "the plugin `crm` is allowed from leadrules-crm, and acme-crm 1.0 brings it" in told


def test_a_name_to_allow_that_is_not_there_is_refused(distribute):
    distribute("prospects", GOOD)
    with pytest.raises(PluginError, match="`prospcts` is to be allowed, and there is no such plugin") as caught:
        Ruleset.from_text("email_open +1\n", plugins=["prospcts"])
    assert caught.value.help == "did you mean `prospects`?"
    handed = Ruleset.from_text("use crm\ncrm.sized(company) +1\n", plugins=["crm"], criteria={"crm": {"sized": sized}})
    assert handed.evaluate(LEAD, as_of=NOON).score == 1
    with pytest.raises(TypeError, match=r"write \['crm'\]"):
        Ruleset.from_text("email_open +1\n", plugins="crm")


@pytest.mark.parametrize("names", [5, b"crm", [5], ["crm", None]])
def test_an_allow_list_is_a_list_of_texts(names):
    with pytest.raises(TypeError, match=r'`plugins` is a list of names, which are texts: write \["title"\]'):
        Ruleset.from_text("email_open +1\n", plugins=names)


def test_a_plugin_that_is_missing_is_told_how_to_get(monkeypatch):
    monkeypatch.setattr(metadata, "entry_points", lambda **_: ())
    told = refusal("use title\n")
    assert "help: `pip install leadrules-title`, or in the folder of leadrules itself" in told
    assert "`pip install ./plugins/leadrules-title`" in told
    assert "`pip install ./plugins/leadrules-frameworks`" in refusal('include "pack:frameworks/bant.leadrules"\n')
    told = refusal("use my_crm\n")
    assert "help: by custom it is in leadrules-my-crm: `pip install leadrules-my-crm`, or in its own folder" in told


def test_what_a_missing_file_may_declare_is_not_told_as_missing():
    rules = 'include "pack:nowhere/all.leadrules"\nuse crm\nvisits > 5 and crm.f(size) +5\nhot within 3 days +1\n'
    with pytest.raises(RuleCheckError) as caught:
        Ruleset.from_text(rules, criteria={"crm": {"f": sized}})
    assert [d.code for d in caught.value.diagnostics] == ["LR621"]


@criterion
def sized(text: str) -> bool:
    """Tell."""
    return bool(text)


EXPORTING = """
from decimal import Decimal
from leadrules.sdk import criterion
from other import size as their_size

@criterion
def mine(text: str) -> bool:
    "Tell."
    return True

@criterion
def _hidden(text: str) -> bool:
    "Tell."
    return True
"""


def test_a_module_gives_what_it_defines_and_names(distribute):
    distribute("other", GOOD)
    distribute("own", EXPORTING)
    distribute("exported", EXPORTING + "__all__ = ['_hidden', 'their_size']\n")
    for name, given in (("own", {"mine"}), ("exported", {"_hidden", "their_size"})):
        assert set(Catalogue().load(name).criteria) == given


def test_a_criterion_is_marked_once(distribute):
    again = "\nlength = criterion(version='1', name='length')(size)\n"
    distribute("crm", GOOD + again)
    assert "`size` is a criterion already: define another function that calls it" in refusal("use crm\n")


def test_a_name_that_nobody_brings_is_told_with_one_that_is_close(distribute):
    distribute("prospects", GOOD)
    told = refusal("use prospcts\n")
    assert "there is no plugin `prospcts`" in told
    assert "did you mean `prospects`?" in told


def test_an_entry_point_may_lead_to_an_object(distribute):
    code = GOOD + "\nclass Holder:\n    size = staticmethod(size)\n\nholder = Holder()\n"
    distribute("crm", code, points="[leadrules.criteria]\ncrm = crm:holder\n")
    assert rules_of("crm").evaluate(LEAD, as_of=NOON).score == 10


# --------------------------------------------------------------- used by several

NEED = "use crm\ncrm.size(company) >= 4 +10\n"


@pytest.mark.parametrize(
    ("rules", "included"),
    [
        pytest.param('use crm\ninclude "a.leadrules"\n', {"a.leadrules": NEED}, id="here and in an included file"),
        pytest.param('include "a.leadrules"\nuse crm as crm\n', {"a.leadrules": NEED}, id="after it, as itself"),
        pytest.param(
            'include "a.leadrules"\ninclude "b.leadrules"\n',
            {"a.leadrules": "use crm\n", "b.leadrules": NEED},
            id="in two included files",
        ),
        pytest.param(f"use crm\n{NEED}", {}, id="twice in one file"),
    ],
)
def test_a_plugin_used_twice_under_one_name_counts_once(distribute, tmp_path, rules, included):
    distribute("crm", GOOD)
    for name, text in {"main.leadrules": rules, **included}.items():
        (tmp_path / name).write_text(text)
    loaded = Ruleset.from_file(tmp_path / "main.leadrules")
    assert loaded.evaluate(LEAD, as_of=NOON).score == 10
    assert loaded.warnings == ()


def test_a_plugin_used_twice_gives_the_rules_of_one_used_once(distribute):
    distribute("crm", GOOD)
    assert Ruleset.from_text(f"use crm\n{NEED}").fingerprint == Ruleset.from_text(NEED).fingerprint


def test_a_plugin_used_in_a_file_and_in_a_pack_counts_once(distribute):
    distribute("crm", GOOD)
    distribute("frame", {"frame/__init__.py": "", "frame/need.leadrules": NEED}, points=PACK)
    rules = Ruleset.from_text('use crm\ninclude "pack:frame/need.leadrules"\ncrm.size(company) >= 3 +1\n')
    assert rules.evaluate(LEAD, as_of=NOON).score == 11


def test_a_plugin_may_be_used_under_two_names(distribute):
    distribute("crm", GOOD)
    rules = Ruleset.from_text("use crm\nuse crm as c\ncrm.size(company) = 4 +1\nc.size(company) >= 4 +2\n")
    assert rules.evaluate(LEAD, as_of=NOON).score == 3


def test_two_plugins_under_one_name_are_refused(distribute):
    distribute("crm", GOOD)
    distribute("other", GOOD)
    with pytest.raises(RuleCheckError) as caught:
        Ruleset.from_text("use crm\nuse other as crm\n")
    assert str(caught.value) == (
        "rules.leadrules:2:14: error LR301: `crm` is declared twice\n"
        " 2 | use other as crm\n"
        "   |              ^^^\n"
        "  help: it is already a plugin in line 1; choose another name: `use other as …`"
    )


# ------------------------------------------------------------ with other packages


def test_the_version_of_a_package_that_is_asked_enters_the_fingerprint(distribute, monkeypatch):
    code = GOOD.replace("import criterion", "import criterion, versioned")
    distribute("crm", code.replace('version="3"', 'version=versioned("3", "numbers", "tzdata")'))
    distribute("numbers", "", version="9.0", points="")
    rules = rules_of("crm")
    audit = rules.evaluate(LEAD, as_of=NOON).audit
    version = audit[0].evidence["values"]["it.size(company)"]["version"]
    assert version == f"3 (numbers 9.0, tzdata {metadata.version('tzdata')})"
    monkeypatch.setattr(metadata, "version", lambda name: f"{name}'s next")
    del sys.modules["crm"]
    assert rules_of("crm").fingerprint != rules.fingerprint


def test_a_package_that_is_asked_and_not_installed_is_named(distribute):
    distribute("crm", 'from leadrules.sdk import versioned\nversioned("1", "nowhere-at-all")\n')
    assert "cannot be imported from `crm`: PackageNotFoundError" in refusal("use crm\n")
    assert "nowhere-at-all" in refusal("use crm\n")


# ------------------------------------------------------------------- failing


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise RuntimeError('no licence')", "cannot be imported from `crm`: RuntimeError: no licence"),
        ("raise SystemExit(3)", "cannot be imported from `crm`: SystemExit: 3"),
        ("raise GeneratorExit", "cannot be imported from `crm`: GeneratorExit"),
        ("class Panic(BaseException): pass\nraise Panic('lost')", "cannot be imported from `crm`: Panic: lost"),
        ("raise ValueError", "cannot be imported from `crm`: ValueError"),
        ("import nowhere_at_all", "cannot be imported from `crm`: ModuleNotFoundError: No module named"),
        ("def f(:", "cannot be imported from `crm`: SyntaxError: invalid syntax"),
        ("x = 5", "has no criteria: mark its functions with `@criterion`"),
        (GOOD.replace("text: str", "text"), "criterion `size` version 3: its parameter `text` is not annotated"),
        (GOOD.replace("-> Decimal", "-> float"), "criterion `size` version 3: it gives `float`"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_named_with_its_distribution_and_version(distribute, code, words):
    distribute("crm", code, version="2.1")
    told = refusal("email_open +1\nuse crm\ncrm.size(company) > 1 +2\n")
    assert "rules.leadrules:2:1: error LR621: plugin `crm` (crm 2.1)" in told
    assert words in told
    assert "help: `leadrules plugins doctor` tells how to mend it" in told
    assert told.count("error LR") == 1  # what is called of it is not blamed, too


def test_an_entry_point_that_leads_nowhere_is_told(distribute):
    distribute("crm", GOOD, points="[leadrules.criteria]\ncrm = crm:missing\n")
    assert "cannot be imported from `crm:missing`: AttributeError" in refusal("use crm\n")


def test_two_plugins_of_one_name_are_told_with_both_distributions(distribute):
    distribute("one", GOOD, version="1.5", points="[leadrules.criteria]\ncrm = one\n")
    distribute("two", GOOD, version="2.5", points="[leadrules.criteria]\ncrm = two\n")
    assert "two distributions bring a plugin `crm`: one 1.5 and two 2.5" in refusal("use crm\n")
    assert "one" not in sys.modules


def test_of_fifty_plugins_the_broken_one_fails_only_those_who_use_it(distribute):
    for number in range(49):
        distribute(f"plugin{number}", GOOD)
    distribute("broken", "raise RuntimeError('no')")
    assert rules_of("plugin7").evaluate(LEAD, as_of=NOON).score == 10
    assert "plugin `broken` (broken 1.0) cannot be imported" in refusal("use broken\n")
    assert rules_of("plugin48").evaluate(LEAD, as_of=NOON).score == 10
    assert "plugin9" not in sys.modules


def test_a_distribution_that_cannot_be_read_hides_no_other(distribute):
    distribute("wrecked", GOOD, points="[leadrules.criteria]\nno equals sign\n")
    distribute("crm", GOOD)
    assert rules_of("crm").evaluate(LEAD, as_of=NOON).score == 10


# --------------------------------------------------------------- fingerprint


def fingerprint_of(name: str = "crm") -> str:
    for found in [found for found in sys.modules if found.partition(".")[0] == name]:
        del sys.modules[found]
    importlib.invalidate_caches()
    return rules_of(name).fingerprint


def test_the_fingerprint_tells_versions_and_sources_apart(distribute):
    distribute("crm", {"crm/__init__.py": GOOD, "crm/titles.csv": "a,b\n"})
    first = fingerprint_of()
    assert fingerprint_of() == first
    site = distribute("crm", {"crm/titles.csv": "a,c\n"})
    assert fingerprint_of() != first
    distribute("crm", {"crm/titles.csv": "a,b\n", "crm/.cache/x": "no matter", "crm/__pycache__/x.pyc": "neither"})
    assert fingerprint_of() == first
    (site / "crm/titles.csv").write_bytes(b"a,b\r\n")
    assert fingerprint_of() == first
    distribute("crm", {"crm/helper.py": "x = 1\n"})
    assert fingerprint_of() != first


def test_the_version_of_the_distribution_is_part_of_the_fingerprint(distribute):
    site = distribute("crm", GOOD)
    first = fingerprint_of()
    (site / "crm-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: crm\nVersion: 1.1\n")
    assert fingerprint_of() != first


def test_the_package_around_an_entry_point_is_part_of_the_fingerprint(distribute):
    points = "[leadrules.criteria]\ncrm = crm.rules:holder\n"
    code = GOOD + "\nholder = {'size': size}\n"
    distribute("crm", {"crm/__init__.py": "", "crm/rules.py": code, "crm/data.txt": "1"}, points=points)
    first = fingerprint_of()
    distribute("crm", {"crm/data.txt": "2"}, points=points)
    assert fingerprint_of() != first


# ------------------------------------------------------------------ pickling


def test_rules_with_an_installed_plugin_pickle(distribute):
    distribute("crm", GOOD)
    rules = rules_of("crm")
    again = pickle.loads(pickle.dumps(rules))  # noqa: S301
    assert again == rules
    assert again.evaluate(LEAD, as_of=NOON).to_json() == rules.evaluate(LEAD, as_of=NOON).to_json()


def test_rules_with_a_module_of_the_host_pickle(distribute):
    distribute("mine", GOOD, points="")
    module = importlib.import_module("mine")
    rules = rules_of("crm", criteria={"crm": module})
    assert pickle.loads(pickle.dumps(rules)) == rules  # noqa: S301


def test_rules_are_not_restored_with_another_version_of_a_plugin(distribute):
    site = distribute("crm", GOOD)
    pickled = pickle.dumps(rules_of("crm"))
    (site / "crm-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: crm\nVersion: 1.1\n")
    with pytest.raises(PluginError, match="another plugin than there is here: `crm` differs"):
        pickle.loads(pickled)  # noqa: S301


# --------------------------------------------------------------------- packs


def test_a_pack_brings_rule_files(distribute):
    files = {
        "frame/__init__.py": "",
        "frame/bant.leadrules": 'include "parts/need.leadrules"\nlist free from "free.csv"\ncompany in free -5\n',
        "frame/parts/need.leadrules": "need +10\n",
        "frame/free.csv": "Acme\n",
    }
    distribute("frame", files, points=PACK)
    rules = Ruleset.from_text('include "pack:frame/bant.leadrules"\n')
    assert rules.evaluate({"id": "1", "attributes": {"need": True, "company": "acme"}}, as_of=NOON).score == 5
    assert pickle.loads(pickle.dumps(rules)) == rules  # noqa: S301


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("pack:frame/other.leadrules", "the pack `frame` has no file `other.leadrules`"),
        ("pack:frame/bant", "did you mean `pack:frame/bant.leadrules`?"),
        ("pack:frame/sub", "the pack `frame` has no file `sub`"),
        ("pack:frame/../secret", "is no file of a pack"),
        ("pack:gone/x", "there is no pack `gone`"),
    ],
)
def test_a_file_that_a_pack_does_not_have_is_told(distribute, path, words):
    files = {"frame/__init__.py": "", "frame/sub/x": "", "frame/bant.leadrules": "need +1\n"}
    distribute("frame", files, points=PACK)
    with pytest.raises(RuleCheckError, match=re.escape(words)):
        Ruleset.from_text(f'include "{path}"\n')


def test_a_pack_that_is_no_package_or_not_allowed_is_told(distribute):
    distribute("frame", "", points=PACK)
    assert "the pack of plugin `frame` (frame 1.0) is no package: `frame`" in refusal('include "pack:frame/x"\n')
    assert "the pack `frame` is not allowed here" in refusal('include "pack:frame/x"\n', plugins=[])
