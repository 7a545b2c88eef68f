"""The transparency log: its newest checkpoint, and proofs that it holds an entry and only ever grew."""

from __future__ import annotations

import base64
from typing import Any

from flask import url_for
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from ratedparts.certificates.log_proofs import checkpoint_at, consistency, inclusion, log_size, position_of
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.proofs.log_leaf import ACTIONS

from ..requests import installation, reading

resources = Blueprint("log", __name__, url_prefix="/api/v1", description="The transparency log")

# A tree larger than the integers of JSON that every reader keeps exactly is not asked about.
SIZE = validate.Range(0, 2**53 - 1)
HASHES = {"description": "32 bytes each in hexadecimal, from the leaf upwards"}


class LogAnswer(Schema):
    origin = fields.String()
    size = fields.Integer(metadata={"description": "entries"})
    checkpoint = fields.String(
        allow_none=True, metadata={"description": "C2SP signed note; null while empty"}
    )
    prefix = fields.String(metadata={"description": "where checkpoint and tiles (C2SP tlog-tiles) are"})


class InclusionQuery(Schema):
    index = fields.Integer(load_default=None, validate=SIZE, metadata={"description": "of the entry, from 0"})
    certificate = fields.String(load_default=None, metadata={"description": "a number, in place of `index`"})
    action = fields.String(
        load_default="issued",
        validate=validate.OneOf(ACTIONS),
        metadata={"description": "with `certificate`"},
    )
    size = fields.Integer(
        load_default=None, validate=SIZE, metadata={"description": "of the log; default: as it is now"}
    )

    @validates_schema
    def one_entry(self, asked: dict[str, Any], **_more: Any) -> None:
        if (asked["index"] is None) == (asked["certificate"] is None):
            raise ValidationError("Either index or certificate.", "index")


class InclusionAnswer(Schema):
    leaf = fields.String(metadata={"description": "the entry in base64"})
    index = fields.Integer()
    size = fields.Integer()
    hashes = fields.List(fields.String(), metadata=HASHES)
    checkpoint = fields.String(metadata={"description": "that the log signed at this size"})


class ConsistencyQuery(Schema):
    old = fields.Integer(required=True, data_key="from", validate=SIZE)
    new = fields.Integer(
        load_default=None, data_key="to", validate=SIZE, metadata={"description": "default: as it is now"}
    )


class ConsistencyAnswer(Schema):
    old = fields.Integer(data_key="from")
    new = fields.Integer(data_key="to")
    hashes = fields.List(fields.String(), metadata=HASHES)
    old_checkpoint = fields.String(data_key="from_checkpoint", allow_none=True)
    new_checkpoint = fields.String(data_key="to_checkpoint", allow_none=True)


@resources.get("/log")
@resources.response(200, LogAnswer)
def log() -> Any:
    """The log as it is now: size, signed checkpoint, and where its files are."""
    ours = installation().log
    with reading() as work:
        return {
            "origin": ours.origin,
            "size": log_size(work),
            "checkpoint": ours.checkpoint(work),
            "prefix": url_for("log_files.checkpoint").removesuffix("/checkpoint"),
        }


@resources.get("/log/inclusion")
@resources.arguments(InclusionQuery, location="query")
@resources.response(200, InclusionAnswer)
def prove_inclusion(asked: dict[str, Any]) -> Any:
    """Proof that an entry is in the log of a size (RFC 6962 section 2.1.1), with the checkpoint to it."""
    with reading() as work:
        size = log_size(work) if asked["size"] is None else asked["size"]
        index, number = asked["index"], asked["certificate"]
        if number is not None:
            index = position_of(work, number, asked["action"])
            if index is None:
                code, given = "not_in_log", number[:120]
                raise RatedPartsError(code, kind=Kind.NOT_FOUND, certificate_number=given)
        found = inclusion(work, index, size)
    return {
        "leaf": base64.b64encode(found.leaf).decode(),
        "index": found.index,
        "size": found.size,
        "hashes": [value.hex() for value in found.hashes],
        "checkpoint": found.checkpoint.decode("utf-8"),
    }


@resources.get("/log/consistency")
@resources.arguments(ConsistencyQuery, location="query")
@resources.response(200, ConsistencyAnswer)
def prove_consistency(asked: dict[str, Any]) -> Any:
    """Proof that the log of one size is the beginning of that of another (RFC 6962 section 2.1.2)."""
    with reading() as work:
        old, new = asked["old"], asked["new"]
        new = log_size(work) if new is None else new
        hashes = consistency(work, old, new)
        return {
            "old": old,
            "new": new,
            "hashes": [value.hex() for value in hashes],
            "old_checkpoint": checkpoint_at(work, old) if old else None,
            "new_checkpoint": checkpoint_at(work, new) if new else None,
        }
