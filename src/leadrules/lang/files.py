"""Where a rule file's text comes from, and the files that it names.

What was read is remembered, so that a ruleset can be rebuilt elsewhere from exactly that.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import attrs

from leadrules.errors import Diagnostic, Span
from leadrules.lang.source import decode


@attrs.define
class Files:
    """A main rule file called `name`, and a folder `root` that it may read from (None: nothing).

    `texts` holds the files read so far by their path relative to the root.
    """

    name: str
    root: Path | None = None
    path: Path | None = None
    texts: dict[str, str] = attrs.field(factory=dict)

    @classmethod
    def of_text(cls, text: str, name: str) -> Files:
        """Take the main file's text as given; it can name no other file."""
        return cls(name, texts={"": text})

    @classmethod
    def on_disk(cls, path: str | Path, *, root: str | Path | None = None) -> Files:
        """Read the main file from disk; files it names lie inside `root`, by default its folder."""
        main = Path(path)
        folder = Path(root) if root is not None else main.parent
        return cls(str(path), folder.resolve(), main)

    def frozen(self) -> Files:
        """Give the same files as texts already read, so that no disk is needed again."""
        return Files(self.name, None, None, dict(self.texts))

    def main(self) -> str | tuple[Diagnostic, ...]:
        """Give the main file's text, or diagnostics that say why there is none."""
        if "" not in self.texts:
            assert self.path is not None
            found = read_rule_file(self.path, self.name)
            if not isinstance(found, str):
                return found
            self.texts[""] = found
        return self.texts[""]

    def read_list(self, file: str, path: str, column: str | None) -> list[str]:
        """Read the texts of a list from a CSV file beside the rule file.

        With a column, those of that column; else the first value of each line. Empty ones are left
        out. Raises ValueError with a sentence for people.
        """
        rows = list(csv.reader(io.StringIO(self._beside(file, path))))
        rows = [row for row in rows if any(value.strip() for value in row)]
        place = 0
        if column is not None:
            header = [name.strip() for name in rows[0]] if rows else []
            if column not in header:
                known = ", ".join(f'"{name}"' for name in header) or "none"
                raise ValueError(f'`{path}` has no column "{column}" (its columns are {known})')
            place, rows = header.index(column), rows[1:]
        texts = [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
        if not texts:
            raise ValueError(f"`{path}` holds no values for the list")
        return list(dict.fromkeys(texts))

    def _beside(self, file: str, path: str) -> str:
        key = path.replace("\\", "/")
        if key in self.texts:
            return self.texts[key]
        if self.root is None or self.path is None:
            raise ValueError(f"`{path}` cannot be read, since these rules were not loaded from a file")
        target = (self.path.parent / key).resolve()
        if not target.is_relative_to(self.root):
            raise ValueError(f"`{path}` lies outside the folder of the rule file")
        try:
            text = target.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValueError(f"`{path}` is not UTF-8") from None
        except OSError as problem:
            raise ValueError(f"`{path}` cannot be read: {(problem.strerror or 'unreadable').lower()}") from None
        self.texts[key] = text
        return text


def read_rule_file(path: Path, name: str) -> str | tuple[Diagnostic, ...]:
    """Read a rule file from disk, or give the diagnostic (`LR010`, `LR001`, `LR002`) that says why not."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return _no_file(name, "there is no such file", "check the path, or make one with `leadrules init`")
    except IsADirectoryError:
        return _no_file(name, "this is a folder, not a rule file", "name the file in it, such as `rules.leadrules`")
    except OSError as problem:
        return _no_file(name, f"the file cannot be read: {(problem.strerror or 'unreadable').lower()}", None)
    return decode(data, name)


def _no_file(name: str, message: str, help_: str | None) -> tuple[Diagnostic, ...]:
    return (Diagnostic("LR010", message, Span(name, 0, 0, 1, 1), help_),)
