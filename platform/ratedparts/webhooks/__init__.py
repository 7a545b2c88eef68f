"""Messages to programs of others: signed, so that they know who sent them, and never to our own network."""

from .addresses import require_deliverable
from .sending import Refused, Webhook, post
from .signature import new_secret, signature_of

__all__ = ["Refused", "Webhook", "new_secret", "post", "require_deliverable", "signature_of"]
