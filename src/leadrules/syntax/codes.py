"""The codes of everything that can be said about a rule file, each with a short title.

A code is stable: once released it keeps its meaning, and is never given to something else. `LR0xx`
are about the file as a whole, `LR1xx` about what cannot be read, `LR2xx` are warnings, `LR3xx` are
about names, `LR4xx` about types and values, `LR5xx` about rules and what they make, `LR6xx` about
other files and plugins.
"""

from __future__ import annotations

SYNTAX_CODES: dict[str, str] = {
    # The file as a whole.
    "LR001": "not UTF-8",
    "LR002": "not a text file",
    "LR003": "no statements",
    "LR004": "file too large",
    "LR005": "too many rules",
    "LR006": "nested too deeply",
    "LR007": "name too long",
    "LR008": "too many mistakes",
    "LR009": "too many fields",
    "LR010": "file that cannot be opened",
    "LR011": "statement too long",
    "LR012": "too many of a kind",
    "LR013": "patterns too large",
    "LR014": "too much in one ruleset",
    # What cannot be read.
    "LR101": "unexpected word or sign",
    "LR102": "unfinished statement",
    "LR103": "rule without points or arrow",
    "LR104": "points without a condition",
    "LR105": "text after the end of a statement",
    "LR106": "arithmetic outside parentheses",
    "LR107": "unknown statement",
    "LR108": "reserved word used as a name",
    "LR109": "written as in another language",
    "LR110": "text not closed",
    "LR111": "unknown escape in a text",
    "LR112": "wrong quotation marks",
    "LR113": "bracket not closed",
    "LR114": "bracket that does not match",
    "LR115": "malformed number",
    "LR116": "too many digits",
    "LR117": "malformed date",
    "LR118": "duration without a unit",
    "LR119": "unknown unit of time",
    "LR120": "duration of nothing",
    "LR121": "unexpected character",
    "LR122": "invisible character",
    "LR123": "malformed name in backticks",
    "LR124": "malformed points",
    "LR125": "malformed modifier",
    "LR126": "`always` with something else",
    "LR127": "test without its left side",
    "LR128": "option given twice",
    # What can be read, and is suspicious.
    "LR201": "name of mixed scripts",
}
"""What the parser says."""

FILE_CODES = frozenset({"LR001", "LR002", "LR004", "LR010"})
"""Of these, what says that there is no text to parse."""

WARNING_CODES: dict[str, str] = {
    "LR201": SYNTAX_CODES["LR201"],
    "LR202": "property that hides a field",
    "LR203": "order of stages left to the file",
    "LR204": "threshold out of reach",
    "LR205": "bound that never binds",
    "LR206": "condition that is never true",
    "LR207": "alternative that never counts",
    "LR208": "bands that overlap",
    "LR209": "bands that leave values out",
    "LR210": "same condition twice",
    "LR211": "declared and never used",
    "LR212": "value that no rule mentions",
    "LR213": "window longer than the points last",
    "LR214": "cap that never binds",
    "LR215": "personal data named in a text",
    "LR216": "stage that nobody enters",
    "LR217": "`not` or `else` of what is often unknown",
    "LR218": "graded dimension that counts into the score",
    "LR219": "requirement that fails where a field is unknown",
    "LR220": "`max` of events where points are likely meant",
    "LR221": "condition that is always true",
    "LR222": "rule that gives no points",
    "LR223": "days since what may never have happened",
    "LR224": "points too small to fade",
    "LR225": "short text that stands in other words",
    "LR226": "`\\b` or `\\w` in a pattern",
    "LR227": "indentation that says otherwise",
    "LR229": "personal data in an output",
    "LR230": "`*` that stands for itself",
    "LR240": "call by a name that has changed",
    "LR241": "sequence that scores each event",
}
"""What is allowed, and hardly meant. `# ok: LR211` on the line silences one."""

CHECK_CODES: dict[str, str] = {
    # Names.
    "LR301": "declared twice",
    "LR302": "name that is taken",
    "LR303": "unknown name",
    "LR304": "definition that reads itself",
    "LR305": "unknown label",
    "LR306": "label that is used already",
    "LR307": "two of one name",
    "LR311": "param refused",
    "LR312": "protected field read",
    # Types and values.
    "LR401": "wrong type",
    "LR402": "wrong kind of name",
    "LR403": "option that does not fit the type",
    "LR404": "malformed set or list",
    "LR405": "empty text",
    "LR406": "property of two types",
    "LR407": "value outside `one of`",
    "LR408": "pattern that does not compile",
    "LR409": "filter that reads more than the event",
    "LR410": "value where a condition is wanted",
    "LR411": "number out of bounds",
    "LR412": "`at least` of more than there are",
    "LR413": "wrong arguments",
    "LR414": "two windows",
    "LR418": "what is no word",
    "LR431": "`same` out of place",
    "LR432": "`then` after `preceded by`",
    "LR433": "chain without `then`",
    "LR435": "`now` by itself",
    # Rules and what they make.
    "LR501": "rule outside a dimension",
    "LR502": "group or persona outside a dimension",
    "LR503": "event among alternatives",
    "LR504": "`always` that does not stand alone",
    "LR505": "no left side to take over",
    "LR506": "points of a persona that are no number",
    "LR507": "weight outside a persona",
    "LR508": "persona without lines",
    "LR509": "points too large or too fine",
    "LR510": "`min` above `max`",
    "LR511": "modifier given twice",
    "LR512": "decay by minutes",
    "LR513": "modifier for rules that score each event",
    "LR514": "malformed total",
    "LR515": "thresholds out of order",
    "LR516": "exit that is held",
    "LR517": "statement given twice",
    "LR518": "unknown timezone",
    "LR521": "line outside an example",
    "LR522": "example that expects nothing",
    "LR523": "two values for one column",
    "LR524": "example out of bounds",
    # Other files and plugins.
    "LR610": "list or table that cannot be read",
    "LR611": "file that cannot be included",
    "LR612": "statement of the main file only",
    "LR613": "file that includes itself",
    "LR614": "key that stands twice",
    "LR621": "plugin that fails",
    "LR622": "value that a plugin refuses",
    "LR623": "plugin that reads what the file does not have",
}

CODES: dict[str, str] = {**SYNTAX_CODES, **WARNING_CODES, **CHECK_CODES}
