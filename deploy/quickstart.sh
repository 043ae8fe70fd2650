#!/usr/bin/env bash
# Shows the whole pipeline at work: builds and starts a service of its own, gives it a channel, follows the channel's videos
# through all stages, and says what was published and where.
set -euo pipefail

usage="Usage: bash deploy/quickstart.sh [--channel URL-OR-FOLDER] [--data DIR] [--serve]

  --channel URL-OR-FOLDER  publish these videos, which must be your own; without it, sample videos are fetched
  --data DIR               where the service keeps everything (default: data)
  --serve                  keep the service running afterwards, until Ctrl-C
  --help                   this

The service listens where ASPNETCORE_URLS says; else with --serve at http://127.0.0.1:5080, when that is free, else at a free port."

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$root/src/VideoPipeline.Cli/bin/Release/net10.0/VideoPipeline.Cli.dll
start_seconds=60
stop_seconds=60

data=data
source=
serve=false
server=
following=

fail() {
  echo "quickstart: $*" >&2
  exit 1
}

wrong_usage() {
  printf 'quickstart: %s\n\n%s\n' "$1" "$usage" >&2
  exit 2
}

read_arguments() {
  while (($# > 0)); do
    case $1 in
      --channel | --data)
        [[ -n ${2:-} ]] || wrong_usage "$1 needs a value"
        if [[ $1 == --data ]]; then data=$2; else source=$2; fi
        shift
        ;;
      --serve) serve=true ;;
      --help)
        echo "$usage"
        exit 0
        ;;
      *) wrong_usage "$1 is unknown" ;;
    esac
    shift
  done
  if [[ -n $source && $source != *://* && $source != file:* && ! -d $source ]]; then
    wrong_usage "--channel: there is no folder $source"
  fi
}

# Tells apart any two states of what is built: names, sizes and times of all files.
sources() {
  (cd "$root" && find src ./*.props ./global.json ./appsettings.json ./BannedSymbols.txt ./.editorconfig \( -name bin -o -name obj \) -prune -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort | cksum)
}

build() {
  local output=$temporary/build built=$root/src/VideoPipeline.Cli/obj/quickstart-built now
  now=$(sources)
  # Even to find that there is nothing to do takes a build several seconds.
  if [[ -e $program && -e $built && $(< "$built") == "$now" ]]; then return; fi

  echo "Building VideoPipeline (about a minute the first time) ..."
  # Build servers would outlive this script.
  dotnet build "$root/src/VideoPipeline.Cli" --configuration Release --disable-build-servers -nologo -v quiet -clp:NoSummary \
    > "$output" 2>&1 < /dev/null || {
    cat "$output" >&2
    fail "the build failed (see above)."
  }
  echo "$now" > "$built"
}

listen_address() {
  if [[ -n ${ASPNETCORE_URLS:-} ]]; then
    echo "$ASPNETCORE_URLS"
  elif $serve && ! (: > /dev/tcp/127.0.0.1/5080) 2> /dev/null; then
    echo http://127.0.0.1:5080
  else
    echo http://127.0.0.1:0
  fi
}

# The command line, which finds the service by VIDEOPIPELINE_URL.
videopipeline() { dotnet "$program" "$@" < /dev/null; }

start_service() {
  local log_start deadline=$((SECONDS + start_seconds)) dies_with_this=()
  touch "$log" || fail "cannot write to $log"
  log_start=$(($(stat -c %s "$log") + 1))
  # Even if this script is killed, the service stops.
  if setpriv --pdeathsig TERM true 2> /dev/null; then dies_with_this=(setpriv --pdeathsig TERM); fi
  "${dies_with_this[@]}" env VideoPipeline__Storage__Mode=Sqlite \
    Logging__Console__FormatterName=simple Logging__LogLevel__Microsoft.Hosting.Lifetime=Information \
    dotnet "$program" serve --data "$data" --url "$(listen_address)" \
    >> "$log" 2>&1 < /dev/null &
  server=$!

  until VIDEOPIPELINE_URL=$(tail -c "+$log_start" "$log" | sed -n 's/.*Now listening on: \(http:[^ ]*\).*/\1/p' | head -n 1) && [[ -n $VIDEOPIPELINE_URL ]]; do
    if ! is_running || ((SECONDS > deadline)); then
      tail -c "+$log_start" "$log" | tail -n 20 >&2
      fail "the service $(is_running && echo "wasn't ready within $start_seconds s" || echo "didn't start") (see above, and $log)."
    fi
    sleep 0.1
  done
  export VIDEOPIPELINE_URL
  videopipeline health --wait "${start_seconds}s" > "$temporary/health" || {
    cat "$temporary/health" >&2
    fail "the service isn't ready (see above, and $log)."
  }
  echo "The service runs at $VIDEOPIPELINE_URL (page: $VIDEOPIPELINE_URL/, dashboard: $VIDEOPIPELINE_URL/hangfire, log: $log)."
}

is_running() { kill -0 "$server" 2> /dev/null; }

# SIGTERM lets running jobs be given back; nothing is lost even by the SIGKILL.
stop_service() {
  local deadline=$((SECONDS + stop_seconds))
  [[ -n $server ]] || return 0
  kill -TERM "$server" 2> /dev/null || true
  while is_running; do
    if ((SECONDS > deadline)); then
      echo "quickstart: the service doesn't stop; killing it." >&2
      kill -KILL "$server" 2> /dev/null || true
      break
    fi
    sleep 0.1
  done
  wait "$server" 2> /dev/null || true
  server=
}

stop_following() {
  [[ -n $following ]] || return 0
  kill -TERM "$following" 2> /dev/null || true
  wait "$following" 2> /dev/null || true
  following=
}

clean_up() {
  local status=$?
  trap '' INT TERM HUP
  stop_following
  if ((status > 128)) && [[ -n $server ]]; then echo "Stopping the service; the next run goes on from here." >&2; fi
  stop_service
  rm -rf "$temporary"
}

# Names of channels are names of folders, too; see the service's rules for them.
name_of() {
  LC_ALL=C.UTF-8 sed -E "s/[^[:alnum:] _.()&',+-]/-/g; s/^[. ]+//; s/^(.{80}).*/\1/; s/ +\$//; s/^\$/Videos/" <<< "$1"
}

# Whoever types an address of this machine or network means it. What a source of elsewhere leads to there stays refused.
is_private() {
  [[ $1 =~ ^https?://(localhost[:/]|127\.|10\.|192\.168\.|172\.(1[6-9]|2[0-9]|3[01])\.|169\.254\.|\[::1\]|\[f[cde]) ]]
}

# Sets channel: the name of the channel over the source, which is added unless it is there.
find_or_add_channel() {
  local rights=own more=()
  if [[ -z $source ]]; then
    source=$data/samples
    channel=Samples
    rights=licensed
    more=(--attribution "From the Debian packages python3-mecavideo and opencv-doc, under their free licences")
    bash "$root/deploy/sample-videos.sh" "$source"
  elif [[ $source == *://* && $source != file:* ]]; then
    channel=${source#*://}
    channel=$(name_of "${channel#www.}")
    if is_private "$source/"; then more=(--allow-private-networks); fi
  else
    channel=$(name_of "$(basename "$source")")
  fi
  if [[ -d $source ]]; then source=$(cd "$source" && pwd -P); fi

  videopipeline channels add "$channel" "$source" --rights "$rights" "${more[@]}" --if-missing ||
    fail "there is no channel over $source (see above). Another data folder (--data) has channels of its own."
}

# Until no job of the channel waits or runs any more, those of earlier runs included; then the table.
follow() {
  local status=0
  # In the background, since bash doesn't act on signals while something runs in the foreground.
  dotnet "$program" channels scrape "$channel" --follow < /dev/null &
  following=$!
  wait -n "$following" "$server" || status=$?
  if ! is_running; then
    stop_following
    tail -n 20 "$log" >&2
    fail "the service ended unexpectedly (see above, and $log). Run this again to go on."
  fi
  following=
  ((status == 0)) || fail "not all is done (see above, and $log). Run this again to go on."
}

read_arguments "$@"
temporary=$(mktemp -d)
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

bash "$root/deploy/install-tools.sh" dotnet ffmpeg icu yt-dlp
mkdir -p "$data" || fail "cannot create $data"
data=$(cd "$data" && pwd)
log=$data/quickstart.log
build
start_service
find_or_add_channel
follow

if $serve; then
  echo "The service keeps running until Ctrl-C: page $VIDEOPIPELINE_URL/, API $VIDEOPIPELINE_URL/api (described at $VIDEOPIPELINE_URL/openapi/v1.json), dashboard $VIDEOPIPELINE_URL/hangfire"
  wait "$server" || true
  tail -n 20 "$log" >&2
  fail "the service ended unexpectedly (see above, and $log)."
fi
