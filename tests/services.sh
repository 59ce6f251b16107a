#!/usr/bin/env bash
# The servers that some tests need: a Docker engine, MariaDB and Redis, all of their own, on private sockets, folders and ports.
#
#   tests/services.sh start     start them in the background and print how to use them
#   tests/services.sh env       print the variables of the running ones: eval "$(tests/services.sh env)"
#   tests/services.sh stop      stop them and remove everything they wrote
#
# Then plain `dotnet test` finds them. tests/run-all.sh sources this file and does the same for one run.
# Needs root (the engine does). WEGENT_TEST_SERVICES names the folder that holds them; it must be short, since it holds a Unix socket.

readonly WEGENT_CLAUDE_VERSION="${WEGENT_CLAUDE_VERSION:-2.1.197}" # the version the agent's tests were recorded with
readonly WEGENT_TEST_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/wegent" # shared with samples/deploy/build-executor-image.sh

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; return 1; }

# ---- what must be installed ------------------------------------------------------------------------------------------

# program:package, for Debian and its relatives
readonly WEGENT_TEST_NEEDS="dockerd:docker.io iptables:iptables ip:iproute2 mariadbd:mariadb-server redis-server:redis-server \
git:git chromium:chromium clang:clang tini:tini mmdebstrap:mmdebstrap npm:npm busybox:busybox-static pkill:procps"

missing_packages() {
  local need
  for need in $WEGENT_TEST_NEEDS; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "${need%%:*}" > /dev/null || printf '%s ' "${need##*:}"
  done
  [ -e /usr/include/zlib.h ] || printf 'zlib1g-dev '
}

install_packages() {
  local missing
  missing="$(missing_packages)"
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    fail "missing: ${missing}- on Debian or Ubuntu: sudo apt-get install --no-install-recommends ${missing% }"
    return 1
  fi
  say "installing $missing"
  # The services that these packages bring must not start by themselves: the tests run their own.
  local policy=/usr/sbin/policy-rc.d guard=false log
  if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod +x "$policy" && guard=true; fi
  log="$(mktemp)"
  # shellcheck disable=SC2086 # a list of words
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } > "$log" 2>&1; then
    tail -n 20 "$log" >&2
    $guard && rm -f "$policy"
    rm -f "$log"
    fail "apt-get could not install: $missing"
    return 1
  fi
  $guard && rm -f "$policy"
  rm -f "$log"
}

# Prints the path of Claude Code's native binary, fetched once from npm into the cache.
claude_binary() {
  local arch package folder binary
  case "$(uname -m)" in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) fail "Claude Code has no Linux binary for $(uname -m)"; return 1 ;;
  esac
  package="@anthropic-ai/claude-code-linux-$arch"
  folder="$WEGENT_TEST_CACHE/claude-code-$WEGENT_CLAUDE_VERSION"
  binary="$folder/node_modules/$package/claude"
  if [ ! -x "$binary" ]; then
    command -v npm > /dev/null || { fail "npm is missing: it is needed to fetch $package"; return 1; }
    mkdir -p "$folder" || return 1
    say "fetching $package@$WEGENT_CLAUDE_VERSION from npm"
    npm install --silent --no-save --ignore-scripts --prefix "$folder" "$package@$WEGENT_CLAUDE_VERSION" >&2 \
      || { fail "npm could not install $package@$WEGENT_CLAUDE_VERSION"; return 1; }
    chmod +x "$binary"
  fi
  printf '%s\n' "$binary"
}

# ---- small pieces ----------------------------------------------------------------------------------------------------

# A loopback port that nobody listens on, outside the executors' range (10001-10100) and the kernel's own (32768 and up).
free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 10000))
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || { printf '%s\n' "$port"; return 0; }
  done
  fail "no free port between 20000 and 29999"
}

# A zombie is not alive: pid 1 of a container or a small machine may not reap what we started.
alive() { kill -0 "$1" 2> /dev/null && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2> /dev/null; }

