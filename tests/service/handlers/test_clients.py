"""The clients that every room's tests use."""

from datetime import timedelta

import pytest

from service.handlers.models import Role
from service.handlers.queries import person_by_session, secret_hash
from service.web.sign_ins import cookie_name


@pytest.mark.parametrize("role", list(Role))
def test_a_client_is_signed_in_with_its_role(role, client_as, runtime):
    client = client_as(role)
    secret = client.cookies[cookie_name(runtime)]
    with runtime.database.reading() as session:
        person = person_by_session(session, secret_hash(secret), runtime.clock(), timedelta(hours=1))
    assert person.handler_id == client.handler_id
    assert person.roles == (role,)
