#!/usr/bin/env bash
# Whether docker-compose understands its files, with either database. Needs no engine, and no .env.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export VIDEOPIPELINE_DATABASE_PASSWORD=x VIDEOPIPELINE_S3_ACCESS_KEY=x VIDEOPIPELINE_S3_SECRET_KEY=x
docker-compose -f docker-compose.yml config -q
docker-compose -f docker-compose.yml -f docker-compose.postgres.yml config -q
