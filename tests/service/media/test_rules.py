"""What may be done with a medium."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise, product

import pytest

from service.errors import InvalidInputError, StateError
from service.locations.models import LocationKind
from service.media import rules
from service.media.models import Content, Custody, MediaType
from service.parties.models import PartyKind

TODAY = date(2026, 11, 19)
FULL = rules.Standing("STR142L8", MediaType.LTO, Content.FULL, Custody.ON_SITE, None, None)
SINCE = datetime(2026, 3, 3, 21, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("location", "party", "more", "custody"),
    [
        (LocationKind.SLOT, PartyKind.ORGANISATION, {}, Custody.IN_LIBRARY),
        (LocationKind.DRIVE, PartyKind.ORGANISATION, {}, Custody.IN_LIBRARY),
        (LocationKind.MAIL_SLOT, PartyKind.ORGANISATION, {}, Custody.IN_LIBRARY),
        (LocationKind.LIBRARY, PartyKind.ORGANISATION, {}, Custody.ON_SITE),
        (LocationKind.SHELF, PartyKind.ORGANISATION, {}, Custody.ON_SITE),
        (LocationKind.SHELF, PartyKind.ORGANISATION, {"sealed": True}, Custody.PACKED),
        (LocationKind.SLOT, PartyKind.ORGANISATION, {"sealed": True}, Custody.PACKED),
        (LocationKind.SHELF, PartyKind.VAULT_VENDOR, {}, Custody.VAULTED),
        (LocationKind.SHELF, PartyKind.VAULT_VENDOR, {"sealed": True}, Custody.VAULTED),
        (LocationKind.CONSIGNMENT, PartyKind.COURIER, {"sealed": True}, Custody.IN_TRANSIT),
        (LocationKind.CONSIGNMENT, PartyKind.VAULT_VENDOR, {}, Custody.IN_TRANSIT),
        (LocationKind.CONSIGNMENT, PartyKind.COURIER, {"missing": True}, Custody.MISSING),
        (LocationKind.SLOT, PartyKind.ORGANISATION, {"missing": True, "gone": True}, Custody.GONE),
    ],
)
def test_custody_follows_from_the_strongest_fact(location, party, more, custody):
    facts = {"sealed": False, "missing": False, "gone": False} | more
    assert rules.custody_of(location, party, **facts) is custody


def test_the_contents_go_round_without_a_reason():
    circle = (Content.SCRATCH, Content.ACTIVE, Content.FULL, Content.EXPIRED, Content.SCRATCH)
    for content, to in pairwise(circle):
        rules.check_content_change(replace(FULL, content=content), to, "", TODAY)


def test_every_step_that_no_table_names_is_refused():
    for content, to in product(Content, Content):
        if to in rules.next_contents(content):
            continue
        with pytest.raises(rules.ContentError, match="cannot become"):
            rules.check_content_change(replace(FULL, content=content), to, "reason", TODAY)


def test_nothing_becomes_scratch_but_what_expired_or_was_sanitized():
    sources = {content for content in Content if Content.SCRATCH in rules.next_contents(content)}
    assert sources == {Content.EXPIRED, Content.SANITIZED}


def test_destroyed_is_the_end():
    assert not rules.next_contents(Content.DESTROYED)


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_quarantine_wants_a_reason_in_writing(reason):
    with pytest.raises(InvalidInputError) as refused:
        rules.check_content_change(FULL, Content.QUARANTINED, reason, TODAY)
    assert "reason" in refused.value.fields


@pytest.mark.parametrize("reason", ["x" * 501, "a\x00b", "\x1b[31m"])
def test_a_reason_that_cannot_be_kept_is_refused(reason):
    with pytest.raises(InvalidInputError):
        rules.check_reason(reason)


@pytest.mark.parametrize(
    ("content", "to"),
    [
        (Content.EXPIRED, Content.SCRATCH),
        (Content.FULL, Content.RETIRED),
        (Content.RETIRED, Content.SANITIZED),
        (Content.RETIRED, Content.DESTROYED),
    ],
)
def test_a_hold_refuses_whatever_ends_the_protection(content, to):
    held = replace(FULL, content=content, held_since=SINCE)
    with pytest.raises(rules.HeldError, match="on hold since 2026-03-03"):
        rules.check_content_change(held, to, "reason", TODAY)
    rules.check_content_change(replace(held, held_since=None), to, "reason", TODAY)


def test_a_hold_lets_a_medium_be_quarantined():
    rules.check_content_change(replace(FULL, held_since=SINCE), Content.QUARANTINED, "label damaged", TODAY)


@pytest.mark.parametrize(
    ("content", "to"), [(Content.FULL, Content.EXPIRED), (Content.EXPIRED, Content.SCRATCH)]
)
def test_retention_ends_on_its_day_and_not_before(content, to):
    kept = replace(FULL, content=content, expires_on=date(2026, 11, 20))
    with pytest.raises(rules.RetentionError, match="until 2026-11-20"):
        rules.check_content_change(kept, to, "", TODAY)
    rules.check_content_change(kept, to, "", date(2026, 11, 20))


def test_a_missing_medium_is_not_handed_out_as_scratch():
    missing = replace(FULL, content=Content.EXPIRED, custody=Custody.MISSING)
    with pytest.raises(rules.ContentError):
        rules.check_content_change(missing, Content.SCRATCH, "", TODAY)


def test_a_medium_that_is_gone_stays_as_it_was():
    assert not rules.possible_contents(replace(FULL, custody=Custody.GONE))


def test_a_cleaning_cartridge_is_never_full_or_scratch():
    cleaning = replace(FULL, media_type=MediaType.CLEANING, content=Content.ACTIVE)
    assert set(rules.possible_contents(cleaning)) == {Content.QUARANTINED, Content.RETIRED}
    with pytest.raises(InvalidInputError):
        rules.check_first_content(MediaType.CLEANING, Content.SCRATCH)


@pytest.mark.parametrize("content", [Content.SANITIZED, Content.DESTROYED])
def test_no_medium_is_taken_in_as_sanitized_or_destroyed(content):
    with pytest.raises(InvalidInputError, match="its own proof"):
        rules.check_first_content(MediaType.LTO, content)


def test_an_earlier_expiry_wants_a_reason_and_no_hold():
    kept = replace(FULL, expires_on=date(2027, 12, 9))
    rules.check_expiry_change(kept, date(2028, 1, 1), "")
    with pytest.raises(InvalidInputError):
        rules.check_expiry_change(kept, date(2027, 1, 1), "")
    with pytest.raises(InvalidInputError):
        rules.check_expiry_change(kept, None, "")
    rules.check_expiry_change(kept, date(2027, 1, 1), "typing error")
    with pytest.raises(StateError, match="on hold"):
        rules.check_expiry_change(replace(kept, held_since=SINCE), date(2027, 1, 1), "typing error")
