"""Who decides a proposal, and when it is too late."""

from service.errors import ForbiddenError, InvalidInputError, RefusedError
from service.handlers.rules import Permission
from service.handlers.second_person import may_approve
from service.proposals.models import Outcome, ProposalKind

PERMISSION = {
    ProposalKind.ROLES: Permission.MANAGE_HANDLERS,
    ProposalKind.HANDLER: Permission.MANAGE_HANDLERS,
    ProposalKind.RETENTION: Permission.MANAGE_POLICY,
}
MAX_REASON = 500


class ProposalDecidedError(RefusedError):
    title = "Decided already"

    def __init__(self, number: str, outcome: Outcome) -> None:
        super().__init__(f"{number} is {outcome.value} already. Nothing was changed.")


class ProposalOldError(RefusedError):
    title = "The proposal is too old"

    def __init__(self, number: str, what: str) -> None:
        super().__init__(
            f"{number} was made on something else: {what} has changed since. Nothing was changed.",
            next_step="Refuse it, and let it be proposed again.",
        )


class OwnProposalError(ForbiddenError):
    title = "A second person is needed"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"You proposed {number}; another person decides. Nothing was changed.",
            next_step="Ask somebody else who may decide, or withdraw it.",
        )


class NotYoursToDecideError(ForbiddenError):
    title = "Not yours to decide"

    def __init__(self, number: str, permission: Permission) -> None:
        super().__init__(
            f"{number} is decided by somebody with the permission “{permission.value.replace('_', ' ')}”, or a security officer. "
            "Nothing was changed.",
            permission=permission.value,
        )


def check_reason(reason: str) -> str:
    text = reason.strip()
    if not text or not text.isprintable() or len(text) > MAX_REASON:
        told = f"Say why, in 1 to {MAX_REASON} printable characters: another person decides by it."
        raise InvalidInputError(f"{told} Nothing was proposed.", fields={"reason": told})
    return text


def check_open(number: str, outcome: Outcome | None) -> None:
    if outcome is not None:
        raise ProposalDecidedError(number, outcome)


def check_decider(
    number: str, kind: ProposalKind, *, proposer: str, decider: str | None, held: frozenset[Permission]
) -> None:
    """Raises OwnProposalError or NotYoursToDecideError."""
    if decider is None or decider == proposer:
        raise OwnProposalError(number)
    if not may_approve(held, PERMISSION[kind]):
        raise NotYoursToDecideError(number, PERMISSION[kind])
