"""What is installed is what was chosen: every package by its version and the digest of its file (F 88)."""

import re
import subprocess
import sys
import zipfile

import pytest

from .rooms import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
_PINNED = re.compile(r"[a-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+( ; [^\\]+)?")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_is_named_with_its_version_and_digests(lock):
    text = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    entries = [entry.split() for entry in text.replace("\\\n", "").splitlines() if entry.strip()]
    assert len(entries) > 20
    for words in entries:
        named = " ".join(word for word in words if not word.startswith("--hash="))
        assert _PINNED.fullmatch(named), named
        assert any(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in words), named


def test_nothing_is_installed_but_what_a_lock_names():
    recipes = (ROOT / "Makefile").read_text(encoding="utf-8")
    installed = re.findall(r"pip install(.*)", recipes)
    assert len(installed) == len(LOCKS) + 1
    for options in installed:
        assert "--require-hashes -r requirements/" in options or options.endswith("--no-deps -e .")


def test_a_package_replaced_by_another_of_its_name_is_not_installed(tmp_path):
    with zipfile.ZipFile(tmp_path / "chosen-1.0-py3-none-any.whl", "w") as wheel:
        about = "chosen-1.0.dist-info"
        wheel.writestr("chosen.py", "raise SystemExit('replaced')\n")
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: chosen\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    (tmp_path / "run.lock").write_text(f"chosen==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", str(tmp_path)]
    run = subprocess.run(
        [*pip, "--require-hashes", "--target", str(tmp_path / "into"), "-r", str(tmp_path / "run.lock")],
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "DO NOT MATCH THE HASHES" in run.stderr
    assert not (tmp_path / "into" / "chosen.py").exists()
