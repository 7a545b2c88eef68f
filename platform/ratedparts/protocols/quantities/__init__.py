"""Quantities as people write them: read by stated rules and never by guess, exactly, and written back.

``read_quantity("0.1 µF", "nF").value`` is ``Decimal("100")``; ``write_quantity(100.0, "nF")`` is ``100 nF``.
"""

from ratedparts.protocols.quantities.attributes import read_attribute, write_attribute
from ratedparts.protocols.quantities.reading import Reading, read_quantity
from ratedparts.protocols.quantities.writing import write_quantity

__all__ = ["Reading", "read_attribute", "read_quantity", "write_attribute", "write_quantity"]
