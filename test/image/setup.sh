#!/usr/bin/env bash
# Brings to a fresh Debian machine what the docker test lane needs: a daemon, compose (v1 from Debian, v2 from its Go module) and the
# programs that build.sh puts into the images. Does nothing where all is there.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
compose=v2.40.3

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'Cannot set up: %s\n' "$*" >&2; exit 1; }

install_packages() {
  local missing=() command package
  while read -r command package; do
    command -v "$command" >/dev/null || missing+=("$package")
  done <<'TABLE'
dockerd docker.io
docker-compose docker-compose
iptables iptables
tc iproute2
busybox busybox-static
ps procps
TABLE
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || fail "there is no apt-get here; install the equivalents of ${missing[*]}"
  [ "$(id -u)" = 0 ] || fail "not root; \`sudo apt-get install --no-install-recommends ${missing[*]}\` adds what is missing"
  say "installing ${missing[*]}"
  quietly apt-get update
  quietly apt-get install --yes --no-install-recommends "${missing[@]}"
  say "installed ${missing[*]} ($SECONDS s)"
}

# Shows the last lines of what a command said only where it fails.
quietly() {
  local output
  output=$(DEBIAN_FRONTEND=noninteractive "$@" 2>&1 </dev/null) || fail "\`$*\` failed: $(tail -n 5 <<<"$output")"
}

# `go install` refuses a module with replace directives: it is built in its own folder, in a cache that goes away.
build_compose() {
  ! docker compose version >/dev/null 2>&1 || return 0
  if ! command -v go >/dev/null; then
    say "docker compose v2 is skipped: no go on the path (\`apt-get install golang\`); docker-compose (v1) is used"
    return 0
  fi
  local began=$SECONDS plugins="${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  export GOPATH=$work/go GOCACHE=$work/cache GOFLAGS=-modcacherw CGO_ENABLED=0
  say "building docker compose $compose from its Go module, once (some minutes)"
  quietly go mod download "github.com/docker/compose/v2@$compose"
  cd "$GOPATH/pkg/mod/github.com/docker/compose/v2@$compose"
  quietly go build -trimpath -ldflags "-s -w -X github.com/docker/compose/v2/internal.Version=$compose" -o "$work/docker-compose" ./cmd
  install -D -m 755 "$work/docker-compose" "$plugins/docker-compose"
  say "built $plugins/docker-compose ($((SECONDS - began)) s)"
}

install_packages
build_compose
say "all is there"
