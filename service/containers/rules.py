"""When a container may be packed, sealed, opened."""

import re

from service.containers.models import ContainerState, SealState
from service.errors import ForbiddenError, InvalidInputError, StateError
from service.handlers.queries import Person
from service.handlers.rules import Permission

CONTAINER_BARCODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,31}")
SEAL_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{2,31}")
MAX_CAPACITY = 500
MAX_REASON = 500
KEEPING = (Permission.PACK, Permission.RECEIVE, Permission.ACKNOWLEDGE)


class SealUsedError(StateError):
    title = "Seal number used before"

    def __init__(self, number: str, container: str) -> None:
        super().__init__(
            f"Seal {number} was used on {container}; a seal number is used once. Nothing was sealed.",
            next_step="Take the next seal.",
            seal=number,
            container=container,
        )


class ContainerSealedError(StateError):
    title = "Container is sealed"

    def __init__(self, barcode: str) -> None:
        super().__init__(
            f"{barcode} is sealed. Nothing was put in or taken out.",
            next_step="Take another container, or open it and record the seal.",
        )


class ContainerFullError(StateError):
    title = "Container is full"

    def __init__(self, barcode: str, capacity: int) -> None:
        super().__init__(
            f"{barcode} is full: it takes {capacity}. Nothing was put in.",
            next_step="Scan another container.",
        )


class ContainerEmptyError(StateError):
    title = "Container is empty"

    def __init__(self, barcode: str) -> None:
        super().__init__(f"{barcode} is empty. It was not sealed.", next_step="Pack it first.")


class ContainerBusyError(StateError):
    title = "Container belongs to a consignment"

    def __init__(self, barcode: str, consignment: str) -> None:
        super().__init__(
            f"{barcode} belongs to {consignment}. Nothing was changed.",
            next_step=f"Do it in {consignment}, or wait until it is received.",
            container=barcode,
            consignment=consignment,
        )


class SsccGivenError(StateError):
    title = "The container has its number"

    def __init__(self, barcode: str, sscc: str) -> None:
        super().__init__(
            f"{barcode} has the SSCC {sscc}; it is given once. Nothing was changed.",
            next_step="Print its label again with this number.",
            container=barcode,
            sscc=sscc,
        )


class OtherKeeperError(ForbiddenError):
    title = "Another custodian's container"

    def __init__(self, person: str, what: str) -> None:
        super().__init__(
            f"{person} does not work with containers of {what}. Nothing was changed.",
            next_step="Ask somebody of the party that answers for it.",
        )


def keeps(person: Person, custodian_id: str) -> bool:
    """Who packs or receives for the party that answers for the container."""
    return person.party_id == custodian_id and any(person.may(one) for one in KEEPING)


def may_register(person: Person, custodian_id: str) -> bool:
    """At one's own places; whoever manages media also records what stands at another party's."""
    return keeps(person, custodian_id) or person.may(Permission.MANAGE_MEDIA)


def check_free(barcode: str, consignment: str | None) -> None:
    if consignment is not None:
        raise ContainerBusyError(barcode, consignment)


def check_new(barcode: str, capacity: int) -> None:
    fields = {}
    if not CONTAINER_BARCODE.fullmatch(barcode):
        fields["barcode"] = "2 to 32 characters: A–Z, 0–9 and hyphens."
    if not 0 < capacity <= MAX_CAPACITY:
        fields["capacity"] = f"1 to {MAX_CAPACITY} media."
    if fields:
        raise InvalidInputError("The container does not fit. Nothing was saved.", fields=fields)


def check_open(barcode: str, state: ContainerState) -> None:
    match state:
        case ContainerState.OPEN:
            return
        case ContainerState.SEALED:
            raise ContainerSealedError(barcode)
        case ContainerState.RETIRED:
            raise StateError(
                f"{barcode} is retired. Nothing was put in or taken out.", next_step="Take another container."
            )


def check_has_no_sscc(barcode: str, sscc: str | None) -> None:
    if sscc is not None:
        raise SsccGivenError(barcode, sscc)


def check_seal_number(number: str) -> str:
    """The number as it is recorded; raises InvalidInputError."""
    text = number.strip().upper()
    if not SEAL_NUMBER.fullmatch(text):
        raise InvalidInputError(
            "A seal number has 3 to 32 characters: A–Z, 0–9 and hyphens. Nothing was sealed.",
            fields={"seal": "3 to 32 characters: A–Z, 0–9 and hyphens."},
        )
    return text


def seal_state_after(*, intact: bool) -> SealState:
    return SealState.REMOVED if intact else SealState.BROKEN
