"""Every act from every state: it happens, or it is refused and nothing is changed."""

import pytest
from travel import COURIER, HOME, OUT

from service.consignments.models import ConsignmentState
from service.consignments.rules import ACTS

S = ConsignmentState
# act: (path, body, states in which it may happen); packing needs a medium still to pack.
REQUESTS = {
    "freeze": ("freeze", None, "frozen"),
    "cancel": ("cancel", {"reason": "The vault is closed."}, "cancelled"),
    "dispatch": ("dispatch", {"courier": COURIER}, "dispatched"),
    "see": ("containers/see", {"barcode": "", "seal": ""}, "received"),
    "receive": ("receive", {"courier": COURIER}, "received"),
    "close": ("close", None, "closed"),
    "skip": ("media/skip", {"barcode": "", "reason": "A restore reads it."}, "packed"),
    "choose": ("containers/choose", {"barcode": ""}, "packed"),
    "seal": ("containers/seal", {"barcode": "", "seal": "S99999"}, "packed"),
    "open": ("containers/open", {"barcode": "", "reason": "Look again."}, "packed"),
    "add": ("media/add", {"barcodes": []}, "packed"),
}  # fmt: skip


def body_for(travel, act):
    _, body, _ = REQUESTS[act]
    if body is None:
        return None
    known = {"barcode": getattr(travel, "box", "C-0000"), "seal": getattr(travel, "seal", "S00000")}
    if act == "skip":
        known["barcode"] = travel.barcodes[0]
    return {name: known[name] if name in known and not value else value for name, value in body.items()}


@pytest.mark.parametrize("direction", [OUT, HOME])
@pytest.mark.parametrize("state", list(S))
def test_what_a_state_does_not_allow_is_refused_and_changes_nothing(travel, state, direction):
    number = travel.in_state(state, direction)
    ours, vendors = travel.client("Backup administrator 1"), travel.client("Vendor custodian")
    before = travel.state(number)
    for act, (path, _, name) in REQUESTS.items():
        if state in ACTS[name]:
            continue
        for client in (ours, vendors):
            answer = client.post(f"/api/v1/consignments/{number}/{path}", json=body_for(travel, act))
            assert answer.status_code in {403, 409}, (act, answer.text)
            assert "Nothing" in answer.json()["detail"]
        assert travel.state(number) == before, act
    travel.house.check()


@pytest.mark.parametrize("direction", [OUT, HOME])
def test_the_way_from_opening_to_closing_over_the_api(travel, direction):
    number = travel.packed(direction)
    giver, taker = travel.client(travel.packer(direction)), travel.client(travel.receiver(direction))
    ours = travel.client("Handler 1")
    base = f"/api/v1/consignments/{number}"

    def does(client, path, body=None):
        answer = client.post(f"{base}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert does(giver, "freeze")["state"] == "frozen"
    assert does(giver, "dispatch", {"courier": COURIER})["state"] == "in_transit"
    assert travel.house.medium_row(travel.barcodes[0]).custody == "in_transit"
    assert does(taker, "containers/see", {"barcode": travel.box, "seal": travel.seal})["step_done"] == 2
    reckoning = does(taker, "receive", {"courier": {**COURIER, "name": "Driver 4"}})
    assert reckoning["counts"] == {"matched": 2}
    if direction is HOME:
        refused = ours.post(f"{base}/close")
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:strongroom:problem:not-ready")
        travel.house.scan("Handler 2", f"unpack:{number}", travel.box, *travel.barcodes)
    assert does(ours, "close")["state"] == "reconciled"
    assert travel.events(f"consignment:{travel.state(number).consignment_id}") == [
        "consignment:opened", "consignment:frozen", "consignment:dispatched", "consignment:container_seen",
        "consignment:received", "consignment:reconciled",
    ]  # fmt: skip
    travel.house.check()


def test_an_open_consignment_with_packed_media_is_not_cancelled(travel):
    number = travel.packed()
    answer = travel.client("Handler 2").post(f"/api/v1/consignments/{number}/cancel", json={"reason": "No."})
    assert answer.status_code == 409
    assert travel.state(number).state is S.OPEN


def test_a_frozen_consignment_can_be_cancelled_and_its_media_wanted_again(travel):
    number = travel.frozen()
    client = travel.client("Handler 2")
    answer = client.post(f"/api/v1/consignments/{number}/cancel", json={"reason": "The vault is closed."})
    assert answer.json()["state"] == "cancelled"
    opened = client.post(
        f"/api/v1/containers/{travel.box}/open", json={"reason": "It stays here after all.", "intact": True}
    )
    assert opened.json()["state"] == "open"
    assert client.post(f"/api/v1/containers/{travel.box}/empty").json()["pieces"] == 0
    assert travel.house.medium_row(travel.barcodes[0]).custody == "on_site"
    again = travel.opened(count=1)
    added = client.post(f"/api/v1/consignments/{again}/media/add", json={"barcodes": travel.media(OUT, 1)})
    assert added.json()["step_total"] == 2
    travel.house.check()


def test_a_manifest_is_not_frozen_while_something_is_unpacked_unsealed_or_empty(travel):
    number = travel.chosen()
    client = travel.client("Handler 2")

    def refused():
        answer = client.post(f"/api/v1/consignments/{number}/freeze")
        assert answer.status_code == 409, answer.text
        return answer.json()["detail"]

    assert "not packed" in refused()
    travel.house.scan("Handler 2", f"pack:{number}:{travel.box}", *travel.barcodes)
    assert f"{travel.box} of {number} are not sealed" in refused()
    for barcode in travel.media(OUT, 1):
        empty = travel.opened(count=1)
        client.post(
            f"/api/v1/consignments/{empty}/media/skip", json={"barcode": travel.barcodes[0], "reason": "No."}
        )
        answer = client.post(f"/api/v1/consignments/{empty}/freeze")
        assert "holds nothing" in answer.json()["detail"], barcode


def test_a_hold_placed_after_the_packing_keeps_the_consignment_here(travel):
    from service.holds.actions import place, release

    number = travel.frozen()
    officer, other = (
        travel.house.people[name].handler_id for name in ("Security officer 1", "Backup administrator 1")
    )
    medium_id = travel.house.ids[travel.barcodes[0]]
    from service.ledger.writer import Actor, Via

    hold = travel.house.run(
        lambda unit: place(unit, medium_id, "payer dispute", owner_id=officer), Actor(officer, Via.WEB)
    )
    client = travel.client("Handler 2")
    answer = client.post(f"/api/v1/consignments/{number}/dispatch", json={"courier": COURIER})
    assert answer.status_code == 409
    assert travel.barcodes[0] in answer.json()["detail"]
    assert travel.state(number).state is S.FROZEN
    travel.house.run(lambda unit: release(unit, hold, "settled"), Actor(other, Via.WEB))
    assert (
        client.post(f"/api/v1/consignments/{number}/dispatch", json={"courier": COURIER}).status_code == 200
    )


def test_a_medium_taken_out_by_another_way_keeps_the_consignment_here(travel):
    from service.custody.actions import move

    number = travel.packed()
    medium_id, room = travel.house.ids[travel.barcodes[0]], travel.house.ids["Machine room"]
    travel.run(lambda unit: move(unit, medium_id, room))
    answer = travel.client("Handler 2").post(f"/api/v1/consignments/{number}/freeze")
    assert answer.status_code == 409
    assert "outside its container" in answer.json()["detail"]
