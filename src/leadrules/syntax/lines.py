"""Cut a rule file into statements: tokens, the rules of lines and brackets, and comments.

The second stage of the parser. It reads tokens only as far as lines need them; what a statement
means is the grammar's business. `leadrules.syntax.literals` looks at each token by itself, so that the
grammar only meets good ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import attrs

from leadrules.errors import Diagnostic
from leadrules.syntax.source import Source
from leadrules.syntax.words import STATEMENT_WORDS

MAX_LINES = 50
"""A bracket that is still open after so many lines was forgotten."""

MAX_TOKENS = 20_000
"""What one statement holds at most, unless the host says otherwise."""

_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<string>  "(?:[^"\\\n]|\\[^\n])*" )
    | (?P<quoted>  `[^`\n]+` )
    | (?P<open>    ["`][^\n]* )
    | (?P<date>    \d{4}-\d{2}-\d{2} (?:T[\d:.]*(?:Z|[+-]\d{2}:\d{2})?)? (?!\w) )
    | (?P<number>  \d\w*(?:\.\d\w*)* )
    | (?P<word>    half-life(?!\w) | [^\W\d]\w* )
    | (?P<sign>    ->|=>|==|!=|<=|>=|<>|=<|&&|\|\||[-+*/%=<>()\[\]{},:|.] )
    | (?P<newline> \n )
    | (?P<space>   [^\S\n]+ )
    | (?P<other>   . )
    """,
    re.VERBOSE,
)

_FILLED = re.compile(r"[^\n]+")
_JOINS_NEXT = frozenset({"and", "or", "not", ",", "|", "=", "<", "->", "of", "by"})
_JOINS_PREVIOUS = frozenset({"|", "and", "or", "AND", "OR"})
_PAIRS = {")": "(", "]": "[", "}": "{"}
_CLOSING = {opening: closing for closing, opening in _PAIRS.items()}


class Token(NamedTuple):
    """A piece of a rule file. `kind` is a group of the token pattern; `start` and `end` are offsets."""

    kind: str
    text: str
    start: int
    end: int


@attrs.frozen
class Line:
    """The tokens of one line of the file that has any, white space left out, and its comment."""

    tokens: tuple[Token, ...]
    comment: str | None
    after_blank: bool = False

    @property
    def opens_statement(self) -> bool:
        """Tell whether the line starts with a word that is reserved there."""
        return self.tokens[0].kind == "word" and self.tokens[0].text in STATEMENT_WORDS

    @property
    def continues(self) -> bool:
        """Tell whether the line goes on from the one before it."""
        return self.tokens[0].text in _JOINS_PREVIOUS

    @property
    def is_cut_off(self) -> bool:
        """Tell whether a text or a name is still open at the end of the line."""
        return bool(self.tokens) and self.tokens[-1].kind == "open"

    @property
    def goes_on(self) -> bool:
        """Tell whether the line asks for another one."""
        last = self.tokens[-1]
        return last.kind in {"word", "sign"} and last.text in _JOINS_NEXT


@attrs.frozen
class Chunk:
    """One statement's place in the file, whatever it says.

    `comments` are the comment lines above it and those between its lines; `trailing` is the comment
    at the end of its last line. `mistakes` are about its brackets. `blanks` counts how many of the
    comments stand before each blank line above the statement.
    """

    tokens: tuple[Token, ...]
    comments: tuple[str, ...]
    trailing: str | None
    mistakes: tuple[Diagnostic, ...]
    blanks: tuple[int, ...] = ()

    @property
    def start(self) -> int:
        """Give the offset of the statement's first character."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Give the offset after the statement's last character."""
        return self.tokens[-1].end


