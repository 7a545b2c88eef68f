"""Each rule of `certificates/policy.py` that has no test elsewhere, and the ticket to a signature.

I1 to I5 and I8 are tried in test_review_and_issue.py.
"""

import shutil
import threading
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ratedparts.calendar_days import day_of, end_of
from ratedparts.certificates import key_rotation
from ratedparts.certificates.issuance_ticket import TICKET_LIFE
from ratedparts.certificates.models import Certificate, IssuanceIntent, LogEntry
from ratedparts.certificates.policy import CLOCKS_APART, require_issuable, require_payload
from ratedparts.certificates.standing import certificate_by_number
from ratedparts.errors import Kind, RatedPartsError
from ratedparts.grading import RULE_SETS
from ratedparts.grading.evidence import add_months
from ratedparts.organisations.models import Scope
from ratedparts.proofs import format_instant, parse_json, sign_document
from ratedparts.protocols import load_library
from ratedparts.review import service as reviews
from ratedparts.review.models import Review
from tests.faults.killing import killed_in
from tests.faults.on_record import half_done, state

SECOND = timedelta(seconds=1)
PROTOCOLS = Path(__file__).parents[2] / "test_protocols"


def refusal(verb, *arguments, **more):
    with pytest.raises(RatedPartsError) as refused:
        verb(*arguments, **more)
    return refused.value


def forbidden(world, review_id, change=lambda review: None, library=None):
    """Why the review cannot be issued once `change` was made to what is in memory; nothing of it is kept."""
    with world.reading() as work:
        review = work.session.get_one(Review, review_id)
        change(review)
        with work.session.no_autoflush:
            return refusal(require_issuable, work, world.cast["issuer"], review, library or world.library)


@pytest.fixture
def approved(rated):
    rated.facts["review_id"] = rated.approve()
    return rated


# --- the rules that look at what is on record


def test_i6_nothing_is_issued_by_a_clock_that_runs_behind_what_is_on_record(approved):
    intent_id = approved.intend(approved.facts["review_id"])
    approved.clock.now -= CLOCKS_APART
    with approved.reading() as work:
        review = work.session.get_one(Review, approved.facts["review_id"])
        assert require_issuable(work, approved.cast["issuer"], review, approved.library)
    approved.clock.now -= SECOND
    for verb, subject in ((approved.intend, approved.facts["review_id"]), (approved.sign, intent_id)):
        refused = refusal(verb, subject)
        assert (refused.code, refused.kind) == ("clock_behind", Kind.UNAVAILABLE)
    assert state(approved)["certificates"] == 0


def test_i6_a_clock_that_jumps_back_between_the_signature_and_the_record_records_nothing(approved):
    intent_id, ticket, secured = _signed(approved)
    approved.clock.now -= timedelta(hours=1)
    assert refusal(_recorded, approved, intent_id, ticket, secured).code == "ticket_expired"
    assert half_done(approved) == []
    assert state(approved)["certificates"] == 0


def test_i7_a_rule_set_that_was_never_published_is_not_certified_under(approved):
    def under_another(review):
        review.evaluation.rule_set = "CEG-2099.1"

    assert forbidden(approved, approved.facts["review_id"], under_another).code == "rule_set_not_in_force"


def test_i9_evidence_is_not_certified_by_a_protocol_that_was_edited_since(approved, tmp_path):
    folder = tmp_path / "protocols"
    shutil.copytree(PROTOCOLS, folder)
    edited = folder / "MLCC-HTL@1.toml"
    text = edited.read_text(encoding="utf-8")
    other = text.replace('"voltage_exponent", default = 3.0', '"voltage_exponent", default = 2.5')
    assert other != text
    edited.write_text(other, encoding="utf-8")
    refused = forbidden(approved, approved.facts["review_id"], library=load_library(folder))
    assert (refused.code, refused.parameters) == ("protocol_changed_since", {"protocol": "MLCC-HTL@1"})


