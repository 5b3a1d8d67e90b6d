"""`strongroom labels`: reserve a series, print it, prove it, go on after trouble."""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from service.cli import Exit, runtime
from service.devices.models import JobState
from service.devices.rules import ENDED
from service.errors import FaultError, StartError, StrongroomError
from service.ids import new_id
from service.ledger.writer import Actor, Unit, Via
from service.media.next_series import next_series
from service.printing import actions, queries, resuming, verifying
from service.printing.choosing import badge_number
from service.printing.models import LabelJobState, LabelState, Output, What
from service.printing.planning import Plan, Wish, plan
from service.printing.printers import Measured, calibrate
from service.printing.rendering import calibration_of, calibration_page, kept_calibration_of
from service.printing.resuming import From
from service.printing.schemas import LabelJobShape
from service.printing.sheets import sheet
from service.printing.stock_list import stock_list
from service.printing.style import Colours, Reading
from service.runtime import Runtime

app = typer.Typer(no_args_is_help=True, help="Labels: series, sheets, printing, proof.")
CLI = Actor(None, Via.CLI)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[str, typer.Argument(help="The label job, such as LP-0001.")]
POLL_S = 0.2
A4 = "lto-79x17-a4"


class PrintingStoppedError(FaultError):
    title = "The printing did not end well"


