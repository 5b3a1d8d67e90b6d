"""Labels in the browser: from a series to its sheet and its proof."""

import re
from urllib.parse import quote

import pytest

from service.handlers.models import Role
from service.media.actions import register_many
from service.media.schemas import NewMedium
from service.printing.models import LabelState

WISH = {
    "what": "series", "wanted": "ABC001L8..ABC006L8", "stock": "lto-79x17-a4", "output": "sheet", "start_at": "7",
    "reading": "horizontal", "colours": "digits", "reason": "",
}  # fmt: skip


@pytest.fixture
def handler(client_as):
    return client_as(Role.MEDIA_HANDLER)


def post(client, path, **fields):
    return client.post(path, data={"csrf_token": client.csrf, **fields})


def look(client, **changed):
    query = "&".join(f"{name}={quote(value)}" for name, value in {**WISH, **changed}.items())
    return client.get(f"/labels/new?{query}")


def test_the_list_is_empty_at_first_and_says_how_to_begin(handler, client_as):
    page = handler.get("/labels").text
    assert "No labels were printed here yet." in page
    assert 'href="/labels/new"' in page
    seen = client_as(Role.AUDITOR).get("/labels").text
    assert "needs a media handler or the backup administrator" in seen


def test_looking_at_a_wish_shows_it_at_true_scale_and_reserves_nothing(handler, room):
    page = look(handler).text
    assert page.count('width="79mm" height="17mm"') == 3
    assert "Reserve 6 numbers" in page
    assert room.reserved() == {}


def test_a_stock_that_squeezes_the_bars_is_marked_hand_scanner_only(handler):
    page = look(handler, stock="avery-zweckform-3420", start_at="1").text
    assert "hand scanner only" in page
    assert "HAND SCANNER ONLY" in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"wanted": "abc001l8"}, "Meant ABC001L8?"),
        ({"wanted": "ABC001"}, "has 6 characters"),
        ({"wanted": "ABC001QQ"}, "which is no media id"),
        ({"stock": "avery-l8658"}, "needs a label of at least"),
        ({"stock": "nothing"}, "There is no stock named"),
        ({"start_at": "25"}, "there is no label 25 to start at"),
        ({"start_at": "x"}, "there is no label 0 to start at"),
        ({"output": "printer:Nobody"}, "There is no printer of this name"),
    ],
)
def test_what_cannot_be_printed_is_said_beside_its_field(handler, room, changed, told):
    page = look(handler, **changed).text
    assert told in page.replace("&#39;", "'")
    assert "Reserve" not in page
    refused = post(handler, "/labels", **{**WISH, **changed})
    assert refused.status_code == 422
    assert told in refused.text.replace("&#39;", "'")
    assert room.reserved() == {}


def test_the_next_free_series_is_offered(handler, room):
    room.plan("ABC001L8..ABC006L8")
    assert "ABC007L8..ABC026L8" in handler.get("/labels/new").text


