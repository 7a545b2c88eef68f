"""Letters to people, behind one port: laid in a folder, one file a letter, and carried from there."""

from .delivery import Delivery
from .letters import bilingual
from .outbox import Letter, Outbox

__all__ = ["Delivery", "Letter", "Outbox", "bilingual"]
