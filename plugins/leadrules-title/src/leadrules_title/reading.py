"""What a title says: how senior whoever holds it is, and what the job is about.

A title is read in parts, as commas and "and" divide it. In each part one title counts: in English the
last before "of" or "for" ("Sales Director of …"), in the other languages the first ("Leiter Vertrieb",
"kierownik biura zarządu"). Words beside it change it or take it away. The highest part decides.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import attrs

from leadrules_title.data import Meaning, cared_for, changes, levels, ranks, subjects
from leadrules_title.lexicon import Found
from leadrules_title.spelling import corrected
from leadrules_title.words import COMMA, SEPARATORS, STRONG, words_of

Item = Found[Meaning]

_TRADES = "engineering"
"""The function of engineers and technicians, who may see to any other."""
_NOT_ABOUT = frozenset({"former", "void", "learner", "learning", "acting", "degree"})
"""Kinds whose words say nothing of a field: the training of a "CEO in training" is none."""
_AT_LEAST = {"senior": "senior", "lead": "lead", "chief": "head"}
"""The level that a word beside a title lifts it to."""


@attrs.frozen
class Reading:
    """What a title says; `seniority` is None where it says nothing, `functions` are in its order."""

    seniority: int | None = None
    functions: tuple[str, ...] = ()


@attrs.frozen
class Part:
    """What stands between two separators: its words from `start` to `end`, and what was found in them.

    `after` is the separator before it.
    """

    after: str
    start: int
    end: int
    items: tuple[Item, ...]

    def of(self, *kinds: str) -> list[Item]:
        """Give what was found of some kinds, in order."""
        return [item for item in self.items if item.meaning.kind in kinds]


@attrs.frozen
class Held:
    """What of a part is its holder's own: a seniority, and the words that say what it is about.

    `trade` is the title itself where it is a single word: an engineer's field is what they see to.
    """

    seniority: int | None
    words: tuple[str, ...] = ()
    trade: tuple[str, ...] = ()
    is_support: bool = False
    is_partial: bool = False
    is_last: bool = False


@functools.lru_cache(maxsize=50_000)
def read(title: str) -> Reading:
    """Read a title."""
    words = corrected(words_of(title))
    parts = list(_parts(words))
    if any(part.of("retired") for part in parts):
        return Reading()
    held = list(_held(parts, words))
    told = [one for one in held if one.seniority is not None]
    if any(not one.is_last for one in told):
        told = [one for one in told if not one.is_last]
    seniority = max((one.seniority for one in told if one.seniority is not None), default=None)
    functions = dict.fromkeys(name for one in held for name in _functions(one))
    return Reading(seniority, tuple(functions) or _without_field(told))


def _without_field(held: Sequence[Held]) -> tuple[str, ...]:
    """Give the function of a title that names none: who runs a company manages it, an assistant administers."""
    top = levels()["executive"] - 5
    if any(one.seniority is not None and one.seniority >= top and not one.is_partial for one in held):
        return ("management",)
    return ("administration",) if any(one.is_support for one in held) else ()


def _functions(one: Held) -> Iterator[str]:
    """Give what a part is about, in its order; "engineering" last where only the trade says so.

    A sales engineer is about sales, in whichever order a language has the two words.
    """
    of_trade = {found.meaning for found in subjects().found_in(one.trade)} & {_TRADES}
    found = [found.meaning for found in subjects().found_in(one.words)]
    yield from sorted(found, key=lambda name: name in of_trade)


# ------------------------------------------------------------------ parts


def _parts(words: Sequence[str]) -> Iterator[Part]:
    """Divide a title at its separators, and at the joining words that belong to no title."""
    after, start, items = STRONG, 0, list[Item]()
    found = {item.start: item for item in ranks().found_in(words)}
    for place, word in enumerate([*words, STRONG]):
        item = found.get(place)
        ends = word in SEPARATORS or (item is not None and item.meaning.kind == "joiner")
        if not ends:
            items += [] if item is None else [item]
            continue
        if place > start:
            yield Part(after, start, place, tuple(items))
            after = word
        elif word == STRONG or (word == COMMA and after != STRONG):
            after = word
        start, items = place + 1, []


def _held(parts: Sequence[Part], words: Sequence[str]) -> Iterator[Held]:
    """Give what the holder of the title has, part by part."""
    left_out = _former(parts) | _void(parts)
    is_about_another = False
    for place, part in enumerate(parts):
        is_about_another = is_about_another and part.after != STRONG
        if is_about_another or place in left_out:
            continue
        one = _of_part(part, words)
        yield one
        is_about_another = one.is_support or bool(part.of("other"))


def _former(parts: Sequence[Part]) -> set[int]:
    """Name the parts that are held no longer: from "former" to the next comma, or what "(former)" stands behind."""
    left_out: set[int] = set()
    is_former = False
    for place, part in enumerate(parts):
        is_former = is_former and part.after not in {STRONG, COMMA}
        found = part.of("former")
        if found and found[0].end - found[0].start == part.end - part.start:
            left_out |= {place - 1, place}
        first = min((item.start for item in part.of("title", "support", "learner")), default=part.end)
        is_former = is_former or bool(found and found[0].start < first)
        if is_former:
            left_out.add(place)
    return left_out


def _void(parts: Sequence[Part]) -> set[int]:
    """Name the parts that a word takes away wherever it stands, and what it stands behind by itself."""
    left_out: set[int] = set()
    for place, part in enumerate(parts):
        found = part.of("void")
        if found:
            is_alone = found[0].end - found[0].start == part.end - part.start
            left_out |= {place - 1, place} if is_alone else {place}
    return left_out


# ------------------------------------------------------------------ one part


def _of_part(part: Part, words: Sequence[str]) -> Held:
    """Give what its holder has of a part that is not former from the beginning."""
    end = min((item.start for item in part.of("other", "former")), default=part.end)
    part = attrs.evolve(part, end=end, items=tuple(item for item in part.items if item.start < end))
    learner = _learner(part)
    if learner:
        return Held(learner.meaning.value, _own_words(part, part.end, words))
    support = part.of("support")
    if support and not _is_deputy(support[0], part):
        own = _own_words(part, _end_of_own(support[0], part), words)
        return Held(support[0].meaning.value, own, is_support=True)
    beside = [item.meaning.change for item in part.of("change")] + (["deputy"] if support else [])
    head = _head(part)
    trade = words[head.start : head.end] if head is not None and head.end == head.start + 1 else ()
    return Held(
        _seniority(part, head, beside),
        _own_words(part, part.end, words),
        tuple(trade),
        is_partial=head is not None and head.meaning.partial,
        is_last=head is not None and head.meaning.last,
    )


def _own_words(part: Part, end: int, words: Sequence[str]) -> tuple[str, ...]:
    """Give the words of a part that may say what it is about, with separators for those that cannot."""
    silent = {place for item in part.of(*_NOT_ABOUT) for place in range(item.start, item.end)}
    return tuple(STRONG if place in silent else words[place] for place in range(part.start, end))


def _learner(part: Part) -> Item | None:
    """Give the word that says that a title is not held yet.

    No learner is who sees to them: a "student adviser", an "internship coordinator", a "responsable des
    stages". There the head of the title is another word: in English the last, in other languages the first.
    """
    titles = part.of("title", "support", "oblique")
    for item in part.of("learner", "learning"):
        after = [title for title in titles if title.start >= item.end]
        if item.meaning.kind == "learner":
            is_field = any(title.start == item.end and title.meaning.text in cared_for() for title in after)
        elif after and after[0].meaning.language == "en":
            is_field = True
        else:
            is_field = any(title.end <= item.start for title in titles)
        if not is_field:
            return item
    return None


def _is_deputy(item: Item, part: Part) -> bool:
    """Tell whether an "assistant" stands in front of an English title: an assistant director is one nearly."""
    head = _head(part)
    return (
        item.meaning.text == "assistant"
        and head is not None
        and head.start >= item.end
        and head.meaning.language == "en"
        and (head.meaning.value or 0) < levels()["executive"] - 5
    )


def _end_of_own(support: Item, part: Part) -> int:
    """Say where a supporter's own words end: at the title of whoever is supported."""
    titles = (item for item in part.of("title", "oblique") if not item.meaning.whole)
    others = (item.start for item in titles if item.start >= support.end)
    return min(others, default=part.end)


