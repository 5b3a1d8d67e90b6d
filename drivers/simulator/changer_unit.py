"""The virtual changer's logical unit: every command but the moving itself."""

from drivers.changer.model import ElementType
from drivers.scsi import cdb, inquiry, log_pages, mode
from drivers.simulator.call import Call, Handler, Steps
from drivers.simulator.common_pages import (
    designator_page,
    inquiry_data,
    mode_data,
    serial_page,
    supported_pages,
)
from drivers.simulator.elements import read_element_status, shown, shown_type
from drivers.simulator.faults import active
from drivers.simulator.reply import GOOD, INVALID_FIELD, Reply, refuse
from drivers.simulator.robot import move_medium

# A hand can be emptied into every place; nothing is ever parked in it.
MOVES = frozenset(
    (int(source), int(destination))
    for source in ElementType
    for destination in ElementType
    if destination is not ElementType.TRANSPORT
)
ALL_PAGES = 0x3F
BARCODE_READER = 0x20
OPEN = 0


def _inquiry(call: Call) -> Reply:
    definition = call.folder.definition
    if not call.fields["evpd"]:
        names = (definition.vendor, definition.product, definition.revision)
        return Reply(inquiry_data(cdb.DeviceType.CHANGER, names, byte_6=BARCODE_READER))
    match call.fields["page"]:
        case 0x00:
            return Reply(supported_pages(cdb.DeviceType.CHANGER, (0x00, 0x80, 0x83)))
        case inquiry.SERIAL_PAGE:
            return Reply(serial_page(cdb.DeviceType.CHANGER, definition.serial))
        case inquiry.DESIGNATOR_PAGE:
            names = (definition.vendor, definition.product, definition.serial)
            return Reply(designator_page(cdb.DeviceType.CHANGER, *names))
        case _:
            raise refuse(INVALID_FIELD)


def _mode_sense(call: Call, *, header: int) -> Reply:
    pages = {
        mode.ELEMENT_ADDRESS_PAGE: mode.encode_element_addresses(shown(call.state, call.folder.definition)),
        mode.CAPABILITIES_PAGE: mode.encode_move_matrix(MOVES),
    }
    wanted = call.fields["page"]
    if wanted not in {*pages, ALL_PAGES}:
        raise refuse(INVALID_FIELD)
    body = b"".join(pages.values()) if wanted == ALL_PAGES else pages[wanted]
    return Reply(mode_data(body, header=header))


def _mode_sense_6(call: Call) -> Reply:
    return _mode_sense(call, header=mode.HEADER_6)


def _mode_sense_10(call: Call) -> Reply:
    return _mode_sense(call, header=mode.HEADER_10)


def _log_sense(call: Call) -> Reply:
    match call.fields["page"]:
        case 0x00:
            return Reply(bytes((0, 0, 0, 2, 0x00, log_pages.ALERT_PAGE)))
        case log_pages.ALERT_PAGE:
            flags = set(call.state.library_alerts)
            call.state.library_alerts = []
            call.folder.save()
            values = {n: bytes((int(n in flags),)) for n in range(1, log_pages.ALERT_FLAGS + 1)}
            return Reply(log_pages.encode_log_page(log_pages.ALERT_PAGE, values))
        case _:
            raise refuse(INVALID_FIELD)


def _initialize(call: Call) -> Steps:
    if call.state.initialise_s:
        yield call.state.initialise_s
    call.state.faults.pop("init-required", None)
    call.state.faults.pop("phantom-tags", None)
    call.folder.save()
    return GOOD


def _prevent(call: Call) -> Reply:
    holders = set(call.state.prevented_by) - {call.initiator}
    call.state.prevented_by = sorted(holders | ({call.initiator} if call.fields["prevent"] else set()))
    call.folder.save()
    return GOOD


def _open_close(call: Call) -> Reply:
    if (
        shown_type(call.state, call.folder.definition, call.fields["address"])
        is not ElementType.IMPORT_EXPORT
    ):
        raise refuse("5/21/01")
    if call.fields["operation"] == OPEN and call.state.prevented_by:
        raise refuse("5/53/02")
    call.state.mail_slot_open = call.fields["operation"] == OPEN
    call.folder.save()
    return GOOD


def _position(call: Call) -> Reply:
    if shown_type(call.state, call.folder.definition, call.fields["destination"]) is None:
        raise refuse("5/21/01")
    return GOOD


def check_ready(call: Call) -> None:
    """Refuse with the reason why the library cannot work now."""
    state = call.state
    for fault, code in NOT_READY.items():
        if active(state, fault) is not None:
            raise refuse(code)
    if state.door_open:
        raise refuse("2/04/18")
    if state.mail_slot_open:
        raise refuse("2/3A/02")
    if call.now() < state.not_ready_until:
        raise refuse("2/04/01")
    if active(state, "init-required") is not None and call.cdb[0] not in INITIALIZING:
        raise refuse("2/04/02")


INITIALIZING = {
    layout.opcode
    for layout in (cdb.INITIALIZE_ELEMENT_STATUS, cdb.INITIALIZE_RANGE, cdb.INITIALIZE_RANGE_OLD)
}
NOT_READY = {"offline": "2/04/12", "sequential": "2/04/19", "robotics-disabled": "2/04/15"}


def _test_unit_ready(_: Call) -> Reply:
    return GOOD


HANDLERS: dict[cdb.Layout, Handler] = {
    cdb.TEST_UNIT_READY: _test_unit_ready,
    cdb.INQUIRY: _inquiry,
    cdb.MODE_SENSE_6: _mode_sense_6,
    cdb.MODE_SENSE_10: _mode_sense_10,
    cdb.LOG_SENSE: _log_sense,
    cdb.PREVENT_ALLOW: _prevent,
    cdb.INITIALIZE_ELEMENT_STATUS: _initialize,
    cdb.INITIALIZE_RANGE: _initialize,
    cdb.INITIALIZE_RANGE_OLD: _initialize,
    cdb.OPEN_CLOSE_IE: _open_close,
    cdb.POSITION_TO_ELEMENT: _position,
    cdb.MOVE_MEDIUM: move_medium,
    cdb.READ_ELEMENT_STATUS: read_element_status,
}
NEEDS_READY = frozenset(
    {
        cdb.TEST_UNIT_READY,
        cdb.INITIALIZE_ELEMENT_STATUS,
        cdb.INITIALIZE_RANGE,
        cdb.INITIALIZE_RANGE_OLD,
        cdb.POSITION_TO_ELEMENT,
        cdb.MOVE_MEDIUM,
        cdb.READ_ELEMENT_STATUS,
    }
)
TIMEOUTS_S = {cdb.MOVE_MEDIUM: 600, cdb.INITIALIZE_ELEMENT_STATUS: 1800}
