#!/bin/bash
# engines.sh - a real dockerd (with its BuildKit and buildx) out of Debian packages, without installing them.
#
#   engines.sh setup                fetch and unpack everything (idempotent; 80 MB download)
#   engines.sh start [WHAT...]      WHAT: docker (default), registry
#   engines.sh stop                 stop what runs, by process id
#   engines.sh status
#   engines.sh env                  shell lines to eval: PATH, DOCKER_HOST, DOCKER_CONFIG
#   engines.sh debian               a file system of the host's Debian with pip and apt: prints the path of its archive
#   engines.sh net CMD...           run CMD in the daemon's network namespace (the registry is 127.0.0.1:5000 there)
#
# Packages lie below $ENGINES_DIR and are kept; everything a daemon writes lies below $ENGINES_STATE.
# docker.io, docker-cli, containerd and docker-buildx come from $ENGINES_SUITE and need only libc >= 2.34, so they
# run as they are, unpacked with dpkg-deb -x; runc, busybox-static and docker-registry come from the host's own suite.
# The daemon uses the containerd image store: with the older one its BuildKit has no merge, and --link means nothing.
# The daemons live in one private network namespace: bridge, forwarding and ports never touch the host.
# Needs: root, Debian (bookworm or later) with a mirror in /etc/apt/sources.list.d/debian.sources, overlayfs.
set -euo pipefail
E=${ENGINES_DIR:-${TMPDIR:-/tmp}/dcache-test-engines}; S=${ENGINES_STATE:-$E/state}; SUITE=${ENGINES_SUITE:-forky}
D=$E/docker; H=$E/host; BIN=$E/bin
DOCKER_PKGS="docker.io docker-cli containerd docker-buildx"; HOST_PKGS="runc busybox-static docker-registry"

aptx() { # apt-get with private lists, cache and an empty dpkg status
  apt-get -q -o Dir::Etc::SourceList="$E/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State="$E/apt/state" -o Dir::State::status="$E/apt/status" -o Dir::Cache="$E/apt/cache" \
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
    -o APT::Sandbox::User=root -o Acquire::Languages=none "$@"; }

unpack() { # unpack DIR DEB...   (atomic: the directory appears complete or not at all)
  local dir=$1 deb; shift; rm -rf "$dir.tmp"; mkdir -p "$dir.tmp"
  for deb; do dpkg-deb -x "$deb" "$dir.tmp"; done
  rm -rf "$dir"; mv "$dir.tmp" "$dir"; }

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
host() { . /etc/os-release; echo "${VERSION_CODENAME:-bookworm}"; }
mirror() { local m; m=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources | head -1); echo "${m:?no mirror in debian.sources}"; }

lists() { # lists SUITE...   apt's private lists, and an empty directory for packages
  local s m; m=$(mirror); rm -rf "$E/debs" "$E/apt"
  mkdir -p "$E"/apt/state/lists/partial "$E"/apt/cache/archives/partial "$E"/debs
  for s; do echo "deb [signed-by=$KEYRING] $m $s main"; done > "$E/apt/sources.list"; : > "$E/apt/status"
  aptx update >&2; }

# shellcheck disable=SC2046,SC2059,SC2086  # package lists and globs are meant to split
fetch() {
  local host b
  host=$(host); mkdir -p "$E/cli" "$BIN"; lists "$host" "$SUITE"
  (cd "$E/debs"; aptx download $(printf "%s/$SUITE " $DOCKER_PKGS) $(printf "%s/$host " $HOST_PKGS) >&2)
  unpack "$D" $(printf "$E/debs/%s_*.deb " $DOCKER_PKGS)
  unpack "$H" $(printf "$E/debs/%s_*.deb " $HOST_PKGS)
  for b in usr/sbin/dockerd usr/sbin/docker-proxy usr/bin/docker usr/bin/containerd usr/bin/containerd-shim-runc-v2 \
    usr/libexec/docker/cli-plugins/docker-buildx; do ln -sf "$D/$b" "$BIN/"; done
  for b in usr/sbin/runc usr/bin/docker-registry bin/busybox usr/bin/busybox; do
    [ ! -e "$H/$b" ] || ln -sf "$H/$b" "$BIN/"; done
  printf '{"cliPluginsExtraDirs":["%s/usr/libexec/docker/cli-plugins"]}\n' "$D" > "$E/cli/config.json"
  rm -rf "$E/debs" "$E/apt"; touch "$E/.ready"
}

setup() { (flock 9; if [ ! -e "$E/.ready" ]; then fetch; fi) 9> "$E/.lock"; } # one at a time

