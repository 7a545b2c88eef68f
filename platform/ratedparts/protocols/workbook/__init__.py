"""Excel workbooks: what they hold must be typed, visible and plain, or is refused with the cell's address."""

from .reading import looks_like_workbook, read_workbook
from .template import template_workbook

__all__ = ["looks_like_workbook", "read_workbook", "template_workbook"]
