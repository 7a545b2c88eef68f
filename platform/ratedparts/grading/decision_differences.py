"""Which rules make one decision another: those that are met now and were not, or the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .decision import Decision, Reason

# Of one rule there may be several reasons in a decision, told apart by these ...
TOLD_APART_BY = ("grade", "percent", "subject", "of", "protocol", "parameter")
# ... and beside whether it is met, these say how far.
VERDICTS = ("class", "cap", "screened", "worst", "hazard")
COMPARED = TOLD_APART_BY + VERDICTS
FOLLOWS = ("L_SHORT",)  # says once more what the lives of the same axis say
Key = tuple[Any, ...]


def changed_rules(old: Decision, new: Decision) -> tuple[dict[str, Any], ...]:
    """``{"rule", "code", "about", "old", "new"}`` each, in the order of the rules; None: no such reason.

    Limits that moved without another verdict are left out.
    """
    first, second = _apart(old.reasons, new.reasons)
    return tuple(_changes(_by_key(first), _by_key(second)))


def _apart(first: Sequence[Reason], second: Sequence[Reason]) -> tuple[list[Reason], list[Reason]]:
    """Both without the pairs that are alike: nearly all of them, and they stand in the same order."""
    mine: list[Reason] = []
    others: list[Reason] = []
    i = j = 0
    while i < len(first) and j < len(second):
        one, other = first[i], second[j]
        ahead = (len(first) - i) - (len(second) - j)
        if one.code == other.code or ahead == 0:
            if not _alike(one, other):
                mine.append(one)
                others.append(other)
            i, j = i + 1, j + 1
        elif ahead > 0:
            mine.append(one)
            i += 1
        else:
            others.append(other)
            j += 1
    return [*mine, *first[i:]], [*others, *second[j:]]


def _alike(one: Reason, other: Reason) -> bool:
    if one.code != other.code or one.met != other.met:
        return False
    mine, others = one.parameters, other.parameters
    return mine == others or all(mine.get(name) == others.get(name) for name in COMPARED)


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
