"""Everything that differs from one installation to another, read once where the program is put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ratedparts.errors import Fault, RatedPartsError


class Environment(Enum):
    """What an installation is for; its certificates say so."""

    DEMONSTRATION = "demonstration"
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True)
class Settings:
    environment: Environment
    var: Path  # everything that the embedded installation keeps
    database_url: str
    host: str
    port: int
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
            public_url=environ.get("PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
        )
