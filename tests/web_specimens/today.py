"""Today, with six things to do and with none."""

from web_specimens.moment import at, bare, bc, clock, consignment, container, run_link

from service.web.views.frame import Place
from service.web.views.parts import Act, EmptyState, Head, Ident, Refresh, Strong, Tone
from service.web.views.scale import Scale, ScaleDue, ScaleSpan
from service.web.views.today import Done, Holder, Motion, Need, TodayView

DAY = Scale(
    label="Day from 06:00 to 18:00 EST. Run 2026-W47 ejects since 13:41. Consignment CN-0411 in transit since 10:54, "
    "due 14:54. Carrier expected between 15:30 and 16:00 for CN-0412.",
    start=at("06:00"),
    end=at("18:00"),
    spans=(
        ScaleSpan(at("08:10"), at("08:40"), Tone.GREEN, "home, 9 media", "CN-0408"),
        ScaleSpan(at("10:54"), at("14:54"), Tone.BLUE, "in transit to the Vault vendor", "CN-0411"),
        ScaleSpan(at("09:00"), at("09:12"), Tone.GREEN, "approved", "2026-W47", row=1),
        ScaleSpan(at("13:41"), at("15:15"), Tone.BLUE, "", "2026-W47", row=1, ahead="scan, pack, seal"),
        ScaleSpan(at("15:30"), at("16:00"), Tone.NEUTRAL, "Carrier for CN-0412", row=1),
    ),
    dues=(ScaleDue(at("14:54"), "due 14:54, in 48 min"),),
    before_s=3600,
    after_s=3 * 3600,
)

NEEDS = (
    Need(
        Tone.RED,
        (bc(91), " is in Library 1, slot 17, and recorded as vaulted."),
        "Seen by inventory 13:58. The last custody transfer names the Vault vendor, 4 Jun. Nothing was moved.",
        "8 min",
        "now",
        Act("Open D-0027", "/discrepancies/D-0027"),
    ),
    Need(
        Tone.AMBER,
        ("Scan out batch 3 of run ", run_link(), ": 4 media."),
        ("2 of 4 mail slots are ejected. Empty all four, then scan into ", container(117), "."),
        "25 min",
        "15:15",
        Act("Scan out", "/scan?task=W47-out", first=True),
    ),
    Need(
        Tone.AMBER,
        ("Consignment ", consignment(411), " is not acknowledged by the Vault vendor."),
        "38 media in 3 containers, with Carrier driver 3. Alarm goes to the Security officer at 14:54.",
        "3 h 12 min",
        "14:54",
        Act("Open CN-0411", "/consignments/CN-0411"),
    ),
    Need(
        Tone.AMBER,
        "Slot 9 of Library 1 holds a medium with an unreadable label.",
        ("Last known there: ", bc(145), ", inventory of 12 Nov. Look, and scan what you see."),
        "8 min",
        "18:00",
        Act("Look at slot 9", "/libraries/1?slot=9"),
    ),
    Need(
        Tone.AMBER,
        "Inventory file of the Vault vendor differs from our record in 3 media.",
        "1 missing there, 2 unexpected there. File of 18 Nov, 112 lines.",
        "1 d 2 h",
        "20 Nov",
        Act("Reconcile", "/stocktakes/12"),
    ),
    Need(
        Tone.AMBER,
        (
            "Certificate ",
            Ident("SC-0094", "/certificates/SC-0094"),
            " for ",
            bc(32, "L6"),
            " waits for a validation.",
        ),
        "Verified by Backup administrator 2, 17 Nov.",
        "2 d 3 h",
        "24 Nov",
        Act(
            "Accept",
            "/certificates/SC-0094",
            enabled=False,
            reason="needs a Security officer who did not verify",
        ),
    ),
)

NOTHING = EmptyState(
    "Nothing waits for a person.",
    "Scans to make, signatures to give and discrepancies to resolve appear here, most urgent first. "
    "The next run is planned for Thursday 26 November, 07:00.",
    (Act("Open the schedule", "/runs/schedule"),),
)

TODAY = TodayView(
    title="Today",
    place=Place.TODAY,
    head=Head(
        "Site 1 · week 47",
        "Thursday 19 November",
        (Strong("6 things"), " need a person, 3 are in motion, 41 acts were recorded since 06:00."),
    ),
    day=DAY,
    needs=NEEDS,
    nothing_needed=NOTHING,
    moving=(
        Motion(bare("ejecting", Tone.BLUE), (run_link(), " batch 3 of 4"), "10 / 14"),
        Motion(bare("in transit", Tone.BLUE), (consignment(411), " Carrier"), "38"),
        Motion(bare("writing", Tone.BLUE), ("Drive 1 · ", bc(170)), "62 %"),
    ),
    holders=(
        Holder("Vault vendor", 108),
        Holder("Site 1 vault", 37),
        Holder("Carrier", 38, Tone.BLUE),
        Holder("Library 1", 20),
        Holder("Site 1, packed", 8, Tone.BLUE),
        Holder("Missing", 1, Tone.RED),
    ),
    holders_total=212,
    done=(
        Done(clock("14:05"), "Checkpoint 51,902 signed and witnessed"),
        Done(clock("13:52"), ("Batch 2 packed into ", container(117))),
        Done(clock("10:54"), (consignment(411), " released to the Carrier")),
        Done(clock("09:12"), "Run 2026-W47 approved by two people"),
        Done(clock("08:40"), ("9 media home, seal ", Ident("004702"), " intact")),
    ),
    refresh=Refresh("/today", 30, "/events"),
)

QUIET = TodayView(
    title="Today",
    place=Place.TODAY,
    head=Head("Site 1 · week 47", "Thursday 19 November", "Nothing needs a person, nothing is in motion."),
    day=None,
    needs=(),
    nothing_needed=NOTHING,
    moving=(),
    holders=(),
    holders_total=0,
    done=(),
)
