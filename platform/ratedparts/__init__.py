"""RatedParts: from a laboratory's bytes to a grade and a certificate that a stranger can recompute."""

__version__ = "0.1.0"