def test_i10_a_scope_that_was_shortened_since_the_upload_stops_the_issue(approved):
    with approved.work() as work:
        scopes = work.session.scalars(select(Scope).where(Scope.protocol_id == "MLCC-HTL")).all()
        for scope in scopes:
            scope.valid_until = date(2026, 1, 20)  # the test of the example file began before and ended after
    refused = refusal(approved.intend, approved.facts["review_id"])
    assert refused.code == "scope_changed_since"
    assert refused.parameters["plan"] == approved.facts["plans"]["MLCC-HTL"]


def test_i11_a_grade_that_the_evidence_no_longer_gives_today_is_not_certified(approved):
    approved.clock.now += timedelta(days=366 * 10)
    with approved.work() as work:
        for scope in work.session.scalars(select(Scope)):
            scope.valid_until = date(2040, 12, 31)
    assert refusal(approved.intend, approved.facts["review_id"]).code == "grade_changed_since"


# --- the rules that look at what is about to be signed


@pytest.fixture
def proposed(approved):
    """The payload that was checked and may be signed, with its review."""
    intent_id = approved.intend(approved.facts["review_id"])
    with approved.work() as work:
        approved.facts["payload"] = approved.installation.office.check(
            work, approved.cast["issuer"], intent_id
        ).payload
    return approved


def member_refused(world, change, review_change=lambda review: None):
    """Which member of the payload is refused, after `change` to it or to the review in memory; else None."""
    payload = deepcopy(world.facts["payload"])
    change(payload)
    with world.reading() as work, work.session.no_autoflush:
        review = work.session.get_one(Review, world.facts["review_id"])
        review_change(review)
        try:
            require_payload(work, payload, review)
        except RatedPartsError as error:
            return error.parameters["member"]
    return None


def test_the_payload_that_was_built_passes_every_rule(proposed):
    assert member_refused(proposed, lambda payload: None) is None


@pytest.mark.parametrize("shift", [-SECOND, SECOND, timedelta(microseconds=1)])
def test_i12_no_payload_begins_before_or_after_the_instant_of_its_check(proposed, shift):
    begins = format_instant(proposed.clock.now + shift)
    assert member_refused(proposed, lambda payload: payload.update(validFrom=begins)) == "validFrom"


def _valid_until(day):
    def change(review):
        review.evaluation.decision = {**review.evaluation.decision, "valid_until": day.isoformat()}

    return change


def test_i13_no_payload_is_valid_for_longer_than_24_months(proposed):
    assert RULE_SETS["CEG-2026.1"].certificate_months == 24
    last = add_months(day_of(proposed.clock.now), 24)
    for instant, refused in ((end_of(last), None), (end_of(last) + SECOND, "validUntil")):

        def until(payload, instant=instant):
            payload["validUntil"] = format_instant(instant)
            payload["credentialSubject"]["decision"]["valid_until"] = "2040-01-01"

        assert member_refused(proposed, until, _valid_until(date(2040, 1, 1))) == refused
    begins = proposed.facts["payload"]["validFrom"]
    assert member_refused(proposed, lambda payload: payload.update(validUntil=begins)) == "validUntil"


def test_i14_no_payload_outlasts_what_its_decision_rests_on(proposed):
    sooner = day_of(proposed.clock.now) + timedelta(days=30)
    assert member_refused(proposed, lambda payload: None, _valid_until(sooner)) == "validUntil"


def _of_decision(payload):
    return payload["credentialSubject"]["decision"]


