"""`leadrules check --explain`: the page of a code, on the terminal or as JSON."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from leadrules.canonical import canonical_json
from leadrules.cli.running import OK, Stop
from leadrules.cli.screen import Screen, drawn
from leadrules.cli.streams import standard_output
from leadrules.diagnostics.pages import Heading, Listing, Messages, Page, Prose, registry
from leadrules.errors import close_names

_INDENT = Text("    ")


def explain_code(code: str, *, as_json: bool) -> int:
    """Show the page of a code, in capitals or not, and give the exit status. Raises Stop for one that is none."""
    pages = registry()
    page = pages.get(code.strip().upper())
    if page is None:
        raise Stop(f"there is no code `{code}`", _advice(code.strip().upper(), list(pages)))
    if as_json:
        with standard_output() as file:
            file.write(canonical_json(_plain(page)) + "\n")
    else:
        _show(Screen(), page)
    return OK


def _advice(code: str, codes: list[str]) -> str:
    close = close_names(code, [other for other in codes if other[:3] == code[:3]] or codes)
    if close:
        return f"codes like it: {', '.join(close)}"
    return f"`leadrules check` shows the code of each mistake, such as {codes[0]}"


def _show(screen: Screen, page: Page) -> None:
    screen.line((f"{page.code}: {page.title}", "bold"))
    for part in page.parts():
        screen.line()
        match part:
            case Prose(text):
                screen.prose(text)
            case Heading(text):
                screen.line((text, "bold cyan"))
            case Listing(text):
                for line in text.strip("\n").split("\n"):
                    screen.put(_INDENT + line)
            case Messages(diagnostics):
                said = Text("\n\n").join(map(drawn, diagnostics))
                for words in said.split("\n", allow_blank=True):
                    screen.hanging(_INDENT, words)


def _plain(page: Page) -> dict[str, Any]:
    """Give a page as plain data; what it does not have is None or empty."""
    return {
        "code": page.code,
        "title": page.title,
        "severity": "warning" if page.is_warning else "error",
        "means": _joined(page.means),
        "cause": page.cause or None,
        "files": page.files,
        "params": page.params,
        "limits": page.limits,
        "diagnostics": [told.to_dict() for told in page.told()] if page.cause else [],
        "mended": page.mended or None,
        "mended_files": page.files if page.mended_files is None else page.mended_files,
        "happens": _joined(page.happens) or None,
        "mending": _joined(page.mending) or None,
    }


def _joined(text: str) -> str:
    """Give a paragraph as one line."""
    return " ".join(text.split())
