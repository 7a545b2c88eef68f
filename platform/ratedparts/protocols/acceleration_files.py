"""What ages the parts, as a protocol file says it: the acceleration and the range of the Weibull shape."""

from __future__ import annotations

from ratedparts.protocols.model import Acceleration, FamilyLife, Parameter, ShapeRange, Text
from ratedparts.protocols.schema import TableReader, unique

MODELS = (
    "none",
    "arrhenius",
    "arrhenius_film",
    "arrhenius_power",
    "prokopowicz_vaskas",
    "peck",
    "peck_voltage_spacing",
    "coffin_manson",
    "ten_degree",
    "weibull_voltage_exponential",
)


def read_acceleration(table: TableReader | None) -> Acceleration | None:
    """The table ``acceleration``."""
    if table is None:
        return None
    acceleration = Acceleration(
        model=table.choice("model", MODELS),
        parameters=tuple(_parameter(inner) for inner in table.tables("parameters")),
        maximum=table.number("maximum"),
    )
    if acceleration.maximum < 1:
        table.faults.add("out_of_range", table.at("maximum"), acceleration.maximum, minimum=1)
    unique([parameter.name for parameter in acceleration.parameters], table.at("parameters"), table.faults)
    table.finish()
    return acceleration


def _parameter(table: TableReader) -> Parameter:
    parameter = Parameter(
        name=table.text("name"),
        unit=table.optional_text("unit"),
        default=table.number("default"),
        low=table.number("low"),
        high=table.number("high"),
        source=_source(table),
        verified=table.boolean("verified"),
    )
    if not parameter.low <= parameter.default <= parameter.high:
        table.faults.add(
            "default_outside_range",
            table.at("default"),
            parameter.default,
            low=parameter.low,
            high=parameter.high,
        )
    table.finish()
    return parameter


def read_shape(table: TableReader | None) -> ShapeRange | None:
    """The table ``shape``."""
    if table is None:
        return None
    shape = ShapeRange(table.number("low"), table.number("high"))
    if not 0 < shape.low <= shape.high:
        table.faults.add("range_empty", table.at("low"), shape.low, maximum=shape.high)
    table.finish()
    return shape


def _source(table: TableReader) -> Text:
    """In both languages, or as one text that is the same in both."""
    if isinstance(table.take("source", optional=True), dict):
        return table.words("source")
    source = table.text("source")
    return Text(source, source)


def read_by_family(table: TableReader) -> FamilyLife:
    """One entry of ``by_family``."""
    acceleration = read_acceleration(table.table("acceleration"))
    assert acceleration is not None  # only an optional table is none
    life = FamilyLife(
        families=table.texts("families", optional=False),
        acceleration=acceleration,
        shape=read_shape(table.optional_table("shape")),
    )
    if not life.families:
        table.faults.add("missing_value", table.at("families"))
    table.finish()
    return life
