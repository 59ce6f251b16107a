#!/usr/bin/env bash
# Builds the image that sandboxes run in, wegent-executor:latest, on the Docker engine of DOCKER_HOST (or the default one).
#
#   samples/deploy/build-executor-image.sh                  on an ordinary base image, which the engine pulls
#   samples/deploy/build-executor-image.sh --no-registry    without any image registry: the base is made of Debian's packages
#
#   --tag NAME        name of the image             (wegent-executor:latest)
#   --base IMAGE      base with glibc and apt-get    (debian:trixie-slim)
#   --claude FILE     a Claude Code program for Linux, instead of fetching one from npm
#
# It needs: the .NET SDK, clang and zlib's headers (the executor is compiled ahead of time), npm, the docker command;
# for --no-registry also root and mmdebstrap. What is downloaded or made once is kept in ${XDG_CACHE_HOME:-~/.cache}/wegent.
set -u -o pipefail
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
REPO="$(cd "$HERE/../.." && pwd)"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/wegent"
CLAUDE_VERSION="${WEGENT_CLAUDE_VERSION:-2.1.197}" # the version the ClaudeCode agent is tested with
DEBIAN_PACKAGES=git,ca-certificates
BASE="" TAG=wegent-executor:latest CLAUDE="" NO_REGISTRY=false

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

while [ $# -gt 0 ]; do
  case "$1" in
    --no-registry) NO_REGISTRY=true ;;
    --tag | --base | --claude)
      [ $# -ge 2 ] || fail "$1 needs a value"
      case "$1" in --tag) TAG=$2 ;; --base) BASE=$2 ;; --claude) CLAUDE=$2 ;; esac
      shift
      ;;
    -h | --help) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) say "error: unknown argument $1"; sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done

case "$(uname -sm)" in
  "Linux x86_64") RID=linux-x64 CLAUDE_PACKAGE=@anthropic-ai/claude-code-linux-x64 ;;
  "Linux aarch64") RID=linux-arm64 CLAUDE_PACKAGE=@anthropic-ai/claude-code-linux-arm64 ;;
  *) fail "the executor is compiled for the machine this runs on, which must be Linux on x64 or arm64 (this is $(uname -sm)); on Windows use WSL" ;;
esac

# need PROGRAM PACKAGE WHY
need() { PATH="$PATH:/usr/sbin" command -v "$1" > /dev/null || fail "$1 is missing ($3); on Debian or Ubuntu: sudo apt-get install $2"; }
need dotnet dotnet-sdk-10.0 "it builds the executor"
need clang clang "it links the executor"
[ -e /usr/include/zlib.h ] || fail "zlib's headers are missing (the executor is linked with zlib); on Debian or Ubuntu: sudo apt-get install zlib1g-dev"
need docker docker.io "it builds the image"
docker version > /dev/null 2>&1 || fail "no Docker engine answers at ${DOCKER_HOST:-the default address}: $(docker version 2>&1 | tail -n 1)"

AT=$SECONDS
# done_step TEXT: says what was done and how long it took.
done_step() { say "$1 ($((SECONDS - AT)) s)"; AT=$SECONDS; }

WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$CACHE" "$WORK/context" || exit 1

# The executor
# Restored without --runtime first: with it, the lock files of libraries would change.
if ! { dotnet restore "$REPO/src/Wegent.Executor" --verbosity quiet \
  && dotnet publish "$REPO/src/Wegent.Executor" --no-restore --configuration Release --runtime "$RID" --output "$REPO/artifacts/executor" \
    --nologo --verbosity quiet; } > "$WORK/log" 2>&1; then
  cat "$WORK/log" >&2
  fail "the executor could not be published; the lines above say why"
fi
cp "$REPO/artifacts/executor/wegent-executor" "$WORK/context/" || exit 1
done_step "executor: $(du -h "$WORK/context/wegent-executor" | cut -f1), artifacts/executor/wegent-executor"

