#!/bin/sh
# Roles, passwords and the database, on a server that answers at PGHOST. Running it again changes nothing
# but the passwords, which follow the secret files.
set -eu

here=$(dirname "$0")
PGPASSWORD=$(cat /run/secrets/postgres_password)
export PGPASSWORD PGUSER=postgres

psql -X -q -v ON_ERROR_STOP=1 -d postgres -f "$here/roles.sql"
psql -X -q -v ON_ERROR_STOP=1 -d postgres <<'SQL'
\set owner_password `cat /run/secrets/owner_password`
\set app_password `cat /run/secrets/app_password`
\set worker_password `cat /run/secrets/worker_password`
ALTER ROLE cehours_owner PASSWORD :'owner_password';
ALTER ROLE cehours_app PASSWORD :'app_password';
ALTER ROLE cehours_worker PASSWORD :'worker_password';
SELECT 'CREATE DATABASE cehours OWNER cehours_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'cehours')
\gexec
SQL

PGPASSWORD=$(cat /run/secrets/owner_password) psql -X -q -v ON_ERROR_STOP=1 \
    -U cehours_owner -d cehours -f "$here/database.sql"
