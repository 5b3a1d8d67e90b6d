"""Alive, ready, and in numbers."""

from collections.abc import Iterator

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response

from service import migrate
from service.errors import StartError
from service.ledger import store
from service.runtime import Runtime
from service.web.deps import RuntimeDep, public

router = APIRouter(include_in_schema=False, dependencies=[public()])


@router.get("/healthz")
async def healthz() -> Response:
    return JSONResponse({"alive": True})


@router.get("/readyz")
def readyz(runtime: RuntimeDep) -> Response:
    try:
        migrations = migrate.is_current(runtime.database)
    except StartError:
        return JSONResponse({"ready": False, "database": False}, 503)
    parts = {"database": True, "migrations": migrations, "writer": runtime.writer.alive}
    return JSONResponse({"ready": all(parts.values()), **parts}, 200 if all(parts.values()) else 503)


class _Numbers:
    """Read when they are asked for; nothing is counted on the hot path."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._runtime.database.reader.connect() as connection:
            head = store.head(connection)
        yield GaugeMetricFamily("strongroom_ledger_entries", "Entries in the ledger.", value=head.size)
        yield GaugeMetricFamily(
            "strongroom_ledger_signed_seconds",
            "When the newest checkpoint was signed.",
            value=head.signed_at.timestamp(),
        )
        yield GaugeMetricFamily(
            "strongroom_writer_queue",
            "Units of work that wait for the writer.",
            value=self._runtime.writer.depth(),
        )
        yield GaugeMetricFamily(
            "strongroom_writer_alive", "1 while the writer takes work.", value=int(self._runtime.writer.alive)
        )


@router.get("/metrics")
def metrics(runtime: RuntimeDep) -> Response:
    registry = CollectorRegistry()
    registry.register(_Numbers(runtime))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
