"""One raw value of the outside world becomes one value of the language: the table of language.md §4.

:func:`reader_of` turns a type and its options into a function from a raw value to a known value, or
None for unknown. What cannot be read is an :class:`Unreadable`; :mod:`leadrules.lead`, the only
caller that knows the lead and the field, makes a sentence of it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import numbers
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast, overload

from leadrules.characters import normalised
from leadrules.errors import LeadrulesError
from leadrules.families import ORDERED
from leadrules.foreign import PLAIN, Unheld, Unreadable, natural
from leadrules.forms.numbers import Ambiguous, NumberForm, number_form
from leadrules.forms.times import TimeForm, moment_without_form, time_form
from leadrules.interruptions import raise_if_from_outside
from leadrules.letters import Letters
from leadrules.values import Value, Zone, instant_of, number_of, text_of_number
from leadrules.vocabulary import DATETIME, MOST_CHARACTERS, Field, Property, Type

Reader = Callable[[object], Value | None]
"""Gives a known value, or None where the raw one is unknown. Raises Unreadable."""

_LONGEST_SHOWN = 60
_MOST_CHOICES_SHOWN = 12
_TOO_LARGE = 10**30
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})
YEARS = range(2, 9999)
"""Years that are read. One year of room at either end keeps every local day inside the calendar."""
YEARS_ADVICE = "write a year from 2 to 9998"

_SEPARATORS = (",", ";")


# ------------------------------------------------------------------- showing


def shown(value: object) -> str:
    """Name a raw value for people: scalars in backticks, cut at 60 characters; `a list`, `an object`.

    >>> shown("many"), shown(True), shown([1])
    ('`many`', '`true`', 'a list')
    """
    text = _scalar_text(value)
    return f"`{_printable(text)}`" if text else _kind_of(value)


def told(value: object) -> str:
    """Give a raw value as text: what stands in the backticks of `shown`.

    >>> told("many"), told(True), told([1])
    ('many', 'true', 'a list')
    """
    text = _scalar_text(value)
    return _printable(text) if text else _kind_of(value)


def _kind_of(value: object) -> str:
    """Name what a value is, where it is not to be shown itself."""
    with contextlib.suppress(Exception):  # what cannot be had as Python has it is named as it is
        value = natural(value)
    kind = type(value)
    if value is None or issubclass(kind, str):
        return "an empty value"
    if kind is Unheld:
        return cast("Unheld", value).kind
    for types, name in _KINDS:
        if issubclass(kind, types):
            return name
    return "this value" if kind in PLAIN or kind is object else f"a Python `{_printable(kind.__name__)}`"


_KINDS: tuple[tuple[Any, str], ...] = (
    (Mapping, "an object"),
    ((set, frozenset), "a set"),
    ((list, tuple), "a list"),
    ((bytes, bytearray, memoryview), "binary data"),
)


def _scalar_text(value: object) -> str | None:
    """Write a scalar as text; None for what is none, or does not let itself be written."""
    if type(value) is Unheld:
        return value.text
    try:
        value = natural(value)
        if type(value) is dt.datetime or type(value) is dt.date:
            return str(value)
    except Exception:  # noqa: BLE001 - what cannot be shown is told by its kind
        return None
    if type(value) not in PLAIN:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**100 else None
    if isinstance(value, float):
        return float.__repr__(value)
    return str(value) if isinstance(value, str | Decimal) else None


def _printable(text: str) -> str:
    """Keep a value on one line, short and free of what a terminal cannot show."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" if c.strip() else " " for c in cut)


def listed(names: Collection[str], quote: str = "`") -> str:
    """List names for a sentence, at most a dozen.

    >>> listed(["lead", "mql"])
    '`lead`, `mql`'
    """
    first = [f"{quote}{_printable(name)}{quote}" for name in list(names)[:_MOST_CHOICES_SHOWN]]
    rest = len(names) - len(first)
    return ", ".join(first) + (f" and {rest} more" if rest else "")


