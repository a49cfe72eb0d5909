"""Python's syntax trees, written short, and the one function that they become.

Code is built from these nodes and never from text: a string of a rule file can only ever be the
value of a constant. Names are made here, from a word, what letters a name has, and a number.
"""

from __future__ import annotations

import ast
import itertools
import linecache
import re
import weakref
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

Expr = ast.expr
Stmt = ast.stmt
Name = ast.Name
Literal = ast.Constant
Block = list[Stmt]

_LOAD, _STORE = ast.Load(), ast.Store()
_AND, _OR, _NOT = ast.And(), ast.Or(), ast.Not()
"""Signs without parts are the same wherever they stand: a tree has as many of them as names."""
_COMPARISONS: dict[str, ast.cmpop] = {
    "=": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
    "is": ast.Is(),
    "is not": ast.IsNot(),
    "in": ast.In(),
    "not in": ast.NotIn(),
}
_OPERATIONS: dict[str, ast.operator] = {
    "+": ast.Add(),
    "-": ast.Sub(),
    "*": ast.Mult(),
    "//": ast.FloorDiv(),
    "%": ast.Mod(),
}
_OPPOSITES = {"=": "!=", "!=": "=", "is": "is not", "is not": "is", "in": "not in", "not in": "in"}
_PLAIN = (type(None), bool, int, str)
_LONGEST_NAME = 40


# --------------------------------------------------------------- expressions


def const(value: object) -> ast.Constant:
    """Write a literal: None, a bool, an int, a text, or a tuple of such."""
    assert is_plain(value)
    return ast.Constant(value)  # type: ignore[arg-type]


def is_plain(value: object) -> bool:
    """Tell whether a value may stand in the code as a literal."""
    if type(value) is tuple:
        return all(map(is_plain, value))
    return type(value) in _PLAIN


def name(identifier: str) -> ast.Name:
    """Read a variable."""
    return ast.Name(identifier, _LOAD)


def call(function: Expr, *arguments: Expr) -> Expr:
    """Call a function."""
    return ast.Call(function, list(arguments), [])


def attribute(of: Expr, which: str) -> ast.Attribute:
    """Read an attribute."""
    return ast.Attribute(of, which, _LOAD)


def subscript(of: Expr, key: Expr) -> Expr:
    """Read an item."""
    return ast.Subscript(of, key, _LOAD)


def compare(left: Expr, op: str, right: Expr) -> Expr:
    """Compare two values; `=` is equality."""
    return ast.Compare(left, [_COMPARISONS[op]], [right])


def between(low: Expr, low_op: str, value: Expr, high_op: str, high: Expr) -> Expr:
    """Compare a value with two bounds."""
    return ast.Compare(low, [_COMPARISONS[low_op], _COMPARISONS[high_op]], [value, high])


def binop(left: Expr, op: str, right: Expr) -> Expr:
    """Calculate with two numbers."""
    return ast.BinOp(left, _OPERATIONS[op], right)


def if_else(test: Expr, yes: Expr, no: Expr) -> Expr:
    """Give `yes` where the test holds, else `no`."""
    if isinstance(test, ast.Constant):
        return yes if test.value else no
    return ast.IfExp(test, yes, no)


def named_expr(identifier: str, value: Expr) -> Expr:
    """Give a value and keep it in a variable."""
    return ast.NamedExpr(ast.Name(identifier, _STORE), value)


def tuple_of(parts: Iterable[Expr]) -> Expr:
    """Make a tuple; one of literals is a literal."""
    found = list(parts)
    if all(isinstance(part, ast.Constant) for part in found):
        return const(tuple(part.value for part in found if isinstance(part, ast.Constant)))
    return ast.Tuple(found, _LOAD)


def cell_of(first: Expr, second: Expr) -> Expr:
    """Make a tuple of two, even of literals."""
    return ast.Tuple([first, second], _LOAD)


