"""What a custody transfer and a signature need."""

import re
from dataclasses import dataclass
from enum import StrEnum

from service.errors import InvalidInputError, RefusedError

MAX_PATH = 40_000
SVG_PATH = re.compile(r"[MLQC0-9,.\s-]*")
NUMBER = re.compile(r"[A-Z]{1,4}-[0-9]{4,12}")


def is_number(text: str) -> bool:
    """CN-0412, D-0007. What is not one is not looked up: a database refuses some characters."""
    return NUMBER.fullmatch(text) is not None


def written(text: str, field: str, missing: str, longest: int) -> str:
    """Free text that a person has to write, stripped; `missing` asks for it. Raises InvalidInputError."""
    found = text.strip()
    if not found:
        raise InvalidInputError(f"{missing} Nothing was changed.", fields={field: missing})
    if len(found) > longest or not all(letter.isprintable() or letter in "\r\n\t" for letter in found):
        told = f"At most {longest} characters, and no control characters."
        raise InvalidInputError(f"{told} Nothing was changed.", fields={field: told})
    return found


class SignatureMethod(StrEnum):
    """`session` is a signed-in handler; the others are attested by the staff member who saw them made."""

    SESSION = "session"
    DRAWN = "drawn"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Signature:
    """One side's signature. `drawing` is SVG path data in the box 0 0 600 168; `checked_by` saw the identity."""

    name: str
    organisation: str
    meaning: str
    method: SignatureMethod
    badge: str = ""
    handler_id: str | None = None
    checked_by: str | None = None
    drawing: str = ""


class SamePersonError(RefusedError):
    title = "One person on both sides"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} cannot both release and receive. Nothing was signed.",
            next_step="Let another person sign the other side.",
        )


def check_signature(signature: Signature) -> None:
    """Raises InvalidInputError with the fields that do not fit."""
    fields: dict[str, str] = {}
    if not signature.name.strip():
        fields["name"] = "Type the name of the person who signs."
    if not signature.organisation.strip():
        fields["organisation"] = "Type the company or department."
    if signature.method is SignatureMethod.DRAWN and not is_drawing(signature.drawing):
        fields["signature"] = "Draw the signature, or type the full name."
    if signature.method is not SignatureMethod.SESSION and not signature.checked_by:
        fields["checked_by"] = "Somebody signed in has to check the identity."
    if fields:
        raise InvalidInputError("The signature is not complete. Nothing was signed.", fields=fields)


def is_drawing(path: str) -> bool:
    return 0 < len(path) <= MAX_PATH and path.startswith("M") and SVG_PATH.fullmatch(path) is not None


def check_two_people(released: Signature, received: Signature) -> None:
    same_handler = released.handler_id is not None and released.handler_id == received.handler_id
    same_name = released.name.strip().casefold() == received.name.strip().casefold()
    if same_handler or (same_name and released.organisation.casefold() == received.organisation.casefold()):
        raise SamePersonError(released.name)
