# Runs as the first process in the emulated machine: devices, iSCSI logins, checks, power off.
cd "$1" || exit 1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t tmpfs shm /dev/shm
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
word() { sed -n "s/.*\blab\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }

modprobe -a virtio_net sg st ch sd_mod iscsi_tcp
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
mkdir -p /run/udev /run/lock/iscsi
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add
udevadm settle

echo "InitiatorName=iqn.2026-01.test:lab" > /etc/iscsi/initiatorname.iscsi
rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets
iscsid
iscsiadm -m discovery -t st -p "$(word virtual)"
# tgt names its own address on discovery, which is the host's loopback: log in without asking.
iscsiadm -m node -o new -T "$(word tgtname)" -p "$(word tgt)"
iscsiadm -m node --login
udevadm settle
echo "LAB: up after $(cut -d' ' -f1 /proc/uptime) s"
ls -l /dev/tape/by-id

"$(word python)" tests/lab/checks.py
echo "LAB EXIT $?"
echo o > /proc/sysrq-trigger
sleep 600
