"""What each role may do: static sets, no policy engine. What no set names is denied."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from service.errors import InvalidInputError, RefusedError
from service.handlers.models import Role


class Permission(StrEnum):
    READ = "read"
    READ_CONSIGNMENTS = "read_consignments"
    READ_LEDGER = "read_ledger"
    EXPORT_LEDGER = "export_ledger"
    SCAN = "scan"
    PLAN_RUN = "plan_run"
    APPROVE_RUN = "approve_run"
    OPERATE_LIBRARY = "operate_library"
    PACK = "pack"
    RELEASE = "release"
    RECEIVE = "receive"
    ACKNOWLEDGE = "acknowledge"
    SKIP_STEP = "skip_step"
    RESOLVE = "resolve"
    RECALL = "recall"
    ISSUE_DOCUMENT = "issue_document"
    PLACE_HOLD = "place_hold"
    PRINT_LABELS = "print_labels"
    MANAGE_MEDIA = "manage_media"
    MANAGE_LOCATIONS = "manage_locations"
    MANAGE_PARTIES = "manage_parties"
    MANAGE_POLICY = "manage_policy"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_HANDLERS = "manage_handlers"
    APPROVE_PROPOSAL = "approve_proposal"
    OWN_ACCOUNT = "own_account"


_EVERYBODY = {Permission.OWN_ACCOUNT, Permission.READ_CONSIGNMENTS}
_INSIDERS = {*_EVERYBODY, Permission.READ, Permission.READ_LEDGER}
_FLOOR = {
    Permission.SCAN,
    Permission.OPERATE_LIBRARY,
    Permission.PACK,
    Permission.RELEASE,
    Permission.RECEIVE,
    Permission.PRINT_LABELS,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SYSTEM_ADMINISTRATOR: frozenset({
        *_INSIDERS, Permission.MANAGE_HANDLERS, Permission.MANAGE_DEVICES, Permission.MANAGE_LOCATIONS, Permission.MANAGE_PARTIES,
    }),
    Role.BACKUP_ADMINISTRATOR: frozenset({
        *_INSIDERS, *_FLOOR, Permission.PLAN_RUN, Permission.APPROVE_RUN, Permission.SKIP_STEP, Permission.RESOLVE, Permission.RECALL,
        Permission.ISSUE_DOCUMENT, Permission.MANAGE_MEDIA, Permission.MANAGE_LOCATIONS, Permission.MANAGE_PARTIES, Permission.MANAGE_POLICY, Permission.EXPORT_LEDGER,
    }),
    Role.RESTORE_OPERATOR: frozenset({*_INSIDERS, Permission.SCAN, Permission.RECALL, Permission.ISSUE_DOCUMENT}),
    Role.MEDIA_HANDLER: frozenset({*_INSIDERS, *_FLOOR, Permission.SKIP_STEP, Permission.ISSUE_DOCUMENT}),
    Role.VAULT_CUSTODIAN: frozenset({*_EVERYBODY, Permission.SCAN, Permission.ACKNOWLEDGE, Permission.ISSUE_DOCUMENT}),
    Role.SECURITY_OFFICER: frozenset({
        *_INSIDERS, Permission.RESOLVE, Permission.PLACE_HOLD, Permission.EXPORT_LEDGER, Permission.APPROVE_RUN,
        Permission.ISSUE_DOCUMENT, Permission.APPROVE_PROPOSAL,
    }),
    Role.AUDITOR: frozenset({*_INSIDERS, Permission.EXPORT_LEDGER}),
}  # fmt: skip


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))


class ConflictError(RefusedError):
    title = "Roles that exclude each other"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two roles in one person. `refused`: never; else only with a reason in writing."""

    roles: frozenset[Role]
    why: str
    refused: bool = True


def _conflicts_of_auditor() -> tuple[Conflict, ...]:
    why = "An auditor reads and verifies only; one who also acts would audit their own acts."
    return tuple(Conflict(frozenset({Role.AUDITOR, other}), why) for other in Role if other != Role.AUDITOR)


