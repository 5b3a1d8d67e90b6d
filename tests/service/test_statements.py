"""Statements that are made once say and bring the same as `Connection.execute`."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, select, update

from service.db import table
from service.locations.models import Location, LocationKind
from service.parties.models import Party, PartyKind
from service.statements import Bulk, Query, savepoint

PARTY, LOCATION = table(Party), table(Location)
NAMES = [f"Party {number}" for number in range(9)]
BY_NAME = select(PARTY.c.party_id, PARTY.c.kind, PARTY.c.active).where(
    PARTY.c.name.in_(bindparam("names", expanding=True)), PARTY.c.kind == PartyKind.COURIER
)
INSERT = insert(PARTY)


def parties(kind=PartyKind.COURIER):
    return [
        {
            "party_id": f"p{number:025d}",
            "kind": kind,
            "name": name,
            "contact": "",
            "active": number % 2 == 0,
            "gs1_prefix": None,
        }
        for number, name in enumerate(NAMES)
    ]


@pytest.fixture
def connection(runtime):
    runtime.writer.stop()
    with runtime.database.writer.connect() as connection, connection.begin():
        Bulk(INSERT)(connection, parties())
        yield connection


@pytest.mark.parametrize("count", [1, 2, 3, 8, 9])
def test_a_list_of_any_length_finds_what_a_plain_query_finds(connection, count):
    query, names = Query(BY_NAME, many="names"), NAMES[:count]
    found = query(connection, names=names)
    assert sorted(found) == sorted(tuple(row) for row in connection.execute(BY_NAME, {"names": names}))
    assert {type(row.kind) for row in found} == {PartyKind}
    assert {type(row.active) for row in found} == {bool}


def test_rows_are_written_with_the_types_of_their_columns(connection):
    now = datetime(2026, 11, 19, 19, 6, 0, 123456, tzinfo=UTC)
    from service.handlers.models import SignIn

    sign_in = table(SignIn)
    change = Bulk(update(PARTY).where(PARTY.c.party_id == bindparam("_id")).values(kind=bindparam("_kind")))
    change(connection, [{"_id": "p" + "0" * 25, "_kind": PartyKind.VAULT_VENDOR}])
    kinds = connection.execute(select(PARTY.c.kind).where(PARTY.c.name == NAMES[0])).scalars().all()
    assert kinds == [PartyKind.VAULT_VENDOR]
    seen = Query(select(sign_in.c.seen_at).where(sign_in.c.seen_at >= bindparam("since")))
    assert seen(connection, since=now) == []


def test_a_statement_without_rows_is_not_sent(connection):
    Bulk(INSERT)(connection, [])
    assert len(Query(BY_NAME, many="names")(connection, names=NAMES)) == 9


def test_a_savepoint_is_all_or_nothing(connection):
    place = {
        "location_id": "l" + "0" * 25, "kind": LocationKind.SITE, "name": "Site", "path": "Site", "code": None, "parent_id": None,
        "party_id": parties()[0]["party_id"], "number": None, "element_address": None, "time_zone": None, "active": True,
    }  # fmt: skip

    def stumble():
        with savepoint(connection, "one"):
            Bulk(insert(LOCATION))(connection, [place])
            raise LookupError

    with pytest.raises(LookupError):
        stumble()
    found = Query(select(LOCATION.c.location_id))
    assert found(connection) == []
    with savepoint(connection, "two"):
        Bulk(insert(LOCATION))(connection, [place])
    assert len(found(connection)) == 1
