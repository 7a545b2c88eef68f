"""Where it is counted how often somebody has asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ratedparts.errors import Fault

from .client_library import require_library

IN_MEMORY = "memory://"
# What the package `limits` speaks to, and the client that it needs for that.
CLIENTS: Mapping[str, str | None] = {
    "memory": None,
    "redis": "redis",
    "rediss": "redis",
    "redis+unix": "redis",
    "redis+sentinel": "redis",
    "redis+cluster": "redis",
    "valkey": "valkey",
    "valkeys": "valkey",
    "valkey+unix": "valkey",
    "valkey+sentinel": "valkey",
    "valkey+cluster": "valkey",
    "memcached": "pymemcache",
    "mongodb": "pymongo",
    "mongodb+srv": "pymongo",
}
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True)
class RateLimitStore:
    url: str = field(default=IN_MEMORY, repr=False)  # it may hold a password

    @property
    def shared(self) -> bool:
        """Whether several processes count together."""
        return self.url != IN_MEMORY

    @property
    def options(self) -> dict[str, float | bool]:
        """How it is spoken to: its errors of one kind, and not waited for where it says nothing."""
        if CLIENTS[urlsplit(self.url).scheme] not in ("redis", "valkey"):
            return {"wrap_exceptions": True}
        return {
            "wrap_exceptions": True,
            "socket_timeout": PATIENCE_SECONDS,
            "socket_connect_timeout": PATIENCE_SECONDS,
        }


def read_rate_limit_store(environ: Mapping[str, str], faults: list[Fault]) -> RateLimitStore:
    """From ``RATE_LIMIT_URL``; in the memory of each process where it is not given."""
    url = environ.get("RATE_LIMIT_URL", IN_MEMORY)
    if url == IN_MEMORY:
        return RateLimitStore()
    scheme = _scheme(url)
    if scheme is None:
        known = {"schemes": sorted(set(CLIENTS) - {"memory"})}
        faults.append(Fault("rate_limit_address_not_usable", column="RATE_LIMIT_URL", parameters=known))
        return RateLimitStore()
    if not require_library(CLIENTS[scheme], "RATE_LIMIT_URL", faults):
        return RateLimitStore()
    return RateLimitStore(url)


def _scheme(url: str) -> str | None:
    """Of an address that names a known kind of store and a place; None of any other."""
    try:
        parts = urlsplit(url)
        several = "," in parts.netloc
        place = parts.netloc if several else parts.hostname
        if parts.scheme.endswith("+unix"):
            place = parts.path.strip("/")
        if not several and parts.port == 0:
            return None
    except ValueError:
        return None
    return parts.scheme if parts.scheme in CLIENTS and CLIENTS[parts.scheme] and place else None
