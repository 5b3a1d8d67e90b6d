"""`strongroom devices` and `strongroom worker`: libraries, their inventories and jobs, from the command line."""

import json
import signal
import threading
import time
from typing import Annotated

import typer

from service.cli import runtime
from service.devices import queries, requests, setup
from service.devices.crew import device_crew
from service.devices.models import Job, JobState
from service.devices.rules import ENDED, WORDS
from service.devices.schemas import DeviceShape, JobShape
from service.devices.taking_in import add_library
from service.errors import FaultError
from service.ledger.writer import Actor, Via
from service.media.models import Content
from service.printing.worker import printer_crew
from service.runtime import Runtime

app = typer.Typer(no_args_is_help=True, help="Libraries, their inventories and jobs.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CLI = Actor(None, Via.CLI)
POLL_S = 0.2


class JobFailedError(FaultError):
    title = "The job did not end well"


@app.command("list")
def list_devices(*, as_json: AsJson = False) -> None:
    """Every library with its address, its last inventory and what is wrong with it."""
    with runtime() as opened, opened.database.reading() as session:
        shapes = [DeviceShape.of(found) for found in queries.devices(session)]
    if as_json:
        typer.echo(json.dumps([shape.model_dump(mode="json") for shape in shapes]))
        return
    for shape in shapes:
        seen = shape.inventory_at.strftime("%Y-%m-%d %H:%M UTC") if shape.inventory_at else "never"
        state = "off" if not shape.enabled else shape.fault or "ready"
        typer.echo(f"{shape.name:<24} {seen:<22} {shape.vendor} {shape.product}  {shape.url}  {state}")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What people call the library.")],
    url: Annotated[str, typer.Argument(help="sg:///dev/tape/by-id/…, mtx:///dev/sg3 or sim:///folder")],
    take_in: Annotated[
        str, typer.Option(help="Register media nobody knows as scratch, active or full; none compares only.")
    ] = "none",
) -> None:
    """Look at a library and take it into use."""
    with runtime() as opened:
        register = None if take_in == "none" else setup.as_found(_content(take_in))
        added = add_library(opened, CLI, name, url, take_in=register, progress=_tell)
    typer.echo(f"{name} added, {added.registered} media registered. {added.recording.sentence}")


def _tell(what: str, done: int, of: int) -> None:
    """How far a large library is, on standard error."""
    typer.echo(f"{done:,} of {of:,} {what}", err=True)


def _content(text: str) -> Content:
    allowed = {content.value: content for content in (Content.SCRATCH, Content.ACTIVE, Content.FULL)}
    if text not in allowed:
        raise typer.BadParameter(f"{text!r} is not none, {', '.join(allowed)}")
    return allowed[text]


@app.command("inventory")
def inventory(
    name: str,
    *,
    robot: Annotated[
        bool, typer.Option("--robot", help="Let the robot look at every label; takes minutes.")
    ] = False,
    wait_s: Annotated[
        float, typer.Option("--wait", help="Seconds to wait for the job; 0 only queues it.")
    ] = 60,
) -> None:
    """Queue a look at a library, and wait for it. A worker has to run: the server's, or `strongroom worker`."""
    with runtime() as opened:
        with opened.database.reading() as session:
            device_id = queries.device_by_name(session, name).device_id
        job_id = opened.writer.run(CLI, lambda unit: requests.request_inventory(unit, device_id, robot=robot))
        job = _wait(opened, job_id, wait_s)
    typer.echo(f"Inventory of {name}: {WORDS[job.state]}" + (f". {job.fault}" if job.fault else ""))
    if job.state is JobState.FAILED:
        raise JobFailedError(job.fault or "The inventory failed.")


def _wait(opened: Runtime, job_id: str, wait_s: float) -> Job:
    end = time.monotonic() + wait_s
    while True:
        with opened.database.reading() as session:
            job = queries.job(session, job_id)
        if job.state in ENDED or time.monotonic() >= end:
            return job
        time.sleep(POLL_S)


@app.command("jobs")
def list_jobs(
    *,
    name: Annotated[str | None, typer.Option("--library", help="Only jobs of this library.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 20,
    as_json: AsJson = False,
) -> None:
    """The newest jobs, with what they wait for."""
    with runtime() as opened, opened.database.reading() as session:
        device_id = queries.device_by_name(session, name).device_id if name else None
        names = {found.device_id: found.name for found in queries.devices(session)}
        shapes = [JobShape.of(found) for found in queries.jobs(session, device_id=device_id, limit=limit)]
    if as_json:
        typer.echo(json.dumps([shape.model_dump(mode="json") for shape in shapes]))
        return
    for shape in shapes:
        at = shape.created_at.strftime("%Y-%m-%d %H:%M:%S")
        told = f"  {shape.sentence}" if shape.sentence else ""
        typer.echo(
            f"{at}  {names.get(shape.device_id, '—'):<16} {shape.kind:<10} {WORDS[shape.state]}{told}  {shape.job_id}"
        )


def worker() -> None:
    """Work on the jobs of every library and printer until Ctrl-C, beside or instead of the server's own worker."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with runtime() as opened:
        crew, printers = device_crew(opened).start(), printer_crew(opened).start()
        typer.echo("Working. Ctrl-C ends it.")
        over.wait()
        printers.stop()
        crew.stop()
