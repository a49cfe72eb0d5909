"""What a title says: how senior whoever holds it is, and what the job is about.

A title is read in parts, as commas and "and" divide it. In each part one title counts: in English the
last before "of" or "for" ("Sales Director of …"), in the other languages the first ("Leiter Vertrieb",
"kierownik biura zarządu"). Words beside it change it or take it away. The highest part decides.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

import attrs

from leadrules_title.data import Meaning, changes, levels, ranks, subjects
from leadrules_title.lexicon import Found
from leadrules_title.spelling import corrected
from leadrules_title.words import COMMA, SEPARATORS, STRONG, words_of

Item = Found[Meaning]


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
    """What of a part is its holder's own: a seniority, and the words that say what it is about."""

    seniority: int | None
    start: int
    end: int
    is_support: bool = False


@functools.lru_cache(maxsize=50_000)
def read(title: str) -> Reading:
    """Read a title."""
    words = corrected(words_of(title))
    parts = list(_parts(words))
    if any(part.of("retired") for part in parts):
        return Reading()
    held = list(_held(parts))
    seniority = max((one.seniority for one in held if one.seniority is not None), default=None)
    functions = dict.fromkeys(name for one in held for name in _functions(words[one.start : one.end]))
    return Reading(seniority, tuple(functions) or _without_field(seniority, held))


def _without_field(seniority: int | None, held: Iterable[Held]) -> tuple[str, ...]:
    """Give the function of a title that names none: who runs a company manages it, an assistant administers."""
    if seniority is not None and seniority >= levels()["executive"] - 5:
        return ("management",)
    return ("administration",) if any(one.is_support for one in held) else ()


def _functions(words: Sequence[str]) -> Iterator[str]:
    return (found.meaning for found in subjects().found_in(words))


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


def _held(parts: Sequence[Part]) -> Iterator[Held]:
    """Give what the holder of the title has, part by part."""
    left_out = _former(parts)
    is_about_another = False
    for place, part in enumerate(parts):
        is_about_another = is_about_another and part.after != STRONG
        if is_about_another or place in left_out:
            continue
        one = _of_part(part)
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


# ------------------------------------------------------------------ one part


def _of_part(part: Part) -> Held:
    """Give what its holder has of a part that is not former from the beginning."""
    end = min((item.start for item in part.of("other", "former")), default=part.end)
    part = attrs.evolve(part, end=end, items=tuple(item for item in part.items if item.start < end))
    learner = part.of("learner")
    if learner:
        return Held(learner[0].meaning.value, part.start, part.end)
    support = part.of("support")
    if support and not _is_deputy(support[0], part):
        return Held(support[0].meaning.value, part.start, _end_of_own(support[0], part), is_support=True)
    beside = [item.meaning.change for item in part.of("change")] + (["deputy"] if support else [])
    return Held(_seniority(part, beside), part.start, part.end)


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
    return own[-1] if all(item.meaning.language == "en" for item in own) else own[0]


def _is_whole(item: Item, part: Part) -> bool:
    return (item.start, item.end) == (part.start, part.end)


def _seniority(part: Part, beside: Sequence[str | None]) -> int | None:
    """Give the seniority of the title that counts, with what stands beside it."""
    head = _head(part)
    if head is None or head.meaning.value is None:
        return levels()["lead"] if _ends_in_lead(part) else None
    value = head.meaning.value + sum(changes()[change] for change in dict.fromkeys(beside) if change is not None)
    for change in ("senior", "lead"):
        if change in beside and head.meaning.value >= levels()["specialist"]:
            value = max(value, levels()[change])
    return min(value, levels()["owner"])


def _ends_in_lead(part: Part) -> bool:
    """Tell whether "lead" is the title itself, as in "Sales Lead"."""
    return any(item.meaning.change == "lead" and item.end == part.end for item in part.of("change"))
