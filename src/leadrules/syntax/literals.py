"""The smallest parts of a rule file: what a literal or a name means, and what can be wrong with it.

`mistakes_in` looks at the tokens of a statement before the grammar does; the functions that give
values may then take every token to be good.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction

from leadrules.characters import normalised, unassigned
from leadrules.errors import Diagnostic
from leadrules.syntax.lines import Token, tokens_of
from leadrules.syntax.source import Source
from leadrules.syntax.words import UNITS, is_plain

MAX_DIGITS = 15

_NUMBER = re.compile(r"[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?")
_GLUED = re.compile(r"([0-9][0-9_.]*[0-9]|[0-9])([^\W\d_]\w*)")
_DOTTED_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_ESCAPE = re.compile(r"\\(?:(?P<simple>[\"\\nt])|u\{(?P<code>[0-9A-Fa-f]{1,6})\}|(?P<bad>u\{[^}\"]*\}?|.))")
_SIMPLE = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
_INVISIBLE = re.compile("[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_QUOTATION_MARKS = "'\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u300c\u300d\u2032\u2033"
_NOT_CONFUSED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "KATAKANA-HIRAGANA", "MODIFIER"})

_FOREIGN = {
    "==": "write `=`",
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "<>": "write `!=`",
    "=<": "write `<=`",
    "=>": "write `->` before an outcome, and `>=` to compare",
    "!": "write `not` before a condition, and `!=` to compare",
    "\u2265": "write `>=`",
    "\u2264": "write `<=`",
    "\u2260": "write `!=`",
    "\u2192": "write `->`",
    "\u21d2": "write `->`",
    "\u2212": "write `-`",
    "\u2013": "write `-`",
    "\u2014": "write `-`",
    "\u2010": "write `-`",
    "\u2011": "write `-`",
    "\u00d7": "write `*`",
    "\u00f7": "write `/`",
    ";": "a statement ends with its line: remove `;`",
}


def number_of(text: str) -> Fraction:
    """Read a number such as `1_000` or `12.5`."""
    return Fraction(text.replace("_", ""))


def text_of_literal(text: str) -> str:
    """Read a text in quotation marks: escapes resolved, NFC."""
    inner = text[1:-1]
    if "\\" in inner:
        inner = _ESCAPE.sub(lambda m: _SIMPLE[m["simple"]] if m["simple"] else chr(int(m["code"], 16)), inner)
    return normalised(inner)


def date_of(text: str) -> dt.date:
    """Read a date such as `2026-11-21`."""
    return dt.date.fromisoformat(text)


def name_of(text: str) -> str:
    """Read a name, in backticks or not: NFKC."""
    inner = text.strip("`")
    return normalised(inner, "NFKC")


def mistakes_in(source: Source, tokens: Sequence[Token], *, max_name: int) -> Iterator[Diagnostic]:
    """Find what is wrong with the tokens of a statement by themselves."""
    for token in tokens:
        if token.kind == "string":
            yield from _wrong_escapes(source, token)
            continue
        found = _mistake(token, max_name)
        if found is not None:
            code, message, advice = found
            yield source.diagnostic(code, message, token.start, token.end, advice)
            if code == "LR112":
                return  # the words in wrong quotation marks are no words


_Mistake = tuple[str, str, str | None]
"""Code, message and help."""


def _mistake(token: Token, max_name: int) -> _Mistake | None:
    text = token.text
    match token.kind:
        case "word" | "number" if later := unassigned(text):  # a letter to some versions of Python, none to others
            return _unexpected(later[0][0][0])
        case "word" if len(text) > max_name:
            return _long_name(text, max_name)
        case "word":
            return _wrong_word(text)
        case "quoted":
            return _wrong_quoted(text, max_name)
        case "number":
            return _wrong_number(text)
        case "date":
            return _wrong_date(text)
        case "open":
            return _cut_off(text)
        case _:
            return _wrong_sign(token)


def _wrong_sign(token: Token) -> _Mistake | None:
    text = token.text
    if text in _FOREIGN:
        return "LR109", f"`{text}` is not part of the language", _FOREIGN[text]
    if token.kind != "other":
        return None
    if text in _QUOTATION_MARKS:
        return "LR112", f'expected `"`, found `{text}`', 'write texts as `"…"`'
    if _INVISIBLE.match(text):
        return _invisible(text)
    return _unexpected(text)


def _unexpected(character: str) -> _Mistake:
    return "LR121", f"unexpected character {_shown(character)}", None


def _invisible(character: str) -> _Mistake:
    return "LR122", f"invisible character {_shown(character)}", "remove it; it may stand only in texts"


def invisible_characters(source: Source) -> Iterator[Diagnostic]:
    """Find bidirectional controls and zero-width characters outside texts, comments included."""
    if not _INVISIBLE.search(source.text):
        return
    texts = [(t.start, t.end) for t in tokens_of(source.text) if t.kind == "string"]
    at = 0
    for found in _INVISIBLE.finditer(source.text):
        while at < len(texts) and texts[at][1] <= found.start():
            at += 1
        if at == len(texts) or found.start() < texts[at][0]:
            code, message, advice = _invisible(found[0])
            yield source.diagnostic(code, message, *found.span(), advice)


def mixed_scripts(source: Source, tokens: Sequence[Token]) -> Iterator[tuple[str, Diagnostic]]:
    """Find names with letters of two scripts in one word, such as one Cyrillic letter in a Latin name."""
    for token in tokens:
        if token.kind not in {"word", "quoted"} or token.text.isascii():
            continue
        for word in re.findall(r"\w+", token.text):
            scripts = sorted({_script(c) for c in word if c.isalpha()} - {""})
            if len(scripts) > 1:
                message = f"the name `{word}` has letters of different scripts: {' and '.join(scripts)}"
                advice = "letters that look alike are not the same; write the name in one script"
                yield word, source.diagnostic("LR201", message, token.start, token.end, advice, "warning")


def _script(character: str) -> str:
    """Name a letter's script, by the first word of its Unicode name."""
    script = unicodedata.name(unicodedata.normalize("NFKC", character)[0], "UNKNOWN").split()[0]
    return "" if script in _NOT_CONFUSED else script.capitalize()


