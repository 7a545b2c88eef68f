"""The signature of a message by the Standard Webhooks specification: HMAC-SHA256 under a shared secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def signature_of(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature``; ``timestamp``: seconds since 1970, as in ``webhook-timestamp``."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")
