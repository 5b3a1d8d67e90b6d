"""A stock Debian kernel in an emulator, with our virtual library and Debian's tgt as real devices.

    python tests/lab/lab.py [--record]

`--record` adds the devices the contract suites ran on to docs/hardware-runs.jsonl.
Needs no KVM and no root. Exits with 0 when every check in the emulated machine passed, 1 when one
failed, 2 when a Debian package is missing (they are named).
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.library_files import CartridgeDefinition, DriveDefinition, LibraryDefinition, Place
from drivers.simulator import folder as simulator_folder
from drivers.simulator.iscsi.server import IscsiTarget

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "tests" / "drivers"))
import support_table  # noqa: E402 - beside the tests of drivers/
import tgt_server  # noqa: E402 - beside the tests of drivers/

HERE = Path(__file__).resolve().parent
HOST_SEEN_FROM_GUEST = "10.0.2.2"
BOOT_MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
LIMIT_S = 1200
PACKAGES = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "modprobe": "kmod",
    "udevadm": "udev",
    "ip": "iproute2",
    "iscsid": "open-iscsi",
    "mtx": "mtx",
    "mt": "mt-st",
    "sg_inq": "sg3-utils",
    "stenc": "stenc",
    "tgtd": "tgt",
    "lsscsi": "lsscsi",
}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def kernel() -> tuple[Path, str] | None:
    """The newest stock kernel with its modules."""
    for image in sorted(Path("/boot").glob("vmlinuz-*-amd64"), reverse=True):
        version = image.name.removeprefix("vmlinuz-")
        if Path("/lib/modules", version, "modules.dep").exists():
            return image, version
    return None


def missing() -> list[str]:
    path = "/usr/sbin:/sbin:/usr/bin:/bin"
    absent = [package for program, package in PACKAGES.items() if not shutil.which(program, path=path)]
    return absent + ([] if kernel() else ["linux-image-amd64"])


def boot_modules(version: str) -> list[Path]:
    """The modules to mount the host's root, in the order to load them."""
    found = list[Path]()
    for name in BOOT_MODULES:
        shown = subprocess.run(
            ["/usr/sbin/modprobe", "--show-depends", "-S", version, name],
            capture_output=True,
            text=True,
            check=True,
        )
        found += [Path(line.split()[1]) for line in shown.stdout.splitlines() if line.startswith("insmod")]
    return list(dict.fromkeys(found))


def make_initramfs(folder: Path, version: str) -> Path:
    root = folder / "initramfs"
    for name in ("bin", "modules"):
        (root / name).mkdir(parents=True)
    shutil.copy(shutil.which("busybox") or "", root / "bin" / "busybox")
    shutil.copy(HERE / "init", root / "init")
    (root / "init").chmod(0o755)
    (root / "checkout").write_text(str(CHECKOUT))
    modules = boot_modules(version)
    for module in modules:
        shutil.copy(module, root / "modules")
    (root / "modules" / "order").write_text("".join(f"{module.name}\n" for module in modules))
    names = "".join(f"{path.relative_to(root)}\n" for path in sorted(root.rglob("*")))
    archive = folder / "initramfs.cpio"
    with archive.open("wb") as file:
        subprocess.run(
            ["busybox", "cpio", "-o", "-H", "newc"],
            input=names.encode(),
            stdout=file,
            stderr=subprocess.DEVNULL,
            cwd=root,
            check=True,
        )
    return archive


def virtual_library() -> LibraryDefinition:
    return LibraryDefinition(
        vendor="STRONG",
        product="VIRTUAL LIBRARY",
        serial="SL00000001",
        storage_slots=24,
        mail_slots=4,
        drives=tuple(DriveDefinition("STRONG", "ULT3580-TD8", f"DRV000000{n}", 8) for n in (1, 2)),
        cartridges=tuple(CartridgeDefinition(Place.STORAGE, n, f"ABC{n:03d}L8") for n in range(1, 11)),
    )


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def running_targets(folder: Path) -> Iterator[tuple[int, int]]:
    """Ports of our virtual library and of Debian's tgt."""
    simulator_folder.create(folder / "library", virtual_library())
    (folder / "tgt").mkdir()
    port = free_port()
    ours = IscsiTarget(folder / "library", advertised=HOST_SEEN_FROM_GUEST)
    with ours as target, tgt_server.serving(folder / "tgt", port):
        yield target.address[1], port


def boot(image: Path, initramfs: Path, words: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    command_line = " ".join(
        ("console=ttyS0", "quiet", "net.ifnames=0", "panic=-1", *(f"lab.{k}={v}" for k, v in words.items()))
    )
    return subprocess.Popen(
        [
            "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1536", "-no-reboot",
            "-display", "none", "-serial", f"file:{log}", "-monitor", "none",
            "-kernel", str(image), "-initrd", str(initramfs), "-append", command_line,
            "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net",
            "-virtfs", "local,path=/,mount_tag=hostroot,security_model=none,multidevs=remap,readonly=on",
        ]
    )  # fmt: skip


def follow(machine: subprocess.Popen[bytes], log: Path) -> int:
    """Show the console until the machine is off; the code of its checks, 1 when it never said."""
    shown, end = 0, time.monotonic() + LIMIT_S
    while machine.poll() is None and time.monotonic() < end:
        time.sleep(0.5)
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        sys.stdout.write(text[shown:].replace("\r", ""))
        sys.stdout.flush()
        shown = len(text)
    machine.kill()
    machine.wait()
    text = log.read_text(encoding="utf-8", errors="replace")
    sys.stdout.write(text[shown:].replace("\r", ""))
    if "--record" in sys.argv:
        runs = [json.loads(line) for line in re.findall(r"^LAB RUN (.*?)\r?$", text, re.MULTILINE)]
        support_table.add_runs(support_table.RUNS, runs)
    said = re.search(r"LAB EXIT (\d+)", text)
    return min(int(said[1]), 1) if said else 1


def main() -> int:
    absent = missing()
    if absent:
        say(f"The lab needs these Debian packages: apt-get install {' '.join(absent)}")
        return 2
    found = kernel()
    assert found is not None
    image, version = found
    start = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="strongroom-lab-") as name,
        running_targets(Path(name)) as (ours, tgt),
    ):
        folder = Path(name)
        words = {
            "virtual": f"{HOST_SEEN_FROM_GUEST}:{ours}",
            "tgt": f"{HOST_SEEN_FROM_GUEST}:{tgt}",
            "tgtname": tgt_server.NAME,
            "python": sys.executable,
        }
        machine = boot(image, make_initramfs(folder, version), words, folder / "console")
        code = follow(machine, folder / "console")
    say(f"lab: exit {code} after {time.monotonic() - start:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
