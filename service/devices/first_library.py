"""The library of the first start: from the user's file, or the demonstration's. At every later start nothing happens."""

import shutil
from pathlib import Path

from drivers.library_files import LibraryDefinition
from service.devices import queries
from service.devices.demo_media import demo_definition, take_in_demo, take_in_vendor_media
from service.devices.library_files import csv_library_name, is_csv, read_path
from service.devices.seen import Look
from service.devices.setup import TakeIn, as_found, simulator_path
from service.devices.taking_in import add_simulated
from service.errors import StartError, StrongroomError
from service.ledger.writer import SYSTEM, Unit
from service.locations.library import LibraryPlaces
from service.media.importing import carry_out, plan_csv
from service.media.models import Content
from service.runtime import Runtime

NAME = "Library 1"
MOVE_S = 2.5  # long enough to be watched, short enough to wait for


def first_library(runtime: Runtime) -> None:
    """Raises StartError in one sentence, nothing made, when the file does not fit."""
    file = runtime.settings.library_file
    if file is None or _has_library(runtime):
        return
    definition = read_path(file)
    if is_csv(file):
        body = file.read_bytes()
        _make(runtime, csv_library_name(body) or NAME, definition, _from_csv(body), file)
    else:
        _make(runtime, NAME, definition, as_found(Content.ACTIVE), file)


def demo_library(runtime: Runtime) -> None:
    """A step of the demonstration: its library, unless the user brought one."""
    if not _has_library(runtime):
        add_simulated(runtime, SYSTEM, NAME, demo_definition(), move_s=MOVE_S, take_in=take_in_demo)


def demo_vendor_media(runtime: Runtime) -> None:
    """A step of the demonstration: media at the vendor."""
    runtime.writer.run(SYSTEM, take_in_vendor_media)


def _has_library(runtime: Runtime) -> bool:
    with runtime.database.reading() as session:
        return bool(queries.devices(session, limit=1))


def _from_csv(body: bytes) -> TakeIn:
    def take_in(unit: Unit, look: Look, places: LibraryPlaces) -> int:
        del look, places
        return carry_out(unit, plan_csv(unit.connection, body, unit.now), {})

    return take_in


def _make(runtime: Runtime, name: str, definition: LibraryDefinition, take_in: TakeIn, file: Path) -> None:
    folder = simulator_path(runtime.settings.data_dir, name)
    is_new = not folder.exists()
    try:
        add_simulated(runtime, SYSTEM, name, definition, move_s=MOVE_S, take_in=take_in)
    except StrongroomError as error:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise StartError(f"{file.name}: {error.message}", next_step=error.next_step) from error
