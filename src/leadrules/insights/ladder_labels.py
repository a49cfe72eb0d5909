"""The ladder whose labels a column holds: in the usual order of a sale, as far as the words are known."""

from __future__ import annotations

from collections.abc import Iterable

from leadrules.errors import Span
from leadrules.insights.header_names import plain_word, worded
from leadrules.syntax import tree
from leadrules.syntax.formatter import text_of
from leadrules.syntax.words import OPERAND_WORDS, STATEMENT_WORDS, TAIL_WORDS, TARGET_WORDS

_NOWHERE = Span("", 0, 0, 1, 1)
_RESERVED = frozenset((*STATEMENT_WORDS, *OPERAND_WORDS, *TARGET_WORDS, *TAIL_WORDS))
_STEPS = (
    "visitor subscriber abonnent abonado",
    "new nowy nowa neu nouveau nuevo",
    "open otwarty offen ouvert abierto",
    "lead zimny cold kalt froid frio",
    "attempted attempting attemptedtocontact contacted connected kontakt skontaktowano kontaktiert contacte contactado",
    "inprogress wtrakcie cieply warm",
    "working nurturing engaged",
    "mql marketingqualifiedlead marketingqualified goracy hot",
    "sal salesacceptedlead",
    "sql salesqualifiedlead salesqualified qualified zakwalifikowany qualifiziert qualifie calificado",
    "meeting demo spotkanie termin rendezvous reunion",
    "opportunity opendeal szansa chance opportunite oportunidad",
    "proposal oferta angebot offre propuesta quote",
    "negotiation negocjacje verhandlung negociation negociacion",
    "contract umowa vertrag contrat contrato",
    "customer won closedwon klient wygrany wygrana kunde gewonnen client gagne cliente ganado",
    "evangelist ambasador",
)
_EXITS = worded(
    "lost closedlost disqualified unqualified badfit recycled rejected junk spam churned utracony utracona "
    "przegrany przegrana odrzucony zdyskwalifikowany verloren abgelehnt unqualifiziert perdu rejete perdido "
    "descartado rechazado"
)
_PLACES = {word: place for place, words in enumerate(_STEPS) for word in words.split()}


def ladder_of(name: str | None, labels: Iterable[str], column: str) -> str:
    """Write a `stages` line for the labels of a column; unknown words stand at the end, as they came.

    >>> ladder_of(None, ["Customer", "Lead", "Lost"], "Etap")
    'stages Lead < Customer exit Lost from "Etap"'
    """
    given = list(labels)
    exits = [label for label in given if _key(label) in _EXITS]
    steps = sorted((label for label in given if label not in exits), key=lambda label: _PLACES.get(_key(label), 99))
    if len(steps) < 2:
        steps, exits = given, []
    return text_of(
        tree.Stages(
            None if name is None else tree.Name(name, span=_NOWHERE),
            tuple(map(_label, steps)),
            tuple(map(_label, exits)),
            columns=(tree.Text(column, span=_NOWHERE),),
            span=_NOWHERE,
        )
    )


def _key(label: str) -> str:
    return "".join(c for c in plain_word(label) if c.isalnum())


def _label(text: str) -> tree.Name | tree.Text:
    is_word = text.isascii() and text.isidentifier() and text not in _RESERVED
    return tree.Name(text, span=_NOWHERE) if is_word else tree.Text(text, span=_NOWHERE)