def _head(part: Part) -> Item | None:
    """Give the title that counts in a part: the last one in English, else the first, before a field is named."""
    kinds = ("title", "change", "oblique") if part.of("change", "acting") else ("title",)
    titles = [
        item for item in part.of(*kinds) if item.meaning.value and (not item.meaning.whole or _is_whole(item, part))
    ]
    fields = [item.start for item in part.of("field")]
    own = [item for item in titles if not any(titles[0].end <= start <= item.start for start in fields)]
    if not own:
        return None
    firsts = [item for item in own if item.meaning.first]
    if firsts:
        return firsts[0]
    own = [item for item in own if not item.meaning.last] or own
    return own[-1] if all(item.meaning.language == "en" for item in own) else own[0]


def _is_whole(item: Item, part: Part) -> bool:
    return (item.start, item.end) == (part.start, part.end)


def _seniority(part: Part, head: Item | None, beside: Sequence[str | None]) -> int | None:
    """Give the seniority of the title that counts, with what stands beside it."""
    if head is None or head.meaning.value is None:
        return levels()["lead"] if _ends_in_lead(part) else None
    value = head.meaning.value + sum(changes()[change] for change in dict.fromkeys(beside) if change is not None)
    for change, level in _AT_LEAST.items():
        if change in beside and head.meaning.value >= levels()["specialist"]:
            value = max(value, levels()[level])
    return min(value, levels()["owner"])


def _ends_in_lead(part: Part) -> bool:
    """Tell whether "lead" is the title itself, as in "Sales Lead"."""
    return any(item.meaning.change == "lead" and item.end == part.end for item in part.of("change"))
