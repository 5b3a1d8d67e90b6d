"""The virtual library from a shell: make it, look into it, switch faults, serve it."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from drivers import registry
from drivers.errors import BackendUnavailableError
from drivers.library_files import LibraryDefinition, read_mhvtl, read_mtx_status
from drivers.simulator import folder as folders
from drivers.simulator.deeds import DEEDS, act
from drivers.simulator.faults import FAULTS, fault_parameter, listing
from drivers.simulator.hands import Hands
from drivers.simulator.layout import is_as_defined

DONE = 0
FIRSTS = {
    "transport": "first_transport",
    "storage": "first_storage",
    "mail-slot": "first_mail_slot",
    "drive": "first_drive",
}


def create(given: Namespace) -> int:
    """Make a virtual library from another program's files; an existing one is left alone."""
    definition = _read(given.definition, given.device_conf, given.library_id)
    definition = replace(definition, **dict(given.first))
    if given.first and not is_as_defined(definition):
        raise BackendUnavailableError(
            "these first addresses do not leave every kind of element its own range"
        )
    folders.create(given.folder.absolute(), definition, move_s=given.move_s)
    return DONE


def _read(definition: Path, device_conf: Path | None, library_id: int | None) -> LibraryDefinition:
    try:
        text = definition.read_text(encoding="utf-8")
        if device_conf is None:
            return read_mtx_status(text)
        return read_mhvtl(device_conf.read_text(encoding="utf-8"), text, library_id=library_id)
    except (OSError, UnicodeDecodeError) as error:
        raise BackendUnavailableError(f"{definition}: {error}") from error


def _first_address(text: str) -> tuple[str, int]:
    place, _, number = text.partition("=")
    if place not in FIRSTS or not number.isascii() or not number.isdigit():
        raise ArgumentTypeError(f"{text!r} is not one of {', '.join(FIRSTS)} with a number")
    return FIRSTS[place], int(number)


def dump(given: Namespace) -> int:
    """Everything the library remembers, as JSON."""
    with Hands(given.folder.absolute()) as hands:
        sys.stdout.write(json.dumps(hands.dump(), indent=1) + "\n")
    return DONE


def fault(given: Namespace) -> int:
    """Switch a fault on or off; running processes notice at once."""
    with Hands(given.folder.absolute()) as hands:
        if given.clear:
            hands.clear_fault(given.name)
        else:
            hands.set_fault(given.name, **dict(map(fault_parameter, given.parameters)))
    return DONE


def do(given: Namespace) -> int:
    """Let something happen once: a door, a hand, a power cut; running processes notice at once."""
    with Hands(given.folder.absolute()) as hands:
        act(hands, given.name, **dict(map(fault_parameter, given.parameters)))
    return DONE


def faults(_: Namespace) -> int:
    """Every fault that can be switched on, and every deed."""
    sys.stdout.write(listing(FAULTS) + "\n" + listing(DEEDS))
    return DONE


def serve(given: Namespace) -> int:
    """Serve the library over iSCSI until interrupted: the changer is LUN 0, the drives follow."""
    url = f"{registry.SIMULATOR}://{given.folder.absolute()}"
    target = registry.open_target(
        url,
        given.iscsi,
        name=given.name,
        advertised=given.advertise,
        chap_file=given.chap_file,
        ping_s=given.ping_s,
    )
    sys.stdout.write(f"{target.name} at {target.portal}\n")
    sys.stdout.flush()
    try:
        target.serve_forever()
    except KeyboardInterrupt:
        target.close()
    return DONE


def add_commands(parser: ArgumentParser) -> None:
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    commands.add_parser("printer", help="The same for simulated label printers.")
    made = commands.add_parser("create", help=create.__doc__, description=create.__doc__)
    _add_folder(made, create)
    made.add_argument("definition", type=Path, help="mtx status text, or mhvtl's library_contents.N.")
    made.add_argument("--device-conf", type=Path, help="mhvtl's device.conf, for a library_contents.")
    made.add_argument("--library-id", type=int, help="Which library of device.conf.")
    made.add_argument(
        "--first",
        action="append",
        type=_first_address,
        default=[],
        metavar="PLACE=N",
        help="First element address of transport, storage, mail-slot or drive.",
    )
    made.add_argument("--move-s", type=float, default=0.0, help="Seconds a move takes.")
    _add_folder(commands.add_parser("dump", help=dump.__doc__, description=dump.__doc__), dump)
    switch = commands.add_parser("fault", help=fault.__doc__, description=fault.__doc__)
    _add_named(switch, fault)
    switch.add_argument("--clear", action="store_true", help="Switch it off.")
    _add_named(commands.add_parser("do", help=do.__doc__, description=do.__doc__), do)
    commands.add_parser("faults", help=faults.__doc__, description=faults.__doc__).set_defaults(run=faults)
    _add_serve(commands.add_parser("serve", help=serve.__doc__, description=serve.__doc__))


def _add_folder(parser: ArgumentParser, run: Any) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("folder", type=Path, help="The folder of the virtual library.")


def _add_named(parser: ArgumentParser, run: Any) -> None:
    _add_folder(parser, run)
    parser.add_argument("name", help="See `python -m drivers simulator faults`.")
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE", help="Values as JSON.")


def _add_serve(parser: ArgumentParser) -> None:
    _add_folder(parser, serve)
    parser.add_argument(
        "--iscsi",
        metavar="HOST:PORT",
        default="127.0.0.1:3260",
        help="Where to listen; port 0: any free one.",
    )
    parser.add_argument("--name", help="The target's iSCSI name.")
    parser.add_argument("--advertise", metavar="HOST", help="The host that discovery names.")
    parser.add_argument("--chap-file", metavar="FILE", help="Names and secrets; nobody logs in without.")
    parser.add_argument(
        "--ping-s", type=float, default=0.0, metavar="S", help="Ask silent initiators every so many seconds."
    )
