"""Watching a bill as the page and the interface ask for it."""

from __future__ import annotations

from collections.abc import Mapping

from ratedparts.catalogue.bill_of_materials import watching
from ratedparts.catalogue.bill_of_materials.matching import Found
from ratedparts.catalogue.bill_of_materials.models import WatchedBill
from ratedparts.catalogue.bill_of_materials.reading import read_bill
from ratedparts.db import Work

from .asked_bill import CHOICE, AskedBill, asked_again, bill_of
from .asked_use import FIELDS
from .requests import installation


def ask_to_watch(
    work: Work, asked: AskedBill, given: Mapping[str, str], email: str, webhook: str, language: str
) -> WatchedBill:
    """``given``: the form of which the use is kept.  Raises as `watching.ask_to_watch`."""
    kept = {name: value for name, value in given.items() if value and name in FIELDS}
    # Lines of a program are counted from 1, and stand below a header in what is kept.
    rows = {line.row: again.row for line, again in zip(asked.lines, read_bill(asked.text), strict=True)}
    kept |= {f"{CHOICE}{rows[row]}": str(part) for row, part in asked.chosen.items() if row in rows}
    return watching.ask_to_watch(
        work,
        text=asked.text,
        asked=kept,
        email=email,
        language=language,
        webhook=webhook,
        private_webhooks=installation().settings.private_webhooks,
    )


def begin_watching(work: Work, token: str) -> WatchedBill:
    """Watch what the lines mean now.  Raises ``not_found``."""
    found = bill_of(work, asked_again(watching.watched_bill(work, token)))
    return watching.confirm(work, token, [match.parts[0] for match in found.of(Found.MATCHED)])