# Segregation of duties: NIST SP 800-53 r5 AC-5, AC-6; who administers the system approves no business.
CONFLICTS: tuple[Conflict, ...] = (
    Conflict(
        frozenset({Role.SYSTEM_ADMINISTRATOR, Role.BACKUP_ADMINISTRATOR}),
        "Who gives out rights approves no runs.",
    ),
    Conflict(
        frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER}),
        "Who gives out rights approves no runs and places no holds.",
    ),
    Conflict(
        frozenset({Role.SECURITY_OFFICER, Role.MEDIA_HANDLER}),
        "Who handles media does not validate the handling.",
    ),
    Conflict(
        frozenset({Role.SECURITY_OFFICER, Role.BACKUP_ADMINISTRATOR}),
        "Who asks for a release does not also decide over holds.",
        refused=False,
    ),
    Conflict(
        frozenset({Role.VAULT_CUSTODIAN, Role.MEDIA_HANDLER}),
        "One person could sign both sides of a custody transfer.",
        refused=False,
    ),
    Conflict(
        frozenset({Role.VAULT_CUSTODIAN, Role.BACKUP_ADMINISTRATOR}),
        "One person could release and acknowledge the same consignment.",
        refused=False,
    ),
    Conflict(
        frozenset({Role.RESTORE_OPERATOR, Role.BACKUP_ADMINISTRATOR}),
        "One person could ask for a recall and approve it.",
        refused=False,
    ),
    *_conflicts_of_auditor(),
)


def conflicts_of(roles: Iterable[Role]) -> list[Conflict]:
    held = frozenset(roles)
    return [conflict for conflict in CONFLICTS if conflict.roles <= held]


def check_roles(roles: Iterable[Role], reason: str | None) -> None:
    """Raises ConflictError for an excluded pair, or for a doubtful one without a reason in writing."""
    held = frozenset(roles)
    if not held:
        raise InvalidInputError(
            "No role was chosen. Nothing was saved.", fields={"roles": "Choose at least one role."}
        )
    for conflict in conflicts_of(held):
        pair = " and ".join(sorted(role_word(role) for role in conflict.roles))
        if conflict.refused:
            raise ConflictError(
                f"{pair} exclude each other in one person. {conflict.why} Nothing was saved.",
                next_step="Give one of the roles to somebody else.",
            )
        if not reason:
            raise InvalidInputError(
                f"{pair} in one person: {conflict.why} Nothing was saved.",
                fields={"reason": f"{conflict.why} Say why it must be so."},
                next_step="Give one of the roles to somebody else, or write down the reason.",
            )


def role_word(role: Role) -> str:
    return role.value.replace("_", " ").capitalize()


def check_not_oneself(handler_id: str, actor_id: str | None) -> None:
    if handler_id == actor_id:
        raise RefusedError(
            "Nobody changes their own rights. Nothing was changed.",
            next_step="Ask another system administrator.",
        )


def check_an_administrator_stays(name: str, others: int) -> None:
    if not others:
        raise RefusedError(
            f"{name} is the last active system administrator. Nothing was changed.",
            next_step="Make another system administrator first.",
        )


def check_reason(reason: str) -> None:
    if not reason:
        raise InvalidInputError(
            "Nothing was changed: the reason is missing.", fields={"reason": "Write down the reason."}
        )


LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,79}")
MAX_NAME = 120


def login_of(typed: str) -> str:
    """Logins are written and compared in lower case."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def check_person(login: str, name: str, title: str = "") -> None:
    fields: dict[str, str] = {}
    if not LOGIN.fullmatch(login):
        fields["login"] = "2 to 80 characters: letters a to z, digits, dot, hyphen, plus, underscore, @."
    if not name or not name.isprintable() or len(name) > MAX_NAME:
        fields["name"] = f"Write a name of 1 to {MAX_NAME} printable characters."
    if len(title) > MAX_NAME or (title and not title.isprintable()):
        fields["title"] = f"At most {MAX_NAME} printable characters."
    if fields:
        raise InvalidInputError("Nothing was saved. " + " ".join(fields.values()), fields=fields)


SHORTEST_PASSWORD = 15  # NIST SP 800-63B-4: the least for a password that stands alone
LONGEST_PASSWORD = 200


def check_new_password(password: str, again: str, login: str) -> None:
    """Length, not composition; `password` is normalised already."""
    fields: dict[str, str] = {}
    if len(password) < SHORTEST_PASSWORD:
        fields["password"] = f"At least {SHORTEST_PASSWORD} characters; a sentence is easy to keep in mind."
    elif len(password) > LONGEST_PASSWORD:
        fields["password"] = f"At most {LONGEST_PASSWORD} characters."
    elif login in password.lower() or len(set(password)) < 5:  # noqa: PLR2004 - "aaaaaaaaaaaaaaa" is not a sentence
        fields["password"] = "Too easy to guess: take other words."  # noqa: S105 - a message
    if not fields and password != again:
        fields["again"] = "The two are not the same."
    if fields:
        raise InvalidInputError("The password was not set. " + " ".join(fields.values()), fields=fields)


def is_live(expires_at: datetime, seen_at: datetime, now: datetime, idle: timedelta) -> bool:
    """A sign-in ends at its absolute end, or after `idle` without an act."""
    return now < expires_at and now - seen_at < idle
