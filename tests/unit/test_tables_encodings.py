"""Text of the encodings that offices write: recognised, said, decided by the caller; files that are packed."""

import gzip
import hashlib
import io

import pyarrow as pa
import pytest
import zstandard
from pyarrow import parquet

from leadrules.decoding.encodings import named, recognised
from leadrules.tables import FileProblem, Reject, inputs, read_events, read_leads

POLISH = [
    "Wałbrzych",
    "Łódź",
    "Częstochowa",
    "Gdańsk",
    "księgowość",
    "Wójcik",
    "zarządu",
    "źródło",
    "Żuk",
    "Śląsk",
    "sprzedaży",
]
CZECH = ["Plzeň", "ředitel", "společnost", "Dvořák", "Jiří", "Žďár", "Novák", "Říčany", "příjmení", "Děčín", "Štěpán"]
GERMAN = ["München", "Köln", "Geschäftsführer", "Straße", "Müller", "Österreich"]
FRENCH = ["Hélène", "François", "Besançon", "société", "être", "où", "très", "siège", "première", "forêt", "Noël"]
SPANISH = ["Muñoz", "Núñez", "García", "teléfono", "España", "señor", "dirección", "Coruña"]
ENGLISH = ["café", "naïve", "piñata", "façade", "it’s", "“quoted”", "£20", "résumé"]
PAGES = [
    *((words, page) for words in (POLISH, CZECH) for page in ("cp1250", "iso8859_2")),
    *((words, page) for words in (GERMAN, FRENCH, SPANISH, ENGLISH) for page in ("cp1252",)),
]


def table(words: list[str]) -> str:
    return "id;city\n" + "".join(f"{number};{word}\n" for number, word in enumerate(words))


def cities(leads) -> list[str]:
    return [row.lead["attributes"]["city"] for row in leads]


def problem(given, **options) -> str:
    with pytest.raises(FileProblem) as caught:
        list(read_leads(given, **options))
    return str(caught.value)


# ---------------------------------------------------------------- recognised


@pytest.mark.parametrize(("words", "page"), PAGES)
@pytest.mark.parametrize("size", [5, 40])
def test_words_tell_their_code_page(words, page, size):
    for start in range(len(words)):
        text = table([words[(start + 3 * place) % len(words)] for place in range(size)])
        found = recognised(text.encode(page), is_whole=True)
        assert found is not None
        assert text.encode(page).decode(found.codec) == text


@pytest.mark.parametrize("word", ["Łódź", "Muñoz", "São", "Wrocław", "Kučera", "Sørensen", "sœur", "Timişoara"])
def test_one_word_may_be_enough(word):
    page = "cp1252" if word in {"Muñoz", "São", "Sørensen", "sœur"} else "cp1250"
    found = recognised(table([word]).encode(page), is_whole=True)
    assert found is not None
    assert found.codec == page


@pytest.mark.parametrize(
    "data",
    [
        b"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0",
        b"\x00\x01\xff\xfe\xfd",
        b"\xc3\xb6 \xc3\xa9 \xff",
        b"\xc3\xb6l K\xf6ln",
    ],
)
def test_what_no_language_spells_so_is_not_guessed(data):
    assert recognised(data, is_whole=True) is None


def test_a_letter_that_the_start_cuts_is_no_mistake():
    assert recognised("Łó".encode()[:-1], is_whole=False).codec == "utf-8"
    assert recognised("Łó".encode()[:-1], is_whole=True) is None


NAMES = {
    "cp1250": ("windows-1250", "CP1250", "1250", "win_1250"),
    "iso8859-2": ("latin2", "iso_8859-2"),
    "utf-8": ("UTF8", "utf-8-sig", "ascii"),
    "utf-16": ("UTF-16",),
}


@pytest.mark.parametrize("codec", NAMES)
def test_an_encoding_has_many_names(codec):
    assert {named(name).codec for name in NAMES[codec]} == {codec}


@pytest.mark.parametrize("name", ["base64", "rot13", "idna", "elvish", "undefined", ""])
def test_what_is_no_encoding_of_text(name):
    with pytest.raises(LookupError):
        named(name)


# ---------------------------------------------------------------------- read


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1250", "iso8859_2"])
@pytest.mark.parametrize("as_stream", [False, True])
def test_every_encoding_reads_alike(encoding, as_stream, tmp_path):
    data = table(POLISH).encode(encoding)
    path = tmp_path / "leads.csv"
    path.write_bytes(data)
    leads = read_leads(io.BytesIO(data), input_format="csv") if as_stream else read_leads(path)
    assert cities(leads) == POLISH
    assert len(leads.notes) == (encoding != "utf-8-sig")
    assert leads.remarks == leads.notes


