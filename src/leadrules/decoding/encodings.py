"""Recognise the encoding of a text among those that files of leads are in, or say that it cannot be told.

Text is UTF-8, UTF-16 or UTF-32, which the bytes themselves tell, or of a code page, of which they tell
nothing: then the words decide. Libraries that guess among all encodings there are were right for 75 to 95 of 100
short lists of names, so what is decided here is only what an office in Europe writes, by how its languages are spelled.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping

import attrs

from leadrules.decoding.spelling import CENTRAL, WESTERN, weights

ENOUGH = 1 << 23
"""How many bytes of a file are looked at, at most: 8 MiB."""

_PAGES: Mapping[str, tuple[str, str]] = {
    "cp1252": ("Windows-1252", WESTERN),
    "cp1250": ("Windows-1250", CENTRAL),
    "iso8859_2": ("ISO-8859-2", CENTRAL),
}
"""Name and languages of a code page; the first of equals counts."""
_WIDE = {
    codecs.BOM_UTF32_LE: ("utf-32", "UTF-32"),
    codecs.BOM_UTF32_BE: ("utf-32", "UTF-32"),
    codecs.BOM_UTF16_LE: ("utf-16", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "UTF-16"),
}
_SOME = 1 << 12
_MOST_WORDS = 2_000
_MOST_LETTERS = 40
_WORD = re.compile(rb"[^\s,;|\"<>=()/\x00-\x1f]*[\x80-\xff][^\s,;|\"<>=()/\x00-\x1f]*")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")


@attrs.frozen
class Encoding:
    """An encoding: `codec` as Python calls it, `name` as people do.

    `word` is what tells it apart: as it reads a word, the name of another encoding, and how that would read it.
    """

    codec: str
    name: str
    word: tuple[str, str, str] | None = None

    @property
    def is_utf8(self) -> bool:
        """Tell whether it is UTF-8, which needs no word said."""
        return self.codec == UTF8.codec

    @property
    def said(self) -> str:
        """Say as what a text is read; it goes on after the name of its file.

        >>> recognised("id;city;Łódź".encode("cp1250"), is_whole=True).said
        'is read as Windows-1250 (`Łódź`, not `£ódŸ` as Windows-1252 has it)'
        """
        likely = f" (`{self.word[0]}`, not `{self.word[2]}` as {self.word[1]} has it)" if self.word else ""
        return f"is read as {self.name}{likely}"


UTF8 = Encoding("utf-8", "UTF-8")


def named(name: str) -> Encoding:
    """Give the encoding that someone asks for. Raises LookupError where no text is in one of that name."""
    squeezed = re.sub(r"[\s_-]", "", name).lower()
    squeezed = re.sub(r"^(?:windows|win|cp)(?=[0-9])", "cp", squeezed)
    found = codecs.lookup(squeezed if squeezed.startswith("cp") else name.strip())
    try:
        "a".encode(found.name)
        is_text = isinstance(b"a".decode(found.name, "replace"), str)
    except (LookupError, UnicodeError):  # such as base64, which Python has among its codecs
        is_text = False
    if not is_text or found.name in {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}:
        raise LookupError(name)
    codec = "utf-8" if found.name in {"utf-8", "utf-8-sig", "ascii"} else found.name
    page = re.sub(r"^cp(125[0-9])$", r"Windows-\1", codec)
    return UTF8 if codec == "utf-8" else Encoding(codec, page if page != codec else codec.upper())


def recognised(start: bytes, *, is_whole: bool, pages: bool = True) -> Encoding | None:
    """Recognise the encoding of a text by how it begins; None where it cannot be told.

    Without `pages` it is none of a code page.

    >>> recognised("id;city;Łódź".encode("cp1250"), is_whole=True).name
    'Windows-1250'
    """
    wide = _wide(start)
    if wide is not None:
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start, final=is_whole)
    except UnicodeDecodeError:
        return _page(start) if pages and not _CONTROLS.search(start) and not _is_broken_utf8(start) else None
    return UTF8


def _wide(start: bytes) -> Encoding | None:
    """Tell an encoding whose letters are of two or four bytes, with a byte-order mark or without."""
    for mark, (codec, name) in _WIDE.items():
        if start.startswith(mark):
            return Encoding(codec, name)
    some = start[: min(len(start), _SOME) // 4 * 4]
    zeros = [some[place::4].count(0) * 4 > len(some) * 0.7 for place in range(4)] if some else []
    forms = {
        (True, False, True, False): Encoding("utf-16-be", "UTF-16"),
        (False, True, False, True): Encoding("utf-16-le", "UTF-16"),
        (True, True, True, False): Encoding("utf-32-be", "UTF-32"),
        (False, True, True, True): Encoding("utf-32-le", "UTF-32"),
    }
    return forms.get(tuple(zeros))  # type: ignore[arg-type] # of four, or none


def _is_broken_utf8(start: bytes) -> bool:
    """Tell whether most letters are of UTF-8, so that the others are mistakes in it."""
    letters = len(_UTF8_LETTER.findall(start))
    return letters > 0 and letters >= len(_HIGH.findall(_UTF8_LETTER.sub(b"", start)))


def _page(start: bytes) -> Encoding | None:
    words = {word: None for word in _WORD.findall(start)[: 20 * _MOST_WORDS] if len(word) <= _MOST_LETTERS}
    read = {page: _read(list(words)[:_MOST_WORDS], page) for page in _PAGES}
    totals = {page: _weigh(found, _PAGES[page][1]) for page, found in read.items() if found is not None}
    best = max(totals, key=lambda page: totals[page], default=None)
    if best is None or totals[best] < 0:
        return None
    found = read[best] or []
    return Encoding(best, _PAGES[best][0], _telling(found, best, read))


def _read(words: Iterable[bytes], page: str) -> list[str] | None:
    """Read words by a code page; None where it has not all of their letters."""
    try:
        found = [word.decode(page) for word in words]
    except UnicodeDecodeError:
        return None
    return None if any("\x80" <= letter <= "\x9f" for word in found for letter in word) else found


def _weigh(words: list[str], group: str) -> float:
    """Weigh words in the language that fits best; where others fit some better, these count half."""
    each = [weights(word, group) for word in words]
    if not each:
        return 0.0
    by_language = {name: sum(one[name] for one in each) for name in each[0]}
    return max(by_language.values()) + 2 * sum(max(one.values()) for one in each)


def _telling(found: list[str], best: str, read: Mapping[str, list[str] | None]) -> tuple[str, str, str] | None:
    """Give a word by which a person can tell whether the encoding is right."""
    for other, others in read.items():
        for place, word in enumerate(found):
            if others is None or other == best:
                break
            if word != others[place]:
                return word, _PAGES[other][0], others[place]
    return None
