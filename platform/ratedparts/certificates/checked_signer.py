"""A signer that is never believed: each of its signatures is verified before anything rests on it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Protocol

from ratedparts.errors import Kind, RatedPartsError

PATIENCE = 10.0  # seconds that somebody who issues is kept waiting by a device


class Signer(Protocol):
    """Whatever signs: a private key in memory, or a device that never shows it."""

    def sign(self, data: bytes, /) -> bytes:
        """The signature of ``data``: Ed25519 as 64 bytes, ECDSA over SHA-256 as DER."""


class CheckedSigner:
    """Signs within a time, and only what verifies with the public key.

    ``holds`` says whether a signature is that of the public key; ``patience`` is how many seconds a signer
    may take, None for one that computes in this process.  Issuing stops at an error, and reading goes on.
    """

    def __init__(
        self, signer: Signer, holds: Callable[[bytes, bytes], bool], patience: float | None = None
    ) -> None:
        self._signer = signer
        self._holds = holds
        self._patience = patience
        self._free = threading.Lock()

    def sign(self, data: bytes, /) -> bytes:
        """Raises ``signer_unavailable`` (problem), ``signer_too_slow``, ``signature_does_not_verify``."""
        signature = self._signed(data) if self._patience is None else self._signed_in_time(data)
        if not self._holds(signature, data):
            raise RatedPartsError("signature_does_not_verify", kind=Kind.UNAVAILABLE)
        return signature

    def _signed(self, data: bytes) -> bytes:
        try:
            return self._signer.sign(data)
        except RatedPartsError:
            raise
        # Drivers of devices fail in ways of their own; each of them means that nothing can be signed now.
        except Exception as error:
            raise RatedPartsError(
                "signer_unavailable", kind=Kind.UNAVAILABLE, problem=type(error).__name__
            ) from error

    def _signed_in_time(self, data: bytes) -> bytes:
        # A call into a driver cannot be ended.  While one hangs no other is begun, or they would pile up.
        if not self._free.acquire(timeout=self._patience or 0):
            raise RatedPartsError("signer_too_slow", kind=Kind.UNAVAILABLE)
        answers: queue.SimpleQueue[bytes | RatedPartsError] = queue.SimpleQueue()

        def call() -> None:
            try:
                answers.put(self._signed(data))
            except RatedPartsError as error:
                answers.put(error)
            finally:
                self._free.release()

        threading.Thread(target=call, daemon=True).start()
        try:
            answer = answers.get(timeout=self._patience)
        except queue.Empty:
            raise RatedPartsError("signer_too_slow", kind=Kind.UNAVAILABLE) from None
        if isinstance(answer, RatedPartsError):
            raise answer
        return answer
