#!/usr/bin/env bash
# Builds stand-ins for the images that compose/ names, from this machine's own Java and tools and from Kafka's jars, without a registry.
#
#   build.sh [3.9.2]    apache/kafka:3.9.2 and bitnami/kafka:3.9
#   build.sh 4.4.0      apache/kafka:4.4.0 and bitnami/kafka:4
#
# Does nothing where both are there, made from the same inputs. A published image that is there is left alone, and does as well.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
version=${1:-3.9.2}
label=kafka-failure-lab.stand-in
programs=(bash busybox ip tc ss iptables)

say() { printf 'image: %s\n' "$*"; }
fail() { printf 'Cannot build the images of Kafka %s: %s\n' "$version" "$*" >&2; exit 1; }

case $version in
  3.9.2) bitnami=bitnami/kafka:3.9 setting=-Dlog4j.configuration config=log4j.properties ;;
  4.4.0) bitnami=bitnami/kafka:4 setting=-Dlog4j2.configurationFile config=log4j2.yaml ;;
  *) fail "there are 3.9.2 and 4.4.0" ;;
esac
apache=apache/kafka:$version

main() {
  check_machine
  key=$(key_of_inputs)
  if is_made "$apache" && is_made "$bitnami"; then
    say "$apache and $bitnami are there"
    return
  fi
  work=$(mktemp -d)
  container=
  trap clean EXIT
  root=$work/root
  jars=$(cd "$project" && node_modules/.bin/tsx test/image/jars.ts "$version") || fail "its jars could not be had"
  copy_system
  copy_java
  copy_kafka
  say "$(du -sm "$root" | cut -f 1) MB of Java, tools and jars ($SECONDS s)"
  make_images
  say "$apache and $bitnami are built ($SECONDS s)"
}

check_machine() {
  local program
  command -v java >/dev/null || fail "no java on the path; \`apt-get install openjdk-17-jre-headless\` adds it"
  [ -x "$project/node_modules/.bin/tsx" ] || fail "the project's packages are missing; \`npm ci\` adds them"
  for program in docker "${programs[@]}"; do
    command -v "$program" >/dev/null || fail "no $program on the path; \`test/image/setup.sh\` adds it"
  done
  docker version >/dev/null 2>&1 || fail "no Docker daemon answers; \`dockerd &\` as root starts one"
}

# All that the images are made from.
key_of_inputs() {
  cd "$here"
  { cat "$project/sdk/engine/local/supply/kafka-$version.json" $(find build.sh finish.sh root -type f | LC_ALL=C sort); java -version 2>&1; } |
    sha256sum | cut -c 1-16
}

# Succeeds for a stand-in made from the same inputs, and for an image that is no stand-in.
is_made() {
  local made
  made=$(docker image inspect --format "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null) || return 1
  [ "${made:-$key}" = "$key" ]
}

clean() {
  [ -z "$container" ] || docker rm --force "$container" >/dev/null
  docker image prune --force --filter "label=$label" >/dev/null # those that had the tags before
  rm -rf "$work"
}

# The programs, under the names by which the machine has them, and busybox for all else.
copy_system() {
  local folder applet xtables
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64,local/bin} "$root"/{dev,etc,home/appuser,proc,root,run,sys,tmp,var}
  chmod 1777 "$root/tmp"
  for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done

  copy $(for applet in "${programs[@]}"; do command -v "$applet"; done) /usr/lib/*/{xtables/*.so,tc/*.dist}
  xtables=$(readlink -f "$(command -v iptables)") # one program that acts by its name
  for applet in iptables iptables-save iptables-restore; do cp --remove-destination "$xtables" "$root/usr/sbin/$applet"; done
  ln -s bash "$root/usr/bin/sh" # busybox's would run its own tc and ip
  for applet in $(busybox --list); do
    [ -e "$root/usr/sbin/$applet" ] || [ -e "$root/usr/bin/$applet" ] || ln -s busybox "$root/usr/bin/$applet"
  done

  printf 'root:x:0:0:root:/root:/bin/sh\nappuser:x:1000:1000::/home/appuser:/bin/bash\n' >"$root/etc/passwd"
  printf 'root:x:0:\nappuser:x:1000:\n' >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
}

copy_java() {
  local home
  home=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
  mkdir -p "$root/opt/java"
  tar -C "$home" --dereference --exclude=src.zip --exclude=ct.sym --exclude=cacerts -cf - bin/java lib conf | tar -C "$root/opt/java" -xf -
  ln -s /opt/java/bin/java "$root/usr/bin/java"
  copy $(find "$home/bin/java" "$home/lib" -name java -o -name '*.so' | xargs ldd 2>/dev/null | grep -o ' /[^ ]*' | grep -v "$home/")
}

# Java reads its options from the .args files: the logging and the class path, the same at every start as class-data archives need it.
copy_kafka() {
  local class_path
  cp -r "$here/root/." "$root/"
  mkdir -p "$root"/opt/kafka/{config,libs,logs} "$root"/etc/kafka/secrets "$root"/mnt/shared/config "$root"/var/lib/kafka/data "$root"/bitnami/kafka/data
  cp $jars "$root/opt/kafka/libs/"
  class_path=$(find "$root/opt/kafka/libs" -name '*.jar' -printf '/opt/kafka/libs/%f\n' | LC_ALL=C sort | paste -sd :)
  printf '%s\n' "-cp $class_path" "$setting=file:/opt/kafka/config/tools-$config" >"$root/opt/kafka/tool.args"
  printf '%s\n' "-cp $class_path" "$setting=file:/opt/kafka/config/$config" -Dkafka.logs.dir=/opt/kafka/logs >"$root/opt/kafka/broker.args"
  [ "$version" = 3.9.2 ] || printf 'share.coordinator.state.topic.%s=1\n' replication.factor min.isr >>"$root/etc/kafka/docker/server.properties"
  cp "$root/etc/kafka/docker/$config" "$root/etc/kafka/docker/tools-$config" "$root/opt/kafka/config/"
}

# Copies files to their own paths under the new root, with the libraries that they load (ldd fails where one of them loads none).
copy() {
  { printf '%s\n' "$@"; ldd "$@" 2>/dev/null | grep -o '[[:space:]]/[^ ]*' || true; } |
    sed 's#^[[:space:]]*/##' | sort -u | tar -C / --dereference -T - -cf - | tar -C "$root" -xf -
}

make_images() {
  local layer
  layer=$(tar -C "$root" --owner=0 --group=0 --numeric-owner -cf - . | docker import --change "LABEL $label=$key" -)
  container=$(docker create --interactive --network none "$layer" /bin/bash)
  say "one layer is imported; a node starts and stops, for its class-data archives ($SECONDS s)"
  docker start --attach --interactive "$container" <"$here/finish.sh"
  commit "$apache" 'USER appuser' 'CMD ["/etc/kafka/docker/run"]' 'VOLUME ["/etc/kafka/secrets","/var/lib/kafka/data","/mnt/shared/config"]'
  commit "$bitnami" 'USER 1001' 'ENTRYPOINT ["/opt/bitnami/entrypoint.sh"]' 'CMD []'
}

# commit IMAGE CHANGE...
commit() {
  ! is_made "$1" || return 0
  local change changes=()
  for change in "${@:2}" 'ENV LANG=C.UTF-8' 'EXPOSE 9092' "LABEL $label=$key"; do changes+=(--change "$change"); done
  docker commit "${changes[@]}" "$container" "$1" >/dev/null
}

main
