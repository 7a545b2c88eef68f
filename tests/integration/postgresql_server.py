"""A PostgreSQL server of the tests' own: the system's binaries, a temporary folder, a socket, no port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path

import psycopg

# Nothing of it has to survive: speed instead of durability.
SPEED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB"
_numbers = count(1)


def find_binaries() -> Path | None:
    """The folder of the newest `initdb`, or None."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True
    )
    on_path = shutil.which("initdb")
    found = [*versions, *([Path(on_path)] if on_path else [])]
    return found[0].parent if found else None


class PostgreSQLServer:
    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._user = _unprivileged_user()
        # Not pytest's own folder: that one is closed to other users, and its path too long for a socket.
        self._folder = Path(tempfile.mkdtemp(prefix="ratedparts-postgresql-"))
        try:
            if self._user:
                shutil.chown(self._folder, self._user)
            self._run(
                "initdb", "-D", self._cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"
            )
            options = f"-k {self._folder} -c listen_addresses='' -c max_connections=50 {SPEED}"
            log = str(self._folder / "log")
            self._run("pg_ctl", "-D", self._cluster, "-l", log, "-o", options, "-w", "start")
        except BaseException:
            self.stop()
            raise
        self._admin = psycopg.connect(f"host={self._folder} user=postgres dbname=postgres", autocommit=True)

    @property
    def _cluster(self) -> str:
        return str(self._folder / "cluster")

    def create(self, template: str | None = None, *, options: str = "") -> str:
        """A new database, empty or a copy of the one at the address ``template``; its address."""
        name = f"test_{next(_numbers)}"
        source = f" TEMPLATE {self._name(template)}" if template else ""
        # Without fsync, copying files is twice as fast as copying through the write-ahead log.
        strategy = " STRATEGY file_copy" if self._admin.info.server_version >= 150_000 else ""
        self._admin.execute(f"CREATE DATABASE {name}{source}{strategy}{options}")
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def drop(self, url: str) -> None:
        self._admin.execute(f"DROP DATABASE {self._name(url)} WITH (FORCE)")

    def stop(self) -> None:
        if hasattr(self, "_admin"):
            self._admin.close()
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", self._cluster, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _name(self, url: str) -> str:
        return url.partition("?")[0].rpartition("/")[2]

    def _run(self, program: str, *arguments: str) -> None:
        other = {"user": self._user, "extra_groups": []} if self._user else {}
        subprocess.run(
            [str(self._binaries / program), *arguments],
            check=True,
            cwd=self._folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **other,
        )


def _unprivileged_user() -> str | None:
    """Whom to run it as: PostgreSQL refuses root.  None: as whoever we are."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
