"""The person at the door of a simulated library: what their hands can do, and the panel that offers it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from drivers.errors import DeviceError
from drivers.registry import open_hands
from service.devices.faults import translate
from service.devices.models import Device, ElementKind
from service.devices.scene import Scene
from service.errors import InvalidInputError, NotFoundError
from service.media.barcodes import parse_barcode
from service.media.words import href
from service.rotation.queries import media_to_load
from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.library import DoorSlot, Simulator
from service.web.views.parts import Act, Barcode, Method, Refresh

NOTE = (
    "This library is simulated. Here you are the person who stands in front of it: take media out of the mail slots, "
    "put some in, open the door, or let something go wrong."
)
SHOWN_OUTSIDE = 8
SHOWN_SLOTS = 24
REFRESH_S = 3


@dataclass(frozen=True, slots=True)
class Mishap:
    """Something that can be made to go wrong once, by its name in the simulator."""

    label: str
    fault: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


MISHAPS: Mapping[str, Mishap] = {
    "jam-gripper": Mishap(
        "The next move jams with the medium in the gripper", "jam", {"phase": "in-gripper"}
    ),
    "jam-pick": Mishap("The next move jams before the medium is picked", "jam", {"phase": "before-pick"}),
    "put-back": Mishap("The next move fails and the library puts the medium back", "put-back"),
    "timeout": Mishap("The next move gets no answer in time", "timeout", {"phase": "in-gripper"}),
    "lost-status": Mishap("The next move is done and its answer is lost", "lost-status", {"phase": "placed"}),
    "phantom": Mishap("Emptied slots keep showing the tag that was there", "phantom-tags"),
    "offline": Mishap("The library is offline until faults are cleared", "offline"),
}


@dataclass(frozen=True, slots=True)
class DoorState:
    """What lies in the mail slots (by address) and in hand, whether the door is open, which faults are on."""

    mail_slots: Mapping[int, str]
    outside: tuple[str, ...]
    is_open: bool
    faults: tuple[str, ...]


class NotSimulatedError(NotFoundError):
    def __init__(self, name: str) -> None:
        super().__init__("person at the door of", name)


@contextmanager
def _hands(device: Device) -> Iterator[Any]:
    """The hands, with the driver's errors in Strongroom's words."""
    try:
        hands = open_hands(device.url)
        if hands is None:
            raise NotSimulatedError(device.name)
        with hands:
            yield hands
    except DeviceError as error:
        raise translate(error, device.name) from error


def door_state(device: Device) -> DoorState:
    with _hands(device) as hands:
        seen = hands.at_the_door()
        return DoorState(seen.mail_slots, seen.outside, seen.is_open, seen.faults)


def take_out(device: Device, number: int) -> str:
    """The barcode of the medium taken out of this mail slot."""
    with _hands(device) as hands:
        return str(hands.take_from_mail_slot(_address(hands.mail_slots(), number)))


def take_all_out(device: Device) -> int:
    taken = [address for address, barcode in door_state(device).mail_slots.items() if barcode]
    with _hands(device) as hands:
        for address in taken:
            hands.take_from_mail_slot(address)
    return len(taken)


def put_in(device: Device, number: int, barcode: str) -> None:
    text = parse_barcode(barcode).text
    with _hands(device) as hands:
        hands.put_in_mail_slot(_address(hands.mail_slots(), number), text)


def put_in_all(device: Device, barcodes: list[str]) -> int:
    """As many of them as mail slots are free."""
    state = door_state(device)
    inside = set(state.mail_slots.values())
    free = [address for address, there in state.mail_slots.items() if not there]
    wanted = [barcode for barcode in barcodes if barcode not in inside]
    with _hands(device) as hands:
        for address, barcode in zip(free, wanted, strict=False):
            hands.put_in_mail_slot(address, barcode)
    return min(len(free), len(wanted))


def _address(addresses: tuple[int, ...], number: int) -> int:
    if not 1 <= number <= len(addresses):
        raise InvalidInputError(
            f"There is no mail slot {number}. Nothing was done.",
            fields={"mail_slot": f"1 to {len(addresses)}."},
        )
    return addresses[number - 1]


def open_door(device: Device) -> None:
    with _hands(device) as hands:
        hands.open_door()


def close_door(device: Device) -> None:
    with _hands(device) as hands:
        hands.close_door()


def let_go_wrong(device: Device, name: str) -> Mishap:
    mishap = MISHAPS.get(name)
    if mishap is None:
        raise InvalidInputError(
            "Nothing was switched on.", fields={"mishap": f"One of {', '.join(MISHAPS)}."}
        )
    with _hands(device) as hands:
        hands.set_fault(mishap.fault, **mishap.parameters)
    return mishap


def clear_faults(device: Device) -> int:
    on = door_state(device).faults
    with _hands(device) as hands:
        for fault in on:
            hands.clear_fault(fault)
    return len(on)


def came_home(connection: Connection, device: Device) -> list[str]:
    return [line.barcode for line in media_to_load(connection, device.library_id)]


def panel(
    scene: Scene, state: DoorState, expected: list[str], base: str, *, allowed: Callable[[Act], Act]
) -> Simulator:
    numbers = {place.address: place.number for place in scene.of_kind(ElementKind.MAIL_SLOT)}
    free = [
        numbers[address]
        for address, barcode in state.mail_slots.items()
        if not barcode and address in numbers
    ]
    full = {address: barcode for address, barcode in state.mail_slots.items() if barcode}
    is_many = len(state.mail_slots) > SHOWN_SLOTS
    shown = dict(list(full.items())[:SHOWN_SLOTS]) if is_many else state.mail_slots
    return Simulator(
        note=NOTE,
        slots=tuple(
            _door_slot(numbers.get(address, 0), barcode, base, allowed) for address, barcode in shown.items()
        ),
        slots_note=f"{len(full):,} of {len(state.mail_slots):,} mail slots hold something."
        if is_many
        else "",
        put_in=_put_in(free, state, expected, base),
        acts=tuple(allowed(act) for act in _acts(state, expected, base)),
        mishap=_mishap(base),
        refresh=Refresh(f"{base}/door", REFRESH_S),
    )


def _door_slot(number: int, barcode: str, base: str, allowed: Callable[[Act], Act]) -> DoorSlot:
    name = f"Mail slot {number}"
    if not barcode:
        return DoorSlot(name, None, None)
    act = Act(
        "Take out", f"{base}/door/take-out", Method.POST, slim=True, fields=(("mail_slot", str(number)),),
        aria_label=f"Take out {barcode}, mail slot {number}",
    )  # fmt: skip
    return DoorSlot(name, Barcode(barcode, href(barcode)), allowed(act))


def _put_in(free: list[int], state: DoorState, expected: list[str], base: str) -> Form | None:
    if not free:
        return None
    named = [*expected, *(one for one in state.outside if one not in expected)]
    some = ", ".join(named[:SHOWN_OUTSIDE])
    return Form(
        "put-in",
        f"{base}/door/put-in",
        "Put in",
        (
            Field(
                "barcode", "Medium", mono=True, width=12, value=named[0] if named else "",
                help=f"In hand or on the desk: {some}." if some else "Any barcode; one nobody knows becomes a discrepancy.",
            ),
            Field(
                "mail_slot", "Mail slot", FieldKind.SELECT, value=str(free[0]),
                options=tuple(Option(str(number), str(number)) for number in free[:SHOWN_SLOTS]),
            ),
        ),
    )  # fmt: skip


def _acts(state: DoorState, expected: list[str], base: str) -> list[Act]:
    acts = []
    if any(state.mail_slots.values()):
        acts.append(Act("Take all out", f"{base}/door/take-all", Method.POST))
    waiting = [barcode for barcode in expected if barcode not in state.mail_slots.values()]
    if waiting:
        acts.append(Act(f"Put in what came home ({len(waiting)})", f"{base}/door/put-in-all", Method.POST))
    door = ("Close the door", "close") if state.is_open else ("Open the door", "open")
    acts.append(Act(door[0], f"{base}/door/{door[1]}", Method.POST))
    if state.faults:
        acts.append(Act(f"Clear faults ({', '.join(state.faults)})", f"{base}/door/clear", Method.POST))
    return acts


def _mishap(base: str) -> Form:
    options = tuple(Option(key, mishap.label) for key, mishap in MISHAPS.items())
    return Form(
        "mishap", f"{base}/door/mishap", "Let it happen",
        (Field("mishap", "Something goes wrong", FieldKind.SELECT, value="jam-gripper", options=options),),
    )  # fmt: skip