def tokens_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Give all tokens of a text, or of the part of it between two offsets, white space left out."""
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup
        if kind != "space" and kind is not None:
            yield Token(kind, match[0], match.start(), match.end())


def lines_of(text: str, max_tokens: int = MAX_TOKENS) -> Iterator[Line]:
    """Give the lines of a text that hold anything but white space. A line may have only a comment."""
    seen = 0  # the end of the last line given, its line feed included
    for match in _FILLED.finditer(text):
        tokens = list(islice(tokens_of(text, *match.span()), max_tokens + 1))
        if not tokens:
            continue
        blank = text.find("\n", seen, match.start()) >= 0
        seen = match.end() + 1
        comment = None
        if tokens[-1].kind == "comment":
            comment = tokens.pop().text[1:].removeprefix(" ").rstrip()
        yield Line(tuple(tokens), comment, blank)


def chunks_of(source: Source, *, max_nesting: int, max_tokens: int) -> Iterator[Chunk]:
    """Cut a file into statements, one by one. The last chunk has no tokens: its comments are the file's tail.

    A statement of more than `max_tokens` tokens is a mistake (`LR011`).
    """
    lines = _Lines(lines_of(source.text, max_tokens))
    comments: list[str] = []
    blanks: list[int] = []
    at = 0
    while (line := lines.at(at)) is not None:
        if line.after_blank:
            blanks.append(len(comments))
        if not line.tokens:
            comments.append(line.comment or "")
            at += 1
            continue
        members, mistakes = _statement(source, lines, at, max_nesting)
        comments += [line.comment for line in members[:-1] if line.comment is not None]
        tokens = tuple(token for line in members for token in line.tokens)
        if len(tokens) > max_tokens:
            mistakes = [m for m in mistakes if m.code != "LR113"] or [_too_long(source, tokens, max_tokens)]
        yield Chunk(tokens, tuple(comments), members[-1].comment, tuple(mistakes), tuple(blanks))
        comments, blanks = [], []
        at += len(members)
    yield Chunk((), tuple(comments), None, (), tuple(blanks))


def _too_long(source: Source, tokens: Sequence[Token], most: int) -> Diagnostic:
    """Say that a statement is too long. Where its last bracket closes was not looked for."""
    message = f"the statement has more than {most:,} words and signs"
    advice = "write several statements, or name parts of it with `criterion NAME = …`"
    if any(token.text == "{" for token in tokens[:100]):
        advice = 'put a long list into a file: `list NAME from "file.csv"`'
    return source.diagnostic("LR011", message, tokens[0].start, tokens[0].end, advice)


class _Lines:
    """The lines of a file, read no further than they are asked for."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self.lines = lines
        self.read: list[Line] = []

    def at(self, at: int) -> Line | None:
        """Give a line; None behind the last one. The line before it must have been asked for."""
        if at == len(self.read):
            line = next(self.lines, None)
            if line is None:
                return None
            self.read.append(line)
        return self.read[at]

    def after(self, last: int) -> int | None:
        """Find the next line with tokens, unless it opens a statement of its own."""
        at = last + 1
        while (line := self.at(at)) is not None and not line.tokens:
            at += 1
        return None if line is None or line.opens_statement else at


def _statement(source: Source, lines: _Lines, first: int, max_nesting: int) -> tuple[Sequence[Line], list[Diagnostic]]:
    """Find the lines of the statement that begins on line `first`, by the rules of lines and brackets."""
    read = lines.read
    brackets = _Brackets(source, max_nesting)
    brackets.read(read[first])
    last = joined = first
    while True:
        at = lines.after(last)
        if at is None or (read[last].is_cut_off and last == first):
            break
        by_words = read[last].goes_on or read[at].continues
        if not (by_words or brackets.open):
            break
        if brackets.open and _line_number(source, read[at]) - _line_number(source, read[first]) >= MAX_LINES:
            break
        brackets.read(read[at])
        if by_words and joined == last:
            joined = at
        last = at
    if not brackets.open:
        return read[first : last + 1], brackets.mistakes
    if not any(line.is_cut_off for line in read[first : last + 1]):  # else a text has swallowed the bracket
        brackets.complain_of_open(too_long=at is not None)
    # The bracket was forgotten, who knows where: keep the lines that belong together without it.
    return read[first : joined + 1], brackets.mistakes


def _line_number(source: Source, line: Line) -> int:
    return source.span(line.tokens[0].start, line.tokens[0].end).line


class _Brackets:
    """The brackets that are open, while a statement's lines are read."""

    def __init__(self, source: Source, max_nesting: int) -> None:
        self.source = source
        self.max_nesting = max_nesting
        self.open: list[Token] = []
        self.mistakes: list[Diagnostic] = []

    def read(self, line: Line) -> None:
        """Follow the brackets of one more line."""
        for token in line.tokens:
            if token.kind != "sign":
                continue
            if token.text in _CLOSING:
                self._open(token)
            elif token.text in _PAIRS:
                self._close(token)

    def _open(self, token: Token) -> None:
        self.open.append(token)
        if len(self.open) == self.max_nesting + 1:
            self._complain(
                "LR006",
                f"brackets are nested more than {self.max_nesting} deep",
                token,
                "name a part of it with `criterion NAME = …`",
            )

    def _close(self, token: Token) -> None:
        if not self.open:
            advice = f"remove it, or add `{_PAIRS[token.text]}`"
            self._complain("LR114", f"`{token.text}` closes nothing", token, advice)
            return
        opening = self.open.pop()
        if opening.text != _PAIRS[token.text]:
            line = self.source.span(opening.start, opening.end).line
            self._complain(
                "LR114",
                f"`{token.text}` does not match the `{opening.text}` of line {line}",
                token,
                f"write `{_CLOSING[opening.text]}`",
            )

    def complain_of_open(self, *, too_long: bool) -> None:
        """Say that the innermost open bracket was never closed."""
        opening = self.open[-1]
        advice = f"add `{_CLOSING[opening.text]}`"
        if too_long:
            advice += f"; a bracket may stay open for {MAX_LINES} lines"
            if opening.text == "{":
                advice += ', and a longer list belongs in a file: `list NAME from "file.csv"`'
        self._complain("LR113", f"`{opening.text}` is never closed", opening, advice)

    def _complain(self, code: str, message: str, token: Token, advice: str) -> None:
        if self.mistakes:
            return  # it may follow from the first
        self.mistakes.append(self.source.diagnostic(code, message, token.start, token.end, advice))
