"""Bodies and addresses of the interface, names of parts, makers and files: taken or refused, no crash."""

from __future__ import annotations

import pytest

from .corpus import Answer, Case, of_kind
from .installation import Installation


def named(case: object) -> str:
    return case.file if isinstance(case, Case) else str(case)


def require(found: list[Answer], case: Case) -> None:
    assert (found[: len(case.answers)], len(found)) == (list(case.answers), case.faults)


@pytest.mark.parametrize("case", of_kind("plans"), ids=named)
def test_a_test_plan_is_registered_or_refused(installation: Installation, case: Case) -> None:
    require(installation.post_json("plans", case.content()), case)


@pytest.mark.parametrize("case", of_kind("addresses"), ids=named)
def test_an_address_is_answered_or_refused(installation: Installation, case: Case) -> None:
    require(installation.ask(case.content().decode().rstrip("\n")), case)


@pytest.mark.parametrize("case", of_kind("part_numbers"), ids=named)
def test_a_part_number_is_registered_or_refused(installation: Installation, case: Case) -> None:
    require(installation.register_part(case.content().decode()), case)


@pytest.mark.parametrize("case", of_kind("makers"), ids=named)
def test_the_name_of_a_maker_is_registered_or_refused(installation: Installation, case: Case) -> None:
    require(installation.register_maker(case.content().decode()), case)


@pytest.mark.parametrize("case", of_kind("file_names"), ids=named)
def test_a_file_name_is_kept_as_plain_text_and_never_used(installation: Installation, case: Case) -> None:
    before = len(installation.stored_names())
    found = [
        answer for answer in installation.hand_in(case.content().decode()) if answer.code != "empty_file"
    ]
    require(found, case)
    stored = installation.stored_names()
    assert len(stored) == before + case.accepted
    assert all(name.isprintable() and len(name) <= 200 for name in stored)
