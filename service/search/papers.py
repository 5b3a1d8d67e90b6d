"""From a paper in somebody's hand to what it is about: its number, or the hash of its facts as its code says it."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.engine import Connection

from service.consignments.models import Consignment
from service.custody.models import Discrepancy
from service.db import table
from service.printing.documents.models import IssuedDocument
from service.printing.models import LabelJob
from service.search.hits import Hit, Kind

_DOCUMENT = table(IssuedDocument)
# A document's number is that of its thing and a suffix.
NUMBER = re.compile(r"((?P<mark>[A-Z]+)-[0-9]{4,12})-(?:C|PL|DL|DR|T[12]|LS)")
FACTS = re.compile(r"(?:SHA256:)?(?P<hash>[0-9A-F]{64})")
THINGS: Mapping[str, tuple[Kind, Column[Any], str]] = {
    "CN": (Kind.CONSIGNMENT, table(Consignment).c.number, "/consignments/"),
    "D": (Kind.DISCREPANCY, table(Discrepancy).c.number, "/discrepancies/"),
    "LP": (Kind.LABEL_JOB, table(LabelJob).c.number, "/labels/"),
}


def papers(connection: Connection, word: str) -> list[Hit]:
    code = word.upper()
    if found := FACTS.fullmatch(code):
        return _given_out(connection, _DOCUMENT.c.facts_sha256 == found["hash"].lower())
    if named := NUMBER.fullmatch(code):
        return _thing(connection, named[1], named["mark"], code)
    return _given_out(connection, _DOCUMENT.c.number == code) if code.startswith("RL-") else []


def _given_out(connection: Connection, wanted: Any) -> list[Hit]:
    query = select(_DOCUMENT.c.number, _DOCUMENT.c.facts_sha256).where(wanted)
    return [
        Hit(Kind.DOCUMENT, row.number, f"/documents?number={row.facts_sha256}", exact=True)
        for row in connection.execute(query.order_by(_DOCUMENT.c.document_id.desc()))
    ]


def _thing(connection: Connection, number: str, mark: str, code: str) -> list[Hit]:
    if mark not in THINGS:
        return []
    kind, column, address = THINGS[mark]
    rows = connection.execute(select(column).where(column == number))
    return [Hit(kind, row[0], f"{address}{row[0]}", matched=f"document {code}", exact=True) for row in rows]
