"""What is good enough to try the platform with, and not for ratings that somebody relies on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ratedparts.errors import Fault

from .environment import Environment

if TYPE_CHECKING:
    from .installation_settings import Settings


def stand_ins(settings: Settings) -> list[Fault]:
    """What a production installation does not serve with; nothing of any other."""
    if settings.environment is not Environment.PRODUCTION:
        return []
    faults = []
    if settings.token is None:
        faults.append(Fault("file_key_in_production", column="PKCS11_MODULE"))
    if settings.document_certificates is None:
        faults.append(Fault("document_certificate_missing", column="DOCUMENT_CERTIFICATES"))
    if not settings.public_url.startswith("https://"):
        faults.append(Fault("public_url_without_tls", column="PUBLIC_URL"))
    if settings.mail is None:
        faults.append(Fault("mail_server_missing", column="MAIL_SERVER"))
    if settings.web_processes > 1 and not settings.rate_limits.shared:
        count = {"number": settings.web_processes}
        faults.append(Fault("rate_limits_not_shared", column="RATE_LIMIT_URL", parameters=count))
    return faults
