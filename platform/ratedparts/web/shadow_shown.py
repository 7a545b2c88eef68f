"""A shadow run as its page and its operation tell it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ratedparts.catalogue.shadow_publication import NamedDifference, count_named
from ratedparts.db import Work
from ratedparts.evaluations.models import ShadowRun
from ratedparts.evaluations.shadow.results import ShadowProgress, counts_of, progress_of
from ratedparts.evaluations.shadow.verdicts import DIRECTIONS
from ratedparts.grading import CEG_2026_1, rule_set_as_json

from .faults_file import unformulated

COLUMNS = ("part_number", "maker", "family", "old_grade", "new_grade", "direction", "rules", "problem")
NOT_LIMITS = ("id", "in_force_on")


@dataclass(frozen=True)
class ChangedLimit:
    """Its path in the rule set's file, with what the rule set in force has there; None: nothing."""

    path: str
    old: Any
    new: Any


@dataclass(frozen=True)
class ShownRun:
    """``named``: of each direction, how many parts may be named; the rest is only counted."""

    run: ShadowRun
    progress: ShadowProgress
    families: Mapping[str, Mapping[str, int]]
    totals: Mapping[str, int]
    named: Mapping[str, int]
    limits: tuple[ChangedLimit, ...]
    compared_with: str = CEG_2026_1.id

    @property
    def unnamed(self) -> int:
        differing = sum(count for direction, count in self.totals.items() if direction != "unchanged")
        return max(differing - sum(self.named.values()), 0)


def shown_run(work: Work, run: ShadowRun) -> ShownRun:
    families = counts_of(work, run.id)
    found = Counter[str]()
    for counts in families.values():
        found.update(counts)
    return ShownRun(
        run,
        progress_of(work, run),
        families,
        {direction: found[direction] for direction in DIRECTIONS},
        count_named(work, run.id),
        tuple(changed_limits(rule_set_as_json(CEG_2026_1), run.content)),
    )


def changed_limits(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ChangedLimit]:
    before, after = (
        dict(_leaves({name: one for name, one in content.items() if name not in NOT_LIMITS}))
        for content in (old, new)
    )
    for path in dict.fromkeys((*after, *before)):
        if before.get(path) != after.get(path):
            yield ChangedLimit(path, before.get(path), after.get(path))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number and word with its path; entries that have a grade or a name are called by it."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            called = one.get("grade") or one.get("name") if isinstance(one, Mapping) else None
            yield from _leaves(one, f"{path}.{called or index}")
    else:
        yield path, value


def differences_csv(found: Iterable[NamedDifference]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for one in found:
        difference = one.difference
        line = (
            one.part.part_number,
            one.part.maker_en,
            difference.family,
            difference.old_grade,
            difference.new_grade or "",
            difference.direction,
            "; ".join(map(_rule_line, difference.rules)),
            difference.problem or "",
        )
        writer.writerow([unformulated(cell) for cell in line])
    # The mark at the start tells a spreadsheet that this is UTF-8.
    return ("\ufeff" + buffer.getvalue()).encode()


def _rule_line(rule: Mapping[str, Any]) -> str:
    """``6.5 R_TARGET (A+) number 6e-09: limit 1e-08 met, limit 1e-09 not met``."""
    about = ", ".join(str(value) for value in rule["about"].values() if value is not None)
    stated = [_side(rule[side]) for side in ("old", "new")]
    number = next((one["number"] for one in (rule["new"], rule["old"]) if one is not None), None)
    shown = f" number {number:g}" if number is not None else ""
    return f"{rule['rule']} {rule['code']}{f' ({about})' if about else ''}{shown}: {stated[0]}, {stated[1]}"


def _side(reason: Mapping[str, Any] | None) -> str:
    if reason is None:
        return "no such reason"
    limit = f"limit {reason['limit']:g} " if reason["limit"] is not None else ""
    verdict = reason["parameters"].get("class") or reason["parameters"].get("cap")
    return f"{limit}{'met' if reason['met'] else 'not met'}{f' ({verdict})' if verdict else ''}"
