"""Read a rule file: from its text to the tree, and to everything that is wrong with it.

A pre-pass cuts the file into statements (`lines`), a look at the literals follows (`literals`), then
the grammar reads each statement by itself and `builder` makes its nodes; what the grammar refuses is
put into words by `mistakes`. This is the only module that knows lark, and no type of lark leaves it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from importlib import resources
from itertools import islice
from typing import Any, cast

import attrs
import lark
from lark.exceptions import UnexpectedInput

from leadrules.errors import Diagnostic, in_order
from leadrules.patterns import MOST_STEPS
from leadrules.syntax import tree
from leadrules.syntax.builder import Builder
from leadrules.syntax.files import FILE_BYTES, too_large
from leadrules.syntax.lines import MAX_TOKENS, Chunk, chunks_of
from leadrules.syntax.literals import invisible_characters, mistakes_in, mixed_scripts
from leadrules.syntax.mistakes import explain
from leadrules.syntax.source import Source, decode
from leadrules.vocabulary import MOST_CODE
from leadrules.work import MOST_WORK

__all__ = ["Limits", "build_tables", "decode", "parse"]


@attrs.frozen
class Limits:
    """What a ruleset may hold; past a limit there is a diagnostic (such as `LR004`) or an `InputError`.

    `file_bytes` is the size of one file, `nesting` the depth of brackets and of includes,
    `statement_tokens` the words and signs of one statement, `mistakes` how many are reported of one
    file. Of all files together, `rules` are the rules, `parts` the statements, with one more for each
    further alternative and each further condition of `and`, `or` and `at least`, and `tokens` all words
    and signs. `events` are the events of one lead, `fields` the fields that the rules read,
    `pattern_steps` the size of all patterns together, `bundle_bytes` that of a bundle, `work`
    the steps of work that one lead may take. `code` is how much of the rules is compiled, in parts of them, once for
    each type of event that they ask about: what is past it gives the same and is slower.

    Each is a whole number, 0 or more, and `nesting` at most 100, for which Python has room. The values by default are
    for rules of people whom you trust; `untrusted` gives those for a text from a stranger.
    """

    file_bytes: int = FILE_BYTES
    rules: int = 10_000
    parts: int = 30_000
    tokens: int = 250_000
    nesting: int = 100
    name_characters: int = 200
    statement_tokens: int = MAX_TOKENS
    mistakes: int = 1_000
    events: int = 100_000
    fields: int = 1_000
    pattern_steps: int = MOST_STEPS
    bundle_bytes: int = 64 * FILE_BYTES
    work: int = MOST_WORK
    code: int = MOST_CODE

    def __attrs_post_init__(self) -> None:
        for name, value in attrs.asdict(self).items():
            if type(value) is not int:
                raise TypeError(f"the limit `{name}` is a whole number, not {value!r}")
            most = _DEEPEST if name == "nesting" else _LARGEST
            if not 0 <= value <= most:
                raise ValueError(f"the limit `{name}` is a number from 0 to {most:,}, not {value!r}")

    @classmethod
    def untrusted(cls, **changes: int) -> Limits:
        """Give limits for a rule file from somebody whom you do not trust; `changes` are limits by name.

        Whatever they admit was loaded, warned about, scored and explained within some 2 seconds each, and in 200 MiB.
        Raises TypeError and ValueError as `Limits` does.

        >>> Limits.untrusted(rules=100).file_bytes
        65536
        """
        return cls(**{**_UNTRUSTED, **changes})


_LARGEST = 10**18
_DEEPEST = 100
_UNTRUSTED = {
    "file_bytes": 65_536,
    "rules": 500,
    "parts": 5_000,
    "tokens": 20_000,
    "mistakes": 50,
    "events": 5_000,
    "fields": 200,
    "pattern_steps": 20_000,
    "bundle_bytes": 1_048_576,
    "work": 500_000,
    "code": 50_000,
}


DEFAULT_LIMITS = Limits()


@attrs.define
class Extent:
    """How much was read of the files of a ruleset so far."""

    rules: int = 0
    parts: int = 0
    tokens: int = 0

    def excess(self, limits: Limits) -> tuple[str, str, str | None] | None:
        """Give a code, what there is more of than there may be, and advice; None where all is within limits."""
        if self.rules > limits.rules:
            return "LR005", f"{limits.rules} rules", None
        if self.parts > limits.parts:
            advice = "write alternatives that give the same as one condition: `country in {…}`"
            return "LR014", f"{limits.parts:,} statements and conditions", advice
        if self.tokens > limits.tokens:
            return (
                "LR014",
                f"{limits.tokens:,} words and signs",
                'put long lists into files: `list NAME from "file.csv"`',
            )
        return None


def parse(
    text: str, name: str, *, limits: Limits = DEFAULT_LIMITS, extent: Extent | None = None
) -> tuple[tree.File, tuple[Diagnostic, ...]]:
    """Read the text of a rule file called `name`.

    Gives the statements that could be read, and all diagnostics, errors and warnings, in order of
    the file. Never raises, whatever the text. Spans and columns count characters of `File.text`.
    `extent` is that of the files that were read before, to which this one is added.
    """
    source = Source.normalised(text, name)
    hopeless = source.not_text() or _too_large(source, limits)
    if hopeless is not None:
        return tree.File(name, source.text, ()), (hopeless,)
    reader = _Reader(source, limits, extent or Extent())
    for chunk in chunks_of(source, max_nesting=limits.nesting, max_tokens=limits.statement_tokens):
        reader.read(chunk)
        if reader.is_over_limit():
            break
    invisible = islice(invisible_characters(source), limits.mistakes)
    return reader.file(), in_order((*reader.diagnostics, *invisible))


def _too_large(source: Source, limits: Limits) -> Diagnostic | None:
    size = len(source.text.encode())
    if size <= limits.file_bytes:
        return None
    return too_large(source.name, size, limits.file_bytes)


class _Reader:
    """The statements read so far, and the mistakes."""

    def __init__(self, source: Source, limits: Limits, extent: Extent) -> None:
        self.source = source
        self.limits = limits
        self.extent = extent
        self.is_alone = extent == Extent()
        self.grammar = _grammar()
        self.diagnostics: list[Diagnostic] = []
        self.statements: list[tree.Statement] = []
        self.comments: list[tuple[str, ...]] = []
        self.trailing: list[str | None] = []
        self.blanks: list[tuple[int, ...]] = []
        self.tail = self.at = Chunk((), (), None, ())
        self.chunks = 0
        self.warned: set[str] = set()
        self.mistakes = self.looked_at = 0

    def read(self, chunk: Chunk) -> None:
        """Read one statement, or the comments after the last one."""
        if not chunk.tokens:
            self.tail = chunk
            return
        self.chunks += 1
        self.extent.tokens += len(chunk.tokens)
        self.extent.parts += 1
        self.at = chunk
        statement, mistakes = self._statement(chunk)
        self.diagnostics += mistakes
        if statement is not None:
            self.statements.append(statement)
            self.comments.append(chunk.comments)
            self.trailing.append(chunk.trailing)
            self.blanks.append(chunk.blanks)
            self.extent.rules += isinstance(statement, tree.Rule | tree.Outcome)

    def _statement(self, chunk: Chunk) -> tuple[tree.Statement | None, list[Diagnostic]]:
        source = self.source
        tokens = chunk.tokens[: self.limits.statement_tokens]
        wrong = mistakes_in(source, tokens, max_name=self.limits.name_characters)
        mistakes = [*chunk.mistakes, *islice(wrong, self.limits.mistakes + 1)]
        if mistakes:
            return None, mistakes
        statement, mistakes = self.grammar.statement(source, chunk)
        self.extent.parts += self.grammar.builder.place.parts
        if statement is not None and len(chunk.tokens) > self.limits.nesting:
            mistakes += self._too_deep(statement)
        if statement is None or mistakes:
            return None, mistakes
        if not source.text.isascii():
            mistakes += self._warnings(chunk)
        return statement, mistakes

    def _too_deep(self, statement: tree.Statement) -> list[Diagnostic]:
        """Refuse what brackets did not show: thousands of `not` or of terms of a sum in a row."""
        limit = 2 * self.limits.nesting
        span = _deeper_than(statement, limit)
        if span is None:
            return []
        advice = "name parts of it with `criterion NAME = …`"
        message = f"more than {limit} operations depend on each other"
        return [self.source.diagnostic("LR006", message, span.start, span.end, advice)]

    def _warnings(self, chunk: Chunk) -> list[Diagnostic]:
        """Warn of each name of mixed scripts once."""
        found = dict(reversed(list(mixed_scripts(self.source, chunk.tokens))))
        new = {word: warning for word, warning in found.items() if word not in self.warned}
        self.warned |= new.keys()
        return list(new.values())

    def is_over_limit(self) -> bool:
        """Tell whether to stop reading; the limit is reported."""
        excess = self.extent.excess(self.limits)
        if excess is not None:
            code, most, advice = excess
            message = f"{'the file has' if self.is_alone else 'the files together have'} more than {most}"
            self.diagnostics.append(self.source.diagnostic(code, message, self.at.start, self.at.end, advice))
            return True
        self.mistakes += sum(d.severity == "error" for d in self.diagnostics[self.looked_at :])
        self.looked_at = len(self.diagnostics)
        if self.mistakes > self.limits.mistakes:
            end = self.diagnostics[-1].span
            message = "too many mistakes; the rest of the file was not read"
            self.diagnostics.append(self.source.diagnostic("LR008", message, end.start, end.end))
            return True
        return False

    def file(self) -> tree.File:
        """Give the file as far as it was read."""
        if not self.chunks:
            end = len(self.source.text)
            advice = "write a rule, such as `email_open +5`"
            self.diagnostics.append(self.source.diagnostic("LR003", "the file has no statements", end, end, advice))
        return tree.File(
            self.source.name,
            self.source.text,
            tuple(self.statements),
            tuple(self.comments),
            tuple(self.trailing),
            self.tail.comments,
            (*self.blanks, self.tail.blanks),
        )


def _deeper_than(statement: tree.Node, limit: int) -> Any:
    """Give the span of a node that stands deeper in the tree than `limit`, if there is one."""
    level: list[Any] = [statement]
    for _ in range(limit):
        level = [child for node in level for child in node.children()]
        if not level:
            return None
    return level[0].span


# -------------------------------------------------------------------------------------------- tables


class _Grammar:
    """The parse tables with the builder's callbacks, shared by all threads."""

    def __init__(self, tables: lark.Lark, builder: Builder) -> None:
        self.tables = tables
        self.builder = builder

    def statement(self, source: Source, chunk: Chunk) -> tuple[tree.Statement | None, list[Diagnostic]]:
        """Read one statement of good tokens and matched brackets."""
        text = _without_comments(source, chunk)
        self.builder.begin(source, chunk.start)
        try:
            statement = self.tables.parse(text)
        except UnexpectedInput:
            at, expected = self._refusal(text)
            return None, [explain(source, chunk.tokens, chunk.start + at, expected)]
        return cast("tree.Statement", statement), self.builder.place.mistakes

    def _refusal(self, text: str) -> tuple[int, frozenset[str]]:
        """Find where a statement stops being one, and the terminals that could have stood there.

        It is read again, token by token: after a refusal the parser has already forgotten some of
        what it could have taken.
        """
        reader: Any = self.tables.parse_interactive(text)
        tokens = reader.lexer_thread.lex(reader.parser_state)
        while True:
            try:
                token = next(tokens, None)
            except UnexpectedInput as error:
                return _position(error), frozenset(reader.accepts())
            if token is None:
                return len(text), frozenset(reader.accepts())
            before = reader.copy(deepcopy_values=False)
            try:
                reader.feed_token(token)
            except UnexpectedInput:
                return token.start_pos, frozenset(before.accepts())


