"""Write numbers and times in a form, as a file would have them."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction

from leadrules.forms.numbers import NumberForm, number_form
from leadrules.forms.times import EPOCHS, time_form
from leadrules.testing.chance import Chance
from leadrules.values import decimal_of, instant_of

_MONTHS = ("Jan", "Feb.", "marzec", "kwietnia", "May", "JUNE", "lip", "sierpnia", "Sept", "październik", "lis", "Dec")
_BESIDE = {"before": "{word}{number}", "after": "{number} {word}", "close": "{number}{word}"}


def written_number(chance: Chance, value: Fraction, form: str) -> str:
    """Write a number, sometimes with what may stand beside it."""
    found = number_form(form)
    text = _digits(chance, abs(value), found)
    if found.ranges and (found.decimal or text.isdigit()) and chance.happens(50):  # ends are as the form writes them
        text = chance.pick((f"{text}-{text}", f"> {text}", f"{text}+"))
    elif found.words and chance.happens(60):
        text = chance.pick(tuple(_BESIDE.values())).format(word=chance.pick(sorted(found.words)), number=text)
    elif value < 0:
        text = f"-{text}"
    return f"{text}{chance.pick(('k', ' mln'))}" if found.multiplies and chance.happens(30) else text


def _digits(chance: Chance, value: Fraction, form: NumberForm) -> str:
    whole, _, part = format(decimal_of(value), "f").partition(".")
    if form.group is not None and chance.happens(60):
        first = len(whole) % 3 or 3
        whole = form.group.join([whole[:first], *re.findall("...", whole[first:])])
    return f"{whole}{form.decimal or '.'}{part}" if part else whole


def written_time(local: dt.datetime, form: str) -> str:
    """Write a moment, which is local and knows its offset."""
    if form in EPOCHS:
        return str(instant_of(local) // EPOCHS[form])
    time_form(form)
    parts = {
        "YYYY": f"{local.year:04}", "YY": f"{local.year % 100:02}",
        "MMMM": _MONTHS[local.month - 1], "MMM": _MONTHS[local.month - 1],
        "MM": f"{local.month:02}", "M": f"{local.month}", "DD": f"{local.day:02}", "D": f"{local.day}",
        "ss": f"{local.second:02}", "s": f"{local.second}", "SSS": f"{local.microsecond:06}",
        "mm": f"{local.minute:02}", "m": f"{local.minute}", "AM": "pm" if local.hour >= 12 else "AM",
        "Z": f"{local:%z}"[:5],
    }  # fmt: skip
    hour = (local.hour % 12 or 12) if "AM" in form else local.hour
    parts |= {"hh": f"{hour:02}", "h": f"{hour}"}
    word = re.compile("|".join(sorted(parts, key=len, reverse=True)) + "|'([^']*)'")
    return word.sub(lambda found: parts.get(found[0]) or found[1], form)
