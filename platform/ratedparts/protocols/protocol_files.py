"""One protocol file: TOML text → ``Protocol``, or every fault of the file."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

from ratedparts.protocols.acceleration_files import read_acceleration, read_by_family, read_shape
from ratedparts.protocols.criterion_files import read_criterion
from ratedparts.protocols.degradation_files import read_degradation, read_weibull_grade
from ratedparts.protocols.model import (
    Column,
    ColumnType,
    Layout,
    Protocol,
    Quantity,
    Readouts,
    Reference,
    Sample,
    StressCondition,
    Text,
)
from ratedparts.protocols.protocol_rules import check_protocol
from ratedparts.protocols.schema import Faults, TableReader, identifier, unique

SCHEMA = "ratedparts-protocol/1"
METRICS = ("hours", "cycles", "matings", "degradation", "attribute", "parametric")


def read_protocol(document: dict[str, Any], content: bytes, faults: Faults) -> Protocol:
    """Read a parsed file; what is wrong with it is added to ``faults``.  ``content`` gives the digest."""
    top = TableReader(document, "", faults)
    top.choice("schema", (SCHEMA,))
    protocol = Protocol(
        id=top.text("id"),
        version=top.whole_number("version", minimum=1),
        title=top.words("title"),
        summary=top.words("summary"),
        layout=Layout(top.choice("layout", [layout.value for layout in Layout])),
        graded=top.boolean("graded"),
        metric=top.choice("metric", METRICS),
        families=top.texts("families", optional=False),
        references=tuple(_reference(table) for table in top.tables("references")),
        stress=tuple(_stress(table) for table in top.tables("stress")),
        readouts=_readouts(top.optional_table("readouts")),
        sample=_sample(top.table("sample")),
        columns=tuple(_column(table) for table in top.tables("columns", optional=False)),
        free_column_prefix=top.optional_text("free_column_prefix"),
        failure_modes=top.texts("failure_modes", optional=False),
        criteria=tuple(read_criterion(table) for table in top.tables("criteria")),
        acceleration=read_acceleration(top.optional_table("acceleration")),
        shape=read_shape(top.optional_table("shape")),
        notes=tuple(_note(table) for table in top.tables("notes")),
        digest=hashlib.sha256(content).hexdigest(),
        source=content,
        quantities=tuple(_quantity(table) for table in top.tables("quantities")),
        same_characters=tuple(_look_alike(table) for table in top.tables("same_characters")),
        by_family=tuple(read_by_family(table) for table in top.tables("by_family")),
        degradation=tuple(read_degradation(table) for table in top.tables("degradation")),
        weibull_grade=read_weibull_grade(top.optional_table("weibull_grade")),
    )
    top.finish()
    check_protocol(protocol, faults)
    return protocol


def _reference(table: TableReader) -> Reference:
    reference = Reference(table.text("document"), table.optional_text("clause"), table.boolean("verified"))
    table.finish()
    return reference


def _note(table: TableReader) -> Text:
    note = Text(table.text("en"), table.text("zh"))
    table.finish()
    return note


def _stress(table: TableReader) -> StressCondition:
    stress = StressCondition(
        name=table.text("name"),
        title=table.words("title"),
        unit=table.optional_text("unit"),
        targets=table.scalars("targets"),
        tolerance_below=table.number("tolerance_below", 0.0),
        tolerance_above=table.number("tolerance_above", 0.0),
        required=table.boolean("required", True),
        also_called=table.texts("also_called"),
    )
    identifier(stress.name, table.at("name"), table.faults)
    for key, tolerance in (
        ("tolerance_below", stress.tolerance_below),
        ("tolerance_above", stress.tolerance_above),
    ):
        if tolerance < 0:
            table.faults.add("out_of_range", table.at(key), tolerance, minimum=0)
    table.finish()
    return stress


def _readouts(table: TableReader | None) -> Readouts | None:
    if table is None:
        return None
    readouts = Readouts(
        unit=table.text("unit"),
        at=table.numbers("at"),
        mandatory=table.numbers("mandatory"),
        early=table.number("early"),
        late=table.number("late"),
    )
    for key, values in (("at", readouts.at), ("mandatory", readouts.mandatory)):
        if any(later <= earlier for earlier, later in itertools.pairwise(values)):
            table.faults.add("not_ascending", table.at(key), list(values))
    if not readouts.at or readouts.at[0] != 0:
        table.faults.add("no_initial_readout", table.at("at"), list(readouts.at))
    for value in readouts.mandatory:
        if value not in readouts.at:
            table.faults.add(
                "readout_not_scheduled", table.at("mandatory"), value, expected=list(readouts.at)
            )
    if readouts.early < 0 or readouts.late < 0:
        table.faults.add("out_of_range", table.at("late"), [readouts.early, readouts.late], minimum=0)
    for earlier, later in zip(readouts.at, readouts.at[1:], strict=False):
        if earlier > 0 and earlier + readouts.late >= later - readouts.early:
            table.faults.add("readouts_overlap", table.at("at"), [earlier, later])
    table.finish()
    return readouts


def _sample(table: TableReader) -> Sample:
    sample = Sample(
        lots=table.whole_number("lots", minimum=1),
        units_per_lot=table.whole_number("units_per_lot", minimum=1),
        accept=table.whole_number("accept", minimum=0),
        ltpd_percent=table.optional_number("ltpd_percent"),
    )
    table.finish()
    return sample


def _column(table: TableReader) -> Column:
    column = Column(
        name=table.text("name"),
        title=table.words("title"),
        type=ColumnType(table.choice("type", [kind.value for kind in ColumnType])),
        unit=table.optional_text("unit"),
        required=table.boolean("required", True),
        key=table.boolean("key", False),
        choices=table.texts("choices"),
        minimum=table.optional_number("minimum"),
        maximum=table.optional_number("maximum"),
        may_be_absent=table.boolean("may_be_absent", False),
    )
    identifier(column.name, table.at("name"), table.faults)
    if (column.type is ColumnType.CHOICE) != bool(column.choices):
        table.faults.add(
            "choices_misplaced", table.at("choices"), list(column.choices), type=column.type.value
        )
    _check_range(column.minimum, column.maximum, table)
    if column.required and column.may_be_absent:
        table.faults.add("required_but_absent", table.at("may_be_absent"))
    table.finish()
    return column


def _check_range(minimum: float | None, maximum: float | None, table: TableReader) -> None:
    if minimum is not None and maximum is not None and minimum > maximum:
        table.faults.add("range_empty", table.at("minimum"), minimum, maximum=maximum)


def _quantity(table: TableReader) -> Quantity:
    quantity = Quantity(
        table.text("name"), table.words("title"), table.text("unit"), table.texts("also_written")
    )
    identifier(quantity.name, table.at("name"), table.faults)
    unique(quantity.spellings, table.at("also_written"), table.faults)
    table.finish()
    return quantity


def _look_alike(table: TableReader) -> tuple[str, str]:
    pair = (table.text("written"), table.text("read_as"))
    table.finish()
    return pair
