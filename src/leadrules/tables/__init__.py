"""Tables: leads and events read from files, and results written to them."""

from leadrules.tables.batch import Summary, score_files
from leadrules.tables.comparison import Comparison, compare
from leadrules.tables.csv_form import CSV_FORMS, CsvForm
from leadrules.tables.event_files import EVENT_COLUMNS, EventFile
from leadrules.tables.events import EventRows, EventTable, read_events
from leadrules.tables.formats import FORMATS, SUFFIXES
from leadrules.tables.lacks import FailedCells, Lacks, MissingColumn, MissingLabel, MixedList
from leadrules.tables.leads import LeadTable, Row, read_leads
from leadrules.tables.near_names import Names
from leadrules.tables.output import OutputFile
from leadrules.tables.problems import FileProblem
from leadrules.tables.rejects import Reject, RejectsWriter
from leadrules.tables.scoring import Scored
from leadrules.tables.shares import Shares
from leadrules.tables.standings import ScoredFile, Standing, read_scored
from leadrules.tables.unreadable import UnreadableColumn

__all__ = [
    "CSV_FORMS",
    "EVENT_COLUMNS",
    "FORMATS",
    "SUFFIXES",
    "Comparison",
    "CsvForm",
    "EventFile",
    "EventRows",
    "EventTable",
    "FailedCells",
    "FileProblem",
    "Lacks",
    "LeadTable",
    "MissingColumn",
    "MissingLabel",
    "MixedList",
    "Names",
    "OutputFile",
    "Reject",
    "RejectsWriter",
    "Row",
    "Scored",
    "ScoredFile",
    "Shares",
    "Standing",
    "Summary",
    "UnreadableColumn",
    "compare",
    "read_events",
    "read_leads",
    "read_scored",
    "score_files",
]
