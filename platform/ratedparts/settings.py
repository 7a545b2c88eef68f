"""Everything that differs from one installation to another, read once where the program is put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ratedparts.errors import Fault, RatedPartsError

MAIL_PORTS = {"smtp": 587, "smtps": 465}


class Environment(Enum):
    """What an installation is for; its certificates say so."""

    DEMONSTRATION = "demonstration"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True)
class MailServer:
    """``smtps`` speaks TLS from the start; ``smtp`` begins it, unless the server is on this machine."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
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


@dataclass(frozen=True)
class Settings:
    environment: Environment
    var: Path  # everything that the embedded installation keeps
    database_url: str
    host: str
    port: int
    mail: MailServer | None  # None: letters wait in the outbox for whoever carries them
    public_url: str  # how the world reaches the site: printed on certificates

    @property
    def blobs(self) -> Path:
        return self.var / "blobs"

    @property
    def keys(self) -> Path:
        return self.var / "keys"

    @property
    def incoming(self) -> Path:
        return self.var / "incoming"

    @property
    def outbox(self) -> Path:
        return self.var / "outbox"

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Settings from environment variables, every one of them optional.

        Raises
        ------
        RatedPartsError
            ``settings_refused``, with every fault at once.
        """
        faults = []
        name = environ.get("RATEDPARTS_ENVIRONMENT", Environment.DEMONSTRATION.value)
        known = [one.value for one in Environment]
        if name not in known:
            faults.append(
                Fault(
                    "not_a_choice",
                    column="RATEDPARTS_ENVIRONMENT",
                    given=name,
                    parameters={"expected": known},
                )
            )
        port = environ.get("PORT", "8000")
        if not (port.isdecimal() and 0 < int(port) < 65536):
            faults.append(Fault("port_not_usable", column="PORT", given=port))
        mail = None
        if "MAIL_SERVER" in environ:
            try:
                mail = MailServer.read(environ["MAIL_SERVER"], environ.get("MAIL_FROM", ""))
            except RatedPartsError as error:
                faults += error.items
        if faults:
            raise RatedPartsError("settings_refused", items=faults)
        var = Path(environ.get("RATEDPARTS_VAR", "var")).absolute()
        host = environ.get("HOST", "127.0.0.1")
        return cls(
            environment=Environment(name),
            var=var,
            database_url=environ.get("DATABASE_URL", f"sqlite:///{var / 'ratedparts.sqlite'}"),
            host=host,
            port=int(port),
            mail=mail,
            public_url=environ.get("PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
        )
