"""What the tests of the corpus share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .corpus import Case
from .installation import Installation, founded_installation


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with founded_installation(tmp_path_factory.mktemp("installation")) as founded:
        yield founded


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A case that is wrong today has to fail until it is mended; then its line in the table is corrected.

    A reason that begins with ``memory:`` speaks of the tests of memory alone.
    """
    for item in items:
        case = getattr(item, "callspec", None) and item.callspec.params.get("case")  # type: ignore[attr-defined]
        if not isinstance(case, Case) or not case.wrong_today:
            continue
        if case.wrong_today.startswith("memory:") == ("memory" in item.name.partition("[")[0]):
            item.add_marker(pytest.mark.xfail(reason=case.wrong_today, strict=True))
