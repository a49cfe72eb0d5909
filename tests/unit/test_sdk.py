"""`@criterion` only marks; what a mark says of a function is verified when a plugin is loaded."""

# ruff: noqa: ARG001, RUF013 - what is wrong with these functions is what is tested

import asyncio
import datetime as dt
import functools
import pickle
import re
import types
from decimal import Decimal
from typing import Literal

import pytest

from leadrules import PluginError
from leadrules.criteria import Origin, loaded
from leadrules.sdk import EventView, LeadView, criterion, mark_of

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def plain(text: str) -> bool:
    """Tell."""
    return bool(text)


def verify(function):
    return loaded(Origin("demo", "demo-dist", "1.2"), {"f": function}).criteria


# ------------------------------------------------------------------- marking


def test_a_marked_function_stays_the_function():
    def fresh(text: str) -> bool:
        """Tell."""
        return bool(text)

    assert criterion(fresh) is fresh
    assert fresh("x") is True


def test_a_mark_says_what_the_author_said():
    @criterion(version="7", name="other", checks={"text": len}, fields={"company": str}, events={"purchase": {}})
    def f(text: str) -> bool:
        """Tell."""
        return bool(text)

    mark = mark_of(f)
    assert mark is not None
    assert (mark.version, mark.name, dict(mark.checks)) == ("7", "other", {"text": len})
    assert (mark.fields, mark.events) == ({"company": str}, {"purchase": {}})


@pytest.mark.parametrize("thing", [print, 5, object(), type])
def test_what_is_not_marked_has_no_mark(thing):
    assert mark_of(thing) is None


# -------------------------------------------------------------------- views


def test_a_view_cannot_be_changed():
    lead = LeadView("1", {"company": "Acme"}, [EventView("email_open", NOON, "e1", {"a": 1})], as_of=NOON)
    with pytest.raises(AttributeError):
        lead.id = "2"
    with pytest.raises(TypeError):
        lead.attributes["company"] = "Other"
    with pytest.raises(TypeError):
        lead.events[0].properties["a"] = 2


def test_a_view_does_not_follow_what_it_was_made_of():
    attributes = {"company": "Acme"}
    lead = LeadView("1", attributes, as_of=NOON)
    attributes["company"] = "Other"
    assert lead.attributes["company"] == "Acme"


def test_a_view_pickles():
    lead = LeadView("1", {"company": "Acme"}, [EventView("email_open", NOON)], as_of=NOON, timezone="Europe/Warsaw")
    assert pickle.loads(pickle.dumps(lead)) == lead  # noqa: S301


# ---------------------------------------------------------------- verifying


def test_types_and_defaults_are_read_in_the_words_of_the_language():
    @criterion(version="3")
    def f(
        text: str,
        when: dt.datetime | None,
        day: dt.date = dt.date(2026, 1, 2),
        *,
        most: Decimal = Decimal("1E+2"),
        tags: list[str] | None = None,
        sure: bool = True,
        name: str = 'a "b"',
    ) -> Decimal | None:
        """Tell.

        More of it.
        """

    found = verify(f)["f"]
    assert found.signature == (
        "(text: text, when: datetime, day: date = 2026-01-02, most: number = 100, tags: list of text = unknown, "
        'sure: bool = true, name: text = "a \\"b\\"") number'
    )
    assert [p.name for p in found.parameters if p.optional] == ["when", "tags"]
    assert found.maybe_unknown
    assert found.doc == "Tell.\n\nMore of it."


def test_closed_answers_and_parameters_are_read_in_the_words_of_the_language():
    @criterion
    def f(
        size: Literal["small", "large"],
        unit: Literal["day", None] = None,  # noqa: PYI061 - both ways to say that it may be unknown
    ) -> list[Literal["a", "b"]] | None:
        """Tell."""

    found = verify(f)["f"]
    assert found.signature == ('(size: one of {"small", "large"}, unit: one of {"day"} = unknown) list of {"a", "b"}')
    assert (found.parameters[1].optional, found.maybe_unknown) == (True, True)


def test_the_whole_lead_is_no_argument_of_a_rule_file():
    @criterion(fields={}, events={"activity": {}})
    def f(lead: LeadView, text: str) -> bool:
        """Tell."""

    found = verify(f)["f"]
    assert found.wants_lead
    assert found.signature == "(text: text) bool"


def unannotated(text) -> bool:
    """Tell."""


def floating(x: float) -> bool:
    """Tell."""


def strange(x: "Nowhere") -> bool:  # noqa: F821
    """Tell."""


def silent(text: str):
    """Tell."""


def gives_float(text: str) -> float:
    """Tell."""


def undocumented(text: str) -> bool: ...


def many(*texts: str) -> bool:
    """Tell."""


def positional(text: str, /) -> bool:
    """Tell."""


def two_leads(a: LeadView, b: LeadView) -> bool:
    """Tell."""


def bad_default(most: Decimal = 5) -> bool:
    """Tell."""


def naive_default(since: dt.datetime = dt.datetime(2026, 1, 1)) -> bool:  # noqa: DTZ001
    """Tell."""


def no_number(most: Decimal = Decimal("NaN")) -> bool:
    """Tell."""


def endless(most: Decimal = Decimal("Infinity")) -> bool:
    """Tell."""


def bad_choice(unit: Literal["day", "week"] = "month") -> bool:
    """Tell."""


def number_choice(unit: Literal[1, 2]) -> bool:
    """Tell."""


def empty_choice(text: str) -> Literal["a", ""]:
    """Tell."""


