"""One week of the small house, carried as far as a test wants: planned, approved, ejected, packed, sent, received, home, closed."""

from datetime import date

from clients import sign_in
from house import furnished, signature, with_media

from service.consignments.actions import dispatch, freeze
from service.handlers.models import Role
from service.receipts.actions import close as reconcile
from service.receipts.actions import receive
from service.rotation import actions, queries

SLOT = date(2026, 11, 19)
ADMINISTRATOR, HANDLER, CUSTODIAN, AUDITOR = (
    "Backup administrator 1", "Handler 2", "Vendor custodian", "Auditor 1",
)  # fmt: skip
OUT = ("STR141L8", "STR142L8", "STR143L8")
HOME = ("STR091L8", "STR092L8")
NUMBER = "2026-W47"


class Week:
    """`Week(runtime, app).to("packed")`; every step brings those before it."""

    STEPS = (
        "planned", "approved", "ejected", "packed", "frozen", "sent", "received", "reconciled", "recalled", "home", "unpacked",
        "loaded", "closed",
    )  # fmt: skip

    def __init__(self, runtime, app=None):
        self.runtime, self.app = runtime, app
        self.house = with_media(furnished(runtime))
        self.house.person(AUDITOR, Role.AUDITOR, "Organisation")
        self._done = 0

    def client(self, name):
        return sign_in(self.runtime, self.app, self.house.people[name].handler_id)

    def run(self, work):
        return self.house.run(work)

    @property
    def run_id(self):
        with self.runtime.database.reading() as session:
            return queries.run_by_number(session, NUMBER).run_id

    def to(self, step):
        for name in self.STEPS[self._done : self.STEPS.index(step) + 1]:
            getattr(self, f"_{name}")()
            self._done += 1
        return self

    def _planned(self):
        self.run(lambda unit: actions.plan_run(unit, self.house.ids["schedule"], SLOT))

    def _approved(self):
        self.run(lambda unit: actions.approve(unit, NUMBER))

    def _ejected(self):
        run_id = self.run_id
        with self.runtime.database.reader.connect() as connection:
            lines = queries.lines_to_eject(connection, run_id)
        for index, line in enumerate(lines, 1):
            slot = self.house.ids[f"mail slot {index}"]
            self.run(
                lambda unit, line=line, slot=slot: actions.ejected(
                    unit, run_id, line.medium_id, slot, 1, line.slot_number
                )
            )

    def _packed(self):
        for barcode in OUT:
            medium_id = self.house.ids[barcode]
            self.run(lambda unit, medium_id=medium_id: actions.emptied(unit, self.run_id, medium_id))
        self.house.container("C-0117")
        self.house.scan(HANDLER, "pack:CN-0001", "C-0117")
        self.house.scan(HANDLER, "pack:CN-0001:C-0117", *OUT)

    def _frozen(self):
        self.house.scan(HANDLER, "pack:CN-0001:C-0117:seal", "004711")
        self.run(lambda unit: freeze(unit, "CN-0001"))

    def _sent(self):
        self.run(lambda unit: dispatch(unit, "CN-0001", signature(HANDLER), signature("Driver 3", "Carrier")))

    def _received(self):
        self.house.scan(CUSTODIAN, "receive:CN-0001", "C-0117")
        self.house.scan(CUSTODIAN, "receive:CN-0001:C-0117", "004711")
        self.run(
            lambda unit: receive(
                unit, "CN-0001", signature("Driver 3", "Carrier"), signature(CUSTODIAN, "Vault vendor")
            )
        )

    def _reconciled(self):
        self.run(lambda unit: reconcile(unit, "CN-0001"))

    def _recalled(self):
        self.house.container("C-0091", place="Vault 2", custodian="Vault vendor")
        self.house.scan(CUSTODIAN, "pack:CN-0002", "C-0091")
        self.house.scan(CUSTODIAN, "pack:CN-0002:C-0091", *HOME)
        self.house.scan(CUSTODIAN, "pack:CN-0002:C-0091:seal", "004388")
        self.run(lambda unit: freeze(unit, "CN-0002"))
        self.run(
            lambda unit: dispatch(
                unit, "CN-0002", signature(CUSTODIAN, "Vault vendor"), signature("Driver 1", "Carrier")
            )
        )

    def _home(self):
        self.house.scan(HANDLER, "receive:CN-0002", "C-0091")
        self.house.scan(HANDLER, "receive:CN-0002:C-0091", "004388")
        self.run(lambda unit: receive(unit, "CN-0002", signature("Driver 1", "Carrier"), signature(HANDLER)))

    def _unpacked(self):
        self.house.scan(HANDLER, "unpack:CN-0002", "C-0091")
        self.house.scan(HANDLER, "unpack:CN-0002", *HOME)
        self.run(lambda unit: reconcile(unit, "CN-0002"))

    def _loaded(self):
        for index, barcode in enumerate(HOME, 6):
            medium_id, slot = self.house.ids[barcode], self.house.ids[f"slot {index}"]
            self.run(
                lambda unit, medium_id=medium_id, slot=slot: actions.loaded(
                    unit, self.run_id, medium_id, slot
                )
            )

    def _closed(self):
        self.run(lambda unit: actions.close(unit, NUMBER))