def _without_comments(source: Source, chunk: Chunk) -> str:
    """Give a statement's text, comments within it blanked out: they may stand between the words of a keyword."""
    text = source.text[chunk.start : chunk.end]
    if "#" not in text:
        return text
    written, at = [], chunk.start
    for token in chunk.tokens:
        between = source.text[at : token.start]
        written += [" " * len(between) if "#" in between else between, token.text]
        at = token.end
    return "".join(written)


def _position(error: UnexpectedInput) -> int:
    position: int | None = error.pos_in_stream
    return position or 0


_OPTIONS: dict[str, Any] = {"parser": "lalr", "keep_all_tokens": True, "maybe_placeholders": False}
_lock = threading.Lock()
_loaded: list[_Grammar] = []


def _grammar() -> _Grammar:
    """Give the grammar, loaded on the first call of the process."""
    with _lock:
        if not _loaded:
            builder = Builder()
            _loaded.append(_Grammar(_load(builder) or _build(builder), builder))
        return _loaded[0]


def _grammar_text() -> str:
    return resources.files("leadrules.grammar").joinpath("leadrules.lark").read_text("utf-8")


def _build(builder: Builder | None, **options: Any) -> lark.Lark:
    return lark.Lark(_grammar_text(), transformer=cast("Any", builder), **_OPTIONS, **options)


