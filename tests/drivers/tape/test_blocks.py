import pytest

from drivers.errors import MediumError, ProtocolError, UnitAttentionError
from drivers.scsi import commands
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.sense import encode_fixed_sense
from drivers.tape.alert_table import ALERT_FLAGS, Reaction, Severity, describe
from drivers.tape.blocks import block_of
from drivers.tape.model import Block


def answer(data: bytes, sense: Sense | None) -> RawExchange:
    raw = encode_fixed_sense(sense) if sense else b""
    return RawExchange("x", commands.read_block(1000).cdb, b"", data, 2 if sense else 0, raw)


@pytest.mark.parametrize(
    ("data", "sense", "block"),
    [
        (b"data", None, Block(b"data")),
        (b"", Sense(0, 0, 1, info=1000, filemark=True), Block(b"", filemark=True)),
        (b"", Sense(8, 0, 5, info=1000), Block(b"", end_of_data=True)),
        (b"", Sense(8, 0, 0), Block(b"", end_of_data=True)),
        (b"abc" + bytes(997), Sense(0, 0, 0, info=997, wrong_length=True), Block(b"abc")),
        (b"near the end", Sense(0, 0, 2, end_of_medium=True), Block(b"near the end")),
    ],
)
def test_what_a_read_brought_is_told_apart(data, sense, block):
    assert block_of(answer(data, sense)) == block


@pytest.mark.parametrize(
    ("sense", "error"),
    [
        (Sense(0, 0, 0, info=-24, wrong_length=True), ProtocolError),
        (Sense(0, 0, 0, wrong_length=True), ProtocolError),
        (Sense(3, 0x11, 0), MediumError),
        (Sense(6, 0x29, 0), UnitAttentionError),
    ],
)
def test_everything_else_is_an_error(sense, error):
    with pytest.raises(error):
        block_of(answer(bytes(10), sense))


def test_alert_flags_have_their_reaction():
    assert describe(16).reaction is Reaction.INCIDENT
    assert describe(20).reaction is Reaction.CLEAN
    assert describe(7).reaction is Reaction.PLAN_RETIREMENT
    assert describe(5).reaction is Reaction.QUARANTINE
    assert describe(55).reaction is Reaction.DRIVE_OUT_OF_SERVICE
    assert describe(63).severity is Severity.WARNING
    assert len(ALERT_FLAGS) == 59
