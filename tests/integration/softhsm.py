"""A device that speaks PKCS#11, in software: SoftHSM, as Debian has it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ratedparts.installation import Installation
from ratedparts.settings import Secret, TokenSettings

from .world import World

PIN, OFFICER_PIN = "493827", "7162534"
PLACES = ("/usr/lib/softhsm", "/usr/lib/*/softhsm", "/usr/local/lib/softhsm", "/opt/homebrew/lib/softhsm")


class Device:
    """The device of one test process, which has as many tokens as are asked for."""

    def __init__(self, module: Path, folder: Path) -> None:
        self.module = module
        self.tokens = folder / "tokens"
        self.tokens.mkdir()
        configuration = folder / "softhsm2.conf"
        configuration.write_text(
            f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )
        os.environ["SOFTHSM2_CONF"] = str(configuration)
        self._count = 0

    def new_token(self) -> TokenSettings:
        self._count += 1
        label = f"ratedparts-{self._count}"
        command = ["softhsm2-util", "--init-token", "--free", "--label", label]
        command += ["--so-pin", OFFICER_PIN, "--pin", PIN]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return TokenSettings(self.module, label, Secret(PIN))

    def unplug(self) -> None:
        self.tokens.rename(self.tokens.with_name("unplugged"))

    def plug_in(self) -> None:
        self.tokens.with_name("unplugged").rename(self.tokens)


@pytest.fixture(scope="session")
def device(tmp_path_factory: pytest.TempPathFactory) -> Device:
    found = [path for place in PLACES for path in Path("/").glob(f"{place[1:]}/libsofthsm2.so")]
    lacking = None
    if not found or shutil.which("softhsm2-util") is None:
        lacking = "SoftHSM is not installed: no libsofthsm2.so, or no softhsm2-util on the path"
    elif importlib.util.find_spec("pkcs11") is None:
        lacking = "python-pkcs11 is not installed: it comes with the extra `hsm`"
    if lacking is not None:
        if "softhsm" in os.environ.get("RATEDPARTS_REQUIRE", ""):
            pytest.fail(lacking + ", and RATEDPARTS_REQUIRE asks for it")
        pytest.skip(lacking)
    return Device(found[0], tmp_path_factory.mktemp("softhsm"))


def with_token(world: World, token: TokenSettings, **changes: Any) -> World:
    """The same installation, with its keys in a token."""
    settings = replace(world.installation.settings, token=token, **changes)
    installation = Installation(settings, world.clock)
    return World(installation, world.clock, world.cast, world.facts)


@pytest.fixture
def tokened(rated: World, device: Device) -> Iterator[World]:
    """A rated installation whose keys have just moved from files into a token."""
    from datetime import timedelta

    from ratedparts.certificates.key_rotation import rotate

    world = with_token(rated, device.new_token())
    for purpose in ("certificates", "log", "documents"):
        with world.work() as work:
            rotate(work, world.installation.keys, purpose)
    world.clock.now += timedelta(minutes=2)
    yield world
    world.database.dispose()
