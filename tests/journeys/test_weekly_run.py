"""The main job, as units of work: plan → approve → eject → pack → seal → sign → acknowledge → reconcile; and home again."""

from datetime import date

import msgspec
import pytest
from house import furnished, signature, with_media

from service.consignments.actions import dispatch, freeze
from service.consignments.models import SealOutcome
from service.custody.actions import resolve_discrepancy
from service.receipts.actions import close as reconcile
from service.receipts.actions import receive
from service.rotation import actions as rotation
from service.rotation import queries


def told(answers):
    return [msgspec.json.decode(answer.body) for answer in answers]


@pytest.fixture
def house(runtime):
    return with_media(furnished(runtime))


def approved(house):
    number = house.run(lambda unit: rotation.plan_run(unit, house.ids["schedule"], date(2026, 11, 19)))
    house.run(lambda unit: rotation.approve(unit, number))
    with house.runtime.database.reading() as session:
        run = queries.run_by_number(session, number)
    return number, run


def eject(house, run):
    with house.runtime.database.reader.connect() as connection:
        lines = queries.lines_to_eject(connection, run.run_id)
    for index, line in enumerate(lines, 1):
        slot = house.ids[f"mail slot {index}"]
        house.run(
            lambda unit, line=line, slot=slot: rotation.ejected(
                unit, run.run_id, line.medium_id, slot, 1, line.slot_number
            )
        )
        house.run(lambda unit, line=line: rotation.emptied(unit, run.run_id, line.medium_id))
    return [line.barcode for line in lines]


def test_a_week_goes_out_and_comes_home(house):
    number, run = approved(house)
    assert number == "2026-W47"
    barcodes = eject(house, run)
    assert barcodes == ["STR141L8", "STR142L8", "STR143L8"]

    house.container("C-0117")
    chosen, *packed = told(house.scan("Handler 2", "pack:CN-0001", "C-0117")) + told(
        house.scan("Handler 2", "pack:CN-0001:C-0117", *barcodes)
    )
    assert chosen["task"] == "pack:CN-0001:C-0117"
    assert [one["outcome"] for one in packed] == ["right"] * 3
    assert packed[-1]["counts"] == {"left": 0, "done": 3}
    assert told(house.scan("Handler 2", "pack:CN-0001:C-0117:seal", "004711"))[0]["word"] == "Sealed"
    house.run(lambda unit: freeze(unit, "CN-0001"))
    house.run(
        lambda unit: dispatch(
            unit, "CN-0001", signature("Handler 2"), signature("Driver 3", "Carrier", badge="77")
        )
    )
    assert house.medium_row("STR141L8").custody == "in_transit"
    assert house.medium_row("STR141L8").custodian_id == house.ids["Carrier"]

    told(house.scan("Vendor custodian", "receive:CN-0001", "C-0117"))
    assert told(house.scan("Vendor custodian", "receive:CN-0001:C-0117", "004711"))[0]["word"] == "Intact"
    counts = house.run(
        lambda unit: receive(
            unit, "CN-0001", signature("Driver 3", "Carrier"), signature("Vendor custodian", "Vault vendor")
        )
    )
    assert counts == {"matched": 3}
    assert house.medium_row("STR142L8").custody == "vaulted"
    house.run(lambda unit: reconcile(unit, "CN-0001"))

    comes_home(house)
    house.run(lambda unit: rotation.close(unit, number))
    house.check()


def comes_home(house):
    house.container("C-0091", place="Vault 2", custodian="Vault vendor")
    told(house.scan("Vendor custodian", "pack:CN-0002", "C-0091"))
    packed = told(house.scan("Vendor custodian", "pack:CN-0002:C-0091", "STR091L8", "STR092L8"))
    assert [one["outcome"] for one in packed] == ["right", "right"]
    told(house.scan("Vendor custodian", "pack:CN-0002:C-0091:seal", "004388"))
    house.run(lambda unit: freeze(unit, "CN-0002"))
    house.run(
        lambda unit: dispatch(
            unit, "CN-0002", signature("Vendor custodian", "Vault vendor"), signature("Driver 1", "Carrier")
        )
    )
    told(house.scan("Handler 2", "receive:CN-0002", "C-0091"))
    told(house.scan("Handler 2", "receive:CN-0002:C-0091", "004388"))
    house.run(lambda unit: receive(unit, "CN-0002", signature("Driver 1", "Carrier"), signature("Handler 2")))
    told(house.scan("Handler 2", "unpack:CN-0002", "C-0091"))
    home = told(house.scan("Handler 2", "unpack:CN-0002", "STR091L8", "STR092L8"))
    assert [one["word"] for one in home] == ["Home", "Home"]
    house.run(lambda unit: reconcile(unit, "CN-0002"))
    with house.runtime.database.reader.connect() as connection:
        lines = queries.media_to_load(connection, house.ids["Library 1"])
    assert [line.barcode for line in lines] == ["STR091L8", "STR092L8"]
    for index, line in enumerate(lines, 6):
        house.run(
            lambda unit, line=line, index=index: rotation.loaded(
                unit, line.run_id, line.medium_id, house.ids[f"slot {index}"]
            )
        )
    row = house.medium_row("STR091L8")
    assert (row.content, row.custody) == ("scratch", "in_library")
    assert house.entries("STR091L8")[1:] == [
        "medium:content_changed", "medium:packed", "medium:released", "medium:received", "medium:unpacked", "medium:loaded",
        "medium:content_changed",
    ]  # fmt: skip


