"""Find the forms in which texts write numbers: the examples that stand behind `as`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

import attrs

from leadrules.forms.numbers import MULTIPLIERS, Ambiguous, number_form, range_of
from leadrules.letters import folded
from leadrules.values import number_of

_PLAIN = "12"
_STYLES: Mapping[str, str] = {
    "1,234": "1,001-5,000", "6,5": "1,5-2,5", "1 234": "1 001-5 000", "1 234,50": "1 001,5-5 000,5",
    "1.234,50": "1.001-5.000", "1'234": "1'001-5'000", "1'234,50": "1'001,5-5'000,5",
}  # fmt: skip
"""Ways to write a number, the likelier first, and each as a range. One without groups, with a point, needs none."""
_CURRENCIES = frozenset(
    ("zł", "zl", "pln", "eur", "euro", "usd", "gbp", "chf", "czk", "kč", "sek", "nok", "dkk", "kr", "huf", "ft", "ron",
     "lei", "bgn", "uah", "rub", "cad", "aud", "jpy")
)  # fmt: skip
_UNITS = frozenset(
    ("%", "km", "m²", "m2", "t", "kg", "szt", "osób", "osoby", "os", "pracowników", "employees", "people",
     "mitarbeiter", "salariés", "employés", "empleados", "lat", "lata", "rok", "years", "year", "yrs", "jahre", "ans",
     "años", "days", "day", "dni", "dzień", "tage", "jours", "días", "hours", "h", "godz", "months", "mies", "pkt",
     "pts", "points")
)  # fmt: skip
_NUMBER = re.compile(r"([^0-9]*?)([0-9](?:[0-9.,'\u2019\s]*[0-9])?)([^0-9]*)")
_BESIDE = re.compile(r"[^\W\d_]+[0-9²]?|\S")


@attrs.frozen
class Numbers:
    """The forms that read numbers, none where plain digits do.

    `doubt` is what cannot be told from the texts, `other` the form that reads them as other numbers.
    """

    forms: tuple[str, ...]
    doubt: str | None = None
    other: str | None = None


@attrs.frozen
class _Cell:
    """One text as a number: its digits, twice for a range, and the words beside them."""

    digits: tuple[str, ...]
    words: frozenset[str]
    multiplies: bool
    ranges: bool


def numbers_of(texts: Counter[str], *, mostly: bool = True) -> Numbers | None:
    """Find the forms of some texts, `mostly` numbers; None where they are not numbers.

    Texts that are no numbers are passed over: who asks must see what the forms do not read. Where texts need not
    be `mostly` numbers, one is enough.
    """
    cells: dict[_Cell, int] = {}
    for text, count in texts.items():
        cell = _cell(text)
        if cell is not None:
            cells[cell] = cells.get(cell, 0) + count
    if not cells or (mostly and 2 * sum(cells.values()) < sum(texts.values())):
        return None
    style = _style(Counter(shape for cell in cells for shape in map(_shape, cell.digits)))
    ranges = any(cell.ranges for cell in cells)
    multiplies = any(cell.multiplies for cell in cells)
    said = {cell.words for cell in cells}
    widest = [words for words in said if not any(words < others for others in said)]
    if widest == [frozenset()] and not (style or ranges or multiplies):
        return Numbers((), *_doubt_of_points(cells))
    core = "51-200" if style is None and ranges else _STYLES[style] if style and ranges else style or _PLAIN
    if multiplies:
        core += " mln" if style or ranges else "k"
    forms = tuple(_with_words(core, words) for words in sorted(widest, key=sorted))
    return Numbers(forms, *_doubt(style, cells, widest))


def _cell(text: str) -> _Cell | None:
    """Take a text apart; None where it is no number as people write them."""
    if text.startswith("+"):
        return None
    ends = range_of(text)
    if ends is None:
        return _one(text)
    low = _one(ends[0])
    if ends[1] is None:
        return low and attrs.evolve(low, ranges=True)
    high = _one(ends[1])
    if low is None or high is None or not _less(low, high):
        return None
    both = low.words | high.words
    return _Cell(low.digits + high.digits, both, low.multiplies or high.multiplies, ranges=True)


def _less(low: _Cell, high: _Cell) -> bool:
    return len(low.digits[0]) < len(high.digits[0]) or (
        len(low.digits[0]) == len(high.digits[0]) and low.digits < high.digits
    )


def _one(text: str) -> _Cell | None:
    scientific = re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,2}", text)
    if scientific:
        return _Cell((text.lstrip("-").lower().partition("e")[0],), frozenset(), multiplies=False, ranges=False)
    parts = _NUMBER.fullmatch(text)
    if parts is None or re.match(r"0[0-9]", parts[2]):
        return None
    before = parts[1].strip()
    if before[:1] in ("-", "\N{MINUS SIGN}"):
        before = before[1:]
    elif before[-1:] in ("-", "\N{MINUS SIGN}"):
        before = before[:-1]
    words = {folded(word) for side in (before, parts[3]) for word in _beside(side)}
    multipliers = words & MULTIPLIERS.keys()
    if len(multipliers) > 1 or not all(_is_word(word) for word in words - multipliers):
        return None
    if len(re.sub(r"[^0-9]", "", re.split(r"[.,][0-9]{1,2}$", parts[2])[0])) > 15:
        return None  # an id: who has a quadrillion of something?
    return _Cell((parts[2],), frozenset(words - multipliers), bool(multipliers), ranges=False)


def _beside(text: str) -> Iterator[str]:
    for word in _BESIDE.findall(text):
        if word != ".":
            yield word


def _is_word(word: str) -> bool:
    return word in _CURRENCIES or word in _UNITS or unicodedata.category(word[0]) == "Sc"


def _shape(digits: str) -> str:
    """Give all digits as 9, but for a single 0 at the start, which opens no group."""
    plain = " ".join(digits.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    return ("0" if plain[0] == "0" else "9") + re.sub(r"[0-9]", "9", plain[1:])


def _style(shapes: Counter[str]) -> str | None:
    """Choose the way of writing that reads the most digits; None where plain digits read as many."""
    best, most = None, sum(count for shape, count in shapes.items() if _reads(None, shape))
    for style in _STYLES:
        read = sum(count for shape, count in shapes.items() if _reads(style, shape))
        if read > most:
            best, most = style, read
    return best


def _reads(style: str | None, digits: str) -> bool:
    try:
        if style is not None and number_form(style).read(digits) is not None:
            return True
        number_of(digits)
    except Ambiguous:
        return False
    except ValueError:
        return False
    return True


def _with_words(core: str, words: frozenset[str]) -> str:
    """Put words beside an example: signs of currencies before it, all else behind."""
    before = "".join(sorted(word for word in words if unicodedata.category(word[0]) == "Sc"))
    after = sorted(word for word in words if unicodedata.category(word[0]) != "Sc")
    upper = [word.upper() if word in _CURRENCIES and len(word) == 3 and word.isascii() else word for word in after]
    behind = "".join(word if word == "%" else f" {word}" for word in upper)
    return f"{before}{core}{behind}"


_Doubt = tuple[str | None, str | None]
"""What cannot be told, in a sentence, and the form that reads otherwise."""


def _doubt(style: str | None, cells: Mapping[_Cell, int], widest: list[frozenset[str]]) -> _Doubt:
    money = {word for words in widest for word in words if word in _CURRENCIES or unicodedata.category(word[0]) == "Sc"}
    if len(widest) > 1 and len(money) > 1:
        return f"several currencies are read as one: {', '.join(sorted(money))}", None
    if 0 < sum("%" in cell.words for cell in cells) < len(cells):
        return "45% is read as 45, and some values have no %: are they of one kind?", None
    if any(cell.ranges for cell in cells):
        return "a range is its lower end", None
    every = [digits for cell in cells for digits in cell.digits]
    if style == "1,234" and all(re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})?", digits) for digits in every):
        shown = next(digits for digits in every if "," in digits)
        return f'`{shown}` is {shown.replace(",", "")}; write "6,5" if it is {shown.replace(",", ".")}', "6,5"
    return _doubt_of_points(cells) if style is None else (None, None)


def _doubt_of_points(cells: Mapping[_Cell, int]) -> _Doubt:
    """Tell of numbers such as `12.500`, all of whose points stand before three digits: they may be groups."""
    pointed = [digits for cell in cells for digits in cell.digits if "." in digits]
    if pointed and all(re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", digits) for digits in pointed):
        shown = pointed[0]
        return f'`{shown}` is read with decimals; write as "1.234,50" if it is {shown.replace(".", "")}', "1.234,50"
    return None, None


def contradict(one: str, other: str) -> bool:
    """Tell whether two forms of numbers read a text as two numbers: the decimal sign of one parts groups of the other.

    >>> contradict("1,234", "6,5"), contradict("1 234", "6,5")
    (True, False)
    """
    first, second = number_form(one), number_form(other)
    return (first.group is not None and first.group == second.decimal) or (
        second.group is not None and second.group == first.decimal
    )
