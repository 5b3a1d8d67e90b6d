"""Tape libraries, drives and label printers from a shell: `python -m drivers COMMAND URL`.

Exit codes: 0 done, 1 refused by a rule (nothing was sent), 2 cannot start or bad usage,
3 the device reports a fault or what happened cannot be told.
"""

# ruff: noqa: FBT002 - typer makes options of keyword defaults

import json
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from drivers import registry, tables
from drivers.changer.model import Freshness, MoveRequest, MoveVerdict, Snapshot
from drivers.changer.wire import snapshot_to_json
from drivers.errors import (
    BackendUnavailableError,
    DeviceError,
    ElementError,
    LibraryFileError,
    MoveRefusedError,
)
from drivers.printer import shell as printer_shell
from drivers.printer.errors import PrinterRefusedError
from drivers.simulator import shell as simulator_shell

DONE, REFUSED, UNUSABLE, FAULT = 0, 1, 2, 3
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=__doc__,
)
app.add_typer(
    simulator_shell.app,
    name="simulator",
    help="Make and serve virtual libraries and printers, switch faults on.",
)
app.add_typer(printer_shell.app, name="printer", help="Ask a label printer, send to it.")

Url = Annotated[str, typer.Argument(help="sim:///folder, sg:///dev/tape/by-id/…, mtx:///dev/sg3, iscsi://…")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs instead of a table for people.")]
DeadlineS = Annotated[float, typer.Option("--deadline", help="Seconds the whole command may take.")]


def show(value: Any, table: Callable[[], str], *, as_json: bool) -> None:
    sys.stdout.write(json.dumps(value, indent=1) + "\n" if as_json else table())


@app.command()
def identify(url: Url, as_json: AsJson = False, deadline_s: DeadlineS = 60.0) -> None:
    """Who is there: maker, product, revision, serial number."""
    is_drive = "drive" in registry.parse_url(url).options
    with registry.open_drive(url) if is_drive else registry.open_changer(url) as device:
        value = tables.plain(device.identify(deadline_s=deadline_s))
    show(value, lambda: tables.pairs(value), as_json=as_json)


@app.command()
def inventory(
    url: Url,
    as_json: AsJson = False,
    robot: Annotated[bool, typer.Option("--robot", help="Let the robot look first (minutes).")] = False,
    repeat: Annotated[int, typer.Option(min=1, help="Read so many times, show the last.")] = 1,
    deadline_s: DeadlineS = 1800.0,
) -> None:
    """Every element with what the changer reports about it."""
    freshness = Freshness.ROBOT_VERIFIED if robot else Freshness.CACHED
    with registry.open_changer(url) as changer:
        for _ in range(repeat):
            snapshot = changer.inventory(freshness=freshness, deadline_s=deadline_s)
    show(snapshot_to_json(snapshot), lambda: tables.inventory(snapshot), as_json=as_json)


@app.command()
def move(
    url: Url,
    source: Annotated[str, typer.Argument(help="Element address, or slot:N, or drive:N.")],
    destination: Annotated[str, typer.Argument(help="The same.")],
    tag: Annotated[
        str | None, typer.Option(help="The volume tag that must be there; default: whatever is.")
    ] = None,
    as_json: AsJson = False,
    deadline_s: DeadlineS = 900.0,
) -> None:
    """Move one medium, look again, and say what is known."""
    with registry.open_changer(url) as changer:
        before = changer.inventory(deadline_s=deadline_s)
        src, dst = (_address(before, text) for text in (source, destination))
        here = before.by_address.get(src)
        expected = tag if tag is not None else (here.tag_text if here else None)
        outcome = changer.move(MoveRequest(src, dst, expected, "shell", deadline_s))
    value = {
        "verdict": outcome.verdict.value,
        "found_at": outcome.found_at,
        "flags": sorted(outcome.judgement.flags),
        "device_answer": str(outcome.refusal) if outcome.refusal else None,
        "evidence": [exchange.digest() for exchange in outcome.exchanges],
    }
    show(value, lambda: tables.pairs({k: v for k, v in value.items() if k != "evidence"}), as_json=as_json)
    raise typer.Exit(DONE if outcome.is_done else _code_of(outcome.verdict))


def _code_of(verdict: MoveVerdict) -> int:
    return REFUSED if verdict is MoveVerdict.NOT_MOVED else FAULT


def _address(snapshot: Snapshot, text: str) -> int:
    """An element address from a number or from slot:N and drive:N as people count."""
    kind, colon, number = text.partition(":")
    try:
        wanted = int(number, 0) if colon else int(text, 0)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not an element address, slot:N or drive:N") from error
    if not colon:
        return wanted
    found = tables.numbered(snapshot, kind).get(wanted)
    if found is None:
        raise typer.BadParameter(f"the library has no {kind} {wanted}")
    return found


@app.command()
def events(url: Url, as_json: AsJson = False, deadline_s: DeadlineS = 60.0) -> None:
    """Take the waiting unit attentions; they are gone afterwards."""
    with registry.open_changer(url) as changer:
        found = [tables.event(sense) for sense in changer.drain_attentions(deadline_s=deadline_s)]
    show(
        found, lambda: tables.rows(("sense", "meaning"), [tuple(e.values()) for e in found]), as_json=as_json
    )


@app.command()
def memory(url: Url, as_json: AsJson = False, deadline_s: DeadlineS = 60.0) -> None:
    """The cartridge memory of the medium in a drive."""
    with registry.open_drive(url) as drive:
        found = drive.cartridge_memory(deadline_s=deadline_s)
    value = [tables.attribute(a) for a in found.attributes.values()]
    show(
        value,
        lambda: tables.rows(("id", "name", "value"), [tuple(v.values())[:3] for v in value]),
        as_json=as_json,
    )


@app.command()
def alerts(url: Url, as_json: AsJson = False, deadline_s: DeadlineS = 60.0) -> None:
    """TapeAlert flags of a drive."""
    with registry.open_drive(url) as drive:
        found = drive.alerts(deadline_s=deadline_s)
    value = {"cleared_by_reading": found.cleared, "flags": [tables.alert(number) for number in found.flags]}
    show(value, lambda: tables.alerts(found), as_json=as_json)


@app.command()
def encryption(url: Url, as_json: AsJson = False, deadline_s: DeadlineS = 60.0) -> None:
    """What a drive does with keys, and what it says about the next block."""
    with registry.open_drive(url) as drive:
        value = tables.encryption(drive.encryption_state(deadline_s=deadline_s))
    show(value, lambda: tables.pairs(value), as_json=as_json)


def main(arguments: list[str] | None = None) -> int:
    try:
        app(args=arguments, prog_name="python -m drivers")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else DONE
    except (BackendUnavailableError, LibraryFileError) as error:
        return _complain(error, UNUSABLE)
    except (MoveRefusedError, ElementError, PrinterRefusedError) as error:
        return _complain(error, REFUSED)
    except DeviceError as error:
        return _complain(error, FAULT)
    return DONE


def _complain(error: Exception, code: int) -> int:
    sys.stderr.write(f"{error}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
