"""Numbers of companies: VAT, tax and register numbers by their format and check digits."""

from __future__ import annotations

import csv
import difflib
import functools
import re
from importlib import import_module
from typing import cast, get_args

from stdnum import vatin
from stdnum.util import NumberValidationModule

from leadrules.sdk import criterion, versioned
from leadrules_contact.answers import VatCountry
from leadrules_contact.country import LIBRARIES, is_code, iso
from leadrules_contact.tables import lines_of
from leadrules_contact.written import is_filler, lost, plain, unlabelled

_VERSION = versioned("2", "python-stdnum", *LIBRARIES)
_VERSION_OF_KINDS = versioned("2", "python-stdnum")
_LONGEST_NUMBER = 100
_VAT_COUNTRIES = frozenset(get_args(VatCountry))
_PREFIXES = {"EL": "GR", "XI": "GB"}  # Greece and Northern Ireland are not called by their ISO 3166-1 code


def _a_country(text: str) -> None:
    if _home(text)[1] is None:
        raise ValueError('give a country with VAT numbers, by its two letters (ISO 3166-1) or its name, such as "PL"')


def _a_kind(text: str) -> None:
    if text.casefold() not in kinds():
        near = difflib.get_close_matches(text.casefold(), kinds(), n=1)
        raise ValueError(f"did you mean `{near[0]}`?" if near else 'give a kind such as "pl.nip", "eu.vat" or "lei"')


@criterion(version=_VERSION_OF_KINDS, checks={"kind": _a_kind})
def is_company_number(number: str, kind: str) -> bool | None:
    """Tell whether a number has the format and the check digits of a kind of company number.

    `kind` is a country and a name, such as `pl.nip`, `pl.regon`, `de.vat`, `fr.siren`, `gb.utr` or
    `us.ein`; or `lei`; or `eu.vat` (of any member state, with its prefix). All kinds stand in
    `data/company_numbers.csv` of this package; numbers that only persons have, such as PESEL, are not
    among them. A kind that is none is refused when the rule file is checked, and where it comes from
    data, the answer is unknown.

    The separators that are usual in its country do not matter, nor does what the number is called in
    front of it (`NIP: …`), or the `.0` of a spreadsheet. One figure again and again (`0000000000`) is no
    number, though its check digits may fit; a number that a spreadsheet has rounded (`8.57E+09`) is
    unknown. No register is asked whether the company exists.

    Source: `python-stdnum`, whose page on each number names its authority.
    """
    known = kinds().get(kind.casefold())
    return None if known is None or lost(number) else _is_valid(company_module(known), number)


@criterion(version=_VERSION, checks={"country": _a_country})
def is_vat_number(number: str, country: str | None = None) -> bool | None:
    """Tell whether a VAT number has the format and the check digits of its country.

    The number begins with the prefix of a country (`PL856-734-62-15`), or `country` names one, by its two
    letters as in ISO 3166-1 or as `geo.country` of leadrules-geo does (`Polska`), and then a prefix may
    be missing; anything else is no hint. Without either, the answer is unknown: the same figures can be
    good in several countries; and it is unknown of countries that have no such numbers, as the United
    States. What has no figures at all ("n/a") is false, and so is one figure again and again
    (`0000000000`). What a number is called (`NIP: …`) does not matter; see `is_company_number`.

    Greece has the prefix `EL` and Northern Ireland `XI`. Whether the number is registered can be
    asked only of VIES, and is not asked.

    Source: `python-stdnum`, as of its installed release.
    """
    if not re.search(r"\d", number):
        return False
    if lost(number):
        return None
    code, home = _home(country)
    if home is not None:
        return vat_country(number) == code or _is_valid(home, number)
    prefix = _prefix(number)
    if not prefix or (_vat_module(prefix) is None and is_code(prefix)):
        return None
    return _has_prefix(number)


@criterion(version=_VERSION)
def vat_country(number: str) -> VatCountry | None:
    """Give the country of a VAT number that begins with its prefix: two letters, as in ISO 3166-1.

    `EL` gives `GR`, and `XI` (Northern Ireland) gives `GB`. Unknown for a number without a prefix,
    for one with a wrong format or wrong check digits, and for those of the One Stop Shop (`EU…`).

    Source: `python-stdnum`, as of its installed release.
    """
    country = _iso(_prefix(number))
    return cast("VatCountry", country) if country in _VAT_COUNTRIES and _has_prefix(number) else None


@functools.cache
def kinds() -> dict[str, str]:
    """Give the module of python-stdnum for each kind of company number, in order of the data file."""
    rows = csv.DictReader(lines_of("company_numbers.csv"))
    return {row["kind"]: row["module"] for row in rows}


def _has_prefix(number: str) -> bool:
    """Tell whether a number is good for the country whose prefix it has."""
    return _vat_module(_prefix(number)) is not None and _is_valid(vatin, number)


def _home(country: str | None) -> tuple[str | None, NumberValidationModule | None]:
    """Give the two letters of a country and what knows its VAT numbers; `EL` and `XI` are countries, too."""
    code = _iso(country or "")
    if _vat_module(code) is None:
        code = iso(country) or ""
    return code or None, _vat_module(code)


def _prefix(number: str) -> str:
    """Give the two letters that a number begins with, or nothing."""
    found = re.match(r"[A-Za-z]{2}", unlabelled(number))
    return found[0].upper() if found else ""


def _vat_module(country: str) -> NumberValidationModule | None:
    known = kinds().get(f"{_iso(country).lower()}.vat")
    return None if known is None else company_module(known)


def _iso(prefix: str) -> str:
    return _PREFIXES.get(prefix.upper(), prefix.upper())


def _is_valid(module: NumberValidationModule | None, number: str) -> bool:
    if module is None or len(number) > _LONGEST_NUMBER or is_filler(number):
        return False
    return any(_fits(module, text) for text in dict.fromkeys((plain(number), unlabelled(number))))


def _fits(module: NumberValidationModule, number: str) -> bool:
    try:
        return bool(module.validate(number))
    except ValueError:  # what stdnum refuses, and what some of its modules trip over: `int` of a letter
        return False


@functools.cache
def company_module(name: str) -> NumberValidationModule:
    module: NumberValidationModule = import_module(name)
    return module
