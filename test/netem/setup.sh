#!/usr/bin/env bash
# Brings to a fresh Debian machine what the netem lane needs beside test/image/setup.sh: a user-mode kernel that has netem, the programs that
# fill its disk, and those that the tests use inside. Does nothing where all is there.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'Cannot set up the netem lane: %s\n' "$*" >&2; exit 1; }

# Shows the last lines of what a command said only where it fails.
quietly() {
  local output
  output=$(DEBIAN_FRONTEND=noninteractive "$@" 2>&1 </dev/null) || fail "\`$*\` failed: $(tail -n 5 <<<"$output")"
}

missing=()
while read -r command package; do
  command -v "$command" >/dev/null || missing+=("$package")
done <<'TABLE'
linux.uml user-mode-linux
tc iproute2
iptables-legacy iptables
mkfs.ext4 e2fsprogs
modprobe kmod
ping iputils-ping
busybox busybox-static
unshare util-linux
mount mount
TABLE
# processors with AMX: xstate.c is compiled for the kernel
if grep -qw amx_tile /proc/cpuinfo && ! command -v cc >/dev/null; then missing+=(gcc libc6-dev); fi
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || fail "there is no apt-get here; install the equivalents of ${missing[*]}"
  [ "$(id -u)" = 0 ] || fail "not root; \`sudo apt-get install --no-install-recommends ${missing[*]}\` adds what is missing"
  say "installing ${missing[*]}"
  quietly apt-get update
  quietly apt-get install --yes --no-install-recommends "${missing[@]}"
  say "installed ${missing[*]} ($SECONDS s)"
fi
say "all for the netem lane is there"