def test_from_a_series_to_the_sheet_and_its_proof(handler, room):
    made = post(handler, "/labels", **WISH)
    assert made.status_code == 303
    assert made.headers["location"] == "/labels/LP-0001"
    page = handler.get("/labels/LP-0001").text
    assert "0 of 6" in page
    assert "Issue the sheet" in page
    assert handler.get("/labels/LP-0001/sheet.pdf").status_code == 409
    assert post(handler, "/labels/LP-0001/issue-sheet", start_at="7").status_code == 303
    answer = handler.get("/labels/LP-0001/sheet.pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer.content == handler.get("/labels/LP-0001/sheet.pdf").content
    page = handler.get("/labels/LP-0001/verify").text
    assert page.count("data-barcode=") == 6
    right = post(handler, "/labels/LP-0001/verify", barcode="ABC001L8")
    assert "Printed" in right.text
    twice = post(handler, "/labels/LP-0001/verify", barcode="ABC001L8")
    assert "ABC001L8 was scanned already" in twice.text
    wrong = post(handler, "/labels/LP-0001/verify", barcode="STR001L8")
    assert "is not a label of LP-0001" in wrong.text
    assert room.labels("LP-0001", LabelState.PRINTED) == ["ABC001L8"]
    refused = handler.get("/labels/LP-0001/sheet.pdf")
    assert refused.status_code == 409
    assert "labels of it were scanned or spoiled" in handler.get("/labels/LP-0001").text
    assert "It is not given out again" in refused.text
    for number in range(2, 7):
        post(handler, "/labels/LP-0001/verify", barcode=f"ABC00{number}L8")
    assert "6 of 6" in handler.get("/labels").text
    room.check_ledger()


def test_a_second_press_of_the_same_button_reserves_nothing_more(handler, room):
    page = look(handler).text
    key = re.search(r'name="form_key" value="([^"]+)"', page.split('id="make-labels"')[1])[1]
    first = post(handler, "/labels", form_key=key, **WISH)
    again = post(handler, "/labels", form_key=key, **WISH)
    assert first.headers["location"] == again.headers["location"] == "/labels/LP-0001"
    assert len(room.reserved()) == 6


def test_a_label_of_another_job_is_refused_by_the_name_of_that_job(handler, room):
    room.plan("ABC001L8")
    room.plan("DEF001L8")
    page = post(handler, "/labels/LP-0001/verify", barcode="DEF001L8").text
    assert "DEF001L8 is a label of LP-0002, not of LP-0001." in page


def test_a_medium_says_where_its_number_and_its_label_came_from(handler, room):
    post(handler, "/labels", **WISH)
    post(handler, "/labels/LP-0001/issue-sheet", start_at="1")
    room.run(lambda unit: register_many(unit, [NewMedium("ABC001L8", room.house.room_id)]))
    post(handler, "/labels/LP-0001/verify", barcode="ABC001L8")
    page = handler.get("/media/ABC001L8").text
    assert "its number was reserved in" in page
    assert "Label printed and scanned" in page
    assert 'href="/labels/series/LS-0001"' in page
    assert 'href="/labels/new?what=reprint&amp;wanted=ABC001L8"' in page
    form = handler.get("/labels/new?what=reprint&wanted=ABC001L8").text
    assert "A reprint needs a reason" in form


def test_numbers_are_released_on_their_series_page_with_a_reason(client_as, room):
    room.plan("ABC001L8..ABC003L8")
    manager = client_as(Role.BACKUP_ADMINISTRATOR)
    refused = post(manager, "/labels/series/LS-0001/release", series="ABC003L8", reason="")
    assert refused.status_code == 422
    assert "Write why" in refused.text
    assert (
        post(manager, "/labels/series/LS-0001/release", series="ABC003L8", reason="Too many.").status_code
        == 303
    )
    assert "released" in manager.get("/labels/series/LS-0001").text
    assert client_as(Role.MEDIA_HANDLER).get("/labels/series/LS-0001/release").status_code == 403


def test_lists_are_exported_as_they_are_shown(handler, room):
    room.plan("ABC001L8..ABC002L8")
    assert (
        handler.get("/labels.csv").text.splitlines()[1].startswith("LP-0001,open,series,ABC001L8..ABC002L8")
    )
    assert handler.get("/labels/LP-0001.csv").text.splitlines()[1].startswith("1,ABC001L8,planned,0")
    assert (
        handler.get("/labels/series.csv")
        .text.splitlines()[1]
        .startswith("LS-0001,ABC001L8..ABC002L8,2,2,0,0,0")
    )


def test_a_printer_is_added_loaded_and_calibrated(client_as, room):
    admin, handler = client_as(Role.SYSTEM_ADMINISTRATOR), client_as(Role.MEDIA_HANDLER)
    assert "No printer is known yet." in admin.get("/printers").text
    made = post(admin, "/printers", name="Office", url="", language="pdf", dpi="", stock="")
    page = made.headers["location"]
    assert handler.get(f"{page}/calibration.pdf").content.startswith(b"%PDF")
    wrong = post(handler, f"{page}/calibrate", left_mm="80", top_mm="50", across_mm="100", down_mm="100")
    assert wrong.status_code == 422
    assert "is not a calibration" in wrong.text
    typed = post(handler, f"{page}/calibrate", left_mm="x", top_mm="50", across_mm="100", down_mm="100")
    assert "A length in millimetres" in typed.text
    right = post(handler, f"{page}/calibrate", left_mm="50,5", top_mm="50", across_mm="101", down_mm="100")
    assert right.status_code == 303
    shown = handler.get(page).text
    assert "0.00 mm across" in shown
    assert "-0.99 % across" in shown
    assert post(handler, f"{page}/load", stock="lto-79x17-a4").status_code == 303
    assert "lto-79x17-a4" in handler.get("/printers").text
    room.check_ledger()


def test_a_printer_that_does_not_answer_is_not_added(client_as, room):
    admin = client_as(Role.SYSTEM_ADMINISTRATOR)
    refused = post(
        admin, "/printers", name="Zebra", url="tcp://127.0.0.1:9", language="zpl", dpi="300", stock=""
    )
    assert refused.status_code == 502
    assert "cannot be reached" in refused.text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": ""}, "1 to 120 printable characters"),
        ({"url": "nonsense"}, "A printer&#39;s URL"),
        ({"url": "tcp://user:secret@host:9100"}, "A URL with a password"),
        ({"language": "zpl", "url": "tcp://127.0.0.1:9"}, "needs its address and its dots"),
        ({"dpi": "150"}, "One of 203, 300, 600"),
        ({"stock": "nothing"}, "There is no stock named"),
    ],
)
def test_a_printer_that_cannot_be_is_refused_beside_its_field(client_as, fields, told):
    given = {"name": "Zebra", "url": "", "language": "pdf", "dpi": "", "stock": "", **fields}
    refused = post(client_as(Role.SYSTEM_ADMINISTRATOR), "/printers", **given)
    assert refused.status_code == 422
    assert told in refused.text


def test_a_printer_that_takes_another_language_is_not_added(client_as, tmp_path):
    given = {
        "name": "Folder",
        "url": f"folder://{tmp_path}?language=pdf",
        "language": "zpl",
        "dpi": "300",
        "stock": "",
    }
    refused = post(client_as(Role.SYSTEM_ADMINISTRATOR), "/printers", **given)
    assert refused.status_code == 422
    assert "takes no ZPL" in refused.text
