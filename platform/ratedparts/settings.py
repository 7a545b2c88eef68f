"""Everything that differs from one installation to another, read once where the program is put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ratedparts.errors import Fault, RatedPartsError

MAIL_PORTS = {"smtp": 587, "smtps": 465}
TOKEN_VARIABLES = {"PKCS11_MODULE", "PKCS11_TOKEN", "PKCS11_PIN", "PKCS11_PIN_FILE"}


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


class Secret:
    """A text that no log and no error shows: whoever needs it asks for it by name."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True)
class TokenSettings:
    """A token of a device that speaks PKCS#11: its driver, its label, and what opens it."""

    module: Path
    label: str
    pin: Secret

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> TokenSettings:
        """From ``PKCS11_MODULE``, ``PKCS11_TOKEN`` and ``PKCS11_PIN_FILE`` or ``PKCS11_PIN``.

        Raises ``settings_refused``; no fault repeats the PIN.
        """
        faults = []
        module, label = Path(environ.get("PKCS11_MODULE", "")), environ.get("PKCS11_TOKEN", "")
        if not module.is_file():
            faults.append(Fault("file_not_readable", column="PKCS11_MODULE", given=str(module)))
        if not label:
            faults.append(Fault("token_not_named", column="PKCS11_TOKEN"))
        pin = environ.get("PKCS11_PIN", "")
        if ("PKCS11_PIN" in environ) == ("PKCS11_PIN_FILE" in environ):
            faults.append(Fault("one_pin_needed", column="PKCS11_PIN_FILE"))
        elif "PKCS11_PIN_FILE" in environ:
            path = environ["PKCS11_PIN_FILE"]
            try:
                pin = Path(path).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                faults.append(Fault("file_not_readable", column="PKCS11_PIN_FILE", given=path))
        if faults:
            raise RatedPartsError("settings_refused", items=faults)
        return cls(module, label, Secret(pin))


@dataclass(frozen=True)
class Settings:
    environment: Environment
    var: Path  # everything that the embedded installation keeps
    database_url: str = field(repr=False)  # it may hold a password
    host: str
    port: int
    mail: MailServer | None  # None: letters wait in the outbox for whoever carries them
    public_url: str  # how the world reaches the site: printed on certificates
    token: TokenSettings | None = None  # None: keys are files, which production refuses
    open_data_licence: str | None = None  # such as CC-BY-4.0; None: the operator has not decided yet
    open_data_licence_url: str | None = None
    document_certificates: Path | None = None  # PEM: the certificates of the keys that sign PDFs
    private_webhooks: bool = False  # whether messages to programs may go to addresses of this network

    @property
    def blobs(self) -> Path:
        return self.var / "blobs"

    @property
    def catalogue(self) -> Path:
        """Columns that are made of the database at any time."""
        return self.var / "catalogue"

    @property
    def keys(self) -> Path:
        return self.var / "keys"

    @property
    def incoming(self) -> Path:
        return self.var / "incoming"

    @property
    def open_data(self) -> Path:
        """The sets of the last nights, as anybody may have them."""
        return self.var / "open-data"

    @property
    def outbox(self) -> Path:
        return self.var / "outbox"

    @property
    def unfinished_restore(self) -> Path:
        """There while a backup is being laid back: nothing starts beside it."""
        return self.var / "restore-unfinished.json"

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
        token = None
        if TOKEN_VARIABLES & set(environ):
            try:
                token = TokenSettings.read(environ)
            except RatedPartsError as error:
                faults += error.items
        certificates = environ.get("DOCUMENT_CERTIFICATES")
        if certificates is not None and not Path(certificates).is_file():
            faults.append(Fault("file_not_readable", column="DOCUMENT_CERTIFICATES", given=certificates))
        private = environ.get("WEBHOOKS_TO_PRIVATE_ADDRESSES", "no")
        if private not in ("yes", "no"):
            expected = {"expected": ["yes", "no"]}
            faults.append(
                Fault(
                    "not_a_choice", column="WEBHOOKS_TO_PRIVATE_ADDRESSES", given=private, parameters=expected
                )
            )
        licence, licence_url = environ.get("OPEN_DATA_LICENCE"), environ.get("OPEN_DATA_LICENCE_URL")
        if licence is not None and re.fullmatch(r"[-a-zA-Z0-9._]+", licence) is None:
            faults.append(Fault("licence_name_refused", column="OPEN_DATA_LICENCE", given=licence[:80]))
        if licence_url is not None and (
            licence is None or re.fullmatch(r"https?://[^\s\"<>]+", licence_url) is None
        ):
            faults.append(
                Fault("licence_url_refused", column="OPEN_DATA_LICENCE_URL", given=licence_url[:80])
            )
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
            token=token,
            open_data_licence=licence,
            open_data_licence_url=licence_url,
            document_certificates=None if certificates is None else Path(certificates).absolute(),
            private_webhooks=private == "yes",
        )
