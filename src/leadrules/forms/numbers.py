"""A number's form is an example of it: `"1 234,50"`, `"€1,234"`, `"45%"`, `"12k"`, `"51-200"`.

The example fixes the decimal sign and the sign between groups. Currency signs, letters and `%` that
stand in it may stand in the data or not, and are dropped: 45 % is 45. A final k, m, bn, tys, mln or mld
in it says that such words multiply, and a range that a range is read as its lower end.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import overload

import attrs

from leadrules.letters import folded
from leadrules.values import number_of, text_of_number

MULTIPLIERS = {"k": 3, "tys": 3, "m": 6, "mln": 6, "bn": 9, "mld": 9}
"""The words that multiply, and by which power of ten."""

ADVICE = "give an example of one, such as `1 234,50`, `$1,200`, `45%`, `12k` or `51-200`"
"""What to write as the form of a number."""

_DASHES = "-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"
_ABOVE = r"(?:>=?|\N{GREATER-THAN OR EQUAL TO})"
_DIGITS = re.compile(r"[0-9](?:[0-9.,' ]*[0-9])?")
_RANGE = re.compile(
    rf"{_ABOVE}\s*(?P<above>.+)|(?P<from>.+?)\s*\+"
    rf"|(?P<low>.*[0-9][^0-9]*?)\s*[{_DASHES}]\s*(?P<high>[{_DASHES}]?[^{_DASHES}]*[0-9].*)"
)
_WORD = re.compile(r"[^\W\d_]+\.?")
_SIGNS = {" ": "white space", ".": "a point", ",": "a comma", "'": "an apostrophe"}


def is_range(text: str) -> bool:
    """Tell whether a text that a form reads as a number is a range, of which that number is the lower end.

    >>> is_range("51-200"), is_range("1000+"), is_range("> 50"), is_range("-5"), is_range("1 200,50")
    (True, True, True, False, False)
    """
    return range_of(text) is not None


def range_of(text: str) -> tuple[str, str | None] | None:
    """Take a range apart; None where a text is none. One without an upper end, as `1000+` and `> 50`, has None there.

    >>> range_of("1 001 - 5 000 zł"), range_of("1000+"), range_of("-5")
    (('1 001', '5 000 zł'), ('1000', None), None)
    """
    found = _RANGE.fullmatch(_with_plain_signs(text))
    return found and (found["above"] or found["from"] or found["low"], found["high"])


class Ambiguous(ValueError):
    """A text that can be read as two numbers; the message names both, `advice` says what to do."""

    def __init__(self, one: str, other: str, advice: str) -> None:
        super().__init__(f"can be {one} and {other}")
        self.advice = advice


@attrs.frozen
class NumberForm:
    """How a column writes its numbers. `text` is the example.

    `decimal` and `group` are the signs in it, None where it has none. `words` are what may stand beside
    the digits, folded; `multiplies` says that a word such as `k` does, `ranges` that ranges are read.
    """

    text: str
    decimal: str | None
    group: str | None
    words: frozenset[str] = frozenset()
    multiplies: bool = False
    ranges: bool = False
    short_groups: bool = False

    def read(self, text: str) -> Fraction | None:
        """Read a text that is not empty; None where it has another form. Raises Ambiguous, and ValueError if too long.

        >>> number_form("1 234,50").read("12 000,5"), number_form("51-200").read("1,001-5,000")
        (Fraction(24001, 2), Fraction(1001, 1))
        """
        ends = range_of(text) if self.ranges else None
        if ends is None:
            return _whole(self._scaled(_with_plain_signs(text)))
        found = self._scaled(ends[0])
        if found is None or ends[1] is None:
            return _whole(found)
        high = self._scaled(ends[1])
        if high is None or _whole(high) < _whole(found):
            return None
        if found[0] and high[1] and not found[1]:
            one, other = (text_of_number(_whole((found[0], power))) for power in (0, high[1]))
            raise Ambiguous(one, other, "write the word at both ends, such as `1k-5k`")
        return _whole(found)

    def _scaled(self, text: str) -> tuple[Fraction, int] | None:
        """Read one number, and by which power of ten the words beside it multiply."""
        sign, left = ("-", text[1:].lstrip()) if text[:1] in "-\N{MINUS SIGN}" and len(text) > 1 else ("", text)
        digits = _DIGITS.search(left)
        if digits is None:
            return None
        before, after = left[: digits.start()].strip(), left[digits.end() :].strip()
        if before[-1:] in ("-", "\N{MINUS SIGN}") and not sign:
            sign, before = "-", before[:-1].rstrip()
        power = self._beside(before, after)
        number = None if power is None else self._digits(digits[0])
        if number is None or power is None:
            return None
        return -number if sign else number, power

    def _beside(self, before: str, after: str) -> int | None:
        """Give the power of ten that the words beside a number say; None where another word stands there."""
        powers = []
        for word in [*_words(before), *_words(after)]:
            if self.multiplies and word in MULTIPLIERS:
                powers.append(MULTIPLIERS[word])
            elif word not in self.words:
                return None
        return None if len(powers) > 1 else sum(powers)

    def _digits(self, digits: str) -> Fraction | None:
        if self.group is None and self.ranges and self.decimal is None:
            return self._loosely_grouped(digits)
        whole, _, part = digits.partition(self.decimal or ".")
        if part and not part.isdecimal():
            return None
        if not whole.isdecimal():
            if self.group is None or not self._is_grouped(whole):
                return None
            whole = whole.replace(self.group, "")
        return number_of(f"{whole}.{part}" if part else whole)

    def _is_grouped(self, whole: str) -> bool:
        first, *rest = whole.split(self.group)
        sizes = (2, 3) if self.short_groups else (3,)
        return first.isdecimal() and len(first) <= 3 and all(map(str.isdecimal, rest)) and _fit(rest, sizes)

    def _loosely_grouped(self, digits: str) -> Fraction | None:
        """Read digits whose groups may stand apart by any sign, since the example has none."""
        if digits.isdecimal():
            return number_of(digits)
        signs = {sign for sign in digits if not sign.isdecimal()}
        first, *rest = re.split("[.,' ]", digits)
        if len(signs) > 1 or not 1 <= len(first) <= 3 or not _fit(rest, (3,)):
            return None
        grouped = number_of("".join([first, *rest]))
        if signs == {"."} and len(rest) == 1:
            advice = "say which it is: in a form such as `1.234,50` or `1,234.50`"
            raise Ambiguous(f"{first}{rest[0]}", digits, advice)
        return grouped


@overload
def _whole(scaled: tuple[Fraction, int]) -> Fraction: ...


@overload
def _whole(scaled: tuple[Fraction, int] | None) -> Fraction | None: ...


def _whole(scaled: tuple[Fraction, int] | None) -> Fraction | None:
    return None if scaled is None else scaled[0] * 10 ** scaled[1]


def _fit(groups: list[str], sizes: tuple[int, ...]) -> bool:
    return all(len(group) in sizes for group in groups) and len(groups[-1]) == 3


def number_form(text: str) -> NumberForm:
    """Prepare the form that an example shows. Raises ValueError, with a sentence for people, for what is none.

    >>> form = number_form("$1,200,000")
    >>> form.group, form.read("1,500"), form.read("€1,500")
    (',', Fraction(1500, 1), None)
    """
    plain = _with_plain_signs(text)
    ends = range_of(text)
    if ends is not None:
        forms = [number_form(end) for end in ends if end is not None]
        signs = max(forms, key=lambda form: (form.group is not None, form.decimal is not None))
        words = frozenset(word for form in forms for word in form.words)
        multiplies = any(form.multiplies for form in forms)
        return attrs.evolve(signs, text=text, words=words, multiplies=multiplies, ranges=True)
    found = _DIGITS.findall(plain)
    if len(found) != 1:
        raise ValueError("it has no digits" if not found else "it holds several numbers")
    before, _, after = plain.partition(found[0])
    beside = [*_words(before.strip().removeprefix("-")), *_words(after.strip())]
    mixed = next((word for word in beside if any(map(str.isdecimal, word))), None)
    if mixed is not None:
        raise ValueError(f"`{mixed}` is neither a word nor a number")
    decimal, group = _signs(found[0])
    short = group is not None and any(len(part) == 2 for part in found[0].split(decimal or "\n")[0].split(group)[1:])
    others = frozenset(beside).difference(MULTIPLIERS)
    return NumberForm(text, decimal, group, others, len(others) < len(set(beside)), short_groups=short)


def _signs(digits: str) -> tuple[str | None, str | None]:
    """Tell the decimal sign and the sign between groups of an example's digits."""
    signs = [sign for sign in digits if not sign.isdecimal()]
    if not signs:
        return None, None
    last = signs[-1]
    if len(set(signs)) > 2:
        raise ValueError("it has three kinds of signs between its digits")
    whole, _, part = digits.rpartition(last)
    if len(set(signs)) == 2:
        group = signs[0]
        if signs.count(last) > 1 or last in " '":
            raise ValueError(f"{_SIGNS[last]} cannot be its decimal sign")
        if not all(2 <= len(one) <= 3 for one in whole.split(group)[1:]) or len(whole.split(group)[-1]) != 3:
            raise ValueError("its groups do not have three digits")
        return last, group
    groups = digits.split(last)
    grouped = 1 <= len(groups[0]) <= 3 and groups[0] != "0" and _fit(groups[1:], (2, 3))
    if len(signs) == 1 and last in ".," and not (grouped and len(part) == 3):
        return last, None
    if not grouped:
        raise ValueError("its groups do not have three digits")
    return {",": ".", ".": ",", "'": "."}.get(last), last


def _words(text: str) -> list[str]:
    """Split what stands beside digits into words and signs, folded; the point behind a word is no part of it."""
    found = []
    at = 0
    while at < len(text):
        word = _WORD.match(text, at)
        one = word[0] if word else text[at]
        at += len(one)
        if not one.isspace():
            found.append(folded(one.rstrip(".") or one))
    return found


def _with_plain_signs(text: str) -> str:
    """Let each run of white space be one space, and each apostrophe be `'`."""
    return " ".join(text.translate(_APOSTROPHES).split())


_APOSTROPHES = {ord(mark): "'" for mark in "\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"}