def plain_value(raw: Any) -> Any:
    """Give a value that a reader took in the plainest form that reads the same.

    That is None, a bool, text, an int, a Decimal, a date or datetime, or a list of them.
    """
    raw = natural(raw)
    match raw:
        case None | bool() | str() | Decimal():
            return raw
        case float():
            return Decimal(float.__repr__(raw))
        case dt.date():
            return plain_moment(raw)
        case list() | tuple():
            return [plain_value(member) for member in raw]
        case _:
            return int(raw)


# ---------------------------------------------------------------------- text


def trimmed(raw: str) -> str:
    """Give a text in NFC without outer white space; it may be empty. Raises Unreadable for what is no text."""
    text = raw.strip()
    if "\0" in text:
        raise Unreadable("holds a NUL character", "remove it", "bad_text")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        advice = "write the text in UTF-8"
        raise Unreadable("holds a lone surrogate, half of a character", advice, "bad_text") from None
    return normalised(text)


def text_from(raw: object) -> str | None:
    """Read a text, or an integer as its digits; an empty text is unknown."""
    if type(raw) is str:
        return trimmed(raw) or None
    raw = asked(natural, raw)
    if raw is None:
        return None
    if type(raw) is str:
        return trimmed(raw) or None
    whole = asked(_whole, raw)
    if whole is None:
        raise _mistaken("is not a text", raw, "write it in quotes", "give a text", "give one text")
    if abs(whole) >= _TOO_LARGE:
        raise Unreadable("has too many digits", "at most 30; write a longer one as text, in quotes", "out_of_range")
    return str(whole)


def asked(ask: Callable[..., Any], *arguments: object) -> Any:
    """Ask a value for something. Raises Unreadable for whatever it raises, but for what leadrules says itself."""
    try:
        return ask(*arguments)
    except (Unreadable, LeadrulesError):
        raise
    except Exception as error:
        raise_if_from_outside(error)
        problem = f"cannot be read: asking it failed with {type(error).__name__}"
        raise Unreadable(problem, code="unreadable") from error


def _mistaken(problem: str, raw: object, written: str, given: str, several: str = "give one value") -> Unreadable:
    """Say that a value is not of its type, and what to do: in a file it is `written`, by a program it is `given`.

    Where it is `several` values, that is what to do.
    """
    if type(raw) is float and math.isnan(raw):
        return Unreadable(problem, "NaN is no value: leave out what is not known")
    if issubclass(type(raw), list | tuple | dict):
        return Unreadable(problem, several)
    return Unreadable(problem, written if type(raw) in _WRITTEN else given)


_WRITTEN = frozenset({str, bool, int, float, Decimal, dt.date, dt.datetime})
"""The types of single values that files have."""


