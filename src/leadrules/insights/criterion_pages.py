"""A reference page per criterion, made from what its code says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from leadrules.criteria import Criterion, Parameter
from leadrules.insights.installed import summary_of
from leadrules.vocabulary import Type

_NOTE = "<!-- Made from the code; to change it, change the docstring. -->"


def pages_of(plugin: str, criteria: Iterable[Criterion]) -> dict[str, str]:
    """Give the pages of a plugin as Markdown by their file names: `index.md`, and one for each criterion."""
    found = sorted(criteria, key=lambda criterion: criterion.name)
    pages = {f"{criterion.name}.md": page_of(criterion) for criterion in found}
    return {"index.md": "\n".join(_index(plugin, found)) + "\n", **pages}


def _index(plugin: str, criteria: Iterable[Criterion]) -> Iterator[str]:
    yield from (f"# {plugin}", "", _NOTE, "", f"A rule file writes `use {plugin}`, and calls:", "")
    yield from ("| criterion | what it gives |", "|---|---|")
    for criterion in criteria:
        yield f"| [`{plugin}.{criterion.name}{criterion.signature}`]({criterion.name}.md) | {summary_of(criterion)} |"


def page_of(criterion: Criterion) -> str:
    """Give a criterion's page as Markdown."""
    return "\n".join(_lines(criterion)).rstrip("\n") + "\n"


def _lines(criterion: Criterion) -> Iterator[str]:
    name = f"{criterion.origin.plugin}.{criterion.name}"
    unknown = " or unknown" if criterion.maybe_unknown else ""
    version = criterion.version.partition(" ")[0]  # what follows tells of libraries, which differ from place to place
    yield from (f"# {name}", "", _NOTE, "", f"`{name}{criterion.signature}`{unknown} · version {version}", "")
    if criterion.mark.deprecated is not None:
        yield from (f"It is going away: {criterion.mark.deprecated}.", "")
    yield from _fenced(criterion.doc.splitlines())
    if criterion.given:
        yield from ("", "| argument | type | when it is unknown | when it is left out |", "|---|---|---|---|")
        yield from (_row(parameter) for parameter in criterion.given)
    if criterion.wants_lead:
        yield from ("", f"It looks at {_view(criterion)}.")
    if criterion.mark.checks:
        names = ", ".join(f"`{parameter}`" for parameter in criterion.mark.checks)
        yield from ("", f"What a rule file writes for {names} is checked with the rule file.")
    if criterion.mark.together:
        yield from ("", "Whether its arguments go together is checked with the rule file.")
    if criterion.origin.distribution:
        yield from ("", f"Part of `{criterion.origin.distribution}`.")


def _row(parameter: Parameter) -> str:
    unknown = "is taken as such" if parameter.optional else "the answer is unknown"
    left_out = f"`{parameter.default}`" if parameter.has_default else "cannot be"
    return f"| `{parameter.name}` | {parameter.type} | {unknown} | {left_out} |"


def _view(criterion: Criterion) -> str:
    fields, events = criterion.fields, criterion.events
    if fields is not None and events is not None and not fields and not events:
        return "no field or event of the lead, but at the moment and the time zone of scoring"
    shown_fields = None if fields is None else [f"`{name}` ({type_})" for name, type_ in fields.items()]
    shown_events = None if events is None else [_event(name, properties) for name, properties in events.items()]
    return "the whole lead: " + " and ".join((_listed("fields", shown_fields), _listed("events", shown_events)))


def _event(name: str, properties: Mapping[str, Type]) -> str:
    inside = ", ".join(f"{prop}: {type_}" for prop, type_ in properties.items())
    return f"`{name}[{inside}]`" if inside else f"`{name}`"


def _listed(what: str, shown: list[str] | None) -> str:
    if shown is None:
        return f"all {what} of the rule file"
    return f"the {what} " + ", ".join(shown) if shown else f"no {what}"


def _fenced(lines: Iterable[str]) -> Iterator[str]:
    """Put examples (`>>> …` and what follows, up to a blank line) into fences."""
    inside = False
    for line in lines:
        begins = bool(re.match(r"\s*>>> ", line))
        if begins and not inside:
            yield "```python"
            inside = True
        elif inside and not line.strip():
            yield "```"
            inside = False
        yield line
    if inside:
        yield "```"
