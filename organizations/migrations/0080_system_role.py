"""Who is the system, and what pages asked of it until now: each a function of one question or one act.

`app.kind` is a setting that any session may write. Only sessions of the workers' group (deploy/postgres/roles.sql) are
believed when it says `system`, and our own functions while they run as the owner. Where the group does not exist yet,
the setting is believed as before: an installation goes on until its operator makes it (docs/operations.md).
review/0080 hands all policies over to `app_kind()`.
"""

# ruff: noqa: S608 -- fragments of our own, no input
from django.db import migrations

from organizations.walls import ACT, ME_PERSON, ME_UNIT, ME_USER, PATH, QUESTION, SYSTEM, protect, unprotect

KIND = f"""
CREATE FUNCTION acts_as_system() RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN current_setting('app.kind', true) IS NOT DISTINCT FROM 'system'
       AND (to_regrole('cehours_worker') IS NULL OR pg_has_role(session_user, 'cehours_worker', 'MEMBER'));
END $$;

CREATE FUNCTION app_kind() RETURNS text LANGUAGE plpgsql STABLE {PATH} AS $$
DECLARE
    kind text := current_setting('app.kind', true);
BEGIN
    IF kind IS DISTINCT FROM 'system' OR acts_as_system() OR current_user = (
        SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'organizations_event'::regclass) THEN
        RETURN kind;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION act_refuse(says text) RETURNS void LANGUAGE plpgsql {PATH} AS $$
BEGIN
    RAISE EXCEPTION '%', says USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'an_act_is_of_its_actor';
END $$;
"""

# Beyond what its caller may do to the subject's row it can do nothing; functions that run as the owner call it.
EVENTS = f"""
CREATE FUNCTION event_record(about text, key uuid, what text, said jsonb, by_user bigint DEFAULT NULL,
                             by_person uuid DEFAULT NULL, by_unit uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql {PATH} AS $$
DECLARE
    rows_of regclass := CASE about
        WHEN 'application' THEN 'applications_application'
        WHEN 'certificate' THEN 'certificates_certificate'
        WHEN 'training_plan' THEN 'training_trainingplan'
        WHEN 'unit' THEN 'organizations_unit' END;
    link record;
BEGIN
    EXECUTE format('SELECT audit_seq + 1 AS seq, audit_hash AS prev FROM %s WHERE id = $1 FOR UPDATE', rows_of)
        INTO STRICT link USING key;
    INSERT INTO organizations_event (subject, subject_id, seq, act, user_id, person_id, unit_id, facts, prev)
    VALUES (about, key, link.seq, what, by_user, by_person, by_unit, (said || '{{"v": 2}}')::text, link.prev)
    RETURNING seq, hash INTO link;
    EXECUTE format('UPDATE %s SET audit_seq = $2, audit_hash = $3 WHERE id = $1', rows_of)
        USING key, link.seq, link.hash;
END $$;
"""

# Whose numbers an actor may ask: the own unit; of the province's bureau all units, of the others their territory's
# 市州 and 无隶属 ones.
KEPT = f"""
CREATE FUNCTION unit_is_kept(wanted uuid) RETURNS boolean LANGUAGE sql STABLE {PATH} AS $$
    SELECT EXISTS (
        SELECT FROM organizations_unit own JOIN organizations_unit kept ON kept.id = wanted
        WHERE own.id = {ME_UNIT} AND own.active
          AND (kept.id = own.id
               OR own.bureau_level = 'province' AND left(kept.region_id, 2) = left(own.region_id, 2)
               OR own.bureau_level IN ('city', 'county') AND kept.bureau_level = ''
                  AND kept.affiliation IN ('city', 'none')
                  AND left(kept.region_id, CASE own.bureau_level WHEN 'city' THEN 4 ELSE 6 END)
                    = left(own.region_id, CASE own.bureau_level WHEN 'city' THEN 4 ELSE 6 END)))
$$;
"""
# Registering: whether a name is that of a known person, whose row stays locked, so that two registrations cannot both
# pass; and whether who closed an account may come back with this contact.
REGISTERING = f"""
CREATE FUNCTION person_is_named(wanted uuid, written_key text) RETURNS boolean {ACT} AS $$
DECLARE
    known text;
BEGIN
    SELECT name_key(name) INTO known FROM organizations_person WHERE id = wanted FOR UPDATE;
    RETURN coalesce(known = written_key AND known <> '', false);
END $$;

CREATE FUNCTION person_may_come_back(wanted uuid, digest text) RETURNS boolean {QUESTION} AS $$
    SELECT coalesce((SELECT settled_by_id IS NOT NULL OR digest = ANY (contact_digests)
                       FROM organizations_datarequest WHERE kind = 'deletion' AND person_id = wanted
                      ORDER BY made_at DESC, id DESC LIMIT 1), true)
$$;
"""