def alike_choice(text: str) -> Literal["A", "a"]:
    """Tell."""


def partial(text: str, most: Decimal) -> bool:
    """Tell."""


partial = functools.partial(partial, most=Decimal(1))


def bad_day(day: dt.date = NOON) -> bool:
    """Tell."""


def none_default(text: str = None) -> bool:
    """Tell."""


def generator(text: str) -> bool:
    """Tell."""
    yield True


async def waiting(text: str) -> bool:
    """Tell."""
    await asyncio.sleep(0)


async def streaming(text: str) -> bool:
    """Tell."""
    yield True


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (unannotated, "its parameter `text` is not annotated (with one of bool, Decimal, str"),
        (floating, "its parameter `x` is `float`, which is none of bool, Decimal"),
        (strange, "its annotations cannot be read: NameError: name 'Nowhere' is not defined"),
        (silent, "it does not say what it gives"),
        (gives_float, "it gives `float`, which is none of"),
        (undocumented, "it has no docstring, which is its reference page"),
        (many, "its parameter `texts` cannot be given by name"),
        (positional, "its parameter `text` cannot be given by name"),
        (two_leads, "it asks for the lead twice"),
        (bad_default, "its parameter `most` is `Decimal`, and its default 5 is not"),
        (bad_day, "its parameter `day` is `date`, and its default datetime.datetime(2026"),
        (naive_default, "the default of its parameter `since` has no time zone"),
        (no_number, "the default of its parameter `most` is NaN"),
        (endless, "the default of its parameter `most` is Infinity"),
        (bad_choice, "and its default 'month' is not"),
        (number_choice, "its parameter `unit` is a `Literal` with 1, which is no text"),
        (empty_choice, "it gives a `Literal` with '', which is empty"),
        (alike_choice, "it gives a `Literal` with texts that differ in case only"),
        (partial, "it is not a plain function"),
        (none_default, "its parameter `text` is `str`, and its default None is not"),
        (generator, "it is not a plain function"),
        (waiting, "it is not a plain function"),
        (streaming, "it is not a plain function"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_function_that_cannot_be_called_from_rules_is_refused(function, words):
    with pytest.raises(PluginError) as caught:
        verify(criterion(version="4")(function))
    assert str(caught.value).startswith("plugin `demo` (demo-dist 1.2), criterion `f` version 4: ")
    assert words in str(caught.value)


def test_an_annotation_that_is_not_imported_is_told_how_to_be():
    with pytest.raises(PluginError) as caught:
        verify(criterion(lambda_named(strange)))
    assert caught.value.help == "import what its annotations name, and not only under `if TYPE_CHECKING:`"


def lambda_named(function):
    """Give a copy of a function, since one is marked once."""
    copied = types.FunctionType(function.__code__, function.__globals__, function.__name__)
    copied.__annotations__, copied.__doc__ = function.__annotations__, function.__doc__
    return copied


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"version": " "}, "its version is not a text"),
        ({"version": 3}, "its version is not a text"),
        ({"name": "two words"}, "its name is not a name"),
        ({"name": "ﬁt"}, "its name is not a name"),
        ({"name": 5}, "its name is not a name"),
        ({"checks": {"other": len}}, "it checks `other`, which is no parameter of it"),
        ({"checks": {"text": 5}}, "its `checks` are functions"),
        ({"renamed": {"old": "new"}}, "it says that `old` is now `new`, and its parameters are text"),
        ({"renamed": {"text": "text"}}, "it says that `text` is now `text`"),
        ({"fields": ["company"]}, "its `fields` say no types"),
        ({"events": ["activity"]}, "its `events` name no properties"),
        ({"events": {"page_view": ["url"]}}, "its `events` name no properties"),
        ({"fields": {"age": int}}, "its field `age` is `int`, which is none of bool, Decimal"),
        ({"events": {"page_view": {"seconds": float}}}, "its property `seconds` of `page_view` is `float`, which"),
        ({"fields": {"company": str}}, "it names fields or events, and has no parameter of type LeadView"),
    ],
    ids=str,
)
def test_a_mark_that_makes_no_sense_is_refused(options, words):
    def of_text(text: str) -> bool:
        """Tell."""

    def of_lead(lead: LeadView) -> bool:
        """Tell."""

    f = of_lead if words.startswith("its ") and options.keys() & {"fields", "events"} else of_text
    with pytest.raises(PluginError, match=re.escape(words)):
        verify(criterion(**options)(f))


def test_two_criteria_of_one_name_are_refused():
    with pytest.raises(PluginError, match="two criteria named `same`"):
        loaded(
            Origin("demo"),
            {"a": criterion(name="same")(lambda_like("a")), "b": criterion(name="same")(lambda_like("b"))},
        )


def lambda_like(name):
    def f(text: str) -> bool:
        """Tell."""

    f.__name__ = name
    return f


def test_a_plugin_may_be_an_object_or_one_function():
    class Crm:
        @criterion
        def known(self, text: str) -> bool:
            """Tell."""
            return bool(text)

    assert set(loaded(Origin("crm"), Crm()).criteria) == {"known"}
    assert set(loaded(Origin("crm"), Crm().known).criteria) == {"known"}


def test_an_object_that_cannot_be_looked_through_is_told_by_name():
    class Broken:
        @property
        def secret(self):
            raise RuntimeError("no")

    with pytest.raises(PluginError, match="plugin `crm` cannot be looked through: RuntimeError: no"):
        loaded(Origin("crm"), Broken())
