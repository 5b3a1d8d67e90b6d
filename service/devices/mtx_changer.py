"""`strongroom-mtx-changer`: the changer script of Bareos and Bacula, whose moves are device jobs of a Strongroom server.

    strongroom-mtx-changer CHANGER COMMAND [SLOT [ARCHIVE-DEVICE [DRIVE]]]

With a server configured (see `changer_settings`) nothing is ever moved past it: what it refuses, or does not answer, fails
with exit code 1 and the reason on standard error. Without one the driver moves by itself, as `python -m drivers.mtx_changer`.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from drivers import changer_listing
from drivers.changer_listing import DRIVE, MAIL_SLOT, SLOT, Seat
from drivers.changer_order import FAILED, OK, USAGE, Order, parse
from service.devices import changer_settings
from service.devices.changer_settings import ChangerSettings, ChangerSettingsError

GRACE = 0.1  # of the time, beyond the job's own: a move that has begun just in time is waited for


def main() -> None:
    signal.signal(signal.SIGTERM, _stop)  # Bareos ends the script when its own time is over
    sys.exit(run(sys.argv[1:], os.environ))


def run(arguments: list[str], environment: Any) -> int:
    order = parse(arguments)
    if order is None:
        sys.stderr.write(USAGE)
        return FAILED
    try:
        settings = changer_settings.load(environment)
        return _by_driver(order) if settings is None else _by_server(order, settings)
    except ChangerSettingsError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED


def _by_driver(order: Order) -> int:
    from drivers import mtx_changer

    return mtx_changer.carry_out(order)


def _by_server(order: Order, settings: ChangerSettings) -> int:
    from service.devices.changer_client import Client, ServerError

    try:
        with Client(settings) as client:
            if order.command in MOVES:
                return _move(client, order, settings)
            return _show(client, order, settings)
    except ServerError as error:
        sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("Stopped before the answer came.\n")
    return FAILED


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _show(client: Any, order: Order, settings: ChangerSettings) -> int:
    """`list` and `listall` are asked for after somebody changed something: the library is looked at first."""
    library = client.library(settings.library_of(order.changer))
    seen = client.contents(library)
    enough_s = settings.max_age_s if order.command in {"loaded", "slots"} else 0.0
    if seen["age_s"] is None or seen["age_s"] > enough_s:
        looked = client.wait(client.post(f"/devices/{library.device_id}/inventory", {}), settings.wait_s)
        if looked["state"] != "done":
            sys.stderr.write(f"{looked['sentence'] or 'The library could not be looked at.'}\n")
            return FAILED
        seen = client.contents(library)
    lines = _lines(order, _seats(seen))
    if lines is None:
        sys.stderr.write(f"{library.name} has no drive {order.drive}.\n")
        return FAILED
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return OK


def _seats(seen: Any) -> list[Seat]:
    slots = [
        Seat(MAIL_SLOT if one["mail_slot"] else SLOT, one["number"], one["full"], one["tag"])
        for one in seen["slots"]
    ]
    return slots + [
        Seat(DRIVE, one["number"], one["full"], one["tag"], one["home"]) for one in seen["drives"]
    ]


def _lines(order: Order, seats: list[Seat]) -> list[str] | None:
    match order.command:
        case "list":
            return changer_listing.volumes(seats)
        case "listall":
            return changer_listing.everything(seats)
        case "slots":
            return [str(changer_listing.slot_count(seats))]
        case _:
            drives = [seat for seat in seats if seat.letter == DRIVE and seat.number == order.drive]
            return [str(changer_listing.loaded(drive)) for drive in drives] or None


def _move(client: Any, order: Order, settings: ChangerSettings) -> int:
    library = client.library(settings.library_of(order.changer))
    body = {"slot": order.slot, "within_s": settings.wait_s}
    body |= {"to_slot": order.to_slot} if order.command == "transfer" else {"drive": order.drive}
    job = client.wait(
        client.queue(f"/devices/{library.device_id}/{order.command}", body), settings.wait_s * (1 + GRACE)
    )
    if job["state"] != "done":
        sys.stderr.write(f"{job['sentence'] or 'The move was not done.'} (job {job['job_id']})\n")
        return FAILED
    sys.stdout.write(MOVES[order.command](order))
    return _wait_ready(order) if order.command == "load" else OK


def _wait_ready(order: Order) -> int:
    """The drive is this host's, not the server's: it is asked here whether the medium can be used."""
    if "://" not in order.archive and not os.path.exists(order.archive):  # noqa: PTH110 - start-up time
        return OK
    from drivers.errors import DeviceError
    from drivers.mtx_changer import drive_url, wait_ready

    try:
        return wait_ready(drive_url(order.archive))
    except DeviceError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED


MOVES: dict[str, Callable[[Order], str]] = {
    "load": lambda order: f"{changer_listing.load_done(order.slot, order.drive)}\n",
    "unload": lambda order: f"{changer_listing.unload_done(order.slot, order.drive)}\n",
    "transfer": lambda _: "",
}

if __name__ == "__main__":
    main()