def test_what_was_recognised_is_said_with_a_word_to_tell_by(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes(table(["Kraków", "Łódź"]).encode("cp1250"))
    said = "is read as Windows-1250 (`Łódź`, not `£ódŸ` as Windows-1252 has it); `encoding=…` says otherwise"
    assert read_leads(path).notes == (f"`{path}` {said}",)
    path.write_bytes("lead_id,type,at,city\n1,a,2026-01-01,Łódź\n".encode("cp1250"))
    assert read_events(path).notes == (f"`{path}` {said}",)
    path.write_bytes("id;city\n1;Köln\n".encode("cp1252"))
    assert read_leads(path).notes == (f"`{path}` is read as Windows-1252; `encoding=…` says otherwise",)


def test_the_caller_decides(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes(table(["Łódź"]).encode("cp1250"))
    leads = read_leads(path, encoding="windows-1252")
    assert cities(leads) == ["£ódŸ"]
    assert leads.remarks == ()
    path.write_bytes("lead_id,type,at,city\n1,a,2026-01-01,Мир\n".encode("cp1251"))
    events = read_events(path, encoding="cp1251")
    assert events.of("1")[0]["properties"] == {"city": "Мир"}


def test_an_encoding_that_is_none_or_does_not_fit(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes(b"id;city\n1;a\n2;\x81\n")
    assert problem(path, encoding="elvish") == (
        f"`{path}` cannot be read as `elvish`, which is no encoding\n"
        "  help: such as `utf-8`, `windows-1250`, `windows-1252`, `iso-8859-2` or `utf-16`"
    )
    assert problem(path, encoding="cp1250") == (
        f"`{path}` is not Windows-1250 throughout: line 3 or near it has a byte that is no letter of it\n"
        "  help: name its encoding with `encoding=…`"
    )
    parquet.write_table(pa.table({"id": ["1"]}), tmp_path / "leads.parquet")
    assert problem(tmp_path / "leads.parquet", encoding="utf-8").endswith("leave out `encoding=…`")


def test_letters_far_below_the_start_are_looked_at(tmp_path, monkeypatch):
    path = tmp_path / "leads.csv"
    path.write_bytes(table(["x"] * 40_000 + ["Łódź"]).encode("cp1250"))
    assert cities(read_leads(path))[-1] == "Łódź"
    monkeypatch.setattr(inputs, "ENOUGH", 1 << 17)
    assert problem(path).startswith(f"`{path}` is not UTF-8: line 40,002 has a byte that belongs to another encoding")


@pytest.mark.parametrize("name", ["leads.json", "leads.jsonl"])
def test_json_is_of_no_code_page_unless_asked(name, tmp_path):
    path = tmp_path / name
    text = '{"id": "1", "city": "Łódź"}' if name == "leads.jsonl" else '[{"id": "1", "city": "Łódź"}]'
    for encoding in ("utf-16", "utf-16-le", "utf-8-sig"):
        path.write_bytes(text.encode(encoding))
        assert cities(read_leads(path)) == ["Łódź"]
    path.write_bytes(text.encode("cp1250"))
    assert cities(read_leads(path, encoding="cp1250")) == ["Łódź"]
    if name == "leads.json":
        assert problem(path).startswith(f"`{path}` is not UTF-8: line 1")
    else:
        assert [type(row) for row in read_leads(path)] == [Reject]


# -------------------------------------------------------------------- packed


PACKED = {"gz": gzip.compress, "zst": zstandard.ZstdCompressor(write_checksum=True).compress}


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "csv.zst", "CSV.GZ"])
def test_packed_files_are_known_by_how_they_begin(packing, suffix, tmp_path):
    path = tmp_path / f"leads.{suffix}"
    path.write_bytes(PACKED[packing](table(POLISH * 9_000).encode("cp1250")))
    leads = read_leads(path)
    assert cities(leads) == POLISH * 9_000
    assert leads.notes[0].startswith(f"`{path}` is read as Windows-1250")


@pytest.mark.parametrize("packing", PACKED)
def test_packed_streams_and_packed_parts(packing):
    pack = PACKED[packing]
    data = pack(table(["a", "b"]).encode()) + pack(b"7;c\n") + b"\0" * 100
    assert cities(read_leads(io.BytesIO(data), input_format="csv")) == ["a", "b", "c"]


@pytest.mark.parametrize("packing", PACKED)
def test_every_format_may_be_packed(packing, tmp_path):
    parquet.write_table(pa.table({"id": ["1"], "city": ["Łódź"]}), tmp_path / "plain")
    texts = {"jsonl": b'{"id": 1, "city": "\xc5\x81\xc3\xb3d\xc5\xba"}', "parquet": (tmp_path / "plain").read_bytes()}
    texts |= {"json": b"[" + texts["jsonl"] + b"]", "tsv": "id\tcity\n1\tŁódź\n".encode()}
    for name, data in texts.items():
        path = tmp_path / f"leads.{name}.{packing}"
        path.write_bytes(PACKED[packing](data))
        assert cities(read_leads(path)) == ["Łódź"], name
        assert cities(read_leads(io.BytesIO(path.read_bytes()), input_format=name)) == ["Łódź"], name


@pytest.mark.parametrize(("packing", "name"), [("gz", "gzip"), ("zst", "zstd")])
def test_what_is_cut_or_damaged_is_told(packing, name, tmp_path):
    path = tmp_path / "leads.csv"
    rows = table([hashlib.sha256(b"%d" % number).hexdigest() for number in range(9_000)])
    whole = PACKED[packing](rows.encode())
    path.write_bytes(whole[:-5])
    assert problem(path) == f"`{path}` is packed with {name}, and its end is missing\n  help: was it copied as a whole?"
    path.write_bytes(whole[:9_000] + b"\xff" * 40 + whole[9_040:])
    assert problem(path) == f"`{path}` is damaged where it is packed with {name}\n  help: pack it again"


@pytest.mark.parametrize("packing", PACKED)
def test_what_swells_is_read_in_pieces(packing, tmp_path, monkeypatch):
    path = tmp_path / "leads.csv"
    path.write_bytes(PACKED[packing](b"id\n1," + b" " * (1 << 26)))
    rows = list(read_leads(path))
    assert [row.reason for row in rows] == ["row 2 is longer than 33,554,432 characters, the most that a row may have"]
    monkeypatch.setattr(inputs, "MOST_KEPT", 1 << 20)
    assert problem(path, input_format="parquet").endswith(
        "is larger than 1,048,576 bytes\n  help: unpack it, and give the file"
    )
