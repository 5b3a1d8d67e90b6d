"""A data folder that a server can be started on: a house in the state a browser test begins with, and people who can sign in."""

from serving import PASSWORD
from travel import Travel

from service.handlers.actions import set_password
from service.handlers.credentials import hash_password
from service.ledger.writer import SYSTEM
from service.runtime import open_runtime
from service.settings import Settings

ENVIRONMENT = {"site": "Annex"}  # the first start makes its own site beside the travellers'


def prepared(data_dir, make, *people):
    """What `make(travel)` returns; every one of these people gets the password. Logins are their names with dots."""
    runtime = open_runtime(Settings(data_dir=data_dir))
    try:
        travel = Travel(runtime)
        made = make(travel)
        hashed = hash_password(PASSWORD)
        for person in people:
            handler_id = travel.house.people[person].handler_id
            runtime.writer.run(
                SYSTEM, lambda unit, handler_id=handler_id: set_password(unit, handler_id, hashed)
            )
        return made
    finally:
        runtime.close()


def login_of(person):
    return person.lower().replace(" ", ".")
