"""An event goes in only as the next of a chain that its writer may see, and only an event moves a chain's head.

With raw SQL the runtime role could put an event into a stranger's chain, or set heads back to nothing.
"""

from django.db import migrations

# Subject of the chain, table of its rows. A test compares it with the models; a new one replaces the function.
SUBJECTS = {
    "application": "applications_application",
    "session": "applications_filingsession",
    "certificate": "certificates_certificate",
    "unit": "organizations_unit",
    "data_request": "organizations_datarequest",
    "batch": "review_batch",
    "export": "review_exportjob",
    "training_plan": "training_trainingplan",
}
HEAD_OF = "\n    ELSIF ".join(
    f"""NEW.subject = '{subject}' THEN
        SELECT audit_seq, audit_hash INTO head FROM {table} WHERE id = NEW.subject_id;"""  # noqa: S608 -- no input
    for subject, table in SUBJECTS.items()
)
HAS_A_ROW = "\n       ".join(
    f"OR NEW.subject = '{subject}' AND EXISTS (SELECT FROM {table} WHERE id = NEW.subject_id AND audit_seq > 0)"
    for subject, table in SUBJECTS.items()
)
REFUSE = """
CREATE FUNCTION event_refuse(rule text, says text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', says USING ERRCODE = 'check_violation', CONSTRAINT = rule, TABLE = 'organizations_event';
END $$;
"""

# Reads the head with the writer's own eyes: a chain that row-level security hides cannot be continued. What begins a
# chain may come before its row, as certificates of a batch do; the row must stand when the transaction ends.
CONTINUES = f"""
CREATE FUNCTION event_continues() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head record;
BEGIN
    IF {HEAD_OF}
    ELSE
        PERFORM event_refuse('an_event_continues_its_chain', format('no chain of %s', NEW.subject));
    END IF;
    IF (NEW.seq, NEW.prev) IS DISTINCT FROM (coalesce(head.audit_seq, 0) + 1, coalesce(head.audit_hash, '')) THEN
        PERFORM event_refuse('an_event_continues_its_chain', 'an event is the next of a chain its writer may see');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER event_continues BEFORE INSERT ON organizations_event
    FOR EACH ROW EXECUTE FUNCTION event_continues();

CREATE FUNCTION event_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT (EXISTS (SELECT FROM organizations_event e WHERE e.subject = NEW.subject
                     AND e.subject_id = NEW.subject_id AND e.act = 'deleted')
       {HAS_A_ROW}) THEN
        PERFORM event_refuse('a_chain_has_its_row', 'a chain begins with the row it is about');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER event_begins AFTER INSERT ON organizations_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.seq = 1) EXECUTE FUNCTION event_begins();
"""

HEAD = """
CREATE FUNCTION chain_head_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before integer := 0;
    last bytea := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD.audit_seq;
        last := OLD.audit_hash;
    END IF;
    IF NEW.audit_seq <> before + 1 OR NOT EXISTS (
        SELECT FROM organizations_event e
         WHERE e.subject = TG_ARGV[0] AND e.subject_id = NEW.id AND e.seq = NEW.audit_seq
           AND e.prev = last AND e.hash = NEW.audit_hash) THEN
        PERFORM event_refuse('only_an_event_moves_the_head', format('the head of a chain of %s', TG_ARGV[0]));
    END IF;
    RETURN NEW;
END $$;
"""
HEADS = "".join(
    f"""
CREATE TRIGGER chain_head_begins BEFORE INSERT ON {table} FOR EACH ROW
    WHEN (NEW.audit_seq <> 0 OR NEW.audit_hash <> '') EXECUTE FUNCTION chain_head_guard('{subject}');
CREATE TRIGGER chain_head_moves BEFORE UPDATE OF audit_seq, audit_hash ON {table} FOR EACH ROW
    WHEN (NEW.audit_seq <> OLD.audit_seq OR NEW.audit_hash <> OLD.audit_hash)
    EXECUTE FUNCTION chain_head_guard('{subject}');
"""
    for subject, table in SUBJECTS.items()
)
FORWARDS = REFUSE + CONTINUES + HEAD + HEADS
BACK = (
    "".join(
        f"DROP TRIGGER chain_head_moves ON {table};\nDROP TRIGGER chain_head_begins ON {table};\n"
        for table in SUBJECTS.values()
    )
    + """
DROP TRIGGER event_begins ON organizations_event;
DROP TRIGGER event_continues ON organizations_event;
DROP FUNCTION chain_head_guard();
DROP FUNCTION event_begins();
DROP FUNCTION event_continues();
DROP FUNCTION event_refuse(text, text);
"""
)


class Migration(migrations.Migration):
    dependencies = [("organizations", "0020_pinned_paths")]

    operations = [migrations.RunSQL(FORWARDS, BACK)]
