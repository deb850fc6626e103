"""A bureau's certificates in the order of their numbers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("certificates", "0040_years_in_question")]

    operations = [
        migrations.AddIndex(
            "certificate",
            models.Index(fields=["issued_by", "-number", "-id"], name="certificate_by_number"),
        ),
    ]
