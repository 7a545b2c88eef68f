"""The device that holds the keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ratedparts.errors import Fault, RatedPartsError

from .secret import Secret

TOKEN_VARIABLES = ("PKCS11_MODULE", "PKCS11_TOKEN", "PKCS11_PIN", "PKCS11_PIN_FILE")


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
            except (OSError, ValueError):
                # What is no path may be the PIN itself, put under the wrong name.
                shown = path if "/" in path else "…"
                faults.append(Fault("file_not_readable", column="PKCS11_PIN_FILE", given=shown))
        if faults:
            raise RatedPartsError("settings_refused", items=faults)
        return cls(module, label, Secret(pin))


def read_token(environ: Mapping[str, str], faults: list[Fault]) -> TokenSettings | None:
    """None where no variable speaks of a device, or what they say cannot be used."""
    if not any(name in environ for name in TOKEN_VARIABLES):
        return None
    try:
        return TokenSettings.read(environ)
    except RatedPartsError as error:
        faults += error.items
        return None
