"""The certificate's file: its standard, its attachment, its words, and what it refuses."""

from __future__ import annotations

import copy
import hashlib
import io
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from ratedparts.certificates.pdf import render_certificate_pdf
from ratedparts.errors import RatedPartsError
from ratedparts.proofs.pdf_attachment import read_pdf
from ratedparts.wording.certificate_font import missing_glyphs
from tests.unit.certificates.credentials import NUMBER, dossier, exact, secured

ROOT = Path(__file__).parents[2]
STATE_WORDS = {
    "valid": "有效 Valid",
    "suspended": "已暂停 SUSPENDED",
    "revoked": "已撤销 REVOKED",
    "superseded": "已被取代 SUPERSEDED",
    "expired": "已过期 EXPIRED",
}


@cache
def rendered(name: str = "G1", state: str = "valid") -> bytes:
    credential = secured(name, environment="demonstration" if name == "G1" else "production")
    return render_certificate_pdf(credential, dossier(name), exact_json=exact(credential), state=state)


@cache
def pages_text(content: bytes) -> list[str]:
    """The text layer of each page, read by the fonts' own tables from code to character."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return [_page_text(page) for page in document.pages]


def _page_text(page: pikepdf.Page) -> str:
    tables = {name: _characters(font) for name, font in page.Resources.Font.items()}
    current: dict[int, str] = {}
    said: list[str] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            current = tables[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            pieces = operands[0] if str(operator) == "TJ" else operands
            for piece in pieces:
                if isinstance(piece, pikepdf.String):
                    codes = bytes(piece)
                    said += [
                        current.get(int.from_bytes(codes[i : i + 2]), "") for i in range(0, len(codes), 2)
                    ]
    return "".join(said).replace("\u200b", "").replace("\u00a0", " ")


def _characters(font: Any) -> dict[int, str]:
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int.from_bytes(bytes.fromhex(text)[-2:])
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(start + step)
    return found


def test_the_file_says_that_it_is_pdf_a_3b() -> None:
    with pikepdf.open(io.BytesIO(rendered())) as document, document.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "B"
        assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert all("/FontFile" in str(keys) for keys in _embedded_fonts(document))


def _embedded_fonts(document: pikepdf.Pdf) -> list[str]:
    return [
        str(list(found.keys()))
        for found in document.objects
        if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/FontDescriptor"
    ]


def test_the_attached_credential_is_the_bytes_that_were_given() -> None:
    given = exact(secured())
    assert read_pdf(rendered()) == given
    with pikepdf.open(io.BytesIO(rendered())) as document:
        (attached,) = document.Root.AF
        assert attached.AFRelationship == "/Source"
        assert attached.EF.F.Subtype == "/application/json"
        assert attached.EF.F.read_bytes() == given


def test_two_processes_make_the_same_bytes() -> None:
    program = (
        "import hashlib\n"
        "from tests.unit.certificates.credentials import dossier, exact, secured\n"
        "from ratedparts.certificates.pdf import render_certificate_pdf\n"
        "c = secured('G1')\n"
        "print(hashlib.sha256(render_certificate_pdf(c, dossier('G1'), exact_json=exact(c))).hexdigest())\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert other.stdout.strip() == hashlib.sha256(rendered("G1")).hexdigest()


def test_the_page_names_part_maker_condition_grade_and_number() -> None:
    pages = pages_text(rendered())
    assert len(pages) == 2
    first = pages[0]
    for words in (NUMBER, "EX-0603X7R104K", "示例电子元件有限公司", "UC-A", "A+", "FR8@90", "八级", "符号 B"):
        assert words in first
    assert first.index("UC-A") < first.index("等级 Grade") < first.index("A+")
    assert "仍有 10 % 的概率" in first


def test_the_figures_stand_on_the_page_digit_for_digit() -> None:
    text = "".join(pages_text(rendered()))
    for figure in ("2.39075", "6.00781", "495.829", "1,245.99", "1,659.15", "> 262,800"):
        assert figure in text


def test_a_decreasing_rate_brings_its_first_year_figures_and_what_holds_the_grade() -> None:
    text = "".join(pages_text(rendered("G5")))
    for words in ("首年", "3,234.84", "等级由R（可靠性）、警示项限定为 C", "仍有 40 % 的概率"):
        assert words in text


def test_a_demonstration_says_so_on_every_page_and_production_does_not() -> None:
    assert all("DEMONSTRATION: not a real rating" in page for page in pages_text(rendered()))
    assert not any("not a real rating" in page for page in pages_text(rendered("G5")))


@pytest.mark.parametrize("state", STATE_WORDS)
def test_each_state_is_told_on_every_page_where_it_is_not_plain_validity(state: str) -> None:
    pages = pages_text(rendered(state=state))
    assert STATE_WORDS[state] in pages[0]
    if state != "valid":
        assert all(STATE_WORDS[state] in page for page in pages)
        assert STATE_WORDS["valid"] not in "".join(pages)


def test_an_unknown_state_is_refused() -> None:
    credential = secured()
    with pytest.raises(RatedPartsError) as refused:
        render_certificate_pdf(credential, dossier("G1"), exact_json=exact(credential), state="probably fine")
    assert refused.value.code == "certificate_state_unknown"


def test_a_payload_without_a_decision_is_refused_by_name() -> None:
    credential = copy.deepcopy(secured())
    del credential["credentialSubject"]["decision"]
    with pytest.raises(RatedPartsError) as refused:
        render_certificate_pdf(credential, dossier("G1"), exact_json=b"{}")
    assert (refused.value.code, refused.value.parameters["member"]) == ("certificate_incomplete", "decision")


def test_markup_in_a_name_is_shown_as_it_was_written() -> None:
    hostile = ("#import", "]]] [", "$x^2$", '#panic("x")', "*_`@ref <label>", "//comment", "\\u{41}", "10^9")
    credential = secured(maker_zh=hostile[0], maker_en=hostile[2], part_number=hostile[3], members=hostile)
    text = "".join(
        pages_text(render_certificate_pdf(credential, dossier("G1"), exact_json=exact(credential)))
    )
    for written in hostile:
        assert written in text
    assert all(text.count(hostile[index]) >= 2 for index in (0, 2, 3))


def test_a_character_without_a_glyph_is_refused_and_named() -> None:
    credential = secured(maker_zh="示例😀公司", maker_en="Evil \u202e name")
    with pytest.raises(RatedPartsError) as refused:
        render_certificate_pdf(credential, dossier("G1"), exact_json=exact(credential))
    assert refused.value.code == "glyph_missing"
    assert set(refused.value.parameters["characters"]) == {"😀", "\u202e"}


def test_the_font_writes_chinese_units_and_greek_and_nothing_invisible() -> None:
    assert missing_glyphs("示例电子元件有限公司 Ω µ β η ≤ ℃ ×10") == ""
    assert missing_glyphs("a😀b😀\n\u200b") == "😀\u200b", "a line end is spaced, not drawn"


def test_long_names_and_forty_members_stay_on_two_pages() -> None:
    long = "SUPERLONGPARTNUMBER-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ-01"
    members = tuple(f"{index:02d}{long}"[:60] for index in range(40))
    credential = secured(part_number=long, maker_zh="某" * 60, maker_en="W" * 60, members=members)
    content = render_certificate_pdf(credential, dossier("G1"), exact_json=exact(credential))
    text = "".join(pages_text(content))
    assert all(member in text for member in members)
    assert long in text
    assert len(pages_text(content)) == 2
