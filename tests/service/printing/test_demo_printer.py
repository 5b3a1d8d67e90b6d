"""The demonstration's label printer: there at the first start, and labels sent to it can be proved."""

import pytest

from service.devices.models import JobState
from service.errors import InvalidInputError
from service.first_start import first_start
from service.handlers.models import Role
from service.printing.demo_printer import NAME, demo_printer
from service.printing.models import LabelJobState, LabelState, Printer
from service.printing.printers import NewPrinter, check_new
from service.printing.worker import printer_crew
from service.settings import Settings


@pytest.fixture
def demo(room):
    """The print room on a site with a demonstration's printer."""
    demo_printer(room.runtime)
    return room


def test_a_demonstration_has_a_loaded_label_printer_in_its_data_folder_and_a_second_start_adds_none(room):
    runtime = room.runtime
    runtime.settings = Settings(**runtime.settings.model_dump() | {"demo": True})
    first_start(runtime)
    [printer] = room.rows(Printer)
    assert (printer.name, printer.stock, printer.state["ready"]) == (NAME, "roll-79x17", True)
    assert printer.url.startswith(f"sim://{runtime.settings.data_dir}/")
    size = room.ledger_size()
    first_start(runtime)
    assert [one.printer_id for one in room.rows(Printer)] == [printer.printer_id]
    assert room.ledger_size() == size


def test_a_site_that_has_a_printer_gets_none_of_the_demonstrations(room):
    room.printer()
    demo_printer(room.runtime)
    assert [one.name for one in room.rows(Printer)] == ["Zebra 1"]


def test_a_series_sent_to_it_by_the_media_handler_is_printed_once_every_label_was_typed(
    demo, client_as, request
):
    request.addfinalizer(printer_crew(demo.runtime).start().stop)
    client = client_as(Role.MEDIA_HANDLER)
    wish = {"what": "series", "wanted": "ABC001L8..ABC003L8", "output": "printer", "printer": NAME}
    number = client.post("/api/v1/label-jobs", json=wish).json()["number"]
    assert client.post(f"/api/v1/label-jobs/{number}/send").status_code == 202
    job_id = demo.view(number).device_job_id
    demo.wait_for_state(job_id, JobState.DONE)
    for barcode in ("ABC001L8", "ABC002L8", "ABC003L8"):
        assert (
            client.post(f"/api/v1/label-jobs/{number}/verify", json={"barcode": barcode}).status_code == 200
        )
    assert set(demo.states(number).values()) == {LabelState.PRINTED}
    assert demo.view(number).state is LabelJobState.CLOSED


def test_an_at_sign_in_a_folder_s_name_is_no_password():
    check_new(NewPrinter(NAME, "sim:///home/person@site/data"))
    with pytest.raises(InvalidInputError, match="password"):
        check_new(NewPrinter(NAME, "ipp://person:secret@printer-1/ipp/print"))
