"""Everything that is kept is derived again, and what does not agree is named.

One installation is read (its database, its blobs, what lies under its folder), and nothing of it is written.
Every check stands in a file of its own; `verifying` makes them one after the other.  Above the stages: what a
check compares lies in several of them.
"""

from .findings import Checked, Found, StoreReport
from .store import Store
from .verifying import verify_store

__all__ = ["Checked", "Found", "Store", "StoreReport", "verify_store"]
