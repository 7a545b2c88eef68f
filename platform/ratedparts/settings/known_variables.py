"""Every variable of the environment that means anything to a server or a worker of ours."""

from __future__ import annotations

from typing import Final

KNOWN_VARIABLES: Final = frozenset(
    {
        "RATEDPARTS_ENVIRONMENT",
        "RATEDPARTS_VAR",
        "DATABASE_URL",
        "BLOB_URL",
        "RATE_LIMIT_URL",
        "WORKERS",
        "WEB_PROCESSES",
        "HOST",
        "PORT",
        "PUBLIC_URL",
        "MAIL_SERVER",
        "MAIL_FROM",
        "PKCS11_MODULE",
        "PKCS11_TOKEN",
        "PKCS11_PIN",
        "PKCS11_PIN_FILE",
        "DOCUMENT_CERTIFICATES",
        "OPEN_DATA_LICENCE",
        "OPEN_DATA_LICENCE_URL",
        "WEBHOOKS_TO_PRIVATE_ADDRESSES",
    }
)