# Claude Code: one native program, in the platform's npm package
if [ -z "$CLAUDE" ]; then
  CLAUDE="$CACHE/claude-code-$CLAUDE_VERSION/node_modules/$CLAUDE_PACKAGE/claude"
  if [ ! -f "$CLAUDE" ]; then
    need npm npm "it fetches Claude Code"
    npm install --silent --no-save --ignore-scripts --prefix "$CACHE/claude-code-$CLAUDE_VERSION" "$CLAUDE_PACKAGE@$CLAUDE_VERSION" >&2 \
      || fail "npm could not fetch $CLAUDE_PACKAGE@$CLAUDE_VERSION; give a program with --claude FILE"
  fi
fi
[ -f "$CLAUDE" ] || fail "there is no Claude Code program at $CLAUDE"
cp --reflink=auto "$CLAUDE" "$WORK/context/claude" && chmod 755 "$WORK/context"/* || exit 1
done_step "Claude Code: $(du -h "$WORK/context/claude" | cut -f1)"

# The base, when there is no registry to pull it from: Debian's own packages, made into an image once
if $NO_REGISTRY; then
  [ -z "$BASE" ] || fail "--base and --no-registry exclude each other"
  [ "$(id -u)" -eq 0 ] || fail "--no-registry needs root (mmdebstrap installs packages into a folder)"
  need mmdebstrap mmdebstrap "it makes the base of Debian's packages"
  SUITE="$(. /etc/os-release && [ "${ID:-}" = debian ] && printf '%s' "${VERSION_CODENAME:-}")"
  SUITE="${SUITE:-bookworm}"
  BASE="wegent-executor-base:$SUITE"
  ROOTFS="$CACHE/$SUITE-$RID-${DEBIAN_PACKAGES//,/-}.tar"
  if [ ! -f "$ROOTFS" ]; then
    say "making a base of Debian $SUITE; this takes about a minute, once"
    mmdebstrap --quiet --format=tar --variant=minbase --include="$DEBIAN_PACKAGES" --dpkgopt='path-exclude=/usr/share/man/*' \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' --aptopt='APT::Sandbox::User "root"' \
      "$SUITE" "$ROOTFS.part" > "$WORK/log" 2>&1 \
      || { tail -n 20 "$WORK/log" >&2; rm -f "$ROOTFS.part"; fail "mmdebstrap failed; the lines above are its log"; }
    mv "$ROOTFS.part" "$ROOTFS" || exit 1
    done_step "base packages: $(du -h "$ROOTFS" | cut -f1)"
  fi
  if ! docker image inspect "$BASE" > /dev/null 2>&1; then
    docker import --message "Debian $SUITE with $DEBIAN_PACKAGES" "$ROOTFS" "$BASE" > /dev/null || fail "the engine could not import $ROOTFS"
    done_step "base image: $BASE"
  fi
fi

build=(docker build --file "$HERE/executor.Dockerfile" --tag "$TAG")
[ -z "$BASE" ] || build+=(--build-arg "BASE=$BASE")
if $NO_REGISTRY; then build+=(--network none); fi # everything that the steps need is in the base
if ! "${build[@]}" "$WORK/context" > "$WORK/log" 2>&1; then
  tail -n 30 "$WORK/log" >&2
  if grep -qi 'registry\|failed to resolve' "$WORK/log"; then say "(no registry to pull from? try --no-registry)"; fi
  fail "the engine could not build the image; the lines above say why"
fi

# What is in it must run in it: a base with an older C library than this machine's would show here.
docker run --rm --network none --entrypoint /bin/sh "$TAG" -c 'git --version && claude --version && wegent-executor --version' > "$WORK/log" 2>&1 \
  || { cat "$WORK/log" >&2; fail "the image was built, but its programs do not run in it; the lines above say why (choose another --base)"; }
done_step "image: $TAG, $(docker image inspect --format '{{.Size}}' "$TAG" | awk '{ printf "%.0f MB", $1 / 1000000 }'): $(paste -s -d ',' "$WORK/log" | sed 's/,/, /g')"
