"""Variables that are one of a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ratedparts.errors import Fault


def read_choice(
    environ: Mapping[str, str], variable: str, known: Sequence[str], default: str, faults: list[Fault]
) -> str:
    """The word given, or the default; any other is a fault."""
    given = environ.get(variable, default)
    if given in known:
        return given
    expected = {"expected": list(known)}
    faults.append(Fault("not_a_choice", column=variable, given=given[:80], parameters=expected))
    return default
