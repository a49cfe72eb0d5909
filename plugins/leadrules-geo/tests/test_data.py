"""The data files agree with each other and with the libraries: nothing is missing, doubled or misspelt."""

import datetime as dt
import gettext
import itertools
from typing import get_args

import pycountry
import pytest
from leadrules_geo import continent, country, region, subregion, timezone, timezones, was_member
from leadrules_geo.answers import Continent, Country, Region, Subregion, TimeZone
from leadrules_geo.countries import LANGUAGES, all_countries, named
from leadrules_geo.tables import plain, table
from leadrules_geo.zones import zone, zone_meant, zones_of_countries

GROUPS = table("groups.toml")


def test_a_country_is_in_one_smallest_area():
    areas = [code for area in table("areas.toml").values() for code in area.get("countries", "").split()]
    assert sorted(areas) == sorted(all_countries())


def test_the_closed_answers_are_those_of_the_data():
    areas = table("areas.toml")
    assert get_args(Country) == all_countries()
    assert set(get_args(Subregion)) == {name for name, area in areas.items() if "countries" in area and "in" in area}
    assert {region(code) for code in all_countries()} == {*get_args(Region), None}
    assert {continent(code) for code in all_countries()} == set(get_args(Continent))
    zones = itertools.chain.from_iterable(zones_of_countries().values())
    assert set(get_args(TimeZone)) == {*zones, *(timezone(code) for code in all_countries())} - {None}


def test_every_country_but_antarctica_has_a_region_and_a_subregion():
    assert [code for code in all_countries() if region(code) is None or subregion(code) is None] == ["AQ"]


def test_m49_has_22_subregions_and_every_area_its_code():
    areas = table("areas.toml")
    assert len({subregion(code) for code in all_countries()} - {None}) == 22
    assert len({area["code"] for area in areas.values()}) == len(areas)


@pytest.mark.parametrize("code", all_countries())
def test_a_country_is_found_by_its_codes_and_by_its_names_in_english(code):
    found = pycountry.countries.get(alpha_2=code)
    if found is None:
        assert country("Kosovo") == code
        return
    names = [found.alpha_2, found.alpha_3, found.numeric, found.name, getattr(found, "official_name", found.name)]
    assert {country(name) for name in names} == {code}
    assert country(getattr(found, "common_name", found.name)) == code


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_country_is_found_by_its_name_in_a_language(language):
    words = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language])
    lost = [found.alpha_2 for found in pycountry.countries if country(words.gettext(found.name)) != found.alpha_2]
    assert lost == []


def test_an_alias_stands_once_and_for_a_country():
    names = [plain(name) for names in table("aliases.toml").values() for name in names]
    assert sorted(set(names)) == sorted(names)
    assert set(table("aliases.toml")) <= set(all_countries())


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_has_countries_sources_and_days_in_order(group):
    members = GROUPS[group]["members"]
    assert GROUPS[group]["name"]
    assert GROUPS[group]["source"]
    assert {code for row in members for code in row["countries"].split()} <= set(all_countries())
    assert all(row["from"] <= row["until"] for row in members if "until" in row)
    starts = [row.get("from", dt.date.min) for row in members]
    assert starts == sorted(starts)


@pytest.mark.parametrize("group", GROUPS)
def test_no_country_is_in_a_group_twice_at_a_time(group):
    days = {}
    for row in GROUPS[group]["members"]:
        for code in row["countries"].split():
            days.setdefault(code, []).append((row.get("from", dt.date.min), row.get("until", dt.date.max)))
    for spans in days.values():
        assert all(before[1] < after[0] for before, after in itertools.pairwise(sorted(spans)))


