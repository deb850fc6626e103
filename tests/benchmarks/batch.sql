-- The limit of a batch: everything the batch writes, set-based in one function, on the same tables with the same
-- triggers, policies and indexes. Called by the runtime role inside the reviewer's scope.
CREATE FUNCTION bench_approve_all(reviewer bigint, me uuid, my_unit uuid, my_name text, opinion text, told text,
    cited jsonb, address text, year int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    serial int;
BEGIN
    CREATE TEMP TABLE m ON COMMIT DROP AS
    SELECT a.id, gen_random_uuid() AS decision_id, gen_random_uuid() AS certificate_id, gen_random_uuid() AS notice_id,
        a.person_id, a.revision, a.audit_seq, a.audit_hash, row_number() OVER (ORDER BY a.arrived_at, a.id) AS place,
        encode(sha256(a.id::text::bytea), 'hex') AS token, d.id AS previous
    FROM (SELECT * FROM applications_application
          WHERE current_unit_id = my_unit AND state = 'bureau_review' AND years_met AND warnings = 0
            AND step = cardinality(steps) - 1 AND person_id <> me ORDER BY id FOR UPDATE) a
    JOIN applications_decision d ON d.application_id = a.id AND d.revision = a.revision AND d.hop = a.hop - 1
    WHERE NOT EXISTS (SELECT FROM applications_decision o
                      WHERE o.application_id = a.id AND o.revision = a.revision AND o.person_id = me);

    INSERT INTO applications_decision (id, application_id, revision, hop, state, unit_id, user_id, person_id,
        reviewer_name, outcome, filing, opinion, arrived_at, decided_at)
    SELECT m.decision_id, a.id, a.revision, a.hop, a.state, my_unit, reviewer, me, my_name, 'approved',
        a.final_label = '备案', opinion, a.arrived_at, moment
    FROM m JOIN applications_application a USING (id);

    INSERT INTO applications_assessment (id, application_id, decision_id, year, category, claimed, recognised,
        in_order, remark)
    SELECT gen_random_uuid(), m.id, m.decision_id, s.year, s.category, s.claimed, s.recognised, true, ''
    FROM m JOIN applications_assessment s ON s.decision_id = m.previous;

    WITH link AS (
        INSERT INTO organizations_event (subject, subject_id, seq, act, user_id, person_id, unit_id, facts, prev)
        SELECT 'application', m.id, m.audit_seq + 1, 'approved', reviewer, me, my_unit,
            format('{"decision": "%s", "revision": %s}', m.decision_id, m.revision), m.audit_hash
        FROM m RETURNING subject_id, seq, hash
    )
    UPDATE applications_application a SET state = 'approved', version = a.version + 1, step = NULL,
        current_unit_id = NULL, arrived_at = NULL, decided_at = moment, audit_seq = link.seq, audit_hash = link.hash
    FROM link WHERE a.id = link.subject_id;

    INSERT INTO organizations_notice (id, person_id, subject, subject_id, kind, title, body, link, created_at)
    SELECT notice_id, person_id, 'application', id, 'approved', '申报审核通过', told, '/applications/' || id || '/', moment
    FROM m;
    INSERT INTO organizations_outboxitem (id, task, key, state, attempts, run_after, error, created_at)
    SELECT gen_random_uuid(), 'organizations.deliver_notice', notice_id::text, 'pending', 0, moment, '', moment FROM m
    UNION ALL
    SELECT gen_random_uuid(), 'certificates.render', certificate_id::text, 'pending', 0, moment, '', moment FROM m;

    INSERT INTO certificates_numbercounter (year, last) SELECT $9, count(*) FROM m
    ON CONFLICT ON CONSTRAINT certificates_numbercounter_pkey
    DO UPDATE SET last = certificates_numbercounter.last + EXCLUDED.last
    RETURNING last - (SELECT count(*) FROM m) INTO serial;

    WITH link AS (
        INSERT INTO organizations_event (subject, subject_id, seq, act, user_id, person_id, unit_id, facts, prev)
        SELECT 'certificate', certificate_id, 1, 'issued', reviewer, me, my_unit,
            format('{"application": "%s", "number": "%s%s", "replaces": []}', id, $9, lpad((serial + place)::text, 6, '0')), ''
        FROM m RETURNING subject_id, hash
    ), hours AS (
        SELECT s.decision_id, min(s.year) AS first, max(s.year) AS last,
            jsonb_agg(jsonb_build_array(s.year, s.values) ORDER BY s.year) AS rows
        FROM (SELECT x.decision_id, x.year, jsonb_agg(trim_scale(x.recognised)::text ORDER BY x.category DESC) AS values
              FROM m JOIN applications_assessment x ON x.decision_id = m.previous GROUP BY 1, 2) s GROUP BY 1
    )
    INSERT INTO certificates_certificate (id, number, number_year, serial, person_id, application_id, revision,
        from_year, to_year, by_approval, lent_by, state, issued_by_id, issued_at, token, sheet, storage_key, sha256,
        size, ended_reason, audit_seq, audit_hash)
    SELECT m.certificate_id, $9 || lpad((serial + m.place)::text, 6, '0'), $9, serial + m.place, m.person_id, m.id,
        m.revision, h.first, h.last, true, ARRAY[m.id], 'pending', my_unit, moment, left(m.token, 32),
        (cited || jsonb_build_object('number', $9 || lpad((serial + m.place)::text, 6, '0'), 'rows', h.rows,
            'from_year', h.first, 'to_year', h.last, 'verification_url', address || left(m.token, 32) || '/',
            'name', r.content::json -> 'header' ->> 'name', 'education', r.content::json -> 'header' ->> 'education',
            'specialty', r.content::json -> 'header' ->> 'specialty',
            'target_title', r.content::json -> 'header' ->> 'target_title'))::text,
        '', '', 0, '', 1, link.hash
    FROM m JOIN hours h ON h.decision_id = m.previous JOIN link ON link.subject_id = m.certificate_id
    JOIN applications_revision r ON r.application_id = m.id AND r.number = m.revision;

    INSERT INTO training_recognisedhours (id, person_id, year, category, hours, source, number, title, valid, recorded_at)
    SELECT gen_random_uuid(), m.person_id, s.year, s.category, s.recognised, 'certificate',
        $9 || lpad((serial + m.place)::text, 6, '0'), '', true, moment
    FROM m JOIN applications_assessment s ON s.decision_id = m.decision_id;
    RETURN (SELECT count(*) FROM m);
END $$;
