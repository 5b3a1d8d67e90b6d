"""Any document to its archive file."""

from collections.abc import Iterator
from dataclasses import dataclass

from labels.documents import manifest
from labels.documents.blocks import Area
from labels.documents.facts import canonical_json, facts_sha256
from labels.documents.flow import Strip
from labels.documents.language import SOURCE_LANGUAGE, Words
from labels.documents.manifest import Manifest
from labels.documents.pdfa import Attachment, Description, archived
from labels.documents.sheet import Head, Paper, area_of, drawn

Document = Manifest


@dataclass(frozen=True, slots=True)
class Rendered:
    """`facts` is the JSON embedded in `pdf`, and `facts_sha256` what is printed on every page."""

    pdf: bytes
    facts: bytes
    facts_sha256: str


def render(
    document: Document,
    *,
    language: str = SOURCE_LANGUAGE,
    paper: Paper = Paper.A4,
    facts: bytes | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Rendered:
    """PDF/A-3b with the facts embedded; the same input gives the same bytes.

    `facts` replaces the document's own JSON where the caller has the authoritative record (the ledger's leaf).
    """
    own = canonical_json(document) if facts is None else facts
    digest, words = facts_sha256(own), Words(language, document.issue.site.zone)
    head = _head(document, words)
    picture = drawn(head, _body(document, words, area_of(paper), digest), words, paper, digest)
    description = Description(
        title=f"{head.kind} {document.issue.number}",
        author=document.issue.organisation.name,
        subject=head.sentence,
        language=language,
        made_at=document.issue.issued_at,
    )
    record = Attachment(
        f"{document.issue.number}.json", own, description=words.text("The facts of this document")
    )
    return Rendered(archived(picture, description, (record, *attachments)), own, digest)


def _head(document: Document, words: Words) -> Head:
    match document:
        case Manifest():
            return manifest.head(document, words)


def _body(document: Document, words: Words, area: Area, digest: str) -> Iterator[Strip]:
    match document:
        case Manifest():
            return manifest.body(document, words, area, digest)
