"""A reference page per diagnostic code: what it means, a file that causes it, and the mended file.

The pages are made from the `*.toml` beside this module, one table for each code:

- `means`: what it means, in two to four sentences, for a person who sells.
- `cause`, `mended`: rule files. The cause gives exactly this code, and the codes in `also`.
- `files`, `mended_files`: the files that they name; `params`: values that the host gives; `limits`:
  lower limits than usual, so that a small file shows what happens to a large one.
- `happens`, `mending`: in words, where the cause is no text of a rule file.

Files may use a plugin `acme`, made here. A page is a sequence of parts; here they become Markdown,
and the command line shows them on a terminal.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs

from leadrules.check.checker import Checked
from leadrules.errors import Diagnostic
from leadrules.loading import check_files, review
from leadrules.plugins import Catalogue
from leadrules.sdk import LeadView, criterion
from leadrules.syntax.codes import CODES
from leadrules.syntax.files import Files
from leadrules.syntax.parser import Limits

_NOTE = "<!-- Made from the code; to change it, change src/leadrules/diagnostics. -->"
_MAIN = "rules.leadrules"
_PARTS = {
    "LR0": "The file as a whole",
    "LR1": "What cannot be read",
    "LR2": "What is allowed and hardly meant",
    "LR3": "Names",
    "LR4": "Types and values",
    "LR5": "Rules and what they make",
    "LR6": "Other files and plugins",
}


@attrs.frozen
class Prose:
    """A paragraph, or several, in lines of at most 120 characters."""

    text: str


@attrs.frozen
class Heading:
    """What the next parts are about."""

    text: str


@attrs.frozen
class Listing:
    """The text of a file; `language` is `leadrules` where it is a rule file that stands alone, else `text`."""

    text: str
    language: str = "text"


@attrs.frozen
class Messages:
    """What `leadrules check` says."""

    diagnostics: tuple[Diagnostic, ...]


Part = Prose | Heading | Listing | Messages


@attrs.frozen
class Page:
    """What is told of a code; see the module for each part."""

    code: str
    means: str
    cause: str = ""
    mended: str = ""
    files: Mapping[str, str] = attrs.field(factory=dict)
    mended_files: Mapping[str, str] | None = None
    params: Mapping[str, Any] = attrs.field(factory=dict)
    limits: Mapping[str, int] = attrs.field(factory=dict)
    also: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    happens: str = ""
    mending: str = ""

    @property
    def stands_alone(self) -> bool:
        """Tell whether the mended file needs nothing but itself."""
        return not (self.files or self.params or self.limits or "use acme" in self.mended)

    @property
    def title(self) -> str:
        """The title of the code."""
        return CODES[self.code]

    @property
    def is_warning(self) -> bool:
        """Tell whether the rules can be used all the same."""
        return self.code.startswith("LR2")

    def told(self) -> tuple[Diagnostic, ...]:
        """Give what is said of the cause under this code."""
        return tuple(told for told in self.check_cause().diagnostics if told.code == self.code)

    def parts(self) -> Iterator[Part]:
        """Give what stands below the title, in order."""
        yield Prose(self.means.strip())
        if self.is_warning:
            silenced = f"`# ok: {self.code}` at the end of the line silences it."
            yield Prose(f"This is a warning: the rules can be used. {silenced}")
        yield Heading("What causes it")
        if self.happens:
            yield from (Prose(self.happens.strip()), Heading("What to do"), Prose(self.mending.strip()))
            return
        yield from self._circumstances()
        yield Listing(self.cause)
        yield from _beside({} if self.limits else self.files)
        yield from (Prose("leadrules says:"), Messages(self.told()), Heading("The same, mended"))
        yield Listing(self.mended, "leadrules" if self.stands_alone else "text")
        yield from _beside(self.files if self.limits else self.mended_files or {})

    def _circumstances(self) -> Iterator[Part]:
        """Say what the example was run with."""
        if "use acme" in self.mended:
            yield Prose("`acme` is a plugin that was made up for this page.")
        if self.limits:
            shown = " and ".join(f"`{name}` of {value:,}" for name, value in self.limits.items())
            yield Prose(f"With a limit on {shown}, to keep the example short:")
        for name, value in self.params.items():
            yield Prose(f"With `--param {name}={value}`:")

    def check_cause(self) -> Checked:
        """Check the file that causes the diagnostic."""
        return self._check(self.cause, self.files)

    def check_mended(self) -> Checked:
        """Check the mended file."""
        return self._check(self.mended, self.files if self.mended_files is None else self.mended_files)

    def _check(self, text: str, files: Mapping[str, str]) -> Checked:
        # Only names that are made up may be looked for: pages do not hang on what is installed.
        catalogue = Catalogue({"acme": ACME}, dict.fromkeys({"acme_wether"}))
        with TemporaryDirectory() as folder:  # on disk, so that the messages are those that people see
            for name, content in {_MAIN: text, **files}.items():
                Path(folder, name).write_text(content, "utf-8", newline="\n")
            found = Files(_MAIN, path=Path(folder, _MAIN), root=Path(folder).resolve())
            return review(check_files(found, self.params, Limits(**self.limits), catalogue))


def registry() -> dict[str, Page]:
    """Give what is told of each code, in order."""
    folder = resources.files("leadrules.diagnostics")
    texts = sorted((file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml"))
    return {code: Page(code, **table) for _, text in texts for code, table in tomllib.loads(text).items()}


def _beside(files: Mapping[str, str]) -> Iterator[Part]:
    for name, text in files.items():
        yield from (Prose(f"`{name}`, beside it:"), Listing(text))


# ------------------------------------------------------------------ Markdown


def pages() -> dict[str, str]:
    """Give the pages as Markdown by their file names: `index.md`, and one for each code."""
    found = registry()
    return {
        "index.md": _written(_index(found)),
        **{f"{page.code}.md": _written(_page(page)) for page in found.values()},
    }


def _written(lines: Iterator[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


def _index(found: Mapping[str, Page]) -> Iterator[str]:
    yield from ("# Diagnostics", "", _NOTE, "")
    yield "Everything that `leadrules check` can say about a rule file, by its code. A code keeps its meaning for good."
    yield "`leadrules check --explain LR204` shows such a page."
    for start, title in _PARTS.items():
        yield from ("", f"## {title}", "", "| code | what |", "|---|---|")
        yield from (f"| [{code}]({code}.md) | {CODES[code]} |" for code in found if code.startswith(start))


def _page(page: Page) -> Iterator[str]:
    yield from (f"# {page.code}: {page.title}", "", _NOTE, "")
    for part in page.parts():
        match part:
            case Prose(text):
                yield text
            case Heading(text):
                yield f"## {text}"
            case Listing(text, language):
                yield from _fenced(language, text)
            case Messages(diagnostics):
                yield from _fenced("text", "\n\n".join(told.render() for told in diagnostics))
        yield ""


def _fenced(kind: str, text: str) -> Iterator[str]:
    yield from (f"```{kind}", text.strip("\n"), "```")


# ----------------------------------------------------------------- the plugin `acme` of the examples

_CONTINENTS = frozenset({"Africa", "America", "Asia", "Australia", "Europe"})


def _continent(name: str) -> None:
    if name not in _CONTINENTS:
        raise ValueError(f"there is no continent {name}")


@criterion(checks={"continent": _continent}, formerly=["near"], renamed={"area": "continent"})
def is_near(country: str, continent: str = "Europe") -> bool:
    """Tell whether a country lies on our continent."""
    return country == "PL" and continent == "Europe"


@criterion(fields={"customer_since": dt.date}, events={})
def is_loyal(lead: LeadView) -> bool:
    """Tell whether the lead has been a customer for long."""
    return lead is not None


@criterion(deprecated="write `acme.is_near(…)`")
def is_far(country: str) -> bool:
    """Tell whether a country lies on another continent."""
    return country != "PL"


ACME = {"is_near": is_near, "is_loyal": is_loyal, "is_far": is_far}
"""The plugin `acme` of the examples."""
