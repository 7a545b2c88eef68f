"""Certificates as anyone may have them, and their verification."""

from __future__ import annotations

import json
from typing import Any

from flask import request, url_for
from flask_smorest import Blueprint

from ratedparts.certificates.signing_keys import published_keys
from ratedparts.certificates.standing import certificate_by_number, status_at
from ratedparts.certificates.status_list import newest_status_list
from ratedparts.db import Work
from ratedparts.errors import RatedPartsError
from ratedparts.organisations.actor import not_found
from ratedparts.proofs import verify_file

from ..certificate_files import bundle_bytes, credential_bytes, our_log, pdf_bytes, qr_bytes
from ..conditional import standing_tag
from ..downloads import download
from ..language import said
from ..requests import reading
from ..security import limiter
from .shapes import CertificateAnswer, PublishedKeys, Verdict

resources = Blueprint("certificates", __name__, url_prefix="/api/v1", description="Certificates")


@resources.get("/certificates/<number>")
@resources.response(200, CertificateAnswer)
def certificate(number: str) -> Any:
    """Status as it is now, the signed payload, and where the files are."""
    with reading() as work:
        found = certificate_by_number(work, number)
        standing = found.standing
        status = status_at(found, work.at)
        told = {
            "number": found.number,
            "status": status,
            "grade": found.grade,
            "issued_at": found.issued_at,
            "valid_from": found.valid_from,
            "valid_until": found.valid_until,
            "suspended_at": standing.suspended_at,
            "suspension_reason": standing.suspension_reason,
            "decided_at": standing.decided_at,
            "revoked_at": standing.revoked_at,
            "invalid_since": standing.invalid_since,
            "revocation_reason": standing.revocation_reason,
            "superseded_by": standing.superseded_by,
            "payload": json.loads(found.credential),
            "links": {
                name: url_for(f"certificates.{name}", number=number)
                for name in ("credential", "pdf", "bundle")
            },
        }
        return told, {"ETag": f'"{standing_tag(found, work.at)}"'}


@resources.get("/certificates/<number>/credential")
@resources.response(200, {"type": "object"}, content_type="application/vc")
def credential(number: str) -> Any:
    """The exact signed JSON."""
    with reading() as work:
        return download(
            credential_bytes(work, certificate_by_number(work, number)),
            f"{number}.json",
            "application/vc",
            inline=True,
        )


@resources.get("/certificates/<number>/pdf")
@resources.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def pdf(number: str) -> Any:
    """The certificate to read and print, with the signed JSON attached."""
    with reading() as work:
        return download(
            pdf_bytes(work, certificate_by_number(work, number)),
            f"{number}.pdf",
            "application/pdf",
            inline=True,
        )


@resources.get("/certificates/<number>/bundle")
@resources.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
def bundle(number: str) -> Any:
    """Credential, proof of inclusion, keys, dossier and evidence: all that a recomputation needs."""
    with reading() as work:
        return download(
            bundle_bytes(work, certificate_by_number(work, number)), f"{number}.zip", "application/zip"
        )


@resources.get("/certificates/<number>/qr")
@resources.response(200, {"type": "string"}, content_type="image/svg+xml")
def qr(number: str) -> Any:
    """The square that leads to the certificate's page, as SVG."""
    with reading() as work:
        content = qr_bytes(certificate_by_number(work, number))
    return download(content, f"{number}.svg", "image/svg+xml", inline=True)


@resources.get("/status-list")
@resources.response(200, {"type": "object"}, content_type="application/vc")
def status_list() -> Any:
    """The signed list of every certificate that is not in force: what `ratedparts verify --status` takes."""
    with reading() as work:
        newest = newest_status_list(work)
    if newest is None:
        raise not_found("page", "status-list")
    return download(newest.document.encode("utf-8"), "status-list.json", "application/vc", inline=True)


@resources.get("/keys")
@resources.response(200, PublishedKeys)
def keys() -> Any:
    """The issuing keys with their windows: what `ratedparts verify --trust` takes."""
    with reading() as work:
        return published_keys(work).to_json()


@resources.post("/certificates/verify")
@resources.doc(
    requestBody={
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("application/json", "application/pdf", "application/zip")
        },
    }
)
@resources.response(200, Verdict)
@limiter.limit("120/minute")
def verify() -> Any:
    """The verdict of the very verifier that works offline, and the status in this register beside it."""
    with reading() as work:
        found = verify_file(
            request.get_data(), trust=published_keys(work), at=work.at, find_in_log=our_log(work)
        )
        verdict = found.to_json()
        for reason in verdict["reasons"]:
            reason["text"] = said(reason["code"], reason["parameters"])
        verdict["status"] = _status_of(work, verdict["certificate"])
        return verdict


def _status_of(work: Work, certificate: Any) -> str | None:
    subject = certificate.get("credentialSubject") if isinstance(certificate, dict) else None
    number = subject.get("number") if isinstance(subject, dict) else None
    if not isinstance(number, str):
        return None
    try:
        return status_at(certificate_by_number(work, number), work.at)
    except RatedPartsError:
        return None
