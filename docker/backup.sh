#!/bin/sh
# Dumps the database to BACKUP_DIR (default ./backups) and keeps the newest 14; needs pg_dump and DATABASE_URL.
# Restore into an empty database: pg_restore --no-owner --dbname "$DATABASE_URL" file.dump
set -eu
: "${DATABASE_URL:?set DATABASE_URL}"
dir="${BACKUP_DIR:-backups}"
mkdir -p "$dir"
file="$dir/call-centre-$(date -u +%Y%m%dT%H%M%SZ).dump"
pg_dump --format=custom --no-owner --file "$file.part" "$DATABASE_URL"
mv "$file.part" "$file"
ls -1t "$dir"/call-centre-*.dump | tail -n +15 | xargs -r rm --
echo "$file"
