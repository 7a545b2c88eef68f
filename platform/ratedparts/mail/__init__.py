"""Letters to people, behind one port.  The embedded installation lays them in a folder, one file a letter."""

from .outbox import Letter, Outbox

__all__ = ["Letter", "Outbox"]
