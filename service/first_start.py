"""What the first start makes, and the text every start shows."""

from collections.abc import Callable

from service.demo_rotation import demo_rotation
from service.demo_site import PASSWORD, PEOPLE, ensure_demo, is_demo
from service.devices.first_library import demo_library, demo_vendor_media, first_library
from service.handlers.credentials import hash_password, new_secret
from service.handlers.link_actions import make_setup_link
from service.handlers.queries import secret_hash
from service.ledger.writer import SYSTEM
from service.locations.first_site import House, ensure_house
from service.printing.demo_printer import demo_printer
from service.runtime import Runtime

# What the rooms add to a demonstration site, in order: its library, its media, its schedule, its label printer. Each runs at
# every start of a demonstration and does nothing the second time.
DEMO_STEPS: list[Callable[[Runtime], None]] = [demo_library, demo_vendor_media, demo_rotation, demo_printer]


def first_start(runtime: Runtime) -> str:
    """Make what is missing; returns the text for the person who started it."""
    house = establish(runtime)
    first_library(runtime)
    if runtime.settings.demo:
        _demonstrate(runtime, house)
    lines = [f"Strongroom at {runtime.settings.resolved_public_url}"]
    if _shows_demo(runtime):
        lines += _demo_lines()
    lines += _setup_lines(runtime)
    return "\n".join(lines)


def establish(runtime: Runtime) -> House:
    settings = runtime.settings
    return runtime.writer.run(
        SYSTEM, lambda unit: ensure_house(unit, settings.organisation, settings.site, settings.time_zone)
    )


def _demonstrate(runtime: Runtime, house: House) -> None:
    """Nothing on a database that has people of its own."""
    if not _shows_demo(runtime):
        hashed = hash_password(PASSWORD)
        runtime.writer.run(SYSTEM, lambda unit: ensure_demo(unit, house, hashed))
    if _shows_demo(runtime):
        for step in DEMO_STEPS:
            step(runtime)


def _shows_demo(runtime: Runtime) -> bool:
    with runtime.database.reading() as session:
        return is_demo(session.connection())


def _demo_lines() -> list[str]:
    width = max(len(person.login) for person in PEOPLE)
    return [
        "",
        "A demonstration site. Anybody who can read this text can sign in; keep nothing real in it.",
        *(f"  {person.login:<{width}}  {person.title}" for person in PEOPLE),
        f"The password of all four: {PASSWORD}",
    ]


def _setup_lines(runtime: Runtime) -> list[str]:
    """A new link at each start, until there is a system administrator."""
    secret = new_secret()
    if not runtime.writer.run(SYSTEM, lambda unit: make_setup_link(unit, secret_hash(secret))):
        return []
    return [
        "",
        "There is no system administrator yet. This link makes the first one, once, within 24 hours:",
        f"  {runtime.settings.resolved_public_url}/setup/{secret}",
    ]