DECIDED_OTHERWISE = {
    "another grade": lambda payload: _of_decision(payload).update(grade="E"),
    "a reason turned round": lambda payload: _of_decision(payload)["reasons"][0].update(met=False),
    "a reason's number": lambda payload: _of_decision(payload)["reasons"][-1].update(number="1"),
    "a reason's limit": lambda payload: _of_decision(payload)["reasons"][0].update(limit="0.5"),
    "a reason's code": lambda payload: _of_decision(payload)["reasons"][0].update(code="L_OTHER"),
    "one reason twice": lambda payload: _of_decision(payload)["reasons"].__setitem__(
        0, _of_decision(payload)["reasons"][1]
    ),
    "the order of reasons": lambda payload: _of_decision(payload)["reasons"].reverse(),
    "a reason less": lambda payload: _of_decision(payload)["reasons"].pop(),
    "a figure": lambda payload: _of_decision(payload)["figures"].update(b10_lower_90="9.99999e+9"),
    "a figure less": lambda payload: _of_decision(payload)["figures"].popitem(),
    "a cap less": lambda payload: _of_decision(payload).update(caps=["none"]),
    "the vector": lambda payload: _of_decision(payload)["vector"].update(R="R9"),
    "the rule set": lambda payload: _of_decision(payload).update(rule_set="CEG-2026.2"),
    "the method": lambda payload: _of_decision(payload).update(life_method="guess"),
    "a word more": lambda payload: _of_decision(payload).update(remark="excellent"),
}


@pytest.mark.parametrize("change", DECIDED_OTHERWISE)
def test_i15_a_payload_says_nothing_else_than_was_reviewed(proposed, change):
    assert member_refused(proposed, DECIDED_OTHERWISE[change]) == "decision"


def test_i16_a_grade_that_is_none_is_never_certified(proposed):
    def ungraded(review):
        review.evaluation.grade = "U1"

    assert (
        member_refused(proposed, lambda payload: _of_decision(payload).update(grade="U1"), ungraded)
        == "decision"
    )


def test_i17_a_payload_names_every_piece_of_evidence_and_no_other(proposed):
    def named(payload):
        return payload["credentialSubject"]["evidence"]

    assert member_refused(proposed, lambda payload: named(payload).pop()) == "evidence"
    foreign = "sha256:" + "0" * 64
    assert member_refused(proposed, lambda payload: named(payload)[0].update(digest=foreign)) == "evidence"
    one_more = {"digest": foreign}
    assert member_refused(proposed, lambda payload: named(payload).append(one_more)) == "evidence"


def test_i18_a_part_is_certified_for_what_it_was_decided_on_and_nothing_else(proposed):
    def part(payload):
        return payload["credentialSubject"]["part"]

    for change in (
        lambda payload: payload["credentialSubject"].update(design_life_hours="876000"),
        lambda payload: payload["credentialSubject"]["use_condition"].update(code="UC-R"),
        lambda payload: part(payload).update(part_number="EX-0603X7R104K-AEC"),
        lambda payload: part(payload).update(family="mlcc_class1"),
        lambda payload: part(payload)["attributes"][0].update(value="1000"),
        lambda payload: part(payload)["attributes"].pop(),
    ):
        assert member_refused(proposed, change) == "part"


# --- the ticket


def _checked(world, intent_id):
    with world.work() as work:
        return world.installation.office.check(work, world.cast["issuer"], intent_id)


def _signed(world):
    intent_id = world.intend(world.facts["review_id"])
    ticket = _checked(world, intent_id)
    return intent_id, ticket, world.installation.office.sign(ticket)


def _recorded(world, intent_id, ticket, secured):
    with world.work() as work:
        return world.installation.office.record(work, world.cast["issuer"], intent_id, ticket, secured).number


def test_a_ticket_is_redeemed_once(approved):
    _, ticket, _ = _signed(approved)
    refused = refusal(approved.installation.office.sign, ticket)
    assert (refused.code, refused.kind) == ("ticket_used", Kind.CONFLICT)


def test_a_ticket_is_redeemed_once_by_many_at_the_same_moment(approved):
    ticket = _checked(approved, approved.intend(approved.facts["review_id"]))
    start, found = threading.Barrier(8), []

    def redeem():
        start.wait()
        try:
            found.append(ticket.redeem(ticket.key_id))
        except RatedPartsError as error:
            found.append(error.code)

    threads = [threading.Thread(target=redeem) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, found)) == sorted(["ticket_used"] * 7 + [str(ticket.payload)])


def test_a_ticket_taken_up_again_gives_the_same_signature_to_the_last_bit(approved):
    intent_id, first, secured = _signed(approved)
    approved.clock.now += TICKET_LIFE
    second = _checked(approved, intent_id)
    assert second.id == first.id
    assert approved.installation.office.sign(second) == secured


