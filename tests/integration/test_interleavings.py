"""Every way in which two verbs on one object can overlap comes to what one after the other comes to."""

from itertools import combinations_with_replacement

import pytest
from sqlalchemy import select

from ratedparts.certificates.models import Certificate, CertificateStanding, IssuanceIntent
from ratedparts.db import database
from ratedparts.organisations.actor import Actor
from ratedparts.review import service as reviews
from ratedparts.review.models import Review
from ratedparts.store_verification import Store, verify_store
from ratedparts.submissions.models import PlanWithdrawal, Submission
from ratedparts.submissions.withdrawals import withdraw_plan

from .interleaving import carried_out
from .world import MEASURED, PASSWORD


def taking_back(verb):
    return lambda world, work: world.take_back_in(work, verb)


def judging(verdict):
    def verb(world, work):
        given = {"verdict": verdict, "statement": "Seen.", "password": PASSWORD}
        records = world.installation.office.records
        reviews.judge(work, world.cast["reviewer"], world.facts["review_id"], records, **given)

    return verb


def ask(world, work):
    maker: Actor = world.cast["maker"]
    reviews.ask(
        work,
        world.cast["reviewer"],
        world.facts["review_id"],
        organisation_id=maker.organisation_id,
        question="Which chamber?",
    )


def answer(world, work):
    reviews.answer(work, world.cast["maker"], world.facts["review_id"], statement="Chamber 4.")


def withdraw(world, work):
    reviews.withdraw(work, world.cast["maker"], world.facts["review_id"])


def send_back(world, work):
    reviews.send_back(work, world.cast["issuer"], world.facts["review_id"], statement="Lot 2 again.")


def appeal(world, work):
    reviews.appeal(work, world.cast["maker"], world.facts["review_id"], grounds="The lots are of three days.")


def apply(world, work):
    reviews.apply(work, world.cast["maker"], world.facts["part_id"])


def intend(world, work):
    world.installation.office.intend(work, world.cast["issuer"], world.facts["review_id"], PASSWORD)


def record(world, work):
    office, given = world.installation.office, world.facts["signed"]
    office.record(work, world.cast["issuer"], *given)


def send_in(world, work):
    world.submit_in(work, world.facts["plan"], world.facts["content"])


def withdraw_the_plan(world, work):
    withdraw_plan(work, world.cast["maker"], world.facts["plan"], reason="a socket burnt")


def applied(world):
    world.facts["review_id"] = world.apply()


def asked(world):
    applied(world)
    with world.work() as work:
        ask(world, work)


def approved(world):
    world.facts["review_id"] = world.approve()


def refused(world):
    applied(world)
    world.judge(world.facts["review_id"], "refused", statement="Too few.")


def signed(world):
    """Up to the signature, which nobody has recorded."""
    approved(world)
    office, issuer = world.installation.office, world.cast["issuer"]
    intent_id = world.intend(world.facts["review_id"])
    with world.work() as work:
        ticket = office.check(work, issuer, intent_id)
    world.facts["signed"] = intent_id, ticket, office.sign(ticket)


def suspended(world):
    world.take_back("suspend")


def with_a_successor(world):
    world.new_evidence()
    signed(world)


def suspended_with_a_successor(world):
    with_a_successor(world)
    world.take_back("suspend")


def planned(world):
    world.facts["part_id"] = world.register_part()
    world.facts["plan"] = world.register_plan(units=2)
    world.facts["content"] = world.example("PAR-CPK", world.facts["plan"], 6)
    world.clock.now = MEASURED


