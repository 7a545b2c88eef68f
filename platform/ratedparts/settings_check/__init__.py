"""Holds the settings of an installation against themselves, and then against what they name."""

from .checking import Report, check_settings

__all__ = ["Report", "check_settings"]