def list_of(parts: Iterable[Expr]) -> Expr:
    """Make a list."""
    return ast.List(list(parts), _LOAD)


def dict_of(pairs: Sequence[tuple[str, Expr]]) -> Expr:
    """Make a dict with text keys."""
    return ast.Dict([const(key) for key, _ in pairs], [value for _, value in pairs])


def list_comp(element: Expr, variables: Sequence[str], source: Expr, *tests: Expr) -> Expr:
    """Make a list of an element for each item of a source that passes the tests."""
    kept = [test for test in tests if not is_true(test)]
    return ast.ListComp(element, [ast.comprehension(_target(variables), source, kept, 0)])


def dict_comp(key: Expr, value: Expr, variable: str, source: Expr) -> Expr:
    """Make a dict of a key and value for each item of a source; the last of equal keys stays."""
    return ast.DictComp(key, value, [ast.comprehension(_target([variable]), source, [], 0)])


def slice_from(of: Expr, start: int) -> Expr:
    """Take what follows a place of a list; a negative one counts from the end."""
    return ast.Subscript(of, ast.Slice(const(start), None, None), _LOAD)


def slice_to(of: Expr, count: int) -> Expr:
    """Take so many from the beginning of a list."""
    return ast.Subscript(of, ast.Slice(None, const(count), None), _LOAD)


def starred(variable: str) -> Expr:
    """Give the items of a list as arguments."""
    return ast.Starred(name(variable), _LOAD)


def mapped(function: Expr, source: Expr) -> Expr:
    """Make a list of what a function gives of each item, without a step of Python for any."""
    return list_of([ast.Starred(call(name("map"), function, source), ast.Load())])


def zipped(sources: Sequence[Expr]) -> Expr:
    """Walk several lists at once; one alone as it is."""
    return sources[0] if len(sources) == 1 else call(name("zip"), *sources)


# -------------------------------------------------------------------- truths


def is_true(test: Expr) -> bool:
    """Tell whether a test is the literal True."""
    return isinstance(test, ast.Constant) and test.value is True


def is_false(test: Expr) -> bool:
    """Tell whether a test is the literal False."""
    return isinstance(test, ast.Constant) and test.value is False


def and_(*tests: Expr) -> Expr:
    """Join tests by `and`, leaving out what always holds."""
    found = [part for test in tests for part in _members(test, ast.And)]
    if any(map(is_false, found)):
        return const(value=False)
    found = [test for test in found if not is_true(test)]
    return const(value=True) if not found else found[0] if len(found) == 1 else ast.BoolOp(_AND, found)


def or_(*tests: Expr) -> Expr:
    """Join tests by `or`, leaving out what never holds."""
    found = [part for test in tests for part in _members(test, ast.Or)]
    if any(map(is_true, found)):
        return const(value=True)
    found = [test for test in found if not is_false(test)]
    return const(value=False) if not found else found[0] if len(found) == 1 else ast.BoolOp(_OR, found)


