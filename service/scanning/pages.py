"""The scan page: one field, one band. Works without JavaScript by posting the form."""

from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from service.answers import RequestKey
from service.consignments.models import Consignment, Direction
from service.errors import StrongroomError
from service.handlers.rules import Permission
from service.ledger.writer import Via
from service.scanning import queries
from service.scanning.api import scan_of, undone, write_scans
from service.scanning.marking import identified
from service.scanning.pack_codes import next_commands
from service.scanning.rules import Command, Task, TaskKind, Tone, parse_task
from service.scanning.schemas import Counts, NextCommand, ScanIn
from service.web.errors import problem
from service.web.page import Page, page_for
from service.web.views import parts, scan
from service.web.views.frame import Place

router = APIRouter(include_in_schema=False)

Scanner = Annotated[Page, page_for(Permission.SCAN)]

TITLES = {
    TaskKind.PACK: "Scan out and pack",
    TaskKind.RECEIVE: "Receive",
    TaskKind.UNPACK: "Unpack",
    TaskKind.LOOK: "Scan",
}
READY = {
    TaskKind.LOOK: "Any medium, container or seal",
    TaskKind.PACK: "Scan a container, then the media",
    TaskKind.RECEIVE: "Scan a container, then its seal",
    TaskKind.UNPACK: "Scan the container, then the media",
}


@router.get("/scan")
def scan_page(page: Scanner, task: str = "") -> Response:
    return _page(page, parse_task(task), None)


@router.post("/scan")
def scan_by_form(page: Scanner) -> Response:
    """One scan of a page without JavaScript; the answer is the page again, with the band."""
    task = parse_task(page.text("task"))
    key = (
        RequestKey.of(
            page.person.handler_id, page.text("form_key"), "POST", "/scan", page.text("barcode").encode()
        )
        if page.text("form_key")
        else None
    )
    try:
        item = scan_of(page.person, ScanIn(page.text("barcode"), str(task)), key, Via.WEB)
        found = page.runtime.writer.run_many(item.actor, write_scans, [item])[0]
    except StrongroomError as error:
        found = error
    answer = problem(found) if isinstance(found, StrongroomError) else msgspec.json.decode(found.body)
    following = parse_task(str(answer.get("task") or task))
    page.session.rollback()  # what was read before the scan is old
    return _page(page, following, answer)


@router.post("/scan/undo")
def undo(page: Scanner, task: str, barcode: str) -> Response:
    page.act(lambda unit: undone(unit, page.person, task, barcode).decode())
    return page.redirect(f"/scan?task={quote(task)}", f"{barcode} is taken out again.")


def _page(page: Page, task: Task, answer: dict[str, object] | None) -> Response:
    view = _task_view(page, task, answer) if task.consignment else _look_view(page, answer)
    return page.render("scan/scan.html", view)


def _look_view(page: Page, answer: dict[str, object] | None) -> scan.ScanView:
    return scan.ScanView(
        title="Scan", place=Place.SCAN, task=None, band=_band(Task(TaskKind.LOOK), answer),
        choices=tuple(_choice(open_task) for open_task in queries.open_tasks(page.session, page.person)),
    )  # fmt: skip


def _choice(found: queries.OpenTask) -> scan.TaskChoice:
    one = found.consignment
    about = (
        f"{one.purpose} · ",
        parts.Ident(one.number, f"/consignments/{one.number}"),
        f" · {one.step_done} of {one.step_total}",
    )
    return scan.TaskChoice(
        TITLES[found.task.kind], about, parts.Act("Open", f"/scan?task={found.task}", first=True)
    )


