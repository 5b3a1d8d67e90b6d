"""Every list of media is read in the order of an index, so that it costs the same however many there are."""

from datetime import date

import pytest
from media_site import make_site, new
from sqlalchemy import event, text

from service.ledger.writer import SYSTEM
from service.media import actions, listing
from service.media.listing import Order, Selection
from service.media.models import Content, Custody


@pytest.fixture
def site(runtime):
    site = make_site(runtime)
    media = [
        new(site, f"STR{n:03d}L8", site.vault if n % 2 else site.shelf, expires_on=date(2027, 1, 1))
        for n in range(60)
    ]
    runtime.writer.run(SYSTEM, lambda unit: actions.register_many(unit, media))
    return site


SELECTIONS = {
    "everything": {},
    "downwards": {"order": Order.BARCODE_DOWN},
    "custody": {"custody": Custody.VAULTED},
    "content": {"content": Content.ACTIVE},
    "custody and content": {"custody": Custody.VAULTED, "content": Content.FULL},
    "custodian": {"custodian_id": "p"},
    "one place": {"location_id": "vault"},
    "container": {"container_id": "c"},
    "dataset": {"dataset": "billing-db"},
    "held": {"held": True},
    "prefix": {"prefix": "STR04"},
    "expires": {"order": Order.EXPIRES},
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_a_list_scans_nothing_and_sorts_nothing(runtime, site, name):
    given = SELECTIONS[name]
    wanted = Selection(**given | ({"location_id": site.vault} if "location_id" in given else {}))
    asked = []
    with runtime.database.reader.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            connection.execute(
                text(
                    "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
                )
            )

        @event.listens_for(connection, "before_cursor_execute")
        def note(_connection, _cursor, statement, parameters, _context, _many):
            asked.append((statement, parameters))

        listing.page(connection, wanted, None, 51)
        statement, parameters = asked[-1]
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(explain + statement, parameters)
        plan = " ".join(str(part) for line in rows for part in line)
    assert "index" in plan.lower()
    if name not in {"everything", "downwards", "held"}:  # these read an index from its beginning
        assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


def test_a_place_with_many_places_under_it_is_read_place_by_place(runtime, site):
    with runtime.database.reader.connect() as connection:
        found = listing.page(connection, Selection(location_id=site.site), None, 5)
        assert [row.barcode for row in found] == ["STR000L8", "STR002L8", "STR004L8", "STR006L8", "STR008L8"]
        assert listing.count(connection, Selection(location_id=site.site)) == 30


def test_a_library_of_many_slots_is_read_as_one(runtime):
    site = make_site(runtime, slots=listing.MERGED + 20)
    media = [new(site, f"STR{n:03d}L8", slot) for n, slot in enumerate(reversed(site.slots))]
    runtime.writer.run(SYSTEM, lambda unit: actions.register_many(unit, media))
    with runtime.database.reader.connect() as connection:
        found = listing.page(connection, Selection(location_id=site.library), "STR009L8", 3)
    assert [row.barcode for row in found] == ["STR010L8", "STR011L8", "STR012L8"]


@pytest.mark.parametrize("order", Order)
def test_the_pieces_of_an_export_are_the_list(runtime, site, order):
    with runtime.database.reader.connect() as connection:
        pieces = [
            row.barcode for rows in listing.pages(connection, Selection(order=order), size=7) for row in rows
        ]
        whole = [row.barcode for row in listing.page(connection, Selection(order=order), None, 100)]
    assert pieces == whole
    assert len(set(pieces)) == 60
