"""A dump of one installation at one instant, and an installation made of such a dump.

Above the stages, as its verification is: what is dumped lies in all of them.  Decision 0023 says why it is as
it is.
"""

from .checking import check_backup
from .manifest import Manifest
from .restoring import restore
from .taking import back_up

__all__ = ["Manifest", "back_up", "check_backup", "restore"]
