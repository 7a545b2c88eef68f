"""Files and folders that are there whole or not at all, whatever dies in between."""

from .full import is_full, telling_full
from .held_folder import held_folder
from .synced import sync_folder, write_synced
from .whole_file import write_whole
from .whole_folder import UNFINISHED, whole_folder

__all__ = [
    "UNFINISHED",
    "held_folder",
    "is_full",
    "sync_folder",
    "telling_full",
    "whole_folder",
    "write_synced",
    "write_whole",
]