def _whole(raw: object) -> int | None:
    """Give an integer of Python or of a number library as int; a bool is none."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return int(raw)
    return int(raw) if isinstance(raw, numbers.Integral) else None


def _text_reader(most: int) -> Reader:
    """Read a text of at most so many characters."""

    def read(raw: object) -> str | None:
        text = text_from(raw)
        if text is not None and len(text) > most:
            raise _too_long(len(text), most)
        return text

    return read


def _too_long(count: int, most: int, where: str = "") -> Unreadable:
    return Unreadable(f"has {count:,} characters{where}", f"at most {most:,}", "out_of_range")


def split_by(separators: Sequence[str]) -> Callable[[str], list[str]]:
    """Prepare splitting a text that lists some; without separators of its own at `,` and `;`.

    >>> split_by(())("a, b"), split_by((" / ",))("a, b / c")
    (['a', ' b'], ['a, b', 'c'])
    """
    return re.compile("|".join(map(re.escape, separators or _SEPARATORS))).split


def _texts_reader(unknown: frozenset[str], separators: tuple[str, ...], most: int, letters: Letters) -> Reader:
    """Read a list of text: unknown, empty and None members are left out; order and repeats are kept.

    All members together have at most so many characters.
    """
    split = split_by(separators)
    example = (separators or _SEPARATORS)[0].strip() or " "

    def read(raw: object) -> tuple[str, ...] | None:
        if isinstance(raw, str):
            whole = trimmed(raw)
            if len(whole) > most:
                raise _too_long(len(whole), most)
            members: Collection[object] = split(whole)
        elif isinstance(raw, list | tuple):
            members = raw
        else:
            advice = f'write a list, or one text such as "a{example} b"'
            raise _mistaken("is not a list of text", raw, advice, "give a list", advice)
        texts = [text for text in map(_member, members) if text is not None]
        together = sum(map(len, texts))
        if together > most:
            raise _too_long(together, most, " in all members")
        return tuple(text for text in texts if letters.folded(text) not in unknown) or None

    return read


def _member(raw: object) -> str | None:
    try:
        return None if raw is None else text_from(raw)
    except Unreadable as error:
        raise Unreadable(f"has a member that {error.problem}", error.advice, error.code) from None


def _choice_reader(choices: tuple[str, ...], letters: Letters) -> Reader:
    """Read one of a closed list, in its declared spelling."""
    declared = {letters.folded(choice): choice for choice in reversed(choices)}

    def read(raw: object) -> str | None:
        text = text_from(raw)
        if text is None:
            return None
        choice = declared.get(letters.folded(text))
        if choice is None:
            raise Unreadable(f"is not one of {listed(choices, quote=chr(34))}", code="not_one_of")
        return choice

    return read


# ------------------------------------------------------------- number, bool


def number_from(raw: object) -> Fraction | None:
    """Read an integer, a decimal, a finite float or a text as an exact number; an empty text is unknown."""
    if isinstance(raw, bool):
        raise Unreadable("is not a number", "write 1 or 0 where a number is meant")
    if isinstance(raw, str):
        text = trimmed(raw)
        return _number(text) if text else None
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise Unreadable("is not a finite number", "leave out what is not known", "not_finite")
        return _number(float.__repr__(raw))
    if isinstance(raw, Decimal):
        if not raw.is_finite():
            raise Unreadable("is not a finite number", "leave out what is not known", "not_finite")
        return _number(str(raw))
    whole = _whole(raw)
    if whole is None:
        raise _mistaken("is not a number", raw, "write digits such as 250 or 12.5", "give an int, a Decimal or a float")
    if abs(whole) >= _TOO_LARGE:
        raise Unreadable("is out of range", "at most 30 digits", "out_of_range")
    return Fraction(whole)


def _numbers_reader(forms: Sequence[NumberForm]) -> Reader:
    """Read numbers whose texts may have other forms; a plain number is always read."""
    written = " or ".join(form.text for form in forms)

    def read(raw: object) -> Fraction | None:
        if not isinstance(raw, str):
            return number_from(raw)
        text = trimmed(raw)
        if not text:
            return None
        for form in forms:
            try:
                found = form.read(text)
            except Ambiguous as twice:
                raise Unreadable(str(twice), twice.advice) from None
            except ValueError:
                raise Unreadable("is out of range", "at most 30 digits", "out_of_range") from None
            if found is not None:
                return found
        try:
            return _number(text)
        except Unreadable as error:
            advice = error.advice if error.code == "out_of_range" else f"write digits such as 12.5, or {written}"
            raise Unreadable(error.problem, advice, error.code) from None

    return read


def _number(text: str) -> Fraction:
    try:
        return number_of(text)
    except ValueError:
        if text.lstrip("+-")[:1].isdecimal() and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
            advice = "at most 30 digits and an exponent within ±30"
            raise Unreadable("is out of range", advice, "out_of_range") from None
        raise Unreadable("is not a number", "write digits such as 250 or 12.5") from None


def _bool_reader(true_words: frozenset[str], false_words: frozenset[str], letters: Letters) -> Reader:
    """Read a bool. Declared words stand instead of the usual ones, also for a number written as one of them."""
    own = bool(true_words or false_words)
    words = dict.fromkeys(false_words if own else _FALSE, False) | dict.fromkeys(true_words if own else _TRUE, True)
    advice = (
        f"write {listed([*sorted(true_words), *sorted(false_words)])}" if own else "write true, false, yes, no, 1 or 0"
    )

    def read(raw: object) -> bool | None:
        if isinstance(raw, bool):
            return raw
        text = trimmed(raw) if isinstance(raw, str) else _text_of_raw_number(raw)
        if text == "":
            return None
        if text is not None and letters.folded(text) in words:
            return words[letters.folded(text)]
        if text in ("0", "1") and not isinstance(raw, str):
            return text == "1"
        raise _mistaken("is not true or false", raw, advice, "give True or False")

    return read


def _text_of_raw_number(raw: object) -> str | None:
    """Write a raw number minimally (1, 12.5), or give None for what is not a number."""
    try:
        number = None if isinstance(raw, str) else number_from(raw)
    except Unreadable:
        return None
    return None if number is None else text_of_number(number)


# ---------------------------------------------------------------------- time


@overload
def plain_moment(raw: dt.datetime) -> dt.datetime: ...
@overload
def plain_moment(raw: dt.date) -> dt.date: ...
def plain_moment(raw: dt.date) -> dt.date:
    """Give a date or datetime of a library (a subclass) as a plain one. Raises ValueError for its `not a time`."""
    if type(raw) is dt.date or type(raw) is dt.datetime:
        return raw
    try:
        if not isinstance(raw, dt.datetime):
            return dt.date(raw.year, raw.month, raw.day)
        clock = (raw.hour, raw.minute, raw.second, raw.microsecond)
        return dt.datetime(raw.year, raw.month, raw.day, *clock, tzinfo=raw.tzinfo, fold=raw.fold)
    except TypeError as error:
        raise ValueError(str(error)) from None


def _moment_reader(kind: str, forms: Sequence[TimeForm]) -> Callable[[object], dt.date | dt.datetime | None]:
    """Read a raw value as a date, a wall clock (no offset) or an instant (with one)."""
    example = "2026-11-21" if kind == "date" else "2026-11-21T10:00:00Z"
    advice = ", or ".join([f"write {example}", *(form.text for form in forms)])
    counting = next((form for form in forms if form.unit), None)

    def by_form(text: str) -> dt.date | dt.datetime | None:
        for form in forms:
            moment = form.read(text)
            if moment is not None:
                return moment
        return moment_without_form(text)

    def read(raw: object) -> dt.date | dt.datetime | None:
        try:
            if isinstance(raw, dt.date):
                moment: dt.date | dt.datetime | None = plain_moment(raw)
            elif isinstance(raw, str):
                text = trimmed(raw)
                if not text:
                    return None
                moment = by_form(text)
            elif counting is not None and (units := number_from(raw)) is not None:
                moment = counting.counted(units)
            else:
                moment = None
        except Unreadable:
            raise
        except ValueError:
            raise Unreadable("does not exist in the calendar", advice, "not_in_calendar") from None
        if moment is None:
            raise _mistaken(f"is not a {kind}", raw, advice, f"give a {kind}")
        if moment.year not in YEARS:
            raise Unreadable("is out of range", YEARS_ADVICE, "out_of_range")
        return moment

    return read


def _datetime_reader(zone: Zone, forms: Sequence[TimeForm]) -> Reader:
    read_moment = _moment_reader("datetime", forms)

    def read(raw: object) -> int | None:
        moment = read_moment(raw)
        return None if moment is None else _instant(moment, zone)

    return read


def _instant(moment: dt.date | dt.datetime, zone: Zone) -> int:
    if not isinstance(moment, dt.datetime):
        return zone.midnight(moment)
    return instant_of(moment) if moment.utcoffset() is not None else zone.instant(moment)


def _date_reader(zone: Zone, forms: Sequence[TimeForm]) -> Reader:
    read_moment = _moment_reader("date", forms)

    def read(raw: object) -> dt.date | None:
        moment = read_moment(raw)
        return zone.day(_instant(moment, zone)) if isinstance(moment, dt.datetime) else moment

    return read


# ------------------------------------------------------------------- readers


def reader_of(type_: Type, zone: Zone, most_characters: int = MOST_CHARACTERS) -> Reader:
    """Prepare reading the values of a type without options, as an event's property has it."""
    return _of_anything(_typed_reader(Field("", type_), zone, most_characters))


