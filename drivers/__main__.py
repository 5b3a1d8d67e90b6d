"""Tape libraries, drives and label printers from a shell: `python -m drivers COMMAND URL`.

Exit codes: 0 done, 1 refused by a rule (nothing was sent), 2 cannot start or bad usage,
3 the device reports a fault or what happened cannot be told.
"""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from typing import Any

from drivers import registry, tables
from drivers.changer.model import Freshness, MoveRequest, MoveVerdict, Snapshot
from drivers.errors import (
    BackendUnavailableError,
    DeviceError,
    ElementError,
    LibraryFileError,
    MoveRefusedError,
)

DONE, REFUSED, UNUSABLE, FAULT = 0, 1, 2, 3
SIMULATOR, PRINTER = "simulator", "printer"
Verb = Callable[[Namespace], int]


class UsageError(Exception):
    """A place or value that cannot be meant."""


def show(given: Namespace, value: Any, table: Callable[[], str]) -> int:
    return _show(given, lambda: value, table)


def _show(given: Namespace, value: Callable[[], Any], table: Callable[[], str]) -> int:
    sys.stdout.write(json.dumps(value(), indent=1) + "\n" if given.json else table())
    return DONE


def identify(given: Namespace) -> int:
    """Who is there: maker, product, revision, serial number."""
    is_drive = "drive" in registry.parse_url(given.url).options
    with registry.open_drive(given.url) if is_drive else registry.open_changer(given.url) as device:
        value = tables.plain(device.identify(deadline_s=given.deadline))
    return show(given, value, lambda: tables.pairs(value))


def inventory(given: Namespace) -> int:
    """Every element with what the changer reports about it."""
    freshness = Freshness.ROBOT_VERIFIED if given.robot else Freshness.CACHED
    with registry.open_changer(given.url) as changer:
        for _ in range(given.repeat):
            snapshot = changer.inventory(freshness=freshness, deadline_s=given.deadline)
    return _show(given, lambda: _as_json(snapshot), lambda: tables.inventory(snapshot))


def _as_json(snapshot: Snapshot) -> dict[str, Any]:
    from drivers.changer.wire import snapshot_to_json

    return snapshot_to_json(snapshot)


def move(given: Namespace) -> int:
    """Move one medium, look again, and say what is known."""
    with registry.open_changer(given.url) as changer:
        before = changer.inventory(deadline_s=given.deadline)
        src, dst = (_address(before, text) for text in (given.source, given.destination))
        here = before.by_address.get(src)
        expected = given.tag if given.tag is not None else (here.tag_text if here else None)
        outcome = changer.move(MoveRequest(src, dst, expected, "shell", given.deadline))
    value = {
        "verdict": outcome.verdict.value,
        "found_at": outcome.found_at,
        "flags": sorted(outcome.judgement.flags),
        "device_answer": str(outcome.refusal) if outcome.refusal else None,
        "evidence": [exchange.digest() for exchange in outcome.exchanges],
    }
    show(given, value, lambda: tables.pairs({k: v for k, v in value.items() if k != "evidence"}))
    return DONE if outcome.is_done else _code_of(outcome.verdict)


def _code_of(verdict: MoveVerdict) -> int:
    return REFUSED if verdict is MoveVerdict.NOT_MOVED else FAULT


def _address(snapshot: Snapshot, text: str) -> int:
    """An element address from a number or from slot:N and drive:N as people count."""
    kind, colon, number = text.partition(":")
    try:
        wanted = int(number, 0) if colon else int(text, 0)
    except ValueError as error:
        raise UsageError(f"{text!r} is not an element address, slot:N or drive:N") from error
    if not colon:
        return wanted
    found = tables.numbered(snapshot, kind).get(wanted)
    if found is None:
        raise UsageError(f"the library has no {kind} {wanted}")
    return found


def events(given: Namespace) -> int:
    """Take the waiting unit attentions; they are gone afterwards."""
    with registry.open_changer(given.url) as changer:
        found = [tables.event(sense) for sense in changer.drain_attentions(deadline_s=given.deadline)]
    return show(given, found, lambda: tables.rows(("sense", "meaning"), [tuple(e.values()) for e in found]))