def test_what_was_signed_is_what_the_ticket_carries_or_nothing_is_recorded(approved):
    intent_id, ticket, secured = _signed(approved)
    key = approved.installation.keys.certificates
    other = {name: value for name, value in secured.items() if name != "proof"}
    other["validUntil"] = "2028-01-01T00:00:00Z"
    signed = sign_document(other, key, verification_method=key.id, created=ticket.checked_at)
    assert refusal(_recorded, approved, intent_id, ticket, signed).code == "ticket_for_another_payload"
    looked_at = ticket.payload
    looked_at["validUntil"] = other["validUntil"]
    assert ticket.payload["validUntil"] == secured["validUntil"], "a copy, to look at"
    assert _recorded(approved, intent_id, ticket, secured)


def test_the_ticket_of_one_intent_is_of_no_use_for_another(approved):
    _, ticket, secured = _signed(approved)
    approved.new_evidence()
    second = approved.intend(approved.approve())
    assert refusal(_recorded, approved, second, ticket, secured).code == "ticket_for_another_payload"
    assert state(approved)["certificates"] == 0


def test_nothing_is_recorded_without_a_ticket(approved):
    intent_id, ticket, secured = _signed(approved)
    for given in ((None, secured), (ticket, None), (None, None)):
        assert refusal(_recorded, approved, intent_id, *given).code == "ticket_for_another_payload"


def test_a_signature_that_is_not_of_the_ticket_s_key_is_not_recorded(approved):
    intent_id, ticket, secured = _signed(approved)
    stranger = approved.installation.keys.log
    unsigned = {name: value for name, value in secured.items() if name != "proof"}
    options = {"verification_method": stranger.id, "created": ticket.checked_at}
    proof = secured["proof"]
    forged = [
        {**secured, "proof": {**proof, "proofValue": "z" + "1" * 64}},
        {**secured, "proof": {**proof, "created": format_instant(ticket.checked_at - SECOND)}},
        {**secured, "proof": {**proof, "verificationMethod": stranger.id}},
        sign_document(unsigned, stranger, **options),
        sign_document(unsigned, stranger, **{**options, "verification_method": ticket.key_id}),
        unsigned,
    ]
    for one in forged:
        assert refusal(_recorded, approved, intent_id, ticket, one).code == "signature_does_not_verify"
    assert state(approved)["certificates"] == 0
    assert _recorded(approved, intent_id, ticket, secured)


def test_a_ticket_is_for_the_key_that_it_was_checked_for(approved):
    intent_id = approved.intend(approved.facts["review_id"])
    ticket = _checked(approved, intent_id)
    with approved.work() as work:
        new = key_rotation.rotate(work, approved.installation.keys, "certificates")
    approved.clock.now += key_rotation.NOTICE
    refused = refusal(approved.installation.office.sign, ticket)
    assert (refused.code, refused.parameters) == ("ticket_for_another_key", {"key": new.id})
    with approved.reading() as work:
        number = work.session.get_one(IssuanceIntent, intent_id).number
    assert approved.sign(intent_id) == number, "a new ticket is made, under the same number"


@pytest.mark.parametrize("since", [timedelta(0), timedelta(minutes=1)])
def test_a_key_lost_to_somebody_else_before_the_record_makes_no_certificate(approved, since):
    """Since before the signature: invalid; since after it: nobody could tell, for the log came later."""
    intent_id, ticket, secured = _signed(approved)
    approved.clock.now += timedelta(minutes=2)
    with approved.work() as work:
        key_rotation.revoke(work, ticket.key_id, ticket.checked_at + since, "a copy of the disk was sold")
    refused = refusal(_recorded, approved, intent_id, ticket, secured)
    assert (refused.code, refused.kind) == ("no_key_in_window", Kind.UNAVAILABLE)
    assert state(approved)["certificates"] == 0


