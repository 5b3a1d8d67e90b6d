"""What one READ brought: a block, a filemark or the end. Pure."""

from drivers.errors import ProtocolError
from drivers.scsi.exchange import RawExchange, Sense
from drivers.scsi.sense import check, parse_sense
from drivers.scsi.sense_table import SenseKey
from drivers.tape.model import Block

MAX_BLOCK = 1 << 23
END_OF_DATA_ASCQ = 0x05


def block_of(exchange: RawExchange) -> Block:
    """A filemark and the end of data are results here, not errors; a unit attention still raises.

    A unit attention means that the position may have changed, so a read is never repeated by itself.
    """
    sense = parse_sense(exchange.sense)
    if sense is None:
        return Block(check(exchange).data_in)
    if sense.filemark and sense.key == SenseKey.NO_SENSE:
        return Block(b"", filemark=True)
    if sense.key == SenseKey.BLANK_CHECK and sense.ascq in {0, END_OF_DATA_ASCQ}:
        return Block(b"", end_of_data=True)
    if sense.wrong_length and sense.key == SenseKey.NO_SENSE:
        return _of_another_length(exchange, sense)
    return Block(check(exchange).data_in)


def _of_another_length(exchange: RawExchange, sense: Sense) -> Block:
    """Some targets report a shorter block although they were told not to; its data are good."""
    wanted = int.from_bytes(exchange.cdb[2:5], "big")
    if sense.info is None or not 0 <= sense.info <= wanted:
        raise ProtocolError(f"a block longer than {wanted} bytes", sense=sense, exchange=exchange)
    return Block(exchange.data_in[: wanted - sense.info])
