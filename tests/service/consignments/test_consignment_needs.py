"""What waits for whom: most urgent first, with the one act that takes it on."""

from travel import ADMINISTRATOR, AUDITOR, HOME, OFFICER, OTHER, OURS, OUT, VENDOR

from service.consignments.queries import needs
from service.web.views.parts import Tone


def waiting(travel, who):
    with travel.runtime.database.reading() as session:
        return needs(session, travel.house.people[who], travel.runtime.clock())


def told(travel, who):
    return [(need.kind, need.act_href) for need in waiting(travel, who)]


def test_nothing_waits_for_an_auditor_or_a_stranger(travel):
    for direction in (OUT, HOME):
        travel.frozen(direction)
        travel.in_transit(direction)
    assert told(travel, AUDITOR) == []
    assert told(travel, OTHER) == []


def test_each_end_is_told_its_own_step(travel):
    packing, frozen = travel.chosen(OUT), travel.frozen(OUT)
    coming, home = travel.in_transit(OUT), travel.opened(HOME)
    assert set(told(travel, OURS)) == {
        ("pack", f"/scan?task=pack:{packing}"), ("sign", f"/consignments/{frozen}/sign"),
    }  # fmt: skip
    assert set(told(travel, VENDOR)) == {
        ("acknowledge", f"/consignments/{coming}/acknowledge"), ("pack", f"/scan?task=pack:{home}"),
    }  # fmt: skip


def test_what_is_late_stands_first_and_is_told_to_both_ends(travel):
    late = travel.overdue(OUT)
    fresh = travel.in_transit(OUT)
    found = waiting(travel, VENDOR)
    assert [(need.kind, need.tone) for need in found] == [("overdue", Tone.RED), ("acknowledge", Tone.AMBER)]
    assert [need.act_href for need in found] == [f"/consignments/{one}/acknowledge" for one in (late, fresh)]
    assert found[0].due < travel.runtime.clock() < found[1].due
    assert told(travel, OURS) == [("overdue", f"/consignments/{late}")]


def test_what_came_home_waits_for_unpacking_and_then_for_closing(travel):
    number = travel.received(HOME)
    assert told(travel, OURS) == [("unpack", f"/scan?task=unpack:{number}")]
    travel.house.scan(OURS, f"unpack:{number}", travel.box, *travel.barcodes)
    assert told(travel, OURS) == [("close", f"/consignments/{number}/close")]
    assert told(travel, VENDOR) == []


def test_discrepancies_wait_for_who_may_resolve_them_one_line_a_consignment(travel):
    number = travel.disputed(OUT)
    for who in (ADMINISTRATOR, OFFICER):
        assert told(travel, who) == [("discrepancy", f"/discrepancies?consignment={number}")]
    assert told(travel, OURS) == []
    client = travel.client(OFFICER)
    for one in ("D-0001", "D-0002"):
        answer = client.post(f"/api/v1/discrepancies/{one}/resolve", json={"resolution": "found"})
        assert answer.status_code == 200
    assert told(travel, OFFICER) == [("discrepancy", "/discrepancies/D-0003/resolve")]
    client.post("/api/v1/discrepancies/D-0003/resolve", json={"resolution": "found"})
    assert told(travel, OURS) == [("close", f"/consignments/{number}/close")]
