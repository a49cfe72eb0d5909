"""Rewrite the saved parse tables: `python -m leadrules.syntax.build_tables`, after a change of the grammar.

Needs `interegular`, which is part of the `test` extra: the tables are checked strictly. They mean the
same on every run, though lark numbers their states anew.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from leadrules.syntax.parser import build_tables


def main() -> None:
    """Write `leadrules.lalr` beside the grammar."""
    Path(str(resources.files("leadrules.grammar").joinpath("leadrules.lalr"))).write_bytes(build_tables())


if __name__ == "__main__":
    main()