def _load(builder: Builder) -> lark.Lark | None:
    """Load the saved tables, unless there are none or they are of another grammar or lark."""
    saved = resources.files("leadrules.grammar").joinpath("leadrules.lalr")
    try:
        data = json.loads(saved.read_bytes(), object_hook=_with_numbers)
    except (OSError, ValueError):
        return None
    if data.get("key") != _key():
        return None
    load: Any = lark.Lark._load_from_dict  # noqa: SLF001 - the public `load` reads a pickle
    return cast("lark.Lark", load(data["data"], data["memo"], transformer=builder))


def build_tables() -> bytes:
    """Build the tables strictly, and give them as saved in `leadrules.lalr`: JSON, the same on every Python."""
    tables = _build(None, strict=True)
    data, memo = tables.memo_serialize([lark.lexer.TerminalDef, lark.grammar.Rule])
    data["options"]["strict"] = False  # checked now; a loader has no need of the tools for it
    return json.dumps({"key": _key(), "data": _packed(data), "memo": _packed(memo)}, separators=(",", ":")).encode()


def _key() -> str:
    """Name what the tables depend on: the grammar and lark."""
    return hashlib.sha256(f"{lark.__version__}\n{_grammar_text()}".encode()).hexdigest()


def _packed(value: Any) -> Any:
    """Make a value fit for JSON, which knows no numbers as keys: `{1: …}` becomes `{"#": {"1": …}}`."""
    if isinstance(value, dict):
        packed = {str(key): _packed(member) for key, member in value.items()}
        return {"#": packed} if any(isinstance(key, int) for key in value) else packed
    return [_packed(member) for member in value] if isinstance(value, list | tuple) else value


def _with_numbers(found: dict[str, Any]) -> dict[Any, Any]:
    """Undo `_packed`, object by object as JSON is read; tuples stay lists."""
    return {int(key): member for key, member in found["#"].items()} if "#" in found else found
