"""Each fault of the table in tests/faults names tests that exist."""

import ast
import re

import pytest

from .rooms import ROOT

_TABLE = (ROOT / "tests" / "faults" / "README.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| ([DEF] \d+) \|.*\| ([^|]+) \|$", re.MULTILINE)
_ROWS = dict(_ROW.findall(_TABLE))
_NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", _TABLE)))


def test_every_fault_has_its_row():
    expected = [f"D {number}" for number in range(52, 62)]
    expected += [f"E {number}" for number in range(62, 73)]
    expected += [f"F {number}" for number in range(74, 89)]
    assert list(_ROWS) == expected
    for fault, tests in _ROWS.items():
        assert re.fullmatch(r"(?:`[\w/]+\.py::test_\w+` ?)+", tests), fault


@pytest.mark.parametrize(("file", "name"), _NAMED, ids=[name for _, name in _NAMED])
def test_every_test_of_the_table_exists(file, name):
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
