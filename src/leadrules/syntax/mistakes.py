"""Put into words why a statement is not of the language.

`explain` is given the tokens of a statement, the place where it stopped being one, and what could
have stood there. It looks for the mistakes that people make, each with its own message and help, one
after the other; what fits none of them is told as what was expected and what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from leadrules.errors import Diagnostic, closest
from leadrules.families import COMPARISONS, ELAPSED, TEXT_TESTS
from leadrules.syntax.expectations import (
    Expected,
    follows_operand,
    keywords,
    phrases,
    takes_condition,
    takes_modifier,
    takes_operand,
    takes_points,
)
from leadrules.syntax.lines import Token
from leadrules.syntax.scenes import Finding, Scene, in_backticks, quoted, spot
from leadrules.syntax.source import Source
from leadrules.syntax.value_mistakes import conditional, no_quotes, set_of_values, table, type_of_field
from leadrules.syntax.words import OPERAND_WORDS, STATEMENT_WORDS, TARGET_WORDS

_COMPARISONS = frozenset(COMPARISONS)
_TEST_WORDS = frozenset({"in", "between", "is", *(name.split()[0] for name in TEXT_TESTS)})
_OPERATORS = frozenset("+-*/")
_DAYS_IN = {"month": 30, "quarter": 90, "year": 365}
_UNIT_SHORT = {
    "d": "days", "day": "days", "h": "hours", "hr": "hours", "hrs": "hours", "min": "minutes", "mins": "minutes",
    "m": "minutes", "s": "seconds", "sec": "seconds", "secs": "seconds", "w": "weeks", "wk": "weeks", "wks": "weeks",
}  # fmt: skip
_TESTS = {
    "equals": "=", "equal": "=", "eq": "=", "like": "contains", "includes": "contains", "has": "contains",
    "containing": "contains", "begins": "starts with", "startswith": "starts with", "endswith": "ends with",
}  # fmt: skip


_BEFORE_WORDS = frozenset({"contains", "has", "the", "whole", "a", "exact", "matches"})
_OF_ACCENTS = frozenset({"ignore", "ignored", "ignoring", "off", "no", "without", "insensitive", "strip"})


def explain(source: Source, tokens: Sequence[Token], at: int, expected: Expected) -> Diagnostic:
    """Say what is wrong with a statement that the grammar takes up to the offset `at`."""
    index = next((i for i, token in enumerate(tokens) if token.end > at), len(tokens))
    scene = Scene(tokens, index, expected)
    finding = next(filter(None, (look(scene) for look in _LOOKS)))
    if finding.first == len(tokens):  # at the end: point behind the last token
        start = end = tokens[-1].end
    else:
        start, end = tokens[finding.first].start, tokens[finding.end - 1].end
    return source.diagnostic(finding.code, finding.message, start, end, finding.advice)


# ------------------------------------------------------------------------------ other languages


def _capitals(scene: Scene) -> Finding | None:
    """`AND`, `Within`: keywords are in lower case."""
    known = {word.split()[0] for word in keywords(scene.expected)}
    if scene.kind() == "word":
        lower = scene.text().lower()
        if lower != scene.text() and (lower in {"and", "or", "not"} or lower in known):
            return spot(scene, "LR109", f"`{scene.text()}` is not part of the language", f"write `{lower}`")
    if scene.text(-1) in {"NOT", "Not", "AND", "And", "OR", "Or"}:
        word = scene.text(-1)
        advice = f"write `{word.lower()}`"
        return Finding("LR109", f"`{word}` is not part of the language", scene.at - 1, scene.at, advice)
    return None


def _if_then(scene: Scene) -> Finding | None:
    """`if c then …`."""
    advice = "write the condition, then its points or an arrow: `budget and need +5`"
    first = scene.tokens[0]
    opens = scene.at == 1 and first.kind == "word" and first.text.lower() in {"if", "when", "unless"}
    if opens and (scene.kind() in {"word", "quoted", "number", "string"} or scene.text() == "("):
        return Finding("LR109", f"a rule does not begin with `{first.text}`", 0, 1, advice)
    if scene.kind() == "word" and scene.text().lower() == "then":
        return spot(scene, "LR109", f"`{scene.text()}` is not part of the language", advice)
    return None


def _whole_words(scene: Scene) -> Finding | None:
    """`contains words "vp"`, `contains the whole word "vp"`, `has word "vp"`, `title word "vp"`."""
    texts = [token.text for token in scene.tokens]
    for end in range(max(scene.at - 1, 0), min(scene.at + 3, len(texts))):
        if texts[end] not in {"word", "words"} or scene.tokens[end].kind != "word":
            continue
        first = end
        while first and texts[first - 1] in _BEFORE_WORDS:
            first -= 1
        said = " ".join(texts[first : end + 1])
        beside = scene.tokens[end + 1].kind if end + 1 < len(texts) else ""
        if said != "contains word" and (beside == "string" or texts[end + 1 : end + 2] == ["{"]):
            return Finding("LR109", f"`{said}` is not part of the language", first, end + 1, "write `contains word`")
    return None


def _accents(scene: Scene) -> Finding | None:
    """`ignore accents`, `accents off`."""
    said = [token.text.lower() for token in scene.tokens]
    about = {"accent", "accents", "diacritics"}.intersection(said[:2])
    if about and len(said) < 4 and _OF_ACCENTS.intersection(said):
        return Finding(
            "LR109", f"`{' '.join(said)}` is not part of the language", 0, len(said), "write `accents ignored`"
        )
    return None


def _other_tests(scene: Scene) -> Finding | None:
    """`equals`, `is not known`, `is true`, `not =`."""
    if not follows_operand(scene.expected) or scene.kind() != "word":
        return None
    word, after = scene.text(), scene.text(1)
    if word in _TESTS:
        return spot(scene, "LR109", f"`{word}` is not part of the language", f"write `{_TESTS[word]}`")
    if word == "is":
        advice = "write `is known` or `is unknown`" if after else "write `is known`, `is unknown` or `=`"
        if after == "not":
            advice = "write `is known`" if scene.text(2) == "unknown" else "write `is unknown`, or `!=` to compare"
        elif after in {"true", "false"} or scene.kind(1) in {"string", "number"}:
            advice = "write `=`"
        found = quoted(after) if after else "the end of the statement"
        return spot(scene, "LR109", f"expected `known` or `unknown` after `is`, found {found}", advice)
    if word == "not":
        advice = "write `!=`" if after == "=" else "`not` stands before a condition: `not employees > 5`"
        return spot(scene, "LR101", f"expected `not in`, `not between` or `not contains`, found `not {after}`", advice)
    return None


# ------------------------------------------------------------------------------------ statements


def _keyword_as_name(scene: Scene) -> Finding | None:
    """`group = "x" +5`, where a word that opens a statement is meant as a name."""
    first = scene.tokens[0]
    if scene.at != 1 or first.kind != "word" or first.text not in STATEMENT_WORDS:
        return None
    if scene.text() in _COMPARISONS | _OPERATORS | {"[", "->", "."} | _TEST_WORDS:
        message = f"expected {phrases(scene.expected)} after `{first.text}`, found {scene.found}"
        advice = f"`{first.text}` opens a statement; {in_backticks(first.text)}"
        return spot(scene, "LR108", message, advice)
    return None


def _misspelt_statement(scene: Scene) -> Finding | None:
    """`dimention fit`."""
    first = scene.tokens[0]
    if scene.at != 1 or first.kind != "word" or scene.kind() not in {"word", "quoted", "string", "number"}:
        return None
    if scene.text() in _TEST_WORDS | {"and", "or", "not"} or first.text in STATEMENT_WORDS:
        return None
    close = closest(first.text.lower(), sorted(STATEMENT_WORDS))
    if close is None:
        return None
    return Finding("LR107", f"`{first.text}` opens no statement", 0, 1, f"did you mean `{close}`?")


def _reserved(scene: Scene) -> Finding | None:
    """A reserved word where a name stands."""
    before, here = scene.text(-1), scene.text()
    if before in {"count", "no", "was"} and scene.kind(-1) == "word" and not takes_operand(scene.expected):
        sign = scene.kind() in {"sign", ""} or here in _TEST_WORDS | {"and", "or"}
        if (scene.expected == {"LPAR"} or sign) and here != "(":
            use = {"count": "count(…)", "no": "no email_open", "was": "was customer"}[before]
            message = f"`{before}` is a reserved word: expected {phrases(scene.expected)}, found {scene.found}"
            advice = f"write `{use}`; {in_backticks(before)}"
            return Finding("LR108", message, scene.at - 1, scene.at, advice)
    if scene.kind() != "word" or here not in OPERAND_WORDS or not scene.expected & {"ONAME"} or here == "always":
        return None
    wanted = "a condition" if takes_condition(scene.expected) else phrases(scene.expected)
    message = f"expected {wanted}, found the reserved word `{here}`"
    advice = in_backticks(here)
    if here == "days":
        advice = f"write `days since` or `days until`; {advice}"
    return spot(scene, "LR108", message, advice)


def _no_name(scene: Scene) -> Finding | None:
    """`days since lab.renewal(signed)`, `lab.renewal(signed) within 5 days`: a call has no name yet."""
    unit, since, here = scene.text(-3), scene.text(-2), scene.text()
    if here in {".", "("} and unit in ELAPSED and since in {"since", "until"}:
        after = f"{scene.text(-1)}.{scene.text(1)}" if here == "." else scene.text(-1)
        message = f"expected an event, a date or `first(at of …)` after `{unit} {since}`, found a call of `{after}`"
        advice = f"name it with `criterion`: `criterion that_day = {after}(…)`, then `{unit} {since} that_day`"
        return spot(scene, "LR101", message, advice)
    if here == "within" and scene.text(-1) == ")" and scene.text(-2) != ")":
        message = f"expected {phrases(scene.expected)}, found `within`"
        advice = "name what stands before it with `criterion that_day = …`, then write `that_day within 5 days`"
        return spot(scene, "LR101", message, advice)
    return None


def _always(scene: Scene) -> Finding | None:
    """`always` is the whole condition of a scoring rule."""
    for offset in (0, -1):
        if scene.text(offset) == "always" and scene.kind(offset) == "word":
            message = "`always` stands alone, as the whole condition of a scoring rule"
            at = scene.at + offset
            return Finding("LR126", message, at, at + 1, "write `always +5`")
    return None


# ------------------------------------------------------------------------------- points, numbers


def _points_first(scene: Scene) -> Finding | None:
    """`+5`, `+5 email_open`."""
    tokens = scene.tokens
    if scene.at != 2 or tokens[0].text not in {"+", "-"} or tokens[1].kind != "number":
        return None
    points = f"{tokens[0].text}{tokens[1].text}"
    advice = f"write the condition first: `email_open {points}`"
    if scene.kind() == "word" and scene.text() not in _TEST_WORDS:
        advice = f"write the condition first: `{scene.text()} {points}`"
    elif not scene.at_end:
        return None
    return Finding("LR104", f"the points `{points}` have no condition before them", 0, 2, advice)


def _decimal_comma(scene: Scene) -> Finding | None:
    """`2,5` and `.5`."""
    if scene.text() == "," and scene.kind(-1) == scene.kind(1) == "number" and scene.touches(-1) and scene.touches(0):
        whole, part = scene.text(-1), scene.text(1)
        advice = f"write `{whole}.{part}`" + (f", or `{whole}{part}` for thousands" if len(part) == 3 else "")
        return Finding("LR115", f"`{whole},{part}` is not a number", scene.at - 1, scene.at + 2, advice)
    if scene.text() == "." and scene.kind(1) == "number" and scene.touches(0):
        message = f"`.{scene.text(1)}` is not a number"
        return Finding("LR115", message, scene.at, scene.at + 2, f"write `0.{scene.text(1)}`")
    if scene.text() == "." and scene.kind(-1) == "number" and scene.touches(-1):
        number = scene.text(-1)
        return Finding("LR115", f"`{number}.` is not a number", scene.at - 1, scene.at + 1, f"write `{number}`")
    return None


def _loose_date(scene: Scene) -> Finding | None:
    """`2026-1-5`, and `21/11/2026`."""
    start = scene.at - 2 if scene.text() in {"-", "/"} and scene.text(-2) in {"-", "/"} and scene.at >= 3 else scene.at
    parts = scene.tokens[max(start - 1, 0) : start + 4]
    if len(parts) < 5 or [p.kind for p in parts] != ["number", "sign", "number", "sign", "number"]:
        return None
    if parts[1].text != parts[3].text or any(a.end != b.start for a, b in pairwise(parts)):
        return None
    numbers = [part.text for part in parts[::2]]
    if len(numbers[0]) != 4:
        numbers.reverse()
    if len(numbers[0]) != 4 or any(len(n) > 2 for n in numbers[1:]):
        return None
    written = "".join(part.text for part in parts)
    advice = f"write {numbers[0]}-{numbers[1]:0>2}-{numbers[2]:0>2}"
    return Finding("LR117", f"`{written}` is not the way to write a date", start - 1, start + 4, advice)


def _arithmetic(scene: Scene) -> Finding | None:
    """Arithmetic outside parentheses: `visits + 2 > 5`."""
    advice = "arithmetic stands in parentheses: `(visits + 2) > 5`"
    after_value = follows_operand(scene.expected) or "AND" in scene.expected
    if after_value and scene.text() in _OPERATORS and "STAR" not in scene.expected:
        return spot(scene, "LR106", f"found arithmetic outside parentheses: `{scene.text()}`", advice)
    after_points = takes_modifier(scene.expected) and scene.text(-2) in {"+", "-"} and scene.kind(-1) == "number"
    if after_points and scene.text() in _COMPARISONS | _TEST_WORDS | {"*", "/"}:
        sign = scene.text(-2)
        return Finding(
            "LR106", f"found arithmetic outside parentheses: `{sign} {scene.text(-1)}`", scene.at - 2, scene.at, advice
        )
    return None


def _points(scene: Scene) -> Finding | None:
    """`+5%`, `+5 points`, `+bonus`, `email_open 5`, `+5 +3`."""
    here, before = scene.text(), scene.text(-1)
    signed = scene.kind(-1) == "number" and scene.text(-2) in {"+", "-"}
    points = scene.text(-2) + before
    if signed and here == "%":
        advice = f"write `{points}`; a share of something is arithmetic: `+(amount * 0.05)`"
        return Finding("LR124", f"points are a number, found `{points}%`", scene.at - 2, scene.at + 1, advice)
    if signed and here.lower() in {"point", "points", "pts", "pt"}:
        return spot(scene, "LR124", f"expected points such as `+5`, found `{points} {here}`", f"write `{points}`")
    if takes_modifier(scene.expected) and here in {"+", "-"}:
        advice = "write the sum, or two rules; arithmetic stands in parentheses: `+(amount + 5)`"
        return spot(scene, "LR124", f"a rule has its points once, found a second `{here}`", advice)
    if takes_modifier(scene.expected) and here == "->":
        message = "a rule gives points or leads to an outcome, found both"
        return spot(scene, "LR124", message, "write two rules; arithmetic stands in parentheses: `(visits + 2) > 5`")
    if before in {"+", "-"} and scene.expected == {"NUMBER", "LPAR"} and scene.kind() in {"word", "quoted"}:
        if any(token.text in _COMPARISONS | _TEST_WORDS for token in scene.tokens[scene.at + 1 :]):
            advice = "arithmetic stands in parentheses: `(visits + 2) > 5`"
            message = f"found arithmetic outside parentheses: `{before} {here}`"
            return Finding("LR106", message, scene.at - 1, scene.at + 1, advice)
        message = f"expected points such as `+5`, found `{before}{here}`"
        return spot(scene, "LR124", message, f"points that are reckoned stand in parentheses: `{before}({here})`")
    if scene.kind() == "number" and takes_points(scene.expected) and scene.at == len(scene.tokens) - 1:
        return spot(scene, "LR124", f"expected points such as `+5`, found `{here}`", f"write `+{here}`")
    return None


# ------------------------------------------------------------------------- durations, modifiers


def _no_duration(scene: Scene) -> Finding | None:
    """`within +5`, `half-life max 5`."""
    before = scene.text(-1)
    if before not in {"within", "every", "over", "half-life"} or scene.kind(-1) != "word" or scene.kind() == "number":
        return None
    if scene.expected != {"NUMBER", "NAME"}:
        return None
    return spot(scene, "LR118", f"expected a duration after `{before}`, found {scene.found}", "write `30 days`")


def _units(scene: Scene) -> Finding | None:
    """`within 30`, `within 2 months`, `within 2 d`."""
    if "UNIT" not in scene.expected or scene.kind(-1) != "number":
        return None
    if "$END" in scene.expected and scene.kind() != "word":
        return None
    count, word = scene.text(-1), scene.text()
    unit = word.lower().removesuffix("s")
    if unit in _DAYS_IN and count.isdecimal():
        days = int(count) * _DAYS_IN[unit]
        advice = f"months and years differ in length: write {days} days"
        return Finding("LR119", f"`{count} {word}` is not a duration", scene.at - 1, scene.at + 1, advice)
    if scene.kind() == "word" and word not in {"ago", "times"} and not takes_modifier(scene.expected):
        known = _UNIT_SHORT.get(word.lower())
        if known or (scene.expected == {"UNIT"} and not _goes_on(scene)):
            advice = f"write `{count} {known}`" if known else "the units are seconds, minutes, hours, days and weeks"
            return spot(scene, "LR119", f"`{word}` is not a unit of time", advice)
    if "$END" in scene.expected:
        return None
    message = f"expected a unit of time after `{count}`, found {scene.found}"
    return spot(scene, "LR118", message, f"write `{count} days`")


def _goes_on(scene: Scene) -> bool:
    """Tell whether the word found is one that often follows a duration."""
    return scene.text() in {"and", "or", "max", "min", "when", "because", "from", "until", "within", "since", "once"}


def _max(scene: Scene) -> Finding | None:
    """`max` without a number, and modifiers that stand in the wrong place."""
    before, here = scene.text(-1), scene.text()
    bare = before in {"max", "min"} and scene.kind(-1) == "word"
    if bare and "NUMBER" in scene.expected and "ONAME" not in scene.expected:
        rule = "SIGN" not in scene.expected
        advice = "write `max 5 times`, `max 2 per day` or `max 50 points`" if rule else f"write `{before} 100`"
        return spot(scene, "LR125", f"expected a number after `{before}`, found {scene.found}", advice)
    if scene.text(-2) == "max" and before in {"per", "every", "points", "times"}:
        advice = f"write `max 5 {before}`" if before in {"points", "times"} else f"write `max 1 {before} …`"
        message = f"expected a number after `max`, found `{before}`"
        return Finding("LR125", message, scene.at - 1, scene.at, advice)
    if not takes_modifier(scene.expected) or scene.kind() != "word":
        return None
    if here in {"within", "since"}:
        what = "30 days" if here == "within" else "demo_request"
        advice = f"write it before the points: `email_open {here} {what} +5`"
        return spot(scene, "LR125", f"`{here}` belongs to an event, found it after the points", advice)
    if here in {"per", "every"}:
        advice = f"write `max 1 {here} {'day' if here == 'per' else '7 days'}`"
        return spot(scene, "LR125", f"`{here}` without `max`", advice)
    if here in {"min", "weight"}:
        owner = "a dimension, a group or a total" if here == "min" else "a line of a persona"
        return spot(scene, "LR125", f"`{here}` belongs to {owner}, found it after points")
    return None


# ---------------------------------------------------------------------------------------- tests


def _no_left_side(scene: Scene) -> Finding | None:
    """`>= 5 +10`, `a > 5 and < 9`, `| >= 5 and budget +10`."""
    here = scene.text()
    if scene.kind() == "sign" and here in _COMPARISONS and takes_operand(scene.expected):
        if scene.text(-1) in _COMPARISONS:
            return spot(scene, "LR101", f"expected a value, found `{here}`", "a comparison has one sign")
        advice = f"write what is compared: `employees {here} …`"
        return spot(scene, "LR127", f"expected a value before `{here}`", advice)
    complete = takes_points(scene.expected) and "AND" not in scene.expected
    if here in {"and", "or"} and complete and any(token.text == "|" for token in scene.tokens[: scene.at]):
        message = f"a test without its left side stands alone, found `{here}` after it"
        return spot(scene, "LR127", message, "write the left side: `| employees >= 200 and budget +20`")
    word, before = scene.text(-1), scene.text(-2)
    opens = word in _TEST_WORDS and scene.kind(-1) == "word" and (before in {"and", "or", "not", "("} or scene.at == 1)
    if opens and (scene.kind() in {"number", "string", "word"} or here == "{"):
        advice = f"write what is tested: `employees {word} …`"
        return Finding("LR127", f"expected a value before `{word}`", scene.at - 1, scene.at, advice)
    return None


def _followed_by(scene: Scene) -> Finding | None:
    """`a followed by within 7 days`, and `a followed by count(b)`."""
    word = next((scene.text(at) for at in (-3, -2) if scene.text(at) in {"followed", "preceded"}), None)
    if word is None or scene.text(-1 if scene.text(-2) == word else -2) != "by":
        return None
    advice = f"write `webinar_attended {word} by demo_request within 7 days`"
    if scene.text(-1) == "within":
        message = f"expected an event after `{word} by`, found `within`"
        return Finding("LR101", message, scene.at - 1, scene.at, advice)
    if scene.text(-1) == "by":
        return spot(scene, "LR101", f"expected an event after `{word} by`, found {scene.found}", advice)
    return None


def _since_date(scene: Scene) -> Finding | None:
    """`email_open since 2026-01-01`."""
    if scene.text(-1) != "since" or scene.kind() not in {"date", "number"}:
        return None
    message = f"expected an event or a date field after `since`, found {scene.found}"
    day = scene.text() if scene.kind() == "date" else "2026-01-01"
    return spot(scene, "LR101", message, f"for a rule of a period, write `email_open +5 from {day}`")


def _ladder(scene: Scene) -> Finding | None:
    """`stages a > b`, `stages a, b`, `grade g = fit: A > 5, B`."""
    message = f"expected {phrases(scene.expected)}, found {scene.found}"
    if "LT" in scene.expected and scene.text() in {">", ",", "->", "|", "<="}:
        return spot(scene, "LR101", message, "write the labels from the lowest up: `lead < mql < sql`")
    if "GE" in scene.expected and scene.text() in {">", "<", "<=", "=", ":"}:
        return spot(scene, "LR101", message, "write `>=`, the least that the label needs")
    return None


def _bands(scene: Scene) -> Finding | None:
    """A grade whose last label has a threshold."""
    if scene.tokens[0].text != "grade" or not scene.at_end or scene.expected != {"COMMA"}:
        return None
    message = "the last label of a grade has no threshold: it is for the rest"
    return spot(scene, "LR102", message, "add a label, as in `A >= 45, B >= 30, C`")


def _event_group(scene: Scene) -> Finding | None:
    """`event content = a | b`, `events page_view[url: text]`."""
    if scene.at != 2:
        return None
    opening = (scene.tokens[0].text, scene.text())
    if opening == ("event", "="):
        return spot(scene, "LR101", f"expected {phrases(scene.expected)}, found `=`", "a group begins with `events`")
    if opening == ("events", "["):
        return spot(scene, "LR101", "expected `=`, found `[`", "the declaration of one event begins with `event`")
    return None


# -------------------------------------------------------------------------------------- the rest


def _unfinished(scene: Scene) -> Finding | None:
    """The statement ends too early."""
    if not scene.at_end:
        return None
    expected = scene.expected
    opener = scene.text(-3)
    if takes_points(expected) and scene.kind(-1) == "number" and scene.text(-2) in {"+", "-"}:
        points = f"{scene.text(-2)}{scene.text(-1)}"
        if opener in {"and", "or", "not", "|"} | _COMPARISONS | _TEST_WORDS | {"with"}:
            wanted = "a condition" if opener in {"and", "or", "not", "|"} else "a value"
            message = f"expected {wanted} after `{opener}`, found the points `{points}`"
            return Finding("LR104", message, scene.at - 2, scene.at)
    if takes_points(expected) and "ARROW" in expected:
        advice = "write what it is worth, or where it leads"
        return spot(scene, "LR103", "a rule needs points such as `+5`, or `-> label`", advice)
    message = f"expected {phrases(expected)}, found the end of the statement"
    if scene.text(-1) in TARGET_WORDS and expected == {"STRING"}:
        word = scene.text(-1)
        advice = f'write `{word} "…"`; a label of that name stands in backticks: `` `{word}` ``'
        return spot(scene, "LR102", message, advice)
    if takes_operand(expected) and scene.text(-1) in {">=", "<=", ">", "!="}:
        advice = "a line goes on when it ends with `and`, `or`, `not`, `,`, `|`, `=`, `<`, `->`, `of` or `by`"
        return spot(scene, "LR102", message, advice)
    return spot(scene, "LR102", message)


def _too_much(scene: Scene) -> Finding | None:
    """The statement could have ended before this."""
    if "$END" not in scene.expected:
        return None
    return spot(scene, "LR105", f"expected {phrases(scene.expected)}, found {scene.found}", _close(scene))


def _anything(scene: Scene) -> Finding:
    return spot(scene, "LR101", f"expected {phrases(scene.expected)}, found {scene.found}", _close(scene))


def _close(scene: Scene) -> str | None:
    """Suggest the word that was meant, if one is close."""
    if scene.kind() != "word":
        return None
    known = {word.split()[0]: word for word in reversed(keywords(scene.expected))}
    close = closest(scene.text().lower(), sorted(known))
    if close:
        return f"did you mean `{known[close]}`?"
    return "conditions are joined by `and` or `or`" if {"AND", "CMP"} <= scene.expected else None


_LOOKS: tuple[Callable[[Scene], Finding | None], ...] = (
    _capitals,
    _if_then,
    conditional,
    _accents,
    _whole_words,
    _misspelt_statement,
    _keyword_as_name,
    _points_first,
    _decimal_comma,
    _loose_date,
    _arithmetic,
    _points,
    _no_duration,
    _units,
    _followed_by,
    _max,
    _no_left_side,
    _no_name,
    _always,
    _reserved,
    _other_tests,
    type_of_field,
    table,
    set_of_values,
    no_quotes,
    _since_date,
    _ladder,
    _bands,
    _event_group,
    _unfinished,
    _too_much,
    _anything,
)
