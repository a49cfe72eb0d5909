"""Signals, pipes and workers: how a command ends, what it prints where, what it leaves behind."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leadrules.cli import running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")

AS_OF = ("--as-of", "2026-11-21")
SCORE = ("score", "uses.leadrules", "leads.csv", *AS_OF)
NOISY = '''
import os, sys, time
from pathlib import Path
from leadrules.sdk import criterion

print("IMPORTED")

@criterion
def noisy(text: str) -> bool:
    """Print what it is asked."""
    print("ASKED")
    os.write(1, b"WRITTEN\\n")
    return True

@criterion
def slow(text: str) -> bool:
    """Take its time, and take every exception for a failure of what it calls."""
    Path("running").mkdir(exist_ok=True)
    Path("running", str(os.getpid())).touch()
    try:
        time.sleep(0.2)
    except Exception:
        return False
    return True

@criterion
def dies(text: str) -> bool:
    """End its process as the system does when memory runs out."""
    os.kill(os.getpid(), 9)
    return True
'''


@pytest.fixture
def uses(here, distribute, process):
    """Start a command over rules that use a criterion of a plugin, on 50 leads."""
    site = distribute("noisy", NOISY)
    (here / "leads.csv").write_text("id,company\n" + "".join(f"{n},Acme {n}\n" for n in range(50)), "utf-8")

    def start(name: str, *arguments: str, **streams) -> subprocess.Popen[bytes]:
        (here / "uses.leadrules").write_text(f"use noisy\nnoisy.{name}(company) +1\n", "utf-8")
        return process(*arguments, cwd=here, env={"PYTHONPATH": str(site), "PYTHONUNBUFFERED": "1"}, **streams)

    return start


def wait_until(done) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and that nobody waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


# ------------------------------------------------------------------- signals


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(("sent", "status"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_ends_a_run_while_a_criterion_is_asked(here, uses, sent, status, workers):
    (here / "scored.csv").write_text("old\n", "utf-8")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored
    child = uses("slow", *SCORE, "-o", "scored.csv", "--rejects", "rejects.csv", "--workers", workers)
    signal.signal(signal.SIGINT, before)
    wait_until((here / "running").is_dir)
    sent_at = time.monotonic()
    child.send_signal(getattr(signal, sent))
    errors = child.communicate(timeout=60)[1]
    assert child.returncode == status
    assert errors.endswith(b"interrupted: no file was changed\n") == (sent == "SIGINT")
    assert time.monotonic() - sent_at < 5
    assert (here / "scored.csv").read_text("utf-8") == "old\n"
    assert not [path.name for path in here.iterdir() if path.name.endswith(".part") or path.name == "rejects.csv"]
    wait_until(lambda: not any(is_alive(int(path.name)) for path in (here / "running").iterdir()))


@pytest.mark.parametrize(("sent", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
@pytest.mark.parametrize("leads", ["-", "slow.csv"])
def test_a_signal_ends_a_run_that_waits_for_leads(here, process, leads, sent, status):
    os.mkfifo(here / "slow.csv")
    (here / "scored.csv").write_text("old\n", "utf-8")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored
    arguments = ("score", "acme.leadrules", leads, "--input-format", "csv", *AS_OF, "-o", "scored.csv")
    child = process(*arguments, cwd=here, stdin=subprocess.PIPE)
    signal.signal(signal.SIGINT, before)
    writer = child.stdin.fileno() if leads == "-" else os.open(here / "slow.csv", os.O_WRONLY)
    os.write(writer, b"id,email\n" + b"".join(b"%d,a@b.example\n" % n for n in range(9_000)))
    wait_until(lambda: any(path.name.endswith(".part") for path in here.iterdir()))
    child.send_signal(getattr(signal, sent))
    errors = child.communicate(timeout=60)[1]
    if leads != "-":
        os.close(writer)
    assert child.returncode == status
    assert errors == (b"interrupted: no file was changed\n" if sent == "SIGINT" else b"")
    assert (here / "scored.csv").read_text("utf-8") == "old\n"
    assert not [path.name for path in here.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_leads_come_through_a_pipe_and_results_go_through_one(here, process, workers):
    command = ("score", "acme.leadrules", "--events", "events.csv", *AS_OF, "-o", "-", "--workers", workers)
    from_file = process(*command, "leads.csv", cwd=here).communicate(timeout=60)[0]
    rows = csv.DictReader((here / "leads.csv").read_text("utf-8").splitlines())
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    for form, content in (((), (here / "leads.csv").read_bytes()), (("--input-format", "jsonl"), lines)):
        child = process(*command, "-", *form, cwd=here, stdin=subprocess.PIPE)
        output, errors = child.communicate(content, timeout=60)
        assert (child.returncode, errors) == (0, b"")
        assert output == from_file
    assert from_file.count(b"\n") == 5


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        (("-",), b"", "error: standard input is empty\n"),
        (("-",), None, "error: standard input is empty\n"),
        (("-",), b'{"id": 1}\n', "error: standard input is JSON, whatever its name says\n"),
        (
            ("-", "--input-format", "parquet"),
            b"PAR1",
            "error: standard input is not a Parquet file, or not a whole one",
        ),
        (("/dev/stdin",), b"id\n1\n", "error: `/dev/stdin` is a pipe, not a file\n"),
        (("leads.csv", "--events", "-"), b"", "error: --events: standard input is for the leads alone\n"),
    ],
)
def test_what_is_wrong_with_standard_input_is_told(here, process, arguments, given, said):
    closed = {"preexec_fn": lambda: os.close(0)} if given is None else {}
    child = process("score", "acme.leadrules", *arguments, *AS_OF, cwd=here, stdin=subprocess.PIPE, **closed)
    errors = child.communicate(given or b"", timeout=60)[1].decode()
    assert child.returncode == 2
    assert errors.startswith(said)


def test_a_hangup_that_is_ignored_is_none(here, uses):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    child = uses("slow", *SCORE, "-o", "scored.csv")
    signal.signal(signal.SIGHUP, before)
    wait_until((here / "running").is_dir)
    child.send_signal(signal.SIGHUP)
    child.communicate(timeout=60)
    assert child.returncode == 0
    assert len((here / "scored.csv").read_text("utf-8").splitlines()) == 51


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_workers_end_with_a_parent_that_is_killed(here, uses):
    child = uses("slow", *SCORE, "-o", "scored.csv", "--workers", "2")
    wait_until((here / "running").is_dir)
    workers = [int(path.name) for path in (here / "running").iterdir()]
    assert child.pid not in workers
    child.kill()
    child.communicate(timeout=60)
    wait_until(lambda: not any(map(is_alive, workers)))


def test_a_worker_that_is_killed_is_told_in_a_sentence(here, uses):
    child = uses("dies", *SCORE, "-o", "scored.csv", "--workers", "2")
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 2
    assert errors.endswith(
        b"error: a worker was killed by SIGKILL, as systems do when memory runs out: ask for fewer workers\n"
    )
    assert not (here / "scored.csv").exists()


# ---------------------------------------------------------- what is printed where


@pytest.mark.parametrize(
    "arguments",
    [
        (*SCORE, "-o", "-"),
        (*SCORE, "-o", "-", "--workers", "2"),
        ("check", "uses.leadrules", "--format", "json"),
        ("explain", "uses.leadrules", "leads.csv", "--lead", "3", "--as-of", "2026-11-21", "--format", "json"),
        ("test", "uses.leadrules", "--format", "json"),
        ("plugins", "list", "--format", "json"),
    ],
)
def test_what_plugins_print_is_no_part_of_the_output(uses, arguments):
    output, errors = uses("noisy", *arguments).communicate(timeout=60)
    assert output.startswith((b"id,score", b"{"))
    assert b"IMPORTED" in errors
    for word in (b"IMPORTED", b"ASKED", b"WRITTEN"):
        assert word not in output
    if "-o" in arguments:
        assert len(output.splitlines()) == 51
        assert errors.count(b"ASKED") == errors.count(b"WRITTEN") >= 50


# --------------------------------------------------------------------- pipes

COMMANDS = [
    ("--help",),
    ("score", "--help"),
    ("--version",),
    ("check", "acme.leadrules"),
    ("check", "acme.leadrules", "--format", "json"),
    ("score", "acme.leadrules", "leads.csv", "--as-of", "2026-11-21"),
    ("explain", "acme.leadrules", "leads.csv", "--events", "events.csv", "--lead", "1", "--as-of", "2026-11-21"),
    ("infer", "leads.csv"),
    ("init", "--list"),
    ("plugins", "list"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_reader_that_is_gone_ends_the_command_quietly(here, process, arguments):
    reader, writer = os.pipe()
    os.close(reader)
    child = process(*arguments, cwd=here, stdout=writer)
    os.close(writer)
    assert child.communicate(timeout=60)[1] == b""
    assert child.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_an_output_that_cannot_be_written_is_told(here, process, arguments):
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        child = process(*arguments, cwd=here, stdout=full)
    errors = child.communicate(timeout=60)[1]
    assert errors == b"error: standard output cannot be written: no space left on device\n"
    assert child.returncode == 2


def closed(*arguments: str, here: Path, stream: int) -> subprocess.CompletedProcess[bytes]:
    """Run a command with one of its streams closed."""
    command = [sys.executable, "-m", "leadrules", *arguments]
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {stream}>&-', "sh", *command], cwd=here, capture_output=True, check=False
    )


def test_a_closed_output_is_told_before_anything_is_written(here):
    run = closed("score", "acme.leadrules", "leads.csv", "--as-of", "2026-11-21", "-o", "out.csv", here=here, stream=1)
    assert (run.returncode, run.stderr) == (2, b"error: standard output cannot be written: it is closed\n")
    assert not (here / "out.csv").exists()


def test_what_would_go_to_closed_standard_error_goes_nowhere(here):
    run = closed("score", "acme.leadrules", "leads.csv", "-o", "-", here=here, stream=2)
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 5


def test_every_status_is_told_on_its_page():
    page = Path(__file__).parents[2].joinpath("docs/reference/exit-statuses.md").read_text("utf-8")
    told = {int(line.split("|")[1]) for line in page.splitlines() if line.startswith("| ") and line[2].isdigit()}
    assert told == {value for name, value in vars(running).items() if name.isupper() and isinstance(value, int)}


def test_a_width_of_nothing_is_no_width(here, process):
    child = process("check", "acme.leadrules", cwd=here, env={"COLUMNS": "0"})
    assert b"acme.leadrules is good" in child.communicate(timeout=60)[0]


# --------------------------------------------------------------------- memory


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_memory_that_runs_out_is_told_in_a_sentence(here, process):
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))

    (here / "large.json").write_text("[" + " " * (250 << 20) + "]", "utf-8")
    (here / "scored.csv").write_text("old\n", "utf-8")
    arguments = ("score", "acme.leadrules", "large.json", *AS_OF, "-o", "scored.csv")
    child = process(*arguments, cwd=here, preexec_fn=limit)
    errors = child.communicate(timeout=60)[1].decode()
    assert child.returncode == 2
    assert errors == (
        "error: there is not enough memory for this\n  help: give it more, or less to do: fewer leads at a time\n"
    )
    assert (here / "scored.csv").read_text("utf-8") == "old\n"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_memory_that_runs_out_over_a_lead_ends_the_run(here, process, workers):
    code = (
        "import sys, leadrules.engine.compiler.scoring as scoring\n"
        "from leadrules.ruleset import Ruleset\n"
        "def full(*_, **__): raise MemoryError\n"
        "Ruleset.evaluate = full\n"
    )
    (here / "sitecustomize.py").write_text(code, "utf-8")
    path = {"PYTHONPATH": str(here)}
    child = process("score", "acme.leadrules", "leads.csv", *AS_OF, "--workers", workers, cwd=here, env=path)
    output, errors = child.communicate(timeout=60)
    assert (child.returncode, output) == (2, b"")
    assert errors.startswith(b"error: there is not enough memory for this\n")


@pytest.mark.parametrize("workers", ["0", "1025", "99999999999999999999"])
def test_so_many_workers_are_refused(leadrules, workers):
    run = leadrules("score", "acme.leadrules", "leads.csv", "--workers", workers)
    assert run.exit_code == 2
    assert "Invalid value for '--workers'" in run.stderr
