"""The words that generated rule files and leads are made of, the hostile ones among them."""

from __future__ import annotations

import datetime as dt

PLAIN_NAMES = ("alpha", "beta", "gamma", "delta", "kappa", "sigma", "omega", "theta", "zeta", "rho", "tau", "iota")

HOSTILE_NAMES = (
    "Lead Source",
    "class",
    "lambda",
    "None",
    "__import__",
    "__class__",
    "count",
    "true",
    "not",
    "and",
    "or",
    "of",
    "by",
    "rule",
    "dimension",
    "max",
    "points of it",
    "within",
    "score2",
    "zażółć",
    "名前",
    'say "hi"',
    "back\\slash",
    "{braces}",
    "%s %(x)d",
    "f'{x}'",
    "# no comment",
    "a.b",
    "x -> y",
    "'); drop table leads; --",
    "é",
)
"""Names that mean something elsewhere, all in NFKC."""

EVENT_PROPERTIES = (
    "url",
    "alpha",
    "beta",
    "topic",
    "amount",
    "hour",
    "week",
    "from",
    "class",
    "Lead Source",
    "__dict__",
    "größe",
)

TEXTS = (
    "PL",
    "de",
    "Transport",
    "logistics",
    "/pricing",
    "/pricing/plans",
    "a@example.com",
    "API case",
    "straße",
    "STRASSE",
    "Żółw",
    "İstanbul",
    "e\u0301tude",
    "ﬁne",
    "n/a",
    "O'Brien",
    'say "hi"',
    "back\\slash",
    "{braces} {0}",
    "%s %(x)d",
    "two\nlines",
    "tab\there",
    "__import__('os').abort()",
    "' or 1=1 --",
    "road 🚚",
    "7",
    "Zolw",
    "żółwie",
    "żółw*",
    "two\u00a0 lines",
    "case, API",
    "Ærø",
)
"""Texts for rules and leads. None is empty or has outer white space, each has a letter or digit."""

PATTERNS = (
    "pric",
    "^/pricing",
    r"\.com$",
    "[a-z]+ss[ea]",
    "(transport|logistics)",
    r"\bcase\b",
    "(?s)two.lines",
    "ż",
    "^[óż]łw*",
    "æ+",
    r"two\s+lines",
    r"\d",
    ".",
    r"^\{",
)
"""RE2 patterns."""

LABELS = (
    "low",
    "mid",
    "high",
    "top",
    "A",
    "B",
    "A+",
    "1",
    "2",
    "is hot",
    "tag",
    "class",
    "beta",
    "żar",
    "{0}",
    'qu"ote',
)
DATE_FORMS = ("D.M.YYYY", "YYYY-MM-DD", "DD/MM/YY", "D MMM YYYY", "MMMM D, YYYY")
TIME_FORMS = (
    "M/D/YYYY h:m", "D.M.YYYY h:m:s", "M/D/YYYY h:mm AM", "YYYY-MM-DD'T'hh:mm:ss.SSSZ", "D MMM YYYY h:m", "epoch",
    "epoch ms",
)  # fmt: skip
NUMBER_FORMS = ("1 234,50", "1.234,50", "€1,234", "6,5", "45%", "12k", "51-200", "1'234.5 CHF", "1,2 mln zł")
SEPARATORS = (";", "|", " / ", ", ")
TYPES_IN_DATA = ("Demo Request", "email-open", "wizyta na stronie", "{0}", 'a"b', "PAGE VIEW", "e\u0301 2")
"""What stands in the data where a rule file has another name for a type of event."""
TRUE_WORDS = ("tak", "on", "YES", "1", "ÁNO")
FALSE_WORDS = ("nie", "off", "NO", "0", "ne")
UNKNOWN_WORDS = ("n/a", "Select", "-", "unknown", "999", "0")
TIMEZONES = (
    "UTC",
    "Europe/Warsaw",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
)
"""Half hours, half-hour summer times, a day that does not exist, midnights that do not."""

DATES = (
    dt.date(2026, 1, 1),
    dt.date(2026, 3, 29),
    dt.date(2025, 10, 26),
    dt.date(2024, 2, 29),
    dt.date(2026, 7, 15),
    dt.date(2011, 12, 30),
)

STANDARD_FIELDS = (
    "employees",
    "country",
    "budget",
    "created",
    "email",
    "industry",
    "authority",
    "annual_revenue",
    "need",
    "age",
)
STANDARD_EVENTS = ("email_open", "page_view", "purchase", "webinar_attended", "email_bounce", "demo_request")