def memory(given: Namespace) -> int:
    """The cartridge memory of the medium in a drive."""
    from drivers import drive_tables

    with registry.open_drive(given.url) as drive:
        found = drive.cartridge_memory(deadline_s=given.deadline)
    value = [drive_tables.attribute(a) for a in found.attributes.values()]
    return show(
        given, value, lambda: tables.rows(("id", "name", "value"), [tuple(v.values())[:3] for v in value])
    )


def alerts(given: Namespace) -> int:
    """TapeAlert flags of a drive."""
    from drivers import drive_tables

    with registry.open_drive(given.url) as drive:
        found = drive.alerts(deadline_s=given.deadline)
    value = {
        "cleared_by_reading": found.cleared,
        "flags": [drive_tables.alert(number) for number in found.flags],
    }
    return show(given, value, lambda: drive_tables.alerts(found))


def encryption(given: Namespace) -> int:
    """What a drive does with keys, and what it says about the next block."""
    from drivers import drive_tables

    with registry.open_drive(given.url) as drive:
        value = drive_tables.encryption(drive.encryption_state(deadline_s=given.deadline))
    return show(given, value, lambda: tables.pairs(value))


# Each command with the seconds it may take.
COMMANDS: dict[Verb, float] = {
    identify: 60.0,
    inventory: 1800.0,
    move: 900.0,
    events: 60.0,
    memory: 60.0,
    alerts: 60.0,
    encryption: 60.0,
}


def argument_parser(*, with_simulator: bool) -> ArgumentParser:
    parser = ArgumentParser(
        "python -m drivers", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    made = {run: _add(commands, run, deadline_s) for run, deadline_s in COMMANDS.items()}
    _add_inventory_options(made[inventory])
    _add_move_arguments(made[move])
    commands.add_parser(PRINTER, help="Ask a label printer, send to it.")
    simulator = commands.add_parser(
        SIMULATOR, help="Make and serve virtual libraries and printers, switch faults on."
    )
    if with_simulator:
        # Imported when it is used: the model behind it takes longer to load than a look at a changer.
        from drivers.simulator import shell

        shell.add_commands(simulator)
    return parser


def _add(commands: Any, run: Verb, deadline_s: float) -> ArgumentParser:
    parser: ArgumentParser = commands.add_parser(run.__name__, help=run.__doc__, description=run.__doc__)
    parser.set_defaults(run=run)
    parser.add_argument(
        "url", metavar="URL", help="sim:///folder, sg:///dev/tape/by-id/…, mtx:///dev/sg3, iscsi://…"
    )
    parser.add_argument(
        "--json", action="store_true", help="JSON for programs instead of a table for people."
    )
    parser.add_argument(
        "--deadline", type=float, default=deadline_s, metavar="S", help="Seconds the whole command may take."
    )
    return parser


def _add_inventory_options(parser: ArgumentParser) -> None:
    parser.add_argument("--robot", action="store_true", help="Let the robot look first (minutes).")
    parser.add_argument(
        "--repeat", type=_positive, default=1, metavar="N", help="Read so many times, show the last."
    )


def _add_move_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="FROM", help="Element address, or slot:N, or drive:N.")
    parser.add_argument("destination", metavar="TO", help="The same.")
    parser.add_argument("--tag", help="The volume tag that must be there; default: whatever is.")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def run(words: list[str]) -> int:
    """One command; the shells of printers are imported when they are used."""
    if words[:1] == [PRINTER]:
        from drivers.printer import shell as printer_shell

        printer_shell.app(args=words[1:], prog_name=f"python -m drivers {PRINTER}")
    if words[:2] == [SIMULATOR, PRINTER]:
        from drivers.simulator.printer import shell as simulated_shell

        simulated_shell.app(args=words[2:], prog_name=f"python -m drivers {SIMULATOR} {PRINTER}")
    given = argument_parser(with_simulator=SIMULATOR in words[:1]).parse_args(words)
    code: int = given.run(given)
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        return run(list(sys.argv[1:] if arguments is None else arguments))
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else DONE
    except (BackendUnavailableError, LibraryFileError, UsageError) as error:
        return _complain(error, UNUSABLE)
    except (MoveRefusedError, ElementError) as error:
        return _complain(error, REFUSED)
    except DeviceError as error:
        return _complain(error, REFUSED if _is_refusal(error) else FAULT)


def _is_refusal(error: DeviceError) -> bool:
    from drivers.printer.errors import PrinterRefusedError

    return isinstance(error, PrinterRefusedError)


def _complain(error: Exception, code: int) -> int:
    sys.stderr.write(f"{error}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
