"""The difference between two versions of a protocol, statement by statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ratedparts.protocols import Protocol, ProtocolLibrary

from .protocol_statements import Statement, statements


@dataclass(frozen=True)
class Difference:
    """``before`` None: added; ``after`` None: removed."""

    subject: str
    name: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def versions_of(identifier: str, library: ProtocolLibrary) -> list[Protocol]:
    """Every version, the newest first.  Raises ``unknown_protocol``."""
    newest = library.latest(identifier)
    return sorted(
        (one for one in library.protocols.values() if one.id == newest.id), key=lambda one: -one.version
    )


def differences(older: Protocol, newer: Protocol, library: ProtocolLibrary) -> list[Difference]:
    """In the order of the newer version, with what it no longer says at the end."""
    before, after = _by_name(statements(older, library)), _by_name(statements(newer, library))
    found = [
        Difference(one.subject, one.name, before[key].words if key in before else None, one.words)
        for key, one in after.items()
        if key not in before or before[key].of != one.of
    ]
    found += [
        Difference(one.subject, one.name, one.words, None) for key, one in before.items() if key not in after
    ]
    return found


def _by_name(stated: Iterable[Statement]) -> dict[tuple[str, str, int], Statement]:
    """Two statements of one name are told apart by their order."""
    seen: Counter[tuple[str, str]] = Counter()
    named: dict[tuple[str, str, int], Statement] = {}
    for one in stated:
        seen[one.subject, one.name] += 1
        named[one.subject, one.name, seen[one.subject, one.name]] = one
    return named
