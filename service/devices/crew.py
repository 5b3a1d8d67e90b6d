"""The crew that keeps one worker for every enabled library."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.engine import Connection

from drivers.registry import open_changer
from service.db import table
from service.devices.duty import Timing
from service.devices.models import Device
from service.devices.posted import Crew
from service.devices.worker import DeviceWorker, Opener, Post
from service.runtime import Runtime

_DEVICE = table(Device)
_ENABLED = select(_DEVICE.c.device_id, _DEVICE.c.name, _DEVICE.c.url, _DEVICE.c.library_id).where(
    _DEVICE.c.enabled
)


def device_crew(
    runtime: Runtime, timing: Timing | None = None, *, opener: Opener = open_changer
) -> Crew[Post]:
    when = timing or Timing()
    return Crew(runtime, when, _posts, lambda post: DeviceWorker(runtime, post, timing=when, opener=opener))


def _posts(connection: Connection) -> set[Post]:
    return {Post(*row) for row in connection.execute(_ENABLED)}


def start_workers(runtime: Runtime) -> Callable[[], None]:
    """For the server process; what it returns ends the workers."""
    if not runtime.settings.worker:
        return lambda: None
    return device_crew(runtime).start().stop
