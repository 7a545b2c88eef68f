"""Whether the key store opens, and holds the keys that are published."""

from __future__ import annotations

from ratedparts.certificates.key_store import DOCUMENTS, PURPOSES
from ratedparts.certificates.signing_keys import SigningKeys, key_rows, key_store
from ratedparts.db import Database
from ratedparts.settings import Settings

from .finding import Finding, Outcome


def try_keys(settings: Settings, database: Database | None) -> Finding:
    """``database``: one with the newest schema, or None.  Nothing is signed, and no key is made."""
    store = key_store(settings)
    unpublished = list(PURPOSES)
    if database is not None:
        keys = SigningKeys(store, database, settings.environment)
        with database.reading() as work:
            unpublished = [one for one in PURPOSES if not key_rows(work, one, settings.environment)]
            for purpose in PURPOSES:
                if purpose not in unpublished:
                    keys.current(work, purpose)
    to_be_made = [purpose for purpose in unpublished if not store.find(purpose)]
    if DOCUMENTS in to_be_made and settings.document_certificates is not None:
        # It is not made by the way: somebody has to certify it first.
        return Finding("document_key_missing", Outcome.REFUSED)
    if unpublished:
        return Finding("keys_to_be_published", Outcome.REMARK, {"number": len(to_be_made)})
    return Finding("keys_there", Outcome.FINE)
