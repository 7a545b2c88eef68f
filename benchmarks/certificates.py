"""Issuing, verifying and rechecking on one core, each against the bare work that nobody could leave out."""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars
import rfc8785
import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.integration.world import MEASURED, STRESSES, World
from timing import Row, best_of

from ratedparts.app import create_app
from ratedparts.certificates.documents import make_document, plot_of
from ratedparts.certificates.models import Certificate
from ratedparts.certificates.pdf import page_inputs, template
from ratedparts.certificates.rechecking import recheck_bundle
from ratedparts.certificates.signing_keys import published_keys
from ratedparts.certificates.standing import certificate_by_number
from ratedparts.certificates.typesetting import STANDARD
from ratedparts.db import Work
from ratedparts.proofs import (
    canonical_bytes,
    evidence_in,
    parse_instant,
    parse_json,
    read_bundle,
    sign_document,
    verify_file,
)
from ratedparts.proofs.base58 import multibase_decode
from ratedparts.wording.certificate_font import font_folder

PARTS = 6
CREDENTIALS = 200
ISSUED_A_SECOND, VERIFIED_A_SECOND, RECHECK_SECONDS = 15, 2000, 0.050


def rows() -> Iterator[Row]:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})  # one core, for the peers as well
    try:
        with tempfile.TemporaryDirectory() as folder:
            world = World.at(f"sqlite:///{folder}/ratedparts.sqlite", Path(folder))
            world.found()
            yield from _issuing(world)
            yield from _verifying(world)
            yield from _rechecking(world)
            world.database.dispose()
    finally:
        os.sched_setaffinity(0, cores)


def _issuing(world: World) -> Iterator[Row]:
    """From the issuer's password to the signed PDF; the plot was drawn when the part was evaluated."""
    # Of other units each, so that no two have a figure in common.
    small, *others = rated_parts(world, [77, *range(228 + 3 * PARTS, 228, -3)])
    # The first in a process compiles statements and reads fonts.
    world.facts["small"] = world.issue(_approved(world, small))
    world.run_jobs()
    ours, bare = [], []
    for part_id in others:
        review_id = _approved(world, part_id)
        began = time.perf_counter()
        world.facts["number"] = world.issue(review_id)
        with world.work() as work:
            certificate = certificate_by_number(work, world.facts["number"])
            here = world.installation
            make_document(work, certificate, keys=here.keys, blobs=here.blobs)
        ours.append(time.perf_counter() - began)
        with world.reading() as work:
            certificate = certificate_by_number(work, world.facts["number"])
            page = _bare_page(work, certificate)
        began = time.perf_counter()
        page()
        bare.append(time.perf_counter() - began)
        world.run_jobs()
    name = f"a certificate issued, with its signed PDF (median of {PARTS})"
    issued = statistics.median(ours)
    yield Row(name, issued, f"1/{ISSUED_A_SECOND} s", 1 / ISSUED_A_SECOND, 1)
    yield Row(name, issued, "a bare Typst compile of the same page", statistics.median(bare))


def _bare_page(work: Work, certificate: Certificate) -> Callable[[], object]:
    """The page laid out by Typst alone, of another number: what it has just laid out it remembers."""
    secured = parse_json(certificate.credential)
    dossier = parse_json(canonical_bytes(certificate.intent.review.evaluation.dossier))
    exact = certificate.credential.encode("utf-8")
    inputs = page_inputs(secured, dossier, exact_json=exact, plot=plot_of(work, certificate))
    inputs = {name: text.replace(certificate.number, "CEG-OTHER-OTHER") for name, text in inputs.items()}
    folder = str(font_folder())
    issued_at = int(parse_instant(secured["credentialSubject"]["issued_at"]).timestamp())
    return lambda: typst.compile(
        template(),
        format="pdf",
        root=folder,
        font_paths=[folder],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=STANDARD,
        timestamp=issued_at,
    )


def _verifying(world: World) -> Iterator[Row]:
    """Certificates of one issuer, each another, as files of JSON."""
    with world.reading() as work:
        secured = parse_json(certificate_by_number(work, world.facts["number"]).credential)
        trust, at = published_keys(work), work.at
    key = world.installation.keys.certificates
    files = [canonical_bytes(_numbered(secured, number, key)) for number in range(CREDENTIALS)]
    public_key = Ed25519PublicKey.from_public_bytes(key.public_bytes)

    def ours() -> None:
        for content in files:
            assert verify_file(content, trust=trust, at=at).verdict == "valid"

    def bare() -> None:
        for content in files:
            document = json.loads(content)
            proof = document.pop("proof")
            signature = multibase_decode(proof.pop("proofValue"))
            hashes = [hashlib.sha256(rfc8785.dumps(one)).digest() for one in (proof, document)]
            public_key.verify(signature, b"".join(hashes))

    name = f"a certificate of {len(files[0]) / 1000:.1f} kB verified (of {CREDENTIALS})"
    verified = best_of(ours, 5) / CREDENTIALS
    yield Row(name, verified, f"1/{VERIFIED_A_SECOND} s", 1 / VERIFIED_A_SECOND, 1)
    yield Row(name, verified, "bare rfc8785 and Ed25519", best_of(bare, 5) / CREDENTIALS)


def _numbered(secured: dict[str, Any], number: int, key: Any) -> dict[str, Any]:
    name = f"CEG-{number:05d}-OTHER"
    unsigned = {member: value for member, value in secured.items() if member != "proof"}
    unsigned["id"] = f"urn:ratedparts:certificate:{name}"
    unsigned["credentialSubject"] = {**secured["credentialSubject"], "number": name}
    created = parse_instant(secured["proof"]["created"])
    return sign_document(unsigned, key, verification_method=key.id, created=created)


def _rechecking(world: World) -> Iterator[Row]:
    """Bundles of five tests: every file is checked and every bound computed again."""
    app = create_app(world.installation.settings, world.clock)
    for units, number in ((77, world.facts["small"]), (231, world.facts["number"])):
        bundle = app.test_client().get(f"/api/v1/certificates/{number}/bundle").data

        def ours(bundle: bytes = bundle) -> None:
            assert recheck_bundle(bundle, world.library).same

        def bare(bundle: bytes = bundle) -> None:
            for content in evidence_in(read_bundle(bundle)).values():
                polars.read_csv(content, infer_schema=False)

        name = f"a bundle of five tests of {units} units ({len(bundle) / 1000:.0f} kB) rechecked"
        rechecked = best_of(ours)
        if units == 77:
            yield Row(name, rechecked, f"{RECHECK_SECONDS * 1000:.0f} ms", RECHECK_SECONDS, 1)
        yield Row(name, rechecked, "its files unpacked and read by polars as text", best_of(bare))
    app.extensions["ratedparts"].database.dispose()


def rated_parts(world: World, units: list[int]) -> list[Any]:
    """Parts with so many units a test, registered before the tests began, all of them rated."""
    plans = {}
    for number, many in enumerate(units):
        part_id = world.register_part(f"EX-0603X7R104K-{number}")
        asked = {"part_id": part_id, "units": -(-many // 3)}  # of three lots
        plans[part_id] = {slot: world.register_plan(slot=slot, **asked) for slot in STRESSES}
    world.clock.now = MEASURED
    for many, of_part in zip(units, plans.values(), strict=True):
        for slot, plan in of_part.items():
            assert world.submit(plan, world.example(slot, plan, many)).state == "accepted"
    world.run_jobs()
    return list(plans)


def _approved(world: World, part_id: Any) -> Any:
    world.clock.now += timedelta(minutes=1)
    world.facts["part_id"] = part_id
    return world.approve()
