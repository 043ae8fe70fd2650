#!/usr/bin/env bash
# Prints the SQL that creates or upgrades the tables, for a database administrator to read and run. Touches no database.
set -euo pipefail

usage="Usage: bash deploy/schema.sh PostgreSql|SqlServer > schema.sql

With VideoPipeline__Storage__Migrate=false the service creates nothing itself and only checks that all is there."

if (($# != 1)) || [[ $1 == --help ]]; then
  echo "$usage"
  exit $(($# == 1 ? 0 : 2))
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash deploy/install-tools.sh dotnet

# What the build says is no SQL.
dotnet build src/VideoPipeline.Server -nologo -v quiet -clp:NoSummary >&2
exec dotnet run --no-build --project src/VideoPipeline.Server -- schema "$1"
