"""Certificates of what is not rated by a constant failure rate: success runs and drift."""

from __future__ import annotations

import pytest

from ratedparts.certificates.certificate_text import certificate_text
from ratedparts.certificates.payload import signed_decision
from ratedparts.certificates.pdf import render_certificate_pdf
from ratedparts.grading import decide_json
from ratedparts.protocols import load_library
from tests.integration.test_certificate_pdf import pages_text
from tests.unit.certificates.credentials import dossier, exact, secured
from tests.unit.grading.test_every_family import drifting, good_dossier


@pytest.mark.parametrize(
    ("family", "said"),
    [
        ("backplane", "至少 99 % 的受试对象通过全部试验"),
        ("pcb_rigid", "以通过或失效评定"),
        ("laser_dfb", "对数正态容许限"),
        ("ta_mno2", "失效率等级"),
    ],
)
def test_the_page_says_what_was_shown(family: str, said: str) -> None:
    given = good_dossier(dossier("G1"), load_library(), family)
    if family == "laser_dfb":
        drifting(given, [8.0 + 0.4 * place for place in range(25)])
    decision = decide_json(given, load_library()).as_json()
    credential = secured("G1")
    credential["credentialSubject"]["decision"] = {**signed_decision(decision), "reasons": []}
    content = render_certificate_pdf(credential, given, exact_json=exact(credential))
    assert said in "".join(pages_text(content))
    assert certificate_text(credential, "valid")["vector"][1]["code"] == decision["vector"]["L"].replace(
        "run", "–"
    )