# The province grants a correction that somebody else asked for: nothing but what was asked for changes.
CORRECTING = f"""
CREATE FUNCTION person_is_corrected(request uuid, new_name text, new_spelling text, new_kind text, new_cipher bytea,
                                    new_index bytea) RETURNS void {ACT} AS $$
DECLARE
    asked record;
BEGIN
    SELECT r.person_id, r.wanted_name, r.wanted_cipher INTO asked FROM organizations_datarequest r
     WHERE r.id = request AND r.kind = 'correction' AND r.state = 'pending'
       AND r.person_id IS DISTINCT FROM {ME_PERSON} AND EXISTS (SELECT FROM organizations_unit u
            WHERE u.id = {ME_UNIT} AND u.active AND u.bureau_level = 'province') FOR UPDATE;
    IF NOT FOUND OR (new_name IS NOT NULL AND name_key(new_name) <> name_key(asked.wanted_name))
       OR (new_cipher IS NOT NULL AND asked.wanted_cipher = '') THEN
        PERFORM act_refuse('not a correction to grant');
    END IF;
    UPDATE organizations_person SET
        name = coalesce(new_name, name), spelling = coalesce(new_spelling, spelling),
        id_kind = coalesce(new_kind, id_kind), id_cipher = coalesce(new_cipher, id_cipher),
        id_index = coalesce(new_index, id_index) WHERE id = asked.person_id;
    UPDATE organizations_user SET display_name = new_name
     WHERE person_id = asked.person_id AND new_name IS NOT NULL;
END $$;
"""

# 注销, by the person: what is open ends, and what was written to them and about their identity is emptied.
CLOSING = f"""
CREATE FUNCTION account_ends(closing uuid, addresses text[], erased_name text, erased_index bytea) RETURNS void
{ACT} AS $$
DECLARE
    mine organizations_datarequest;
BEGIN
    SELECT * INTO mine FROM organizations_datarequest WHERE id = closing AND kind = 'deletion'
       AND person_id = {ME_PERSON} AND user_id = {ME_USER};
    IF NOT FOUND THEN
        PERFORM act_refuse('not the closing of an own account');
    END IF;
    UPDATE organizations_datarequest SET settled_at = mine.settled_at, answer = '账号已注销，申请随之终止。',
           state = CASE kind WHEN 'export' THEN 'expired' ELSE 'declined' END
     WHERE person_id = mine.person_id AND id <> closing AND state = 'pending';
    UPDATE organizations_datarequest SET name = '', wanted_name = '', id_cipher = '', wanted_cipher = '', reason = ''
     WHERE person_id = mine.person_id AND id <> closing;
    UPDATE organizations_message SET recipient = '', subject = '', body = ''
     WHERE recipient = ANY (addresses) AND sent_at IS NOT NULL;
    IF erased_name IS NOT NULL THEN
        UPDATE organizations_person SET name = erased_name, spelling = '', id_cipher = '', id_index = erased_index
         WHERE id = mine.person_id;
        UPDATE organizations_datarequest SET reason = '' WHERE id = closing;
    END IF;
END $$;
"""
BACK = """
DROP FUNCTION account_ends(uuid, text[], text, bytea);
DROP FUNCTION person_is_corrected(uuid, text, text, text, bytea, bytea);
DROP FUNCTION person_may_come_back(uuid, text);
DROP FUNCTION person_is_named(uuid, text);
DROP FUNCTION unit_is_kept(uuid);
DROP FUNCTION event_record(text, uuid, text, jsonb, bigint, uuid, uuid);
DROP FUNCTION act_refuse(text);
DROP FUNCTION app_kind();
DROP FUNCTION acts_as_system();
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0110_second_factor")]

    operations = [
        migrations.RunSQL(KIND + EVENTS + KEPT + REGISTERING + CORRECTING + CLOSING, BACK),
        # Everybody reads it, an operator's command writes it.
        migrations.RunSQL(
            protect("organizations_region", select="true", insert=SYSTEM, update=SYSTEM),
            unprotect("organizations_region", "select", "insert", "update"),
        ),
    ]
