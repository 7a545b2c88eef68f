"""Whatever signs is believed only after its signature was verified, and only for so long."""

from __future__ import annotations

import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ratedparts.certificates.key_store import SigningKey, ed25519_key
from ratedparts.errors import Kind, RatedPartsError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


class Device:
    """A signer of its own: it answers when it is let, with the key that it has."""

    def __init__(self, private: Ed25519PrivateKey = KEY, *, answers: bool = True) -> None:
        self.private = private
        self.let = threading.Event()
        self.called = 0
        if answers:
            self.let.set()

    def sign(self, data: bytes, /) -> bytes:
        self.called += 1
        self.let.wait()
        return self.private.sign(data)


class Broken:
    def sign(self, data: bytes, /) -> bytes:
        raise OSError("the device was unplugged")


def refusal(key: SigningKey) -> RatedPartsError:
    with pytest.raises(RatedPartsError) as refused:
        key.sign(b"message")
    assert refused.value.kind is Kind.UNAVAILABLE
    return refused.value


@pytest.mark.parametrize("patience", [None, 5.0])
def test_a_good_signature_is_handed_on(patience: float | None) -> None:
    assert ed25519_key(Device(), PUBLIC, patience).sign(b"message") == KEY.sign(b"message")


@pytest.mark.parametrize("patience", [None, 5.0])
def test_a_signer_with_another_key_is_refused(patience: float | None) -> None:
    other = Device(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert refusal(ed25519_key(other, PUBLIC, patience)).code == "signature_does_not_verify"


@pytest.mark.parametrize("patience", [None, 5.0])
def test_a_signer_that_is_down_is_named_by_its_error(patience: float | None) -> None:
    refused = refusal(ed25519_key(Broken(), PUBLIC, patience))
    assert (refused.code, refused.parameters) == ("signer_unavailable", {"problem": "OSError"})


def test_a_signer_that_is_slow_is_not_waited_for_and_not_called_again_meanwhile() -> None:
    device = Device(answers=False)
    key = ed25519_key(device, PUBLIC, 0.05)
    assert refusal(key).code == "signer_too_slow"
    assert refusal(key).code == "signer_too_slow"
    assert device.called == 1
    device.let.set()
    # The late answer is nobody's; the next call gets its own.
    patient = ed25519_key(device, PUBLIC, 5.0)
    assert patient.sign(b"another") == KEY.sign(b"another")


def test_many_callers_of_one_device_are_served_one_after_the_other() -> None:
    key = ed25519_key(Device(), PUBLIC, 5.0)
    found: list[bytes] = []
    callers = [threading.Thread(target=lambda: found.append(key.sign(b"message"))) for _ in range(16)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert found == [KEY.sign(b"message")] * 16


def test_a_private_key_is_in_no_representation() -> None:
    shown = repr(ed25519_key(KEY, PUBLIC))
    assert "private" not in shown
    assert KEY.private_bytes_raw().hex() not in shown
