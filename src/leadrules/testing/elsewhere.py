"""The law that a result does not depend on the process: other hash seed, timezone, locale, working directory."""

from __future__ import annotations

import datetime as dt
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from leadrules.errors import LeadrulesError

if TYPE_CHECKING:
    from leadrules.ruleset import Ruleset
    from leadrules.testing.drawn_leads import RawLead

ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {"PYTHONHASHSEED": "4242", "TZ": "<+1345>-13:45", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"}
)
"""An environment that could change what hashing, clocks and letters do. The timezone is written so that
a machine without a timezone database knows it too."""

_PROGRAM = """
import json, pickle, sys
from leadrules.testing.elsewhere import outcomes_of
json.dump(outcomes_of(pickle.load(sys.stdin.buffer)), sys.stdout)
"""


def pickled_gives_the_same_digest(
    cases: Iterable[tuple[Ruleset, RawLead, dt.datetime]], *, environment: Mapping[str, str] = ELSEWHERE
) -> None:
    """Assert that rulesets pickled to a new process give the digests that they give here.

    All cases go to one process, which starts in `environment` beside the present one.
    """
    batch = list(cases)
    run = subprocess.run(  # noqa: S603 this very Python, and a program of ours
        [sys.executable, "-c", _PROGRAM],
        input=pickle.dumps(batch),
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    if run.returncode:
        raise AssertionError(f"the other process failed:\n{run.stderr.decode(errors='replace')}")
    for (rules, lead, as_of), here, there in zip(batch, outcomes_of(batch), json.loads(run.stdout), strict=True):
        if here != there:
            raise AssertionError(f"{here} here, {there} there: {rules!r} as of {as_of} about {lead}")


def outcomes_of(cases: Iterable[tuple[Ruleset, RawLead, dt.datetime]]) -> list[str]:
    """Give the digest of each case, or the sentence of its refusal."""
    found = []
    for rules, lead, as_of in cases:
        try:
            found.append(rules.evaluate(lead, as_of=as_of).digest)
        except LeadrulesError as error:
            found.append(str(error))
    return found
