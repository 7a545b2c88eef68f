"""Keys behind PKCS#11: they sign without ever being seen, and issuing stops when they cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ratedparts.certificates.document_certificates import demonstration_chain, written
from ratedparts.certificates.documents import make_document, stored_document
from ratedparts.certificates.key_rotation import rotate
from ratedparts.certificates.signing_keys import key_store, published_keys, register_keys
from ratedparts.certificates.standing import certificate_by_number
from ratedparts.certificates.token_keys import TokenKeys
from ratedparts.errors import RatedPartsError
from ratedparts.proofs import verify_file
from ratedparts.settings import Environment, Secret, Settings
from ratedparts.web.requests import EXTENSION

from .programs import Programs
from .softhsm import PIN, device, tokened, with_token
from .world import PASSWORD, World

__all__ = ["device", "tokened"]


def refusal(do, *arguments):
    with pytest.raises(RatedPartsError) as refused:
        do(*arguments)
    return refused.value


def replace_key(device, token, label):
    """Somebody puts another key under the label of one that is in use."""
    import pkcs11

    opened = pkcs11.lib(str(device.module)).get_token(token_label=token.label)
    with opened.open(rw=True, user_pin=PIN) as session:
        for kind in (pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.ObjectClass.PUBLIC_KEY):
            session.get_key(object_class=kind, label=label).destroy()
        edwards = {pkcs11.Attribute.EC_PARAMS: bytes.fromhex("06032b6570")}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC_EDWARDS, edwards, local=True)
        parameters.generate_keypair(
            mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label, id=label.encode()
        )


def test_a_certificate_its_log_entry_and_its_pdf_are_signed_by_keys_that_never_leave_the_token(tokened):
    tokened.certify()
    with tokened.work() as work:
        certificate = certificate_by_number(work, tokened.facts["number"])
        make_document(work, certificate, keys=tokened.installation.keys, blobs=tokened.installation.blobs)
    with tokened.reading() as work:
        certificate = certificate_by_number(work, tokened.facts["number"])
        content = stored_document(work, certificate, tokened.installation.blobs)
        trust, at = published_keys(work), work.at
        evidence = tokened.installation.log.evidence_of_issue(work, certificate.number)
    found = verify_file(content, trust=trust, at=at, find_in_log=lambda number: _record(evidence))
    results = {check.name: check.result for check in found.checks}
    assert found.verdict == "valid"
    assert (results["signature"], results["log_signature"], results["pdf_signature"]) == ("passed",) * 3
    assert [key.purpose for key in trust.keys if key.is_active(at)].count("certificates") == 1
    assert len(trust.keys) == 6  # those in files ended when those in the token began


def _record(evidence):
    from ratedparts.proofs import LogRecord

    return LogRecord(evidence)


def test_a_certificate_of_before_stays_valid_when_the_keys_move_into_a_token(certified, device):
    world = with_token(certified, device.new_token())
    with world.work() as work:
        rotate(work, world.installation.keys, "certificates")
    world.clock.now += timedelta(days=1)
    with world.reading() as work:
        certificate = certificate_by_number(work, world.facts["number"])
        content = certificate.credential.encode()
        assert verify_file(content, trust=published_keys(work), at=work.at).verdict == "valid"
    world.database.dispose()


def test_a_token_that_is_down_pauses_issuing_and_nothing_else(tokened, device):
    review_id = tokened.approve()
    programs = Programs(tokened)
    issuer = programs.of("issuer")
    tag = issuer.get(f"/api/v1/reviews/{review_id}").headers["ETag"]

    def issue():
        address = f"/api/v1/reviews/{review_id}/certificate"
        return issuer.post(address, json={"password": PASSWORD}, headers={"If-Match": tag})

    issuer.get("/api/v1/keys")
    device.unplug()
    try:
        refused = issue()
        assert (refused.status_code, refused.json["code"]) == (503, "signer_unavailable")
        assert issuer.get("/api/v1/keys").status_code == 200
        assert issuer.get(f"/api/v1/reviews/{review_id}").status_code == 200
        assert issuer.get("/api/v1/parts").status_code == 200
        # An installation that already published its keys starts without the token.
        tokened.installation.prepare()
    finally:
        device.plug_in()
    assert issue().status_code == 201
    programs.app.extensions[EXTENSION].database.dispose()


def test_a_token_with_another_key_under_the_same_label_signs_nothing(tokened, device):
    token = tokened.installation.settings.token
    review_id = tokened.approve()
    intent = tokened.intend(review_id)
    with tokened.reading() as work:
        tokened.installation.keys.current(work, "certificates")
    replace_key(device, token, "certificates")
    # Whoever knew the key of before gets a signature of another one, and notices.
    assert refusal(tokened.sign, intent).code == "signature_does_not_verify"
    # Whoever starts now does not find the key that is published.
    fresh = with_token(tokened, token)
    assert refusal(fresh.sign, intent).code == "signing_key_missing"
    fresh.database.dispose()


def test_a_wrong_pin_is_an_error_that_does_not_tell_it(tokened):
    wrong = replace(tokened.installation.settings.token, pin=Secret("000000"))
    refused = refusal(TokenKeys(wrong, None, tokened.installation.settings.keys).find, "log")
    assert (refused.code, refused.parameters) == ("signer_unavailable", {"problem": "PinIncorrect"})
    shown = "".join(map(repr, (tokened.installation, tokened.installation.settings, refused, wrong)))
    assert "000000" not in shown
    assert PIN not in shown


def test_production_signs_with_a_token_and_certificates_that_somebody_gave(founded, device, tmp_path):
    token = device.new_token()
    production = replace(founded.installation.settings, environment=Environment.PRODUCTION)
    assert refusal(key_store, production).code == "file_key_in_production"
    production = replace(production, token=token)
    assert refusal(key_store, production).code == "document_certificate_missing"

    # The ceremony: a key is made in the token, and its certificate laid into a file.
    made = tmp_path / "made"
    key = TokenKeys(token, None, made).make("documents", founded.clock.now)
    given = tmp_path / "certificates.pem"
    given.write_bytes(written(key.chain))
    world = with_token(founded, token, environment=Environment.PRODUCTION, document_certificates=given)
    with world.work() as work:
        register_keys(work, world.installation.keys)
    with world.reading() as work:
        assert world.installation.keys.current(work, "documents").id == key.id
    # Another key is not made by the way: somebody has to certify it first.
    with pytest.raises(RatedPartsError) as refused, world.work() as work:
        rotate(work, world.installation.keys, "documents")
    assert refused.value.code == "document_certificate_missing"
    # One that lies ready is taken.
    second = TokenKeys(token, None, made).make("documents", founded.clock.now)
    given.write_bytes(given.read_bytes() + written(second.chain))
    with world.work() as work:
        assert rotate(work, world.installation.keys, "documents").id == second.id
    world.database.dispose()


def test_a_certificate_of_a_key_that_is_not_in_the_token_is_of_no_use(founded, device, tmp_path):
    from cryptography.hazmat.primitives.asymmetric import ec

    stranger = ec.generate_private_key(ec.SECP256R1()).public_key()
    given = tmp_path / "certificates.pem"
    given.write_bytes(written(demonstration_chain(stranger, founded.clock.now)))
    token = device.new_token()
    TokenKeys(token, None, tmp_path / "made").make("documents", founded.clock.now)
    assert TokenKeys(token, given, tmp_path).find("documents") == ()


def test_every_fault_of_the_settings_of_a_token_is_named_at_once(tmp_path):
    refused = refusal(
        Settings.read,
        {
            "PKCS11_MODULE": str(tmp_path / "nothing.so"),
            "PKCS11_PIN": "1234",
            "PKCS11_PIN_FILE": str(tmp_path / "pin"),
            "DOCUMENT_CERTIFICATES": str(tmp_path / "none.pem"),
            "PORT": "no",
        },
    )
    assert [(fault.column, fault.code) for fault in refused.items] == [
        ("PORT", "port_not_usable"),
        ("PKCS11_MODULE", "file_not_readable"),
        ("PKCS11_TOKEN", "token_not_named"),
        ("PKCS11_PIN_FILE", "one_pin_needed"),
        ("DOCUMENT_CERTIFICATES", "file_not_readable"),
    ]
    assert "1234" not in repr(refused.items)


def test_a_pin_is_read_from_its_file_and_shown_to_nobody(tmp_path):
    (tmp_path / "pin").write_text("493827\n")
    (tmp_path / "driver.so").write_bytes(b"")
    settings = Settings.read(
        {
            "PKCS11_MODULE": str(tmp_path / "driver.so"),
            "PKCS11_TOKEN": "authority",
            "PKCS11_PIN_FILE": str(tmp_path / "pin"),
            "MAIL_SERVER": "smtps://user:hunter22@mail.example",
            "MAIL_FROM": "authority@example.org",
            "DATABASE_URL": "postgresql://user:hunter22@localhost/x",
        }
    )
    assert settings.token is not None
    assert settings.token.pin.reveal() == "493827"
    assert not any(secret in repr(settings) for secret in ("493827", "hunter22"))


def test_a_world_is_founded_anew_with_its_keys_in_a_token(device, tmp_path):
    base = World.at(f"sqlite:///{tmp_path / 'ratedparts.sqlite'}", tmp_path)
    world = with_token(base, device.new_token())
    world.installation.prepare()
    with world.reading() as work:
        keys = [world.installation.keys.current(work, purpose) for purpose in ("certificates", "log")]
        assert [key.sign(b"message") for key in keys]
        assert world.installation.keys.documents.chain
    assert not list(world.installation.settings.keys.glob("*.pem"))  # no private key lies in a file
    world.database.dispose()
