"""An approval whose certificate was revoked: marked once, by the product's own act, and its session is free again."""

from django.db import migrations, models

# certificates/0040 adds what only it can say: that the approval's certificate really is revoked.
MARK = """
CREATE FUNCTION application_is_revoked(before applications_application, after applications_application)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT current_setting('app.kind', true) = 'system' AND before.state = 'approved'
       AND before.revoked_at IS NULL AND after.revoked_at IS NOT NULL
       AND to_jsonb(before) - 'revoked_at' = to_jsonb(after) - 'revoked_at'
$$;
"""
MARK_BACK = "DROP FUNCTION application_is_revoked(applications_application, applications_application);"
GUARDED = """
DROP TRIGGER application_guard ON applications_application;
CREATE TRIGGER application_guard BEFORE UPDATE ON applications_application
    FOR EACH ROW WHEN (NOT application_follows_merger(OLD, NEW) AND NOT application_is_rekeyed(OLD, NEW)
        AND NOT application_is_handed_on(OLD, NEW){more})
    EXECUTE FUNCTION application_guard();
"""
WITH_MARK = GUARDED.format(
    more="\n        AND NOT (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at AND application_is_revoked(OLD, NEW))"
)
WITHOUT = GUARDED.format(more="")


class Migration(migrations.Migration):
    dependencies = [("applications", "0021_desk_orders"), ("organizations", "0020_pinned_paths")]

    operations = [
        migrations.AddField(
            "application",
            "revoked_at",
            models.DateTimeField(editable=False, null=True, verbose_name="撤销时间"),
        ),
        migrations.RemoveConstraint("application", "one_live_application_per_session"),
        migrations.AddConstraint(
            "application",
            models.UniqueConstraint(
                condition=models.Q(("state", "rejected"), _negated=True) & models.Q(("revoked_at", None)),
                fields=("session", "person"),
                name="one_live_application_per_session",
                violation_error_message="您在本申报期已有一份申报，请在原申报上修改。",
            ),
        ),
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                condition=models.Q(("revoked_at", None), ("state", "approved"), _connector="OR"),
                name="only_an_approval_is_revoked",
            ),
        ),
        migrations.RunSQL(MARK + WITH_MARK, WITHOUT + MARK_BACK),
    ]
