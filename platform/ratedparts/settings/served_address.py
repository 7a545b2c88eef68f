"""Where the server listens, and how the world reaches it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ratedparts.errors import Fault

PORT = 8000


@dataclass(frozen=True)
class ServedAddress:
    host: str
    port: int
    public_url: str


def read_served_address(environ: Mapping[str, str], faults: list[Fault]) -> ServedAddress:
    """From ``HOST``, ``PORT`` and ``PUBLIC_URL``."""
    host, port = environ.get("HOST", "127.0.0.1"), environ.get("PORT", str(PORT))
    if not (port.isdecimal() and 0 < int(port) < 65536):
        faults.append(Fault("port_not_usable", column="PORT", given=port[:80]))
        port = str(PORT)
    here = f"http://{host}:{int(port)}"
    public_url = environ.get("PUBLIC_URL", here).rstrip("/")
    if re.fullmatch(r"https?://[^\s\"<>@?#]+", public_url) is None:
        faults.append(Fault("public_url_not_usable", column="PUBLIC_URL"))
        public_url = here
    return ServedAddress(host, int(port), public_url)
