"""Patterns for texts without accents: `kraków` finds what `krakow` does.

A pattern is taken apart only as far as letters stand for themselves. What stands for a letter in
another way, and what would mean something else, is refused with what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadrules.letters import unaccented
from leadrules.patterns import PatternError

_QUOTED, _CLASS_NAME, _GROUP = r"\\Q.*?(?:\\E|\Z)", r"\[:\^?[a-z]+:\]", r"\(\?P?<[^>]*>"
_ESCAPE = r"\\(?:x\{[0-9A-Fa-f]*\}|x[0-9A-Fa-f]{2}|[0-7]{1,3}|[pP]\{[^}]*\}|[pP].|.)"
_TOKEN = re.compile(f"(?P<quoted>{_QUOTED})|(?P<escape>{_ESCAPE})|(?P<group>{_GROUP})|(?P<sign>.)", re.DOTALL)
_TOKEN_OF_CLASS = re.compile(f"(?P<name>{_CLASS_NAME})|(?P<escape>{_ESCAPE})|(?P<sign>.)", re.DOTALL)
_NUMBER = re.compile(r"\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([0-7]{1,3}))")
_REPEATED = ("*", "+", "?", "{")


def plain_pattern(pattern: str) -> str:
    r"""Give a pattern that finds in texts without accents what another one is about.

    Letters that are several without accents are repeated as a whole. Raises PatternError for a range that begins
    or ends with an accented letter, for one of several letters among the letters of a class, for a
    mark that stands by itself, and for an accented letter that is written by its number.

    >>> plain_pattern("^kraków|dąb[a-zżź]"), plain_pattern(r"\bæ+")
    ('^krakow|dab[a-zzz]', '\\b(?:ae)+')
    """
    return pattern if pattern.isascii() and "\\" not in pattern else "".join(_parts(pattern))


def _parts(pattern: str) -> Iterator[str]:
    place = 0
    while found := _TOKEN.match(pattern, place):
        place = found.end()
        match found.lastgroup:
            case "quoted":
                yield _quoted(found[0], repeated=pattern.startswith(_REPEATED, place))
            case "escape":
                yield _number(found[0])
            case "sign" if found[0] == "[":
                end = _end_of_class(pattern, place)
                yield "[" + "".join(_class(pattern[place:end]))
                place = end
            case "sign":
                plain = _letter(found[0])
                several = len(plain) > 1 and pattern.startswith(_REPEATED, place)
                yield f"(?:{plain})" if several else plain
            case _:
                yield found[0]


def _quoted(text: str, *, repeated: bool) -> str:
    plain = "".join(map(_letter, text))
    if repeated and text.endswith("\\E") and len(_letter(text[-3:-2])) > 1:
        raise PatternError(f"`{text[-3]}` is several letters without accents, and cannot be repeated behind `\\Q`")
    return plain


def _letter(letter: str) -> str:
    plain = unaccented(letter)
    if not plain:
        raise PatternError(f"it has a mark by itself, U+{ord(letter):04X}, and accents are ignored")
    return plain


def _number(escape: str) -> str:
    found = _NUMBER.fullmatch(escape)
    code = int(found[1] or found[2] or "0", 16) or int(found[3] or "0", 8) if found else 0
    if 0x80 <= code <= 0x10FFFF and not 0xD800 <= code < 0xE000 and unaccented(chr(code)) != chr(code):
        plain = unaccented(chr(code)) or "without it"
        raise PatternError(f"`{escape}` is `{chr(code)}`, which no text has since accents are ignored: write `{plain}`")
    return escape


def _end_of_class(pattern: str, start: int) -> int:
    """Find where a class ends, its bracket left out; a bracket that comes first is a member."""
    place = start + pattern.startswith("^", start)
    place += pattern.startswith("]", place)
    while (found := _TOKEN_OF_CLASS.match(pattern, place)) and found[0] != "]":
        place = found.end()
    return place


def _class(members: str) -> Iterator[str]:
    found = [member[0] for member in _TOKEN_OF_CLASS.finditer(members)]
    for place, member in enumerate(found):
        plain = _number(member) if member.startswith("\\") else _letter(member) if len(member) == 1 else member
        if plain != member:
            if len(plain) > 1:
                raise PatternError(
                    f"`{member}` in `[{members}]` is several letters without accents: write `(?:{plain}|…)`"
                )
            if "-" in (*found[place + 1 : place + 2][: place + 2 < len(found)], *found[max(place - 1, 1) : place]):
                raise PatternError(f"`{member}` is no end of a range in `[{members}]`, since accents are ignored")
        yield plain
