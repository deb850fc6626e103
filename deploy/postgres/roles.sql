-- The three roles of cehours. Run as a superuser, once per cluster; running it again changes nothing.
-- Passwords are no part of it: set them with ALTER ROLE … PASSWORD where roles log in over the network.

-- Owns everything, runs migrations and backups. Bypasses the row policies: under FORCE ROW LEVEL
-- SECURITY an owner that does not bypass would silently change 0 rows in a data migration.
SELECT 'CREATE ROLE cehours_owner'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cehours_owner')
\gexec
ALTER ROLE cehours_owner LOGIN NOSUPERUSER BYPASSRLS CREATEDB NOCREATEROLE NOREPLICATION;

-- Serves people (web). Owns nothing, bypasses nothing.
SELECT 'CREATE ROLE cehours_app'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cehours_app')
\gexec
ALTER ROLE cehours_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
-- The server's log says which constraint a row broke, and neither what stood in the row nor the statement, which
-- holds the same values: names and telephones stay out.
ALTER ROLE cehours_app SET log_error_verbosity = terse;
ALTER ROLE cehours_app SET log_min_error_statement = panic;

-- Works (worker, beat, manage.py). May what cehours_app may, and is believed when it says that it is the system, which
-- the policies believe of nobody else. A role of another name that works is made a member: GRANT cehours_worker TO name;
SELECT 'CREATE ROLE cehours_worker'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cehours_worker')
\gexec
ALTER ROLE cehours_worker LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE cehours_worker SET log_error_verbosity = terse;
ALTER ROLE cehours_worker SET log_min_error_statement = panic;
GRANT cehours_app TO cehours_worker;
