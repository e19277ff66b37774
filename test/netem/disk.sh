#!/usr/bin/env bash
# Makes the disk of the guest: an ext4 file that holds docker's data with the stand-in images of Kafka 3.9.2, and prints its path.
#
#   this script ─▶ itself, in process and mount namespaces of its own ─▶ dockerd, its data on the loop-mounted file ─▶ test/image/build.sh
#
# Images come into the file from outside because everything is some ten times slower inside. The namespaces end with the script, however it
# ends, and with them the daemon, the mount and the loop device; nobody outside sees this daemon's socket, and the machine's own daemon and
# images are not used. The file stays until what it is made of changes.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
folder=$project/.lab/netem
version=3.9.2

say() { printf 'disk: %s\n' "$*" >&2; }
fail() { printf 'Cannot make the disk: %s\n' "$*" >&2; exit 1; }

key_of_inputs() {
  cd "$project"
  { cat test/netem/disk.sh "sdk/engine/local/supply/kafka-$version.json" $(find test/image -type f | LC_ALL=C sort); java -version 2>&1; tc -V; iptables --version; } |
    sha256sum | cut -c 1-16
}

# fill FILE: what runs inside the namespaces; all that it mounts is seen by it alone
fill() {
  unset DOCKER_HOST DOCKER_CONTEXT
  mkfs.ext4 -q -F -m 0 -O ^has_journal "$1"
  mkdir -p /var/lib/docker
  mount -o loop,noatime "$1" /var/lib/docker
  mount -t tmpfs tmpfs /run
  # the guest's kernel has the older tables only: build.sh finds their program under the name of the other
  mount --bind "$(readlink -f "$(command -v iptables-legacy)")" "$(readlink -f "$(command -v iptables)")"
  # in a network of its own: without a bridge to keep it removes the one of the machine's own daemon
  unshare --net dockerd --bridge none --iptables=false --ip-forward=false >/run/log 2>&1 &
  daemon=$!
  until docker version >/dev/null 2>&1; do
    kill -0 "$daemon" 2>/dev/null && [ "$SECONDS" -lt 60 ] || fail "its daemon does not answer: $(tail -n 3 /run/log)"
    sleep 0.2
  done
  "$project/test/image/build.sh" "$version" >&2
  make_lean apache/kafka:3.9.2 bitnami/kafka:3.9
  kill "$daemon"
  wait "$daemon" || true
  umount /var/lib/docker
}

# Everything that compiles or maps memory is slow in the guest; with these options a broker starts there in three quarters of the time.
make_lean() {
  local image container
  for image; do
    container=$(docker create --network none "$image")
    docker commit --change 'ENV KAFKA_HEAP_OPTS="-Xms64m -Xmx256m"' \
      --change 'ENV KAFKA_JVM_PERFORMANCE_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:CICompilerCount=1 -XX:-UsePerfData"' "$container" "$image" >/dev/null
    docker rm --volumes "$container" >/dev/null
  done
}

if [ "${1:-}" = fill ]; then
  fill "$2"
  exit
fi

[ "$(id -u)" = 0 ] || fail "only root can mount it"
disk=$folder/docker-$(key_of_inputs).img
if [ ! -e "$disk" ]; then
  mkdir -p "$folder"
  rm -f "$folder"/docker-*.img*
  say "making it"
  truncate -s 12G "$disk.$$.part"
  unshare --mount --pid --fork --kill-child --mount-proc "${BASH_SOURCE[0]}" fill "$disk.$$.part" </dev/null
  mv "$disk.$$.part" "$disk"
  say "made, $(du -m "$disk" | cut -f 1) MB ($SECONDS s)"
fi
echo "$disk"
