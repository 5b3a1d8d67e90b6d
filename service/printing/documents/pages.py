"""Documents in the browser."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from labels.documents import Paper
from service.consignments.models import Direction
from service.handlers.cookies import local_path
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.printing.documents import issued, look
from service.printing.documents.answers import Language, pdf_answer
from service.printing.documents.giving import give_out
from service.printing.documents.issued import Issued
from service.printing.documents.making import Look, Sheet, prepare, prepare_issued, sheet
from service.printing.documents.models import DocumentKind
from service.printing.documents.names import PAPERS, ConsignmentPaper, MovementPaper, key_of, title_of
from service.printing.documents.runs import consignment_of_leg
from service.printing.documents.shelf import issued_when
from service.web.page import Page, page_for
from service.web.paging import After
from service.web.views.forms import Field, FieldKind, Form
from service.web.views.frame import Place
from service.web.views.pages import ListPage
from service.web.views.parts import Act, EmptyState, Head, Ident, Link
from service.web.views.tables import Cell, Column, Keep, Row, Table

router = APIRouter(include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ_CONSIGNMENTS)]
Insider = Annotated[Page, page_for(Permission.READ)]
Issuer = Annotated[Page, page_for(Permission.ISSUE_DOCUMENT)]
SHOWN = 50
HASH_SHOWN = 16


@router.get("/documents/look")
def choose_look(
    page: Reader, language: Language = Language.EN, paper: Paper = Paper.A4, then: str = "/"
) -> Response:
    del page
    return look.remember(local_path(then), Look(language.value, paper))


@router.get("/consignments/{number}/{document}.pdf")
def consignment_document(number: str, document: ConsignmentPaper, page: Reader) -> Response:
    found = prepare(page.session, page.person, PAPERS[document].kind, key_of(document, number), page.now)
    return pdf_answer(page.session, found, look.remembered(page.request))


@router.post("/consignments/{number}/{document}/issue")
def issue_consignment_document(number: str, document: ConsignmentPaper, page: Issuer) -> Response:
    found = sheet(page.session, page.person, PAPERS[document].kind, key_of(document, number))
    return _give_out(page, found, f"/consignments/{number}")


def _give_out(page: Page, found: Sheet, then: str) -> Response:
    def work(unit: Unit) -> int:
        return give_out(unit, found, look.remembered(page.request)).entry

    entry = page.act(work)
    return page.redirect(then, f"{found.number} is on record as given out: entry {entry:,}. Print it now.")


@router.get("/discrepancies/{number}/report.pdf")
def discrepancy_report(number: str, page: Reader) -> Response:
    found = prepare(page.session, page.person, DocumentKind.DISCREPANCY_REPORT, number, page.now)
    return pdf_answer(page.session, found, look.remembered(page.request))


@router.get("/runs/{number}/{document}.pdf")
def run_list(number: str, document: MovementPaper, page: Insider, leg: Direction = Direction.OUT) -> Response:
    consignment, name = (
        consignment_of_leg(page.session, number, leg),
        PAPERS[ConsignmentPaper(document.value)],
    )
    found = prepare(page.session, page.person, name.kind, consignment, page.now)
    return pdf_answer(page.session, found, look.remembered(page.request))


@router.get("/labels/{number}/series-sheet.pdf")
def series_sheet(number: str, page: Insider) -> Response:
    found = prepare(page.session, page.person, DocumentKind.SERIES_SHEET, number, page.now)
    return pdf_answer(page.session, found, look.remembered(page.request))


@router.get("/documents")
def list_documents(
    page: Insider,
    after: After = None,
    number: Annotated[str | None, Query(max_length=64, pattern=r"^[!-~]*$")] = None,
) -> Response:
    """What was given out; `number` may be a document's number or the hash that is printed on it."""
    wanted = number.strip() if number else None
    is_hash = wanted is not None and len(wanted) == len("0" * 64)
    rows = issued.listed(
        page.session.connection(), number=None if is_hash else wanted or None, facts_sha256=wanted if is_hash else None,
        after=after, limit=SHOWN + 1,
    )  # fmt: skip
    more = f"/documents?after={rows[SHOWN - 1].document_id}" if len(rows) > SHOWN else None
    columns = (
        Column("Number"), Column("Document"), Column("Given out", keep=Keep.TABLET), Column("Times", numeric=True, keep=Keep.TABLET),
        Column("Facts", mono=True, keep=Keep.DESK), Column("Entry", numeric=True),
    )  # fmt: skip
    empty = EmptyState(
        "Nothing was given out.",
        "Manifests, receipts, reports and recovery lists that left the house stand here.",
    )
    table = Table(
        "documents",
        "Documents given out",
        columns,
        tuple(map(_row, rows[:SHOWN])),
        older_href=more,
        empty=empty,
    )
    recalls = page.person.may(Permission.RECALL)
    act = Act(
        "Recovery list",
        "/recovery-lists/new",
        enabled=recalls,
        reason="needs somebody who may recall",
        first=True,
    )
    head = Head(Link("Evidence", "/ledger"), "Documents given out", acts=(act,))
    view = ListPage(
        "Documents",
        Place.EVIDENCE,
        head,
        table,
        find=_find(wanted or ""),
        filters=(look.choice(look.remembered(page.request), "/documents"),),
    )
    return page.render("pages/list.html", view)


def _find(typed: str) -> Form:
    field = Field(
        "number", "Number, or hash on the paper", FieldKind.SEARCH, typed, mono=True, required=False, width=24
    )
    return Form("find-documents", "/documents", "Find", (field,), method="get")


def _row(one: Issued) -> Row:
    return Row(
        (
            Cell(Ident(one.number, f"/documents/{one.document_id}.pdf"), head=True),
            Cell(title_of(one.kind)),
            Cell(issued_when(one)),
            Cell(str(one.times)),
            Cell(f"{one.facts_sha256[:HASH_SHOWN]}…"),
            Cell(Link(f"{one.entry:,}", f"/ledger/entries/{one.entry}")),
        ),
        key=one.number,
    )


@router.get("/documents/{document_id}.pdf")
def issued_document(document_id: str, page: Insider) -> Response:
    found = prepare_issued(page.session, document_id)
    return pdf_answer(page.session, found, look.remembered(page.request))