def reader_of_property(prop: Property, zone: Zone, most: int = MOST_CHARACTERS) -> Reader:
    """Prepare reading a property of an event with its options; of texts at most so many characters."""
    return _of_anything(_typed_reader(prop.field, zone, most))


def reader_of_moment(forms: tuple[str, ...], zone: Zone) -> Reader:
    """Prepare reading the moment of an event, whose texts may have these forms."""
    return _of_anything(_typed_reader(Field("at", DATETIME, forms=forms), zone, MOST_CHARACTERS))


def _of_anything(read: Reader) -> Reader:
    """Let a reader take values of any library. What a value raises is no mistake but its own."""

    def read_natural(raw: object) -> Value | None:
        if type(raw) in _SCALARS:
            return read(raw)
        plain = asked(natural, raw)
        return None if plain is None else cast("Value | None", asked(read, plain))

    return read_natural


_SCALARS = frozenset({bool, int, str, float, Decimal})
"""The types of values that raise nothing of their own."""


def reader_of_field(field: Field, zone: Zone, most_characters: int = MOST_CHARACTERS) -> Reader:
    """Prepare reading a field with all its options; where the value would be unknown it is the default."""
    typed = _typed_reader(field, zone, most_characters)
    read = _of_anything(_sifted(typed, field) if field.unknown else typed)
    default = field.default

    def read_or_default(raw: object) -> Value | None:
        value = None if raw is None else read(raw)
        return default if value is None else value

    return read_or_default


