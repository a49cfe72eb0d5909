"""Commands that take settings: what their signatures declare is what `leadrules.toml` may say.

What reads the file is imported when a command runs, so that `leadrules --help` stays fast.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import typer

if TYPE_CHECKING:
    from leadrules.cli.settings import Commands, Option, SettingsWrong

_COMPANIONS = {"events": "against"}
"""Parameters that a command takes only with another; what a file says for all commands does not ask for it."""

_FILES = ("FILE", "LEADS", "RULES", "OLD", "NEW", "DIR")
"""How the metavar of whatever names a file begins."""

_OFF, _TAKEN = "leadrules.no_settings", "leadrules.settings"


def configured(function: Callable[..., None]) -> Callable[..., None]:
    """Let a command take what is not said on the command line from the settings file.

    The context's `obj` must give the `commands_of` the app.
    """
    signature = inspect.signature(function)
    switches = [one.name for one in signature.parameters.values() if get_args(one.annotation)[0] is bool]

    @functools.wraps(function)
    def command(context: typer.Context, settings: object, no_settings: object, **values: Any) -> None:
        del settings, no_settings  # their callbacks have done it all
        off = [name for name in switches if values.pop(_opposite(name))]
        function(**_settled(context, values, signature, off))

    first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    more = [
        *(_switched_off(name, signature.parameters[name]) for name in switches),
        inspect.Parameter("settings", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_Settings),
        inspect.Parameter("no_settings", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_NoSettings),
    ]
    command.__signature__ = signature.replace(parameters=[first, *signature.parameters.values(), *more])  # type: ignore[attr-defined]
    command.configured = signature  # type: ignore[attr-defined]
    return command


def _opposite(name: str) -> str:
    return f"no_{name}"


def _switched_off(name: str, parameter: inspect.Parameter) -> inspect.Parameter:
    """Give the opposite of a switch, `--no-pii` of `--pii`: so the command line can take back what the file says."""
    info = typer.Option(f"--no-{_key(name, get_args(parameter.annotation)[1])}", hidden=True)
    annotation = Annotated[bool, info]
    return inspect.Parameter(_opposite(name), inspect.Parameter.KEYWORD_ONLY, default=False, annotation=annotation)


def commands_of(app: typer.Typer) -> Commands:
    """Give the options of each command of an app that takes settings, by the name of the command."""
    found = {}
    for info in app.registered_commands:
        signature = getattr(info.callback, "configured", None)
        if signature is not None and info.callback is not None:
            found[info.name or info.callback.__name__] = [_option(one) for one in signature.parameters.values()]
    return found


# -------------------------------------------------------------------- options


def _option(parameter: inspect.Parameter) -> Option:
    """Read a parameter of a command: an annotation, and what typer is told of it."""
    from leadrules.cli.settings import Option

    annotation, info = get_args(parameter.annotation)
    kind = next(one for one in _alternatives(annotation) if one is not NoneType)
    several = get_origin(kind) is list
    if several:
        (kind,) = get_args(kind)
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    least, most = (None if bound is None else int(bound) for bound in (info.min, info.max))
    return Option(_key(parameter.name, info), parameter.name, _kind(kind, info), several, choices, least, most)


def _alternatives(annotation: Any) -> Sequence[Any]:
    return get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)


def _key(name: str, info: Any) -> str:
    """Give the name of the option as it is written, without its dashes; of an argument that of the parameter."""
    long = (one for one in info.param_decls or () if one.startswith("--"))
    return next(long, name.strip("_").replace("_", "-")).removeprefix("--")


def _kind(kind: Any, info: Any) -> Any:
    if kind is bool:
        return "switch"
    if kind is int:
        return "number"
    return "path" if kind is Path or (info.metavar or "").startswith(_FILES) else "text"


# -------------------------------------------------------------------- taking


def _take(context: typer.Context, value: Path | None) -> Path | None:
    """Take the settings of a file; typer asks them for what the command line does not say."""
    from leadrules.cli.settings import SettingsWrong, find_settings, read_settings, settings_of

    if context.resilient_parsing or context.meta.get(_OFF):
        if context.meta.get(_OFF) and value is not None:
            raise typer.BadParameter("--settings and --no-settings exclude each other")
        return value
    path = find_settings(Path()) if value is None else value
    if path is not None:
        try:
            file = read_settings(path)
            context.default_map = settings_of(file, str(context.info_name), context.obj())
        except SettingsWrong as wrong:
            _tell(wrong)
            raise typer.Exit(2) from None
        context.meta[_TAKEN] = file.called
    return value


def _refuse(context: typer.Context, value: bool) -> bool:
    if value and _TAKEN in context.meta:
        raise typer.BadParameter("--settings and --no-settings exclude each other")
    if value:
        context.meta[_OFF] = True
    return value


_Settings = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        metavar="FILE",
        is_eager=True,
        callback=_take,
        help="Where options stand that are not given here. (default: leadrules.toml, here or above)",
    ),
]
_NoSettings = Annotated[
    bool, typer.Option("--no-settings", is_eager=True, callback=_refuse, help="Read no settings file.")
]


def _tell(wrong: SettingsWrong) -> None:
    from leadrules.cli.screen import Screen

    screen = Screen(stderr=True)
    for message, advice in wrong.mistakes:
        screen.problem(message, advice)


def _settled(
    context: typer.Context, values: Mapping[str, Any], signature: inspect.Signature, off: Sequence[str]
) -> dict[str, Any]:
    """Let what the file says give way to the command line, and say what was taken of it."""
    settled = dict(values)
    taken = [name for name in values if _source(context, name) == "DEFAULT_MAP"]
    for name in [*_yielding(context, values, taken), *(name for name in off if name in taken)]:
        settled[name] = signature.parameters[name].default
        taken.remove(name)
    if taken:
        from leadrules.cli.screen import Screen

        keys = (_key(name, get_args(signature.parameters[name].annotation)[1]) for name in taken)
        Screen(stderr=True).note(f"{context.meta[_TAKEN]} gives {', '.join(keys)}")
    return settled


def _yielding(context: typer.Context, values: Mapping[str, Any], taken: Sequence[str]) -> Iterator[str]:
    from leadrules.cli.settings import RIVALS

    for one, other in (way for pair in RIVALS for way in (pair, pair[::-1])):
        if one in taken and _source(context, other) == "COMMANDLINE":
            yield one
    for one, other in _COMPANIONS.items():
        if one in taken and other in values and values[other] is None:
            yield one


def _source(context: typer.Context, name: str) -> str:
    source = context.get_parameter_source(name)
    return "" if source is None else source.name
