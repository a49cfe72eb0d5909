"""Put into words what is wrong with values: those with conditions, sets, tables, types, texts without quotes."""

from __future__ import annotations

from leadrules.syntax.expectations import phrases, takes_modifier
from leadrules.syntax.scenes import Finding, Scene, spot

_TYPES = {
    "string": "text", "str": "text", "varchar": "text", "int": "number", "integer": "number", "float": "number",
    "decimal": "number", "double": "number", "money": "number", "boolean": "bool", "timestamp": "datetime",
    "time": "datetime", "list": "list of text", "enum": 'one of {"a", "b"}', "choice": 'one of {"a", "b"}',
}  # fmt: skip


def conditional(scene: Scene) -> Finding | None:
    """`= if a then 5`, `5 if a else 4`, `5 when a`, `5 if a, 4 if b`, `5 if a | 4`, and `+5 if a` of a rule."""
    here, before = scene.text(), scene.text(-1)
    if here == "if" and scene.kind() == "word" and takes_modifier(scene.expected):
        advice = "write the condition before the points, joined by `and`; or `when` behind them, which asks once"
        return spot(scene, "LR109", "points are not followed by `if`", advice)
    if before == "if" and scene.kind(-1) == "word" and scene.text(-2) in {"=", "(", "|"} and "IF" in scene.expected:
        advice = 'write the value, then its condition: `criterion rate = 0.92 if currency = "USD" | else 1`'
        return Finding("LR109", "a value does not begin with `if`", scene.at - 1, scene.at, advice)
    if before == "otherwise" and scene.text(-2) == "|" and "IF" in scene.expected:
        return Finding("LR109", "`otherwise` is not part of the language", scene.at - 1, scene.at, "write `else`")
    if here == "when" and "IF" in scene.expected:
        return spot(scene, "LR109", "`when` belongs behind the points of a rule", "write `if`")
    earlier = [token.text for token in scene.tokens[: scene.at]]
    if "PIPE" in scene.expected and "if" in earlier and not takes_modifier(scene.expected):
        if before == "else" and scene.text(-2) in {"or", "and", ","}:
            return Finding("LR101", "expected `|` before `else`", scene.at - 2, scene.at, "write `| else …`")
        if here == "else" and before != "|":
            return spot(scene, "LR101", "expected `|` before `else`", "write `| else …`")
        if here == "," and "COMMA" not in scene.expected:
            return spot(scene, "LR101", "expected `|` between two values, found `,`", "write `… | … if …`")
    if here == "|" and {"if", "else"} <= {*earlier} and not takes_modifier(scene.expected):
        return spot(scene, "LR105", "`else` is the last of the values, found `|` after it", "move `else` to the end")
    if "IF" in scene.expected and "|" in earlier and (scene.at_end or here in {"|", ")"}):
        message = f"expected `if` and a condition after the value, found {scene.found}"
        return spot(scene, "LR102", message, "write `else` before the value for the rest: `| else 1`")
    return None


def set_of_values(scene: Scene) -> Finding | None:
    """`in ["a"]`, `in ("a")`, `in "a"`."""
    if "LBRACE" not in scene.expected or scene.at_end:
        return None
    if "NAME" not in scene.expected:
        braces = "write the values in braces" if scene.text() == "[" else None
        return spot(scene, "LR101", f"expected {phrases(scene.expected)}, found {scene.found}", braces)
    message = f'expected a set such as `{{"a", "b"}}` or the name of a list, found {scene.found}'
    advice = "write the values in braces" if scene.text() in {"[", "("} else None
    if scene.kind() == "string":
        advice = f"write `{{{scene.text()}}}`, or `=` to compare with one value"
    return spot(scene, "LR101", message, advice)


def type_of_field(scene: Scene) -> Finding | None:
    """`field x: string`."""
    if "TYPE" not in scene.expected or scene.at_end:
        return None
    advice = "the types are `number`, `text`, `bool`, `date`, `datetime`, `list of text` and `one of {…}`"
    if scene.text().lower() in _TYPES:
        advice = f"write `{_TYPES[scene.text().lower()]}`"
    return spot(scene, "LR101", f"expected a type such as `number` or `text`, found {scene.found}", advice)


def table(scene: Scene) -> Finding | None:
    """`table t from "f.csv" column "x"`, `table t = {"a" = 1}`, `table t = "f.csv"`."""
    if scene.tokens[0].text != "table" or scene.at < 2:
        return None
    in_file, within = 'table reps from "reps.csv" key "Region"', 'table dial = {"PL": "+48", "DE": "+49"}'
    advice = in_file if "from" in {token.text for token in scene.tokens[2:3]} else within
    if scene.kind() == "string" and scene.text(-1) == "=":
        advice = in_file
    code = "LR102" if scene.at_end else "LR101"
    return spot(scene, code, f"expected {phrases(scene.expected)}, found {scene.found}", f"write `{advice}`")


def no_quotes(scene: Scene) -> Finding | None:
    """`timezone UTC`, `budget -> tag hot`."""
    if "STRING" not in scene.expected or scene.expected & {"ONAME", "NAME"} or scene.kind() not in {"word", "quoted"}:
        return None
    advice = f'write `"{scene.text().strip("`")}"`'
    return spot(scene, "LR101", f"expected {phrases(scene.expected)}, found {scene.found}", advice)
