"""Documents as PDF over the API."""

from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from labels.documents import Paper
from service.handlers.queries import Person
from service.handlers.rules import Permission
from service.printing.documents.answers import PDF, AskedLanguage, AskedPaper, Language, pdf_answer
from service.printing.documents.making import Look, prepare
from service.printing.documents.names import PAPERS, ConsignmentPaper
from service.web.deps import Reading, RuntimeDep, reading

router = APIRouter(prefix="/api/v1", tags=["documents"])

Reader = Annotated[Person, reading(Permission.READ_CONSIGNMENTS)]
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
    prepared = prepare(session, person, PAPERS[document].kind, number, runtime.clock())
    return pdf_answer(session, prepared, Look(language.value, paper))