debian() { # a minimal Debian as debootstrap makes it, with python3-pip, and a file repository that holds one package
  [ -s "$E/debian.tar" ] && return 0
  lists "$(host)"; rm -rf "$E/debian" "$E/debian.tar"
  (cd "$E/debs"; aptx download debootstrap hello >&2; dpkg-deb -x debootstrap_*.deb "$E/debs/d")
  DEBOOTSTRAP_DIR=$E/debs/d/usr/share/debootstrap "$E/debs/d/usr/sbin/debootstrap" --variant=minbase \
    --include=python3-pip --keyring="$KEYRING" "$(host)" "$E/debian" "$(mirror)" >"$E/debian.log" 2>&1 \
    || { tail -5 "$E/debian.log" >&2; return 1; }
  (
    cd "$E/debian"; mkdir repository; cp "$E"/debs/hello_*.deb repository/
    cd repository
    for f in *.deb; do
      dpkg-deb -f "$f" | sed '/^Description:/,$d'
      printf 'Filename: ./%s\nSize: %s\nSHA256: %s\nDescription: one\n\n' "$f" "$(stat -c %s "$f")" "$(sha256sum "$f" | cut -d' ' -f1)"
    done > Packages
    rm -rf ../var/lib/apt/lists/* ../etc/apt/sources.list.d/*
    echo 'deb [trusted=yes] file:/repository ./' > ../etc/apt/sources.list
    rm -rf ../var/cache/apt/archives/*.deb ../dev/* ../proc/* ../sys/*
  )
  tar -C "$E/debian" --numeric-owner -cf "$E/debian.tar.part" . && mv "$E/debian.tar.part" "$E/debian.tar"
  rm -rf "$E/debian" "$E/debs" "$E/apt"; }

running() { local s; s=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) && [ "${s%% *}" != Z ]; } # a zombie is not running
alive() { [ -s "$1" ] && running "$(cat "$1")"; }
wait_for() { local i; for ((i = 0; i < 600; i++)); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done; return 1; }
innet() { nsenter -t "$(cat "$S/net.pid")" -n -- "$@"; }

netns() { # one private network namespace, held by a sleeping process
  alive "$S/net.pid" && return 0
  rm -f "$S/net.up"
  BB=$BIN/busybox UP=$S/net.up setsid unshare --net -- sh -ec '$BB ip link set lo up
    $BB brctl addbr eng1; $BB ip addr add 172.30.1.1/24 dev eng1; $BB ip link set eng1 up
    : > $UP; exec sleep infinity' </dev/null >"$S/net.log" 2>&1 &
  echo $! > "$S/net.pid"; wait_for test -e "$S/net.up"; }

docker() {
  alive "$S/docker.pid" && return 0
  netns; rm -f "$S/docker.own.pid" "$S/sock"
  cat > "$S/daemon.json" <<EOF2
{"data-root":"$S/root","exec-root":"$S/exec","pidfile":"$S/docker.own.pid","hosts":["unix://$S/sock"],
 "bridge":"eng1","iptables":false,"ip6tables":false,"ip-forward":false,"userland-proxy":false,
 "features":{"containerd-snapshotter":true}}
EOF2
  PATH=$BIN:$PATH setsid nsenter -t "$(cat "$S/net.pid")" -n -- "$BIN/dockerd" --config-file "$S/daemon.json" \
    </dev/null >"$S/docker.log" 2>&1 &
  echo $! > "$S/docker.pid"
  wait_for env DOCKER_HOST="unix://$S/sock" DOCKER_CONFIG="$E/cli" "$BIN/docker" version \
    || { tail -5 "$S/docker.log" >&2; return 1; }; }

registry() {
  alive "$S/registry.pid" && return 0
  netns; cat > "$S/registry.yml" <<EOF2
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $S/registry}, delete: {enabled: true}}
http: {addr: "127.0.0.1:5000"}
EOF2
  setsid nsenter -t "$(cat "$S/net.pid")" -n -- "$BIN/docker-registry" serve "$S/registry.yml" \
    </dev/null >"$S/registry.log" 2>&1 &
  echo $! > "$S/registry.pid"; wait_for innet "$BIN/busybox" wget -q -O- http://127.0.0.1:5000/v2/; }

stop_pid() { # stop_pid FILE: TERM, wait up to 15 s, KILL
  local p; alive "$1" || { rm -f "$1"; return 0; }; p=$(cat "$1"); kill "$p"
  for _ in $(seq 300); do running "$p" || { rm -f "$1"; return 0; }; sleep 0.05; done
  kill -9 "$p"; rm -f "$1"; }
stop() { # the last one only if dockerd left it over
  local f; for f in docker registry net exec/containerd/containerd; do stop_pid "$S/$f.pid"; done; }

case ${1:-} in
  setup) mkdir -p "$E"; setup ;;
  start) shift; mkdir -p "$E" "$S"; setup
    for what in "${@:-docker}"; do case $what in docker|registry) $what ;; *) echo "unknown: $what" >&2; exit 2 ;; esac; done ;;
  stop) stop ;;
  debian) mkdir -p "$E"; debian; echo "$E/debian.tar" ;;
  net) shift; innet env PATH="$BIN:$PATH" "$@" ;;
  env) echo "export PATH=$BIN:\$PATH DOCKER_CONFIG=$E/cli DOCKER_HOST=unix://$S/sock" ;;
  status) for f in net docker registry; do alive "$S/$f.pid" && echo "$f $(cat "$S/$f.pid") up" || echo "$f down"; done ;;
  *) sed -n '2,9p' "$0" >&2; exit 2 ;;
esac
