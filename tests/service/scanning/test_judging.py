"""What a scan while packing means, from the facts alone."""

from service.consignments.models import LineState
from service.locations.models import LocationKind
from service.scanning.rules import PackFacts, PackVerdict, judge_pack


def test_what_is_missing_is_told_before_anything_else():
    facts = PackFacts(
        line=LineState.WANTED, line_container=None, medium_container=None, with_us=True, on_hold=True,
        location_kind=LocationKind.ROOM, container_id="c", room_left=1, missing=True,
    )  # fmt: skip
    assert judge_pack(facts) is PackVerdict.MISSING
