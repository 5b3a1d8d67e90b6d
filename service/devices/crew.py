"""The crew keeps one worker for every enabled device."""

import threading
from collections.abc import Callable

import structlog
from sqlalchemy import select

from drivers.registry import open_changer
from service.db import table
from service.devices.duty import Timing
from service.devices.models import Device
from service.devices.worker import DeviceWorker, Opener, Post
from service.runtime import Runtime

log = structlog.get_logger(__name__)

_DEVICE = table(Device)


class Crew:
    """Keeps one worker for every enabled device, also for those added or switched off later."""

    def __init__(
        self, runtime: Runtime, timing: Timing | None = None, *, opener: Opener = open_changer
    ) -> None:
        self._runtime, self._timing, self._opener = runtime, timing or Timing(), opener
        self._stopping = threading.Event()
        self._workers: dict[Post, DeviceWorker] = {}
        self._thread = threading.Thread(target=self._run, name="device-crew", daemon=True)

    def start(self) -> "Crew":
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._muster()
            except Exception as error:  # worker boundary: whoever is there works on, and is mustered again
                log.exception("crew_not_mustered", error=repr(error))
            self._stopping.wait(self._timing.poll_s)

    def _muster(self) -> None:
        with self._runtime.database.reader.connect() as connection:
            rows = connection.execute(
                select(_DEVICE.c.device_id, _DEVICE.c.name, _DEVICE.c.url, _DEVICE.c.library_id).where(
                    _DEVICE.c.enabled
                )
            ).all()
        wanted = {Post(*row) for row in rows}
        for post in wanted - self._workers.keys():
            self._workers[post] = DeviceWorker(
                self._runtime, post, timing=self._timing, opener=self._opener
            ).start()
        for post in self._workers.keys() - wanted:
            self._workers[post].stop()
        self._workers = {
            post: worker for post, worker in self._workers.items() if post in wanted or worker.alive
        }

    def stop(self) -> None:
        """Within `stop_s`: what still moves then is found by the next start."""
        self._stopping.set()
        self._thread.join(self._timing.stop_s)
        workers = list(self._workers.values())
        for worker in workers:
            worker.stop()
        for worker in workers:
            if not worker.join(self._timing.stop_s):
                log.warning("device_worker_left", device=worker.post.name, reason="a move is under way")


def start_workers(runtime: Runtime) -> Callable[[], None]:
    """For the server process; what it returns ends the workers."""
    if not runtime.settings.worker:
        return lambda: None
    return Crew(runtime).start().stop