def test_a_ticket_signed_before_the_key_s_end_may_be_recorded_after_it(approved):
    intent_id, ticket, secured = _signed(approved)
    with approved.work() as work:
        key_rotation.rotate(work, approved.installation.keys, "certificates")
    approved.clock.now += key_rotation.NOTICE
    assert _recorded(approved, intent_id, ticket, secured)


def test_a_ticket_that_is_too_old_records_nothing_and_the_number_stays(approved):
    intent_id, ticket, secured = _signed(approved)
    approved.clock.now += TICKET_LIFE + SECOND
    assert refusal(_recorded, approved, intent_id, ticket, secured).code == "ticket_expired"
    number = approved.sign(intent_id)
    with approved.reading() as work:
        assert work.session.get_one(IssuanceIntent, intent_id).number == number
        issued = certificate_by_number(work, number)
        assert issued.issued_at == issued.valid_from == approved.clock.now, "not of the old ticket's day"


def test_a_ticket_is_good_to_its_last_second(approved):
    intent_id, ticket, secured = _signed(approved)
    approved.clock.now += TICKET_LIFE
    assert _recorded(approved, intent_id, ticket, secured)


def test_what_was_sent_back_after_the_signature_is_not_recorded(approved):
    intent_id, ticket, secured = _signed(approved)
    with approved.work() as work:
        doubt = {"statement": "Lot 2 again."}
        reviews.send_back(work, approved.cast["issuer"], approved.facts["review_id"], **doubt)
    assert refusal(_recorded, approved, intent_id, ticket, secured).code == "not_approved"
    assert half_done(approved) == []


def test_workers_with_one_intent_at_once_make_one_certificate_and_all_report_it(approved):
    intent_id = approved.intend(approved.facts["review_id"])
    start, found = threading.Barrier(4), []

    def work_on_it():
        start.wait()
        try:
            found.append(approved.sign(intent_id))
        except RatedPartsError as error:
            found.append(error.code)

    threads = [threading.Thread(target=work_on_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with approved.reading() as work:
        numbers = list(work.session.scalars(select(Certificate.number)))
        leaves = work.session.scalar(select(func.count()).select_from(LogEntry))
    assert (len(numbers), leaves) == (1, 1)
    assert found == numbers * 4
    assert half_done(approved) == []


def test_killed_after_the_signature_the_same_ticket_gives_the_same_certificate(approved):
    approved.facts["intent_id"] = approved.intend(approved.facts["review_id"])
    killed_in(
        approved,
        "from pathlib import Path\n"
        "office = world.installation.office\n"
        "with world.work() as work:\n"
        "    ticket = office.check(work, world.cast['issuer'], uuid.UUID(order['facts']['intent_id']))\n"
        "secured = office.sign(ticket)\n"
        "Path(order['var'], 'lost.json').write_text(json.dumps(secured))\n"
        "die()\n",
    )
    after = state(approved)
    assert (after["intents"], after["certificates"], after["leaves"]) == (1, 0, 0)
    assert half_done(approved) == []
    approved.clock.now += timedelta(minutes=5)
    assert [approved.sign(approved.facts["intent_id"])] == after["numbers"]
    lost = parse_json((approved.installation.settings.var / "lost.json").read_bytes())
    with approved.reading() as work:
        certificate = certificate_by_number(work, after["numbers"][0])
        assert parse_json(certificate.credential) == lost, "the signature that nobody saw is this one"
    assert half_done(approved) == []


def test_another_library_does_not_get_past_the_ticket(approved, tmp_path):
    """A protocol edited while a certificate is signed: the policy is asked again under the lock."""
    intent_id, ticket, secured = _signed(approved)
    folder = tmp_path / "protocols"
    shutil.copytree(PROTOCOLS, folder)
    edited = folder / "SEMI-TC@1.toml"
    edited.write_text(edited.read_text(encoding="utf-8").replace('document = "', 'document = "x '), "utf-8")
    office = replace(approved.installation.office, library=load_library(folder))
    with approved.work() as work, pytest.raises(RatedPartsError) as refused:
        office.record(work, approved.cast["issuer"], intent_id, ticket, secured)
    assert refused.value.code == "protocol_changed_since"
