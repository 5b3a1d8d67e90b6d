"""Label jobs, series and printers over the API."""

import pytest

from service.handlers.models import Role
from service.media.models import ReservationState
from service.printing.models import LabelState
from service.web.errors import PROBLEM_MEDIA_TYPE

JOBS, SERIES, PRINTERS = "/api/v1/label-jobs", "/api/v1/label-series", "/api/v1/printers"
WISH = {"what": "series", "wanted": "ABC001L8..ABC003L8", "stock": "lto-79x17-a4"}


@pytest.fixture
def handler(client_as):
    return client_as(Role.MEDIA_HANDLER)


def problem(answer, status, slug):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    body = answer.json()
    assert body["type"] == f"urn:strongroom:problem:{slug}"
    return body


def test_a_job_is_made_issued_downloaded_and_proved(handler, room):
    made = handler.post(JOBS, json=WISH)
    assert made.status_code == 201
    job = made.json()
    assert (job["number"], job["series"], job["labels"], job["planned"]) == ("LP-0001", "LS-0001", 3, 3)
    problem(handler.get(f"{JOBS}/LP-0001/sheet.pdf"), 409, "sheet-used")
    assert handler.post(f"{JOBS}/LP-0001/issue-sheet", json={}).json()["sent"] == 3
    sheet = handler.get(f"{JOBS}/LP-0001/sheet.pdf")
    assert sheet.headers["content-type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF")
    proved = handler.post(f"{JOBS}/LP-0001/verify", json={"barcode": "ABC002L8"}).json()
    assert proved["word"] == "Printed"
    assert proved["counts"] == {"left": 2, "done": 1}
    again = problem(
        handler.post(f"{JOBS}/LP-0001/verify", json={"barcode": "ABC002L8"}), 409, "scanned-twice"
    )
    assert "ABC002L8 was scanned already" in again["detail"]
    shown = handler.get(f"{JOBS}/LP-0001").json()
    assert (shown["printed"], shown["sent"]) == (1, 2)
    labels = handler.get(f"{JOBS}/LP-0001/labels?state=printed").json()["items"]
    assert [one["payload"] for one in labels] == ["ABC002L8"]


def test_a_repeat_with_the_same_key_reserves_once(handler, room):
    first, again = (handler.post(JOBS, json=WISH, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(room.reserved()) == 3
    refused = problem(handler.post(JOBS, json=WISH), 409, "barcodes-taken")
    assert refused["taken"] == ["ABC001L8", "ABC002L8", "ABC003L8"]


def test_a_preview_is_drawn_and_reserves_nothing(handler, room):
    seen = handler.post(f"{JOBS}/preview", json={**WISH, "stock": "avery-zweckform-3420"}).json()
    assert (seen["labels"], seen["pages"], seen["in_specification"]) == (3, 1, False)
    assert seen["previews"][0].startswith("<svg")
    assert room.reserved() == {}


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"wanted": "abc001l8"}, "wanted", "Meant ABC001L8"),
        ({"wanted": "ABC 01L8"}, "wanted", "cannot carry"),
        ({"wanted": "ABC001ZZ"}, "wanted", "no media id"),
        ({"stock": "avery-l8658"}, "stock", "needs a label of at least"),
        ({"stock": ""}, "stock", "Choose the stock"),
        ({"start_at": 25}, "start_at", "no label 25"),
        ({"wanted": "A00001L8..A99999L8"}, "wanted", "10,000 labels"),
        ({"output": "printer"}, "printer", "Choose the printer"),
    ],
)
def test_what_cannot_be_printed_is_a_problem_with_its_field_and_wastes_no_number(
    handler, room, changed, field, told
):
    answer = handler.post(JOBS, json={**WISH, **changed})
    assert answer.status_code == 422
    assert told in answer.json()["fields"][field]
    assert room.reserved() == {}


def test_a_printer_of_203_dpi_is_refused_for_cartridges_with_the_reason(handler, room):
    room.printer("Coarse", dpi=203)
    answer = handler.post(JOBS, json={**WISH, "stock": "", "output": "printer", "printer": "Coarse"})
    assert answer.status_code == 422
    assert "A 203 dpi printer cannot draw this bar code to specification" in answer.json()["detail"]


def test_another_stock_than_what_is_loaded_is_refused(handler, room):
    room.printer("Zebra 1")
    answer = handler.post(
        JOBS, json={**WISH, "stock": "roll-50x25", "output": "printer", "printer": "Zebra 1"}
    )
    assert "Zebra 1 is loaded with roll-79x17" in answer.json()["fields"]["stock"]


