"""How numbers stand in cells of a table: with a label, as a spreadsheet exports them, two at once."""

from __future__ import annotations

import re
import unicodedata

_FLOAT = re.compile(r"\+?\d{5,}[.,]0+")  # 512345678.0, what a column of numbers with a gap is exported as
_SCIENTIFIC = re.compile(r"(\+?\d)[.,](\d+)[eE]\+?(\d{1,2})")  # 4.8512345678E+10
_LABEL = re.compile(
    r"(?:n\.?i\.?p\.?(?:[ -]?ue)?|regon|krs|vat(?:[ -]?(?:id|nr|no|number|reg|ue|uid))?|tax[ -]?(?:id|no|number)|ein"
    r"|ust\.?-?\s?id(?:entnummer)?\.?-?\s?(?:nr)?|umsatzsteuer-?id|steuer(?:nummer|-?nr)|mwst\.?(?:-?nr)?|uid(?:-?nr)?"
    r"|n[o°]?\.?\s?tva|tva(?:\s?intracom\w*)?|siren|siret|nif|cif|iva|p\.?\s?iva|partita iva|btw(?:-?nr|nummer)?"
    r"|di[cč]|i[cč]o?|i[cč]\s?dph|moms(?:nr)?|cvr|lei)\.?(?:\s*[:#.]\s*|\s+|(?=\d))",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"[\s,;(]*\b(?:wewn?\.?|wewn[eę]trzny|w\.|durchwahl|dw\.?|nebenstelle|poste|linka|kl\.|klapka|toestel|anexo|interno)"
    r"\s*:?\s*(\d{1,6})\)?\s*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:[/;,|\n]|\b(?:lub|albo|oraz|or|and|oder|und|ou|et|o|y)\b)\s*", re.IGNORECASE)
_HOME_ZERO = re.compile(r"^(\s*(?:\+|00)\s*\d{1,3})[\s.-]*\(0\)[\s.-]*")
_FEWEST_DIGITS = 7
"""A whole phone number has so many; what is shorter is a part of one, as in 089/123456."""


def plain(number: str) -> str:
    """Write a number as on a form of paper: full-width and other compatible characters as plain ones.

    What a spreadsheet made of it is undone where nothing was lost: `8567346215.0`, `4.8512345678E+10`.

    >>> plain(" 8567346215.0 "), plain("4.8512345678E+10"), plain("4.85E+10")
    ('8567346215', '48512345678', '4.85E+10')
    """
    text = unicodedata.normalize("NFKC", number).strip()
    if _FLOAT.fullmatch(text):
        return re.split("[.,]", text)[0]
    found = _SCIENTIFIC.fullmatch(text)
    return f"{found[1]}{found[2]}" if found and len(found[2]) == int(found[3]) else text


def lost(number: str) -> bool:
    """Tell whether a spreadsheet has rounded a number, so that nobody can tell what it was: `4.85E+10`."""
    found = _SCIENTIFIC.fullmatch(unicodedata.normalize("NFKC", number).strip())
    return found is not None and len(found[2]) < int(found[3])


def unlabelled(number: str) -> str:
    """Write a company's number without what it is called: `NIP: 856-734-62-15`, `USt-IdNr. DE136695976`.

    >>> unlabelled("NIP: 856-734-62-15"), unlabelled("USt-IdNr.: DE136695976"), unlabelled("PL8567346215")
    ('856-734-62-15', 'DE136695976', 'PL8567346215')
    """
    text = plain(number)
    found = _LABEL.match(text)
    return plain(text[found.end() :]) if found else text


def is_filler(number: str) -> bool:
    """Tell whether a number is one that is typed in to get past a form: one figure again and again."""
    figures = [letter for letter in number if letter.isdigit()]
    return len(figures) > 1 and len(set(figures)) == 1


def with_extension(phone: str) -> str:
    """Write a phone number's extension as libphonenumber reads it: `wew. 12` and `Durchwahl 12` as `ext. 12`.

    >>> with_extension("22 123 45 67 wew. 12")
    '22 123 45 67 ext. 12'
    """
    return _EXTENSION.sub(r" ext. \1", phone)


def without_home_zero(phone: str) -> str:
    """Write an international number without the zero that is dialled inside its country only.

    >>> without_home_zero("+48 (0) 22 123 45 67")
    '+48 22 123 45 67'
    """
    return _HOME_ZERO.sub(r"\1 ", phone)


def first_of_several(phone: str) -> str | None:
    """Give the first of several phone numbers in one cell; None where there is one, or none.

    >>> first_of_several("22 123 45 67 / 601 234 567"), first_of_several("089/123456")
    ('22 123 45 67', None)
    """
    pieces = [piece for piece in _BETWEEN.split(phone) if piece]
    if len(pieces) < 2 or any(sum(letter.isdigit() for letter in piece) < _FEWEST_DIGITS for piece in pieces):
        return None
    return pieces[0]
