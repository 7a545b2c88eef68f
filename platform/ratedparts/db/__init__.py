"""The database: its engine, its unit of work, its migrations."""

from .base import Base, BigCounter, Instant
from .database import Clock, Database, Work, held, lock, system_clock
from .identifiers import public_number, uuid7
from .paging import Page, newest_first

__all__ = [
    "Base",
    "BigCounter",
    "Clock",
    "Database",
    "Instant",
    "Page",
    "Work",
    "held",
    "lock",
    "newest_first",
    "public_number",
    "system_clock",
    "uuid7",
]