def test_a_label_printer_takes_no_sheets(handler, room):
    room.printer("Zebra 1", stock="")
    answer = handler.post(JOBS, json={**WISH, "output": "printer", "printer": "Zebra 1"})
    assert "prints on rolls" in answer.json()["fields"]["stock"]


def test_a_reprint_wants_a_reason_and_is_a_job_of_its_own(handler, room):
    handler.post(JOBS, json=WISH)
    handler.post(f"{JOBS}/LP-0001/issue-sheet", json={})
    again = {"what": "reprint", "wanted": "ABC002L8", "stock": "lto-79x17-a4"}
    assert "A reprint needs a reason" in handler.post(JOBS, json=again).json()["fields"]["reason"]
    made = handler.post(JOBS, json={**again, "reason": "Torn off."}).json()
    assert (made["number"], made["series"]) == ("LP-0002", None)
    unknown = handler.post(JOBS, json={**again, "wanted": "QQQ001L8", "reason": "Torn off."})
    assert "neither a medium nor printed before" in unknown.json()["fields"]["wanted"]
    reasons = room.entry_reasons(f"label_job:{room.view('LP-0002').label_job_id}")
    assert reasons == ["Torn off."]


def test_a_spoiled_label_is_planned_anew_and_the_sheet_is_issued_once_more(handler, room):
    handler.post(JOBS, json=WISH)
    handler.post(f"{JOBS}/LP-0001/issue-sheet", json={})
    spoiled = {"barcode": "ABC001L8", "reason": "Smeared.", "replace": True}
    shape = handler.post(f"{JOBS}/LP-0001/spoil", json=spoiled).json()
    assert (shape["spoiled"], shape["planned"]) == (1, 1)
    assert handler.post(f"{JOBS}/LP-0001/issue-sheet", json={"start_at": 4}).json()["start_at"] == 4
    assert handler.get(f"{JOBS}/LP-0001/sheet.pdf").status_code == 200
    assert handler.post(f"{JOBS}/LP-0001/issue-sheet", json={"start_at": 99}).status_code == 409
    for barcode in ("ABC001L8", "ABC002L8", "ABC003L8"):
        assert handler.post(f"{JOBS}/LP-0001/verify", json={"barcode": barcode}).status_code == 200
    assert handler.get(f"{JOBS}/LP-0001").json()["state"] == "closed"
    room.check_ledger()


def test_an_issued_sheet_that_was_jammed_is_printed_again_for_a_reason(handler, room):
    handler.post(JOBS, json=WISH)
    handler.post(f"{JOBS}/LP-0001/issue-sheet", json={})
    why = {"from": "first_unproved", "reason": "The sheet was jammed and is destroyed."}
    assert handler.post(f"{JOBS}/LP-0001/resume", json=why).json()["planned"] == 3
    assert handler.post(f"{JOBS}/LP-0001/issue-sheet", json={}).json()["sent"] == 3
    copies = [one["copies"] for one in handler.get(f"{JOBS}/LP-0001/labels").json()["items"]]
    assert copies == [2, 2, 2]


def test_a_job_is_closed_with_labels_that_nobody_scanned_and_they_stay_sent(handler, room):
    handler.post(JOBS, json=WISH)
    handler.post(f"{JOBS}/LP-0001/issue-sheet", json={})
    assert handler.post(f"{JOBS}/LP-0001/close").json()["state"] == "closed"
    assert set(room.states("LP-0001").values()) == {LabelState.SENT}
    problem(handler.post(f"{JOBS}/LP-0001/close"), 409, "label-job-state")
    problem(handler.post(f"{JOBS}/LP-0001/cancel", json={"reason": "x"}), 409, "label-job-state")


def test_a_job_with_labels_on_paper_is_not_cancelled(handler, room):
    handler.post(JOBS, json=WISH)
    handler.post(f"{JOBS}/LP-0001/issue-sheet", json={})
    problem(handler.post(f"{JOBS}/LP-0001/cancel", json={"reason": "Wrong."}), 409, "label-job-state")
    assert set(room.states("LP-0001").values()) == {LabelState.SENT}


def test_series_are_listed_proposed_and_released(handler, client_as, room):
    handler.post(JOBS, json=WISH)
    assert handler.get(f"{SERIES}/next?count=2").json() == {"series": "ABC004L8..ABC005L8"}
    assert handler.get(SERIES).json()["items"][0]["reserved"] == 3
    manager = client_as(Role.BACKUP_ADMINISTRATOR)
    released = manager.post(f"{SERIES}/LS-0001/release", json={"series": "ABC003L8", "reason": "Too many."})
    assert (released.json()["reserved"], released.json()["released"]) == (2, 1)
    assert handler.post(f"{SERIES}/LS-0001/release", json={"reason": "x"}).status_code == 403
    shown = handler.get(f"{SERIES}/LS-0001/reservations").json()["items"]
    assert shown[2]["state"] == ReservationState.RELEASED
    assert handler.get(f"{SERIES}/next?count=1").json() == {"series": "ABC003L8"}


