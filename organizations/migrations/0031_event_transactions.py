"""Each event says in which transaction it was written, so that a checkpoint takes up each once.

Events from before have none and go into the first checkpoint. The number is the database's, whoever writes.
"""

from django.db import migrations

FORWARDS = """
ALTER TABLE organizations_event ADD COLUMN xid xid8;
CREATE INDEX event_by_transaction ON organizations_event (xid, id);
CREATE FUNCTION event_transaction() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.xid := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER event_transaction BEFORE INSERT ON organizations_event
    FOR EACH ROW EXECUTE FUNCTION event_transaction();
"""
BACK = """
DROP TRIGGER event_transaction ON organizations_event;
DROP FUNCTION event_transaction();
DROP INDEX event_by_transaction;
ALTER TABLE organizations_event DROP COLUMN xid;
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0021_chain_walls")]

    operations = [migrations.RunSQL(FORWARDS, BACK)]
