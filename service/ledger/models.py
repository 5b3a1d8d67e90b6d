"""Ledger tables. `ledger_entry`, `ledger_node` and `ledger_checkpoint` are append-only by trigger."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary
from sqlmodel import Field, SQLModel

from service.db import UtcTime


class LedgerEntry(SQLModel, table=True):
    """`body` is the leaf, byte for byte; the other columns repeat what is in it, to find it."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_subject", "subject", "position"),)

    position: int = Field(
        sa_column=Column(
            BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
        )
    )
    subject: str = Field(max_length=64)
    event: str = Field(max_length=64)
    recorded_at: datetime = Field(sa_type=UtcTime)
    body: bytes = Field(sa_type=LargeBinary)


class LedgerNode(SQLModel, table=True):
    """Roots of complete tiles: level 1 covers 256 entries, level 2 covers 65,536, and so on."""

    __tablename__ = "ledger_node"

    level: int = Field(primary_key=True)
    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hash: bytes = Field(sa_type=LargeBinary)


class LedgerCheckpoint(SQLModel, table=True):
    """Checkpoints that were kept, one a tree size."""

    __tablename__ = "ledger_checkpoint"

    size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    note: str
    signed_at: datetime = Field(sa_type=UtcTime)


class LedgerHead(SQLModel, table=True):
    """One row; writers lock it. `frontier` is the tree's right edge, `note` the checkpoint of this size."""

    __tablename__ = "ledger_head"

    head_id: int = Field(primary_key=True)
    size: int = Field(sa_type=BigInteger)
    frontier: bytes = Field(sa_type=LargeBinary)
    note: str
    signed_at: datetime = Field(sa_type=UtcTime)
