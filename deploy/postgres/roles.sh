#!/usr/bin/env bash
# Runs once, on a new data volume: a role and a database per service; none can open another's.
set -euo pipefail

create() {
  local service=$1 password
  password=$(cat "/run/secrets/$1_database_password")
  psql -v ON_ERROR_STOP=1 --no-psqlrc -q -d postgres -v service="$service" -v password="$password" <<'SQL'
create role :"service" login password :'password';
create database :"service" owner :"service";
revoke all on database :"service" from public;
SQL
}

for service in partners students resources outcomes; do create "$service"; done
psql -v ON_ERROR_STOP=1 --no-psqlrc -q -d postgres -c 'revoke connect on database postgres, template1 from public'
