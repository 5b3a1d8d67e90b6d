"""Every table and every projection in one place, for migrations and replay."""

from sqlmodel import SQLModel

from service import bookkeeping as _bookkeeping
from service.consignments.models import CONSIGNMENT
from service.containers.models import CONTAINER, SEAL
from service.custody.models import DISCREPANCY, TRANSFER
from service.devices.models import DEVICE, JOB
from service.handlers.models import HANDLER
from service.holds.models import HOLD
from service.ledger import models as _ledger
from service.locations.models import LOCATION
from service.media.models import LABEL_SERIES, MEDIUM, RESERVATION
from service.parties.models import PARTY
from service.policies.models import POLICY, SCHEDULE
from service.printing.documents.models import DOCUMENT
from service.printing.models import LABEL, LABEL_JOB, PRINTER
from service.proposals.models import PROPOSAL
from service.rotation.models import RUN

METADATA = SQLModel.metadata
TABLE_MODULES = (_bookkeeping, _ledger)
PROJECTIONS = {
    projection.kind: projection
    for projection in (
        PARTY, HANDLER, LOCATION, MEDIUM, HOLD, TRANSFER, DISCREPANCY, CONTAINER, SEAL, CONSIGNMENT, POLICY, SCHEDULE, RUN,
        DEVICE, JOB, LABEL_SERIES, RESERVATION, PRINTER, LABEL_JOB, LABEL, DOCUMENT, PROPOSAL,
    )
}  # fmt: skip
