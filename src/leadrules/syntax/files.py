"""Where a rule file's text comes from, and the files that it names.

Every file is known by its path relative to the main file, written with `/`. What was read is
remembered, so that a ruleset can be rebuilt elsewhere from exactly that, without a disk.
"""

from __future__ import annotations

import csv
import io
import itertools
import posixpath
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

import attrs

from leadrules.decoding.delimiters import SAID, sniffed
from leadrules.decoding.encodings import recognised
from leadrules.errors import Diagnostic, MissingFile, Span, closest
from leadrules.syntax.source import decode

MAIN = ""
PACK = "pack:"
"""What a path begins with that leads into a pack of a plugin: `pack:NAME/file`."""

RULES = (".leadrules",)
"""What the name of an included file ends in: no other file's lines are shown in messages."""
WORKBOOKS = (".xlsx", ".xls", ".ods")
LISTS = (".csv", ".txt", ".tsv", *WORKBOOKS)
"""What the name of a file with a list ends in."""
FILE_BYTES = 1024 * 1024
"""The size of a rule file, unless limits say otherwise."""
_SAMPLE = 1 << 16
_MOST_TOLD = 5
LIST_BYTES, LIST_LINES = 16 * 1024 * 1024, 250_000
"""The size of a file with a list, and how many lines it may have: each is kept several times."""

PackReader = Callable[[str, str], str]
"""Reads a file of a pack: (the pack's name, the path in it) -> text. Raises ValueError or PluginError."""


