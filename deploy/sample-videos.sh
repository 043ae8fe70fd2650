#!/usr/bin/env bash
# Fetches a handful of real video files for trying things out and for the tests, about 11 MB when done:
# Debian packages are downloaded and unpacked without being installed. Needs no root.
set -euo pipefail

usage="Usage: bash deploy/sample-videos.sh DIR"
dir=${1:?$usage}

mecavideo=usr/share/pymecavideo/data/video
opencv=usr/share/doc/opencv-doc/examples/data
videos=(
  "python3-mecavideo $mecavideo/balle-jbart.mp4"
  "python3-mecavideo $mecavideo/balle1-vp9.avi"
  "python3-mecavideo $mecavideo/Effet_force_magnetique.ogv"
  "opencv-doc $opencv/vtest.avi"
  "opencv-doc $opencv/Megamind.avi"
)
truncated=truncated.mp4

fail() {
  echo "sample-videos: $*" >&2
  exit 1
}

# Prints the packages that have a video that is not there yet.
missing_packages() {
  local video
  for video in "${videos[@]}"; do
    [[ -s $dir/$(basename "${video#* }") ]] || echo "${video%% *}"
  done | sort -u
}

mkdir -p "$dir" || fail "cannot create $dir"
mapfile -t packages < <(missing_packages)

if ((${#packages[@]} > 0)); then
  if ! command -v apt-get > /dev/null || ! command -v dpkg > /dev/null; then
    fail "this system has no apt-get. Put any video files into $dir by hand; for the tests, take those of Debian's packages" \
      "python3-mecavideo and opencv-doc (https://packages.debian.org), unpacked with: ar x PACKAGE.deb && tar xf data.tar.*"
  fi

  temporary=$(mktemp -d)
  trap 'rm -rf "$temporary"' EXIT

  # apt's own lists if they know the packages, else fresh ones in the temporary folder, which needs no root.
  apt_options=()
  fresh_lists() {
    echo "Fetching the lists of packages ..."
    mkdir -p "$temporary/lists/partial" "$temporary/cache/archives/partial"
    apt_options=(-o "Dir::State::Lists=$temporary/lists" -o "Dir::Cache=$temporary/cache" -o APT::Sandbox::User=)
    apt-get "${apt_options[@]}" -qq update || fail "apt-get update failed; is there a network, and a Debian mirror in /etc/apt?"
  }
  fetch() {
    (cd "$temporary" && apt-get "${apt_options[@]}" -o APT::Sandbox::User= -qq download "$1")
  }

  apt-cache show "${packages[@]}" > /dev/null 2>&1 || fresh_lists
  for package in "${packages[@]}"; do
    echo "Fetching the Debian package $package ..."
    if ! fetch "$package" && ((${#apt_options[@]} == 0)); then
      # The lists are older than the archive, which has another version by now.
      fresh_lists
      fetch "$package" || true
    fi
    compgen -G "$temporary/${package}_*.deb" > /dev/null ||
      fail "cannot download the package $package; is there a network, and does /etc/apt name a mirror of Debian's main archive?"
    dpkg -x "$temporary/$package"_*.deb "$temporary/files"
  done

  for video in "${videos[@]}"; do
    path=${video#* }
    name=$(basename "$path")
    [[ -s $dir/$name ]] && continue
    [[ -s $temporary/files/$path ]] || fail "the package ${video%% *} has no $path any more"

    # Under a hidden name first: a watched folder must not see half a file.
    cp "$temporary/files/$path" "$dir/.$name.tmp"
    mv "$dir/.$name.tmp" "$dir/$name"
    echo "  $dir/$name"
  done
fi

if [[ ! -s $dir/$truncated ]]; then
  # What a broken copy looks like: an MP4 whose index, at its end, is missing.
  head -c 60000 "$dir/balle-jbart.mp4" > "$dir/.$truncated.tmp"
  mv "$dir/.$truncated.tmp" "$dir/$truncated"
  echo "  $dir/$truncated (cut off on purpose)"
fi

echo "The sample videos are in $dir."