def test_lists_go_on_behind_the_last_number(handler, room):
    for first in range(1, 6):
        room.plan(f"PAG{first:03}L8")
    page = handler.get(f"{JOBS}?limit=2").json()
    assert [one["number"] for one in page["items"]] == ["LP-0005", "LP-0004"]
    rest = handler.get(f"{JOBS}?limit=2&after={page['next']}").json()
    assert [one["number"] for one in rest["items"]] == ["LP-0003", "LP-0002"]
    series = handler.get(f"{SERIES}?limit=4").json()
    assert [one["number"] for one in handler.get(f"{SERIES}?after={series['next']}").json()["items"]] == [
        "LS-0001"
    ]


def test_a_printer_is_edited_only_as_it_was_read(client_as, handler, room):
    admin = client_as(Role.SYSTEM_ADMINISTRATOR)
    made = admin.post(PRINTERS, json={"name": "Office"})
    assert made.status_code == 201
    path = f"{PRINTERS}/{made.json()['printer_id']}"
    tag = handler.get(path).headers["etag"]
    changed = handler.patch(path, json={"stock": "lto-79x17-a4"}, headers={"If-Match": tag})
    assert changed.json()["stock"] == "lto-79x17-a4"
    late = handler.patch(path, json={"stock": "roll-79x17"}, headers={"If-Match": tag})
    problem(late, 412, "outdated")
    measured = {"left_mm": 50.5, "top_mm": 50, "across_mm": 101, "down_mm": 100}
    assert handler.post(f"{path}/calibrate", json=measured).json()["scale_x"] == pytest.approx(0.990099)
    assert handler.get(f"{path}/calibration.pdf?calibrated=true").content.startswith(b"%PDF")
    roll = handler.get(f"{path}/calibration.pdf?stock=roll-79x17")
    assert roll.status_code == 422
    problem(admin.post(PRINTERS, json={"name": "Office"}), 409, "printer-taken")


def test_a_sheet_for_a_calibrated_printer_differs_from_a_plain_one(client_as, handler, room):
    admin = client_as(Role.SYSTEM_ADMINISTRATOR)
    path = f"{PRINTERS}/{admin.post(PRINTERS, json={'name': 'Office'}).json()['printer_id']}"
    handler.post(f"{path}/calibrate", json={"left_mm": 51, "top_mm": 50, "across_mm": 100, "down_mm": 100})
    sheets = []
    for printer in ("", "Office"):
        number = handler.post(
            JOBS, json={**WISH, "wanted": f"CAL00{len(sheets)}L8", "printer": printer}
        ).json()["number"]
        handler.post(f"{JOBS}/{number}/issue-sheet", json={})
        sheets.append(handler.get(f"{JOBS}/{number}/sheet.pdf").content)
    assert sheets[0] != sheets[1]


def test_stocks_say_how_cartridge_labels_come_out(handler):
    found = {one["name"]: one["cartridges"] for one in handler.get("/api/v1/label-stocks").json()["items"]}
    assert found["lto-79x17-a4"] == "in specification"
    assert found["avery-zweckform-3420"] == "hand scanner only"
    assert found["avery-l8658"] is None
    coarse = handler.get("/api/v1/label-stocks?dpi=203").json()["items"]
    assert {one["cartridges"] for one in coarse} == {None}


@pytest.mark.parametrize(
    "role", [Role.AUDITOR, Role.SECURITY_OFFICER, Role.RESTORE_OPERATOR, Role.SYSTEM_ADMINISTRATOR]
)
def test_who_does_not_handle_media_reads_and_prints_nothing(client_as, room, role):
    client = client_as(role)
    assert client.get(JOBS).status_code == 200
    assert client.post(JOBS, json=WISH).status_code == 403
    assert client.get(f"{JOBS}/LP-0001/sheet.pdf").status_code == 403


def test_only_who_manages_devices_takes_a_printer_out_of_use(room, client_as, handler):
    printer_id = room.printer()
    admin = client_as(Role.SYSTEM_ADMINISTRATOR)
    assert handler.patch(f"{PRINTERS}/{printer_id}", json={"enabled": False}).status_code == 422
    assert handler.post(f"{PRINTERS}/{printer_id}/disable").status_code == 403
    assert not admin.post(f"{PRINTERS}/{printer_id}/disable").json()["enabled"]
    assert admin.post(f"{PRINTERS}/{printer_id}/enable").json()["enabled"]
