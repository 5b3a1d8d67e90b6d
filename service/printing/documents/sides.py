"""The two sides of a custody transfer: from the signature records to facts, from facts to the printed boxes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labels.documents import Signature, SignedAs
from service.custody import queries as custody
from service.custody.queries import TransferView
from service.custody.rules import SignatureMethod
from service.handlers.queries import names_of
from service.printing.documents.facts import HandoverFacts, SideFacts
from service.printing.documents.strokes import strokes
from service.printing.documents.wording import Wording, mark

METHODS = {
    SignatureMethod.DRAWN.value: mark("on glass"),
    SignatureMethod.TYPED.value: mark("typed"),
    SignatureMethod.SESSION.value: mark("signed in"),
}


def handover(session: Session, view: TransferView) -> HandoverFacts:
    people = names_of(session, custody.checkers([view]))
    return HandoverFacts(
        view.transfer_id, view.ordinal, view.from_party, view.to_party,
        _side(view.released, view.released_at, people), _side(view.received, view.received_at, people),
    )  # fmt: skip


def _side(record: dict[str, Any] | None, at: datetime | None, people: Mapping[str, str]) -> SideFacts | None:
    if record is None or at is None:
        return None
    handler_id, checked_by = str(record.get("handler") or ""), str(record.get("checked_by") or "")
    return SideFacts(
        name=str(record["name"]),
        organisation=str(record["organisation"]),
        badge=str(record.get("badge") or ""),
        meaning=str(record.get("meaning") or ""),
        method=str(record["method"]),
        handler_id=handler_id,
        # One's own identity is checked by being signed in.
        identity_checked_by="" if checked_by == handler_id else people.get(checked_by, checked_by),
        drawing_sha256=str(record.get("evidence_sha256") or ""),
        at=at,
    )


def drawing_digests(*handovers: HandoverFacts) -> list[str]:
    sides = [side for one in handovers for side in (one.released, one.received) if side]
    return [side.drawing_sha256 for side in sides if side.drawing_sha256]


def released(one: HandoverFacts, drawings: Mapping[str, str], words: Wording) -> Signature:
    return signature(one.released, SignedAs.RELEASED, one.from_party, drawings, words)


def received(one: HandoverFacts, drawings: Mapping[str, str], words: Wording) -> Signature:
    return signature(one.received, SignedAs.RECEIVED, one.to_party, drawings, words)


def signature(
    side: SideFacts | None, signed_as: SignedAs, party: str, drawings: Mapping[str, str], words: Wording
) -> Signature:
    """Without a side an open line for a pen, with the party that has to sign."""
    if side is None:
        return Signature(signed_as, "", organisation=party)
    return Signature(
        signed_as,
        "",
        name=side.name,
        organisation=side.organisation,
        badge=side.badge,
        identity_checked_by=side.identity_checked_by,
        method=words.text(METHODS[side.method]),
        at=side.at,
        strokes=strokes(drawings.get(side.drawing_sha256, "")),
        typed=side.name if side.method == SignatureMethod.TYPED else "",
    )
