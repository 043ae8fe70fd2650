#!/usr/bin/env bash
# The benchmarks: each figure is a ratio against its baseline in the same run. --json FILE writes them to a file, too.
set -euo pipefail

if [[ $# -gt 0 && "$1" == --help ]]; then
  echo "usage: bash tests/bench.sh [--json FILE]"
  exit 0
fi

# Relative to where it was typed, not to the repository.
if [[ $# -eq 2 && $1 == --json && $2 != /* ]]; then set -- --json "$PWD/$2"; fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash deploy/install-tools.sh dotnet ffmpeg
project=tests/VideoPipeline.Benchmarks
echo "Building"
dotnet build "$project" -c Release --nologo -v quiet -clp:ErrorsOnly
exec dotnet "$project/bin/Release/net10.0/VideoPipeline.Benchmarks.dll" "$@"
