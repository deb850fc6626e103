"""What pages ask and do about certificates beyond their actor's rows: each a function of one question or one act."""

# ruff: noqa: S608 -- fragments of our own, no input
from django.conf import settings
from django.db import migrations

from organizations.walls import ACT, ME_PERSON, ME_UNIT, ME_USER, QUESTION, revoke

# The certificates that lent hours to the actor's cases; how far a certificate's print has come in the queue, and what
# went wrong with it: rows of the outbox are nobody's.
QUESTIONS = f"""
CREATE FUNCTION certificates_lent(cases uuid[]) RETURNS TABLE (borrower uuid, lender uuid) {QUESTION} AS $$
    SELECT t.application_id, l.lender FROM (
        SELECT DISTINCT a.application_id, r.person_id, r.number FROM applications_activity a
          JOIN training_recognisedhours r ON r.id = a.recognised_id AND r.source = 'certificate'
         WHERE a.application_id = ANY (cases) AND takes_part(a.application_id)) t
      JOIN certificates_certificate c ON c.number = t.number AND c.person_id = t.person_id
     CROSS JOIN unnest(c.lent_by) WITH ORDINALITY AS l (lender, place)
     ORDER BY t.application_id, t.person_id, t.number, l.place
$$;

CREATE FUNCTION prints_given_up(wanted uuid[]) RETURNS TABLE (key text, error text) {QUESTION} AS $$
    SELECT latest.key, latest.error FROM (
        SELECT DISTINCT ON (o.key) o.key, o.state, o.error FROM organizations_outboxitem o
          JOIN certificates_certificate c ON c.id::text = o.key AND c.id = ANY (wanted)
         WHERE o.task = 'certificates.render' AND o.key = ANY (wanted::text[]) AND o.state <> 'done'
           AND (c.person_id = {ME_PERSON} OR takes_part(c.application_id))
         ORDER BY o.key, o.created_at DESC) latest
     WHERE latest.state = 'failed'
$$;

CREATE FUNCTION prints_ahead(wanted uuid) RETURNS TABLE (asked_at timestamptz, ahead bigint) {QUESTION} AS $$
    SELECT own.created_at, (SELECT count(*) FROM organizations_outboxitem o
        WHERE o.task = own.task AND o.state = 'pending' AND (o.created_at, o.id) < (own.created_at, own.id))
      FROM organizations_outboxitem own JOIN certificates_certificate c ON c.id = wanted
     WHERE own.task = 'certificates.render' AND own.state = 'pending' AND own.key = wanted::text
       AND (c.person_id = {ME_PERSON} OR takes_part(c.application_id))
$$;

CREATE FUNCTION certificates_falling(wanted uuid, years smallint[]) RETURNS SETOF certificates_certificate
{QUESTION} AS $$
    SELECT f.* FROM certificates_certificate c JOIN certificates_certificate f ON f.person_id = c.person_id
       AND (f.id = c.id OR (c.by_approval AND c.application_id = ANY (f.lent_by) AND (years = '{{}}' OR EXISTS (
            SELECT FROM unnest(years) AS year WHERE year BETWEEN f.from_year AND f.to_year))))
     WHERE c.id = wanted AND c.issued_by_id = {ME_UNIT} AND f.state <> 'revoked' ORDER BY f.number
$$;
"""

# Neither an applicant nor another bureau may change a certificate. What a new one ends, follows from an approval that
# the actor decided, or from the actor's own; that the successor is really issued, its key makes sure.
DECIDED = f"""EXISTS (
        SELECT FROM applications_application a JOIN applications_decision d
            ON d.application_id = a.id AND d.revision = a.revision AND d.hop = a.hop
         WHERE a.person_id = whose AND a.state = 'approved' AND d.unit_id = {ME_UNIT})"""
