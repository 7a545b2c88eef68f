"""What an accepted file shows before anybody hands it in, as the page shows it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from ..file_preview import FilePreview, LotCount
from ..supposed_grade import EVIDENCE_CLASS, SupposedGrade
from ..tried_file import TriedFile


class LotShape(Schema):
    lot_code = fields.String()
    rows = fields.Integer()
    units = fields.Integer()
    failures = fields.Integer(allow_none=True, metadata={"description": "null: the file holds no lives"})
    suspensions = fields.Integer(allow_none=True)
    left = fields.Integer(allow_none=True, metadata={"description": "of these removed or lost"})
    left_unproven = fields.Integer(
        allow_none=True, metadata={"description": "of these without a proven cause: failures to a grade"}
    )


class PlotShape(Schema):
    heading = fields.String()
    summary = fields.String()
    image = fields.String(metadata={"description": "`data:image/svg+xml;base64,…`"})


class ReasonShape(Schema):
    rule = fields.String()
    code = fields.String()
    sentence = fields.String()
    number = fields.Raw(allow_none=True)
    limit = fields.Raw(allow_none=True)


class SupposedShape(Schema):
    """On what the grade rests besides the file."""

    family = fields.String()
    use_condition = fields.String()
    attributes = fields.Dict()
    attributes_not_given = fields.List(fields.String())
    stress = fields.Dict()
    stress_not_given = fields.List(
        fields.String(), metadata={"description": "here the mildest that the protocol allows is taken"}
    )
    evidence_class = fields.String()
    evaluated_on = fields.Date()


class SupposedGradeShape(Schema):
    """`grade` is null where none can be computed; then `refused` says why."""

    grade = fields.String(allow_none=True, metadata={"description": "from this file alone"})
    could_reach = fields.String(
        allow_none=True, metadata={"description": "if every other test were there and passed"}
    )
    held_by = fields.List(fields.String(), metadata={"description": "the axes that hold it there"})
    rated = fields.Boolean(metadata={"description": "false: the family cannot be rated"})
    refused = fields.List(fields.String())
    vector = fields.Dict(allow_none=True)
    caps = fields.Dict(allow_none=True)
    unmet = fields.List(fields.Nested(ReasonShape))
    met = fields.List(fields.Nested(ReasonShape))
    supposed = fields.Nested(SupposedShape)


class PreviewShape(Schema):
    lots = fields.List(fields.Nested(LotShape))
    total = fields.Nested(LotShape)
    nonconforming = fields.Integer(metadata={"description": "units that had failed before any stress"})
    plots = fields.List(fields.Nested(PlotShape))
    plots_left_out = fields.Integer()
    no_plot = fields.String(
        allow_none=True, metadata={"description": "not_lives, too_many_times or nothing_to_plot"}
    )
    grade = fields.Nested(
        SupposedGradeShape,
        allow_none=True,
        metadata={"description": "null: no family was named, or no grade rests on such a file"},
    )


def preview_of(tried: TriedFile) -> dict[str, Any] | None:
    """None for a refused file."""
    found = tried.found
    if found is None:
        return None
    return {
        "lots": [_lot(lot, found) for lot in found.lots],
        "total": _lot(found.total, found),
        "nonconforming": found.nonconforming,
        "plots": [
            {"heading": one.heading, "summary": one.summary, "image": one.address} for one in found.plots
        ],
        "plots_left_out": max(found.plots_left_out, 0),
        "no_plot": found.no_plot,
        "grade": None if tried.grade is None else _grade(tried.grade),
    }


def _lot(lot: LotCount, found: FilePreview) -> dict[str, Any]:
    lives = "lots" in found.evidence
    of_lives = ("failures", "suspensions", "left", "left_unproven")
    return {
        "lot_code": lot.lot_code,
        "rows": lot.rows,
        "units": lot.units,
        **{name: getattr(lot, name) if lives else None for name in of_lives},
    }


def _grade(of: SupposedGrade) -> dict[str, Any]:
    decision, part = of.decision or {}, of.part
    return {
        "grade": decision.get("grade"),
        "could_reach": of.could_reach,
        "held_by": of.holding,
        "rated": not of.not_rated,
        "refused": of.refused,
        "vector": decision.get("vector"),
        "caps": decision.get("caps"),
        "unmet": of.unmet,
        "met": of.met,
        "supposed": {
            "family": part.family.code,
            "use_condition": part.use_condition,
            "attributes": part.attributes,
            "attributes_not_given": [one.name for one in part.missing],
            "stress": part.stress,
            "stress_not_given": [one.name for one in part.assumed_stress],
            "evidence_class": EVIDENCE_CLASS,
            "evaluated_on": of.evaluated_on,
        },
    }
