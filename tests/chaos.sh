#!/usr/bin/env bash
# Kills, stops and freezes nodes over a PostgreSQL that is restarted, for as long as you like. tests/run.sh does so for one round.
set -euo pipefail

usage="Usage: bash tests/chaos.sh [--minutes N] [--seed S]

  --minutes N  how long at least, in rounds of 2,000 jobs; 10 if not given
  --seed S     the schedule of deaths; a run prints its seed, and the same seed makes the same schedule
  --help       this"

minutes=10
seed=$RANDOM
while (($# > 0)); do
  case $1 in
    --minutes | --seed)
      if [[ ! ${2:-} =~ ^[0-9]+$ ]]; then
        printf 'chaos: %s needs a whole number\n\n%s\n' "$1" "$usage" >&2
        exit 2
      fi
      if [[ $1 == --minutes ]]; then minutes=$2; else seed=$2; fi
      shift 2
      ;;
    --help)
      echo "$usage"
      exit 0
      ;;
    *)
      printf 'chaos: %s is unknown\n\n%s\n' "$1" "$usage" >&2
      exit 2
      ;;
  esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash deploy/install-tools.sh dotnet postgresql
echo "Chaos for at least $minutes minute(s), seed $seed"
export VIDEOPIPELINE_CHAOS_MINUTES=$minutes VIDEOPIPELINE_TEST_SEED=$seed
exec dotnet test tests/VideoPipeline.IntegrationTests --nologo --filter FullyQualifiedName~ChaosTests --logger "console;verbosity=normal"
