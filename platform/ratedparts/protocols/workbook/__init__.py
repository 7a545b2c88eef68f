"""Excel workbooks: what they hold must be typed, visible and plain, or is refused with the cell's address."""

from .container import LARGEST_FILE
from .reading import looks_like_workbook, read_workbook
from .template import template_workbook

__all__ = ["LARGEST_FILE", "looks_like_workbook", "read_workbook", "template_workbook"]
