"""Tables for people, the same as JSON for programs, and the machine that the figures come from."""

from __future__ import annotations

import functools
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

import attrs

from benchmarks.timing import Seconds, median, ratio

Cell = str | int | float | None
Row = Mapping[str, Cell]


@attrs.frozen
class Table:
    """Figures of a measurement: rows of one shape, by the heads of the columns, which tell the unit."""

    title: str
    rows: tuple[Row, ...]
    note: str = ""

    def __str__(self) -> str:
        heads = list(self.rows[0])
        lines = [heads, *([_shown(row[head]) for head in heads] for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
        texts = [isinstance(value, str) for value in self.rows[0].values()]
        written = [
            "  ".join(
                cell.ljust(w) if left else cell.rjust(w) for cell, w, left in zip(line, widths, texts, strict=True)
            )
            for line in lines
        ]
        rule = "  ".join("-" * width for width in widths)
        note = [self.note] if self.note else []
        return "\n".join(line.rstrip() for line in [self.title, "", written[0], rule, *written[1:], *note])


def _shown(value: Cell) -> str:
    if value is None:
        return "?"
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else value


def compared(head: str, taken: Mapping[str, Seconds], base: str, unit: str, scale: float) -> tuple[Row, ...]:
    """Give a row per task: its name, its time in a unit of which `scale` are a second, its ratio to `base`."""
    return tuple(
        {head: name, unit: median(seconds) * scale, "ratio": ratio(seconds, taken[base])}
        for name, seconds in taken.items()
    )


# ----------------------------------------------------------------- machine


def machine() -> dict[str, Cell]:
    """Say what the figures were taken on: nothing that names the machine or its user."""
    return {
        "leadrules": metadata.version("leadrules"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu(),
        "cores": os.cpu_count(),
    }


def machine_line() -> str:
    """Write the machine in one line."""
    known = machine()
    cores = known.pop("cores")
    return f"leadrules {', '.join(map(str, known.values()))}, {cores} cores"


@functools.cache
def _cpu() -> str:
    if platform.system() == "Linux":
        known = Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines()
        names = [line.partition(":")[2].strip() for line in known if line.startswith("model name")]
        return names[0] if names else "unknown processor"
    if platform.system() == "Darwin":
        command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor() or "unknown processor"


# -------------------------------------------------------------------- JSON


def write_json(path: Path, command: str, found: Mapping[str, Iterable[Table]]) -> None:
    """Write all that was measured, by the names of the measurements."""
    measurements = {name: [attrs.asdict(table) for table in tables] for name, tables in found.items()}
    whole = {"command": command, "machine": machine(), "measurements": measurements}
    path.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", "utf-8")
