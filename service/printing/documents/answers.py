"""A document as an answer over HTTP, and how it is asked for."""

from base64 import b64encode
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from fastapi import Query
from sqlmodel import Session
from starlette.responses import Response

from labels.documents import Paper
from service.printing.documents.making import Look, Prepared, made

PDF = "application/pdf"


class Language(StrEnum):
    """The languages that `labels` has a catalogue for."""

    EN = "en"
    DE = "de"


AskedLanguage = Annotated[
    Language, Query(description="The language of the paper; the embedded facts have none.")
]
AskedPaper = Annotated[Paper, Query(description="The size of the paper.")]


def pdf_answer(session: Session, prepared: Prepared, look: Look) -> Response:
    """Drawn after the database connection went back."""
    session.close()
    pdf = made(prepared, look)
    digest = b64encode(sha256(pdf).digest()).decode()
    headers = {
        "content-disposition": f'inline; filename="{prepared.sheet.number}.pdf"',
        "x-facts-sha256": prepared.sheet.facts_sha256,
        "repr-digest": f"sha-256=:{digest}:",
        "cache-control": "no-store",
    }
    return Response(pdf, media_type=PDF, headers=headers)
