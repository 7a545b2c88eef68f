"""An application step by step: the whole table of states and verbs, questions, appeals, signed judgements."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from ratedparts.certificates.signing_keys import published_keys
from ratedparts.errors import RatedPartsError
from ratedparts.organisations import register, signing_in
from ratedparts.proofs import parse_json, verify_proof
from ratedparts.review import lists
from ratedparts.review import service as reviews
from ratedparts.review.models import Review, ReviewStep
from ratedparts.review.states import STATES, STEPS, VERBS, state_after

from .world import PASSWORD


def invited(world, name, role, of="reviewer"):
    """Another person, with the password of all."""
    with world.work() as work:
        person, _ = register.invite(
            work,
            world.cast["administrator"],
            email=f"{name}@example.org",
            name=name,
            organisation_id=world.cast[of].organisation_id,
            roles=[role],
        )
        person.password_hash = work.session.get_one(
            type(person), world.cast["reviewer"].person_id
        ).password_hash
        world.cast[name] = signing_in.roles_of(work, person.id).acting()


def take(world, review_id, verb, by=None):
    """One verb, by whoever may."""
    people = dict.fromkeys(("ask", "approve", "refuse"), "reviewer")
    people |= dict.fromkeys(("send_back", "release"), "issuer")
    actor = world.cast[by or people.get(verb, "maker")]
    with world.work() as work:
        if verb == "ask":
            maker = world.cast["maker"].organisation_id
            return reviews.ask(work, actor, review_id, organisation_id=maker, question="Which chamber?").id
        if verb == "answer":
            return reviews.answer(work, actor, review_id, statement="Chamber 4.").id
        if verb in ("approve", "refuse"):
            verdict = {"approve": "approved", "refuse": "refused"}[verb]
            records = world.installation.office.records
            return reviews.judge(
                work, actor, review_id, records, verdict=verdict, statement="Seen.", password=PASSWORD
            ).id
        if verb == "send_back":
            return reviews.send_back(work, actor, review_id, statement="Lot 2 again.").id
        if verb == "release":
            if state_after(work.session.get_one(Review, review_id).state, verb):
                reviews.release(work, actor, work.session.get_one(Review, review_id))
            return review_id
        if verb == "withdraw":
            return reviews.withdraw(work, actor, review_id).id
        return reviews.appeal(work, actor, review_id, grounds="The lots are of three days.").id


WAYS = {
    "waiting": (),
    "asked": ("ask",),
    "approved": ("approve",),
    "refused": ("refuse",),
    "withdrawn": ("withdraw",),
}


def state(world, review_id):
    with world.reading() as work:
        return work.session.get_one(Review, review_id).state


@pytest.mark.parametrize("start", STATES)
def test_every_verb_in_every_state_is_taken_or_refused_as_the_table_says(rated, start):
    review_id = rated.apply()
    for verb in WAYS[start]:
        take(rated, review_id, verb)
    for verb in VERBS:
        if (start, verb) in STEPS:
            continue
        with pytest.raises(RatedPartsError) as refusal:
            take(rated, review_id, verb)
        # To whom nothing was asked, there is nothing to answer.
        assert refusal.value.code in ("review_step_impossible", "not_found")
        assert state(rated, review_id) == start
    with rated.reading() as work:
        assert len(lists.steps_of(work, review_id)) == 1 + len(WAYS[start]), "a refused step leaves no trace"


@pytest.mark.parametrize(("start", "verb"), [one for one in STEPS if one[1] != "appeal"])
def test_every_step_of_the_table_leads_where_it_says_and_is_kept(rated, start, verb):
    review_id = rated.apply()
    for before in WAYS[start]:
        take(rated, review_id, before)
    take(rated, review_id, verb)
    assert state(rated, review_id) == STEPS[start, verb]
    with rated.reading() as work:
        assert [step.verb for step in lists.steps_of(work, review_id)] == ["apply", *WAYS[start], verb]


def test_a_question_goes_to_a_party_and_only_it_answers(rated):
    review_id = rated.apply()
    stranger = rated.cast["other_laboratory"]
    with rated.work() as work, pytest.raises(RatedPartsError) as refusal:
        reviews.ask(
            work, rated.cast["reviewer"], review_id, organisation_id=stranger.organisation_id, question="?"
        )
    assert refusal.value.code == "asked_no_party"
    laboratory = rated.cast["laboratory"]
    with rated.work() as work:
        reviews.ask(
            work,
            rated.cast["reviewer"],
            review_id,
            organisation_id=laboratory.organisation_id,
            question="Which socket?",
        )
    with rated.reading() as work:
        assert [step.statement for _, step in lists.questions_for(work, laboratory)] == ["Which socket?"]
        assert lists.questions_for(work, rated.cast["maker"]) == []
    for stranger_name in ("maker", "other_laboratory", "other_maker"):
        with rated.work() as work, pytest.raises(RatedPartsError) as refusal:
            reviews.answer(work, rated.cast[stranger_name], review_id, statement="mine")
        assert refusal.value.code == "not_found"
    with rated.work() as work:
        reviews.answer(work, laboratory, review_id, statement="Socket 7.")
    assert state(rated, review_id) == "waiting"


def test_the_asked_are_told_by_letter_and_so_is_who_waited(rated):
    review_id = rated.apply()
    take(rated, review_id, "ask")
    take(rated, review_id, "answer")
    take(rated, review_id, "refuse")
    rated.run_jobs()
    letters = [path.read_text() for path in sorted(rated.installation.settings.outbox.iterdir())]
    to = sorted(line for letter in letters for line in letter.splitlines() if line.startswith("To:"))
    assert to == ["To: maker@example.org", "To: maker@example.org", "To: reviewer@example.org"]


def test_a_judgement_is_a_signed_record_in_favour_or_against(rated):
    review_id = rated.apply()
    take(rated, review_id, "refuse")
    with rated.reading() as work:
        record = parse_json(lists.judgement_of(work, review_id))
        key = published_keys(work).find(record["proof"]["verificationMethod"])
        evaluation = work.session.get_one(Review, review_id).evaluation
    assert verify_proof(record, key.public_key)
    subject = record["credentialSubject"]
    assert (subject["verdict"], subject["statement"]) == ("refused", "Seen.")
    assert subject["dossier_digest"] == evaluation.dossier_digest
    assert "reviewer" not in json.dumps(record), "the authority answers for its people"


def test_an_appeal_is_heard_once_by_somebody_else(rated):
    review_id = rated.apply()
    take(rated, review_id, "refuse")
    with pytest.raises(RatedPartsError) as refusal:
        rated.apply()
    assert refusal.value.code == "refused_before"
    appeal_id = take(rated, review_id, "appeal")
    with pytest.raises(RatedPartsError) as refusal:
        take(rated, review_id, "appeal")
    assert refusal.value.code == "already_appealed"
    with pytest.raises(RatedPartsError) as refusal:
        take(rated, appeal_id, "approve")
    assert refusal.value.code == "same_person"
    invited(rated, "second_reviewer", "reviewer")
    take(rated, appeal_id, "approve", by="second_reviewer")
    assert (state(rated, review_id), state(rated, appeal_id)) == ("refused", "approved")
    assert rated.issue(appeal_id)


def test_no_appeal_against_an_appeal_and_none_too_late(rated):
    review_id = rated.apply()
    take(rated, review_id, "refuse")
    decided = rated.clock.now
    rated.clock.now = decided + reviews.APPEAL_WITHIN + timedelta(seconds=1)
    with pytest.raises(RatedPartsError) as refusal:
        take(rated, review_id, "appeal")
    assert refusal.value.code == "appeal_too_late"
    rated.clock.now = decided + reviews.APPEAL_WITHIN
    appeal_id = take(rated, review_id, "appeal")
    invited(rated, "second_reviewer", "reviewer")
    take(rated, appeal_id, "refuse", by="second_reviewer")
    with pytest.raises(RatedPartsError) as refusal:
        take(rated, appeal_id, "appeal")
    assert refusal.value.code == "appeal_was_heard"


def test_what_an_issuer_sends_back_is_judged_again_and_the_first_approval_is_kept(rated):
    review_id = rated.approve()
    take(rated, review_id, "send_back")
    with pytest.raises(RatedPartsError) as refusal:
        rated.intend(review_id)
    assert refusal.value.code == "not_approved"
    take(rated, review_id, "approve")
    assert rated.issue(review_id)
    with rated.reading() as work:
        kept = work.session.scalars(select(ReviewStep.record).where(ReviewStep.verb == "approve")).all()
    assert len(kept) == 2
    assert all(kept)


def test_what_has_been_issued_is_not_sent_back(rated, programs):
    """Or the maker could withdraw the application of a certificate in force, and be given another on it."""
    rated.certify()
    client = programs.of("issuer")
    path = f"/api/v1/reviews/{rated.facts['review_id']}"
    seen = {"If-Match": client.get(path).headers["ETag"]}
    answer = client.post(f"{path}/doubt", json={"statement": "Lot 2 again."}, headers=seen)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "certificate_was_issued")
    assert state(rated, rated.facts["review_id"]) == "approved"