def not_(test: Expr) -> Expr:
    """Turn a test, which is true or false, into its opposite."""
    match test:
        case ast.Constant(value=value):
            return const(not value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for sign, other in _OPPOSITES.items():
                if type(op) is type(_COMPARISONS[sign]):
                    return compare(left, other, right)
        case _:
            pass
    return ast.UnaryOp(_NOT, test)


def cost(test: Expr) -> int:
    """Rate what a test costs: variables first, then comparisons, then calls and lists."""
    nodes = list(ast.walk(test))
    return len(nodes) + 20 * sum(isinstance(node, (ast.Call, ast.ListComp)) for node in nodes)


def _members(test: Expr, op: type[ast.boolop]) -> list[Expr]:
    return list(test.values) if isinstance(test, ast.BoolOp) and isinstance(test.op, op) else [test]


# ---------------------------------------------------------------- statements

_NO_LINE = 0
"""Where what stands in no line stands: `ast.unparse` wants a number of a few kinds of statements."""


def _assigned(*targets_and_value: Expr) -> ast.stmt:
    *targets, value = targets_and_value
    return ast.Assign(targets, value, lineno=_NO_LINE)


def assign(variables: str | Sequence[str], value: Expr) -> ast.stmt:
    """Set a variable, or several from a tuple."""
    if isinstance(variables, str):
        return _assigned(ast.Name(variables, _STORE), value)
    return _assigned(ast.Tuple([ast.Name(v, _STORE) for v in variables], _STORE), value)


def assign_all(variables: Sequence[str], value: Expr) -> ast.stmt:
    """Set several variables to one value."""
    return _assigned(*(ast.Name(variable, _STORE) for variable in variables), value)


def set_attribute(of: str, which: str, value: Expr) -> ast.stmt:
    """Set an attribute of an object."""
    return _assigned(ast.Attribute(name(of), which, _STORE), value)


def set_item(of: str, key: Expr, value: Expr) -> ast.stmt:
    """Set an item of a mapping."""
    return _assigned(ast.Subscript(name(of), key, _STORE), value)


def add_to(variable: str, value: Expr) -> ast.stmt:
    """Add to a variable."""
    return ast.AugAssign(ast.Name(variable, _STORE), _OPERATIONS["+"], value)


def expression(value: Expr) -> ast.stmt:
    """Evaluate for the effect."""
    return ast.Expr(value)


def append(to: str, value: Expr) -> ast.stmt:
    """Append to a list."""
    return expression(call(attribute(name(to), "append"), value))


def if_(test: Expr, body: Block, otherwise: Block | None = None) -> ast.stmt:
    """Do one thing or another."""
    return ast.If(test, body or [ast.Pass()], otherwise or [])


def for_(variable: str, source: Expr, body: Block) -> ast.stmt:
    """Do something for each item."""
    return ast.For(ast.Name(variable, _STORE), source, body, [], lineno=_NO_LINE)


def try_(
    body: Block, errors: Sequence[Expr], otherwise: Block, *, passing: Expr | None = None, caught_as: str | None = None
) -> ast.stmt:
    """Do something, and something else where it raises; errors of the kind `passing` go on."""
    caught = errors[0] if len(errors) == 1 else ast.Tuple(list(errors), _LOAD)
    passed = [] if passing is None else [ast.ExceptHandler(passing, None, [ast.Raise()])]
    return ast.Try(body, [*passed, ast.ExceptHandler(caught, caught_as, otherwise)], [], [])


def return_(value: Expr) -> ast.stmt:
    """Return."""
    return ast.Return(value)


def if_chain(branches: Sequence[tuple[Expr, Block]], otherwise: Block) -> Block:
    """Do what belongs to the first test that holds; flat, however many there are."""
    found = otherwise
    for test, body in reversed(branches):
        if not is_false(test):
            found = body if is_true(test) else [if_(test, body, found)]
    return found


def pass_() -> ast.stmt:
    """Do nothing."""
    return ast.Pass()


def continue_() -> ast.stmt:
    """Go on with the next item."""
    return ast.Continue()


def raise_(error: Expr) -> ast.stmt:
    """Raise."""
    return ast.Raise(error, None)


def function_def(
    called: str, parameters: Sequence[str], body: Block, defaults: Mapping[str, Expr] | None = None
) -> ast.FunctionDef:
    """Define a function of positional parameters; those with defaults come last."""
    given = defaults or {}
    taken = [ast.arg(parameter) for parameter in (*parameters, *given)]
    arguments = ast.arguments([], taken, None, [], [], None, list(given.values()))
    made = ast.FunctionDef(called, arguments, body, [], lineno=_NO_LINE)
    if "type_params" in ast.FunctionDef._fields:
        made.type_params = []  # type: ignore[attr-defined, unused-ignore]
    return made


def _target(variables: Sequence[str]) -> Expr:
    if len(variables) == 1:
        return ast.Name(variables[0], _STORE)
    return ast.Tuple([ast.Name(variable, _STORE) for variable in variables], _STORE)


# ------------------------------------------------------------------ assembly


@attrs.define
class Names:
    """The names of a piece of code and the values that it is given by name."""

    given: dict[str, Any] = attrs.field(factory=dict)
    _known: dict[Any, str] = attrs.field(factory=dict)
    _made: int = 0

    def fresh(self, word: str, name: str = "") -> str:
        """Make a name that nothing else has: a word of ours, what is plain of a name of the rule file, and a number."""
        self._made += 1
        plain = re.sub(r"[^A-Za-z0-9]+", "_", f"{word} {name}").strip("_")[:_LONGEST_NAME]
        return f"{plain.rstrip('_')}_{self._made}"

    def value(self, value: Any, key: object = None) -> Expr:
        """Write a value: a literal where it may be one, else by a name. One key has one name."""
        return const(value) if is_plain(value) else self.named(value, key)

    def named(self, value: Any, key: object = None, about: str = "") -> Expr:
        """Write a value by a name, even one that may be a literal: in capitals, and `about` what it is."""
        known = (type(value).__name__, id(value)) if key is None else key
        if known not in self._known:
            first = key[0] if isinstance(key, tuple) else key
            word = first if isinstance(first, str) else getattr(value, "__name__", type(value).__name__)
            self._known[known] = self.fresh(f"K {word.upper()}", about)
            self.given[self._known[known]] = value
        return name(self._known[known])

    def keep(self, value: object) -> None:
        """Keep a value alive as long as the code, since its methods are known by its identity."""
        self.given[self.fresh("K KEPT")] = value


def comment(text: str) -> ast.stmt:
    """Say something above the next statement: a line of the source, and nothing that is run."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return ast.Expr(ast.Constant(f"# {plain}"))


def source_of(definitions: Sequence[ast.FunctionDef]) -> str:
    """Give the source of definitions."""
    lines = ast.unparse(ast.Module(list(definitions), [])).split("\n")
    return "\n".join(_COMMENT.sub(_without_quotes, line) for line in lines) + "\n"


_COMMENT = re.compile(r"""^( *)((['"])# .*\3)$""")
_ESCAPED = re.compile(r"\\(.)")


def _without_quotes(line: re.Match[str]) -> str:
    return line[1] + _ESCAPED.sub(r"\1", line[2][1:-1])


def functions_of(definitions: Sequence[ast.FunctionDef], given: Mapping[str, Any], about: str) -> dict[str, Any]:
    """Compile definitions in a namespace of their own, with `given` in it, and give the namespace.

    What is compiled is their source, which tracebacks show for as long as the first function lives, as
    that of a file whose name holds `about`.
    """
    source, filename = source_of(definitions), f"<leadrules {about} {next(_NUMBERS)}>"
    namespace = dict(given)
    try:
        compiled = compile(source, filename, "exec")
    except (SyntaxError, MemoryError):  # brackets nested deeper than a text may have them
        compiled = compile(ast.fix_missing_locations(ast.Module(list(definitions), [])), filename, "exec")
    exec(compiled, namespace)  # noqa: S102 written from a tree: no text of a rule file is code
    linecache.cache[filename] = (len(source), None, _Lines(source), filename)
    weakref.finalize(namespace[definitions[0].name], linecache.cache.pop, filename, None).atexit = False
    return namespace


_NUMBERS = itertools.count(1)


class _Lines(list[str]):
    """The lines of a source, packed until somebody asks for them: a traceback hardly ever does."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self._packed = zlib.compress(source.encode())

    def _unpacked(self) -> list[str]:
        return zlib.decompress(self._packed).decode().splitlines(keepends=True)

    def __len__(self) -> int:
        return len(self._unpacked())

    def __getitem__(self, which: Any) -> Any:
        return self._unpacked()[which]

    def __iter__(self) -> Iterator[str]:
        return iter(self._unpacked())
