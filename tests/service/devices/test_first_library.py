"""The first start: the demonstration's library or the user's file; later starts change nothing."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from service.custody.models import Discrepancy
from service.db import table
from service.demo_site import ensure_demo
from service.devices.first_library import demo_library, demo_vendor_media, first_library
from service.devices.models import Device, Element
from service.errors import StartError
from service.ledger.writer import SYSTEM
from service.locations.first_site import ensure_house
from service.media.models import Content, Custody, Medium
from service.policies.actions import publish_policy
from service.policies.queries import policy_facts
from service.policies.rules import DEFAULT_TIERS
from service.rotation.candidates import media_due_home, media_in_library
from service.rotation.rules import Picked, pick_home, pick_out

THURSDAY = 3


def rows(runtime, model):
    with runtime.database.reader.connect() as connection:
        return connection.execute(select(table(model))).all()


@pytest.fixture
def demo(runtime):
    settings = runtime.settings
    house = runtime.writer.run(
        SYSTEM, lambda unit: ensure_house(unit, settings.organisation, settings.site, settings.time_zone)
    )
    runtime.writer.run(SYSTEM, lambda unit: ensure_demo(unit, house, ""))
    demo_library(runtime)
    demo_vendor_media(runtime)
    return runtime


def test_the_demonstration_starts_with_a_library_and_media_here_and_at_the_vendor(demo):
    media = rows(demo, Medium)
    assert len(rows(demo, Element)) == 24 + 2 + 4 + 1
    assert sum(one.custody is Custody.IN_LIBRARY for one in media) == 18
    assert sum(one.custody is Custody.VAULTED for one in media) == 12
    assert [one.kind.value for one in rows(demo, Discrepancy)] == ["unreadable_label"]


def test_the_demonstrations_first_weekly_run_sends_seven_media_out_and_brings_four_home(demo):
    demo.writer.run(SYSTEM, lambda unit: publish_policy(unit, "Standard", DEFAULT_TIERS, THURSDAY))
    today = demo.clock().date()
    with demo.database.reader.connect() as connection:
        policy = policy_facts(connection, "Standard")
        library = rows(demo, Device)[0].library_id
        vendor = next(one.custodian_id for one in rows(demo, Medium) if one.custody is Custody.VAULTED)
        out = [pick_out(policy, medium, today) for medium in media_in_library(connection, library)]
        home = [pick_home(medium, today) for medium in media_due_home(connection, vendor, today)]
    assert sorted(one.barcode for one in out if isinstance(one, Picked)) == [
        "STR158L8", "STR159L8", "STR160L8", "STR161L8", "STR162L8", "STR163L8", "STR164L8",
    ]  # fmt: skip
    assert sorted(one.barcode for one in home if isinstance(one, Picked)) == [
        "STR091L8", "STR092L8", "STR093L8", "STR094L8",
    ]  # fmt: skip


def test_a_second_start_of_the_demonstration_adds_nothing(demo):
    before = (len(rows(demo, Medium)), len(rows(demo, Device)))
    demo_library(demo)
    demo_vendor_media(demo)
    assert (len(rows(demo, Medium)), len(rows(demo, Device))) == before


def started(runtime, file):
    settings = runtime.settings.model_copy(update={"library_file": file})
    own = replace(runtime, settings=settings)
    own.writer.run(
        SYSTEM, lambda unit: ensure_house(unit, settings.organisation, settings.site, settings.time_zone)
    )
    return own


def test_mtx_text_becomes_a_library_whose_media_are_registered(runtime, tmp_path):
    file = tmp_path / "status.txt"
    file.write_text(
        "  Storage Changer /dev/sg3:1 Drives, 3 Slots ( 1 Import/Export )\nData Transfer Element 0:Empty\n"
        "      Storage Element 1:Full :VolumeTag=STR001L8\n      Storage Element 2:Empty\n"
        "      Storage Element 3 IMPORT/EXPORT:Empty\n"
    )
    own = started(runtime, file)
    first_library(own)
    assert [(one.barcode, one.content) for one in rows(own, Medium)] == [("STR001L8", Content.ACTIVE)]
    first_library(own)
    assert len(rows(own, Device)) == 1


def test_a_csv_brings_its_own_contents_and_places(runtime, tmp_path):
    file = tmp_path / "media.csv"
    file.write_text(
        "barcode,type,content,where,written_on\nSTR001L8,lto,full,Library 7 › slot 3,2026-11-12\nSTR002L8,lto,scratch,Library 7 › slot 4,\n",
        "utf-8",
    )
    own = started(runtime, file)
    first_library(own)
    assert rows(own, Device)[0].name == "Library 7"
    media = {one.barcode: one for one in rows(own, Medium)}
    assert media["STR001L8"].written_on == date(2026, 11, 12)
    assert media["STR002L8"].content is Content.SCRATCH
    assert not rows(own, Discrepancy)


def test_a_csv_with_a_wrong_line_starts_nothing_and_leaves_nothing_behind(runtime, tmp_path):
    file = tmp_path / "media.csv"
    file.write_text(
        "barcode,type,content,where\nSTR001L8,lto,full,Library 7 › slot 3\nSTR002L8,lto,full,Nowhere\n",
        "utf-8",
    )
    own = started(runtime, file)
    with pytest.raises(StartError, match="Nowhere"):
        first_library(own)
    assert not rows(own, Device)
    assert not rows(own, Medium)
    assert not list(own.settings.data_dir.glob("simulators/*"))
