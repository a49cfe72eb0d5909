"""How words of European languages are spelled, as far as it tells one code page from another.

A code page that is not the right one puts letters where no language has them: `Muńoz` for `Muñoz`, `du¿y` for
`duży`. For each language there are its letters beyond a to z, and where they do not stand in a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import pairwise

import attrs

CENTRAL, WESTERN = "central", "western"
_VOWELS = "aeiouyáéíóúýàèìòùâêîôûäëïöüãõåæøœąęěůăőű"


@attrs.frozen
class _Language:
    letters: frozenset[str]
    wrong: str  # a pattern, which `re` compiles when the first text of a code page comes

    def weigh(self, word: str) -> float:
        """Give 1 for a word that may be of this language, less where its letters stand oddly or are not of it."""
        foreign = {letter for letter in word if letter.isalpha() and not letter.isascii()}
        if not foreign <= self.letters:
            return -1.0
        if self.wrong and re.search(self.wrong, word):
            return -0.5
        return 1.0 if foreign else 0.0


def _language(letters: str, wrong: str = "") -> _Language:
    return _Language(frozenset(letters), wrong.replace("V", f"[{_VOWELS}]"))


_NOT_LATIN = r"w|k|[cszr]z"
LANGUAGES: Mapping[str, Mapping[str, _Language]] = {
    CENTRAL: {
        "Polish": _language(
            "ąćęłńóśźż",
            r"[ńśćź]V|ę[aeiouyóąęrnmhjfw]|ą[aeiouyó]|[aeouyąęó][ąę]|\b[ąęń]|^mł$|[tmlp]ę[tm]e|[qvx]",
        ),
        "Czech": _language(
            "áčďéěíňóřšťúůýžöü",
            r"č[rdmvbpgfzxs]|ř[bdglmrvwj]|[bcdfghjklmprstvx]ň|ň\w?e|\bě|V[ěů]|ň[aáo]|ď[aouvk]|[qxw]",
        ),
        "Slovak": _language(
            "áäčďéíĺľňóôŕšťúýž",
            r"č[rdmvbpgfzxs]|[bcdfghjklmprstvx]ň|ŕ(?!c|č|t|k|š|h)|ĺ(?![bčhkpžtz])|ď[aouvk]|\b[ŕĺ]|[qxw]",
        ),
        "Hungarian": _language("áéíóöőúüű", r"V[őű]|[őű]V|[qxw]"),
        "Romanian": _language("ăâîşţ", r"ă[aeoăâî]|[aeo]ă|ţ[bcdfgkm]"),
        "Croatian": _language("čćđšž", r"(?<=[bcdfghklmpqstvxz])ć|č[dgfxsp]|[^\W\d]čv|[qxwy]"),
        "German": _language("äöüß"),
    },
    WESTERN: {
        "French": _language(
            "àâçèéêëîïôœùûüÿ",
            r"[aeoyéà]è|\bè|è(?![bcdfglmnpqrstvz]{1,2}(?:[eu]|s?$)|gle|ch)|ê[aeiouydzjkbg]|êst|[aeyé]ê|ê$|à\w"
            rf"|(?<!o)ù|ù\w|œ(?![ui])|(?<![aeoué])[ïë]|[ïÿ]$|û[aeiouyjkdw]|[eiay]û|{_NOT_LATIN}",
        ),
        "Spanish": _language("áéíñóúü", rf"ñ(?![aeiouáéíóú])|[bcdfghjkmpqtvxz]ñ|{_NOT_LATIN}"),
        "Portuguese": _language(
            "ãáàâçéêíóôõúü", rf"ã(?![oesi]|$)|õ(?!e)|[aoeu]ê|iê$|ê[aeoubdfgkljz]|à\w\w|{_NOT_LATIN}"
        ),
        "Italian": _language("àèéìíòóù", rf"[àèìòù]\w|V[òà]$(?<!i[òà])|{_NOT_LATIN}"),
        "Danish": _language("æøåéöäü", r"[æøå][aiouéæøå]|øe(?!r|n|t$)|[aeiou][æøå]|[cszr]z"),
        "Swedish": _language("åäöéü", r"å[aeiouäö]|[aeiouäö]å|[cszr]z"),
        "Dutch": _language("éèëïóöü", r"(?<![aeiou])[ëï]|è[aeiou]|\bè"),
        "German": _language("äöüß"),
    },
}
"""The languages of a group of code pages."""


def weights(word: str, group: str) -> dict[str, float]:
    """Weigh a word in each language of a group, from 1, a word of it, to -1, none at all."""
    odd = _is_odd(word)
    plain = word.casefold() if "ß" not in word else word.lower()
    return {name: -1.0 if odd else language.weigh(plain) for name, language in LANGUAGES[group].items()}


_BEFORE = frozenset("'’\u2018-“„”«(.\"…»&+*#@:!?%–—_[]{}~`^$§")
"""What may stand before a letter inside a word, such as a sign that quotes it, or joins two words."""
_AFTER = _BEFORE | frozenset("ºª°®©™")


_NEVER = frozenset({"Cc", "Cn", "Co", "Sk", "Lm"})
"""Categories of Unicode of which nobody writes a sign: controls, and accents that stand alone."""


def _is_odd(word: str) -> bool:
    """Tell whether a word has signs or capitals among its letters, as no language has."""
    if any(not letter.isascii() and unicodedata.category(letter) in _NEVER for letter in word.replace("\xb4", "'")):
        return True
    if re.search(r"[¹²³](?<!m[²³])|[¹²³][^\W\d]", word):
        return True
    for place, (before, letter) in enumerate(pairwise(word)):
        sign_follows = before.isalpha() and not letter.isalpha() and not letter.isdigit() and letter not in _AFTER
        sign_before = letter.isalpha() and not before.isalpha() and not before.isdigit() and before not in _BEFORE
        sign_before = sign_before and not (before in "¿¡" and place == 0)
        jumps = before.islower() and letter.isupper() and not letter.isascii()
        of_number = not before.isascii() and before.isalpha() and letter.isdigit()
        if sign_follows or sign_before or jumps or of_number:
            return True
    return False
