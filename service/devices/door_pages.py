"""What the person at the door of a simulated library does. Their hands change no record: the next inventory sees it."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from service.devices import door, queries
from service.devices.margins import library_href
from service.devices.models import Device
from service.devices.requests import place_number
from service.handlers.rules import Permission
from service.media.barcodes import shown
from service.web.page import Page, page_for
from service.web.views.parts import Tone

router = APIRouter(prefix="/libraries/{name}/door", include_in_schema=False)

Operator = Annotated[Page, page_for(Permission.OPERATE_LIBRARY)]


def _device(page: Page, name: str) -> Device:
    return queries.device_by_name(page.session, name)


def _back(page: Page, name: str, notice: str, tone: Tone = Tone.GREEN) -> Response:
    return page.redirect(f"{library_href(name)}#simulator", notice, tone)


@router.post("/take-out")
def take_out(name: str, page: Operator) -> Response:
    number = place_number(page.text("mail_slot"))
    barcode = door.take_out(_device(page, name), number)
    return _back(page, name, f"{barcode or 'A medium without a label'} is in your hands.")


@router.post("/take-all")
def take_all(name: str, page: Operator) -> Response:
    count = door.take_all_out(_device(page, name))
    return _back(
        page, name, f"{count} media are in your hands." if count != 1 else "One medium is in your hands."
    )


@router.post("/put-in")
def put_in(name: str, page: Operator) -> Response:
    number, barcode = place_number(page.text("mail_slot")), page.text("barcode")
    door.put_in(_device(page, name), number, barcode)
    return _back(page, name, f"{shown(barcode)} is in mail slot {number}.")


@router.post("/put-in-all")
def put_in_all(name: str, page: Operator) -> Response:
    device = _device(page, name)
    count = door.put_in_all(device, door.came_home(page.session.connection(), device))
    return _back(page, name, f"{count} media are in the mail slots.")


@router.post("/open")
def open_door(name: str, page: Operator) -> Response:
    door.open_door(_device(page, name))
    return _back(page, name, "The door is open; the robot stands still.", Tone.AMBER)


@router.post("/close")
def close_door(name: str, page: Operator) -> Response:
    door.close_door(_device(page, name))
    return _back(page, name, "The door is closed.")


@router.post("/mishap")
def let_go_wrong(name: str, page: Operator) -> Response:
    mishap = door.let_go_wrong(_device(page, name), page.text("mishap"))
    return _back(page, name, f"{mishap.label}.", Tone.AMBER)


@router.post("/clear")
def clear_faults(name: str, page: Operator) -> Response:
    door.clear_faults(_device(page, name))
    return _back(page, name, "Nothing goes wrong any more.")
