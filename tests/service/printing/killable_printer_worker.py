"""A printer's worker as a process of its own, to be killed: python killable_printer_worker.py DATA_DIR DATABASE_URL [MOMENT]

MOMENT "before-bytes": the process kills itself once the intent is committed, before a byte of the second label leaves.
"after-bytes": once the printer has the second label, before anything of that is committed.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from drivers.registry import open_printer
from service.devices.duty import Timing
from service.devices.printer_port import PrinterPort
from service.printing.worker import printer_crew
from service.runtime import open_runtime
from service.settings import Settings


class DyingPrinter:
    """A real printer whose user dies at a chosen moment of its second label."""

    def __init__(self, printer, moment):
        self._printer, self._moment, self._sent = printer, moment, 0

    def __getattr__(self, name):
        return getattr(self._printer, name)

    def send(self, data, *, title, deadline_s):
        self._sent += 1
        if self._sent == 2 and self._moment == "before-bytes":
            os.kill(os.getpid(), signal.SIGKILL)
        receipt = self._printer.send(data, title=title, deadline_s=deadline_s)
        if self._sent == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return receipt


def main(data_dir, database_url, moment=""):
    runtime = open_runtime(
        Settings(data_dir=Path(data_dir), database_url=database_url, worker=False, scheduler=False)
    )

    def opener(url):
        printer = open_printer(url)
        return DyingPrinter(printer, moment) if moment else printer

    timing = Timing(lease_s=1.0, poll_s=0.02, retry_s=0.1, observe_s=3600)
    crew = printer_crew(runtime, timing, port_of=lambda url, name: PrinterPort(url, name, opener)).start()
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    over.wait()
    crew.stop()
    runtime.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
