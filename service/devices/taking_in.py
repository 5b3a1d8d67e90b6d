"""Taking a library into use: a small one in one unit, a large one in units small enough that scans go on in between.

Until the last of them a large one is switched off and has had no inventory; who adds it again with the same name and address goes on with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sqlalchemy import select, update

from drivers.changer.tags import TagForm
from drivers.library_files import LibraryDefinition
from drivers.registry import prepare_simulator
from service.db import table
from service.devices.actions import DeviceEvent
from service.devices.inventories import LARGE, PART, Progress, Write, nothing, record_whole
from service.devices.models import DEVICE, Device, ElementKind
from service.devices.record import TAG_FORM
from service.devices.seen import Look, SeenElement
from service.devices.setup import (
    Added,
    AsFound,
    TakeIn,
    add,
    check_free,
    check_new,
    first_look,
    first_room,
    simulator_url,
)
from service.ledger.writer import Actor, Unit
from service.locations.library import LibraryPlaces, ensure_library
from service.media.queries import chunks
from service.runtime import Runtime

_DEVICE = table(Device)
T = TypeVar("T")
NO_PLACES: Sequence[SeenElement] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    device_id: str
    library_id: str
    parent_id: str


def is_complete(unit: Unit, name: str, url: str) -> bool:
    """Whether this very library was taken into use before."""
    found = unit.connection.execute(
        select(_DEVICE.c.inventory_at).where(_DEVICE.c.name == name, _DEVICE.c.url == url)
    ).one_or_none()
    return found is not None and found.inventory_at is not None


def add_library(
    runtime: Runtime,
    actor: Actor,
    name: str,
    url: str,
    *,
    parent_id: str | None = None,
    take_in: TakeIn | None = None,
    tag_form: TagForm = TagForm.AS_LABELLED,
    progress: Progress = nothing,
) -> Added:
    """Open the changer, look, and make device, places and first inventory.

    `take_in` registers media before the first inventory compares. Raises FaultError when the changer does not answer,
    RefusedError when the name or the URL is taken.
    """
    check_new(name, url)
    look = first_look(url, name)

    def write(work: Callable[[Unit], T]) -> T:
        return runtime.writer.run(actor, work)

    if is_large(look) and (take_in is None or isinstance(take_in, AsFound)):
        return add_in_parts(
            write, name, url, look, parent_id=parent_id, take_in=take_in, tag_form=tag_form, progress=progress
        )
    return write(
        lambda unit: add(unit, name, url, look, parent_id=parent_id, take_in=take_in, tag_form=tag_form)
    )


def add_simulated(
    runtime: Runtime,
    actor: Actor,
    name: str,
    definition: LibraryDefinition,
    *,
    move_s: float = 0.0,
    take_in: TakeIn | None = None,
    tag_form: TagForm = TagForm.AS_LABELLED,
) -> Added:
    """A virtual library in the data folder, made if it is not there."""
    url = simulator_url(runtime.settings.data_dir, name)
    prepare_simulator(url, definition, move_s=move_s)
    return add_library(runtime, actor, name, url, take_in=take_in, tag_form=tag_form)


def is_large(look: Look) -> bool:
    return len(look.elements) > LARGE


def add_in_parts(
    write: Write,
    name: str,
    url: str,
    look: Look,
    *,
    parent_id: str | None = None,
    take_in: AsFound | None = None,
    tag_form: TagForm = TagForm.AS_LABELLED,
    progress: Progress = nothing,
) -> Added:
    """Raises as `setup.add` does, before anything is made."""
    begun = write(lambda unit: _begin(unit, name, url, look, parent_id, tag_form))
    parts = list(chunks(look.elements, PART))
    for number, part in enumerate(parts, 1):
        write(partial(_places, name=name, parent_id=begun.parent_id, elements=part))
        progress("places made", min(number * PART, len(look.elements)), len(look.elements))
    registered = _register(write, name, begun.parent_id, look, parts, take_in, progress) if take_in else 0
    recording = record_whole(write, begun.device_id, look, {}, progress=progress)
    write(lambda unit: unit.change(DEVICE, begun.device_id, {"enabled": True}, DeviceEvent.ENABLED))
    return Added(begun.device_id, begun.library_id, registered, recording)


def _begin(unit: Unit, name: str, url: str, look: Look, parent_id: str | None, tag_form: TagForm) -> Begun:
    room = parent_id or first_room(unit)
    identity = {**look.identity, TAG_FORM: tag_form.value}
    found = unit.connection.execute(
        select(_DEVICE.c.device_id, _DEVICE.c.library_id).where(
            _DEVICE.c.name == name, _DEVICE.c.url == url, _DEVICE.c.inventory_at.is_(None)
        )
    ).one_or_none()
    if found is not None:
        unit.connection.execute(
            update(_DEVICE).where(_DEVICE.c.device_id == found.device_id).values(identity=identity)
        )
        return Begun(found.device_id, found.library_id, room)
    check_free(unit, name, url)
    places = _places(unit, name, room, NO_PLACES)
    device_id = unit.new_id()
    values = {
        "device_id": device_id, "name": name, "url": url, "library_id": places.library_id, "enabled": False,
        "identity": identity,
    }  # fmt: skip
    unit.create(DEVICE, values, DeviceEvent.ADDED, facts=look.identity)
    return Begun(device_id, places.library_id, room)


def _places(unit: Unit, name: str, parent_id: str, elements: Sequence[SeenElement]) -> LibraryPlaces:
    def of(kind: ElementKind) -> list[tuple[int, int]]:
        return [(element.number, element.address) for element in elements if element.kind is kind]

    return ensure_library(
        unit, name, parent_id, slots=of(ElementKind.SLOT), drives=of(ElementKind.DRIVE),
        mail_slots=of(ElementKind.MAIL_SLOT),
    )  # fmt: skip


def _register(
    write: Write,
    name: str,
    parent_id: str,
    look: Look,
    parts: Sequence[Sequence[SeenElement]],
    take_in: AsFound,
    progress: Progress,
) -> int:
    """A tag that is there twice is nobody's, in whichever part the other one stands."""

    def work(unit: Unit, part: Sequence[SeenElement]) -> int:
        once = tuple(element for element in part if element.tag is None or len(look.by_tag[element.tag]) == 1)
        return take_in(unit, replace(look, elements=once), _places(unit, name, parent_id, part))

    registered = 0
    for number, part in enumerate(parts, 1):
        registered += write(partial(work, part=part))
        progress("places searched for media", min(number * PART, len(look.elements)), len(look.elements))
    return registered
