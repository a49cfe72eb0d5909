"""What a column is: its type, its forms, its words for yes, no and unknown.

A field declared as its guess says reads every value that the column had: what is no text of the type is
behind `else unknown`, and where much of it would be, the column is text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import attrs

from leadrules.forms.number_search import Numbers, numbers_of
from leadrules.forms.time_search import Times, times_of
from leadrules.insights import header_names
from leadrules.insights.columns import Column, Guess, Other, Value, reads
from leadrules.insights.word_guesses import answers_of
from leadrules.letters import folded
from leadrules.tables.cures import means_unknown
from leadrules.vocabulary import BOOL, DATE, DATETIME, NUMBER, STANDARD_FIELDS, TEXT, TEXTS, Type

MOST_CHOICES = 12
"""A column with more distinct texts than this has no closed list."""
LEAST_ROWS = 100
"""Known values that a closed list needs."""
LEAST_SEEN = 5
"""How often each text of a closed list is seen: where none is rare, another one is not to be expected."""

_LONGEST_CHOICE = 40
_LONGEST_MEMBER = 60
_MOST_WORDS = 5
_MOST_SHOWN = 3
_SEEN = "seen:"
_UNREAD = "cannot be read:"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ANYTHING = frozenset({"text", "list of text"})
"""Types that read nearly any text: one that has a meaning is preferred, though some cells be slips."""
_NUMBERS = frozenset({"whole", "float", "decimal"})
_SEPARATORS = (";", "|", ",")


def new_column(name: str) -> Column:
    """Begin a column."""
    return Column(name, guess)


def guess(column: Column, *, as_text: bool = False) -> Guess:
    """Say what a column is, by all the values seen; or how it is read `as_text`, whatever it is."""
    known = Counter({text: n for text, n in column.texts.items() if not means_unknown(text)})
    unknown = _each_once(text for text in column.texts if means_unknown(text))
    pii = header_names.is_personal(column.name) or (bool(known) and all(map(_EMAIL.fullmatch, known)))
    if column.decided is not None and column.decided.type == TEXT and not as_text:
        strange = column.strange or column.lost
        lenient = column.decided.lenient or bool(strange)
        return attrs.evolve(column.decided, unknown=unknown, lenient=lenient, notes=())
    candidates = iter([Guess(TEXT)]) if as_text else _candidates(column, known)
    found = _first_fitting(column, unknown, candidates)
    if not pii or found.type == BOOL:
        return found
    told = tuple(note for note in found.notes if _SEEN not in note and _UNREAD not in note)
    return attrs.evolve(found, pii=True, notes=told)


def _first_fitting(column: Column, unknown: tuple[str, ...], candidates: Iterator[Guess]) -> Guess:
    """Give the first type that reads all values, else one that reads nearly all; else the last, though it reads few."""
    nearly: Guess | None = None
    refused: tuple[str, ...] = ()
    last, fewest = Guess(TEXT), 0
    for candidate in candidates:
        declared = {*map(folded, candidate.true_words), *map(folded, candidate.false_words)}
        words = tuple(word for word in unknown if folded(word) not in declared)
        found = attrs.evolve(candidate, unknown=words)
        last = found
        odd = [key for key, raw in column.values() if not reads(found.reader, raw)]
        rows = sum(column.seen[key] for key in odd) + column.lost
        if not rows and (nearly is None or found.type.kind not in _ANYTHING):
            kept = refused if found.type == TEXT and column.decided is None else ()
            return _as_decided(attrs.evolve(found, notes=kept or found.notes), column)
        if not _are_few(rows, column.known):
            refused = refused or _refused(found, odd, rows, column.known)
        elif rows and (nearly is None or rows < fewest):
            nearly, fewest = _lenient(found, odd), rows
    return nearly or attrs.evolve(last, lenient=True)


def _refused(found: Guess, odd: Iterable[Value], rows: int, known: int) -> tuple[str, ...]:
    """Tell why a column that looks like numbers or times is text all the same."""
    if found.type.kind not in ("number", "date", "datetime"):
        return ()
    return (f"no {found.type.kind}: {rows:,} of {known:,} values {_UNREAD} {_shown(odd)}",)


def _are_few(odd: int, known: int) -> bool:
    """Tell whether so many of the known values may be slips: one in ten, or a single one among five."""
    return odd <= max(1, known // 10) and known >= 5 * odd


def _lenient(found: Guess, odd: Iterable[Value]) -> Guess:
    return attrs.evolve(found, lenient=True, notes=(*found.notes, f"{_UNREAD} {_shown(odd)}"))


def _shown(odd: Iterable[Value]) -> str:
    texts = sorted((key.shown if isinstance(key, Other) else key for key in odd), key=len)
    return ", ".join(f"`{text}`" for text in texts[:_MOST_SHOWN])


def _as_decided(found: Guess, column: Column) -> Guess:
    """Let what is forgotten be unknown if need be, where it was read by another guess than the one at the end."""
    if column.decided is None or column.decided.field == attrs.evolve(found.field, lenient=column.decided.lenient):
        return found
    return attrs.evolve(found, lenient=True)


# ------------------------------------------------------------------ candidates


def _candidates(column: Column, known: Counter[str]) -> Iterator[Guess]:
    """Give what a column may be, the most telling type first; text is last, and reads nearly everything."""
    kinds = column.kinds
    if not known and not kinds:
        yield Guess(TEXT, notes=("always unknown" if column.seen else "always empty",))
        return
    if kinds & {"list", "object"}:
        note = () if "object" not in kinds else ("holds objects, which rules cannot read",)
        if "list" in kinds:
            yield Guess(TEXTS, notes=note)
        else:
            yield Guess(TEXT, lenient=True, notes=note)
        return
    texts = known + Counter({key.shown: n for key, n in column.seen.items() if type(key) is Other})
    standard = STANDARD_FIELDS.get(header_names.standard_field(column.name) or "")
    if not header_names.is_identifier(column.name) and (standard is None or standard.type != TEXT):
        yield from _answers(column, texts)
        if header_names.is_time(column.name) or not header_names.is_amount(column.name):
            yield from _times(column, known)
        yield from _numbers(column, known)
        yield from _lists(column, known)
        yield from _choices(column, known)
    yield _text(column, known)


def _answers(column: Column, texts: Counter[str]) -> Iterator[Guess]:
    if column.kinds - {"bool", "whole"}:
        return
    words = {folded(text) for text in texts}
    marks = column.empty > 0 or any(folded(text) not in words for text in column.texts)
    found = answers_of(words, marks=marks)
    if column.kinds == {"bool"} and words <= {"true", "false"}:
        yield Guess(BOOL)
    elif found is not None and not (words <= {"0", "1"} and header_names.is_amount(column.name)):
        note = ("0 and 1 only: number, if they count",) if words == {"0", "1"} else ()
        yield Guess(BOOL, true_words=found.true_words, false_words=found.false_words, notes=note)
    elif len(words) <= 4:
        common = {word for word in words if 10 * sum(n for t, n in texts.items() if folded(t) == word) > column.known}
        found = answers_of(common, marks=False)
        if found is not None and common < words and "1" not in common:
            yield Guess(BOOL, true_words=found.true_words, false_words=found.false_words)


def _times(column: Column, known: Counter[str]) -> Iterator[Guess]:
    kinds = column.kinds
    named = header_names.is_time(column.name)
    if kinds <= {"date", "datetime"} and kinds:
        yield _timed(times_of(known, counted=named) or Times((), clock=False), "datetime" in kinds)
    elif not kinds and (found := times_of(known, counted=named)) is not None:
        yield _timed(found, False)
    elif named and kinds <= _NUMBERS:
        counted = times_of(Counter(key.shown for key in column.seen if type(key) is Other), counted=True)
        if counted is not None and all(form.startswith("epoch") for form in counted.forms):
            yield _timed(counted, True)


def _timed(found: Times, clock: bool) -> Guess:
    note = () if found.doubt is None else (found.doubt,)
    return Guess(DATETIME if clock or found.clock else DATE, forms=found.forms, notes=note)


def _numbers(column: Column, known: Counter[str]) -> Iterator[Guess]:
    if column.kinds - _NUMBERS or any(re.match("[+-]?0[0-9]", text) for text in known):
        return
    if not known:
        yield Guess(NUMBER)
        return
    if not header_names.is_amount(column.name) and header_names.standard_field(column.name) is None and _are_ids(known):
        return
    found = numbers_of(known) or (Numbers(()) if column.kinds else None)
    if found is not None:
        note = () if found.doubt is None else (found.doubt,)
        yield Guess(NUMBER, forms=found.forms, notes=note)


def _are_ids(known: Counter[str]) -> bool:
    """Tell whether digits look like ids: all of one length of eight or more, or in the shape of a postcode."""
    bare = {re.sub(r"[ .-]", "", text) for text in known}
    if len(bare) < 3 or not all(map(str.isascii, bare)) or not all(map(str.isdecimal, bare)):
        return False
    if all(re.fullmatch("[0-9]{2}-[0-9]{3}", text) for text in known):
        return True
    return len({len(text) for text in bare}) == 1 and len(next(iter(bare))) >= 8 and not all("." in t for t in known)


# ---------------------------------------------------------------------- texts


def _lists(column: Column, known: Counter[str]) -> Iterator[Guess]:
    """Give a list where texts hold several members of one small vocabulary."""
    if column.kinds or column.decided is not None:
        return
    for sign in _SEPARATORS:
        if _is_list(known, sign) and not (sign == "," and header_names.is_open(column.name) and _is_prose(known)):
            yield Guess(TEXTS, split=(sign,))
            return


def _is_list(known: Counter[str], sign: str) -> bool:
    """Tell whether a sign stands between members.

    It does where members come again in other texts: prose has words that do not. A comma needs more, since
    names have it too: most members come again, and they are not always as many as in `Houston, TX`.
    """
    cells = [[member.strip() for member in text.split(sign)] for text in known]
    if not any(len(cell) > 1 for cell in cells) or any(len(member) > _LONGEST_MEMBER for c in cells for member in c):
        return False
    met = Counter(member for cell in cells for member in {*map(folded, cell)} if member)
    several = {folded(member) for cell in cells if len(cell) > 1 for member in cell if member}
    again = sum(met[member] > 1 for member in several)
    if sign != ",":
        return again > 0 and all(len(member.split()) <= _MOST_WORDS for cell in cells for member in cell)
    sizes = {len(cell) for cell in cells}
    return 2 * again > len(several) and len(sizes) > 1 and len(cells) > 2


def _is_prose(known: Counter[str]) -> bool:
    return any(len(member.split()) > _MOST_WORDS for text in known for member in text.split(","))


def _choices(column: Column, known: Counter[str]) -> Iterator[Guess]:
    """Give a closed list where the data carries it: many rows, few short texts, none of them rare, and no names."""
    if column.kinds or column.decided is not None or header_names.is_open(column.name):
        return
    counts = _by_form(known)
    if (
        2 <= len(counts) <= MOST_CHOICES
        and sum(known.values()) >= LEAST_ROWS
        and min(counts.values()) >= LEAST_SEEN
        and max(map(len, known)) <= _LONGEST_CHOICE
    ):
        yield Guess(Type("text", choices=tuple(sorted(counts, key=folded))), lenient=True)


def _by_form(known: Counter[str]) -> Counter[str]:
    """Count texts that are alike together, under the commonest spelling."""
    spelled: dict[str, str] = {}
    found: Counter[str] = Counter()
    for text, count in known.most_common():
        found[spelled.setdefault(folded(text), text)] += count
    return found


def _text(column: Column, known: Counter[str]) -> Guess:
    """Give an open text; where few come again and again, tell which."""
    counts = _by_form(known)
    repeated = 2 <= len(counts) <= MOST_CHOICES and sum(known.values()) >= 2 * len(counts) and column.decided is None
    private = header_names.is_open(column.name) or header_names.is_personal(column.name)
    if not repeated or private or header_names.is_identifier(column.name):
        return Guess(TEXT, notes=(_mixed(column.kinds),) if column.kinds and known else ())
    shown = [f'"{text}"' for text in sorted(counts, key=folded) if len(text) <= _LONGEST_CHOICE]
    return Guess(TEXT, notes=(f"{_SEEN} {', '.join(shown)}",) if shown else ())


def _mixed(kinds: Collection[str]) -> str:
    """Say of what kinds the values of a column are that has texts, too."""
    words = {"bool": "yes or no", "date": "dates", "datetime": "times"}
    return " and ".join([*sorted({words.get(kind, "numbers") for kind in kinds}), "texts"])


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(folded(word), word)
    return tuple(sorted(first.values(), key=folded))


# -------------------------------------------------------------------- moments


def guess_of_moments(column: Column) -> Guess:
    """Say in which forms the moments of events are; what no form reads is left to who asks."""
    numbers = {key.shown for key in column.seen if type(key) is Other and key.kind in _NUMBERS}
    found = times_of(column.texts + Counter(numbers), counted=True)
    if found is None:
        return Guess(DATETIME)
    return Guess(DATETIME, forms=found.forms, notes=() if found.doubt is None else (found.doubt,))


# --------------------------------------------------------------------- labels


def labels_of(column: Column) -> list[str]:
    """Give the labels that a column holds, by its name and its few texts; none where it holds none."""
    known = Counter({text: n for text, n in column.texts.items() if not means_unknown(text)})
    labels = _by_form(known)
    if not header_names.is_ladder(column.name) or column.kinds or column.decided is not None:
        return []
    if not 2 <= len(labels) <= MOST_CHOICES or max(map(len, labels)) > _LONGEST_CHOICE:
        return []
    return list(labels) if sum(labels.values()) >= 2 * len(labels) and guess(column).type.kind == "text" else []