# until_ready SECONDS PID LOG NAME COMMAND...: runs the command until it succeeds, the process dies or the time is over.
until_ready() {
  local seconds=$1 pid=$2 log=$3 name=$4 deadline
  shift 4
  deadline=$((SECONDS + seconds))
  while ! timeout 5 "$@" > /dev/null 2>&1; do
    if ! alive "$pid"; then
      tail -n 20 "$log" >&2
      fail "$name ended at once; the lines above are its log"
      return 1
    fi
    if [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 20 "$log" >&2
      fail "$name did not answer within $seconds s; the lines above are its log"
      return 1
    fi
    sleep 0.1
  done
}

# end_process PIDFILE SECONDS: SIGTERM, then SIGKILL for the process we started (never by name).
end_process() {
  local pid deadline
  pid="$(cat "$1" 2> /dev/null)" || return 0
  [ -n "$pid" ] || return 0
  kill -TERM "$pid" 2> /dev/null
  deadline=$((SECONDS + $2))
  while alive "$pid" && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.1; done
  kill -KILL "$pid" 2> /dev/null
  rm -f "$1"
}

# Starts a server in a session of its own, so that Ctrl-C reaches only this script, which then stops it in order.
# Under tini: the engine leaves orphans that pid 1 of a container or a small machine does not reap.
background() {
  local pidfile=$1 log=$2
  shift 2
  setsid tini -s -- "$@" > "$log" 2>&1 < /dev/null 3>&- &
  printf '%s\n' "$!" > "$pidfile"
}

# ---- the three servers -----------------------------------------------------------------------------------------------

# The engine gets a bridge of its own, since docker0 may be another engine's (and an engine without one deletes docker0).
# Where another engine has its rules in the firewall, ours writes none: it would flush them. Published ports work without.
start_engine() {
  local D="$WEGENT_TEST_SERVICES/docker" flags=() bridge subnet
  mkdir -p "$D"
  printf '{}\n' > "$D/daemon.json" # not the machine's own /etc/docker/daemon.json
  cat /proc/sys/net/ipv4/ip_forward > "$D/ip_forward" 2> /dev/null
  if ip link show docker0 > /dev/null 2>&1 || iptables -t nat -nL DOCKER > /dev/null 2>&1; then
    flags=(--iptables=false --ip6tables=false)
    touch "$D/guest"
  fi
  for _ in $(seq 50); do
    subnet="10.213.$((RANDOM % 256))"
    [ -n "$(ip -4 route show root "$subnet.0/24")" ] || break
  done
  bridge="wegent${subnet##*.}"
  printf '%s\n' "$bridge" > "$D/bridge"
  ip link add "$bridge" type bridge && ip address add "$subnet.1/24" dev "$bridge" && ip link set "$bridge" up \
    || { fail "the engine's bridge could not be made"; return 1; }
  background "$D/tini.pid" "$D/log" dockerd --data-root "$D/data" --exec-root "$D/exec" --host "unix://$D/docker.sock" \
    --pidfile "$D/pid" --config-file "$D/daemon.json" --bridge "$bridge" --shutdown-timeout 5 "${flags[@]}"
  until_ready 60 "$(cat "$D/tini.pid")" "$D/log" dockerd docker --host "unix://$D/docker.sock" version
}

stop_engine() {
  local D="$WEGENT_TEST_SERVICES/docker" ids
  [ -d "$D" ] || return 0
  if ids="$(timeout 20 docker --host "unix://$D/docker.sock" ps -aq 2> /dev/null)"; then
    # shellcheck disable=SC2086 # a list of ids
    [ -z "$ids" ] || timeout 60 docker --host "unix://$D/docker.sock" rm --force --volumes $ids > /dev/null 2>&1
    timeout 30 docker --host "unix://$D/docker.sock" network prune --force > /dev/null 2>&1
  fi
  end_process "$D/tini.pid" 20
  # What a killed engine may leave: mounts below its folders, its bridge, its chains in the firewall.
  awk -v d="$D/" 'index($2, d) == 1 { print $2 }' /proc/mounts | sort -r | while read -r at; do umount -l "$at"; done
  ip link delete "$(cat "$D/bridge")" 2> /dev/null
  if [ ! -e "$D/guest" ]; then
    remove_firewall_chains "$(cat "$D/bridge")"
    cat "$D/ip_forward" > /proc/sys/net/ipv4/ip_forward 2> /dev/null
  fi
  rm -rf "$D"
}

# remove_firewall_chains BRIDGE: what our engine wrote, which the machine did not have before.
remove_firewall_chains() {
  local table rule
  command -v iptables-save > /dev/null || return 0
  for table in nat filter; do
    iptables-save -t "$table" 2> /dev/null | sed -n "/DOCKER\|$1\|br-/s/^-A /-D /p" | while read -r rule; do
      # shellcheck disable=SC2086 # the rule's words
      iptables -t "$table" $rule 2> /dev/null
    done
    iptables-save -t "$table" 2> /dev/null | sed -n 's/^:\(DOCKER[^ ]*\) .*/\1/p' | while read -r rule; do
      iptables -t "$table" -F "$rule" 2> /dev/null
      iptables -t "$table" -X "$rule" 2> /dev/null
    done
  done
  iptables -P FORWARD ACCEPT 2> /dev/null # the engine had set it to DROP
}

start_mariadb() {
  local D="$WEGENT_TEST_SERVICES/mariadb" port
  mkdir -p "$D"
  mariadb-install-db --no-defaults --user=root --datadir="$D/data" --auth-root-authentication-method=normal --skip-test-db > "$D/install.log" 2>&1 \
    || { tail -n 20 "$D/install.log" >&2; fail "mariadb-install-db failed; the lines above are its log"; return 1; }
  port="$(free_port)" || return 1
  background "$D/tini.pid" "$D/log" mariadbd --no-defaults --user=root --datadir="$D/data" --bind-address=127.0.0.1 --port="$port" \
    --socket="$D/m.sock" --pid-file="$D/m.pid" --skip-name-resolve
  until_ready 60 "$(cat "$D/tini.pid")" "$D/log" mariadbd mariadb --no-defaults --user=root --socket="$D/m.sock" --execute "SELECT 1" || return 1
  printf '%s\n' "$port" > "$D/port"
}

stop_mariadb() {
  local D="$WEGENT_TEST_SERVICES/mariadb"
  [ -d "$D" ] || return 0
  timeout 10 mariadb-admin --no-defaults --user=root --socket="$D/m.sock" shutdown > /dev/null 2>&1
  end_process "$D/tini.pid" 10
  rm -rf "$D"
}

start_redis() {
  local D="$WEGENT_TEST_SERVICES/redis" port
  mkdir -p "$D"
  port="$(free_port)" || return 1
  background "$D/tini.pid" "$D/log" redis-server --port "$port" --bind 127.0.0.1 --dir "$D" --save '' --appendonly no
  until_ready 20 "$(cat "$D/tini.pid")" "$D/log" redis-server redis-cli -p "$port" ping || return 1
  printf '%s\n' "$port" > "$D/port"
}

stop_redis() {
  local D="$WEGENT_TEST_SERVICES/redis"
  [ -d "$D" ] || return 0
  end_process "$D/tini.pid" 5
  rm -rf "$D"
}

start_services() {
  [ "$(id -u)" -eq 0 ] || { fail "the test engine needs root: run this with sudo, or run plain 'dotnet test', which skips what needs servers"; return 1; }
  export PATH="$PATH:/usr/sbin:/sbin"
  mkdir -p "$WEGENT_TEST_SERVICES" && chmod 700 "$WEGENT_TEST_SERVICES" || return 1
  start_engine && start_mariadb && start_redis
}

stop_services() {
  stop_redis
  stop_mariadb
  stop_engine
  rmdir "$WEGENT_TEST_SERVICES" 2> /dev/null
  return 0
}

# The variables by which tests find the servers (tests/Wegent.TestKit/TestServices.cs reads them).
services_env() {
  local S="$WEGENT_TEST_SERVICES"
  [ -S "$S/docker/docker.sock" ] && printf 'export DOCKER_HOST=%q\n' "unix://$S/docker/docker.sock"
  [ -f "$S/mariadb/port" ] && printf 'export WEGENT_TEST_MYSQL=%q\n' "Server=127.0.0.1;Port=$(cat "$S/mariadb/port");User ID=root"
  [ -f "$S/redis/port" ] && printf 'export WEGENT_TEST_REDIS=%q\n' "127.0.0.1:$(cat "$S/redis/port")"
  return 0
}

# ---- by hand ---------------------------------------------------------------------------------------------------------

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -u
  WEGENT_TEST_SERVICES="${WEGENT_TEST_SERVICES:-/tmp/wegent-services}"
  case "${1:-}" in
    start)
      install_packages || exit 1
      claude="$(claude_binary)" || exit 1
      trap 'stop_services; exit 130' INT TERM
      start_services || { stop_services; exit 1; }
      services_env
      printf 'export WEGENT_TEST_CLAUDE=%q\n' "$claude"
      say "running in $WEGENT_TEST_SERVICES; for tests that run agents in containers, build the image once: samples/deploy/build-executor-image.sh --no-registry"
      ;;
    stop) stop_services ;;
    env)
      services_env
      binary="$(claude_binary 2> /dev/null)" && printf 'export WEGENT_TEST_CLAUDE=%q\n' "$binary"
      ;;
    *)
      sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
      exit 2
      ;;
  esac
fi
