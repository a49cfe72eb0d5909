"""`leadrules fmt`: files laid out in place, and what would change."""

import pytest

UNTIDY = "#why\nemail_open+5\n"
TIDY = "# why\nemail_open +5\n"


@pytest.fixture
def untidy(here):
    path = here / "untidy.leadrules"
    path.write_bytes(UNTIDY.encode())
    return path


def test_files_are_laid_out_in_place(untidy, leadrules):
    untidy.chmod(0o640)
    run = leadrules("fmt", "untidy.leadrules")
    assert (run.exit_code, run.stdout, run.stderr) == (0, "formatted untidy.leadrules\n", "")
    assert untidy.read_text("utf-8") == TIDY
    assert untidy.stat().st_mode & 0o777 == 0o640
    again = leadrules("fmt", "untidy.leadrules")
    assert (again.exit_code, again.stdout) == (0, "")


def test_a_file_that_is_tidy_is_not_written(untidy, leadrules):
    untidy.write_text(TIDY, "utf-8")
    before = untidy.stat()
    leadrules("fmt", "untidy.leadrules")
    assert (untidy.stat().st_mtime_ns, untidy.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_check_shows_what_would_change_and_changes_nothing(untidy, leadrules):
    run = leadrules("fmt", "--check", "untidy.leadrules")
    assert run.exit_code == 1
    assert run.stdout == (
        "--- untidy.leadrules\n+++ untidy.leadrules (formatted)\n"
        "@@ -1,2 +1,2 @@\n-#why\n-email_open+5\n+# why\n+email_open +5\n"
    )
    assert run.stderr == "1 file would change; `leadrules fmt` changes it\n"
    assert untidy.read_text("utf-8") == UNTIDY
    untidy.write_text(TIDY, "utf-8")
    run = leadrules("fmt", "--check", "untidy.leadrules")
    assert (run.exit_code, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize("bad", [b"email_open+5\nbudget >\n", b"a = \xff", b"", b"x" * 201 + b" +5"])
def test_a_file_with_mistakes_is_left_alone_and_the_others_are_done(here, leadrules, bad):
    (here / "untidy.leadrules").write_text(UNTIDY, "utf-8")
    (here / "bad.leadrules").write_bytes(bad)
    run = leadrules("fmt", "bad.leadrules", "absent.leadrules", "untidy.leadrules")
    assert (run.exit_code, run.stdout) == (1, "formatted untidy.leadrules\n")
    assert "bad.leadrules:" in run.stderr
    assert "absent.leadrules:1:1: error LR010: there is no such file" in run.stderr
    assert (here / "bad.leadrules").read_bytes() == bad


def test_a_file_that_means_nothing_is_laid_out_all_the_same(here, leadrules):
    (here / "unknown.leadrules").write_text("no_such_thing+5", "utf-8")
    assert leadrules("fmt", "unknown.leadrules").exit_code == 0
    assert (here / "unknown.leadrules").read_text("utf-8") == "no_such_thing +5\n"


def test_the_encoding_stays(untidy, leadrules):
    untidy.write_bytes(b"\xef\xbb\xbf" + b"email_open+5\r\nbudget+10\r\n")
    assert leadrules("fmt", "untidy.leadrules").exit_code == 0
    assert untidy.read_bytes() == b"\xef\xbb\xbf" + b"email_open  +5\r\nbudget      +10\r\n"
    assert leadrules("fmt", "--check", "untidy.leadrules").exit_code == 0


def test_standard_input(process, here):
    child = process("fmt", "-", cwd=here, stdin=-1)
    out, err = child.communicate(UNTIDY.encode())
    assert (child.returncode, out, err) == (0, TIDY.encode(), b"")
    child = process("fmt", "--check", "-", cwd=here, stdin=-1)
    out, err = child.communicate(UNTIDY.encode())
    assert child.returncode == 1
    assert out.startswith(b"--- -\n")
    child = process("fmt", "-", cwd=here, stdin=-1)
    out, err = child.communicate(b"email_open ++5")
    assert (child.returncode, out) == (1, b"")
    assert err.startswith(b"standard input:1:13: error LR101")


def test_a_file_that_cannot_be_written_is_named(here, leadrules, monkeypatch):
    from leadrules.cli import fmt
    from leadrules.tables import FileProblem

    def fail(path):
        raise FileProblem(path, "cannot be written: the disk is full")

    monkeypatch.setattr(fmt, "OutputFile", fail)
    (here / "x.leadrules").write_text(UNTIDY, "utf-8")
    run = leadrules("fmt", "x.leadrules")
    assert run.exit_code == 2
    assert "`x.leadrules` cannot be written: the disk is full" in run.stderr
