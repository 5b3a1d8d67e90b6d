"""The pages of libraries: list, map, table, and what a person asks of one."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import RedirectResponse, Response

from service.devices import door, queries, requests
from service.devices.live import NOT_ALLOWED
from service.devices.margins import library_href, table_view
from service.devices.models import Device, ElementKind
from service.devices.picture import (
    lens_around,
    lens_start,
    library_map,
    library_view,
    live_view,
    shown_places,
    strip,
)
from service.devices.scene import Held, Scene, has_many_slots, held_at, load_scene
from service.handlers.rules import Permission
from service.media.barcodes import shown
from service.media.queries import ids_by_barcode
from service.web.filling import act_or_again
from service.web.page import Page, page_for
from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.library import LibraryMap, Simulator, Strip
from service.web.views.pages import FormPage, ListPage
from service.web.views.parts import Act, Chip, EmptyState, Head, Link, Number, Tone, When, WhenStyle
from service.web.views.run import Live
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(prefix="/libraries", include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ)]
Operator = Annotated[Page, page_for(Permission.OPERATE_LIBRARY)]
At = Annotated[int | None, Query(ge=1, le=65536)]
Show = Annotated[str, Query(max_length=40)]
DESTINATION_WORDS = {ElementKind.SLOT: "slot", ElementKind.MAIL_SLOT: "mail slot", ElementKind.DRIVE: "drive"}


@dataclass(frozen=True, slots=True)
class MapOnly:
    map: LibraryMap


@dataclass(frozen=True, slots=True)
class LiveOnly:
    live: Live | None


@dataclass(frozen=True, slots=True)
class DoorOnly:
    simulator: Simulator


@dataclass(frozen=True, slots=True)
class StripOnly:
    strip: Strip


@router.get("")
def list_libraries(page: Reader) -> Response:
    """The only library is shown at once."""
    found = queries.devices(page.session)
    if len(found) == 1:
        return RedirectResponse(library_href(found[0].name), 303)
    columns = (
        Column("Library"),
        Column("Slots full", numeric=True),
        Column("Last inventory", keep=Keep.TABLET),
        Column("State"),
    )
    rows = tuple(_row(page, device) for device in found)
    empty = EmptyState(
        "No library yet.",
        "A library appears here once it is taken into use: strongroom devices add NAME URL, or POST /api/v1/devices.",
    )
    table = Table("libraries", "Libraries", columns, rows, empty=empty)
    return page.render(
        "pages/list.html", ListPage("Libraries", Place.LIBRARY, Head("Library", "Libraries"), table)
    )


def _row(page: Page, device: Device) -> Row:
    full, slots = queries.slot_counts(page.session, device.device_id)
    state = Chip("switched off") if not device.enabled else Chip("ready", Tone.GREEN)
    return Row((
        Cell(Link(device.name, library_href(device.name)), head=True),
        Cell((Number(full), " of ", Number(slots))),
        Cell(When(device.inventory_at, WhenStyle.AGO) if device.inventory_at else "never"),
        Cell(Chip("not working", Tone.RED) if device.fault else state),
    ))  # fmt: skip


@router.get("/{name}")
def show_library(name: str, page: Reader, *, at: At = None, show: Show = "") -> Response:
    """`at` puts the lens of a large library over a slot; `show` makes a barcode's cell pulse."""
    device = queries.device_by_name(page.session, name)
    scene = load_scene(page.session, device)
    first, held = _lens(page, scene, at or _slot_of(page, scene, show))
    view = library_view(
        scene,
        held,
        may_operate=_may_operate(page),
        lens_first=first,
        pulse=show,
        simulator=_simulator(page, scene),
    )
    return page.render("library/library.html", view)


def _lens(page: Page, scene: Scene, at: int | None) -> tuple[int, dict[str, Held]]:
    first = lens_start(scene, at)
    return first, dict(held_at(page.session.connection(), shown_places(scene, first)))


def _slot_of(page: Page, scene: Scene, barcode: str) -> int | None:
    """Where the lens goes for a barcode that was searched for: near the slot it stands in."""
    medium_id = ids_by_barcode(page.session.connection(), [barcode]).get(barcode) if barcode else None
    slots = scene.of_kind(ElementKind.SLOT) if medium_id is not None else ()
    number = next((place.number for place in slots if place.medium_id == medium_id), None)
    return None if number is None else lens_around(number)


