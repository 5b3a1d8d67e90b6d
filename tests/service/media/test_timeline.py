"""A medium's history in words: sides, gaps, who had it between, and events nobody has put into words."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from service.ledger.format import canonical_bytes, timestamp
from service.ledger.store import Entry
from service.locations.models import LocationKind
from service.media.history import CustodyGap, Names, handing_of, summary_of
from service.media.sentences import SENTENCES, plain, tell
from service.media.timeline import KINDS, timeline, told
from service.parties.models import PartyKind
from service.web.views.timeline import Event, Gap, Handover, Span

T0 = datetime(2026, 2, 25, 12, 0, tzinfo=UTC)
NAMES = Names(
    places={
        "slot": ("Site 1 › Library 1 › slot 3", LocationKind.SLOT),
        "shelf": ("Vault 2 › Shelf B-04", LocationKind.SHELF),
        "transit": ("CN-0361", LocationKind.CONSIGNMENT),
    },
    parties={
        "us": ("Our organisation", PartyKind.ORGANISATION),
        "carrier": ("Carrier", PartyKind.COURIER),
        "vendor": ("Vault vendor", PartyKind.VAULT_VENDOR),
    },
    handlers={"h2": "Handler 2"},
)


def entry(position, event, hours=0, *, facts=None, reason=None, by="h2", **changes):
    fields = {
        "at": timestamp(T0 + timedelta(hours=hours)), "by": {"handler": by, "via": "web"}, "event": event,
        "position": position, "subject": "medium:m", "v": 1, "set": changes, "facts": facts or {},
    }  # fmt: skip
    if reason:
        fields["reason"] = reason
    body = canonical_bytes(fields)
    return Entry(position, "medium:m", event, body, json.loads(body))


OUT = entry(10, "medium:released", 1, facts={"released_by": "Handler 1", "received_by": "Carrier driver 2", "seal": "004217", "container": "C-0091", "consignment": "CN-0361"}, custodian_id="carrier", location_id="transit")  # fmt: skip
ARRIVED = entry(11, "medium:received", 5, facts={"released_by": "Carrier driver 2", "received_by": "Vendor custodian"}, custodian_id="vendor", location_id="shelf")  # fmt: skip
LOST = entry(12, "medium:released", 10, facts={"released_by": "Vendor custodian"}, custodian_id="carrier", location_id="transit")  # fmt: skip
HOME = entry(13, "medium:received", 27, facts={"released_by": "Carrier driver 1", "received_by": "Handler 2"}, custodian_id="us", location_id="slot")  # fmt: skip
TAKEN_IN = entry(1, "medium:registered", 0, custodian_id="us", location_id="slot", content="full")
MOVED = entry(
    14, "medium:moved", 28, facts={"from": "Site 1 › Shelf A-02"}, custodian_id="us", location_id="slot"
)


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (TAKEN_IN, "Accession: taken in at Library 1, slot 3."),
        (MOVED, "Moved from Shelf A-02 to Library 1, slot 3."),
        (OUT, "Released to Carrier in C-0091 · seal 004217"),
        (ARRIVED, "Acknowledged by Vault vendor"),
        (HOME, "Received home"),
        (entry(1, "medium:packed", facts={"container": "C-0117"}, container_id="c"), "Packed into C-0117."),
        (entry(1, "medium:unpacked", facts={"container": "C-0117"}, location_id="slot"), "Unpacked from C-0117 to Library 1, slot 3."),
        (entry(1, "medium:content_changed", facts={"content_from": "full"}, content="expired"), "Content: full → expired."),
        (entry(1, "medium:edited", serial_number="X1", encrypted=True, tier=None), "Corrected: encrypted yes, serial number X1, tier removed."),
        (entry(1, "medium:missing"), "Missing: not where it has to be."),
        (entry(1, "medium:observed", facts={"from": "Site 1 › Library 1 › slot 9", "device": "Changer 1"}, location_id="slot"), "Seen by Changer 1 in Library 1, slot 3, not in Library 1, slot 9 as recorded."),
        (entry(1, "hold:placed", facts={"hold": "H-0031", "owner": "Security officer"}), "Hold H-0031 placed."),
        (entry(1, "hold:released", facts={"hold": "H-0031"}), "Hold H-0031 released."),
        (entry(1, "medium:never_heard_of"), "Never heard of."),
        (entry(1, "robot:sang_a_song"), "Robot sang a song."),
        (entry(1, "odd"), "Odd odd."),
    ],
)  # fmt: skip
def test_an_entry_is_a_sentence(one, sentence):
    assert plain(tell(one, NAMES).text) == sentence


def test_every_sentence_survives_an_entry_that_says_nothing():
    for event in SENTENCES:
        assert plain(tell(entry(1, event, by=None), NAMES).text)
        assert told(entry(1, event, by=None), NAMES)


def test_an_unknown_event_shows_its_readable_facts_and_its_reason():
    drawn = told(
        entry(1, "medium:weighed", facts={"weight_g": 221, "odd": {"x": 1}}, reason="checked twice"), NAMES
    )
    assert isinstance(drawn, Event)
    assert "weight g 221" in plain(drawn.detail)
    assert "Reason: checked twice" in plain(drawn.detail)
    assert "Handler 2" in plain(drawn.detail)


def test_a_transfer_has_two_sides_and_one_of_them_may_be_missing():
    drawn = told(OUT, NAMES)
    assert isinstance(drawn, Handover)
    assert (drawn.released.who, drawn.received.who) == ("Handler 1", "Carrier driver 2")
    torn = told(LOST, NAMES)
    assert torn.released.at is not None
    assert torn.received.at is None


def test_sides_may_bring_their_own_times():
    at = timestamp(T0)
    found = handing_of(
        entry(
            1,
            "medium:received",
            3,
            facts={"transfer": {"released_by": "A", "released_at": at, "received_by": "B"}},
        )
    )
    assert (found.released_at, found.received_at) == (T0, T0 + timedelta(hours=3))


def test_transfers_are_counted_and_a_gap_lasts_until_the_next_signature():
    summary = summary_of([handing_of(one) for one in (OUT, ARRIVED, LOST, HOME)])
    assert (summary.transfers, summary.two_sided) == (4, 3)
    (gap,) = summary.gaps
    assert gap.length(T0) == timedelta(hours=17)


def test_a_gap_that_nobody_closed_lasts_until_now():
    (gap,) = summary_of([handing_of(LOST)]).gaps
    assert gap.until is None
    assert gap.length(T0 + timedelta(hours=12)) == timedelta(hours=2)


def drawn(*entries, **more):
    return timeline(entries, NAMES, T0 + timedelta(hours=30), **more)


def test_spans_stand_between_changes_of_custodian_only():
    kinds = [type(one) for one in drawn(MOVED, HOME, ARRIVED, OUT, TAKEN_IN, place_now="Library 1, slot 3")]
    assert kinds == [Span, Event, Handover, Span, Handover, Span, Handover, Span, Event]


def test_the_newest_span_says_where_it_is_now_and_older_ones_where_it_was():
    found = drawn(HOME, ARRIVED, OUT, TAKEN_IN, place_now="Library 1, slot 7")
    spans = [plain(one.text) for one in found if isinstance(one, Span)]
    assert spans == [
        "with Our organisation for 3 h, now in Library 1, slot 7",
        "with Vault vendor for 22 h, in Shelf B-04",
        "with Carrier for 4 h, in transit",
        "with Our organisation for 1 h, in Library 1, slot 3",
    ]


def test_what_happens_outside_breaks_the_line():
    seen = entry(20, "medium:observed", 6, location_id="shelf")
    found = drawn(seen, ARRIVED, OUT, TAKEN_IN)
    assert [one.outside for one in found if isinstance(one, Span | Event)] == [True, True, True, False, False]


def test_a_gap_stands_above_the_release_that_opened_it():
    gap = CustodyGap(T0 + timedelta(hours=10), T0 + timedelta(hours=27))
    found = drawn(HOME, LOST, ARRIVED, gaps=[gap])
    at = next(number for number, one in enumerate(found) if isinstance(one, Gap))
    assert plain(found[at].text) == "Gap: 17 h without a signed custodian."
    assert isinstance(found[at + 1], Handover)
    assert found[at + 1].received.at is None


def test_an_older_page_does_not_guess_until_when():
    found = drawn(ARRIVED, OUT, from_newest=False)
    assert not isinstance(found[0], Span)


def test_every_kind_of_the_filter_names_events_that_have_sentences():
    for name, events in KINDS.items():
        assert name == "all" or events
        assert all(event in SENTENCES for event in events)
