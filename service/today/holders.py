"""Who holds our media, counted from indexes alone; large numbers are remembered for some seconds."""

import time
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Connection

from service.db import Database, table
from service.media.models import Custody, Medium
from service.parties.models import Party, PartyKind
from service.web.views.parts import Tone
from service.web.views.today import Holder

_MEDIUM = table(Medium)
_PARTY = table(Party)

REMEMBERED_S = 20.0
SMALL = 20_000  # up to here counting costs nothing worth remembering
FEW = (Custody.PACKED, Custody.IN_TRANSIT, Custody.MISSING)  # never many at a time, so their rows may be read


@dataclass(frozen=True, slots=True)
class Holders:
    rows: tuple[Holder, ...]
    total: int


_remembered: dict[str, tuple[float, Holders]] = {}  # by the database's address


def holders(database: Database, connection: Connection) -> Holders:
    known = _remembered.get(database.url)
    if known is not None and known[0] > time.monotonic():
        return known[1]
    found = count_holders(connection)
    if found.total > SMALL:
        _remembered[database.url] = (time.monotonic() + REMEMBERED_S, found)
    return found


def count_holders(connection: Connection) -> Holders:
    """Without what is gone. Most first, what is missing last."""
    by_custody: dict[Custody, int] = dict(connection.execute(
        select(_MEDIUM.c.custody, func.count()).group_by(_MEDIUM.c.custody)
    ).all())  # fmt: skip
    few = connection.execute(
        select(_MEDIUM.c.custody, _MEDIUM.c.custodian_id, func.count())
        .where(_MEDIUM.c.custody.in_(FEW))
        .group_by(_MEDIUM.c.custody, _MEDIUM.c.custodian_id)
    ).all()  # fmt: skip
    names = dict(connection.execute(select(_PARTY.c.party_id, _PARTY.c.name)).all())
    rows = [
        _row("Libraries", by_custody, Custody.IN_LIBRARY),
        _row("On site", by_custody, Custody.ON_SITE),
        *_vaulted(connection, by_custody.get(Custody.VAULTED, 0), list(few), names),
        *(_few(custody, names.get(party_id, "unknown"), count) for custody, party_id, count in few if custody is not Custody.MISSING),
    ]  # fmt: skip
    missing = sum(count for custody, _, count in few if custody is Custody.MISSING)
    shown = sorted((row for row in rows if row.media), key=lambda row: -row.media)
    if missing:
        shown.append(Holder("Missing", missing, Tone.RED, "/media?custody=missing"))
    return Holders(tuple(shown), sum(row.media for row in shown))


def _row(name: str, by_custody: dict[Custody, int], custody: Custody) -> Holder:
    return Holder(name, by_custody.get(custody, 0), href=f"/media?custody={custody}")


def _few(custody: Custody, party: str, count: int) -> Holder:
    name = f"{party}, packed" if custody is Custody.PACKED else party
    return Holder(name, count, Tone.BLUE, f"/media?custody={custody}")


def _vaulted(
    connection: Connection, total: int, few: list[tuple[Custody, str, int]], names: dict[str, str]
) -> list[Holder]:
    """By vendor. Where there are several: what each holds as custodian, less what of it is not in its vault."""
    vendors = _vendors(connection)
    href = f"/media?custody={Custody.VAULTED}"
    if not total or len(vendors) == 1:
        return [Holder(names.get(vendor, "unknown"), total, href=href) for vendor in vendors]
    held = _by_custodian(connection, _MEDIUM.c.custodian_id.in_(vendors))
    away = _by_custodian(connection, _MEDIUM.c.custody == Custody.GONE)
    for _, party, count in few:
        away[party] = away.get(party, 0) + count
    return [
        Holder(names.get(party, "unknown"), count - away.get(party, 0), href=href)
        for party, count in held.items()
    ]


def _by_custodian(connection: Connection, condition: ColumnElement[bool]) -> dict[str, int]:
    query = select(_MEDIUM.c.custodian_id, func.count()).where(condition).group_by(_MEDIUM.c.custodian_id)
    return dict(connection.execute(query).all())


def _vendors(connection: Connection) -> list[str]:
    query = select(_PARTY.c.party_id).where(_PARTY.c.kind == PartyKind.VAULT_VENDOR)
    return list(connection.execute(query).scalars())
