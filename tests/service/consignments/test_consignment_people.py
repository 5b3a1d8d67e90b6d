"""Who may do what: at whose end, of which party; and what people of other parties see, which is nothing."""

import re

import pytest
from travel import ADMINISTRATOR, AUDITOR, COURIER, COURIER_FORM, HOME, OFFICER, OTHER, OURS, OUT, VENDOR

from service.consignments.models import ConsignmentState

S = ConsignmentState
RESTORE = "Restore operator 1"
EVERYBODY = (OURS, ADMINISTRATOR, OFFICER, AUDITOR, RESTORE, VENDOR, OTHER)
# (act, direction): (state in which it happens, who may)
DUTIES = {
    ("containers/choose", OUT): (S.OPEN, {OURS, ADMINISTRATOR}),
    ("containers/choose", HOME): (S.OPEN, {VENDOR}),
    ("media/skip", OUT): (S.OPEN, {OURS, ADMINISTRATOR}),
    ("media/skip", HOME): (S.OPEN, {VENDOR}),
    ("media/add", OUT): (S.OPEN, {OURS, ADMINISTRATOR}),
    ("media/add", HOME): (S.OPEN, {ADMINISTRATOR, RESTORE}),
    ("cancel", OUT): (S.OPEN, {OURS, ADMINISTRATOR}),
    ("cancel", HOME): (S.OPEN, {ADMINISTRATOR, RESTORE}),
    ("dispatch", OUT): (S.FROZEN, {OURS, ADMINISTRATOR}),
    ("dispatch", HOME): (S.FROZEN, {VENDOR}),
    ("containers/see", OUT): (S.IN_TRANSIT, {VENDOR}),
    ("containers/see", HOME): (S.IN_TRANSIT, {OURS, ADMINISTRATOR}),
    ("receive", OUT): (S.IN_TRANSIT, {VENDOR}),
    ("receive", HOME): (S.IN_TRANSIT, {OURS, ADMINISTRATOR}),
    ("close", OUT): (S.RECEIVED, {OURS, ADMINISTRATOR}),
}  # fmt: skip


def request_of(travel, act, direction):
    return {
        "containers/choose": {"barcode": travel.box},
        "media/skip": {"barcode": travel.barcodes[0], "reason": "It stays."},
        "media/add": {"barcodes": travel.media(direction, 1)},
        "cancel": {"reason": "The vault is closed."},
        "dispatch": {"courier": COURIER},
        "containers/see": {"barcode": travel.box, "seal": getattr(travel, "seal", "")},
        "receive": {"courier": COURIER},
        "close": None,
    }[act]


@pytest.mark.parametrize(("act", "direction"), DUTIES, ids=lambda value: str(value).replace("/", "-"))
def test_a_step_belongs_to_one_end_and_to_who_may(travel, act, direction):
    state, allowed = DUTIES[act, direction]
    number = travel.in_state(state, direction)
    body = request_of(travel, act, direction)
    for who in EVERYBODY:
        if who in allowed:
            continue
        answer = travel.client(who).post(f"/api/v1/consignments/{number}/{act}", json=body)
        assert answer.status_code == 403, (who, answer.text)
    assert travel.state(number).state is state
    who = min(allowed)
    answer = travel.client(who).post(f"/api/v1/consignments/{number}/{act}", json=body)
    assert answer.status_code == 200, (who, answer.text)


@pytest.mark.parametrize("direction", [OUT, HOME])
def test_freezing_belongs_to_who_packs(travel, direction):
    number = travel.packed(direction)
    allowed = {OURS, ADMINISTRATOR} if direction is OUT else {VENDOR}
    for who in EVERYBODY:
        if who not in allowed:
            answer = travel.client(who).post(f"/api/v1/consignments/{number}/freeze")
            assert answer.status_code == 403, who
    assert travel.client(min(allowed)).post(f"/api/v1/consignments/{number}/freeze").status_code == 200


def test_a_page_refuses_the_wrong_party_like_the_api(travel):
    number = travel.in_transit(OUT)
    for who in (OURS, OTHER):
        answer = travel.client(who).post(
            f"/consignments/{number}/acknowledge",
            data={**COURIER_FORM, "csrf_token": "", "form_key": f"key-{who}"},
        )
        assert answer.status_code == 403, who
    assert travel.state(number).state is S.IN_TRANSIT


