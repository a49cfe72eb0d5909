"""What the header of a column says about it: which standard field it is, or that it holds ids, names or free text.

The names are those that HubSpot, Salesforce, Pipedrive, Zoho and Polish programs write, and what people
call such columns in English, Polish, German, French and Spanish.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import lru_cache

from leadrules.letters import folded

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+")
_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe"})


@lru_cache(maxsize=10_000)
def words_of(header: str) -> tuple[str, ...]:
    """Split a header into its words, without case and accents.

    >>> words_of("Number_of employees"), words_of("firstName"), words_of("Średni wiek (lata)")
    (('number', 'of', 'employees'), ('first', 'name'), ('sredni', 'wiek', 'lata'))
    """
    return tuple(map(folded, _WORD.findall(_without_accents(header))))


def plain_word(text: str) -> str:
    """Give a word without case and accents."""
    return folded(_without_accents(text))


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.translate(_LETTERS))
    return "".join(c for c in apart if not unicodedata.combining(c))


def worded(words: str) -> frozenset[str]:
    """Give the words of a text."""
    return frozenset(words.split())


def _table(**names: str) -> dict[tuple[str, ...], str]:
    return {words_of(name): field for field, listed in names.items() for name in listed.split(" | ")}


_STANDARD = _table(
    email="email | e-mail | mail | email address | e-mail address | work email | adres email | adres e-mail"
        " | E-Mail-Adresse | courriel | adresse email | adresse e-mail | correo | correo electrónico"
        " | email do kontaktu | person email | contact email",
    phone="phone | phone number | telephone | telefon | numer telefonu | nr telefonu | telefonnummer"
        " | téléphone | numéro de téléphone | teléfono | número de teléfono | mobile phone"
        " | mobile phone number | mobile | telefon komórkowy | komórka | handy | mobiltelefon | móvil"
        " | business phone | work phone | person phone",
    first_name="first name | firstname | given name | imię | vorname | prénom | nombre de pila",
    last_name="last name | lastname | surname | family name | nazwisko | nachname | nom de famille | apellido"
        " | apellidos",
    company="company | company name | companyname | account name | organization | organisation"
        " | organization name | firma | nazwa firmy | przedsiębiorstwo | kontrahent | nazwa kontrahenta"
        " | firmenname | unternehmen | société | entreprise | nom de l'entreprise | raison sociale"
        " | empresa | nombre de la empresa | associated company",
    job_title="job title | jobtitle | position | title | contact title | stanowisko | stanowisko pracy"
        " | berufsbezeichnung | stellenbezeichnung | poste | fonction | intitulé du poste | cargo | puesto",
    website="website | website url | web site | company website | homepage | strona www | strona internetowa"
        " | www | webseite | internetseite | site web | sitio web | página web",
    city="city | town | mailing city | billing city | miasto | miejscowość | stadt | ort | ville | ciudad"
        " | localidad",
    region="region | state | province | state/region | state/province | mailing state | billing state"
        " | voivodeship | województwo | bundesland | département | provincia | comunidad autónoma",
    country="country | country/region | mailing country | billing country | kraj | państwo | land | pays | país",
    language="language | preferred language | język | sprache | langue | idioma",
    industry="industry | sector | branża | branche | secteur | secteur d'activité | sector de actividad"
        " | industria",
    source="source | lead source | original source | original traffic source | źródło | źródło leada"
        " | źródło kontaktu | quelle | lead quelle | leadquelle | origine | source du lead | origen"
        " | fuente | origen del lead",
    channel="channel | marketing channel | kanał | kanal | canal",
    campaign="campaign | campaign name | utm campaign | kampania | nazwa kampanii | kampagne | campagne"
        " | campaña",
    employees="employees | number of employees | numberofemployees | no. of employees | employee count"
        " | headcount | company size | liczba pracowników | zatrudnienie | ilość pracowników"
        " | wielkość firmy | mitarbeiter | mitarbeiterzahl | anzahl mitarbeiter | anzahl der mitarbeiter"
        " | effectif | nombre d'employés | nombre de salariés | número de empleados | empleados"
        " | num employees | # employees",
    annual_revenue="annual revenue | annualrevenue | revenue | yearly revenue | przychód | roczny przychód"
        " | obrót roczny | przychody roczne | roczne przychody | obrót | jahresumsatz | umsatz"
        " | chiffre d'affaires | chiffre d'affaires annuel | ingresos anuales | facturación anual",
    age="age | wiek | alter | âge | edad",
    created="created | created at | created date | create date | createdate | creation date | date created"
        " | created time | lead created | add time | data utworzenia | utworzono | data dodania | erstellt"
        " | erstellt am | erstelldatum | date de création | créé le | fecha de creación | creado",
)  # fmt: skip
"""Standard fields by the names that their columns have; `Budget` and its kin are amounts in most programs."""

_UNITS = worded("pln zl eur euro usd gbp chf czk sek nok dkk huf tys k")

IDENTIFIERS = worded(
    "nip regon pesel krs vat vatin vatid ustid ustidnr uid siren siret cif nif dni nie tva iva tin ein duns ssn "
    "ico dic iban nrb bic swift konto rachunek rib cuenta phone telephone telefon tel mobile komorka komorkowy "
    "handy mobil movil telefono fax faks rufnummer zip zipcode postcode postal postalcode pocztowy plz "
    "postleitzahl cp id ids uuid guid identyfikator identifier identificador identifiant kennung key klucz sku "
    "ean gtin isbn vin code kod kode codigo pkd nace naics sic gclid fbclid hash token ip nr numer nummer "
    "telefonnummer kundennummer bestellnummer auftragsnummer rechnungsnummer vertragsnummer artikelnummer "
    "steuernummer handelsregisternummer"
)
"""Words that say, anywhere in a header, that a column holds ids: text, however many digits it has."""

_AMOUNTS = worded(
    "count amount total sum number num quantity qty revenue price cost value score size age years days percent "
    "share rate budget employees visits liczba ilosc suma kwota wartosc cena koszt budzet obrot przychod "
    "przychody wiek lata dni udzial anzahl menge betrag summe wert preis kosten umsatz alter mitarbeiter nombre "
    "montant valeur prix effectif chiffre importe cantidad valor precio ingresos"
)
_TIMES = worded(
    "at date day time datetime timestamp ts ms epoch created updated modified changed closed since until birthday "
    "data dzien czas godzina termin utworzono dodano zmieniono datum zeit zeitpunkt tag uhrzeit erstellt geandert "
    "jour heure cree modifie fecha hora dia creado modificado"
)
_PERSONAL = worded(
    "email mail correo courriel phone mobile telefon telephone tel telefono komorka handy movil surname fullname "
    "address adres adresse direccion birth birthday birthdate urodzenia geburtsdatum geburtstag naissance "
    "nacimiento ssn pesel passport paszport imie nazwisko vorname nachname prenom apellido apellidos iban dni"
)
_PERSONAL_PAIRS = frozenset(
    words_of(f"{first} {second}")
    for first in ("first", "last", "full", "given", "family", "middle", "contact", "person", "birth", "pas")
    for second in ("name", "names", "date")
) - {("contact", "date"), ("person", "date"), ("last", "date"), ("first", "date"), ("full", "date")}
_OPEN = worded(
    "name names nazwa imie nazwisko vorname nachname prenom nom nombre apellido apellidos owner wlasciciel "
    "opiekun handlowiec besitzer proprietaire propietario rep assignee user uzytkownik benutzer company firma "
    "organization organisation account kontrahent klient kunde client cliente customer unternehmen entreprise "
    "societe empresa contact kontakt city miasto miejscowosc stadt ort ville ciudad town place street ulica "
    "strasse rue calle address adres adresse direccion county powiat gmina region state province wojewodztwo "
    "bundesland departement provincia country kraj land pays pais title position stanowisko berufsbezeichnung "
    "poste cargo puesto url link website www domain domena site page strona seite campaign kampania kampagne "
    "campagne campana product produkt produit producto project projekt brand marka marke marque marca note notes "
    "uwagi uwaga notatki notatka opis description bemerkung bemerkungen notiz notizen beschreibung remarque "
    "remarques comment comments komentarz komentarze kommentar commentaire nota notas comentario comentarios "
    "descripcion message wiadomosc subject temat"
)
_LADDERS = worded(
    "stage status etap phase faza stadium etape statut etapa estado fase lifecycle lifecyclestage leadstatus"
)


def standard_field(header: str) -> str | None:
    """Give the standard field that a column is by its name; a unit behind the name, or in brackets, is passed over.

    >>> standard_field("Number of Employees"), standard_field("Obrót roczny (PLN)"), standard_field("Notes")
    ('employees', 'annual_revenue', None)
    """
    words = words_of(header)
    while len(words) > 1 and words[-1] in _UNITS:
        words = words[:-1]
    return _STANDARD.get(words)


def says(header: str, words: frozenset[str]) -> bool:
    """Tell whether one of some words stands in a header."""
    return not words.isdisjoint(words_of(header))


def is_identifier(header: str) -> bool:
    """Tell whether a header says that its column holds ids: `NIP`, `Order Number`, `Kod pocztowy`, `phone`.

    `Number of …` counts, and so does a standard field that is a number.
    """
    if standard_field(header) in ("employees", "annual_revenue", "age"):
        return False
    words = words_of(header)
    return says(header, IDENTIFIERS) or (len(words) > 1 and words[-1] in ("number", "no", "num"))


def is_amount(header: str) -> bool:
    """Tell whether a header says that its column counts or measures."""
    return says(header, _AMOUNTS) and not is_identifier(header)


def is_time(header: str) -> bool:
    """Tell whether a header says that its column holds dates or times."""
    return says(header, _TIMES)


def is_personal(header: str) -> bool:
    """Tell whether a header says that its column holds what belongs to a person."""
    words = words_of(header)
    return says(header, _PERSONAL) or any(pair in _PERSONAL_PAIRS for pair in itertools.pairwise(words))


def is_open(header: str) -> bool:
    """Tell whether a header says that new values always come: names of people, firms and places, notes, addresses."""
    return says(header, _OPEN)


def is_ladder(header: str) -> bool:
    """Tell whether a header says that its column holds the labels of a ladder."""
    return says(header, _LADDERS)
