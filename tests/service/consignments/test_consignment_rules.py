"""What is decided without a database: states, directions, duties, deadlines, what may leave."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.consignments import rules
from service.consignments.models import ConsignmentState, Direction, LineState, SealOutcome
from service.consignments.rules import Duty, End
from service.consignments.words import counted, place_of
from service.errors import InvalidInputError
from service.handlers.models import Role
from service.handlers.rules import ROLE_PERMISSIONS, Permission
from service.parties.models import PartyKind

NOW = datetime(2026, 11, 19, 19, 6, tzinfo=UTC)
S = ConsignmentState
POSSIBLE = {
    "packed": {S.OPEN}, "frozen": {S.OPEN}, "cancelled": {S.OPEN, S.FROZEN}, "dispatched": {S.FROZEN},
    "received": {S.IN_TRANSIT}, "unpacked": {S.RECEIVED}, "closed": {S.RECEIVED},
}  # fmt: skip


@pytest.mark.parametrize("act", sorted(POSSIBLE))
@pytest.mark.parametrize("state", list(S))
def test_each_act_is_possible_in_its_states_alone(act, state):
    if state in POSSIBLE[act]:
        rules.check_act("CN-0001", state, act)
        return
    with pytest.raises(rules.ConsignmentStateError, match="Nothing was changed"):
        rules.check_act("CN-0001", state, act)


def test_no_state_has_a_rule_that_is_not_in_the_table():
    assert set(rules.ACTS) == set(POSSIBLE)


@pytest.mark.parametrize("duty", list(Duty))
@pytest.mark.parametrize("direction", list(Direction))
def test_a_vendor_s_custodian_does_the_vendor_s_end_and_nothing_of_ours(duty, direction):
    vendors = (duty in {Duty.PACK, Duty.SKIP, Duty.RELEASE} and direction is Direction.HOME) or (
        duty is Duty.RECEIVE and direction is Direction.OUT
    )
    needed = rules.permission_for(duty, direction)
    assert (needed in ROLE_PERMISSIONS[Role.VAULT_CUSTODIAN]) == vendors
    at_vendor = End.FROM if direction is Direction.HOME else End.TO
    assert (rules.end_of(duty, direction) is at_vendor) == vendors


def test_an_auditor_has_no_duty():
    needed = {rules.permission_for(duty, direction) for duty in Duty for direction in Direction}
    assert not needed & ROLE_PERMISSIONS[Role.AUDITOR]
    assert Permission.READ_CONSIGNMENTS not in needed


@given(st.sampled_from(PartyKind), st.sampled_from(PartyKind))
def test_a_direction_exists_only_between_us_and_a_vendor(giver, taker):
    pair = {giver, taker}
    if pair == {PartyKind.ORGANISATION, PartyKind.VAULT_VENDOR}:
        out = giver is PartyKind.ORGANISATION
        assert rules.direction_of(giver, taker) is (Direction.OUT if out else Direction.HOME)
        return
    with pytest.raises(InvalidInputError):
        rules.direction_of(giver, taker)


@given(st.integers(min_value=-10_000_000, max_value=10_000_000))
def test_a_deadline_lies_ahead_and_not_further_than_thirty_days(seconds):
    fits = 0 < seconds <= timedelta(days=30).total_seconds()
    due = NOW + timedelta(seconds=seconds)
    if fits:
        rules.check_due(due, NOW)
        return
    with pytest.raises(InvalidInputError):
        rules.check_due(due, NOW)


def test_a_deadline_needs_a_zone():
    with pytest.raises(InvalidInputError):
        rules.check_due((NOW + timedelta(hours=1)).replace(tzinfo=None), NOW)


@given(st.sampled_from(LineState), st.sampled_from([*SealOutcome, None]), st.booleans())
def test_a_packed_medium_arrives_only_in_a_seen_container_with_its_seal_intact(state, outcome, seen):
    found = rules.received_state(state, outcome, container_seen=seen)
    if state is not LineState.PACKED:
        assert found is state
    else:
        assert (found is LineState.MATCHED) == (seen and outcome is SealOutcome.INTACT)
        assert found in {LineState.MATCHED, LineState.MISSING}


def test_only_the_declared_number_is_the_seal():
    assert rules.judge_seal("004711", " 004711 ") is SealOutcome.INTACT
    assert rules.judge_seal("A-17", "a-17") is SealOutcome.INTACT
    assert rules.judge_seal("004711", "004712") is SealOutcome.MISMATCH
    assert rules.judge_seal(None, "004711") is SealOutcome.MISMATCH


@pytest.mark.parametrize(
    ("astray", "unlisted", "on_hold", "word"),
    [
        (["A"], [], [], "outside its container"), ([], ["B"], [], "not on its list"), ([], [], ["C"], "hold forbids"),
    ],
)  # fmt: skip
def test_what_is_astray_unlisted_or_on_hold_keeps_the_consignment_here(astray, unlisted, on_hold, word):
    with pytest.raises(rules.NotReadyError, match=word):
        rules.check_may_leave("CN-0001", astray, unlisted, on_hold)
    rules.check_may_leave("CN-0001", [], [], [])


def test_counts_and_places_read_as_people_say_them():
    assert (counted(1, "medium"), counted(1200, "medium")) == ("1 medium", "1,200 media")
    assert place_of("Vault vendor", "Vault 2 › Shelf B-04") == "Vault vendor, Vault 2, Shelf B-04"
