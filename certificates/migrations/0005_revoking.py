"""Revoking by two people, superseding, and what the public learns of it; who checks in batches."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_PERSON, ME_UNIT, SYSTEM, protect, revoke, unprotect

# Certificates from before: the first of an application is its approval's; of several live ones of the same
# person and range, the newest stands.
BACKFILL = """
DROP TRIGGER certificate_guard ON certificates_certificate;
UPDATE certificates_certificate SET lent_by = ARRAY[application_id];
UPDATE certificates_certificate SET by_approval = true WHERE id IN (
    SELECT DISTINCT ON (application_id) id FROM certificates_certificate
    ORDER BY application_id, issued_at, number);
UPDATE certificates_certificate SET ended_at = now(), ended_reason = '撤销' WHERE state = 'revoked';
UPDATE certificates_certificate c SET state = 'superseded', ended_at = n.issued_at, superseded_by_id = n.id
FROM (SELECT DISTINCT ON (person_id, from_year, to_year) * FROM certificates_certificate
      WHERE state IN ('pending', 'ready') ORDER BY person_id, from_year, to_year, issued_at DESC, number DESC) n
WHERE n.person_id = c.person_id AND n.from_year = c.from_year AND n.to_year = c.to_year AND n.id <> c.id
  AND c.state IN ('pending', 'ready');
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""

# Only our own tasks move a certificate, only forwards, and to 'revoked' only where two people of the bureau
# agreed: on this certificate, or on that of an approval that lends it years.
GUARD = """
CREATE OR REPLACE FUNCTION certificate_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chain text[] := ARRAY['audit_seq', 'audit_hash'];
    moving text[] := CASE WHEN current_setting('app.kind', true) = 'system'
        THEN chain || ARRAY['state', 'storage_key', 'sha256', 'size', 'rendered_at', 'superseded_by_id',
                            'ended_at', 'ended_reason'] ELSE chain END;
BEGIN
    IF to_jsonb(OLD) - moving <> to_jsonb(NEW) - moving
       OR (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
           (('pending', 'ready'), ('pending', 'superseded'), ('ready', 'superseded'),
            ('pending', 'revoked'), ('ready', 'revoked'), ('superseded', 'revoked')))
       OR (OLD.state = NEW.state AND (OLD.superseded_by_id, OLD.ended_at, OLD.ended_reason)
           IS DISTINCT FROM (NEW.superseded_by_id, NEW.ended_at, NEW.ended_reason))
       OR (OLD.sha256 <> '' AND (OLD.sha256, OLD.storage_key, OLD.size, OLD.rendered_at)
           IS DISTINCT FROM (NEW.sha256, NEW.storage_key, NEW.size, NEW.rendered_at)) THEN
        RAISE EXCEPTION 'a certificate keeps what it says' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_certificate_keeps_what_it_says', TABLE = 'certificates_certificate';
    END IF;
    IF NEW.state = 'revoked' AND OLD.state <> 'revoked' AND NOT EXISTS (
        SELECT FROM certificates_revocation r JOIN certificates_certificate c ON c.id = r.certificate_id
        WHERE r.state = 'confirmed'
          AND (c.id = OLD.id OR (c.by_approval AND c.application_id = ANY (OLD.lent_by)))) THEN
        RAISE EXCEPTION 'two people revoke a certificate' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'two_people_revoke_a_certificate', TABLE = 'certificates_certificate';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER certificate_guard BEFORE UPDATE ON certificates_certificate
    FOR EACH ROW EXECUTE FUNCTION certificate_guard();

CREATE FUNCTION revocation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'requested'
       OR to_jsonb(OLD) - ARRAY['state', 'decided_by_id', 'decided_name', 'decided_at']
          <> to_jsonb(NEW) - ARRAY['state', 'decided_by_id', 'decided_name', 'decided_at'] THEN
        RAISE EXCEPTION 'a revocation is decided once' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_revocation_is_decided_once', TABLE = 'certificates_revocation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER revocation_guard BEFORE UPDATE ON certificates_revocation
    FOR EACH ROW EXECUTE FUNCTION revocation_guard();
"""
GUARD_BACK = """
DROP TRIGGER revocation_guard ON certificates_revocation;
DROP FUNCTION revocation_guard();
"""

# What the paper says, how it stands, and the print's digest; nothing of one that was never printed.
ANSWER = """TABLE (token text, sheet text, state text, issued_at timestamptz, sha256 text, rendered_at timestamptz,
    ended_at timestamptz, ended_reason text, successor text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.token, c.sheet, c.state, c.issued_at, c.sha256, c.rendered_at, c.ended_at, c.ended_reason,
           coalesce(n.number, '')
    FROM certificates_certificate c LEFT JOIN certificates_certificate n ON n.id = c.superseded_by_id
    WHERE c.sha256 <> ''"""
