"""The pages of a consignment in each of its states, and its forms: nothing typed is lost, nothing done twice."""

import re

import pytest
from travel import ADMINISTRATOR, AUDITOR, COURIER_FORM, DRAWING, HOME, OFFICER, OURS, OUT, VENDOR

from service.consignments.models import ConsignmentState

S = ConsignmentState
WORDS = {
    S.OPEN: "being packed", S.FROZEN: "to be signed", S.IN_TRANSIT: "in transit", S.RECONCILED: "reconciled",
    S.CANCELLED: "cancelled",
}  # fmt: skip


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def post(client, path, key="key-1", **data):
    return client.post(path, data={"csrf_token": client.csrf, "form_key": key, **data})


def acts(html, label):
    """True for an act that can be taken, its reason for one that cannot, False where there is none."""
    head = html.partition('<header class="head">')[2].partition("</header>")[0]
    shut = re.search(rf'aria-disabled="true">{re.escape(label)}</span><span class="why">([^<]+)', head)
    return shut[1] if shut else bool(re.search(rf">{re.escape(label)}</(a|button)>", head))


@pytest.mark.parametrize("direction", [OUT, HOME])
@pytest.mark.parametrize("state", list(S))
def test_the_page_shows_each_state_to_everybody_it_concerns(travel, state, direction):
    number = travel.in_state(state, direction)
    people = [OURS, ADMINISTRATOR, OFFICER, AUDITOR]
    if direction is HOME or state not in {S.OPEN, S.CANCELLED}:
        people.append(VENDOR)
    for who in people:
        answer = travel.client(who).get(f"/consignments/{number}")
        assert answer.status_code == 200, who
        told = text_of(answer.text)
        word = WORDS.get(state, "received" if direction is HOME else "acknowledged")
        assert word in told, who
        assert all(barcode in told.replace(" ", "") for barcode in travel.barcodes), who
        if state in {S.IN_TRANSIT, S.RECEIVED, S.RECONCILED}:
            assert "both sides recorded" in told
            assert "Driver 3" in told


def test_what_is_not_allowed_stands_there_with_its_reason(travel):
    number = travel.chosen(OUT)
    ours = travel.client(OURS).get(f"/consignments/{number}").text
    assert acts(ours, "Scan and pack") is True
    assert acts(ours, "Freeze") == "2 media not packed"
    assert acts(travel.client(AUDITOR).get(f"/consignments/{number}").text, "Freeze").startswith(
        "needs the permission"
    )
    number = travel.in_transit(OUT)
    assert (
        acts(travel.client(OURS).get(f"/consignments/{number}").text, "Acknowledge")
        == "people of Vault vendor receive it"
    )
    assert acts(travel.client(VENDOR).get(f"/consignments/{number}").text, "Acknowledge") is True
    number = travel.disputed(OUT)
    assert acts(travel.client(OURS).get(f"/consignments/{number}").text, "Close") == "3 discrepancies open"


def test_past_its_deadline_it_is_red_everywhere(travel):
    number = travel.overdue(OUT)
    client = travel.client(OURS)
    page = client.get(f"/consignments/{number}").text
    assert re.search(r'chip custody red">.*?overdue', page)
    assert re.search(rf'<tr class="now red">.*?{number}', client.get("/consignments").text, re.DOTALL)
    assert number in client.get("/consignments?which=overdue").text


def test_drawn_signatures_are_drawn_on_the_page_and_named_by_their_hash(travel):
    number = travel.frozen(OUT)
    client = travel.client(OURS)
    own = "M30 100L70 40L90 120"
    answer = post(client, f"/consignments/{number}/sign", **COURIER_FORM, own_signature=own)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/consignments/{number}")
    page = client.get(f"/consignments/{number}").text
    assert f'd="{DRAWING}"' in page
    assert f'd="{own}"' in page
    assert "badge 40118" in text_of(page)
    transfers = client.get("/api/v1/transfers", params={"consignment": number}).json()["items"]
    first = next(one for one in transfers if one["ordinal"] == 1)
    shown = client.get(f"/api/v1/transfers/{first['transfer_id']}").json()
    assert (shown["received"]["drawing"], shown["released"]["drawing"]) == (DRAWING, own)


def test_the_time_it_is_due_is_the_site_s(travel):
    number = travel.frozen(OUT)
    post(travel.client(OURS), f"/consignments/{number}/sign", **COURIER_FORM, due_at="2026-11-19T18:30")
    assert travel.state(number).due_at.isoformat() == "2026-11-19T23:30:00+00:00"


