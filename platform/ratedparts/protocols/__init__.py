"""Test protocols as data, the families of parts, and the checker of results files.

library = load_library()
protocol = library.protocol("MLCC-HTL@1")
report = check_file(content, protocol, part=part, plan=plan)
"""

from ratedparts.protocols.arriving_text import ArrivingText
from ratedparts.protocols.checking import check_file
from ratedparts.protocols.example import example_file, template_file
from ratedparts.protocols.file_type import file_ending, require_agreeing_name
from ratedparts.protocols.loading import ProtocolLibrary, load_library
from ratedparts.protocols.model import (
    Acceleration,
    Applicability,
    Attribute,
    Column,
    ColumnType,
    Criterion,
    Degradation,
    Family,
    FamilyLife,
    Layout,
    Limit,
    Measure,
    Parameter,
    Protocol,
    Quantity,
    Range,
    Readouts,
    Reference,
    Sample,
    Scalar,
    ShapeRange,
    StressCondition,
    Term,
    Text,
    WeibullGrade,
)
from ratedparts.protocols.part_rules import check_part
from ratedparts.protocols.quantities import (
    Reading,
    read_attribute,
    read_quantity,
    write_attribute,
    write_quantity,
)
from ratedparts.protocols.report import CheckReport, FaultList, Table, UnitHistory
from ratedparts.protocols.stream_checking import TakeColumns, check_stream
from ratedparts.protocols.text_decoding import ENCODINGS, accepted_encoding
from ratedparts.protocols.unit_outcomes import Fate, UnitOutcomes
from ratedparts.protocols.unit_parameters import normalise_unit
from ratedparts.protocols.workbook import template_workbook

__all__ = [
    "ENCODINGS",
    "Acceleration",
    "Applicability",
    "ArrivingText",
    "Attribute",
    "CheckReport",
    "Column",
    "ColumnType",
    "Criterion",
    "Degradation",
    "Family",
    "FamilyLife",
    "Fate",
    "FaultList",
    "Layout",
    "Limit",
    "Measure",
    "Parameter",
    "Protocol",
    "ProtocolLibrary",
    "Quantity",
    "Range",
    "Reading",
    "Readouts",
    "Reference",
    "Sample",
    "Scalar",
    "ShapeRange",
    "StressCondition",
    "Table",
    "TakeColumns",
    "Term",
    "Text",
    "UnitHistory",
    "UnitOutcomes",
    "WeibullGrade",
    "accepted_encoding",
    "check_file",
    "check_part",
    "check_stream",
    "example_file",
    "file_ending",
    "load_library",
    "normalise_unit",
    "read_attribute",
    "read_quantity",
    "require_agreeing_name",
    "template_file",
    "template_workbook",
    "write_attribute",
    "write_quantity",
]
