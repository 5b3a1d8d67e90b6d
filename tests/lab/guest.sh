# Runs as the first process in the emulated machine: devices, iSCSI logins, checks, power off.
cd "$1" || exit 1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t tmpfs shm /dev/shm
mount -t tmpfs run /run
word() { sed -n "s/.*\blab\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }
node() { iscsiadm -m node -T "$name" -p "$portal" -o update -n "$1" -v "$2"; }
# The host's /tmp, which holds this file, is about to be covered, unless it holds the checkout too.
chap=$(grep -v '^#' "$(word chapfile)")
case "$PWD" in /tmp/*) ;; *) mount -t tmpfs tmp /tmp ;; esac

modprobe -a virtio_net sg st ch sd_mod iscsi_tcp crc32c_generic
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
mkdir -p /run/udev /run/lock/iscsi
cp docs/70-strongroom.rules /etc/udev/rules.d/
/lib/systemd/systemd-udevd --daemon

echo "InitiatorName=iqn.2026-01.test:lab" > /etc/iscsi/initiatorname.iscsi
rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets
iscsid
iscsiadm -m discovery -t st -p "$(word virtual)"
# tgt names its own address on discovery, which is the host's loopback: log in without asking.
iscsiadm -m node -o new -T "$(word tgtname)" -p "$(word tgt)"
# A second library of ours that lets nobody in without CHAP, with digests on everything.
name=$(word lockedname) portal=$(word locked)
iscsiadm -m node -o new -T "$name" -p "$portal"
while read -r who secret; do
  node "node.session.auth.username$suffix" "$who"
  node "node.session.auth.password$suffix" "$secret"
  suffix=_in
done <<END
$chap
END
node "node.session.auth.authmethod" CHAP
node "node.session.auth.chap_algs" MD5
node "node.conn[0].iscsi.HeaderDigest" CRC32C
node "node.conn[0].iscsi.DataDigest" CRC32C
iscsiadm -m node --login
udevadm settle
echo "LAB: up after $(cut -d' ' -f1 /proc/uptime) s"
ls -l /dev/tape/by-id

"$(word python)" tests/lab/run.py $(word only | tr , ' ')
echo "LAB EXIT $?"
echo o > /proc/sysrq-trigger
# The root may already be gone: nothing but the shell itself can wait here.
while :; do :; done
