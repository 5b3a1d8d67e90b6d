"""The ejection job of a weekly run, by the service's own worker, on a device node of the kernel.

Runs in the emulated machine: the virtual library is served on its loopback address and attached by
open-iscsi. The site, its library and its run come from the tests of service/devices.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.parse import urlsplit

from drivers.registry import open_changer
from drivers.simulator.iscsi.server import IscsiTarget
from service.devices.models import JobKind, JobState

SPEC = spec_from_file_location(
    "robot_site", Path(__file__).parents[1] / "service" / "devices" / "conftest.py"
)
assert SPEC is not None
assert SPEC.loader is not None
robot_site = module_from_spec(SPEC)
sys.modules["robot_site"] = robot_site
SPEC.loader.exec_module(robot_site)
site, clock = robot_site.site, robot_site.clock

LIMIT_S = 240.0
VENDOR = "SIMULATE"


def administer(target: IscsiTarget, *action: str) -> None:
    portal = f"{target.address[0]}:{target.address[1]}"
    subprocess.run(["iscsiadm", "-m", "node", "-T", target.name, "-p", portal, *action], check=True)


def generic_node() -> str | None:
    listing = subprocess.run(["lsscsi", "-g"], capture_output=True, text=True, check=True).stdout
    lines = [line for line in listing.splitlines() if "mediumx" in line and VENDOR in line]
    return lines[0].split()[-1] if lines else None


@contextmanager
def attached(folder: Path) -> Iterator[str]:
    """The URL of the library behind the kernel."""
    with IscsiTarget(folder) as target:
        administer(target, "-o", "new")
        administer(target, "--login")
        subprocess.run(["udevadm", "settle"], check=True)
        node = generic_node()
        assert node is not None, "the library did not appear"
        yield f"sg://{node}?settle_s=0.1"
        administer(target, "--logout")


def test_the_weeks_media_leave_through_a_device_of_the_kernel(site):
    with attached(Path(urlsplit(site.url).path)) as url:
        site.approve_run()
        site.worker(opener=lambda _: open_changer(url))
        end = time.monotonic() + LIMIT_S
        job = site.eject_job(LIMIT_S)
        while (job := site.job(job.job_id)).state is not JobState.DONE:
            assert time.monotonic() < end, (job.state, job.fault, job.progress)
            if job.state is JobState.WAITING:
                site.empty_mail_slots()
            time.sleep(0.2)
        site.stop()
    assert job.kind is JobKind.EJECT
    assert site.moves_done() == 7
    assert [step.verdict for step in site.steps(job.job_id)] == ["moved"] * 7
    site.check_ledger()
