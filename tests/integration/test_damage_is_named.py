"""One damage a test, by somebody whom no trigger stops: the check that it concerns names exactly that."""

import pytest
from sqlalchemy import select, text, update

from ratedparts.certificates.models import CertificateDocument
from ratedparts.evaluations.models import Evaluation
from ratedparts.store_verification import Store, verify_store

from .damages import DAMAGES
from .damages.ways import column, current, evidence_of, table
from .insider import blob_file, insider


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_named(lived, damage):
    check, codes, harm = DAMAGES[damage]
    with insider(lived) as connection:
        harm(lived, connection)
    report = verify_store(Store.of(lived.installation), only=[check])
    assert {one.name for one in report.checks if one.faults} == {check}
    assert sorted(report.codes) == sorted(codes)


# --- files


NAMED_BY = {
    "evidence.digest": lambda world: evidence_of(world).digest,
    "evidence.columns_digest": lambda world: evidence_of(world).columns_digest,
    "certificate_document.signed_digest": lambda world: column(
        world, select(CertificateDocument.signed_digest)
    ),
}


@pytest.mark.embedded_database
@pytest.mark.parametrize("place", NAMED_BY)
def test_a_blob_that_is_gone_or_changed_in_one_bit_is_named(lived, place):
    digest = NAMED_BY[place](lived)
    file = blob_file(lived, digest)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)
    report = verify_store(Store.of(lived.installation))
    assert [(one.code, one.place, one.parameters) for check in report.checks for one in check.faults] == [
        ("kept_blob_damaged", place, {"digest": digest})
    ]
    file.unlink()
    report = verify_store(Store.of(lived.installation))
    assert report.codes == ("kept_blob_missing",)


@pytest.mark.embedded_database
def test_a_byte_of_the_columns_of_the_catalogue_is_named(lived):
    folder = lived.installation.settings.catalogue
    file = max(folder.glob("*/*.spelled"))
    file.write_bytes(b"EX-9999X7R104K\n"[: file.stat().st_size].ljust(file.stat().st_size, b"\n"))
    report = verify_store(Store.of(lived.installation))
    (fault,) = (one for check in report.checks for one in check.faults)
    assert (fault.code, fault.place) == ("catalogue_columns_differ", "catalogue mlcc_class2")
    assert fault.parameters == {"member": "spelled", "rows": 1}


# --- the schema


def test_a_trigger_that_was_dropped_is_named(lived):
    on = " ON certificate" if lived.database.engine.dialect.name == "postgresql" else ""
    with lived.work() as work:
        work.session.execute(text(f"DROP TRIGGER certificate_no_update{on}"))
    report = verify_store(Store.of(lived.installation), quick=True)
    assert [(one.code, one.place) for check in report.checks for one in check.faults] == [
        ("schema_trigger_missing", "certificate trigger certificate_no_update")
    ]


def test_a_trigger_that_does_nothing_any_more_is_named(lived):
    with lived.work() as work:
        if lived.database.engine.dialect.name == "postgresql":
            work.session.execute(text("ALTER TABLE certificate DISABLE TRIGGER certificate_no_update"))
        else:
            work.session.execute(text("DROP TRIGGER certificate_no_update"))
            work.session.execute(
                text("CREATE TRIGGER certificate_no_update BEFORE UPDATE ON certificate BEGIN SELECT 1; END")
            )
    report = verify_store(Store.of(lived.installation), quick=True)
    assert len(report.codes) == 1
    assert report.codes[0] in ("schema_trigger_changed", "schema_trigger_disabled")


def test_an_index_that_was_dropped_is_named(lived):
    with lived.work() as work:
        work.session.execute(text("DROP INDEX uq_certificate_standing_current"))
    report = verify_store(Store.of(lived.installation), quick=True)
    assert [(one.code, one.place) for check in report.checks for one in check.faults] == [
        ("schema_constraint_missing", "certificate_standing unique index uq_certificate_standing_current")
    ]


def test_a_constraint_that_old_rows_need_not_meet_is_named(lived):
    if lived.database.engine.dialect.name != "postgresql":
        with insider(lived) as connection:
            connection.execute(update(table(Evaluation)).where(current(lived)).values(state="analysed"))
        report = verify_store(Store.of(lived.installation), only=["constraints"])
        assert report.codes == ("row_breaks_constraint",)
        return
    with lived.work() as work:
        name = "ck_evaluation_decided_has_a_grade"
        for statement in (
            f"ALTER TABLE evaluation DROP CONSTRAINT {name}",
            "UPDATE evaluation SET state = 'analysed'",
            (
                f"ALTER TABLE evaluation ADD CONSTRAINT {name}"
                " CHECK ((state = 'decided') = (grade IS NOT NULL)) NOT VALID"
            ),
        ):
            work.session.execute(text(statement))
    report = verify_store(Store.of(lived.installation), only=["constraints"])
    assert report.codes == ("schema_constraint_unchecked", "row_breaks_constraint")
