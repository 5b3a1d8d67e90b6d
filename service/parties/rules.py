"""What may be done with a party."""

import re

from service.errors import InvalidInputError, RefusedError
from service.parties.models import PartyKind

MAX_NAME = 120
MAX_CONTACT = 500
GS1_PREFIX = re.compile(r"[0-9]{4,12}")  # GS1 General Specifications: a company prefix has 4 to 12 digits


class PartyError(RefusedError):
    title = "Not possible with this party"


def check_words(name: str, contact: str) -> None:
    """Raises InvalidInputError naming the field that does not fit."""
    fields: dict[str, str] = {}
    if not name or not name.isprintable():
        fields["name"] = "Write a name of printable characters."
    elif len(name) > MAX_NAME:
        fields["name"] = f"A name has at most {MAX_NAME} characters."
    if len(contact) > MAX_CONTACT:
        fields["contact"] = f"The contact has at most {MAX_CONTACT} characters."
    elif not all(line.isprintable() for line in contact.splitlines()):
        fields["contact"] = "Write printable characters."
    if fields:
        raise InvalidInputError("The party was not saved: " + " ".join(fields.values()), fields=fields)


def check_name_is_free(name: str, *, taken: bool) -> None:
    if taken:
        raise InvalidInputError(
            f"There is a party named {name} already. Nothing was saved.",
            fields={"name": "This name is taken."},
            next_step="Take another name, or open that party.",
        )


def check_can_deactivate(name: str, kind: PartyKind, in_its_hands: int, on_the_way: int) -> None:
    """`in_its_hands` counts media, `on_the_way` consignments that are not over."""
    if kind is PartyKind.ORGANISATION:
        raise PartyError(
            f"{name} is our organisation. It stays active.", next_step="Edit its name or contact instead."
        )
    if in_its_hands:
        raise PartyError(
            f"{name} still has {in_its_hands} media in custody. It was not deactivated.",
            next_step="Bring the media home or hand them over first.",
            in_its_hands=in_its_hands,
        )
    if on_the_way:
        raise PartyError(
            f"{name} is carrier of {on_the_way} open consignments. It was not deactivated.",
            next_step="Finish or cancel them first.",
            on_the_way=on_the_way,
        )


def check_may_have_logo(name: str, kind: PartyKind) -> None:
    if kind is not PartyKind.ORGANISATION:
        raise PartyError(
            f"{name} is not our organisation; only our own logo stands on documents. Nothing was saved."
        )


def check_gs1_prefix(name: str, kind: PartyKind, prefix: str) -> None:
    """Empty: none. Raises InvalidInputError, or PartyError for a party that is not ours."""
    if not prefix:
        return
    if kind is not PartyKind.ORGANISATION:
        raise PartyError(
            f"{name} is not our organisation; containers are numbered under our own GS1 prefix alone. Nothing was saved."
        )
    if not GS1_PREFIX.fullmatch(prefix):
        told = "A GS1 company prefix has 4 to 12 digits, with its leading zeros."
        raise InvalidInputError(f"{told} Nothing was saved.", fields={"gs1_prefix": told})
