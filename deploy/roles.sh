#!/bin/sh
# Runs once, when the database's volume is empty: the two roles of docs/guide/server.md.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres \
    --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" <<'SQL'
CREATE ROLE porchlight_owner LOGIN CREATEDB PASSWORD :'owner';
CREATE ROLE porchlight_app LOGIN PASSWORD :'app';
GRANT porchlight_app TO porchlight_owner;
CREATE DATABASE porchlight OWNER porchlight_owner
    TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE porchlight FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE porchlight TO porchlight_app;
SQL
