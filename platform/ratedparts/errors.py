"""One error type for the whole platform.

An error carries a stable code, the parameters of its sentence, the subject it speaks of and, where a
refusal names several faults at once, its items.  It carries no prose: `ratedparts.wording` turns code and
parameters into a sentence in the reader's language, and only `ratedparts.web` knows what HTTP makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Kind(Enum):
    """Whose move it is after the error."""

    INVALID = "invalid"  # what was given cannot be accepted: the sender corrects it
    UNAUTHENTICATED = "unauthenticated"  # nobody has signed in
    FORBIDDEN = "forbidden"  # the actor may not do this, and may know that it exists
    NOT_FOUND = "not_found"  # there is no such thing, or none that the actor may know of
    CONFLICT = "conflict"  # somebody else was first, or the state does not allow it
    OUTDATED = "outdated"  # it has changed since the actor looked: look again
    UNCONDITIONAL = "unconditional"  # the actor must say which state is meant to be changed
    TOO_LARGE = "too_large"  # a stated limit was passed
    UNAVAILABLE = "unavailable"  # something that the platform leans on is down: try again later


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with what was given.

    ``row`` is the line of a file as an editor shows it (the header is line 1), ``column`` the name of a
    column or the path of a key; either is None where the fault has no such place.
    """

    code: str
    row: int | None = None
    column: str | None = None
    given: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


class RatedPartsError(Exception):
    """A refusal with a stable ``code`` and the ``parameters`` of its sentence."""

    kind: Kind = Kind.INVALID

    def __init__(
        self,
        code: str,
        *,
        subject: str | None = None,
        items: Sequence[Fault] = (),
        kind: Kind | None = None,
        **parameters: Any,
    ) -> None:
        self.code = code
        self.subject = subject
        self.items = tuple(items)
        self.parameters = parameters
        if kind is not None:
            self.kind = kind
        super().__init__(code, parameters)

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        about = f" ({self.subject})" if self.subject else ""
        faults = f"; {len(self.items)} fault(s), first: {self.items[0]}" if self.items else ""
        return f"{self.code}{about}: {details}{faults}" if details else f"{self.code}{about}{faults}"
