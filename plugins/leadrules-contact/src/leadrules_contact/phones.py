"""Phone numbers: possible, valid, of which country, of which kind."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Literal, cast, get_args

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from leadrules.sdk import criterion, versioned
from leadrules_contact.answers import PhoneCountry
from leadrules_contact.country import LIBRARIES, iso
from leadrules_contact.written import first_of_several, lost, plain, with_extension, without_home_zero

_VERSION = versioned("2", "phonenumbers", *LIBRARIES)
# fmt: off
PhoneType = Literal[
    "fixed_line", "mobile", "fixed_line_or_mobile", "toll_free", "premium_rate", "shared_cost", "voip",
    "personal_number", "pager", "uan", "voicemail",
]
# fmt: on
_TYPES: dict[int, PhoneType] = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
_COUNTRIES = frozenset(get_args(PhoneCountry))
_NO_COUNTRY = NumberParseException.INVALID_COUNTRY_CODE


def _a_country(text: str) -> None:
    if _region(text) is None:
        raise ValueError('give a country by its two letters (ISO 3166-1) or by its name, such as "PL" or "Poland"')


@criterion(version=_VERSION, checks={"country": _a_country})
def is_possible_phone(phone: str, country: str | None = None) -> bool | None:
    """Tell whether a text is a phone number of a length that its country has.

    It is the quick question: `+48 12 345 67 89` is possible although nobody may have it. Ask
    `is_valid_phone` whether such numbers are given out.

    `country` is where a number without a country code is from: two letters, as in ISO 3166-1, or a name
    that `geo.country` of leadrules-geo knows (`Polska`); anything else is no hint. Without a hint, a
    leading `00` is read as `+`, and a number without either is unknown. What is no number at all ("n/a")
    is false.

    Of several numbers in one cell the first counts. An extension does not matter (`wew. 12`), nor does
    `.0` behind a number, which spreadsheets put there; a number that one has rounded (`4.85E+10`) is
    unknown.

    Source: Google's libphonenumber, as of the release of `phonenumbers`.
    """
    return _judged(phone, country, phonenumbers.is_possible_number)


@criterion(version=_VERSION, checks={"country": _a_country})
def is_valid_phone(phone: str, country: str | None = None) -> bool | None:
    """Tell whether a text is a phone number of a range that its country gives out. Nobody is called.

    `country` and what is unknown or false are those of `is_possible_phone`.

    Source: Google's libphonenumber, as of the release of `phonenumbers`.
    """
    return _judged(phone, country, phonenumbers.is_valid_number)


@criterion(version=_VERSION, checks={"country": _a_country})
def phone_country(phone: str, country: str | None = None) -> PhoneCountry | None:
    """Give the country of a valid phone number: two letters, as in ISO 3166-1.

    Countries that share a country code are told apart: `+1 416 …` gives `CA`, `+44 1534 …` gives
    `JE`. Unknown for a number that is not valid, and for those of no country (`+800 …`). `country`
    is a hint for numbers without a country code, as in `is_possible_phone`.

    Source: Google's libphonenumber, as of the release of `phonenumbers`.
    """
    number = _number(phone, _region(country))
    region = None if number is None else phonenumbers.region_code_for_number(number)
    return cast("PhoneCountry", region) if region in _COUNTRIES else None


@criterion(version=_VERSION, checks={"country": _a_country})
def phone_type(phone: str, country: str | None = None) -> PhoneType | None:
    """Give the kind of a valid phone number.

    One of `fixed_line`, `mobile`, `fixed_line_or_mobile` (where a country does not tell them apart,
    as in the United States), `toll_free`, `premium_rate`, `shared_cost`, `voip`, `personal_number`,
    `pager`, `uan`, `voicemail`. Unknown for a number that is not valid. `country` is a hint for
    numbers without a country code, as in `is_possible_phone`.

    Source: Google's libphonenumber, as of the release of `phonenumbers`.
    """
    number = _number(phone, _region(country))
    return None if number is None else _TYPES.get(phonenumbers.number_type(number))


def _judged(phone: str, country: str | None, test: Callable[[PhoneNumber], bool]) -> bool | None:
    """Ask about a number; false where there is none, unknown where nothing says of which country it is."""
    if lost(phone):
        return None
    region = _region(country)
    number = _number(phone, region)
    if number is not None:
        return test(number)
    return None if region is None and _lacks_country(phone) else False


def _number(phone: str, region: str | None) -> PhoneNumber | None:
    """Read a number; of several in one cell the first, and without a zero that is dialled at home only."""
    text = plain(phone)
    first = first_of_several(text) or text
    ways = dict.fromkeys((text, first, without_home_zero(first)))
    numbers = [number for way in ways if (number := _read(with_extension(way), region)[0]) is not None]
    for test in (phonenumbers.is_valid_number, phonenumbers.is_possible_number):
        for number in numbers:
            if test(number):
                return number
    return numbers[0] if numbers else None


def _lacks_country(phone: str) -> bool:
    text = first_of_several(plain(phone)) or with_extension(plain(phone))
    return _read(text, None)[1] == _NO_COUNTRY and not re.match(r"\D*[+\uff0b]", _international(text))


@functools.lru_cache(maxsize=4_096)
def _read(phone: str, region: str | None) -> tuple[PhoneNumber | None, int | None]:
    """Give the number, or why there is none."""
    try:
        return phonenumbers.parse(phone if region else _international(phone), region), None
    except NumberParseException as problem:
        return None, problem.error_type


def _international(phone: str) -> str:
    """Write the prefix that ITU-T E.123 recommends for dialling abroad, `00`, as `+`."""
    return re.sub(r"^\s*00(?=[1-9 ])", "+", phone)


def _region(country: str | None) -> str | None:
    """Give a country that has phone numbers, or None."""
    region = iso(country)
    return region if region in phonenumbers.SUPPORTED_REGIONS else None
