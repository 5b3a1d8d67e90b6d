"""The scan page: ready, right, wrong, everything in, and without a task."""

from dataclasses import replace

from web_specimens.moment import bc, clock, container, discrepancy, run_link

from service.web.views.frame import Place
from service.web.views.parts import Act, Ident, Method, Tone, WideOnly
from service.web.views.scan import Band, Command, Scanned, ScanView, Task, TaskChoice, ToScan

TASK = Task(
    ref="run:2026-W47:out",
    title="Scan out and pack",
    about=(
        WideOnly("run "),
        run_link(),
        WideOnly(", batch 3 of 4"),
        " · into ",
        WideOnly("container "),
        container(117),
    ),
    expects="Pack into C-0117",
    leave=Act("Leave", "/runs/2026-W47", slim=True),
    as_of=clock("14:06"),
)
LEFT = (
    (158, "mail slot 1"),
    (159, "mail slot 2"),
    (160, "mail slot 3"),
    (161, "mail slot 4"),
    (163, "slot 18"),
    (164, "slot 19"),
)
DONE = (
    (158, "14:09:31"),
    (156, "13:51:52"),
    (155, "13:51:47"),
    (153, "13:51:44"),
    (152, "13:51:40"),
    (150, "13:48:22"),
    (149, "13:48:19"),
    (148, "13:48:15"),
    (147, "13:48:12"),
)


def _left(start: int) -> tuple[ToScan, ...]:
    return tuple(ToScan(bc(number), where) for number, where in LEFT[start:])


def _done(start: int) -> tuple[Scanned, ...]:
    return tuple(Scanned(bc(number), clock(time), f"/scan/undo/{number}") for number, time in DONE[start:])


def _commands(missing: int) -> tuple[Command, ...]:
    closing = Act(
        "Close and seal C-0117",
        "/scan/command",
        Method.POST,
        enabled=not missing,
        reason=f"opens when {missing} more are in, then as a code to scan",
        slim=True,
    )
    undo = Act("Undo the last scan", "/scan/command", Method.POST, slim=True)
    return (Command("SR-CLOSE", closing, f"no code while {missing} are missing"), Command("SR-UNDO", undo))


READY = ScanView(
    title="Scan",
    place=Place.SCAN,
    task=TASK,
    band=Band(
        Tone.NEUTRAL,
        "Ready",
        "C-0117",
        "Take 4 media from mail slots 1 to 4",
        (
            "Scan each one, in any order. 6 of 14 to go. Last: ",
            Ident("STR156L8", "/media/STR156L8"),
            ", packed 13:51:52.",
        ),
    ),
    left_count=6,
    done_count=8,
    left=_left(0),
    done=_done(1),
    commands=_commands(6),
)
RIGHT = replace(
    READY,
    band=Band(
        Tone.GREEN,
        "Right",
        "STR158L8",
        ("Pack into ", Ident("C-0117")),
        "Out of Library 1: the changer reports mail slot 1 empty, and you hold the medium. 9 of 14.",
    ),
    left_count=5,
    done_count=9,
    left=_left(1),
    done=_done(0),
    commands=_commands(5),
)
WRONG = replace(
    RIGHT,
    band=Band(
        Tone.RED,
        "Stop",
        "STR088L8",
        "Not in this run: due home 14 May",
        (
            "Recorded in Vault 2, with the Vault vendor, since 4 Jun. Nothing was packed. Put it on the set-aside shelf; discrepancy ",
            discrepancy(28),
            " is open. Scan on when you like.",
        ),
    ),
    set_aside=1,
)
ALL_IN = replace(
    RIGHT,
    band=Band(
        Tone.GREEN, "Right", "STR164L8", ("Pack into ", Ident("C-0117"), ": that was the last"), "14 of 14."
    ),
    left_count=0,
    done_count=14,
    left=(),
    commands=_commands(0),
)
NO_TASK = ScanView(
    title="Scan",
    place=Place.SCAN,
    task=None,
    band=Band(
        Tone.NEUTRAL,
        "Ready",
        "",
        "Scan a medium, a container or a seal",
        "It opens its page. To scan for a task, open the task first.",
    ),
    choices=(
        TaskChoice(
            "Scan out and pack",
            ("Run ", run_link(), ", batch 3 of 4, into ", container(117)),
            Act("Start", "/scan?task=run:2026-W47:out", first=True, slim=True),
        ),
        TaskChoice(
            "Receive and unpack",
            "9 media, home from Vault 2 in C-0098",
            Act("Start", "/scan?task=unpack:C-0098", slim=True),
        ),
    ),
)
