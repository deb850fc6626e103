"""A provider, and its program, see what they delivered; how it stands with us is seen by the province and its person.

Deliveries carry chains of events. Whoever is entered as a person, or renamed, is found by records that waited.
"""

from django.db import migrations

from organizations.walls import ME_CLIENT, ME_PERSON, ME_UNIT, SOMEBODY, SYSTEM, protect, revoke, unprotect

PROVINCE = f"(SELECT EXISTS (SELECT FROM organizations_unit u WHERE u.id = {ME_UNIT} AND u.bureau_level = 'province'))"  # noqa: S608
MINE = f"(SELECT p.id FROM training_provider p WHERE p.id = {ME_CLIENT} OR p.unit_id = {ME_UNIT})"  # noqa: S608
LOOKED_AT = "(state IN ('flagged', 'mismatch') OR decided_at IS NOT NULL)"
OF_STANDING = "EXISTS (SELECT FROM training_recordstanding s WHERE s.record_id = training_learningrecord.id)"

# A program has no person and no unit; it puts one thing into the outbox.
RING = """
CREATE POLICY organizations_outboxitem_client ON organizations_outboxitem FOR INSERT
    WITH CHECK ((SELECT current_setting('app.kind', true)) = 'client' AND task = 'training.take_up');
"""
# What became of the rows stands in later events, which their sender does not read. The event comes before its row, so a
# program reads back what it wrote in the same transaction.
EVENTS = """
CREATE POLICY organizations_event_of_delivery ON organizations_event FOR SELECT USING (
    subject = 'delivery' AND act = 'delivered' AND (
        (xid = pg_current_xact_id_if_assigned() AND (SELECT current_setting('app.kind', true)) = 'client')
        OR EXISTS (SELECT FROM training_delivery d WHERE d.id = organizations_event.subject_id)));
"""
# The functions of organizations 0021, with one chain more than they know today.
CHAIN = """
DO $$
DECLARE
    continues text := pg_get_functiondef('event_continues()'::regprocedure);
    begins text := pg_get_functiondef('event_begins()'::regprocedure);
    head text := 'IF NEW.subject = ''application'' THEN';
    row_of text := 'OR NEW.subject = ''application'' AND';
BEGIN
    IF position(head IN continues) = 0 OR position(row_of IN begins) = 0 THEN
        RAISE EXCEPTION 'the chain functions are not those of organizations 0021';
    END IF;
    EXECUTE replace(continues, head, $f$IF NEW.subject = 'delivery' THEN
        SELECT audit_seq, audit_hash INTO head FROM training_delivery WHERE id = NEW.subject_id;
    ELSIF NEW.subject = 'application' THEN$f$);
    EXECUTE replace(begins, row_of, $f$OR NEW.subject = 'delivery' AND EXISTS (
        SELECT FROM training_delivery WHERE id = NEW.subject_id AND audit_seq > 0)
       OR NEW.subject = 'application' AND$f$);
END $$;
CREATE TRIGGER chain_head_begins BEFORE INSERT ON training_delivery FOR EACH ROW
    WHEN (NEW.audit_seq <> 0 OR NEW.audit_hash <> '') EXECUTE FUNCTION chain_head_guard('delivery');
CREATE TRIGGER chain_head_moves BEFORE UPDATE OF audit_seq, audit_hash ON training_delivery FOR EACH ROW
    WHEN (NEW.audit_seq <> OLD.audit_seq OR NEW.audit_hash <> OLD.audit_hash)
    EXECUTE FUNCTION chain_head_guard('delivery');
"""
# Registration, whatever service enters the person, and the task that follows commit together.
FOUND = """
CREATE FUNCTION training_records_await() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM training_recordstanding s
                WHERE s.id_index = NEW.id_index AND s.state IN ('waiting', 'mismatch')) THEN
        INSERT INTO organizations_outboxitem (id, task, key, state, attempts, run_after, error, created_at)
        VALUES (gen_random_uuid(), 'training.take_waiting', NEW.id::text, 'pending', 0, clock_timestamp(), '',
                clock_timestamp())
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER records_await_a_person AFTER INSERT OR UPDATE OF name, id_index ON organizations_person
    FOR EACH ROW EXECUTE FUNCTION training_records_await();
"""
FOUND_BACK = """
DROP TRIGGER records_await_a_person ON organizations_person;
DROP FUNCTION training_records_await();
"""


def walls(table: str, *revoked: str, **policies: str) -> migrations.RunSQL:
    held_less = revoke(table, *revoked) if revoked else ""
    return migrations.RunSQL(protect(table, **policies) + held_less, unprotect(table, *policies))


class Migration(migrations.Migration):
    dependencies = [("training", "0120_feeds"), ("organizations", "0031_event_transactions")]

    operations = [
        walls(
            "training_provider",
            "DELETE",
            select=f"{SOMEBODY} OR id = {ME_CLIENT}",  # who reports is no secret; a program sees itself
            insert=PROVINCE,
            update=PROVINCE,
        ),
        walls(
            "training_providercredential",
            "DELETE",
            select=f"provider_id = {MINE} OR {SYSTEM}",
            insert=f"provider_id = {MINE}",
            update=f"provider_id = {MINE}",
        ),
        walls(
            "training_delivery",
            "DELETE",
            select=f"provider_id = {MINE} OR {SYSTEM} OR {PROVINCE}",
            insert=f"provider_id = {MINE}",
            update=f"{SYSTEM} OR {PROVINCE}",
        ),
        walls(
            "training_recordstanding",
            "DELETE",
            select=f"person_id = {ME_PERSON} OR {SYSTEM} OR ({PROVINCE} AND {LOOKED_AT})",
            insert=SYSTEM,
            update=f"{SYSTEM} OR ({PROVINCE} AND {LOOKED_AT})",
        ),
        walls(
            "training_learningrecord",
            "UPDATE",
            "DELETE",
            select=f"provider_id = {MINE} OR {SYSTEM} OR {OF_STANDING}",
            insert=f"provider_id = {MINE}",
        ),
        migrations.RunSQL(RING, "DROP POLICY organizations_outboxitem_client ON organizations_outboxitem;"),
        migrations.RunSQL(EVENTS, "DROP POLICY organizations_event_of_delivery ON organizations_event;"),
        migrations.RunSQL(CHAIN, migrations.RunSQL.noop),
        migrations.RunSQL(FOUND, FOUND_BACK),
    ]