def _typed_reader(field: Field, zone: Zone, most: int) -> Reader:
    match field.type.kind:
        case "number":
            return _numbers_reader([*map(number_form, field.forms)]) if field.forms else number_from
        case "bool":
            return _bool_reader(field.true_words, field.false_words, field.letters)
        case "date":
            return _date_reader(zone, [*map(time_form, field.forms)])
        case "datetime":
            return _datetime_reader(zone, [*map(time_form, field.forms)])
        case "list of text":
            return _texts_reader(field.unknown, field.split, most, field.letters)
        case "text":
            return _choice_reader(field.type.choices, field.letters) if field.type.choices else _text_reader(most)
        case "label":
            raise TypeError("a label is no type of a field")


def _sifted(read: Reader, field: Field) -> Reader:
    """Make unknown what the field's `unknown {…}` names.

    A raw text or number is compared as text before it is converted. A number or a time is compared
    as a value too: `unknown {"999"}` means 999.0 from a table as well.
    """
    unknown = field.unknown
    values = frozenset(_readable(unknown, read)) if field.type.kind in ORDERED else frozenset()

    def sifted(raw: object) -> Value | None:
        text = raw.strip() if isinstance(raw, str) else _text_of_raw_number(raw)
        if text is not None and field.letters.folded(text) in unknown:
            return None
        value = read(raw)
        return None if value in values else value

    return sifted


def _readable(words: Collection[str], read: Reader) -> list[Value]:
    values = []
    for word in words:
        try:
            value = read(word)
        except Unreadable:
            continue
        if value is not None:
            values.append(value)
    return values
