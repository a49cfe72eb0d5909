import pytest
from leadrules_title.words import words_of


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("C.E.O.", ["ceo"]),
        ("p.o. dyrektora", ["po", "dyrektora"]),
        ("R&D / M & A", ["rd", "/", "ma"]),
        ("Sales&Marketing", ["sales", "and", "marketing"]),
        ("Leiter:in", ["leiter"]),
        ("Leiter*innen", ["leiter"]),
        ("Leiter/-in", ["leiter"]),
        ("Leiter(in)", ["leiter"]),
        ("Dyrektor/ka", ["dyrektor"]),
        ("chargé(e)", ["charge"]),
        ("directeur·rice", ["directeur"]),
        ("directeur.rice", ["directeur"]),
        ("director/a", ["director"]),
        ("Leitung (m/w/d)", ["leitung"]),
        ("Responsable H/F", ["responsable"]),
        ("Kierownik (k/m)", ["kierownik"]),
        ("Geschäftsführer a.D.", ["geschaftsfuhrer", "retired"]),
        ("Geschäftsführer i. R.", ["geschaftsfuhrer", "retired"]),
        ("p. o. dyrektora", ["po", "dyrektora"]),
        ("Geschäftsführer i.   R.", ["geschaftsfuhrer", "retired"]),
        ("Prezes (do 2020)", ["prezes", ";", "nolonger", ";"]),
        ("Prezes do czerwca 2020 r.", ["prezes", "nolonger"]),
        ("CEO 2012–2019", ["ceo", "nolonger"]),
        ("Director since 2015", ["director", "since", "2015"]),
        ("b. prezes, b. dyrektor", ["former", "prezes", ",", "former", "dyrektor"]),
        ("Sp. b. o.", ["sp", "bo"]),
        ("CEO's Assistant", ["assistant"]),
        ("chef d’équipe", ["chef", "d", "equipe"]),
        ("Vice-President", ["vice", "president"]),
        ("VP - Sales", ["vp", ";", "sales"]),
        ("Director (retired)", ["director", ";", "retired", ";"]),
        ("ＣＥＯ", ["ceo"]),  # noqa: RUF001 - full-width letters, as some forms give them
        ("Größe Łódź İstanbul", ["grosse", "lodz", "istanbul"]),
        ("🚀", []),
    ],
)
def test_words(title, words):
    assert words_of(title) == words


def test_only_the_beginning_of_a_biography_is_read():
    assert len(words_of("x " * 10_000)) == 150