@attrs.define
class Files:
    """A main rule file shown as `name`, and the folder `root` that it may read from (None: no disk).

    `texts` holds what is known without a disk, by path; the main file's own is `""`. No more than
    `most` bytes are read of a rule file. `used` has the paths of those that were asked for, and what as, `remarks`
    a sentence on each list of which it was recognised how it is to be read.
    """

    name: str
    texts: dict[str, str] = attrs.field(factory=dict)
    path: Path | None = None
    root: Path | None = None
    packs: PackReader | None = None
    most: int = FILE_BYTES
    used: dict[str, Literal["include", "list", "table"]] = attrs.field(factory=dict)
    remarks: dict[str, str] = attrs.field(factory=dict)

    @classmethod
    def of_text(cls, text: str, name: str, others: Mapping[str, str], *, packs: PackReader | None = None) -> Files:
        """Take the main file's text as given, and those of other files by their path beside it."""
        texts = {posixpath.normpath(path): other for path, other in others.items()} | {MAIN: text}
        return cls(name, texts, packs=packs)

    @classmethod
    def on_disk(
        cls,
        path: str | Path,
        *,
        root: str | Path | None = None,
        packs: PackReader | None = None,
        most: int = FILE_BYTES,
    ) -> Files:
        """Read the main file from disk; files it names lie inside `root`, by default its folder."""
        main = Path(path)
        folder = Path(root) if root is not None else main.parent
        try:
            resolved = folder.resolve()
        except (OSError, RuntimeError):  # links in a circle, or a working folder that is gone: no file can be read
            resolved = None
        return cls(str(path), {}, main, resolved, packs, most)

    def paths(self) -> tuple[Path, ...]:
        """Give the paths of what was read from disk, the main file first."""
        if self.path is None:
            return ()
        beside = (key for key in self.texts if key != MAIN and not key.startswith(PACK))
        return (self.path, *(self.path.parent / key for key in beside))

    def frozen(self) -> Files:
        """Give the files that were read as texts, so that no disk is needed again."""
        return Files(self.name, {key: text for key, text in self.texts.items() if key == MAIN or key in self.used})

    def shown(self, key: str) -> str:
        """Give the name by which diagnostics call a file."""
        if key.startswith(PACK):
            return key
        return self.name if key == MAIN else posixpath.join(posixpath.dirname(self.name), key)

    def key(self, shown: str) -> str:
        """Give the path of a file by the name that diagnostics use."""
        if shown.startswith(PACK):
            return shown
        return MAIN if shown == self.name else posixpath.relpath(shown, posixpath.dirname(self.name) or ".")

    def main(self) -> str | tuple[Diagnostic, ...]:
        """Give the main file's text, or diagnostics that say why there is none."""
        if MAIN not in self.texts:
            assert self.path is not None
            found = read_rule_file(self.path, self.name, self.most)
            if not isinstance(found, str):
                return found
            self.texts[MAIN] = found
        return self.texts[MAIN]

    def beside(self, file: str, path: str) -> str:
        """Give the key of a path written in a file. Raises ValueError for one that leads nowhere."""
        if path.startswith(PACK):
            return self._in_pack(path)
        if posixpath.isabs(path) or "\\" in path or "\0" in path:
            raise ValueError(f"`{path}` is not a path relative to this file, such as `lists/targets.csv`")
        found = posixpath.normpath(posixpath.join(posixpath.dirname(self.key(file)), path))
        return self._in_pack(found) if self.key(file).startswith(PACK) else found

    def _in_pack(self, path: str) -> str:
        """Give the key of a file in a pack, written `pack:NAME/file`; nothing outside the pack."""
        name, _, inside = path.removeprefix(PACK).partition("/")
        inside = posixpath.normpath(inside)
        if not path.startswith(PACK) or not name or inside.startswith((".", "/")) or "\\" in inside or "\0" in inside:
            raise ValueError(f"`{path}` is no file of a pack, such as `pack:frameworks/bant.leadrules`")
        return f"{PACK}{name}/{inside}"

    def text(self, key: str, path: str, kinds: tuple[str, ...] = RULES, used: Literal["list", "table"] = "list") -> str:
        """Give the text of a file by its key; `path` is how it was written, `kinds` what its name ends in.

        What a host gave as texts may be called anything. Raises ValueError with a sentence for people
        where it cannot be read, or must not.
        """
        found = self._text(key, path, kinds)
        self.used.setdefault(key, "include" if kinds == RULES else used)
        return found

    def _text(self, key: str, path: str, kinds: tuple[str, ...]) -> str:
        if self.root is not None and not key.startswith(PACK):
            self._refuse_other_kinds(key, path, kinds)
        if key in self.texts:
            return self.texts[key]
        if key.startswith(PACK) and self.packs is not None:
            name, _, inside = key.removeprefix(PACK).partition("/")
            try:
                found = self.packs(name, inside)
            except MissingFile as problem:
                known = (f"{PACK}{name}/{file}" for file in problem.known)
                raise MissingFile(str(problem), known) from None
            if not key.endswith(kinds):
                raise ValueError(_not_of(path, kinds))
            self.texts[key] = found
            return found
        if self.root is None or self.path is None:
            raise ValueError(f"`{path}` is not among the files that these rules were loaded with")
        try:
            target = (self.path.parent / key).resolve()
        except (OSError, RuntimeError):  # which of them depends on the version of Python
            raise ValueError(f"`{path}` cannot be read: its links lead in a circle") from None
        if not target.is_relative_to(self.root):
            raise ValueError(f"`{path}` lies outside the folder that rules are read from")
        try:
            data = _read_ordinary(target, path, self.most if kinds == RULES else LIST_BYTES)
            found = data.decode("utf-8-sig") if kinds == RULES else self._list_text(data, key, path)
        except UnicodeDecodeError:
            raise ValueError(f"`{path}` is not UTF-8") from None
        except FileNotFoundError:
            raise MissingFile(f"there is no file `{path}` here", _beside(path, target)) from None
        except OSError as problem:
            raise ValueError(f"`{path}` cannot be read: {(problem.strerror or 'unreadable').lower()}") from None
        self.texts[key] = found
        return found

    def _list_text(self, data: bytes, key: str, path: str) -> str:
        """Give a list's file as text: of the encodings that files of leads may have, and of a workbook its first sheet.

        Raises ValueError with a sentence for people.
        """
        if path.endswith(WORKBOOKS):
            text, remark = _sheet_text(data, path)
        else:
            encoding = recognised(data, is_whole=True)
            if encoding is None:
                raise ValueError(f"`{path}` is not UTF-8, nor of an encoding that can be told: save it again as UTF-8")
            text = data.decode(encoding.codec).removeprefix("\ufeff")
            remark = None if encoding.is_utf8 else f"{encoding.said}; save it as UTF-8 where that is wrong"
        if remark is not None:
            self.remarks[key] = f"`{self.shown(key)}` {remark}"
        return text

    def _refuse_other_kinds(self, key: str, path: str, kinds: tuple[str, ...]) -> None:
        """Raise ValueError for a file of another kind, whether it is there or not."""
        if key.endswith(kinds):
            return
        assert self.path is not None
        raise MissingFile(_not_of(path, kinds), _beside(path, self.path.parent / key))

    def read_list(self, file: str, path: str, column: str | None) -> list[str]:
        """Read the texts of a list from a CSV file or workbook beside the rule file that names it.

        With a column, those of that column; else the first value of each line. Empty ones are left
        out, and so are repeats. Raises ValueError with a sentence for people.
        """
        text = self.text(self.beside(file, path), path, LISTS)
        rows = [row for _, row in _rows(text, path, column)]
        place = 0
        if column is not None:
            place, rows = _place(rows[0] if rows else [], column, path), rows[1:]
        texts = [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
        if not texts:
            raise ValueError(f"`{path}` holds no values for the list")
        return list(dict.fromkeys(texts))

    def read_table(self, file: str, path: str, key: str) -> tuple[list[str], int, list[tuple[int, list[str]]]]:
        """Read a table beside the rule file that names it: its header, the place of its key, its rows by number.

        The header is row 1; rows without any value are left out. Raises ValueError with a sentence for people.
        """
        text = self.text(self.beside(file, path), path, LISTS, "table")
        rows = [(number, [value.strip() for value in row]) for number, row in _rows(text, path, key)]
        header = rows[0][1] if rows else []
        place = _place(header, key, path)
        if len(rows) < 2:
            raise ValueError(f"`{path}` has a header and no rows")
        return header, place, rows[1:]


def _rows(text: str, path: str, column: str | None) -> list[tuple[int, list[str]]]:
    """Give the rows that have any value, each with its number. Raises ValueError with a sentence for people."""
    try:
        filled = ((number, row) for number, row in enumerate(_split(text, column), 1) if any(map(str.strip, row)))
        rows = [*itertools.islice(filled, LIST_LINES + 1)]
    except csv.Error as problem:
        raise ValueError(f"`{path}` is not a CSV file: {problem}") from None
    if len(rows) > LIST_LINES:
        raise ValueError(f"`{path}` has more than {LIST_LINES:,} lines: a criterion in Python can look up more")
    return rows


def _place(row: list[str], column: str, path: str) -> int:
    """Find a column by the name that stands in the header. Raises ValueError with a sentence for people."""
    header = [name.strip() for name in row]
    if column not in header:
        known = ", ".join(f'"{name}"' for name in header) or "none"
        near = closest(column, header)
        meant = f'did you mean "{near}"? ' if near else ""
        raise ValueError(f'`{path}` has no column "{column}" ({meant}its columns are {known})')
    return header.index(column)


def _sheet_text(data: bytes, path: str) -> tuple[str, str | None]:
    """Write the first sheet of a workbook as CSV, and name it where there are others. Raises ValueError."""
    from leadrules.decoding.workbooks import UnreadableSheet, open_sheet

    text = io.StringIO()
    try:
        sheet = open_sheet(io.BytesIO(data), None)
        csv.writer(text).writerows(["" if cell is None else cell for cell in cells] for _, cells in sheet.rows)
    except ImportError:
        install = "install it with: pip install 'leadrules[excel]'"
        raise ValueError(f"`{path}` needs python-calamine to be read: {install}") from None
    except UnreadableSheet as problem:
        raise ValueError(f"`{path}` {problem.problem}") from None
    others = ", ".join(f"`{name}`" for name in sheet.others[:_MOST_TOLD])
    more = f" and {len(sheet.others) - _MOST_TOLD:,} more" if len(sheet.others) > _MOST_TOLD else ""
    told = f"is read from its sheet `{sheet.name}`; it has {others}{more}, too, and the first is the one that counts"
    return text.getvalue(), told if others else None


def _split(text: str, column: str | None) -> Iterator[list[str]]:
    """Split a list's file into rows by the delimiter that it says, or by the one that makes a table of it."""
    said = SAID.match(text)
    body = text[said.end() :] if said else text
    mark = (
        said[1] if said else sniffed(body[:_SAMPLE], [column] if column is not None else [], whole=len(body) <= _SAMPLE)
    )
    return csv.reader(io.StringIO(body), delimiter=mark)


def _not_of(path: str, kinds: tuple[str, ...]) -> str:
    ends = " or ".join(f"`{kind}`" for kind in kinds)
    what = "an included file" if kinds == RULES else "a list"
    return f"`{path}` is not read: the name of {what} ends in {ends}"


def _read_ordinary(target: Path, path: str, most: int | None) -> bytes:
    """Read a file that is one: a pipe would never end, nor a device. Raises ValueError and OSError."""
    found = target.stat()
    if stat.S_ISDIR(found.st_mode):
        raise ValueError(f"`{path}` is a folder, not a file")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"`{path}` is no ordinary file")
    if most is not None and found.st_size > most:
        raise ValueError(f"`{path}` has {found.st_size:,} bytes, more than {most:,}")
    return target.read_bytes()


