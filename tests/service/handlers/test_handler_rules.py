"""Roles, logins and passwords: pure decisions."""

from itertools import combinations

import pytest

from service.errors import InvalidInputError
from service.handlers import rules
from service.handlers.models import Role
from service.handlers.rules import ConflictError, Permission, check_roles, permissions_of

APPROVALS = {Permission.APPROVE_RUN, Permission.PLACE_HOLD, Permission.MANAGE_POLICY}


@pytest.mark.parametrize("role", list(Role))
def test_one_role_alone_is_always_good(role):
    check_roles([role], None)


def test_no_role_is_refused():
    with pytest.raises(InvalidInputError):
        check_roles([], None)


def test_who_administers_the_system_can_never_approve_business():
    for count in (1, 2, 3):
        for others in combinations(Role, count):
            roles = {Role.SYSTEM_ADMINISTRATOR, *others}
            if permissions_of(roles) & APPROVALS:
                with pytest.raises(ConflictError):
                    check_roles(roles, "We are few.")


@pytest.mark.parametrize("other", [role for role in Role if role != Role.AUDITOR])
def test_an_auditor_has_no_other_role(other):
    with pytest.raises(ConflictError):
        check_roles([Role.AUDITOR, other], "We are few.")


def test_who_handles_does_not_validate():
    with pytest.raises(ConflictError):
        check_roles([Role.MEDIA_HANDLER, Role.SECURITY_OFFICER], "We are few.")


def test_a_doubtful_pair_wants_its_reason_in_writing():
    pair = [Role.RESTORE_OPERATOR, Role.BACKUP_ADMINISTRATOR]
    with pytest.raises(InvalidInputError) as refused:
        check_roles(pair, None)
    assert "reason" in refused.value.fields
    check_roles(pair, "We are three people.")


def test_the_custodian_sees_consignments_and_nothing_inside():
    assert Permission.READ not in permissions_of([Role.VAULT_CUSTODIAN])


@pytest.mark.parametrize(("typed", "login"), [(" Handler-7 ", "handler-7"), ("\uff28andler", "handler")])
def test_logins_are_compared_in_one_form(typed, login):
    assert rules.login_of(typed) == login


@pytest.mark.parametrize("login", ["", "a", "-abc", "a b", "a" * 81, "h\0ndler", "händler"])
def test_a_login_that_does_not_fit_is_named(login):
    with pytest.raises(InvalidInputError) as refused:
        rules.check_person(login, "Handler 7")
    assert "login" in refused.value.fields


@pytest.mark.parametrize(
    ("password", "field"),
    [
        ("fourteen chars", "password"),
        ("x" * 201, "password"),
        ("abababababababab", "password"),
        ("my login is handler-7", "password"),
    ],
)
def test_a_weak_password_is_refused(password, field):
    with pytest.raises(InvalidInputError) as refused:
        rules.check_new_password(password, password, "handler-7")
    assert field in refused.value.fields


def test_both_passwords_must_be_the_same():
    with pytest.raises(InvalidInputError) as refused:
        rules.check_new_password("a sentence of ours", "a sentence of theirs", "handler-7")
    assert "again" in refused.value.fields
