"""Media that stand somewhere, put there for tests of the rooms below media."""

from service.ledger.writer import SYSTEM, Unit
from service.media.models import MEDIUM, Content, Custody, MediaType
from service.runtime import Runtime


def put_medium(runtime: Runtime, barcode: str, location_id: str, custodian_id: str) -> str:
    """A row as the media room writes it, without its entries."""

    def work(unit: Unit) -> str:
        medium_id = unit.new_id()
        row = {
            "medium_id": medium_id,
            "barcode": barcode,
            "media_type": MediaType.LTO,
            "generation": "",
            "content": Content.SCRATCH,
            "custody": Custody.ON_SITE,
            "custodian_id": custodian_id,
            "location_id": location_id,
            "missing": False,
            "dataset": "",
            "registered_at": unit.now,
        }
        unit.connection.execute(MEDIUM.table.insert(), [row])
        return medium_id

    return runtime.writer.run(SYSTEM, work)


def set_custody(runtime: Runtime, medium_id: str, custody: Custody) -> None:
    def work(unit: Unit) -> None:
        table = MEDIUM.table
        unit.connection.execute(table.update().where(table.c.medium_id == medium_id).values(custody=custody))

    runtime.writer.run(SYSTEM, work)
