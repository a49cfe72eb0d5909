"""What a plugin is told apart by: its source, and what a host's criteria hold beside it."""

import datetime as dt
import pickle
import sys
import tracemalloc
import types
from decimal import Decimal

import pytest

from leadrules import PluginError, Ruleset, RulesetError, provenance
from leadrules.sdk import criterion

NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
TEXT = "use terr\nterr.ours(country) +5\n"


class Territory:
    """Countries of an office."""

    most = 3

    def __init__(self, owned):
        self.owned = set(owned)

    @criterion(version="1")
    def ours(self, country: str) -> bool:
        """Tell whether a country is ours."""
        return country in self.owned and self.most > 2


class Smaller(Territory):
    """An office that differs in an attribute of its class."""

    most = 2


class Slotted:
    """The same with slots."""

    __slots__ = ("owned",)

    def __init__(self, owned):
        self.owned = tuple(owned)

    @criterion(version="1")
    def ours(self, country: str) -> bool:
        """Tell whether a country is ours."""
        return country in self.owned


class Connected:
    """An office that holds what cannot be told apart."""

    def __init__(self, owned, **named):
        self.owned, self.connection = owned, (one for one in owned)
        for name, value in named.items():
            setattr(self, name, value)

    @criterion(version="1")
    def ours(self, country: str) -> bool:
        """Tell whether a country is ours."""
        return country in self.owned


def closing_over(owned):
    @criterion(version="1")
    def ours(country: str) -> bool:
        """Tell whether a country is ours."""
        return country in owned

    return {"ours": ours}


def through_a_helper(owned):
    def helper(country):
        return country in owned

    @criterion(version="1")
    def ours(country: str) -> bool:
        """Tell whether a country is ours."""
        return helper(country)

    return {"ours": ours}


def with_a_default(owned):
    @criterion(version="1")
    def ours(country: str, owned: list[str] = list(owned)) -> bool:  # noqa: B006 - what is told apart
        """Tell whether a country is ours."""
        return country in owned

    return {"ours": ours}


def with_globals(owned):
    source = (
        "def ours(country: str) -> bool:\n    'Tell whether a country is ours.'\n"
        "    return any(country == one for one in OWNED)\n"
    )
    names = {"OWNED": owned, "__name__": "elsewhere"}
    exec(source, names)  # noqa: S102 - a function with globals of its own
    return {"ours": criterion(version="1")(names["ours"])}


def named_by_the_function(owned):
    found = closing_over(iter(owned))
    found["ours"].configuration = owned
    return found


WAYS = {
    "an object": Territory,
    "an object with slots": Slotted,
    "a closure": closing_over,
    "a closure over a function": through_a_helper,
    "a default": with_a_default,
    "globals": with_globals,
    "an object that names it": lambda owned: Connected(owned, configuration=owned),
    "an object with a method that names it": lambda owned: Connected(owned, configuration=lambda: {"owned": owned}),
    "a function that names it": named_by_the_function,
}


def rules_with(plugin):
    return Ruleset.from_text(TEXT, criteria={"terr": plugin})


@pytest.mark.parametrize("made", WAYS.values(), ids=WAYS)
def test_other_configuration_makes_other_rules(made):
    poland, again, germany = (rules_with(made(owned)) for owned in (["PL", "CZ"], ["PL", "CZ"], ["DE", "CZ"]))
    assert poland == again
    assert poland.fingerprint != germany.fingerprint


def test_an_attribute_of_a_class_is_configuration():
    assert rules_with(Territory(["PL"])) != rules_with(Smaller(["PL"]))


def test_sets_and_mappings_are_told_in_one_order():
    one, other = (Territory(owned) for owned in (["PL", "DE", "FR"], ["FR", "PL", "DE"]))
    assert rules_with(one) == rules_with(other)


class Money:
    """A value of the host's own."""

    def __init__(self, amount):
        self.amount = amount


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True), (1, "1"), (1, 1.0), (1, Decimal(1)), (Decimal("1.0"), Decimal(1)), ("a", b"a"), ([1], (1,)),
        ({"a": 1}, {"a": 2}), ({1, 2}, frozenset({1, 2})), (Money(1), Money(2)), ([Money(1)], [Money(2)]),
        (dt.date(2026, 1, 1), dt.date(2026, 1, 2)), (None, False), (len, abs), (int, str),
        (Territory(["PL"]).ours, Territory(["DE"]).ours), (lambda: 1, lambda: 2),
    ],
)  # fmt: skip
def test_values_that_are_not_equal_are_told_apart(one, other):
    before, after = (Connected(["PL"], configuration=[value]) for value in (one, other))
    assert rules_with(before) != rules_with(after)
    assert rules_with(before) == rules_with(Connected(["DE"], configuration=[one]))


