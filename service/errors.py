"""Every error Strongroom raises on purpose.

StrongroomError
├── InvalidInputError        the request itself is wrong (fields say where)
├── NotFoundError            no such thing
├── RefusedError             a rule says no
│   ├── StateError           … because of the state the thing is in
│   └── OutdatedError        … because somebody changed it since it was read
├── NotSignedInError         nobody is signed in
├── ForbiddenError           the person's roles do not allow it
├── TooManyError             slow down
├── UnavailableError         a part Strongroom needs does not answer
│   └── WriterStoppedError
├── FaultError               a device reported trouble
├── LedgerError              the ledger does not verify
└── StartError               the program cannot start (exit 2)

Rooms subclass these kinds beside the rule that raises them. The kind decides the HTTP status (`web/errors.py`) and the
exit code (`cli.py`); the class name gives the problem's type slug.
"""

import re
from collections.abc import Mapping
from typing import ClassVar


class StrongroomError(Exception):
    """What happened · what was not done · what to do.

    `message` says what happened and what was not done, `next_step` what to do, `facts` are JSON values for programs.
    """

    title: ClassVar[str] = "Strongroom error"

    def __init__(self, message: str, *, next_step: str = "", **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.facts: Mapping[str, object] = facts

    @classmethod
    def slug(cls) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__.removesuffix("Error")).lower()


class InvalidInputError(StrongroomError):
    """`fields` maps a field's name to what is wrong with it."""

    title = "The input is not valid"

    def __init__(
        self, message: str, *, fields: Mapping[str, str] | None = None, next_step: str = "", **facts: object
    ) -> None:
        super().__init__(message, next_step=next_step, **facts)
        self.fields = dict(fields or {})


class NotFoundError(StrongroomError):
    title = "Not found"

    def __init__(self, noun: str, key: str) -> None:
        super().__init__(
            f"There is no {noun} {key}.", next_step="Check the spelling or search for it.", key=key
        )


class RefusedError(StrongroomError):
    title = "Refused by a rule"


class StateError(RefusedError):
    title = "Not possible in this state"


class OutdatedError(RefusedError):
    title = "Changed by somebody else"

    def __init__(self, noun: str) -> None:
        super().__init__(
            f"This {noun} was changed since you read it. Nothing was saved.",
            next_step="Load it again and repeat your change.",
        )


class NotSignedInError(StrongroomError):
    title = "Not signed in"

    def __init__(self, message: str = "Nobody is signed in.", next_step: str = "Sign in.") -> None:
        super().__init__(message, next_step=next_step)


class ForbiddenError(StrongroomError):
    title = "Not allowed"


class TooManyError(StrongroomError):
    """`retry_after_s`: seconds until the next try can succeed."""

    title = "Too many tries"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(
            message, next_step=f"Wait {retry_after_s} s and try again.", retry_after_s=retry_after_s
        )
        self.retry_after_s = retry_after_s


class UnavailableError(StrongroomError):
    title = "Not available"


class WriterStoppedError(UnavailableError):
    def __init__(self, cause: str = "it is stopping") -> None:
        super().__init__(
            f"The ledger writer takes no work: {cause}. Nothing was recorded.",
            next_step="Try again in a moment.",
        )


class FaultError(StrongroomError):
    title = "Device fault"


class LedgerError(StrongroomError):
    title = "The ledger does not verify"


class StartError(StrongroomError):
    title = "Cannot start"
