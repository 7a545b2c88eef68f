"""Dossiers as `ratedparts evaluate` reads them, and protocol files as a deployment does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from .corpus import Case, of_kind
from .readers import read_dossier, read_protocol

SECONDS = 20.0


def named(case: object) -> str:
    return case.file if isinstance(case, Case) else str(case)


@pytest.mark.parametrize("case", of_kind("dossiers"), ids=named)
def test_a_dossier_is_read_or_refused_as_the_table_says(case: Case) -> None:
    content = case.content()
    began = time.monotonic()
    found = read_dossier(content)
    assert time.monotonic() - began < SECONDS
    assert (found[: len(case.answers)], len(found)) == (list(case.answers), case.faults)


@pytest.mark.parametrize("case", of_kind("protocols"), ids=named)
def test_a_protocol_file_loads_or_stops_the_deployment(case: Case, tmp_path: Path) -> None:
    found = read_protocol(case.content(), case.name, tmp_path)
    assert (found[: len(case.answers)], len(found)) == (list(case.answers), case.faults)