def test_a_value_within_itself_is_told():
    ring = ["PL"]
    ring.append(ring)
    assert rules_with(Connected([], configuration=ring)) == rules_with(Connected([], configuration=ring))


@pytest.mark.parametrize("plugin", [Connected(["PL"]), closing_over(iter(["PL"]))], ids=["an object", "a closure"])
def test_what_cannot_be_told_apart_is_refused_with_what_to_do(plugin):
    with pytest.raises(RulesetError) as error:
        rules_with(plugin)
    (diagnostic,) = error.value.diagnostics
    assert "plugin `terr`: `" in diagnostic.message
    assert "which cannot be told apart from another" in diagnostic.message
    assert diagnostic.help == (
        "give the object or function an attribute or method `configuration` with plain values that say all that its "
        "answers depend on"
    )


def test_functions_without_a_source_are_told_apart_by_what_they_do():
    def made(text):
        names = {"__name__": "typed"}
        exec(f"def ours(country: str) -> bool:\n    'Ours?'\n    return {text}\n", names)  # noqa: S102
        return {"ours": criterion(names["ours"])}

    assert rules_with(made("country == 'PL'")) != rules_with(made("country == 'DE'"))


# --------------------------------------------------------------------- files


SOURCE = """
from leadrules.sdk import criterion

@criterion
def ours(country: str) -> bool:
    "Tell whether a country is ours."
    return country == "PL"
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "terr_of_tests"
    folder.mkdir()
    (folder / "__init__.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    sys.modules.pop("terr_of_tests", None)


def loaded_from(folder) -> Ruleset:
    return rules_with(__import__(folder.name))


def test_line_ends_count_in_data_and_not_in_text(package):
    fingerprints = []
    for data in (b"a\nb\n", b"a\r\nb\r\n", b"\0a\nb\n", b"\0a\r\nb\r\n"):
        (package / "data").write_bytes(data)
        fingerprints.append(loaded_from(package).fingerprint)
    assert fingerprints[0] == fingerprints[1]
    assert len({*fingerprints}) == 3


def test_line_ends_between_blocks_do_not_count(package, monkeypatch):
    monkeypatch.setattr(provenance, "_BLOCK", 3)
    plain = b"ab\ncd\n\r\r\nef\r"
    fingerprints = []
    for data in (plain, plain.replace(b"\n", b"\r\n").replace(b"\r\r\n\n", b"\r\r\n"), plain[:-1]):
        (package / "data").write_bytes(data)
        fingerprints.append(loaded_from(package).fingerprint)
    assert fingerprints[0] != fingerprints[2]


def test_large_files_are_read_in_blocks_and_once(package, monkeypatch):
    (package / "model.bin").write_bytes(b"\0" * 30_000_000)
    loaded_from(package)
    provenance._hash_of_version.cache_clear()
    tracemalloc.start()
    first = loaded_from(package)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
    monkeypatch.setattr(provenance.Path, "open", lambda *_: pytest.fail("a file is read again"))
    assert loaded_from(package) == first
    monkeypatch.undo()
    with (package / "model.bin").open("ab") as file:
        file.write(b"\1")
    assert loaded_from(package) != first


def test_a_ruleset_from_elsewhere_names_the_plugin_that_differs():
    module = types.ModuleType("one_of_tests")
    module.__dict__.update(closing_over(["PL"]))
    rules = Ruleset.from_text(
        "use terr\nuse other\nterr.ours(country) +5\nother.ours(country) +1\n",
        criteria={"terr": Territory(["PL"]), "other": Slotted(["PL"])},
    )
    text = pickle.dumps(rules)
    Territory.most = 9
    try:
        with pytest.raises(PluginError, match=r"was pickled with another plugin than there is here: `terr` differs$"):
            pickle.loads(text)  # noqa: S301
    finally:
        Territory.most = 3
    assert pickle.loads(text) == rules  # noqa: S301
