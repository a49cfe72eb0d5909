"""Colour, encodings, closed pipes and interrupts: what only a process of its own can show."""

import os
import pty
import re
import select
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and signals of POSIX")

SCORE = ("score", "acme.leadrules", "leads.csv", "--events", "events.csv", "--as-of", "2026-11-21")
WORDY = '''
from leadrules.sdk import criterion

@criterion
def long(first: str, second: str, third: str, fourth: str = "x") -> bool:
    """Tell something that takes a good many words to say, more than a line has room for."""
    return True
'''
COLOUR = re.compile(rb"\x1b\[[0-9;]*3[0-9]m")


def read_terminal(main: int, child: subprocess.Popen) -> bytes:
    found = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ready, _, _ = select.select([main], [], [], 0.1)
        if ready:
            try:
                part = os.read(main, 65_536)
            except OSError:
                break
            if not part:
                break
            found += part
        elif child.poll() is not None:
            break
    child.wait(10)
    return found


def on_terminal(process, here, *arguments, env=None):
    main, side = pty.openpty()
    child = process(*arguments, cwd=here, env={"TERM": "xterm-256color"} | (env or {}), stdout=side, stderr=side)
    os.close(side)
    try:
        return child, read_terminal(main, child)
    finally:
        os.close(main)


def test_in_colour_on_a_terminal_and_plain_in_a_pipe(here, process):
    child, shown = on_terminal(process, here, *SCORE)
    assert child.returncode == 0
    assert COLOUR.search(shown)
    assert "█".encode() in shown
    piped = process(*SCORE, cwd=here)
    output, errors = piped.communicate(timeout=60)
    assert (piped.returncode, errors) == (0, b"")
    assert b"\x1b" not in output


def test_no_color_is_respected(here, process):
    _, shown = on_terminal(process, here, *SCORE, env={"NO_COLOR": "1"})
    assert b"Kestrel" in shown
    assert not COLOUR.search(shown)


def test_a_terminal_without_unicode_gets_ascii_bars(here, process):
    child = process(*SCORE, cwd=here, env={"PYTHONIOENCODING": "ascii"})
    output, errors = child.communicate(timeout=60)
    assert (child.returncode, errors) == (0, b"")
    assert output.isascii()
    assert b"####" in output
    assert b"??d? Freight" in output


def test_a_list_of_rules_keeps_its_columns_on_a_narrow_terminal(here, process):
    words = "industry in {" + ", ".join(f'"branch {n}"' for n in range(9)) + "}"
    (here / "long.leadrules").write_text(f"{words} +5\nneed +1\n", "utf-8")
    check = ("check", "long.leadrules", "--verbose")
    _, shown = on_terminal(process, here, *check, env={"NO_COLOR": "1", "COLUMNS": "80"})
    lines = re.sub(rb"\x1b\[[0-9;]*m", b"", shown).decode().splitlines()
    assert max(map(len, lines)) <= 80
    first = next(place for place, line in enumerate(lines) if "industry in" in line)
    assert lines[first + 1].startswith(" " * lines[first].index("industry") + '"branch')
    piped = process(*check, cwd=here)
    assert f"{words} +5".encode() in piped.communicate(timeout=60)[0]


def test_a_list_of_plugins_is_told_in_two_lines_each_on_a_narrow_terminal(here, process, distribute):
    site = distribute("wordy", WORDY, points="[leadrules.criteria]\nwordy = wordy\n")
    env = {"NO_COLOR": "1", "COLUMNS": "60", "PYTHONPATH": str(site)}
    _, shown = on_terminal(process, here, "plugins", "list", env=env)
    told = re.sub(rb"\x1b\[[0-9;]*m", b"", shown).decode().replace("\r", "")
    assert (
        '  wordy.long(first: text, second: text, third: text,\n    fourth: text = "x") bool\n'
        "      Tell something that takes a good many words to say,\n      more than a line has room for.\n"
    ) in told


def test_a_closed_pipe_is_silent(here, process):
    rows = "".join(f"{n},a{n}@b.example\n" for n in range(5_000))
    (here / "leads.csv").write_text("id,email\n" + rows, "utf-8")
    child = process(*SCORE, "-o", "-", cwd=here)
    assert child.stdout.readline().startswith(b"id,score")
    child.stdout.close()
    child.stdout = None
    assert child.communicate(timeout=60)[1] == b""
    assert child.returncode == 141


def test_long_work_shows_a_bar_on_a_terminal_only(here, process):
    rows = "".join(f"{n},a{n}@b.example\n" for n in range(150_000))
    (here / "leads.csv").write_text("id,email\n" + rows, "utf-8")
    child, shown = on_terminal(process, here, *SCORE, "-o", "scored.csv")
    assert child.returncode == 0
    assert re.search(rb"[0-9]+/150000", shown)


def test_help_loads_neither_terminal_pictures_nor_commands():
    code = (
        "import sys; sys.argv = ['leadrules', '--version']\n"
        "from leadrules.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted(m for m in sys.modules if m.startswith('rich') or m.startswith('leadrules.cli.')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[1] == (
        "['leadrules.cli.app', 'leadrules.cli.configured', 'leadrules.cli.grouping', 'leadrules.cli.options', "
        "'leadrules.cli.running', 'leadrules.cli.streams']"
    )


@pytest.mark.parametrize("columns", ["60", "80"])
@pytest.mark.parametrize(
    "command",
    [
        ("check", "warned.leadrules", "--against", "leads.csv"),
        ("check", "warned.leadrules", "--verbose"),
        ("test", "warned.leadrules"),
        ("explain", "acme.leadrules", "leads.csv", "--events", "events.csv", "--lead", "1"),
        ("explain", "acme.leadrules", "leads.csv", "--lead", "nobody-of-this-name-in-the-whole-file-of-leads"),
        ("diff", "acme.leadrules", "warned.leadrules", "leads.csv", "--as-of", "2026-11-21"),
        SCORE,
    ],
    ids=lambda command: " ".join(command[:3]),
)
def test_on_a_narrow_terminal_lines_end_between_words(here, process, command, columns):
    (here / "warned.leadrules").write_text(
        "dimension fit max 500\n"
        '  country = "PL" and employees >= 200 and employees <= 5000 and company is known  +5  max 5 points\n'
        'dimension other\n  page_view[url contains "/pricing" and url not contains "/pricing/compare"] +3 once\n'
        'example "a company of the right size in a country that we look after, with its name known"\n'
        '  given country = "PL", employees = 300\n  expect score = 6\n',
        "utf-8",
    )
    _, shown = on_terminal(process, here, *command, env={"COLUMNS": columns, "NO_COLOR": "1"})
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode()).splitlines()
    of_files = re.compile(r" *\d* \| ")
    wide = [line for line in lines if len(line) > int(columns) and not of_files.match(line)]
    assert (len(lines) > 0, wide) == (True, [])
