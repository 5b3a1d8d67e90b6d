"""Any sequence of acts over real rows and entries: one custodian, one place, and a ledger from which both follow."""

import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copy, rmtree

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from house import signature
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from travel import HOME, OURS, OUT, VENDOR, Travel

from service import migrate
from service.consignments import rules
from service.consignments.actions import cancel, dispatch, freeze, open_consignment
from service.consignments.models import CONSIGNMENT, ConsignmentState, LineState, ManifestLine, SealOutcome
from service.containers.actions import empty, open_container
from service.containers.models import CONTAINER, SEAL, ContainerState
from service.custody.actions import resolve_discrepancy
from service.custody.models import DISCREPANCY
from service.db import open_database, table
from service.errors import StrongroomError
from service.ledger import replay, store
from service.ledger.checkpoint import Signer
from service.ledger.writer import SYSTEM, Writer
from service.locations.models import Location
from service.media.models import MEDIUM
from service.media.rules import custody_of
from service.packing.actions import choose_container, reopen_container, seal_container, skip
from service.parties.models import Party
from service.receipts.actions import close, receive, see_container
from service.runtime import ORIGIN, Runtime, remember
from service.schema import PROJECTIONS
from service.settings import Settings

S = ConsignmentState
MEDIA = 4
BOXES = 3
NEXT = {
    "frozen": S.FROZEN, "dispatched": S.IN_TRANSIT, "received": S.RECEIVED, "closed": S.RECONCILED, "cancelled": S.CANCELLED,
}  # fmt: skip


@cache
def migrated() -> Path:
    path = Path(tempfile.mkdtemp(prefix="strongroom-machine")) / "template.db"
    database = open_database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.close()
    return path


