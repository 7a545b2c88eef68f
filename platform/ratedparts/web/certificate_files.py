"""The files of a certificate, as the pages and the API hand them out: each holds what was signed."""

from __future__ import annotations

import json
from functools import lru_cache

from ratedparts.certificates.documents import plot_of, stored_document
from ratedparts.certificates.models import Certificate
from ratedparts.certificates.pdf import render_certificate_pdf
from ratedparts.certificates.published_evidence import published_evidence
from ratedparts.certificates.published_rules import published_rule_set
from ratedparts.certificates.qr_code import certificate_square
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.certificates.standing import status_at
from ratedparts.db import Work
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs import (
    FindInLog,
    LogRecord,
    Verdict,
    build_bundle,
    canonical_bytes,
    parse_json,
    verify_certificate,
)

from .requests import installation

PDFS_KEPT = 64
README = """\
Evidence bundle of certificate {number}
证书 {number} 的证据包

credential.json      the signed certificate / 已签名的证书
dossier.json         what the grade was decided on / 定级所依据的资料
evidence/            the measurement files, byte for byte as uploaded; each is named by its SHA-256.
                     Of a file with withheld columns: the open ones (.columns.csv) and the salts of their
                     digests (.salts.json); the certificate lists the digests of all columns
                     测量数据文件，与上传时逐字节相同，以其 SHA-256 命名。若有不公开的列，则为公开的列
                     （.columns.csv）及其摘要的盐值（.salts.json）；证书列出所有列的摘要
rule_set.json        the limits of the rule set / 评级规则的各项限值
protocols/           the protocols of the tests, as the certificate names them / 证书所列的试验规程
log/checkpoint.txt   the transparency log's signed size and root / 透明日志的签名检查点
log/inclusion.json   the proof that the issue of this certificate is in the log / 本证书签发记录在日志中的证明
keys.json            the published keys, for convenience; get the list you trust from {address}
                     公布的公钥，仅为方便；请从该网址取得您信任的列表

Verify without a network / 离线验证:
    ratedparts verify THIS.zip --trust KEYS.json
Recompute the grade / 重新计算等级:
    ratedparts recheck THIS.zip

Do not unpack and pack the archive again: a bundle has exactly one spelling.
请勿解压后重新打包：证据包只有唯一的字节形式。
"""


def credential_bytes(_work: Work, certificate: Certificate) -> bytes:
    """The signed JSON, byte for byte."""
    return certificate.credential.encode("utf-8")


def pdf_bytes(work: Work, certificate: Certificate) -> bytes:
    """The certificate's page, with what it is worth at the time of asking.

    In force: the signed document, made when it was issued.  In any other state the page is made anew, and
    not signed: nobody gains by forging that a certificate is worth nothing.
    """
    state = status_at(certificate, work.at)
    signed = stored_document(work, certificate, installation().blobs) if state == "valid" else None
    if signed is not None:
        return signed
    dossier = canonical_bytes(certificate.intent.review.evaluation.dossier)
    return _rendered(certificate.credential, dossier, state, plot_of(work, certificate))


def bundle_bytes(work: Work, certificate: Certificate) -> bytes:
    """Everything that a stranger needs in order to verify and to recompute."""
    here = installation()
    subject = json.loads(certificate.credential)["credentialSubject"]
    published = published_evidence(work, here.blobs, subject["evidence"])
    evidence_of_issue = here.log.evidence_of_issue(work, certificate.number)
    if evidence_of_issue is None:  # then it is no certificate, however it came into the table
        raise RatedPartsError("not_in_log", kind=Kind.UNAVAILABLE, certificate_number=certificate.number)
    return build_bundle(
        credential=credential_bytes(work, certificate),
        checkpoint=evidence_of_issue.checkpoint.decode("utf-8"),
        inclusion=evidence_of_issue.inclusion_json(),
        keys=canonical_bytes(published_keys(work).to_json()),
        dossier=canonical_bytes(certificate.intent.review.evaluation.dossier),
        evidence=published.whole,
        columns=published.columns,
        rule_set=published_rule_set(subject["decision"]["rule_set"]),
        protocols={
            named["name"]: here.library.protocol(named["name"]).source for named in subject["protocols"]
        },
        readme=README.format(number=certificate.number, address=f"{here.settings.public_url}/api/v1/keys"),
    )


def qr_bytes(certificate: Certificate) -> bytes:
    """The square that leads to the certificate's page."""
    return certificate_square(json.loads(certificate.credential))


def verdict_now(work: Work, certificate: Certificate) -> Verdict:
    """What the offline verifier says of the certificate at this instant, its place in the log included."""
    return verify_certificate(
        parse_json(credential_bytes(work, certificate)),
        trust=published_keys(work),
        at=work.at,
        find_in_log=our_log(work),
    )


def our_log(work: Work) -> FindInLog:
    """Looks a certificate up in this installation's log; its standing is looked up in the register."""
    log = installation().log

    def find(number: str) -> LogRecord | None:
        evidence = log.evidence_of_issue(work, number)
        return None if evidence is None else LogRecord(evidence)

    return find


@lru_cache(maxsize=PDFS_KEPT)
def _rendered(credential: str, dossier: bytes, state: str, plot: bytes | None) -> bytes:
    # The same inputs give the same file, so nothing here can ever be out of date.
    return render_certificate_pdf(
        json.loads(credential),
        json.loads(dossier),
        exact_json=credential.encode("utf-8"),
        state=state,
        plot=plot,
    )
