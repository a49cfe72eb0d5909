"""What makes results besides the rules and the lead: the versions of leadrules and of the tables that it reads.

None of it is part of a result's digest: equal versions are not what makes results equal.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from leadrules import characters, patterns


@functools.cache
def _versions() -> dict[str, str]:
    tables = {"tzdata": metadata.version("tzdata"), "re2": patterns.version(), "unicode": characters.VERSION}
    return {"leadrules": metadata.version("leadrules"), **tables}


def tables() -> dict[str, str]:
    """Give the versions of the tables that are part of the meaning: tzdata, re2, unicode."""
    return {name: version for name, version in _versions().items() if name != "leadrules"}


def environment_of(plugins: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give what makes results here: leadrules, tzdata, re2, unicode, and what tells the rules' plugins apart."""
    return {**_versions(), "plugins": {name: dict(identity) for name, identity in sorted(plugins.items())}}
