"""Every code that the platform's source can raise, add or name, with the parameters given beside it.

Read from the syntax tree, so that a code without a sentence is found before anybody meets it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import ratedparts

SOURCE = Path(ratedparts.__file__).parent
# Who carries a code to a reader, and which of its arguments is the code.
CARRIERS = {
    "RatedPartsError": 0,
    "NoFiniteEstimate": 0,
    "Fault": 0,
    "Finding": 0,
    "Reason": 0,
    "CellFault": 0,
    "Caution": 0,
    "_Refusal": 0,
    "_BadToken": 0,
    "_Verdict": 1,
    "_add": 0,
    "_refuse": 0,
    "invalid": 0,
    "cannot_tell": 0,
    "note": 0,
    "add": 0,
    "fault": 0,
    "refuse_type": 4,
    "said": 0,
    "sentence": 0,
}
IN_A_TEMPLATE = re.compile(r"""\bsaid\(\s*["'](\w+)""")
RECEIVERS = {
    "add": "faults",
    "fault": "form",
    "note": "findings",
    "invalid": "findings",
    "cannot_tell": "findings",
}
NO_PARAMETERS = {"row", "column", "given", "subject", "items", "kind", "code", "parameters", "rule", "path"}


@dataclass
class Use:
    """A code, with the parameters that can be read off its calls; ``open_ended``: some cannot."""

    places: list[str] = field(default_factory=list)
    parameters: set[str] = field(default_factory=set)
    open_ended: bool = False


@cache
def codes_in_the_source() -> dict[str, Use]:
    found: dict[str, Use] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for node in _nodes(module):
            for code, call in _codes(node, module):
                use = found.setdefault(code.partition(":")[0], Use())
                use.places.append(f"{path.relative_to(SOURCE)}:{node.lineno}")  # type: ignore[attr-defined]
                _note_parameters(call, module, use)
    for path in sorted(SOURCE.rglob("*.html")):
        for code in IN_A_TEMPLATE.findall(path.read_text(encoding="utf-8")):
            use = found.setdefault(code, Use())
            use.places.append(str(path.relative_to(SOURCE)))
            use.open_ended = True
    return found


def _codes(node: ast.AST, module: ast.Module) -> Iterator[tuple[str, ast.Call | None]]:
    if isinstance(node, ast.Call):
        name = _called(node)
        if name is not None and len(node.args) > CARRIERS[name]:
            for code in _texts(node.args[CARRIERS[name]], module):
                yield code, node
    # A function's default code, the reader's own table, and an error type that names its one code.
    elif isinstance(node, ast.FunctionDef):
        defaults = zip(reversed(node.args.args), reversed(node.args.defaults), strict=False)
        for argument, default in defaults:
            if argument.arg == "code" and isinstance(default, ast.Constant):
                yield str(default.value), None
        if node.name == "_code_of":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Tuple) and isinstance(inner.elts[0], ast.Constant):
                    yield str(inner.elts[0].value), None


def _called(call: ast.Call) -> str | None:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id if function.id in CARRIERS and function.id not in RECEIVERS else None
    if not isinstance(function, ast.Attribute):
        return None
    if ast.unparse(function) == "super().__init__" and call.args and isinstance(call.args[0], ast.Constant):
        return "RatedPartsError"
    receiver = RECEIVERS.get(function.attr)
    if receiver is None:
        return None
    named = ast.unparse(function.value)
    return function.attr if named.endswith(receiver) or named == "self" else None


def _texts(node: ast.expr, module: ast.Module) -> Iterator[str]:
    """The texts that an expression may be: a constant, either of two, the start of an f-string, a name's."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value:
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, module)
        yield from _texts(node.orelse, module)
    elif isinstance(node, ast.JoinedStr):
        if node.values and isinstance(node.values[0], ast.Constant):
            yield str(node.values[0].value)
    elif isinstance(node, ast.Name | ast.Attribute):
        for value in _assigned(ast.unparse(node), module):
            if not isinstance(value, ast.Name | ast.Attribute):
                yield from _texts(value, module)


def _assigned(name: str, module: ast.Module) -> Iterator[ast.expr]:
    return iter(_assignments(module).get(name, ()))


@cache
def _assignments(module: ast.Module) -> dict[str, list[ast.expr]]:
    """What is assigned to each name of a module, wherever in it."""
    found: dict[str, list[ast.expr]] = {}
    for node in _nodes(module):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for one, value in pairs:
                found.setdefault(ast.unparse(one), []).append(value)
    return found


@cache
def _nodes(module: ast.Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(module))


@cache
def _keys_set(module: ast.Module) -> dict[str, set[str]]:
    """The constant keys with which each name of a module is subscripted, wherever in it."""
    found: dict[str, set[str]] = {}
    for node in _nodes(module):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found.setdefault(ast.unparse(node.value), set()).add(str(node.slice.value))
    return found


def _note_parameters(call: ast.Call | None, module: ast.Module, use: Use) -> None:
    if call is None:
        use.open_ended = True
        return
    for keyword in call.keywords:
        if keyword.arg is None:
            use.open_ended = True
        elif keyword.arg == "parameters":
            _note_keys(keyword.value, module, use)
        elif keyword.arg not in NO_PARAMETERS:
            use.parameters.add(keyword.arg)
    for argument in call.args:
        if isinstance(argument, ast.Dict | ast.Name):
            _note_keys(argument, module, use)


def _note_keys(node: ast.expr, module: ast.Module, use: Use) -> None:
    if isinstance(node, ast.Dict):
        use.parameters |= {str(key.value) for key in node.keys if isinstance(key, ast.Constant)}
        return
    name = ast.unparse(node)
    dictionaries = [value for value in _assigned(name, module) if isinstance(value, ast.Dict)]
    if not dictionaries:
        use.open_ended = True
    for dictionary in dictionaries:
        _note_keys(dictionary, module, use)
    use.parameters |= _keys_set(module).get(name, set())