SUPERSEDING = f"""
CREATE FUNCTION ranges_alive(people uuid[]) RETURNS TABLE (whose uuid, first smallint, last smallint) {QUESTION} AS $$
    SELECT c.person_id, c.from_year, c.to_year FROM certificates_certificate c
     WHERE c.person_id = ANY (people) AND c.state IN ('pending', 'ready') AND {DECIDED.replace("whose", "c.person_id")}
$$;

CREATE FUNCTION certificates_end(successor uuid, whose uuid, first integer, last integer, at timestamptz,
                                 by_approval boolean) RETURNS SETOF uuid {ACT} AS $$
DECLARE
    kind text := current_setting('app.kind', true);
    each record;
BEGIN
    IF whose IS DISTINCT FROM {ME_PERSON} AND NOT {DECIDED} THEN
        PERFORM act_refuse('no approval of the actor');
    END IF;
    PERFORM set_config('app.kind', 'system', true);
    FOR each IN SELECT id, number FROM certificates_certificate
                 WHERE person_id = whose AND from_year = first AND to_year = last AND state IN ('pending', 'ready')
                 ORDER BY id FOR UPDATE
    LOOP
        UPDATE certificates_certificate SET state = 'superseded', ended_at = at, superseded_by_id = successor
         WHERE id = each.id;
        PERFORM event_record('certificate', each.id, 'superseded', jsonb_build_object('by', successor));
        UPDATE training_recognisedhours SET valid = false
         WHERE by_approval AND person_id = whose AND source = 'certificate' AND number = each.number;
        RETURN NEXT each.id;
    END LOOP;
    PERFORM set_config('app.kind', coalesce(kind, ''), true);
END $$;
"""