@pytest.mark.parametrize(
    ("group", "day", "count"),
    [
        ("EU", "1958-01-01", 6),
        ("EU", "1973-01-01", 9),
        ("EU", "1986-01-01", 12),
        ("EU", "1995-01-01", 15),
        ("EU", "2004-05-01", 25),
        ("EU", "2013-07-01", 28),
        ("EU", "2020-02-01", 27),
        ("EEA", "2026-01-01", 30),
        ("EFTA", "1960-05-03", 7),
        ("EFTA", "2026-01-01", 4),
        ("Schengen", "1995-03-26", 7),
        ("Schengen", "2024-03-31", 29),
        ("Eurozone", "1999-01-01", 11),
        ("Eurozone", "2026-01-01", 21),
        ("Visegrád", "1993-01-01", 4),
        ("G7", "1976-06-27", 7),
        ("G20", "2026-01-01", 19),
        ("OECD", "1961-12-31", 19),
        ("OECD", "2021-05-25", 38),
    ],
)
def test_a_group_has_as_many_states_as_everyone_says(group, day, count):
    territories = {"AX", "BL", "GF", "GI", "GL", "GP", "MF", "MQ", "RE", "YT"}
    states = [code for code in all_countries() if code not in territories]
    assert sum(was_member(code, group, dt.date.fromisoformat(day)) for code in states) == count


def test_every_country_with_people_has_a_time_zone():
    assert [code for code in all_countries() if timezone(code) is None] == ["AQ", "BV", "HM", "UM"]


def test_a_capital_has_a_zone_of_its_country():
    for code, name in table("capital_zones.toml").items():
        assert zone(name) is not None
        assert name in zones_of_countries().get(code, (name,))
        assert name in timezones(code)


def test_a_capital_is_told_only_where_it_must_be():
    assert all(len(zones_of_countries().get(code, ())) != 1 for code in table("capital_zones.toml"))


def names_of(code):
    found = pycountry.countries.get(alpha_2=code)
    return [found.name, getattr(found, "common_name", found.name)] if found else ["Kosovo"]


@pytest.mark.parametrize("code", all_countries())
def test_a_slip_never_means_another_country(code):
    for name in names_of(code):
        for at in range(1, len(name)):
            doubled, left_out = name[:at] + name[at] + name[at:], name[:at] + name[at + 1 :]
            swapped = name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
            for slip in (doubled, left_out, swapped):
                assert named(slip) is not None or country(slip) in {code, None}, slip


@pytest.mark.parametrize("code", all_countries())
def test_how_a_country_is_written_changes_no_answer(code):
    for name in names_of(code):
        for written in (name.upper(), name.lower(), f"  {name.replace(' ', '   ')} ", f"{name}."):
            assert country(written) == country(name), written
    assert country(f"{code} - {names_of(code)[0]}") == country(f"{names_of(code)[0]} ({code})") == code
    assert country("".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in code)) == code


def test_names_of_the_cldr_are_those_of_their_countries():
    for code, names in table("cldr_names.toml").items():
        assert {name: country(name) for name in names} == dict.fromkeys(names, code)


def test_what_is_near_to_a_country_and_none_is_unknown():
    names = [name for names in table("not_countries.toml").values() for name in names]
    assert {name: country(name) for name in names} == dict.fromkeys(names)


def test_names_of_zones_are_those_of_the_database():
    names = table("zone_names.toml")
    for known in (names["windows"], names["english"]):
        assert [value for value in known.values() if zone(value) is None] == []
        assert {name: str(zone_meant(name)) for name in known} == {
            name: str(zone(names["windows"].get(name, value))) for name, value in known.items()
        }
    for name, hours in names["offsets"].items():
        assert zone(name) is None, name
        assert zone_meant(name) == dt.timezone(dt.timedelta(hours=hours))


@pytest.mark.parametrize("hours", range(-12, 15))
def test_an_offset_is_read_however_it_is_written(hours):
    expected = dt.timezone(dt.timedelta(hours=hours))
    for text in (
        f"UTC{hours:+03d}:00",
        f"GMT{hours:+d}",
        f"utc {hours:+d}",
        f"{hours:+03d}00",
        f"(UTC{hours:+03d}:00) Atlantis",
    ):
        assert zone_meant(text) == expected, text
