"""The signed PDF of a certificate: made once after the issue, kept, and given as long as it is in force."""

import asyncio
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pikepdf
import pytest

from ratedparts.certificates.documents import make_document, unsigned_document
from ratedparts.certificates.models import CertificateDocument, EvaluationPlot
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.certificates.standing import certificate_by_number, status_at
from ratedparts.errors import RatedPartsError
from ratedparts.proofs import digest_of, verify_file

from .test_life_of_a_certificate import brought_to


@pytest.fixture
def documented(rated, programs):
    rated.certify()
    return rated, programs.app.test_client()


def document(world, work):
    return work.session.get(CertificateDocument, world.facts["number"])


def test_the_document_is_a_signed_pdf_a_with_the_credential_in_it(documented):
    world, client = documented
    number = world.facts["number"]
    content = client.get(f"/api/v1/certificates/{number}/pdf").data
    assert client.get(f"/certificates/{number}/certificate.pdf").data == content, "one document, two doors"
    with world.reading() as work:
        certificate = certificate_by_number(work, number)
        told = verify_file(content, trust=published_keys(work), at=work.at)
        assert digest_of(content) == document(world, work).signed_digest
    checks = {one.name: one.result for one in told.checks}
    assert (told.verdict, checks["signature"], checks["pdf_signature"]) == ("valid", "passed", "passed")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        attached = pdf.attachments["credential.json"].get_file().read_bytes()
        assert 1 <= len(pdf.pages) <= 2
    assert attached.decode() == certificate.credential


@pytest.mark.parametrize("state", ["suspended", "revoked", "superseded", "expired"])
def test_a_document_of_what_is_not_in_force_says_so_and_is_not_signed(documented, state):
    world, client = documented
    number = world.facts["number"]
    signed = client.get(f"/api/v1/certificates/{number}/pdf").data
    brought_to(world, state)
    content = client.get(f"/api/v1/certificates/{number}/pdf").data
    assert content != signed
    with world.reading() as work:
        told = verify_file(content, trust=published_keys(work), at=work.at)
    assert {one.name: one.result for one in told.checks}["pdf_signature"] == "absent"


def test_before_it_is_signed_the_document_is_the_same_bytes_whoever_makes_it(documented):
    world, _ = documented
    with world.reading() as work:
        certificate = certificate_by_number(work, world.facts["number"])
        plot = work.session.get(EvaluationPlot, certificate.intent.review.evaluation_id)
        assert plot is not None, "drawn when the part was evaluated"
        first = unsigned_document(work, certificate)
        assert digest_of(first) == document(world, work).unsigned_digest
        from ratedparts.certificates.pdf import render_certificate_pdf

        drawn_anew = render_certificate_pdf(
            json.loads(certificate.credential),
            certificate.intent.review.evaluation.dossier,
            exact_json=certificate.credential.encode(),
        )
    assert drawn_anew == first, "with a plot that was kept and with one drawn now"


def test_a_document_is_made_once(documented):
    world, _ = documented
    here = world.installation
    world.clock.now += timedelta(hours=1)
    with world.work() as work:
        certificate = certificate_by_number(work, world.facts["number"])
        before = document(world, work).signed_digest
        assert make_document(work, certificate, keys=here.keys, blobs=here.blobs).signed_digest == before


def test_a_damaged_document_is_never_given_out(documented):
    world, client = documented
    with world.reading() as work:
        digest = document(world, work).signed_digest
        assert status_at(certificate_by_number(work, world.facts["number"]), work.at) == "valid"
    (place,) = world.installation.settings.blobs.rglob(f"*{digest.removeprefix('sha256:')[4:]}*")
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.chmod(0o600)
    place.write_bytes(bytes(content))
    answer = client.get(f"/api/v1/certificates/{world.facts['number']}/pdf")
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "blob_damaged"
    with pytest.raises(RatedPartsError):
        world.installation.blobs.get(digest)


def test_a_document_is_signed_where_an_event_loop_is_running_already(certified):
    """As under a server that is asynchronous itself.

    In a thread of its own: a browser that these tests drive keeps a loop running in the first one.
    """

    certified.clock.now += timedelta(days=1)
    certified.new_evidence()
    number = certified.issue(certified.approve())

    async def made():
        here = certified.installation
        with certified.work() as work:
            certificate = certificate_by_number(work, number)
            return make_document(work, certificate, keys=here.keys, blobs=here.blobs).signed_digest

    with ThreadPoolExecutor(1) as aside:
        digest = aside.submit(lambda: asyncio.run(made())).result()
    assert certified.installation.blobs.get(digest).startswith(b"%PDF-")
