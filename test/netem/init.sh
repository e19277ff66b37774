#!/bin/bash
# The first process of the guest: builds the ground that a test stands on, runs one command, and turns the guest off.
#
#   /               a memory layer over the host's files, which are mounted read-only: nothing that is written here reaches the host
#   /tmp, /run      empty, of the guest
#   /var/lib/docker the disk that disk.sh made
#   lab_folder      the one folder of the host that is written: `command` is read from it, and the command's `exit` code left there
#
# The kernel's command line names lab_folder and lab_checkout. The command's output goes to the serial line, all else to the console.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root

say() { echo "guest: $* ($(cut -d ' ' -f 1 /proc/uptime) s)"; }
fail() { echo "guest: $*"; busybox poweroff -f; }

mount -t proc proc /proc
for word in $(cat /proc/cmdline); do case $word in lab_*=*) declare "$word" ;; esac; done
modules=/usr/lib/uml/modules/$(uname -r)

# one layer of memory over all, and the checkout seen through where /tmp covers it
insmod "$modules/kernel/fs/overlayfs/overlay.ko" || fail "no overlay file system"
mount -t tmpfs tmpfs /run
mkdir -p /run/{upper,work,root}
mount -t overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/work overlay /run/root || fail "no layer over the host's files"
root=/run/root
mkdir -p "$root/.host" "$root/.checkout"
mount --bind "$root$lab_checkout" "$root/.checkout"
mount -t proc proc $root/proc
mount -t sysfs sys $root/sys
mount -t cgroup2 cgroup $root/sys/fs/cgroup
mount -t devtmpfs dev $root/dev
mkdir -p $root/dev/{pts,shm}
mount -t devpts devpts $root/dev/pts
for folder in dev/shm run tmp var/tmp; do mount -t tmpfs -o mode=1777 tmpfs $root/$folder; done
mkdir -p $root/run/lock "$root$lab_checkout"
mount --bind $root/.checkout "$root$lab_checkout"
mkdir -p "$root$lab_folder"
mount -t hostfs -o "$lab_folder" host "$root$lab_folder" || fail "no way to write $lab_folder"
cd $root
pivot_root . .host
umount -l /.host

# the kernel asks modprobe for what a container needs, and docker does, too
mount -t tmpfs tmpfs /lib/modules 2>/dev/null || mkdir -p /lib/modules
ln -s "$modules" /lib/modules/
modprobe -a bridge br_netfilter veth ifb ip_tables iptable_nat iptable_filter iptable_mangle nf_nat xt_MASQUERADE xt_addrtype xt_conntrack \
  xt_tcpudp xt_nat xt_statistic xt_multiport xt_comment ipt_REJECT nf_tables nft_compat \
  sch_netem sch_prio sch_ingress sch_tbf sch_htb cls_u32 cls_flower cls_matchall cls_basic em_cmp em_u32 act_mirred
for program in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -sf xtables-legacy-multi /usr/sbin/$program
done
hostname guest
echo "127.0.0.1 localhost guest" >/etc/hosts
ip link set lo up
say "the ground is there"
# whoever booted this knows by it that the kernel has not stopped (guest.ts)
while sleep 10; do say "alive"; done &

mkdir -p /var/lib/docker
mount -o noatime /dev/ubda /var/lib/docker || fail "no disk"
dockerd >/run/dockerd.log 2>&1 &
for _ in $(seq 600); do
  [ -S /run/docker.sock ] && docker version >/dev/null 2>&1 && break
  sleep 0.2
done
docker version >/dev/null 2>&1 || { tail -n 20 /run/dockerd.log; fail "no docker daemon"; }
say "docker answers"

stty raw -echo </dev/ttyS0
bash "$lab_folder/command" </dev/null >/dev/ttyS0 2>&1
echo $? >"$lab_folder/exit"
say "the command has ended"
busybox poweroff -f
