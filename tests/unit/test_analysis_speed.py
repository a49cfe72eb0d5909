"""The analysis stays quick on large files, and on files made to slow it down."""

import json
import subprocess
import sys
import time

import pytest

from leadrules import Ruleset
from leadrules.syntax.parser import Limits

SLOWER = 6 if "coverage" in sys.modules else 1  # measuring coverage makes every line dearer
ROOMY = Limits(file_bytes=8 * 1024 * 1024)

MEASURE = """
import json, resource, sys, time
from leadrules import Ruleset
text = sys.stdin.read()
start = time.process_time()
rules = Ruleset.from_text(text)
loaded = time.process_time()
warnings = rules.warnings
done = time.process_time()
print(json.dumps([loaded - start, done - loaded, len(warnings), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def many_rules(count):
    """Write a file of so many rules, of all kinds, in ten dimensions."""
    lines = ['field industry: one of {"transport", "logistics"}']
    for d in range(10):
        lines.append(f"dimension d{d} max 100000 within 365 days half-life 30 days")
        for i in range(count // 10):
            n = d * count // 10 + i
            lines.append(
                (
                    f'employees >= {i + 10} and country = "C{n}" +{i % 50 + 1}',
                    f'page_view[url contains "/p{n}"] within 30 days +2 max 2 per day',
                    f"count(email_open within {n + 1} days) >= {i % 7 + 1} +3 | >= 8 +5 | else -1",
                    f'job_title contains {{"a{n}", "b{i}"}} and not industry = "transport" +{i % 9 + 1} because "r{i}"',
                    f'annual_revenue between {i} and {n + 1000} or city in {{"x{n}", "y"}} +4',
                )[i % 5]
            )
    return "\n".join(lines)


def measured(count):
    run = subprocess.run(
        [sys.executable, "-c", MEASURE], input=many_rules(count), capture_output=True, text=True, check=True
    )
    load, analyse, warnings, kilobytes = json.loads(run.stdout)
    assert warnings > 0
    return load + analyse, analyse, kilobytes


@pytest.mark.slow
def test_ten_thousand_rules_are_parsed_checked_and_analysed_in_ten_seconds_and_linearly():
    _, few, _ = measured(1_000)
    _, some, _ = measured(3_000)
    total, many, kilobytes = measured(10_000)
    assert total < 10
    assert kilobytes < 500 * 1024
    assert some < 3 * few * 1.6
    assert many < 10 * few * 1.6


HOSTILE = {
    "alternatives": " | ".join(f'country = "c{i}" +{i % 90}' for i in range(3_000)),
    "bands": " | ".join(f"employees between {i * 10} and {i * 10 + 12} +{i % 90}" for i in range(1_800)),
    "or of texts": "(" + " or ".join(f'country = "c{i}"' for i in range(3_000)) + ") and budget +5",
    "and of texts": " and ".join(f'country != "c{i}"' for i in range(3_000)) + " +5",
    "or of numbers": " or ".join(f"employees = {i * 3}" for i in range(3_000)) + " +5",
    "or of fields": "\n".join(f"field f{i}: number" for i in range(900))
    + "\n"
    + " or ".join(f"f{i} > {i}" for i in range(900))
    + " +5",
    "one condition many times": "\n".join("email_open +1" for _ in range(3_000)),
    "criteria that double": "criterion c0 = employees\n"
    + "\n".join(f"criterion c{i + 1} = (c{i} + c{i})" for i in range(300))
    + "\nc300 > 5 +5",
    "criteria in a row": "criterion c0 = employees > 5\n"
    + "\n".join(f"criterion c{i + 1} = c{i} and annual_revenue > {i}" for i in range(3_000))
    + "\nc3000 +5",
    "nested not": "not " * 99 + "(employees > 5) +5",
    "long list": "country in {" + ", ".join(f'"c{i}"' for i in range(9_000)) + '} +5 | = "d" +3 | = "c7" +2',
    "choices": "field f: one of {"
    + ", ".join(f'"c{i}"' for i in range(4_000))
    + "}\n"
    + "\n".join(f'f != "c{i}" +1' for i in range(3_000)),
    "parts of choices": "field f: one of {"
    + ", ".join(f'"c{i}"' for i in range(900))
    + "}\n"
    + "\n".join(f'f contains "{i}" +1' for i in range(2_000)),
    "caps": "email_open +1 " + " ".join(f"max {i + 1} per day" for i in range(300)),
    "stages": "stages " + " < ".join(f"s{i}" for i in range(2_000)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_analysed_in_two_seconds(text):
    rules = Ruleset.from_text(text, limits=ROOMY)
    start = time.process_time()
    assert isinstance(rules.warnings, tuple)
    assert time.process_time() - start < 2 * SLOWER