def _shown(character: str) -> str:
    code = f"U+{ord(character):04X}"
    if character.isprintable() and not unassigned(character):
        return f"`{character}`" if character.isascii() else f"`{character}` ({code})"
    name = unicodedata.name(character, "").lower()
    return f"{code} ({name})" if name else code


def _wrong_word(text: str) -> _Mistake | None:
    if text.isascii() or is_plain(text):
        return None
    advice = f"a name is made of letters, digits and `_`; put any other in backticks: `` `{text}` ``"
    return "LR121", f"`{text}` is not a name", advice


def _long_name(text: str, limit: int) -> _Mistake:
    return "LR007", f"the name `{text[:20]}…` has {len(text)} characters", f"a name has at most {limit}"


def _wrong_quoted(text: str, limit: int) -> _Mistake | None:
    name = name_of(text)
    if len(name) > limit:
        return _long_name(name, limit)
    if not name.strip():
        return "LR123", "a name in backticks is empty", "write the name between the backticks"
    if "`" in name or unassigned(name) or not all(c.isprintable() for c in name if not _INVISIBLE.match(c)):
        return "LR123", "a name in backticks has an unreadable character", "use letters, digits, signs and spaces"
    return None


def _wrong_number(text: str) -> _Mistake | None:
    if _NUMBER.fullmatch(text):
        digits = text.replace("_", "")
        digits = digits.rstrip("0").replace(".", "") if "." in digits else digits
        if len(digits.lstrip("0")) > MAX_DIGITS:
            return "LR116", f"`{text}` has more than {MAX_DIGITS} digits", f"a number has at most {MAX_DIGITS} digits"
        return None
    if dotted := _DOTTED_DATE.fullmatch(text):
        day, month, year = dotted.groups()
        return "LR117", f"`{text}` is not the way to write a date", f"write {year}-{month:0>2}-{day:0>2}"
    if glued := _GLUED.fullmatch(text):
        number, word = glued.groups()
        if re.fullmatch(r"[eE][0-9_]*", word):
            return "LR115", f"`{text}` is not a number", "write all of its digits, such as `1000`"
        return "LR115", f"`{text}` is neither a number nor a name", f"put a space between them: `{number} {word}`"
    return "LR115", f"`{text}` is not a number", "write numbers such as `5`, `12.5` or `1_000`"


def _wrong_date(text: str) -> _Mistake | None:
    if len(text) > len("2026-11-21"):
        return "LR117", f"expected a date, found the moment `{text}`", f'write a date, or a text: `"{text}"`'
    try:
        date_of(text)
    except ValueError:
        return "LR117", f"there is no day `{text}`", "write year, month and day: `2026-11-21`"
    return None


def _wrong_escapes(source: Source, token: Token) -> Iterator[Diagnostic]:
    if "\\" not in token.text:
        return
    for match in _ESCAPE.finditer(token.text, 1, len(token.text) - 1):
        code = match["code"]
        if match["simple"]:
            continue
        if code is None:
            message, advice = f"unknown escape `{match[0]}`", r"escapes are `\"`, `\\`, `\n`, `\t` and `\u{…}`"
        elif int(code, 16) > 0x10FFFF or 0xD800 <= int(code, 16) <= 0xDFFF:
            message = f"there is no character `{match[0]}`"
            advice = r"write the number of a character, such as `\u{e9}`"
        else:
            continue
        yield source.diagnostic("LR111", message, token.start + match.start(), token.start + match.end(), advice)


def _cut_off(text: str) -> _Mistake:
    if text[0] == "`":
        return "LR123", "the name in backticks is never closed", "write the name between two backticks"
    if '\\"' in text:
        advice = r'write `"` at its end; `\"` is a quotation mark within the text, and a backslash is written `\\`'
    else:
        advice = 'write `"` at its end, on the same line'
    return "LR110", "the text is never closed", advice


def plural(unit: str) -> str:
    """Give the plural of a unit of time, which may be one already."""
    return unit if unit in UNITS else unit + "s"
