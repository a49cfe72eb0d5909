"""Who to contact first, and how many leads stand at each stage: what `score` and `demo` show."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import attrs
from rich.cells import cell_len
from rich.text import Text

from leadrules.audit import AuditEntry, ScoredLead
from leadrules.characters import printable
from leadrules.cli.reasons import Reasons, points_text
from leadrules.cli.screen import Screen, counted, joined
from leadrules.program import Ladder, Program
from leadrules.spellings import plainly
from leadrules.tables import CsvForm, LeadTable, Reject, Scored
from leadrules.tables.result_columns import Column, find_column, lists_of, text_of_own

_WIDE = 150
_WIDE_BAR, _BAR = 24, 12
_MOST_REASONS = 3
_GAP = 4
_LEAST_BESIDE = 8
_MOST_LISTS = 30


@attrs.define
class Ranking:
    """Collects results one by one, in bounded memory.

    A lead at an exit is not among the first; one that lacks a requirement comes after all others; then the
    higher score comes first, then the earlier row. `shown` are the columns beside the id, None for the company.
    """

    program: Program
    size: int
    shown: Sequence[Column] | None = None
    scored: int = 0
    at_exits: int = 0
    labels: dict[str, Counter[str]] = attrs.field(factory=dict)
    _heap: list[tuple[tuple[int, Decimal, int], Scored]] = attrs.field(factory=list)

    def add(self, scored: Scored | Reject) -> None:
        """Take one more result; what was left out has no place."""
        if isinstance(scored, Reject):
            return
        self.scored += 1
        for ladder, label in scored.result.stages.items():
            self.labels.setdefault(ladder, Counter())[label] += 1
        if self._is_at_exit(scored.result):
            self.at_exits += 1
            return
        place = (-bool(scored.result.missing), scored.result.score, -self.scored)
        if len(self._heap) < self.size:
            heapq.heappush(self._heap, (place, scored))
        elif self.size:
            heapq.heappushpop(self._heap, (place, scored))

    @property
    def first(self) -> list[Scored]:
        """The leads to contact first, best first, at most `size`."""
        return [scored for _, scored in sorted(self._heap, key=lambda item: item[0], reverse=True)]

    @property
    def decimals(self) -> int:
        """The most decimals that the scores of the first leads need."""
        return max((_decimals(scored.result.score) for _, scored in self._heap), default=0)

    def _is_at_exit(self, result: ScoredLead) -> bool:
        return any(result.stages[ladder.name] in ladder.exits for ladder in self.program.ladders)

    @property
    def heads(self) -> list[str]:
        """The names of the columns beside the id."""
        return ["company"] if self.shown is None else [printable(column.name) for column in self.shown]

    def beside(self, scored: Scored) -> tuple[str, ...]:
        """Give what stands beside a lead's id."""
        if self.shown is None:
            return (_company(scored, self.program),)
        return tuple(printable(" ".join(_text(column, scored).split())) for column in self.shown)


@attrs.define
class Rankings:
    """The ranking of all leads, or one for each value of a column: then `all` only counts them."""

    all: Ranking
    size: int
    by: Column | None = None
    lists: dict[str, Ranking] = attrs.field(factory=dict)

    @classmethod
    def of(cls, program: Program, leads: LeadTable, size: int, shown: Sequence[str], by: str | None) -> Rankings:
        """Begin, with columns by their names; `shown` may be empty for the company. Raises FileProblem."""
        columns = [find_column(program, leads, name) for name in shown] if shown else None
        lists = None if by is None else find_column(program, leads, by)
        return cls(Ranking(program, size if by is None else 0, columns), size, lists)

    def add(self, scored: Scored | Reject) -> None:
        """Take one more result."""
        self.all.add(scored)
        if self.by is None or isinstance(scored, Reject):
            return
        for name in lists_of(self.by)(scored):
            if name not in self.lists:
                self.lists[name] = Ranking(self.all.program, self.size, self.all.shown)
            self.lists[name].add(scored)


# --------------------------------------------------------------------- table


@attrs.frozen
class _Line:
    """One lead of the table, ready to print."""

    lead: str
    beside: tuple[str, ...]
    score: Decimal
    stages: tuple[str, ...]
    reasons: tuple[Text, ...]


@attrs.frozen
class _Widths:
    """Cells of each column, 0 for a column left out; `why` 0 puts the reasons on a line of their own."""

    place: int
    lead: int
    beside: tuple[int, ...]
    score: int
    bar: int
    stage: int
    why: int
    decimals: int


def show(screen: Screen, ranking: Ranking | Rankings, *, audit_of: Callable[[Scored], Sequence[AuditEntry]]) -> None:
    """Print the table of the first leads, or one for each list, then how many leads stand at each stage."""
    whole = ranking.all if isinstance(ranking, Rankings) else ranking
    lists = sorted(ranking.lists.items()) if isinstance(ranking, Rankings) else []
    if isinstance(ranking, Rankings) and ranking.by is not None and ranking.size:
        for name, one in lists[:_MOST_LISTS]:
            show_first(screen, one, f"{printable(name)}: {counted(one.scored, 'lead')}", audit_of=audit_of)
        if len(lists) > _MOST_LISTS:
            screen.line()
            screen.line((f"and {len(lists) - _MOST_LISTS:,} more lists: -o FILE writes them all", "dim"))
    else:
        show_first(screen, whole, "Whom to contact first", audit_of=audit_of)
    if whole.scored:
        _show_stages(screen, whole)


