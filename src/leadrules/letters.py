"""The forms of a text that the rules of one file look at: as it is compared, as patterns see it, as words stand in it.

A file compares texts with their accents, or without. Either way case and the kind and amount of white
space make no difference. What stands in audits is the text as it came.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from leadrules.characters import casefolded, spaced, unmarked, words_between

EDGE = "\n"
"""Stands around each word of a text in which words are looked for: white space that no compared text has."""

REST = "*"
"""At the end of a word that is looked for it stands for any rest of one."""


def folded(text: str) -> str:
    """Give the form in which texts are compared: NFC(casefold(NFC)), one space for each run of white space."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.lower()
    return casefolded(spaced(text))


def unaccented(text: str) -> str:
    """Give a text without accents: no marks, and the letters that carry theirs in them as plain ones.

    >>> unaccented("Łódź, Straße"), unaccented("Ærøskøbing")
    ('Lodz, Strasse', 'AEroskobing')
    """
    return text if text.isascii() else unmarked(text).translate(_PLAIN)


def _spaced_unaccented(text: str) -> str:
    return unaccented(spaced(text))


def _folded_unaccented(text: str) -> str:
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.lower()
    return unaccented(folded(unaccented(text)))  # to fold a letter may give it a mark, or make a letter of one


@attrs.frozen
class Letters:
    """How a rule file sees texts: `folded` for comparisons, `plain` for patterns, which see the case themselves."""

    folded: Callable[[str], str]
    plain: Callable[[str], str]

    @property
    def accents_ignored(self) -> bool:
        """Tell whether texts are compared without accents."""
        return self is UNACCENTED


ACCENTED = Letters(folded, spaced)
UNACCENTED = Letters(_folded_unaccented, _spaced_unaccented)


# --------------------------------------------------------------------- words


def worded(folded_text: str) -> str:
    r"""Give a folded text with the edges of its words, in which words are looked for.

    >>> worded("vp sales")
    '\nvp\n \nsales\n'
    """
    return words_between(folded_text, EDGE)


def sought(folded_text: str) -> str:
    """Give what stands in a text with edges where it has these words: after a final `*` they may go on.

    >>> sought("dyrektor*") in worded("asystent dyrektora"), sought("dyrektor") in worded("asystent dyrektora")
    (True, False)
    """
    if not folded_text.endswith(REST):
        return worded(folded_text)
    return worded(folded_text[: -len(REST)]).removesuffix(EDGE)


def why_no_words(text: str) -> str | None:
    """Say why nobody can mean a text as words to look for; None where somebody can.

    >>> why_no_words("c*"), why_no_words("& *"), why_no_words("*rektor")
    (None, 'has no letter and no digit', 'has a `*` that does not stand at its end')
    """
    if REST in text.strip()[: -len(REST)]:
        return f"has a `{REST}` that does not stand at its end"
    return None if EDGE in worded(folded(text)) else "has no letter and no digit"


def stands_as_words(whole: str, part: str) -> bool:
    """Tell whether one folded text has the words of another one, in their order and whole."""
    return sought(part) in worded(whole)


# ------------------------------------------------------------------- letters

_SAME = {
    "A": "Ⱥ", "B": "ƁƂɃꞖ", "C": "ƇȻꞒꟄ", "D": "ĐƉƊƋꟇ", "E": "ƏƐɆ", "F": "ƑꞘ", "G": "ƓǤꞠ", "H": "ĦⱧꞪ", "I": "Ɨ",
    "J": "ɈꞲ", "K": "ƘⱩꝀꝂꝄꞢ", "L": "ĿŁȽⱠⱢꝈꞭ", "M": "Ɱ", "N": "ŊƝȠꞐꞤ", "O": "ØƆƟꝊꝌ", "P": "ƤⱣꝐꝒꝔ", "Q": "ꝖꝘ",
    "R": "ɌⱤꞦ", "S": "ⱾꞨꟅꟉ", "T": "ŦƬƮȾ", "U": "ɄꞸ", "V": "ƲꝞ", "W": "Ⱳ", "Y": "ƳɎỾ", "Z": "ƵȤⱫⱿꟆ",
    "a": "ᶏẚⱥ", "b": "ƀƃɓᵬᶀꞗ", "c": "ƈȼɕꞓꞔ𝼝", "d": "đƌȡɖɗᵭᶁᶑꟈ", "e": "ǝəɇɛᶒⱸꬴ", "f": "ƒᵮᶂꞙ", "g": "ǥɠᶃꞡ", "h": "ħɦⱨꞕ",
    "i": "ıɨᶖ𝼚", "j": "ȷɉʝ", "k": "ĸƙᶄⱪꝁꝃꝅꞣ", "l": "ŀłƚȴɫɬɭᶅⱡꝉꞎꬷꬸꬹ𝼑𝼓", "m": "ɱᵯᶆꬺ", "n": "ŋƞȵɲɳᵰᶇꞑꞥꬻ",
    "o": "øɔɵⱺꝋꝍ𝼛", "p": "ƥᵱᵽᶈꝑꝓꝕ", "q": "ɋʠꝗꝙ", "r": "ɍɼɽɾᵲᵳᶉꞧꭉ𝼖", "s": "ſȿʂᵴᶊꞩꟊ𝼞", "t": "ŧƫƭȶʈᵵⱦ𝼉",
    "u": "ʉᶙꞹꭎꭒ", "v": "ʋᶌⱱⱴꝟ", "w": "ⱳ", "x": "ᶍꭖꭗꭘꭙ", "y": "ƴɏỿꭚ", "z": "ƶȥɀʐʑᵶᶎⱬ",
}  # fmt: skip
_SEVERAL = {
    "Æ": "AE", "Ð": "D", "Þ": "TH", "ẞ": "SS", "Œ": "OE", "Ĳ": "IJ", "Ǆ": "DZ", "ǅ": "Dz", "Ǉ": "LJ", "ǈ": "Lj",
    "Ǌ": "NJ", "ǋ": "Nj", "Ǳ": "DZ", "ǲ": "Dz", "æ": "ae", "ð": "d", "þ": "th", "ß": "ss", "œ": "oe", "ĳ": "ij",
    "ŉ": "n", "ǆ": "dz", "ǉ": "lj", "ǌ": "nj", "ǳ": "dz",
}  # fmt: skip
_PLAIN = {ord(letter): plain for plain, letters in _SAME.items() for letter in letters} | {
    ord(letter): plain for letter, plain in _SEVERAL.items()
}
"""Latin letters that no mark can be taken off, since Unicode does not decompose them: all that have a name such as
`LATIN SMALL LETTER L WITH STROKE`, ligatures, and letters that are written as another where they cannot be typed."""
