"""The entry points start without the extra `cli`, and say so when it is missing."""

import runpy
import sys

import pytest

from leadrules import cli


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_a_missing_extra_is_named_in_one_sentence(missing, monkeypatch, capsys):
    for module in [name for name in sys.modules if name.startswith("leadrules.cli.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert capsys.readouterr() == (
        "",
        "The command line needs an extra; install it with: pip install 'leadrules[cli]'\n",
    )


def test_python_dash_m_is_the_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["leadrules", "--help"])
    monkeypatch.delitem(sys.modules, "leadrules.__main__", raising=False)
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("leadrules", run_name="__main__")
    assert stop.value.code == 0
    assert "score" in capsys.readouterr().out
