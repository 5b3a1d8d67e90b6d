"""The emulated machine: a stock Debian kernel in qemu without KVM, the host's root shared read-only."""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
BOOT_MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
SEARCH = "/usr/sbin:/sbin:/usr/bin:/bin"
# A program the lab runs → the Debian package that has it.
PACKAGES = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "modprobe": "kmod",
    "udevadm": "udev",
    "ip": "iproute2",
    "iscsid": "open-iscsi",
    "mtx": "mtx",
    "mt-st": "mt-st",
    "sg_inq": "sg3-utils",
    "stenc": "stenc",
    "tgtd": "tgt",
    "lsscsi": "lsscsi",
}
KERNEL = "linux-image-amd64"
# Nobody attacks this machine: what guards against that costs half of the emulator's time.
COMMAND_LINE = (
    "console=ttyS0 quiet net.ifnames=0 panic=-1 mitigations=off nokaslr audit=0 random.trust_cpu=on"
)


def kernel(boot: Path = Path("/boot")) -> tuple[Path, str] | None:
    """The newest stock kernel with its modules."""
    for image in sorted(boot.glob("vmlinuz-*-amd64"), reverse=True):
        version = image.name.removeprefix("vmlinuz-")
        if Path("/lib/modules", version, "modules.dep").exists():
            return image, version
    return None


def missing_packages(search: str = SEARCH, boot: Path = Path("/boot")) -> list[str]:
    absent = [package for program, package in PACKAGES.items() if not shutil.which(program, path=search)]
    return absent + ([] if kernel(boot) else [KERNEL])


def _boot_modules(version: str) -> list[Path]:
    """The modules to mount the host's root, in the order to load them."""
    found = list[Path]()
    for name in BOOT_MODULES:
        command = ["/usr/sbin/modprobe", "--show-depends", "-S", version, name]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found += [Path(line.split()[1]) for line in shown.splitlines() if line.startswith("insmod")]
    return list(dict.fromkeys(found))


def _make_initramfs(folder: Path, version: str) -> Path:
    root = folder / "initramfs"
    for name in ("bin", "modules"):
        (root / name).mkdir(parents=True)
    shutil.copy(shutil.which("busybox", path=SEARCH) or "", root / "bin" / "busybox")
    shutil.copy(HERE / "init", root / "init")
    (root / "init").chmod(0o755)
    (root / "checkout").write_text(str(CHECKOUT))
    modules = _boot_modules(version)
    for module in modules:
        shutil.copy(module, root / "modules")
    (root / "modules" / "order").write_text("".join(f"{module.name}\n" for module in modules))
    names = "".join(f"{path.relative_to(root)}\n" for path in sorted(root.rglob("*")))
    archive = folder / "initramfs.cpio"
    with archive.open("wb") as file:
        command = ["busybox", "cpio", "-o", "-H", "newc"]
        subprocess.run(
            command, input=names.encode(), stdout=file, stderr=subprocess.DEVNULL, cwd=root, check=True
        )
    return archive


def _boot(image: Path, initramfs: Path, facts: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    command_line = " ".join((COMMAND_LINE, *(f"lab.{k}={v}" for k, v in facts.items())))
    return subprocess.Popen(
        [
            "qemu-system-x86_64", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max", "-smp", "2",
            "-m", "1536", "-no-reboot", "-display", "none", "-serial", f"file:{log}", "-monitor", "none",
            "-kernel", str(image), "-initrd", str(initramfs), "-append", command_line,
            "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net",
            "-virtfs", "local,path=/,mount_tag=hostroot,security_model=none,multidevs=remap,readonly=on",
        ]
    )  # fmt: skip


def run(folder: Path, facts: dict[str, str], *, limit_s: float, show: Callable[[str], None]) -> str:
    """Everything on the console of one boot, shown line by line as it comes."""
    found = kernel()
    assert found is not None
    image, version = found
    log = folder / "console"
    machine = _boot(image, _make_initramfs(folder, version), facts, log)
    shown, end = 0, time.monotonic() + limit_s
    try:
        while machine.poll() is None and time.monotonic() < end:
            time.sleep(0.2)
            shown = _show_new(log, shown, show)
    finally:
        machine.kill()
        machine.wait()
    _show_new(log, shown, show)
    return _console(log)


def _console(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace").replace("\r", "") if log.exists() else ""


def _show_new(log: Path, shown: int, show: Callable[[str], None]) -> int:
    """Whole lines only; returns how many lines have been shown."""
    lines = _console(log).split("\n")[:-1]
    for line in lines[shown:]:
        show(line)
    return len(lines)