@app.command("print")
def print_labels(
    *,
    series: Annotated[
        str, typer.Option(help="New cartridge numbers: ABC001L8..ABC400L8 except ABC013L8.")
    ] = "",
    what: Annotated[What, typer.Option(help="What else is labelled.")] = What.SERIES,
    wanted: Annotated[str, typer.Option(help="Which of them: barcodes, numbers, places or logins.")] = "",
    stock: Annotated[str, typer.Option(help="A name from `labels stocks`; default: what is loaded.")] = "",
    style: Annotated[Reading, typer.Option(help="How the text on a cartridge is read.")] = Reading.HORIZONTAL,
    colours: Annotated[Colours, typer.Option(help="Colour digits or plain.")] = Colours.DIGITS,
    out: Annotated[Path | None, typer.Option(help="Write the sheet to this PDF.")] = None,
    printer: Annotated[str, typer.Option(help="Send to this printer; with --out, use its calibration.")] = "",
    start_at: Annotated[int, typer.Option(help="Label of a used sheet to begin with.")] = 1,
    reason: Annotated[str, typer.Option(help="Why; wanted for a reprint.")] = "",
    wait_s: Annotated[
        float, typer.Option("--wait", help="Seconds to wait for the printer; 0 only queues.")
    ] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be printed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Reserve what is new, then write the sheet or send it. On a refusal no number is reserved."""
    if not dry_run and out is None and not printer:
        raise typer.BadParameter("say --out FILE for a sheet or --printer NAME", param_hint="--out")
    output = Output.PRINTER if printer and out is None else Output.SHEET
    wish = Wish(what, series or wanted, stock, style, colours, output, printer, start_at, reason)
    with runtime() as opened:
        planned = _planned(opened, wish)
        if dry_run:
            _tell_plan(planned, as_json=as_json)
            return
        number = _sheet(opened, planned, out) if out is not None else _sent(opened, planned, wait_s)
        _tell_job(opened, number, as_json=as_json)


def _planned(opened: Runtime, wish: Wish) -> Plan:
    with opened.database.reader.connect() as connection:
        return plan(connection, wish, lambda: badge_number(new_id(opened.clock())))


def _sheet(opened: Runtime, planned: Plan, out: Path) -> str:
    part = out.with_name(f"{out.name}.part")
    _check_writable(part)  # before a number is reserved for a file that cannot be written

    def work(unit: Unit) -> str:
        made = actions.make_planned(unit, planned)
        actions.issue_sheet(unit, made.number)
        return made.number

    try:
        number = opened.writer.run(CLI, work)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _write_sheet(opened, number, out)
    return number


def _check_writable(part: Path) -> None:
    try:
        part.write_bytes(b"")
    except OSError as error:
        raise StartError(
            f"{part} cannot be written: {error.strerror}. No number was reserved.",
            next_step="Give another --out.",
        ) from error


def _write_sheet(opened: Runtime, number: str, out: Path) -> None:
    with opened.database.reader.connect() as connection:
        content = sheet(connection, number)
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_bytes(content)
        part.replace(out)
    except OSError as error:
        raise StartError(
            f"{number} is made, but its sheet cannot be written to {out}: {error.strerror}.",
            next_step=f"Get it with: strongroom labels sheet {number} --out FILE",
        ) from error


def _sent(opened: Runtime, planned: Plan, wait_s: float) -> str:
    def work(unit: Unit) -> str:
        made = actions.make_planned(unit, planned)
        resuming.ask_to_send(unit, made.number)
        return made.number

    number = opened.writer.run(CLI, work)
    _wait(opened, number, wait_s)
    return number


def _wait(opened: Runtime, number: str, wait_s: float) -> None:
    """Raises PrintingStoppedError when a person has to look."""
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        with opened.database.reader.connect() as connection:
            job = queries.job(connection, number)
        if job.device_state is JobState.NEEDS_OPERATOR:
            raise PrintingStoppedError(
                f"{number}: {job.sentence or 'the printing stands still'}",
                next_step=f"Then: strongroom labels resume {number} --reason …",
            )
        if job.device_state in ENDED:
            return
        time.sleep(POLL_S)


def _tell_plan(planned: Plan, *, as_json: bool) -> None:
    facts = {
        "dry_run": True, "labels": len(planned.items), "pages": planned.pages, "stock": planned.look.stock,
        "first": planned.items[0].payload, "last": planned.items[-1].payload,
        "in_specification": planned.in_specification,
    }  # fmt: skip
    if as_json:
        typer.echo(json.dumps(facts))
        return
    mark = (
        ""
        if planned.in_specification
        else " Hand scanner only: the stock squeezes the bars below specification."
    )
    typer.echo(
        f"{len(planned.items):,} labels, {facts['first']} to {facts['last']}, on {planned.pages:,} of {planned.look.stock}."
        f"{mark} Nothing was reserved: this was a dry run."
    )


def _tell_job(opened: Runtime, number: str, *, as_json: bool) -> None:
    with opened.database.reader.connect() as connection:
        shape = LabelJobShape.of(queries.job(connection, number))
    if as_json:
        typer.echo(shape.model_dump_json())
        return
    typer.echo(f"{_line(shape)}. Printed is what a scan has proved: strongroom labels verify {number}")


def _line(shape: LabelJobShape) -> str:
    counts = {
        "printed": shape.printed, "sent": shape.sent, "in doubt": shape.in_doubt, "to be printed": shape.planned,
        "spoiled": shape.spoiled, "withdrawn": shape.withdrawn,
    }  # fmt: skip
    told = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    series = f" {shape.series}" if shape.series else ""
    waits = f"  {shape.sentence}" if shape.sentence else ""
    return f"{shape.number}{series}  {shape.what}  {shape.asked[:60]}  {shape.state}: {told}{waits}"


@app.command("stocks")
def list_stocks(
    *,
    dpi: Annotated[int | None, typer.Option(min=1, help="For a printer with so many dots per inch.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every stock with its size, and how cartridge labels come out on it."""
    found = stock_list(dpi)
    if as_json:
        typer.echo(found.model_dump_json())
        return
    for one in found.items:
        size = f"{one.label_width:g} x {one.label_height:g}"
        typer.echo(
            f"{one.name:<22} {size:<14} {one.per_page:>4} a page  {one.cartridges or '–':<20} {one.title}"
        )


@app.command("next")
def propose(
    count: Annotated[int, typer.Argument(help="How many numbers.")],
    like: Annotated[str, typer.Option(help="A barcode of the kind that is wanted.")] = "",
) -> None:
    """The next free series; nothing is reserved."""
    with runtime() as opened, opened.database.reader.connect() as connection:
        typer.echo(next_series(connection, count, like))


@app.command("jobs")
def list_jobs(
    *,
    state: Annotated[LabelJobState | None, typer.Option(help="Only jobs in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 20,
    as_json: AsJson = False,
) -> None:
    """The newest label jobs, with what is proved and what is not."""
    with runtime() as opened, opened.database.reader.connect() as connection:
        shapes = [LabelJobShape.of(one) for one in queries.jobs(connection, state=state, limit=limit)]
    if as_json:
        typer.echo(json.dumps([shape.model_dump(mode="json") for shape in shapes]))
        return
    for shape in shapes:
        typer.echo(_line(shape))


@app.command("sheet")
def write_sheet(
    number: Number, out: Annotated[Path, typer.Option(help="Write the sheet to this PDF.")]
) -> None:
    """The issued sheet once more, until one of its labels was scanned."""
    with runtime() as opened:
        _write_sheet(opened, number, out)
    typer.echo(f"{out} written.")


@app.command("verify")
def verify(
    number: Number,
    barcodes: Annotated[
        list[str] | None, typer.Argument(help="Scanned labels; none: one a line from standard input.")
    ] = None,
) -> None:
    """Prove labels by scanning them; each refusal is named, and ends with exit code 1."""
    refused = 0
    with runtime() as opened:
        for scanned in barcodes or _typed(sys.stdin):
            refused += not _verified(opened, number, scanned)
        _tell_job(opened, number, as_json=False)
    if refused:
        raise typer.Exit(Exit.REFUSED)


def _typed(lines: Iterable[str]) -> Iterable[str]:
    return (line.strip() for line in lines if line.strip())


def _verified(opened: Runtime, number: str, scanned: str) -> bool:
    try:
        done = opened.writer.run(CLI, lambda unit: verifying.verify(unit, number, scanned))
    except StrongroomError as error:
        typer.echo(f"REFUSED  {error.message} {error.next_step}")
        return False
    typer.echo(f"printed  {done.payload}  {done.left:,} left")
    return True


@app.command("resume")
def resume(
    number: Number,
    reason: Annotated[str, typer.Option(help="What was seen at the printer.")],
    *,
    came_out: Annotated[
        bool, typer.Option("--came-out", help="What was in doubt came out: print only what was not sent yet.")
    ] = False,
    start_at: Annotated[int, typer.Option(min=1, help="Label of the sheet that is loaded now.")] = 1,
) -> None:
    """Go on after somebody has looked: from the first label that no scan has proved."""
    where = From.NEXT if came_out else From.FIRST_UNPROVED
    with runtime() as opened:
        again = opened.writer.run(
            CLI, lambda unit: resuming.resume(unit, number, where, reason, start_at=start_at)
        )
        with opened.database.reader.connect() as connection:
            left = queries.job(connection, number).count(LabelState.PLANNED)
    typer.echo(f"{number} goes on: {left:,} labels to print, {again:,} of them were sent before.")


@app.command("calibrate")
def calibrate_printer(
    printer: Annotated[str, typer.Argument(help="The printer's name.")],
    *,
    page: Annotated[Path | None, typer.Option(help="Write the calibration page to this PDF.")] = None,
    stock: Annotated[str, typer.Option(help="Whose page size the calibration page has.")] = A4,
    measured: Annotated[
        tuple[float, float, float, float] | None,
        typer.Option(help="The lengths A B C D on the printed page, in millimetres."),
    ] = None,
) -> None:
    """Print the page with --page, measure it, and enter the four lengths with --measured."""
    if (page is None) == (measured is None):
        raise typer.BadParameter("say --page FILE or --measured A B C D", param_hint="--page")
    with runtime() as opened:
        if measured is not None:
            opened.writer.run(CLI, lambda unit: calibrate(unit, printer, Measured(*measured)))
            typer.echo(f"{printer} is calibrated.")
        if page is not None:
            with opened.database.reader.connect() as connection:
                kept = kept_calibration_of(queries.printer_row(connection, printer))
            page.write_bytes(calibration_page(stock, calibration_of({})))
            told = " It is calibrated already; the page is printed without." if any_calibration(kept) else ""
            typer.echo(f"{page} written. Print it at 100 %, then measure A, B, C and D.{told}")


def any_calibration(kept: dict[str, int]) -> bool:
    return calibration_of(kept) != calibration_of({})