def test_another_vendor_s_people_find_nothing_of_it(travel):
    number = travel.disputed(OUT)
    stranger = travel.client(OTHER)
    with travel.runtime.database.reader.connect() as connection:
        from service.custody import queries

        transfers = queries.transfers_of(connection, travel.house.people[OURS], number)
    api = [
        f"consignments/{number}", f"consignments/{number}/lines", f"consignments/{number}/lines.csv",
        f"consignments/{number}/manifest", f"containers/{travel.box}", "discrepancies/D-0001",
        f"transfers/{transfers[0].transfer_id}",
    ]  # fmt: skip
    pages = [
        f"/consignments/{number}", f"/consignments/{number}/lines.csv", f"/consignments/{number}/manifest.json",
        f"/consignments/{number}/close", f"/containers/{travel.box}", "/discrepancies/D-0001",
        *(f"/consignments/{number}/{verb}" for verb in ("sign", "acknowledge", "freeze", "skip", "add", "cancel", "containers")),
    ]  # fmt: skip
    for path in [*(f"/api/v1/{one}" for one in api), *pages]:
        answer = stranger.get(path)
        assert answer.status_code == 404, path
        assert not any(barcode in answer.text for barcode in travel.barcodes), path
    for path in ("consignments", "containers", "transfers", "discrepancies"):
        assert stranger.get(f"/api/v1/{path}").json()["items"] == [], path
        if path != "transfers":
            assert number not in stranger.get(f"/{path}").text


def test_a_vendor_sees_what_comes_to_it_once_the_manifest_is_frozen(travel):
    opened, frozen = travel.opened(OUT), travel.frozen(OUT)
    home = travel.opened(HOME)
    shown = {item["number"] for item in travel.client(VENDOR).get("/api/v1/consignments").json()["items"]}
    assert shown == {frozen, home}
    assert travel.client(VENDOR).get(f"/consignments/{opened}").status_code == 404


def test_a_vendor_does_not_learn_what_was_left_at_home_nor_why(travel):
    number = travel.chosen(OUT)
    client = travel.client(OURS)
    left = travel.barcodes[1]
    client.post(
        f"/api/v1/consignments/{number}/media/skip", json={"barcode": left, "reason": "evidence of a lawsuit"}
    )
    travel.house.scan(OURS, f"pack:{number}:{travel.box}", travel.barcodes[0])
    client.post(
        f"/api/v1/consignments/{number}/containers/seal", json={"barcode": travel.box, "seal": "S1-77"}
    )
    assert client.post(f"/api/v1/consignments/{number}/freeze").status_code == 200
    for path in (
        f"/consignments/{number}",
        f"/consignments/{number}/lines.csv",
        f"/api/v1/consignments/{number}/lines",
    ):
        told = travel.client(VENDOR).get(path).text
        assert "lawsuit" not in told
        assert left not in told
        assert left in travel.client(OURS).get(path).text


def test_a_vendor_s_pages_link_to_nothing_that_is_closed_to_them(house, travel):
    numbers = [travel.in_transit(OUT), travel.received(OUT), travel.opened(HOME), travel.unpacked(HOME)]
    client = travel.client(VENDOR)
    seen = set()
    for start in [
        "/consignments",
        *(f"/consignments/{number}" for number in numbers),
        "/containers",
        "/discrepancies",
    ]:
        page = client.get(start)
        assert page.status_code == 200, start
        main = page.text.partition("<main")[2].partition("</main>")[0]
        seen |= {href.replace("&amp;", "&") for href in re.findall(r'href="(/[^"]*)"', main)}
    rooms = ("/consignments", "/containers", "/discrepancies", "/documents/look")
    for href in sorted(href for href in seen if not href.startswith("/scan")):
        assert href.startswith(rooms), href
        assert client.get(href, follow_redirects=True).status_code == 200, href


def test_a_vendor_s_rail_is_short(travel):
    rail = travel.client(VENDOR).get("/consignments").text.partition('class="rail"')[2].partition("</nav>")[0]
    assert 'href="/media"' not in rail
    assert 'href="/consignments"' in rail
    ours = travel.client(OURS).get("/consignments").text.partition('class="rail"')[2].partition("</nav>")[0]
    assert 'href="/media"' in ours


def test_nobody_signed_in_is_led_to_the_door(travel):
    from clients import Client

    nobody = Client(travel.app)
    assert nobody.get("/consignments").headers["location"].startswith("/sign-in")
    assert nobody.get("/api/v1/consignments").status_code == 401
