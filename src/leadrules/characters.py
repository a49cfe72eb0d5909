"""Unicode of one version: texts are normalised, folded and cut into words alike on every Python.

Each Python brings the tables of another version. What a version has assigned, later ones normalise and
fold alike; what it has not assigned is inert in it. So it is enough to know what `VERSION` has
assigned, and to leave all other characters as they are, with the texts between them apart: they take
part in no composition, and marks do not move across them.

Source: Unicode Character Encoding Stability Policies, normalization and case folding stability; UAX 15.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable
from typing import Literal

VERSION = "14.0.0"
"""That of the oldest Python that leadrules runs on."""

Form = Literal["NFC", "NFKC"]


_IS_THE_ONE = unicodedata.unidata_version == VERSION
"""This Python's own tables are those of `VERSION`: nothing has to be told apart."""


def normalised(text: str, form: Form = "NFC") -> str:
    """Give a text in a normal form."""
    return text if text.isascii() else _in_parts(text, lambda part: unicodedata.normalize(form, part))


def casefolded(text: str) -> str:
    """Give a text without differences of case, in NFC."""
    return text.lower() if text.isascii() else _in_parts(text, _casefolded)


def unmarked(text: str) -> str:
    """Give a text in NFC without the marks that stand above, below or through letters, and Hebrew and Arabic points.

    Other marks are letters of their scripts, such as the vowel signs of Devanagari and Thai or the voicing of
    kana, and stay. The class of a mark never changes once it is assigned.
    """
    return text if text.isascii() else _in_parts(text, _unmarked)


def _unmarked(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in apart if unicodedata.combining(c) not in _ACCENTS))


_ACCENTS = frozenset({1, *range(10, 37), 202, *range(214, 241)})
"""The combining classes of what is dropped: strokes (1), points of Hebrew and Arabic (10 to 36), what is attached
to a letter or stands around it. Not nukta (7), voicing (8), virama (9), or vowel and tone signs (84 to 132)."""


def spaced(text: str) -> str:
    r"""Give a text with one space for each run of white space of any kind.

    >>> spaced("Head\u00a0of  IT\n")
    'Head of IT '
    """
    return text if text.isprintable() and "  " not in text else _WHITE_SPACE.sub(" ", text)


