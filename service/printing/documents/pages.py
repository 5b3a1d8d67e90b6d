"""Documents in the browser."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from labels.documents import Paper
from service.handlers.cookies import local_path
from service.handlers.rules import Permission
from service.printing.documents import look
from service.printing.documents.answers import Language, pdf_answer
from service.printing.documents.making import Look, prepare
from service.printing.documents.names import PAPERS, ConsignmentPaper
from service.web.page import Page, page_for

router = APIRouter(include_in_schema=False)

Reader = Annotated[Page, page_for(Permission.READ_CONSIGNMENTS)]


@router.get("/documents/look")
def choose_look(
    page: Reader, language: Language = Language.EN, paper: Paper = Paper.A4, then: str = "/"
) -> Response:
    del page
    return look.remember(local_path(then), Look(language.value, paper))


@router.get("/consignments/{number}/{document}.pdf")
def consignment_document(number: str, document: ConsignmentPaper, page: Reader) -> Response:
    prepared = prepare(page.session, page.person, PAPERS[document].kind, number, page.now)
    return pdf_answer(page.session, prepared, look.remembered(page.request))
