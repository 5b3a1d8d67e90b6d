"""Documents as PDF over the API, and giving them out on record."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from labels.documents import Paper
from service.consignments.models import Direction
from service.custody.queries import transfer_view
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.ledger.writer import Unit
from service.printing.documents import issued
from service.printing.documents.answers import PDF, AskedLanguage, AskedPaper, Language, pdf_answer
from service.printing.documents.giving import give_out
from service.printing.documents.making import Look, Sheet, prepare, prepare_issued, sheet
from service.printing.documents.models import DocumentKind
from service.printing.documents.names import PAPERS, ConsignmentPaper, MovementPaper, key_of
from service.printing.documents.receipt import key_of as receipt_key
from service.printing.documents.runs import consignment_of_leg
from service.printing.documents.schemas import IssuedShape, PaperWish
from service.web.deps import Act, Reading, RuntimeDep, acting, reading
from service.web.paging import After, Limit, PageOf, paged

router = APIRouter(prefix="/api/v1", tags=["documents"])

Reader = Annotated[Person, reading(Permission.READ_CONSIGNMENTS)]
Insider = Annotated[Person, reading(Permission.READ)]
Issuer = Annotated[Act, acting(Permission.ISSUE_DOCUMENT)]
MAX_NUMBER = 40
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
        "description": "PDF/A-3b with its facts embedded as JSON; `X-Facts-Sha256` is their hash.",
    }
}


@router.get("/consignments/{number}/{document}.pdf", response_class=Response, responses=ANSWER)
def consignment_document(
    number: str,
    document: ConsignmentPaper,
    session: Reading,
    person: Reader,
    runtime: RuntimeDep,
    *,
    language: AskedLanguage = Language.EN,
    paper: AskedPaper = Paper.A4,
) -> Response:
    """A document of a consignment. Reading one records nothing; it may be read again and again."""
    found = prepare(session, person, PAPERS[document].kind, key_of(document, number), runtime.clock())
    return pdf_answer(session, found, Look(language.value, paper))


@router.post("/consignments/{number}/{document}/issue", status_code=201, response_model=IssuedShape)
def issue_consignment_document(
    number: str, document: ConsignmentPaper, typed: PaperWish, act: Issuer
) -> Response:
    """Put it on record as given out: the ledger gets the hash of its facts. The same facts again are a reissue."""
    with act.runtime.database.reading() as session:
        found = sheet(session, act.person, PAPERS[document].kind, key_of(document, number))
    return _issued(act, found, typed)


def _issued(act: Act, found: Sheet, typed: PaperWish) -> Response:
    def work(unit: Unit) -> IssuedShape:
        return IssuedShape.of(give_out(unit, found, typed.look()))

    return act(work, 201)


@router.get("/transfers/{transfer_id}/receipt.pdf", response_class=Response, responses=ANSWER)
def transfer_receipt(
    transfer_id: str,
    session: Reading,
    person: Reader,
    runtime: RuntimeDep,
    *,
    language: AskedLanguage = Language.EN,
    paper: AskedPaper = Paper.A4,
) -> Response:
    """The receipt of one custody transfer: what changed hands, how the seals looked, both signatures."""
    view = transfer_view(session.connection(), person, transfer_id)
    key = receipt_key(view.consignment, view.ordinal)
    found = prepare(session, person, DocumentKind.CUSTODY_TRANSFER, key, runtime.clock())
    return pdf_answer(session, found, Look(language.value, paper))


@router.get("/discrepancies/{number}/report.pdf", response_class=Response, responses=ANSWER)
def discrepancy_report(
    number: str,
    session: Reading,
    person: Reader,
    runtime: RuntimeDep,
    *,
    language: AskedLanguage = Language.EN,
    paper: AskedPaper = Paper.A4,
) -> Response:
    """The report of one discrepancy alone."""
    found = prepare(session, person, DocumentKind.DISCREPANCY_REPORT, number, runtime.clock())
    return pdf_answer(session, found, Look(language.value, paper))


@router.post("/discrepancies/{number}/report/issue", status_code=201, response_model=IssuedShape)
def issue_discrepancy_report(number: str, typed: PaperWish, act: Issuer) -> Response:
    """Put the report of one discrepancy on record as given out."""
    with act.runtime.database.reading() as session:
        found = sheet(session, act.person, DocumentKind.DISCREPANCY_REPORT, number)
    return _issued(act, found, typed)


@router.get("/runs/{number}/{document}.pdf", response_class=Response, responses=ANSWER)
def run_list(
    number: str,
    document: MovementPaper,
    session: Reading,
    person: Insider,
    runtime: RuntimeDep,
    *,
    leg: Direction = Direction.OUT,
    language: AskedLanguage = Language.EN,
    paper: AskedPaper = Paper.A4,
) -> Response:
    """The pick list or distribution list of one way of a run: that of its consignment."""
    consignment, name = consignment_of_leg(session, number, leg), PAPERS[ConsignmentPaper(document.value)]
    found = prepare(session, person, name.kind, consignment, runtime.clock())
    return pdf_answer(session, found, Look(language.value, paper))


@router.get("/label-jobs/{number}/series-sheet.pdf", response_class=Response, responses=ANSWER)
def series_sheet(
    number: str,
    session: Reading,
    person: Insider,
    runtime: RuntimeDep,
    *,
    language: AskedLanguage = Language.EN,
    paper: AskedPaper = Paper.A4,
) -> Response:
    """The record of a label job: every label that left for paper, where it is, and what a scan proved."""
    found = prepare(session, person, DocumentKind.SERIES_SHEET, number, runtime.clock())
    return pdf_answer(session, found, Look(language.value, paper))


@router.get("/documents")
def list_documents(
    session: Reading,
    person: Insider,
    *,
    after: After = None,
    limit: Limit = 100,
    number: Annotated[str | None, Query(max_length=MAX_NUMBER, pattern=r"^[!-~]+$")] = None,
    facts_sha256: Annotated[
        str | None, Query(pattern=r"^[0-9a-f]{64}$", description="What is printed on the paper.")
    ] = None,
) -> PageOf[IssuedShape]:
    """What was given out, newest first. Whoever holds a paper finds by its hash whether it is ours."""
    del person
    rows = issued.listed(
        session.connection(), number=number, facts_sha256=facts_sha256, after=after, limit=limit + 1
    )
    return paged(rows, limit, IssuedShape.of, lambda row: row.document_id)


@router.get("/documents/{document_id}.pdf", response_class=Response, responses=ANSWER)
def issued_document(
    document_id: str,
    session: Reading,
    person: Insider,
    *,
    language: AskedLanguage = Language.EN,
    paper: AskedPaper = Paper.A4,
) -> Response:
    """A document as it was given out, from its own record, whatever happened since."""
    del person
    return pdf_answer(session, prepare_issued(session, document_id), Look(language.value, paper))


@router.get(
    "/documents/{document_id}.json",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}},
)
def issued_record(document_id: str, session: Reading, person: Insider) -> Response:
    """The embedded facts, byte for byte."""
    del person
    return Response(issued.record_of(session.connection(), document_id), media_type="application/json")


@router.get("/documents/{document_id}")
def show_document(document_id: str, session: Reading, person: Insider) -> IssuedShape:
    del person
    return IssuedShape.of(issued.by_id(session.connection(), document_id))