def show_first(
    screen: Screen, ranking: Ranking, title: str, *, audit_of: Callable[[Scored], Sequence[AuditEntry]]
) -> None:
    """Print the table of the first leads, and how many are left out of it since they are at an exit."""
    reasons = Reasons(ranking.program)
    lines = [_line(scored, audit_of(scored), ranking, reasons) for scored in ranking.first]
    if lines:
        screen.line()
        screen.line((title, "bold"))
        _show_table(screen, ranking, lines)
    if ranking.at_exits and ranking.size:
        are = "1 lead is" if ranking.at_exits == 1 else f"{ranking.at_exits:,} leads are"
        screen.line((f"    {are} at an exit, and not listed", "dim"))


def _line(scored: Scored, audit: Sequence[AuditEntry], ranking: Ranking, reasons: Reasons) -> _Line:
    result = scored.result
    return _Line(
        printable(result.lead or ""),
        ranking.beside(scored),
        result.score,
        tuple(result.stages.values()),
        _reasons(audit, result.missing, reasons),
    )


def _company(scored: Scored, program: Program) -> str:
    """Give the lead's company, where the file has one and it is not personal."""
    field = program.fields.get("company")
    value = None if field is None or field.pii else plainly(scored.row.lead["attributes"]).get(field.key)
    return printable(value.strip()) if isinstance(value, str) else ""


def _text(column: Column, scored: Scored) -> str:
    value = column.value(scored)
    return "; ".join(value or ()) if column.kind == "texts" else text_of_own(value, CsvForm())


def _reasons(audit: Sequence[AuditEntry], missing: Sequence[str], reasons: Reasons) -> tuple[Text, ...]:
    """Write what the lead lacks, then the rules that moved the score most."""
    lacks = [Text(words, "red") for words in reasons.lacking(missing)]
    moved = [
        Text.assemble(points_text(reason.points), " ", reason.words)
        for reason in reasons.strongest(audit)[:_MOST_REASONS]
    ]
    return (*lacks, *moved)


def _show_table(screen: Screen, ranking: Ranking, lines: Sequence[_Line]) -> None:
    widths = _widths(screen, ranking, lines)
    best = max(Decimal(1), *(line.score for line in lines))
    cells = [
        ("lead", widths.lead),
        *zip(ranking.heads, widths.beside, strict=True),
        ("score".rjust(widths.score), widths.score),
        ("", widths.bar),
        ("stage", widths.stage),
        ("why", widths.why),
    ]
    header = "  ".join(screen.fitted(head, width) for head, width in cells if width)
    screen.line((" " * widths.place + "  " + header, "dim"))
    for place, line in enumerate(lines, start=1):
        _show_line(screen, ranking, widths, place, line, float(line.score / best))


def _show_line(screen: Screen, ranking: Ranking, widths: _Widths, place: int, line: _Line, share: float) -> None:
    text = screen.styled((f"{place:>{widths.place}}  ", "dim"), (screen.fitted(line.lead, widths.lead), "bold"), "  ")
    for value, width in zip(line.beside, widths.beside, strict=True):
        text.append(screen.fitted(value, width) + "  " if width else "")
    text.append(_number(line.score, widths.decimals).rjust(widths.score) + "  ", "bold")
    text.append(screen.bar(share, widths.bar) + "  ", "cyan")
    if widths.stage:
        text.append_text(_stages(screen, ranking, line.stages, widths.stage))
    if widths.why:
        text.append("  ")
        text.append_text(_fitting(screen, line.reasons, widths.why))
    screen.put(text)
    if not widths.why and line.reasons:
        indent = " " * (widths.place + 2)
        screen.put(screen.styled(indent).append_text(_fitting(screen, line.reasons, screen.width - len(indent))))


def _widths(screen: Screen, ranking: Ranking, lines: Sequence[_Line]) -> _Widths:
    """Share the screen's width; on a narrow one the reasons go to a line of their own."""
    wide = screen.width >= _WIDE
    place = max(2, len(str(len(lines))) + 1)
    lead = min(max(4, *(cell_len(line.lead) for line in lines)), 24)
    beside = [_beside_width(head, column, 26 if wide else 22) for head, column in _columns(ranking, lines)]
    decimals = max(_decimals(line.score) for line in lines)
    score = max(5, *(len(_number(line.score, decimals)) for line in lines))
    stage = min(max(len(" · ".join(line.stages)) for line in lines), 24 if wide else 22)
    stage = max(stage, 5) if stage else 0
    fixed = place + lead + score + 2 * 3 + (stage + 2 if stage else 0)
    room = screen.width - fixed
    bar = _WIDE_BAR if screen.width >= 100 else _BAR
    bar = max(4, min(bar, room - sum(width + 2 for width in beside)))
    while (over := bar + sum(width + 2 for width in beside if width) - room) > 0 and any(beside):
        widest = max(range(len(beside)), key=beside.__getitem__)
        if beside[widest] <= _LEAST_BESIDE:
            beside = [0] * len(beside) if ranking.shown is None else beside
            break
        beside[widest] = max(_LEAST_BESIDE, beside[widest] - over)
    used = fixed + bar + sum(width + 2 for width in beside if width)
    why = screen.width - used - 2 if wide else 0
    return _Widths(place, lead, tuple(beside), score, bar, stage, max(why, 0), decimals)


