"""Invitations, passwords, sign-ins, roles: who is who, from one request to the next."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ratedparts.errors import RatedPartsError
from ratedparts.organisations import forgotten_passwords, register, signing_in
from ratedparts.organisations.models import OneTimeLink, Person, Role
from ratedparts.organisations.register import LINK_LIFE
from ratedparts.organisations.signing_in import FAILURE_WINDOW, FAILURES_ALLOWED, SIGN_IN_LIFE

from .world import PASSWORD

NEW_PASSWORD = "another long password"
SECOND = timedelta(seconds=1)


def _invite(world, email="new@example.org", roles=("laboratory",), to="laboratory"):
    with world.work() as work:
        person, token = register.invite(
            work,
            world.cast["administrator"],
            email=email,
            name="New",
            organisation_id=world.cast[to].organisation_id,
            roles=list(roles),
        )
        return person.id, token


def _sign_in(world, email="maker@example.org", password=PASSWORD):
    with world.work() as work:
        return signing_in.sign_in(work, email=email, password=password)


def _choose(world, token, password=NEW_PASSWORD):
    with world.work() as work:
        return signing_in.choose_password(work, token, password)


def _who(world, token):
    with world.reading() as work:
        return signing_in.who(work, token)


def _refused(code, verb, *arguments, **more):
    with pytest.raises(RatedPartsError) as refusal:
        verb(*arguments, **more)
    assert refusal.value.code == code


def test_an_invited_person_chooses_a_password_once_and_signs_in(founded):
    _, token = _invite(founded)
    assert _sign_in(founded, "new@example.org", "") is None, "nobody signs in before choosing"
    _choose(founded, token)
    signed_in = _who(founded, _sign_in(founded, " New@Example.ORG ", NEW_PASSWORD))
    assert signed_in.acting().role == "laboratory"
    _refused("link_not_usable", _choose, founded, token)


def test_an_invitation_works_to_the_last_second_and_not_after(founded):
    _, first = _invite(founded)
    _, second = _invite(founded, "second@example.org")
    founded.clock.now += LINK_LIFE["invitation"] - SECOND
    _choose(founded, first)
    founded.clock.now += SECOND
    _refused("link_not_usable", _choose, founded, second)


def test_a_password_that_is_too_short_uses_no_link_up(founded):
    _, token = _invite(founded)
    _refused("password_length", _choose, founded, token, "short")
    _choose(founded, token)


def test_only_digests_of_tokens_are_kept(founded):
    _, token = _invite(founded)
    with founded.reading() as work:
        kept = {row.token_digest for row in work.session.scalars(select(OneTimeLink))}
    assert not any(token in digest for digest in kept)


@pytest.mark.parametrize("email", ["maker@example.org", "nobody@example.org"])
def test_a_guesser_is_slowed_down_whether_the_address_is_known_or_not(founded, email):
    for _ in range(FAILURES_ALLOWED):
        assert _sign_in(founded, email, "wrong password") is None
        founded.clock.now += SECOND
    _refused("too_many_failures", _sign_in, founded, email, PASSWORD)
    assert _sign_in(founded, "reviewer@example.org") is not None, "others are not held up"
    founded.clock.now += FAILURE_WINDOW
    assert (_sign_in(founded, email) is not None) == (email == "maker@example.org")


def test_a_sign_in_ends_by_signing_out_and_by_itself(founded):
    first, second = _sign_in(founded), _sign_in(founded)
    with founded.work() as work:
        signing_in.sign_out(work, first)
    assert _who(founded, first) is None
    founded.clock.now += SIGN_IN_LIFE - SECOND
    assert _who(founded, second) is not None
    founded.clock.now += SECOND
    assert _who(founded, second) is None


def test_an_ended_role_is_gone_with_the_next_request_and_stays_in_the_history(founded):
    session = _sign_in(founded)
    with founded.work() as work:
        access = signing_in.create_access_token(work, _who(founded, session).acting(), "a program")
    with founded.work() as work:
        role = work.session.scalars(
            select(Role).where(Role.person_id == founded.cast["maker"].person_id)
        ).one()
        register.end_role(work, founded.cast["administrator"], role.id)
    with pytest.raises(RatedPartsError) as refusal:
        _who(founded, session).acting()
    assert refusal.value.code == "role_needed"
    with founded.reading() as work:
        assert signing_in.who_holds(work, access)[0].roles == ()
        assert work.session.get_one(Role, role.id).ended_at == founded.clock.now
    _refused("not_found", _end, founded, role.id)


def _end(world, role_id):
    with world.work() as work:
        register.end_role(work, world.cast["administrator"], role_id)


def test_the_last_administrator_does_not_lock_the_door_behind_themselves(founded):
    with founded.reading() as work:
        role = work.session.scalars(select(Role).where(Role.name == "administrator")).one()
    _refused("own_administrator_role", _end, founded, role.id)


def test_a_disabled_person_neither_signs_in_nor_stays(founded):
    session = _sign_in(founded)
    with founded.work() as work:
        access = signing_in.create_access_token(work, founded.cast["maker"], "a program")
        work.session.get_one(Person, founded.cast["maker"].person_id).disabled_at = work.at
    assert _who(founded, session) is None
    assert _sign_in(founded) is None
    with founded.reading() as work:
        assert signing_in.who_holds(work, access) is None
    with founded.work() as work:
        assert forgotten_passwords.make_link(work, str(founded.cast["maker"].person_id)) is None


def test_an_access_token_is_shown_once_and_can_be_revoked_by_its_owner_only(founded):
    with founded.work() as work:
        access = signing_in.create_access_token(work, founded.cast["maker"], "a program")
    with founded.work() as work:
        (row,) = signing_in.access_tokens_of(work, founded.cast["maker"])
        assert access not in row.token_digest
        assert signing_in.who_holds(work, access)[0].acting().role == "maker"
        with pytest.raises(RatedPartsError) as refusal:
            signing_in.revoke_access_token(work, founded.cast["other_maker"], row.id)
        assert refusal.value.code == "not_found"
        signing_in.revoke_access_token(work, founded.cast["maker"], row.id)
        assert signing_in.who_holds(work, access) is None


def test_nobody_is_invited_as_reviewer_and_issuer(founded):
    _refused("reviewer_and_issuer", _invite, founded, roles=("reviewer", "issuer"), to="reviewer")


@pytest.mark.parametrize(
    ("to", "role"), [("maker", "reviewer"), ("laboratory", "maker"), ("reviewer", "maker")]
)
def test_a_role_fits_its_organisation(founded, to, role):
    _refused("role_not_of_organisation", _invite, founded, roles=(role,), to=to)


def test_an_address_is_taken_whatever_its_capitals(founded):
    _refused("form_refused", _invite, founded, "MAKER@example.org")


@pytest.mark.parametrize("name", ["maker", "laboratory", "reviewer", "issuer"])
def test_only_an_administrator_administers(founded, name):
    actor = founded.cast[name]
    with founded.work() as work:
        for verb, arguments in (
            (register.register_organisation, {"kind": "maker", "name_en": "X", "name_zh": "X"}),
            (
                register.invite,
                {"email": "x@x.org", "name": "x", "organisation_id": actor.organisation_id, "roles": []},
            ),
        ):
            with pytest.raises(RatedPartsError) as refusal:
                verb(work, actor, **arguments)
            assert refusal.value.code == "role_needed"


def test_there_is_one_first_administrator(founded):
    with founded.work() as work, pytest.raises(RatedPartsError) as refusal:
        register.first_administrator(
            work, email="a@b.org", name="A", authority_en="B", authority_zh="B", example=True
        )
    assert refusal.value.code == "administrator_exists"
