#!/usr/bin/env bash
# The benchmarks: each figure is a ratio against its baseline in the same run. --json FILE writes them to a file, too.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ $# -gt 0 && "$1" == --help ]]; then
  echo "usage: bash tests/bench.sh [--json FILE]"
  exit 0
fi

bash deploy/install-tools.sh ffmpeg
project=tests/VideoPipeline.Benchmarks
echo "Building"
dotnet build "$project" -c Release --nologo -v quiet -clp:ErrorsOnly
exec dotnet "$project/bin/Release/net10.0/VideoPipeline.Benchmarks.dll" "$@"
