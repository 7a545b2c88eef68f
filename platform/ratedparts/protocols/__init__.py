"""Test protocols as data, the families of parts, and the checker of results files.

library = load_library()
protocol = library.protocol("MLCC-HTL@1")
report = check_file(content, protocol, part=part, plan=plan)
"""

from ratedparts.protocols.checking import check_file
from ratedparts.protocols.example import example_file, template_file
from ratedparts.protocols.loading import ProtocolLibrary, load_library
from ratedparts.protocols.model import (
    Acceleration,
    Attribute,
    Column,
    ColumnType,
    Criterion,
    Family,
    Layout,
    Limit,
    Measure,
    Parameter,
    Protocol,
    Quantity,
    Readouts,
    Reference,
    Sample,
    Scalar,
    ShapeRange,
    StressCondition,
    Term,
    Text,
)
from ratedparts.protocols.part_rules import check_part
from ratedparts.protocols.report import CheckReport, FaultList, Table, UnitHistory
from ratedparts.protocols.unit_parameters import normalise_unit

__all__ = [
    "Acceleration",
    "Attribute",
    "CheckReport",
    "Column",
    "ColumnType",
    "Criterion",
    "Family",
    "FaultList",
    "Layout",
    "Limit",
    "Measure",
    "Parameter",
    "Protocol",
    "ProtocolLibrary",
    "Quantity",
    "Readouts",
    "Reference",
    "Sample",
    "Scalar",
    "ShapeRange",
    "StressCondition",
    "Table",
    "Term",
    "Text",
    "UnitHistory",
    "check_file",
    "check_part",
    "example_file",
    "load_library",
    "normalise_unit",
    "template_file",
]