def read_rule_file(path: Path, name: str, most: int = FILE_BYTES) -> str | tuple[Diagnostic, ...]:
    """Read a rule file from disk, or give the diagnostic (`LR010`, `LR001`, `LR002`, `LR004`) that says why not."""
    data = read_bytes(path, name, most)
    return decode(data, name) if isinstance(data, bytes) else data


def read_bytes(path: Path, name: str, most: int = FILE_BYTES) -> bytes | tuple[Diagnostic, ...]:
    """Read a rule file's bytes from disk, or give the diagnostic (`LR010`, `LR004`) that says why not."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
        return data if len(data) <= most else (too_large(name, path.stat().st_size, most),)
    except FileNotFoundError:
        return _no_file(name, "there is no such file", "check the path, or make one with `leadrules init`")
    except IsADirectoryError:
        return _no_file(name, "this is a folder, not a rule file", "name the file in it, such as `rules.leadrules`")
    except OSError as problem:
        return _no_file(name, f"the file cannot be read: {(problem.strerror or 'unreadable').lower()}", None)


def too_large(name: str, size: int, most: int) -> Diagnostic:
    """Make the diagnostic of a rule file that has more bytes than there may be; 0 where nobody knows how many."""
    has = f"{size} bytes, more than" if size > most else "more bytes than"
    advice = "move a part of it to another file, and `include` that"
    return Diagnostic("LR004", f"the file has {has} {most}", Span(name, 0, 0, 1, 1), advice)


def _no_file(name: str, message: str, help_: str | None) -> tuple[Diagnostic, ...]:
    return (Diagnostic("LR010", message, Span(name, 0, 0, 1, 1), help_),)


def _beside(path: str, target: Path) -> Iterator[str]:
    """Give the files of the same kind in the folder of one that is not there, as the rule file would write them."""
    try:
        names = [file.name for file in target.parent.iterdir()]
    except OSError:  # nobody may look into it, or it is not there either
        return
    for name in names:
        if PurePosixPath(name).suffix in {target.suffix or ".leadrules", ".leadrules"}:
            yield posixpath.join(posixpath.dirname(path), name)