VERIFY = f"""
DROP FUNCTION certificate_with_token(text);
DROP FUNCTION certificate_for(text, text);
CREATE FUNCTION certificate_for(wanted_number text, wanted_name text) RETURNS {ANSWER}
    AND c.number = wanted_number AND (c.sheet::jsonb ->> 'name') = wanted_name $$;
CREATE FUNCTION certificate_with_token(wanted text) RETURNS {ANSWER} AND c.token = wanted $$;
CREATE FUNCTION certificate_with_digest(wanted text) RETURNS {ANSWER} AND c.sha256 = wanted $$;
CREATE INDEX certificate_digest ON certificates_certificate (sha256) WHERE sha256 <> '';
"""
VERIFY_BACK = """
DROP INDEX certificate_digest;
DROP FUNCTION certificate_with_digest(text);
"""

# A unit sees the certificates of the revisions that reached it: not those of what was filed later through others.
SEEN = f"""person_id = {ME_PERSON} OR {SYSTEM} OR EXISTS (SELECT FROM applications_participant p
    WHERE p.application_id = certificates_certificate.application_id AND p.unit_id = {ME_UNIT}{{reached}})"""
TOLD = """
ALTER POLICY certificates_certificate_select ON certificates_certificate USING ({seen});
ALTER POLICY certificates_certificate_update ON certificates_certificate USING ({seen}) WITH CHECK ({seen});
"""
OF_THE_REVISION = TOLD.format(
    seen=SEEN.format(reached=" AND p.revision >= certificates_certificate.revision")
)
OF_THE_CASE = TOLD.format(seen=SEEN.format(reached=""))


class Migration(migrations.Migration):
    dependencies = [("certificates", "0004_sealing"), ("training", "0003_recognised")]

    operations = [
        migrations.RemoveConstraint(
            model_name="certificate",
            name="one_live_certificate_per_range",
        ),
        migrations.CreateModel(
            name="AssessmentBody",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="名称")),
                ("key_sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("created_at", models.DateTimeField(default=cehours.lib.clock.now, editable=False)),
            ],
            options={
                "verbose_name": "核验单位",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Revocation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="撤销原因")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "待复核"),
                            ("confirmed", "已撤销"),
                            ("declined", "不同意撤销"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("requested_name", models.CharField(max_length=60)),
                ("requested_at", models.DateTimeField(default=cehours.lib.clock.now)),
                ("decided_name", models.CharField(blank=True, max_length=60)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "撤销申请",
                "ordering": ["-requested_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="certificate",
            name="by_approval",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="certificate",
            name="ended_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="失效时间"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="ended_reason",
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name="失效原因"),
        ),
        migrations.AddField(
            model_name="certificate",
            name="lent_by",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, editable=False, size=None
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="superseded_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="certificates.certificate",
            ),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "生成中"),
                    ("ready", "有效"),
                    ("superseded", "已被替代"),
                    ("revoked", "已撤销"),
                ],
                default="pending",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["issued_by", "-issued_at", "-id"], name="certificate_of_bureau"),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("pending", "ready"))),
                fields=("person", "from_year", "to_year"),
                name="one_live_certificate_per_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("state__in", ("pending", "ready"))),
                    models.Q(
                        ("ended_at__isnull", False), ("state", "superseded"), ("superseded_by__isnull", False)
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("state", "revoked"),
                        models.Q(("ended_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="an_ended_certificate_says_when_and_why",
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="certificate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revocations",
                to="certificates.certificate",
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.person",
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="requested_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.person"
            ),
        ),
        migrations.AddField(
            model_name="revocation",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "declined"), _negated=True),
                fields=("certificate",),
                name="one_revocation_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "requested")
                    ),
                    models.Q(
                        models.Q(("state", "requested"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_decided_revocation_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="two_people_revoke",
            ),
        ),
        migrations.AddConstraint(
            model_name="revocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_revocation_has_a_reason"
            ),
        ),
        migrations.RunSQL(GUARD, GUARD_BACK),
        migrations.RunSQL(VERIFY, VERIFY_BACK),
        migrations.RunSQL(OF_THE_REVISION, OF_THE_CASE),
        migrations.RunSQL(
            protect(
                "certificates_revocation",
                select=f"unit_id = {ME_UNIT} OR {SYSTEM}",
                insert=f"""unit_id = {ME_UNIT} AND requested_by_id = {ME_PERSON} AND state = 'requested'
                    AND EXISTS (SELECT FROM certificates_certificate c
                        WHERE c.id = certificate_id AND c.issued_by_id = {ME_UNIT} AND c.state <> 'revoked')""",
                update=f"""USING (unit_id = {ME_UNIT})
                    WITH CHECK (unit_id = {ME_UNIT} AND decided_by_id = {ME_PERSON})""",
            )
            + revoke("certificates_revocation", "DELETE")
            + revoke("certificates_assessmentbody", "DELETE"),
            unprotect("certificates_revocation", "select", "insert", "update"),
        ),
    ]