_WHITE_SPACE = re.compile("[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
"""All white space of Unicode, and the four separators of ASCII, which `str.strip` takes off as well."""


def words_between(text: str, mark: str) -> str:
    """Set a mark before and behind each word: each run of letters, their marks, and digits of any alphabet.

    >>> words_between("VP, R&D", "|")
    '|VP|, |R|&|D|'
    """
    return (_ASCII_WORD if text.isascii() else _word()).sub(rf"{mark}\g<0>{mark}", text)


_ASCII_WORD = re.compile("[A-Za-z0-9]+")


@functools.cache
def _word() -> re.Pattern[str]:
    return re.compile(f"[{_ranges(_LETTERS_AND_DIGITS)}]+")


def _casefolded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _in_parts(text: str, change: Callable[[str], str]) -> str:
    """Change what stands between characters that are not assigned, each part by itself."""
    if _IS_THE_ONE or not _unassigned().search(text):
        return change(text)
    parts = _unassigned().split(text)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


def unassigned(text: str) -> list[re.Match[str]]:
    """Find the runs of characters that `VERSION` has not assigned."""
    return [] if text.isascii() else list(_unassigned().finditer(text))


@functools.cache
def _unassigned() -> re.Pattern[str]:
    return re.compile(f"([^{_ranges(_ASSIGNED)}]+)")


def _ranges(table: str) -> str:
    """Write a table for a pattern, to stand between brackets."""
    numbers = (part.partition(".") for part in table.split())
    steps = [(int(gap, 36), int(length or "0", 36)) for gap, _, length in numbers]
    ends = list(itertools.accumulate(gap + length for gap, length in steps))
    return "".join(rf"\U{end - length:08x}-\U{end:08x}" for end, (_, length) in zip(ends, steps, strict=True))


_ASSIGNED = (
    "0.on 3.5 5.6 2 2.j 2.b0 2.11 3.1d 3.2 2.1i 9.q 5.5 c.7h 2.1n 3.2s f.1m 3.1c 3.e 2.r 3 2.a 6.u 2.1 "
    "7.6j 2.7 3.1 3.l 2.6 2 4.3 3.8 3.1 3.3 9 5.1 2.4 3.o 3.2 2.5 5.1 3.l 2.6 2.1 2.1 2.1 3 2.4 5.1 3.2 4 "
    "8.3 2 8.g b.2 2.8 2.2 2.l 2.6 2.1 2.4 3.9 2.2 2.2 3 g.3 3.b 8.6 2.2 2.7 3.1 3.l 2.6 2.1 2.4 3.8 3.1 "
    "3.2 8.2 5.1 2.4 3.h b.1 2.5 4.2 2.3 4.1 2 2.1 4.1 4.2 4.b 5.4 4.2 2.3 3 7 f.k 6.c 2.2 2.m 2.f 3.8 "
    "2.2 2.3 8.1 2.2 3 3.3 3.9 8.l 2.2 2.m 2.9 2.4 3.8 2.2 2.3 8.1 7.1 2.3 3.9 2.1 e.c 2.2 2.1e 2.2 2.5 "
    "5.f 3.p 2.2 2.h 4.n 2.8 2 3.6 4 5.5 2 2.7 7.9 3.2 d.1l 5.s 12.1 2 2.4 2.n 2 2.m 3.4 2 2.5 3.9 3.3 "
    "x.1z 2.z 5.12 2.z 2.e 2.c 12.5h 2 6 3.ag 2.3 3.6 2 2.3 3.14 2.3 3.w 2.3 3.6 2 2.3 3.e 2.1k 2.3 3.1u "
    "3.v 4.p 7.2d 3.5 3.ik 4.2g 8.l a.n a.j d.c 2.2 2.1 d.2l 3.9 7.9 7.p 7.2g 8.16 6.1x b.u 2.b 5.b 5 "
    "4.15 3.4 c.17 5.p 7.a 4.1p 3.1s 2.s 3.a 7.9 7.d 3.u 1e.24 4.1a 2.37 9.1n 4.e 4.1n 8.16 3.a 9.16 6.et "
    "3.5 3.11 3.5 3.7 2 2 2 2.u 3.1g 2.e 2.d 3.5 2.i 3.2 2.8 2.2s 2.b 3.q 2.c 4.w g.w g.3v 5.ie q.a m.1eb "
    "3.v 2.9o 6.18 2 6 3.1j 8.1 f.n a.6 2.6 2.6 2.6 2.6 2.6 2.6 2.6 2.3h z.p 2.2g d.5x r.b 5.1r 2.2d 3.2u "
    "6.16 2.2l 2.2b d.1a 2.mlo 4.1i a.9n l.53 9.5m 6.1 2 2.4 p.1m 4.9 7.1j 9.1x 9.b 7.37 c.t 4.25 2.a 5.w "
    "2.1i a.d 3.9 3.2u p.r b.5 3.5 3.5 a.6 2.6 2.1n 5.3h 3.9 7.8mb d.m 5.1c 5.6st 3.2x 13.6 d.4 6.p 2.4 2 "
    "2.1 2.1 2.3g h.cc 3.1h 8 x.15 7.1e 2.i 2.3 5.4 2.3q 3 2.59 4.5 3.5 3.5 3.2 4.6 2.6 b.4 3.b 2.p 2.i "
    "2.1 2.e 3.d z.3e 6.2 5.18 4.2f 2.c 4 1c.19 3n.s 4.1c g.r 5.z a.t 6.16 6.t 2.10 5.d 17.4d 3.9 7.z 5.z "
    "5.13 9.1f c.b 2.e 2.6 2.1 2.a 2.e 2.6 2.1 1w.8m a.l b.7 p.5 2.15 2.8 1y.5 3 2.17 2.1 4 3.m 2.1z 9.8 "
    "1d.i 2.1 6.w 4.q 6 1t.1j 5.j 3.1d 2.1 6.7 2.2 2.s 3.2 5.9 8.8 8.1r x.12 5.b a.1h 4.s 3.q 6.p 8.3 d.6 "
    "29.20 1k.1e e.1e 8.19 9.9 87.u 2.15 2.2 3.1 27.13 9.15 n.p 13.r l.m a.25 5.z a.1v b 3.o 8.9 7.1g 2.h "
    "9.12 a.2n 2.j c.h 2.17 1u.6 2 2.3 2.e 2.a 7.1m 6.9 7.3 2.7 3.1 3.l 2.6 2.1 2.4 2.9 3.1 3.2 3 7 6.6 "
    "3.6 4.4 3w.2j 2.4 v.1z 9.9 4n.1h 3.11 z.1w c.9 7.c k.1l 7.9 1j.q 3.e 5.m 56.1n 2t.2a d.7 3 3.7 2.1 "
    "2.t 2.1 3.b a.9 1z.7 3.19 3.a s.1z 9.2a e.20 7c.8 2.18 2.d b.s 4.v 3.l 2.d 22.6 2.1 2.17 4 2.1 2.8 "
    "9.9 7.5 2.1 2.10 2.1 2.5 8.9 8n.o 54 g.1d e.pm 2v.32 2.4 c.5f 219.2q e.tq 2.8 348.g6 6nu.fs 8.u 2.9 "
    "5.28 2.9 7.t 3.5 b.1x b.9 2.6 2.k 6.i j5.2i 2u.22 5.1k 8.g 1t.4 c.1 f.4qf 9.yd 17.8 6w8.3 2.6 2.1 "
    "2.82 1a.2 i.3 9.az 1s5.2y 6.c 4.8 8.9 3.7 3ml.19 3.m a.37 1p.6t b.12 3.5d m.1x 4b.j d.2e a.o 3s.2c "
    "2.1y 2.1 3 3.1 3.3 2.b 2 2.6 2.1s 2.3 3.7 2.6 2.r 2.3 2.4 2 4.6 2.9f 3.83 3.jh g.4 2.e up.u 6a.6 2.g "
    "3.6 2.1 2.4 5y.18 4.d 3.9 5.1 8x.u i.1l 6 yp.6 2.3 2.1 2.e 2.5g 3.f 16.23 5.9 5.1 lu.1v 25.1o 5f.3 "
    "2.q 2.1 2 3 2.9 2.3 2 2 7 5 2 2 2.2 2.1 2 3 2 2 2 2 2.1 2 3.3 2.6 2.3 2.3 2 2.9 2.g 6.2 2.4 2.g 1h.1 "
    "7j.17 5.2r d.e 3.e 2.e 2.10 b.4t 1l.s e.17 5.8 8.1 f.5 4b.rb 6.f 4.c 4.37 d.2g 8.b 5 g.b 5.1j 9.9 "
    "7.13 9.t 3.1 27.9f d.d 3.4 4.4 4.6 a.s 4.a 6.5 b.9 7.7 9.6 a.42 2.1i 12.9 sn.wyn x.37c 8.65 3.4g1 "
    "f.5rk 2e8.f1 15v.3t6 fcfr v.2n 3l.6n 1e6p.1ekd 3.1ekd"
)
"""The ranges of characters that `VERSION` has assigned: how far each begins behind the end of the one before, and
how many more it has, to the base of 36."""

_LETTERS_AND_DIGITS = (
    "1c.9 8.p 7.p 1c 8.1 2 4.1 2.2 2.m 2.u 2.cp 5.b f.4 8 2 i.38 2.1 3.3 2 7 2.2 2 2.j 2.2a 2.3u 2.4s 2.11 3 7.14 "
    "9.18 2 2.1 2.1 2 9.q 5.3 u.a 6.21 5.2t 2.7 3.9 2.i 3 h.1m 3.2s f.1h 5 3 3.19 j.r 5.a 6.n 2.5 a.21 2.3k 3.9 "
    "2.i 2.7 3.1 3.l 2.6 2 4.3 3.8 3.1 3.3 9 5.1 2.4 3.b 3.5 3 2 3.2 2.5 5.1 3.l 2.6 2.1 2.1 2.1 3 2.4 5.1 3.2 4 "
    "8.3 2 8.f c.2 2.8 2.2 2.l 2.6 2.1 2.4 3.9 2.2 2.2 3 g.3 3.9 a.6 2.2 2.7 3.1 3.l 2.6 2.1 2.4 3.8 3.1 3.2 8.2 "
    "5.1 2.4 3.9 2.6 b.1 2.5 4.2 2.3 4.1 2 2.1 4.1 4.2 4.b 5.4 4.2 2.3 3 7 f.c e.c 2.2 2.m 2.f 3.8 2.2 2.3 8.1 "
    "2.2 3 3.3 3.9 9.6 2.3 2.7 2.2 2.m 2.9 2.4 3.8 2.2 2.3 8.1 7.1 2.3 3.9 2.1 e.c 2.2 2.1e 2.2 2.4 6.f 3.i 2.5 "
    "2.2 2.h 4.n 2.8 2 3.6 4 5.5 2 2.7 7.9 3.1 e.1l 6.e 2.9 14.1 2 2.4 2.n 2 2.m 3.4 2 2.5 3.9 3.3 x o.1 7.j 2 2 "
    "2 5.9 2.z 5.j 2.h 2.z a 1m.21 7.25 3.11 2 6 3.16 2.98 2.3 3.6 2 2.3 3.14 2.3 3.w 2.3 3.6 2 2.3 3.e 2.1k 2.3 "
    "3.1u 3.2 a.j 4.f h.2d 3.5 4.h7 3.g 2.p 6.22 4.a 8.l a.l c.j d.c 2.2 2.1 d.2b 4 5.1 3.9 7.9 i.2 2.a 7.2g 8.16 "
    "6.1x b.u 2.b 5.b b.13 3.4 c.17 5.p 7.a 12.r 5.1q 2.s 3.a 7.9 e 9.u 1e.24 4.9 i.8 d.37 d.1j 9.9 4.1c 3.8 8.16 "
    "3.2 h.2 2.12 6.et 3.5 3.11 3.5 3.7 2 2 2 2.u 3.1g 2.6 2 4.2 2.6 4.3 3.5 5.c 6.2 2.6 38.1 3.5 6.a 7.c 1g.w i "
    "5 3.9 2 4.4 7 2 2 2.3 2.a 3.3 6.4 5 2.1l k7.1n 27.l hj.t vh.6c 7.8 a 3.11 2 6 3.1j 8 g.n a.6 2.6 2.6 2.6 2.6 "
    "2.6 2.6 2.6 2.v 1c d2.2 q.e 2.4 3.4 5.2d 3.1 3.2 2.2h 2.3 6.16 2.2l 4.3 b.v 1d.f x.9 v.7 2.e x.9 14.e 8x.533 "
    "1t.h3g 1w.19 3.7g 4.r l.1e 2.9 2.36 12.8 3.2u 3.1r 6.1 2 2.4 p.1h 5 4.5 b.1f d.1x b.9 7.n 4 2.1c 3.z d.s "
    "4.1s f.a 7.u 2.1i a.d 3.9 7.m 4.20 p.2 3.f 3.4 b.5 3.5 3.5 a.6 2.6 2.16 2.d 7.3e 2.1 3.9 7.8mb d.m 5.1c "
    "6it.a5 3.2x 13.6 d.4 6.b 2.c 2.4 2 2.1 2.1 2.2z y.a2 j.1r 3.1h 15.b 5.f h.f 1t.4 2.3q k.9 8.p 7.p c.2g 4.5 "
    "3.5 3.5 3.2 10.b 2.p 2.i 2.1 2.e 3.d z.3e d.18 d.1k i.1 36 3n.s 4.1c g.r 5.z a.t 6.16 6.t 3.z 5.7 2.4 17.4d "
    "3.9 7.z 5.z 5.13 9.1f d.a 2.e 2.6 2.1 2.a 2.e 2.6 2.1 1w.8m a.l b.7 p.5 2.15 2.8 1y.5 3 2.17 2.1 4 3.m 3.u "
    "3.11 9.8 1d.i 2.1 6.w 5.p 1z.1j 5.j 3.1d 2.1 6.7 2.2 2.s 3.2 5.9 o.u 2.v x.7 2.t 5.4 h.1h b.l 3.q 6.p o.6 "
    "29.20 1k.1e e.1e 8.19 9.9 87.u 2.15 2.1 4.1 27.13 9.10 s.l 17.r l.m a.1y c.z a.1n 8 e.o 8.9 7.1g 2.9 5.3 9.z "
    "3 a.1w 5.3 2.c 2 5.j c.h 2.10 7 1u.6 2 2.3 2.e 2.9 8.1m 6.9 7.3 2.7 3.1 3.l 2.6 2.1 2.4 2.9 3.1 3.2 3 7 6.6 "
    "3.6 4.4 3w.22 6.9 5.3 v.1x 2 9.9 4n.1h 3.8 o.5 z.1s 4 c.9 13.1k 8.9 1j.q 3.e 5.b 5.6 56.1m 2u.2a d.7 3 3.7 "
    "2.1 2.t 2.1 3.8 d.9 1z.7 3.19 3.7 2.1 s.1q 9 9.21 4 j.20 7c.8 2.18 2.8 g.s 6.t 3.l 2.d 22.6 2.1 2.17 4 2.1 "
    "2.8 9.9 7.5 2.1 2.10 2.1 2.5 8.9 8n.m 56 g.k 18.pl 2v.32 i.5f 219.2o g.tq 34i.g6 6nu.fs 8.u 2.9 7.26 2.9 7.t "
    "3.4 c.1i a.3 d.9 2.6 2.k 6.i j5.2e 2y.22 5.1k 8.g 1t.1 2.1 c.1 f.4qf 9.yd 17.8 6w8.3 2.6 2.1 2.82 1a.2 i.3 "
    "9.az 1s5.2y 6.c 4.8 8.9 4.1 3mq.19 3.m f3.4 4.5 9.7 3.6 v.3 45.2 4c.j 31.o 3s.2c 2.1y 2.1 3 3.1 3.3 2.b 2 "
    "2.6 2.1s 2.3 3.7 2.6 2.r 2.3 2.4 2 4.6 2.9f 3.o 2.o 2.u 2.o 2.u 2.o 2.u 2.o 2.u 2.o 2.7 3.1d e9.1i 5.1d 9 f "
    "n.4 2.e up.u 6a.6 2.g 3.6 2.1 2.4 5y.18 4.d 3.9 5 8y.u i.1l yv.6 2.3 2.1 2.e 2.5g 3.f 16.23 5.9 m0.1m 2.2 "
    "2.3 25.18 2.e 5f.3 2.q 2.1 2 3 2.9 2.3 2 2 7 5 2 2 2.2 2.1 2 3 2 2 2 2 2.1 2 3.3 2.6 2.3 2.3 2 2.9 2.g 6.2 "
    "2.4 2.g g5.c 25g.9 sn.wyn x.37c 8.65 3.4g1 f.5rk 2e8.f1 15v.3t6 fcmu.6n"
)
"""The same of the categories L, M and N in `VERSION`: letters, what stands on them, and digits."""


def printable(text: str, *, lines: bool = False) -> str:
    r"""Give a text without what could move the cursor, colour the terminal or turn the direction of writing.

    >>> printable("Kestrel\x1b[31m\nFreight")
    'Kestrel [31m Freight'
    """
    keep = "\n\t" if lines else ""
    return "".join(c if c.isprintable() or c in keep else " " for c in text)
