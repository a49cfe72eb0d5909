"""From the text of a title to words: folded, without genders, accents and dots, and what stands between them."""

from __future__ import annotations

import re
import unicodedata

MOST_LETTERS = 300
"""How much of a title is looked at; what is longer is a biography."""

STRONG, COMMA, JOINT = ";", ",", "/"
"""What separates two titles for certain, what may, and what joins two of them, or two fields of one."""

SEPARATORS = frozenset({STRONG, COMMA, JOINT})

_LETTERS = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "\u0131": "i"} | dict.fromkeys("’`\u00b4", "'")
)
_AMPERSAND_PAIR = re.compile(r"\b(\w) ?& ?(\w)\b")  # R&D, M&A
_DOTTED = re.compile(r"\b(?:[^\W\d]\. *){2,}(?:[^\W\d](?!\w))?")  # C.E.O., p. o.
_OUT_OF_SERVICE = re.compile(r"\b(?:a\. *d\.|i\. *r\.)", re.IGNORECASE)  # außer Dienst, im Ruhestand
_NO_LONGER = re.compile(  # until 2020, (do 2020), 2015-2020
    r"(?:\b(?:until|till|do|bis|jusqu['’]?(?: ?en| ?à)?|hasta)\s+(?:\w+\.?\s+)?(?:19|20)\d\d\b(?: ?r\.?)?)"
    r"|(?:\b(?:19|20)\d\d ?[-–—] ?(?:(?:19|20)\d\d|\d\d)\b)",
    re.IGNORECASE,
)
_FORMER_POLISH = re.compile(r"(?:^|(?<=[,;/|(]))\s*b\.\s*(?=[^\W\d_]{3})", re.IGNORECASE)  # b. prezes, "former"
_GENDERS = re.compile(r"[(\[]?\b[mwfdhkxi](?: ?[/|*] ?[mwfdhkxi]){1,3}\b[)\]]?", re.IGNORECASE)  # (m/w/d), H/F
_ENDINGS = re.compile(  # Leiter:in, chargé(e), dyrektor/ka, director/a, directeur·rice
    r"(?<=[^\W\d_])(?:[:*_·]|/-?|\(-?|\.(?=\w{2,4}\b))(?:in(?:nen)?|ka|czka|tka|trice|rice|euse|ère|ne|se|re|a|e)\)?(?!\w)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"\b[^\W_]+'s\b(?= )", re.IGNORECASE)  # the CEO's assistant
_PIECES = re.compile(r"[^\W_]+|[&+]|[;|•\n\t()\[\]{}–—]|(?<= )-(?= )|[,:/]")
_SIGNS = {"&": "and", "+": "and", ",": COMMA, ":": COMMA, "/": JOINT}


def words_of(title: str) -> list[str]:
    """Give the words of a title in order, folded, with separators between them.

    >>> words_of("Dyrektor/ka ds. sprzedaży – R&D (k/m)")
    ['dyrektor', 'ds', 'sprzedazy', ';', 'rd']
    >>> words_of("Founder & C.E.O., Stellv. Geschäftsführer:in")
    ['founder', 'and', 'ceo', ',', 'stellv', 'geschaftsfuhrer']
    """
    text = unicodedata.normalize("NFKC", title[:MOST_LETTERS]).translate(_LETTERS)
    for pattern, instead in (
        (_AMPERSAND_PAIR, r"\1\2"),
        (_GENDERS, " "),
        (_OUT_OF_SERVICE, " retired "),
        (_NO_LONGER, " nolonger "),
        (_FORMER_POLISH, " former "),
        (_DOTTED, lambda found: found[0].replace(".", "").replace(" ", "") + " "),
        (_ENDINGS, ""),
        (_POSSESSIVE, ""),
    ):
        text = pattern.sub(instead, text)
    return [_SIGNS.get(piece, fold(piece) if piece[0].isalnum() else STRONG) for piece in _PIECES.findall(text)]


def fold(text: str) -> str:
    """Write a text in small letters without accents.

    >>> fold("Zażółć"), fold("Größe"), fold("DIRECTRICE GÉNÉRALE")
    ('zazolc', 'grosse', 'directrice generale')
    """
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
