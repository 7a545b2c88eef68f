"""Packages that only some installations need."""

from __future__ import annotations

from importlib.util import find_spec

from ratedparts.errors import Fault


def require_library(name: str | None, variable: str, faults: list[Fault]) -> bool:
    """Whether the package that ``variable`` asks for is installed; a fault where it is not."""
    if name is None or find_spec(name) is not None:
        return True
    faults.append(Fault("client_library_missing", column=variable, parameters={"library": name}))
    return False
