"""Log pages of a virtual drive."""

from drivers.media_types import GENERATIONS
from drivers.scsi import log_pages, stream
from drivers.scsi.stream import DriveStatus
from drivers.simulator.call import Call
from drivers.simulator.drive_view import cartridge_of, drive_of
from drivers.simulator.faults import active
from drivers.simulator.reply import INVALID_FIELD, Reply, refuse

MEGABYTE = 1_000_000
SUPPORTED = (0x00, 0x11, 0x12, 0x17, 0x2E)
CODES = {name: code for code, name in stream.VOLUME_PARAMETERS.items()}


def log_sense(call: Call) -> Reply:
    wanted = call.fields["page"]
    if wanted == log_pages.ALERT_RESPONSE_PAGE and active(call.state, "alerts-only-by-clearing") is not None:
        raise refuse(INVALID_FIELD)
    match wanted:
        case 0x00:
            return Reply(bytes((0, 0, 0, len(SUPPORTED), *SUPPORTED)))
        case log_pages.DEVICE_STATUS_PAGE:
            return Reply(log_pages.encode_log_page(wanted, {0: _status(call)}))
        case log_pages.ALERT_RESPONSE_PAGE:
            return Reply(log_pages.encode_alert_response(frozenset(drive_of(call).alerts)))
        case log_pages.ALERT_PAGE:
            return _alerts(call)
        case log_pages.VOLUME_STATISTICS_PAGE:
            return _volume_statistics(call)
        case _:
            raise refuse(INVALID_FIELD)


def _status(call: Call) -> bytes:
    drive, cartridge = drive_of(call), cartridge_of(call)
    working = drive.loaded and call.now() < drive.ready_at
    return stream.encode_drive_status(
        DriveStatus(
            activity=drive.loading_activity if working else stream.Activity.NONE,
            present=cartridge is not None,
            seated=drive.seated,
            threaded=drive.loaded,
            mounted=drive.loaded and not working,
            write_protected=cartridge is not None and cartridge.write_protected,
        )
    )


def _alerts(call: Call) -> Reply:
    """Reading this page clears the flags for everybody."""
    drive = drive_of(call)
    flags, drive.alerts = set(drive.alerts), []
    call.folder.save()
    values = {n: bytes((int(n in flags),)) for n in range(1, log_pages.ALERT_FLAGS + 1)}
    return Reply(log_pages.encode_log_page(log_pages.ALERT_PAGE, values))


def _volume_statistics(call: Call) -> Reply:
    cartridge, generation = cartridge_of(call), GENERATIONS.get(drive_of(call).generation)
    if cartridge is None:
        raise refuse("2/3A/00")
    values = {
        "thread_count": cartridge.load_count,
        "last_mount_mb_written": cartridge.written_this_load // MEGABYTE,
        "last_mount_mb_read": cartridge.read_this_load // MEGABYTE,
        "lifetime_mb_written": cartridge.written_bytes // MEGABYTE,
        "lifetime_mb_read": cartridge.read_bytes // MEGABYTE,
        "capacity_mb": generation.native_mb if generation else 0,
        "beginning_of_medium_passes": cartridge.load_count * 2,
    }
    parameters = {CODES[name]: value.to_bytes(8, "big") for name, value in values.items()}
    return Reply(log_pages.encode_log_page(log_pages.VOLUME_STATISTICS_PAGE, parameters))
