"""Runs in the emulated machine: stock programs and our own drivers on real device nodes.

    run.py [WORD…]    only the checks whose names hold one of the words

Every check prints one line; the exit code is 0 when all passed.
"""

import sys
import time
import traceback
from collections.abc import Callable

import own
import permissions
import sessions
import stock
from machine import CheckFailedError, say

Check = Callable[[], None]
ALONE: tuple[Check, ...] = (
    stock.kernel_sees_our_library_as_real_devices,
    stock.udev_links_name_the_drives_by_serial_number,
    stock.mtx_prints_the_table,
    stock.mtx_prints_exactly_what_our_text_face_would,
    stock.mtx_works_on_the_kernels_changer_node_too,
    stock.mtx_loads_unloads_and_transfers,
    stock.mtx_fails_in_its_own_words,
    stock.sg3_utils_read_identity_and_alerts,
    stock.sg_read_attr_reads_the_cartridge_memory,
    stock.stenc_reads_and_sets_encryption,
    stock.st_driver_writes_marks_rewinds_and_reads,
    stock.mt_seeks_to_a_block_and_finds_the_second_file,
    stock.mt_makes_two_partitions_and_keeps_them_apart,
    stock.tar_archives_and_extracts,
    own.inventory_is_not_slower_than_mtx,
)
# While our suites run in processes of their own, on other libraries.
BESIDE: tuple[Check, ...] = (
    sessions.the_kernel_proves_itself_by_chap_in_both_directions,
    sessions.digests_are_on_for_headers_and_data,
    sessions.three_drives_write_and_read_at_once,
    sessions.a_second_session_of_the_kernel_works_beside_the_first,
    sessions.a_soak_of_writing_moving_and_looking_loses_nothing,
    sessions.without_the_secret_nobody_gets_in,
    permissions.udev_rules_name_every_node_and_give_it_to_the_group_tape,
    permissions.without_the_group_the_error_says_what_is_missing,
    permissions.a_user_of_the_group_looks_and_moves_without_any_capability,
    permissions.the_changer_node_of_the_kernel_needs_a_capability_and_the_error_names_it,
)
SUITES: tuple[Check, ...] = (
    own.the_contracts_hold_by_sg_io_by_mtx_and_on_tgt,
    own.the_weekly_rotation_ejects_through_the_kernel,
    own.everything_is_where_it_was,
)


def passes(check: Check) -> bool:
    start, name = time.monotonic(), check.__name__.replace("_", " ")
    try:
        check()
    except CheckFailedError as error:
        say(f"FAILED {name}\n{error}")
        return False
    except Exception:  # noqa: BLE001 - one broken check must not hide the others
        say(f"FAILED {name}\n{traceback.format_exc()}")
        return False
    say(f"ok     {name} ({time.monotonic() - start:.1f} s)")
    return True


def main(words: list[str]) -> int:
    def chosen(checks: tuple[Check, ...]) -> list[Check]:
        return [c for c in checks if not words or any(word in c.__name__ for word in words)]

    results = [passes(check) for check in chosen(ALONE)]
    suites = chosen(SUITES)
    if suites:
        own.begin_suites()
    results += [passes(check) for check in [*chosen(BESIDE), *suites]]
    own.tell_what_was_met()
    say(f"LAB: {sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
