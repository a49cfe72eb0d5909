"""What would read values that a field cannot read: forms of numbers and times, words, and at last `else unknown`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

import attrs

from leadrules.conversions import reader_of_field
from leadrules.foreign import Unreadable
from leadrules.forms.number_search import contradict as numbers_contradict
from leadrules.forms.number_search import numbers_of
from leadrules.forms.time_search import contradict as times_contradict
from leadrules.forms.time_search import times_of
from leadrules.letters import folded
from leadrules.tables.error_cells import is_error_cell
from leadrules.values import Value, Zone, text_of_number
from leadrules.vocabulary import DATETIME, Field, Type

MOST_TRIED = 500
"""Distinct values over which forms are tried."""
UNKNOWN_WORDS = frozenset(
    folded(word)
    for word in (
        "select", "n/a", "na", "n.a.", "none", "null", "nil", "nan", "-", "--", "---", "–", "—",
        "?", "??",
        "unknown", "undefined", "not provided", "not specified", "not available", "not set", "not applicable",
        "number not provided", "no data", "no value", "tbd", "tba", "(blank)", "(none)", "(empty)", "(not set)",
        "brak", "brak danych", "nie podano", "nieznany", "nieznana", "nieznane", "nie wiem", "nie dotyczy", "b.d.",
        "b/d", "n/d", "nd.", "nie ustalono", "do ustalenia",
        "k.a.", "k. a.", "keine angabe", "keine angaben", "unbekannt", "nicht angegeben", "nicht bekannt",
        "inconnu", "inconnue", "non renseigné", "non renseignée", "non communiqué", "n.c.", "non disponible",
        "desconocido", "desconocida", "sin datos", "sin especificar", "no disponible", "no especificado",
        "no consta", "s/d",
    )
)  # fmt: skip
"""Words that people and programs write where nobody knows, folded."""


def means_unknown(text: str) -> bool:
    """Tell whether a text stands where nobody knows: a word for that, or an error of a spreadsheet."""
    return folded(text) in UNKNOWN_WORDS or is_error_cell(text)


BOOL_WORDS = (
    ("y", "n"), ("t", "f"), ("tak", "nie"), ("t", "n"), ("ja", "nein"), ("oui", "non"), ("sí", "no"), ("si", "no"),
    ("on", "off"), ("x", "-"), ("prawda", "fałsz"), ("j", "n"), ("wahr", "falsch"), ("o", "n"), ("vrai", "faux"),
    ("s", "n"),
    ("verdadero", "falso"), ("\N{CHECK MARK}", "\N{BALLOT X}"),
)  # fmt: skip
"""Pairs of words that mean true and false."""

_LIKELY_YEARS = range(1900, 2101)
_MOST_CHOICES = 5


@attrs.frozen
class Cure:
    """How a field should be declared to read values: `field`, and what else would read them in another way."""

    field: Field
    or_form: str | None = None


def cure_for(field: Field, texts: Iterable[str], zone: Zone) -> Cure:
    """Find how a field should be declared so that it reads these texts as well, or takes them for unknown."""
    found = [*dict.fromkeys(text.strip() for text in texts)][:MOST_TRIED]
    words = frozenset(folded(text) for text in found if means_unknown(text))
    rest = [text for text in found if folded(text) not in words]
    known = attrs.evolve(field, unknown=field.unknown | words, lenient=False)
    if not rest:
        return Cure(known)
    kind = field.type.kind
    if kind in ("number", "date", "datetime"):
        return _by_form(known, rest, zone)
    if kind == "bool":
        return _by_words(known, rest)
    if field.type.choices and len(rest) <= _MOST_CHOICES and kind == "text":
        return Cure(attrs.evolve(known, type=Type("text", (*field.type.choices, *rest))))
    return Cure(attrs.evolve(known, lenient=True))


def cure_for_moments(forms: Sequence[str], texts: Iterable[str], zone: Zone) -> tuple[tuple[str, ...], str | None]:
    """Find the forms of the time of events that read these texts, none where there is none, and another way."""
    cure = cure_for(Field("at", DATETIME, forms=tuple(forms)), texts, zone)
    return (cure.field.forms if cure.field.forms != tuple(forms) else ()), cure.or_form


def _by_words(field: Field, texts: Sequence[str]) -> Cure:
    """Take the pair of words that most of the texts are of, where the field has no words of its own."""
    said = [folded(text) for text in texts]
    best = max(BOOL_WORDS, key=lambda pair: sum(word in pair for word in said))
    if field.true_words or field.false_words or not any(word in best for word in said):
        return Cure(attrs.evolve(field, lenient=True))
    true, false = best
    left = any(word not in best for word in said)
    unknown = field.unknown - {*best}
    words = (frozenset({true}), frozenset({false}))
    return Cure(attrs.evolve(field, unknown=unknown, true_words=words[0], false_words=words[1], lenient=left))


# ---------------------------------------------------------------------- forms


def _by_form(field: Field, texts: Sequence[str], zone: Zone) -> Cure:
    """Add the forms that the texts are in, but for those that read otherwise what the declared ones read, too."""
    counted = Counter(texts)
    is_number = field.type.kind == "number"
    found = numbers_of(counted, mostly=False) if is_number else times_of(counted, counted=True, mostly=False)
    if found is None:
        return Cure(attrs.evolve(field, lenient=True))
    contradict = numbers_contradict if is_number else times_contradict
    others = [form for form in found.forms if any(contradict(form, one) for one in field.forms)]
    read = {form: _read(attrs.evolve(field, forms=(form,)), texts, zone) for form in found.forms if form not in others}
    forms = (*field.forms, *(form for form, readable in read.items() if readable))
    is_all = set(texts) == set().union(*read.values())
    return Cure(attrs.evolve(field, forms=forms, lenient=not is_all), found.other or next(iter(others), None))


def _read(field: Field, texts: Sequence[str], zone: Zone) -> frozenset[str]:
    """Give those of the texts that a field can read, where what they say is likely."""
    reader = reader_of_field(field, zone)
    found = set()
    for text in texts:
        try:
            value = reader(text)
        except Unreadable:
            continue
        if value is not None and _is_likely(value, field, zone):
            found.add(text)
    return frozenset(found)


def _is_likely(value: Value, field: Field, zone: Zone) -> bool:
    if not field.type.is_time:
        return True
    day = value if isinstance(value, dt.date) else zone.day(value)  # type: ignore[arg-type]
    return day.year in _LIKELY_YEARS


# ------------------------------------------------------------------- writing


def written(field: Field) -> str:
    """Write the options of a field or property behind its name, as a rule file has them.

    >>> from leadrules.vocabulary import NUMBER
    >>> written(Field("size", NUMBER, columns=("Size",), forms=("1 234", "51-200"), lenient=True))
    'number from "Size" as "1 234" or "51-200" else unknown'
    """
    parts = [
        str(field.type),
        _option("from", field.columns),
        _option("as", field.forms),
        _option("split", field.split),
        "unknown " + _set(field.unknown) if field.unknown else "",
        f"true {_set(field.true_words)} false {_set(field.false_words)}" if field.true_words else "",
        f"default {_value(field.default, field.split)}" if field.default is not None else "",
        "else unknown" if field.lenient else "",
        "pii" if field.pii else "",
        "protected" if field.protected else "",
    ]
    return " ".join(part for part in parts if part)


def _option(word: str, texts: Sequence[str]) -> str:
    return f"{word} {' or '.join(map(quoted, texts))}" if texts else ""


def _set(words: Iterable[str]) -> str:
    return "{" + ", ".join(map(quoted, sorted(words))) + "}"


def _value(value: Value, split: Sequence[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return text_of_number(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return quoted((*split, ", ")[0].join(value) if isinstance(value, tuple) else str(value))


def quoted(text: str) -> str:
    """Write a text as a rule file has it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
