"""What a plugin's folder says of it: `check_documents` holds its README, examples and cases against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from leadrules.criteria import Origin, loaded
from leadrules.errors import PluginError, RulesetError
from leadrules.ruleset import Ruleset
from leadrules.sdk import mark_of
from leadrules.syntax.parser import parse
from leadrules.testing.case_files import calls_in, read_cases

_BLOCK = re.compile(r"^(?P<fence>```|~~~)leadrules\n(?P<rules>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
_UNMARKED = re.compile(r"^(?:```|~~~)(?:text)?\n(?=(?:[^`~\n]*\n)*?use \w)", re.MULTILINE)
_ROW = re.compile(r"^\| `(\w+)\(", re.MULTILINE)


def check_documents(plugin: ModuleType, folder: str | Path, *, cases: int = 1) -> None:
    """Assert that what a plugin's folder says of it is true. The plugin must be installed.

    Every rule file there (`examples/*.leadrules`, those beside the README, and the blocks of the
    README that are marked `leadrules`) loads without a warning, and has examples, which all pass.
    No block of rules in the README is left unmarked. The README has a table with a row for each
    criterion, beginning with its call, and for nothing else: ``| `capitals(text)` | …``. `cases/*.toml`
    ask each criterion at least `cases` times, and the module's `__all__`, if it has one, names them all.

    Raises AssertionError with everything that is not so.
    """
    home = Path(folder)
    found = [*_wrong_rules(home), *_wrong_names(plugin, home, cases)]
    if found:
        raise AssertionError("\n".join(found))


def rules_shown(page: Path) -> Iterator[tuple[int, str]]:
    """Give the rule files that a page shows, in blocks marked `leadrules`, each with the line it begins on."""
    text = page.read_text("utf-8")
    for block in _BLOCK.finditer(text):
        yield text.count("\n", 0, block.start("rules")) + 1, block["rules"]


def _wrong_rules(home: Path) -> Iterator[str]:
    readme = home / "README.md"
    if not readme.is_file():
        yield "there is no README.md"
        return
    for line, text in rules_shown(readme):
        yield from _wrong(f"README.md:{line}", lambda text=text: Ruleset.from_text(text))  # type: ignore[misc]
    text = readme.read_text("utf-8")
    for block in _UNMARKED.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        yield f"README.md:{line}: rules that nothing checks: mark the block as `leadrules`"
    for path in sorted((*home.glob("*.leadrules"), *home.glob("examples/*.leadrules"))):
        name = path.relative_to(home).as_posix()
        yield from _wrong(name, lambda path=path: Ruleset.from_file(path))  # type: ignore[misc]


def _wrong(place: str, load: Callable[[], Ruleset]) -> Iterator[str]:
    try:
        rules = load()
    except RulesetError as error:
        yield f"{place}: {error}"
        return
    yield from (f"{place}: {warning.render()}" for warning in rules.warnings)
    results = rules.run_examples()
    if not results:
        yield f"{place}: it has no example; say what comes of a lead: `example`, `given` and `expect`"
    yield from (f'{place}: the example "{result.name}" fails' for result in results if not result.passed)


def _wrong_names(plugin: ModuleType, home: Path, least: int) -> Iterator[str]:
    try:
        criteria = loaded(Origin(plugin.__name__), plugin).criteria
    except PluginError as error:
        yield str(error)
        return
    readme = home / "README.md"
    rows = _ROW.findall(readme.read_text("utf-8")) if readme.is_file() else []
    yield from (f"README.md: no row begins with `{name}(…)`" for name in criteria if name not in rows)
    yield from (f"README.md: there is no criterion `{name}`" for name in rows if name not in criteria)
    own = (name for name, value in vars(plugin).items() if getattr(value, "__module__", None) == plugin.__name__)
    hidden = (name for name in own if name not in criteria and mark_of(getattr(plugin, name)) is not None)
    yield from (f"`__all__` does not name `{name}`, so no rule file can ask it" for name in hidden)
    asked = [name for path in sorted((*home.glob("cases/*.toml"), *home.glob("cases/*.tsv"))) for name in _asked(path)]
    for name in criteria:
        if asked.count(name) < least:
            yield f"cases: `{name}` is asked {asked.count(name)} times, and at least {least} are wanted"


def _asked(path: Path) -> Iterator[str]:
    """Name the criteria that a file of cases asks, each once a case, and once a row."""
    for case in read_cases(path):
        if case.kind != "case":
            file, _ = parse(f"criterion asked = {case.table['call']}", path.name)
            names = {call.function.name for call in calls_in(file.statements) if call.plugin is not None}
            yield from [*names] * len(case.table.get("rows", "1"))
