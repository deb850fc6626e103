"""Row-level security of people, messages and outbox; the audit chain's hash and its append-only guards."""

from django.db import migrations

from organizations.walls import ME_PERSON, SOMEBODY, SYSTEM, protect, revoke, unprotect

EVENT_HASH = """
CREATE FUNCTION event_hash(
    seq integer, prev bytea, subject text, subject_id uuid, act text, user_id bigint, person_id uuid,
    unit_id uuid, at timestamptz, facts text
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(concat_ws(E'\\x1f',
        seq::text, encode(prev, 'hex'), subject, subject_id::text, act, coalesce(user_id::text, ''),
        coalesce(person_id::text, ''), coalesce(unit_id::text, ''),
        to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), facts), 'UTF8'))
$$;

CREATE FUNCTION event_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Time and hash are the database's, whoever writes: a single act, a batch, or somebody by hand.
    NEW.at := clock_timestamp();
    NEW.facts := coalesce(NEW.facts, '{}');
    NEW.hash := event_hash(NEW.seq, NEW.prev, NEW.subject, NEW.subject_id, NEW.act, NEW.user_id,
                           NEW.person_id, NEW.unit_id, NEW.at, NEW.facts);
    RETURN NEW;
END $$;
CREATE TRIGGER event_seal BEFORE INSERT ON organizations_event FOR EACH ROW EXECUTE FUNCTION event_seal();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER event_only_grows BEFORE UPDATE OR DELETE ON organizations_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON organizations_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE organizations_event ADD CONSTRAINT event_facts_are_json CHECK (facts IS JSON OBJECT);
"""

EVENT_HASH_BACK = """
ALTER TABLE organizations_event DROP CONSTRAINT event_facts_are_json;
DROP TRIGGER event_is_never_emptied ON organizations_event;
DROP TRIGGER event_only_grows ON organizations_event;
DROP TRIGGER event_seal ON organizations_event;
DROP FUNCTION refuse_change();
DROP FUNCTION event_seal();
DROP FUNCTION event_hash(integer, bytea, text, uuid, text, bigint, uuid, uuid, timestamptz, text);
"""

# A registration must learn that a person is known, and nothing else about them.
PERSON_WITH_INDEX = """
CREATE FUNCTION person_with_index(wanted bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT id FROM organizations_person WHERE id_index = wanted
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]

    operations = [
        migrations.RunSQL(EVENT_HASH, EVENT_HASH_BACK),
        migrations.RunSQL(PERSON_WITH_INDEX, "DROP FUNCTION person_with_index(bytea);"),
        migrations.RunSQL(
            protect(
                "organizations_person",
                select=f"id = {ME_PERSON} OR {SYSTEM}",
                insert=SOMEBODY,
                update=f"id = {ME_PERSON} OR {SYSTEM}",
            ),
            unprotect("organizations_person", "select", "insert", "update"),
        ),
        migrations.RunSQL(
            protect("organizations_message", select=SYSTEM, insert=SOMEBODY, update=SYSTEM),
            unprotect("organizations_message", "select", "insert", "update"),
        ),
        migrations.RunSQL(
            protect("organizations_outboxitem", select=SYSTEM, insert=SOMEBODY, update=SYSTEM),
            unprotect("organizations_outboxitem", "select", "insert", "update"),
        ),
        migrations.RunSQL(
            revoke("organizations_event", "UPDATE", "DELETE", "TRUNCATE")
            + revoke("organizations_person", "DELETE")
            + revoke("django_migrations", "INSERT", "UPDATE", "DELETE"),
            migrations.RunSQL.noop,
        ),
    ]
