"""The API's shapes of the ledger. Hashes of the tree are base64 as in the C2SP formats, `leaf` and `root` are hex."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

_ROOT = "12f2808bca4c4a1a053170a3bc4b02bb3e83fe0bf854e42c75b3502fb9aa95a2"
_LEAF = "dbcc42d7596b3d629f1861d1e2097b97b5462eccae789dfcf997fea9b0690899"
_NOTE = "vault.example/custody\n7\nEvKAi8pMShoFMXCjvEsCuz6D/gv4VOQsdbNQL7mqlaI=\n\n— vault.example/custody 7B6UfdshHgZe…\n"


class LedgerShape(BaseModel):
    """`checkpoint` is the signed note; `vkey` is the key that checks it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "origin": "vault.example/custody",
                "size": 7,
                "root": _ROOT,
                "checkpoint": _NOTE,
                "signed_at": "2026-11-19T19:05:00Z",
                "vkey": "vault.example/custody+ec1e947d+AdNnvCeOjJGvlWgW87PdoCu40rrSTN+LmcUCOTei19bM",
                "kept_checkpoints": [7],
            }
        }
    )
    origin: str
    size: int
    root: str
    checkpoint: str
    signed_at: datetime
    vkey: str
    kept_checkpoints: list[int]


class LedgerEntryShape(BaseModel):
    """`body` is the exact text whose UTF-8 bytes are the leaf; `leaf` is SHA-256 of a zero byte and these bytes."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "position": 3,
                "subject": "medium:06fpx0h5m9c0e8q2v4k7s1t3yz",
                "event": "medium:moved",
                "at": "2026-02-26T16:02:00Z",
                "leaf": _LEAF,
                "body": '{"at":"2026-02-26T16:02:00.000000Z","by":{"handler":null,"via":"device"},"event":"medium:moved"}',
                "fields": {"event": "medium:moved"},
            }
        }
    )
    position: int
    subject: str
    event: str
    at: datetime
    leaf: str
    body: str
    fields: dict[str, Any]


class ProofShape(BaseModel):
    """`tlog_proof` is the same as a C2SP `.tlog-proof` file."""

    index: int
    size: int
    root: str
    path: list[str]
    checkpoint: str
    tlog_proof: str


class ConsistencyShape(BaseModel):
    """RFC 6962 section 2.1.2: the tree of `from_size` entries is the beginning of that of `to_size`."""

    from_size: int
    to_size: int
    from_root: str
    to_root: str
    path: list[str]
