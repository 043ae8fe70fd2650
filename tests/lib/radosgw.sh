# shellcheck shell=bash
# A throwaway S3 server, Ceph's radosgw over one monitor and one OSD, on free ports of the loopback interface. For sourcing:
#
#   radosgw_start FOLDER   starts it in an existing folder and exports VIDEOPIPELINE_TEST_S3, http://ACCESS:SECRET@127.0.0.1:PORT
#   radosgw_stop           ends it; what is in the folder is of no use then
#
# Needs the Debian packages radosgw, ceph-mon and ceph-osd.

radosgw_processes=()
radosgw_folder=

# A port that nobody listens on, below those that the system gives to outgoing connections.
radosgw_free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 10000))
    if ! (: > "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then
      echo "$port"
      return
    fi
  done
}

radosgw_configure() {
  local monitor_port=$1 gateway_port=$2
  # Sparse: it takes what is written. When it is full, the gateway only waits.
  local block_size=$((64 << 30))
  cat << CONFIG
[global]
fsid = $(< /proc/sys/kernel/random/uuid)
mon host = v1:127.0.0.1:$monitor_port
mon initial members = a
ms bind msgr2 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
mon allow pool size one = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = bluestore
osd memory target = 939524096
bluestore block create = true
bluestore block size = $block_size
mon data = $radosgw_folder/mon
osd data = $radosgw_folder/osd
rgw data = $radosgw_folder/rgw
run dir = $radosgw_folder
admin socket =
log to stderr = false
log file = $radosgw_folder/\$name.log
rgw frontends = beast endpoint=127.0.0.1:$gateway_port
CONFIG
}

# Says which step failed, with the last of what it and the servers have written.
radosgw_step() {
  local what=$1
  shift
  if ! timeout --kill-after=5 60 "$@" > "$radosgw_folder/step.out" 2>&1; then
    echo "radosgw: $what failed: $*" >&2
    tail -n 20 "$radosgw_folder"/*.out "$radosgw_folder"/*.log >&2
    return 1
  fi
}

# The same, again until it goes, for half a minute: for what depends on a server that has just been started.
radosgw_step_when_ready() {
  local tries
  for ((tries = 0; tries < 30; tries++)); do
    ! timeout --kill-after=5 10 "${@:2}" > /dev/null 2>&1 || break
    sleep 1
  done
  radosgw_step "$@"
}

radosgw_launch() {
  local name=$1
  shift
  "$@" > "$radosgw_folder/$name.out" 2>&1 < /dev/null &
  radosgw_processes+=("$!")
}

radosgw_start() {
  radosgw_folder=$1
  local monitor_port gateway_port access=test-access-key secret=test-secret-key
  monitor_port=$(radosgw_free_port)
  gateway_port=$(radosgw_free_port)
  mkdir -p "$radosgw_folder"/{mon,osd,rgw}
  radosgw_configure "$monitor_port" "$gateway_port" > "$radosgw_folder/ceph.conf"
  local -x CEPH_CONF=$radosgw_folder/ceph.conf

  radosgw_step "the monitor's map" monmaptool --create --fsid "$(sed -n 's/^fsid = //p' "$CEPH_CONF")" \
    --addv a "[v1:127.0.0.1:$monitor_port]" "$radosgw_folder/monmap" &&
    radosgw_step "the monitor's store" ceph-mon -i a --mkfs --monmap "$radosgw_folder/monmap" &&
    radosgw_launch mon ceph-mon -i a -f &&
    radosgw_step_when_ready "asking the monitor" ceph osd stat &&
    radosgw_step "adding the OSD" ceph osd create &&
    radosgw_step "the OSD's store" ceph-osd -i 0 --mkfs &&
    radosgw_launch osd ceph-osd -i 0 -f &&
    radosgw_step "placing the OSD" ceph osd crush add osd.0 1 root=default host=localhost &&
    radosgw_step "adding the user" radosgw-admin user create --uid=test --display-name=test --access-key="$access" --secret-key="$secret" &&
    radosgw_launch gateway radosgw -n client.gateway -f &&
    radosgw_wait "http://127.0.0.1:$gateway_port/" || return 1
  export VIDEOPIPELINE_TEST_S3=http://$access:$secret@127.0.0.1:$gateway_port
}

radosgw_wait() {
  local url=$1 tries
  for ((tries = 0; tries < 300; tries++)); do
    ! curl --silent --fail --max-time 5 --output /dev/null "$url" || return 0
    kill -0 "${radosgw_processes[-1]}" 2> /dev/null || break
    sleep 0.2
  done
  echo "radosgw: the gateway doesn't answer at $url" >&2
  tail -n 20 "$radosgw_folder"/*.out "$radosgw_folder"/*.log >&2
  return 1
}

# Without a farewell: nothing of it is wanted any more, and an orderly end takes seconds.
radosgw_stop() {
  local process
  for process in "${radosgw_processes[@]}"; do
    kill -KILL "$process" 2> /dev/null || true
    wait "$process" 2> /dev/null || true
  done
  radosgw_processes=()
}
