"""A device worker as a process of its own, to be killed: python killable_worker.py DATA_DIR DATABASE_URL LEASE_S [MOMENT]

MOMENT "after-outcome": the process kills itself once the move is done and seen, before anything of it is committed.
"before-command": once the intent is committed, before the command leaves.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from drivers.registry import open_changer
from service.devices.crew import device_crew
from service.devices.duty import Timing
from service.runtime import open_runtime
from service.settings import Settings


class DyingChanger:
    """A real changer whose user dies at a chosen moment of its first move."""

    def __init__(self, changer, moment):
        self._changer, self._moment = changer, moment

    def __getattr__(self, name):
        return getattr(self._changer, name)

    def move(self, request, *, before=None):
        if self._moment == "before-command":
            os.kill(os.getpid(), signal.SIGKILL)
        outcome = self._changer.move(request, before=before)
        os.kill(os.getpid(), signal.SIGKILL)
        return outcome


def main(data_dir, database_url, lease_s, moment=""):
    runtime = open_runtime(
        Settings(data_dir=Path(data_dir), database_url=database_url, worker=False, scheduler=False)
    )

    def opener(url):
        changer = open_changer(f"{url}?settle_s=0.01")
        return DyingChanger(changer, moment) if moment else changer

    timing = Timing(lease_s=float(lease_s), poll_s=0.02, look_s=0.1, retry_s=0.1, observe_s=3600)
    crew = device_crew(runtime, timing, opener=opener).start()
    print("ready", flush=True)
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    over.wait()
    crew.stop()
    runtime.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
