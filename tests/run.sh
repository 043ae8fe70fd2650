#!/usr/bin/env bash
# Runs every test: installs what they need, builds once, and counts. A run that crashes, hangs or finds nothing has failed.
set -euo pipefail

usage="Usage: bash tests/run.sh [--fast]

  --fast   only what needs nothing but the .NET SDK: the build, the code's format, the unit tests
  --help   this

The sample videos are kept in .tools/test-media; VIDEOPIPELINE_TEST_MEDIA names another folder.
An S3 server is started for the tests, unless VIDEOPIPELINE_TEST_S3 names one (http://ACCESS:SECRET@HOST:PORT).
The temporary folder (TMPDIR) needs 12 GB."

fast=false
for argument in "$@"; do
  case $argument in
    --fast) fast=true ;;
    --help)
      echo "$usage"
      exit 0
      ;;
    *)
      printf 'run: %s is unknown\n\n%s\n' "$argument" "$usage" >&2
      exit 2
      ;;
  esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/lib/radosgw.sh
source tests/lib/radosgw.sh
passed=0
failed=0
skipped=0
failures=()

# What was begun and hasn't been waited for yet, by name: the process that leads its group.
declare -A running=()

# As it is shipped; also what the quickstart builds, which is among the tests.
configuration=Release

# Everything temporary of everything started here is in one folder, and gone with it.
temporary=$(mktemp -d)
export TMPDIR=$temporary
export MSBUILDDISABLENODEREUSE=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en

# The tests stop the servers that they start, unless they are killed themselves.
stop_postgresql() {
  local file
  for file in "$temporary"/*/data/postmaster.pid; do
    [[ ! -e $file ]] || kill -QUIT "$(head -n 1 "$file")" 2> /dev/null || true
  done
}

clean_up() {
  trap '' INT TERM HUP
  # Of a run that is broken off while these tests hang it is what is asked for first.
  [[ -z ${running[heavy]:-} ]] || cat "$temporary/heavy.log" || true
  # timeout passes the signal on to all that it runs.
  ((${#running[@]} == 0)) || kill -TERM "${running[@]}" 2> /dev/null || true
  ((${#running[@]} == 0)) || wait "${running[@]}" || true
  radosgw_stop
  stop_postgresql
  # Processes that are just ending may still write.
  rm -rf "$temporary" || rm -rf "$temporary" || true
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# begin NAME TIME COMMAND...; in the background, since bash doesn't act on signals while something runs in the foreground.
begin() {
  timeout --kill-after=30 "${@:2}" < /dev/null &
  running[$1]=$!
}

# Waits for what was begun under this name.
finish() {
  local process=${running[$1]} status=0
  wait "$process" || status=$?
  unset "running[$1]"
  ((status != 124 && status != 137)) || echo "$1: not finished in time." >&2
  # What a killed test run has started and couldn't stop is still in its group.
  kill -KILL -- "-$process" 2> /dev/null || true
  return "$status"
}

within() {
  begin "$2" "$@"
  finish "$2"
}

fail() {
  failed=$((failed + 1))
  failures+=("FAILED: $1")
}

# A check that passes or fails as a whole.
check() {
  printf '\n== %s\n' "$1"
  begin "$@"
  end_check "$1"
}

end_check() {
  if finish "$1"; then
    passed=$((passed + 1))
    echo "$1: passed"
  else
    fail "$1"
    return 1
  fi
}

# Of the attribute of a result file's <Counters>.
counter() { sed -n "s/.*<Counters[^>]* $1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1; }

# The failed tests of a result file: names, and the first lines of what they say.
failed_tests() {
  awk '
    /<UnitTestResult / {
      failed = /outcome="(Failed|Error|Timeout|Aborted)"/
      name = $0
      sub(/.*testName="/, "", name)
      sub(/" .*/, "", name)
      if (failed) print "FAILED: " name
    }
    failed && /<Message>/ { lines = 4 }
    failed && lines > 0 { gsub(/^ *(<Message>)?|<\/Message>.*/, ""); print "    " $0; lines-- }
    /<\/Message>|<StackTrace>/ { lines = 0 }
  ' "$1" | sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&#xD;//g; s/&amp;/\&/g'
}

