"""Output is written as a whole or not at all; rejects are listed for people."""

import csv
import os
import stat
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from pyarrow import parquet

from leadrules.tables import FileProblem, OutputFile, Reject, RejectsWriter, parquet_output, parts, read_leads
from leadrules.tables.csv_output import Formulas, is_formula
from leadrules.tables.parquet_output import parquet_rows


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def problem(path: Path, **options: object) -> str:
    with pytest.raises(FileProblem) as caught:
        OutputFile(path, **options)
    return str(caught.value).replace(str(path.parent), "FOLDER")


def test_a_file_appears_when_the_block_ends(tmp_path):
    path = tmp_path / "out.csv"
    with OutputFile(path) as output:
        output.text.write("Łódź\r\n")
        assert not path.exists()
    assert path.read_bytes() == "Łódź\r\n".encode()
    assert names(tmp_path) == ["out.csv"]


def test_bytes_may_be_written(tmp_path):
    with OutputFile(tmp_path / "out.parquet") as output:
        output.binary.write(b"\x00\xff")
    assert (tmp_path / "out.parquet").read_bytes() == b"\x00\xff"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failed_block_leaves_everything_as_it_was(tmp_path, error):
    path = tmp_path / "out.csv"
    path.write_text("before")

    def fail() -> None:
        with OutputFile(path) as output:
            output.text.write("half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "before"
    assert names(tmp_path) == ["out.csv"]


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("before")
    path.chmod(0o640)
    with OutputFile(path) as output:
        output.text.write("after")
    assert path.read_text() == "after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "usual").touch()
    with OutputFile(tmp_path / "out.csv"):
        pass
    assert (tmp_path / "out.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.csv").write_text("before")
    (tmp_path / "link.csv").symlink_to("real.csv")
    with OutputFile(tmp_path / "link.csv") as output:
        output.text.write("after")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "after"


def test_a_long_name_is_fine(tmp_path):
    path = tmp_path / ("x" * 250 + ".csv")
    with OutputFile(path):
        pass
    assert path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /dev/null")
def test_a_device_is_written_directly(tmp_path):
    with OutputFile(Path(os.devnull)) as output:
        output.text.write("gone")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_said_to_be_full():
    def write() -> None:
        with OutputFile(Path("/dev/full")) as output:
            output.text.write("x" * 100_000)

    with pytest.raises(FileProblem) as caught:
        write()
    assert str(caught.value) == "`/dev/full` cannot be written: no space left on device"


def test_another_file_that_fails_in_the_block_keeps_its_name(tmp_path):
    def write() -> None:
        with OutputFile(tmp_path / "out.csv"):
            (tmp_path / "elsewhere").open()

    with pytest.raises(FileNotFoundError, match="elsewhere"):
        write()
    assert names(tmp_path) == []


def test_a_folder_is_refused(tmp_path):
    (tmp_path / "out.csv").mkdir()
    assert problem(tmp_path / "out.csv") == (
        "`FOLDER/out.csv` is a folder, not a file\n  help: give the name of a file to write"
    )


def test_a_missing_folder_is_refused(tmp_path):
    assert problem(tmp_path / "no" / "out.csv") == "`FOLDER/out.csv` cannot be written: there is no folder `FOLDER`"


def test_an_input_is_never_overwritten(tmp_path):
    leads = tmp_path / "leads.csv"
    leads.write_text("id\n")
    (tmp_path / "link.csv").symlink_to(leads)
    (tmp_path / "hard.csv").hardlink_to(leads)
    for path in (leads, tmp_path / "link.csv", tmp_path / "hard.csv", tmp_path / "." / "leads.csv"):
        assert problem(path, inputs=[leads]).endswith(
            "is also read: writing it would destroy the input\n  help: choose another name"
        )
    with OutputFile(tmp_path / "other.csv", inputs=[leads]):
        pass


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(FileProblem, match="may not be read or written by this user"), OutputFile(tmp_path / "o.csv"):
        pass


def test_rejects_are_listed(tmp_path):
    path = tmp_path / "rejects.csv"
    with RejectsWriter(path) as rejects:
        rejects.write(Reject("lead", 2, None, 'row 2 has "quotes", and more'))
        rejects.write(Reject("event", 17, "Ł-1", "event row 17 names no lead"))
        assert rejects.count == 2
    assert path.read_text("utf-8") == (
        'row,id,reason\n2,,"row 2 has ""quotes"", and more"\n17,Ł-1,event row 17 names no lead\n'
    )


def test_rejects_are_listed_as_json_lines(tmp_path):
    path = tmp_path / "rejects.jsonl"
    with RejectsWriter(path) as rejects:
        rejects.write(Reject("lead", 2, None, "row 2 has no id"))
        rejects.write(Reject("lead", 3, "=1+1", "row 3: failed", failed="score"))
    assert path.read_text("utf-8") == (
        '{"kind":"lead","row":2,"id":null,"reason":"row 2 has no id","failed":"read"}\n'
        '{"kind":"lead","row":3,"id":"=1+1","reason":"row 3: failed","failed":"score"}\n'
    )


@pytest.mark.parametrize("name", ["rejects.json", "rejects.parquet", "rejects.xlsx"])
def test_rejects_have_no_other_format(tmp_path, name):
    with pytest.raises(FileProblem, match="which is no known format for rejects"):
        RejectsWriter(tmp_path / name)


FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "\t=1",
    " =1",
    "\uff1d1+1",
    "'=1",
    "--1",
    "=",
    "+x",
    "-foo",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_written_as_a_text(tmp_path, text):
    path = tmp_path / "rejects.csv"
    formulas = Formulas()
    with RejectsWriter(path, formulas=formulas) as rejects:
        rejects.write(Reject("lead", 1, text, "row 1"))
    (row,) = csv.DictReader(path.read_text("utf-8").splitlines())
    assert row == {"row": "1", "id": f"'{text}", "reason": "row 1"}
    assert formulas.first == text
    with RejectsWriter(path, formulas=Formulas(keep=True)) as rejects:
        rejects.write(Reject("lead", 1, text, "row 1"))
    (row,) = csv.DictReader(path.read_text("utf-8").splitlines())
    assert row["id"] == text


@pytest.mark.parametrize("text", ["", "1", "-1.5", "+48 600 100 200", "-1E-7", "a=1", "'a", "-", "Łódź", "1;=2"])
def test_what_no_spreadsheet_would_run_is_written_as_it_is(text):
    assert not is_formula(text)


def test_no_two_texts_are_written_alike():
    texts = [*FORMULAS, *(f"'{text}" for text in FORMULAS), *(f"''{text}" for text in FORMULAS)]
    assert len({Formulas().harmless(text) for text in texts}) == len(set(texts))


def test_no_rejects_leave_a_header(tmp_path):
    with RejectsWriter(tmp_path / "rejects.csv"):
        pass
    assert (tmp_path / "rejects.csv").read_text() == "row,id,reason\n"


def test_rejects_of_a_failed_run_are_dropped(tmp_path):
    def fail() -> None:
        with RejectsWriter(tmp_path / "rejects.csv"):
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 our own
        fail()
    assert names(tmp_path) == []


# ------------------------------------------------------------------- parquet

COLUMNS = {"id": "text", "score": 2, "tags": "texts"}


def test_parquet_is_written_in_groups_of_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_output, "_GROUP", 3)
    path = tmp_path / "out.parquet"
    with OutputFile(path) as output, parquet_rows(output, COLUMNS) as put:
        for number in range(7):
            put((str(number), Decimal(number) / 4, ["a"] * number))
    file = parquet.ParquetFile(path)
    assert [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)] == [3, 3, 1]
    assert [row["score"] for row in file.read().to_pylist()][:3] == [Decimal("0.00"), Decimal("0.25"), Decimal("0.50")]
    assert file.read().column("tags").to_pylist()[2] == ["a", "a"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_failed_parquet_leaves_everything_as_it_was(tmp_path, error):
    def fail() -> None:
        with OutputFile(tmp_path / "out.parquet") as output, parquet_rows(output, COLUMNS) as put:
            put(("1", Decimal(1), []))
            raise error

    with pytest.raises(error):
        fail()
    assert names(tmp_path) == []


def test_a_number_that_parquet_cannot_hold_is_told(tmp_path):
    def fail() -> None:
        with OutputFile(tmp_path / "out.parquet") as output, parquet_rows(output, COLUMNS) as put:
            put(("1", Decimal(10) ** 40, []))

    with pytest.raises(FileProblem, match="cannot hold a number of these results"):
        fail()
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_while_parquet_is_written(tmp_path):
    (tmp_path / "out.parquet").symlink_to("/dev/full")

    def fail() -> None:
        with OutputFile(tmp_path / "out.parquet") as output, parquet_rows(output, COLUMNS) as put:
            put(("1", Decimal(1), []))

    with pytest.raises(FileProblem, match="no space left"):
        fail()


def test_writing_parquet_needs_pyarrow(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    def fail() -> None:
        with OutputFile(tmp_path / "out.parquet") as output, parquet_rows(output, COLUMNS):
            pytest.fail("it cannot be written")

    with pytest.raises(FileProblem, match="needs pyarrow to be written"):
        fail()


def test_an_output_that_is_replaced_keeps_its_mode_and_one_that_is_write_protected_is_kept(tmp_path):
    path = tmp_path / "scored.csv"
    path.write_text("old\n")
    path.chmod(0o640)
    with OutputFile(path) as output:
        output.binary.write(b"new\n")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new\n", 0o640)
    path.chmod(0o444)
    with pytest.raises(FileProblem, match="is write-protected"):
        OutputFile(path)
    assert path.read_text() == "new\n"


def test_names_that_no_system_takes_are_told_in_a_sentence(tmp_path):
    circle = tmp_path / "circle.csv"
    circle.symlink_to(circle)
    for path in (circle, tmp_path / ("a" * 300)):
        for use in (OutputFile, read_leads):
            with pytest.raises(
                FileProblem, match=r"cannot be (used|written): (its links lead in a circle|file name too)"
            ):
                use(path)


def test_what_a_killed_run_left_is_removed_by_the_next_one_and_nothing_else(tmp_path):
    path = tmp_path / "scored.csv"
    left = tmp_path / ".scored.csv.0123456789ab.part"
    others = [".other.csv.0123456789ab.part", ".scored.csv.part", ".scored.csv.0123456789AB.part", "scored.csv.bak"]
    for name in (left.name, *others):
        (tmp_path / name).write_text("half")
    with OutputFile(path) as first, OutputFile(path) as second:
        assert not left.exists()
        assert sum(name.endswith(".part") for name in names(tmp_path)) == 3 + 2
        first.text.write("first")
        second.text.write("second")
    assert path.read_text() == "first"
    assert names(tmp_path) == sorted([*others, "scored.csv"])


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_run_that_is_killed_leaves_nothing_for_long(tmp_path):
    path = tmp_path / "scored.csv"
    code = (
        "import os, sys; from pathlib import Path; from leadrules.tables import OutputFile\n"
        "with OutputFile(Path(sys.argv[1])) as output: output.text.write('half'); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == -9
    assert [name.endswith(".part") for name in names(tmp_path)] == [True]
    with OutputFile(path) as output:
        output.text.write("whole")
    assert names(tmp_path) == ["scored.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_a_part_that_another_run_takes_away_before_it_is_locked_is_made_again(tmp_path, monkeypatch):
    taken = []

    def lock(file: int, *, wait: bool) -> bool:
        if not taken:
            taken.extend(tmp_path.iterdir())
            taken[0].unlink()
        return locked(file, wait=wait)

    locked = parts._lock
    monkeypatch.setattr(parts, "_lock", lock)
    with OutputFile(tmp_path / "scored.csv") as output:
        output.text.write("whole")
    assert len(taken) == 1
    assert names(tmp_path) == ["scored.csv"]


def test_a_new_file_is_never_written_over_one_that_is_there(tmp_path):
    path = tmp_path / "rules.leadrules"

    def write() -> None:
        with OutputFile(path, new=True) as output:
            output.text.write("mine")
            path.write_text("theirs")

    for _already in (False, True):
        with pytest.raises(FileProblem, match="is there already, and is kept as it is"):
            write()
        assert (path.read_text(), names(tmp_path)) == ("theirs", ["rules.leadrules"])


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root may give files away")
def test_an_output_that_is_replaced_keeps_owner_and_group(tmp_path):
    path = tmp_path / "scored.csv"
    path.write_text("old")
    path.chmod(0o640)
    os.chown(path, 12_345, 23_456)
    with OutputFile(path) as output:
        output.text.write("new")
    found = path.stat()
    assert (path.read_text(), found.st_uid, found.st_gid, found.st_mode & 0o777) == ("new", 12_345, 23_456, 0o640)


def test_an_owner_that_may_not_be_kept_is_no_obstacle(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    path = tmp_path / "scored.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "chown", refuse, raising=False)
    with OutputFile(path) as output:
        output.text.write("new")
    assert path.read_text() == "new"


def test_a_working_folder_that_is_gone_is_told(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for use in (OutputFile, read_leads):
        with pytest.raises(FileProblem) as caught:
            use(Path("out.csv"))
        assert str(caught.value) == (
            "`out.csv` cannot be found: the working folder is gone\n  help: change to a folder that is there"
        )
