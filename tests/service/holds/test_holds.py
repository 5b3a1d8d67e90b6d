"""Holds: placed with a reason, released by somebody else, told by the medium's own history."""

from datetime import date

import pytest
from media_site import as_handler, make_person, make_site, register, replay_agrees, row

from service.errors import InvalidInputError, NotFoundError
from service.holds import actions, queries, rules
from service.ledger import store
from service.ledger.writer import SYSTEM
from service.media import actions as media_actions
from service.media.models import Content
from service.media.rules import HeldError


@pytest.fixture
def site(runtime):
    return make_site(runtime)


@pytest.fixture
def officer(runtime, site):
    return make_person(runtime, site, "Security officer")


@pytest.fixture
def second(runtime, site):
    return make_person(runtime, site, "Backup administrator 1")


@pytest.fixture
def medium(runtime, site):
    return register(runtime, site, "STR142L8", content=Content.EXPIRED)


def place(runtime, by, medium, **more):
    more = {"owner_id": by} | more
    return runtime.writer.run(
        as_handler(by), lambda unit: actions.place(unit, medium, "payer dispute 2025 Q4", **more)
    )


def release(runtime, by, number, reason="dispute settled"):
    runtime.writer.run(as_handler(by), lambda unit: actions.release(unit, number, reason))


def history(runtime, medium):
    with runtime.database.reader.connect() as connection:
        return store.entries_of(connection, f"medium:{medium}")


def scratch(runtime, medium):
    runtime.writer.run(
        SYSTEM, lambda unit: media_actions.change_content(unit, medium, Content.SCRATCH, "reuse")
    )


def test_a_hold_is_told_by_the_medium_s_own_history(runtime, medium, officer, second):
    number = place(runtime, officer, medium, approver_id=second, review_on=date(2027, 3, 3))
    entry = history(runtime, medium)[0]
    assert entry.event == "hold:placed"
    assert entry.fields["reason"] == "payer dispute 2025 Q4"
    assert entry.facts == {
        "approver": "Backup administrator 1", "hold": number, "owner": "Security officer", "review_on": "2027-03-03",
    }  # fmt: skip
    assert replay_agrees(runtime)


def test_a_held_medium_cannot_become_scratch_until_the_hold_is_released(runtime, medium, officer, second):
    number = place(runtime, officer, medium)
    with pytest.raises(HeldError):
        scratch(runtime, medium)
    release(runtime, second, number)
    scratch(runtime, medium)
    assert row(runtime, "STR142L8").content is Content.SCRATCH
    assert replay_agrees(runtime)


def test_who_placed_a_hold_cannot_release_it(runtime, medium, officer):
    number = place(runtime, officer, medium)
    with pytest.raises(rules.SecondPersonError):
        release(runtime, officer, number)
    assert row(runtime, "STR142L8").held_since is not None


def test_the_system_releases_nothing(runtime, medium, officer):
    number = place(runtime, officer, medium)
    with pytest.raises(rules.SecondPersonError):
        runtime.writer.run(SYSTEM, lambda unit: actions.release(unit, number, "time is over"))


def test_who_places_a_hold_cannot_approve_it(runtime, medium, officer):
    with pytest.raises(rules.SecondPersonError):
        place(runtime, officer, medium, approver_id=officer)


def test_a_medium_stays_on_hold_until_its_last_hold_is_released(runtime, medium, officer, second, clock):
    first = place(runtime, officer, medium)
    began = row(runtime, "STR142L8").held_since
    clock.forward(days=1)
    later = place(runtime, officer, medium)
    assert row(runtime, "STR142L8").held_since == began
    release(runtime, second, first)
    assert row(runtime, "STR142L8").held_since == clock.now
    with pytest.raises(HeldError):
        scratch(runtime, medium)
    release(runtime, second, later)
    assert row(runtime, "STR142L8").held_since is None
    assert replay_agrees(runtime)


def test_a_hold_is_released_once(runtime, medium, officer, second):
    number = place(runtime, officer, medium)
    release(runtime, second, number)
    with pytest.raises(rules.HoldReleasedError):
        release(runtime, second, number)


def test_placing_and_releasing_want_reasons(runtime, medium, officer, second):
    with pytest.raises(InvalidInputError):
        runtime.writer.run(
            as_handler(officer), lambda unit: actions.place(unit, medium, "  ", owner_id=officer)
        )
    number = place(runtime, officer, medium)
    with pytest.raises(InvalidInputError):
        release(runtime, second, number, " ")


def test_a_review_in_the_past_or_an_unknown_owner_is_refused(runtime, medium, officer):
    with pytest.raises(InvalidInputError, match="in the past"):
        place(runtime, officer, medium, review_on=date(2026, 11, 18))
    with pytest.raises(InvalidInputError, match="nobody"):
        place(runtime, officer, medium, owner_id="nobody")
    assert row(runtime, "STR142L8").held_since is None


def test_a_medium_that_is_gone_takes_no_hold(runtime, site, officer):
    medium = register(runtime, site, "STR143L8", content=Content.RETIRED)
    runtime.writer.run(
        SYSTEM, lambda unit: media_actions.change_content(unit, medium, Content.DESTROYED, "shredded")
    )
    with pytest.raises(rules.GoneError):
        place(runtime, officer, medium)


def test_other_rooms_ask_for_many_media_at_once(runtime, site, medium, officer, second):
    other = register(runtime, site, "STR143L8")
    number = place(runtime, officer, medium)
    place(runtime, officer, medium)
    release(runtime, second, number)
    with runtime.database.reading() as session:
        by_session = queries.held(session, [medium, other])
        assert queries.held(session.connection(), [medium, other]) == by_session
    assert list(by_session) == [medium]
    assert [hold.number for hold in by_session[medium]] == ["H-0002"]


def test_holds_are_listed_newest_first_with_names(runtime, medium, officer, second, clock):
    place(runtime, officer, medium, approver_id=second)
    clock.forward(seconds=1)
    place(runtime, officer, medium)
    release(runtime, second, "H-0001")
    with runtime.database.reading() as session:
        assert [hold.number for hold in queries.holds(session)] == ["H-0002"]
        everything = queries.holds(session, open_only=False)
        assert [hold.number for hold in everything] == ["H-0002", "H-0001"]
        assert everything[1].approver == everything[1].released_by == "Backup administrator 1"
        assert everything[1].barcode == "STR142L8"
        assert queries.holds(session, open_only=False, after=everything[0].hold_id) == everything[1:]
        with pytest.raises(NotFoundError):
            queries.hold(session.connection(), "H-9999")