# First the person's cases, as whoever approves or issues does: meanwhile nothing new comes to rest on the certificate.
# Then what two people agreed on: it reaches certificates, approvals and hours that their bureau may not change itself.
REVOKING = f"""
CREATE FUNCTION revocation_locks(wanted uuid) RETURNS void {ACT} AS $$
BEGIN
    PERFORM 1 FROM applications_application WHERE person_id = (
        SELECT c.person_id FROM certificates_revocation r JOIN certificates_certificate c ON c.id = r.certificate_id
         WHERE r.id = wanted AND r.unit_id = {ME_UNIT}) ORDER BY id FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION revocation_takes_effect(wanted uuid, others_say text) RETURNS SETOF certificates_certificate {ACT} AS $$
DECLARE
    kind text := current_setting('app.kind', true);
    asked certificates_revocation;
    each certificates_certificate;
BEGIN
    SELECT * INTO asked FROM certificates_revocation
     WHERE id = wanted AND state = 'confirmed' AND unit_id = {ME_UNIT} AND decided_by_id = {ME_PERSON};
    IF NOT FOUND THEN
        PERFORM act_refuse('no confirmed revocation of the actor');
    END IF;
    PERFORM set_config('app.kind', 'system', true);
    FOR each IN SELECT c.* FROM certificates_certificate c
                 WHERE c.id IN (SELECT f.id FROM certificates_falling(asked.certificate_id, asked.years) f)
                 ORDER BY c.number FOR UPDATE
    LOOP
        IF each.id <> asked.certificate_id THEN
            PERFORM event_record('certificate', each.id, 'revoked', jsonb_build_object('revocation', asked.id));
        END IF;
        UPDATE certificates_certificate SET state = 'revoked', ended_at = asked.decided_at,
               ended_reason = CASE id WHEN asked.certificate_id THEN asked.reason ELSE others_say END
         WHERE id = each.id;
        IF each.by_approval THEN
            UPDATE applications_application SET revoked_at = asked.decided_at WHERE id = each.application_id;
            PERFORM event_record('application', each.application_id, 'revoked',
                                 jsonb_build_object('revocation', asked.id, 'years', asked.years));
            -- The years in question end, also where an earlier revocation had left them to the certificate.
            UPDATE training_recognisedhours h SET valid = false
             WHERE h.person_id = each.person_id AND h.source = 'certificate'
               AND (asked.years = '{{}}' OR h.year = ANY (asked.years))
               AND (h.number = each.number OR h.number IN (SELECT c.number FROM certificates_certificate c
                    WHERE c.person_id = each.person_id AND c.application_id = ANY (each.lent_by) AND c.by_approval
                      AND c.state = 'revoked'));
        END IF;
        RETURN NEXT each;
    END LOOP;
    PERFORM set_config('app.kind', coalesce(kind, ''), true);
END $$;
"""
# 核验单位 are admitted, renewed and dismissed by the province's administrators, or the operator's command. On record in
# the province's chain, because a body has none of its own. NULL where no body has such a name.
BODIES = f"""
CREATE FUNCTION body_is_kept(what text, names text[], digest text, at timestamptz) RETURNS bigint {ACT} AS $$
DECLARE
    home uuid := {ME_UNIT};
    body bigint;
BEGIN
    IF acts_as_system() THEN
        SELECT id INTO home FROM organizations_unit WHERE bureau_level = 'province' AND active
         ORDER BY region_id, id LIMIT 1;
    ELSIF NOT EXISTS (SELECT FROM organizations_unit u JOIN organizations_membership m ON m.unit_id = u.id
                       WHERE u.id = home AND u.active AND u.bureau_level = 'province'
                         AND m.user_id = {ME_USER} AND m.role = 'admin') THEN
        PERFORM act_refuse('no administrator of the province');
    END IF;
    IF what = 'body_admitted' THEN
        INSERT INTO certificates_assessmentbody (name, key_sha256, active, created_at)
        VALUES (names[1], digest, true, at) RETURNING id INTO body;
    ELSIF what IN ('body_key_renewed', 'body_dismissed') THEN
        UPDATE certificates_assessmentbody
           SET key_sha256 = coalesce(digest, key_sha256), active = what = 'body_key_renewed'
         WHERE id = (SELECT b.id FROM certificates_assessmentbody b WHERE b.name = ANY (names) ORDER BY b.id LIMIT 1)
        RETURNING id INTO body;
    END IF;
    IF body IS NOT NULL AND home IS NOT NULL THEN
        PERFORM event_record('unit', home, what, jsonb_build_object('body', body), {ME_USER}, {ME_PERSON}, {ME_UNIT});
    END IF;
    RETURN body;
END $$;
"""
# Numbers that the counter has passed and nobody was given. On record in the chain of the unit whose approval met the
# gap; of an applicant's act, in the province's.
LOST = f"""
CREATE FUNCTION numbers_are_lost(of_year integer, from_serial integer, to_serial integer, at timestamptz) RETURNS void
{ACT} AS $$
DECLARE
    home uuid := coalesce({ME_UNIT}, (SELECT u.id FROM organizations_unit u
        WHERE u.bureau_level = 'province' AND u.active ORDER BY u.region_id, u.id LIMIT 1));
BEGIN
    PERFORM 1 FROM certificates_numbercounter WHERE year = of_year AND last >= to_serial FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM certificates_certificate
                             WHERE number_year = of_year AND serial BETWEEN from_serial AND to_serial)
       OR EXISTS (SELECT FROM certificates_lostnumbers l
                   WHERE l.year = of_year AND l.first <= to_serial AND l.last >= from_serial) THEN
        RAISE EXCEPTION 'only what nobody was given is lost' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'only_what_nobody_was_given_is_lost', TABLE = 'certificates_lostnumbers';
    END IF;
    INSERT INTO certificates_lostnumbers (year, first, last, found_at) VALUES (of_year, from_serial, to_serial, at);
    IF home IS NOT NULL THEN
        PERFORM event_record('unit', home, 'numbers_lost',
            jsonb_build_object('year', of_year, 'first', from_serial, 'last', to_serial),
            {ME_USER}, {ME_PERSON}, {ME_UNIT});
    END IF;
END $$;
"""
BACK = """
DROP FUNCTION numbers_are_lost(integer, integer, integer, timestamptz);
DROP FUNCTION body_is_kept(text, text[], text, timestamptz);
DROP FUNCTION revocation_takes_effect(uuid, text);
DROP FUNCTION revocation_locks(uuid);
DROP FUNCTION certificates_end(uuid, uuid, integer, integer, timestamptz, boolean);
DROP FUNCTION ranges_alive(uuid[]);
DROP FUNCTION certificates_falling(uuid, smallint[]);
DROP FUNCTION prints_ahead(uuid);
DROP FUNCTION prints_given_up(uuid[]);
DROP FUNCTION certificates_lent(uuid[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0090_lost_prints"),
        ("applications", "0080_asked_and_done"),
        ("training", "0080_own_acts"),
    ]

    operations = [
        migrations.RunSQL(QUESTIONS + SUPERSEDING + REVOKING + BODIES + LOST, BACK),
        migrations.RunSQL(
            revoke("certificates_assessmentbody", "INSERT", "UPDATE", "DELETE"),
            f"GRANT INSERT, UPDATE ON certificates_assessmentbody TO {settings.RUNTIME_ROLE};",
        ),
        migrations.RunSQL(
            revoke("certificates_lostnumbers", "INSERT"),
            f"GRANT INSERT ON certificates_lostnumbers TO {settings.RUNTIME_ROLE};",
        ),
    ]
