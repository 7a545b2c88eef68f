"""What a test protocol says, once its file has been read and found in order.

Every field is named in `test_protocols/README.md`, where a test engineer reads what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

Scalar = str | float | bool


class Layout(Enum):
    """How a protocol's results file is laid out."""

    UNIT_READOUTS = "unit_readouts"  # one row per unit and readout
    UNIT_LIVES = "unit_lives"  # one row per group of units alike, with the interval of its failure
    UNIT_PARAMETERS = "unit_parameters"  # one row per unit and measured parameter


class ColumnType(Enum):
    TEXT = "text"
    NUMBER = "number"
    WHOLE_NUMBER = "whole_number"
    BOOLEAN = "boolean"  # written 0 or 1
    CHOICE = "choice"
    INSTANT = "instant"  # ISO 8601 with an offset


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Reference:
    document: str
    clause: str | None
    verified: bool


@dataclass(frozen=True)
class Column:
    name: str
    title: Text
    type: ColumnType
    unit: str | None = None
    required: bool = True  # a column that is not required may be blank in any row, which means: not measured
    key: bool = False  # a key parameter of the families that this protocol rates
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    may_be_absent: bool = False  # the file may leave the whole column out


@dataclass(frozen=True)
class Quantity:
    """A parameter that a file in long form may name, with the closed list of spellings of its unit."""

    name: str
    title: Text
    unit: str  # the canonical spelling
    also_written: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.unit, *self.also_written)


@dataclass(frozen=True)
class StressCondition:
    """One condition of the test, by the name that a dossier's ``stress`` uses."""

    name: str
    title: Text
    unit: str | None
    targets: tuple[Scalar, ...]  # what the protocol allows; empty: any value
    tolerance_below: float = 0.0
    tolerance_above: float = 0.0
    required: bool = True
    also_called: tuple[str, ...] = ()


@dataclass(frozen=True)
class Readouts:
    unit: str
    at: tuple[float, ...]
    mandatory: tuple[float, ...]
    early: float  # how far before a scheduled readout a reading may be taken
    late: float  # how far after it


@dataclass(frozen=True)
class Sample:
    lots: int
    units_per_lot: int
    accept: int
    ltpd_percent: float | None


class Measure(Enum):
    """What of a column a failure criterion looks at."""

    VALUE = "value"
    CHANGE = "change"  # value minus the unit's initial value
    RELATIVE_CHANGE_PERCENT = "relative_change_percent"  # 100 (value - initial) / initial
    RATIO_TO_INITIAL = "ratio_to_initial"


@dataclass(frozen=True)
class Term:
    """``times * of ** power + plus``; ``of``: 'initial' or an attribute of the part; None: just ``plus``."""

    of: str | None
    times: float = 1.0
    power: float = 1.0
    plus: float = 0.0


@dataclass(frozen=True)
class Limit:
    """The smallest, or the largest, of its terms; a single term is itself."""

    terms: tuple[Term, ...]
    take: str = "only"  # only | smallest | largest


@dataclass(frozen=True)
class Range:
    """The values of a numeric attribute for which a criterion holds; None: no end on that side."""

    above: float | None
    up_to: float | None

    def holds(self, value: Scalar) -> bool:
        if isinstance(value, bool | str):
            return False
        return (self.above is None or value > self.above) and (self.up_to is None or value <= self.up_to)


Applicability = tuple[
    tuple[str, tuple[Scalar, ...] | Range], ...
]  # (attribute or 'family', what is admitted)


@dataclass(frozen=True)
class Criterion:
    """A unit has failed at a readout where its measure is below, above or beyond (in magnitude) the limit."""

    mode: str
    column: str
    measure: Measure
    comparison: str  # below | above | beyond | equals
    limit: Limit
    applies_to: Applicability = ()


@dataclass(frozen=True)
class Parameter:
    """A parameter of an acceleration model: its default and the range that the literature gives."""

    name: str
    unit: str | None
    default: float
    low: float
    high: float
    source: Text
    verified: bool


@dataclass(frozen=True)
class Acceleration:
    model: str  # one of acceleration_files.MODELS
    parameters: tuple[Parameter, ...]
    maximum: float

    def default(self, name: str) -> float:
        return next(p.default for p in self.parameters if p.name == name)


@dataclass(frozen=True)
class ShapeRange:
    """The range of the Weibull shape that the failure mechanisms under test are known to show."""

    low: float
    high: float


