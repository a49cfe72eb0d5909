"""The country that a number is from, as people write it: two letters, or a name in any language."""

from __future__ import annotations

import re

from leadrules_geo.countries import found_country

LIBRARIES = ("leadrules-geo", "pycountry")
"""What the answer depends on."""


def iso(country: str | None) -> str | None:
    """Give the two letters of a country by its code or name, as in ISO 3166-1; None for what is none.

    >>> iso("pl"), iso("Polska"), iso("UK"), iso("Neverland"), iso(None)
    ('PL', 'PL', 'GB', None, None)
    """
    if not country:
        return None
    return found_country(country)


def is_code(text: str) -> bool:
    """Tell whether a text is the code of a country: two capital letters that ISO 3166-1 has given out."""
    return re.fullmatch("[A-Z]{2}", text) is not None and found_country(text) == text