# begin_tests NAME TIME NICENESS PROJECT [ARGUMENT...]; the console has the failed tests' names and messages, the result file the numbers.
begin_tests() {
  begin "$1" "$2" nice -n "$3" dotnet test "tests/$4" --configuration "$configuration" --no-build --nologo "${@:5}" \
    --logger "trx;LogFileName=$temporary/$1.trx" --results-directory "$temporary/results" --logger "console;verbosity=minimal" \
    --blame-hang --blame-hang-timeout 10m --blame-hang-dump-type none
}

count_tests() {
  local results=$temporary/$1.trx status=0 total=0 good=0 bad=0 name number lines
  finish "$1" || status=$?
  if [[ -s $results ]]; then
    total=$(counter total "$results")
    good=$(counter passed "$results")
    for name in failed error timeout aborted; do
      number=$(counter "$name" "$results")
      bad=$((bad + ${number:-0}))
    done
  fi
  passed=$((passed + ${good:-0}))
  failed=$((failed + bad))
  skipped=$((skipped + ${total:-0} - ${good:-0} - bad))

  if ((bad > 0)); then
    # Again at the end of it all: what is printed in between is long.
    mapfile -t lines < <(failed_tests "$results")
    failures+=("${lines[@]}")
  fi
  if ((status != 0 && (bad == 0 || status != 1))); then
    fail "$1: the run crashed, hung or couldn't start (exit code $status)"
  elif ((${total:-0} == 0)); then
    fail "$1: no tests were found"
  fi
}

# Two halves side by side: tests that mostly wait, and with low priority those that compute. See TestCategories.cs.
integration_tests() {
  local project=VideoPipeline.IntegrationTests
  printf '\n== %s\n' "$project"
  begin_tests "heavy" 30m 5 "$project" --filter "TestCategory=Heavy&TestCategory!=Explicit" > "$temporary/heavy.log" 2>&1
  begin_tests "others" 30m 0 "$project" --filter "TestCategory!=Heavy&TestCategory!=Explicit"
  count_tests "others"
  count_tests "heavy"
  cat "$temporary/heavy.log"
}

start_s3() {
  [[ -z ${VIDEOPIPELINE_TEST_S3:-} ]] || return 0
  if ! timeout --foreground 15m bash deploy/install-tools.sh ceph-mon ceph-osd radosgw < /dev/null || ! radosgw_start "$temporary/radosgw"; then
    fail "the S3 server doesn't start"
  fi
}

run() {
  bash deploy/install-tools.sh dotnet || { fail "the .NET SDK is missing"; return; }
  if ! $fast; then
    export VIDEOPIPELINE_TEST_MEDIA=${VIDEOPIPELINE_TEST_MEDIA:-$PWD/.tools/test-media}
    # In the foreground, where sudo can ask for a password.
    timeout --foreground 15m bash deploy/install-tools.sh chromium curl docker-compose ffmpeg icu jq postgresql shellcheck yt-dlp < /dev/null || fail "tools that the tests need are missing"
    within 10m bash deploy/sample-videos.sh "$VIDEOPIPELINE_TEST_MEDIA" || fail "the sample videos are missing"
    check "shellcheck" 2m shellcheck -x deploy/*.sh tests/*.sh tests/lib/*.sh || true
    check "docker-compose.yml" 1m bash deploy/check-compose.sh || true
  fi

  # Without build servers: they would outlive this script.
  check "build" 10m dotnet build VideoPipeline.sln --configuration "$configuration" --disable-build-servers -nologo -v quiet -clp:NoSummary || return 0
  printf '\n== format and VideoPipeline.Tests\n'
  begin "format" 10m nice dotnet format VideoPipeline.sln --verify-no-changes --no-restore
  begin_tests "VideoPipeline.Tests" 5m 0 VideoPipeline.Tests
  $fast || start_s3
  count_tests "VideoPipeline.Tests"
  end_check "format" || true
  $fast || integration_tests
}

run
((passed + failed > 0)) || fail "nothing ran"
echo
((${#failures[@]} == 0)) || printf '%s\n' "${failures[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