REVOKE, SUSPEND, REINSTATE = (taking_back(verb) for verb in ("revoke", "suspend", "reinstate"))
APPROVE, REFUSE = judging("approved"), judging("refused")
# What there is → the stage it begins at, what is done first, and who may come at the same time.
OBJECTS = {
    "a part to apply for": ("rated", None, {"apply": apply}),
    "an application that waits": (
        "rated",
        applied,
        {"ask": ask, "approve": APPROVE, "refuse": REFUSE, "withdraw": withdraw},
    ),
    "an application with a question": ("rated", asked, {"answer": answer, "withdraw": withdraw}),
    "an application that is approved": ("rated", approved, {"send back": send_back, "intend": intend}),
    "an application that is refused": ("rated", refused, {"appeal": appeal}),
    "a certificate that is signed": ("rated", signed, {"record": record, "send back": send_back}),
    "a certificate in force": (
        "certified",
        with_a_successor,
        {"suspend": SUSPEND, "revoke": REVOKE, "supersede": record},
    ),
    "a certificate suspended": (
        "certified",
        suspended_with_a_successor,
        {"reinstate": REINSTATE, "revoke": REVOKE, "supersede": record},
    ),
    "a plan that waits for results": (
        "founded",
        planned,
        {"send in": send_in, "withdraw the plan": withdraw_the_plan},
    ),
}
PAIRS = [
    pytest.param(name, first, second, id=f"{name}: {first}, {second}")
    for name, (_, _, verbs) in OBJECTS.items()
    for first, second in combinations_with_replacement(verbs, 2)
]
ONE_AFTER_THE_OTHER = ("AAABBB", "BBBAAA")
# Both have read what there was; then every order of what is left that locks can let happen.
OVERLAPPING = ("ABAABB", "ABABAB", "ABABBA", "BABBAA", "BABABA", "BABAAB")


@pytest.fixture
def impatient(monkeypatch):
    """Whoever would have to wait for a lock is told so within a moment."""
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.02)


def told_of(world):
    """Everything that a verb of these can change."""
    with world.reading() as work:
        return {
            table.__tablename__: sorted(map(str, work.session.scalars(select(column))))
            for table, column in (
                (Review, Review.state),
                (CertificateStanding, CertificateStanding.state),
                (Certificate, Certificate.grade),
                (IssuanceIntent, IssuanceIntent.issuer_id),
                (Submission, Submission.state),
                (PlanWithdrawal, PlanWithdrawal.reason),
            )
        }


@pytest.fixture(scope="module")
def prepared(databases):
    """Worlds to copy, each made when it is first asked for."""
    made = {}

    def world_of(name):
        if name not in made:
            stage, prepare, _ = OBJECTS[name]
            made[name] = databases.world(stage)
            if prepare is not None:
                prepare(made[name])
            made[name].database.dispose()
        return made[name]

    yield world_of
    for one in made.values():
        databases.forget(one.database.url)


@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
def test_two_at_once_come_to_what_one_after_the_other_comes_to(
    databases, prepared, impatient, name, first, second
):
    verbs = OBJECTS[name][2]

    def comes_to(steps):
        world = databases.copy_of(prepared(name))
        told, again = carried_out(world, {"A": verbs[first], "B": verbs[second]}, steps)
        outcome = (*told.values(), told_of(world))
        if steps in OVERLAPPING:
            report = verify_store(Store.of(world.installation), only=["audit_tells", "standings", "log"])
            assert report.codes == (), steps
        world.database.dispose()
        databases.forget(world.database.url)
        return outcome, again

    same = first == second
    expected = [comes_to(steps)[0] for steps in ONE_AFTER_THE_OTHER[: 1 if same else 2]]
    if same:  # which of the two was first is no matter
        expected.append((*reversed(expected[0][:2]), expected[0][2]))
    # SQLite has one writer: the second is told when it begins.
    told_after = 1 if databases.kind == "sqlite" else 4
    had_to_wait = {}
    for steps in OVERLAPPING[: 3 if same else 6]:
        if had_to_wait.get(steps[:told_after]):
            continue  # one was told at once: nothing of it was left to be kept in another order
        outcome, had_to_wait[steps[:told_after]] = comes_to(steps)
        assert outcome in expected, steps
        assert "done" in outcome[:2]
