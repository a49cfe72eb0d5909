"""Write rows as CSV, so that no spreadsheet takes a text for a formula.

Ids and values come from web forms. A text such as `=HYPERLINK(…)` or `+cmd|…` would run in the
spreadsheet that opens the file, so it is written with an apostrophe before it, which spreadsheets
take for the mark of a text. A number or a telephone number is no formula and stays as it is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import TextIO

import attrs

from leadrules.tables.csv_form import CsvForm

_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r])")  # noqa: RUF001 - wide signs, which spreadsheets take, too
_NUMBER = re.compile(r"[+-]?[0-9 .,]*(?:[eE][+-]?[0-9]+)?")
_CHANGED = re.compile(
    r"\s*(?:[+-]?(?:0[0-9]+|[0-9]{16,}|[0-9]+[eE][+-]?[0-9]+)|[0-9]{1,2}([-/.])[0-9]{1,2}(?:\1[0-9]{2,4})?)\s*"
)
"""A number whose text is another one's, and what may be a day: `0042`, 16 digits, `12e5`, `1-10`."""


def is_changed(text: str) -> bool:
    """Tell whether a spreadsheet may make another text of one, which it takes for a number or a day.

    >>> is_changed("0042"), is_changed("1-10"), is_changed("12e5"), is_changed("4211"), is_changed("51-200")
    (True, True, True, False, False)
    """
    return _CHANGED.fullmatch(text) is not None


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet may run a text, or whether the text could be mistaken for one that was made harmless.

    >>> is_formula("=1+1"), is_formula("-2+3"), is_formula("'=1+1"), is_formula("-12.5"), is_formula("+48 600 100 200")
    (True, True, True, False, False)
    """
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


@attrs.define
class Formulas:
    """What becomes of formulas in all CSV files of a run; `first` is the first one that was made harmless."""

    keep: bool = False
    first: str | None = None

    def harmless(self, text: str) -> str:
        """Give a text as it is written."""
        if self.keep or not is_formula(text):
            return text
        self.first = self.first or text
        return f"'{text}"


@attrs.define
class ChangedTexts:
    """The texts in all CSV files of a run that a spreadsheet changes when it opens them: the `first`, its `column`."""

    first: str | None = None
    column: str = ""

    def add(self, text: str, column: str) -> None:
        """Take note of a text."""
        if self.first is None and is_changed(text):
            self.first, self.column = text, column

    def sentences(self) -> list[str]:
        """Say it to a person, if there is any."""
        if self.first is None:
            return []
        said = f"a spreadsheet takes `{self.first.strip():.60}` in `{self.column}` for a number or a date"
        return [f"{said}, and shows it otherwise: write `.xlsx`, where every text stays one, or import it as text"]


class CsvRows:
    """Writes rows of texts to a file, in a form; a line feed after each row."""

    def __init__(self, file: TextIO, header: Sequence[str], formulas: Formulas, form: CsvForm | None = None) -> None:
        self._writer = csv.writer(file, delimiter=(form or CsvForm()).delimiter, lineterminator="\n")
        self._formulas = formulas
        self.write(header)

    def write(self, row: Sequence[str | None]) -> None:
        """Write a row; None is empty."""
        self._writer.writerow(["" if text is None else self._formulas.harmless(text) for text in row])
