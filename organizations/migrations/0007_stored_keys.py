"""Which stored keys follow which version of their rule. What stands there today is the first version of each."""

from django.db import migrations, models

from organizations.walls import revoke

FIRST = """
INSERT INTO organizations_storedkeys (name, version, after, finished_at)
SELECT name, 1, '', now()
FROM unnest(ARRAY['units.search_names', 'applications.search_names', 'applications.achievements']) AS name;
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0006_platform_accounts")]

    operations = [
        migrations.CreateModel(
            name="StoredKeys",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0)),
                ("after", models.CharField(blank=True, max_length=36)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.RunSQL(
            revoke("organizations_storedkeys", "INSERT", "UPDATE", "DELETE"), migrations.RunSQL.noop
        ),
    ]
