"""Under which licence the open data may be used."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ratedparts.errors import Fault


def read_licence(environ: Mapping[str, str], faults: list[Fault]) -> tuple[str | None, str | None]:
    """Name and address, from ``OPEN_DATA_LICENCE`` and ``OPEN_DATA_LICENCE_URL``."""
    name, url = environ.get("OPEN_DATA_LICENCE"), environ.get("OPEN_DATA_LICENCE_URL")
    if name is not None and re.fullmatch(r"[-a-zA-Z0-9._]+", name) is None:
        faults.append(Fault("licence_name_refused", column="OPEN_DATA_LICENCE", given=name[:80]))
    if url is not None and (name is None or re.fullmatch(r"https?://[^\s\"<>]+", url) is None):
        faults.append(Fault("licence_url_refused", column="OPEN_DATA_LICENCE_URL", given=url[:80]))
    return name, url