@dataclass(frozen=True)
class FamilyLife:
    """What ages the parts of some of a protocol's families, where not all of them age alike."""

    families: tuple[str, ...]
    acceleration: Acceleration
    shape: ShapeRange | None


@dataclass(frozen=True)
class Degradation:
    """A column whose drift may be extrapolated to a threshold, by a law that the plan fixes beforehand."""

    column: str
    measure: Measure
    comparison: str  # above | below | beyond: on which side of the threshold a unit's life has ended
    threshold: Limit
    laws: tuple[str, ...]  # what the plan may choose from; one of degradation_files.LAWS each
    maximum_extrapolation: float  # life over last readout
    applies_to: Applicability = ()


@dataclass(frozen=True)
class GradeLevel:
    name: str
    percent_per_1000_hours: float


@dataclass(frozen=True)
class WeibullGrade:
    """A lot's own grade: the falling hazard at the second of two readouts, from the failures up to each.

    With H = -ln(1 - failures/units): shape = ln(H2/H1) / ln(t2/t1), and rate = shape H2/t2 over the
    acceleration factor.
    """

    first: float
    second: float
    confidence: float
    levels: tuple[GradeLevel, ...]  # the loosest first
    source: Text
    verified: bool


@dataclass(frozen=True)
class Protocol:
    id: str
    version: int
    title: Text
    summary: Text
    layout: Layout
    graded: bool  # False: analysed and published, never the ground of a grade
    metric: str  # what lives are counted in; 'attribute': each unit only passes or fails
    families: tuple[str, ...]  # family codes; empty: any family
    references: tuple[Reference, ...]
    stress: tuple[StressCondition, ...]
    readouts: Readouts | None
    sample: Sample
    columns: tuple[Column, ...]
    free_column_prefix: str | None  # further numeric columns that begin so are accepted
    failure_modes: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    acceleration: Acceleration | None
    shape: ShapeRange | None
    notes: tuple[Text, ...]
    digest: str  # sha256 of the file, so that a decision can say which text it rests on
    source: bytes = field(repr=False)  # the file itself, for whoever recomputes
    quantities: tuple[Quantity, ...] = ()  # layout unit_parameters: what the column 'parameter' may name
    same_characters: tuple[tuple[str, str], ...] = ()  # (as written, as read): look-alikes in unit spellings
    by_family: tuple[FamilyLife, ...] = ()  # instead of acceleration and shape, where families differ
    degradation: tuple[Degradation, ...] = ()
    weibull_grade: WeibullGrade | None = None

    @property
    def name(self) -> str:
        """``MLCC-HTL@1``: how everything else refers to this version."""
        return f"{self.id}@{self.version}"

    @property
    def key_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.key)

    @property
    def lives_from_drift(self) -> bool:
        """Whether lives are inferred from each unit's drift, no range of Weibull shapes being known."""
        return bool(self.degradation) and self.shape is None and not self.by_family

    def life_of(self, family: str) -> tuple[Acceleration | None, ShapeRange | None]:
        """What ages the parts of a family under this protocol, and the shape of their lives."""
        for life in self.by_family:
            if family in life.families:
                return life.acceleration, life.shape
        return self.acceleration, self.shape

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def quantity(self, name: str) -> Quantity | None:
        return next((quantity for quantity in self.quantities if quantity.name == name), None)


@dataclass(frozen=True)
class Attribute:
    """A typed attribute of a family's parts, in the unit its name ends with."""

    name: str
    title: Text
    type: ColumnType
    unit: str | None = None
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    symmetric: bool = False  # the number holds to both sides, and is written with ±


@dataclass(frozen=True)
class Family:
    code: str
    title: Text
    group: str  # the group under which a rule set states its targets
    attributes: tuple[Attribute, ...]
    reliability_protocol: str  # id, without version
    mandatory: tuple[str, ...]  # ids; 'MLCC-BH:rated' names one bias of a protocol that has several
    key_parameters: tuple[str, ...]
    also_counted: tuple[str, ...] = ()  # ids: a failure there counts on the quality axis, absence does not
    # A key parameter -> the name by which an earlier version of the lot protocol took it.
    formerly: Mapping[str, str] = field(default_factory=dict)

    def names_of(self, key_parameter: str) -> tuple[str, ...]:
        """Every name under which evidence may show a key parameter."""
        former = self.formerly.get(key_parameter)
        return (key_parameter,) if former is None else (key_parameter, former)
