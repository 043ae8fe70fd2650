#!/usr/bin/env bash
# Installs those of the named tools that are missing, from Debian's packages; says what to install where that can't be done.
# dotnet is only looked for: Debian has no package of it. What it needs itself, the ICU libraries, is installed.
set -euo pipefail

usage="Usage: bash deploy/install-tools.sh TOOL..., with the tools ceph-mon, ceph-osd, chromium, curl, docker-compose, dotnet, ffmpeg, icu, jq,
  postgresql, python-venv, radosgw, shellcheck, yt-dlp"

fail() {
  echo "install-tools: $*" >&2
  exit 1
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Asked in the repository's folder, whose global.json names the version.
dotnet_runs() { (cd "$root" && dotnet --version > /dev/null 2>&1); }

fail_without_dotnet() {
  local wanted
  wanted=$(sed -n 's/.*"version": *"\([0-9]*\)\..*/\1/p' "$root/global.json")
  fail "the .NET $wanted SDK is missing (or not on the PATH). Install it: https://dotnet.microsoft.com/download/dotnet/$wanted.0"
}

# ldconfig is not on everybody's PATH.
has_icu() { [[ $(PATH=$PATH:/sbin ldconfig -p 2> /dev/null) == *libicuuc.so* ]]; }

apt() {
  # Through env, since sudo drops the environment. Waits for another apt-get to finish.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" > "$output" 2>&1 < /dev/null
}

if (($# == 0)); then
  echo "$usage" >&2
  exit 2
fi

wants_dotnet=false
wants_icu=false
packages=()
for tool in "$@"; do
  case $tool in
    dotnet)
      command -v dotnet > /dev/null || fail_without_dotnet
      # Without ICU it is there and doesn't run.
      if ! dotnet_runs; then
        has_icu && fail_without_dotnet
        wants_dotnet=true
        wants_icu=true
      fi
      ;;
    ceph-mon | ceph-osd | chromium | curl | docker-compose | ffmpeg | jq | radosgw | shellcheck | yt-dlp) command -v "$tool" > /dev/null || packages+=("$tool") ;;
    icu) has_icu || wants_icu=true ;;
    # The server's programs are in a folder of their version, not on the PATH.
    postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || packages+=(postgresql) ;;
    # Debian has this part of Python in a package of its own.
    python-venv) python3 -c 'import ensurepip, venv' > /dev/null 2>&1 || packages+=(python3-venv) ;;
    *)
      echo "install-tools: $tool is unknown. $usage" >&2
      exit 2
      ;;
  esac
done

# A library, whose package has its version in its name: for apt-get a pattern.
icu='^libicu[0-9]+$'
if $wants_icu; then packages+=("$icu"); fi
((${#packages[@]} > 0)) || exit 0

names=${packages[*]/"$icu"/ICU}
by_hand="Install by hand: $names"
command -v apt-get > /dev/null || fail "this system has no apt-get. $by_hand"
as_root=()
if ((EUID != 0)); then
  command -v sudo > /dev/null || fail "neither root nor sudo. $by_hand"
  sudo true || fail "sudo doesn't let this user in. $by_hand"
  as_root=(sudo)
fi

output=$(mktemp)
trap 'rm -f "$output"' EXIT
echo "Installing $names ..."

# The lists of packages may be missing or older than the archive: then a second try with new ones.
if ! apt install --yes --no-install-recommends "${packages[@]}"; then
  if ! apt update || ! apt install --yes --no-install-recommends "${packages[@]}"; then
    tail -n 20 "$output" >&2
    fail "apt-get can't install it (see above). Is there a network, and does /etc/apt name a mirror of Debian's main archive? $by_hand"
  fi
fi

if $wants_dotnet && ! dotnet_runs; then fail_without_dotnet; fi
