"""Which rules make one decision another: those that are met now and were not, or the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .decision import Decision, Reason

# Of one rule there may be several reasons in a decision, told apart by these ...
TOLD_APART_BY = ("grade", "percent", "subject", "of", "protocol", "parameter")
# ... and beside whether it is met, these say how far.
VERDICTS = ("class", "cap", "screened", "worst", "hazard")
FOLLOWS = ("L_SHORT",)  # says once more what the lives of the same axis say
Key = tuple[Any, ...]


def changed_rules(old: Decision, new: Decision) -> tuple[dict[str, Any], ...]:
    """``{"rule", "code", "about", "old", "new"}`` each, in the order of the rules; None: no such reason.

    Limits that moved without another verdict are left out.
    """
    first, second = old.reasons, new.reasons
    if len(first) == len(second):  # nearly always, and then most reasons are alike place by place
        apart = [pair for pair in zip(first, second, strict=True) if not _alike(*pair)]
        first, second = tuple(one for one, _ in apart), tuple(one for _, one in apart)
    return tuple(_changes(_by_key(first), _by_key(second)))


def _alike(one: Reason, other: Reason) -> bool:
    return one.code == other.code and one.met == other.met and one.parameters == other.parameters


def _changes(before: Mapping[Key, Reason], after: Mapping[Key, Reason]) -> Iterator[dict[str, Any]]:
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        if old is not None and new is not None and _verdict(old) == _verdict(new):
            continue
        either = new or old
        assert either is not None
        about = {name: either.parameters[name] for name in TOLD_APART_BY if name in either.parameters}
        told = (None if reason is None else reason.as_json() for reason in (old, new))
        yield {
            "rule": either.rule,
            "code": either.code,
            "about": about,
            **dict(zip(("old", "new"), told, strict=True)),
        }


def _by_key(reasons: Iterable[Reason]) -> dict[Key, Reason]:
    return {
        (reason.rule, _kind(reason), *(reason.parameters.get(name) for name in TOLD_APART_BY)): reason
        for reason in reasons
        if reason.code not in FOLLOWS
    }


def _kind(reason: Reason) -> str:
    """A subject of quality has one verdict, whatever it is called: a class, missing or failed."""
    kind = reason.code.partition(":")[0]
    return "Q" if kind in ("Q_CLASS", "Q_MISSING", "Q_FAIL") else kind


def _verdict(reason: Reason) -> tuple[Any, ...]:
    return (reason.met, *(reason.parameters.get(name) for name in VERDICTS))
