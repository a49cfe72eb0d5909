"""What rule files can ask of a job title: how senior it is, and what the job is about."""

from __future__ import annotations

from decimal import Decimal

from leadrules.sdk import criterion
from leadrules_title.answers import Function, Level
from leadrules_title.data import levels
from leadrules_title.reading import read
from leadrules_title.words import fold

_DECIDES = "head"


def _refuse_level(name: str) -> None:
    """Refuse a literal that names no level."""
    if fold(name) not in levels():
        raise ValueError(f"the levels are {', '.join(levels())}")


# ------------------------------------------------------------------ seniority


@criterion(version="2")
def seniority(job_title: str) -> Decimal | None:
    """Give how senior a job title is, a whole number from 0 to 100; unknown where it says nothing of it.

    The scale is that of `title.level`: intern 10, assistant 20, specialist 30, senior 40, lead 50,
    manager 60, head 70, director 80, vp 85, executive 95, owner 100. A deputy is 5 below (`Deputy
    Director` is 75), "senior" 5 above, a senior vice president 88. Of several titles the highest
    counts (`Founder & CEO` is 100). Not counted are titles that somebody else holds (`Assistant to the
    CEO` is 20, `Wife of the CEO` unknown), that are held no longer (`former director`, `CEO (until 2020)`),
    or that are sought (`Hiring: Director of Sales`). A title has the same number in every language.

    English, Polish, German, French and Spanish; case, accents and small misspellings do not matter.
    The first 300 characters are looked at. Source: `data/titles.toml` and `data/words.toml` of this
    package.
    """
    found = read(job_title).seniority
    return None if found is None else Decimal(found)


@criterion(version="1", checks={"name": _refuse_level})
def level(name: str) -> Decimal | None:
    """Give the number of a level of seniority by its name, for comparing with `title.seniority`.

    intern 10, assistant 20, specialist 30, senior 40, lead 50, manager 60, head 70, director 80, vp 85,
    executive 95, owner 100. Any other name is unknown, and refused when it stands in the rule file.

    Source: `data/levels.toml` of this package.
    """
    found = levels().get(fold(name))
    return None if found is None else Decimal(found)


@criterion(version="2")
def level_of(job_title: str) -> Level | None:
    """Give the name of the highest level that a job title reaches, such as "director"; unknown where it says nothing.

    The names are those of `title.level`. A deputy director (75) reaches "head".
    """
    found = read(job_title).seniority
    return None if found is None else max((value, name) for name, value in levels().items() if value <= found)[1]


@criterion(version="2", checks={"at_least": _refuse_level})
def is_decision_maker(job_title: str, at_least: str = _DECIDES) -> bool | None:
    """Tell whether a job title is one that decides: of the level `at_least`, by default "head", or above.

    Unknown where `title.seniority` is, or where `at_least` is no level. Heads of department, directors,
    who signs for the company (Prokurist, prokurent), board and owners decide by default; managers,
    kierownik and responsable do from "manager" on.
    """
    found, bar = read(job_title).seniority, levels().get(fold(at_least))
    return None if found is None or bar is None else found >= bar


# ------------------------------------------------------------------ function


@criterion(version="2")
def function(job_title: str) -> Function | None:
    """Give what a job is about by its title, such as "sales"; unknown where it does not say.

    One of "sales", "marketing", "finance", "hr", "it", "engineering", "product", "operations",
    "logistics", "purchasing", "legal", "customer_service", "quality", "administration" and
    "management"; the last one only for who runs a company and names no field. Of several the first; what
    an engineer or a technician sees to comes before "engineering". Unknown, too, where an abbreviation
    may mean several fields, as CCO does.
    Fields of titles that somebody else holds do not count.

    English, Polish, German, French and Spanish. Source: `data/functions.toml` of this package.
    """
    return next(iter(read(job_title).functions), None)


@criterion(version="2")
def functions(job_title: str) -> list[Function] | None:
    """Give everything that a job is about by its title, in the title's order; unknown where it does not say.

    `Sales/Marketing Manager` gives {"sales", "marketing"}. The names are those of `title.function`.
    """
    return list(read(job_title).functions) or None
