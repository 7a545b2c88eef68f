"""Whether the store that counts requests answers."""

from __future__ import annotations

from limits.errors import StorageError
from limits.storage import storage_from_string

from ratedparts.settings import RateLimitStore

from .finding import Finding, Outcome


def try_rate_limits(store: RateLimitStore) -> Finding:
    if not store.shared:
        return Finding("rate_limits_in_memory", Outcome.REMARK)
    try:
        answers = storage_from_string(store.url, **store.options).check()
    except StorageError:
        answers = False
    if not answers:
        return Finding("rate_limits_unavailable", Outcome.REFUSED)
    return Finding("rate_limits_counted", Outcome.FINE)
