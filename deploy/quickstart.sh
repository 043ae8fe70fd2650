#!/usr/bin/env bash
# Shows the whole pipeline at work: builds and starts a service of its own, gives it a channel, follows the channel's videos
# through all stages, and says what was published and where.
set -euo pipefail

usage="Usage: bash deploy/quickstart.sh [--channel URL-OR-FOLDER] [--data DIR] [--serve]

  --channel URL-OR-FOLDER  publish these videos, which must be your own; without it, sample videos are fetched
  --data DIR               where the service keeps everything (default: data)
  --serve                  keep the service running afterwards, until Ctrl-C
  --help                   this"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
start_seconds=60
stop_seconds=60
silence_seconds=30
follow_seconds=$((6 * 3600))

data=data
source=
serve=false
url=
server=
drawn=0

fail() {
  erase
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

build() {
  local output=$temporary/build
  echo "Building the service (about a minute the first time) ..."
  # Build servers would outlive this script.
  dotnet build "$root/src/VideoPipeline.Server" --configuration Release --disable-build-servers -nologo -v quiet -clp:NoSummary \
    > "$output" 2>&1 < /dev/null || {
    cat "$output" >&2
    fail "the build failed (see above)."
  }
}

start_service() {
  local log_start deadline=$((SECONDS + start_seconds)) dies_with_this=()
  touch "$log" || fail "cannot write to $log"
  log_start=$(($(stat -c %s "$log") + 1))
  # Even if this script is killed, the service stops.
  if setpriv --pdeathsig TERM true 2> /dev/null; then dies_with_this=(setpriv --pdeathsig TERM); fi
  "${dies_with_this[@]}" env VideoPipeline__DataDirectory="$data" VideoPipeline__Storage__Mode=Sqlite ASPNETCORE_URLS=http://127.0.0.1:0 \
    Logging__Console__FormatterName=simple Logging__LogLevel__Microsoft.Hosting.Lifetime=Information \
    dotnet "$root/src/VideoPipeline.Server/bin/Release/net10.0/VideoPipeline.Server.dll" >> "$log" 2>&1 < /dev/null &
  server=$!

  until url=$(tail -c "+$log_start" "$log" | sed -n 's/.*Now listening on: \(http:[^ ]*\).*/\1/p' | head -n 1) && [[ -n $url ]] &&
    curl -fsS --max-time 5 -o /dev/null "$url/health/ready" 2> /dev/null; do
    if ! is_running; then
      tail -c "+$log_start" "$log" | tail -n 20 >&2
      fail "the service didn't start (see above, and $log)."
    elif ((SECONDS > deadline)); then
      [[ -z $url ]] || curl -sS --max-time 5 "$url/health/ready" | jq -r '.checks | to_entries[] | select(.value.ok | not) | "\(.key): \(.value.detail)"' >&2
      fail "the service wasn't ready within $start_seconds s (see above, and $log)."
    fi
    sleep 0.1
  done
  echo "The service runs at $url (dashboard: $url/hangfire, log: $log)."
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

clean_up() {
  local status=$?
  trap '' INT TERM HUP
  erase
  if ((status > 128)) && [[ -n $server ]]; then echo "Stopping the service; the next run goes on from here." >&2; fi
  stop_service
  rm -rf "$temporary"
}

# Prints what an expression over lib/report.jq, the last argument, makes of standard input.
report() { jq -r -L "$root/deploy/lib" "${@:1:$#-1}" "include \"report\"; ${*: -1}"; }

# Prints the answer; a refusal ends the script with the service's reason.
post() {
  local status
  status=$(curl -sS --max-time 30 -o "$temporary/answer" -w '%{http_code}' -H 'Content-Type: application/json' -d "$2" "$url$1") ||
    fail "the service doesn't answer (see $log)."
  ((status < 300)) || fail "the service refuses $3: $(report refusal < "$temporary/answer")"
  cat "$temporary/answer"
}

# Prints all items of a list, as one array.
get_all() {
  local path=$1 cursor=
  while true; do
    curl -fsS --max-time 60 "$url$path?limit=500&cursor=$cursor" > "$temporary/page" || fail "the service doesn't answer (see $log)."
    jq -c '.items[]' "$temporary/page"
    cursor=$(jq -r '.nextCursor // empty' "$temporary/page")
    [[ -n $cursor ]] || break
  done | jq -s .
}

# Sets channel and channel_name: the channel over the source, which is added unless it is there.
find_or_add_channel() {
  local kind=folder rights=own attribution=null channels present
  if [[ -z $source ]]; then
    source=$data/samples
    channel_name=Samples
    rights=licensed
    attribution='"From the Debian packages python3-mecavideo and opencv-doc, under their free licences"'
    bash "$root/deploy/sample-videos.sh" "$source"
  elif [[ $source == *://* && $source != file:* ]]; then
    kind=ytdlp
    channel_name=$(jq -rn --arg source "$source" -L "$root/deploy/lib" 'include "report"; $source | sub("^[^:]*://(www\\.)?"; "") | channel_name')
  else
    channel_name=$(jq -rn --arg source "$(basename "$source")" -L "$root/deploy/lib" 'include "report"; $source | channel_name')
  fi
  if [[ $kind == folder && $source != file:* ]]; then source=$(cd "$source" && pwd -P); fi

  channels=$(get_all /api/channels)
  present=$(jq -r --arg name "$channel_name" '.[] | select(.name == $name) | .source.url' <<< "$channels")
  if [[ -z $present ]]; then
    channel=$(post /api/channels "$(jq -n --arg name "$channel_name" --arg kind "$kind" --arg url "$source" --arg rights "$rights" \
      --argjson attribution "$attribution" '{$name, source: {$kind, $url}, $rights, $attribution}')" "the channel $source" | jq .id)
    echo "Added the channel $channel_name over $source."
  elif [[ $present == "$source" || $source == file:* ]]; then
    channel=$(jq -r --arg name "$channel_name" '.[] | select(.name == $name) | .id' <<< "$channels")
    echo "The channel $channel_name over $present is there already."
  else
    fail "the data folder has a channel $channel_name already, but over $present. Use another data folder (--data), or rename one of them."
  fi
  [[ $kind != ytdlp ]] || bash "$root/deploy/install-tools.sh" yt-dlp
}

# Sets scrape to the id of the job that lists the channel's source.
start_scrape() {
  # A run that was killed may have left one.
  scrape=$(curl -fsS "$url/api/jobs?channelId=$channel&jobType=scrape&limit=1" |
    jq -r '.items[] | select(.status == "queued" or .status == "processing" or .status == "retrying") | .id')
  if [[ -z $scrape ]]; then
    scrape=$(post "/api/channels/$channel/scrape" '' "to scrape the channel" | jq .id)
  fi
  curl -fsS "$url/api/queue" | jq -r --arg url "$url" 'select([.. | .pauses? // empty | .[]] | length > 0)
    | "The queue is paused, so there is nothing to see until: curl -X POST \($url)/api/queue/resume"'
}

# The titles of the running videos, which jobs don't have; each is asked for once.
learn_titles() {
  local unknown
  unknown=$(jq -rs --slurpfile titles "$temporary/titles" --arg url "$url" \
    '[.[1].items[].videoId // empty | tostring] | unique - ($titles[0] | keys) | .[] | "\($url)/api/videos/\(.)"' "$temporary/poll")
  [[ -n $unknown ]] || return 0
  # shellcheck disable=SC2086 # one word for each URL
  curl -fsS --max-time 10 $unknown | jq -s --slurpfile titles "$temporary/titles" '$titles[0] + (map({"\(.id)": .title}) | add)' > "$temporary/titles.new"
  mv "$temporary/titles.new" "$temporary/titles"
}

erase() {
  ((drawn == 0)) || printf '\e[%dA\e[J\e[?25h' "$drawn"
  drawn=0
}

# Lines are cut off at the edge (?7l) instead of wrapped, so that they can be counted; the cursor is hidden (?25l).
draw() {
  local screen
  # shellcheck disable=SC2016 # $titles is jq's
  screen=$(report -s --slurpfile titles "$temporary/titles" 'screen($titles[0])' < "$temporary/poll")
  ((drawn == 0)) || printf '\e[%dA' "$drawn"
  printf '\e[?25l\e[?7l\e[J%s\e[?7h\n' "$screen"
  drawn=$(wc -l <<< "$screen")
}

print_changes() {
  local key line
  # shellcheck disable=SC2016 # $titles is jq's
  report -s --slurpfile titles "$temporary/titles" 'changes($titles[0])' < "$temporary/poll" > "$temporary/changes"
  while IFS=$'\t' read -r key line; do
    if [[ -z ${printed[$key]:-} ]]; then
      echo "$line"
      printed[$key]=yes
    fi
  done < "$temporary/changes"
}

# Until no job waits or runs any more, those of earlier runs included.
follow() {
  local answered=$SECONDS
  followed_since=$SECONDS
  declare -A printed=()
  echo '{}' > "$temporary/titles"
  while true; do
    if curl -fsS --max-time 10 "$url/api/statistics" "$url/api/jobs?status=processing&limit=500" > "$temporary/poll" 2> "$temporary/curl" && learn_titles; then
      answered=$SECONDS
      if [[ -t 1 ]]; then draw; else print_changes; fi
      jq -es '.[0] | .queued + .processing + .retrying > 0' "$temporary/poll" > /dev/null || break
    elif ! is_running || ((SECONDS - answered > silence_seconds)); then
      erase
      tail -n 20 "$log" >&2
      fail "the service $(is_running && echo "doesn't answer" || echo "ended unexpectedly") (see above, and $log). Run this again to go on."
    fi
    ((SECONDS - followed_since < follow_seconds)) || fail "not all videos have reached an end within $((follow_seconds / 3600)) h. Run this again to go on, or with --serve."
    sleep 0.5
  done
  erase
}

# The channel's videos, and those of others that this run went on with.
show_results() {
  local found
  curl -fsS "$url/api/jobs/$scrape" > "$temporary/scrape"
  if ! jq -e '.status == "completed"' "$temporary/scrape" > /dev/null; then
    fail "the channel $channel_name can't be listed: $(jq -r '.errorMessage // .status' "$temporary/scrape")"
  fi
  get_all /api/videos | jq --argjson channel "$channel" --argjson began "$began" '
    map(.worked_on = any(.stages[]; .updatedAt[:19] + "Z" | fromdate >= $began) | select(.channelId == $channel or .worked_on))' > "$temporary/videos"
  found=$(jq length "$temporary/videos")
  echo
  if ((found == 0)); then
    echo "The channel $channel_name has no videos: there are none in $source."
    return
  fi
  report table < "$temporary/videos"
  echo
  echo "$(report summary < "$temporary/videos"), after $((SECONDS - followed_since)) s."
}

read_arguments "$@"
began=$(date +%s)
temporary=$(mktemp -d)
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

bash "$root/deploy/install-tools.sh" dotnet ffmpeg icu curl jq
mkdir -p "$data" || fail "cannot create $data"
data=$(cd "$data" && pwd)
log=$data/quickstart.log
build
start_service
find_or_add_channel
start_scrape
follow
show_results

if $serve; then
  echo "The service keeps running until Ctrl-C: API $url/api (described at $url/openapi/v1.json), dashboard $url/hangfire"
  wait "$server" || true
  tail -n 20 "$log" >&2
  fail "the service ended unexpectedly (see above, and $log)."
fi