class Clock:
    now = datetime(2026, 11, 19, 19, 6, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(seconds=7)
        return self.now


class Road(RuleBasedStateMachine):
    """Two vendors' worth of boxes, media on both sides, and whatever people try with them."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="strongroom-road"))
        copy(migrated(), self.folder / "strongroom.db")
        found = Settings(data_dir=self.folder, worker=False, scheduler=False)
        database = open_database(f"sqlite:///{self.folder}/strongroom.db")
        signer = Signer(found.ledger_origin, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
        clock = Clock()
        writer = Writer(database, signer, clock).start()
        self.runtime = Runtime(found, database, signer, writer, clock)
        writer.run(SYSTEM, lambda unit: remember(unit, ORIGIN, found.ledger_origin))
        self.states: dict[str, ConsignmentState] = {}
        self.seals = 0

    @initialize()
    def furnish(self):
        self.travel = Travel(self.runtime)
        self.media = [*self.travel.media(OUT, MEDIA), *self.travel.media(HOME, MEDIA)]
        self.boxes = [f"B-{number:02}" for number in range(2 * BOXES)]
        for number, box in enumerate(self.boxes):
            place = ("Machine room", "Organisation") if number < BOXES else ("Vault 2", "Vault vendor")
            self.travel.house.container(box, capacity=3, place=place[0], custodian=place[1])

    def teardown(self):
        self.runtime.close()
        rmtree(self.folder)

    def rows(self, query):
        with self.runtime.database.reader.connect() as connection:
            return connection.execute(query).all()

    def size(self):
        with self.runtime.database.reader.connect() as connection:
            return store.head(connection).size

    def attempt(self, work):
        """True when it was done; a refusal leaves the ledger as long as it was."""
        before = self.size()
        try:
            self.travel.run(work)
        except StrongroomError:
            assert self.size() == before
            return False
        return True

    def step(self, number, act, work):
        """An act that moves a consignment on: only from the states of the table, and to the next one."""
        if self.attempt(work):
            assert self.states[number] in rules.ACTS[act], (number, act)
            self.states[number] = NEXT[act]

    def any_number(self, data):
        return data.draw(st.sampled_from(sorted(self.states)), label="consignment")

    @rule(direction=st.sampled_from([OUT, HOME]), data=st.data())
    def opens(self, direction, data):
        ids, media = self.travel.house.ids, data.draw(st.sets(st.sampled_from(self.media), max_size=3))
        ends = [ids["Machine room"], ids["Vault 2"]]
        start, end = ends if direction is OUT else ends[::-1]
        made = []
        self.attempt(
            lambda unit: made.append(
                open_consignment(
                    unit, direction=direction, from_location_id=start, to_location_id=end, carrier_id=ids["Carrier"],
                    purpose="any", medium_ids=[ids[barcode] for barcode in sorted(media)],
                )
            )
        )  # fmt: skip
        rows = self.rows(select(CONSIGNMENT.table.c.number))
        for number in {row.number for row in rows} - set(self.states):
            self.states[number] = S.OPEN

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def packs(self, data):
        number, box = self.any_number(data), data.draw(st.sampled_from(self.boxes))
        self.attempt(lambda unit: choose_container(unit, number, box))
        codes = data.draw(st.lists(st.sampled_from(self.media), min_size=1, max_size=3, unique=True))
        for who in (OURS, VENDOR):
            self.travel.house.scan(who, f"pack:{number}:{box}", *codes)
        if data.draw(st.booleans()):
            self.seals += 1
            self.attempt(lambda unit: seal_container(unit, number, box, f"S{self.seals:04}"))

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def packs_everything_and_freezes(self, data):
        number = self.any_number(data)
        (row,) = self.rows(select(CONSIGNMENT.table).where(CONSIGNMENT.table.c.number == number))
        who, boxes = (OURS, self.boxes[:BOXES]) if row.direction is OUT else (VENDOR, self.boxes[BOXES:])
        line = table(ManifestLine)
        wanted = self.rows(
            select(MEDIUM.table.c.barcode)
            .join(line, line.c.medium_id == MEDIUM.table.c.medium_id)
            .where(line.c.consignment_id == row.consignment_id, line.c.state == LineState.WANTED)
        )
        for box in boxes:
            if wanted and self.attempt(lambda unit, box=box: choose_container(unit, number, box)):
                self.travel.house.scan(who, f"pack:{number}:{box}", *(one.barcode for one in wanted))
                self.seals += 1
                self.attempt(lambda unit, box=box: seal_container(unit, number, box, f"S{self.seals:04}"))
        self.step(number, "frozen", lambda unit: freeze(unit, number))

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def skips(self, data):
        number, barcode = self.any_number(data), data.draw(st.sampled_from(self.media))
        self.attempt(lambda unit: skip(unit, number, barcode, "It stays."))

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def opens_again(self, data):
        number, box = self.any_number(data), data.draw(st.sampled_from(self.boxes))
        self.attempt(lambda unit: reopen_container(unit, number, box, "One more."))

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def cancels(self, data):
        number = self.any_number(data)
        self.step(number, "cancelled", lambda unit: cancel(unit, number, "No."))

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def dispatches(self, data):
        number = self.any_number(data)
        sides = signature("Giver"), signature("Driver 3", "Carrier")
        self.step(number, "dispatched", lambda unit: dispatch(unit, number, *sides))

    @precondition(lambda self: self.states)
    @rule(
        data=st.data(), outcome=st.sampled_from([SealOutcome.INTACT, SealOutcome.INTACT, SealOutcome.BROKEN])
    )
    def looks_and_receives(self, data, outcome):
        number = self.any_number(data)
        boxes = data.draw(st.sets(st.sampled_from(self.boxes)))
        for box in sorted(boxes):
            self.attempt(lambda unit, box=box: see_container(unit, number, box, outcome))
        codes = data.draw(st.lists(st.sampled_from(self.media), max_size=3, unique=True))
        for who in (OURS, VENDOR):
            if codes:
                self.travel.house.scan(who, f"receive:{number}", *codes)
        sides = signature("Driver 3", "Carrier"), signature("Taker")
        self.step(number, "received", lambda unit: receive(unit, number, *sides))

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def unpacks_and_closes(self, data):
        number = self.any_number(data)
        for who in (OURS, VENDOR):
            self.travel.house.scan(who, f"unpack:{number}", *self.boxes, *self.media)
        for row in self.rows(select(DISCREPANCY.table).where(DISCREPANCY.table.c.resolved_at.is_(None))):
            if data.draw(st.booleans()):
                self.attempt(lambda unit, row=row: resolve_discrepancy(unit, row.number, "found"))
        self.step(number, "closed", lambda unit: close(unit, number))

    @rule(data=st.data(), intact=st.booleans())
    def opens_and_empties(self, data, intact):
        box = data.draw(st.sampled_from(self.boxes))
        rows = self.rows(select(CONTAINER.table.c.consignment_id).where(CONTAINER.table.c.barcode == box))
        if rows[0].consignment_id is None:  # what travels is opened in its consignment
            self.attempt(lambda unit: open_container(unit, box, intact=intact, reason="Look."))
            self.attempt(lambda unit: empty(unit, box))

    @invariant()
    def the_states_are_those_of_the_model(self):
        found = {row.number: row.state for row in self.rows(select(CONSIGNMENT.table))}
        assert found == self.states

    @invariant()
    def every_medium_has_one_custodian_and_one_place_and_a_custody_that_follows(self):
        m, location, party = MEDIUM.table, table(Location), table(Party)
        query = (
            select(m, location.c.kind.label("location_kind"), party.c.kind.label("party_kind"))
            .join(location, location.c.location_id == m.c.location_id)
            .join(party, party.c.party_id == m.c.custodian_id)
        )
        boxes = {row.container_id: row for row in self.rows(select(CONTAINER.table))}
        rows = self.rows(query)
        assert len(rows) == len(self.rows(select(m)))
        for row in rows:
            sealed = row.container_id is not None
            derived = custody_of(
                row.location_kind, row.party_kind, sealed=sealed, missing=row.missing, gone=False
            )
            assert row.custody is derived, row.barcode
            if row.container_id is not None and not row.missing:
                box = boxes[row.container_id]
                assert (row.location_id, row.custodian_id) == (box.location_id, box.custodian_id), row.barcode

    @invariant()
    def a_seal_number_is_on_one_container_and_a_sealed_container_has_one(self):
        applied = {row.seal_id: row.container_id for row in self.rows(select(SEAL.table).where(SEAL.table.c.removed_at.is_(None)))}  # fmt: skip
        for row in self.rows(select(CONTAINER.table)):
            assert (row.state is ContainerState.SEALED) == (row.seal_id is not None)
            assert row.seal_id is None or applied[row.seal_id] == row.container_id
        assert len(applied) == len(set(applied.values()))

    @invariant()
    def the_tables_are_what_the_ledger_says(self):
        with self.runtime.database.reader.connect() as connection:
            found = replay.check(connection, PROJECTIONS)
        assert found.ok, found.differences


TestRoad = Road.TestCase
TestRoad.settings = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking sequences of real acts takes minutes
)
