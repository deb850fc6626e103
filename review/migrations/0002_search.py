"""Finding a case by name under row-level security, withdrawn cases, exports, and how a person likes their lists.

An index under a policy answers only leakproof operators, and LIKE is not one of them. So every name is kept as
keys asked by equality or range, for each unit that the case has reached. Triggers of the owner write them in the
transaction in which a unit joins the case or the name changes; nobody else can, and nobody reads another unit's.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_UNIT, ME_USER, SYSTEM, protect, revoke, unprotect

# The same characters are dropped from what is typed: review/names.py.
KEYS = """
CREATE FUNCTION name_search_keys(name text, pinyin text, initials text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT key FROM (
        SELECT substr(plain, at, 2) AS key
        FROM (SELECT lower(translate(name, E' \\t\\u3000·•・.．-', '') COLLATE "C") AS plain) AS p,
             generate_series(1, char_length(plain)) AS at
        UNION ALL SELECT pinyin UNION ALL SELECT initials) AS k
    WHERE key <> ''
$$;

CREATE FUNCTION participant_finds_names() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO review_namekey (unit_id, key, application_id)
    SELECT NEW.unit_id, key, a.id
    FROM applications_application a, name_search_keys(a.name, a.pinyin, a.initials) AS key
    WHERE a.id = NEW.application_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER participant_finds_names AFTER INSERT ON applications_participant
    FOR EACH ROW WHEN (NEW.unit_id IS NOT NULL) EXECUTE FUNCTION participant_finds_names();

CREATE FUNCTION application_is_renamed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM review_namekey n
    USING applications_participant p, name_search_keys(OLD.name, OLD.pinyin, OLD.initials) AS former
    WHERE p.application_id = OLD.id AND p.unit_id = n.unit_id AND n.key = former AND n.application_id = OLD.id;
    INSERT INTO review_namekey (unit_id, key, application_id)
    SELECT p.unit_id, key, NEW.id
    FROM applications_participant p, name_search_keys(NEW.name, NEW.pinyin, NEW.initials) AS key
    WHERE p.application_id = NEW.id AND p.unit_id IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER application_is_renamed AFTER UPDATE OF name, pinyin, initials ON applications_application
    FOR EACH ROW WHEN (ROW(OLD.name, OLD.pinyin, OLD.initials) IS DISTINCT FROM ROW(NEW.name, NEW.pinyin, NEW.initials))
    EXECUTE FUNCTION application_is_renamed();

INSERT INTO review_namekey (unit_id, key, application_id)
SELECT p.unit_id, key, a.id
FROM applications_participant p JOIN applications_application a ON a.id = p.application_id,
     name_search_keys(a.name, a.pinyin, a.initials) AS key
WHERE p.unit_id IS NOT NULL
ON CONFLICT DO NOTHING;
"""
KEYS_BACK = """
DROP TRIGGER application_is_renamed ON applications_application;
DROP FUNCTION application_is_renamed();
DROP TRIGGER participant_finds_names ON applications_participant;
DROP FUNCTION participant_finds_names();
DROP FUNCTION name_search_keys(text, text, text);
"""

# The applicant withdraws, and may not write for a unit: the owner's trigger does.
WITHDRAWN = """
CREATE FUNCTION application_is_withdrawn() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO review_withdrawal (unit_id, application_id, revision, withdrawn_at)
    VALUES (OLD.current_unit_id, OLD.id, OLD.revision, now());
    RETURN NULL;
END $$;
CREATE TRIGGER application_is_withdrawn AFTER UPDATE OF state ON applications_application
    FOR EACH ROW WHEN (NEW.state = 'withdrawn' AND OLD.current_unit_id IS NOT NULL)
    EXECUTE FUNCTION application_is_withdrawn();

INSERT INTO review_withdrawal (unit_id, application_id, revision, withdrawn_at)
SELECT (facts::jsonb ->> 'unit')::uuid, subject_id, (facts::jsonb ->> 'revision')::int, at
FROM organizations_event
WHERE subject = 'application' AND act = 'withdrawn' AND facts::jsonb ? 'unit' AND facts::jsonb ? 'revision';
"""
WITHDRAWN_BACK = """
DROP TRIGGER application_is_withdrawn ON applications_application;
DROP FUNCTION application_is_withdrawn();
"""

MY_EXPORT = f"user_id = {ME_USER} AND unit_id = {ME_UNIT}"
MINE = f"user_id = {ME_USER}"


def list_kind():
    return [("inbox", "待办"), ("handled", "已办"), ("withdrawn", "已撤销")]


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0001_batches"),
        ("applications", "0009_notice_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NameKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id",
                        "key",
                        "application_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.CharField(db_collation="C", max_length=400)),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="organizations.unit",
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="applications.application",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("revision", models.PositiveIntegerField()),
                ("withdrawn_at", models.DateTimeField(verbose_name="撤销时间")),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.unit",
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="applications.application",
                    ),
                ),
            ],
            options={
                "ordering": ["-withdrawn_at", "-id"],
                "indexes": [models.Index(fields=["unit", "-withdrawn_at", "-id"], name="withdrawal_of_unit")],
            },
        ),
        migrations.CreateModel(
            name="ExportJob",
            fields=[
                ("audit_seq", models.PositiveIntegerField(default=0, editable=False)),
                ("audit_hash", models.BinaryField(default=b"")),
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(choices=list_kind(), max_length=10, verbose_name="列表")),
                ("asked", models.JSONField(default=dict)),
                ("conditions", models.CharField(blank=True, max_length=400, verbose_name="条件")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "正在生成"),
                            ("done", "可以下载"),
                            ("failed", "没有生成"),
                            ("expired", "已过期删除"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="件数")),
                ("is_cut", models.BooleanField(default=False)),
                ("says", models.CharField(blank=True, max_length=200)),
                (
                    "asked_at",
                    models.DateTimeField(
                        default=cehours.lib.clock.now, editable=False, verbose_name="申请时间"
                    ),
                ),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-id"],
                "indexes": [
                    models.Index(fields=["user", "-asked_at"], name="export_of_user"),
                    models.Index(
                        condition=models.Q(("state", "done")), fields=["done_at"], name="export_to_delete"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=list_kind(), max_length=10)),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "density",
                    models.CharField(
                        choices=[("normal", "标准"), ("dense", "紧凑")],
                        default="normal",
                        max_length=6,
                        verbose_name="行距",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "kind"), name="one_look_per_list")]
            },
        ),
        migrations.RunSQL(KEYS, KEYS_BACK),
        migrations.RunSQL(WITHDRAWN, WITHDRAWN_BACK),
        *[
            migrations.RunSQL(
                protect(table, select=f"unit_id = {ME_UNIT}") + revoke(table, "INSERT", "UPDATE", "DELETE"),
                unprotect(table, "select"),
            )
            for table in ("review_namekey", "review_withdrawal")
        ],
        migrations.RunSQL(
            protect(
                "review_exportjob",
                select=f"{SYSTEM} OR ({MY_EXPORT})",
                insert=MY_EXPORT,
                update=f"{SYSTEM} OR ({MY_EXPORT})",
            )
            + revoke("review_exportjob", "DELETE"),
            unprotect("review_exportjob", "select", "insert", "update"),
        ),
        migrations.RunSQL(
            protect("review_listlook", select=MINE, insert=MINE, update=MINE)
            + revoke("review_listlook", "DELETE"),
            unprotect("review_listlook", "select", "insert", "update"),
        ),
    ]
