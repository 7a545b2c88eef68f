"""The named places of failure: each is reached somewhere, and documented."""

import re
from typing import get_args

from ratedparts.fault_points import Point

from .rooms import ROOT, modules


def test_every_place_is_in_the_program_and_in_the_documentation():
    named = set(get_args(Point))
    reached = {
        name
        for path in modules()
        for name in re.findall(r'fault_point\("([\w.]+)"\)', path.read_text(encoding="utf-8"))
    }
    table = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([\w.]+)` \|", table, re.MULTILINE))
    assert named == reached == documented
