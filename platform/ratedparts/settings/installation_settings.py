"""The settings of one installation, all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ratedparts.errors import Fault, RatedPartsError

from .blob_address import BlobAddress, read_blob_address
from .choices import read_choice
from .counts import read_web_processes, read_workers
from .database_address import read_database_url
from .environment import Environment
from .mail_server import MailServer, read_mail
from .open_data_licence import read_licence
from .rate_limit_store import RateLimitStore, read_rate_limit_store
from .served_address import read_served_address
from .signing_token import TokenSettings, read_token
from .stand_ins import stand_ins


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
    blob_address: BlobAddress | None = None  # None: the folder under var
    rate_limits: RateLimitStore = field(default_factory=RateLimitStore)
    workers: int = 1  # threads that do jobs beside the server
    web_processes: int = 1  # that answer requests, on all machines together

    @property
    def blobs(self) -> Path:
        """Where blobs lie unless `blob_address` says otherwise."""
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
        settings, faults = cls.read_with_faults(environ)
        if faults:
            raise RatedPartsError("settings_refused", items=faults)
        return settings

    @classmethod
    def read_to_serve(cls, environ: Mapping[str, str]) -> Settings:
        """The same, for whoever answers requests or does jobs; raises for what production refuses, too.

        Other commands, such as one that verifies a copy of a production installation, do without a device
        and a mail server.
        """
        settings, faults = cls.read_with_faults(environ)
        faults += settings.stand_ins_beside(faults)
        if faults:
            raise RatedPartsError("settings_refused", items=faults)
        return settings

    @classmethod
    def read_with_faults(cls, environ: Mapping[str, str]) -> tuple[Settings, list[Fault]]:
        """The settings with the default in place of whatever cannot be used, and every fault."""
        faults: list[Fault] = []
        names = [one.value for one in Environment]
        environment = read_choice(
            environ, "RATEDPARTS_ENVIRONMENT", names, Environment.DEMONSTRATION.value, faults
        )
        var = Path(environ.get("RATEDPARTS_VAR", "var")).absolute()
        served = read_served_address(environ, faults)
        database_url = read_database_url(environ, var, faults)
        blob_address = read_blob_address(environ, faults)
        rate_limits = read_rate_limit_store(environ, faults)
        workers, web_processes = read_workers(environ, faults), read_web_processes(environ, faults)
        mail = read_mail(environ, faults)
        token = read_token(environ, faults)
        certificates = environ.get("DOCUMENT_CERTIFICATES")
        if certificates is not None and not Path(certificates).is_file():
            faults.append(Fault("file_not_readable", column="DOCUMENT_CERTIFICATES", given=certificates))
        private = read_choice(environ, "WEBHOOKS_TO_PRIVATE_ADDRESSES", ("yes", "no"), "no", faults)
        licence, licence_url = read_licence(environ, faults)
        settings = cls(
            environment=Environment(environment),
            var=var,
            database_url=database_url,
            host=served.host,
            port=served.port,
            mail=mail,
            public_url=served.public_url,
            token=token,
            open_data_licence=licence,
            open_data_licence_url=licence_url,
            document_certificates=None if certificates is None else Path(certificates).absolute(),
            private_webhooks=private == "yes",
            blob_address=blob_address,
            rate_limits=rate_limits,
            workers=workers,
            web_processes=web_processes,
        )
        return settings, faults

    def stand_ins_beside(self, faults: list[Fault]) -> list[Fault]:
        """What production refuses of these settings, but for what ``faults`` speak of already."""
        spoken_of = {fault.column for fault in faults}
        if spoken_of & {"PKCS11_MODULE", "PKCS11_TOKEN", "PKCS11_PIN_FILE"}:
            spoken_of.add("PKCS11_MODULE")
        if "MAIL_FROM" in spoken_of:
            spoken_of.add("MAIL_SERVER")
        return [fault for fault in stand_ins(self) if fault.column not in spoken_of]
