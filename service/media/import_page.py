"""Importing on a page: upload, dry run with every rejected line, then all or nothing on exactly the file that was shown."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import orjson
from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.responses import Response

from service.errors import InvalidInputError, RefusedError
from service.handlers.rules import Permission
from service.media.csv_lines import OPTIONAL, REQUIRED, ImportFileError, Rejected
from service.media.forms import CONTENTS
from service.media.import_files import Upload, carried_out, keep, kept, planned
from service.media.importing import Plan
from service.media.models import Content
from service.media.schemas import ImportSource
from service.media.words import word
from service.web.errors import status_of
from service.web.filling import refilled
from service.web.page import Page, page_for
from service.web.views.forms import Field, FieldKind, Form, Option
from service.web.views.frame import Place
from service.web.views.imports import DryRun, ImportView
from service.web.views.parts import Barcode, Head, Ident, Link, Tone
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(include_in_schema=False)

Manager = Annotated[Page, page_for(Permission.MANAGE_MEDIA)]
ACCEPTED_SHOWN = 50
SOURCES: Mapping[str, ImportSource] = {"csv": "csv", "mtx": "mtx", "mhvtl": "mhvtl"}
FORMATS = Table(
    "formats",
    "Kinds of files",
    (Column("Kind"), Column("What it has to have")),
    (
        Row((Cell("CSV", head=True), Cell(("Columns ", Ident(", ".join(REQUIRED)), "; if you like ", Ident(", ".join(OPTIONAL)))))),
        Row((Cell("mtx", head=True), Cell(("The text that ", Ident("mtx status"), " prints, and the library it is of.")))),
        Row((Cell("mhvtl", head=True), Cell((Ident("device.conf"), " and ", Ident("library_contents.N"), " together.")))),
    ),
)  # fmt: skip


@router.get("/media/import")
def import_page(page: Manager) -> Response:
    return page.render("media/import.html", _view(_form(), None))


@router.post("/media/import")
def dry_run(page: Manager) -> Response:
    try:
        upload = _uploaded(page)
        plan = planned(page.session.connection(), upload, page.now)
        digests = page.runtime.writer.run(page.actor, lambda unit: keep(unit, upload.files))
    except (InvalidInputError, RefusedError) as error:
        view = _view(refilled(_form(), page.form, error), None)
        return page.render("media/import.html", view, status_of(error))
    return page.render("media/import.html", _view(_form(), _dry_run(upload, plan, digests)))


@router.post("/media/import/confirm")
def confirm(page: Manager) -> Response:
    try:
        upload = _kept(page)
        done = page.act(lambda unit: carried_out(unit, upload).imported)
    except (InvalidInputError, RefusedError) as error:
        view = _view(refilled(_form(), page.form, error), None)
        return page.render("media/import.html", view, status_of(error))
    return page.redirect("/media", f"{done:,} {'medium is' if done == 1 else 'media are'} imported.")


def _uploaded(page: Page) -> Upload:
    files = {}
    for name in ("file", "second"):
        given = page.form.get(name)
        if isinstance(given, UploadFile):
            with given.file:
                files[(given.filename or "")[:120]] = given.file.read()
    files.pop("", None)
    if not files:
        raise ImportFileError("No file was chosen.", "Choose one.")
    return Upload(_source(page.text("source")), files, page.text("library"), _content(page.text("content")))


def _kept(page: Page) -> Upload:
    """The upload of the dry run, by the hashes it was shown under."""
    try:
        digests = {str(name): str(digest) for name, digest in orjson.loads(page.text("kept")).items()}
    except (orjson.JSONDecodeError, AttributeError) as error:
        raise InvalidInputError("The form does not name a file. Nothing was imported.") from error
    files = kept(page.session.connection(), digests)
    return Upload(_source(page.text("source")), files, page.text("library"), _content(page.text("content")))


def _source(text: str) -> ImportSource:
    if text not in SOURCES:
        reason = "Choose what kind of file it is."
        raise InvalidInputError(f"{reason} Nothing was imported.", fields={"source": reason})
    return SOURCES[text]


def _content(text: str) -> Content:
    return CONTENTS.get(text, Content.ACTIVE)


def _form() -> Form:
    sources = (
        Option("csv", "CSV", "one medium a line, with a line of column names"),
        Option("mtx", "mtx status", "the text the command prints"),
        Option("mhvtl", "mhvtl", "device.conf and library_contents.N"),
    )
    contents = tuple(Option(name, word(content)) for name, content in CONTENTS.items())
    return Form(
        "import", "/media/import", "Check the file",
        (
            Field("source", "Kind", FieldKind.RADIO, "csv", options=sources),
            Field("file", "File", FieldKind.FILE, accept=".csv,.txt,.conf,text/*"),
            Field("second", "library_contents.N", FieldKind.FILE, required=False, help="Only for mhvtl, beside device.conf."),
            Field("library", "Library", required=False, help="For mtx and mhvtl: the library's name or code, such as Library 1."),
            Field("content", "Content", FieldKind.SELECT, Content.ACTIVE.value, required=False, options=contents, help="For mtx and mhvtl, which do not tell. Active is never written over before it expires."),
        ),
        upload=True,
    )  # fmt: skip


def _view(form: Form, run: DryRun | None) -> ImportView:
    head = Head(Link("Media", "/media"), "Import media")
    return ImportView("Import media", Place.MEDIA, head, form, run, FORMATS)


def _dry_run(upload: Upload, plan: Plan, digests: Mapping[str, str]) -> DryRun:
    problems = [*plan.rejected, *plan.left_out]
    rejected = _rejected(problems, len(plan.rejected)) if problems else None
    count, left = len(plan.accepted), len(plan.left_out)
    out = f" {left:,} {'is' if left == 1 else 'are'} left out." if left else ""
    if plan.rejected:
        say = f"{len(plan.rejected):,} {'line is' if len(plan.rejected) == 1 else 'lines are'} rejected, {count:,} could be taken in.{out}"
        return DryRun(
            Tone.RED,
            say,
            "Nothing is imported until every line fits. Correct the file and choose it again.",
            rejected,
            _accepted(plan),
            None,
        )
    if not count:
        return DryRun(
            Tone.AMBER, f"The file has nothing to import.{out}", "Choose another file.", rejected, None, None
        )
    say = f"All of {count:,} {'medium' if count == 1 else 'media'} can be taken in.{out}"
    following = "Nothing has been imported yet. Exactly this file is imported, all of it or nothing."
    return DryRun(Tone.GREEN, say, following, rejected, _accepted(plan), _confirm(upload, count, digests))


def _confirm(upload: Upload, count: int, digests: Mapping[str, str]) -> Form:
    hidden = (
        ("source", upload.source), ("library", upload.library), ("content", upload.content.value),
        ("kept", orjson.dumps(dict(digests)).decode()),
    )  # fmt: skip
    return Form("confirm", "/media/import/confirm", f"Import {count:,} media", hidden=hidden)


def _rejected(lines: Sequence[Rejected], rejected: int) -> Table:
    columns = (
        Column("Line", numeric=True),
        Column("Why not"),
        Column("What it says", mono=True, keep=Keep.TABLET),
    )
    rows = tuple(
        Row(
            (Cell(f"{one.line:,}", head=True), Cell(one.reason), Cell(one.text)),
            tone=Tone.RED if number < rejected else Tone.AMBER,
        )
        for number, one in enumerate(lines)
    )
    return Table("rejected", "Lines that are not taken in", columns, rows)


def _accepted(plan: Plan) -> Table | None:
    if not plan.accepted:
        return None
    columns = (Column("Line", numeric=True), Column("Barcode", mono=True), Column("Type"), Column("Content"))
    rows = tuple(
        Row(
            (
                Cell(f"{one.line:,}"), Cell(Barcode(one.barcode), head=True), Cell(one.media_type or "lto"),
                Cell(word(one.content)),
            )
        )
        for one in plan.accepted[:ACCEPTED_SHOWN]
    )  # fmt: skip
    left = len(plan.accepted) - ACCEPTED_SHOWN
    return Table(
        "accepted", "Would be taken in", columns, rows, foot=f"and {left:,} more" if left > 0 else ""
    )
