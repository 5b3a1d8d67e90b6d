"""What each role may do: static sets, no policy engine. What no set names is denied."""

from collections.abc import Iterable
from enum import StrEnum

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
    PLACE_HOLD = "place_hold"
    MANAGE_MEDIA = "manage_media"
    MANAGE_LOCATIONS = "manage_locations"
    MANAGE_PARTIES = "manage_parties"
    MANAGE_POLICY = "manage_policy"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_HANDLERS = "manage_handlers"
    OWN_ACCOUNT = "own_account"


_EVERYBODY = {Permission.OWN_ACCOUNT, Permission.READ_CONSIGNMENTS}
_INSIDERS = {*_EVERYBODY, Permission.READ, Permission.READ_LEDGER}
_FLOOR = {
    Permission.SCAN,
    Permission.OPERATE_LIBRARY,
    Permission.PACK,
    Permission.RELEASE,
    Permission.RECEIVE,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SYSTEM_ADMINISTRATOR: frozenset({
        *_INSIDERS, Permission.MANAGE_HANDLERS, Permission.MANAGE_DEVICES, Permission.MANAGE_LOCATIONS, Permission.MANAGE_PARTIES,
    }),
    Role.BACKUP_ADMINISTRATOR: frozenset({
        *_INSIDERS, *_FLOOR, Permission.PLAN_RUN, Permission.APPROVE_RUN, Permission.SKIP_STEP, Permission.RESOLVE, Permission.RECALL,
        Permission.MANAGE_MEDIA, Permission.MANAGE_LOCATIONS, Permission.MANAGE_PARTIES, Permission.MANAGE_POLICY, Permission.EXPORT_LEDGER,
    }),
    Role.RESTORE_OPERATOR: frozenset({*_INSIDERS, Permission.SCAN, Permission.RECALL}),
    Role.MEDIA_HANDLER: frozenset({*_INSIDERS, *_FLOOR, Permission.SKIP_STEP}),
    Role.VAULT_CUSTODIAN: frozenset({*_EVERYBODY, Permission.SCAN, Permission.ACKNOWLEDGE}),
    Role.SECURITY_OFFICER: frozenset({
        *_INSIDERS, Permission.RESOLVE, Permission.PLACE_HOLD, Permission.EXPORT_LEDGER, Permission.APPROVE_RUN,
    }),
    Role.AUDITOR: frozenset({*_INSIDERS, Permission.EXPORT_LEDGER}),
}  # fmt: skip


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
