"""Closes the side door of temporary tables: PostgreSQL looks into pg_temp first unless a path names it last.

Whoever could make a temporary table under the name of one of ours chose what guards and definers read. Nobody but the
owner makes temporary tables any more, and every function reads its tables where they are. And the runtime role loses
rights that no page needs. tests/security/test_side_doors.py holds all of it, for what later migrations make as well.
"""

from django.db import migrations

from organizations.walls import revoke

PIN = """
REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN
        SELECT p.oid::regprocedure FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', f);
    END LOOP;
END $$;
"""

# Nothing in the product deletes these, and Django's own lists change by migrations alone.
NEVER_DELETED = (
    "organizations_region",
    "organizations_unit",
    "organizations_user",
    "organizations_message",
    "organizations_imprint",
    "organizations_outboxitem",
    "training_trainingbase",
)
NEVER_WRITTEN = (
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "organizations_user_groups",
    "organizations_user_user_permissions",
)
HELD_LESS = "\n".join(
    [
        *(revoke(table, "DELETE") for table in NEVER_DELETED),
        *(revoke(table, "INSERT", "UPDATE", "DELETE") for table in NEVER_WRITTEN),
    ]
)


def pin(apps, schema_editor):
    """The database's own name is known only here."""
    connection = schema_editor.connection
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    schema_editor.execute(PIN.replace("{database}", name), params=None)


class Migration(migrations.Migration):
    """After every function made so far, in whatever app."""

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("organizations", "0010_devices_imprints"),
        ("applications", "0021_desk_orders"),
        ("certificates", "0007_names"),
        ("review", "0014_assignments"),
        ("training", "0006_id_kinds"),
    ]

    operations = [
        # Backwards nothing is opened again: the older code works behind the closed door as well.
        migrations.RunPython(pin, migrations.RunPython.noop),
        migrations.RunSQL(HELD_LESS, migrations.RunSQL.noop),
    ]
