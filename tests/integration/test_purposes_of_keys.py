import json

from ratedparts.certificates import standing
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.proofs import did_key, sign_document, verify_certificate


def test_a_certificate_signed_by_the_key_of_the_log_is_not_valid(certified):
    with certified.reading() as work:
        secured = json.loads(standing.certificate_by_number(work, certified.facts["number"]).credential)
        keys = published_keys(work)
        at = work.at
    log_key = certified.installation.keys.log
    payload = {name: value for name, value in secured.items() if name != "proof"}
    payload["issuer"] = {**payload["issuer"], "id": did_key(log_key.multibase)}
    payload["credentialSubject"] = {**payload["credentialSubject"], "number": "CEG-FORGE-D2222"}
    payload["id"] = "urn:ratedparts:certificate:CEG-FORGE-D2222"
    forged = sign_document(payload, log_key.private, verification_method=log_key.id, created=at)
    assert verify_certificate(forged, trust=keys, at=at).verdict != "valid"
