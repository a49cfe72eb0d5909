"""Options that go together: a function of theirs stands for all of them in the signature of a command.

It makes of its options what the command takes; typer and the settings file see the options alone.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Function = Callable[..., Any]


def grouped(**groups: Function) -> Callable[[Function], Function]:
    """Let a command, or a group, have the options of groups in place of the parameters so named.

    >>> def size(width: int = 1, height: int = 2): return width * height
    >>> @grouped(area=size)
    ... def command(name, *, area): return f"{name} {area}"
    >>> list(inspect.signature(command).parameters), command(name="a", width=3, height=4)
    (['name', 'width', 'height'], 'a 12')
    """

    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def command(**values: Any) -> Any:
            made = {
                name: group(**{option: values.pop(option) for option in inspect.signature(group).parameters})
                for name, group in groups.items()
            }
            return function(**values, **made)

        options = list(_expanded(inspect.signature(function).parameters, groups))
        command.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
        command.__annotations__ = {option.name: option.annotation for option in options}
        return command

    return decorate


def _expanded(own: Mapping[str, inspect.Parameter], groups: Mapping[str, Function]) -> Iterator[inspect.Parameter]:
    for name, parameter in own.items():
        options = inspect.signature(groups[name]).parameters.values() if name in groups else [parameter]
        for option in options:
            yield option.replace(kind=inspect.Parameter.KEYWORD_ONLY)