def _columns(ranking: Ranking, lines: Sequence[_Line]) -> Iterator[tuple[str, tuple[str, ...]]]:
    return zip(ranking.heads, zip(*(line.beside for line in lines), strict=True), strict=True)


def _beside_width(head: str, values: Sequence[str], most: int) -> int:
    """Give the cells of a column beside the id; 0 where no lead has anything there."""
    width = max(map(cell_len, values))
    return min(max(width, cell_len(head)), most) if width else 0


def _decimals(number: Decimal) -> int:
    """Count the decimals that a number needs."""
    return len(format(number, "f").partition(".")[2].rstrip("0"))


def _number(number: Decimal, decimals: int) -> str:
    """Write a number so that those of a column stand with their points in line."""
    return f"{number:.{decimals}f}"


def _stages(screen: Screen, ranking: Ranking, labels: Sequence[str], width: int) -> Text:
    parts = [
        Text(label, style_of(label, ladder)) for label, ladder in zip(labels, ranking.program.ladders, strict=True)
    ]
    text = joined(parts)
    if cell_len(text.plain) > width:
        return Text(screen.fitted(text.plain, width))
    text.append(" " * (width - cell_len(text.plain)))
    return text


def style_of(label: str, ladder: Ladder) -> str:
    """Give the style of a label: exits magenta, the top green, the bottom dim, between them yellow."""
    if label in ladder.exits:
        return "magenta"
    if label == ladder.labels[0] and len(ladder.labels) > 1:
        return "dim"
    return "green" if label == ladder.labels[-1] else "yellow"


def _fitting(screen: Screen, reasons: Sequence[Text], width: int) -> Text:
    """Join as many reasons as fit whole; of a first one that does not fit, show the beginning."""
    if not reasons:
        return Text()
    text = reasons[0]
    if cell_len(text.plain) > width:
        mark = "…" if screen.unicode else ".."
        text = text.copy()
        text.truncate(max(width - len(mark), 0))
        text.rstrip()
        return text.append(mark, "dim")
    for reason in reasons[1:]:
        longer = joined([text, reason])
        if cell_len(longer.plain) > width:
            break
        text = longer
    return text


# -------------------------------------------------------------------- stages


def _show_stages(screen: Screen, ranking: Ranking) -> None:
    """Print a block for each ladder, side by side as far as they fit."""
    blocks = [list(_block(screen, ranking, ladder)) for ladder in ranking.program.ladders]
    if blocks:
        screen.line()
        screen.line(("Where they stand", "bold"))
    first = True
    while blocks:
        row = [blocks.pop(0)]
        while blocks and sum(_width(block) + _GAP for block in [*row, blocks[0]]) - _GAP <= screen.width:
            row.append(blocks.pop(0))
        if not first:
            screen.line()
        first = False
        for line in _beside(row):
            screen.put(line)


def _block(screen: Screen, ranking: Ranking, ladder: Ladder) -> Iterator[Text]:
    counts = ranking.labels.get(ladder.name, Counter())
    labels = [*reversed(ladder.labels), *ladder.exits]
    name = max(len(label) for label in (*labels, ladder.name))
    number = max(len(f"{count:,}") for count in (*counts.values(), 0))
    most = max(counts.values(), default=1)
    yield screen.styled((f"  {screen.fitted(ladder.name, name)}  {counted(ranking.scored, 'lead')}", "dim"))
    for label in labels:
        count = counts[label]
        is_exit = label in ladder.exits
        bar = screen.bar(count / most, 16)
        yield screen.styled(
            "  ",
            (screen.fitted(label, name), style_of(label, ladder)),
            (f"  {count:>{number},}", "bold" if count else "dim"),
            (f"  {bar.rstrip() + '  ' * bool(count) if is_exit else bar}", style_of(label, ladder)),
            ("exit" if is_exit else "", "dim"),
        )


def _beside(blocks: Sequence[Sequence[Text]]) -> Iterator[Text]:
    widths = [_width(block) for block in blocks]
    for place in range(max(map(len, blocks))):
        line = Text()
        for block, width in zip(blocks, widths, strict=True):
            part = block[place] if place < len(block) else Text()
            line.append_text(part)
            line.append(" " * (width + _GAP - cell_len(part.plain)))
        yield line


def _width(block: Sequence[Text]) -> int:
    return max(cell_len(line.plain) for line in block)
