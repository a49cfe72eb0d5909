"""The families of the language: constructs of one shape, an entry each that says all a stage must know.

An aggregate, a test of text, a calendar, a decay, a comparison, a type of fields or a list of results is
added here, and to the grammar where it is a word of its own. The grammar, the words, the generators of
tests and the reference pages are held against these tables, so that a member that one forgets is told.
"""

from leadrules.families.aggregates import AGGREGATES, Aggregate
from leadrules.families.calendars import CALENDARS, Calendar
from leadrules.families.comparisons import COMPARISONS, Comparison
from leadrules.families.decays import DECAYS, Decay
from leadrules.families.elapsed import ELAPSED, ElapsedUnit
from leadrules.families.field_types import FIELD_TYPES, ORDERED, FieldType, Kind
from leadrules.families.local_times import LOCAL_TIMES, LocalTime
from leadrules.families.result_lists import MARKS, RESULT_LISTS, ResultList
from leadrules.families.text_tests import TEXT_TESTS, TextTest

__all__ = [
    "AGGREGATES",
    "CALENDARS",
    "COMPARISONS",
    "DECAYS",
    "ELAPSED",
    "FIELD_TYPES",
    "LOCAL_TIMES",
    "MARKS",
    "ORDERED",
    "RESULT_LISTS",
    "TEXT_TESTS",
    "Aggregate",
    "Calendar",
    "Comparison",
    "Decay",
    "ElapsedUnit",
    "FieldType",
    "Kind",
    "LocalTime",
    "ResultList",
    "TextTest",
]
