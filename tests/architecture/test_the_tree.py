"""The tree: what may lie where, what it may be called, and that the wheel holds all of it."""

import configparser
import re
import subprocess
import sys

import pytest
from setuptools import find_packages

from .rooms import ROOT, modules, tracked_files

MAPPED = {"test_protocols": "test_protocols", "reports": "reports", "migrations": "migrations"}
VAGUE = {"utils", "helpers", "common", "misc", "manager", "data", "info", "process", "util", "helper"}


@pytest.fixture(scope="module")
def setup_cfg():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_the_source_root_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_the_platform_of_the_standard_library_is_not_hidden():
    program = "import platform; print(platform.system())"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip()


def test_the_wheel_holds_every_package_and_no_other(setup_cfg):
    listed = setup_cfg["options"]["packages"].split()
    found = set(find_packages(str(ROOT / "platform")))
    for folder, name in MAPPED.items():
        found |= {f"ratedparts.{name}"}
        found |= {f"ratedparts.{name}.{package}" for package in find_packages(str(ROOT / folder))}
    assert len(listed) == len(set(listed))
    assert set(listed) == found


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for path in modules()} | {ROOT / folder for folder in MAPPED}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_the_wheel_holds_every_file_that_is_not_python(setup_cfg):
    """Every file beside the modules matches a pattern of its package."""
    listed = setup_cfg["options.package_data"]
    places = {f"ratedparts.{name}": ROOT / folder for folder, name in MAPPED.items()}
    lost = []
    for path in tracked_files():
        if path.suffix == ".py" or not path.exists():
            continue
        for package in sorted(setup_cfg["options"]["packages"].split(), key=len, reverse=True):
            folder = places.get(package, ROOT / "platform" / package.replace(".", "/"))
            if path.is_relative_to(folder):
                patterns = [one.strip() for one in listed.get(package, "").split(",") if one.strip()]
                if not any(path in folder.glob(pattern) for pattern in patterns):
                    lost.append(f"{path.relative_to(ROOT)} (package {package})")
                break
    assert lost == []


def test_no_module_has_a_name_that_says_nothing():
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules()
        if VAGUE & {path.stem, path.parent.name} or re.search(r"_(utils|helpers?|common|misc)$", path.stem)
    ]
    assert wrong == []


def test_no_tracked_file_names_a_path_of_somebodys_machine():
    pattern = re.compile(rb"(?<![\w.])/(?:root|home|work)/[\w.-]")
    wrong = []
    for path in tracked_files():
        if path.suffix in (".lock", ".png", ".pdf", ".woff2") or not path.is_file():
            continue
        if path == ROOT / "tests" / "architecture" / "test_the_tree.py":
            continue
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if pattern.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert wrong == []
