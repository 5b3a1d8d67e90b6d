"""Consignments in every state, and the people at both ends signed in: for the tests of the rooms that move media."""

from datetime import timedelta

from clients import sign_in
from house import furnished, signature

from service.consignments.actions import cancel, dispatch, freeze, open_consignment
from service.consignments.models import ConsignmentState, Direction, SealOutcome
from service.handlers.models import Role
from service.locations.models import LocationKind
from service.media.models import Custody
from service.packing.actions import choose_container, seal_container
from service.parties.models import PartyKind
from service.receipts.actions import close, receive, see_container

OUT, HOME = Direction.OUT, Direction.HOME
OURS, VENDOR, OTHER = "Handler 2", "Vendor custodian", "Other custodian"
ADMINISTRATOR, OFFICER, AUDITOR = "Backup administrator 1", "Security officer 1", "Auditor 1"
DRAWING = "M40 120L80 60L120 118L160 70"
COURIER = {
    "name": "Driver 3", "organisation": "Carrier", "badge": "40118", "drawing": DRAWING, "identity_checked": True,
}  # fmt: skip
COURIER_FORM = {
    "name": "Driver 3", "organisation": "Carrier", "badge": "40118", "signature": DRAWING, "identity_checked": "on",
}  # fmt: skip


class Travel:
    """`number = travel.in_transit(OUT)`: a consignment brought there by the real acts, with real scans."""

    def __init__(self, runtime, app=None) -> None:
        self.runtime = runtime
        self.app = app
        self.house = furnished(runtime)
        self._count = 0
        house = self.house
        house.party("Other vendor", PartyKind.VAULT_VENDOR)
        house.location("Vault 3", LocationKind.VAULT, "Other vendor")
        house.person(OTHER, Role.VAULT_CUSTODIAN, "Other vendor")
        house.person("Vendor custodian 2", Role.VAULT_CUSTODIAN, "Vault vendor")
        house.person(OFFICER, Role.SECURITY_OFFICER, "Organisation")
        house.person(AUDITOR, Role.AUDITOR, "Organisation")
        house.person("Restore operator 1", Role.RESTORE_OPERATOR, "Organisation")

    def client(self, name):
        return sign_in(self.runtime, self.app, self.house.people[name].handler_id)

    def run(self, work):
        return self.house.run(work)

    def media(self, direction, count):
        """Barcodes of new media where a consignment of this direction starts."""
        place, party, custody = {
            OUT: ("Machine room", "Organisation", Custody.ON_SITE),
            HOME: ("Shelf B-04", "Vault vendor", Custody.VAULTED),
        }[direction]
        barcodes = [f"TRV{self._count + index:03}L8" for index in range(1, count + 1)]
        self._count += count
        for barcode in barcodes:
            self.house.medium(barcode, place, party, custody)
        return barcodes

    def opened(self, direction=OUT, count=2, vault="Vault 2"):
        self.barcodes = self.media(direction, count)
        ids = self.house.ids
        here, there = ids["Machine room"], ids[vault]
        start, end = (here, there) if direction is OUT else (there, here)
        return self.run(
            lambda unit: open_consignment(
                unit, direction=direction, from_location_id=start, to_location_id=end, carrier_id=ids["Carrier"],
                purpose="monthly set October", medium_ids=[ids[barcode] for barcode in self.barcodes],
            )
        )  # fmt: skip

    def packer(self, direction):
        return OURS if direction is OUT else VENDOR

    def receiver(self, direction):
        return VENDOR if direction is OUT else OURS

    def chosen(self, direction=OUT, count=2, **more):
        number = self.opened(direction, count, **more)
        self.box = f"C-{self._count:04}"
        where = ("Machine room", "Organisation") if direction is OUT else ("Vault 2", "Vault vendor")
        self.house.container(self.box, place=where[0], custodian=where[1])
        self.run(lambda unit: choose_container(unit, number, self.box))
        return number

    def packed(self, direction=OUT, count=2, **more):
        number = self.chosen(direction, count, **more)
        answers = self.house.scan(self.packer(direction), f"pack:{number}:{self.box}", *self.barcodes)
        assert all(answer.status == 200 for answer in answers), answers
        self.seal = f"S{self._count:05}"
        self.run(lambda unit: seal_container(unit, number, self.box, self.seal))
        return number

    def frozen(self, direction=OUT, count=2, **more):
        number = self.packed(direction, count, **more)
        self.run(lambda unit: freeze(unit, number))
        return number

    def in_transit(self, direction=OUT, count=2, **more):
        number = self.frozen(direction, count, **more)
        giver = signature(self.packer(direction), "Giver")
        self.run(lambda unit: dispatch(unit, number, giver, signature("Driver 3", "Carrier")))
        return number

    def overdue(self, direction=OUT, **more):
        number = self.in_transit(direction, **more)
        self.runtime.writer.clock.forward(hours=timedelta(hours=5).total_seconds() / 3600)
        return number

    def seen(self, direction=OUT, count=2, outcome=SealOutcome.INTACT, **more):
        number = self.in_transit(direction, count, **more)
        self.run(lambda unit: see_container(unit, number, self.box, outcome))
        return number

    def received(self, direction=OUT, count=2, outcome=SealOutcome.INTACT, **more):
        number = self.seen(direction, count, outcome, **more)
        taker = signature(self.receiver(direction), "Taker")
        self.run(lambda unit: receive(unit, number, signature("Driver 3", "Carrier"), taker))
        return number

    def disputed(self, direction=OUT, **more):
        return self.received(direction, outcome=SealOutcome.BROKEN, **more)

    def unpacked(self, direction=HOME, count=2):
        number = self.received(direction, count)
        self.house.scan(self.receiver(direction), f"unpack:{number}", self.box, *self.barcodes)
        return number

    def reconciled(self, direction=OUT, **more):
        number = self.received(direction, **more) if direction is OUT else self.unpacked(direction, **more)
        self.run(lambda unit: close(unit, number))
        return number

    def cancelled(self, direction=OUT, **more):
        number = self.opened(direction, **more)
        self.run(lambda unit: cancel(unit, number, "The vault is closed."))
        return number

    def in_state(self, state, direction=OUT, **more):
        makers = {
            ConsignmentState.OPEN: self.chosen, ConsignmentState.FROZEN: self.frozen,
            ConsignmentState.IN_TRANSIT: self.in_transit, ConsignmentState.RECEIVED: self.received,
            ConsignmentState.RECONCILED: self.reconciled, ConsignmentState.CANCELLED: self.cancelled,
        }  # fmt: skip
        return makers[state](direction, **more)

    def state(self, number):
        from service.consignments.models import CONSIGNMENT

        with self.runtime.database.reader.connect() as connection:
            query = CONSIGNMENT.table.select().where(CONSIGNMENT.table.c.number == number)
            return connection.execute(query).one()

    def events(self, subject):
        from service.ledger import store

        with self.runtime.database.reader.connect() as connection:
            return [entry.event for entry in reversed(store.entries_of(connection, subject))]
