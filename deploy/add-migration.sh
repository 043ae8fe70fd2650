#!/usr/bin/env bash
# For developers: after a change of the model, adds a migration for each of the databases. Look through what it wrote.
set -euo pipefail

if (($# != 1)) || [[ $1 == --help ]]; then
  echo "Usage: bash deploy/add-migration.sh NAME, such as AddDescriptionOfVideos"
  exit $(($# == 1 ? 0 : 2))
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet tool restore > /dev/null
dotnet build src/VideoPipeline -nologo -v quiet -clp:NoSummary
for database in Sqlite PostgreSql SqlServer; do
  dotnet ef migrations add "$1" --no-build -p src/VideoPipeline -s src/VideoPipeline -c "${database}PipelineDbContext" -o "Database/Migrations/$database"
done
