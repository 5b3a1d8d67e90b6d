"""A demonstration site in process with one person who may do everything, for requests of every kind."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clients import Client, sign_in
from fastapi import FastAPI

from service.app import create_app
from service.bookkeeping import ORGANISATION
from service.first_start import first_start
from service.handlers.actions import HandlerEvent
from service.handlers.models import HANDLER, Role
from service.ledger.writer import SYSTEM
from service.runtime import Runtime, open_runtime, recall
from service.settings import Settings
from service.web.deps import CSRF_HEADER
from service.web.sign_ins import cookie_name

MAY_EVERYTHING = "everybody"
LIST_OF = re.compile(r"^(/api/v1/[a-z-]+)/\{(\w+)\}")


@dataclass
class ApiHouse:
    runtime: Runtime
    app: FastAPI
    handler_id: str
    _real: dict[str, str] = field(default_factory=dict)

    def client(self) -> Client:
        return sign_in(self.runtime, self.app, self.handler_id)

    def credentials(self) -> tuple[dict[str, str], dict[str, str]]:
        """Headers and cookies of a new sign-in."""
        client = self.client()
        name = cookie_name(self.runtime)
        return {CSRF_HEADER: client.csrf}, {name: client.cookies[name]}

    def real(self, path: str) -> dict[str, str]:
        """A value for the path's first parameter that names something there is; empty where nothing is listed."""
        found = LIST_OF.match(path)
        if found is None:
            return {}
        listing, name = found.groups()
        if listing not in self._real:
            answer = self.client().get(listing)
            rows = answer.json().get("items", []) if answer.status_code == 200 else []
            rows = [row for row in rows if row.get("handler_id") != self.handler_id]
            self._real[listing] = str(rows[0].get(name, "")) if rows else ""
        return {name: self._real[listing]} if self._real[listing] else {}

    def known_ids(self) -> dict[str, str]:
        """Ids by the names that bodies and queries have for them."""
        client = self.client()
        schedule = client.get("/api/v1/schedules").json()["items"][0]
        places = {
            place["kind"]: place["location_id"]
            for place in client.get("/api/v1/locations?limit=500").json()["items"]
        }
        found = {name: schedule[name] for name in ("schedule_id", "library_id", "vault_id", "carrier_id")}
        with self.runtime.database.reader.connect() as connection:
            organisation_id = recall(connection, ORGANISATION)
        return found | {
            "party_id": str(organisation_id),
            "parent_id": places["vault"],
            "location_id": places["room"],
            "from_location_id": places["room"],
            "to_location_id": schedule["vault_id"],
        }


def person_of_all_roles(runtime: Runtime) -> str:
    """Made past the rules: nobody may hold all roles, but here one has to reach every route."""

    def make(unit):
        handler_id = unit.new_id()
        values = {
            "handler_id": handler_id, "login": MAY_EVERYTHING, "name": "Everybody", "title": "", "active": True,
            "party_id": recall(unit.connection, ORGANISATION), "roles": [role.value for role in Role], "created_at": unit.now,
        }  # fmt: skip
        unit.create(HANDLER, values, HandlerEvent.CREATED)
        return handler_id

    return runtime.writer.run(SYSTEM, make)


@contextmanager
def api_house(folder: Path) -> Iterator[ApiHouse]:
    runtime = open_runtime(Settings(data_dir=folder / "data", demo=True, worker=False, scheduler=False))
    try:
        first_start(runtime)
        yield ApiHouse(runtime, create_app(runtime), person_of_all_roles(runtime))
    finally:
        runtime.close()
