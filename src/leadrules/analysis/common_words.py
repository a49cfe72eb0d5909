"""Words that leads are full of, to show what a short text is found in that nobody thought of.

Titles, departments, industries, places and pages of web sites, in English and Polish; made by hand,
as a warning needs a few good examples and no dictionary.
"""

from __future__ import annotations

from leadrules.letters import folded

MOST_LETTERS = 6
"""Texts of more letters than this are seldom a part of another word by accident."""

_WORDS = """
mvp svp evp avp pvp ecommerce retail email detail maintain training campaign chairman chairwoman repair
director doctor factor factory sector contractor instructor inspector collector electoral october conductor
international internal internet department apartment article partner party smart start chart charter
manager management human humanity german many woman command demand performance
accountant account discount country counter county encounter
administrator administration minister ministry registrar teacher technician technology architect
assistant consistent existing business president resident vice service device advice officer office
coordinator cook cooperation school cool recruiter recruitment security quality community university
engineer engineering career carrier care healthcare carpenter scarcity software hardware warehouse
marketing market purchase purchasing procurement research researcher
developer development devops owner download town brown crown
sales representative report reporter preparation
support portfolio transport export import airport sport important opportunity
finance financial refinance insurance trainee student studio intern
operations operator cooperative corporation corporate incorporated
logistics statistics logistician consultant consulting result
chief head headquarters leader leadership cheerleader
christian chrome three through threshold shrimp
pricing enterprise prices contact contract contractor about product production reproduction
black blog catalog logout login dialogue analog
wielkopolskie małopolskie opolskie zachodniopomorskie pomorskie kujawskie dolnośląskie śląskie
dyrektor inspektor kierownik kierowca prezes właściciel
specjalista asystentka księgowość przedsiębiorstwo handlowiec pracownik pracodawca nauczyciel
współpraca zastępca doradca sprzedawca kupiec zakupy logistyka informatyk automatyk
"""

_BEGINNINGS = {"intern": "international", "man": "manager", "port": "portfolio", "car": "career", "art": "article"}


def word_around(text: str) -> str | None:
    """Give a word that a text is a part of though it means something else; None where none is known.

    A text that begins a word is mostly meant for all that begin so (`engineer` for `engineering`).

    >>> word_around("CTO"), word_around("intern"), word_around("engineer")
    ('director', 'international', None)
    """
    part = folded(text)
    if not part.isalpha() or len(part) > MOST_LETTERS:
        return None
    inside = (word for word in _WORDS.split() if part in folded(word) and not folded(word).startswith(part))
    return _BEGINNINGS.get(part) or next(inside, None)
