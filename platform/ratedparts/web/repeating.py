"""A request that met others at the database is carried out again, before anybody hears of it.

Two that wait for each other, or one that waits too long for a row, are ended by the database, and nothing of
them is kept.  Whoever comes second then succeeds as a rule.
"""

from __future__ import annotations

import random
import time
from typing import Final

from flask import Flask, request
from flask.typing import ResponseReturnValue

from ratedparts.errors import RatedPartsError
from ratedparts.submissions.results import INLINE_BYTES

PAUSES: Final = (0.05, 0.25)  # seconds before the second and the third time, and up to as much again


class RepeatingFlask(Flask):
    def dispatch_request(self) -> ResponseReturnValue:
        for pause in PAUSES:
            try:
                return super().dispatch_request()
            except RatedPartsError as error:
                if error.code != "database_busy" or not _readable_again():
                    raise
                time.sleep(pause * (1.0 + random.random()))
        return super().dispatch_request()


def _readable_again() -> bool:
    """Whether the body is kept: what is larger, or has files, is read as it comes."""
    return request.mimetype != "multipart/form-data" and (request.content_length or 0) <= INLINE_BYTES
