"""How CSV is written for the program that opens it: the delimiter, numbers, dates, the encoding.

A spreadsheet reads CSV by the habits of its country: where a comma stands before decimals, `;` stands between
values, and `12.5` is the twelfth of May. The presets are what Excel expects there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import attrs

from leadrules.canonical import minimal
from leadrules.errors import closest
from leadrules.tables.problems import FileProblem

_PARTS = re.compile(r"YYYY|MM|DD|M|D")
_DATES = re.compile(rf"(?=.*Y)(?=.*M)(?=.*D)(?:{_PARTS.pattern}|[-./ ])+")
_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


@attrs.frozen
class CsvForm:
    """How CSV is written.

    `decimal` stands before the decimals of a number, `encoding` is one that Python knows (`utf-8-sig` begins with a
    byte-order mark, by which Excel knows UTF-8). `dates` is of `YYYY`, `MM` or `M`, `DD` or `D` and what stands
    between; None leaves dates and numbers of the leads as their file has them. `spreadsheet` tells that one opens the
    file, which takes some texts for something else, so that those are told.

    >>> form = CsvForm.of("excel-pl")
    >>> form.delimiter, form.number(Decimal("1234.50")), form.date(dt.date(2026, 11, 9))
    (';', '1234,5', '09.11.2026')
    """

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    dates: str | None = None
    spreadsheet: bool = False

    @classmethod
    def of(
        cls,
        preset: str | None = None,
        *,
        delimiter: str | None = None,
        decimal: str | None = None,
        encoding: str | None = None,
        dates: str | None = None,
    ) -> CsvForm:
        """Give the form of a preset, a name of `CSV_FORMS`, and what is said otherwise. Raises FileProblem."""
        if preset is not None and preset not in CSV_FORMS:
            near = closest(preset, CSV_FORMS)
            known = ", ".join(f"`{name}`" for name in CSV_FORMS)
            raise FileProblem(
                None, f"`{preset}` is no form of CSV", f"did you mean `{near}`?" if near else f"the forms are {known}"
            )
        form = CSV_FORMS[preset] if preset is not None else cls()
        mark = form.delimiter if delimiter is None else delimiter
        form = attrs.evolve(
            form,
            delimiter=_DELIMITERS.get(mark.lower(), mark),
            decimal=form.decimal if decimal is None else decimal,
            encoding=form.encoding if encoding is None else encoding,
            dates=form.dates if dates is None else dates,
        )
        form.check()
        return form

    def check(self) -> None:
        """Raise FileProblem for a form that could not be read back."""
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n\0 -+' or self.delimiter.isalnum():
            advice = "a delimiter is one mark, such as `,`, `;`, `|` or `tab`"
            raise FileProblem(None, f"values cannot be separated by `{self.delimiter}`", advice)
        if self.decimal not in {".", ","}:
            raise FileProblem(None, f"`{self.decimal}` is no decimal sign", "it is `.` or `,`")
        if self.decimal == self.delimiter:
            advice = "separate values by `;`, or write decimals with `.`"
            raise FileProblem(None, "a comma would stand between values and before decimals", advice)
        if self.dates is not None and not _DATES.fullmatch(self.dates):
            raise FileProblem(
                None, f"`{self.dates}` is no form of dates", "write one such as `DD.MM.YYYY` or `M/D/YYYY`"
            )
        try:
            "".encode(self.encoding)
        except LookupError:
            advice = "such are `utf-8`, `utf-8-sig` (with a byte-order mark, for Excel), `cp1250` and `cp1252`"
            raise FileProblem(None, f"`{self.encoding}` is no encoding", advice) from None

    @property
    def rewrites(self) -> bool:
        """Tell whether numbers and dates of the leads are written in this form, rather than as their file has them."""
        return self.decimal != "." or self.dates is not None

    def number(self, number: Decimal) -> str:
        """Write a number, exact and with no more digits than it needs."""
        return minimal(number).replace(".", self.decimal)

    def date(self, day: dt.date) -> str:
        """Write a day; in the form of ISO 8601 where no other is said."""
        parts = {
            "YYYY": f"{day.year:04}",
            "MM": f"{day.month:02}",
            "DD": f"{day.day:02}",
            "M": str(day.month),
            "D": str(day.day),
        }
        return _PARTS.sub(lambda found: parts[found[0]], self.dates or "YYYY-MM-DD")

    def moment(self, moment: dt.datetime) -> str:
        """Write a moment: its day, and its time to the second."""
        return f"{self.date(moment.date())} {moment:%H:%M:%S}"


def _excel(delimiter: str, decimal: str, dates: str) -> CsvForm:
    return CsvForm(delimiter, decimal, "utf-8-sig", dates, spreadsheet=True)


CSV_FORMS: Mapping[str, CsvForm] = MappingProxyType(
    {
        "excel-us": _excel(",", ".", "M/D/YYYY"),
        "excel-uk": _excel(",", ".", "DD/MM/YYYY"),
        "excel-pl": _excel(";", ",", "DD.MM.YYYY"),
        "excel-de": _excel(";", ",", "DD.MM.YYYY"),
        "excel-at": _excel(";", ",", "DD.MM.YYYY"),
        "excel-ch": _excel(";", ".", "DD.MM.YYYY"),
        "excel-cz": _excel(";", ",", "DD.MM.YYYY"),
        "excel-sk": _excel(";", ",", "DD.MM.YYYY"),
        "excel-fr": _excel(";", ",", "DD/MM/YYYY"),
        "excel-es": _excel(";", ",", "DD/MM/YYYY"),
        "excel-it": _excel(";", ",", "DD/MM/YYYY"),
        "excel-pt": _excel(";", ",", "DD/MM/YYYY"),
        "excel-br": _excel(";", ",", "DD/MM/YYYY"),
        "excel-nl": _excel(";", ",", "DD-MM-YYYY"),
        "excel-se": _excel(";", ",", "YYYY-MM-DD"),
    }
)
"""The presets: what Excel expects of CSV, by the country of its settings."""
