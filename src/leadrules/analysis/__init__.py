"""What is allowed in a rule file but hardly meant: warnings, each provable over the exact program.

The checked program is settled for all leads at once (`points`), over sets of values (`sets`) and the
three answers of conditions (`meaning`); the other modules each look for one kind of mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadrules import program as p
from leadrules.analysis.ages import check_ages
from leadrules.analysis.alternatives import check_alternatives
from leadrules.analysis.bounds import check_bounds, check_caps, check_fading, check_windows
from leadrules.analysis.comments import silence
from leadrules.analysis.findings import Findings
from leadrules.analysis.indents import check_indents
from leadrules.analysis.never import check_conditions, check_grades
from leadrules.analysis.points import settle
from leadrules.analysis.repeats import check_repeats
from leadrules.analysis.sequences import check_sequences
from leadrules.analysis.stages import check_stages, check_totals
from leadrules.analysis.texts import check_outputs, check_texts, check_word_tests
from leadrules.analysis.unknowns import check_unknowns
from leadrules.analysis.usage import check_choices, check_usage
from leadrules.errors import Diagnostic, in_order
from leadrules.syntax import tree

__all__ = ["analyse", "silence"]

_CHECKS = (
    check_conditions,
    check_grades,
    check_alternatives,
    check_bounds,
    check_caps,
    check_windows,
    check_repeats,
    check_usage,
    check_choices,
    check_texts,
    check_outputs,
    check_word_tests,
    check_stages,
    check_totals,
    check_unknowns,
    check_ages,
    check_fading,
    check_indents,
    check_sequences,
)


def analyse(
    program: p.Program, statements: Sequence[tree.Statement], texts: Mapping[str, str]
) -> tuple[Diagnostic, ...]:
    """Find what cannot be meant in a checked program: warnings (`LR204` to `LR241`), in order of the files.

    `statements` are those that the program was made of, `texts` the text of each file by the name
    that spans use. Every warning is true of every lead; what cannot be proved is passed over.
    """
    outline = settle(program)
    findings = Findings.about(statements, texts)
    for check in _CHECKS:
        check(outline, findings)
    return in_order(findings.report.diagnostics)
