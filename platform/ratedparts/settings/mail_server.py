"""The server that carries letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ratedparts.errors import Fault, RatedPartsError

MAIL_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """``smtps`` speaks TLS from the start; ``smtp`` begins it, unless the server is on this machine."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str

    @classmethod
    def read(cls, address: str, sender: str) -> MailServer:
        """From ``smtps://user:password@host:465``.  Raises ``settings_refused``."""
        try:
            parts = urlsplit(address)
            scheme, host, port = (
                parts.scheme,
                parts.hostname or "",
                parts.port or MAIL_PORTS.get(parts.scheme, 0),
            )
        except ValueError:
            scheme, host, port = "", "", 0
        faults = []
        if scheme not in MAIL_PORTS or not host:
            faults.append(Fault("mail_address_not_usable", column="MAIL_SERVER"))
        if "@" not in sender or any(character.isspace() for character in sender):
            faults.append(Fault("email_not_usable", column="MAIL_FROM", given=sender[:80]))
        if faults:
            raise RatedPartsError("settings_refused", items=faults)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(scheme, host, port, user, password, sender)


def read_mail(environ: Mapping[str, str], faults: list[Fault]) -> MailServer | None:
    """From ``MAIL_SERVER`` and ``MAIL_FROM``; None where there is none, or none that can be used."""
    address, sender = environ.get("MAIL_SERVER"), environ.get("MAIL_FROM", "")
    if address is None:
        return None
    try:
        return MailServer.read(address, sender)
    except RatedPartsError as error:
        faults += error.items
        return None
