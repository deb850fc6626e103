-- Privileges inside one database of cehours. Run as cehours_owner, who owns the database, before the
-- first migration; running it again changes nothing.

ALTER SCHEMA public OWNER TO cehours_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO cehours_app;
-- A temporary table would stand before ours of the same name. (A restored database forgets this: run the file again.)
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

-- What migrations create later is usable by the runtime role; taking privileges away again (append-only
-- tables, for example) is the business of the migration that creates the table.
ALTER DEFAULT PRIVILEGES FOR ROLE cehours_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cehours_app;
ALTER DEFAULT PRIVILEGES FOR ROLE cehours_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO cehours_app;
ALTER DEFAULT PRIVILEGES FOR ROLE cehours_owner IN SCHEMA public
    GRANT EXECUTE ON FUNCTIONS TO cehours_app;
