"""The demonstration's label printer, loaded, so that a newcomer can print a series and verify it."""

from service.devices.printer_port import simulated_printer
from service.devices.setup import simulator_path
from service.ledger.writer import SYSTEM
from service.printing.models import Language
from service.printing.printers import NewPrinter, add, first_look
from service.printing.queries import printers
from service.runtime import Runtime

NAME = "Label printer 1"
STOCK = "roll-79x17"
DPI = 300


def demo_printer(runtime: Runtime) -> None:
    """A step of the demonstration: a simulated label printer in the data folder, unless there is a printer."""
    with runtime.database.reading() as session:
        if printers(session.connection(), limit=1):
            return
    url = simulated_printer(simulator_path(runtime.settings.data_dir, NAME))
    new = NewPrinter(NAME, url, Language.ZPL, DPI, STOCK)
    said = first_look(new)
    runtime.writer.run(SYSTEM, lambda unit: add(unit, new, said))
