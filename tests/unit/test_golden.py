"""Golden files are compared by default and rewritten on request only."""

import pytest


@pytest.mark.parametrize("regenerate", [False, True])
def test_a_golden_file_changes_only_on_request(golden, regenerate, request, monkeypatch, tmp_path):
    monkeypatch.setattr(request.config.option, "regenerate", regenerate)
    file = tmp_path / "expected.txt"
    file.write_text("fit 40\n", "utf-8")
    if regenerate:
        golden(file, "fit 45\n")
        assert file.read_bytes() == b"fit 45\n"
    else:
        golden(file, "fit 40\n")
        with pytest.raises(AssertionError):
            golden(file, "fit 45\n")
        assert file.read_bytes() == b"fit 40\n"