def _may_operate(page: Page) -> bool:
    return page.person.may(Permission.OPERATE_LIBRARY)


def _simulator(page: Page, scene: Scene) -> Simulator | None:
    device = scene.device
    if not device.url.startswith(queries.SIMULATED) or device.fault:
        return None
    may = _may_operate(page)

    def allowed(act: Act) -> Act:
        return act if may else replace(act, enabled=False, reason=NOT_ALLOWED)

    made = door.panel(
        scene,
        door.door_state(device),
        door.came_home(page.session.connection(), device),
        library_href(device.name),
        allowed=allowed,
    )
    return made if may else replace(made, put_in=None, mishap=None)


@router.get("/{name}/map")
def map_fragment(name: str, page: Reader) -> Response:
    device = queries.device_by_name(page.session, name)
    many = has_many_slots(page.session, device.device_id)
    scene = load_scene(page.session, device, with_slots=not many)
    held = held_at(page.session.connection(), shown_places(scene, 1))
    return page.fragment("library/_map.html", MapOnly(library_map(scene, held)))


@router.get("/{name}/live")
def live_fragment(name: str, page: Reader) -> Response:
    scene = load_scene(page.session, queries.device_by_name(page.session, name), with_slots=False)
    return page.fragment("library/_live.html", LiveOnly(live_view(scene, may_operate=_may_operate(page))))


@router.get("/{name}/door")
def door_fragment(name: str, page: Reader) -> Response:
    scene = load_scene(page.session, queries.device_by_name(page.session, name), with_slots=False)
    made = _simulator(page, scene)
    if made is None:
        raise door.NotSimulatedError(name)
    return page.fragment("library/_door.html", DoorOnly(made))


@router.get("/{name}/strip")
def strip_fragment(name: str, page: Reader, *, at: At = 1) -> Response:
    scene = load_scene(page.session, queries.device_by_name(page.session, name))
    first, held = _lens(page, scene, at)
    return page.fragment("library/_strip.html", StripOnly(strip(scene, held, first)))


@router.get("/{name}/table")
def table_page(
    name: str, page: Reader, *, after: Annotated[int | None, Query(ge=0, le=65536)] = None
) -> Response:
    device = queries.device_by_name(page.session, name)
    scene = load_scene(page.session, device)
    return page.render("library/table.html", table_view(page.session.connection(), scene, after))


@router.post("/{name}/inventory")
def take_inventory(name: str, page: Operator) -> Response:
    device = queries.device_by_name(page.session, name)
    page.act(lambda unit: requests.request_inventory(unit, device.device_id))
    return page.redirect(library_href(name), "A look at the library is queued.", Tone.BLUE)


@router.get("/{name}/move")
def move_form(name: str, page: Operator, *, barcode: Show = "") -> Response:
    device = queries.device_by_name(page.session, name)
    return page.render("pages/form.html", _move_page(device, barcode))


@router.post("/{name}/move")
def move(name: str, page: Operator) -> Response:
    device = queries.device_by_name(page.session, name)
    kinds = {kind.value: kind for kind in requests.DESTINATIONS}
    kind = kinds.get(page.text("to"), ElementKind.SLOT)
    number = requests.place_number(page.text("number"))
    barcode = page.text("barcode")
    return act_or_again(
        page,
        lambda: _move_page(device, barcode),
        lambda unit: requests.request_move(unit, device.device_id, barcode, kind, number),
        lambda _: page.redirect(library_href(name), f"The move of {shown(barcode)} is queued.", Tone.BLUE),
    )


def _move_page(device: Device, barcode: str) -> FormPage:
    options = tuple(Option(kind.value, DESTINATION_WORDS[kind]) for kind in requests.DESTINATIONS)
    fields = (
        Field(
            "barcode",
            "Medium",
            mono=True,
            width=12,
            value=barcode,
            help="Its barcode; it has to be in this library.",
        ),
        Field("to", "To a", FieldKind.SELECT, value=ElementKind.SLOT.value, options=options),
        Field(
            "number",
            "Number",
            FieldKind.NUMBER,
            minimum="1",
            maximum="65535",
            help="As on the map; the place has to be free.",
        ),
    )
    base = library_href(device.name)
    form = Form("move", f"{base}/move", "Move it", fields, other=(Act("Back", base),))
    return FormPage("Move a medium", Place.LIBRARY, Head(Link(device.name, base), "Move a medium"), form)
