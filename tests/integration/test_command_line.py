"""The console command as a shell sees it: exit status, JSON, and no traceback whatever is thrown at it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ratedparts.proofs import build_bundle

DOSSIERS = Path(__file__).parents[1] / "reference" / "dossiers"


def ratedparts(*arguments: object, text: bool = True) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "ratedparts", *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=text, timeout=60, check=False)
    assert "Traceback" not in (result.stderr if text else result.stderr.decode())
    return result


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("example") / "results.csv"
    file.write_bytes(ratedparts("protocols", "example", "MLCC-HTL@1", "--units", 9, text=False).stdout)
    return file


@pytest.mark.parametrize(("name", "grade"), [("G1", "A+"), ("G5", "C")])
def test_a_dossier_is_decided_with_all_that_the_contract_names(name, grade):
    result = ratedparts("evaluate", DOSSIERS / f"dossier-{name}.json", "--json")
    decision = json.loads(result.stdout)
    assert result.returncode == 0
    assert decision["grade"] == grade
    assert {"rule_set", "vector", "caps", "binding", "reasons", "figures", "valid_until"} <= set(decision)
    assert set(decision["caps"]) == {"R", "L", "Q", "E", "flags"}
    assert all(reason["code"] and reason["text"] for reason in decision["reasons"])
    assert ("R_DFR" in {reason["code"] for reason in decision["reasons"]}) == (name == "G5")


def test_the_decision_is_told_in_chinese_too():
    result = ratedparts("--language", "zh_CN", "evaluate", DOSSIERS / "dossier-G5.json")
    assert result.returncode == 0
    assert "失效" in result.stdout


def test_an_example_file_is_accepted(example):
    result = ratedparts("check", example, "--protocol", "MLCC-HTL@1", "--json")
    answer = json.loads(result.stdout)
    assert result.returncode == 0
    assert answer == {
        "accepted": True,
        "rows": 45,
        "units": 9,
        "errors": [],
        "error_count": 0,
        "not_checked": ["part", "plan"],
    }


def test_every_fault_of_a_file_is_named_by_line_and_column(example, tmp_path):
    lines = example.read_text().splitlines()
    cells = lines[16].split(",")
    column = lines[0].split(",").index("cap_nF")
    cells[column] = '"12,5"'
    lines[16] = ",".join(cells)
    lines[20] = lines[20].replace(",ok,", ",perfect,")
    faulty = tmp_path / "faulty.csv"
    faulty.write_text("\n".join(lines) + "\n")
    result = ratedparts("check", faulty, "--protocol", "MLCC-HTL@1", "--json")
    answer = json.loads(result.stdout)
    assert result.returncode == 1
    assert [(error["row"], error["column"], error["code"]) for error in answer["errors"]] == [
        (17, "cap_nF", "number_format"),
        (21, "status", "not_a_choice"),
    ]
    assert answer["errors"][0]["given"] == "12,5"
    assert answer["errors"][0]["expected"]
    assert set(answer["errors"][0]) == {"row", "column", "given", "expected", "code", "message"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "no-such-file.csv", "--protocol", "MLCC-HTL@1"],
        ["check", __file__, "--protocol", "NO-SUCH@1"],
        ["check", __file__],
        ["evaluate", "no-such-dossier.json"],
        ["evaluate", "."],
        ["verify", "no-such-certificate.json"],
        ["verify", __file__, "--trust", "no-such-keys.json"],
        ["verify", __file__, "--trust", __file__],
        ["protocols", "example"],
        ["protocols", "show", "NO-SUCH@1"],
        ["protocols", "example", "MLCC-HTL@1", "--units", "0"],
        ["no-such-command"],
    ],
)
def test_a_wrong_call_ends_with_two(arguments):
    assert ratedparts(*arguments).returncode == 2


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"a": 1, "a": 2}', b'{"a": NaN}', b"[" * 100_000]
)
def test_what_is_no_dossier_is_refused(content, tmp_path):
    file = tmp_path / "dossier.json"
    file.write_bytes(content)
    result = ratedparts("evaluate", file, "--json")
    assert result.returncode == 1
    assert json.loads(result.stdout)["code"]


@pytest.mark.parametrize("content", [b"", b"{}", b"%PDF-1.7\n", b"PK\x03\x04", b"hello"])
def test_what_is_no_certificate_is_never_valid(content, tmp_path):
    file = tmp_path / "certificate"
    file.write_bytes(content)
    result = ratedparts("verify", file, "--json")
    assert result.returncode in (1, 3)
    assert json.loads(result.stdout)["verdict"] in ("invalid", "cannot_tell")


def test_every_protocol_can_be_listed_shown_and_filled_in():
    names = [line.split()[0] for line in ratedparts("protocols", "list").stdout.splitlines()]
    assert {"MLCC-HTL@1", "GEN-LIFE@1", "PAR-CPK@1"} <= set(names)
    for name in names[:2]:
        assert name.split("@")[0] in ratedparts("protocols", "show", name).stdout
        assert "," in ratedparts("protocols", "template", name).stdout


@pytest.mark.parametrize(
    "credential", [{}, {"credentialSubject": []}, {"credentialSubject": {"evidence": [1], "protocols": []}}]
)
def test_a_bundle_of_somebody_elses_making_is_refused(credential, tmp_path):
    file = tmp_path / "bundle.zip"
    file.write_bytes(
        build_bundle(
            credential=json.dumps(credential).encode(),
            checkpoint="none",
            inclusion=b"{}",
            keys=b'{"keys": []}',
            dossier=b'{"tests": []}',
            evidence=[],
            readme="",
        )
    )
    result = ratedparts("recheck", file, "--json")
    assert result.returncode == 1
    assert json.loads(result.stdout)["code"] == "credential_malformed"