def test_what_does_not_arrive_is_missing_until_somebody_says_why(house):
    _, run = approved(house)
    barcodes = eject(house, run)
    house.container("C-0117")
    house.scan("Handler 2", "pack:CN-0001", "C-0117")
    house.scan("Handler 2", "pack:CN-0001:C-0117", *barcodes)
    house.scan("Handler 2", "pack:CN-0001:C-0117:seal", "004711")
    house.run(lambda unit: freeze(unit, "CN-0001"))
    house.run(
        lambda unit: dispatch(unit, "CN-0001", signature("Handler 2"), signature("Driver 3", "Carrier"))
    )
    told(house.scan("Vendor custodian", "receive:CN-0001", "C-0117"))
    assert told(house.scan("Vendor custodian", "receive:CN-0001:C-0117", "SR-BROKEN"))[0]["word"] == "Broken"
    told(house.scan("Vendor custodian", "receive:CN-0001", "STR141L8", "STR142L8"))
    extra = told(house.scan("Vendor custodian", "receive:CN-0001", "STR144L8"))[0]
    assert extra["word"] == "Extra"
    counts = house.run(
        lambda unit: receive(
            unit, "CN-0001", signature("Driver 3", "Carrier"), signature("Vendor custodian", "Vault vendor")
        )
    )
    assert counts == {"matched": 2, "missing": 1, "extra": 1}
    lost = house.medium_row("STR143L8")
    assert (lost.custody, lost.missing, lost.custodian_id) == ("missing", True, house.ids["Carrier"])
    with pytest.raises(Exception, match="open discrepancies"):
        house.run(lambda unit: reconcile(unit, "CN-0001"))
    for number in ("D-0001", "D-0002", "D-0003"):
        house.run(
            lambda unit, number=number: resolve_discrepancy(unit, number, "driver sheet found, accepted")
        )
    house.run(lambda unit: reconcile(unit, "CN-0001"))
    house.check()


def test_a_scan_sent_twice_is_recorded_once(house):
    _, run = approved(house)
    barcodes = eject(house, run)
    house.container("C-0117")
    house.scan("Handler 2", "pack:CN-0001", "C-0117")
    first = house.scan("Handler 2", "pack:CN-0001:C-0117", barcodes[0], barcodes[0], keys=["k1", "k1"])
    again = house.scan("Handler 2", "pack:CN-0001:C-0117", barcodes[0], keys=["k1"])
    assert first[0].body == first[1].body == again[0].body
    assert house.entries(barcodes[0]).count("medium:packed") == 1


def test_a_wrong_medium_is_refused_by_name_and_recorded(house):
    approved(house)
    house.container("C-0117")
    house.scan("Handler 2", "pack:CN-0001", "C-0117")
    wrong, still_in, unknown = told(
        house.scan("Handler 2", "pack:CN-0001:C-0117", "STR145L8", "STR141L8", "XYZ001L8")
    )
    assert (wrong["outcome"], wrong["sentence"]) == ("wrong", "Not in CN-0001")
    assert still_in["word"] == "Not ejected"
    assert unknown["word"] == "Unknown"
    assert house.entries("STR145L8")[-1] == "medium:refused"
    assert SealOutcome.UNCHECKED == "unchecked"
    house.check()


def test_undoing_a_scan_names_the_entry_it_corrects(house):
    _, run = approved(house)
    barcodes = eject(house, run)
    house.container("C-0117")
    house.scan("Handler 2", "pack:CN-0001", "C-0117")
    house.scan("Handler 2", "pack:CN-0001:C-0117", *barcodes[:2])
    undone = told(house.scan("Handler 2", "pack:CN-0001:C-0117", "SR-UNDO"))[0]
    assert (undone["barcode"], undone["counts"]) == (barcodes[1], {"left": 2, "done": 1})
    assert house.medium_row(barcodes[1]).container_id is None
    house.check()