def _task_view(page: Page, task: Task, answer: dict[str, object] | None) -> scan.ScanView:
    consignment = queries.consignment_of(page.session, page.person, task.consignment)
    done = queries.done(page.session, task, consignment.consignment_id)
    counts = Counts(left=consignment.step_total - consignment.step_done, done=consignment.step_done)
    return scan.ScanView(
        title=f"{TITLES[task.kind]} {task.consignment}",
        place=Place.SCAN,
        task=_task(page, task, consignment),
        band=_band(task, answer, counts.left),
        left_count=counts.left,
        done_count=counts.done,
        left=tuple(
            scan.ToScan(_barcode(page, one.barcode), one.place)
            for one in queries.left(page.session, task, consignment.consignment_id)
        ),
        done=tuple(_done(page, task, one) for one in done),
        commands=tuple(_command(task, one) for one in _commands(task, counts)),
    )


def _task(page: Page, task: Task, consignment: Consignment) -> scan.Task:
    ident = parts.Ident(consignment.number, f"/consignments/{consignment.number}")
    way = "home" if consignment.direction is Direction.HOME else "out"
    into: parts.Rich = (
        (" · into ", parts.Ident(task.container, f"/containers/{task.container}")) if task.container else ()
    )
    about = (ident, f", {way} · {consignment.purpose}", *(into if isinstance(into, tuple) else (into,)))
    expects = f"Pack into {task.container}" if task.container else READY[task.kind]
    leave = parts.Act("Leave", f"/consignments/{consignment.number}", slim=True)
    return scan.Task(str(task), TITLES[task.kind], about, expects, leave, parts.When(page.now))


def _barcode(page: Page, code: str) -> parts.Barcode:
    """Linked for those who may open the medium's page."""
    return parts.Barcode(code, f"/media/{code}" if page.person.may(Permission.READ) else None)


def _done(page: Page, task: Task, one: queries.Done) -> scan.Scanned:
    undo_href = f"/scan/undo?task={quote(str(task))}&barcode={quote(one.barcode)}" if one.undoable else None
    return scan.Scanned(
        _barcode(page, one.barcode),
        parts.When(one.at, parts.WhenStyle.SECOND),
        undo_href,
    )


def _commands(task: Task, counts: Counts) -> list[NextCommand]:
    """Every code that this task may come to offer is on the page; scans open and close them."""
    match task.kind:
        case TaskKind.PACK:
            return next_commands(task, counts)
        case TaskKind.RECEIVE:
            reason = "" if task.container else "scan a container first"
            return [
                NextCommand(Command.BROKEN, "The seal is broken", enabled=bool(task.container), reason=reason)
            ]
        case TaskKind.UNPACK | TaskKind.LOOK:
            return []


def _command(task: Task, one: NextCommand) -> scan.Command:
    act = parts.Act(
        one.label, "/scan", parts.Method.POST, enabled=one.enabled, reason=one.reason, slim=True,
        fields=(("barcode", one.command), ("task", str(task))),
    )  # fmt: skip
    return scan.Command(one.command, act, "no code yet")


def _band(task: Task, answer: dict[str, object] | None, left: int = 0) -> scan.Band:
    if answer is None:
        return scan.Band(
            parts.Tone.NEUTRAL,
            "Ready",
            task.container or task.consignment or "Scan",
            identified(_ready(task, left)),
        )
    if "type" in answer:  # a problem
        return scan.Band(
            parts.Tone.RED, "Stop", "", identified(str(answer["detail"])), str(answer.get("next_step", ""))
        )
    tone = parts.Tone(Tone(str(answer["tone"])).value)
    return scan.Band(
        tone,
        str(answer["word"]),
        str(answer["barcode"]),
        identified(str(answer["sentence"])),
        _more(answer),
    )


def _more(answer: dict[str, object]) -> parts.Rich:
    told, link = identified(str(answer.get("detail", ""))), answer.get("link")
    if not isinstance(link, dict):
        return told
    before = told if isinstance(told, tuple) else (told,)
    return (*before, " ", parts.Link(str(link["label"]), str(link["href"])))


def _ready(task: Task, left: int) -> str:
    if not task.container or task.kind is not TaskKind.PACK:
        return READY[task.kind]
    return f"Now pack into {task.container}" if left else f"All are in: close {task.container} and seal it"
