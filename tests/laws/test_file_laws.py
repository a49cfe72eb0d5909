"""Rows in are rows told: however broken a file is, each of its lines is scored, rejected, blank or told as joined."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from leadrules import Ruleset
from leadrules.tables import Reject, Scored, read_leads, score_files

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULES = Ruleset.from_text("need +1")
VALUES = ("", "yes", "no", " ", "x", '"', '"x', 'x"', '""', '"x"', '"x"y', '"x""', 'x"y', "x\ty", "1,2", '"1,2"')
values = lists(sampled_from(VALUES), min_size=1, max_size=4)


@given(rows=lists(values, max_size=12), line_end=sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_of_a_broken_file_is_told(rows, line_end):
    lines = [",".join([str(number), *row]) if row[0] != " " else ",".join(row) for number, row in enumerate(rows)]
    told = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "leads.csv")
        path.write_text("id,need,note" + line_end + "".join(line + line_end for line in lines), "utf-8", newline="")
        leads = read_leads(path, delimiter=",")
        rejects = Path(folder, "rejects.csv")
        summary = score_files(RULES, leads=leads, as_of=NOON, progress=told.append, rejects=rejects)
        assert len(rejects.read_text("utf-8").splitlines()) == 1 + summary.rejected
    assert summary.scored == sum(isinstance(one, Scored) for one in told)
    assert summary.rejected == sum(isinstance(one, Reject) for one in told)
    assert summary.rows == summary.scored + summary.rejected + summary.blank
    assert len(lines) == summary.rows + summary.joined_lines
    plain = {str(number) for number, line in enumerate(lines) if '"' not in line and line.count(",") == 2}
    scored = {one.result.lead for one in told if isinstance(one, Scored)}
    assert summary.joined_lines or not plain - scored - {one.id for one in told if isinstance(one, Reject)}
