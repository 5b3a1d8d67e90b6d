"""The hardware that the contract suites are pointed at by URL, and what may be touched there.

    STRONGROOM_TEST_CHANGER_URL    one or several changers, separated by spaces
    STRONGROOM_TEST_DRIVE_URLS     drives for the drive contract
    STRONGROOM_TEST_DRIVE_SERIALS  serial numbers of the drives that may be used
    STRONGROOM_TEST_SCRATCH        volume tags (or medium serial numbers) of media that may be moved and overwritten

Nothing else is touched: a medium or drive that is not listed fails the test before a command is sent, and
after every test all other media must be where they were.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pytest

from drivers import registry
from drivers.changer.model import ElementState, ElementType, MoveRequest, Snapshot
from drivers.changer.protocol import Changer
from drivers.scsi import attributes as mam
from drivers.tape.model import MediumCondition
from drivers.tape.protocol import TapeDrive


def _words(name: str) -> list[str]:
    return os.environ.get(f"STRONGROOM_TEST_{name}", "").split()


CHANGER_URLS, DRIVE_URLS = _words("CHANGER_URL"), _words("DRIVE_URLS")
DRIVE_SERIALS, SCRATCH = frozenset(_words("DRIVE_SERIALS")), _words("SCRATCH")
DEADLINE_S = 3600.0


def backends(*ours: str, urls: list[str]) -> list[Any]:
    """Parameters of a contract suite; `pytest -k by-url` runs it on the given hardware alone."""
    return [*ours, *(pytest.param(url, id=f"by-url:{url}") for url in urls)]


def look(changer: Changer) -> Snapshot:
    return changer.inventory(deadline_s=DEADLINE_S)


def scratch_tag(snapshot: Snapshot) -> str:
    """The first listed medium that this library shows, exactly once."""
    found = [tag for tag in SCRATCH if len(snapshot.by_tag.get(tag, ())) == 1]
    if not found:
        pytest.fail(f"none of the media in STRONGROOM_TEST_SCRATCH ({' '.join(SCRATCH)}) is in the library")
    return found[0]


def may_use(drive: ElementState) -> bool:
    """Whether a scratch medium may go there: into any drive, or where drives are listed into those alone.

    A drive that the changer does not name cannot be told from another.
    """
    named = drive.drive is not None and drive.drive.serial
    return drive.installed and (not named or not DRIVE_SERIALS or named in DRIVE_SERIALS)


def others(snapshot: Snapshot) -> dict[str, list[int]]:
    """Where everything is that must not be touched."""
    return {
        tag: sorted(e.address for e in places)
        for tag, places in snapshot.by_tag.items()
        if tag not in SCRATCH
    }


@contextlib.contextmanager
def untouched(changer: Changer) -> Iterator[None]:
    before = others(look(changer))
    yield
    assert others(look(changer)) == before


class LoadedDrives:
    """Fills the drives of the drive contract with a listed medium, once, and empties them at the end."""

    def __init__(self) -> None:
        self._homes: dict[str, tuple[str, MoveRequest]] = {}

    @contextlib.contextmanager
    def opened(self, url: str) -> Iterator[TapeDrive]:
        with registry.open_drive(url) as drive:
            serial = drive.identify(deadline_s=DEADLINE_S).serial
            if serial not in DRIVE_SERIALS:
                pytest.fail(f"the drive {serial} is not in STRONGROOM_TEST_DRIVE_SERIALS")
            if url not in self._homes:
                self._fill(url, serial, drive)
            yield drive

    def _fill(self, url: str, serial: str, drive: TapeDrive) -> None:
        for changer_url in CHANGER_URLS:
            with registry.open_changer(changer_url) as changer:
                snapshot = look(changer)
                bays = [e for e in snapshot.of_type(ElementType.DATA_TRANSFER) if e.drive]
                bay = next((e for e in bays if e.drive and e.drive.serial == serial), None)
                if bay is not None:
                    self._fill_bay(url, changer, snapshot, bay)
                    return
        _check_standalone(drive)

    def _fill_bay(self, url: str, changer: Changer, snapshot: Snapshot, bay: ElementState) -> None:
        if bay.full:
            if bay.tag_text not in SCRATCH:
                pytest.fail(
                    f"the drive holds {bay.tag_text or 'a medium'}, which is not in STRONGROOM_TEST_SCRATCH"
                )
            return
        storage = {e.address for e in snapshot.of_type(ElementType.STORAGE)}
        shown = [tag for tag in SCRATCH if tag in snapshot.by_tag]
        tag = next(tag for tag in shown if snapshot.by_tag[tag][0].address in storage)
        home = snapshot.by_tag[tag][0].address
        changer.move(MoveRequest(home, bay.address, tag, "contract-load", DEADLINE_S))
        self._homes[url] = (changer.url, MoveRequest(bay.address, home, tag, "contract-home", DEADLINE_S))

    def empty(self) -> None:
        for url, (changer_url, home) in self._homes.items():
            with registry.open_drive(url) as drive, registry.open_changer(changer_url) as changer:
                drive.take_attentions()
                drive.eject(deadline_s=DEADLINE_S)
                assert changer.move(home).is_done


def _check_standalone(drive: TapeDrive) -> None:
    """No changer names this drive: the medium itself must say that it is a listed one."""
    if drive.wait_loaded(deadline_s=DEADLINE_S).condition is not MediumCondition.READY:
        pytest.fail("the drive is empty, and no changer of STRONGROOM_TEST_CHANGER_URL names it")
    memory = drive.cartridge_memory(deadline_s=DEADLINE_S)
    names = {memory.text(mam.MEDIUM_SERIAL), memory.text(mam.BARCODE_TEXT)} - {""}
    if not names & set(SCRATCH):
        pytest.fail(f"the medium {' or '.join(sorted(names))} is not in STRONGROOM_TEST_SCRATCH")
