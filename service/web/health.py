"""Alive, ready, and in numbers."""

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from service import migrate
from service.errors import StartError
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


@router.get("/metrics")
def metrics(request: Request) -> Response:
    del request
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
