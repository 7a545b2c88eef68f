"""Everything that differs from one installation to another, read once where the program is put together."""

from .blob_address import BlobAddress
from .environment import Environment
from .installation_settings import Settings
from .known_variables import KNOWN_VARIABLES
from .mail_server import MailServer
from .rate_limit_store import RateLimitStore
from .secret import Secret
from .signing_token import TokenSettings

__all__ = [
    "KNOWN_VARIABLES",
    "BlobAddress",
    "Environment",
    "MailServer",
    "RateLimitStore",
    "Secret",
    "Settings",
    "TokenSettings",
]