def test_a_signature_that_is_not_complete_keeps_all_that_was_typed(travel):
    number = travel.frozen(OUT)
    client = travel.client(OURS)
    typed = {
        "name": "Driver 3",
        "organisation": "Carrier 2",
        "badge": "",
        "signature_typed": "Driver 4",
        "due_at": "tomorrow",
    }
    answer = post(client, f"/consignments/{number}/sign", **typed)
    assert answer.status_code == 422
    assert 'value="Driver 3"' in answer.text
    assert 'value="Carrier 2"' in answer.text
    assert "Write it as date and time" in answer.text
    answer = post(client, f"/consignments/{number}/sign", "key-2", **typed | {"due_at": ""})
    told = text_of(answer.text)
    assert "Type the number on the badge" in told
    assert "Draw the signature, or type the full name as above." in told
    assert "Look at the badge or document first." in told
    assert 'value="Driver 4"' in answer.text
    assert travel.state(number).state is S.FROZEN


def test_a_double_click_signs_once(travel):
    number = travel.frozen(OUT)
    client = travel.client(OURS)
    first = post(client, f"/consignments/{number}/sign", "same", **COURIER_FORM)
    second = post(client, f"/consignments/{number}/sign", "same", **COURIER_FORM)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert travel.house.entries(travel.barcodes[0]).count("medium:released") == 1
    later = post(client, f"/consignments/{number}/sign", "another", **COURIER_FORM)
    assert later.status_code == 409


def test_freezing_says_what_will_happen_and_then_does_it(travel):
    number = travel.packed(OUT)
    client = travel.client(OURS)
    told = text_of(client.get(f"/consignments/{number}/freeze").text)
    assert f"{travel.box} with 2 media, seal {travel.seal}" in told
    assert post(client, f"/consignments/{number}/freeze").status_code == 303
    again = post(client, f"/consignments/{number}/freeze", "key-2")
    assert again.status_code == 409
    assert travel.state(number).state is S.FROZEN


def test_a_consignment_is_opened_added_to_and_cancelled_on_pages(travel):
    client, ids = travel.client(OURS), travel.house.ids
    one, two = travel.media(OUT, 2)
    typed = {"from_location_id": ids["Machine room"], "to_location_id": ids["Machine room"], "carrier_id": ids["Carrier"],
             "purpose": "a single set", "barcodes": f"{one.lower()}, NOPE"}  # fmt: skip
    wrong = post(client, "/consignments", **typed)
    assert wrong.status_code == 422
    assert "a single set" in wrong.text
    typed |= {"to_location_id": ids["Vault 2"], "barcodes": f" {one.lower()}\r\n"}
    made = post(client, "/consignments", "key-2", **typed)
    assert made.headers["location"] == "/consignments/CN-0001"
    assert post(client, "/consignments/CN-0001/add", "key-3", barcodes=two).status_code == 303
    assert two in client.get("/api/v1/consignments/CN-0001/lines").text
    empty = post(client, "/consignments/CN-0001/cancel", "key-4", reason=" ")
    assert (empty.status_code, "Write why it is cancelled." in empty.text) == (422, True)
    assert post(client, "/consignments/CN-0001/cancel", "key-5", reason="Not needed.").status_code == 303
    assert "Not needed." in text_of(client.get("/consignments/CN-0001").text)


def test_a_form_without_the_token_of_its_sign_in_does_nothing(travel):
    number = travel.packed(OUT)
    client = travel.client(OURS)
    del client.headers["x-csrf-token"]
    answer = client.post(f"/consignments/{number}/freeze", data={"form_key": "k"})
    assert answer.status_code == 403
    assert travel.state(number).state is S.OPEN


def test_a_thousand_lines_stand_on_one_page_and_the_rest_behind_more(travel):
    from service.consignments import sheet

    assert sheet.LINES_SHOWN == 1000
    number = travel.opened(OUT, count=3)
    cursor = f"1000000000~{sorted(travel.barcodes)[1]}"
    page = travel.client(OURS).get(f"/consignments/{number}", params={"after": cursor}).text
    table = page.partition('<table id="manifest"')[2].partition("</table>")[0]
    assert table.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>") == 1


def test_the_history_tells_the_whole_way(travel):
    number = travel.reconciled(OUT)
    told = text_of(travel.client(OURS).get(f"/consignments/{number}").text)
    for words in ("Opened, 2 media wanted.", "Manifest frozen with 2 media", "Released to the carrier.", "seal intact",
                  "Received: 2 matched.", "Reconciled and closed."):  # fmt: skip
        assert words in told
