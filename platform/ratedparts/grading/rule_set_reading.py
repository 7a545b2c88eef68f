"""Reads a rule set from a file of data: every key of it, of the right kind, and nothing else.

Limits and tables are data; the checks that compare with them are code.  So a file can state other numbers,
and is refused where it names a rule that no check knows, or leaves out a limit that a check needs.
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ratedparts.errors import Fault, RatedPartsError
from ratedparts.protocols import ProtocolLibrary

from .rule_set import RuleSet
from .rule_set_contradictions import contradictions

NAMED_BY_THEIR_KEY = "code"  # a field that the key of a table states already


def read_rule_set(value: Any, library: ProtocolLibrary) -> RuleSet:
    """A rule set from parsed TOML or JSON.

    Raises
    ------
    RatedPartsError
        ``rule_set_refused``; each item names the path of a key, what was given and what was expected.
    """
    faults: list[Fault] = []
    rule_set = _read(RuleSet, value, "", faults)
    if not faults:
        faults += contradictions(rule_set, library)
    if faults:
        raise RatedPartsError("rule_set_refused", items=faults)
    found: RuleSet = rule_set
    return found


def rule_set_as_json(rule_set: RuleSet) -> dict[str, Any]:
    """What `read_rule_set` reads; whoever publishes a result publishes this with it."""
    told: dict[str, Any] = _told(rule_set)
    return told


def _told(value: Any, key: str | None = None) -> Any:
    if is_dataclass(value):
        stated = {one.name: _told(getattr(value, one.name)) for one in fields(value)}
        if key is not None:
            stated.pop(NAMED_BY_THEIR_KEY, None)
        return {name: one for name, one in stated.items() if one is not None}
    if isinstance(value, Mapping):
        return {name: _told(one, name) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_told(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _read(kind: Any, value: Any, path: str, faults: list[Fault], key: str | None = None) -> Any:
    """The value as that kind; None, and a fault, where it is of another."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _read(arguments[0], value, path, faults)
    if is_dataclass(kind):
        return _read_object(kind, value, path, faults, key)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            return _other_kind(faults, path, value, "list")
        if arguments[-1] is not Ellipsis and len(value) != len(arguments):
            faults.append(_wrong_length(path, value, len(arguments)))
            return None
        if not value:
            faults.append(Fault("list_empty", column=path))
        return tuple(_read(arguments[0], one, f"{path}.{n}", faults) for n, one in enumerate(value))
    if origin is not None:  # a mapping
        if not isinstance(value, dict):
            return _other_kind(faults, path, value, "object")
        return MappingProxyType(
            {name: _read(arguments[1], one, f"{path}.{name}", faults, name) for name, one in value.items()}
        )
    return _read_scalar(kind, value, path, faults)


def _read_object(kind: Any, value: Any, path: str, faults: list[Fault], key: str | None) -> Any:
    if not isinstance(value, dict):
        return _other_kind(faults, path, value, "object")
    before = len(faults)
    known = {one.name: one for one in fields(kind)}
    given = dict(value)
    if key is not None and NAMED_BY_THEIR_KEY in known:
        given.setdefault(NAMED_BY_THEIR_KEY, key)
    kinds = get_type_hints(kind)
    found: dict[str, Any] = {}
    for name in given:
        if name not in known:
            faults.append(Fault("unknown_key", column=_path(path, name), given=str(given[name])[:80]))
    for name, one in known.items():
        if name in given:
            found[name] = _read(kinds[name], given[name], _path(path, name), faults)
        elif _may_be_absent(one, kinds[name]):
            found[name] = None
        else:
            faults.append(Fault("key_missing", column=_path(path, name)))
    return kind(**found) if len(faults) == before else None


def _path(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _may_be_absent(one: Field[Any], kind: Any) -> bool:
    return one.default is not MISSING or type(None) in get_args(kind)


def _read_scalar(kind: Any, value: Any, path: str, faults: list[Fault]) -> Any:
    if kind is date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError):
            faults.append(
                Fault(
                    "date_format", column=path, given=str(value)[:80], parameters={"expected": "2026-11-22"}
                )
            )
            return None
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        if math.isfinite(value):
            return float(value)
        return _other_kind(faults, path, value, "number")
    if isinstance(value, bool) != (kind is bool) or not isinstance(value, kind):
        return _other_kind(faults, path, value, EXPECTED[kind])
    return value


EXPECTED = {str: "text", int: "whole_number", float: "number", bool: "true_or_false"}


def _other_kind(faults: list[Fault], path: str, value: Any, expected: str) -> None:
    faults.append(Fault("value_type", column=path, given=str(value)[:80], parameters={"expected": expected}))


def _wrong_length(path: str, value: Any, wanted: int) -> Fault:
    expected = {"expected": f"{wanted} numbers"}
    return Fault("value_type", column=path, given=str(value)[:80], parameters=expected)
