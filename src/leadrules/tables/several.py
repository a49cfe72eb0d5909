"""Several files where one may stand: lists of paths, patterns such as `leads/*.csv`, folders."""

from __future__ import annotations

import contextlib
import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from leadrules.errors import closest
from leadrules.tables.formats import SUFFIXES, is_known
from leadrules.tables.inputs import Given
from leadrules.tables.problems import FileProblem

_MARKS = "*?["


def expanded(given: Given) -> list[Given]:
    """Give the files that a path stands for, in order of their names; a stream or the path of one file is itself.

    A folder stands for the files in it that can be read, hidden ones and folders aside; a pattern for all files
    whose paths match it. Raises FileProblem where there is none.
    """
    if not isinstance(given, Path | str):
        return [given]
    path = Path(given)
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError):  # whoever opens it says why it cannot be
        return [path]
    if is_folder:
        return list(_in_folder(path))
    if is_there or not any(mark in str(path) for mark in _MARKS):
        return [path]
    found: list[Given] = [Path(one) for one in sorted(glob.glob(str(path), recursive=True)) if Path(one).is_file()]  # noqa: PTH207 - an absolute one, too
    if not found:
        raise FileProblem(None, f"no file has a name such as `{path}`", _advice(path))
    return found


def passed_over(given: Sequence[Given]) -> list[str]:
    """Say which files of folders are not read, since they are no tables by their names."""
    said = []
    for folder in (Path(one) for one in given if isinstance(one, Path | str) and Path(one).is_dir()):
        others = [path.name for path in _files(folder) if not is_known(path)]
        if others:
            files = "1 file that is" if len(others) == 1 else f"{len(others):,} files that are"
            no = "no table" if len(others) == 1 else "no tables"
            named = ", ".join(f"`{name}`" for name in others[:3])
            said.append(
                f"the folder `{folder}` has {files} {no} by name, passed over: {named}{' …' * (len(others) > 3)}"
            )
    return said


def given_twice(paths: Iterable[Given]) -> list[Path]:
    """Give the paths that lead to a file to which an earlier one leads."""
    seen: set[str] = set()
    found = []
    for path in paths:
        if isinstance(path, Path | str):
            with contextlib.suppress(OSError):  # a working folder that is gone: whoever opens it says so
                place = os.path.realpath(path)
                if place in seen:
                    found.append(Path(path))
                seen.add(place)
    return found


def _in_folder(folder: Path) -> Iterator[Path]:
    found = [path for path in _files(folder) if is_known(path)]
    if not found:
        known = ", ".join(f"`{suffix}`" for suffix in SUFFIXES)
        raise FileProblem(folder, "is a folder without a file that can be read", f"names of such files end in {known}")
    yield from found


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        raise FileProblem(folder, f"cannot be looked into: {(error.strerror or str(error)).lower()}") from None


def _advice(path: Path) -> str | None:
    folder = path.parent
    if any(mark in str(folder) for mark in _MARKS):
        return None
    if not folder.is_dir():
        return f"the folder `{folder}` does not exist"
    names = [one.name for one in _files(folder)]
    close = closest(path.name, names)
    if close:
        return f"is it `{folder / close}`?"
    return f"`{folder}` has {', '.join(f'`{name}`' for name in names[:5])}" if names else f"`{folder}` has no files"
