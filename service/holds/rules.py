"""When a hold may be placed and released."""

from datetime import date

from service.errors import InvalidInputError, RefusedError, StateError
from service.media.models import Custody
from service.media.rules import check_reason


class SecondPersonError(RefusedError):
    title = "A second person is needed"


class HoldReleasedError(StateError):
    title = "Released already"

    def __init__(self, number: str) -> None:
        super().__init__(f"Hold {number} is released already. Nothing was changed.", hold=number)


class GoneError(StateError):
    title = "The medium is gone"

    def __init__(self, barcode: str) -> None:
        super().__init__(
            f"{barcode} is gone; there is nothing to hold. Nothing was changed.", barcode=barcode
        )


def check_place(
    barcode: str,
    custody: Custody,
    reason: str,
    *,
    placer: str | None,
    approver: str | None,
    review_on: date | None,
    today: date,
) -> None:
    """Raises GoneError, SecondPersonError or InvalidInputError. The approver is somebody other than the placer."""
    if custody is Custody.GONE:
        raise GoneError(barcode)
    check_reason(reason)
    if review_on is not None and review_on < today:
        text = f"The review, {review_on.isoformat()}, lies in the past."
        raise InvalidInputError(f"{text} Nothing was changed.", fields={"review_on": text})
    if approver is not None and approver == placer:
        raise SecondPersonError(
            "Who places a hold cannot approve it too. Nothing was changed.",
            next_step="Name another person as approver, or none.",
        )


def check_release(number: str, reason: str, *, placer: str | None, releaser: str | None) -> None:
    """Raises SecondPersonError, or InvalidInputError when the reason is missing."""
    check_reason(reason)
    if releaser is None or releaser == placer:
        raise SecondPersonError(
            f"Hold {number} is released by a person other than who placed it. Nothing was changed.",
            next_step="Ask a second person to release it.",
            hold=number,
        )
