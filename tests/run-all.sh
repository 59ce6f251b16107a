#!/usr/bin/env bash
# Runs everything: installs what is missing, starts the servers that tests need, builds, checks the format, runs all tests.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if tests ran and none failed.
#
#   tests/run-all.sh            everything
#   tests/run-all.sh Core Host  only tests/Wegent.Core.Tests and tests/Wegent.Host.Tests
#
# Reports of each test project land in artifacts/tests/ (xUnit XML, TRX, and the console output).
# It needs root for the Docker engine, which is its own: no server of the machine is used or touched.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec 2>&1 3>&1 # one stream, so that the lines stay in order and the last one is last

WEGENT_TEST_SERVICES="$(mktemp -d /tmp/wegent-tests.XXXXXX)"
. tests/services.sh

readonly REPORTS=artifacts/tests
readonly PROJECT_TIMEOUT="${WEGENT_TEST_PROJECT_TIMEOUT:-900}" # seconds for one test project; the slowest takes a few minutes
readonly STARTED=$SECONDS
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 NO_COLOR=1
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false # no build server stays behind
PASSED=0 FAILED=0 SKIPPED=0
RUNNING=""

finish() {
  trap - EXIT INT TERM HUP
  exec 1>&3 2>&3 3>&- # an interrupt may come while a test's output goes to its log
  # The test program that an interrupt caught in the middle, and what it had started.
  [ -z "$RUNNING" ] || { kill -TERM -- "-$RUNNING"; sleep 1; kill -KILL -- "-$RUNNING"; } 2> /dev/null
  stop_services
  rm -rf "$WEGENT_TEST_SERVICES"
  say "total $((SECONDS - STARTED)) s"
  printf '%d passed, %d failed, %d skipped\n' "$PASSED" "$FAILED" "$SKIPPED"
  exit "$1"
}
trap 'finish 130' INT
trap 'finish 143' TERM HUP
trap 'finish 1' EXIT

# check TITLE COMMAND...: one line before, one after with the time it took; counts as a failed test when it fails.
check() {
  local title=$1 at=$SECONDS
  shift
  say "== $title"
  if "$@"; then
    say "== $title: $((SECONDS - at)) s"
  else
    FAILED=$((FAILED + 1))
    say "== $title: FAILED after $((SECONDS - at)) s"
    return 1
  fi
}

# step TITLE COMMAND...: a check without which the rest makes no sense.
step() { check "$@" || finish 1; }

# interruptible COMMAND...: in a session of its own, so that an interrupt is handled at once and ends it with all it started.
interruptible() {
  local status
  setsid "$@" < /dev/null 3>&- &
  RUNNING=$!
  wait "$RUNNING"
  status=$?
  kill -KILL -- "-$RUNNING" 2> /dev/null # it must leave no process; if it did, that ends here
  RUNNING=""
  return "$status"
}

install_claude() { WEGENT_TEST_CLAUDE="$(claude_binary)" && export WEGENT_TEST_CLAUDE; }

executor_image() {
  interruptible samples/deploy/build-executor-image.sh --no-registry --claude "$WEGENT_TEST_CLAUDE" || return 1
  export WEGENT_TEST_EXECUTOR="$PWD/artifacts/executor/wegent-executor"
}

servers() {
  start_services || return 1
  eval "$(services_env)"
  export WEGENT_TEST_REQUIRE_SERVERS=1
}

# Runs the first command block of the README, which is what newcomers type first.
readme_command() {
  local command
  command="$(awk '/^```bash$/ { inside = 1; next } /^```$/ && inside { exit } inside' README.md)"
  [ -n "$command" ] || { say "README.md holds no bash block"; return 1; }
  say "$command"
  interruptible timeout 120 bash -c "$command" > "$REPORTS/readme.log" 2>&1 && return 0
  tail -n 20 "$REPORTS/readme.log" >&2
  return 1
}

# Sets PASSED, FAILED and SKIPPED from one report in xUnit's XML; an error outside a test (a fixture's cleanup) is a failure.
add_results() {
  local counts
  counts="$(awk '
    function attribute(name,   at) {
      at = match($0, " " name "=\"[0-9]+\"")
      return at ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0
    }
    BEGIN { RS = ">" }
    /<assembly / { passed += attribute("passed"); failed += attribute("failed") + attribute("errors"); skipped += attribute("skipped") }
    END { print passed + 0, failed + 0, skipped + 0 }' "$1")"
  read -r passed failed skipped <<< "$counts"
}

# Prints the name and the message of each failed test of one report.
print_failures() {
  awk '
    function plain(text) {
      gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "\x27", text)
      gsub(/&#xD;/, "", text); gsub(/&#xA;/, "\n", text); gsub(/&amp;/, "\\&", text)
      return text
    }
    function between(text, open, close_,   at) {
      at = index(text, open)
      if (!at) return ""
      text = substr(text, at + length(open))
      at = index(text, close_)
      return at ? substr(text, 1, at - 1) : text
    }
    BEGIN { RS = "<(test|error) " }
    /<failure/ {
      message = plain(between($0, "<message>", "</message>"))
      gsub(/\n/, "\n    ", message)
      printf "  FAILED %s\n    %s\n", plain(between(" " $0, " name=\"", "\"")), message
    }' "$1" >&2
}

run_tests() {
  local project=$1 name dll report log status passed failed skipped at=$SECONDS
  name="$(basename "$project")"
  dll="$(find "$project/bin/Debug" -maxdepth 2 -name "$name.dll" | head -n 1)"
  report="$REPORTS/$name.xml"
  log="$REPORTS/$name.log"
  say "== $name"
  interruptible timeout --kill-after=20 "$PROJECT_TIMEOUT" dotnet "$dll" -noColor -noLogo -longRunning 60 \
    -result-xml "$report" -result-trx "$REPORTS/$name.trx" > "$log" 2>&1
  status=$?

  passed=0 failed=0 skipped=0
  [ -s "$report" ] && add_results "$report"
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ] || [ $((passed + failed + skipped)) -eq 0 ]; then
    failed=$((failed + 1))
    tail -n 40 "$log" >&2
    case "$status" in
      124 | 137) say "  FAILED $name did not end within $PROJECT_TIMEOUT s; the lines above are the end of $log" ;;
      0) say "  FAILED $name ran no test" ;;
      *) say "  FAILED $name ended with code $status and no failed test; the lines above are the end of $log" ;;
    esac
  elif [ "$failed" -gt 0 ]; then
    print_failures "$report"
  fi
  PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
  say "== $name: $passed passed, $failed failed, $skipped skipped, $((SECONDS - at)) s"
}

projects=()
for project in tests/*.Tests; do
  name="${project#tests/Wegent.}" wanted=$(($# == 0))
  for only in "$@"; do [ "$only" = "${name%.Tests}" ] && wanted=1; done
  [ "$wanted" = 1 ] && projects+=("$project")
done
[ "${#projects[@]}" -gt 0 ] || { say "error: no test project is called $*; there are: $(cd tests && echo *.Tests)"; exit 2; }
rm -rf "$REPORTS" && mkdir -p "$REPORTS"

step "install what is missing" install_packages
step "Claude Code" install_claude
step "build" interruptible dotnet build Wegent.sln --nologo --verbosity quiet
check "README's first command" readme_command
check "format" interruptible dotnet format Wegent.sln --no-restore --verify-no-changes
step "servers" servers
step "executor image" executor_image
for project in "${projects[@]}"; do run_tests "$project"; done

[ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ] && finish 0
finish 1
