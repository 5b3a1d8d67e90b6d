"""Signatures of a custody transfer: the courier's, seen by the person who is signed in, and that person's own."""

from dataclasses import dataclass

from service.consignments.actions import party_name
from service.custody.rules import Signature, SignatureMethod, is_drawing
from service.errors import InvalidInputError
from service.handlers.queries import Person
from service.ledger.writer import Unit

LONGEST_NAME = 120
LONGEST_BADGE = 60
RELEASES = "releases custody and the listed containers with their seals intact"
RECEIVES = "receives custody of the listed containers"
DELIVERS = "delivers the listed containers"


@dataclass(frozen=True, slots=True)
class Courier:
    """What a courier gave. `drawing` is SVG path data in the box 0 0 600 168; without it `typed` repeats the name."""

    name: str
    organisation: str
    badge: str
    drawing: str
    typed: str
    identity_checked: bool


def courier_signature(courier: Courier, person: Person, meaning: str) -> Signature:
    """Attested by the person who saw the badge. Raises InvalidInputError with the fields that do not fit."""
    fields = _text_errors(courier)
    if not courier.identity_checked:
        fields["identity_checked"] = "Look at the badge or document first."
    if not courier.drawing and _same(courier.typed) != _same(courier.name):
        fields["signature"] = "Draw the signature, or type the full name as above."
    if fields:
        raise InvalidInputError("The courier's signature is not complete. Nothing was signed.", fields=fields)
    method = SignatureMethod.DRAWN if courier.drawing else SignatureMethod.TYPED
    return Signature(
        courier.name, courier.organisation, meaning, method,
        badge=courier.badge, checked_by=person.handler_id, drawing=courier.drawing,
    )  # fmt: skip


def own_signature(unit: Unit, person: Person, meaning: str, drawing: str = "", typed: str = "") -> Signature:
    """Made by being signed in; a drawing may be added. A typed name has to be the person's own."""
    if typed and _same(typed) != _same(person.name):
        told = f"Type {person.name}, or leave it empty."
        raise InvalidInputError(f"Your own name is another. {told}", fields={"own_signature": told})
    if drawing and not is_drawing(drawing):
        raise InvalidInputError(
            "Your own drawing cannot be read. Nothing was signed.",
            fields={"own_signature": "Clear it and draw again, or leave it empty."},
        )
    method = SignatureMethod.DRAWN if drawing else SignatureMethod.SESSION
    return Signature(
        person.name, party_name(unit, person.party_id), meaning, method,
        handler_id=person.handler_id, checked_by=person.handler_id, drawing=drawing,
    )  # fmt: skip


def _text_errors(courier: Courier) -> dict[str, str]:
    told = {
        "name": (courier.name, LONGEST_NAME, "Type the name of the person who signs."),
        "organisation": (courier.organisation, LONGEST_NAME, "Type the company."),
        "badge": (courier.badge, LONGEST_BADGE, "Type the number on the badge or document."),
    }
    fields = {}
    for field, (text, longest, missing) in told.items():
        if not text.strip():
            fields[field] = missing
        elif len(text) > longest or not text.isprintable():
            fields[field] = f"At most {longest} printable characters."
    return fields


def _same(text: str) -> str:
    return " ".join(text.split()).casefold()
